//! Our diffs beside those of CPython's `difflib`.
//!
//! `xtask/python/difflib_vectors.py` wrote the file of cases.

use std::fmt::Write as _;

use spacetime_text::difflib_unified;

const CASES: &str = include_str!("data/difflib.txt");

fn text_of(letters: &str) -> String {
    letters.chars().flat_map(|letter| [letter, '\n']).collect()
}

fn heads_and_signs(diff: &str) -> String {
    let lines = diff.lines().skip(2);
    lines.map(|line| if line.starts_with("@@") { line } else { &line[..1] }).collect()
}

#[test]
fn hunks_are_those_of_difflib() {
    let lines: Vec<&str> = CASES.lines().collect();
    assert_eq!(lines.len(), 900);
    for case in lines.chunks(3) {
        let diff = difflib_unified(&text_of(case[0]), &text_of(case[1]), "x", ["a", "b"]);
        assert_eq!(heads_and_signs(&diff), case[2], "{} -> {}", case[0], case[1]);
    }
}

#[test]
fn heads_name_the_file_and_ends_of_lines_do_not_show() {
    let diff = difflib_unified("a\r\nb\n", "a\nc", "f.py", ["(original)", "(refactored)"]);
    assert_eq!(diff, "--- f.py\t(original)\n+++ f.py\t(refactored)\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
    assert_eq!(difflib_unified("a\r\n", "a\n", "f.py", ["x", "y"]), "");
}

#[test]
fn long_texts_with_many_changes() {
    let lines = |changed: bool| {
        let mut text = String::new();
        for n in 0..60_000 {
            let word = if changed && n % 20 == 7 { "new" } else { "line" };
            writeln!(text, "{word} {n}").expect("a string takes everything");
        }
        text
    };
    let (old, new) = (lines(false), lines(true));
    let diff = difflib_unified(&old, &new, "x", ["a", "b"]);
    assert_eq!(diff.lines().filter(|line| line.starts_with("@@")).count(), 3000);
}
