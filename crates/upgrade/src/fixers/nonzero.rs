//! The method `__nonzero__` becomes `__bool__`.
//!
//! Only methods of one argument that stand directly in the class are seen, and
//! only undecorated ones.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer::plain(
    "nonzero",
    "classdef< 'class' any+ ':'
         suite< any*
             funcdef< 'def' name='__nonzero__' parameters< '(' NAME ')' > any+ >
         any* > >",
    transform,
);

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    util::rename(tree, found.need("name")?, "__bool__");
    Ok(None)
}
