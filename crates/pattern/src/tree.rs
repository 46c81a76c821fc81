//! What the matcher needs to know about a tree, and nothing more.
//!
//! Both the Python 3 tree and 2to3's tree are matched, so the matcher sees
//! kinds, labels and children, and never a language.

use std::borrow::Cow;

/// What sort of node it is, as a small number that the tree chooses.
pub type Kind = u16;

/// Which list of its parent's children a node belongs to, where that is not
/// clear from the kinds: the body of a loop and its `else`, for example. Below
/// eight.
pub type Role = u8;

/// A tree whose nodes are ordered.
///
/// It may change between two questions to a [`Scan`](crate::Scan), if it keeps
/// a list of its [changes](Tree::changes).
pub trait Tree {
    type Node: Copy + Eq;

    fn kind(&self, node: Self::Node) -> Kind;

    /// What tells nodes of one kind apart beside their children: a name, an
    /// operator, the text of a leaf. Nodes with equal kinds, labels, roles
    /// and children are equal.
    fn label(&self, node: Self::Node) -> Option<Cow<'_, str>>;

    fn has_label(&self, node: Self::Node) -> bool {
        self.label(node).is_some()
    }

    fn children(&self, node: Self::Node) -> impl Iterator<Item = Self::Node>;

    /// The same from the last to the first, if the tree can walk that way: the
    /// matcher reads from right to left, and otherwise has to keep a list.
    fn children_back(&self, _node: Self::Node) -> Option<impl Iterator<Item = Self::Node>> {
        None::<std::iter::Empty<Self::Node>>
    }

    /// The node among whose children this one is.
    fn parent(&self, node: Self::Node) -> Option<Self::Node>;

    /// All nodes in source order, a parent before its children.
    fn nodes(&self) -> impl DoubleEndedIterator<Item = Self::Node>;

    /// All nodes, children before their parents.
    fn bottom_up(&self) -> impl Iterator<Item = Self::Node> {
        self.nodes().rev()
    }

    /// A small number that no other node of the tree has, or ever had: what is
    /// known about nodes is kept in vectors.
    fn index(&self, node: Self::Node) -> usize;

    /// Nodes whose label has become another, or from or to whose children a node
    /// has been taken or added, in the order in which that happened. The list
    /// only ever grows.
    fn changes(&self) -> &[Self::Node] {
        &[]
    }

    fn role(&self, _node: Self::Node) -> Role {
        0
    }

    /// Whether a hole for one thing may stand for this node.
    fn is_whole(&self, _node: Self::Node) -> bool {
        true
    }
}

/// Whether two nodes of a tree mean the same: equal but for their positions.
///
/// Works with a stack of its own, since the nodes may be deep.
pub(crate) fn equal<T: Tree>(tree: &T, a: T::Node, b: T::Node) -> bool {
    let mut pairs = vec![(a, b)];
    while let Some((a, b)) = pairs.pop() {
        if a == b {
            continue;
        }
        if tree.kind(a) != tree.kind(b) || tree.label(a) != tree.label(b) {
            return false;
        }
        let (mut left, mut right) = (tree.children(a), tree.children(b));
        loop {
            match (left.next(), right.next()) {
                (None, None) => break,
                (Some(a), Some(b)) if tree.role(a) == tree.role(b) => pairs.push((a, b)),
                _ => return false,
            }
        }
    }
    true
}
