//! Something is put into a container: which one, and who else has it.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, ExprSubscript, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::depth::{Depth, holder_of, put, told_apart};
use super::foreign::makes_new;
use super::{Items, Step};
use crate::Doubt;
use crate::scope::SymbolId;
use crate::value_flow::calls::{Run, Target};
use crate::value_flow::foreign::gives_value;
use crate::value_flow::methods::{Effect, method_effect};
use crate::value_flow::uses::{Slot, Use, is_stored, use_of};

impl<'m> Items<'_, 'm> {
    /// Something is put into the object that an expression evaluates to, or into what
    /// that holds; it is then a container of that depth, wherever else it is seen.
    pub(super) fn receive(&mut self, holder: &'m Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(holder);
        let depth = told_apart(depth);
        // Numbers and texts hold nothing.
        if self.is_plain(node) {
            return Ok(());
        }
        if !self.filled.entry(node).or_default().insert(depth) {
            return Ok(());
        }
        self.has(node, depth);
        match holder {
            Expr::Name(_) => match self.model.scopes.resolve(node).symbol() {
                Some(symbol) => self.filled(symbol, depth),
                None => self.doubt(node, "an item is put into something unknown"),
            },
            Expr::Attribute(attribute) => self.filled_attribute(attribute.attr.as_str(), depth),
            Expr::Subscript(subscript) if subscript.slice.is_slice_expr() => {
                self.receive(&subscript.value, depth)
            }
            Expr::Subscript(subscript) => self.receive(&subscript.value, holder_of(depth)),
            Expr::If(choice) => {
                self.receive(&choice.body, depth)?;
                self.receive(&choice.orelse, depth)
            }
            Expr::BoolOp(op) => op.values.iter().try_for_each(|value| self.receive(value, depth)),
            Expr::Named(named) => self.receive(&named.value, depth),
            Expr::Call(call) => self.received_by_result(call, depth),
            _ if depth.is_filled_inside() && makes_object(holder) => self.receive_inside(holder, depth),
            _ if makes_object(holder) => {
                self.lent.trusts_operators |= holder.is_bin_op_expr() || holder.is_unary_op_expr();
                Ok(())
            }
            _ => self.doubt(node, "an item is put into something unknown"),
        }
    }

    /// The same for what a new object holds; nobody else has the object itself.
    fn receive_inside(&mut self, made: &'m Expr, depth: Depth) -> Step {
        match made {
            Expr::List(list) => list.elts.iter().try_for_each(|e| self.receive(e, depth.within())),
            Expr::Tuple(tuple) => tuple.elts.iter().try_for_each(|e| self.receive(e, depth.within())),
            Expr::Dict(dict) => {
                dict.items.iter().try_for_each(|item| self.receive(&item.value, depth.within()))
            }
            Expr::ListComp(comp) => self.receive(&comp.elt, depth.within()),
            Expr::Generator(comp) => self.receive(&comp.elt, depth.within()),
            Expr::DictComp(comp) => self.receive(&comp.value, depth.within()),
            // Neither quotients nor remainders nor powers hold what others hold, but for classes
            // that say otherwise.
            Expr::BinOp(op) if self.makes_value(op.op) => {
                self.lent.trusts_operators = true;
                Ok(())
            }
            Expr::BinOp(op) => {
                self.receive(&op.left, depth)?;
                self.receive(&op.right, depth)
            }
            _ => Ok(()),
        }
    }

    fn makes_value(&self, operator: Operator) -> bool {
        let name = match operator {
            Operator::Div => "truediv__",
            Operator::FloorDiv => "floordiv__",
            Operator::Mod => "mod__",
            Operator::Pow => "pow__",
            _ => return false,
        };
        !self.model.tree.module().text().contains(name)
    }

    /// A method puts its arguments into a container of containers, into which items
    /// are put through it: they are in the arguments, then.
    pub(super) fn put_by_method(&mut self, call: &'m ExprCall, name: &str, depth: Depth) -> Step {
        if !depth.is_filled_inside() {
            return Ok(());
        }
        let arguments = &call.arguments;
        if let Some(starred) = arguments.args.iter().find(|argument| argument.is_starred_expr()) {
            return self.doubt(self.model.tree.id(starred), "what holds items is put into another container");
        }
        match name {
            "extend" | "extendleft" | "update" | "subtract" => {
                for argument in &arguments.args {
                    self.receive(argument, depth)?;
                    // A dictionary takes pairs, too.
                    if matches!(name, "update" | "subtract") {
                        self.receive(argument, put(depth))?;
                    }
                }
            }
            // Nothing is put into a key, unless a class says what its objects are as keys.
            "setdefault" if !self.model.has_keys_of_its_own() => {
                arguments.args.iter().skip(1).try_for_each(|made| self.receive(made, depth.within()))?;
            }
            _ => arguments.args.iter().try_for_each(|argument| self.receive(argument, depth.within()))?,
        }
        arguments.keywords.iter().try_for_each(|keyword| {
            let whole = keyword.arg.is_none();
            self.receive(&keyword.value, if whole { depth } else { depth.within() })
        })
    }

    /// `groups[key] = group`: the same.
    pub(super) fn put_by_store(&mut self, id: NodeId, subscript: &'m ExprSubscript, depth: Depth) -> Step {
        if !depth.is_filled_inside() {
            return Ok(());
        }
        let tree = self.model.tree;
        let inner = if subscript.slice.is_slice_expr() { depth } else { depth.within() };
        match tree.parent(id).map(|parent| tree.node(parent)) {
            Some(Node::Stmt(Stmt::Assign(assign))) => self.receive(&assign.value, inner),
            Some(Node::Stmt(Stmt::AnnAssign(assign))) => {
                assign.value.as_deref().map_or(Ok(()), |value| self.receive(value, inner))
            }
            Some(Node::Stmt(Stmt::Delete(_))) => Ok(()),
            // `groups[a], groups[b] = groups[b], groups[a]`
            Some(Node::Expr(Expr::Tuple(targets))) => {
                let outer =
                    tree.parent(id).and_then(|parent| tree.parent(parent)).map(|outer| tree.node(outer));
                match outer {
                    Some(Node::Stmt(Stmt::Assign(assign))) => match &*assign.value {
                        Expr::Tuple(values) if values.elts.len() == targets.elts.len() => {
                            values.elts.iter().try_for_each(|value| self.receive(value, inner))
                        }
                        value => self.receive(value, put(inner)),
                    },
                    _ => self.doubt(id, "what holds items may be put into another container"),
                }
            }
            _ => self.doubt(id, "what holds items may be put into another container"),
        }
    }

    /// Something is put into what attributes of that name hold.
    pub(super) fn filled_attribute(&mut self, name: &str, depth: Depth) -> Step {
        self.kept_in_attribute(name, depth)?;
        for def in self.model.methods_named(name) {
            // What a property gives is kept under another name.
            if self.model.property_name(*def).is_some() {
                self.filled_results(*def, depth)?;
            } else if self.model.function(*def).is_none_or(|function| !function.decorator_list.is_empty()) {
                return self.doubt(*def, "an item is put into something unknown");
            }
        }
        for id in self.model.attributes_named(name) {
            let id = *id;
            if !matches!(self.model.tree.expr(id), Some(Expr::Attribute(found)) if is_stored(found.ctx)) {
                continue;
            }
            let is_deleted =
                self.model.tree.parent(id).is_some_and(|parent| {
                    matches!(self.model.tree.node(parent), Node::Stmt(Stmt::Delete(_)))
                });
            if !is_deleted && !self.filled_target(id, depth)? {
                return self.doubt(id, "an item is put into something unknown");
            }
        }
        self.filled_field(name, depth)
    }

    /// Constructors of records put it there without naming an attribute.
    fn filled_field(&mut self, name: &str, depth: Depth) -> Step {
        let values = self.model.field_values(name)?;
        values.into_iter().try_for_each(|value| self.receive(value, depth))
    }

    /// Objects are put into what a variable holds: whatever it is bound to may
    /// be that object.
    pub(super) fn filled(&mut self, symbol: SymbolId, depth: Depth) -> Step {
        self.symbol(symbol, depth)?;
        let data = self.model.scopes.symbol(symbol);
        for binding in &data.bindings {
            self.filled_at(symbol, *binding, depth)?;
        }
        Ok(())
    }

    pub(super) fn filled_at(&mut self, symbol: SymbolId, binding: NodeId, depth: Depth) -> Step {
        if self.filled_target(binding, depth)? {
            return Ok(());
        }
        match self.model.tree.parent(binding).map(|parent| (parent, self.model.tree.node(parent))) {
            None => Ok(()),
            Some((parent, Node::Part(AnyNodeRef::Parameter(_)))) => {
                self.filled_by_caller(symbol, parent, depth)
            }
            Some(_) => self.doubt(binding, "an item is put into something unknown"),
        }
    }

    /// The same for whatever stands there to be bound, a variable or an attribute. Says whether it is
    /// known what it is bound to.
    fn filled_target(&mut self, target: NodeId, depth: Depth) -> Result<bool, Doubt> {
        let tree = self.model.tree;
        let Some(parent) = tree.parent(target) else { return Ok(false) };
        match tree.node(parent) {
            Node::Stmt(Stmt::Assign(assign)) => self.receive(&assign.value, depth)?,
            Node::Stmt(Stmt::AnnAssign(assign)) => {
                assign.value.as_deref().map_or(Ok(()), |value| self.receive(value, depth))?;
            }
            Node::Stmt(Stmt::AugAssign(_)) => {}
            Node::Expr(Expr::Named(named)) => self.receive(&named.value, depth)?,
            Node::Stmt(Stmt::For(stmt)) => self.receive(&stmt.iter, holder_of(depth))?,
            Node::Part(AnyNodeRef::Comprehension(clause)) => {
                self.receive(&clause.iter, holder_of(depth))?;
            }
            // `for key, group in groups.items()`, `a, b = pair`
            Node::Expr(Expr::Tuple(targets)) => {
                let at = targets.elts.iter().position(|one| tree.id(one) == target);
                self.filled_in_tuple(parent, at, depth)?;
            }
            Node::Expr(Expr::Starred(_)) => self.filled_rest(parent, depth)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn filled_by_caller(&mut self, symbol: SymbolId, parameter: NodeId, depth: Depth) -> Step {
        let Some(def) = self.model.function_around(parameter) else {
            return self.doubt(parameter, "an item is put into something unknown");
        };
        if self.model.function(def).is_none() {
            return match self.ordered_by(def) {
                Some(call) => self.filled_by_order(call, depth),
                None => self.doubt(parameter, "an item is put into what a lambda gets"),
            };
        }
        if self.model.is_method(def) && self.model.receiver_parameter(def) == Some(symbol) {
            return self.doubt(parameter, "an item is put into an object of a class");
        }
        let named = self.model.function(def).and_then(|function| {
            let mut single = function.parameters.iter_non_variadic_params();
            single.find(|one| self.model.tree.id(&one.parameter) == parameter)
        });
        let Some(named) = named else {
            return self.doubt(parameter, "an item is put into one of any number of arguments");
        };
        if let Some(default) = named.default() {
            self.receive(default, depth)?;
        }
        for run in self.model.runs(def)? {
            let call = match run {
                Run::Call(call) => call,
                Run::Named(node) => {
                    self.filled_by_handed(node, def, symbol, depth)?;
                    continue;
                }
            };
            let unpacks = call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
            if unpacks || call.arguments.args.iter().any(Expr::is_starred_expr) {
                return self.doubt(parameter, "an item is put into an unpacked argument");
            }
            if let Some(argument) = self.model.argument_for(call, def, symbol) {
                self.receive(argument, depth)?;
            }
        }
        Ok(())
    }

    /// The same for a function that is handed on: as a key by which items are ordered, or in a table.
    fn filled_by_handed(&mut self, node: NodeId, def: NodeId, symbol: SymbolId, depth: Depth) -> Step {
        if let Some(call) = self.ordered_by(node) {
            return self.filled_by_order(call, depth);
        }
        let is_it = match self.model.tree.expr(node) {
            Some(Expr::Attribute(method)) => self.model.bound_method(method) == Some(def),
            _ => !self.model.is_method(def),
        };
        let Some(calls) = self.model.calls_by_table(node).filter(|_| is_it) else {
            return self.doubt(node, "an item is put into what a function gets that is handed on");
        };
        for call in calls {
            let unpacks = call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
            if unpacks || call.arguments.args.iter().any(Expr::is_starred_expr) {
                return self.doubt(node, "an item is put into an unpacked argument");
            }
            if let Some(argument) = self.model.argument_behind(call, def, symbol) {
                self.receive(argument, depth)?;
            }
        }
        Ok(())
    }

    /// The call that orders items by a function: `max(rows, key=cost)`.
    fn ordered_by(&self, function: NodeId) -> Option<&'m ExprCall> {
        let Use::Argument(call, Slot::Keyword("key")) = use_of(self.model.tree, function) else {
            return None;
        };
        let is_known = match self.model.target_of(call) {
            Target::Builtin(name) => matches!(name.as_str(), "sorted" | "max" | "min"),
            Target::Library(name) => matches!(name.as_str(), "heapq.nlargest" | "heapq.nsmallest"),
            Target::Method(name, own) => own.is_empty() && name == "sort",
            _ => false,
        };
        let is_plain = !call.arguments.args.iter().any(Expr::is_starred_expr);
        (is_known && is_plain && call.arguments.keywords.iter().all(|keyword| keyword.arg.is_some()))
            .then_some(call)
    }

    /// What is put into what the function gets that is the key there is put into the items.
    fn filled_by_order(&mut self, call: &'m ExprCall, depth: Depth) -> Step {
        if let (Target::Method(..), Expr::Attribute(method)) = (self.model.target_of(call), &*call.func) {
            return self.receive(&method.value, put(depth));
        }
        match &call.arguments.args[..] {
            [walked] => self.receive(walked, put(depth)),
            // `heapq.nlargest(3, rows, key=cost)`, `max(first, second, key=cost)`
            several => several.iter().try_for_each(|one| {
                self.receive(one, put(depth))?;
                self.receive(one, depth)
            }),
        }
    }

    /// `groups.setdefault(key, []).append(item)`, `make().append(item)`.
    pub(super) fn received_by_result(&mut self, call: &'m ExprCall, depth: Depth) -> Step {
        match self.model.target_of(call) {
            Target::Function(def) => self.filled_results(def, depth),
            Target::Method(name, own) => {
                for def in &own {
                    self.filled_results(*def, depth)?;
                }
                if !own.is_empty() && method_effect(&name).is_none() {
                    return Ok(());
                }
                self.received_by_method(call, &name, depth)
            }
            Target::Builtin(name) => self.received_by_builtin(call, &name, depth),
            Target::Class(_) => Ok(()),
            Target::Library(name) if name.starts_with("collections.") => {
                self.received_by_collection(call, &name, depth)
            }
            Target::Library(name)
                if matches!(
                    name.as_str(),
                    "spacetime_compiler.runtime.SpillList"
                        | "spacetime_compiler.runtime.SpillCounter"
                        | "spacetime_compiler.runtime.SpillGroup"
                        | "spacetime_compiler.runtime.SpillGroups"
                        | "spacetime_compiler.runtime.Running"
                        | "array.array"
                ) =>
            {
                Ok(())
            }
            Target::Library(name) if gives_value(&name) || makes_new(&name) => Ok(()),
            Target::Library(name) => match like_builtin(&name) {
                Some(builtin) => self.received_by_builtin(call, builtin, depth),
                None => self.doubt(self.model.tree.id(call), "an item is put into something unknown"),
            },
            Target::Unknown => self.doubt(self.model.tree.id(call), "an item is put into something unknown"),
        }
    }

    fn received_by_method(&mut self, call: &'m ExprCall, name: &str, depth: Depth) -> Step {
        let Expr::Attribute(method) = &*call.func else { return Ok(()) };
        // Rows are made when they are asked for, and what they hold takes nothing in.
        let rows = match name {
            "fetchall" | "fetchmany" | "fetchone" => self.model.gives_plain_rows(&method.value),
            "execute" | "cursor" => self
                .model
                .tree
                .expr(self.model.tree.id(call))
                .is_some_and(|it| self.model.gives_plain_rows(it)),
            _ => false,
        };
        if rows {
            return Ok(());
        }
        match name {
            "setdefault" | "get" | "pop" | "popleft" => {
                if let Some(default) = call.arguments.args.get(1) {
                    self.receive(default, depth)?;
                }
                self.receive(&method.value, holder_of(depth))
            }
            "items" => self.receive(&method.value, depth.within()),
            "values" => self.receive(&method.value, depth),
            // A copy is nobody else's, but what it holds is.
            "copy" if depth.is_filled_inside() => self.receive(&method.value, depth),
            "copy" => Ok(()),
            _ if method_effect(name) == Some(Effect::Plain) => Ok(()),
            _ => self.doubt(self.model.tree.id(call), "an item is put into something unknown"),
        }
    }

    /// What a builtin makes is new; what it holds is not.
    fn received_by_builtin(&mut self, call: &'m ExprCall, name: &str, depth: Depth) -> Step {
        let arguments = &call.arguments;
        match name {
            "max" | "min" if arguments.args.len() > 1 => {
                arguments.args.iter().try_for_each(|argument| self.receive(argument, depth))
            }
            "next" | "max" | "min" => {
                let keywords = arguments
                    .keywords
                    .iter()
                    .filter(|keyword| keyword.arg.as_ref().is_some_and(|name| name.as_str() == "default"));
                keywords.into_iter().try_for_each(|keyword| self.receive(&keyword.value, depth))?;
                arguments.args.iter().skip(1).try_for_each(|default| self.receive(default, depth))?;
                arguments.args.iter().take(1).try_for_each(|walked| self.receive(walked, holder_of(depth)))
            }
            "dict" if depth.is_filled_inside() => {
                for argument in &arguments.args {
                    // Another dictionary, or pairs.
                    self.receive(argument, depth)?;
                    self.receive(argument, put(depth))?;
                }
                arguments.keywords.iter().try_for_each(|keyword| {
                    self.receive(&keyword.value, if keyword.arg.is_some() { depth.within() } else { depth })
                })
            }
            "list" | "dict" | "set" | "tuple" | "sorted" | "reversed" | "iter" | "enumerate" | "zip"
            | "filter" | "map" => {
                if !depth.is_filled_inside() {
                    return Ok(());
                }
                let inner = if matches!(name, "enumerate" | "zip") { depth.within() } else { depth };
                let asked = usize::from(name == "filter");
                self.received_by_each(&arguments.args, asked, inner)
            }
            "int" | "float" | "len" | "sum" | "abs" | "round" | "str" | "bool" | "ord" => Ok(()),
            _ => self.doubt(self.model.tree.id(call), "an item is put into something unknown"),
        }
    }

    fn received_by_collection(&mut self, call: &'m ExprCall, name: &str, depth: Depth) -> Step {
        let arguments = &call.arguments;
        let (factory, others) = match (name, arguments.args.split_first()) {
            ("collections.defaultdict", Some((factory, others))) => (Some(factory), others),
            ("collections.defaultdict" | "collections.OrderedDict" | "collections.deque", _) => {
                (None, &arguments.args[..])
            }
            ("collections.Counter", _) => return Ok(()),
            _ => return self.doubt(self.model.tree.id(call), "an item is put into something unknown"),
        };
        if !depth.is_filled_inside() {
            return Ok(());
        }
        factory.map_or(Ok(()), |factory| self.received_by_factory(factory, depth.within()))?;
        for argument in others {
            self.receive(argument, depth)?;
            // Pairs of keys and values.
            if name != "collections.deque" {
                self.receive(argument, put(depth))?;
            }
        }
        let named = arguments.keywords.iter().filter(|_| name != "collections.deque");
        named.into_iter().try_for_each(|keyword| {
            self.receive(&keyword.value, if keyword.arg.is_some() { depth.within() } else { depth })
        })
    }

    /// What a `defaultdict` calls for a new value.
    fn received_by_factory(&mut self, factory: &'m Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(factory);
        match factory {
            Expr::Lambda(lambda) => self.receive(&lambda.body, depth),
            Expr::NoneLiteral(_) => Ok(()),
            Expr::Name(name) if self.model.is_builtin(factory, &name.id) => Ok(()),
            _ if self.model.qualified(factory).is_some_and(|name| makes_container(&name)) => Ok(()),
            Expr::Name(_) => {
                match self.model.scopes.resolve(node).symbol().map(|it| self.model.definition(it)) {
                    Some(Target::Function(def)) => self.filled_results(def, depth),
                    Some(Target::Class(_)) => Ok(()),
                    _ => self.doubt(node, "an item is put into something unknown"),
                }
            }
            _ => self.doubt(node, "an item is put into something unknown"),
        }
    }

    pub(super) fn filled_results(&mut self, def: NodeId, depth: Depth) -> Step {
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
                        self.receive(value, depth.within())?;
                    }
                }
                Node::Expr(Expr::YieldFrom(stmt)) => self.receive(&stmt.value, depth)?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Classes whose objects hold nothing when they are made without arguments.
fn makes_container(name: &str) -> bool {
    name.starts_with("collections.")
        || matches!(
            name,
            "spacetime_compiler.runtime.Running"
                | "spacetime_compiler.runtime.SpillGroup"
                | "spacetime_compiler.runtime.SpillCounter"
        )
}

/// The builtin whose result holds as much of its arguments as that of a library function.
fn like_builtin(name: &str) -> Option<&'static str> {
    Some(match name {
        "spacetime_compiler.runtime.external_sort"
        | "spacetime_compiler.runtime.sorted_head"
        | "spacetime_compiler.runtime.sorted_set"
        | "spacetime_compiler.runtime.external_distinct"
        | "spacetime_compiler.runtime.Counted"
        | "heapq.nlargest"
        | "heapq.nsmallest"
        | "heapq.merge"
        | "itertools.chain"
        | "itertools.islice" => "list",
        "spacetime_compiler.runtime.SpillDict" => "dict",
        "spacetime_compiler.runtime.sorted_item" => "next",
        "itertools.takewhile" | "itertools.dropwhile" | "itertools.filterfalse" => "filter",
        "itertools.pairwise" | "spacetime_compiler.runtime.windows" => "zip",
        _ => return None,
    })
}

/// Whether an expression makes an object that nobody else has.
fn makes_object(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::List(_)
            | Expr::Dict(_)
            | Expr::Set(_)
            | Expr::SetComp(_)
            | Expr::Tuple(_)
            | Expr::ListComp(_)
            | Expr::Generator(_)
            | Expr::DictComp(_)
            | Expr::BinOp(_)
            | Expr::UnaryOp(_)
            | Expr::Compare(_)
            | Expr::FString(_)
    )
}
