//! Patterns that fixers ask about by themselves, at one node.

use std::borrow::Cow;

use spacetime_pattern::{Binding, PatternSet};

use crate::found::{Found, parse_pattern};
use crate::tree::{NodeId, Tree};

/// A pattern for questions about single nodes: a `static` in a `LazyLock`.
#[derive(Debug)]
pub struct Shape {
    set: PatternSet,
    /// How many levels the pattern looks at.
    levels: usize,
}

impl Shape {
    /// An unreadable pattern matches nothing; the tests of the fixer would notice.
    pub fn new(pattern: &str) -> Self {
        let parsed = parse_pattern(pattern);
        debug_assert!(parsed.is_ok(), "{parsed:?}");
        Self { set: parsed.into_iter().collect(), levels: levels(pattern) }
    }

    /// The match at a node.
    pub fn find(&self, tree: &Tree, node: NodeId) -> Option<Found> {
        let part = Part::of(tree, node, self.levels);
        let found = self.set.start(&part).bind(&part, 0, 0)?;
        let names = found.bindings().map(|(name, binding)| (Box::from(name), part.back(binding)));
        Some(Found::listed(node, names.collect()))
    }

    pub fn is_match(&self, tree: &Tree, node: NodeId) -> bool {
        self.find(tree, node).is_some()
    }
}

/// How deep the nodes in a pattern stand in each other.
fn levels(pattern: &str) -> usize {
    let (mut deepest, mut depth, mut quote) = (1, 1, None);
    for char in pattern.chars() {
        match (quote, char) {
            (None, '\'' | '"') => quote = Some(char),
            (None, '<') => depth += 1,
            (None, '>') => depth -= 1,
            (Some(open), _) if open == char => quote = None,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// A node and so many levels below it, numbered from 0: a pattern should not
/// pay for what it does not look at.
struct Part<'t> {
    tree: &'t Tree,
    nodes: Vec<Member>,
}

#[derive(Clone, Copy)]
struct Member {
    node: NodeId,
    parent: usize,
    /// Where its children stand.
    children: (usize, usize),
}

impl<'t> Part<'t> {
    fn of(tree: &'t Tree, node: NodeId, levels: usize) -> Self {
        let mut nodes = vec![Member { node, parent: 0, children: (0, 0) }];
        let mut level = 0..1;
        for _ in 1..levels {
            let start = nodes.len();
            for parent in level {
                let first = nodes.len();
                let children = tree.children(nodes[parent].node);
                nodes.extend(children.map(|node| Member { node, parent, children: (0, 0) }));
                nodes[parent].children = (first, nodes.len());
            }
            level = start..nodes.len();
        }
        Self { tree, nodes }
    }

    fn back(&self, binding: &Binding<usize>) -> Binding<NodeId> {
        match binding {
            Binding::One(at) => Binding::One(self.nodes[*at].node),
            Binding::Many(all) => Binding::Many(all.iter().map(|at| self.nodes[*at].node).collect()),
        }
    }
}

impl spacetime_pattern::Tree for Part<'_> {
    type Node = usize;

    fn kind(&self, at: usize) -> spacetime_pattern::Kind {
        self.tree.kind(self.nodes[at].node).ordinal()
    }

    fn label(&self, at: usize) -> Option<Cow<'_, str>> {
        let node = self.nodes[at].node;
        self.tree.is_leaf(node).then(|| Cow::Borrowed(self.tree.value(node)))
    }

    fn children(&self, at: usize) -> impl Iterator<Item = usize> {
        let (start, end) = self.nodes[at].children;
        start..end
    }

    fn parent(&self, at: usize) -> Option<usize> {
        (at > 0).then(|| self.nodes[at].parent)
    }

    /// Level by level: parents stand before their children here too.
    fn nodes(&self) -> impl DoubleEndedIterator<Item = usize> {
        0..self.nodes.len()
    }

    fn index(&self, at: usize) -> usize {
        at
    }
}
