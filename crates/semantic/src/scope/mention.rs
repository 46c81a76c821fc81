//! What CPython's `symtable` module would say of each name of each scope.
//!
//! The rules do not need it; it is how the tests hold the tables against the
//! interpreter's own.

use super::model::{Resolved, ScopeId, ScopeKind, Symbol};
use super::tables::{Entry, Tables, flag};

/// A name of a scope, with the predicates of `symtable.Symbol`. Compiler
/// internals (`.0`, `__classdict__`) are not among them.
#[derive(Clone, Copy, Debug)]
pub struct Mention<'s> {
    pub scope: ScopeId,
    pub name: &'s str,
    flags: u16,
    is_free: bool,
}

impl Mention<'_> {
    fn has(self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    fn is_of_module(self) -> bool {
        self.scope == ScopeId::MODULE && self.has(flag::BOUND)
    }

    pub fn is_referenced(self) -> bool {
        self.has(flag::USE)
    }

    pub fn is_assigned(self) -> bool {
        self.has(flag::LOCAL)
    }

    pub fn is_parameter(self) -> bool {
        self.has(flag::PARAMETER)
    }

    pub fn is_imported(self) -> bool {
        self.has(flag::IMPORT)
    }

    pub fn is_annotated(self) -> bool {
        self.has(flag::ANNOTATED)
    }

    pub fn is_nonlocal(self) -> bool {
        self.has(flag::NONLOCAL)
    }

    pub fn is_declared_global(self) -> bool {
        self.has(flag::GLOBAL)
    }

    pub fn is_free(self) -> bool {
        self.is_free
    }

    pub fn is_local(self) -> bool {
        self.is_of_module() || (self.has(flag::BOUND) && !self.has(flag::GLOBAL) && !self.is_free)
    }

    pub fn is_global(self) -> bool {
        self.is_of_module() || !(self.is_free || self.is_local())
    }
}

pub(super) fn mentions<'s>(
    tables: &'s Tables<'_>,
    symbols: &'s [Symbol],
) -> impl Iterator<Item = Mention<'s>> {
    let seen = |entry: &&Entry| entry.flags & flag::UNEVALUATED == 0 && entry.flags != flag::BOUND_ELSEWHERE;
    tables.entries.iter().filter(seen).map(|entry| Mention {
        scope: entry.scope,
        name: tables.text(entry.name),
        flags: entry.flags,
        is_free: is_free(tables, symbols, entry),
    })
}

/// For CPython a class variable that a type scope reads is no free variable.
fn is_free(tables: &Tables<'_>, symbols: &[Symbol], entry: &Entry) -> bool {
    let Resolved::Free(symbol) = entry.resolved else { return false };
    let symbol = &symbols[symbol.index()];
    symbol.is_implicit || tables.scope(symbol.scope).kind != ScopeKind::Class
}
