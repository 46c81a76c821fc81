//! Containers of containers of the list that is followed: the lists in the records of a
//! dictionary, those of a dictionary of dictionaries.
//!
//! The list is followed outwards. Whatever container it is put into has to be new where it is
//! made, so that all that refers to it is known; and so has what holds that one.

use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall, ExprDict, Stmt, StmtAssign};
use spacetime_syntax::{Node, NodeId};

use super::{Follow, Holder, Shape, Step};
use crate::Doubt;
use crate::scope::SymbolId;
use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Slot, Use, is_stored, use_of};

/// How something holds others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Around {
    /// They are the values of a dictionary.
    Values,
    /// They are the second elements of pairs.
    Pairs,
    /// They are the items of an iterable.
    Items,
    /// A dictionary has one of them under that literal key.
    Key(NodeId),
}

/// So many containers are told apart.
const MOST: usize = 16;

impl<'m> Follow<'_, 'm> {
    /// What holds things of that shape.
    pub(super) fn around(&mut self, around: Around, shape: Shape) -> Result<Shape, Doubt> {
        match around {
            Around::Values if shape == self.inner => return Ok(Shape::Groups),
            Around::Pairs if shape == self.inner => return Ok(Shape::Pairs),
            Around::Items if shape == self.inner => return Ok(Shape::Lists),
            _ => {}
        }
        let known = self.nests.iter().position(|nest| *nest == (around, shape));
        let at = match known {
            Some(at) => at,
            None if self.alone && self.nests.len() < MOST => {
                self.nests.push((around, shape));
                self.journey.nested = true;
                self.nests.len() - 1
            }
            None => return Err(Doubt::new("it is within containers of containers")),
        };
        Ok(Shape::Nest(at as u8))
    }

    /// What a container of that shape holds.
    fn held_by(&self, shape: Shape) -> Option<(Around, Shape)> {
        match shape {
            Shape::Groups => Some((Around::Values, self.inner)),
            Shape::Pairs => Some((Around::Pairs, self.inner)),
            Shape::Lists => Some((Around::Items, self.inner)),
            Shape::Nest(at) => self.nests.get(usize::from(at)).copied(),
            _ => None,
        }
    }

    pub(super) fn push_around(&mut self, node: NodeId, around: Around, shape: Shape) -> Step {
        let shape = self.around(around, shape)?;
        self.push(node, shape);
        Ok(())
    }

    pub(super) fn nest(&mut self, node: NodeId, used: Use<'m>, at: u8) -> Step {
        match self.nests.get(usize::from(at)).copied() {
            Some((Around::Values, value)) => self.groups(node, used, value),
            Some((Around::Pairs, value)) => self.pairs(node, used, value),
            Some((Around::Items, value)) => self.lists(node, used, value),
            Some((Around::Key(key), value)) => self.record(node, used, key, value),
            None => self.doubt(node, "it is used in a way that is not understood"),
        }
    }

    /// A dictionary with fixed keys, one of which is asked for the list.
    fn record(&mut self, node: NodeId, used: Use<'m>, key: NodeId, value: Shape) -> Step {
        let own = self.around(Around::Key(key), value)?;
        match used {
            // Walking it gives keys.
            Use::Walked(_) | Use::Compared { searched: true } => Ok(()),
            Use::Subscripted(subscript) => {
                if self.is_other_key(&subscript.slice, key) {
                    return Ok(());
                }
                let id = self.model.tree.id(subscript);
                if !is_stored(subscript.ctx) {
                    self.push(id, value);
                    return Ok(());
                }
                match self.model.tree.parent(id).map(|parent| self.model.tree.node(parent)) {
                    // Another list takes its place.
                    Some(Node::Stmt(Stmt::Assign(assign)))
                        if assign.targets.len() == 1 && !self.is_container(value) =>
                    {
                        Ok(())
                    }
                    _ => self.doubt(node, "what holds it is changed in a way that is not understood"),
                }
            }
            Use::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                match (name, self.called(attribute)) {
                    ("get", Some(call)) if call.arguments.keywords.is_empty() => {
                        match call.arguments.args.first() {
                            Some(found) if self.is_other_key(found, key) => {}
                            Some(found) if !found.is_starred_expr() => {
                                self.push(self.model.tree.id(call), value);
                            }
                            _ => {
                                return self
                                    .doubt(node, "what holds it is asked in a way that is not understood");
                            }
                        }
                        Ok(())
                    }
                    ("keys", Some(_)) => Ok(()),
                    _ => self.doubt(node, &format!("the method `{name}` of what holds it is called")),
                }
            }
            Use::Argument(call, slot) => match self.model.target_of(call) {
                Target::Builtin(name) if matches!(name.as_str(), "len" | "bool") => Ok(()),
                _ => self.handed(node, call, slot, own),
            },
            Use::Element(outer) => self.element(node, outer, own),
            _ => self.doubt(node, "what holds it is used in a way that is not understood"),
        }
    }

    /// Whether it surely is not that key.
    fn is_other_key(&self, found: &Expr, key: NodeId) -> bool {
        match (found, self.model.tree.expr(key)) {
            (Expr::StringLiteral(found), Some(Expr::StringLiteral(key))) => {
                found.value.to_str() != key.value.to_str()
            }
            _ => false,
        }
    }

    /// The call of a method.
    pub(super) fn called(&self, attribute: &'m ExprAttribute) -> Option<&'m ExprCall> {
        let id = self.model.tree.id(attribute);
        match self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent)) {
            Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == id => Some(call),
            _ => None,
        }
    }

    fn is_container(&self, shape: Shape) -> bool {
        self.held_by(shape).is_some()
    }

    /// Something of that shape is an argument: it is put into a container, or passed on.
    pub(super) fn handed(&mut self, node: NodeId, call: &'m ExprCall, slot: Slot<'m>, shape: Shape) -> Step {
        if self.alone
            && let Target::Method(name, own) = self.model.target_of(call)
            && own.is_empty()
            && let Expr::Attribute(method) = &*call.func
        {
            match (name.as_str(), slot) {
                ("append", Slot::Position(0)) => {
                    return self.put_into(node, &method.value, Around::Items, shape);
                }
                ("setdefault", Slot::Position(1)) => {
                    self.journey.gathered = true;
                    self.push(self.model.tree.id(call), shape);
                    return self.put_into(node, &method.value, Around::Values, shape);
                }
                _ => {}
            }
        }
        self.passed(node, call, slot, (shape, None))
    }

    /// It is what a function gives that makes missing values: `defaultdict(lambda: {...})`.
    pub(super) fn made_by_function(&mut self, function: NodeId, holder: Holder) -> Result<bool, Doubt> {
        let Use::Argument(call, Slot::Position(0)) = use_of(self.model.tree, function) else {
            return Ok(false);
        };
        if !self.alone || holder.1.is_some() || !self.is_defaultdict(call) {
            return Ok(false);
        }
        self.journey.gathered = true;
        self.push_around(self.model.tree.id(call), Around::Values, holder.0)?;
        Ok(true)
    }

    fn is_defaultdict(&self, call: &ExprCall) -> bool {
        call.arguments.args.len() == 1
            && call.arguments.keywords.is_empty()
            && matches!(self.model.target_of(call), Target::Library(name) if name == "collections.defaultdict")
    }

    /// The key under which a dictionary display has a value.
    pub(super) fn key_in(&self, dict: &'m ExprDict, node: NodeId) -> Option<&'m Expr> {
        let plain = dict.items.iter().all(|item| item.key.is_some());
        let item = dict.items.iter().find(|item| self.model.tree.id(&item.value) == node)?;
        item.key.as_ref().filter(|_| plain)
    }

    /// `lists.append(list)`, `lists[name] = list`: whatever a new container holds.
    pub(super) fn put_into(
        &mut self,
        node: NodeId,
        container: &'m Expr,
        around: Around,
        shape: Shape,
    ) -> Step {
        if !self.alone {
            return self.doubt(node, "it is put into another container");
        }
        let holder = self.around(around, shape)?;
        self.contained(node, container, holder)
    }

    /// What may be a container of that shape: all that refers to it is followed.
    pub(super) fn contained(&mut self, node: NodeId, container: &'m Expr, shape: Shape) -> Step {
        if self.is_new(container, shape) {
            return Ok(());
        }
        match container {
            Expr::Name(_) => {
                let symbol = self.model.scopes.resolve(self.model.tree.id(container)).symbol();
                match symbol {
                    Some(symbol) => self.contained_in_variable(node, symbol, shape),
                    None => self.doubt(node, "it is put into another container"),
                }
            }
            Expr::Attribute(attribute) => self.contained_in_attribute(node, attribute, shape),
            // `table[key][name] = list`
            Expr::Subscript(subscript) if !subscript.slice.is_slice_expr() => {
                self.put_into(node, &subscript.value, Around::Values, shape)
            }
            // `table.setdefault(key, {})[name] = list`
            Expr::Call(call) => match (&*call.func, &call.arguments.args[..]) {
                (Expr::Attribute(method), [_, made])
                    if method.attr.as_str() == "setdefault"
                        && call.arguments.keywords.is_empty()
                        && self.is_new(made, shape) =>
                {
                    self.put_into(node, &method.value, Around::Values, shape)
                }
                // `record = table.get(key)`
                (Expr::Attribute(method), [_] | [_, Expr::NoneLiteral(_)])
                    if matches!(method.attr.as_str(), "get" | "pop")
                        && call.arguments.keywords.is_empty() =>
                {
                    self.put_into(node, &method.value, Around::Values, shape)
                }
                _ => self.doubt(node, "it is put into another container"),
            },
            // `record = None`, before there is one
            Expr::NoneLiteral(_) => Ok(()),
            _ => self.doubt(node, "it is put into another container"),
        }
    }

    fn contained_in_variable(&mut self, node: NodeId, symbol: SymbolId, shape: Shape) -> Step {
        if !self.containers.insert((symbol, shape)) {
            return Ok(());
        }
        for binding in &self.model.scopes.symbol(symbol).bindings {
            match self.model.tree.parent(*binding).map(|parent| self.model.tree.node(parent)) {
                Some(Node::Stmt(Stmt::Assign(assign))) => self.contained_in_all(node, assign, shape)?,
                Some(Node::Stmt(Stmt::AnnAssign(assign))) => match &assign.value {
                    Some(value) => self.contained(node, value, shape)?,
                    None => return self.doubt(node, "it is put into another container"),
                },
                Some(Node::Part(_)) => self.contained_in_parameter(node, *binding, symbol, shape)?,
                _ => return self.doubt(node, "it is put into another container"),
            }
        }
        self.symbol(symbol, (shape, None))
    }

    /// `record = table[key] = {...}`: what is bound there is a container of that shape for all of them.
    pub(super) fn contained_in_all(&mut self, node: NodeId, assign: &'m StmtAssign, shape: Shape) -> Step {
        self.contained(node, &assign.value, shape)?;
        if assign.targets.len() > 1 {
            assign.targets.iter().try_for_each(|target| self.bind(target, (shape, None)))?;
        }
        Ok(())
    }

    /// What callers pass.
    fn contained_in_parameter(
        &mut self,
        node: NodeId,
        binding: NodeId,
        symbol: SymbolId,
        shape: Shape,
    ) -> Step {
        let def = self.model.function_around(binding).filter(|def| {
            self.model.function(*def).is_some_and(|function| {
                let parameters = &function.parameters;
                let mut plain =
                    parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
                plain.any(|one| self.model.tree.id(&one.parameter.name) == binding && one.default.is_none())
            })
        });
        let Some(def) = def else { return self.doubt(node, "it is put into another container") };
        self.journey.travels = true;
        self.journey.trusts_callers = true;
        for call in self.model.callers(def)? {
            match self.model.argument_for(call, def, symbol) {
                Some(argument) => self.contained(node, argument, shape)?,
                None => return self.doubt(node, "it is put into a container that is passed otherwise"),
            }
        }
        Ok(())
    }

    /// `self.table[key] = list`: the attribute of that name is always set to a new container.
    fn contained_in_attribute(&mut self, node: NodeId, attribute: &'m ExprAttribute, shape: Shape) -> Step {
        let name = attribute.attr.as_str();
        let mut made = Vec::new();
        for id in self.model.attributes_named(name) {
            let Some(Expr::Attribute(found)) = self.model.tree.expr(*id) else { continue };
            if !is_stored(found.ctx) {
                continue;
            }
            let value = match self.model.tree.parent(*id).map(|parent| self.model.tree.node(parent)) {
                Some(Node::Stmt(Stmt::Assign(assign))) if assign.targets.len() == 1 => Some(&*assign.value),
                Some(Node::Stmt(Stmt::AnnAssign(assign))) => assign.value.as_deref(),
                _ => None,
            };
            match value {
                Some(value) if self.is_new(value, shape) => made.push(found),
                _ => return self.doubt(node, "it is put into another container"),
            }
        }
        if made.is_empty() {
            return self.doubt(node, "it is put into another container");
        }
        made.into_iter().try_for_each(|found| self.stored(found, (shape, None)))
    }

    /// Whether an expression makes a container of that shape, all of whose containers are new, too.
    pub(super) fn is_new(&self, expr: &Expr, shape: Shape) -> bool {
        let Some((around, value)) = self.held_by(shape) else { return false };
        let fine = |expr: &Expr| !self.is_container(value) || self.is_new(expr, value);
        match (expr, around) {
            (Expr::Dict(dict), Around::Values | Around::Key(_)) => {
                dict.items.iter().all(|item| item.key.is_some() && fine(&item.value))
            }
            (Expr::DictComp(comp), Around::Values) => fine(&comp.value),
            (Expr::List(list), Around::Items) => {
                list.elts.iter().all(|element| !element.is_starred_expr() && fine(element))
            }
            (Expr::ListComp(comp), Around::Items) => fine(&comp.elt),
            (Expr::Call(call), _) => {
                let empty = call.arguments.is_empty();
                match (self.model.target_of(call), around) {
                    (Target::Builtin(name), Around::Values | Around::Key(_)) => empty && name == "dict",
                    (Target::Builtin(name), Around::Items) => empty && name == "list",
                    (Target::Library(name), Around::Values) if name == "collections.OrderedDict" => empty,
                    // It knows what to do with lists that have their items on disk.
                    (Target::Library(name), Around::Values)
                        if name == "spacetime_compiler.runtime.SpillDict" =>
                    {
                        call.arguments.args.is_empty() && call.arguments.find_keyword("changing").is_some()
                    }
                    (Target::Library(name), Around::Values) if name == "collections.defaultdict" => {
                        call.arguments.keywords.is_empty()
                            && matches!(&call.arguments.args[..], [factory] if self.makes_new(factory, value))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a default factory makes new containers of that shape.
    fn makes_new(&self, factory: &Expr, shape: Shape) -> bool {
        let named = |name: &str| self.model.is_builtin(factory, name);
        match (factory, self.held_by(shape)) {
            (Expr::Lambda(lambda), Some(_)) => self.is_new(&lambda.body, shape),
            (_, None) => true,
            (_, Some((Around::Values | Around::Key(_), _))) => named("dict"),
            (_, Some((Around::Items, _))) => named("list"),
            _ => false,
        }
    }
}
