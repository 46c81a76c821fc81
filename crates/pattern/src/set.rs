//! All patterns at once, and what they found.

use std::fmt;
use std::sync::Arc;

use crate::index::Index;
use crate::matcher::{Binding, matches};
use crate::{Pattern, Tree};

/// Patterns that are looked for together.
#[derive(Debug)]
pub struct PatternSet {
    patterns: Vec<Pattern>,
    index: Index,
}

impl PatternSet {
    pub fn new(patterns: impl IntoIterator<Item = Pattern>) -> Self {
        let patterns: Vec<_> = patterns.into_iter().collect();
        let index = Index::new(&patterns);
        Self { patterns, index }
    }

    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Every match of every pattern: in source order of the nodes, at one node
    /// in the order of the patterns, at most one per pattern and node.
    pub fn scan<T: Tree>(&self, tree: &T) -> Vec<Match<T::Node>> {
        let mut found = Vec::new();
        for node in tree.nodes() {
            let before = found.len();
            self.index.candidates(tree, node, |pattern| found.extend(self.match_at(tree, pattern, node)));
            found[before..].sort_unstable_by_key(|found: &Match<_>| found.pattern);
        }
        found
    }

    fn match_at<T: Tree>(&self, tree: &T, index: usize, node: T::Node) -> Option<Match<T::Node>> {
        let pattern = &self.patterns[index];
        let bindings = matches(tree, &pattern.root, pattern.names.len(), node)?;
        Some(Match { pattern: index, node, names: Arc::clone(&pattern.names), bindings })
    }
}

impl FromIterator<Pattern> for PatternSet {
    fn from_iter<I: IntoIterator<Item = Pattern>>(patterns: I) -> Self {
        Self::new(patterns)
    }
}

/// A place where a pattern matches, and what its holes stand for.
#[derive(Clone, PartialEq, Eq)]
pub struct Match<N> {
    /// The number of the pattern in its set.
    pub pattern: usize,
    pub node: N,
    names: Arc<[Box<str>]>,
    bindings: Vec<Option<Binding<N>>>,
}

impl<N: Copy> Match<N> {
    /// What `$NAME` stands for.
    pub fn one(&self, name: &str) -> Option<N> {
        match self.binding(name)? {
            Binding::One(node) => Some(*node),
            Binding::Many(_) => None,
        }
    }

    /// What `$$$NAME` stands for; nothing when there is no such name.
    pub fn many(&self, name: &str) -> &[N] {
        match self.binding(name) {
            Some(Binding::Many(nodes)) => nodes,
            _ => &[],
        }
    }

    fn binding(&self, name: &str) -> Option<&Binding<N>> {
        let at = self.names.iter().position(|known| **known == *name)?;
        self.bindings.get(at)?.as_ref()
    }
}

impl<N: fmt::Debug> fmt::Debug for Match<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:?} ", self.pattern, self.node)?;
        let bound = self.names.iter().zip(&self.bindings);
        f.debug_map().entries(bound.filter_map(|(name, binding)| Some((name, binding.as_ref()?)))).finish()
    }
}
