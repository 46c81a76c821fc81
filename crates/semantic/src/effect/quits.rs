//! Where a program gives up on purpose: `raise` and `assert`.
//!
//! What fails by accident may be assumed to fail alone. What is raised on purpose ends
//! a walk as `break` and `sys.exit` do, and often in a run in which something else
//! would have failed, too.

use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::Effects;
use super::collect::Collector;
use crate::Model;
use crate::flow::PointId;

impl Effects {
    pub(super) fn quit(&mut self, node: NodeId) {
        if let Err(at) = self.quits.binary_search(&node) {
            self.quits.insert(at, node);
        }
    }

    pub(super) fn add_quits(&mut self, other: &Self) {
        for node in &other.quits {
            self.quit(*node);
        }
    }
}

impl Collector<'_, '_> {
    /// Forgets what the handlers around a point surely catch.
    pub(super) fn forget_caught(&mut self, at: PointId) {
        if self.effects.quits.is_empty() {
            return;
        }
        let (model, body) = (self.model, self.body);
        let handlers = &body.flow.point(at).raise;
        self.effects
            .quits
            .retain(|quit| !handlers.iter().any(|point| catches(model, body.flow.point(*point).node, *quit)));
    }
}

/// Whether what is raised at `quit` surely ends in a handler: one of all exceptions,
/// or of the very class that is named.
fn catches(model: &Model<'_>, handler: NodeId, quit: NodeId) -> bool {
    let Node::Part(AnyNodeRef::ExceptHandlerExceptHandler(handler)) = model.tree.node(handler) else {
        return false;
    };
    let Some(kinds) = handler.type_.as_deref() else { return true };
    let raised = raised_name(model, quit);
    let named = |kind: &Expr| match kind {
        Expr::Name(name) => {
            let name = name.id.as_str();
            raised == Some(name)
                || model.is_builtin(kind, "BaseException")
                || model.is_builtin(kind, "Exception") && raised.is_some_and(is_ordinary)
        }
        _ => false,
    };
    match kinds {
        Expr::Tuple(kinds) => kinds.elts.iter().any(named),
        kind => named(kind),
    }
}

/// Whether it is the name of a builtin exception that `except Exception` catches.
fn is_ordinary(name: &str) -> bool {
    name.ends_with("Error")
}

/// The name of the class that is raised, as it is written.
fn raised_name<'m>(model: &Model<'m>, quit: NodeId) -> Option<&'m str> {
    let raised = match model.tree.stmt(quit)? {
        Stmt::Assert(_) => return Some("AssertionError"),
        Stmt::Raise(stmt) => stmt.exc.as_deref()?,
        _ => return None,
    };
    match raised {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => Some(name.id.as_str()),
            _ => None,
        },
        _ => None,
    }
}
