//! `xtask upgrade-fuzz`: `upgrade` beside lib2to3 over texts made by chance.
//!
//! The helper makes the texts (files with something wrong about them, pieces of
//! lib2to3's tests in each other, programs grown from its grammar, soup), asks
//! both, and makes what differs as small as it gets.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::interpreters::libraries_kept;
use crate::options::{Words, helpers, root};
use crate::upgrade_fixers::{library_with_lib2to3, serve};

pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let chosen: Option<PathBuf> = words.value("--python")?;
    let count: u32 = words.value("--count")?.unwrap_or(1000);
    let seed: u32 = words.value("--seed")?.unwrap_or(1);
    let shown: u32 = words.value("--shown")?.unwrap_or(20);
    let mut paths: Vec<PathBuf> = words.rest()?.into_iter().map(PathBuf::from).collect();
    let python = chosen.clone().unwrap_or_else(|| "python3".into());
    let Some(library) = library_with_lib2to3(&python)? else {
        println!("upgrade-fuzz: {} has no lib2to3 to compare with", python.display());
        return Ok(chosen.is_none());
    };
    if paths.is_empty() {
        paths = libraries_kept(&["2.7", "3.11"]);
    }
    if paths.is_empty() {
        paths.push(library);
    }
    let mut command = Command::new(&python);
    command.args(["-W", "ignore"]).arg(helpers().join("upgrade_fuzz.py"));
    command.arg("--serve").arg(serve()?).arg("--keep").arg(root().join("target/upgrade-fuzz"));
    command.arg(format!("--count={count}")).arg(format!("--seed={seed}")).arg(format!("--shown={shown}"));
    command.args(paths);
    Ok(command.status().with_context(|| python.display().to_string())?.success())
}
