//! The tree as the matcher sees it.

use std::borrow::Cow;

use crate::tree::{NodeId, Tree};

impl spacetime_pattern::Tree for Tree {
    type Node = NodeId;

    #[inline]
    fn kind(&self, node: NodeId) -> spacetime_pattern::Kind {
        Tree::kind(self, node).ordinal()
    }

    #[inline]
    fn label(&self, node: NodeId) -> Option<Cow<'_, str>> {
        self.is_leaf(node).then(|| Cow::Borrowed(self.value(node)))
    }

    #[inline]
    fn has_label(&self, node: NodeId) -> bool {
        self.is_leaf(node)
    }

    #[inline]
    fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.children_of_any(node)
    }

    #[inline]
    fn children_back(&self, node: NodeId) -> Option<impl Iterator<Item = NodeId>> {
        Some(Tree::children_back(self, node))
    }

    #[inline]
    fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.place(node)
    }

    fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeId> {
        let all: Vec<NodeId> = self.pre_order_below(self.root()).collect();
        all.into_iter()
    }

    fn bottom_up(&self) -> impl Iterator<Item = NodeId> {
        self.as_parsed()
    }

    #[inline]
    fn index(&self, node: NodeId) -> usize {
        node.index()
    }

    #[inline]
    fn changes(&self) -> &[NodeId] {
        self.shape_changes()
    }
}
