//! Each fixer alone, beside what lib2to3 makes of the same sources.
//!
//! Each file in `tests/fixers/` is named after the fixer that is run, and holds
//! blocks: a source, what becomes of it, and what the fixer has to say. In
//! `all.txt` all fixers run that run by default.
//! `xtask/python/fixer_vectors.py` writes the last two, or checks them.
#![expect(clippy::unwrap_used, reason = "helpers of a test fail as a test does")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use spacetime_upgrade::{Dialect, Fixer, Refactoring, fixers};

#[derive(Debug, Default)]
struct Vector {
    source: String,
    out: String,
    log: String,
}

fn vectors(text: &str) -> Vec<Vector> {
    let mut all: Vec<Vector> = Vec::new();
    let mut mark = "";
    for line in text.split_inclusive('\n') {
        let last = match line.trim_end() {
            "-- in" => {
                all.push(Vector::default());
                mark = "-- in";
                continue;
            }
            other @ ("-- out" | "-- log") => {
                mark = other;
                continue;
            }
            _ => all.last_mut(),
        };
        let Some(vector) = last else { continue };
        match mark {
            "-- in" => vector.source.push_str(line),
            "-- out" => vector.out.push_str(line),
            _ => vector.log.push_str(line),
        }
    }
    all
}

/// What the files of a folder in `tests` are called, and where they are.
fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<(String, PathBuf)> =
        entries.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path)).collect();
    files.sort();
    files
}

#[test]
fn fixers_do_what_lib2to3_does() {
    let mut wrong = String::new();
    for (name, path) in files("fixers") {
        let is_wanted = |fixer: &&&Fixer| fixer.name == name || name == "all" && !fixer.explicit;
        let wanted: Vec<&Fixer> = fixers::ALL.iter().filter(is_wanted).copied().collect();
        assert!(!wanted.is_empty(), "no fixer is called {name}");
        let refactoring = Refactoring::new(&wanted).unwrap();
        let vectors = vectors(&std::fs::read_to_string(path).unwrap());
        assert!(!vectors.is_empty(), "{name} has no vectors");
        for Vector { source, out, log } in vectors {
            let done = refactoring.refactor_text(&source, "<string>", Dialect::default()).unwrap();
            let mut said = done.log.join("\n");
            said.extend(done.log.last().map(|_| '\n'));
            if (&done.text, &said) != (&out, &log) {
                let ours = done.text;
                writeln!(wrong, "{name}\n{source}-- lib2to3\n{out}{log}-- ours\n{ours}{said}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// `cargo xtask upgrade-fixers --beyond` runs these under Python 2.7 and 3.
#[test]
fn what_2to3_breaks_is_right_beyond_it() {
    let default: Vec<&Fixer> = fixers::ALL.iter().filter(|fixer| !fixer.explicit).copied().collect();
    let (as_ever, beyond) =
        (Refactoring::new(&default).unwrap(), Refactoring::new(&default).unwrap().beyond());
    let mut wrong = String::new();
    for (name, path) in files("beyond") {
        for Vector { source, out, log } in vectors(&std::fs::read_to_string(path).unwrap()) {
            let done = beyond.refactor_text(&source, "<string>", Dialect::default()).unwrap();
            let mut said = done.log.join("\n");
            said.extend(done.log.last().map(|_| '\n'));
            if (&done.text, &said) != (&out, &log) {
                writeln!(wrong, "{name}\n{source}-- wanted\n{out}{log}-- ours\n{}{said}", done.text).unwrap();
            }
            let before = as_ever.refactor_text(&source, "<string>", Dialect::default());
            assert!(before.is_err() || before.unwrap().text != out, "{name}: 2to3 does the same\n{source}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
