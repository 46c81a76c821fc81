//! Which functions of the module a call may run, who calls a function, and
//! which parameter an argument becomes.

use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall, Stmt, StmtFunctionDef};
use spacetime_syntax::{Node, NodeId};

use super::uses::{Slot, Use, use_of};
use crate::scope::{Resolved, ScopeKind, SymbolId};
use crate::{Doubt, Kind, Model};

/// What is called, as far as names tell.
#[derive(Clone, Debug)]
pub enum Target {
    /// A function of this module.
    Function(NodeId),
    /// A class of this module.
    Class(NodeId),
    Builtin(String),
    /// A function or class of another module, by its full name.
    Library(String),
    /// A method, by its name, and the functions of this module that it may be.
    Method(String, Vec<NodeId>),
    Unknown,
}

/// A place that runs a function, sooner or later.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Run<'m> {
    Call(&'m ExprCall),
    /// It is named, but not called there: `map(parse, lines)`.
    Named(NodeId),
}

impl<'m> Model<'m> {
    pub(crate) fn target_of(&self, call: &ExprCall) -> Target {
        if let Some(name) = self.qualified(&call.func) {
            return if self.is_replaced(&name) { Target::Unknown } else { Target::Library(name) };
        }
        match &*call.func {
            Expr::Name(name) => match self.scopes.resolve(self.tree.id(name)) {
                Resolved::Builtin if self.scopes.has_star_import() || self.replaces_names() => {
                    Target::Unknown
                }
                Resolved::Builtin => Target::Builtin(name.id.to_string()),
                Resolved::Local(symbol) | Resolved::Free(symbol) | Resolved::Global(symbol) => {
                    self.definition(symbol)
                }
            },
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                let mut own = self.methods_of(attribute);
                if self.may_be_in_a_field(attribute) {
                    return Target::Unknown;
                }
                // What a property gives is not called: it is a value.
                own.retain(|def| !self.is_property_of_values(*def));
                Target::Method(name.to_owned(), own)
            }
            _ => Target::Unknown,
        }
    }

    /// Whether what is called as a method may be a function that was put into a field.
    pub(crate) fn may_be_in_a_field(&self, attribute: &ExprAttribute) -> bool {
        let name = attribute.attr.as_str();
        if !self.methods_named(name).is_empty() && self.may_be_patched(name) {
            return true;
        }
        let (is_bound, is_odd) = self.is_bound_without_def(name);
        if is_odd || (is_bound && !self.methods_named(name).is_empty()) {
            return true;
        }
        self.may_hold_function(name)
            && (self.is_assigned(name)
                || is_bound
                || self.methods_named(name).is_empty()
                || !self.is_own_instance(&attribute.value))
    }

    /// What a variable stands for that is bound once, by `def` or `class`.
    pub(crate) fn definition(&self, symbol: SymbolId) -> Target {
        let data = self.scopes.symbol(symbol);
        // `cls`, if nothing is derived from the class.
        if let Some(class) = self.receiving_class(symbol) {
            let alone = self.derived(class).len() == 1 && self.check_class_is_hidden(class).is_ok();
            return if alone { Target::Class(class) } else { Target::Unknown };
        }
        let [binding] = data.bindings.as_slice() else { return Target::Unknown };
        if data.rebound_elsewhere || self.is_starred_over(symbol) || self.replaces_names() {
            return Target::Unknown;
        }
        let Some(parent) = self.tree.parent(*binding) else { return Target::Unknown };
        match self.tree.node(parent) {
            Node::Stmt(Stmt::FunctionDef(_)) => Target::Function(parent),
            Node::Stmt(Stmt::ClassDef(_)) => Target::Class(parent),
            // An object that a class or a function of this module makes: no need
            // to work out the body that does so.
            Node::Stmt(Stmt::Assign(assign)) if matches!(&*assign.value, Expr::Call(made) if self.qualified(&made.func).is_none()) => {
                Target::Unknown
            }
            _ => match self.outer_kind(symbol) {
                // `Point = namedtuple("Point", "x y")`
                Kind::Class(def) => Target::Class(def),
                _ => Target::Unknown,
            },
        }
    }

    /// What is done with the expression at `node`, seen through calls that give back what they get.
    pub(crate) fn use_across(&self, node: NodeId) -> Use<'m> {
        match use_of(self.tree, node) {
            Use::Argument(call, Slot::Position(0)) if self.is_settling(call) => {
                Use::Flows(self.tree.id(call))
            }
            used => used,
        }
    }

    /// Whether a call only says that its argument is not changed any more.
    pub(crate) fn is_settling(&self, call: &ExprCall) -> bool {
        self.qualified(&call.func).is_some_and(|name| name == "spacetime_compiler.runtime.settled")
    }

    /// The function of this module that gets the expression at `node` as an
    /// argument where it stands, and the parameter that it becomes.
    pub fn passed_to(&self, node: NodeId) -> Option<(&'m ExprCall, NodeId, SymbolId)> {
        let Use::Argument(call, slot) = use_of(self.tree, node) else { return None };
        let def = match self.target_of(call) {
            Target::Function(def) => def,
            Target::Method(..) => self.method_run_by(call)?,
            _ => return None,
        };
        if call.arguments.args.iter().any(Expr::is_starred_expr) {
            return None;
        }
        Some((call, def, self.parameter_of(call, def, slot)?))
    }

    /// Whether a function stands in the body of a class.
    pub fn is_method(&self, def: NodeId) -> bool {
        self.scopes.scope(self.scopes.scope_of(def)).kind == ScopeKind::Class
    }

    pub(crate) fn function(&self, def: NodeId) -> Option<&'m StmtFunctionDef> {
        match self.tree.node(def) {
            Node::Stmt(Stmt::FunctionDef(def)) => Some(def),
            _ => None,
        }
    }

    /// How many parameters the receiver of a method call fills; `None` for
    /// decorators of which nothing is known.
    fn receivers(&self, def: NodeId) -> Option<usize> {
        let function = self.function(def)?;
        let method = usize::from(self.is_method(def));
        match function.decorator_list.as_slice() {
            [] => Some(method),
            [one] => match &one.expression {
                Expr::Name(name) if self.scopes.resolve(self.tree.id(name)) == Resolved::Builtin => {
                    match name.id.as_str() {
                        "staticmethod" => Some(0),
                        "classmethod" => Some(1),
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether calling a function runs it and nothing else: it has no
    /// decorators but `staticmethod` and `classmethod`.
    pub fn is_plainly_called(&self, def: NodeId) -> bool {
        self.receivers(def).is_some()
    }

    /// Whether a function has decorators that may do anything with it.
    pub(crate) fn is_decorated_unknown(&self, def: NodeId) -> bool {
        const HARMLESS: [&str; 4] =
            ["abc.abstractmethod", "typing.final", "typing.override", "typing.overload"];
        let harmless =
            |expr: &Expr| self.qualified(expr).is_some_and(|name| HARMLESS.contains(&name.as_str()));
        self.receivers(def).is_none()
            && self
                .function(def)
                .is_none_or(|def| !def.decorator_list.iter().all(|one| harmless(&one.expression)))
    }

    /// The parameter that an argument of a call becomes.
    pub(crate) fn parameter_of(&self, call: &ExprCall, def: NodeId, slot: Slot<'_>) -> Option<SymbolId> {
        if let Target::Class(class) = self.target_of(call) {
            return self
                .constructor_parameter(class, slot)
                .filter(|(init, _)| *init == def)
                .map(|found| found.1);
        }
        let receivers = self.receivers(def)?;
        // `Class.method(instance, ...)` fills the receiver by hand.
        let plain = self.function(def)?.decorator_list.is_empty();
        if self.is_method(def) && plain && self.names_class(&call.func) {
            return None;
        }
        let bound = matches!(&*call.func, Expr::Attribute(_)) && self.is_method(def);
        self.parameter_behind(def, slot, if bound { receivers } else { 0 })
    }

    /// The parameter of `__init__` that an argument of a call of the class becomes.
    pub(crate) fn constructor_parameter(&self, class: NodeId, slot: Slot<'_>) -> Option<(NodeId, SymbolId)> {
        let Node::Stmt(Stmt::ClassDef(def)) = self.tree.node(class) else { return None };
        if !def.decorator_list.is_empty() || !self.makes_own_instances(class) {
            return None;
        }
        let init = self.init_of(class)?;
        Some((init, self.parameter_behind(init, slot, 1)?))
    }

    pub(super) fn parameter_behind(&self, def: NodeId, slot: Slot<'_>, skipped: usize) -> Option<SymbolId> {
        let function = self.function(def)?;
        if function.is_async {
            return None;
        }
        let parameters = &function.parameters;
        let name = match slot {
            Slot::Position(at) => {
                let mut plain = parameters.posonlyargs.iter().chain(&parameters.args).skip(skipped);
                &plain.nth(at)?.parameter.name
            }
            Slot::Keyword(wanted) => {
                let named = parameters.args.iter().chain(&parameters.kwonlyargs);
                &named.into_iter().find(|p| p.parameter.name.as_str() == wanted)?.parameter.name
            }
        };
        self.scopes.resolve(self.tree.id(name)).symbol()
    }

    fn names_class(&self, func: &Expr) -> bool {
        let Expr::Attribute(attribute) = func else { return false };
        let Expr::Name(name) = &*attribute.value else { return false };
        let symbol = self.scopes.resolve(self.tree.id(name)).symbol();
        symbol.is_some_and(|symbol| matches!(self.definition(symbol), Target::Class(_)))
    }

    /// The name of the attribute that a `@property` is.
    pub(crate) fn property_name(&self, def: NodeId) -> Option<&'m str> {
        let function = self.function(def)?;
        match function.decorator_list.as_slice() {
            [one] if self.is_builtin(&one.expression, "property") => Some(function.name.as_str()),
            _ => None,
        }
    }

    /// The receiver's parameter (`self`) of a method.
    pub(crate) fn receiver_parameter(&self, def: NodeId) -> Option<SymbolId> {
        let function = self.function(def)?;
        let first = function.parameters.posonlyargs.iter().chain(&function.parameters.args).next()?;
        self.scopes.resolve(self.tree.id(&first.parameter.name)).symbol()
    }

    /// The argument of a call that becomes the given parameter, if one is given.
    pub(crate) fn argument_for(
        &self,
        call: &'m ExprCall,
        def: NodeId,
        parameter: SymbolId,
    ) -> Option<&'m Expr> {
        let positions = call.arguments.args.iter().enumerate();
        let by_position = positions
            .map(|(at, argument)| (Slot::Position(at), argument))
            .find(|(slot, _)| self.parameter_of(call, def, *slot) == Some(parameter));
        if let Some((_, argument)) = by_position {
            return Some(argument);
        }
        call.arguments.keywords.iter().find_map(|keyword| {
            let name = keyword.arg.as_ref()?;
            let slot = Slot::Keyword(name.as_str());
            (self.parameter_of(call, def, slot) == Some(parameter)).then_some(&keyword.value)
        })
    }

    /// What a call gives for a parameter, be it the default, if it unpacks nothing.
    pub(crate) fn given_for(
        &self,
        call: &'m ExprCall,
        def: NodeId,
        parameter: SymbolId,
        default: Option<&'m Expr>,
    ) -> Option<&'m Expr> {
        let arguments = &call.arguments;
        let unpacks = arguments.args.iter().any(Expr::is_starred_expr)
            || arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
        if unpacks { None } else { self.argument_for(call, def, parameter).or(default) }
    }

    /// The function that declares a parameter at `node`, and the default; `None` for the receiver
    /// of a method.
    pub(crate) fn declared_at(
        &self,
        parameter: SymbolId,
        node: NodeId,
    ) -> Option<(NodeId, Option<&'m Expr>)> {
        let def = self.function_around(node)?;
        let function = self.function(def)?;
        if self.is_method(def) && self.receiver_parameter(def) == Some(parameter) {
            return None;
        }
        let mut parameters = function.parameters.iter_non_variadic_params();
        let found = parameters.find(|one| self.tree.id(&one.parameter) == node)?;
        Some((def, found.default.as_deref()))
    }

    /// Every call of a function, if all of them are known.
    ///
    /// # Errors
    /// A doubt that says who else may call it.
    pub fn callers(&self, def: NodeId) -> Result<Vec<&'m ExprCall>, Doubt> {
        let Some(function) = self.function(def) else { return Err(Doubt::new("it is no function")) };
        let name = function.name.as_str();
        if function.is_async {
            return Err(Doubt::new(format!("`{name}` is a coroutine")));
        }
        if self.receivers(def).is_none() {
            return Err(Doubt::new(format!("the decorator of `{name}` may do anything with it")));
        }
        if self.is_method(def) {
            return self.method_callers(def, name);
        }
        self.named_at(def)?.iter().map(|node| self.call_by(*node, name)).collect()
    }

    /// Every place where a function that is no method is named, if all of them are known.
    fn named_at(&self, def: NodeId) -> Result<Vec<NodeId>, Doubt> {
        let Some(function) = self.function(def) else { return Err(Doubt::new("it is no function")) };
        let name = function.name.as_str();
        let Some(symbol) = self.scopes.resolve(self.tree.id(&function.name)).symbol() else {
            return Err(Doubt::new(format!("it is not known who calls `{name}`")));
        };
        if !matches!(self.definition(symbol), Target::Function(_)) {
            return Err(Doubt::new(format!("`{name}` is bound more than once")));
        }
        self.check_hidden(symbol)?;
        Ok(self.scopes.symbol(symbol).uses.clone())
    }

    /// Every call of a function, and every place where it is handed on, if all of them are known.
    ///
    /// # Errors
    /// As for [`Self::callers`].
    pub(crate) fn runs(&self, def: NodeId) -> Result<Vec<Run<'m>>, Doubt> {
        let at = |node: &NodeId| self.call_by(*node, "").map_or(Run::Named(*node), Run::Call);
        let Some(function) = self.function(def).filter(|function| !function.is_async) else {
            return Ok(self.callers(def)?.into_iter().map(Run::Call).collect());
        };
        let name = function.name.as_str();
        match self.is_method(def) {
            false if self.receivers(def).is_some() => Ok(self.named_at(def)?.iter().map(at).collect()),
            // `key=store.balance`
            true if function.decorator_list.is_empty() && !name.starts_with("__") => {
                Ok(self.method_named_at(def, name)?.iter().map(at).collect())
            }
            _ => Ok(self.callers(def)?.into_iter().map(Run::Call).collect()),
        }
    }

    fn method_callers(&self, def: NodeId, name: &str) -> Result<Vec<&'m ExprCall>, Doubt> {
        if name == "__init__" {
            self.check_only_called(def)?;
            return self.constructor_calls(self.owner(def));
        }
        self.method_named_at(def, name)?.iter().map(|node| self.call_by(*node, name)).collect()
    }

    /// Every place where a method may be named, if all of them are known.
    fn method_named_at(&self, def: NodeId, name: &str) -> Result<Vec<NodeId>, Doubt> {
        self.check_only_called(def)?;
        if name.starts_with("__") {
            return Err(Doubt::new(format!("`{name}` may be called by the interpreter")));
        }
        let class = self.owner(def);
        self.check_class(class)?;
        if let Some(symbol) = self.scopes.resolve(class_name(self, class)).symbol() {
            self.check_hidden(symbol)?;
        }
        self.check_attribute_named(name)?;
        self.check_not_called_by_others(class, name)?;
        // A field of the same name, of another class.
        let may_be = |id: &NodeId| {
            matches!(self.tree.expr(*id), Some(Expr::Attribute(attribute))
                if !self.is_unrelated(attribute, def) && !self.is_not_called(*id, attribute))
        };
        Ok(self.attributes_named(name).iter().copied().filter(may_be).collect())
    }

    /// Whether an attribute is formatted, asked for its truth or calculated
    /// with, so that it is not called even if it is a method.
    pub(crate) fn is_not_called(&self, id: NodeId, attribute: &ExprAttribute) -> bool {
        attribute.ctx.is_load()
            && (matches!(use_of(self.tree, id), Use::Read | Use::Operand(_) | Use::Discarded | Use::Index)
                || self.is_summed(id))
    }

    /// `sum(item.price for item in items)`: beginning with a number, it adds numbers or fails.
    fn is_summed(&self, id: NodeId) -> bool {
        let Use::Element(comprehension) = use_of(self.tree, id) else { return false };
        let is_walked = matches!(self.tree.expr(comprehension), Some(Expr::Generator(_) | Expr::ListComp(_)));
        let Use::Argument(call, Slot::Position(0)) = use_of(self.tree, comprehension) else { return false };
        is_walked && call.arguments.len() == 1 && self.is_builtin(&call.func, "sum")
    }

    /// Every call of a class that no other class is made of.
    fn constructor_calls(&self, class: NodeId) -> Result<Vec<&'m ExprCall>, Doubt> {
        self.check_class(class)?;
        let Node::Stmt(Stmt::ClassDef(def)) = self.tree.node(class) else { return Ok(Vec::new()) };
        let name = def.name.as_str();
        let Some(symbol) = self.scopes.resolve(self.tree.id(&def.name)).symbol() else {
            return Err(Doubt::new(format!("it is not known who calls `{name}`")));
        };
        if !matches!(self.definition(symbol), Target::Class(_)) || !def.decorator_list.is_empty() {
            return Err(Doubt::new(format!("it is not known who calls `{name}`")));
        }
        self.check_hidden(symbol)?;
        let mut calls = Vec::new();
        for other in self.derived(class) {
            if other == class || self.init_of(other) == self.init_of(class) {
                self.calls_of_class(other, &mut calls)?;
            }
        }
        for id in self.attributes_named("__init__") {
            calls.push(self.call_by(*id, "__init__")?);
        }
        Ok(calls)
    }

    /// Calls of a class by its name, and by that of `cls` in its own methods.
    pub(crate) fn calls_of_class(&self, class: NodeId, calls: &mut Vec<&'m ExprCall>) -> Result<(), Doubt> {
        self.calls_of_class_but(class, calls, |_| false)
    }

    /// The same, without the calls that a `defaultdict` makes by itself.
    pub(crate) fn calls_beside_factories(
        &self,
        class: NodeId,
        calls: &mut Vec<&'m ExprCall>,
    ) -> Result<(), Doubt> {
        self.calls_of_class_but(class, calls, |node| self.is_default_factory(node))
    }

    fn calls_of_class_but(
        &self,
        class: NodeId,
        calls: &mut Vec<&'m ExprCall>,
        leaves_out: impl Fn(NodeId) -> bool,
    ) -> Result<(), Doubt> {
        let Some(def) = self.class_def(class) else { return Ok(()) };
        let name = def.name.as_str();
        let Some(symbol) = self.scopes.resolve(self.tree.id(&def.name)).symbol() else {
            return Err(Doubt::new(format!("it is not known who calls `{name}`")));
        };
        self.check_hidden(symbol)?;
        let mut uses = self.scopes.symbol(symbol).uses.clone();
        for (_, method) in self.methods() {
            let receiver = self.receiver_parameter(method);
            if let Some(receiver) = receiver.filter(|receiver| self.receiving_class(*receiver).is_some()) {
                uses.extend(&self.scopes.symbol(receiver).uses);
            }
        }
        for node in uses {
            if !self.scopes.is_unevaluated(node) && !self.is_asking(node) && !leaves_out(node) {
                calls.push(self.call_by(node, name)?);
            }
        }
        for id in self.tree.ids() {
            let gives_class = match self.tree.expr(id) {
                Some(Expr::Attribute(attribute)) => attribute.attr.as_str() == "__class__",
                Some(Expr::Call(call)) => self.is_builtin(&call.func, "type"),
                _ => false,
            };
            if !gives_class {
                continue;
            }
            match use_of(self.tree, id) {
                Use::Read | Use::Compared { .. } | Use::Identity { .. } | Use::Discarded => {}
                Use::Attribute(found) if matches!(found.attr.as_str(), "__name__" | "__qualname__") => {}
                _ => calls.push(self.call_by(id, name)?),
            }
        }
        Ok(())
    }

    /// Whether nobody but this module calls methods of a class: it has no base
    /// that might.
    pub(crate) fn check_class(&self, class: NodeId) -> Result<(), Doubt> {
        let Node::Stmt(Stmt::ClassDef(def)) = self.tree.node(class) else {
            return Err(Doubt::new("a class of unknown origin"));
        };
        let plain = |base: &Expr| match base {
            Expr::Call(call) => {
                self.qualified(&call.func).is_some_and(|name| name == "collections.namedtuple")
            }
            Expr::Name(name) => match self.scopes.resolve(self.tree.id(name)) {
                Resolved::Builtin => name.id == "object",
                resolved => resolved.symbol().is_some_and(|symbol| match self.definition(symbol) {
                    Target::Class(base) => self.check_class(base).is_ok(),
                    _ => self.qualified(base).is_some_and(|name| {
                        matches!(name.as_str(), "typing.NamedTuple" | "abc.ABC" | "typing.Protocol")
                    }),
                }),
            },
            _ => false,
        };
        let arguments = def.arguments.as_deref();
        if arguments.is_none_or(|arguments| arguments.args.iter().all(plain) && arguments.keywords.is_empty())
        {
            return Ok(());
        }
        Err(Doubt::new(format!("a base of class `{}` is not known", def.name)))
    }

    /// The function or lambda whose body a node belongs to.
    pub fn enclosing_function(&self, node: NodeId) -> Option<NodeId> {
        self.function_around(node)
    }

    /// The calls of a function that can be seen; there may be others.
    pub fn known_calls(&self, def: NodeId) -> Vec<NodeId> {
        let Some(function) = self.function(def) else { return Vec::new() };
        let called = |node: NodeId| {
            let parent = self.tree.parent(node)?;
            matches!(self.tree.expr(parent), Some(Expr::Call(call)) if self.tree.id(&*call.func) == node)
                .then_some(parent)
        };
        if self.is_method(def) {
            let name = function.name.as_str();
            if name == "__init__" {
                return self.known_constructions(self.owner(def));
            }
            // `out.write(...)` is no call of a method `write` where `out` is a file.
            let named = |id: &NodeId| matches!(self.tree.expr(*id), Some(Expr::Attribute(attribute)) if !self.is_foreign(&attribute.value));
            return self.attributes_named(name).iter().copied().filter(named).filter_map(called).collect();
        }
        match self.scopes.resolve(self.tree.id(&function.name)).symbol() {
            Some(symbol) => self.scopes.symbol(symbol).uses.iter().copied().filter_map(called).collect(),
            None => Vec::new(),
        }
    }

    /// Calls of a class and of those derived from it, by their names.
    pub fn known_constructions(&self, class: NodeId) -> Vec<NodeId> {
        let mut calls = Vec::new();
        for class in self.derived(class) {
            if self.calls_of_class(class, &mut calls).is_err() {
                break;
            }
        }
        calls.into_iter().map(|call| self.tree.id(call)).collect()
    }

    /// The call whose function is written at `node`.
    fn call_by(&self, node: NodeId, name: &str) -> Result<&'m ExprCall, Doubt> {
        let call = self.tree.parent(node).and_then(|id| self.tree.expr(id));
        match call {
            Some(Expr::Call(call)) if self.tree.id(&*call.func) == node => Ok(call),
            _ => Err(Doubt::new(format!(
                "`{name}` is used otherwise than by calling it (line {})",
                self.line(node)
            ))),
        }
    }

    /// The function whose body a node belongs to; `None` for the module and classes.
    pub(crate) fn function_around(&self, node: NodeId) -> Option<NodeId> {
        self.tree.ancestors(node).find(|outer| {
            matches!(self.tree.node(*outer), Node::Stmt(Stmt::FunctionDef(_)) | Node::Expr(Expr::Lambda(_)))
        })
    }
}

fn class_name(model: &Model<'_>, class: NodeId) -> NodeId {
    match model.tree.node(class) {
        Node::Stmt(Stmt::ClassDef(def)) => model.tree.id(&def.name),
        _ => class,
    }
}
