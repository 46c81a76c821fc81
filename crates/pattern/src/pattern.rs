//! The one form that every notation is compiled to.
//!
//! A pattern is a list of items that has to match one node. An item matches a
//! stretch of siblings: a node with certain children, a group with its
//! alternatives and repeats, or a negation, which takes no node and only looks
//! ahead. What each notation calls a hole, a token or a wildcard is one of
//! these three.

use std::sync::Arc;

use crate::{Kind, Role, Symbols, compile, two_to_three};

/// What one rule looks for.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(crate) items: Items,
    /// The names of what is bound; a name in the form is an index of this.
    pub(crate) names: Arc<[Box<str>]>,
    /// Whether what bears the same name twice has to be equal. Otherwise the
    /// last one counts.
    pub(crate) equal: bool,
}

impl Pattern {
    /// Reads a pattern in Python notation, see the [crate's page](crate).
    pub fn parse_python(text: &str) -> Result<Self, PatternError> {
        compile::python(text)
    }

    /// Reads a pattern in the notation of 2to3, see the [crate's page](crate);
    /// `symbols` knows the names and tokens of the tree.
    pub fn parse_2to3(text: &str, symbols: &Symbols<'_>) -> Result<Self, PatternError> {
        two_to_three::parse(text, symbols)
    }

    /// About how many steps its programs have.
    pub(crate) fn places(&self) -> usize {
        places(&self.items)
    }

    /// The names that are bound, in the order in which they first appear.
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
    #[error("at byte {at}: expected {expected}")]
    Expected { at: usize, expected: &'static str },
    #[error("at byte {at}: the grammar has no symbol `{name}`")]
    UnknownSymbol { at: usize, name: String },
    #[error("at byte {at}: a token has no children to be described")]
    TokenWithChildren { at: usize },
    #[error("at byte {at}: a repeat of at least {least} and at most {most}")]
    NoRepeat { at: usize, least: u32, most: u32 },
    #[error("the pattern is too large: repeats written out, it has more than {0} places")]
    TooLarge(usize),
}

impl PatternError {
    /// The byte of the pattern at which it was noticed, where that is known.
    pub fn place(&self) -> Option<usize> {
        match self {
            Self::NoName { at }
            | Self::Expected { at, .. }
            | Self::UnknownSymbol { at, .. }
            | Self::TokenWithChildren { at }
            | Self::NoRepeat { at, .. } => Some(*at),
            _ => None,
        }
    }
}

/// More than any sensible pattern, few enough to be written out.
pub(crate) const MOST_REPEATS: u32 = 1000;
/// How many places a pattern may have, its repeats written out.
pub(crate) const MOST_PLACES: usize = 20_000;

/// The number of a name in its pattern.
pub(crate) type Name = u16;

/// Siblings, one item after the other.
pub(crate) type Items = Box<[Item]>;

/// What matches a stretch of siblings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Item {
    One(One),
    Group(Group),
    /// Nothing, where what follows does not begin with this.
    Not(Box<Self>),
}

/// A single node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct One {
    pub test: Test,
    pub role: Option<Role>,
    /// `None`: whatever they are.
    pub children: Option<Items>,
    pub name: Option<Name>,
}

/// What a node has to be, apart from its place and its children.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Test {
    pub kind: Option<Kind>,
    pub label: Label,
    /// Whether only what [`Tree::is_whole`](crate::Tree::is_whole) will do.
    pub whole: bool,
}

impl Test {
    pub const ANY: Self = Self { kind: None, label: Label::Any, whole: false };
}

/// What the label of a node has to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Label {
    Any,
    /// Some label, as leaves have.
    Some,
    Is(Option<Box<str>>),
}

/// One of several lists of items, repeated: as few times as possible, the
/// alternatives in their order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Group {
    pub alternatives: Box<[Items]>,
    pub least: u32,
    /// `None`: any number of times. A repeat beyond `least` that takes nothing
    /// does not count then.
    pub most: Option<u32>,
    /// Bound to the list of nodes that are taken.
    pub name: Option<Name>,
}

impl Group {
    pub fn once(alternatives: Vec<Items>) -> Self {
        Self { alternatives: alternatives.into(), least: 1, most: Some(1), name: None }
    }
}

fn places(items: &[Item]) -> usize {
    items
        .iter()
        .map(|item| match item {
            Item::One(one) => one.children.as_ref().map_or(1, |items| places(items).saturating_add(2)),
            Item::Not(inner) => places(std::slice::from_ref(inner)).saturating_add(2),
            Item::Group(group) => {
                let once =
                    group.alternatives.iter().fold(2_usize, |sum, items| sum.saturating_add(places(items)));
                // Without an upper bound, a body may be written twice: see `emit`.
                let times = group.most.map_or(group.least.saturating_add(2), |most| most.max(1));
                once.saturating_mul(times as usize)
            }
        })
        .fold(0, usize::saturating_add)
}
