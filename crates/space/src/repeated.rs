//! How often code runs: once, or again and again in a loop.

use spacetime_rule::Context;
use spacetime_semantic::first_iterable;
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

/// The innermost loop or comprehension of the same function that runs `node`
/// once for each of its rounds.
pub fn loop_around(cx: &Context<'_, '_>, node: NodeId) -> Option<NodeId> {
    let mut inner = node;
    for outer in cx.tree.ancestors(node) {
        match cx.tree.node(outer) {
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => {
                return None;
            }
            Node::Stmt(Stmt::For(stmt))
                if cx.tree.id(&*stmt.iter) != inner && !within_else(cx, &stmt.orelse, inner) =>
            {
                return Some(outer);
            }
            Node::Stmt(Stmt::While(stmt)) if !within_else(cx, &stmt.orelse, inner) => return Some(outer),
            Node::Expr(expr) => {
                let once = first_iterable(expr).is_none_or(|first| cx.tree.contains(cx.tree.id(first), node));
                if !once {
                    return Some(outer);
                }
            }
            _ => {}
        }
        inner = outer;
    }
    None
}

fn within_else(cx: &Context<'_, '_>, orelse: &[Stmt], inner: NodeId) -> bool {
    orelse.iter().any(|stmt| cx.tree.id(stmt) == inner)
}

/// Whether `node` runs again and again while one thing lives: in a loop that
/// holds none of the places where such things are made.
pub fn repeats_beside(cx: &Context<'_, '_>, node: NodeId, makers: &[NodeId]) -> bool {
    let mut at = node;
    while let Some(around) = loop_around(cx, at) {
        if !makers.iter().any(|maker| cx.tree.contains(around, *maker)) {
            return true;
        }
        at = around;
    }
    false
}

/// Whether the function around `node` is called in a loop, or by itself, or
/// by a function that is.
pub fn function_repeats(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let mut seen = Vec::new();
    let mut todo: Vec<NodeId> = cx.model.enclosing_function(node).into_iter().collect();
    while let Some(def) = todo.pop() {
        if seen.contains(&def) {
            continue;
        }
        seen.push(def);
        for call in cx.model.known_calls(def) {
            if loop_around(cx, call).is_some() {
                return true;
            }
            match cx.model.enclosing_function(call) {
                Some(caller) if seen.contains(&caller) => return true,
                Some(caller) => todo.push(caller),
                None => {}
            }
        }
    }
    false
}
