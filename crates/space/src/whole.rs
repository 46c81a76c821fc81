//! Objects that go to disk as a whole: what they hold goes with them.

use spacetime_rule::Context;
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::holder::symbol_of;

const SPILL_LIST: &str = "spacetime_compiler.runtime.SpillList";

/// Whether all objects of the class in which `node` stands are put into a list on disk, and nobody else
/// keeps them.
pub fn goes_to_disk(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let Some(class) = class_around(cx, node) else { return false };
    let made = cx.model.known_constructions(class);
    if made.is_empty() {
        return false;
    }
    let written = written(cx);
    made.iter().all(|object| is_only_written(cx, *object, &written))
}

/// The class in which a node stands, or a method of which it stands in.
pub fn class_around(cx: &Context<'_, '_>, node: NodeId) -> Option<NodeId> {
    cx.tree.ancestors(node).find(|outer| matches!(cx.tree.node(*outer), Node::Stmt(Stmt::ClassDef(_))))
}

/// What is put into lists on disk, one by one.
fn written(cx: &Context<'_, '_>) -> Vec<NodeId> {
    let is_list = |node: &NodeId| match cx.tree.expr(*node) {
        Some(Expr::Call(call)) => cx.model.qualified(&call.func).as_deref() == Some(SPILL_LIST),
        _ => false,
    };
    let journeys = cx.tree.ids().filter(is_list).filter_map(|list| cx.model.journey(list).ok());
    journeys.flat_map(|journey| journey.added).collect()
}

/// Whether a new object is written, or has a name that is asked for attributes until it is.
fn is_only_written(cx: &Context<'_, '_>, object: NodeId, written: &[NodeId]) -> bool {
    if written.contains(&object) {
        return true;
    }
    let Some(Node::Stmt(Stmt::Assign(assign))) = cx.tree.parent(object).map(|stmt| cx.tree.node(stmt)) else {
        return false;
    };
    let [target] = assign.targets.as_slice() else { return false };
    let Some(symbol) = symbol_of(cx, target) else { return false };
    let data = cx.model.scopes.symbol(symbol);
    let is_asked = |node: NodeId| {
        let parent = cx.tree.parent(node).map(|parent| cx.tree.node(parent));
        matches!(
            parent,
            Some(
                Node::Expr(Expr::Attribute(_) | Expr::Compare(_) | Expr::BoolOp(_) | Expr::UnaryOp(_))
                    | Node::Stmt(Stmt::If(_) | Stmt::While(_))
            )
        )
    };
    !data.is_captured
        && data.uses.iter().any(|node| written.contains(node))
        && data.uses.iter().all(|node| written.contains(node) || is_asked(*node))
}
