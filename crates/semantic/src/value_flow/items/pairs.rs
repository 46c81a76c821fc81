//! Pairs that are taken apart where they are walked: the key and the group of `groupby`, the
//! key and the value of `items()`. One of the two is no container of items, then.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::Expr;

use super::depth::{Depth, opened, put, same_elements};
use super::{Items, Step};
use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Slot, Use, use_of};

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
        match self.pair_walked(result) {
            Some((_, group)) => self.bind(group, same_elements(depth)),
            None => {
                self.has(result, put(put(same_elements(depth))));
                Ok(())
            }
        }
    }

    pub(super) fn key_of_groups(&mut self, groups: NodeId, depth: Depth) -> Step {
        match self.pair_walked(groups) {
            Some((key, _)) => self.bind(key, depth),
            None => {
                self.has(groups, put(put(depth)));
                Ok(())
            }
        }
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
