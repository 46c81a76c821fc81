//! Dictionaries whose keys are told from their values.
//!
//! Whoever walks a dictionary gets its keys, whatever has been put under them. Keys are not
//! followed: a list that holds items is none, and an item that becomes one is judged there.

use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::Items;
use crate::value_flow::calls::Target;
use crate::value_flow::uses::Slot;

impl<'m> Items<'_, 'm> {
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

    /// Whether it is a dictionary into which keys come only where they are written as keys.
    pub(super) fn is_dictionary(&self, node: NodeId) -> bool {
        let model = self.model;
        let Some(expr @ Expr::Name(_)) = model.tree.expr(node) else {
            return model.tree.expr(node).is_some_and(|expr| self.makes_dictionary(expr));
        };
        let symbol = model.scopes.resolve(model.tree.id(expr)).symbol();
        symbol.is_some_and(|symbol| {
            let makes = |binding: &NodeId| match model.tree.parent(*binding).map(|it| model.tree.node(it)) {
                Some(Node::Stmt(Stmt::Assign(assign))) => self.makes_dictionary(&assign.value),
                Some(Node::Stmt(Stmt::AnnAssign(assign))) => {
                    assign.value.as_deref().is_some_and(|value| self.makes_dictionary(value))
                }
                _ => false,
            };
            model.is_bound_in_sight(symbol) && model.scopes.symbol(symbol).bindings.iter().all(makes)
        })
    }

    fn makes_dictionary(&self, expr: &'m Expr) -> bool {
        match expr {
            Expr::Dict(dict) => dict.items.iter().all(|item| item.key.is_some()),
            Expr::DictComp(_) => true,
            Expr::Call(call) => self.calls_dictionary(call),
            _ => false,
        }
    }

    /// `dict()`, `defaultdict(list)`, `SpillGroups(default=True)`
    fn calls_dictionary(&self, call: &'m ExprCall) -> bool {
        let arguments = &call.arguments;
        match self.model.target_of(call) {
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
}
