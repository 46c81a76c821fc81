//! All patterns at once.

use std::sync::Arc;

use crate::binding::Match;
use crate::scan::Scan;
use crate::{Pattern, Tree};

/// Patterns that are looked for together.
#[derive(Debug)]
pub struct PatternSet {
    pub(crate) patterns: Vec<Pattern>,
}

impl PatternSet {
    pub fn new(patterns: impl IntoIterator<Item = Pattern>) -> Self {
        Self { patterns: patterns.into_iter().collect() }
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
        let mut scan = self.start(tree);
        let mut found = Vec::new();
        for node in tree.nodes() {
            for pattern in scan.matching(tree, node) {
                found.extend(scan.bind(tree, pattern, node));
            }
        }
        found
    }

    /// A scan that can be asked about single nodes, also after changes.
    pub fn start<T: Tree>(&self, tree: &T) -> Scan<'_> {
        Scan::new(self, tree)
    }

    pub(crate) fn matched<N>(
        &self,
        pattern: usize,
        node: N,
        bindings: crate::reference::Bound<N>,
    ) -> Match<N> {
        Match { pattern, node, names: Arc::clone(&self.patterns[pattern].names), bindings }
    }
}

impl FromIterator<Pattern> for PatternSet {
    fn from_iter<I: IntoIterator<Item = Pattern>>(patterns: I) -> Self {
        Self::new(patterns)
    }
}
