//! The syntax tree, flat: every node has a number, a parent and a range of
//! descendants. Numbers follow the source (a parent before its children), so
//! "is inside" is a comparison of numbers and tables about nodes are vectors.

use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, TraversalSignal, walk_expr, walk_node, walk_stmt,
};
use ruff_python_ast::{AnyNodeRef, Expr, HasNodeIndex, NodeIndex, NodeKind, Stmt};
use spacetime_text::{Ranged, Span};

use crate::Module;

/// The number of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    pub const ROOT: Self = Self(0);

    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub fn from_index(index: usize) -> Self {
        Self(index as u32)
    }
}

/// A node: an expression, a statement, or one of the small parts (a clause,
/// an argument list, an identifier).
#[derive(Clone, Copy, Debug)]
pub enum Node<'m> {
    Expr(&'m Expr),
    Stmt(&'m Stmt),
    Part(AnyNodeRef<'m>),
}

impl<'m> Node<'m> {
    pub fn any(self) -> AnyNodeRef<'m> {
        match self {
            Self::Expr(expr) => expr.into(),
            Self::Stmt(stmt) => stmt.into(),
            Self::Part(node) => node,
        }
    }

    pub fn kind(self) -> NodeKind {
        self.any().kind()
    }
}

impl Ranged for Node<'_> {
    fn range(&self) -> Span {
        self.any().range()
    }
}

/// All nodes of a module in source order.
#[derive(Debug)]
pub struct Tree<'m> {
    module: &'m Module,
    nodes: Vec<Node<'m>>,
    parents: Vec<NodeId>,
    /// One past the last descendant.
    ends: Vec<u32>,
}

impl<'m> Tree<'m> {
    pub fn new(module: &'m Module) -> Self {
        let mut builder = Builder {
            nodes: Vec::with_capacity(module.text().len() / 6),
            parents: Vec::with_capacity(module.text().len() / 6),
            ends: Vec::with_capacity(module.text().len() / 6),
            open: Vec::new(),
        };
        module.with_stack(|| walk_node(&mut builder, AnyNodeRef::from(module.root())));
        let Builder { nodes, parents, ends, .. } = builder;
        Self { module, nodes, parents, ends }
    }

    pub fn module(&self) -> &'m Module {
        self.module
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId::from_index)
    }

    /// The number of a node of this very tree.
    pub fn id(&self, node: impl HasNodeIndex) -> NodeId {
        NodeId(node.node_index().load().as_u32().unwrap_or(0))
    }

    pub fn node(&self, id: NodeId) -> Node<'m> {
        self.nodes[id.index()]
    }

    pub fn expr(&self, id: NodeId) -> Option<&'m Expr> {
        match self.node(id) {
            Node::Expr(expr) => Some(expr),
            _ => None,
        }
    }

    pub fn stmt(&self, id: NodeId) -> Option<&'m Stmt> {
        match self.node(id) {
            Node::Stmt(stmt) => Some(stmt),
            _ => None,
        }
    }

    /// The parent; the root is its own parent's absence.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id != NodeId::ROOT).then(|| self.parents[id.index()])
    }

    /// The parents from the nearest to the root.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// The node and all below it, in source order.
    pub fn subtree(&self, id: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (id.index()..self.ends[id.index()] as usize).map(NodeId::from_index)
    }

    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.ends[id.index()];
        let first = id.0 + 1;
        std::iter::successors((first < end).then_some(first), move |at| {
            let next = self.ends[*at as usize];
            (next < end).then_some(next)
        })
        .map(NodeId)
    }

    /// Whether `inner` is `outer` or lies below it.
    pub fn contains(&self, outer: NodeId, inner: NodeId) -> bool {
        outer <= inner && inner.0 < self.ends[outer.index()]
    }

    /// The innermost statement that `id` is or belongs to.
    pub fn statement(&self, id: NodeId) -> Option<NodeId> {
        std::iter::once(id).chain(self.ancestors(id)).find(|id| matches!(self.node(*id), Node::Stmt(_)))
    }
}

struct Builder<'m> {
    nodes: Vec<Node<'m>>,
    parents: Vec<NodeId>,
    ends: Vec<u32>,
    open: Vec<NodeId>,
}

impl<'m> SourceOrderVisitor<'m> for Builder<'m> {
    fn enter_node(&mut self, node: AnyNodeRef<'m>) -> TraversalSignal {
        let id = NodeId::from_index(self.nodes.len());
        node.node_index().set(NodeIndex::from(id.0));
        self.parents.push(self.open.last().copied().unwrap_or(NodeId::ROOT));
        self.nodes.push(Node::Part(node));
        self.ends.push(0);
        self.open.push(id);
        TraversalSignal::Traverse
    }

    fn leave_node(&mut self, _node: AnyNodeRef<'m>) {
        if let Some(id) = self.open.pop() {
            self.ends[id.index()] = self.nodes.len() as u32;
        }
    }

    fn visit_expr(&mut self, expr: &'m Expr) {
        let at = self.nodes.len();
        walk_expr(self, expr);
        self.nodes[at] = Node::Expr(expr);
    }

    fn visit_stmt(&mut self, stmt: &'m Stmt) {
        let at = self.nodes.len();
        walk_stmt(self, stmt);
        self.nodes[at] = Node::Stmt(stmt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceKind;

    #[test]
    fn numbers_parents_and_children_agree() {
        let source =
            "def f(a, *b, c=1):\n    with open(a) as g:\n        return [x for x in g if x], f'{a!r:>{c}}'\n";
        let module = Module::parse(source, SourceKind::Python).unwrap();
        let tree = Tree::new(&module);
        for id in tree.ids() {
            assert_eq!(tree.id(tree.node(id).any()), id);
            for child in tree.children(id) {
                assert_eq!(tree.parent(child), Some(id));
                assert!(tree.contains(id, child) && !tree.contains(child, id));
            }
        }
        let below = tree.ids().map(|id| tree.children(id).count()).sum::<usize>();
        assert_eq!(below + 1, tree.len());
    }
}
