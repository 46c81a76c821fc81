//! Whether what comes out of a list is only looked at: never changed, never
//! told from a copy of it.
//!
//! Every expression, variable, attribute and result gets a *depth*: how many
//! containers have to be opened until an item may appear. 0 is an item itself,
//! -1 a part of one (a field, what a field holds), 1 a container of items, and so
//! on; the least depth counts. Changing something of depth 1 or more changes a
//! container, which is nobody's business; at 0 and below it changes an item.

use rustc_hash::FxHashMap;
use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall, ExprSubscript, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use super::methods::{Effect, method_effect};
use super::uses::{Slot, Use, is_stored, use_of};
use crate::scope::{ScopeKind, SymbolId};
use crate::{Doubt, Kind, Model};

/// What is done with items that have been taken from a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lent {
    /// Items are compared, hashed or ordered as a whole.
    pub compared: bool,
    /// Some method was taken for what its name says.
    pub trusts_method_names: bool,
}

/// An item, and how deep it may lie.
type Depth = i8;

const ITEM: Depth = 0;
const PART: Depth = -1;
/// Deeper is not told apart: too shallow is the safe side.
const DEEPEST: Depth = 4;

impl Model<'_> {
    /// Follows the items of the lists that the expressions at `places` are.
    ///
    /// # Errors
    /// A doubt that says where an item is changed, told from a copy, or gets
    /// out of sight.
    pub fn lent(&self, places: &[NodeId]) -> Result<Lent, Doubt> {
        let mut follow = Items {
            model: self,
            lent: Lent::default(),
            todo: Vec::new(),
            depths: FxHashMap::default(),
            symbols: FxHashMap::default(),
            attributes: FxHashMap::default(),
            results: FxHashMap::default(),
            filled: FxHashMap::default(),
        };
        for place in places {
            follow.has(*place, 1);
        }
        follow.implicit_methods()?;
        while let Some((node, depth)) = follow.todo.pop() {
            follow.step(node, depth)?;
        }
        Ok(follow.lent)
    }
}

struct Items<'a, 'm> {
    model: &'a Model<'m>,
    lent: Lent,
    todo: Vec<(NodeId, Depth)>,
    depths: FxHashMap<NodeId, Depth>,
    symbols: FxHashMap<SymbolId, Depth>,
    attributes: FxHashMap<String, Depth>,
    /// What functions return, and what generators yield.
    results: FxHashMap<NodeId, Depth>,
    /// Expressions whose objects something has been put into.
    filled: FxHashMap<NodeId, Depth>,
}

type Step = Result<(), Doubt>;

/// One container opened.
fn opened(depth: Depth) -> Depth {
    (depth - 1).max(PART)
}

fn put(depth: Depth) -> Depth {
    (depth + 1).max(1)
}

/// A new container with the elements of the old one.
fn same_elements(depth: Depth) -> Depth {
    depth.max(1)
}

impl<'m> Items<'_, 'm> {
    /// The expression may evaluate to something of that depth.
    fn has(&mut self, node: NodeId, depth: Depth) {
        let depth = depth.clamp(PART, DEEPEST);
        let known = self.depths.entry(node).or_insert(Depth::MAX);
        if depth < *known {
            *known = depth;
            self.todo.push((node, depth));
        }
    }

    fn doubt(&self, node: NodeId, what: &str) -> Step {
        Err(Doubt::new(format!("{what} (line {})", self.model.line(node))))
    }

    /// Numbers, strings and the like: nothing can be done to them that matters.
    fn is_plain(&self, node: NodeId) -> bool {
        let (Some(body), Some(expr)) = (self.model.body_of(node), self.model.tree.expr(node)) else {
            return false;
        };
        let kind = body.kind(self.model, expr);
        kind.is_scalar() && kind != Kind::Never
    }

    fn step(&mut self, node: NodeId, depth: Depth) -> Step {
        let used = use_of(self.model.tree, node);
        if let Use::Identity { constant: false } = used
            && depth <= ITEM
        {
            return self.doubt(node, "an item may be compared by its identity");
        }
        if depth <= ITEM && self.is_plain(node) {
            return Ok(());
        }
        match used {
            Use::Discarded | Use::Read | Use::Deleted | Use::Identity { .. } | Use::Raised => {}
            Use::Index => self.compared(depth),
            Use::Bound(target) => self.bind(target, depth)?,
            Use::BoundAll(targets) => targets.iter().try_for_each(|target| self.bind(target, depth))?,
            Use::Named(target, parent) => {
                self.bind(target, depth)?;
                self.has(parent, depth);
            }
            Use::Flows(parent) => self.has(parent, depth),
            Use::Part(parent, _) | Use::Element(parent) => self.has(parent, put(depth)),
            Use::Key => self.compared(depth),
            Use::Walked(target) => self.bind(target, opened(depth))?,
            Use::Argument(call, slot) => self.argument(node, call, slot, depth)?,
            Use::Unpacked(outer) => self.unpacked(node, outer, depth)?,
            Use::Attribute(attribute) => self.attribute_of(node, attribute, depth)?,
            Use::Subscripted(subscript) => self.subscript(node, subscript, depth)?,
            Use::Operand(parent) => self.has(parent, same_elements(depth)),
            Use::Compared { .. } => self.compared(if depth > ITEM { ITEM } else { depth }),
            Use::Augments(target) => self.augments(target, depth)?,
            Use::Augmented(value) => self.augmented(node, value, depth)?,
            Use::Returned => self.returned(node, depth)?,
            Use::Yielded => self.yielded(node, put(depth))?,
            Use::YieldedFrom => self.yielded(node, same_elements(depth))?,
            Use::LambdaBody(lambda) => self.lambda_result(lambda, depth)?,
            Use::Other => return self.doubt(node, "an item is used in a way that is not understood"),
        }
        Ok(())
    }

    fn compared(&mut self, depth: Depth) {
        self.lent.compared |= depth == ITEM;
    }

    fn bind(&mut self, target: &'m Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(target);
        match target {
            Expr::Name(_) => match self.model.scopes.resolve(node).symbol() {
                Some(symbol) => self.symbol(symbol, depth),
                None => self.doubt(node, "an item is bound to an unknown variable"),
            },
            Expr::Tuple(tuple) => tuple.elts.iter().try_for_each(|element| self.bind(element, opened(depth))),
            Expr::List(list) => list.elts.iter().try_for_each(|element| self.bind(element, opened(depth))),
            Expr::Starred(starred) => self.bind(&starred.value, put(depth)),
            Expr::Attribute(attribute) => self.kept_in_attribute(attribute.attr.as_str(), depth),
            Expr::Subscript(subscript) => self.receive(&subscript.value, put(depth)),
            _ => self.doubt(node, "an item is bound in a way that is not understood"),
        }
    }

    fn symbol(&mut self, symbol: SymbolId, depth: Depth) -> Step {
        let depth = depth.clamp(PART, DEEPEST);
        let known = self.symbols.entry(symbol).or_insert(Depth::MAX);
        if depth >= *known {
            return Ok(());
        }
        *known = depth;
        let data = self.model.scopes.symbol(symbol);
        if self.model.scopes.scope(data.scope).kind == ScopeKind::Class {
            return Err(Doubt::new(format!("an item is kept in `{}` of a class", data.name)));
        }
        if self.model.scopes.uses_dynamic_names(data.scope) {
            return Err(Doubt::new(format!("`locals()`, `eval` or the like may read `{}`", data.name)));
        }
        self.model.check_hidden(symbol)?;
        for node in &data.uses {
            self.has(*node, depth);
        }
        for node in &data.bindings {
            if let Use::Augmented(_) = use_of(self.model.tree, *node) {
                self.has(*node, depth);
            }
        }
        Ok(())
    }

    /// Every attribute of that name may be it.
    fn kept_in_attribute(&mut self, name: &str, depth: Depth) -> Step {
        let depth = depth.clamp(PART, DEEPEST);
        let known = self.attributes.entry(name.to_owned()).or_insert(Depth::MAX);
        if depth >= *known {
            return Ok(());
        }
        *known = depth;
        self.model.check_attributes_named()?;
        if !self.model.is_program() {
            return Err(Doubt::new(format!(
                "an item is kept in attribute `{name}`, which other modules may see"
            )));
        }
        for id in self.model.tree.ids() {
            if let Some(Expr::Attribute(attribute)) = self.model.tree.expr(id)
                && attribute.attr.as_str() == name
                && (!is_stored(attribute.ctx) || matches!(use_of(self.model.tree, id), Use::Augmented(_)))
            {
                self.has(id, depth);
            }
        }
        Ok(())
    }

    /// Something is put into the object that an expression evaluates to, which
    /// is then a container of that depth, wherever else it is seen.
    fn receive(&mut self, holder: &'m Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(holder);
        let depth = depth.min(DEEPEST);
        let known = self.filled.entry(node).or_insert(Depth::MAX);
        if *known <= depth {
            return Ok(());
        }
        *known = depth;
        self.has(node, depth);
        match holder {
            Expr::Name(_) => match self.model.scopes.resolve(node).symbol() {
                Some(symbol) => self.filled(symbol, depth),
                None => self.doubt(node, "an item is put into something unknown"),
            },
            Expr::Attribute(attribute) => self.filled_attribute(attribute.attr.as_str(), depth),
            Expr::Subscript(subscript) => self.receive(&subscript.value, put(depth)),
            Expr::If(choice) => {
                self.receive(&choice.body, depth)?;
                self.receive(&choice.orelse, depth)
            }
            Expr::BoolOp(op) => op.values.iter().try_for_each(|value| self.receive(value, depth)),
            Expr::Named(named) => self.receive(&named.value, depth),
            Expr::Call(call) => self.received_by_result(call, depth),
            // New objects: nobody else has them.
            Expr::List(list) if depth > 1 => list.elts.iter().try_for_each(|e| self.receive(e, depth - 1)),
            Expr::Tuple(tuple) if depth > 1 => tuple.elts.iter().try_for_each(|e| self.receive(e, depth - 1)),
            Expr::Dict(dict) if depth > 1 => {
                dict.items.iter().try_for_each(|item| self.receive(&item.value, depth - 1))
            }
            Expr::ListComp(comp) if depth > 1 => self.receive(&comp.elt, depth - 1),
            Expr::DictComp(comp) if depth > 1 => self.receive(&comp.value, depth - 1),
            Expr::BinOp(op) if depth > 1 => {
                self.receive(&op.left, depth)?;
                self.receive(&op.right, depth)
            }
            Expr::List(_)
            | Expr::Dict(_)
            | Expr::Set(_)
            | Expr::SetComp(_)
            | Expr::Tuple(_)
            | Expr::ListComp(_)
            | Expr::DictComp(_)
            | Expr::BinOp(_)
            | Expr::UnaryOp(_)
            | Expr::Compare(_)
            | Expr::FString(_) => Ok(()),
            literal if literal.is_literal_expr() => Ok(()),
            _ => self.doubt(node, "an item is put into something unknown"),
        }
    }

    /// Something is put into what attributes of that name hold.
    fn filled_attribute(&mut self, name: &str, depth: Depth) -> Step {
        self.kept_in_attribute(name, depth)?;
        for id in self.model.tree.ids() {
            let Some(Expr::Attribute(attribute)) = self.model.tree.expr(id) else { continue };
            if attribute.attr.as_str() != name || !is_stored(attribute.ctx) {
                continue;
            }
            match self.model.tree.parent(id).map(|parent| self.model.tree.node(parent)) {
                Some(Node::Stmt(Stmt::Assign(assign))) => self.receive(&assign.value, depth)?,
                Some(Node::Stmt(Stmt::AnnAssign(assign))) => {
                    if let Some(value) = &assign.value {
                        self.receive(value, depth)?;
                    }
                }
                Some(Node::Stmt(Stmt::AugAssign(_) | Stmt::Delete(_))) => {}
                _ => return self.doubt(id, "an item is put into something unknown"),
            }
        }
        Ok(())
    }

    /// Methods that operators, formatting and the like call on an item.
    fn implicit_methods(&mut self) -> Step {
        const OTHERS: [&str; 8] = [
            "__init__",
            "__new__",
            "__post_init__",
            "__enter__",
            "__exit__",
            "__init_subclass__",
            "__call__",
            "__del__",
        ];
        for id in self.model.tree.ids() {
            let Some(def) = self.model.function(id) else { continue };
            let name = def.name.as_str();
            if name.starts_with("__")
                && name.ends_with("__")
                && !OTHERS.contains(&name)
                && self.model.is_method(id)
                && let Some(receiver) = self.model.receiver_parameter(id)
            {
                self.symbol(receiver, ITEM)?;
            }
        }
        Ok(())
    }

    /// Objects are put into what a variable holds: whatever it is bound to may
    /// be that object.
    fn filled(&mut self, symbol: SymbolId, depth: Depth) -> Step {
        self.symbol(symbol, depth)?;
        let data = self.model.scopes.symbol(symbol);
        for binding in &data.bindings {
            self.filled_at(symbol, *binding, depth)?;
        }
        Ok(())
    }

    fn filled_at(&mut self, symbol: SymbolId, binding: NodeId, depth: Depth) -> Step {
        let tree = self.model.tree;
        let Some(parent) = tree.parent(binding) else { return Ok(()) };
        match tree.node(parent) {
            Node::Stmt(Stmt::Assign(assign)) => self.receive(&assign.value, depth),
            Node::Stmt(Stmt::AnnAssign(assign)) => match &assign.value {
                Some(value) => self.receive(value, depth),
                None => Ok(()),
            },
            Node::Stmt(Stmt::AugAssign(_)) => Ok(()),
            Node::Expr(Expr::Named(named)) => self.receive(&named.value, depth),
            Node::Stmt(Stmt::For(stmt)) => self.receive(&stmt.iter, put(depth)),
            Node::Part(spacetime_syntax::ast::AnyNodeRef::Comprehension(clause)) => {
                self.receive(&clause.iter, put(depth))
            }
            // `for key, group in groups.items()`, `a, b = pair`
            Node::Expr(Expr::Tuple(_)) => self.filled_in_tuple(parent, depth),
            Node::Part(spacetime_syntax::ast::AnyNodeRef::Parameter(_)) => {
                self.filled_by_caller(symbol, parent, depth)
            }
            _ => self.doubt(binding, "an item is put into something unknown"),
        }
    }

    fn filled_in_tuple(&mut self, tuple: NodeId, depth: Depth) -> Step {
        let tree = self.model.tree;
        let Some(outer) = tree.parent(tuple) else { return Ok(()) };
        match tree.node(outer) {
            Node::Stmt(Stmt::For(stmt)) => self.receive(&stmt.iter, put(put(depth))),
            Node::Part(spacetime_syntax::ast::AnyNodeRef::Comprehension(clause)) => {
                self.receive(&clause.iter, put(put(depth)))
            }
            Node::Stmt(Stmt::Assign(assign)) => match &*assign.value {
                Expr::Tuple(values) => values.elts.iter().try_for_each(|value| self.receive(value, depth)),
                value => self.receive(value, put(depth)),
            },
            _ => self.doubt(tuple, "an item is put into something unknown"),
        }
    }

    fn filled_by_caller(&mut self, symbol: SymbolId, parameter: NodeId, depth: Depth) -> Step {
        let Some(def) = self.model.function_around(parameter) else {
            return self.doubt(parameter, "an item is put into something unknown");
        };
        if self.model.function(def).is_none() {
            return self.doubt(parameter, "an item is put into what a lambda gets");
        }
        if self.model.is_method(def) && self.model.receiver_parameter(def) == Some(symbol) {
            return self.doubt(parameter, "an item is put into an object of a class");
        }
        for call in self.model.callers(def)? {
            if call.arguments.args.iter().any(Expr::is_starred_expr) {
                return self.doubt(parameter, "an item is put into an unpacked argument");
            }
            if let Some(argument) = self.model.argument_for(call, def, symbol) {
                self.receive(argument, depth)?;
            }
        }
        Ok(())
    }

    /// `groups.setdefault(key, []).append(item)`, `make().append(item)`.
    fn received_by_result(&mut self, call: &'m ExprCall, depth: Depth) -> Step {
        match self.model.target_of(call) {
            Target::Function(def) => self.filled_results(def, depth),
            Target::Method(name, own) => {
                for def in own {
                    self.filled_results(def, depth)?;
                }
                let Expr::Attribute(method) = &*call.func else { return Ok(()) };
                match name.as_str() {
                    "setdefault" | "get" | "pop" | "popleft" => {
                        if let Some(default) = call.arguments.args.get(1) {
                            self.receive(default, depth)?;
                        }
                        self.receive(&method.value, put(depth))
                    }
                    "items" => self.receive(&method.value, (depth - 1).max(1)),
                    "values" => self.receive(&method.value, depth),
                    // A copy is nobody else's, but what it holds is.
                    "copy" if depth > 1 => self.receive(&method.value, depth),
                    "copy" | "split" | "keys" => Ok(()),
                    _ => self.doubt(self.model.tree.id(call), "an item is put into something unknown"),
                }
            }
            // What a builtin makes is new; what it holds is not.
            Target::Builtin(name) => match name.as_str() {
                "list" | "dict" | "set" | "tuple" | "sorted" | "reversed" | "iter" | "enumerate" | "zip"
                | "filter" | "next" | "max" | "min" | "map" => {
                    if depth <= 1 && !matches!(name.as_str(), "next" | "max" | "min") {
                        return Ok(());
                    }
                    let inner = match name.as_str() {
                        "next" | "max" | "min" => put(depth),
                        "enumerate" | "zip" => depth - 1,
                        _ => depth,
                    };
                    call.arguments.args.iter().try_for_each(|argument| self.receive(argument, inner.max(1)))
                }
                "int" | "float" | "len" | "sum" | "abs" | "round" | "str" | "bool" | "ord" => Ok(()),
                _ => self.doubt(self.model.tree.id(call), "an item is put into something unknown"),
            },
            Target::Class(_) => Ok(()),
            Target::Library(name) if name.starts_with("collections.") => match name.as_str() {
                "collections.defaultdict"
                | "collections.OrderedDict"
                | "collections.deque"
                | "collections.Counter" => call
                    .arguments
                    .args
                    .iter()
                    .filter(|argument| {
                        depth > 1 && !matches!(argument, Expr::Name(_) if name.ends_with("defaultdict"))
                    })
                    .try_for_each(|argument| match argument {
                        Expr::Lambda(lambda) => self.receive(&lambda.body, depth),
                        argument => self.receive(argument, depth),
                    }),
                _ => self.doubt(self.model.tree.id(call), "an item is put into something unknown"),
            },
            Target::Library(name)
                if matches!(name.as_str(), "spacetime_compiler.runtime.SpillList" | "array.array") =>
            {
                Ok(())
            }
            _ => self.doubt(self.model.tree.id(call), "an item is put into something unknown"),
        }
    }

    fn filled_results(&mut self, def: NodeId, depth: Depth) -> Step {
        let Some(body) = self.model.body_of_def(def).filter(|body| !body.is_async) else {
            return self.doubt(def, "an item is put into something unknown");
        };
        for node in &body.nodes {
            match self.model.tree.node(*node) {
                Node::Stmt(Stmt::Return(stmt)) if !body.is_generator => {
                    if let Some(value) = &stmt.value {
                        self.receive(value, depth)?;
                    }
                }
                Node::Expr(Expr::Yield(stmt)) => {
                    if let Some(value) = &stmt.value {
                        self.receive(value, opened(depth).max(1))?;
                    }
                }
                Node::Expr(Expr::YieldFrom(stmt)) => self.receive(&stmt.value, depth)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn unpacked(&mut self, node: NodeId, outer: NodeId, depth: Depth) -> Step {
        match self.model.tree.expr(outer) {
            Some(Expr::Call(call)) => match self.model.target_of(call) {
                Target::Builtin(name) if name == "print" => Ok(()),
                Target::Builtin(name) if name == "zip" => {
                    self.has(outer, put(same_elements(depth)));
                    Ok(())
                }
                Target::Builtin(name) if matches!(name.as_str(), "max" | "min") => {
                    self.compared(opened(depth));
                    self.has(outer, opened(depth));
                    Ok(())
                }
                Target::Builtin(name) if name == "dict" => {
                    self.has(outer, same_elements(depth));
                    Ok(())
                }
                Target::Class(class) => {
                    if self.model.is_record(class) {
                        self.has(outer, put(opened(depth)));
                        return self.fields(class, None, opened(depth));
                    }
                    self.doubt(node, "an item is unpacked into arguments")
                }
                Target::Method(name, own) if own.is_empty() && name == "format" => Ok(()),
                _ => self.doubt(node, "an item is unpacked into arguments"),
            },
            Some(_) => {
                self.has(outer, same_elements(depth));
                Ok(())
            }
            None => self.doubt(node, "an item is unpacked in a way that is not understood"),
        }
    }

    fn subscript(&mut self, node: NodeId, subscript: &'m ExprSubscript, depth: Depth) -> Step {
        let id = self.model.tree.id(subscript);
        if is_stored(subscript.ctx) {
            if depth <= ITEM {
                return self.doubt(node, "an item may be changed");
            }
            // `totals[key] += value` may change what is there in place.
            if let Use::Augmented(value) = use_of(self.model.tree, id) {
                return self.augmented(id, value, opened(depth));
            }
            return Ok(());
        }
        let slice = matches!(&*subscript.slice, Expr::Slice(_));
        self.has(id, if slice { depth } else { opened(depth) });
        Ok(())
    }

    /// `target += value`: what it holds goes there.
    fn augments(&mut self, target: &'m Expr, depth: Depth) -> Step {
        self.receive(target, same_elements(depth))
    }

    /// `item += value` changes a list in place; numbers are bound anew.
    fn augmented(&mut self, node: NodeId, value: &'m Expr, depth: Depth) -> Step {
        if depth > ITEM {
            return Ok(());
        }
        let number = self.model.body_of(node).is_some_and(|body| body.kind(self.model, value).is_number());
        if number { Ok(()) } else { self.doubt(node, "an item may be changed in place") }
    }

    fn returned(&mut self, node: NodeId, depth: Depth) -> Step {
        let Some(def) = self.model.function_around(node) else {
            return self.doubt(node, "an item is returned from an unknown function");
        };
        if self.model.body_of_def(def).is_none_or(|body| body.is_generator) {
            return Ok(());
        }
        self.result(def, depth)
    }

    fn yielded(&mut self, node: NodeId, depth: Depth) -> Step {
        match self.model.function_around(node) {
            Some(def) if self.model.function(def).is_some() => self.result(def, depth),
            _ => self.doubt(node, "an item is yielded to unknown code"),
        }
    }

    /// What calls of a function give.
    fn result(&mut self, def: NodeId, depth: Depth) -> Step {
        let known = self.results.entry(def).or_insert(Depth::MAX);
        if depth >= *known {
            return Ok(());
        }
        *known = depth;
        if let Some(name) = self.model.property_name(def) {
            for id in self.model.tree.ids() {
                if matches!(self.model.tree.expr(id), Some(Expr::Attribute(found)) if found.attr.as_str() == name)
                {
                    self.has(id, depth);
                }
            }
            return Ok(());
        }
        // What the interpreter calls gives its result to an operator.
        if self.model.function(def).is_some_and(|def| def.name.starts_with("__") && def.name.ends_with("__"))
        {
            return if depth > ITEM {
                self.doubt(def, "items are returned by a special method")
            } else {
                Ok(())
            };
        }
        for call in self.model.callers(def)? {
            self.has(self.model.tree.id(call), depth);
        }
        Ok(())
    }

    /// Whoever calls a lambda gets its result: as a key it is compared; `map`
    /// hands it on.
    fn lambda_result(&mut self, lambda: NodeId, depth: Depth) -> Step {
        match use_of(self.model.tree, lambda) {
            Use::Argument(_, Slot::Keyword("key")) => self.compared(depth),
            Use::Argument(call, Slot::Position(0)) if self.model.is_builtin(&call.func, "map") => {
                self.has(self.model.tree.id(call), put(depth));
            }
            Use::Argument(call, Slot::Position(0)) if self.model.is_builtin(&call.func, "filter") => {}
            _ => return self.doubt(lambda, "an item is returned by a lambda"),
        }
        Ok(())
    }

    /// The parameters of a function given by name or in place get an item.
    fn calls_function(&mut self, function: &'m Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(function);
        match function {
            Expr::Lambda(lambda) => {
                let Some(parameters) = &lambda.parameters else { return Ok(()) };
                for parameter in parameters.iter_non_variadic_params() {
                    let name = self.model.tree.id(&parameter.parameter.name);
                    if let Some(symbol) = self.model.scopes.resolve(name).symbol() {
                        self.symbol(symbol, depth)?;
                    }
                }
                Ok(())
            }
            Expr::NoneLiteral(_) => Ok(()),
            Expr::Call(call) if self.model.makes_getter(&call.func) || self.model.makes_getter(function) => {
                Ok(())
            }
            Expr::Call(call) => match self.model.target_of(call) {
                Target::Library(name)
                    if matches!(
                        name.as_str(),
                        "operator.itemgetter" | "operator.attrgetter" | "operator.methodcaller"
                    ) =>
                {
                    Ok(())
                }
                _ => self.doubt(node, "an item is passed to an unknown function"),
            },
            Expr::Name(name) => {
                if self.model.is_builtin(function, &name.id)
                    && matches!(
                        name.id.as_str(),
                        "int" | "float" | "str" | "len" | "repr" | "abs" | "ord" | "bool" | "round"
                    )
                {
                    return Ok(());
                }
                let symbol = self.model.scopes.resolve(node).symbol();
                let def = symbol.and_then(|symbol| match self.model.outer_kind(symbol) {
                    Kind::Function(def) => Some(def),
                    _ => None,
                });
                let Some(def) = def else {
                    return self.doubt(node, "an item is passed to an unknown function");
                };
                match self.model.receiver_parameter(def) {
                    Some(parameter) => self.symbol(parameter, depth),
                    None => self.doubt(node, "an item is passed to an unknown function"),
                }
            }
            Expr::Attribute(attribute)
                if matches!(&*attribute.value, Expr::Name(name)
                    if matches!(name.id.as_str(), "str" | "int" | "float")) =>
            {
                Ok(())
            }
            _ => self.doubt(node, "an item is passed to an unknown function"),
        }
    }

    fn key_function(&mut self, call: &'m ExprCall, depth: Depth) -> Step {
        match call.arguments.find_keyword("key") {
            Some(keyword) => self.calls_function(&keyword.value, opened(depth)),
            None => {
                self.compared(opened(depth));
                Ok(())
            }
        }
    }

    fn argument(&mut self, node: NodeId, call: &'m ExprCall, slot: Slot<'m>, depth: Depth) -> Step {
        let result = self.model.tree.id(call);
        match self.model.target_of(call) {
            Target::Builtin(name) => self.builtin_argument(node, call, &name, slot, depth),
            Target::Library(name) => self.library_argument(node, call, &name, slot, depth),
            Target::Function(def) => self.pass(node, call, &[def], slot, depth),
            Target::Class(class) => {
                if let Some((_, parameter)) = self.model.constructor_parameter(class, slot) {
                    return self.symbol(parameter, depth);
                }
                if !self.model.is_record(class) {
                    return self.doubt(node, "an item is put into an object of a class with code of its own");
                }
                self.has(result, put(depth));
                self.fields(class, Some(slot), depth)
            }
            Target::Method(name, own) => {
                if !own.is_empty() {
                    self.pass(node, call, &own, slot, depth)?;
                }
                if own.is_empty()
                    || matches!(name.as_str(), "append" | "add" | "extend" | "update" | "insert")
                {
                    return self.method_argument(node, call, &name, slot, depth);
                }
                Ok(())
            }
            Target::Unknown => self.doubt(node, "an item is passed to an unknown function"),
        }
    }

    /// The fields of a record that a constructor's argument fills: all of them,
    /// or the one in that slot.
    fn fields(&mut self, class: NodeId, slot: Option<Slot<'m>>, depth: Depth) -> Step {
        let names: Vec<String> = match self.model.tree.node(class) {
            Node::Stmt(Stmt::ClassDef(def)) => def
                .body
                .iter()
                .filter_map(|stmt| match stmt {
                    Stmt::AnnAssign(field) => match &*field.target {
                        Expr::Name(name) => Some(name.id.to_string()),
                        _ => None,
                    },
                    _ => None,
                })
                .collect(),
            // `namedtuple("Point", "x y")`: reading a field opens the record.
            _ => return Ok(()),
        };
        match slot {
            Some(Slot::Keyword(name)) => self.kept_in_attribute(name, depth),
            Some(Slot::Position(at)) => match names.get(at) {
                Some(name) => self.kept_in_attribute(name, depth),
                None => Ok(()),
            },
            None => names.iter().try_for_each(|name| self.kept_in_attribute(name, depth)),
        }
    }

    fn pass(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        defs: &[NodeId],
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        for def in defs {
            match self.model.parameter_of(call, *def, slot) {
                Some(parameter) => self.symbol(parameter, depth)?,
                None => return self.doubt(node, "an item is passed in a way that is not understood"),
            }
        }
        Ok(())
    }

    fn builtin_argument(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        name: &str,
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        let result = self.model.tree.id(call);
        match name {
            "len" | "int" | "float" | "str" | "bool" | "abs" | "round" | "ord" | "chr" | "repr"
            | "isinstance" | "print" | "format" | "hex" | "bin" | "oct" | "ascii" | "callable" | "any"
            | "all" | "range" | "bytes" | "bytearray" | "complex" | "divmod" | "pow" | "hasattr" | "open"
            | "type" | "input" | "issubclass" => {}
            "hash" => self.compared(depth),
            "sum" => self.has(result, same_elements(opened(depth))),
            "list" | "tuple" | "reversed" | "iter" => self.has(result, same_elements(depth)),
            "dict" => self.has(result, (depth - 1).max(1)),
            "set" | "frozenset" => self.compared(opened(depth)),
            "sorted" => {
                self.key_function(call, depth)?;
                self.has(result, same_elements(depth));
            }
            "max" | "min" => {
                let several = call.arguments.args.len() > 1;
                let item = if several { depth } else { opened(depth) };
                self.key_function(call, if several { put(depth) } else { depth })?;
                self.has(result, item);
            }
            "next" => {
                let default = matches!(slot, Slot::Position(1));
                self.has(result, if default { depth } else { opened(depth) });
            }
            "enumerate" | "zip" => self.has(result, put(same_elements(depth))),
            "getattr" => self.has(result, opened(depth)),
            "filter" => {
                if let Some(function) = call.arguments.args.first() {
                    self.calls_function(function, opened(depth))?;
                }
                self.has(result, same_elements(depth));
            }
            "map" => {
                if let Some(function) = call.arguments.args.first() {
                    self.calls_function(function, opened(depth))?;
                    if let Expr::Name(_) = function
                        && let Some(symbol) = self.model.scopes.resolve(self.model.tree.id(function)).symbol()
                        && let Kind::Function(def) = self.model.outer_kind(symbol)
                    {
                        return self.doubt(def, "an item may be returned by a function that `map` calls");
                    }
                    if !matches!(function, Expr::Lambda(_) | Expr::Name(_)) {
                        self.has(result, 1);
                    }
                }
            }
            _ if name.ends_with("Error") || name == "Exception" => {}
            _ => return self.doubt(node, &format!("an item is passed to `{name}`")),
        }
        Ok(())
    }

    fn library_argument(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        name: &str,
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        let result = self.model.tree.id(call);
        let first = slot == Slot::Position(0);
        match name {
            "heapq.heappush" | "heapq.heappushpop" | "heapq.heapreplace" => {
                if first {
                    if name != "heapq.heappush" {
                        self.has(result, opened(depth));
                    }
                    return Ok(());
                }
                self.compared(depth);
                self.has(result, depth);
                match call.arguments.args.first() {
                    Some(heap) => self.receive(heap, put(depth)),
                    None => Ok(()),
                }
            }
            "heapq.heappop" => {
                self.has(result, opened(depth));
                Ok(())
            }
            "heapq.nlargest" | "heapq.nsmallest" => {
                self.key_function(call, depth)?;
                self.has(result, same_elements(depth));
                Ok(())
            }
            "heapq.heapify" => {
                self.compared(opened(depth));
                if depth <= ITEM { self.doubt(node, "an item may be changed") } else { Ok(()) }
            }
            "itertools.groupby" => {
                match call.arguments.args.get(1) {
                    Some(key) => self.calls_function(key, opened(depth))?,
                    None => self.key_function(call, depth)?,
                }
                // Pairs of a key and a group.
                self.has(result, put(same_elements(depth)));
                Ok(())
            }
            "itertools.chain" | "itertools.islice" | "itertools.cycle" => {
                self.has(result, same_elements(depth));
                Ok(())
            }
            "itertools.chain.from_iterable" => {
                self.has(result, same_elements(opened(depth)));
                Ok(())
            }
            "itertools.pairwise"
            | "itertools.zip_longest"
            | "itertools.batched"
            | "itertools.combinations"
            | "itertools.product"
            | "itertools.permutations" => {
                self.has(result, put(same_elements(depth)));
                Ok(())
            }
            "collections.deque" | "collections.OrderedDict" => {
                self.has(result, same_elements(depth));
                Ok(())
            }
            "collections.Counter" => {
                self.compared(opened(depth));
                Ok(())
            }
            "spacetime_compiler.runtime.SpillList" => {
                self.has(result, same_elements(depth));
                Ok(())
            }
            "spacetime_compiler.runtime.external_sort" | "spacetime_compiler.runtime.sorted_head" => {
                self.key_function(call, depth)?;
                self.has(result, same_elements(depth));
                Ok(())
            }
            "copy.deepcopy" => Ok(()),
            "copy.copy" => {
                self.has(result, same_elements(depth));
                Ok(())
            }
            "os.path.join" | "os.fspath" => Ok(()),
            _ if is_reading_library(name) => Ok(()),
            _ => self.doubt(node, &format!("an item is passed to `{name}`, of which nothing is known")),
        }
    }

    fn attribute_of(&mut self, node: NodeId, attribute: &'m ExprAttribute, depth: Depth) -> Step {
        let id = self.model.tree.id(attribute);
        if is_stored(attribute.ctx) {
            if depth <= ITEM {
                return self.doubt(node, "an item may be changed");
            }
            return Ok(());
        }
        let name = attribute.attr.as_str();
        let own = self.model.methods_named(name);
        for def in &own {
            if let Some(parameter) = self.model.receiver_parameter(*def) {
                self.symbol(parameter, depth)?;
            }
        }
        let call = self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent));
        match call {
            Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == id => {
                self.method(node, call, name, !own.is_empty(), depth)
            }
            _ if own.iter().any(|def| self.model.property_name(*def).is_none()) => {
                self.doubt(node, "a method of an item is taken")
            }
            // The receiver's parameter and the result say all.
            _ if !own.is_empty() => {
                self.has(id, opened(depth));
                Ok(())
            }
            // `add = groups.append`: what is put there is judged at its calls.
            _ if depth > ITEM && matches!(name, "append" | "add" | "extend") => {
                self.doubt(node, &format!("a method `{name}` is taken"))
            }
            _ => {
                self.has(id, opened(depth));
                Ok(())
            }
        }
    }

    /// A method of a container of items, of an item, or of a part of one.
    fn method(&mut self, node: NodeId, call: &'m ExprCall, name: &str, own: bool, depth: Depth) -> Step {
        let result = self.model.tree.id(call);
        if own && !matches!(name, "append" | "add" | "extend" | "update") {
            return Ok(()); // the receiver's parameter and the results say all
        }
        let Some(effect) = method_effect(name) else {
            return self
                .doubt(node, &format!("a method `{name}` of an item, of which nothing is known, is called"));
        };
        self.lent.trusts_method_names = true;
        if effect.mutates() && depth <= ITEM {
            return self.doubt(node, "an item may be changed");
        }
        match effect {
            Effect::Plain | Effect::Fills => {}
            Effect::Searches => self.compared(opened(depth)),
            Effect::Orders => self.key_function(call, depth)?,
            Effect::Element | Effect::TakesElement => self.has(result, opened(depth)),
            Effect::Copy => self.has(result, same_elements(depth)),
            Effect::Pairs => self.has(result, put(same_elements(depth))),
            Effect::Part => self.has(result, depth.min(same_elements(depth))),
        }
        Ok(())
    }

    /// An item is an argument of a method.
    fn method_argument(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        name: &str,
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        let Expr::Attribute(method) = &*call.func else { return Ok(()) };
        let result = self.model.tree.id(call);
        self.lent.trusts_method_names = true;
        match (name, slot) {
            ("append" | "appendleft", _) | ("insert", Slot::Position(1)) => {
                self.receive(&method.value, put(depth))
            }
            ("put" | "put_nowait", _) => self.doubt(node, "an item is put into a queue"),
            ("add" | "discard" | "remove" | "index" | "count" | "__contains__", _) => {
                self.compared(depth);
                Ok(())
            }
            ("extend" | "extendleft", _) => self.receive(&method.value, same_elements(depth)),
            ("update", _) => {
                self.compared(opened(depth));
                // A dictionary takes values, a set takes items that it compares.
                self.receive(&method.value, same_elements(depth.min(1)))
            }
            ("setdefault", Slot::Position(1)) => {
                self.has(result, depth);
                self.receive(&method.value, put(depth))
            }
            ("get" | "pop" | "setdefault", Slot::Position(0)) => {
                self.compared(depth);
                Ok(())
            }
            ("get" | "pop", Slot::Position(1)) => {
                self.has(result, depth);
                Ok(())
            }
            (
                "write" | "writerow" | "writelines" | "writerows" | "join" | "format" | "startswith"
                | "endswith" | "strip" | "split" | "replace" | "find" | "encode" | "decode" | "execute"
                | "executemany" | "match" | "search" | "fullmatch" | "sub" | "findall" | "finditer" | "info"
                | "debug" | "warning" | "error" | "strftime" | "union" | "difference" | "intersection"
                | "issubset" | "issuperset" | "isdisjoint" | "rstrip" | "lstrip" | "rjust" | "ljust"
                | "center" | "zfill" | "insert" | "digest",
                _,
            ) => {
                if matches!(name, "union" | "difference" | "intersection") {
                    self.compared(opened(depth));
                }
                Ok(())
            }
            _ => self
                .doubt(node, &format!("an item is passed to a method `{name}`, of which nothing is known")),
        }
    }
}

/// Library functions that look at their arguments and give something new.
fn is_reading_library(name: &str) -> bool {
    const MODULES: [&str; 16] = [
        "math.",
        "statistics.",
        "json.dump",
        "hashlib.",
        "re.",
        "os.path.",
        "datetime.",
        "struct.",
        "textwrap.",
        "html.",
        "urllib.parse.",
        "base64.",
        "binascii.",
        "zlib.",
        "decimal.",
        "string.",
    ];
    MODULES.iter().any(|module| name.starts_with(module))
}
