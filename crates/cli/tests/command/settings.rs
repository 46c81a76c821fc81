//! Where settings come from, and what is said about wrong ones.

use crate::common::{self, Folder};

fn check(folder: &Folder, args: &[&str]) -> common::Ran {
    folder.stc(&[&["optimize", "a.py", "--check"], args].concat())
}

fn project(table: &str) -> Folder {
    Folder::new(&[("pyproject.toml", table), ("a.py", "x = 1\n")])
}

#[test]
fn good_settings_are_taken() {
    let folder = project(
        "[project]\nname = 'x'\nrequires-python = '>=3.12'\n[tool.other]\nx = 1\n[tool.spacetime-compiler]\nselect = ['all']\nignore = []\n\
         allow = ['early-effects']\nno-assume = ['total-order']\nstrict = true\npure = ['f']\n\
         exclude = ['vendor/']\ntarget-version = 'py311'\nlimits = { confidence = 0.5, rounds = 3 }\n\
         [tool.spacetime-compiler.given]\nn = 1e6\n'len(rows)' = 5\n",
    );
    let ran = check(&folder, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn wrong_settings_name_the_file() {
    for (table, word) in [
        ("[tool.spacetime-compiler]\nselekt = []\n", "selekt"),
        ("[tool.spacetime-compiler]\nstrict = 'yes'\n", "boolean"),
        ("[tool.spacetime-compiler]\nselect = ['no-such-rule']\n", "no-such-rule"),
        ("[tool.spacetime-compiler]\nallow = ['anything']\n", "early-effects"),
        ("[tool.spacetime-compiler]\nassume = ['anything']\n", "total-order"),
        ("[tool.spacetime-compiler]\nlimits = { size = 1 }\n", "size"),
        ("[tool.spacetime-compiler]\ntarget-version = '2.7'\n", "2.7"),
        ("[tool.spacetime-compiler\n", "pyproject.toml"),
    ] {
        let folder = project(table);
        let ran = check(&folder, &[]);
        assert_eq!(ran.code, 2, "{table}");
        assert!(ran.err.contains("pyproject.toml") && ran.err.contains(word), "{table}: {}", ran.err);
        assert_eq!(check(&folder, &["--isolated"]).code, 0, "{table}");
    }
}

#[test]
fn wrong_options_are_usage_errors() {
    let folder = project("");
    for args in [
        ["--select", "no-such-rule"],
        ["--allow", "anything"],
        ["--assume", "anything"],
        ["--limit", "confidence"],
        ["--limit", "size=1"],
        ["--given", "n=many"],
        ["--config", "selekt = []"],
        ["--config", "missing.toml"],
        ["--target-version", "2.7"],
        ["--color", "sometimes"],
    ] {
        assert_eq!(check(&folder, &args).code, 2, "{args:?}");
    }
    for args in [
        ["--select", "none"],
        ["--ignore", "all"],
        ["--allow", "early-effects"],
        ["--no-assume", "total-order"],
        ["--limit", "confidence=0.5"],
        ["--given", "n=1e7"],
        ["--config", "strict = true"],
        ["--target-version", "3.12"],
    ] {
        let ran = check(&folder, &args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    }
}

#[test]
fn the_nearest_file_counts() {
    let folder = Folder::new(&[
        ("pyproject.toml", "[tool.spacetime-compiler]\nbad = 1\n"),
        ("p/pyproject.toml", "[tool.spacetime-compiler]\nexclude = ['skipped', '*_pb2.py']\n"),
        ("p/a.py", "x = 1\n"),
        ("p/skipped/b.py", "def f(:\n"),
        ("p/q/c_pb2.py", "def f(:\n"),
    ]);
    let ran = folder.stc(&["optimize", "p", "--check"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(folder.stc(&["optimize", "p/skipped/b.py", "--check"]).code, 1);
    assert_eq!(folder.stc(&["optimize", "p/skipped/b.py", "--check", "--force-exclude"]).code, 0);
    folder.write("own.toml", "strict = true\n");
    assert_eq!(folder.stc(&["optimize", "p/a.py", "--check", "--config", "own.toml"]).code, 0);
    assert_eq!(folder.stc(&["optimize", "p/a.py", "--check", "--config", "pyproject.toml"]).code, 2);
}
