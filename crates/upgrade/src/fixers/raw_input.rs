//! `raw_input(…)` becomes `input(…)`.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};

pub static FIXER: Fixer =
    Fixer::plain("raw_input", "power< name='raw_input' trailer< '(' [any] ')' > any* >", transform);

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let name = found.need("name")?;
    let prefix = tree.prefix(name).to_owned();
    let new = tree.new_leaf_after(Kind::Name, "input", &prefix);
    tree.replace(name, &[new]);
    Ok(None)
}
