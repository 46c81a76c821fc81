//! Objects that are surely of no class of this module: numbers, texts and
//! containers, options of the command line, dates.
//!
//! `args.top` is then no method `top` of a class here, and `totals.items()` does
//! not read an attribute `items` of one.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprAttribute, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use super::uses::is_stored;
use crate::scope::SymbolId;
use crate::{Kind, Model};

impl<'m> Model<'m> {
    /// Whether an expression is neither an object of a class of this module nor
    /// such a class.
    pub(crate) fn is_foreign(&self, expr: &Expr) -> bool {
        let node = self.tree.id(expr);
        if let Some(known) = self.foreign.borrow().get(&node) {
            return *known;
        }
        // Asked again while it is being worked out, it is not known.
        self.foreign.borrow_mut().insert(node, false);
        let found = self.tree.expr(node).is_some_and(|expr| self.looks_foreign(expr));
        self.foreign.borrow_mut().insert(node, found);
        found
    }

    /// Whether attributes of that name are set on objects of classes of this
    /// module only, so that no other object has what is put there.
    pub(crate) fn is_kept_by_own(&self, name: &str) -> bool {
        self.attributes_named(name).iter().all(|id| match self.tree.expr(*id) {
            Some(Expr::Attribute(found)) => !is_stored(found.ctx) || self.is_own_instance(&found.value),
            _ => true,
        })
    }

    fn looks_foreign(&self, expr: &'m Expr) -> bool {
        let node = self.tree.id(expr);
        if self.body_of(node).is_some_and(|body| is_builtin_kind(&body.kind(self, expr))) {
            return true;
        }
        match expr {
            Expr::Name(_) => match self.scopes.resolve(node).symbol() {
                Some(symbol) => self.holds_foreign(symbol),
                None => false,
            },
            Expr::Call(call) => match self.target_of(call) {
                Target::Library(name) => name == "argparse.ArgumentParser" || gives_value(&name),
                Target::Function(def) => self.returns_foreign(def),
                Target::Method(name, own) => match &*call.func {
                    Expr::Attribute(method) if !own.is_empty() => {
                        self.is_own_instance(&method.value)
                            && own.iter().all(|def| self.returns_foreign(*def))
                    }
                    Expr::Attribute(method) => name == "parse_args" && self.parses_options(method, call),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }

    /// `parser.parse_args()`, which makes an object of its own for the options.
    fn parses_options(&self, method: &ExprAttribute, call: &ExprCall) -> bool {
        call.arguments.keywords.is_empty()
            && call.arguments.args.len() <= 1
            && !call.arguments.args.iter().any(Expr::is_starred_expr)
            && !self.is_assigned("parse_args")
            && self.is_foreign(&method.value)
    }

    /// Whether all that a variable is bound to is foreign.
    fn holds_foreign(&self, symbol: SymbolId) -> bool {
        if !self.is_bound_in_sight(symbol) {
            return false;
        }
        self.scopes.symbol(symbol).bindings.iter().all(|binding| {
            let Some(parent) = self.tree.parent(*binding) else { return false };
            match self.tree.node(parent) {
                Node::Stmt(Stmt::Assign(assign)) => self.is_foreign(&assign.value),
                Node::Stmt(Stmt::AnnAssign(assign)) => {
                    assign.value.as_deref().is_some_and(|value| self.is_foreign(value))
                }
                Node::Part(AnyNodeRef::Parameter(_)) => self.gets_foreign(symbol, parent),
                _ => false,
            }
        })
    }

    /// Whether all callers pass something foreign for a parameter.
    fn gets_foreign(&self, symbol: SymbolId, parameter: NodeId) -> bool {
        let Some(def) = self.function_around(parameter) else { return false };
        let Some(function) = self.function(def) else { return false };
        if self.is_method(def) || function.parameters.iter().any(|any| any.default().is_some()) {
            return false;
        }
        self.callers(def).is_ok_and(|calls| {
            calls.iter().all(|call| {
                self.argument_for(call, def, symbol).is_some_and(|argument| {
                    !call.arguments.args.iter().any(Expr::is_starred_expr) && self.is_foreign(argument)
                })
            })
        })
    }

    fn returns_foreign(&self, def: NodeId) -> bool {
        let plain = self.function(def).is_some_and(|def| def.decorator_list.is_empty() && !def.is_async);
        let Some(body) = self.body_of_def(def).filter(|_| plain) else { return false };
        body.is_generator
            || body.nodes.iter().all(|node| match self.tree.node(*node) {
                Node::Stmt(Stmt::Return(stmt)) => {
                    stmt.value.as_deref().is_none_or(|value| self.is_foreign(value))
                }
                _ => true,
            })
    }
}

fn is_builtin_kind(kind: &Kind) -> bool {
    !matches!(kind, Kind::Never | Kind::Unknown | Kind::Function(_) | Kind::Class(_) | Kind::Record(_))
}

/// Library functions and classes that give a value of their own: it cannot be
/// changed, and nothing can be put into it.
pub(crate) fn gives_value(name: &str) -> bool {
    matches!(
        name,
        "decimal.Decimal"
            | "fractions.Fraction"
            | "datetime.date"
            | "datetime.datetime"
            | "datetime.time"
            | "datetime.timedelta"
            | "datetime.date.fromisoformat"
            | "datetime.date.fromordinal"
            | "datetime.date.fromtimestamp"
            | "datetime.date.today"
            | "datetime.datetime.combine"
            | "datetime.datetime.fromisoformat"
            | "datetime.datetime.fromtimestamp"
            | "datetime.datetime.now"
            | "datetime.datetime.strptime"
            | "datetime.time.fromisoformat"
            | "ipaddress.ip_address"
            | "ipaddress.ip_network"
            | "uuid.UUID"
    )
}
