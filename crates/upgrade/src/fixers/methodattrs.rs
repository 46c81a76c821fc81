//! Attributes of methods get the names they have in Python 3.
//!
//! | before | after |
//! |---|---|
//! | `m.im_func` | `m.__func__` |
//! | `m.im_self` | `m.__self__` |
//! | `m.im_class` | `m.__self__.__class__` |
//!
//! Of several in a chain each is renamed, because 2to3 finds the chain once for
//! each of them.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer::plain(
    "methodattrs",
    "power< any+ trailer< '.' attr=('im_func' | 'im_self' | 'im_class') > any* >",
    transform,
);

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let attribute = found.need("attr")?;
    let new = match tree.value(attribute) {
        "im_func" => "__func__",
        "im_self" => "__self__",
        _ => "__self__.__class__",
    };
    util::rename(tree, attribute, new);
    Ok(None)
}
