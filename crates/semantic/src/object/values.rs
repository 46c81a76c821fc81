//! Which objects an expression may evaluate to, looked up in a heap.

use super::{Heap, Objects};
use crate::infer::Infer;
use crate::model::Callee;
use crate::scope::Resolved;
use crate::{Kind, Model};
use spacetime_syntax::ast::{Expr, ExprCall};

/// Looks values up in a heap.
#[derive(Clone, Copy)]
pub struct Values<'a, 'm> {
    pub model: &'a Model<'m>,
    pub infer: Infer<'a, 'm>,
    pub heap: &'a Heap,
}

impl Values<'_, '_> {
    /// The objects that `expr` may evaluate to; none for scalars.
    pub fn of(&self, expr: &Expr) -> Objects {
        if self.infer.of(expr).is_scalar() {
            return Objects::default();
        }
        let site = || self.heap.object_at(self.model.tree.id(expr)).unwrap_or_else(Objects::outer);
        match expr {
            Expr::Name(name) => match self.model.scopes.resolve(self.model.tree.id(name)) {
                Resolved::Builtin => Objects::default(),
                Resolved::Local(symbol) | Resolved::Free(symbol) | Resolved::Global(symbol) => {
                    if self.model.holds_nothing(symbol) {
                        Objects::default()
                    } else {
                        self.heap.of_use(self.infer.kinds, symbol, self.model.tree.id(name))
                    }
                }
            },
            Expr::Named(named) => self.of(&named.value),
            Expr::Starred(starred) => self.of(&starred.value),
            Expr::If(choice) => self.of(&choice.body).union(&self.of(&choice.orelse)),
            Expr::BoolOp(op) => {
                op.values.iter().fold(Objects::default(), |all, value| all.union(&self.of(value)))
            }
            Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Set(_)
            | Expr::Dict(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_) => site(),
            Expr::Lambda(_) => Objects::default(),
            Expr::Subscript(subscript) if matches!(&*subscript.slice, Expr::Slice(_)) => {
                match self.infer.of(&subscript.value) {
                    Kind::List(_) => site(),
                    _ => self.of(&subscript.value).union(&site()),
                }
            }
            Expr::Subscript(subscript) => self.heap.contents(&self.of(&subscript.value)),
            // A bound method has hold of its receiver.
            Expr::Attribute(attribute) => {
                let base = self.of(&attribute.value);
                self.heap.contents(&base).union(&base).union(&Objects::outer())
            }
            Expr::BinOp(op) => match self.infer.of(expr) {
                Kind::Unknown => self.of(&op.left).union(&self.of(&op.right)).union(&Objects::outer()),
                _ => site(),
            },
            Expr::UnaryOp(_) | Expr::Compare(_) => match self.infer.of(expr) {
                Kind::Unknown => Objects::outer(),
                _ => Objects::default(),
            },
            Expr::Call(call) => self.of_call(call, site()),
            _ => Objects::outer(),
        }
    }

    fn of_call(&self, call: &ExprCall, site: Objects) -> Objects {
        let arguments = || self.arguments(call);
        match self.model.callee(call, &|expr| self.infer.of(expr)) {
            Callee::Builtin(entry) | Callee::Module(entry) | Callee::Method { entry, .. } => {
                if entry.element {
                    let all = arguments().union(&self.receiver(call));
                    return self.heap.contents(&all).union(&all);
                }
                match self.infer.of_call_kind(call) {
                    Kind::Unknown if !entry.fresh && !entry.shares => {
                        arguments().union(&site).union(&Objects::outer())
                    }
                    _ => site,
                }
            }
            Callee::Function(def) | Callee::OwnMethod(def) => {
                if self.model.summary_shape(def).returns_outer {
                    self.heap.reachable(&self.given(call)).union(&site).union(&Objects::outer())
                } else {
                    site
                }
            }
            Callee::Class(def) if self.model.is_record(def) => site,
            Callee::Pure => site.union(&Objects::outer()),
            _ => Objects::outer(),
        }
    }

    pub fn arguments(&self, call: &ExprCall) -> Objects {
        call.arguments
            .args
            .iter()
            .chain(call.arguments.keywords.iter().map(|keyword| &keyword.value))
            .fold(Objects::default(), |all, argument| all.union(&self.of(argument)))
    }

    /// What a function of this module gets: the arguments, and a method its object.
    pub fn given(&self, call: &ExprCall) -> Objects {
        self.arguments(call).union(&self.receiver(call))
    }

    pub fn receiver(&self, call: &ExprCall) -> Objects {
        match &*call.func {
            // A function of a module has no receiver.
            Expr::Attribute(attribute) if self.model.qualified(&call.func).is_none() => {
                self.of(&attribute.value)
            }
            _ => Objects::default(),
        }
    }
}
