//! The method `__nonzero__` becomes `__bool__`.
//!
//! Only methods of one argument that stand directly in the class are seen, and
//! only undecorated ones.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer { last: Some(rename_rest), ..Fixer::plain(
    "nonzero",
    "classdef< 'class' any+ ':'
         suite< any*
             funcdef< 'def' name='__nonzero__' parameters< '(' NAME ')' > any+ >
         any* > >",
    transform,
) };

/// With `--beyond`: the name wherever it stands: decorated, assigned, called.
fn rename_rest(tree: &mut Tree, _cx: &mut Context<'_>) {
    let is_it = |leaf: &NodeId| tree.kind(*leaf) == Kind::Name && tree.value(*leaf) == "__nonzero__";
    let leaves: Vec<NodeId> = tree.leaves(tree.root()).filter(is_it).collect();
    for leaf in leaves {
        util::rename(tree, leaf, "__bool__");
    }
}

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    util::rename(tree, found.need("name")?, "__bool__");
    Ok(None)
}
