//! `xtask upgrade-fixers`: the fixers beside lib2to3's, on whole libraries.
//!
//! The helpers in `xtask/python` run lib2to3 and ask the example of the crate
//! `upgrade` for ours: one process that answers lines of JSON.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::interpreters::libraries_kept;
use crate::options::{Words, helpers, root};

/// Every so manieth file is enough for every day.
const STEP: u32 = 20;

pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let chosen: Option<PathBuf> = words.value("--python")?;
    let python = chosen.clone().unwrap_or_else(|| "python3".into());
    let Some(library) = library_with_lib2to3(&python)? else {
        // CPython 3.13 has no lib2to3 any more; who names one wants to compare.
        println!("upgrade-fixers: {} has no lib2to3 to compare with", python.display());
        return Ok(chosen.is_none());
    };
    let mut command = Command::new(&python);
    command.args(["-W", "ignore"]);
    if words.flag("--command") {
        let stc: Option<PathBuf> = words.value("--stc")?;
        words.done()?;
        command.arg(helpers().join("upgrade_command.py"));
        command.arg("--stc").arg(stc.unwrap_or_else(|| root().join("target/debug/stc")));
    } else if words.flag("--other-tests") {
        words.done()?;
        command.arg(helpers().join("upgrade_other_tests.py")).arg("--serve").arg(serve()?);
        command.arg("--stc").arg(root().join("target/debug/stc"));
    } else if words.flag("--encodings") {
        command.arg(helpers().join("upgrade_encodings.py")).arg("--serve").arg(serve()?).args(words.rest()?);
    } else if words.flag("--beyond") {
        words.done()?;
        let kept = libraries_kept(&["2.7"]);
        let Some(python2) = kept.first().map(|library| library.join("../../bin/python2.7")) else {
            println!("upgrade-fixers: there is no Python 2.7 to compare with");
            return Ok(true);
        };
        command.arg(helpers().join("upgrade_beyond.py")).arg("--python2").arg(python2);
        command.arg(root().join("crates/upgrade/tests/beyond"));
    } else if words.flag("--tests") {
        command.arg(helpers().join("upgrade_tests.py")).arg("--serve").arg(serve()?).args(words.rest()?);
    } else {
        compare_files(words, library, &mut command)?;
    }
    Ok(command.status().with_context(|| python.display().to_string())?.success())
}

/// Where an interpreter has its standard library, if lib2to3 is in it.
pub fn library_with_lib2to3(python: &Path) -> Result<Option<PathBuf>> {
    let question = "import lib2to3, os; print(os.path.dirname(os.path.dirname(lib2to3.__file__)))";
    let answer = Command::new(python).args(["-W", "ignore", "-c", question]).output();
    let answer = answer.with_context(|| python.display().to_string())?;
    let text = String::from_utf8_lossy(&answer.stdout);
    Ok(answer.status.success().then(|| PathBuf::from(text.trim())))
}

fn compare_files(mut words: Words, library: PathBuf, command: &mut Command) -> Result<()> {
    let fixers: Option<String> = words.value("--fixers")?;
    let step: Option<u32> = words.value("--step")?;
    let offset: Option<u32> = words.value("--offset")?;
    let is_long = words.flag("--long");
    let is_plain = words.flag("--plain");
    let alone = words.flag("--alone");
    let mut paths: Vec<PathBuf> = words.rest()?.into_iter().map(PathBuf::from).collect();
    let fetch = is_long && paths.is_empty();
    if paths.is_empty() {
        paths = libraries_kept(&["2.7", "3.11"]);
    }
    if paths.is_empty() {
        paths.push(library);
    }
    command.arg(helpers().join("upgrade_fixers.py")).arg("--serve").arg(serve()?);
    command.arg("--keep").arg(root().join("target/upgrade-fixers"));
    command.arg("--cache").arg(root().join("target/upgrade-oracle"));
    command.arg(format!("--step={}", step.unwrap_or(if is_long { 1 } else { STEP })));
    command.arg(format!("--offset={}", offset.unwrap_or_default()));
    if is_plain {
        command.arg("--plain");
    }
    if alone {
        command.arg("--alone");
    }
    if fetch {
        command.arg("--fetch").arg(root().join("target/upgrade-corpus"));
    }
    if let Some(fixers) = fixers {
        command.arg(format!("--fixers={fixers}"));
    }
    command.args(paths);
    Ok(())
}

/// The program that answers for us, built.
pub fn serve() -> Result<PathBuf> {
    let built = Command::new("cargo")
        .args(["build", "--quiet", "-p", "spacetime-upgrade", "--example", "upgrade_serve"])
        .current_dir(root())
        .status()?;
    if !built.success() {
        bail!("upgrade_serve does not compile");
    }
    Ok(root().join("target/debug/examples/upgrade_serve"))
}
