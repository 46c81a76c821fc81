//! Functions that are handed on: what they get, and who gets what they give.
//!
//! A lambda that is passed for a parameter is called by the name of the parameter, or
//! handed on again, as a key by which items are ordered.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprCall, ExprLambda};

use super::depth::{Depth, opened, put, told_apart};
use super::{Items, Step};
use crate::Doubt;
use crate::scope::{ScopeKind, SymbolId};
use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Slot, Use, use_of};

impl<'m> Items<'_, 'm> {
    /// An item is an argument of something that a variable holds.
    pub(super) fn passed_to_variable(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        let Some(functions) = self.model.callables(&call.func) else {
            return self.doubt(node, "an item is passed to an unknown function");
        };
        functions.into_iter().try_for_each(|function| self.called(node, call, function, slot, depth))
    }

    fn called(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        function: &'m Expr,
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        match function {
            Expr::NoneLiteral(_) => Ok(()),
            Expr::Lambda(lambda) => match self.parameter_of_lambda(lambda, slot) {
                Some(parameter) => self.symbol(parameter, depth),
                None => self.doubt(node, "an item is passed in a way that is not understood"),
            },
            Expr::Name(name) if self.model.is_builtin(function, &name.id) => {
                self.builtin_argument(node, call, &name.id, slot, depth)
            }
            Expr::Name(_) => match self.function_named(function) {
                Some(def) => self.pass(node, call, &[def], slot, depth),
                None => self.doubt(node, "an item is passed to an unknown function"),
            },
            // `{"buy": self.buy}[kind](row)`
            Expr::Attribute(method) => match self.model.bound_method(method) {
                Some(def) => match self.model.parameter_after(def, slot) {
                    Some(parameter) => self.symbol(parameter, depth),
                    None => self.doubt(node, "an item is passed in a way that is not understood"),
                },
                None => self.doubt(node, "an item is passed to an unknown function"),
            },
            Expr::Call(made) if self.makes_reader(made) => {
                let result = self.model.tree.id(call);
                self.has(result, opened(depth));
                // `itemgetter(0, 1)` gives a tuple.
                self.has(result, put(opened(depth)));
                Ok(())
            }
            _ => self.doubt(node, "an item is passed to an unknown function"),
        }
    }

    /// The function of this module that a name stands for.
    pub(super) fn function_named(&self, name: &Expr) -> Option<NodeId> {
        let symbol = self.model.scopes.resolve(self.model.tree.id(name)).symbol()?;
        match self.model.definition(symbol) {
            Target::Function(def) if self.model.is_plainly_called(def) => Some(def),
            _ => None,
        }
    }

    fn parameter_of_lambda(&self, lambda: &ExprLambda, slot: Slot<'_>) -> Option<SymbolId> {
        let parameters = lambda.parameters.as_deref()?;
        let found = match slot {
            Slot::Position(at) => parameters.posonlyargs.iter().chain(&parameters.args).nth(at)?,
            Slot::Keyword(wanted) => {
                let mut named = parameters.args.iter().chain(&parameters.kwonlyargs);
                named.find(|one| one.parameter.name.as_str() == wanted)?
            }
        };
        self.model.scopes.resolve(self.model.tree.id(&found.parameter.name)).symbol()
    }

    /// Whoever calls a function that is handed on gets its result: as a key it is compared; `map`
    /// hands it on.
    pub(super) fn function_result(&mut self, function: NodeId, depth: Depth) -> Step {
        match use_of(self.model.tree, function) {
            Use::Read | Use::Discarded | Use::Identity { constant: true } => Ok(()),
            Use::Flows(parent) => self.function_result(parent, depth),
            Use::Bound(target @ Expr::Name(_)) => self.result_by_name(target, depth),
            Use::BoundAll([target @ Expr::Name(_)]) => self.result_by_name(target, depth),
            Use::Argument(call, slot) => self.result_for(function, call, slot, depth),
            _ => match self.model.calls_by_table(function) {
                Some(calls) => {
                    for call in calls {
                        self.has(self.model.tree.id(call), depth);
                    }
                    Ok(())
                }
                None => self.doubt(function, "an item is returned by a function that is handed on"),
            },
        }
    }

    fn result_for(&mut self, function: NodeId, call: &'m ExprCall, slot: Slot<'m>, depth: Depth) -> Step {
        let first = slot == Slot::Position(0);
        let is_key = slot == Slot::Keyword("key");
        let result = self.model.tree.id(call);
        match self.model.target_of(call) {
            Target::Library(name) if name == "itertools.groupby" && !first => {
                self.compared(depth);
                self.key_of_groups(result, depth)
            }
            Target::Builtin(_) | Target::Library(_) if is_key => {
                self.compared(depth);
                Ok(())
            }
            Target::Method(name, own) if is_key && own.is_empty() && name == "sort" => {
                self.compared(depth);
                Ok(())
            }
            Target::Builtin(name) if first && name == "filter" => Ok(()),
            Target::Builtin(name) if first && name == "map" => {
                self.has(result, put(depth));
                Ok(())
            }
            // What it makes is a value of the dictionary.
            Target::Library(name) if first && name == "collections.defaultdict" => {
                self.has(result, put(depth));
                Ok(())
            }
            // It is written as text.
            Target::Library(name) if slot == Slot::Keyword("default") && name.starts_with("json.dump") => {
                Ok(())
            }
            Target::Function(def) => self.result_by_parameters(function, call, &[def], slot, depth),
            Target::Method(_, own) if !own.is_empty() => {
                self.result_by_parameters(function, call, &own, slot, depth)
            }
            _ => self.doubt(function, "an item is returned by a function that is handed on"),
        }
    }

    fn result_by_parameters(
        &mut self,
        function: NodeId,
        call: &'m ExprCall,
        defs: &[NodeId],
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        for def in defs {
            match self.model.parameter_of(call, *def, slot) {
                Some(parameter) => self.result_of_calls(parameter, depth)?,
                None => return self.doubt(function, "an item is returned by a function that is handed on"),
            }
        }
        Ok(())
    }

    fn result_by_name(&mut self, name: &Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(name);
        match self.model.scopes.resolve(node).symbol() {
            Some(symbol) => self.result_of_calls(symbol, depth),
            None => self.doubt(node, "an item is returned by a function that is handed on"),
        }
    }

    /// A variable holds a function: its calls give that, and so do those of whoever gets it.
    fn result_of_calls(&mut self, symbol: SymbolId, depth: Depth) -> Step {
        let depth = told_apart(depth);
        if !self.handed.entry(symbol).or_default().insert(depth) {
            return Ok(());
        }
        let data = self.model.scopes.symbol(symbol);
        if self.model.scopes.scope(data.scope).kind == ScopeKind::Class
            || self.model.scopes.uses_dynamic_names(data.scope)
        {
            return Err(Doubt::new(format!("`{}` is a function that others may call", data.name)));
        }
        self.model.check_hidden(symbol)?;
        for node in &data.uses {
            match self.model.tree.parent(*node) {
                Some(call) if self.model.is_calling(*node) => self.has(call, depth),
                _ => self.function_result(*node, depth)?,
            }
        }
        Ok(())
    }
}
