//! Which objects a value may be: a small points-to analysis of one body.
//!
//! An object is either *outer* (a parameter, a global, a result of unknown
//! code: anything) or the one made at a *site* in this body (a display, a
//! comprehension, a call that makes something new). Contents of objects are
//! one set per site (Andersen's inclusion constraints, 1994, without fields),
//! solved by iteration. An object escapes where unknown code gets hold of it.

mod solve;
mod values;

use crate::infer::Kinds;
use crate::scope::SymbolId;
use rustc_hash::FxHashMap;
use spacetime_syntax::NodeId;

pub use solve::solve;
pub use values::Values;

/// A set of objects of one body. The number 0 is everything from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects(Vec<u64>);

impl Objects {
    pub fn outer() -> Self {
        Self(vec![1])
    }

    pub(super) fn one(object: usize) -> Self {
        let mut set = Self::default();
        set.insert(object);
        set
    }

    pub(super) fn insert(&mut self, object: usize) -> bool {
        let (word, bit) = (object / 64, 1 << (object % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }

    /// Adds all of `other`; says whether that changed anything.
    pub fn add(&mut self, other: &Self) -> bool {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let mut changed = false;
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            changed |= *b & !*a != 0;
            *a |= b;
        }
        changed
    }

    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        self.add(other);
        self
    }

    /// Takes the private objects of `other` out.
    pub fn remove(&mut self, other: &Self) {
        for (at, (a, b)) in self.0.iter_mut().zip(&other.0).enumerate() {
            *a &= !(if at == 0 { *b & !1 } else { *b });
        }
    }

    pub fn has_outer(&self) -> bool {
        self.0.first().is_some_and(|word| word & 1 != 0)
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.0.len() * 64).filter(|object| self.0[object / 64] & (1 << (object % 64)) != 0)
    }
}

/// The solved constraints of one body.
#[derive(Debug, Default)]
pub struct Heap {
    pub(super) sites: Vec<NodeId>,
    pub(super) number: FxHashMap<NodeId, usize>,
    pub(super) of_symbol: FxHashMap<SymbolId, Objects>,
    /// The same for each place that binds the variable.
    pub(super) of_binding: FxHashMap<NodeId, Objects>,
    pub(super) contents: Vec<Objects>,
    /// For the object of a reader, the one that stands for all rows it makes.
    pub(super) rows: FxHashMap<usize, usize>,
    /// Objects and the places where unknown code gets hold of them.
    pub(super) escapes: Vec<(usize, NodeId)>,
    /// Some outer value is put where outer code finds it, or returned.
    pub leaks_outer: bool,
    pub returns_outer: bool,
}

/// With more sites than this in one body, everything is outer.
const MAX_SITES: usize = 2048;

impl Heap {
    /// The node that makes an object; `None` for the outer one.
    pub fn site(&self, object: usize) -> Option<NodeId> {
        object.checked_sub(1).map(|at| self.sites[at])
    }

    /// The object that is made at `node`.
    pub fn object_at(&self, node: NodeId) -> Option<Objects> {
        self.number.get(&node).map(|number| Objects::one(*number))
    }

    /// What the objects of `set` hold.
    pub fn contents(&self, set: &Objects) -> Objects {
        let mut all = Objects::default();
        for object in set.iter() {
            all.add(&self.contents[object]);
        }
        all
    }

    /// What walking the objects of `set` yields: what they hold, but for
    /// readers the rows that they make.
    pub fn yields(&self, set: &Objects) -> Objects {
        let mut all = Objects::default();
        for object in set.iter() {
            match self.rows.get(&object) {
                Some(row) => all.insert(*row),
                None => all.add(&self.contents[object]),
            };
        }
        all
    }

    /// The objects of `set` but for readers, which nothing keeps that drains them.
    pub(super) fn without_readers(&self, set: &Objects) -> Objects {
        let mut rest = Objects::default();
        for object in set.iter().filter(|object| !self.rows.contains_key(object)) {
            rest.insert(object);
        }
        rest
    }

    /// The objects of `set`, what they hold, what that holds...
    pub fn reachable(&self, set: &Objects) -> Objects {
        let mut all = set.clone();
        while all.add(&self.contents(&all)) {}
        all
    }

    /// Where unknown code gets hold of any of the objects.
    pub fn escapes_of<'a>(&'a self, set: &'a Objects) -> impl Iterator<Item = NodeId> + 'a {
        self.escapes
            .iter()
            .filter(|(object, _)| self.reachable(&Objects::one(*object)).overlaps(set))
            .map(|(_, node)| *node)
    }

    /// The objects a variable may be bound to where it is used.
    pub(super) fn of_use(&self, kinds: &Kinds, symbol: SymbolId, name: NodeId) -> Objects {
        match kinds.bindings_of_use(name) {
            Some(bindings) => bindings.iter().fold(Objects::default(), |all, binding| {
                all.union(self.of_binding.get(binding).unwrap_or(&Objects::outer()))
            }),
            None => self.of_symbol(symbol),
        }
    }

    /// The objects a variable may be bound to.
    pub fn of_symbol(&self, symbol: SymbolId) -> Objects {
        self.of_symbol.get(&symbol).cloned().unwrap_or_else(Objects::outer)
    }

    /// Adds to what a variable may be bound to at `binding`; `None` when it is
    /// no variable of this body.
    pub(super) fn bind(&mut self, symbol: Option<SymbolId>, binding: NodeId, set: &Objects) -> Option<bool> {
        let known = self.of_symbol.get_mut(&symbol?)?;
        let changed = known.add(set);
        let here = self.of_binding.get_mut(&binding).is_some_and(|here| here.add(set));
        Some(changed || here)
    }
}
