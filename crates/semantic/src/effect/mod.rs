//! Effects: what running a piece of code reads, writes, and may do besides.
//!
//! Two pieces of code may be interleaved if neither writes what the other
//! reads or writes, if at most one of them talks to the world, and if what
//! happens when one of them fails cannot be seen. [`Effects::conflict`] and
//! its neighbours answer that.

mod behind;
mod call;
mod collect;
mod expression;
mod names;
mod quits;
mod shown;
mod summary;
mod unnamed;
mod walk;

use spacetime_syntax::NodeId;

use crate::scope::SymbolId;
use crate::{Assumption, Assumptions, Objects};

pub use names::Names;
pub use summary::Summaries;
pub use unnamed::UnnamedReads;

/// Parts of the world outside the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct World(u16);

impl World {
    pub const NOTHING: Self = Self(0);
    pub const READS_FILES: Self = Self(1);
    pub const WRITES_FILES: Self = Self(2);
    pub const OUTPUT: Self = Self(4);
    pub const INPUT: Self = Self(8);
    /// Clocks, random numbers, processes, anything else.
    pub const OTHER: Self = Self(16);
    pub const EVERYTHING: Self = Self(31 | 64);
    /// `id`: which objects are alive at the same time can be told.
    pub const IDENTITY: Self = Self(32);
    /// Rows are read from a database; what writes one is a call that may do anything.
    pub const DATABASE: Self = Self(64);
    /// Objects are made whose text says where in memory they are.
    pub const MAKES: Self = Self(128);
    /// The same, but for what their `__str__` gives.
    pub const MAKES_TEXT: Self = Self(256);

    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether somebody outside could see that it happened.
    pub fn is_visible(self) -> bool {
        self.has(Self(Self::WRITES_FILES.0 | Self::OUTPUT.0 | Self::INPUT.0 | Self::OTHER.0))
    }

    /// Whether the order of the two matters; reading and writing files is
    /// judged apart, since files may be different ones.
    fn clashes(self, other: Self) -> bool {
        let both = |part: Self| self.has(part) && other.has(part);
        both(Self::WRITES_FILES) || both(Self::OUTPUT) || both(Self::INPUT) || both(Self::OTHER)
    }
}

/// What running some code may do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// Objects whose contents (items, position) are read or written.
    pub reads: Objects,
    pub writes: Objects,
    /// Attributes by name, on whatever object.
    pub attr_reads: Names,
    pub attr_writes: Names,
    /// Variables.
    pub name_reads: Vec<SymbolId>,
    pub name_writes: Vec<SymbolId>,
    pub world: World,
    /// Calls that open files, which may be for writing.
    pub opens: Vec<NodeId>,
    /// The first piece of code that may fail depending on values.
    pub raises: Option<NodeId>,
    /// Where it may give up on purpose: `raise` and `assert`, in order.
    pub quits: Vec<NodeId>,
    /// Expressions whose text or hash is asked for, in modules with classes that have none.
    pub shows: Vec<NodeId>,
    /// Code that may let a `StopIteration` out.
    pub stops: Option<NodeId>,
    /// `yield` or `await`: other code runs in between.
    pub suspends: Option<NodeId>,
    /// A call that may do anything.
    pub unknown: Option<NodeId>,
    /// An iterable of unknown type is walked.
    pub walks_unknown: Option<NodeId>,
    /// The variables among these iterables: it may be a single iterator that
    /// two walks of the same variable share.
    pub walked_names: Vec<SymbolId>,
    /// What was taken for granted to get here.
    pub assumes: Assumptions,
    /// Assumptions that are not made, and would have helped.
    pub wants: Assumptions,
}

/// Why two pieces of code cannot be interleaved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// A variable that one of them binds and the other uses.
    Name(SymbolId),
    /// An object that one of them changes and the other uses.
    Object(Option<NodeId>),
    Attribute(String),
    /// Both talk to the world.
    World,
    /// One reads files, the other writes the same, or one that may be the same.
    Files,
    /// A call that may do anything.
    Unknown(NodeId),
    /// An iterable of unknown type, whose walking may run any code.
    Walk(NodeId),
    Suspends(NodeId),
}

impl Effects {
    pub fn add(&mut self, other: &Self) {
        self.reads.add(&other.reads);
        self.writes.add(&other.writes);
        self.attr_reads.add(&other.attr_reads);
        self.attr_writes.add(&other.attr_writes);
        merge(&mut self.name_reads, &other.name_reads);
        merge(&mut self.name_writes, &other.name_writes);
        merge(&mut self.walked_names, &other.walked_names);
        self.opens.extend(
            other.opens.iter().filter(|call| !self.opens.contains(call)).copied().collect::<Vec<_>>(),
        );
        self.world.add(other.world);
        self.raises = self.raises.or(other.raises);
        self.add_quits(other);
        self.add_shows(other);
        self.stops = self.stops.or(other.stops);
        self.suspends = self.suspends.or(other.suspends);
        self.unknown = self.unknown.or(other.unknown);
        self.walks_unknown = self.walks_unknown.or(other.walks_unknown);
        self.assumes = self.assumes.union(other.assumes);
        self.wants = self.wants.union(other.wants);
    }

    /// Leaves a variable out: the caller knows that nobody else sees it.
    pub fn forget(&mut self, symbol: SymbolId) {
        self.name_reads.retain(|known| *known != symbol);
        self.name_writes.retain(|known| *known != symbol);
    }

    pub(crate) fn walk_name(&mut self, symbol: SymbolId) {
        insert(&mut self.walked_names, symbol);
    }

    pub(crate) fn read_name(&mut self, symbol: SymbolId) {
        insert(&mut self.name_reads, symbol);
    }

    fn write_name(&mut self, symbol: SymbolId) {
        insert(&mut self.name_writes, symbol);
    }

    /// Whether it does anything that lasts: writes, output, unknown calls.
    /// Names and objects that the caller judges apart are left out.
    pub fn is_quiet_outside(&self) -> bool {
        !self.world.is_visible()
            && self.unknown.is_none()
            && self.suspends.is_none()
            && !self.writes.has_outer()
            && self.attr_writes.is_empty()
    }

    /// Why the order of the two matters, if it does. `same_file` says whether
    /// files that one reads and the other writes may be the same.
    pub fn conflict(&self, other: &Self) -> Option<Conflict> {
        if let Some(node) = self.suspends.or(other.suspends) {
            return Some(Conflict::Suspends(node));
        }
        if let Some(symbol) = common(&self.name_writes, &other.name_reads)
            .or_else(|| common(&self.name_writes, &other.name_writes))
            .or_else(|| common(&self.name_reads, &other.name_writes))
        {
            return Some(Conflict::Name(symbol));
        }
        if let Some(node) =
            self.walks_unknown.filter(|_| common(&self.walked_names, &other.walked_names).is_some())
        {
            return Some(Conflict::Walk(node));
        }
        for (one, two) in [(self, other), (other, self)] {
            if let Some(node) = one.unknown.filter(|_| two.is_touchable()) {
                return Some(Conflict::Unknown(node));
            }
            if let Some(node) = one.walks_unknown.filter(|_| !two.is_quiet_outside()) {
                return Some(Conflict::Walk(node));
            }
            if one.writes.overlaps(&two.reads) || one.writes.overlaps(&two.writes) {
                return Some(Conflict::Object(None));
            }
            if let Some(name) =
                one.attr_writes.common(&two.attr_reads).or_else(|| one.attr_writes.common(&two.attr_writes))
            {
                return Some(Conflict::Attribute(name));
            }
        }
        self.world.clashes(other.world).then_some(Conflict::World)
    }

    /// Whether code that may do anything could make a difference to this:
    /// more than its own variables and private objects is involved.
    pub fn is_touchable(&self) -> bool {
        self.reads.has_outer()
            || self.writes.has_outer()
            || !self.attr_reads.is_empty()
            || !self.attr_writes.is_empty()
            || self.world != World::NOTHING
            || self.unknown.is_some()
            || self.walks_unknown.is_some()
    }

    /// Whether one reads files while the other opens or writes some.
    pub fn files_meet(&self, other: &Self) -> bool {
        let meets = |reader: &Self, writer: &Self| {
            reader.world.has(World::READS_FILES) && writer.world.has(World::WRITES_FILES)
        };
        meets(self, other) || meets(other, self)
    }

    pub(crate) fn rely(&mut self, assumption: Assumption, made: Assumptions) -> bool {
        if made.contains(assumption) {
            self.assumes.insert(assumption);
            true
        } else {
            self.wants.insert(assumption);
            false
        }
    }
}

fn insert(list: &mut Vec<SymbolId>, symbol: SymbolId) {
    if let Err(at) = list.binary_search(&symbol) {
        list.insert(at, symbol);
    }
}

fn merge(list: &mut Vec<SymbolId>, other: &[SymbolId]) {
    for symbol in other {
        insert(list, *symbol);
    }
}

fn common(a: &[SymbolId], b: &[SymbolId]) -> Option<SymbolId> {
    a.iter().find(|symbol| b.binary_search(symbol).is_ok()).copied()
}
