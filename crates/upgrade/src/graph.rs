//! The automaton of the fixers' patterns, as a picture.

use std::fmt::Write as _;

use spacetime_pattern::{PatternSet, Titles};

use crate::fixer::Fixer;
use crate::found::parse_pattern;
use crate::kind::Kind;
use crate::parse::{Dialect, parse};

/// A little of what fixers look for, where no other sources are given.
const SAMPLE: &str = "import urllib, os\nfrom itertools import imap\nclass A:\n    __metaclass__ = M\n    \
                      def next(self): return self.n.next()\nprint raw_input(), d.has_key(k), `x`\n\
                      for k in d.iterkeys(): exec code in d\nraise E, 'v'\nx = map(f, y), u'a', 10L\n";

/// The automaton in the DOT language, as far as these sources need it. What
/// cannot be parsed is left out.
pub fn patterns_dot(fixers: &[&Fixer], sources: &[String]) -> String {
    let (mut names, mut patterns) = (Vec::new(), Vec::new());
    for fixer in fixers {
        if let Some(pattern) = fixer.pattern().and_then(|text| parse_pattern(&text).ok()) {
            names.push(fixer.name);
            patterns.push(pattern);
        }
    }
    let set = PatternSet::new(patterns);
    let sample = [SAMPLE.to_owned()];
    for text in if sources.is_empty() { &sample } else { sources } {
        if let Ok(parsed) = parse(format!("{text}\n"), Dialect::default()) {
            set.start(&parsed.tree);
        }
    }
    set.to_dot(Titles {
        pattern: &|number| names.get(number).map_or_else(String::new, |name| (*name).to_owned()),
        kind: &|kind| {
            Kind::ALL.get(usize::from(kind)).map_or_else(|| kind.to_string(), |kind| kind.name().to_owned())
        },
    })
}

/// The walk through a source, leaf by leaf, and behind each leaf the nodes that
/// end with it: the line, the node, its state in the automaton, and the fixers
/// that it is complete for. Nothing for what cannot be parsed.
pub fn patterns_trace(fixers: &[&Fixer], source: &str) -> Option<String> {
    let (mut names, mut patterns) = (Vec::new(), Vec::new());
    for fixer in fixers {
        if let Some(pattern) = fixer.pattern().and_then(|text| parse_pattern(&text).ok()) {
            names.push(fixer.name);
            patterns.push(pattern);
        }
    }
    let set = PatternSet::new(patterns);
    let tree = parse(format!("{source}\n"), Dialect::default()).ok()?.tree;
    let mut trace = String::new();
    for step in set.start(&tree).trace(&tree, tree.root()) {
        let kind = tree.kind(step.node).name();
        let line = tree.lineno(step.node).unwrap_or(0);
        let shown = if tree.is_leaf(step.node) {
            format!("{kind} {}", crate::py_repr(tree.value(step.node)))
        } else {
            kind.to_owned()
        };
        let complete: Vec<&str> =
            step.complete.iter().filter_map(|number| names.get(*number).copied()).collect();
        let found = if complete.is_empty() { String::new() } else { format!(" {}", complete.join(", ")) };
        let _ = writeln!(trace, "{line}: {shown} -> {}{found}", step.state);
    }
    Some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixers;

    #[test]
    fn the_picture_names_symbols_and_fixers() {
        let dot = patterns_dot(fixers::ALL, &[]);
        assert!(dot.contains("label=\"power\"") && dot.contains("\\nraw_input\""), "{dot}");
        assert!(dot.contains("print_stmt"), "{dot}");
    }
}
