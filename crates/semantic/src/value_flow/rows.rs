//! What queries of SQLite databases give: new tuples or `sqlite3.Row`s that hold
//! numbers, texts and bytes, so that nothing can be put into them, and nobody else
//! has what is in them. A connection can be told otherwise (`row_factory`,
//! `text_factory`, converters); so all of this module that has one is looked at.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprAttribute, Stmt, WithItem};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use super::database::{Handle, STEPS};
use super::uses::{Use, is_stored, use_of};
use crate::Model;
use crate::scope::ScopeKind;

/// Words of modules that may have other rows, or set attributes without naming them.
const WORDS: [&str; 8] =
    ["text_factory", "detect_types", "register_converter", "setattr", "__dict__", "vars", "exec(", "eval("];

/// What is asked of connections and cursors without giving them away.
const ASKED: [&str; 15] = [
    "execute",
    "executemany",
    "executescript",
    "cursor",
    "commit",
    "rollback",
    "close",
    "fetchall",
    "fetchmany",
    "fetchone",
    "row_factory",
    "rowcount",
    "lastrowid",
    "description",
    "total_changes",
];

/// Builtins that keep no cursor, or only to give its rows.
const BUILTINS: [&str; 10] =
    ["list", "tuple", "iter", "next", "enumerate", "sorted", "print", "bool", "map", "zip"];

impl Model<'_> {
    /// Whether an expression is surely a cursor whose rows hold nothing but numbers,
    /// texts and bytes.
    pub(crate) fn gives_plain_rows(&self, expr: &Expr) -> bool {
        self.is_sqlite_cursor(expr) && *self.plain_rows.get_or_init(|| self.has_plain_rows())
    }

    fn has_plain_rows(&self) -> bool {
        let text = self.tree.module().text();
        !WORDS.iter().any(|word| text.contains(word))
            && self.attributes_named("row_factory").iter().all(|id| self.makes_rows(*id))
            && self.tree.ids().all(|id| self.shows_no_handle(id))
    }

    /// `connection.row_factory = sqlite3.Row`, or a look at it
    fn makes_rows(&self, id: NodeId) -> bool {
        let stored = matches!(self.tree.expr(id), Some(Expr::Attribute(found)) if is_stored(found.ctx));
        match self.tree.parent(id).filter(|_| stored).map(|parent| self.tree.node(parent)) {
            Some(Node::Stmt(Stmt::Assign(assign))) => {
                assign.value.is_none_literal_expr()
                    || self.qualified(&assign.value).is_some_and(|name| name == "sqlite3.Row")
            }
            _ => !stored,
        }
    }

    /// Whether nobody out of sight gets a connection or cursor from there.
    fn shows_no_handle(&self, id: NodeId) -> bool {
        let Some(expr) = self.tree.expr(id) else { return true };
        if let Expr::Call(call) = expr
            && self.qualified(&call.func).is_some_and(|name| name == "sqlite3.connect")
            && call.arguments.args.len() > 2
        {
            return false;
        }
        if !matches!(expr, Expr::Call(_)) && !matches!(expr, Expr::Name(name) if name.ctx.is_load()) {
            return true;
        }
        [Handle::Connection, Handle::Cursor]
            .into_iter()
            .filter(|handle| self.is_handle(expr, *handle, STEPS))
            .all(|handle| self.stays_in_sight(id, handle))
    }

    fn stays_in_sight(&self, id: NodeId, handle: Handle) -> bool {
        match use_of(self.tree, id) {
            Use::Discarded | Use::Read | Use::Identity { .. } | Use::Walked(_) | Use::Deleted => true,
            Use::Bound(target) | Use::Named(target, _) => self.binds_handle(target, handle),
            Use::BoundAll(targets) => targets.iter().all(|target| self.binds_handle(target, handle)),
            Use::Attribute(attribute) => self.only_asks(attribute),
            Use::Argument(call, slot) => match self.target_of(call) {
                Target::Builtin(name) => BUILTINS.contains(&name.as_str()),
                Target::Function(def) => self
                    .parameter_of(call, def, slot)
                    .is_some_and(|parameter| self.holds_handle(parameter, handle, STEPS)),
                Target::Library(name) if name == "contextlib.closing" => {
                    self.is_entered(self.tree.id(call), handle)
                }
                Target::Library(name) => name.starts_with("spacetime_compiler.runtime."),
                _ => false,
            },
            Use::Returned => self
                .function_around(id)
                .is_some_and(|def| self.returns_handle(def, handle, STEPS) && self.callers(def).is_ok()),
            Use::Other => self.is_entered(id, handle),
            _ => false,
        }
    }

    fn binds_handle(&self, target: &Expr, handle: Handle) -> bool {
        let symbol = self.scopes.resolve(self.tree.id(target)).symbol().filter(|_| target.is_name_expr());
        symbol.is_some_and(|symbol| {
            // Others may reach into a module or a class.
            let is_seen = match self.scopes.scope(self.scopes.symbol(symbol).scope).kind {
                ScopeKind::Class => true,
                ScopeKind::Module => !self.is_program(),
                _ => false,
            };
            !is_seen && self.holds_handle(symbol, handle, STEPS)
        })
    }

    /// `with HANDLE as name`
    fn is_entered(&self, id: NodeId, handle: Handle) -> bool {
        match self.tree.parent(id).map(|parent| self.tree.node(parent)) {
            Some(Node::Part(AnyNodeRef::WithItem(WithItem { optional_vars, .. }))) => {
                optional_vars.as_deref().is_none_or(|target| self.binds_handle(target, handle))
            }
            _ => false,
        }
    }

    /// Whether an attribute is set or read, or a method called.
    fn only_asks(&self, attribute: &ExprAttribute) -> bool {
        let name = attribute.attr.as_str();
        let id = self.tree.id(attribute);
        let is_called = matches!(self.tree.parent(id).and_then(|parent| self.tree.expr(parent)),
            Some(Expr::Call(call)) if self.tree.id(&*call.func) == id);
        let is_value =
            matches!(name, "row_factory" | "rowcount" | "lastrowid" | "description" | "total_changes");
        ASKED.contains(&name) && (is_called || is_value)
    }
}
