//! `reduce(f, xs)` gets `from functools import reduce`, unless it is there.
//!
//! The import goes after the first block of imports at the top level, else
//! after the first docstring, else to the very beginning.

use crate::context::Context;
use crate::fixer::{Fixer, Order, Outcome};
use crate::found::Found;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer {
    order: Order::Pre,
    builtin: true,
    last: Some(import_for_names),
    ..Fixer::plain(
        "reduce",
        "power< 'reduce'
             trailer< '('
                 arglist< (
                     (not(argument<any '=' any>) any ','
                      not(argument<any '=' any>) any) |
                     (not(argument<any '=' any>) any ','
                      not(argument<any '=' any>) any ','
                      not(argument<any '=' any>) any)
                 ) >
             ')' >
         >",
        transform,
    )
};

/// With `--beyond`: the import also where `reduce` is not called at once.
fn import_for_names(tree: &mut Tree, cx: &mut Context<'_>) {
    let found = util::names_read(tree, &["reduce"]).first().copied();
    if let Some(leaf) = found {
        cx.touch_import(tree, Some("functools"), "reduce", leaf);
    }
}

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, cx: &mut Context<'_>) -> Outcome {
    cx.touch_import(tree, Some("functools"), "reduce", node);
    Ok(None)
}
