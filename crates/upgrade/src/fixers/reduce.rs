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

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, _cx: &mut Context<'_>) -> Outcome {
    util::touch_import(tree, Some("functools"), "reduce", node);
    Ok(None)
}
