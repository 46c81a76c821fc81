//! The documents at the root: there, and naming every room.

use std::path::Path;

use anyhow::Result;

use super::{Problem, crate_folders, plain_name};

pub fn problems(root: &Path) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for name in ["README.md", "ARCHITECTURE.md"] {
        if !root.join(name).exists() {
            problems.push(format!("{name} is missing"));
        }
    }
    let picture = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap_or_default();
    for folder in crate_folders(root)? {
        let name = plain_name(&folder);
        if !picture.contains(&format!("`{name}`")) {
            problems.push(format!("ARCHITECTURE.md: has no line for `{name}`"));
        }
    }
    Ok(problems)
}
