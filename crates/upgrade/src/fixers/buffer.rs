//! `buffer(x)` becomes `memoryview(x)`, if asked for by name: the two differ.

use crate::{Context, Fixer, Found, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer { builtin: true,
    explicit: true,
    ..Fixer::plain("buffer", "power< name='buffer' trailer< '(' [any] ')' > any* >", transform)
};

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    util::rename(tree, found.need("name")?, "memoryview");
    Ok(None)
}
