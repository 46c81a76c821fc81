//! `reload(m)` becomes `importlib.reload(m)`, with `import importlib`.
//!
//! Calls with more than one argument or with keywords stay. 2to3 broke down on
//! a generator (`reload(f(x) for x in y)`), unless that begins with a name or
//! another token; such a file is reported and left alone.

use crate::context::Context;
use crate::fixer::{Fixer, Order, Outcome, Trouble};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer { builtin: true,
    last: Some(qualify),
    order: Order::Pre,
    ..Fixer::plain(
        "reload",
        "power< 'reload'
             trailer< lpar='('
                 ( not(arglist | argument<any '=' any>) obj=any
                 | obj=arglist<(not argument<any '=' any>) any ','> )
             rpar=')' >
         after=any* >",
        transform,
    )
};

/// With `--beyond`: where the function is not called at once, `map(reload, xs)`.
fn qualify(tree: &mut Tree, cx: &mut Context<'_>) {
    for leaf in util::names_read(tree, &["reload"]) {
        let new = util::rename(tree, leaf, "importlib.reload");
        cx.touch_import(tree, None, "importlib", new);
    }
}

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let argument = found.need("obj")?;
    if tree.kind(argument) == Kind::Argument {
        let first = tree.first_child(argument).filter(|first| tree.is_leaf(*first));
        let first = first.ok_or_else(|| Trouble::new("reload() of a generator"))?;
        if matches!(tree.value(first), "*" | "**") {
            return Ok(None);
        }
    }
    let parens = [found.need("lpar")?, found.need("rpar")?];
    let names = ["importlib", "reload"];
    cx.touch_import(tree, None, "importlib", node);
    Ok(Some(util::import_and_call(tree, node, parens, argument, found.many("after"), names)))
}
