//! The tree: every token, and every blank and comment before it.
//!
//! It has the shape and the operations that lib2to3's trees have, so that a
//! fixer can be written (and understood) as it always was:
//!
//! - A *leaf* is a token: a `value` and the `prefix` before it. A *node* has
//!   children; its prefix is that of its first leaf. The text of a node is the
//!   text of its leaves, so the text of the root is the file.
//! - All nodes live in one arena, the `Tree`. A `NodeId` is a number; it stays
//!   good however the tree is changed, also when the node is taken out.
//! - What is made by `new_leaf`, `new_node` or `clone_node` hangs nowhere until
//!   it is put somewhere. A node hangs in one place: putting it somewhere takes
//!   it away from where it was.
//! - Iterators borrow the tree. To change the tree while walking, `collect`
//!   them first, as lib2to3's own loops over snapshots did.
//! - The differences to pytree: a node has one place at most (there it could be
//!   in the lists of two parents), and what pytree asserts is answered here by
//!   `false` or `None`.
//!
//! ```
//! use spacetime_upgrade::{Kind, Tree};
//!
//! let mut tree = Tree::of_leaf("", "", Kind::EndMarker);
//! let name = tree.new_leaf(Kind::Name, "repr");
//! let open = tree.new_leaf(Kind::LPar, "(");
//! let close = tree.new_leaf(Kind::RPar, ")");
//! let trailer = tree.new_node(Kind::Trailer, &[open, close]);
//! let call = tree.new_node(Kind::Power, &[name, trailer]);
//! tree.set_prefix(call, " ");
//! assert_eq!(tree.text(call), " repr()");
//! ```
//!
//! Nothing here recurses: nodes may be nested as deep as they like.

mod edit;
mod lift;
mod marks;
mod node;
mod piece;
mod text;
mod walk;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::kind::Kind;
use node::Node;
pub use node::NodeId;
use piece::Piece;
pub use walk::Children;

/// A file as a tree. See the head of this file for how to use it.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    root: NodeId,
    source: String,
    /// Texts that are not in the source, addressed from its end on.
    added: String,
    /// Where prefixes start that are longer than their leaves can say.
    long_prefixes: FxHashMap<NodeId, u32>,
    /// The lines of leaves of the source whose texts have been changed.
    lines: FxHashMap<NodeId, u32>,
    /// Which marks nodes bear, 64 to an entry.
    applied: FxHashMap<(NodeId, u32), u64>,
    /// How many entries a node may have there.
    applied_words: u32,
    line_ends: OnceLock<Vec<u32>>,
    /// Nodes with other children or another text than before, for the matcher.
    touched: Vec<NodeId>,
    /// Nodes that have lost a child with children, for the driver.
    cuts: Vec<NodeId>,
    /// Nodes for whose copies nobody has asked yet.
    lifted: Vec<NodeId>,
    piece: Piece,
}

impl Tree {
    /// A tree of one leaf, over a source that is the leaf's text.
    pub fn of_leaf(prefix: &str, value: &str, kind: Kind) -> Self {
        let mut tree = Self::growing(format!("{prefix}{value}"), 1);
        let (start, end) = (prefix.len() as u32, (prefix.len() + value.len()) as u32);
        tree.root = tree.push_leaf(kind, 0, start, end);
        tree
    }

    /// A tree without nodes, with room for so many: the parser adds them.
    pub(crate) fn growing(source: String, room: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(room),
            root: NodeId::FIRST,
            source,
            added: String::new(),
            long_prefixes: FxHashMap::default(),
            lines: FxHashMap::default(),
            applied: FxHashMap::default(),
            applied_words: 0,
            line_ends: OnceLock::new(),
            touched: Vec::new(),
            cuts: Vec::new(),
            lifted: Vec::new(),
            piece: Piece::default(),
        }
    }

    /// A tree of nothing, for the parser to grow in.
    pub(crate) fn empty() -> Self {
        Self::growing(String::new(), 0)
    }

    /// The memory of the source of a tree that is no longer needed.
    pub(crate) fn take_source(&mut self) -> String {
        let mut source = std::mem::take(&mut self.source);
        source.clear();
        source
    }

    /// As `growing`, in the memory of a tree that is no longer needed.
    pub(crate) fn growing_in(mut spare: Self, room: usize) -> Self {
        spare.nodes.clear();
        spare.nodes.reserve(room);
        spare.source.clear();
        spare.added.clear();
        spare.long_prefixes.clear();
        spare.lines.clear();
        spare.applied.clear();
        spare.line_ends = OnceLock::new();
        spare.touched.clear();
        spare.cuts.clear();
        spare.lifted.clear();
        Self { root: NodeId::FIRST, applied_words: 0, piece: Piece::default(), ..spare }
    }

    /// Adds a leaf whose prefix and value stand in the source.
    #[inline]
    pub(crate) fn push_leaf(&mut self, kind: Kind, prefix: u32, value: u32, end: u32) -> NodeId {
        let leaf = self.push(Node::new(kind));
        self.set_spans(leaf, [prefix, value, end]);
        leaf
    }

    /// Adds a node over children that are linked to each other, but not yet to it.
    #[inline]
    pub(crate) fn push_inner(&mut self, kind: Kind, first: Option<NodeId>, last: Option<NodeId>) -> NodeId {
        let mut node = Node::new(kind);
        node.set_first(first);
        node.set_last(last);
        let id = self.push(node);
        let mut at = first;
        while let Some(child) = at {
            let child = &mut self[child];
            child.up = Some(id);
            at = child.next;
        }
        id
    }

    /// Links a node as the next sibling of one that has none.
    #[inline]
    pub(crate) fn put_behind(&mut self, before: NodeId, node: NodeId) {
        self[before].next = Some(node);
        self[node].prev = Some(before);
    }

    /// Gives a tree that was grown its text and its root.
    pub(crate) fn complete(&mut self, source: String, root: Option<NodeId>) {
        self.source = source;
        self.root = root.unwrap_or(NodeId::FIRST);
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId::of_len(self.nodes.len())
    }

    /// The whole file; an empty file is one leaf.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// The text that was parsed.
    pub fn source(&self) -> &str {
        &self.source
    }

    pub fn kind(&self, node: NodeId) -> Kind {
        self[node].kind
    }

    /// A token; everything else has children.
    pub fn is_leaf(&self, node: NodeId) -> bool {
        self[node].is_leaf()
    }

    /// The node that holds this one; nothing for the root, for what has been
    /// taken out, and for what was replaced by itself (see `replace`).
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        self[node].parent()
    }

    /// How many nodes have ever been made.
    pub fn nodes_made(&self) -> usize {
        self.nodes.len()
    }
}

impl std::ops::Index<NodeId> for Tree {
    type Output = Node;

    #[inline]
    fn index(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }
}

impl std::ops::IndexMut<NodeId> for Tree {
    #[inline]
    fn index_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }
}
