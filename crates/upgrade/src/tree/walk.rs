//! Walking the tree, without a stack: every node knows its way on.

use super::{NodeId, Tree};

impl Tree {
    /// The children of a node, in order; from both ends.
    pub fn children(&self, node: NodeId) -> Children<'_> {
        self.look_into(node);
        self.children_of_any(node)
    }

    /// The same, for who knows that a tree may be a piece.
    #[inline]
    pub(crate) fn children_of_any(&self, node: NodeId) -> Children<'_> {
        let node = &self[node];
        Children { tree: self, front: node.first(), back: node.last() }
    }

    /// The children of a node from the last to the first.
    #[inline]
    pub(crate) fn children_back(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self[node].last(), |one| self[*one].prev)
    }

    /// The child at a place, from 0.
    pub fn child(&self, node: NodeId, at: usize) -> Option<NodeId> {
        self.children(node).nth(at)
    }

    /// How many children there are: counted each time.
    pub fn child_count(&self, node: NodeId) -> usize {
        self.children(node).count()
    }

    pub fn first_child(&self, node: NodeId) -> Option<NodeId> {
        self.look_into(node);
        self[node].first()
    }

    pub fn last_child(&self, node: NodeId) -> Option<NodeId> {
        self.look_into(node);
        self[node].last()
    }

    /// The next child of the same parent; nothing for a node without parent.
    pub fn next_sibling(&self, node: NodeId) -> Option<NodeId> {
        if self[node].next.is_none() {
            self.look_beyond(node);
        }
        self.parent(node).and(self[node].next)
    }

    /// The child before, of the same parent; nothing for a node without parent.
    pub fn prev_sibling(&self, node: NodeId) -> Option<NodeId> {
        if self[node].prev.is_none() {
            self.look_beyond(node);
        }
        self.parent(node).and(self[node].prev)
    }

    /// The kind of the next child of the same parent.
    pub fn suffix_kind(&self, node: NodeId) -> Option<crate::Kind> {
        self.next_sibling(node).map(|next| self.kind(next))
    }

    /// The place among the parent's children: counted each time.
    pub fn index_in_parent(&self, node: NodeId) -> Option<usize> {
        self.parent(node)?;
        self.look_beyond(node);
        Some(std::iter::successors(self[node].prev, |one| self[*one].prev).count())
    }

    /// The node among whose children this one stands, also where it says that
    /// it has no parent.
    pub(crate) fn place(&self, node: NodeId) -> Option<NodeId> {
        self[node].up
    }

    /// How many nodes are above: counted each time.
    pub fn depth(&self, node: NodeId) -> usize {
        self.ancestors(node).count()
    }

    /// The nodes above, from the parent on.
    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(node), |one| self.parent(*one))
    }

    /// The `file_input` at or above a node; nothing if the node has been cut
    /// off (and in a file without statements, which is a single leaf).
    pub fn find_root(&self, node: NodeId) -> Option<NodeId> {
        let mut all = std::iter::once(node).chain(self.ancestors(node));
        all.find(|one| self.kind(*one) == crate::Kind::FileInput)
    }

    /// The node and all below, each before its children.
    pub fn pre_order(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.look_into(node);
        self.pre_order_below(node)
    }

    /// The same, for who knows that a tree may be a piece.
    pub(crate) fn pre_order_below(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(node), move |one| self.next_in_pre_order(*one, node))
    }

    /// The node and all below, each after its children.
    pub fn post_order(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.look_into(node);
        self.post_order_below(node)
    }

    /// The same, for who knows that a tree may be a piece.
    pub(crate) fn post_order_below(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(self.leftmost(node)), move |one| {
            if *one == node {
                return None;
            }
            self[*one].next.map_or(self[*one].up, |next| Some(self.leftmost(next)))
        })
    }

    /// All nodes, each after its children; those that were parsed in post-order.
    /// For a tree that nobody has changed yet there is nothing quicker.
    pub(crate) fn as_parsed(&self) -> impl Iterator<Item = NodeId> + '_ {
        // The parser completes a node before it makes the next leaf.
        self.made_since(0)
    }

    /// The nodes behind the first so many that were made.
    pub(crate) fn made_since(&self, known: usize) -> impl Iterator<Item = NodeId> + '_ {
        (known + 1..=self.nodes_made()).map(NodeId::of_len)
    }

    /// Whether nothing was put in or taken out, and no node made, since it was parsed.
    pub(crate) fn is_as_parsed(&self) -> bool {
        self.shape_changes().is_empty()
    }

    /// The leaves at or below a node.
    pub fn leaves(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.look_into(node);
        self.leaves_below(node)
    }

    /// The same, for who knows that a tree may be a piece.
    pub(crate) fn leaves_below(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.pre_order_below(node).filter(|one| self.is_leaf(*one))
    }

    /// Whether two nodes have the same kinds and values throughout, whatever
    /// their prefixes: what `==` was.
    pub fn equal(&self, a: NodeId, b: NodeId) -> bool {
        self.look_into(a);
        self.look_into(b);
        let same = |a, b| self.kind(a) == self.kind(b) && self.value(a) == self.value(b);
        let (mut left, mut right) = (a, b);
        while same(left, right) {
            let (left_step, right_step) = (self.step(left, a), self.step(right, b));
            // The same step down or up again, or the trees part here.
            if left_step.map(|one| one.1) != right_step.map(|one| one.1) {
                return false;
            }
            let (Some((next_left, _)), Some((next_right, _))) = (left_step, right_step) else { return true };
            (left, right) = (next_left, next_right);
        }
        false
    }

    fn next_in_pre_order(&self, node: NodeId, root: NodeId) -> Option<NodeId> {
        self.step(node, root).map(|(next, _)| next)
    }

    /// The next node in pre-order, and how much deeper it is.
    pub(crate) fn step(&self, node: NodeId, root: NodeId) -> Option<(NodeId, isize)> {
        if let Some(first) = self[node].first() {
            return Some((first, 1));
        }
        let (mut node, mut deeper) = (node, 0);
        while node != root {
            if let Some(next) = self[node].next {
                return Some((next, deeper));
            }
            node = self[node].up?;
            deeper -= 1;
        }
        None
    }

    fn leftmost(&self, mut node: NodeId) -> NodeId {
        while let Some(first) = self[node].first() {
            node = first;
        }
        node
    }
}

/// The children of a node.
#[derive(Clone, Debug)]
pub struct Children<'t> {
    tree: &'t Tree,
    front: Option<NodeId>,
    back: Option<NodeId>,
}

impl Children<'_> {
    fn taken(&mut self, node: NodeId, front: bool) {
        if self.front == self.back {
            (self.front, self.back) = (None, None);
        } else if front {
            self.front = self.tree[node].next;
        } else {
            self.back = self.tree[node].prev;
        }
    }
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let node = self.front?;
        self.taken(node, true);
        Some(node)
    }
}

impl DoubleEndedIterator for Children<'_> {
    fn next_back(&mut self) -> Option<NodeId> {
        let node = self.back?;
        self.taken(node, false);
        Some(node)
    }
}
