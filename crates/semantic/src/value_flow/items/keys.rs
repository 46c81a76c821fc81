//! Dictionaries whose keys are told from their values.
//!
//! Whoever walks a dictionary gets its keys, whatever has been put under them. Keys are not
//! followed: a list that holds items is none, and an item that becomes one is judged there.

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::Items;
use crate::Model;
use crate::scope::SymbolId;
use crate::value_flow::calls::{Run, Target};
use crate::value_flow::uses::Slot;

/// More bindings are not looked at.
const MOST: usize = 60;

impl Items<'_, '_> {
    /// Whether what is called gives nothing of that argument but keys of a dictionary.
    pub(super) fn gives_keys(&self, node: NodeId, call: &ExprCall, name: &str, slot: Slot<'_>) -> bool {
        let alone = call.arguments.args.len() == 1;
        let walks = match (name, slot) {
            ("max" | "min", Slot::Position(0)) => alone,
            (
                "sorted"
                | "list"
                | "tuple"
                | "set"
                | "frozenset"
                | "iter"
                | "reversed"
                | "enumerate"
                | "spacetime_compiler.runtime.external_sort"
                | "spacetime_compiler.runtime.sorted_head"
                | "spacetime_compiler.runtime.sorted_item",
                Slot::Position(0),
            ) => true,
            ("filter" | "heapq.nlargest" | "heapq.nsmallest", Slot::Position(1)) => true,
            _ => false,
        };
        walks && self.is_dictionary(node)
    }

    /// Whether it is a dictionary into which keys come only where they are written as keys,
    /// whatever variable, argument or result it is.
    pub(super) fn is_dictionary(&self, node: NodeId) -> bool {
        let mut made = Made { model: self.model, seen: FxHashSet::default() };
        self.model.tree.expr(node).is_some_and(|expr| made.is_dictionary(expr))
    }
}

/// Variables and functions that hold such dictionaries, if all of them do: the greatest fixed point.
struct Made<'a, 'm> {
    model: &'a Model<'m>,
    seen: FxHashSet<NodeId>,
}

impl<'m> Made<'_, 'm> {
    fn is_dictionary(&mut self, expr: &'m Expr) -> bool {
        match expr {
            Expr::Dict(dict) => dict.items.iter().all(|item| item.key.is_some()),
            Expr::DictComp(_) => true,
            Expr::Call(call) => match self.model.target_of(call) {
                Target::Function(def) => self.gives_dictionary(def),
                target => makes_dictionary(call, &target),
            },
            Expr::Name(_) => {
                let symbol = self.model.scopes.resolve(self.model.tree.id(expr)).symbol();
                symbol.is_some_and(|symbol| {
                    self.model.is_bound_in_sight(symbol)
                        && self
                            .model
                            .scopes
                            .symbol(symbol)
                            .bindings
                            .iter()
                            .all(|it| self.is_bound(symbol, *it))
                })
            }
            _ => false,
        }
    }

    fn is_bound(&mut self, symbol: SymbolId, binding: NodeId) -> bool {
        let model = self.model;
        if self.seen.len() > MOST {
            return false;
        }
        if !self.seen.insert(binding) {
            return true;
        }
        let Some(parent) = model.tree.parent(binding) else { return false };
        match model.tree.node(parent) {
            Node::Stmt(Stmt::Assign(assign)) => self.is_dictionary(&assign.value),
            Node::Stmt(Stmt::AnnAssign(assign)) => {
                assign.value.as_deref().is_none_or(|value| self.is_dictionary(value))
            }
            Node::Part(AnyNodeRef::Parameter(_)) => self.is_passed(symbol, parent),
            _ => false,
        }
    }

    /// Whether all callers pass one for a parameter.
    fn is_passed(&mut self, parameter: SymbolId, node: NodeId) -> bool {
        let model = self.model;
        let Some((def, default)) = model.declared_at(parameter, node) else { return false };
        let Ok(runs) = model.runs(def) else { return false };
        runs.into_iter().all(|run| match run {
            Run::Call(call) => {
                model.given_for(call, def, parameter, default).is_some_and(|given| self.is_dictionary(given))
            }
            Run::Named(_) => false,
        })
    }

    /// Whether a function returns one, or nothing.
    fn gives_dictionary(&mut self, def: NodeId) -> bool {
        let model = self.model;
        if !self.seen.insert(def) {
            return true;
        }
        let plain = model.function(def).is_some_and(|function| function.decorator_list.is_empty());
        let Some(body) = model.body_of_def(def).filter(|body| !body.is_generator && !body.is_async) else {
            return false;
        };
        plain
            && body.nodes.iter().all(|node| match model.tree.node(*node) {
                Node::Stmt(Stmt::Return(stmt)) => {
                    stmt.value.as_deref().is_none_or(|value| self.is_dictionary(value))
                }
                _ => true,
            })
    }
}

/// `dict()`, `defaultdict(list)`, `SpillGroups(default=True)`
fn makes_dictionary(call: &ExprCall, target: &Target) -> bool {
    let arguments = &call.arguments;
    match target {
        Target::Builtin(name) => name == "dict" && arguments.is_empty(),
        Target::Library(name) => match name.as_str() {
            "collections.defaultdict" => arguments.keywords.is_empty() && arguments.args.len() < 2,
            "spacetime_compiler.runtime.SpillGroups" | "spacetime_compiler.runtime.SpillDict" => {
                arguments.args.is_empty()
            }
            _ => false,
        },
        _ => false,
    }
}
