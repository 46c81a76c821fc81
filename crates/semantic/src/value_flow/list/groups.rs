//! What holds the list: a dictionary of lists, its items and values, a tuple.

use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall, Number, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::{Follow, Holder, Shape, Step};
use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Use, is_stored};

/// What walks a dictionary, and so gets its keys.
pub(super) const ON_KEYS: [&str; 19] = [
    "len",
    "bool",
    "sorted",
    "list",
    "tuple",
    "set",
    "frozenset",
    "iter",
    "enumerate",
    "min",
    "max",
    "map",
    "filter",
    "heapq.nlargest",
    "heapq.nsmallest",
    "spacetime_compiler.runtime.external_sort",
    "spacetime_compiler.runtime.sorted_head",
    "spacetime_compiler.runtime.sorted_item",
    "spacetime_compiler.runtime.sorted_set",
];

impl<'m> Follow<'_, 'm> {
    /// A dictionary of lists.
    pub(super) fn groups(&mut self, node: NodeId, used: Use<'m>) -> Step {
        match used {
            // Walking it gives keys.
            Use::Walked(_) | Use::Compared { searched: true } => Ok(()),
            Use::Argument(call, slot) => match self.model.target_of(call) {
                // A dictionary with the same lists.
                Target::Builtin(name) if name == "dict" => {
                    self.push(self.model.tree.id(call), Shape::Groups);
                    Ok(())
                }
                Target::Builtin(name) if ON_KEYS.contains(&name.as_str()) => Ok(()),
                Target::Library(name) if ON_KEYS.contains(&name.as_str()) => Ok(()),
                Target::Method(name, own) if own.is_empty() && name == "join" => Ok(()),
                _ => self.passed(node, call, slot, (Shape::Groups, None)),
            },
            Use::Attribute(attribute) => self.groups_method(node, attribute),
            Use::Subscripted(subscript) => {
                let id = self.model.tree.id(subscript);
                if is_stored(subscript.ctx) {
                    return self.group_stored(id);
                }
                self.push(id, Shape::List);
                Ok(())
            }
            _ => self.doubt(node, "the dictionary is used in a way that is not understood"),
        }
    }

    /// `groups[key] = [...]`
    pub(super) fn group_stored(&mut self, subscript: NodeId) -> Step {
        let parent = self.model.tree.parent(subscript).map(|parent| self.model.tree.node(parent));
        match parent {
            Some(Node::Stmt(Stmt::Assign(assign))) if assign.targets.len() == 1 => {
                self.group_made(&assign.value)
            }
            Some(Node::Stmt(Stmt::Delete(_))) => Ok(()),
            _ => self.doubt(subscript, "a value of the dictionary is set in a way that is not understood"),
        }
    }

    /// The list that is put into the dictionary; it has to be a new one.
    pub(super) fn group_made(&mut self, value: &'m Expr) -> Step {
        let node = self.model.tree.id(value);
        match value {
            Expr::List(list) => {
                self.journey.added.extend(list.elts.iter().map(|element| self.model.tree.id(element)));
                Ok(())
            }
            Expr::ListComp(comp) => {
                self.journey.added.push(self.model.tree.id(&*comp.elt));
                Ok(())
            }
            _ => self.doubt(node, "a value of the dictionary is no new list"),
        }
    }

    pub(super) fn groups_method(&mut self, node: NodeId, attribute: &'m ExprAttribute) -> Step {
        let id = self.model.tree.id(attribute);
        let name = attribute.attr.as_str();
        let call = match self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent)) {
            Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == id => call,
            // `max(groups, key=groups.get)` and the like hand the lists on.
            _ => return self.doubt(node, &format!("the dictionary's method `{name}` is taken")),
        };
        let result = self.model.tree.id(call);
        match (name, &call.arguments.args[..]) {
            ("items", []) => self.push(result, Shape::Pairs),
            ("values", []) => self.push(result, Shape::Lists),
            ("keys" | "clear", []) => {}
            ("get" | "pop", [_] | [_, Expr::List(_) | Expr::Tuple(_) | Expr::NoneLiteral(_)]) => {
                self.push(result, Shape::List);
            }
            ("setdefault", [_, value]) => {
                self.group_made(value)?;
                self.push(result, Shape::List);
            }
            _ => return self.doubt(node, &format!("the dictionary's method `{name}` is called")),
        }
        Ok(())
    }

    /// An iterable of keys and lists.
    pub(super) fn pairs(&mut self, node: NodeId, used: Use<'m>) -> Step {
        let pair = (Shape::List, Some(1));
        match used {
            Use::Walked(target) => self.bind(target, pair),
            Use::Argument(call, _) => {
                let result = self.model.tree.id(call);
                let held = match self.model.target_of(call) {
                    Target::Builtin(name) => match name.as_str() {
                        "len" => return Ok(()),
                        "sorted" | "list" | "tuple" | "iter" | "reversed" => (Shape::Pairs, None),
                        // `dict(sorted(groups.items()))`
                        "dict" => (Shape::Groups, None),
                        "max" | "min" => pair,
                        _ => return self.doubt(node, "its items are handed on"),
                    },
                    Target::Library(name)
                        if matches!(
                            name.as_str(),
                            "heapq.nlargest"
                                | "heapq.nsmallest"
                                | "spacetime_compiler.runtime.sorted_head"
                                | "spacetime_compiler.runtime.external_sort"
                        ) =>
                    {
                        (Shape::Pairs, None)
                    }
                    _ => return self.doubt(node, "its items are handed on"),
                };
                self.todo.push((result, held));
                self.key_gets(call, pair)
            }
            Use::Subscripted(subscript) if !is_stored(subscript.ctx) => {
                let slice = matches!(&*subscript.slice, Expr::Slice(_));
                let held = if slice { (Shape::Pairs, None) } else { pair };
                self.todo.push((self.model.tree.id(subscript), held));
                Ok(())
            }
            _ => self.doubt(node, "its items are used in a way that is not understood"),
        }
    }

    /// An iterable of lists.
    pub(super) fn lists(&mut self, node: NodeId, used: Use<'m>) -> Step {
        let list = (Shape::List, None);
        match used {
            Use::Walked(target) => self.bind(target, list),
            Use::Argument(call, _) => {
                let result = self.model.tree.id(call);
                let held = match self.model.target_of(call) {
                    Target::Builtin(name) => match name.as_str() {
                        "len" => return Ok(()),
                        "list" | "tuple" | "iter" | "reversed" => (Shape::Lists, None),
                        "max" | "min" => list,
                        "map" if self.maps_reading(call) => {
                            self.journey.walks.push(node);
                            return Ok(());
                        }
                        _ => return self.doubt(node, "its values are handed on"),
                    },
                    _ => return self.doubt(node, "its values are handed on"),
                };
                self.todo.push((result, held));
                self.key_gets(call, list)
            }
            _ => self.doubt(node, "its values are used in a way that is not understood"),
        }
    }

    /// `map(len, lists)`
    pub(super) fn maps_reading(&self, call: &ExprCall) -> bool {
        call.arguments.args.first().is_some_and(|function| {
            ["len", "sum", "bool"].iter().any(|name| self.model.is_builtin(function, name))
        })
    }

    /// What a key function gets.
    pub(super) fn key_gets(&mut self, call: &'m ExprCall, holder: Holder) -> Step {
        let Some(keyword) = call.arguments.find_keyword("key") else { return Ok(()) };
        match &keyword.value {
            Expr::Lambda(lambda) => {
                let parameters: Vec<_> =
                    lambda.parameters.iter().flat_map(|all| all.iter_non_variadic_params()).collect();
                let [one] = parameters.as_slice() else {
                    return self
                        .doubt(self.model.tree.id(call), "its items are passed to an unknown function");
                };
                match self.model.scopes.resolve(self.model.tree.id(&one.parameter.name)).symbol() {
                    Some(symbol) => self.symbol(symbol, holder),
                    None => Ok(()),
                }
            }
            function if self.model.is_builtin(function, "len") => Ok(()),
            _ => self.doubt(self.model.tree.id(call), "its items are passed to an unknown function"),
        }
    }

    /// A tuple that holds it.
    pub(super) fn within_tuple(&mut self, node: NodeId, used: Use<'m>, shape: Shape, part: usize) -> Step {
        match used {
            Use::Argument(call, slot) => self.passed(node, call, slot, (shape, Some(part))),
            Use::Subscripted(subscript) if !is_stored(subscript.ctx) => {
                match constant_index(&subscript.slice) {
                    Some(at) if at == part => self.push(self.model.tree.id(subscript), shape),
                    Some(_) => {}
                    None => return self.doubt(node, "the tuple that holds it is indexed"),
                }
                Ok(())
            }
            _ => self.doubt(node, "the tuple that holds it is used otherwise than by unpacking it"),
        }
    }
}

/// A literal index from the front.
fn constant_index(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(value) => value.as_usize(),
            _ => None,
        },
        _ => None,
    }
}
