//! `stc prove` with `--against`, so that what differs is known.

use crate::common::Folder;
use serde_json::Value;

fn prove(folder: &Folder, args: &[&str]) -> (i32, Value) {
    let args = [&["prove", "a.py", "--against", "b.py", "--format", "json", "--repeat", "1"], args].concat();
    let ran = folder.stc(&args);
    (ran.code, serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err)))
}

fn pair(before: &str, after: &str) -> Folder {
    Folder::new(&[("a.py", before), ("b.py", after), ("helper.py", "def double(x):\n    return 2 * x\n")])
}

#[test]
fn same_behaviour_with_less_memory() {
    let script = |brackets: &str| {
        let (open, close) = brackets.split_at(1);
        format!(
            "import sys, helper, os\nprint(sum({open}helper.double(x) for x in range(400000){close}))\n\
             print(__file__, sys.argv, os.getcwd(), __name__)\nopen('out.txt', 'w').write('x')\n"
        )
    };
    let folder = pair(&script("[]"), &script("()"));
    let (code, evidence) = prove(&folder, &["--", "one", "two"]);
    assert_eq!(code, 0, "{evidence:#}");
    assert_eq!(evidence["files_written"][0], "out.txt");
    assert!(evidence["measured"]["peak_memory_bytes"]["ratio"].as_f64().unwrap() < 0.8, "{evidence:#}");
    assert!(!folder.path("out.txt").exists(), "the user's folder is left alone");
    assert!(!folder.path("__pycache__").exists());
}

#[test]
fn every_difference_is_named() {
    for (before, after, word) in [
        ("print(1)\n", "print(2)\n", "stdout differs in line 1: `2`, but before `1`"),
        ("", "raise SystemExit(3)\n", "exit status 3"),
        ("", "import os\nos.kill(os.getpid(), 9)\n", "signal 9"),
        ("raise ValueError\n", "raise KeyError\n", "stderr differs"),
        ("", "open('new', 'w')\n", "new differs"),
        ("open('new', 'w').write('a')\n", "open('new', 'w').write('b')\n", "new differs"),
        ("", "import os\nos.remove('helper.py')\n", "helper.py differs"),
    ] {
        let folder = pair(before, after);
        let (code, evidence) = prove(&folder, &[]);
        assert_eq!(code, 1, "{after}");
        let text = evidence["differences"].to_string();
        assert!(text.contains(word), "{after}: {text}");
        assert!(folder.path("helper.py").exists());
    }
}

#[test]
fn line_numbers_and_frames_may_differ() {
    let folder = pair("[1 / x for x in [0]]\n", "# more\nlist(1 / y for y in [0])\n");
    let (code, evidence) = prove(&folder, &[]);
    assert_eq!(code, 0, "{evidence:#}");
    assert_eq!(evidence["exit"], "exit status 1");
}

#[test]
fn an_unsteady_program_proves_nothing() {
    let folder = pair("import time\nprint(time.time_ns())\n", "print(1)\n");
    let ran = folder.stc(&["prove", "a.py", "--against", "b.py", "--repeat", "2"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("UNDECIDED"), "{}", ran.out);
}

#[test]
fn spilled_bytes_and_children_are_seen() {
    let spill = "import tempfile, time\nf = tempfile.TemporaryFile()\nf.write(bytes(9_000_000))\nf.flush()\ntime.sleep(1)\n";
    let (code, evidence) = prove(&pair("", spill), &[]);
    assert_eq!(code, 0, "{evidence:#}");
    assert!(evidence["measured"]["spilled_bytes"]["after"].as_f64().unwrap() >= 9e6, "{evidence:#}");
    let child = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time; x = b\"x\" * 60_000_000; time.sleep(1)'])\n";
    let (_, evidence) = prove(&pair("", child), &[]);
    assert!(evidence["measured"]["peak_memory_bytes"]["after"].as_f64().unwrap() >= 60e6, "{evidence:#}");
}

#[test]
fn a_script_outside_of_the_working_folder_finds_its_neighbours() {
    let folder = Folder::new(&[
        ("app/a.py", "import helper\nprint(helper.X, open('data').read())\n"),
        ("app/helper.py", "X = 3\n"),
        ("work/data", "d"),
    ]);
    let ran = folder.stc(&["prove", "app/a.py", "--workdir", "work", "--repeat", "1"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("exit status 0"), "{}", ran.out);
}

#[test]
fn what_cannot_be_run_is_said() {
    let folder = Folder::new(&[("a.py", "def f(:\n"), ("b.py", "while True: pass\n")]);
    assert_eq!(folder.stc(&["prove", "a.py"]).code, 1);
    assert_eq!(folder.stc(&["prove", "missing.py"]).code, 1);
    assert_eq!(folder.stc(&["prove", "b.py", "--python", "/no/python"]).code, 2);
    assert_eq!(folder.stc(&["prove", "b.py", "--repeat", "0"]).code, 2);
    assert_eq!(folder.stc(&["prove", "b.py", "--copy-limit", "0"]).code, 2);
    let ran = folder.stc(&["prove", "b.py", "--timeout", "0.3", "--repeat", "1"]);
    assert!(ran.out.contains("timed out"), "{}", ran.out);
}

#[test]
fn standard_input_is_given_to_both() {
    let folder = pair("print(input())\n", "print(input()[::-1])\n");
    folder.write("in.txt", "abba\n");
    assert_eq!(prove(&folder, &["--stdin", "in.txt"]).0, 0);
}

#[test]
fn ctrl_c_ends_the_run_and_leaves_nothing_behind() {
    let folder = Folder::new(&[("a.py", "import time\nopen('x', 'w')\ntime.sleep(60)\n"), ("tmp/keep", "")]);
    let tmp = folder.path("tmp");
    let started = std::time::Instant::now();
    let mut child = folder.command(&["prove", "a.py"]).env("TMPDIR", &tmp).spawn().unwrap();
    while std::fs::read_dir(&tmp).unwrap().count() < 2 {
        assert!(started.elapsed().as_secs() < 20);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    std::thread::sleep(std::time::Duration::from_millis(300));
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(std::fs::read_dir(&tmp).unwrap().count(), 1);
    assert!(started.elapsed().as_secs() < 40);
}
