//! `raise E, V, T` becomes `raise E(V).with_traceback(T)`.
//!
//! | before | after |
//! |---|---|
//! | `raise E, V` | `raise E(V)` |
//! | `raise E, (V, W)` | `raise E(V, W)` |
//! | `raise E, None, T` | `raise E.with_traceback(T)` |
//! | `raise (E, F), V` | `raise E(V)` |
//! | `raise "text"` | as it was, with a warning |
//!
//! Whether `V` is an exception already cannot be seen; 2to3 calls `E` then too.
//! It broke down on `raise ()`; such a file is reported and left alone.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome, Trouble};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer =
    Fixer::plain("raise", "raise_stmt< 'raise' exc=any [',' val=any [',' tb=any]] >", transform);

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let exception = found.need("exc")?;
    if tree.kind(exception) == Kind::String {
        cx.cannot_convert(tree, node, Some("Python 3 does not support string exceptions"));
        return Ok(None);
    }
    let mut exception = first_of_tuples(tree, exception)?;
    if cx.corrects() && found.has("val") {
        if is_none(tree, found.need("val")?) && !found.has("tb") {
            // `raise E, None` is `raise E`.
            let raise = util::name(tree, "raise");
            let new = tree.new_node(Kind::RaiseStmt, &[raise, exception]);
            return Ok(Some(util::prefixed_like(tree, new, node)));
        }
        if is_call_of(tree, found.need("val")?, exception) && !found.has("tb") {
            // `raise E, E(x)` is `raise E(x)`.
            let (raise, value) = (util::name(tree, "raise"), util::clone_after(tree, found.need("val")?, " "));
            let new = tree.new_node(Kind::RaiseStmt, &[raise, value]);
            return Ok(Some(util::prefixed_like(tree, new, node)));
        }
        exception = callable(tree, exception, found.need("val")?);
    }
    let mut children = vec![util::name(tree, "raise")];
    let mut kind = Kind::RaiseStmt;
    match (found.one("val"), found.one("tb")) {
        (None, _) => children.push(exception),
        (Some(value), None) => {
            let arguments = arguments(tree, value, cx.corrects());
            children.push(util::call(tree, exception, &arguments));
        }
        (Some(value), Some(traceback)) => {
            let mut raised = exception;
            if tree.kind(value) != Kind::Name || tree.value(value) != "None" {
                let arguments = arguments(tree, value, cx.corrects());
                raised = util::call(tree, exception, &arguments);
            }
            children.extend(with_traceback(tree, raised, traceback));
            kind = Kind::SimpleStmt;
        }
    }
    let prefix = tree.prefix(node).to_owned();
    let new = tree.new_node(kind, &children);
    Ok(Some(util::with_prefix(tree, new, &prefix)))
}

/// Whether a value is `function(…)`.
fn is_call_of(tree: &Tree, value: NodeId, function: NodeId) -> bool {
    let parts: Vec<NodeId> = tree.children(value).collect();
    let [.., call] = parts[..] else { return false };
    let is_call = tree.kind(value) == Kind::Power
        && tree.first_child(call).is_some_and(|open| tree.kind(open) == Kind::LPar);
    let called = parts[..parts.len() - 1].iter().map(|part| tree.text(*part)).collect::<String>();
    is_call && called.trim() == tree.text(function).trim()
}

fn is_none(tree: &Tree, node: NodeId) -> bool {
    tree.kind(node) == Kind::Name && tree.value(node) == "None"
}

/// With `--beyond`: an exception that can be called, in parentheses if need be; a
/// class that is raised without a value and with a traceback is called at once.
pub(super) fn callable(tree: &mut Tree, exception: NodeId, value: NodeId) -> NodeId {
    let prefix = tree.prefix(exception).to_owned();
    let is_called = !is_none(tree, value);
    let last = tree.leaves(exception).last().map_or("", |last| tree.value(last));
    let is_class = last.starts_with(|first: char| first.is_uppercase());
    let kind = tree.kind(exception);
    let is_simple = matches!(kind, Kind::Name | Kind::Atom | Kind::Power);
    let mut new = exception;
    if !is_simple {
        tree.set_prefix(new, "");
        new = util::parenthesize(tree, new);
    }
    if !is_called && is_class {
        new = util::call(tree, new, &[]);
    }
    util::with_prefix(tree, new, &prefix)
}

/// A copy of what Python 2 takes from `((E, F), G)`: the first, and of that the first.
fn first_of_tuples(tree: &mut Tree, exception: NodeId) -> Result<NodeId, Trouble> {
    let mut first = exception;
    while util::is_tuple(tree, first) {
        let inside = tree.child(first, 1).and_then(|inside| tree.first_child(inside));
        first = inside.ok_or_else(|| Trouble::new("raise of an empty tuple"))?;
    }
    let copy = tree.clone_node(first);
    if first != exception {
        tree.set_prefix(copy, " ");
    }
    Ok(copy)
}

/// What the exception is called with, out of what is thrown away: what is in a tuple, or the value.
pub(super) fn arguments(tree: &mut Tree, value: NodeId, corrects: bool) -> Vec<NodeId> {
    let is_yield = tree.child(value, 1).is_some_and(|inside| tree.kind(inside) == Kind::YieldExpr);
    if util::is_tuple(tree, value) && !(corrects && is_yield) {
        let inside: Vec<NodeId> = tree.children(value).skip(1).collect();
        let inside = &inside[..inside.len() - 1];
        return util::lift_all(tree, inside);
    }
    vec![util::lift_after(tree, value, "")]
}

/// `raised`, `.with_traceback` and `(traceback)`: children for a node.
pub(super) fn with_traceback(tree: &mut Tree, raised: NodeId, traceback: NodeId) -> [NodeId; 3] {
    let traceback = util::lift_after(tree, traceback, "");
    let name = util::name(tree, "with_traceback");
    let [raised, attribute] = util::attr(tree, raised, name);
    [raised, attribute, util::arg_list(tree, &[traceback])]
}
