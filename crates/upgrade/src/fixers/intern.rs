//! `intern(s)` becomes `sys.intern(s)`, with an `import sys` where there is none.
//!
//! `intern(*args)` and calls with several arguments stay. A generator whose item
//! is not a single name, `intern(g(x) for x in y)`, is trouble.

use super::apply::starts_with;
use crate::{Context, Fixer, Found, NodeId, Order, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer { builtin: true,
    last: Some(qualify), order: Order::Pre, ..Fixer::plain("intern", PATTERN, transform) };

const PATTERN: &str = "
    power< 'intern'
        trailer< lpar='('
            ( not(arglist | argument<any '=' any>) obj=any
            | obj=arglist<(not argument<any '=' any>) any ','> )
        rpar=')' >
        after=any*
    >";

/// With `--beyond`: where the function is not called at once, `map(intern, xs)`.
fn qualify(tree: &mut Tree, cx: &mut Context<'_>) {
    for leaf in util::names_read(tree, &["intern"]) {
        let new = util::rename(tree, leaf, "sys.intern");
        cx.touch_import(tree, None, "sys", new);
    }
}

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let argument = found.need("obj")?;
    if starts_with(tree, argument, &["*", "**"])? {
        return Ok(None);
    }
    let parens = [found.need("lpar")?, found.need("rpar")?];
    let after = found.many("after");
    cx.touch_import(tree, None, "sys", node);
    Ok(Some(util::import_and_call(tree, node, parens, argument, after, ["sys", "intern"])))
}
