//! `sys.exc_type`, `sys.exc_value` and `sys.exc_traceback` become
//! `sys.exc_info()[0]`, `[1]` and `[2]`.
//!
//! As in 2to3 nothing may follow: `sys.exc_type.x` stays.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer::plain(
    "sys_exc",
    "power< 'sys' trailer< dot='.' attribute=('exc_type'|'exc_value'|'exc_traceback') > >",
    transform,
);

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let (dot, attribute) = (found.need("dot")?, found.need("attribute")?);
    let index = match tree.value(attribute) {
        "exc_type" => "0",
        "exc_value" => "1",
        _ => "2",
    };
    let [prefix, dot_prefix, name_prefix] = [node, dot, attribute].map(|one| tree.prefix(one).to_owned());
    let name = util::name(tree, "exc_info");
    let call = util::call_after(tree, name, &[], &name_prefix);
    let sys = util::name(tree, "sys");
    let [sys, trailer] = util::attr(tree, sys, call);
    tree.set_prefix(trailer, &dot_prefix);
    let index = util::number(tree, index);
    let subscript = util::subscript(tree, index);
    let new = tree.new_node(Kind::Power, &[sys, trailer, subscript]);
    Ok(Some(util::with_prefix(tree, new, &prefix)))
}
