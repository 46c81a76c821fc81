//! `stc upgrade`: what 2to3 writes, and where we do better than it.
//!
//! What it writes was recorded from lib2to3 of CPython 3.11; `cargo xtask
//! upgrade-fixers --command` compares more of it with the original itself.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use crate::common::{Folder, ran};

const OLD: &str = "import os\nprint 'a', os.getcwdu()\n";
const NEW: &str = "import os\nprint('a', os.getcwd())\n";
const SKIPPED: &str = "RefactoringTool: Skipping optional fixer: buffer
RefactoringTool: Skipping optional fixer: idioms
RefactoringTool: Skipping optional fixer: set_literal
RefactoringTool: Skipping optional fixer: ws_comma\n";

fn after_skipped(err: &str) -> &str {
    err.strip_prefix(SKIPPED).unwrap_or(err)
}

#[test]
fn a_diff_goes_to_stdout_and_a_summary_to_stderr() {
    let folder =
        Folder::new(&[("a.py", OLD), ("b.py", "x = 1\n"), ("c.py", "x = ''\n"), ("d.py", "x = (\n")]);
    let ran = folder.stc(&["upgrade", "."]);
    assert_eq!(
        ran.out,
        "--- ./a.py\t(original)\n+++ ./a.py\t(refactored)\n@@ -1,2 +1,2 @@\n import os\n\
         -print 'a', os.getcwdu()\n+print('a', os.getcwd())\n"
    );
    assert_eq!(
        after_skipped(&ran.err),
        "RefactoringTool: Refactored ./a.py
RefactoringTool: No changes to ./c.py
RefactoringTool: Can't parse ./d.py: TokenError: ('EOF in multi-line statement', (3, 0))
RefactoringTool: Files that need to be modified:
RefactoringTool: ./a.py
RefactoringTool: ./c.py
RefactoringTool: There was 1 error:
RefactoringTool: Can't parse ./d.py: TokenError: ('EOF in multi-line statement', (3, 0))\n"
    );
    assert_eq!(ran.code, 1);
    assert_eq!(folder.read("a.py"), OLD);
}

#[test]
fn it_is_called_2to3_too() {
    let folder = Folder::new(&[("a.py", OLD)]);
    let mut command = folder.command(&["--no-diffs", "-w", "-n", "a.py"]);
    let ran = ran(&command.arg0("/usr/bin/2to3").output().unwrap());
    assert_eq!((ran.code, folder.read("a.py").as_str()), (0, NEW), "{}", ran.err);
    assert!(ran.err.ends_with("Files that were modified:\nRefactoringTool: a.py\n"), "{}", ran.err);
}

#[test]
fn the_old_file_is_kept_beside_the_new_one() {
    let folder = Folder::new(&[("a.py", OLD), ("a.py.bak", "older")]);
    std::fs::set_permissions(folder.path("a.py"), std::fs::Permissions::from_mode(0o754)).unwrap();
    let ran = folder.stc(&["upgrade", "-w", "a.py"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!((folder.read("a.py").as_str(), folder.read("a.py.bak").as_str()), (NEW, OLD));
    let mode = std::fs::metadata(folder.path("a.py")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o754);
    assert_eq!(std::fs::read_dir(folder.root()).unwrap().count(), 2);
}

#[test]
fn another_folder_mirrors_what_is_changed() {
    let folder = Folder::new(&[("p/a.py", OLD), ("p/q/b.py", OLD), ("p/c.py", "x = 1\n")]);
    let ran = folder.stc(&["upgrade", "-w", "-n", "-o", "out", "--add-suffix=3", "--no-diffs", "p"]);
    assert_eq!(
        ran.err,
        format!(
            "lib2to3.main: Output in 'out' will mirror the input directory 'p' layout.\n{SKIPPED}\
RefactoringTool: Refactored p/a.py
RefactoringTool: Writing converted p/a.py to out/a.py3.
RefactoringTool: Refactored p/q/b.py
RefactoringTool: Writing converted p/q/b.py to out/q/b.py3.
RefactoringTool: Files that were modified:
RefactoringTool: p/a.py
RefactoringTool: p/q/b.py\n"
        )
    );
    assert_eq!((folder.read("out/a.py3").as_str(), folder.read("out/q/b.py3").as_str()), (NEW, NEW));
    assert!(!folder.path("out/c.py3").exists());
    assert_eq!(folder.read("p/a.py"), OLD);
}

#[test]
fn wrong_usage_is_told_in_the_words_of_2to3() {
    let folder = Folder::new(&[("a.py", OLD)]);
    let usage = "Usage: 2to3 [options] file|dir ...\n\n2to3: error: ";
    for (args, message) in [
        (&["-n", "a.py"][..], "Can't use -n without -w"),
        (&["-o", "x", "a.py"], "Can't use --output-dir/-o without -n."),
        (&["--add-suffix=3", "a.py"], "Can't use --add-suffix without -n."),
    ] {
        let ran = folder.stc(&[&["upgrade"], args].concat());
        assert_eq!((ran.code, ran.err), (2, format!("{usage}{message}\n")));
    }
    let ran = folder.stc(&["upgrade"]);
    assert_eq!(ran.err, "At least one file or directory argument required.\nUse --help to show usage.\n");
    assert_eq!(ran.code, 2);
    assert_eq!(folder.stc(&["upgrade", "-w", "-"]).err, "Can't write to stdin.\n");
    let ran = folder.stc(&["upgrade", "-f", "nonesuch", "a.py"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("there is no fixer 'nonesuch'"), "{}", ran.err);
}

#[test]
fn fixers_are_chosen_by_name() {
    let folder = Folder::new(&[("a.py", "if a <> b: print `a` ; x = type(a) == B\n")]);
    let new = |args: &[&str]| {
        let out = folder.stc(&[&["upgrade", "a.py"], args].concat()).out;
        out.lines().find_map(|line| line.strip_prefix("+if ")).unwrap_or_default().to_owned()
    };
    assert_eq!(new(&["-f", "ne"]), "a != b: print `a` ; x = type(a) == B");
    assert_eq!(new(&["-x", "ne", "-x", "nonesuch"]), "a <> b: print(repr(a)) ; x = type(a) == B");
    assert_eq!(
        new(&["-f", "all", "-f", "idioms", "-x", "print"]),
        "a != b: print repr(a) ; x = isinstance(a, B)"
    );
    let list = folder.stc(&["upgrade", "-l"]).out;
    assert!(
        list.starts_with("Available transformations for the -f/--fix option:\napply\nasserts\n"),
        "{list}"
    );
    assert_eq!(list.lines().count(), 53);
}

#[test]
fn standard_input_is_shown_as_a_diff() {
    let folder = Folder::new(&[]);
    let ran = folder.stc_with_input(&["upgrade", "-"], b"print 1\r\n");
    assert_eq!(
        ran.out,
        "--- <stdin>\t(original)\n+++ <stdin>\t(refactored)\n@@ -1 +1 @@\n-print 1\n+print(1)\n"
    );
    // 2to3 adds no newline here, so it cannot read a last line that has none.
    assert_eq!(folder.stc_with_input(&["upgrade", "-"], b"print 1").code, 1);
    assert_eq!(folder.stc_with_input(&["upgrade", "-"], b"\xff\n").code, 1);
}

#[test]
fn encodings_marks_and_newlines_stay() {
    let folder = Folder::new(&[]);
    for (old, new) in [
        (&b"# coding: latin-1\nprint u'\xe9'\n"[..], &b"# coding: latin-1\nprint('\xe9')\n"[..]),
        (b"\xef\xbb\xbfprint 1\r\nprint 2", b"\xef\xbb\xbfprint(1)\r\nprint(2)"),
        (b"# coding: utf-7\nprint u'+AOk' # ~\n", b"# coding: utf-7\nprint('+AOk') # +AH4\n"),
        (b"# coding: hz\nprint u'~{VP~}'\n", b"# coding: hz\nprint('~{VP~}')\n"),
    ] {
        folder.write("a.py", old);
        assert_eq!(folder.stc(&["upgrade", "-wn", "a.py"]).code, 0);
        assert_eq!(std::fs::read(folder.path("a.py")).unwrap(), new);
    }
}

/// lib2to3 ends with a traceback at each of these, and leaves the other files alone.
#[test]
fn a_file_that_cannot_be_worked_on_is_reported_and_kept() {
    for (bytes, why) in [
        (&b"print '\xe9'\n"[..], "Can't decode b.py: 'utf-8' codec can't decode byte 0xe9 in position 7"),
        (b"# coding: nonesuch\nprint 1\n", "Can't decode b.py: unknown encoding: nonesuch"),
        (
            b"# coding: johab\nprint 1\n",
            "Can't decode b.py: Python knows the encoding johab, but it is not built in here",
        ),
        (b"print 1\nraise ()\n", "Can't refactor b.py: "),
        (
            b"\"\"\"never ended\nprint 1\n",
            "Can't parse b.py: TokenError: ('EOF in multi-line string', (1, 0))",
        ),
    ] {
        let folder = Folder::new(&[("a.py", OLD), ("c.py", OLD)]);
        folder.write("b.py", bytes);
        let ran = folder.stc(&["upgrade", "-wn", "--no-diffs", "a.py", "b.py", "c.py"]);
        assert_eq!(ran.code, 1);
        assert_eq!(ran.err.matches(&format!("RefactoringTool: {why}")).count(), 2, "{}", ran.err);
        assert_eq!((folder.read("a.py").as_str(), folder.read("c.py").as_str()), (NEW, NEW));
        assert_eq!(std::fs::read(folder.path("b.py")).unwrap(), bytes);
    }
}

/// lib2to3 writes `Non` into it.
#[test]
fn unchanged_files_are_written_but_not_those_that_cannot_be_read() {
    let folder = Folder::new(&[("p/a.py", "x = 1\n"), ("p/b.py", "def f(:\n")]);
    let ran = folder.stc(&["upgrade", "-W", "-n", "-o", "out", "p"]);
    assert!(ran.err.starts_with("WARNING: --write-unchanged-files/-W implies -w.\n"), "{}", ran.err);
    assert_eq!((ran.code, folder.read("out/a.py").as_str()), (1, "x = 1\n"));
    assert!(!folder.path("out/b.py").exists());
    assert_eq!(folder.stc(&["upgrade", "-W", "-n", "p"]).code, 1);
    assert_eq!(folder.read("p/b.py"), "def f(:\n");
}

/// With lib2to3 the order is arbitrary, the summary empty and the status 0.
#[test]
fn many_processes_say_what_one_says() {
    let folder = Folder::new(&[]);
    for number in 0..70 {
        let text = if number % 9 == 4 { "def f(:\n" } else { OLD };
        folder.write(&format!("p/f{number:02}.py"), text);
    }
    let one = folder.stc(&["upgrade", "p"]);
    let many = folder.stc(&["upgrade", "-j", "3", "p"]);
    assert_eq!((one.code, many.code), (1, 1));
    assert_eq!(one.out, many.out);
    assert_eq!(one.err, many.err);
    assert!(one.err.contains("There were 8 errors:"), "{}", one.err);
}

/// lib2to3 appends a newline to the file, and ends with a traceback where a fixer adds an import.
#[test]
fn examples_are_refactored_and_nothing_else() {
    let old = "\"\"\"\n>>> print 1\n1\n  >>> for i in xrange(2):\n  ...     print i,\n\"\"\"\nprint 2\n";
    let new =
        "\"\"\"\n>>> print(1)\n1\n  >>> for i in range(2):\n  ...     print(i, end=' ')\n\"\"\"\nprint 2\n";
    let folder = Folder::new(&[("a.py", old), ("b.py", "x\n>>> intern(x)\n>>> print 1\n")]);
    let ran = folder.stc(&["upgrade", "-d", "-wn", "--no-diffs", "a.py", "b.py"]);
    assert_eq!((ran.code, folder.read("a.py").as_str()), (1, new));
    assert_eq!(folder.read("b.py"), "x\n>>> intern(x)\n>>> print(1)\n");
    assert_eq!(ran.err.matches("Can't parse docstring in b.py line 2: ").count(), 2, "{}", ran.err);
}

#[test]
fn what_2to3_breaks_is_right_if_asked_for() {
    let old = "from urllib import quote, foo\ntry: x = 1\nexcept E, (a, b): pass\n";
    let folder = Folder::new(&[("a.py", old)]);
    let new = "from urllib.parse import quote\nfrom urllib import foo\ntry: x = 1\n\
               except E as xxx_todo_changeme: (a, b) = xxx_todo_changeme.args; pass\n";
    let ran = folder.stc(&["upgrade", "--beyond", "-wn", "--no-diffs", "a.py"]);
    assert_eq!((ran.code, folder.read("a.py").as_str()), (0, new));
    assert!(ran.err.contains("This is an invalid module element"), "{}", ran.err);
    folder.write("a.py", old);
    assert_eq!(folder.stc(&["upgrade", "-wn", "--no-diffs", "a.py"]).code, 0);
    assert!(folder.read("a.py").contains("xxx_todo_changeme: pass(a, b) ="), "as 2to3 has it by default");
}

#[test]
fn a_new_file_that_cannot_be_made_is_reported() {
    let folder = Folder::new(&[("a.py", OLD)]);
    let ran = folder.stc(&["upgrade", "-wn", "a.py", "--add-suffix=/x"]);
    assert_eq!(ran.code, 1, "a file is no folder");
    assert!(ran.err.contains("Can't create a.py/x: "), "{}", ran.err);
    assert_eq!(folder.read("a.py"), OLD);
}

#[test]
fn what_2to3_could_never_read_is_read() {
    let folder = Folder::new(&[("a.py", "match x:\n    case 1:\n        y = d.has_key(1)\n")]);
    let ran = folder.stc(&["upgrade", "-wn", "--no-diffs", "a.py"]);
    assert_eq!((ran.code, folder.read("a.py").as_str()), (0, "match x:\n    case 1:\n        y = 1 in d\n"));
}
