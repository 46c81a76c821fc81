//! What the command does with a program that is really rewritten. These tests
//! need an engine whose rules fire; the other files do not.

#[expect(dead_code, reason = "this file uses its own part")]
#[path = "command/common.rs"]
mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::Folder;

const BEFORE: &str = "print(sum([x * 2 for x in range(9)]))\n";
const AFTER: &str = "print(sum(x * 2 for x in range(9)))\n";
const ALWAYS: [&str; 4] = ["--limit", "saving=0", "--limit", "confidence=0"];

fn run(folder: &Folder, args: &[&str]) -> common::Ran {
    folder.stc(&[&["optimize"], args, &ALWAYS].concat())
}

#[test]
fn stdout_has_the_new_source() {
    let folder = Folder::new(&[("a.py", BEFORE)]);
    let ran = run(&folder, &["a.py"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, AFTER));
}

#[test]
fn check_and_diff_say_what_would_change() {
    let folder = Folder::new(&[("a.py", BEFORE), ("b.py", "x = 1\n")]);
    let ran = run(&folder, &["--check", "."]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "would change: a.py\n"));
    assert!(ran.err.contains("1 file would change, 1 unchanged"), "{}", ran.err);
    let ran = run(&folder, &["--diff", "."]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("--- a.py\n+++ a.py\n") && ran.out.contains("+print(sum(x"), "{}", ran.out);
    assert_eq!(run(&folder, &["--check", "--exit-zero", "."]).code, 0);
    assert_eq!(run(&folder, &["--check", "--select", "none", "."]).code, 0);
    assert_eq!(folder.read("a.py"), BEFORE);
}

#[test]
fn write_replaces_the_file_and_keeps_its_mode() {
    let folder = Folder::new(&[("a.py", BEFORE), ("b.py", BEFORE), ("c.py", BEFORE)]);
    fs::set_permissions(folder.path("a.py"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(folder.path("b.py"), fs::Permissions::from_mode(0o444)).unwrap();
    std::os::unix::fs::symlink("c.py", folder.path("link.py")).unwrap();
    let ran = run(&folder, &["--write", "a.py", "b.py", "link.py"]);
    assert_eq!(ran.code, 2, "b.py is read-only");
    assert!(ran.err.contains("b.py cannot be written: it is read-only"), "{}", ran.err);
    assert_eq!(folder.read("a.py"), AFTER);
    assert_eq!(folder.read("b.py"), BEFORE);
    assert_eq!(folder.read("c.py"), AFTER);
    assert_eq!(fs::metadata(folder.path("a.py")).unwrap().permissions().mode() & 0o777, 0o755);
    assert!(fs::symlink_metadata(folder.path("link.py")).unwrap().is_symlink());
    assert_eq!(run(&folder, &["--check", "a.py"]).code, 0, "nothing is left to do");
}

#[test]
fn reports_name_the_rewrite() {
    let folder = Folder::new(&[("a.py", BEFORE)]);
    let ran = run(&folder, &["a.py", "--analyze-only", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let first = &json["files"][0]["opportunities"][0];
    assert_eq!((&first["kind"], &first["applied"]), (&"streaming".into(), &true.into()));
    let ran = run(&folder, &["a.py", "--analyze-only", "--format", "concise"]);
    assert!(ran.out.starts_with("a.py:1:"), "{}", ran.out);
    let ran = run(&folder, &["a.py", "--analyze-only", "--format", "sarif"]);
    let sarif: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"].is_array());
    let ran = run(&folder, &["a.py", "-o", "o.py", "--statistics"]);
    assert!(ran.err.contains("found applied"), "{}", ran.err);
}

#[test]
fn prove_shows_that_it_is_the_same() {
    let folder = Folder::new(&[("a.py", "print(sum([x * 2 for x in range(400000)]))\n")]);
    let ran = folder.stc(&["prove", "a.py", "--repeat", "1"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains("Nothing was optimized"), "{}", ran.out);
}
