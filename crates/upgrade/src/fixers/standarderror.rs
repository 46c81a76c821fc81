//! `StandardError` becomes `Exception`, wherever the name stands.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer { builtin: true, ..Fixer::plain("standarderror", "'StandardError'", transform) };

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let prefix = tree.prefix(node).to_owned();
    Ok(Some(util::name_after(tree, "Exception", &prefix)))
}
