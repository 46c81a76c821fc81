//! Where a value gets its name: `x = VALUE`, `x: T = VALUE`, and beside others `x, y = VALUE, OTHER`.

use spacetime_rule::Context;
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Ranged, Span};

/// A value and what it is bound to, where nothing else is bound to it.
#[derive(Clone, Copy)]
pub struct Naming<'m> {
    pub target: &'m Expr,
    pub value: &'m Expr,
    /// The statement; but the value itself where others are bound beside it.
    pub span: Span,
}

impl<'m> Naming<'m> {
    /// The naming of the value that the expression at `site` makes.
    pub fn of(cx: &Context<'_, 'm>, site: NodeId) -> Option<Self> {
        let parent = cx.tree.parent(site)?;
        if let Node::Stmt(stmt) = cx.tree.node(parent) {
            let (target, value) = assignment(stmt)?;
            return (cx.tree.id(value) == site).then_some(Self { target, value, span: stmt.range() });
        }
        let stmt = cx.tree.parent(parent).and_then(|outer| cx.tree.stmt(outer))?;
        let (targets, Expr::Tuple(values)) = assignment(stmt)? else { return None };
        let targets = match targets {
            Expr::Tuple(targets) => &targets.elts,
            Expr::List(targets) => &targets.elts,
            _ => return None,
        };
        let plain = targets.len() == values.elts.len()
            && !targets.iter().chain(&values.elts).any(Expr::is_starred_expr);
        let (target, value) =
            targets.iter().zip(&values.elts).find(|(_, value)| cx.tree.id(*value) == site)?;
        plain.then_some(Self { target, value, span: value.range() })
    }

    /// The same, where it is a name or an attribute that is bound.
    pub fn of_variable(cx: &Context<'_, 'm>, site: NodeId) -> Option<Self> {
        Self::of(cx, site).filter(|naming| matches!(naming.target, Expr::Name(_) | Expr::Attribute(_)))
    }
}

/// Target and value of an assignment to a single target, with or without an annotation.
pub fn assignment(stmt: &Stmt) -> Option<(&Expr, &Expr)> {
    match stmt {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => Some((target, &*assign.value)),
            _ => None,
        },
        Stmt::AnnAssign(assign) => assign.value.as_deref().map(|value| (&*assign.target, value)),
        _ => None,
    }
}

/// What an expression stands in: for an argument, the call.
pub fn holder(cx: &Context<'_, '_>, node: NodeId) -> Option<NodeId> {
    let parent = cx.tree.parent(node)?;
    match cx.tree.node(parent) {
        Node::Part(AnyNodeRef::Arguments(_)) => cx.tree.parent(parent),
        _ => Some(parent),
    }
}
