//! Whether a failure ends the program, so that nobody is left to look at objects.

use spacetime_rule::Context;
use spacetime_semantic::{Body, Kind, PointId, PointKind};
use spacetime_syntax::ast::{Expr, Stmt, WithItem};
use spacetime_syntax::{Node, NodeId};

/// What may look at objects when an exception has ended the program.
const LOOKS_BACK: [&str; 10] = [
    "atexit",
    "excepthook",
    "__del__",
    "weakref",
    "thread",
    "concurrent",
    "multiprocessing",
    "signal",
    "asyncio",
    "trace",
];

/// Functions that call each other, from where something fails to the module.
const LONGEST_CHAIN: usize = 8;

/// Whether an exception at a point ends the program: nobody between it and the
/// module handles it, and nothing runs afterwards.
pub fn ends_program(cx: &Context<'_, '_>, body: &Body, point: PointId) -> bool {
    ends(cx, body, point, &mut Vec::new())
}

fn ends(cx: &Context<'_, '_>, body: &Body, point: PointId, chain: &mut Vec<NodeId>) -> bool {
    let text = cx.tree.module().text();
    if chain.len() > LONGEST_CHAIN
        || chain.contains(&body.owner)
        || body.is_generator
        || body.is_async
        || !cx.model.is_program()
        || handles(cx, body, &body.flow.point(point).raise)
        || (chain.is_empty()
            && (LOOKS_BACK.iter().any(|word| text.contains(word)) || generator_looks_back(cx)))
    {
        return false;
    }
    if !body.scope_is_function(cx.model) {
        return true;
    }
    chain.push(body.owner);
    let all = cx.model.callers(body.owner).is_ok_and(|calls| {
        calls.iter().all(|call| {
            let node = cx.tree.id(*call);
            let outer = cx.model.body_of(node);
            let point = outer.as_ref().and_then(|outer| outer.flow.point_of(cx.tree, node));
            // A generator expression calls when it is walked, who knows where.
            let lazily = cx
                .tree
                .ancestors(node)
                .any(|around| matches!(cx.tree.expr(around), Some(Expr::Generator(_))));
            !lazily && outer.zip(point).is_some_and(|(outer, point)| ends(cx, &outer, point, chain))
        })
    });
    chain.pop();
    all
}

/// Whether a generator that is left waiting does something when the program ends:
/// it is closed then, and runs its `finally` and what its `with` does.
fn generator_looks_back(cx: &Context<'_, '_>) -> bool {
    cx.tree.ids().filter(|id| matches!(cx.tree.expr(*id), Some(Expr::Yield(_) | Expr::YieldFrom(_)))).any(
        |waiting| {
            let def = |node: &NodeId| matches!(cx.tree.node(*node), Node::Stmt(Stmt::FunctionDef(_)));
            cx.tree.ancestors(waiting).take_while(|node| !def(node)).any(|around| {
                match cx.tree.node(around) {
                    Node::Stmt(Stmt::Try(_)) => true,
                    Node::Stmt(Stmt::With(stmt)) => {
                        let closes = |item: &WithItem| {
                            cx.model.body_of(around).is_some_and(|body| {
                                matches!(body.kind(cx.model, &item.context_expr), Kind::File(_))
                            })
                        };
                        !stmt.items.iter().all(closes)
                    }
                    _ => false,
                }
            })
        },
    )
}

/// Whether exceptions go to code that could look at variables: a handler,
/// `finally`, or what follows a `with` that may swallow them. Closing a file
/// does neither.
pub fn handles(cx: &Context<'_, '_>, body: &Body, targets: &[PointId]) -> bool {
    targets.iter().any(|target| {
        let point = body.flow.point(*target);
        match cx.tree.node(point.node) {
            _ if *target == PointId::RAISE => false,
            Node::Stmt(Stmt::With(stmt)) if point.kind == PointKind::Leave => {
                let closes =
                    |item: &WithItem| matches!(body.kind(cx.model, &item.context_expr), Kind::File(_));
                !stmt.items.iter().all(closes) || handles(cx, body, &point.raise)
            }
            _ => true,
        }
    })
}
