//! `set([a, b])` and `set((a, b))` become `{a, b}`. Only if it is named.
//!
//! `set([x for x in y])` becomes `{x for x in y}`; `set([])` stays, as there is
//! no literal for it. The comma of `set((a,))` goes.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};

pub static FIXER: Fixer = Fixer {
    explicit: true,
    ..Fixer::plain(
        "set_literal",
        "power< 'set' trailer< '('
             (atom=atom< '[' (items=listmaker< any ((',' any)* [',']) > | single=any) ']' >
             |
             atom< '(' items=testlist_gexp< any ((',' any)* [',']) > ')' >
             )
         ')' > >",
        transform,
    )
};

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let (items, old): (NodeId, Vec<NodeId>) = match found.one("single") {
        Some(single) => (single, vec![single]),
        None => found.need("items").map(|items| (items, tree.children(items).collect()))?,
    };
    let prefix = tree.prefix(node).to_owned();
    let close_prefix = tree.suffix(items).to_owned();
    let mut children = vec![tree.new_leaf(Kind::LBrace, "{")];
    children.extend(old.iter().map(|item| tree.lift(*item)));
    let close = tree.new_leaf_after(Kind::RBrace, "}", &close_prefix);
    if let [_, _, comma] = *children {
        // A tuple of one: what stood before its comma comes to stand before the brace.
        let comma_prefix = tree.prefix(comma).to_owned();
        tree.set_prefix(close, &comma_prefix);
        children.pop();
    }
    children.push(close);
    let literal = tree.new_node(Kind::Dictsetmaker, &children);
    tree.set_prefix(literal, &prefix);
    Ok(Some(literal))
}
