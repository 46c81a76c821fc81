//! The flow of control within one function or module body.
//!
//! A [`Flow`] is a graph of points. A point is what runs without a choice in
//! between: a simple statement, a test, the making of a loop's iterator, the
//! step to its next item, entering and leaving a `with`. Every point within
//! `try` or `with` also has an edge to where an exception would go, so "what
//! may run between here and there" is a search in this graph and includes
//! exceptional ways.

mod binding;
mod build;
mod search;

use rustc_hash::FxHashMap;
use spacetime_syntax::{NodeId, Tree};

pub use binding::Bindings;
pub use search::Points;

/// The number of a point in its [`Flow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointId(u32);

impl PointId {
    /// Where the body starts.
    pub const ENTRY: Self = Self(0);
    /// Where it ends normally: `return` or the last statement.
    pub const EXIT: Self = Self(1);
    /// Where an exception leaves it.
    pub const RAISE: Self = Self(2);

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a point does with its pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointKind {
    /// Nothing: entry, exits, and places where ways meet.
    Join,
    /// A simple statement, or a definition.
    Statement,
    /// A condition of `if`, `while`, `match`.
    Test,
    /// Makes the iterator of a `for`.
    Iter,
    /// Takes the next item and binds the target of a `for`.
    Next,
    /// Evaluates and enters the items of a `with`.
    Enter,
    /// Leaves a `with`, or an `except` that has a name, in whatever way.
    Leave,
    /// Goes on behind a `with` that has swallowed an exception.
    Swallow,
    /// Compares and binds an exception.
    Handler,
}

/// A point: what is evaluated there and where it goes on.
#[derive(Clone, Debug)]
pub struct Point {
    pub kind: PointKind,
    /// The statement or clause it belongs to.
    pub node: NodeId,
    /// The subtrees that are evaluated here, in order.
    pub pieces: Vec<NodeId>,
    /// Successors by normal flow.
    pub next: Vec<PointId>,
    /// Where an exception raised here goes.
    pub raise: Vec<PointId>,
    before: Vec<PointId>,
}

/// The graph of one body.
#[derive(Debug)]
pub struct Flow {
    points: Vec<Point>,
    by_piece: FxHashMap<NodeId, PointId>,
}

impl Flow {
    pub fn points(&self) -> impl Iterator<Item = PointId> + use<> {
        (0..self.points.len() as u32).map(PointId)
    }

    pub fn point(&self, id: PointId) -> &Point {
        &self.points[id.index()]
    }

    /// The point at which a node is evaluated: the one that has it, or the
    /// nearest node around it, as a piece. `None` outside of this body.
    pub fn point_of(&self, tree: &Tree<'_>, node: NodeId) -> Option<PointId> {
        std::iter::once(node).chain(tree.ancestors(node)).find_map(|id| self.by_piece.get(&id).copied())
    }

    fn successors(&self, id: PointId) -> impl Iterator<Item = PointId> + '_ {
        let point = self.point(id);
        point.next.iter().chain(&point.raise).copied()
    }
}
