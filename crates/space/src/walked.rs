//! Where a list is walked, once it is sorted.

use spacetime_rule::Context;
use spacetime_semantic::{Body, first_iterable};
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Ranged, Span};

use crate::reliances::Reliances;
use crate::safety::check_namespace;

/// Where the result of `sorted(...)` at `node` is walked, if it is so once:
/// in place, or as the only use of the variable it is assigned to.
pub fn walked_once(cx: &Context<'_, '_>, body: &Body, node: NodeId, relies: &mut Reliances) -> Option<Span> {
    if is_walked(cx, node) {
        return Some(cx.tree.node(cx.tree.statement(node)?).range());
    }
    let parent = cx.tree.parent(node)?;
    let Stmt::Assign(assign) = cx.tree.stmt(parent)? else { return None };
    let [Expr::Name(name)] = assign.targets.as_slice() else { return None };
    let sole = cx.model.sole_use(body, parent, cx.tree.id(name)).ok()?;
    check_namespace(cx, body, parent, relies);
    is_walked(cx, sole.name).then(|| cx.tree.statement(sole.name).map(|stmt| cx.tree.node(stmt).range()))?
}

/// The use of a list behind the statement that sorts it.
pub fn place_after_sort(cx: &Context<'_, '_>, body: &Body, stmt: NodeId, receiver: NodeId) -> Option<NodeId> {
    let symbol = cx.model.scopes.resolve(receiver).symbol()?;
    let point = body.flow.point_of(cx.tree, stmt)?;
    let kills = cx.model.binding_points(body, symbol);
    let reached = body.flow.after_binding(point, &kills, |_| false);
    cx.model.scopes.symbol(symbol).uses.iter().copied().find(|node| {
        *node != receiver && body.flow.point_of(cx.tree, *node).is_some_and(|point| reached.contains(point))
    })
}

/// Where a list is walked that `stmt` sorts, if that is all that happens to it
/// from then on.
pub fn walked_after_sort(cx: &Context<'_, '_>, body: &Body, stmt: NodeId, receiver: NodeId) -> Option<Span> {
    let symbol = cx.model.scopes.resolve(receiver).symbol()?;
    let point = body.flow.point_of(cx.tree, stmt)?;
    let kills = cx.model.binding_points(body, symbol);
    let reached = body.flow.after_binding(point, &kills, |_| false);
    if reached.contains(point) {
        return None; // sorted again
    }
    let data = cx.model.scopes.symbol(symbol);
    let at = |node: NodeId| body.flow.point_of(cx.tree, node);
    let later: Vec<NodeId> = data
        .uses
        .iter()
        .chain(&data.deletes)
        .copied()
        .filter(|node| *node != receiver && at(*node).is_some_and(|point| reached.contains(point)))
        .collect();
    let [walk] = later.as_slice() else { return None };
    let walk_point = at(*walk)?;
    // Every way to the walk goes through the sort, and each sort is walked once.
    let sources = body.flow.before_binding(walk_point, &kills, |other| other == point);
    let only = kills.iter().all(|kill| !sources.contains(kill));
    let again = body.flow.after(walk_point, |other| other == point).contains(walk_point);
    if !only || again || cx.model.is_repeated(*walk) || !is_walked(cx, *walk) {
        return None;
    }
    cx.tree.statement(*walk).map(|stmt| cx.tree.node(stmt).range())
}

/// Whether the value of an expression is walked where it stands, and nothing else.
fn is_walked(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let Some(parent) = cx.tree.parent(node) else { return false };
    match cx.tree.node(parent) {
        Node::Stmt(Stmt::For(stmt)) => cx.tree.id(&*stmt.iter) == node && !stmt.is_async,
        Node::Expr(Expr::YieldFrom(_)) => true,
        Node::Part(AnyNodeRef::Comprehension(_)) => {
            let outer = cx.tree.parent(parent).and_then(|id| cx.tree.expr(id));
            outer.and_then(first_iterable).is_some_and(|first| cx.tree.id(first) == node)
        }
        Node::Part(AnyNodeRef::Arguments(_)) => is_walking_call(cx, parent, node),
        _ => false,
    }
}

fn is_walking_call(cx: &Context<'_, '_>, arguments: NodeId, node: NodeId) -> bool {
    let Some(Expr::Call(call)) = cx.tree.parent(arguments).and_then(|id| cx.tree.expr(id)) else {
        return false;
    };
    if !call.arguments.args.iter().any(|argument| cx.tree.id(argument) == node) {
        return false;
    }
    let builtins =
        ["sum", "min", "max", "set", "frozenset", "dict", "any", "all", "enumerate", "zip", "iter"];
    let only = call.arguments.args.len() == 1;
    builtins
        .iter()
        .any(|name| cx.model.is_builtin(&call.func, name) && (only || *name == "zip" || *name == "enumerate"))
        || cx.model.qualified(&call.func).is_some_and(|name| name == "itertools.groupby")
}
