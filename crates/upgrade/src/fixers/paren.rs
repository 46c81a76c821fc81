//! `[x for x in 1, 2]` becomes `[x for x in (1, 2)]`.
//!
//! As in 2to3 only the first `for` of a comprehension is looked at, and its
//! variable has to be a single name: `[x for x, y in 1, 2]` stays.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer { first: Some(all), ..Fixer::plain(
    "paren",
    "atom< ('[' | '(')
         (listmaker< any
             comp_for< 'for' NAME 'in' target=testlist_safe< any (',' any)+ [','] > [any] > >
         |
         testlist_gexp< any
             comp_for< 'for' NAME 'in' target=testlist_safe< any (',' any)+ [','] > [any] > >)
     (']' | ')') >",
    transform,
) };

/// With `--beyond`: every list that a comprehension walks, whichever `for` it is.
fn all(tree: &mut Tree, _cx: &mut Context<'_>) {
    let is_bare = |node: &NodeId| {
        tree.kind(*node) == Kind::TestlistSafe
            && tree.parent(*node).is_some_and(|parent| tree.kind(parent) == Kind::CompFor)
    };
    let targets: Vec<NodeId> = tree.pre_order(tree.root()).filter(is_bare).collect();
    for target in targets {
        parenthesize(tree, target);
    }
}

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    parenthesize(tree, found.need("target")?);
    Ok(None)
}

fn parenthesize(tree: &mut Tree, target: NodeId) {
    let open = util::lparen(tree);
    let prefix = tree.prefix(target).to_owned();
    tree.set_prefix(open, &prefix);
    tree.set_prefix(target, "");
    tree.insert_child(target, 0, open);
    let close = util::rparen(tree);
    tree.append_child(target, close);
}
