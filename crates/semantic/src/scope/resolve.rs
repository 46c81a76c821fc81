//! The second step: from the names mentioned in each scope to symbols, and
//! from every mention to its symbol.
//!
//! It needs the whole module, because a `global` or a later assignment decides
//! what an earlier mention means.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::name::Name;

use super::Scopes;
use super::found::{Collected, Deed};
use super::model::{Resolved, ScopeId, ScopeKind, Symbol, SymbolId};
use super::tables::{Entry, EntryId, NameId, Owner, Tables, flag};

pub(super) fn resolve(found: Collected<'_>) -> Scopes<'_> {
    let Collected { mut tables, places, entry_of, own, deeds, suspicions, star_import } = found;
    note_bound_elsewhere(&mut tables);
    let mut symbols = create_symbols(&mut tables);
    resolve_entries(&mut tables, &mut symbols);
    distribute(&tables, &mut symbols, &deeds);
    suspicions.judge(&mut tables, &entry_of, &deeds);
    Scopes { tables, symbols, places, entry_of, own, star_import }
}

/// Tells the module of the names that others bind through `global`.
fn note_bound_elsewhere(tables: &mut Tables<'_>) {
    for at in 0..tables.entries.len() {
        let Entry { scope, name, flags, .. } = tables.entries[at];
        if flags & flag::GLOBAL != 0 && flags & flag::BOUND != 0 && scope != ScopeId::MODULE {
            tables.add(ScopeId::MODULE, name, flag::BOUND_ELSEWHERE);
        }
    }
}

/// Makes a symbol of every name that its scope binds or declares.
fn create_symbols(tables: &mut Tables<'_>) -> Vec<Symbol> {
    let mut symbols = Vec::with_capacity(tables.entries.len());
    for at in 0..tables.entries.len() {
        let entry = &tables.entries[at];
        let scope = entry.scope;
        if owns(entry) {
            let id = SymbolId::from_index(symbols.len());
            symbols.push(symbol(scope, tables.text(entry.name), entry.flags));
            tables.entries[at].symbol = Some(id);
            tables.scopes[scope.index()].symbols.push(id);
        }
    }
    for at in 0..tables.scopes.len() {
        if tables.scopes[at].kind == ScopeKind::Class {
            tables.scopes[at].class_cell = Some(SymbolId::from_index(symbols.len()));
            let mut cell = symbol(ScopeId::from_index(at), tables.text(NameId::CLASS), 0);
            cell.is_implicit = true;
            symbols.push(cell);
        }
    }
    symbols
}

fn owns(entry: &Entry) -> bool {
    let flags = entry.flags;
    if entry.scope == ScopeId::MODULE {
        flags & (flag::BOUND | flag::BOUND_ELSEWHERE) != 0
    } else if flags & (flag::GLOBAL | flag::NONLOCAL) != 0 {
        flags & flag::DECLARED != 0
    } else {
        flags & flag::BOUND != 0
    }
}

fn symbol(scope: ScopeId, name: &str, flags: u16) -> Symbol {
    let declared = flags & flag::DECLARED != 0;
    Symbol {
        name: Name::new(name),
        scope,
        is_parameter: flags & flag::PARAMETER != 0,
        is_global: declared && flags & flag::GLOBAL != 0,
        is_nonlocal: declared && flags & flag::NONLOCAL != 0,
        is_imported: flags & flag::IMPORT != 0,
        is_annotated: flags & flag::ANNOTATED != 0,
        is_implicit: false,
        bindings: Vec::new(),
        deletes: Vec::new(),
        uses: Vec::new(),
        declarations: Vec::new(),
        is_captured: false,
        rebound_elsewhere: false,
    }
}

fn resolve_entries(tables: &mut Tables<'_>, symbols: &mut [Symbol]) {
    let count = tables.entries.len();
    for at in (0..count).map(EntryId::from_index) {
        if tables.entry(at).flags & flag::UNEVALUATED == 0 {
            let resolved = resolve_entry(tables, symbols, at);
            tables.entry_mut(at).resolved = resolved;
        }
    }
    // Only now, because they look at the entries of their scope.
    for at in (0..count).map(EntryId::from_index) {
        let entry = tables.entry(at);
        if entry.flags & flag::UNEVALUATED != 0 {
            tables.entry_mut(at).resolved = tables.lookup(entry.scope, entry.name);
        }
    }
}

fn resolve_entry(tables: &mut Tables<'_>, symbols: &mut [Symbol], at: EntryId) -> Resolved {
    let entry = tables.entry(at);
    let (scope, name, flags) = (entry.scope, entry.name, entry.flags);
    if scope == ScopeId::MODULE || flags & flag::GLOBAL != 0 {
        return tables.global(name);
    }
    if let (true, Some(symbol)) = (flags & flag::NONLOCAL == 0, entry.symbol) {
        return Resolved::Local(symbol);
    }
    let owner = tables.owner(scope, name);
    let resolved = tables.of_owner(&owner, name);
    let owning = match owner {
        Owner::Entry(entry) => tables.entry(entry).scope,
        Owner::ClassCell(class) => class,
        Owner::Module => return resolved,
    };
    // A type scope reads the names of its class from a dictionary, not a cell.
    let through_cell = matches!(owner, Owner::ClassCell(_)) || tables.scope(owning).kind != ScopeKind::Class;
    if let (true, Resolved::Free(symbol)) = (through_cell, resolved) {
        symbols[symbol.index()].is_captured = true;
        pass_on(tables, scope, owning, name, resolved);
    }
    resolved
}

/// The scopes between a use and its owner hand the cell on.
fn pass_on(tables: &mut Tables<'_>, from: ScopeId, owning: ScopeId, name: NameId, resolved: Resolved) {
    let mut at = tables.scope(from).parent;
    while let Some(id) = at.filter(|id| *id != owning) {
        if tables.get(id, name).is_none() {
            let entry = tables.add(id, name, 0);
            tables.entry_mut(entry).resolved = resolved;
        }
        at = tables.scope(id).parent;
    }
}

fn distribute(tables: &Tables<'_>, symbols: &mut [Symbol], deeds: &[(NodeId, EntryId, Deed)]) {
    for (node, entry, deed) in deeds {
        let entry = tables.entry(*entry);
        let Some(symbol) = entry.resolved.symbol() else { continue };
        let symbol = &mut symbols[symbol.index()];
        let elsewhere = entry.scope != symbol.scope;
        match deed {
            Deed::Use => symbol.uses.push(*node),
            Deed::Declare => symbol.declarations.push(*node),
            Deed::Bind => {
                symbol.bindings.push(*node);
                symbol.rebound_elsewhere |= elsewhere;
            }
            Deed::Delete => {
                symbol.deletes.push(*node);
                symbol.rebound_elsewhere |= elsewhere;
            }
        }
        if *deed != Deed::Use {
            symbol.is_imported |= entry.flags & flag::IMPORT != 0;
            symbol.is_annotated |= entry.flags & flag::ANNOTATED != 0;
        }
    }
}
