//! A pattern in the form that every notation is compiled to.

use std::sync::Arc;

use crate::{Kind, Role, compile};

/// What one rule looks for.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) root: Shape,
    /// The names of the holes; a hole is its index.
    pub(crate) names: Arc<[Box<str>]>,
}

impl Pattern {
    /// Reads a pattern in Python notation, see the [crate's page](crate).
    pub fn parse_python(text: &str) -> Result<Self, PatternError> {
        compile::python(text)
    }

    /// The names of the holes in the order in which they first appear.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("`$` without a name at byte {at}: write `$NAME`, `$_`, `$$$NAME` or `$$$`")]
    NoName { at: usize },
    #[error("the pattern is no Python: {0} (`$NAME` was read as a name)")]
    NoPython(String),
    #[error("a pattern is one expression or one statement, this has {0} statements")]
    NotOne(usize),
    #[error("the pattern would match everything: write at least one node that is no hole")]
    Everything,
    #[error("`${0}` stands for one thing here and `$$${0}` for many there: use two names")]
    OneAndMany(String),
}

/// The number of a name in its pattern.
pub(crate) type Name = u16;

/// What a single node has to look like.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// Any whole node.
    Hole(Option<Name>),
    Node {
        kind: Kind,
        label: Label,
        children: Box<[Step]>,
    },
}

/// What the label of a node has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// A hole takes its place (`$X.$ATTRIBUTE`).
    Any,
    Is(Option<Box<str>>),
}

/// One place in a list of children.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    One {
        role: Role,
        shape: Shape,
    },
    /// Any number of children; with a role, only children of this role.
    Many {
        role: Option<Role>,
        name: Option<Name>,
    },
}
