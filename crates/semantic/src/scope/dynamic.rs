//! Where a module reads or changes names by their text (`eval`, `locals`) or
//! looks into frames (`sys._getframe`, `inspect.stack`).
//!
//! There the tables do not tell the whole truth, so whoever moves or removes a
//! name has to ask here first. Better too many alarms than too few, but
//! `numpy.stack` is none: `stack` counts only as a member of `inspect`.

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{Expr, ExprAttribute};
use spacetime_syntax::{Node, NodeId};

use super::collect::Collector;
use super::found::Deed;
use super::model::{Resolved, ScopeId, SymbolId};
use super::tables::{EntryId, Tables};

/// Tell-tale attributes, whatever they are asked of.
const FRAME_ATTRIBUTES: [&str; 12] = [
    "_getframe",
    "_getframemodulename",
    "_current_frames",
    "currentframe",
    "getargvalues",
    "getouterframes",
    "getinnerframes",
    "f_locals",
    "f_globals",
    "f_back",
    "tb_frame",
    "gi_frame",
];

/// Tell-tale only as members of these modules.
const MEMBERS: [&str; 8] = ["stack", "trace", "eval", "exec", "locals", "vars", "dir", "globals"];
const MODULES: [&str; 3] = ["inspect", "builtins", "sys"];

#[derive(Default)]
pub(super) struct Suspicions {
    /// Loads of `eval` and its like, and whether they are called on the spot.
    builtins: Vec<(EntryId, bool)>,
    /// `name.stack` and its like.
    members: Vec<(NodeId, ScopeId)>,
    /// Imports of the tell-tale modules, and of their tell-tale members.
    modules: Vec<EntryId>,
    functions: Vec<EntryId>,
    certain: Vec<ScopeId>,
}

impl Suspicions {
    pub fn builtin(collector: &mut Collector<'_, '_>, id: NodeId, entry: EntryId) {
        let tree = collector.tree;
        let called = tree.parent(id).is_some_and(|parent| match tree.node(parent) {
            Node::Expr(Expr::Call(call)) => tree.id(&*call.func) == id,
            _ => false,
        });
        collector.found.suspicions.builtins.push((entry, called));
    }

    pub fn attribute(collector: &mut Collector<'_, '_>, id: NodeId, node: &ExprAttribute) {
        let name = node.attr.as_str();
        let scope = collector.scope_of(id);
        if FRAME_ATTRIBUTES.contains(&name) {
            collector.found.suspicions.certain.push(scope);
        } else if MEMBERS.contains(&name) && node.value.is_name_expr() {
            let base = collector.tree.id(&*node.value);
            collector.found.suspicions.members.push((base, scope));
        }
    }

    pub fn module(collector: &mut Collector<'_, '_>, name: &str, entry: EntryId) {
        if MODULES.contains(&name) {
            collector.found.suspicions.modules.push(entry);
        }
    }

    pub fn member(collector: &mut Collector<'_, '_>, module: &str, name: &str, entry: EntryId) {
        let known = MEMBERS.contains(&name) || FRAME_ATTRIBUTES.contains(&name);
        if known && MODULES.contains(&module) {
            collector.found.suspicions.functions.push(entry);
        }
    }

    /// Marks the scopes, once all names are resolved.
    pub fn judge(
        self,
        tables: &mut Tables<'_>,
        entry_of: &[Option<EntryId>],
        deeds: &[(NodeId, EntryId, Deed)],
    ) {
        let mut marked = self.certain;
        for (entry, called) in &self.builtins {
            let entry = tables.entry(*entry);
            if entry.resolved == Resolved::Builtin {
                // Not called here, so it may be called anywhere.
                if *called {
                    marked.push(entry.scope);
                } else {
                    return tables.scopes.iter_mut().for_each(|scope| scope.dynamic = true);
                }
            }
        }
        let modules = symbols(tables, &self.modules);
        for (base, scope) in &self.members {
            let symbol = entry_of[base.index()].and_then(|entry| tables.entry(entry).resolved.symbol());
            if symbol.is_some_and(|symbol| modules.contains(&symbol)) {
                marked.push(*scope);
            }
        }
        let functions = symbols(tables, &self.functions);
        if !functions.is_empty() {
            marked.extend(users(tables, deeds, &functions));
        }
        mark(tables, marked);
    }
}

fn symbols(tables: &Tables<'_>, entries: &[EntryId]) -> FxHashSet<SymbolId> {
    entries.iter().filter_map(|entry| tables.entry(*entry).resolved.symbol()).collect()
}

fn users(
    tables: &Tables<'_>,
    deeds: &[(NodeId, EntryId, Deed)],
    symbols: &FxHashSet<SymbolId>,
) -> Vec<ScopeId> {
    let used = deeds.iter().filter(|(.., deed)| *deed == Deed::Use).map(|(_, entry, _)| tables.entry(*entry));
    used.filter(|entry| entry.resolved.symbol().is_some_and(|symbol| symbols.contains(&symbol)))
        .map(|entry| entry.scope)
        .collect()
}

fn mark(tables: &mut Tables<'_>, marked: Vec<ScopeId>) {
    for scope in marked {
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = &mut tables.scopes[id.index()];
            scope.dynamic = true;
            at = scope.parent;
        }
    }
}
