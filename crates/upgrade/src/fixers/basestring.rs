//! `basestring` becomes `str`, wherever the name stands: `x.basestring` too.

use crate::{Context, Fixer, Found, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer { builtin: true, ..Fixer::plain("basestring", "'basestring'", transform) };

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let prefix = tree.prefix(node).to_owned();
    Ok(Some(util::name_after(tree, "str", &prefix)))
}
