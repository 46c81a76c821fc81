//! The rules: a file each, all listed, each with a page that can be read.

use std::path::Path;

use anyhow::Result;
use spacetime_engine::{examples, rule_names};

use super::{Problem, crate_folders, files, shown};

pub fn problems(root: &Path) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let names = rule_names();
    let mut written = Vec::new();
    for folder in crate_folders(root)? {
        let rules = folder.join("src/rules");
        if !rules.exists() {
            continue;
        }
        for path in files(&rules, "rs")? {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path)?;
            if text.contains("RULE: Rule") {
                if names_its_neighbours(&text) {
                    problems.push(format!("{}: a rule names no other rule", shown(root, &path)));
                }
                if !names.contains(&name.as_str()) {
                    problems.push(format!("{}: not listed in rules/mod.rs", shown(root, &path)));
                }
                written.push(name);
            }
        }
    }
    for name in names {
        if !written.iter().any(|file| file == name) {
            problems.push(format!("the rule {name} has no file of that name"));
        }
    }
    // Also says so where a page has no `py kept` block.
    if let Err((rule, problem)) = examples() {
        problems.push(format!("the page of {rule}: {problem}"));
    }
    Ok(problems)
}

/// Rules share what stands beside their folder, never what stands in it.
fn names_its_neighbours(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.any(|line| line.contains("super::") || line.contains("crate::rules"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_seen() {
        assert!(names_its_neighbours("//! Sums.\nuse super::stream_list::walk;"));
        assert!(!names_its_neighbours("//! Not like super::stream_list.\nuse crate::drain::drain;"));
    }
}
