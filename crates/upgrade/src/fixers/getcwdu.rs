//! `os.getcwdu()` becomes `os.getcwd()`.

use crate::{Context, Fixer, Found, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer =
    Fixer::plain("getcwdu", "power< 'os' trailer< dot='.' name='getcwdu' > any* >", transform);

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    util::rename(tree, found.need("name")?, "getcwd");
    Ok(None)
}
