//! What a call calls.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::scope::{Resolved, ScopeKind, SymbolId};
use crate::table::{Call, Tables};
use crate::{Assumption, Kind, Model};

/// The target of a call, as far as it is known.
#[derive(Clone, Debug)]
pub enum Callee {
    Builtin(&'static Call),
    /// A function of the standard library.
    Module(&'static Call),
    Method {
        entry: &'static Call,
        receiver: Kind,
        /// By its name alone (`known-method-names`).
        assumed: bool,
    },
    /// A function of this module, by its `def`.
    Function(NodeId),
    /// A method of a class of this module, by its `def`; its object is an
    /// argument as well.
    OwnMethod(NodeId),
    /// A class of this module, by its `class` or `namedtuple(...)`.
    Class(NodeId),
    /// `lambda` written in place.
    Lambda(NodeId),
    /// Pure because the user says so.
    Pure,
    Unknown,
}

impl Model<'_> {
    /// What `call` calls, where `kind` tells the kinds of expressions.
    pub(crate) fn callee(&self, call: &ExprCall, kind: &dyn Fn(&Expr) -> Kind) -> Callee {
        if let Some(def) = self.method_run_by(call) {
            return if self.is_marked_pure(def) { Callee::Pure } else { Callee::OwnMethod(def) };
        }
        let callee = self.callee_of_value(&call.func, kind);
        match &callee {
            // `str.join(sep, items)`: the table counts arguments from behind the receiver.
            Callee::Method { entry, .. } if self.is_unbound_method(&call.func) && entry.has_positions() => {
                Callee::Unknown
            }
            _ => callee,
        }
    }

    /// `str.lower`, not `text.lower`.
    fn is_unbound_method(&self, func: &Expr) -> bool {
        matches!(func, Expr::Attribute(attribute) if matches!(&*attribute.value, Expr::Name(name)
            if self.scopes.resolve(self.tree.id(name)) == Resolved::Builtin))
    }

    /// What calling the value of `func` would call.
    pub(crate) fn callee_of_value(&self, func: &Expr, kind: &dyn Fn(&Expr) -> Kind) -> Callee {
        if let Some(name) = self.qualified(func) {
            if self.settings.pure.contains(&name) {
                return Callee::Pure;
            }
            if name.starts_with("sys.std") && self.replaces_streams() {
                return Callee::Unknown;
            }
            return Tables::get().module(&name).map_or(Callee::Unknown, Callee::Module);
        }
        match func {
            Expr::Name(name) => {
                let resolved = self.scopes.resolve(self.tree.id(name));
                if resolved == Resolved::Builtin {
                    return self.builtin_call(&name.id);
                }
                self.user_callee(func, kind)
            }
            Expr::Attribute(attribute) => self.method(&attribute.value, &attribute.attr, kind),
            Expr::Lambda(lambda) => Callee::Lambda(self.tree.id(lambda)),
            _ => self.user_callee(func, kind),
        }
    }

    fn builtin_call(&self, name: &str) -> Callee {
        if self.scopes.has_star_import() || self.replaces_names() {
            return Callee::Unknown;
        }
        Tables::get().builtin(name).map_or(Callee::Unknown, Callee::Builtin)
    }

    fn user_callee(&self, func: &Expr, kind: &dyn Fn(&Expr) -> Kind) -> Callee {
        if self.replaces_names() {
            return Callee::Unknown;
        }
        match kind(func) {
            Kind::Function(def) if self.is_marked_pure(def) => Callee::Pure,
            Kind::Function(def) => Callee::Function(def),
            Kind::Class(def) => Callee::Class(def),
            _ => Callee::Unknown,
        }
    }

    fn method(&self, base: &Expr, name: &str, kind: &dyn Fn(&Expr) -> Kind) -> Callee {
        let tables = Tables::get();
        let receiver = match base {
            Expr::Name(base) if self.scopes.resolve(self.tree.id(base)) == Resolved::Builtin => {
                match base.id.as_str() {
                    "str" => Kind::Str,
                    "bytes" => Kind::Bytes,
                    _ => return Callee::Unknown,
                }
            }
            base => kind(base),
        };
        if let Some(entry) = tables.method(&receiver, name) {
            return Callee::Method { entry, receiver, assumed: false };
        }
        let telling = matches!(receiver, Kind::Unknown | Kind::Json)
            && self.settings.assumptions.contains(Assumption::KnownMethodNames);
        match tables.unique_method(name).filter(|_| telling && !is_self(base)) {
            Some(entry) => Callee::Method { entry, receiver, assumed: true },
            None => Callee::Unknown,
        }
    }

    /// The full name of an imported function or module: `json.loads`.
    pub fn qualified(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Name(name) => {
                let symbol = self.scopes.resolve(self.tree.id(name)).symbol()?;
                self.imported_name(symbol)
            }
            Expr::Attribute(attribute) => {
                let base = self.qualified(&attribute.value)?;
                Some(format!("{base}.{}", attribute.attr))
            }
            _ => None,
        }
    }

    /// What a variable that only one import binds stands for.
    fn imported_name(&self, symbol: SymbolId) -> Option<String> {
        let data = self.scopes.symbol(symbol);
        let [binding] = data.bindings.as_slice() else { return None };
        if !data.is_imported || data.rebound_elsewhere || self.is_starred_over(symbol) {
            return None;
        }
        let alias_id = self.tree.parent(*binding)?;
        let Node::Part(AnyNodeRef::Alias(alias)) = self.tree.node(alias_id) else { return None };
        match self.tree.node(self.tree.parent(alias_id)?) {
            Node::Stmt(Stmt::Import(_)) => Some(match &alias.asname {
                Some(_) => alias.name.to_string(),
                None => alias.name.split('.').next().unwrap_or_default().to_owned(),
            }),
            Node::Stmt(Stmt::ImportFrom(import)) if import.level == 0 => {
                Some(format!("{}.{}", import.module.as_deref()?, alias.name))
            }
            _ => None,
        }
    }

    /// Whether `from x import *` may bind a variable, which names nothing.
    pub(crate) fn is_starred_over(&self, symbol: SymbolId) -> bool {
        self.scopes.has_star_import()
            && self.scopes.scope(self.scopes.symbol(symbol).scope).kind == ScopeKind::Module
    }

    /// Whether all that a variable is ever bound to stands in the places that bind it.
    pub(crate) fn is_bound_in_sight(&self, symbol: SymbolId) -> bool {
        let data = self.scopes.symbol(symbol);
        !data.rebound_elsewhere
            && !data.bindings.is_empty()
            && !self.is_starred_over(symbol)
            && self.check_hidden(symbol).is_ok()
    }

    /// Whether a variable is only ever a function, class or module.
    pub fn is_definition(&self, symbol: SymbolId) -> bool {
        let data = self.scopes.symbol(symbol);
        !data.bindings.is_empty()
            && data.bindings.iter().all(|binding| {
                self.tree.parent(*binding).is_some_and(|parent| {
                    matches!(
                        self.tree.node(parent),
                        Node::Part(AnyNodeRef::Alias(_))
                            | Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_))
                    )
                })
            })
    }

    /// Whether a variable is only ever a function or class of this module, or a
    /// function of a library that the tables know: nothing that holds objects.
    /// (What is imported from elsewhere may be anything, a list for example.)
    pub fn holds_nothing(&self, symbol: SymbolId) -> bool {
        let data = self.scopes.symbol(symbol);
        self.is_definition(symbol)
            && (!data.is_imported
                || self.imported_name(symbol).is_some_and(|name| Tables::get().module(&name).is_some()))
    }

    /// `operator.itemgetter(1)` and `attrgetter("x")`, written in place.
    pub(crate) fn makes_getter(&self, func: &Expr) -> bool {
        matches!(func, Expr::Call(call) if self.qualified(&call.func).is_some_and(|name| {
            matches!(name.as_str(), "operator.itemgetter" | "operator.attrgetter")
        }))
    }

    /// Whether instances of a class are plain records: making one, reading its
    /// fields and copying it run no code of the user's.
    pub fn is_record(&self, def: NodeId) -> bool {
        match self.tree.node(def) {
            Node::Expr(Expr::Call(_)) => true, // namedtuple(...)
            Node::Stmt(Stmt::ClassDef(class)) => {
                let bases = class.arguments.as_deref().map_or(&[][..], |arguments| &arguments.args);
                let no_keywords =
                    class.arguments.as_deref().is_none_or(|arguments| arguments.keywords.is_empty());
                let is = |expr: &Expr, wanted: &str| self.qualified(expr).is_some_and(|name| name == wanted);
                let dataclass = |expr: &Expr| match expr {
                    Expr::Call(call) => is(&call.func, "dataclasses.dataclass"),
                    expr => is(expr, "dataclasses.dataclass"),
                };
                let made_plain = match (class.decorator_list.as_slice(), bases) {
                    ([decorator], []) => dataclass(&decorator.expression),
                    ([], [base]) => is(base, "typing.NamedTuple"),
                    _ => false,
                };
                made_plain
                    && no_keywords
                    && class.body.iter().all(is_plain_member)
                    && class.body.iter().all(|stmt| self.has_plain_default(stmt))
            }
            _ => false,
        }
    }

    /// Whether making an instance runs no code for this field: a
    /// `default_factory` may be anything.
    fn has_plain_default(&self, stmt: &Stmt) -> bool {
        let Stmt::AnnAssign(stmt) = stmt else { return true };
        match stmt.value.as_deref() {
            Some(Expr::Call(call)) => call.arguments.keywords.iter().all(|keyword| {
                keyword.arg.as_deref().is_some_and(|name| name != "default_factory")
                    || self.makes_container(&keyword.value)
            }),
            _ => true,
        }
    }

    /// Whether a class does nothing when an instance is made: no bases but
    /// builtin exceptions, no decorators, no constructor.
    pub(crate) fn is_plain_class(&self, def: NodeId) -> bool {
        let Node::Stmt(Stmt::ClassDef(class)) = self.tree.node(def) else { return false };
        let arguments = class.arguments.as_deref();
        let bases = arguments.map_or(&[][..], |arguments| &arguments.args);
        let builtin = |base: &Expr| match base {
            Expr::Name(name) => {
                self.scopes.resolve(self.tree.id(name)) == Resolved::Builtin
                    && (name.id == "object" || name.id.ends_with("Error") || name.id == "Exception")
            }
            _ => false,
        };
        class.decorator_list.is_empty()
            && arguments.is_none_or(|arguments| arguments.keywords.is_empty())
            && bases.iter().all(builtin)
            && class.body.iter().all(is_plain_member)
    }

    /// What making an instance of a class runs besides the interpreter's own code:
    /// nothing, or the `__init__` that stands in the class. `None` if it may be anything.
    #[expect(clippy::option_option, reason = "anything, nothing but what is known, and that function")]
    pub(crate) fn constructor_code(&self, def: NodeId) -> Option<Option<NodeId>> {
        let Node::Stmt(Stmt::ClassDef(class)) = self.tree.node(def) else { return None };
        let arguments = class.arguments.as_deref();
        let is = |expr: &Expr, wanted: &str| self.qualified(expr).is_some_and(|name| name == wanted);
        if arguments.is_some_and(|arguments| !arguments.keywords.is_empty()) {
            return None;
        }
        let bases = arguments.map_or(&[][..], |arguments| &arguments.args);
        let is_filled = match (class.decorator_list.as_slice(), bases) {
            ([], []) => false,
            ([], [base]) if is(base, "typing.NamedTuple") => true,
            ([], [base]) if self.is_builtin(base, "object") => false,
            ([decorator], []) => {
                let maker = match &decorator.expression {
                    Expr::Call(call) => &*call.func,
                    expr => expr,
                };
                is(maker, "dataclasses.dataclass").then_some(true)?
            }
            _ => return None,
        };
        let mut init = None;
        for stmt in &class.body {
            match stmt {
                Stmt::FunctionDef(method)
                    if method.name.as_str() == "__init__"
                        && !is_filled
                        && init.is_none()
                        && method.decorator_list.is_empty()
                        && !method.is_async =>
                {
                    init = Some(self.tree.id(stmt));
                }
                stmt if self.is_idle_member(stmt) => {}
                _ => return None,
            }
        }
        Some(init)
    }

    /// Whether a member of a class does nothing when an instance is made or goes away.
    fn is_idle_member(&self, stmt: &Stmt) -> bool {
        const ASKED: [&str; 15] = [
            "__repr__",
            "__str__",
            "__format__",
            "__eq__",
            "__ne__",
            "__lt__",
            "__le__",
            "__gt__",
            "__ge__",
            "__hash__",
            "__len__",
            "__iter__",
            "__contains__",
            "__getitem__",
            "__bool__",
        ];
        let is_field = |expr: &Expr| self.qualified(expr).is_some_and(|name| name == "dataclasses.field");
        match stmt {
            Stmt::FunctionDef(method) => {
                let name = method.name.as_str();
                let is_asked = !(name.starts_with("__") && name.ends_with("__")) || ASKED.contains(&name);
                is_asked
                    && method.decorator_list.iter().all(|decorator| {
                        ["property", "staticmethod", "classmethod"]
                            .iter()
                            .any(|known| self.is_builtin(&decorator.expression, known))
                    })
            }
            // A value that is an object of its own might say how it is set.
            Stmt::AnnAssign(field) => match field.value.as_deref() {
                None => true,
                Some(Expr::Call(call)) => is_field(&call.func) && self.has_plain_default(stmt),
                Some(value) => holds_literals(value),
            },
            Stmt::Assign(assign) => holds_literals(&assign.value),
            Stmt::Pass(_) => true,
            Stmt::Expr(stmt) => stmt.value.is_literal_expr(),
            _ => false,
        }
    }
}

/// A literal, or a tuple or list of some: `__slots__ = ("x", "y")`.
pub(crate) fn holds_literals(expr: &Expr) -> bool {
    match expr {
        Expr::Tuple(tuple) => tuple.elts.iter().all(Expr::is_literal_expr),
        Expr::List(list) => list.elts.iter().all(Expr::is_literal_expr),
        Expr::UnaryOp(op) => op.operand.is_literal_expr(),
        expr => expr.is_literal_expr(),
    }
}

fn is_self(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if name.id == "self" || name.id == "cls")
}

/// Fields, docstrings, and methods that nothing calls by itself.
fn is_plain_member(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::AnnAssign(_) | Stmt::Pass(_) => true,
        Stmt::Expr(stmt) => stmt.value.is_literal_expr(),
        // A decorator may make it a property.
        Stmt::FunctionDef(def) => {
            def.decorator_list.is_empty() && !(def.name.starts_with("__") && def.name.ends_with("__"))
        }
        _ => false,
    }
}
