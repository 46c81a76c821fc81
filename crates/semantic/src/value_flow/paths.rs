//! Whether a parameter, a field or an option of the command line is surely a `pathlib.Path`.
//!
//! Paths are made in `main` and opened elsewhere. What makes one stands in the
//! source (`Path(…)`, `folder / "x"`, `add_argument(…, type=Path)`), and is looked
//! for without asking for kinds, which are being worked out when this is asked.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprAttribute, ExprCall, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::Model;
use crate::scope::SymbolId;

/// Longer ways from a parameter to what makes the path are not followed.
const STEPS: usize = 8;

impl<'m> Model<'m> {
    /// Whether all callers pass a path for the parameter whose name is bound at `name`.
    pub(crate) fn is_path_parameter(&self, name: NodeId) -> bool {
        self.scopes.resolve(name).symbol().is_some_and(|symbol| self.holds_path(symbol, STEPS))
    }

    /// `args.source`, if the option is declared to be a path and nothing else fills it.
    pub(crate) fn is_path_option(&self, attribute: &ExprAttribute) -> bool {
        self.may_have_paths()
            && attribute.ctx.is_load()
            && self.is_options(&attribute.value, STEPS)
            && self.declares_path(attribute.attr.as_str())
    }

    /// `self.folder`, if whatever is put into fields of that name is a path.
    pub(crate) fn is_path_field(&self, attribute: &ExprAttribute) -> bool {
        self.holds_path_in_field(attribute, STEPS)
    }

    fn holds_path_in_field(&self, attribute: &ExprAttribute, steps: usize) -> bool {
        let name = attribute.attr.as_str();
        if steps == 0
            || !self.may_have_paths()
            || !attribute.ctx.is_load()
            || !attribute.value.is_name_expr()
            || !self.is_program()
            || !self.methods_named(name).is_empty()
            || !self.is_own_instance(&attribute.value)
            || self.check_attribute_named(name).is_err()
        {
            return false;
        }
        let Ok(values) = self.field_values(name) else { return false };
        let mut stores = Vec::new();
        for id in self.attributes_named(name) {
            let Some(Expr::Attribute(found)) = self.tree.expr(*id) else { return false };
            if found.ctx.is_load() {
                continue;
            }
            match self.tree.parent(*id).map(|parent| self.tree.node(parent)) {
                Some(Node::Stmt(Stmt::Assign(assign))) => stores.push(&*assign.value),
                Some(Node::Stmt(Stmt::AnnAssign(assign))) => stores.extend(assign.value.as_deref()),
                _ => return false,
            }
        }
        let mut all = values.into_iter().chain(stores).peekable();
        all.peek().is_some() && all.all(|value| self.makes_path(value, steps - 1))
    }

    /// Whether the module knows paths at all, so that most modules pay nothing.
    fn may_have_paths(&self) -> bool {
        self.tree.module().text().contains("pathlib")
    }

    fn makes_path(&self, expr: &'m Expr, steps: usize) -> bool {
        if steps == 0 {
            return false;
        }
        match expr {
            Expr::Name(_) => {
                let symbol = self.scopes.resolve(self.tree.id(expr)).symbol();
                symbol.is_some_and(|symbol| self.holds_path(symbol, steps - 1))
            }
            Expr::Call(call) => self.is_path_class(&call.func) || self.derives_path(call, steps),
            Expr::BinOp(op) => {
                op.op == Operator::Div
                    && self.makes_path(&op.left, steps - 1)
                    && (matches!(&*op.right, Expr::StringLiteral(_) | Expr::FString(_))
                        || self.makes_path(&op.right, steps - 1))
            }
            Expr::Attribute(attribute) => {
                (attribute.attr.as_str() == "parent" && self.makes_path(&attribute.value, steps - 1))
                    || self.is_path_option(attribute)
                    || self.holds_path_in_field(attribute, steps - 1)
            }
            Expr::If(choice) => {
                self.makes_path(&choice.body, steps - 1) && self.makes_path(&choice.orelse, steps - 1)
            }
            _ => false,
        }
    }

    fn is_path_class(&self, expr: &Expr) -> bool {
        self.qualified(expr).is_some_and(|name| name == "pathlib.Path" && !self.is_replaced(&name))
    }

    /// `path.with_suffix(".out")`
    fn derives_path(&self, call: &'m ExprCall, steps: usize) -> bool {
        let Expr::Attribute(method) = &*call.func else { return false };
        matches!(
            method.attr.as_str(),
            "absolute" | "expanduser" | "joinpath" | "resolve" | "with_name" | "with_stem" | "with_suffix"
        ) && self.makes_path(&method.value, steps - 1)
    }

    fn holds_path(&self, symbol: SymbolId, steps: usize) -> bool {
        if steps == 0 || !self.may_have_paths() || !self.is_bound_in_sight(symbol) {
            return false;
        }
        self.scopes.symbol(symbol).bindings.iter().all(|binding| {
            let Some(parent) = self.tree.parent(*binding) else { return false };
            match self.tree.node(parent) {
                Node::Stmt(Stmt::Assign(assign)) => self.makes_path(&assign.value, steps),
                Node::Stmt(Stmt::AnnAssign(assign)) => {
                    assign.value.as_deref().is_some_and(|value| self.makes_path(value, steps))
                }
                Node::Stmt(Stmt::For(stmt)) => self.lists_paths(&stmt.iter, steps),
                Node::Part(AnyNodeRef::Comprehension(clause)) => self.lists_paths(&clause.iter, steps),
                Node::Part(AnyNodeRef::Parameter(_)) => self.gets_path(symbol, parent, steps),
                _ => false,
            }
        })
    }

    /// `folder.glob("*.log")`, also sorted, also under a name that only one statement binds.
    fn lists_paths(&self, iter: &'m Expr, steps: usize) -> bool {
        match iter {
            _ if steps == 0 => false,
            Expr::Call(call) if self.is_builtin(&call.func, "sorted") => {
                call.arguments.args.first().is_some_and(|first| self.lists_paths(first, steps - 1))
            }
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) => {
                    matches!(method.attr.as_str(), "glob" | "rglob" | "iterdir")
                        && self.makes_path(&method.value, steps - 1)
                }
                _ => false,
            },
            Expr::Name(_) => {
                let Some(symbol) = self.scopes.resolve(self.tree.id(iter)).symbol() else { return false };
                let data = self.scopes.symbol(symbol);
                let [binding] = data.bindings.as_slice() else { return false };
                self.is_bound_in_sight(symbol)
                    && self.is_only_read(symbol)
                    && matches!(self.tree.parent(*binding).map(|parent| self.tree.node(parent)),
                        Some(Node::Stmt(Stmt::Assign(assign))) if self.lists_paths(&assign.value, steps - 1))
            }
            _ => false,
        }
    }

    /// Whether all callers of a plain function, or of a class, pass a path for a parameter.
    fn gets_path(&self, symbol: SymbolId, parameter: NodeId, steps: usize) -> bool {
        let Some(def) = self.function_around(parameter) else { return false };
        let Some(function) = self.function(def) else { return false };
        if self.is_method(def)
            && (function.name.as_str() != "__init__" || self.receiver_parameter(def) == Some(symbol))
        {
            return false;
        }
        let is_plain = function
            .parameters
            .iter_non_variadic_params()
            .any(|one| self.tree.id(&one.parameter) == parameter && one.default.is_none());
        is_plain
            && function.decorator_list.is_empty()
            && self.callers(def).is_ok_and(|calls| {
                !calls.is_empty()
                    && calls.iter().all(|call| {
                        let arguments = &call.arguments;
                        !arguments.args.iter().any(Expr::is_starred_expr)
                            && arguments.keywords.iter().all(|keyword| keyword.arg.is_some())
                            && self
                                .argument_for(call, def, symbol)
                                .is_some_and(|argument| self.makes_path(argument, steps - 1))
                    })
            })
    }

    /// Whether an expression is what `ArgumentParser().parse_args()` gives.
    fn is_options(&self, expr: &Expr, steps: usize) -> bool {
        let Expr::Name(_) = expr else { return false };
        let Some(symbol) = self.scopes.resolve(self.tree.id(expr)).symbol() else { return false };
        let [binding] = self.scopes.symbol(symbol).bindings.as_slice() else { return false };
        if steps == 0 || !self.is_bound_in_sight(symbol) {
            return false;
        }
        let Some(parent) = self.tree.parent(*binding) else { return false };
        match self.tree.node(parent) {
            Node::Stmt(Stmt::Assign(assign)) => self.parses(&assign.value),
            Node::Part(AnyNodeRef::Parameter(_)) => {
                let Some(def) = self.function_around(parent).filter(|def| !self.is_method(*def)) else {
                    return false;
                };
                self.callers(def).is_ok_and(|calls| {
                    !calls.is_empty()
                        && calls.iter().all(|call| {
                            self.argument_for(call, def, symbol)
                                .is_some_and(|argument| self.is_options(argument, steps - 1))
                        })
                })
            }
            _ => false,
        }
    }

    /// `parser.parse_args(…)` of a parser made in the same function, or in sight.
    fn parses(&self, value: &'m Expr) -> bool {
        let Expr::Call(call) = value else { return false };
        let Expr::Attribute(method) = &*call.func else { return false };
        let is_parser = |expr: &Expr| match expr {
            Expr::Call(call) => {
                self.qualified(&call.func).is_some_and(|name| name == "argparse.ArgumentParser")
            }
            _ => false,
        };
        if method.attr.as_str() != "parse_args" || self.is_assigned("parse_args") {
            return false;
        }
        // A namespace that is passed may hold anything.
        if !call.arguments.keywords.is_empty() || call.arguments.args.len() > 1 {
            return false;
        }
        match &*method.value {
            Expr::Name(_) => {
                let Some(symbol) = self.scopes.resolve(self.tree.id(&*method.value)).symbol() else {
                    return false;
                };
                let [binding] = self.scopes.symbol(symbol).bindings.as_slice() else { return false };
                self.is_bound_in_sight(symbol)
                    && matches!(self.tree.parent(*binding).map(|parent| self.tree.node(parent)),
                        Some(Node::Stmt(Stmt::Assign(assign))) if is_parser(&assign.value))
            }
            _ => false,
        }
    }

    /// Whether one `add_argument` alone fills an option of that name, with paths.
    fn declares_path(&self, name: &str) -> bool {
        let text = self.tree.module().text();
        if ["set_defaults", "setattr", "__dict__", "vars("].iter().any(|word| text.contains(word))
            || self.is_assigned(name)
        {
            return false;
        }
        let mut declared = 0;
        for id in self.attributes_named("add_argument") {
            let call = self.tree.parent(*id).and_then(|parent| self.tree.expr(parent));
            let Some(Expr::Call(call)) = call else { return false };
            match Self::option_named(call) {
                Some(found) if found != name => {}
                Some(_) if self.is_path_argument(call) => declared += 1,
                _ => return false,
            }
        }
        declared == 1
    }

    /// The name under which an option is kept, where it is written in the source.
    fn option_named(call: &ExprCall) -> Option<String> {
        if let Some(dest) = call.arguments.find_keyword("dest") {
            return match &dest.value {
                Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
                _ => None,
            };
        }
        if call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none()) {
            return None;
        }
        let mut flags = Vec::new();
        for argument in &call.arguments.args {
            let Expr::StringLiteral(text) = argument else { return None };
            flags.push(text.value.to_str());
        }
        let long = flags.iter().find(|flag| flag.starts_with("--")).or(flags.first())?;
        Some(long.trim_start_matches('-').replace('-', "_"))
    }

    fn is_path_argument(&self, call: &ExprCall) -> bool {
        let keyword = |name| call.arguments.find_keyword(name).map(|keyword| &keyword.value);
        let positional = matches!(call.arguments.args.first(),
            Some(Expr::StringLiteral(text)) if !text.value.to_str().starts_with('-'));
        let required = matches!(keyword("required"), Some(Expr::BooleanLiteral(literal)) if literal.value);
        // A default that is a string goes through `type` as well.
        let default = match keyword("default") {
            None => false,
            Some(Expr::StringLiteral(_)) => true,
            Some(Expr::Call(made)) => self.is_path_class(&made.func),
            Some(_) => return false,
        };
        keyword("type").is_some_and(|class| self.is_path_class(class))
            && keyword("nargs").is_none()
            && keyword("action").is_none()
            && keyword("const").is_none()
            && (positional || required || default)
    }
}
