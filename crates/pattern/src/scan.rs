//! A tree with what is known of it: which patterns match where, kept true
//! while the tree changes.

use crate::binding::Match;
use crate::reference::first_match;
use crate::{PatternSet, Tree};

/// Answers which patterns match at a node, and what they bind.
///
/// All questions have to be about the tree that the scan was started with. The
/// tree may be changed in between; then [`Scan::changed`] has to be called.
#[derive(Debug)]
pub struct Scan<'s> {
    set: &'s PatternSet,
}

impl<'s> Scan<'s> {
    pub(crate) fn new<T: Tree>(set: &'s PatternSet, _tree: &T) -> Self {
        Self { set }
    }

    /// The patterns that match at `node`, in their order.
    pub fn matching<T: Tree>(&mut self, tree: &T, node: T::Node) -> Vec<usize> {
        (0..self.set.len()).filter(|pattern| self.matches(tree, *pattern, node)).collect()
    }

    /// Whether this pattern matches at this node.
    pub fn matches<T: Tree>(&mut self, tree: &T, pattern: usize, node: T::Node) -> bool {
        first_match(tree, &self.set.patterns[pattern], node).is_some()
    }

    /// What a pattern binds at a node where it matches.
    pub fn bind<T: Tree>(&mut self, tree: &T, pattern: usize, node: T::Node) -> Option<Match<T::Node>> {
        let bound = first_match(tree, &self.set.patterns[pattern], node)?;
        Some(self.set.matched(pattern, node, bound))
    }

    /// To be called after a change, with the node whose label or list of
    /// children has become another. Nodes that are new need no call of their
    /// own: the one that they were put into gets it. A node that is replaced
    /// changes its parent.
    pub fn changed<T: Tree>(&mut self, _tree: &T, _node: T::Node) {}
}
