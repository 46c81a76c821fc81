//! `g.throw(E, V, T)` becomes `g.throw(E(V).with_traceback(T))`.
//!
//! | before | after |
//! |---|---|
//! | `g.throw(E)` | as it was |
//! | `g.throw(E, V)` | `g.throw(E(V))` |
//! | `g.throw(E, (V, W))` | `g.throw(E(V, W))` |
//! | `g.throw("text")` | as it was, with a warning |
//!
//! As in 2to3 the object has to be a single name or something in brackets
//! (`x.g.throw(E, V)` stays), and `None` for a value becomes `E(None)`.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer::plain(
    "throw",
    "power< any trailer< '.' 'throw' >
            trailer< '(' args=arglist< exc=any ',' val=any [',' tb=any] > ')' > >
     |
     power< any trailer< '.' 'throw' > trailer< '(' exc=any ')' > >",
    transform,
);

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let exception = found.need("exc")?;
    if tree.kind(exception) == Kind::String {
        cx.cannot_convert(tree, node, Some("Python 3 does not support string exceptions"));
        return Ok(None);
    }
    let Some(value) = found.one("val") else { return Ok(None) };
    let mut exception = tree.lift(exception);
    let is_none = tree.kind(value) == Kind::Name && tree.value(value) == "None";
    if cx.corrects() {
        exception = super::raise::callable(tree, exception, value);
    }
    let arguments = super::raise::arguments(tree, value, cx.corrects());
    let mut new = exception;
    if !(cx.corrects() && is_none) {
        new = util::call(tree, exception, &arguments);
    } else if !found.has("tb") {
        tree.replace(found.need("args")?, &[new]);
        return Ok(None);
    }
    if let Some(traceback) = found.one("tb") {
        let children = super::raise::with_traceback(tree, new, traceback);
        new = tree.new_node(Kind::Power, &children);
    }
    tree.replace(found.need("args")?, &[new]);
    Ok(None)
}
