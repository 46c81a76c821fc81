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
            if std::fs::read_to_string(&path)?.contains("RULE: Rule") {
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
