//! `a ,b` becomes `a, b`, `{a :b}` becomes `{a: b}`. Only if it is named.
//!
//! A blank goes behind each comma that has none, and behind each colon that
//! stands among commas. Line breaks and comments stay.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer {
    explicit: true,
    traversal: true,
    ..Fixer::plain(
        "ws_comma",
        "any<(not(',') any)+ ',' ((not(',') any)+ ',')* [not(',') any]>",
        transform,
    )
};

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let children: Vec<NodeId> = tree.children(node).collect();
    let children = util::lift_all(tree, &children);
    let new = tree.new_node(tree.kind(node), &children);
    let mut separated = false;
    for child in children {
        let prefix = tree.prefix(child);
        if matches!(tree.kind(child), Kind::Comma | Kind::Colon) {
            if !prefix.is_empty() && prefix.chars().all(char::is_whitespace) && !prefix.contains('\n') {
                tree.set_prefix(child, "");
            }
            separated = true;
        } else {
            if separated && prefix.is_empty() {
                tree.set_prefix(child, " ");
            }
            separated = false;
        }
    }
    Ok(Some(new))
}
