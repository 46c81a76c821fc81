//! `stc optimize`: where results go, what is an error, and what is left alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::common::{self, Folder};

const BAD: &str = "x = 1\ndef f(:\n    pass\n";

#[test]
fn one_file_goes_to_stdout_and_nothing_else_does() {
    let folder = Folder::new(&[("a.py", "x = 1\n")]);
    let ran = folder.stc(&["optimize", "a.py"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "x = 1\n", ""));
}

#[test]
fn stdin_goes_to_stdout() {
    let folder = Folder::new(&[]);
    let ran = folder.stc_with_input(&["optimize", "-"], b"x = 1\r\n");
    assert_eq!((ran.code, ran.out.as_str()), (0, "x = 1\r\n"));
    let ran = folder.stc_with_input(&["optimize", "-", "--stdin-filename", "pkg/a.py"], BAD.as_bytes());
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("pkg/a.py:2:"), "{}", ran.err);
}

#[test]
fn several_files_need_a_place_to_go() {
    let folder = Folder::new(&[("a.py", "x = 1\n"), ("b.py", "y = 1\n")]);
    for args in [&["optimize", "a.py", "b.py"][..], &["optimize", "."], &["optimize", "-", "a.py"]] {
        let ran = folder.stc(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
    assert_eq!(folder.stc(&["optimize", "a.py", "--write", "--diff"]).code, 2);
    assert_eq!(folder.stc(&["optimize", "a.py", "--format", "json"]).code, 2);
    assert_eq!(folder.stc(&["optimize"]).code, 2);
    assert_eq!(folder.stc(&["optimise", "a.py"]).code, 2);
}

#[test]
fn output_is_written_even_when_nothing_changed() {
    let folder = Folder::new(&[("a.py", "x = 1\n")]);
    let ran = folder.stc(&["optimize", "a.py", "-o", "out.py"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert_eq!(folder.read("out.py"), "x = 1\n");
    folder.write("sub/keep", "");
    assert_eq!(folder.stc(&["optimize", "a.py", "-o", "sub"]).code, 0);
    assert_eq!(folder.read("sub/a.py"), "x = 1\n");
}

#[test]
fn a_folder_is_mirrored() {
    let folder = Folder::new(&[("src/a.py", "x = 1\n"), ("src/p/b.pyi", "y: int\n"), ("src/p/c.txt", "")]);
    let ran = folder.stc(&["optimize", "src", "-o", "src/out"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(folder.read("src/out/a.py"), "x = 1\n");
    assert_eq!(folder.read("src/out/p/b.pyi"), "y: int\n");
    assert!(!folder.path("src/out/p/c.txt").exists());
    // The second time, what was written the first time is not an input.
    let ran = folder.stc(&["optimize", "src", "-o", "src/out"]);
    assert!(ran.err.contains("2 unchanged"), "{}", ran.err);
    assert!(!folder.path("src/out/out").exists());
}

#[test]
fn two_files_never_land_in_one() {
    let folder = Folder::new(&[("p/a.py", "x = 1\n"), ("q/a.py", "y = 1\n")]);
    let ran = folder.stc(&["optimize", "p/a.py", "q/a.py", "-o", "out"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("both"), "{}", ran.err);
    assert!(!folder.path("out").exists());
}

#[test]
fn other_files_are_done_when_one_is_bad() {
    let folder = Folder::new(&[("a.py", "x = 1\n"), ("b.py", BAD), ("d.py", "z = 1\n")]);
    folder.write("c.py", b"y = '\xe9'\n");
    let ran = folder.stc(&["optimize", ".", "-o", "out"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("b.py:2:7: ") && ran.err.contains("c.py:1:1: ") && ran.err.contains("0xe9"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("2 failed"), "{}", ran.err);
    assert_eq!(folder.read("out/a.py"), "x = 1\n");
    assert_eq!(folder.read("out/d.py"), "z = 1\n");
    assert!(!folder.path("out/b.py").exists());
}

#[test]
fn missing_and_unreadable_files_are_named() {
    let folder = Folder::new(&[("a.py", "x = 1\n"), ("secret.py", "x = 1\n")]);
    let ran = folder.stc(&["optimize", "missing.py"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("missing.py:1:1: cannot be read: No such file"), "{}", ran.err);
    fs::create_dir(folder.path("folder.py")).unwrap();
    assert_eq!(folder.stc(&["optimize", "folder.py", "--check"]).code, 0);
    if !common::is_root() {
        fs::set_permissions(folder.path("secret.py"), fs::Permissions::from_mode(0o000)).unwrap();
        let ran = folder.stc(&["optimize", "secret.py", "a.py", "--check"]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("secret.py:1:1: cannot be read: Permission denied"), "{}", ran.err);
    }
}

#[test]
fn a_read_only_target_stays_as_it_is() {
    let folder = Folder::new(&[("a.py", "x = 1\n"), ("out.py", "old\n")]);
    fs::set_permissions(folder.path("out.py"), fs::Permissions::from_mode(0o444)).unwrap();
    let ran = folder.stc(&["optimize", "a.py", "-o", "out.py"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("out.py cannot be written: it is read-only"), "{}", ran.err);
    assert_eq!(folder.read("out.py"), "old\n");
    fs::create_dir(folder.path("locked")).unwrap();
    if !common::is_root() {
        fs::set_permissions(folder.path("locked"), fs::Permissions::from_mode(0o555)).unwrap();
        let ran = folder.stc(&["optimize", "a.py", "-o", "locked/a.py"]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("locked/a.py cannot be written"), "{}", ran.err);
    }
    // A file where a folder is needed.
    let ran = folder.stc(&["optimize", "a.py", "-o", "out.py/b.py"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("out.py"), "{}", ran.err);
    let names = fs::read_dir(folder.root()).unwrap().count();
    assert_eq!(names, 3, "nothing half-written is left");
}

#[test]
fn ignored_files_are_left_out_unless_named() {
    let folder = Folder::new(&[
        (".gitignore", "generated.py\n"),
        ("generated.py", BAD),
        (".venv/lib/x.py", BAD),
        ("build/x.py", BAD),
        ("node_modules/x.py", BAD),
        ("a/__pycache__/x.py", BAD),
        ("a/b.py", "x = 1\n"),
        ("a/notes.txt", "no Python"),
    ]);
    let ran = folder.stc(&["optimize", ".", "--check"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("1 unchanged"), "{}", ran.err);
    assert_eq!(folder.stc(&["optimize", "build/x.py", "--check"]).code, 1);
    assert_eq!(folder.stc(&["optimize", "build/x.py", "--check", "--force-exclude"]).code, 0);
    assert_eq!(folder.stc(&["optimize", "build", "--check"]).code, 1);
}

#[test]
fn reports_choose_their_format() {
    let folder = Folder::new(&[("a.py", "x = 1\n"), ("b.py", BAD)]);
    let ran = folder.stc(&["optimize", "a.py", "--analyze-only"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.starts_with("SpaceTime Compiler Optimization Report\n"), "{}", ran.out);
    let ran = folder.stc(&["optimize", ".", "--analyze-only", "--format", "json"]);
    assert_eq!(ran.code, 1, "b.py is no Python");
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["files"][0]["path"], "a.py");
    assert_eq!(json["errors"][0]["path"], "b.py");
    assert_eq!(folder.stc(&["optimize", "a.py", "-o", "o.py", "-r", "r.txt"]).code, 0);
    assert!(folder.read("r.txt").contains("Opportunities found: 0"));
    assert_eq!(folder.stc(&["optimize", "a.py", "-r", "r.sarif"]).out, "x = 1\n");
    let sarif: serde_json::Value = serde_json::from_str(&folder.read("r.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let ran = folder.stc(&["optimize", "a.py", "--check", "--format", "html"]);
    assert!(ran.out.starts_with("<!doctype html>"), "{}", ran.out);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let folder = Folder::new(&[("big.py", &"x = 1\n".repeat(200_000))]);
    for args in [&["optimize", "big.py"][..], &["generate-shell-completion", "bash"], &["--help"]] {
        let mut command = folder.command(args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ran = common::ran(&child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn a_byte_order_mark_and_newlines_survive() {
    let folder = Folder::new(&[("a.py", "\u{feff}x = 1\r\ny = 2\r\n")]);
    assert_eq!(folder.stc(&["optimize", "a.py", "-o", "o.py"]).code, 0);
    assert_eq!(folder.read("o.py"), "\u{feff}x = 1\r\ny = 2\r\n");
}

#[test]
fn other_commands_answer() {
    let folder = Folder::new(&[("a.py", "x = 1\n"), ("bad.py", BAD)]);
    let rules = folder.stc(&["rules", "--format", "json"]);
    let rules: serde_json::Value = serde_json::from_str(&rules.out).unwrap();
    assert!(rules["assumptions"].as_array().unwrap().iter().any(|one| one["name"] == "total-order"));
    let assumption = folder.stc(&["explain", "total-order"]).out;
    assert!(assumption.contains("NaN") && assumption.contains("--no-assume total-order"), "{assumption}");
    let other = folder.stc(&["explain", "iteration-is-pure"]).out;
    assert!(other.contains("only with `--assume iteration-is-pure`"), "{other}");
    assert!(folder.stc(&["explain", "streaming"]).out.contains("- `stream_lines`: "));
    let list = folder.stc(&["rules"]).out;
    let not_made = list.split_once("Assumptions that are not").unwrap().1;
    assert!(not_made.contains("iteration-is-pure") && !not_made.contains("total-order"), "{list}");
    let ran = folder.stc(&["explain", "no-such-rule"]);
    assert_eq!((ran.code, ran.err.contains("no-such-rule")), (2, true));
    assert_eq!(folder.stc(&["facts", "a.py"]).code, 0);
    assert_eq!(folder.stc(&["facts", "bad.py"]).code, 1);
    assert_eq!(folder.stc(&["--version"]).code, 0);
    assert_eq!(folder.stc(&[]).code, 2);
}
