//! Tidies up what other fixers leave: `isinstance(x, (int, int))`, which was
//! `(int, long)`, becomes `isinstance(x, int)`.
//!
//! As 2to3 does, every tuple there is tidied, also one of a single name.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, util};

pub static FIXER: Fixer = Fixer { run_order: 6, ..Fixer::plain("isinstance", PATTERN, transform) };

const PATTERN: &str = "
    power<
        'isinstance'
        trailer< '(' arglist< any ',' atom< '(' args=testlist_gexp< any+ > ')' > > ')' >
    >";

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let classes = found.need("args")?;
    let all: Vec<_> = tree.children(classes).collect();
    let kept = without_repeats(tree, &all);
    if let [only] = kept[..] {
        let atom = tree.parent(classes).ok_or_else(|| Trouble::new("a tuple that stands nowhere"))?;
        util::prefixed_like(tree, only, atom);
        tree.replace(atom, &[only]);
        return Ok(None);
    }
    for class in all.iter().filter(|one| !kept.contains(one)) {
        tree.detach(*class);
    }
    tree.mark_changed(node);
    Ok(None)
}

/// The parts of a tuple without names that were there before and the commas
/// behind them, and without a comma at the end.
fn without_repeats(tree: &Tree, all: &[NodeId]) -> Vec<NodeId> {
    let is_comma = |node: &NodeId| tree.kind(*node) == Kind::Comma;
    let mut kept: Vec<NodeId> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut rest = all.iter().peekable();
    while let Some(node) = rest.next() {
        let name = (tree.kind(*node) == Kind::Name).then(|| tree.value(*node));
        if name.is_some_and(|name| names.contains(&name)) {
            rest.next_if(|next| is_comma(next));
            continue;
        }
        kept.push(*node);
        names.extend(name);
    }
    kept.pop_if(|last| is_comma(last));
    kept
}
