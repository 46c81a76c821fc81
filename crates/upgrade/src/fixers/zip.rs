//! `zip(…)` becomes `list(zip(…))`, unless what is around it only walks it.
//!
//! Left alone are `for x in zip(…)`, `list(zip(…))`, `sorted(zip(…))`,
//! `"".join(zip(…))` and the like, and files with
//! `from future_builtins import zip`.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer { builtin: true, ..Fixer::plain("zip", "power< 'zip' args=trailer< '(' [any] ')' > [trailers=trailer*] >", transform) };

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let skip = || util::does_tree_import(tree, Some("future_builtins"), "zip", node);
    if cx.should_skip(skip) || util::in_special_context(tree, node) {
        return Ok(None);
    }
    let arguments = tree.lift(found.need("args")?);
    tree.set_prefix(arguments, "");
    let zip = util::name(tree, "zip");
    let zip = tree.new_node(Kind::Power, &[zip, arguments]);
    let mut children = vec![util::name(tree, "list"), util::arg_list(tree, &[zip])];
    for trailer in found.many("trailers") {
        children.push(util::lift_after(tree, *trailer, ""));
    }
    let prefix = tree.prefix(node).to_owned();
    let new = tree.new_node(Kind::Power, &children);
    Ok(Some(util::with_prefix(tree, new, &prefix)))
}
