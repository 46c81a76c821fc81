//! Files that are read while others are written: are they surely different?
//!
//! `lines = open(p).readlines()` and then `open(p, "w")` is common, and a
//! program may be called with the same name twice. A stream would find the
//! file emptied.

use spacetime_rule::Context;
use spacetime_semantic::{Assumption, Body, Doubt, Effects, Kind};
use spacetime_syntax::ast::{self, Expr, ExprCall, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::reliances::Reliances;

/// Checks the files that two pieces of code open between them, one of which
/// reads while the other writes.
pub fn check_files(
    cx: &Context<'_, '_>,
    body: &Body,
    both: [&Effects; 2],
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    // A function that is called opens the file: its path is not known here.
    for call in both.iter().flat_map(|effects| &effects.opens) {
        if !body.nodes.contains(call) && mode(cx, *call).is_none_or(writes) {
            let line = cx.model.line(*call);
            return Err(Doubt::new(format!("line {line} may write the file that is being read")));
        }
    }
    let (mut read, mut written) = (Vec::new(), Vec::new());
    for node in &body.nodes {
        let Some(expr @ Expr::Call(call)) = cx.tree.expr(*node) else { continue };
        let is_file = matches!(body.kind(cx.model, expr), Kind::File(_));
        if !is_file && cx.model.whole_file_method(call).is_none() {
            continue;
        }
        if mode(cx, *node).is_none_or(writes) { written.push((*node, call)) } else { read.push(call) }
    }
    for (node, call) in written {
        let line = cx.model.line(node);
        let Some(path) = path(cx, call) else {
            return Err(Doubt::new(format!("line {line} may write the file that is being read")));
        };
        let paths: Vec<Option<&Expr>> = read.iter().map(|call| self::path(cx, call)).collect();
        if paths.iter().flatten().any(|other| text(cx, other) == text(cx, path)) {
            return Err(Doubt::new(format!("line {line} writes the file that is being read")));
        }
        // What was opened for writing before the reading began has been emptied in any case.
        let late = both.iter().any(|effects| effects.opens.contains(&node));
        let grows = mode(cx, node).is_none_or(|mode| mode.contains(['a', '+']));
        let distinct =
            !paths.is_empty() && paths.iter().all(|other| other.is_some_and(|other| differ(cx, other, path)));
        if (late || grows) && !distinct {
            relies.assume(Assumption::DistinctPaths);
        }
    }
    Ok(())
}

/// The mode that a call of `open` gives; `None` when it is not written there.
fn mode<'m>(cx: &Context<'_, 'm>, call: NodeId) -> Option<&'m str> {
    let Some(Expr::Call(call)) = cx.tree.expr(call) else { return None };
    if let Some(method) = cx.model.whole_file_method(call) {
        return Some(if method.starts_with("read") { "r" } else { "w" });
    }
    match cx.model.opening_argument(call, "mode", 1) {
        None => Some("r"),
        Some(Expr::StringLiteral(mode)) => Some(mode.value.to_str()),
        Some(_) => None,
    }
}

fn writes(mode: &str) -> bool {
    mode.contains(['w', 'a', 'x', '+'])
}

fn path<'m>(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<&'m Expr> {
    match &*call.func {
        // `path.open()`
        Expr::Attribute(method) if cx.model.qualified(&call.func).is_none() => {
            Some(resolved(cx, &method.value))
        }
        _ => call.arguments.find_argument_value("file", 0).map(|path| resolved(cx, path)),
    }
}

fn text<'m>(cx: &Context<'_, 'm>, expr: &Expr) -> &'m str {
    cx.tree.module().slice(expr)
}

/// Whether two paths surely end in different names: `a + ".new"` and `a`,
/// `join(a, "in.txt")` and `join(b, "out.txt")`.
fn differ(cx: &Context<'_, '_>, one: &Expr, two: &Expr) -> bool {
    let names = file_name(cx, one).zip(file_name(cx, two));
    names.is_some_and(|(one, two)| one != two) || extends(cx, one, two) || extends(cx, two, one)
}

/// The last component of a path, where it is written in the source.
fn file_name<'m>(cx: &Context<'_, 'm>, path: &'m Expr) -> Option<&'m str> {
    match path {
        Expr::StringLiteral(text) => text.value.to_str().rsplit('/').next().filter(|name| !name.is_empty()),
        Expr::BinOp(ast::ExprBinOp { op: Operator::Div, right, .. }) => file_name(cx, right),
        Expr::Call(call)
            if cx
                .model
                .qualified(&call.func)
                .is_some_and(|name| name == "os.path.join" || name == "pathlib.Path") =>
        {
            file_name(cx, call.arguments.args.last()?)
        }
        _ => None,
    }
}

/// Whether `longer` is `path` with some text behind it.
fn extends(cx: &Context<'_, '_>, longer: &Expr, path: &Expr) -> bool {
    let Expr::BinOp(ast::ExprBinOp { left, op: Operator::Add, right, .. }) = longer else { return false };
    let tail = matches!(&**right, Expr::StringLiteral(tail) if !tail.value.is_empty());
    tail && text(cx, left) == text(cx, path)
}

/// A path; for a variable that is bound once, its value.
fn resolved<'m>(cx: &Context<'_, 'm>, path: &'m Expr) -> &'m Expr {
    const LONGEST_CHAIN: usize = 8;
    let mut path = path;
    for _ in 0..LONGEST_CHAIN {
        let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(path)).symbol().filter(|_| path.is_name_expr())
        else {
            break;
        };
        let [binding] = cx.model.scopes.symbol(symbol).bindings.as_slice() else { break };
        match cx.tree.parent(*binding).map(|parent| cx.tree.node(parent)) {
            Some(Node::Stmt(Stmt::Assign(stmt))) => path = &stmt.value,
            _ => break,
        }
    }
    path
}
