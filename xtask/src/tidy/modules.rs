//! Circles between the modules of a crate.
//!
//! Modules that name each other cannot be read one at a time. What counts is the
//! first level below the crate's root; re-exports are followed to their home.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use syn::visit::{self, Visit};

use super::{Problem, crate_folders, files, plain_name};

/// What a crate's `lib.rs` has to say where its modules do need each other.
const REASON: &str = "// tidy: circle because ";

type Graph = BTreeMap<String, BTreeSet<String>>;

pub fn problems(root: &Path) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for folder in crate_folders(root)? {
        let source = folder.join("src");
        let library = std::fs::read_to_string(source.join("lib.rs"))?;
        if library.lines().any(|line| line.starts_with(REASON)) {
            continue;
        }
        let homes = homes(&syn::parse_file(&library)?);
        let mut graph = Graph::new();
        for path in files(&source, "rs")? {
            let within = path.strip_prefix(&source).unwrap_or(&path);
            let first =
                within.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
            let module = first.unwrap_or_default().trim_end_matches(".rs").to_owned();
            if module == "lib" || module == "main" {
                continue;
            }
            let text = std::fs::read_to_string(&path)?;
            let file = syn::parse_file(&text).with_context(|| path.display().to_string())?;
            let named = named(&file, &homes);
            graph.entry(module.clone()).or_default().extend(named.into_iter().filter(|name| *name != module));
        }
        for circle in circles(&graph) {
            problems.push(format!(
                "crates/{}: modules in a circle: {circle}; part them, or `{REASON}…` in lib.rs",
                plain_name(&folder)
            ));
        }
    }
    Ok(problems)
}

/// Where the names live that the crate's root re-exports: name to module.
fn homes(library: &syn::File) -> BTreeMap<String, String> {
    let mut homes = BTreeMap::new();
    for item in &library.items {
        match item {
            syn::Item::Mod(module) => {
                homes.insert(module.ident.to_string(), module.ident.to_string());
            }
            syn::Item::Use(item) => {
                if let syn::UseTree::Path(path) = &item.tree {
                    for name in last_names(&path.tree) {
                        homes.entry(name).or_insert_with(|| path.ident.to_string());
                    }
                }
            }
            _ => {}
        }
    }
    homes
}

/// The names that a `use` brings in.
fn last_names(tree: &syn::UseTree) -> Vec<String> {
    match tree {
        syn::UseTree::Path(path) => last_names(&path.tree),
        syn::UseTree::Name(name) => vec![name.ident.to_string()],
        syn::UseTree::Rename(rename) => vec![rename.rename.to_string()],
        syn::UseTree::Glob(_) => Vec::new(),
        syn::UseTree::Group(group) => group.items.iter().flat_map(last_names).collect(),
    }
}

/// The modules of its own crate that a file names, tests aside.
fn named(file: &syn::File, homes: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut reader = Reader { names: BTreeSet::new() };
    reader.visit_file(file);
    reader.names.iter().filter_map(|name| homes.get(name).cloned()).collect()
}

struct Reader {
    /// What stands right behind `crate::`.
    names: BTreeSet<String>,
}

impl Reader {
    fn firsts(&mut self, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                self.names.insert(path.ident.to_string());
            }
            syn::UseTree::Name(name) => {
                self.names.insert(name.ident.to_string());
            }
            syn::UseTree::Rename(rename) => {
                self.names.insert(rename.ident.to_string());
            }
            syn::UseTree::Glob(_) => {}
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.firsts(item)),
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // Tests may reach across.
        if !item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if let syn::UseTree::Path(path) = &item.tree
            && path.ident == "crate"
        {
            self.firsts(&path.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.first().is_some_and(|first| first.ident == "crate")
            && let Some(second) = path.segments.iter().nth(1)
        {
            self.names.insert(second.ident.to_string());
        }
        visit::visit_path(self, path);
    }
}

/// Each circle once, as the modules that all reach each other.
fn circles(graph: &Graph) -> Vec<String> {
    let reached: Graph = graph.keys().map(|from| (from.clone(), reach(graph, from))).collect();
    let mut found = BTreeSet::new();
    for (from, all) in &reached {
        let back = |to: &&String| reached.get(*to).is_some_and(|others| others.contains(from));
        let circle: BTreeSet<&str> = all.iter().filter(back).map(String::as_str).collect();
        if !circle.is_empty() {
            found.insert(circle.into_iter().collect::<Vec<_>>().join(", "));
        }
    }
    found.into_iter().collect()
}

/// Everything that can be come to from a module, itself only through a circle.
fn reach(graph: &Graph, from: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut todo: Vec<&String> = graph.get(from).into_iter().flatten().collect();
    while let Some(next) = todo.pop() {
        if all.insert(next.clone()) {
            todo.extend(graph.get(next).into_iter().flatten());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_circles_through_re_exports() {
        let homes = homes(&syn::parse_file("mod a; mod b; pub use b::{B, C as D};").unwrap());
        let uses_b = named(&syn::parse_file("use crate::{D, x};").unwrap(), &homes);
        assert_eq!(uses_b.into_iter().collect::<Vec<_>>(), ["b"]);
        let uses_a = named(&syn::parse_file("fn f() { crate::a::g() }").unwrap(), &homes);
        let graph =
            Graph::from([("a".to_owned(), BTreeSet::from(["b".to_owned()])), ("b".to_owned(), uses_a)]);
        assert_eq!(circles(&graph), ["a, b"]);
    }
}
