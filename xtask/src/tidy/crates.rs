//! The graph of the crates: which room may know which.
//!
//! The graph is what keeps rules from knowing who runs them. An edge that is
//! missing here is a question to be asked, not a line to be added.

use std::path::Path;

use anyhow::{Context, Result};

use super::{Problem, crate_folders, files, plain_name, shown};

/// A crate, and the crates of ours that it may name.
const EDGES: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("syntax", &["text"]),
    ("pattern", &["text", "syntax"]),
    ("semantic", &["text", "syntax"]),
    ("peak", &["text", "syntax", "semantic"]),
    ("rule", &["text", "syntax", "pattern", "semantic"]),
    ("space", &["text", "syntax", "pattern", "semantic", "rule"]),
    ("time", &["text", "syntax", "pattern", "semantic", "rule"]),
    ("upgrade", &["text", "pattern"]),
    ("engine", &["text", "syntax", "pattern", "semantic", "rule", "space", "time", "peak"]),
    ("runtime", &[]),
    ("cli", &["text", "syntax", "engine", "upgrade"]),
    ("lsp", &["text", "syntax", "engine", "upgrade"]),
    ("objects", &["runtime"]),
    ("python", &["text", "engine", "upgrade", "cli", "lsp"]),
];

/// Libraries of others that only these crates may name, by the start of their name.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("ruff_python_", &["syntax"]),
    ("ruff_text_size", &["text", "syntax"]),
    ("pyo3", &["objects", "python"]),
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
    ("lsp", &["lsp"]),
];

/// Rooms that get plain data and give plain data: no files, no terminal.
const QUIET: &[&str] = &["text", "syntax", "pattern", "semantic", "peak", "rule", "space", "time", "engine"];

/// What a quiet room does not say.
const LOUD: &[&str] = &["std::fs", "std::env", "std::net", "std::process", "println!", "eprintln!"];

const PREFIX: &str = "spacetime-";

pub fn problems(root: &Path) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for folder in crate_folders(root)? {
        let name = plain_name(&folder);
        let text = std::fs::read_to_string(folder.join("Cargo.toml"))?;
        let manifest: toml::Table = text.parse().with_context(|| format!("crates/{name}/Cargo.toml"))?;
        let package = manifest.get("package").and_then(|package| package.get("name")?.as_str());
        if package != Some(&format!("{PREFIX}{name}")) {
            problems.push(format!("crates/{name}: the package must be called {PREFIX}{name}"));
        }
        // Tests may look further than the code that they test.
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        let names: Vec<&str> =
            dependencies.into_iter().flat_map(|table| table.keys()).map(String::as_str).collect();
        problems.extend(forbidden(&name, &names));
        if QUIET.contains(&name.as_str()) {
            for path in files(&folder.join("src"), "rs")? {
                let found = loud(&std::fs::read_to_string(&path)?);
                problems
                    .extend(found.map(|word| format!("{}: `{word}` in a quiet room", shown(root, &path))));
            }
        }
    }
    Ok(problems)
}

/// The words of a file that reach for files or a terminal, its tests aside.
fn loud(text: &str) -> Option<&'static str> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.find_map(|line| LOUD.iter().find(|word| line.contains(**word)).copied())
}

/// The edges from crate `name` that the tables do not have.
fn forbidden(name: &str, dependencies: &[&str]) -> Vec<Problem> {
    let Some((_, allowed)) = EDGES.iter().find(|(from, _)| *from == name) else {
        return vec![format!("crates/{name}: not in the table of xtask/src/tidy/crates.rs")];
    };
    let is_forbidden = |dependency: &&&str| match dependency.strip_prefix(PREFIX) {
        Some(ours) => !allowed.contains(&ours),
        None => KEPT_IN.iter().any(|(start, homes)| dependency.starts_with(start) && !homes.contains(&name)),
    };
    let found = dependencies.iter().filter(is_forbidden);
    found.map(|dependency| format!("crates/{name}: must not depend on {dependency}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_held_against_the_table() {
        assert!(forbidden("rule", &["spacetime-text", "thiserror"]).is_empty());
        assert_eq!(forbidden("rule", &["spacetime-engine"]).len(), 1);
        assert_eq!(forbidden("engine", &["ruff_python_ast", "pyo3"]).len(), 2);
        assert_eq!(forbidden("attic", &[]).len(), 1);
    }

    #[test]
    fn quiet_rooms_are_heard() {
        assert_eq!(loud("fn f() {\n    std::fs::read(x);\n}"), Some("std::fs"));
        assert_eq!(loud("// std::fs\n#[cfg(test)]\nmod tests {\n    println!(\"x\");\n}"), None);
    }

    #[test]
    fn the_table_is_a_tree_of_rooms_in_order() {
        // Each row names only rows above it, so the graph has no circle.
        for (at, (name, allowed)) in EDGES.iter().enumerate() {
            let above: Vec<&str> = EDGES[..at].iter().map(|(name, _)| *name).collect();
            assert!(allowed.iter().all(|other| above.contains(other)), "{name}");
        }
    }
}
