//! Programs that must stay as they are.
//!
//! Many of them were rewritten once, and printed something else then; the others
//! show a doubt that was found by reading, and may be kept for a second reason
//! as well. They stand in `data/traps.py`, a name above each, where Python's
//! tools can read them too.

use spacetime_engine::{Options, Selection, SourceKind, optimize};

const MARK: &str = "# trap: ";

/// Names and sources.
fn traps() -> Vec<(&'static str, &'static str)> {
    include_str!("data/traps.py").split(MARK).skip(1).filter_map(|part| part.split_once('\n')).collect()
}

#[test]
fn traps_stay_as_they_are() {
    let mut changed = Vec::new();
    for (name, source) in traps() {
        for (label, options) in [("default", Options::default()), ("strict", Options::default().strict())] {
            // The traps write `list(data)` to make a type known, which `drop_list` would undo;
            // what `take_smallest` does to others is right, and lists and sets on disk are tested by
            // running the programs (`tests/test_traps.py`).
            let selection = Selection {
                ignore: ["drop_list", "take_smallest", "spill_list", "spill_groups", "spill_set"]
                    .map(str::to_owned)
                    .to_vec(),
                ..Selection::default()
            };
            let options = Options { selection, ..options };
            let outcome = optimize(source, SourceKind::Python, &options).unwrap();
            if outcome.text != source {
                changed.push(format!("{name} ({label}):\n{}", outcome.text));
            }
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

#[test]
fn traps_have_names_of_their_own() {
    let mut names: Vec<&str> = traps().into_iter().map(|(name, _)| name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(count > 0 && names.len() == count);
}
