//! `input(…)` becomes `eval(input(…))`, unless it is in an `eval(…)` already.

use crate::{Context, Fixer, Found, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer { builtin: true, ..Fixer::plain("input", "power< 'input' args=trailer< '(' [any] ')' > >", transform) };

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, _cx: &mut Context<'_>) -> Outcome {
    if tree.ancestors(node).nth(1).is_some_and(|above| is_eval(tree, above)) {
        return Ok(None);
    }
    let prefix = tree.prefix(node).to_owned();
    let input = util::clone_after(tree, node, "");
    let eval = util::name(tree, "eval");
    Ok(Some(util::call_after(tree, eval, &[input], &prefix)))
}

/// Whether a node is `eval(something)` and no more.
fn is_eval(tree: &Tree, node: NodeId) -> bool {
    let called = util::is_called(tree, node);
    called.is_some_and(|(function, _)| tree.value(function) == "eval") && tree.child_count(node) == 2
}
