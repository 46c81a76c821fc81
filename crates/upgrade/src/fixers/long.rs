//! `long` becomes `int`.
//!
//! | before | after |
//! |---|---|
//! | `long(x)` | `int(x)` |
//! | `x.long`, `def long(): …`, `long = 1` | as it was |
//!
//! As in 2to3 the keyword of `f(long=1)` is renamed too: only attributes, names
//! that are bound on the spot, and parameters are known to be something else.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer { builtin: true, ..Fixer::plain("long", "'long'", transform) };

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, _cx: &mut Context<'_>) -> Outcome {
    if util::is_probably_builtin(tree, node) {
        tree.set_value(node, "int");
        tree.mark_changed(node);
    }
    Ok(None)
}
