//! What gets hold of objects and functions where no name of theirs is written:
//! setters, decorators and tables in class bodies, mangled names, code that runs
//! other code by its text.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprAttribute, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::scope::ScopeId;
use crate::{Doubt, Model};

/// Words without which a module does not look at itself.
const WORDS: [&str; 14] = [
    "__main__",
    "modules",
    "import_module",
    "__import__",
    "eval",
    "vars",
    "locals",
    "dir",
    "doctest",
    "timeit",
    "Profile",
    "profile",
    "getmodule",
    "getmembers",
];

/// Functions that get at what a module defines, or run code that is a text.
const LOOKING: [&str; 14] = [
    "sys.modules",
    "importlib.import_module",
    "inspect.getmodule",
    "inspect.getmembers",
    "doctest.testmod",
    "doctest.testfile",
    "doctest.run_docstring_examples",
    "doctest.DocTestSuite",
    "timeit.timeit",
    "timeit.repeat",
    "timeit.Timer",
    "cProfile.run",
    "cProfile.runctx",
    "profile.run",
];

/// Methods that libraries call, of whatever object they are handed: of files, mappings, locks,
/// handlers, filters, loaders, targets of parsers, aggregates, protocols.
const CALLED_BY_OTHERS: [&str; 62] = [
    "acquire",
    "as_integer_ratio",
    "cancel",
    "close",
    "comment",
    "commit",
    "conjugate",
    "connection_made",
    "copy",
    "create_module",
    "cursor",
    "data",
    "data_received",
    "doctype",
    "emit",
    "end",
    "eof_received",
    "exec_module",
    "execute",
    "feed",
    "fileno",
    "filter",
    "finalize",
    "find_module",
    "find_spec",
    "flush",
    "format",
    "get",
    "get_loader",
    "getvalue",
    "handle",
    "inverse",
    "isatty",
    "items",
    "keys",
    "load_module",
    "next",
    "open",
    "pi",
    "put",
    "read",
    "read1",
    "readable",
    "readinto",
    "readline",
    "readlines",
    "release",
    "result",
    "run",
    "seek",
    "seekable",
    "send",
    "set_result",
    "start",
    "step",
    "tell",
    "truncate",
    "value",
    "values",
    "writable",
    "write",
    "writelines",
];

/// An attribute that is set without writing `x.name = ...`.
enum Set<'m> {
    Named(&'m str),
    Any,
}

impl<'m> Model<'m> {
    /// The line on which the module may get hold of itself: `import __main__`,
    /// `sys.modules[...]`, `vars()`, `doctest.testmod()`.
    pub(crate) fn looks_at_modules(&self) -> Option<usize> {
        *self.looks.get_or_init(|| {
            let text = self.tree.module().text();
            if !WORDS.iter().any(|word| text.contains(word)) {
                return None;
            }
            self.tree.ids().find(|id| self.looks_at_itself(*id)).map(|id| self.line(id))
        })
    }

    fn looks_at_itself(&self, id: NodeId) -> bool {
        match self.tree.node(id) {
            Node::Part(AnyNodeRef::Alias(alias)) => alias.name.as_str() == "__main__",
            Node::Stmt(Stmt::ImportFrom(import)) => {
                import.module.as_ref().is_some_and(|name| name.as_str() == "__main__")
            }
            Node::Expr(Expr::Call(call)) => {
                // In a function they give what is local to it.
                let everything =
                    ["vars", "locals", "dir"].iter().any(|name| self.is_builtin(&call.func, name));
                everything && call.arguments.is_empty() && self.scopes.scope_of(id) == ScopeId::MODULE
            }
            Node::Expr(expr @ Expr::Name(name)) if self.is_builtin(expr, &name.id) => {
                matches!(name.id.as_str(), "__import__" | "eval")
            }
            Node::Expr(expr) => self.qualified(expr).is_some_and(|name| LOOKING.contains(&name.as_str())),
            _ => false,
        }
    }

    /// Whether what is assigned to attributes of a name is kept there, and is seen
    /// by nobody who does not write the name: no setter or descriptor gets it.
    pub(crate) fn check_is_kept(&self, name: &str) -> Result<(), Doubt> {
        let sets = |def: &NodeId| {
            self.function(*def).is_some_and(|function| {
                function.decorator_list.iter().any(|one| {
                    matches!(&one.expression, Expr::Attribute(found)
                        if matches!(found.attr.as_str(), "setter" | "deleter"))
                })
            })
        };
        if let Some(def) = self.methods_named(name).iter().copied().find(|def| sets(def)) {
            return Err(Doubt::new(format!(
                "a setter gets what is put into `{name}` (line {})",
                self.line(def)
            )));
        }
        for class in self.classes() {
            let Some(def) = self.class_def(class) else { continue };
            for stmt in &def.body {
                if let Some(value) = bound_to(stmt, name)
                    && !self.is_plain_default(value)
                {
                    let line = self.line(self.tree.id(value));
                    return Err(Doubt::new(format!(
                        "a descriptor may get what is put into `{name}` (line {line})"
                    )));
                }
            }
        }
        self.check_not_mangled(name)
    }

    /// `self.__rows` is `_Table__rows` to others.
    fn check_not_mangled(&self, name: &str) -> Result<(), Doubt> {
        if !name.starts_with("__") || name.ends_with("__") {
            return Ok(());
        }
        let mangled = |text: &str| text.len() > name.len() && text.starts_with('_') && text.ends_with(name);
        let found = self.tree.ids().find(|id| match self.tree.expr(*id) {
            Some(Expr::Attribute(attribute)) => mangled(attribute.attr.as_str()),
            Some(Expr::StringLiteral(text)) => mangled(text.value.to_str()),
            _ => false,
        });
        match found {
            Some(id) => Err(Doubt::new(format!("`{name}` is used by another name (line {})", self.line(id)))),
            None => Ok(()),
        }
    }

    /// Whether the class body does nothing with a method but to define it:
    /// `data = property(_read)`, `__init__ = logged(__init__)` and
    /// `TABLE = {"read": _read}` call it unseen.
    pub(crate) fn check_only_called(&self, def: NodeId) -> Result<(), Doubt> {
        let Some(function) = self.function(def) else { return Ok(()) };
        let Some(symbol) = self.scopes.resolve(self.tree.id(&function.name)).symbol() else { return Ok(()) };
        match self.scopes.symbol(symbol).uses.first() {
            Some(used) => Err(Doubt::new(format!(
                "the class body uses `{}` otherwise than by calling it (line {})",
                function.name,
                self.line(*used)
            ))),
            None => Ok(()),
        }
    }

    /// Whether nobody but this module calls a method: libraries do so by its name
    /// (`print(line, file=table)`, `json.dump(x, table)`), if they get hold of an object of its class.
    pub(crate) fn check_not_called_by_others(&self, class: NodeId, name: &str) -> Result<(), Doubt> {
        if !CALLED_BY_OTHERS.contains(&name) || self.is_confined(class) {
            return Ok(());
        }
        Err(Doubt::new(format!("`{name}` is a method that libraries may call")))
    }

    /// Whether a method of that name may be replaced by code that does not write
    /// `x.name = ...`: `setattr(C, "name", f)`, `x.__dict__["name"] = f`. What an
    /// object sets of its own by names that it is given is taken for fields.
    pub(crate) fn may_be_patched(&self, name: &str) -> bool {
        let patched = self.patched.get_or_init(|| {
            let text = self.tree.module().text();
            if !["setattr", "__dict__", "vars"].iter().any(|word| text.contains(word)) {
                return Some(Vec::new());
            }
            let named = |set: Set<'_>| match set {
                Set::Named(name) => Some(name.to_owned()),
                Set::Any => None,
            };
            self.tree.ids().filter_map(|id| self.patches(id)).map(named).collect()
        });
        patched.as_ref().is_none_or(|names| names.iter().any(|patched| patched == name))
    }

    /// Where a special method is set so.
    pub(super) fn sets_special(&self) -> Option<NodeId> {
        let text = self.tree.module().text();
        if !["setattr", "__dict__", "vars"].iter().any(|word| text.contains(word)) {
            return None;
        }
        self.tree.ids().find(|id| {
            let named = matches!(self.patches(*id), Some(Set::Named(name))
                if name.starts_with("__") && name.ends_with("__"));
            named || self.sets_on_class(*id)
        })
    }

    /// `setattr(Item, name, value)`, whatever the name is.
    fn sets_on_class(&self, id: NodeId) -> bool {
        let Some(Expr::Call(call)) = self.tree.expr(id) else { return false };
        let [holder, name, _] = &call.arguments.args[..] else { return false };
        let making = ["__init_subclass__", "__new__", "__prepare__", "__set_name__"];
        let method = self.function_around(id).and_then(|def| self.function(def));
        self.is_builtin(&call.func, "setattr")
            && !name.is_string_literal_expr()
            && (self.is_class_expr(holder) || method.is_some_and(|def| making.contains(&def.name.as_str())))
    }

    /// What an expression sets so.
    fn patches(&self, id: NodeId) -> Option<Set<'m>> {
        let named = |holder: &'m Expr, named: &'m Expr| match named {
            Expr::StringLiteral(text) => Some(Set::Named(text.value.to_str())),
            _ => (!self.is_own_receiver(holder)).then_some(Set::Any),
        };
        match self.tree.expr(id)? {
            Expr::Call(call) => match (&*call.func, &call.arguments.args[..]) {
                (Expr::Name(_), [holder, name, _]) if self.is_builtin(&call.func, "setattr") => {
                    named(holder, name)
                }
                (Expr::Attribute(found), [holder, name, _]) if found.attr.as_str() == "__setattr__" => {
                    named(holder, name)
                }
                (Expr::Attribute(found), _) if found.attr.as_str() == "update" => {
                    let holder = self.names_of(&found.value)?;
                    (!self.is_own_receiver(holder)).then_some(Set::Any)
                }
                _ => None,
            },
            Expr::Subscript(subscript) if !subscript.ctx.is_load() => {
                named(self.names_of(&subscript.value)?, &subscript.slice)
            }
            _ => None,
        }
    }

    /// `x` of `x.__dict__` and `vars(x)`.
    fn names_of(&self, expr: &'m Expr) -> Option<&'m Expr> {
        match expr {
            Expr::Attribute(found) if found.attr.as_str() == "__dict__" => Some(&found.value),
            Expr::Call(call) if self.is_builtin(&call.func, "vars") => call.arguments.args.first(),
            _ => None,
        }
    }

    /// `self`
    fn is_own_receiver(&self, expr: &Expr) -> bool {
        let node = self.tree.id(expr);
        let receiver = self
            .function_around(node)
            .filter(|def| self.function(*def).is_some_and(|function| function.decorator_list.is_empty()))
            .and_then(|def| if self.is_method(def) { self.receiver_parameter(def) } else { None });
        receiver.is_some() && self.scopes.resolve(node).symbol() == receiver
    }

    /// `super().name` within a method; `None` where `super()` is kept.
    pub(crate) fn taken_from_super(&self, def: NodeId) -> Vec<Option<&'m ExprAttribute>> {
        if !self.tree.module().text().contains("super") {
            return Vec::new();
        }
        let is_super = |id: &NodeId| matches!(self.tree.expr(*id), Some(Expr::Call(call)) if self.is_builtin(&call.func, "super"));
        let taken = |id: NodeId| match self.tree.parent(id).and_then(|parent| self.tree.expr(parent)) {
            Some(Expr::Attribute(attribute)) => Some(attribute),
            _ => None,
        };
        self.tree.subtree(def).filter(is_super).map(taken).collect()
    }
}

/// What a statement of a class body binds to a name.
fn bound_to<'m>(stmt: &'m Stmt, name: &str) -> Option<&'m Expr> {
    let is_it = |target: &Expr| matches!(target, Expr::Name(found) if found.id == name);
    match stmt {
        Stmt::Assign(assign) if assign.targets.iter().any(is_it) => Some(&assign.value),
        Stmt::AnnAssign(field) if is_it(&field.target) => field.value.as_deref(),
        _ => None,
    }
}
