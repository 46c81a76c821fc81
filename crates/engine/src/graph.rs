//! The automaton of the rules' patterns, as a picture.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use spacetime_pattern::Titles;
use spacetime_syntax::{Module, SourceKind, Tree};
use spacetime_text::Ranged;

use crate::catalogue::{Scanner, all};
use crate::examples::{RuleExample, examples};

/// The automaton in the DOT language, as far as these sources need it; without
/// any, the examples of the rules' pages. What cannot be parsed is left out.
pub fn patterns_dot(sources: &[String]) -> String {
    // One of its own: what others scan meanwhile is not in the picture, and takes nothing out of it.
    let scanner = Scanner::new(all());
    let pages = if sources.is_empty() { examples().unwrap_or_default() } else { Vec::new() };
    let shown = pages.iter().map(|(_, example)| match example {
        RuleExample::Rewritten { before, .. } => before,
        RuleExample::Kept(code) => code,
    });
    let mut kinds = BTreeMap::new();
    for text in sources.iter().chain(shown) {
        let Ok(module) = Module::parse(text.as_str(), SourceKind::Python) else { continue };
        let tree = Tree::new(&module);
        scanner.scan(&tree, &[]);
        // What a number means only the parser knows.
        for kind in tree.ids().map(|id| tree.node(id).kind()) {
            kinds.entry(kind as u16).or_insert(kind);
        }
    }
    scanner.patterns().to_dot(Titles {
        pattern: &|number| scanner.title(number),
        kind: &|kind| kinds.get(&kind).map_or_else(|| format!("kind {kind}"), |kind| format!("{kind:?}")),
    })
}

/// The walk through a source, leaf by leaf, and behind each leaf the nodes that
/// end with it: the line, the node, its state in the automaton, and the rules
/// whose patterns are complete there. Nothing for what cannot be parsed.
pub fn patterns_trace(source: &str) -> Option<String> {
    let module = Module::parse(source, SourceKind::Python).ok()?;
    let (tree, scanner) = (Tree::new(&module), Scanner::standard());
    let top = tree.ids().next()?;
    let mut trace = String::new();
    for step in scanner.patterns().start(&tree).trace(&tree, top) {
        let node = tree.node(step.node);
        let line = module.lines().line(node.range().start());
        let found: Vec<String> = step.complete.iter().map(|number| scanner.title(*number)).collect();
        let found = if found.is_empty() { String::new() } else { format!(" {}", found.join(", ")) };
        let _ = writeln!(trace, "{line}: {:?} -> {}{found}", node.kind(), step.state);
    }
    Some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_names_kinds_and_rules() {
        let dot = patterns_dot(&["list(x)\nfor a in b: pass\n".to_owned(), "no Python (".to_owned()]);
        assert!(dot.starts_with("digraph patterns {"));
        assert!(dot.contains("label=\"ExprCall\"") && dot.contains("drop_list: list($X)"), "{dot}");
    }
}
