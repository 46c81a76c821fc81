//! What comes of pieces is what comes of the whole.

use std::path::Path;

use crate::fixers::ALL;
use crate::parse::{Dialect, parse};
use crate::refactor::Refactoring;
use crate::text::Refactored;

fn refactoring() -> Refactoring {
    let fixers: Vec<_> = ALL.iter().copied().filter(|fixer| !fixer.explicit).collect();
    Refactoring::new(&fixers).unwrap()
}

fn in_pieces(refactoring: &Refactoring, size: usize, text: &str) -> Option<Refactored> {
    refactoring.in_pieces_of(size, text, "a.py", Dialect::default())
}

/// The sources of the tests of fixers, as far as they can be read.
fn sources() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixers");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| std::fs::read_to_string(path).unwrap());
    let mut sources = Vec::new();
    for text in texts {
        for block in text.split("-- in\n").skip(1) {
            sources.push(block.split("-- out\n").next().unwrap_or_default().to_owned());
        }
    }
    sources.retain(|source| parse(source.clone(), Dialect::default()).is_ok());
    assert!(sources.len() > 100);
    sources
}

#[test]
fn pieces_are_changed_as_the_whole() {
    let (refactoring, sources) = (refactoring(), sources());
    let mut seed = 1_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut taken = 0;
    for round in 0..3000 {
        let text: String = (0..=next(8)).map(|_| sources[next(sources.len())].as_str()).collect();
        let Ok(whole) = refactoring.refactor_text(&text, "a.py", Dialect::default()) else { continue };
        // Each statement by itself, and some together.
        let size = if round % 2 == 0 { 1 } else { 1 + next(200) };
        if let Some(pieces) = in_pieces(&refactoring, size, &text) {
            taken += 1;
            assert_eq!(pieces, whole, "{text}");
        }
    }
    assert!(taken > 500, "{taken}");
}

#[test]
fn what_is_said_and_named_comes_in_the_order_of_the_whole() {
    let refactoring = refactoring();
    let both = |text: &str, is_taken: bool| {
        let whole = refactoring.refactor_text(text, "a.py", Dialect::default()).unwrap();
        let pieces = in_pieces(&refactoring, 1, text);
        assert_eq!(pieces.is_some(), is_taken, "{text}");
        assert!(pieces.is_none_or(|pieces| pieces == whole), "{text}");
        whole
    };
    let whole = both("map(f, x)\nx = map(None, y, z)\nif a:\n    filter(f, x)\n    map(f, x)\n", true);
    assert_eq!(whole.log.len(), 5);
    assert!(whole.log[1].starts_with("Line 5"), "{:?}", whole.log);
    both("def f((a, b)): pass\ndef f((a, b), (c, d)): pass\n", true);
    // The deeper one is named first.
    both("def f((a, b)): pass\nclass C:\n    def f((a, b)): pass\n", false);
    both(
        "try: pass\nexcept E, (a, b): pass\ndef f((a, b)): pass\ntry: pass\nexcept E, (a, b): pass\n",
        false,
    );
}

#[test]
fn who_looks_beyond_a_piece_is_seen() {
    let refactoring = refactoring();
    for text in [
        "x = intern(y)\nimport a\n",
        "x = 1\ny = reduce(f, x)\n",
        "x.next()\nnext = 1\n",
        "x.next()\ndef f():\n    global next\n",
        "from future_builtins import map\nx = map(f, y)\n",
        "import sys\nsys.exitfunc = f\n",
        "x = StringIO.a\nx = 1\nimport StringIO\n",
        "match x:\n    case 1: pass\nprint(x)\n",
        "x = 1\nx = (\n",
    ] {
        assert!(in_pieces(&refactoring, 1, text).is_none(), "{text}");
    }
    for text in ["import StringIO\nx = StringIO.a\n", "x.next()\ny.next()\n", "print a\n\n# c\nprint b\n# d"]
    {
        assert!(in_pieces(&refactoring, 1, text).is_some(), "{text}");
    }
}
