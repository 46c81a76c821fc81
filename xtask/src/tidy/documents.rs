//! The documents: there, naming every room, and as true as a machine can tell.

use std::path::Path;

use anyhow::Result;

use super::{Problem, crate_folders, plain_name};
use crate::{docs, probes};

const DOCUMENTS: [&str; 4] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

pub fn problems(root: &Path) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for name in DOCUMENTS {
        match std::fs::read_to_string(root.join(name)) {
            Ok(text) => {
                problems.extend(lost_places(root, &text).map(|place| format!("{name}: there is no {place}")));
            }
            Err(_) => problems.push(format!("{name} is missing")),
        }
    }
    let picture = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap_or_default();
    for folder in crate_folders(root)? {
        let name = plain_name(&folder);
        if !picture.contains(&format!("`{name}`")) {
            problems.push(format!("ARCHITECTURE.md: has no line for `{name}`"));
        }
    }
    if std::fs::read_to_string(root.join(probes::PAGE)).is_ok_and(|text| text.contains(probes::NOT_ASKED)) {
        problems.push(format!(
            "{}: ruff was not asked about a new probe; run `cargo xtask probes`",
            probes::PAGE
        ));
    }
    match docs::pages(root) {
        Ok(pages) => problems.extend(pages.into_iter().filter_map(|(name, text)| {
            let is_true = std::fs::read_to_string(root.join(name)).is_ok_and(|found| found == text);
            (!is_true).then(|| format!("{name}: not what `cargo xtask docs` writes; run it"))
        })),
        Err(problem) => problems.push(format!("{problem:#}")),
    }
    Ok(problems)
}

const FOLDERS: [&str; 6] = ["benchmarks/", "crates/", "demo/", "python/", "tests/", "xtask/"];

/// The places in backticks that are not there: `crates/a/src/b.rs`, `xtask/`, or
/// a function in a file, `crates/a/tests/b.rs::name`.
fn lost_places<'t>(root: &Path, text: &'t str) -> impl Iterator<Item = &'t str> {
    let inside = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let places = inside.filter(|place| FOLDERS.iter().any(|folder| place.starts_with(folder)));
    places.filter(|place| {
        let (path, function) = place.split_once("::").unwrap_or((place, ""));
        let is_pattern = path.contains(['*', '<', '{']) || path.chars().any(|c| c.is_uppercase() || c == ' ');
        let is_there = || match function {
            "" => root.join(path).exists(),
            name => std::fs::read_to_string(root.join(path)).is_ok_and(|text| {
                ["fn ", "def "].iter().any(|word| text.contains(&format!("{word}{name}(")))
            }),
        };
        !is_pattern && !is_there()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::root;

    #[test]
    fn places_that_are_not_there_are_named() {
        let text = "See `crates/`, `crates/NAME.rs` and `xtask/src/main.rs::run`, not `crates/attic/src/lib.rs`,\n`xtask/src/main.rs::walk` or `other/place`.";
        let lost: Vec<&str> = lost_places(&root(), text).collect();
        assert_eq!(lost, ["crates/attic/src/lib.rs", "xtask/src/main.rs::walk"]);
    }
}
