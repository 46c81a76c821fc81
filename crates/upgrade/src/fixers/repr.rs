//! `` `x` `` becomes `repr(x)`, `` `x, y` `` becomes `repr((x, y))`.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer::plain("repr", "atom< '`' expr=any '`' >", transform);

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let mut shown = tree.lift(found.need("expr")?);
    if tree.kind(shown) == Kind::Testlist1 {
        shown = util::parenthesize(tree, shown);
    }
    let prefix = tree.prefix(node).to_owned();
    let name = util::name(tree, "repr");
    Ok(Some(util::call_after(tree, name, &[shown], &prefix)))
}
