//! What has to hold for whatever `upgrade` is given.

use std::sync::LazyLock;

use spacetime_upgrade::{Dialect, Refactoring, Source, fixers, parse};

/// In a folder that is not there: `fix_import` looks at what stands beside a file.
const NAME: &str = "/nowhere/fuzz.py";

static ALL: LazyLock<Refactoring> = LazyLock::new(|| with(|_| true));
static DEFAULT: LazyLock<Refactoring> = LazyLock::new(|| with(|fixer| !fixer.explicit));
static BEYOND: LazyLock<Refactoring> = LazyLock::new(|| with(|fixer| !fixer.explicit).beyond());

fn with(wanted: impl Fn(&spacetime_upgrade::Fixer) -> bool) -> Refactoring {
    let chosen: Vec<_> = fixers::ALL.iter().copied().filter(|fixer| wanted(fixer)).collect();
    Refactoring::new(&chosen).expect("the fixers are sound")
}

/// Files: what is read can be written, and is read again as the same. The bytes
/// may be others: in UTF-7 there are several ways to write a text.
pub fn bytes(bytes: &[u8]) {
    // What cannot be read is refused, and that is an answer.
    let Ok(source) = Source::decode(bytes.to_vec()) else { return };
    let (read, written) = source.into_parts();
    let back = written.encode(&read).expect("what was read can be written");
    if back != bytes {
        let again = Source::decode(back).expect("what was written can be read");
        assert_eq!(again.text(), read, "written otherwise than it was read");
    }
    text(&read);
}

/// Texts: the tree loses nothing, and the fixers end, also over what they have made.
fn text(text: &str) {
    let text = format!("{text}\n");
    let dialects = [Dialect::default(), Dialect { print_function: true, ..Dialect::default() }];
    for dialect in dialects {
        if let Ok(parsed) = parse(text.clone(), dialect) {
            let tree = parsed.tree;
            let kept = tree.text(tree.root());
            // The blanks of a last line without an end get lost, as with lib2to3.
            assert_eq!(kept.trim_end(), text.trim_end(), "the tree loses something");
        }
        for refactoring in [&*DEFAULT, &*ALL, &*BEYOND] {
            let Ok(first) = refactoring.refactor_text(&text, NAME, dialect) else { continue };
            if !first.is_changed {
                assert_eq!(first.text.trim_end(), text.trim_end(), "a text that did not change did");
            }
            let _ = refactoring.refactor_text(&first.text, NAME, dialect);
        }
    }
    let _ = DEFAULT.refactor_doctests(&text, NAME, Dialect::default());
}
