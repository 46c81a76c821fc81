//! `xtask upgrade-fixers`: the fixers beside lib2to3's, on whole libraries.
//!
//! The helper in `xtask/python` runs lib2to3 and asks the example of the crate
//! `upgrade` for ours: one process that answers lines of JSON.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::options::{Words, helpers, root};

/// Runs the helper that compares.
pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let python: PathBuf = words.value("--python")?.unwrap_or_else(|| "python3".into());
    let fixers: Option<String> = words.value("--fixers")?;
    let step: Option<u32> = words.value("--step")?;
    let is_long = words.flag("--long");
    let alone = words.flag("--alone") || is_long;
    let built = Command::new("cargo")
        .args(["build", "--quiet", "-p", "spacetime-upgrade", "--example", "upgrade_serve"])
        .current_dir(root())
        .status()?;
    if !built.success() {
        bail!("upgrade_serve does not compile");
    }
    let serve = root().join("target/debug/examples/upgrade_serve");
    if words.flag("--command") {
        let stc = words.value::<PathBuf>("--stc")?.unwrap_or_else(|| root().join("target/debug/stc"));
        let mut command = Command::new(&python);
        command.args(["-W", "ignore"]).arg(helpers().join("upgrade_command.py")).arg("--stc").arg(stc);
        words.done()?;
        return Ok(command.status().with_context(|| python.display().to_string())?.success());
    }
    if words.flag("--tests") {
        let mut command = Command::new(&python);
        command.args(["-W", "ignore"]).arg(helpers().join("upgrade_tests.py"));
        command.arg("--serve").arg(serve).args(words.rest()?);
        return Ok(command.status().with_context(|| python.display().to_string())?.success());
    }
    let mut paths: Vec<PathBuf> = words.rest()?.into_iter().map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(library(&python)?);
    }
    let mut command = Command::new(&python);
    command.args(["-W", "ignore"]).arg(helpers().join("upgrade_fixers.py"));
    command.arg("--serve").arg(serve);
    command.arg("--keep").arg(root().join("target/upgrade-fixers"));
    if alone {
        command.arg("--alone");
    }
    if let Some(fixers) = fixers {
        command.arg(format!("--fixers={fixers}"));
    }
    // A part of the library is enough for every day.
    let step = step.unwrap_or(if is_long { 1 } else { 20 });
    command.arg(format!("--step={step}")).args(paths);
    Ok(command.status().with_context(|| python.display().to_string())?.success())
}

/// The standard library of an interpreter.
fn library(python: &Path) -> Result<PathBuf> {
    let code = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let output = Command::new(python).args(["-c", code]).output()?;
    if !output.status.success() {
        bail!("{} does not run", python.display());
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().into())
}
