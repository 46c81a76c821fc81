//! Of which class of the module an object is, where that can be said; which of
//! the methods of one name it may then have; what a record class consists of.
//!
//! Two classes of a program often have a method, or a method and a field, of the
//! same name. Without this, each of them would stand for both.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprAttribute, Stmt, StmtClassDef};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use crate::scope::SymbolId;
use crate::{Kind, Model};

/// How many steps are taken to find out of which class something is.
pub(super) const STEPS: u8 = 4;

/// An object of a class of this module, or of one that is derived from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instance {
    pub(super) class: NodeId,
    pub(super) exact: bool,
}

impl<'m> Model<'m> {
    /// The methods of this module that `base.name` may be.
    pub(crate) fn methods_of(&self, attribute: &ExprAttribute) -> Vec<NodeId> {
        let named = self.methods_named(attribute.attr.as_str());
        if named.is_empty() {
            return Vec::new();
        }
        let instance = self.instance(&attribute.value, STEPS);
        let may_be = |def: &NodeId| match instance {
            Some(instance) => self.may_have(instance, *def),
            None => {
                !self.is_elsewhere(&attribute.value, self.owner(*def)) && !self.is_foreign(&attribute.value)
            }
        };
        named.iter().copied().filter(may_be).collect()
    }

    /// Whether `base.name` is surely not a method `def` of a class.
    pub(crate) fn is_unrelated(&self, attribute: &ExprAttribute, def: NodeId) -> bool {
        match self.instance(&attribute.value, STEPS) {
            Some(instance) => !self.may_have(instance, def),
            None => self.is_elsewhere(&attribute.value, self.owner(def)) || self.is_foreign(&attribute.value),
        }
    }

    /// Whether an expression is surely no object of a class, nor of one derived from it.
    pub(crate) fn is_no_instance(&self, expr: &Expr, class: NodeId) -> bool {
        match self.instance(expr, STEPS) {
            Some(instance) => !self
                .classes()
                .any(|other| self.is_derived(other, instance.class) && self.is_derived(other, class)),
            None => self.is_elsewhere(expr, class) || self.is_foreign(expr),
        }
    }

    /// Whether an expression is surely an object of a class of this module.
    pub(crate) fn is_own_instance(&self, expr: &Expr) -> bool {
        self.instance(expr, STEPS).is_some_and(|instance| self.check_class(instance.class).is_ok())
    }

    /// The class in whose body a method stands.
    pub(crate) fn owner(&self, method: NodeId) -> NodeId {
        self.scopes.scope(self.scopes.scope_of(method)).node
    }

    pub(super) fn may_have(&self, instance: Instance, def: NodeId) -> bool {
        let owner = self.owner(def);
        if self.is_derived(instance.class, owner) {
            return true;
        }
        // An object of a class that is derived from both.
        !instance.exact
            && self
                .classes()
                .any(|class| self.is_derived(class, instance.class) && self.is_derived(class, owner))
    }

    pub(crate) fn class_def(&self, class: NodeId) -> Option<&'m StmtClassDef> {
        match self.tree.node(class) {
            Node::Stmt(Stmt::ClassDef(def)) => Some(def),
            _ => None,
        }
    }

    /// Whether a class is another one or has it among its bases.
    pub(crate) fn is_derived(&self, class: NodeId, from: NodeId) -> bool {
        let mut seen = Vec::new();
        let mut todo = vec![class];
        while let Some(class) = todo.pop() {
            if class == from {
                return true;
            }
            if !seen.contains(&class) {
                seen.push(class);
                todo.extend(self.bases(class));
            }
        }
        false
    }

    /// The bases that are classes of this module.
    fn bases(&self, class: NodeId) -> Vec<NodeId> {
        let arguments = self.class_def(class).and_then(|def| def.arguments.as_deref());
        let bases = arguments.map_or(&[][..], |arguments| &arguments.args);
        bases.iter().filter_map(|base| self.named_class(base)).collect()
    }

    /// Whether an expression names a class of exceptions that `except Exception` catches:
    /// a builtin one, or one of this module that is surely derived from one.
    pub(crate) fn is_ordinary_error(&self, class: &Expr) -> bool {
        let is_builtin = |class: &Expr| match class {
            Expr::Name(name) => {
                (name.id.ends_with("Error") || name.id == "Exception") && self.is_builtin(class, &name.id)
            }
            _ => false,
        };
        let mut class = class;
        for _ in 0..STEPS {
            if is_builtin(class) {
                return true;
            }
            let def = self.named_class(class).and_then(|class| self.class_def(class));
            let Some(arguments) = def.and_then(|def| def.arguments.as_deref()) else { return false };
            let Some(base) = arguments.args.first() else { return false };
            class = base;
        }
        false
    }

    /// The classes that are derived from a class, and itself.
    pub(crate) fn derived(&self, class: NodeId) -> Vec<NodeId> {
        self.classes().filter(|other| self.is_derived(*other, class)).collect()
    }

    /// `list[C]` behind the `:` or `->` of a definition.
    fn is_annotation(&self, id: NodeId) -> bool {
        let mut at = id;
        while let Some(parent) = self.tree.parent(at) {
            match self.tree.node(parent) {
                Node::Expr(Expr::Subscript(_) | Expr::Tuple(_) | Expr::BinOp(_) | Expr::List(_)) => {
                    at = parent;
                }
                Node::Stmt(Stmt::FunctionDef(def)) => {
                    return def.returns.as_deref().is_some_and(|returns| self.tree.id(returns) == at);
                }
                Node::Stmt(Stmt::AnnAssign(assign)) => return self.tree.id(&*assign.annotation) == at,
                Node::Part(AnyNodeRef::Parameter(_)) => return true,
                _ => return false,
            }
        }
        false
    }

    /// The constructor that a class has of its own or gets from its only base.
    pub(crate) fn init_of(&self, class: NodeId) -> Option<NodeId> {
        let mut class = class;
        for _ in 0..STEPS {
            let def = self.class_def(class)?;
            let own = def.body.iter().find_map(|stmt| match stmt {
                Stmt::FunctionDef(method) if method.name.as_str() == "__init__" => Some(self.tree.id(stmt)),
                _ => None,
            });
            if own.is_some() {
                return own.filter(|init| self.check_only_called(*init).is_ok());
            }
            let [base] = def.arguments.as_deref().map_or(&[][..], |arguments| &arguments.args) else {
                return None;
            };
            class = self.named_class(base)?;
        }
        None
    }

    /// The class that a name stands for.
    pub(super) fn named_class(&self, expr: &Expr) -> Option<NodeId> {
        let Expr::Name(name) = expr else { return None };
        let symbol = self.scopes.resolve(self.tree.id(name)).symbol()?;
        match self.definition(symbol) {
            Target::Class(class) => Some(class),
            _ => None,
        }
    }

    /// Whether a variable is bound by a `class` statement, perhaps among others.
    pub(crate) fn is_class(&self, symbol: SymbolId) -> bool {
        self.classes().any(|class| {
            self.class_def(class)
                .is_some_and(|def| self.scopes.resolve(self.tree.id(&def.name)).symbol() == Some(symbol))
        })
    }

    pub(super) fn instance(&self, expr: &Expr, steps: u8) -> Option<Instance> {
        let steps = steps.checked_sub(1)?;
        match expr {
            Expr::Name(name) => self.instance_in(self.scopes.resolve(self.tree.id(name)).symbol()?, steps),
            Expr::Call(call) => {
                if let Some(class) = self.named_class(&call.func) {
                    return self.makes_own_instances(class).then_some(Instance { class, exact: true });
                }
                let Expr::Name(name) = &*call.func else { return None };
                let symbol = self.scopes.resolve(self.tree.id(name)).symbol()?;
                match self.definition(symbol) {
                    Target::Function(def) => self.instance_returned(def, steps),
                    _ => None,
                }
            }
            Expr::Attribute(attribute) => self.instance_kept(attribute, steps),
            Expr::Subscript(subscript) if !subscript.slice.is_slice_expr() => {
                self.instance_walked(&subscript.value)
            }
            _ => None,
        }
    }

    /// What a variable holds, if all that it is bound to is of one class.
    fn instance_in(&self, symbol: SymbolId, steps: u8) -> Option<Instance> {
        let data = self.scopes.symbol(symbol);
        if data.rebound_elsewhere || self.is_starred_over(symbol) {
            return None;
        }
        Self::one_class(data.bindings.iter().map(|binding| {
            let parent = self.tree.parent(*binding)?;
            match self.tree.node(parent) {
                Node::Stmt(Stmt::Assign(assign)) => self.instance(&assign.value, steps),
                Node::Stmt(Stmt::AnnAssign(assign)) => match &assign.value {
                    Some(value) => self.instance(value, steps),
                    None => None,
                },
                Node::Part(AnyNodeRef::Parameter(_)) => {
                    self.instance_passed(symbol, self.function_around(parent)?, steps)
                }
                _ => self.instance_of_target(*binding),
            }
        }))
    }

    pub(super) fn one_class(found: impl Iterator<Item = Option<Instance>>) -> Option<Instance> {
        let mut result: Option<Instance> = None;
        for instance in found {
            let instance = instance?;
            match &mut result {
                None => result = Some(instance),
                Some(known) if known.class == instance.class => known.exact &= instance.exact,
                Some(_) => return None,
            }
        }
        result
    }

    /// What a parameter gets: a method's receiver, or what all callers pass.
    fn instance_passed(&self, parameter: SymbolId, def: NodeId, steps: u8) -> Option<Instance> {
        let function = self.function(def)?;
        if self.is_method(def) && self.receiver_parameter(def) == Some(parameter) {
            return self
                .is_called_on_instances(def)
                .then(|| Instance { class: self.owner(def), exact: false });
        }
        if self.is_method(def) || function.parameters.iter().any(|any| any.default().is_some()) {
            return None;
        }
        let calls = self.callers(def).ok()?;
        Self::one_class(
            calls.iter().map(|call| self.instance(self.argument_for(call, def, parameter)?, steps)),
        )
    }

    /// Whether the first parameter of a method is its object: nobody takes the
    /// function out of the class to call it with something else.
    fn is_called_on_instances(&self, def: NodeId) -> bool {
        let Some(function) = self.function(def) else { return false };
        let plain = function.decorator_list.is_empty() || self.property_name(def).is_some();
        let used = self.scopes.resolve(self.tree.id(&function.name)).symbol();
        let owner = self.owner(def);
        plain
            && function.name.as_str() != "__new__"
            && used.is_some_and(|symbol| self.scopes.symbol(symbol).uses.is_empty())
            && self.classes().filter(|class| self.is_derived(*class, owner)).all(|class| self.is_no_value(class))
            && !self.attributes_named(function.name.as_str()).iter().any(|id| {
                matches!(self.tree.expr(*id), Some(Expr::Attribute(found)) if self.is_class_expr(&found.value))
            })
    }

    /// Whether an expression is a class: its name, `cls`, `type(x)`, `x.__class__`.
    pub(super) fn is_class_expr(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(name) => {
                self.named_class(expr).is_some()
                    || self
                        .scopes
                        .resolve(self.tree.id(name))
                        .symbol()
                        .is_some_and(|symbol| self.receiving_class(symbol).is_some())
            }
            Expr::Call(call) => self.is_builtin(&call.func, "type"),
            Expr::Attribute(attribute) => attribute.attr.as_str() == "__class__",
            _ => false,
        }
    }

    /// The class of the classmethod whose first parameter a variable is.
    pub(crate) fn receiving_class(&self, symbol: SymbolId) -> Option<NodeId> {
        let [binding] = self.scopes.symbol(symbol).bindings.as_slice() else { return None };
        let def = self.function_around(self.tree.parent(*binding)?)?;
        let [decorator] = self.function(def)?.decorator_list.as_slice() else { return None };
        (self.is_method(def)
            && self.receiver_parameter(def) == Some(symbol)
            && self.is_builtin(&decorator.expression, "classmethod"))
        .then(|| self.owner(def))
    }

    /// Whether the name of a class is only used to call it, to get at what it
    /// holds, to ask for it, and as a base: it is put nowhere from where it
    /// could be called unseen.
    pub(crate) fn is_no_value(&self, class: NodeId) -> bool {
        let Some(def) = self.class_def(class) else { return false };
        let Some(symbol) = self.scopes.resolve(self.tree.id(&def.name)).symbol() else { return false };
        self.scopes
            .symbol(symbol)
            .uses
            .iter()
            .all(|id| self.scopes.is_unevaluated(*id) || self.is_calling(*id) || self.is_asking(*id))
    }

    /// `C(...)`
    pub(crate) fn is_calling(&self, id: NodeId) -> bool {
        matches!(self.tree.parent(id).and_then(|parent| self.tree.expr(parent)),
            Some(Expr::Call(call)) if self.tree.id(&*call.func) == id)
    }

    /// `C.name`, `isinstance(x, C)`, `except C`, `raise C`, `class D(C)`, `case C()`
    pub(crate) fn is_asking(&self, id: NodeId) -> bool {
        let Some(parent) = self.tree.parent(id) else { return false };
        if self.is_annotation(id) {
            return true;
        }
        match self.tree.node(parent) {
            Node::Expr(Expr::Attribute(attribute)) => attribute.attr.as_str() != "__init__",
            Node::Expr(Expr::Tuple(_)) => self.is_asking(parent),
            Node::Part(AnyNodeRef::Arguments(_)) => {
                match self.tree.parent(parent).map(|outer| self.tree.node(outer)) {
                    Some(Node::Expr(Expr::Call(call))) => {
                        ["isinstance", "issubclass"].iter().any(|name| self.is_builtin(&call.func, name))
                    }
                    Some(Node::Stmt(Stmt::ClassDef(_))) => true,
                    _ => false,
                }
            }
            Node::Part(AnyNodeRef::ExceptHandlerExceptHandler(_) | AnyNodeRef::PatternMatchClass(_))
            | Node::Stmt(Stmt::Raise(_)) => true,
            _ => false,
        }
    }

    fn instance_returned(&self, def: NodeId, steps: u8) -> Option<Instance> {
        if !self.function(def)?.decorator_list.is_empty() {
            return None;
        }
        let body = self.body_of_def(def).filter(|body| !body.is_generator && !body.is_async)?;
        Self::one_class(body.nodes.iter().filter_map(|node| match self.tree.node(*node) {
            Node::Stmt(Stmt::Return(stmt)) => match stmt.value.as_deref() {
                // `None` has no methods.
                None | Some(Expr::NoneLiteral(_)) => None,
                Some(value) => Some(self.instance(value, steps)),
            },
            _ => None,
        }))
    }

    /// What attributes of that name hold, whatever they are attributes of.
    fn instance_kept(&self, attribute: &ExprAttribute, steps: u8) -> Option<Instance> {
        let name = attribute.attr.as_str();
        let owner = self.instance(&attribute.value, steps)?;
        if !self.is_program()
            || self.check_class(owner.class).is_err()
            || self.check_attributes_named().is_err()
            || !self.methods_named(name).is_empty()
            || self.is_class_variable(name)
            || self.may_be_named_in_a_text(name)
        {
            return None;
        }
        let stored = self.attributes_named(name).iter().filter(
            |id| matches!(self.tree.expr(**id), Some(Expr::Attribute(found)) if !found.ctx.is_load()),
        );
        Self::one_class(stored.map(|id| match self.tree.node(self.tree.parent(*id)?) {
            Node::Stmt(Stmt::Assign(assign)) => self.instance(&assign.value, steps),
            Node::Stmt(Stmt::AnnAssign(assign)) => self.instance(assign.value.as_deref()?, steps),
            _ => None,
        }))
    }

    /// Whether a class body binds that name otherwise than by `def`: a field, a
    /// constant, an alias.
    pub(crate) fn is_class_variable(&self, name: &str) -> bool {
        self.classes().any(|class| {
            self.class_def(class).is_some_and(|def| {
                def.body.iter().any(|stmt| match stmt {
                    Stmt::AnnAssign(field) => is_name(&field.target, name),
                    Stmt::Assign(assign) => assign.targets.iter().any(|target| is_name(target, name)),
                    Stmt::FunctionDef(_) | Stmt::Expr(_) | Stmt::Pass(_) => false,
                    _ => true,
                })
            })
        })
    }

    /// Whether calling a class gives a new object of this very class.
    pub(crate) fn makes_own_instances(&self, class: NodeId) -> bool {
        let Some(def) = self.class_def(class) else { return false };
        (def.decorator_list.is_empty() || self.is_record_class(class))
            && self.check_class(class).is_ok()
            && !self.methods_named("__new__").iter().any(|method| self.is_derived(class, self.owner(*method)))
    }

    /// Whether a class is a dataclass or named tuple whose objects are made by
    /// putting the arguments into fields; it may have any methods.
    pub(crate) fn is_record_class(&self, class: NodeId) -> bool {
        match self.tree.node(class) {
            Node::Expr(_) => self.is_record(class), // `namedtuple("Point", "x y")`
            _ => self.record_fields(class).is_some(),
        }
    }

    /// Whether a record is no tuple.
    pub(crate) fn is_dataclass(&self, class: NodeId) -> bool {
        self.class_def(class).is_some_and(|def| !def.decorator_list.is_empty()) && self.is_record_class(class)
    }

    /// Whether an expression is compared with members of enumerations only, of
    /// which there is one each, on disk too: `x is Color.RED`.
    pub(crate) fn is_beside_member(&self, node: NodeId) -> bool {
        let Some(Expr::Compare(compare)) = self.tree.parent(node).and_then(|parent| self.tree.expr(parent))
        else {
            return false;
        };
        std::iter::once(&*compare.left)
            .chain(&compare.comparators)
            .filter(|operand| self.tree.id(*operand) != node)
            .all(|operand| operand.is_none_literal_expr() || self.is_member(operand))
    }

    fn is_member(&self, expr: &Expr) -> bool {
        let Expr::Attribute(attribute) = expr else { return false };
        let Some(def) = self.named_class(&attribute.value).and_then(|class| self.class_def(class)) else {
            return false;
        };
        let bases = def.arguments.as_deref().map_or(&[][..], |arguments| &arguments.args);
        bases.iter().any(|base| {
            self.qualified(base)
                .is_some_and(|name| matches!(name.as_str(), "enum.Enum" | "enum.IntEnum" | "enum.StrEnum"))
        }) && def.body.iter().any(|stmt| {
            matches!(stmt, Stmt::Assign(assign)
                if assign.targets.iter().any(|target| is_name(target, attribute.attr.as_str())))
        })
    }

    /// The names of the fields, in the order of the constructor's arguments.
    pub(crate) fn record_fields(&self, class: NodeId) -> Option<Vec<String>> {
        let def = self.class_def(class)?;
        let is = |expr: &Expr, wanted: &str| self.qualified(expr).is_some_and(|name| name == wanted);
        let dataclass = |expr: &Expr| match expr {
            Expr::Call(call) => is(&call.func, "dataclasses.dataclass"),
            expr => is(expr, "dataclasses.dataclass"),
        };
        let decorators: Vec<&Expr> = def
            .decorator_list
            .iter()
            .map(|one| &one.expression)
            .filter(|one| !is(one, "functools.total_ordering"))
            .collect();
        let arguments = def.arguments.as_deref();
        let bases = arguments.map_or(&[][..], |arguments| &arguments.args);
        if arguments.is_some_and(|arguments| !arguments.keywords.is_empty()) {
            return None;
        }
        let mut fields = match (decorators.as_slice(), bases) {
            ([one], []) if dataclass(one) => Vec::new(),
            ([one], [base]) if dataclass(one) => {
                let base = self.named_class(base).filter(|base| *base != class)?;
                self.class_def(base).filter(|def| !def.decorator_list.is_empty())?;
                self.record_fields(base)?
            }
            ([], [base]) if is(base, "typing.NamedTuple") => Vec::new(),
            // Reading a field opens the tuple, by whatever name.
            ([], [Expr::Call(base)]) if is(&base.func, "collections.namedtuple") => Vec::new(),
            _ => return None,
        };
        for stmt in &def.body {
            match stmt {
                Stmt::AnnAssign(field) => {
                    let Expr::Name(name) = &*field.target else { return None };
                    if !field.value.as_deref().is_none_or(|value| self.is_plain_default(value)) {
                        return None;
                    }
                    if !fields.iter().any(|known| known == name.id.as_str()) {
                        fields.push(name.id.to_string());
                    }
                }
                // What is made by hand may keep its arguments anywhere.
                Stmt::FunctionDef(method) if matches!(method.name.as_str(), "__init__" | "__new__") => {
                    return None;
                }
                // With `InitVar`s it gets arguments.
                Stmt::FunctionDef(method)
                    if method.name.as_str() == "__post_init__" && method.parameters.iter().count() > 1 =>
                {
                    return None;
                }
                Stmt::FunctionDef(_) | Stmt::Pass(_) | Stmt::Assign(_) => {}
                Stmt::Expr(stmt) if stmt.value.is_literal_expr() => {}
                _ => return None,
            }
        }
        Some(fields)
    }

    /// Whether a default is no descriptor, which would get what is put into the field.
    pub(crate) fn is_plain_default(&self, value: &Expr) -> bool {
        match value {
            Expr::Call(call) => {
                self.qualified(&call.func).is_some_and(|name| {
                    ["dataclasses.", "decimal.", "datetime.", "fractions.", "collections."]
                        .iter()
                        .any(|module| name.starts_with(module))
                }) || matches!(&*call.func, Expr::Name(name) if name.id != "property" && self.is_builtin(&call.func, &name.id))
            }
            Expr::Name(_) | Expr::Attribute(_) => self.methods_named("__set__").is_empty(),
            value => !value.is_await_expr(),
        }
    }

    /// Whether a property gives a number, a string or a new container: nothing
    /// that could be called.
    pub(crate) fn is_property_of_values(&self, def: NodeId) -> bool {
        if self.property_name(def).is_none() {
            return false;
        }
        let Some(body) = self.body_of_def(def).filter(|body| !body.is_generator) else { return false };
        body.nodes.iter().all(|node| match self.tree.node(*node) {
            Node::Stmt(Stmt::Return(stmt)) => match stmt.value.as_deref() {
                None | Some(Expr::BinOp(_) | Expr::Compare(_) | Expr::FString(_) | Expr::UnaryOp(_)) => true,
                Some(value) => value.is_literal_expr() || is_value(&body.kind(self, value)),
            },
            _ => true,
        })
    }
}

fn is_value(kind: &Kind) -> bool {
    !matches!(kind, Kind::Never | Kind::Unknown | Kind::Function(_) | Kind::Class(_) | Kind::Record(_))
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(found) if found.id == name)
}
