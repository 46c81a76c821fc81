//! Cursors of SQLite databases, wherever they come from: a list of all rows is
//! what walking such a cursor gives.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use crate::Model;
use crate::scope::SymbolId;

/// More steps are not taken to find out where a cursor comes from.
pub(super) const STEPS: u8 = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Handle {
    Connection,
    Cursor,
}

impl<'m> Model<'m> {
    /// Whether an expression is surely a `sqlite3.Cursor`.
    pub fn is_sqlite_cursor(&self, expr: &Expr) -> bool {
        self.tree.expr(self.tree.id(expr)).is_some_and(|expr| self.is_handle(expr, Handle::Cursor, STEPS))
    }

    pub(super) fn is_handle(&self, expr: &'m Expr, wanted: Handle, steps: u8) -> bool {
        let Some(steps) = steps.checked_sub(1) else { return false };
        match expr {
            Expr::Name(_) => {
                let symbol = self.scopes.resolve(self.tree.id(expr)).symbol();
                symbol.is_some_and(|symbol| self.holds_handle(symbol, wanted, steps))
            }
            Expr::Call(call) => match self.target_of(call) {
                Target::Library(name) => {
                    wanted == Handle::Connection && name == "sqlite3.connect" && makes_plain(call)
                }
                Target::Function(def) => self.returns_handle(def, wanted, steps),
                Target::Method(name, own) if own.is_empty() && wanted == Handle::Cursor => {
                    let Expr::Attribute(method) = &*call.func else { return false };
                    let of_connection = || self.is_handle(&method.value, Handle::Connection, steps);
                    match name.as_str() {
                        "cursor" => call.arguments.is_empty() && of_connection(),
                        // A cursor gives itself.
                        "execute" => of_connection() || self.is_handle(&method.value, Handle::Cursor, steps),
                        _ => false,
                    }
                }
                _ => false,
            },
            _ => false,
        }
    }

    pub(super) fn holds_handle(&self, symbol: SymbolId, wanted: Handle, steps: u8) -> bool {
        if !self.is_bound_in_sight(symbol) {
            return false;
        }
        self.scopes.symbol(symbol).bindings.iter().all(|binding| {
            let Some(parent) = self.tree.parent(*binding) else { return false };
            match self.tree.node(parent) {
                Node::Stmt(Stmt::Assign(assign)) => self.is_handle(&assign.value, wanted, steps),
                // A connection gives itself, a cursor cannot be entered but by `closing`.
                Node::Part(AnyNodeRef::WithItem(item)) => {
                    self.enters_handle(&item.context_expr, wanted, steps)
                }
                Node::Part(AnyNodeRef::Parameter(_)) => self.gets_handle(symbol, parent, wanted, steps),
                _ => false,
            }
        })
    }

    fn enters_handle(&self, expr: &'m Expr, wanted: Handle, steps: u8) -> bool {
        if let Expr::Call(call) = expr
            && let [inner] = &call.arguments.args[..]
            && self.qualified(&call.func).is_some_and(|name| name == "contextlib.closing")
        {
            return self.is_handle(inner, wanted, steps);
        }
        wanted == Handle::Connection && self.is_handle(expr, wanted, steps)
    }

    fn gets_handle(&self, symbol: SymbolId, parameter: NodeId, wanted: Handle, steps: u8) -> bool {
        let Some(def) = self.function_around(parameter) else { return false };
        let Some(function) = self.function(def) else { return false };
        if self.is_method(def) || function.parameters.iter().any(|any| any.default().is_some()) {
            return false;
        }
        self.callers(def).is_ok_and(|calls| {
            !calls.is_empty()
                && calls.iter().all(|call| {
                    !call.arguments.args.iter().any(Expr::is_starred_expr)
                        && self
                            .argument_for(call, def, symbol)
                            .is_some_and(|argument| self.is_handle(argument, wanted, steps))
                })
        })
    }

    pub(super) fn returns_handle(&self, def: NodeId, wanted: Handle, steps: u8) -> bool {
        let plain = self.function(def).is_some_and(|def| def.decorator_list.is_empty() && !def.is_async);
        let Some(body) = self.body_of_def(def).filter(|body| plain && !body.is_generator) else {
            return false;
        };
        let mut returned = body.nodes.iter().filter_map(|node| match self.tree.node(*node) {
            Node::Stmt(Stmt::Return(stmt)) => Some(stmt.value.as_deref()),
            _ => None,
        });
        returned.clone().count() > 0
            && returned.all(|value| value.is_some_and(|value| self.is_handle(value, wanted, steps)))
    }
}

/// Whether a call of `connect` names no class of the program's own.
fn makes_plain(call: &ExprCall) -> bool {
    call.arguments.args.len() <= 5
        && !call.arguments.args.iter().any(Expr::is_starred_expr)
        && call
            .arguments
            .keywords
            .iter()
            .all(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg != "factory"))
}
