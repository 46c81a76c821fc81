//! Scopes and bindings of a module, as CPython's compiler sees them: which
//! variable every name means, and every place that binds, deletes or reads it.
//!
//! Every question a rule asks ("may this name be moved, removed, renamed?")
//! rests on these answers, so they follow `symtable.c` of CPython 3.11 to 3.13
//! to the letter and are compared with it over the whole standard library.
//!
//! Built in two steps: [`collect`] runs once over the flat tree, gives every
//! node its scope and notes every mention of a name; [`resolve`] then decides
//! what each mentioned name means, once for each scope and not for each node.
//!
//! **Not covered, on purpose:** names inside string annotations (they are text,
//! not tree), and the annotation scopes of Python 3.14.

mod collect;
mod dynamic;
mod found;
mod mention;
mod model;
mod resolve;
mod statement;
mod tables;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;
use spacetime_syntax::{NodeId, Tree};

pub use mention::Mention;
pub use model::{Resolved, Scope, ScopeId, ScopeKind, Symbol, SymbolId};

use found::Place;
use tables::{EntryId, Tables};

/// All scopes and symbols of one module.
#[derive(Debug)]
pub struct Scopes<'m> {
    tables: Tables<'m>,
    symbols: Vec<Symbol>,
    /// The place of each node, indexed by node.
    places: Vec<Place>,
    /// The table entry that each name or binding identifier mentions.
    entry_of: Vec<Option<EntryId>>,
    own: FxHashMap<NodeId, ScopeId>,
    star_import: bool,
}

impl<'m> Scopes<'m> {
    pub fn new(tree: &Tree<'m>) -> Self {
        resolve::resolve(collect::collect(tree))
    }

    pub fn scope(&self, id: ScopeId) -> &Scope {
        self.tables.scope(id)
    }

    pub fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.index()]
    }

    /// All scopes; an outer scope comes before those within it.
    pub fn scopes(&self) -> impl Iterator<Item = ScopeId> + use<> {
        (0..self.tables.scopes.len()).map(ScopeId::from_index)
    }

    /// The symbols that belong to a scope, in order of first mention. Names
    /// declared `global` or `nonlocal` here are among them, but what happens
    /// to those is told by the symbol they stand for (see [`Self::resolve`]).
    pub fn symbols_of(&self, scope: ScopeId) -> impl Iterator<Item = SymbolId> + '_ {
        self.scope(scope).symbols.iter().copied()
    }

    /// The scope in which the code of this node is evaluated. A `def` belongs
    /// to the enclosing scope, as do its decorators, defaults and annotations;
    /// its parameters and body belong to its own.
    pub fn scope_of(&self, node: NodeId) -> ScopeId {
        self.places[node.index()].scope()
    }

    /// The scope that a `def`, `class`, `lambda`, comprehension, type
    /// parameter list, type parameter with a bound, or `type` statement opens.
    pub fn own_scope(&self, node: NodeId) -> Option<ScopeId> {
        self.own.get(&node).copied()
    }

    /// What a name, or an identifier that binds one, means. Every other node
    /// (an attribute's name, say) is answered with `Builtin`.
    pub fn resolve(&self, name: NodeId) -> Resolved {
        self.entry_of[name.index()].map_or(Resolved::Builtin, |entry| self.tables.entry(entry).resolved)
    }

    /// What `name` would mean if it were read in `scope`.
    pub fn lookup(&self, scope: ScopeId, name: &str) -> Resolved {
        self.tables.find_name(scope, name).map_or(Resolved::Builtin, |name| self.tables.lookup(scope, name))
    }

    /// Whether names may enter the module's scope by `from x import *`. If so,
    /// `Resolved::Builtin` may be such a name.
    pub fn has_star_import(&self) -> bool {
        self.star_import
    }

    /// Whether this scope, or one within it, uses `eval`, `exec`, `locals`,
    /// `vars`, `dir` or `globals`, or looks into frames (`sys._getframe`,
    /// `inspect.stack` and their like), so that its names may be read or
    /// changed where no name is written. One of those built-ins used as a
    /// value, not called, taints every scope: nobody knows who calls it.
    pub fn uses_dynamic_names(&self, scope: ScopeId) -> bool {
        self.scope(scope).dynamic
    }

    /// Whether the node lies in an annotation that is never evaluated, because
    /// of `from __future__ import annotations`. Names there resolve and count
    /// as uses (`typing.get_type_hints` reads them), and open no scopes.
    pub fn is_unevaluated(&self, node: NodeId) -> bool {
        self.places[node.index()].is_unevaluated()
    }

    /// Every name of every scope, with what CPython's `symtable` says of it.
    pub fn mentions(&self) -> impl Iterator<Item = Mention<'_>> {
        mention::mentions(&self.tables, &self.symbols)
    }
}
