//! What holds the list: a dictionary of lists, its items and values, a tuple.

use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall, Number, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::nested::Around;
use super::{Follow, Holder, Shape, Step};
use crate::Doubt;
use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Slot, Use, is_stored, use_of};

/// What walks a dictionary, and so gets its keys.
pub(super) const ON_KEYS: [&str; 20] = [
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
    "itertools.chain",
    "heapq.nsmallest",
    "spacetime_compiler.runtime.external_sort",
    "spacetime_compiler.runtime.sorted_head",
    "spacetime_compiler.runtime.sorted_item",
    "spacetime_compiler.runtime.sorted_set",
];

impl<'m> Follow<'_, 'm> {
    /// A dictionary whose values are of that shape.
    pub(super) fn groups(&mut self, node: NodeId, used: Use<'m>, value: Shape) -> Step {
        match used {
            // Walking it gives keys.
            Use::Walked(_) | Use::Compared { searched: true } => Ok(()),
            Use::Argument(call, slot) => match self.model.target_of(call) {
                // A dictionary with the same lists.
                Target::Builtin(name) if name == "dict" => {
                    self.push_around(self.model.tree.id(call), Around::Values, value)
                }
                Target::Builtin(name) if ON_KEYS.contains(&name.as_str()) => {
                    self.journey.keyed.push(self.model.tree.id(call));
                    Ok(())
                }
                Target::Library(name) if ON_KEYS.contains(&name.as_str()) => Ok(()),
                Target::Method(name, own) if own.is_empty() && name == "join" => Ok(()),
                _ => {
                    let own = self.around(Around::Values, value)?;
                    self.handed(node, call, slot, own)
                }
            },
            Use::Attribute(attribute) => self.groups_method(node, attribute, value),
            Use::Subscripted(subscript) => {
                let id = self.model.tree.id(subscript);
                if is_stored(subscript.ctx) {
                    return self.group_stored(id, value);
                }
                self.push(id, value);
                Ok(())
            }
            Use::Element(outer) if self.alone => {
                let own = self.around(Around::Values, value)?;
                self.element(node, outer, own)
            }
            _ => self.doubt(node, "the dictionary is used in a way that is not understood"),
        }
    }

    /// `groups[key] = [...]`
    pub(super) fn group_stored(&mut self, subscript: NodeId, value: Shape) -> Step {
        let parent = self.model.tree.parent(subscript).map(|parent| self.model.tree.node(parent));
        match parent {
            Some(Node::Stmt(Stmt::Assign(assign))) if assign.targets.len() == 1 => {
                self.group_made(&assign.value, value)
            }
            // `record = groups[key] = {...}`
            Some(Node::Stmt(Stmt::Assign(assign))) if self.alone && value != self.inner => {
                self.contained_in_all(subscript, assign, value)
            }
            Some(Node::Stmt(Stmt::Delete(_))) => Ok(()),
            // `groups[key] |= {...}`
            Some(Node::Stmt(Stmt::AugAssign(assign)))
                if self.inner == Shape::Set
                    && assign.op == Operator::BitOr
                    && self.model.is_surely_set(&assign.value) =>
            {
                self.journey.extended.push(self.model.tree.id(&*assign.value));
                Ok(())
            }
            _ => self.doubt(subscript, "a value of the dictionary is set in a way that is not understood"),
        }
    }

    /// The list that is put into the dictionary; it has to be a new one, but where one list is
    /// followed that was put into a dictionary with others.
    pub(super) fn group_made(&mut self, value: &'m Expr, shape: Shape) -> Step {
        let node = self.model.tree.id(value);
        if self.alone {
            return if shape == self.inner { Ok(()) } else { self.contained(node, value, shape) };
        }
        match self.inner {
            Shape::Set => return self.set_made(value),
            Shape::Dict => return self.dict_made(value),
            _ => {}
        }
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

    /// The set that is put into the dictionary: a new one, or one that is on disk already.
    fn set_made(&mut self, value: &'m Expr) -> Step {
        let node = self.model.tree.id(value);
        match value {
            Expr::Call(call) if self.is_new_set(call) => {
                let items = call.arguments.args.iter().map(|items| self.model.tree.id(items));
                self.journey.extended.extend(items);
                self.journey.made.push(node);
                Ok(())
            }
            Expr::Set(set) if !set.elts.iter().any(Expr::is_starred_expr) => {
                self.journey.added.extend(set.elts.iter().map(|element| self.model.tree.id(element)));
                self.journey.made.push(node);
                Ok(())
            }
            Expr::Call(call)
                if matches!(self.model.target_of(call), Target::Library(name)
                    if name == "spacetime_compiler.runtime.SpillGroupSet") =>
            {
                Ok(())
            }
            _ => self.doubt(node, "a value of the dictionary is no new set"),
        }
    }

    /// `set()`, `set(items)`
    fn is_new_set(&self, call: &'m ExprCall) -> bool {
        let arguments = &call.arguments;
        let plain = arguments.keywords.is_empty()
            && arguments.args.len() <= 1
            && !arguments.args.iter().any(Expr::is_starred_expr);
        plain && matches!(self.model.target_of(call), Target::Builtin(name) if name == "set")
    }

    pub(super) fn groups_method(&mut self, node: NodeId, attribute: &'m ExprAttribute, value: Shape) -> Step {
        let id = self.model.tree.id(attribute);
        let name = attribute.attr.as_str();
        let call = match self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent)) {
            Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == id => call,
            // `max(groups, key=groups.get)` and the like hand the lists on.
            _ => return self.doubt(node, &format!("the dictionary's method `{name}` is taken")),
        };
        let result = self.model.tree.id(call);
        match (name, &call.arguments.args[..]) {
            ("items", []) => self.push_around(result, Around::Pairs, value)?,
            ("values", []) => self.push_around(result, Around::Items, value)?,
            ("keys", []) => self.journey.keyed.extend(self.taken_by(result)),
            ("clear", []) => {}
            ("get" | "pop", [_] | [_, Expr::List(_) | Expr::Tuple(_) | Expr::NoneLiteral(_)]) => {
                self.push(result, value);
            }
            // `table.get(key, {})`
            ("get" | "pop", [_, made]) if self.alone && self.is_new(made, value) => {
                self.push(result, value);
            }
            ("get" | "pop", [_, Expr::Call(made)])
                if self.inner == Shape::Set && self.is_new_set(made) && made.arguments.is_empty() =>
            {
                self.push(result, self.inner);
            }
            ("get" | "pop", [_, Expr::Dict(made)]) if self.inner == Shape::Dict && made.items.is_empty() => {
                self.push(result, self.inner);
            }
            ("setdefault", [_, made]) => {
                self.group_made(made, value)?;
                self.push(result, value);
            }
            _ => return self.doubt(node, &format!("the dictionary's method `{name}` is called")),
        }
        Ok(())
    }

    /// The call that gets it.
    fn taken_by(&self, node: NodeId) -> Option<NodeId> {
        match use_of(self.model.tree, node) {
            Use::Argument(call, _) => Some(self.model.tree.id(call)),
            _ => None,
        }
    }

    /// An iterable of keys and lists.
    pub(super) fn pairs(&mut self, node: NodeId, used: Use<'m>, value: Shape) -> Step {
        let pair = (value, Some(1));
        let pairs = self.around(Around::Pairs, value)?;
        match used {
            Use::Walked(target) => self.bind(target, pair),
            Use::Argument(call, _) => {
                let result = self.model.tree.id(call);
                let held = match self.model.target_of(call) {
                    Target::Builtin(name) => match name.as_str() {
                        "len" => return Ok(()),
                        "sorted" | "list" | "tuple" | "iter" | "reversed" => (pairs, None),
                        // `dict(sorted(groups.items()))`
                        "dict" => (self.around(Around::Values, value)?, None),
                        "max" | "min" => pair,
                        "enumerate" => return self.enumerated(node, call, pair),
                        _ => return self.doubt(node, "its items are handed on"),
                    },
                    Target::Library(name) if name == "spacetime_compiler.runtime.sorted_item" => pair,
                    Target::Library(name)
                        if matches!(
                            name.as_str(),
                            "heapq.nlargest"
                                | "heapq.nsmallest"
                                | "spacetime_compiler.runtime.sorted_head"
                                | "spacetime_compiler.runtime.external_sort"
                        ) =>
                    {
                        (pairs, None)
                    }
                    _ => return self.doubt(node, "its items are handed on"),
                };
                self.journey.keyed.push(result);
                self.todo.push((result, held));
                self.key_gets(call, pair)
            }
            Use::Subscripted(subscript) if !is_stored(subscript.ctx) => {
                let slice = matches!(&*subscript.slice, Expr::Slice(_));
                let held = if slice { (pairs, None) } else { pair };
                self.todo.push((self.model.tree.id(subscript), held));
                Ok(())
            }
            _ => self.doubt(node, "its items are used in a way that is not understood"),
        }
    }

    /// `[first, second]`, `[group for group in groups.values() if ...]`,
    /// `{key: group for key, group in groups.items() if ...}`, `{"name": name, "items": list}`
    pub(super) fn element(&mut self, node: NodeId, outer: NodeId, shape: Shape) -> Step {
        let around = match self.model.tree.expr(outer) {
            Some(Expr::List(_) | Expr::Tuple(_) | Expr::ListComp(_) | Expr::Generator(_)) => Around::Items,
            Some(Expr::DictComp(_)) => Around::Values,
            Some(Expr::Dict(dict)) if self.alone => {
                self.journey.gathered = true;
                match self.key_in(dict, node) {
                    Some(key @ Expr::StringLiteral(_)) => Around::Key(self.model.tree.id(key)),
                    Some(_) => Around::Values,
                    None => return self.doubt(node, "it is put into another container"),
                }
            }
            _ => return self.doubt(node, "it is put into another container"),
        };
        self.push_around(outer, around, shape)
    }

    /// An iterable of tuples with a list at that place: `(("mass", masses), ("charge", charges))`.
    pub(super) fn rows(&mut self, node: NodeId, used: Use<'m>, part: u8) -> Step {
        let tuple = (self.inner, Some(usize::from(part)));
        match used {
            Use::Walked(target) => return self.bind(target, tuple),
            Use::Argument(call, _) => match self.model.target_of(call) {
                Target::Builtin(name) if name == "len" => return Ok(()),
                Target::Builtin(name) if matches!(name.as_str(), "list" | "tuple" | "iter" | "reversed") => {
                    self.push(self.model.tree.id(call), Shape::Rows(part));
                    return Ok(());
                }
                _ => {}
            },
            Use::Subscripted(subscript) if !is_stored(subscript.ctx) => {
                let slice = matches!(&*subscript.slice, Expr::Slice(_));
                let held = if slice { (Shape::Rows(part), None) } else { tuple };
                self.todo.push((self.model.tree.id(subscript), held));
                return Ok(());
            }
            _ => {}
        }
        self.doubt(node, "the tuples that hold it are used in a way that is not understood")
    }

    /// An iterable of things of that shape.
    pub(super) fn lists(&mut self, node: NodeId, used: Use<'m>, value: Shape) -> Step {
        let list = (value, None);
        let lists = self.around(Around::Items, value)?;
        if value == self.inner && self.inner == Shape::List && self.walks_all(used) {
            self.journey.walks.push(node);
            self.journey.holders.push(node);
            return Ok(());
        }
        match used {
            Use::Walked(target) => self.bind(target, list),
            Use::Argument(call, slot) => {
                let result = self.model.tree.id(call);
                let held = match self.model.target_of(call) {
                    Target::Builtin(name) => match name.as_str() {
                        "len" => return Ok(()),
                        "list" | "tuple" | "iter" | "reversed" => (lists, None),
                        // What cannot be compared is sorted by something else.
                        "sorted" if value != self.inner => (lists, None),
                        "zip" | "enumerate" if value == self.inner => match numbered(&name, slot) {
                            Some(part) => (Shape::Rows(part), None),
                            None => return self.doubt(node, "its values are handed on"),
                        },
                        "max" | "min" => self.largest(node, call, list)?,
                        "enumerate" => return self.enumerated(node, call, list),
                        "map" if value == self.inner && self.maps_reading(call) => {
                            self.journey.walks.push(node);
                            return Ok(());
                        }
                        _ => return self.doubt(node, "its values are handed on"),
                    },
                    Target::Function(_) if self.alone => return self.passed(node, call, slot, (lists, None)),
                    _ => return self.doubt(node, "its values are handed on"),
                };
                self.todo.push((result, held));
                self.key_gets(call, list)
            }
            Use::Subscripted(subscript) if !is_stored(subscript.ctx) => {
                let slice = matches!(&*subscript.slice, Expr::Slice(_));
                let held = if slice { lists } else { value };
                self.push(self.model.tree.id(subscript), held);
                Ok(())
            }
            Use::Attribute(attribute) if self.alone => {
                match (attribute.attr.as_str(), self.called(attribute)) {
                    // `lists.append(other)`
                    ("append", Some(call)) => match &call.arguments.args[..] {
                        [other] if value != self.inner => self.contained(node, other, value),
                        _ => Ok(()),
                    },
                    ("sort", Some(call)) if value != self.inner => self.key_gets(call, list),
                    _ => self.doubt(node, "a method of what holds it is taken"),
                }
            }
            Use::Element(outer) if self.alone => self.element(node, outer, lists),
            _ => self.doubt(node, "its values are used in a way that is not understood"),
        }
    }

    /// One of them, by a key function at least where they are dictionaries: what is wrong with comparing those
    /// names their class.
    fn largest(&self, node: NodeId, call: &ExprCall, holder: Holder) -> Result<Holder, Doubt> {
        if self.inner == Shape::Dict && call.arguments.find_keyword("key").is_none() {
            self.doubt(node, "dictionaries are compared")?;
        }
        Ok(holder)
    }

    /// `for number, (key, record) in enumerate(pairs, 1)`
    fn enumerated(&mut self, node: NodeId, call: &'m ExprCall, holder: Holder) -> Step {
        let is_first = call.arguments.args.first().is_some_and(|first| self.model.tree.id(first) == node);
        match use_of(self.model.tree, self.model.tree.id(call)) {
            Use::Walked(Expr::Tuple(target)) if is_first => match &target.elts[..] {
                [number, item] if !number.is_starred_expr() && !item.is_starred_expr() => {
                    self.bind(item, holder)
                }
                _ => self.doubt(node, "its items are handed on"),
            },
            _ => self.doubt(node, "its items are handed on"),
        }
    }

    /// `zip(*lists)`, `heapq.merge(*lists)`, `chain.from_iterable(lists)`: all lists are walked, and nothing
    /// else is done with them.
    fn walks_all(&self, used: Use<'m>) -> bool {
        match used {
            Use::Unpacked(call) => match self.model.tree.expr(call) {
                Some(Expr::Call(call)) => match self.model.target_of(call) {
                    Target::Builtin(name) => name == "zip",
                    Target::Library(name) => {
                        matches!(name.as_str(), "heapq.merge" | "itertools.chain" | "itertools.zip_longest")
                    }
                    _ => false,
                },
                _ => false,
            },
            Use::Argument(call, Slot::Position(0)) => {
                matches!(self.model.target_of(call), Target::Library(name)
                    if name == "itertools.chain.from_iterable")
            }
            _ => false,
        }
    }

    /// `map(len, lists)`
    pub(super) fn maps_reading(&self, call: &ExprCall) -> bool {
        call.arguments.args.first().is_some_and(|function| {
            let sums = self.inner == Shape::List && self.model.is_builtin(function, "sum");
            sums || ["len", "bool"].iter().any(|name| self.model.is_builtin(function, name))
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
            Use::Argument(call, slot) => {
                if let Target::Builtin(name) = self.model.target_of(call)
                    && let Some(row) = numbered(&name, slot).filter(|_| shape == Shape::List)
                {
                    self.push(self.model.tree.id(call), Shape::Rows(row));
                    return Ok(());
                }
                self.passed(node, call, slot, (shape, Some(part)))
            }
            Use::Subscripted(subscript) if !is_stored(subscript.ctx) => {
                match constant_index(&subscript.slice) {
                    Some(at) if at == part => self.push(self.model.tree.id(subscript), shape),
                    Some(_) => {}
                    None => return self.doubt(node, "the tuple that holds it is indexed"),
                }
                Ok(())
            }
            // `for values in (masses, charges)`: the target may be any of them.
            Use::Walked(target) => self.bind(target, (shape, None)),
            Use::Part(outer, _) | Use::Element(outer) if shape == Shape::List => {
                let row = u8::try_from(part).ok();
                match (self.model.tree.expr(outer), row) {
                    (
                        Some(Expr::List(_) | Expr::Tuple(_) | Expr::ListComp(_) | Expr::Generator(_)),
                        Some(row),
                    ) => {
                        self.push(outer, Shape::Rows(row));
                        Ok(())
                    }
                    _ => self.doubt(node, "the tuple that holds it is put into another container"),
                }
            }
            _ => self.doubt(node, "the tuple that holds it is used otherwise than by unpacking it"),
        }
    }
}

/// The place of what `zip` and `enumerate` walk in the tuples that they give.
fn numbered(name: &str, slot: Slot<'_>) -> Option<u8> {
    match (name, slot) {
        ("zip", Slot::Position(at)) => u8::try_from(at).ok(),
        ("enumerate", Slot::Position(0)) => Some(1),
        _ => None,
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
