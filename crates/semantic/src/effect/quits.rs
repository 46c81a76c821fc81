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
    let raised = raised(model, quit);
    let named = |kind: &Expr| match kind {
        Expr::Name(name) => {
            let is_same = match raised {
                Raised::Class(Expr::Name(raised)) => raised.id == name.id,
                Raised::Class(_) | Raised::Unknown => false,
                Raised::Assertion => name.id == "AssertionError",
            };
            is_same
                || model.is_builtin(kind, "BaseException")
                || model.is_builtin(kind, "Exception")
                    && match raised {
                        Raised::Class(class) => model.is_ordinary_error(class),
                        Raised::Assertion => true,
                        Raised::Unknown => false,
                    }
        }
        _ => false,
    };
    match kinds {
        Expr::Tuple(kinds) => kinds.elts.iter().any(named),
        kind => named(kind),
    }
}

/// What a statement raises.
#[derive(Clone, Copy)]
enum Raised<'m> {
    /// A class, or an object of it that is made here.
    Class(&'m Expr),
    Assertion,
    Unknown,
}

fn raised<'m>(model: &Model<'m>, quit: NodeId) -> Raised<'m> {
    match model.tree.stmt(quit) {
        Some(Stmt::Assert(_)) => Raised::Assertion,
        Some(Stmt::Raise(stmt)) => match stmt.exc.as_deref() {
            Some(Expr::Call(call)) => Raised::Class(&call.func),
            Some(class) => Raised::Class(class),
            None => Raised::Unknown,
        },
        _ => Raised::Unknown,
    }
}
