//! `raw_input(…)` becomes `input(…)`.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer { builtin: true, last: Some(rename_rest), ..Fixer::plain("raw_input", "power< name='raw_input' trailer< '(' [any] ')' > any* >", transform) };

/// With `--beyond`: `f = raw_input`, too.
fn rename_rest(tree: &mut Tree, _cx: &mut Context<'_>) {
    for leaf in util::names_read(tree, &["raw_input"]) {
        util::rename(tree, leaf, "input");
    }
}

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let name = found.need("name")?;
    let prefix = tree.prefix(name).to_owned();
    let new = tree.new_leaf_after(Kind::Name, "input", &prefix);
    tree.replace(name, &[new]);
    Ok(None)
}
