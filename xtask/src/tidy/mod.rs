//! `xtask tidy`: the house rules that a machine can check.
//!
//! What a test enforces stays; what is wished for drifts. Each module below
//! holds one kind of rule, and each problem says what to do about it.

mod crates;
mod documents;
mod modules;
mod rules;
mod sources;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::options::root;

/// What is wrong, and where.
pub type Problem = String;

pub fn run() -> Result<bool> {
    let problems = problems(&root())?;
    for problem in &problems {
        println!("{problem}");
    }
    println!("tidy: {} problems", problems.len());
    Ok(problems.is_empty())
}

fn problems(root: &Path) -> Result<Vec<Problem>> {
    let mut all = crates::problems(root)?;
    all.extend(sources::problems(root)?);
    all.extend(modules::problems(root)?);
    all.extend(rules::problems(root)?);
    all.extend(documents::problems(root)?);
    Ok(all)
}

/// The folders below `crates`, in order.
fn crate_folders(root: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let path = entry?.path();
        if path.join("Cargo.toml").exists() {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

/// The plain name of a crate's folder.
fn plain_name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Every file below `folder` with this ending, in order; nothing of `target`.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                all.push(path);
            }
        }
    }
    all.sort();
    Ok(all)
}

/// A path as the reader of a problem wants it.
fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        let problems = problems(&root()).unwrap();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}
