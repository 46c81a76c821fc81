//! Pairs that are taken apart where they are walked: the key and the group of `groupby`, the
//! key and the value of `items()`. One of the two is no container of items, then.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, ExprTuple, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::depth::{Depth, holder_of, items_at, opened, put, same_elements};
use super::{Items, Step};
use crate::Doubt;
use crate::scope::ScopeKind;
use crate::value_flow::calls::{Run, Target};
use crate::value_flow::uses::{Slot, Use, use_of};

/// Pairs are followed no further than through so many functions and variables.
const STEPS: u8 = 6;

impl<'m> Items<'_, 'm> {
    /// `groupby(items, key)`: pairs of what the key function gives, and the items of a group.
    pub(super) fn grouped(&mut self, result: NodeId, key: Option<&'m Expr>, depth: Depth) -> Step {
        let item = opened(depth);
        match key {
            Some(key) => {
                self.calls_function(key, item)?;
                for function in self.model.callables(key).unwrap_or_else(|| vec![key]) {
                    match function {
                        // What it returns says all.
                        Expr::Lambda(_) => {}
                        Expr::Name(_) if self.function_named(function).is_some() => {}
                        Expr::Call(made) if self.makes_reader(made) => {
                            self.key_of_groups(result, opened(item))?;
                            self.key_of_groups(result, put(opened(item)))?;
                        }
                        _ => self.key_of_groups(result, item)?,
                    }
                }
            }
            None => {
                self.compared(item);
                self.key_of_groups(result, item)?;
            }
        }
        match self.pairs_walked(result, STEPS) {
            Some(pairs) => {
                pairs.into_iter().try_for_each(|(_, group)| self.bind(group, same_elements(depth)))
            }
            None => {
                self.has(result, put(put(same_elements(depth))));
                Ok(())
            }
        }
    }

    pub(super) fn key_of_groups(&mut self, groups: NodeId, depth: Depth) -> Step {
        match self.pairs_walked(groups, STEPS) {
            Some(pairs) => pairs.into_iter().try_for_each(|(key, _)| self.bind(key, depth)),
            None => {
                self.has(groups, put(put(depth)));
                Ok(())
            }
        }
    }

    /// The target of a tuple that stands `at` that place.
    pub(super) fn filled_in_tuple(&mut self, tuple: NodeId, at: Option<usize>, depth: Depth) -> Step {
        let tree = self.model.tree;
        let Some(outer) = tree.parent(tuple) else { return Ok(()) };
        let holder = holder_of(depth);
        match tree.node(outer) {
            Node::Stmt(Stmt::For(stmt)) => self.filled_in_walked(tuple, &stmt.iter, at, depth),
            Node::Part(AnyNodeRef::Comprehension(clause)) => {
                self.filled_in_walked(tuple, &clause.iter, at, depth)
            }
            Node::Stmt(Stmt::Assign(assign)) => match &*assign.value {
                Expr::Tuple(values) => match at.filter(|_| self.are_alike(tuple, values)) {
                    Some(at) => self.receive(&values.elts[at], depth),
                    None => values.elts.iter().try_for_each(|value| self.receive(value, depth)),
                },
                value => self.receive(value, holder),
            },
            // `for (name, kind), group in groups.items()`
            Node::Expr(Expr::Tuple(targets)) => {
                let at = targets.elts.iter().position(|target| tree.id(target) == tuple);
                self.filled_in_tuple(outer, at, holder)
            }
            _ => self.doubt(tuple, "an item is put into something unknown"),
        }
    }

    /// Whether each target of a tuple gets the value at the same place.
    fn are_alike(&self, targets: NodeId, values: &ExprTuple) -> bool {
        let Some(Expr::Tuple(targets)) = self.model.tree.expr(targets) else { return false };
        let mut both = targets.elts.iter().chain(&values.elts);
        targets.elts.len() == values.elts.len() && !both.any(Expr::is_starred_expr)
    }

    /// `first, *rest = values`: a new list, with what the values are.
    pub(super) fn filled_rest(&mut self, starred: NodeId, depth: Depth) -> Step {
        let tree = self.model.tree;
        let outer = tree
            .parent(starred)
            .filter(|tuple| matches!(tree.expr(*tuple), Some(Expr::Tuple(_) | Expr::List(_))))
            .and_then(|tuple| tree.parent(tuple));
        if !depth.is_filled_inside() {
            return Ok(());
        }
        match outer.map(|outer| tree.node(outer)) {
            Some(Node::Stmt(Stmt::Assign(assign))) => self.receive(&assign.value, depth),
            Some(Node::Stmt(Stmt::For(stmt))) => self.receive(&stmt.iter, holder_of(depth)),
            Some(Node::Part(AnyNodeRef::Comprehension(clause))) => {
                self.receive(&clause.iter, holder_of(depth))
            }
            _ => self.doubt(starred, "an item is put into something unknown"),
        }
    }

    /// Something is put into what the target at that place of a tuple is bound to, which is walked.
    pub(super) fn filled_in_walked(
        &mut self,
        tuple: NodeId,
        walked: &'m Expr,
        at: Option<usize>,
        depth: Depth,
    ) -> Step {
        let Expr::Call(call) = walked else { return self.receive(walked, put(holder_of(depth))) };
        if !matches!(self.model.target_of(call), Target::Library(name) if name == "itertools.groupby") {
            return self.receive(walked, put(holder_of(depth)));
        }
        let is_pair = matches!(self.model.tree.expr(tuple), Some(Expr::Tuple(pair))
            if pair.elts.len() == 2 && !pair.elts.iter().any(Expr::is_starred_expr));
        match (grouped_by(call), at) {
            (Some((items, key)), Some(0)) if is_pair => self.filled_key(items, key, depth),
            // A group has items of what is grouped.
            (Some((items, _)), Some(1)) if is_pair => self.receive(items, depth),
            _ => self.doubt(tuple, "an item is put into something unknown"),
        }
    }

    /// Something is put into the key of a group: into what the key function gives, or into an item.
    fn filled_key(&mut self, items: &'m Expr, key: Option<&'m Expr>, depth: Depth) -> Step {
        let Some(key) = key else { return self.receive(items, holder_of(depth)) };
        for function in self.model.callables(key).unwrap_or_else(|| vec![key]) {
            match function {
                Expr::Lambda(lambda) => self.receive(&lambda.body, depth)?,
                Expr::Name(_) => match self.function_named(function) {
                    Some(def) => self.filled_results(def, depth)?,
                    None => {
                        return self.doubt(self.model.tree.id(key), "an item is put into something unknown");
                    }
                },
                _ => return self.doubt(self.model.tree.id(key), "an item is put into something unknown"),
            }
        }
        Ok(())
    }

    /// Something is put into what those arguments hold: `zip(names, *columns)`.
    pub(super) fn received_by_each(&mut self, arguments: &'m [Expr], skipped: usize, depth: Depth) -> Step {
        for (at, argument) in arguments.iter().enumerate() {
            match argument {
                Expr::Starred(_) if at < skipped => {
                    return self.doubt(self.model.tree.id(argument), "an item is put into something unknown");
                }
                Expr::Starred(starred) => self.receive(&starred.value, holder_of(depth))?,
                _ if at < skipped => {}
                _ => self.receive(argument, depth)?,
            }
        }
        Ok(())
    }

    /// `for key, value in groups.items()`, perhaps sorted. Keys are not followed: what holds
    /// items and can be changed is none.
    pub(super) fn paired(&mut self, result: NodeId, method: &str, depth: Depth) -> Step {
        match self.pair_walked_in_order(result) {
            Some((_, value)) if method == "items" && depth.is_container() => self.bind(value, opened(depth)),
            _ => {
                self.has(result, put(same_elements(depth)));
                Ok(())
            }
        }
    }

    /// `for key, value in table.items()`, where the values of a table are the items.
    pub(super) fn binds_values(&mut self, expr: &'m Expr, level: u8) -> Result<bool, Doubt> {
        let Expr::Call(call) = expr else { return Ok(false) };
        let is_items = matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "items")
            && call.arguments.is_empty();
        // Which of several equal keys it is can be told, too.
        if level != 2 || !is_items || self.tells_apart || self.changing.watches() {
            return Ok(false);
        }
        match self.pair_walked_in_order(self.model.tree.id(expr)) {
            Some((_, value)) => self.bind(value, items_at(0)).map(|()| true),
            None => Ok(false),
        }
    }

    fn pair_walked_in_order(&self, pairs: NodeId) -> Option<(&'m Expr, &'m Expr)> {
        let Use::Argument(call, Slot::Position(0)) = use_of(self.model.tree, pairs) else {
            return self.pair_walked(pairs);
        };
        let passes_on = call.arguments.len() == 1
            && match self.model.target_of(call) {
                Target::Builtin(name) => matches!(name.as_str(), "sorted" | "list" | "tuple" | "reversed"),
                Target::Library(name) => name == "spacetime_compiler.runtime.external_sort",
                _ => false,
            };
        self.pair_walked(self.model.tree.id(call)).filter(|_| passes_on)
    }

    /// All places where pairs are walked that a function may have returned, or that a variable
    /// stands for, if nothing else is done with them.
    fn pairs_walked(&self, groups: NodeId, steps: u8) -> Option<Vec<(&'m Expr, &'m Expr)>> {
        let steps = steps.checked_sub(1)?;
        let places: Vec<NodeId> = match use_of(self.model.tree, groups) {
            Use::Walked(_) => return self.pair_walked(groups).map(|pair| vec![pair]),
            // Who holds the iterator holds an item.
            _ if self.changing.watches() => return None,
            Use::Returned => self.places_of_result(groups)?,
            Use::BoundAll([target @ Expr::Name(_)]) => self.uses_of_local(target)?,
            _ => return None,
        };
        let walked = places.into_iter().map(|place| self.pairs_walked(place, steps));
        Some(walked.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// What evaluates to that which is returned there.
    fn places_of_result(&self, returned: NodeId) -> Option<Vec<NodeId>> {
        let model = self.model;
        let def = model.function_around(returned)?;
        let function = model.function(def)?;
        if model.body_of_def(def).is_none_or(|body| body.is_generator || body.is_async) {
            return None;
        }
        if let Some(name) = model.property_name(def) {
            model.check_attribute_named(name).ok()?;
            return Some(model.attributes_named(name).to_vec());
        }
        if function.name.starts_with("__") || !function.decorator_list.is_empty() {
            return None;
        }
        let call = |run: &Run<'m>| match run {
            Run::Call(call) => Some(model.tree.id(*call)),
            Run::Named(_) => None,
        };
        model.runs(def).ok()?.iter().map(call).collect()
    }

    /// Where a variable of a function is read that is bound once.
    fn uses_of_local(&self, target: &Expr) -> Option<Vec<NodeId>> {
        let scopes = &self.model.scopes;
        let data = scopes.symbol(scopes.resolve(self.model.tree.id(target)).symbol()?);
        let local = scopes.scope(data.scope).kind == ScopeKind::Function
            && data.bindings.len() == 1
            && !data.rebound_elsewhere
            && !scopes.uses_dynamic_names(data.scope);
        local.then(|| data.uses.clone())
    }

    /// `for key, group in groups`
    fn pair_walked(&self, groups: NodeId) -> Option<(&'m Expr, &'m Expr)> {
        match use_of(self.model.tree, groups) {
            Use::Walked(Expr::Tuple(pair)) => match pair.elts.as_slice() {
                [key, group] if !key.is_starred_expr() && !group.is_starred_expr() => Some((key, group)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What is grouped, and by which key, if the call says no more than that.
fn grouped_by(call: &ExprCall) -> Option<(&Expr, Option<&Expr>)> {
    let arguments = &call.arguments;
    let (items, key) = match (&arguments.args[..], &arguments.keywords[..]) {
        ([items], []) => (items, None),
        ([items, key], []) => (items, Some(key)),
        ([items], [keyword]) if keyword.arg.as_ref().is_some_and(|name| name.as_str() == "key") => {
            (items, Some(&keyword.value))
        }
        _ => return None,
    };
    let is_plain = !items.is_starred_expr() && !key.is_some_and(Expr::is_starred_expr);
    is_plain.then_some((items, key.filter(|key| !key.is_none_literal_expr())))
}
