//! A dictionary that nobody can tell from one on disk: keys are looked up, set and
//! deleted in it, and it is walked.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprAttribute, ExprCall, ExprSubscript, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::askers::{LIBRARY, METHODS, WALKING};
use super::groups::ON_KEYS;
use super::{Follow, Shape, Step};
use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Slot, Use, is_stored, use_of};

/// What counts, given a dictionary, as that says.
const COUNTERS: [&str; 2] = ["collections.Counter", "spacetime_compiler.runtime.SpillCounter"];

impl<'m> Follow<'_, 'm> {
    /// What shows a dictionary shows all of it.
    pub(super) fn check_shown(&self, node: NodeId, used: Use<'m>) -> Step {
        let formatted = self.model.tree.parent(node).is_some_and(|parent| {
            matches!(self.model.tree.node(parent), Node::Part(AnyNodeRef::InterpolatedElement(_)))
        });
        match used {
            Use::Read if formatted => self.doubt(node, "it is formatted"),
            _ => Ok(()),
        }
    }

    pub(super) fn dict(&mut self, node: NodeId, used: Use<'m>) -> Step {
        match used {
            Use::Walked(_) | Use::YieldedFrom => self.journey.walks.push(node),
            Use::Compared { searched: true } => {}
            Use::Compared { searched: false } => return self.doubt(node, "it is compared"),
            Use::Argument(call, slot) => return self.dict_argument(node, call, slot),
            Use::Attribute(attribute) => return self.dict_attribute(node, attribute),
            Use::Subscripted(subscript) => return self.dict_subscript(subscript),
            Use::Unpacked(_) => return self.doubt(node, "it is unpacked"),
            Use::Element(_) | Use::Key => return self.doubt(node, "it is put into another container"),
            Use::Operand(parent) => return self.dict_operand(node, parent),
            Use::Yielded => return self.doubt(node, "it is yielded"),
            Use::Identity { .. } => return self.doubt(node, "its identity is asked for"),
            _ => return self.doubt(node, "it is used in a way that is not understood"),
        }
        Ok(())
    }

    fn dict_argument(&mut self, node: NodeId, call: &'m ExprCall, slot: Slot<'m>) -> Step {
        match self.model.target_of(call) {
            Target::Builtin(name) if matches!(name.as_str(), "len" | "bool") => Ok(()),
            Target::Builtin(name) | Target::Library(name) if ON_KEYS.contains(&name.as_str()) => {
                self.journey.walks.push(node);
                Ok(())
            }
            Target::Method(name, own) if own.is_empty() && name == "join" => {
                self.journey.walks.push(node);
                Ok(())
            }
            // What it counts is what the dictionary says.
            Target::Library(name) if COUNTERS.contains(&name.as_str()) && call.arguments.len() == 1 => {
                self.journey.walks.push(node);
                self.journey.counted.push(node);
                Ok(())
            }
            _ => self.passed(node, call, slot, (Shape::Dict, None)),
        }
    }

    /// `table[key]`, `table[key] = value`, `table[key] += value`, `del table[key]`
    fn dict_subscript(&mut self, subscript: &'m ExprSubscript) -> Step {
        let id = self.model.tree.id(subscript);
        if !is_stored(subscript.ctx) {
            self.journey.values.push((id, 0));
            return Ok(());
        }
        match self.model.tree.parent(id).map(|parent| self.model.tree.node(parent)) {
            Some(Node::Stmt(Stmt::Assign(assign))) => {
                self.journey.added.push(self.model.tree.id(&*assign.value));
                self.journey.keys.push(self.model.tree.id(&*subscript.slice));
                Ok(())
            }
            Some(Node::Stmt(Stmt::AugAssign(assign))) => {
                self.journey.augmented.push(self.model.tree.id(&*assign.value));
                Ok(())
            }
            Some(Node::Stmt(Stmt::Delete(_))) => Ok(()),
            _ => self.doubt(id, "a value of the dictionary is set in a way that is not understood"),
        }
    }

    fn dict_attribute(&mut self, node: NodeId, attribute: &'m ExprAttribute) -> Step {
        let name = attribute.attr.as_str();
        let id = self.model.tree.id(attribute);
        if is_stored(attribute.ctx) {
            return self.doubt(node, "an attribute of it is set");
        }
        match self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent)) {
            Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == id => {
                self.dict_method(node, call, name)
            }
            _ if name == "get" => self.bound_get(id),
            _ => self.doubt(node, &format!("its method `{name}` is taken")),
        }
    }

    /// `max(table, key=table.get)`; `find = table.get`, where `find` is only ever called.
    fn bound_get(&mut self, id: NodeId) -> Step {
        let Use::Argument(call, Slot::Keyword("key")) = use_of(self.model.tree, id) else {
            return self.only_called(id, "get", Self::dict_method);
        };
        let orders = match self.model.target_of(call) {
            Target::Builtin(name) => matches!(name.as_str(), "sorted" | "max" | "min"),
            Target::Library(name) => {
                name.starts_with("heapq.n") || name.starts_with("spacetime_compiler.runtime.")
            }
            Target::Method(name, own) => own.is_empty() && name == "sort",
            _ => false,
        };
        self.journey.ordered = true;
        if orders { Ok(()) } else { self.doubt(id, "its method `get` is handed on") }
    }

    fn dict_method(&mut self, node: NodeId, call: &'m ExprCall, name: &str) -> Step {
        let arguments = &call.arguments;
        let result = self.model.tree.id(call);
        if !arguments.keywords.is_empty() || arguments.args.iter().any(Expr::is_starred_expr) {
            return self
                .doubt(node, &format!("its method `{name}` is called in a way that is not understood"));
        }
        match (name, &arguments.args[..]) {
            ("get" | "pop", [_] | [_, _]) => self.journey.values.push((result, 0)),
            ("setdefault", [key, value]) => {
                self.journey.keys.push(self.model.tree.id(key));
                self.journey.added.push(self.model.tree.id(value));
                self.journey.values.push((result, 0));
            }
            ("keys", []) => self.push(result, Shape::View(0)),
            ("values", []) => self.push(result, Shape::View(1)),
            ("items", []) => self.push(result, Shape::View(2)),
            ("clear", []) => {}
            ("most_common", [] | [_]) | ("total", []) if self.counter => {}
            ("update", [items]) if self.counter => self.journey.extended.push(self.model.tree.id(items)),
            _ => return self.doubt(node, &format!("its method `{name}` is called")),
        }
        Ok(())
    }

    /// The dictionary that is put into another: a new one.
    pub(super) fn dict_made(&mut self, value: &'m Expr) -> Step {
        let tree = self.model.tree;
        let is_new = match value {
            Expr::Dict(dict) => {
                let pairs = dict.items.iter().filter_map(|item| Some((item.key.as_ref()?, &item.value)));
                let (keys, values): (Vec<_>, Vec<_>) =
                    pairs.map(|(key, value)| (tree.id(key), tree.id(value))).unzip();
                let all = keys.len() == dict.items.len();
                self.journey.keys.extend(keys);
                self.journey.added.extend(values);
                all
            }
            Expr::Call(call) => match self.model.target_of(call) {
                Target::Builtin(name) => name == "dict" && call.arguments.is_empty(),
                Target::Library(name) => match name.as_str() {
                    "collections.defaultdict" => true,
                    "collections.Counter" => call.arguments.is_empty(),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        };
        if !is_new {
            return self.doubt(tree.id(value), "a value of the dictionary is no new dictionary");
        }
        self.journey.made.push(tree.id(value));
        Ok(())
    }

    /// `items()`, `values()`, `keys()`: walked where it is made, by what walks anything, or by
    /// a function that gets it.
    pub(super) fn view(&mut self, node: NodeId, used: Use<'m>, level: u8) -> Step {
        if let Use::Argument(call, slot) = used {
            let is_own = match self.model.target_of(call) {
                Target::Function(_) | Target::Class(_) => true,
                Target::Method(_, own) => !own.is_empty(),
                _ => false,
            };
            if is_own {
                return self.passed(node, call, slot, (Shape::View(level), None));
            }
        }
        let walks = match used {
            Use::Walked(_) | Use::YieldedFrom => true,
            Use::Argument(call, _) => match self.model.target_of(call) {
                Target::Builtin(name) => name == "len" || WALKING.contains(&name.as_str()),
                Target::Library(name) => LIBRARY.contains(&name.as_str()),
                Target::Method(name, own) => {
                    self.journey.trusts_method_names = true;
                    own.is_empty() && METHODS.contains(&name.as_str())
                }
                _ => false,
            },
            Use::Compared { searched: true } if level == 0 => return Ok(()),
            _ if level == 0 && self.keys_asked(node, used)? => return Ok(()),
            _ => false,
        };
        if !walks {
            return self.doubt(node, "its items are used in a way that is not understood");
        }
        self.journey.walks.push(node);
        if level > 0 {
            self.journey.values.push((node, level));
        }
        Ok(())
    }
}
