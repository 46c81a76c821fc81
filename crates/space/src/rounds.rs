//! Loops over a dictionary of lists, each round of which has another list.

use spacetime_rule::Context;
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

/// Whether each round of the loop gets another group of a dictionary that it walks, which what stands at
/// `node` is: `for key in sorted(groups): values = groups[key]`, `for key, values in groups.items()`.
pub fn gets_each_group(cx: &Context<'_, '_>, around: NodeId, node: NodeId) -> bool {
    let (Node::Stmt(Stmt::For(stmt)), Some(expr)) = (cx.tree.node(around), cx.tree.expr(node)) else {
        return false;
    };
    let (groups, method) = walked_groups(cx, &stmt.iter);
    let of_round = |value: &Expr| match value {
        Expr::Subscript(subscript) => {
            let text = |expr: &Expr| cx.tree.module().slice(expr).to_owned();
            text(&subscript.value) == text(groups)
                && subscript.slice.is_name_expr()
                && cx
                    .tree
                    .subtree(cx.tree.id(&*stmt.target))
                    .any(|part| cx.tree.expr(part).is_some_and(|part| text(part) == text(&subscript.slice)))
        }
        _ => false,
    };
    let Some(symbol) = cx.model.scopes.resolve(node).symbol().filter(|_| expr.is_name_expr()) else {
        return of_round(expr);
    };
    let [binding] = cx.model.scopes.symbol(symbol).bindings[..] else { return false };
    let by_target =
        cx.tree.contains(cx.tree.id(&*stmt.target), binding) || cx.tree.id(&*stmt.target) == binding;
    match cx.tree.parent(binding).map(|parent| cx.tree.node(parent)) {
        _ if by_target => matches!(method, Some("items" | "values")),
        Some(Node::Stmt(Stmt::Assign(assign))) => {
            cx.tree.contains(around, binding) && of_round(&assign.value)
        }
        _ => false,
    }
}

/// The dictionary behind `sorted(groups.items())`, and the method that is walked.
fn walked_groups<'m>(cx: &Context<'_, 'm>, mut iter: &'m Expr) -> (&'m Expr, Option<&'m str>) {
    while let Expr::Call(call) = iter {
        match (&*call.func, &call.arguments.args[..]) {
            (Expr::Attribute(method), []) => return (&method.value, Some(method.attr.as_str())),
            (func, [walked, ..]) if is_walk(cx, func) => iter = walked,
            _ => break,
        }
    }
    (iter, None)
}

fn is_walk(cx: &Context<'_, '_>, func: &Expr) -> bool {
    let builtin = ["sorted", "list", "reversed", "enumerate", "tuple"];
    builtin.iter().any(|name| cx.model.is_builtin(func, name))
        || cx.model.qualified(func).is_some_and(|name| name == "spacetime_compiler.runtime.external_sort")
}
