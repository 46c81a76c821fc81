//! `f.xreadlines()` becomes `f`, `f.xreadlines` becomes `f.__iter__`.
//!
//! As in 2to3 nothing may follow: `f.xreadlines().next()` stays.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer::plain(
    "xreadlines",
    "power< call=any+ trailer< '.' 'xreadlines' > trailer< '(' ')' > >
     |
     power< any+ trailer< '.' no_call='xreadlines' > >",
    transform,
);

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    if let Some(attribute) = found.one("no_call") {
        util::rename(tree, attribute, "__iter__");
    } else {
        let file: Vec<NodeId> = found.many("call").iter().map(|one| tree.clone_node(*one)).collect();
        tree.replace(node, &file);
    }
    Ok(None)
}
