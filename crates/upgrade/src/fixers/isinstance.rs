//! Tidies up what other fixers leave: `isinstance(x, (int, int))`, which was
//! `(int, long)`, becomes `isinstance(x, int)`.
//!
//! As 2to3 does, every tuple there is tidied, also one of a single name.

use rustc_hash::FxHashSet;

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, util};

pub static FIXER: Fixer = Fixer { builtin: true, run_order: 6, ..Fixer::plain("isinstance", PATTERN, transform) };

const PATTERN: &str = "
    power<
        'isinstance'
        trailer< '(' arglist< any ',' atom< '(' args=testlist_gexp< any+ > ')' > > ')' >
    >";

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let classes = found.need("args")?;
    let (kept, repeats) = without_repeats(tree, classes);
    if let [only] = kept[..] {
        let atom = tree.parent(classes).ok_or_else(|| Trouble::new("a tuple that stands nowhere"))?;
        util::prefixed_like(tree, only, atom);
        tree.replace(atom, &[only]);
        return Ok(None);
    }
    for class in repeats {
        tree.detach(class);
    }
    tree.mark_changed(node);
    Ok(None)
}

/// The parts of a tuple that stay, and those that go: names that were there
/// before and the commas behind them, and a comma at the end.
fn without_repeats(tree: &Tree, classes: NodeId) -> (Vec<NodeId>, Vec<NodeId>) {
    let is_comma = |node: &NodeId| tree.kind(*node) == Kind::Comma;
    let (mut kept, mut repeats) = (Vec::new(), Vec::new());
    let mut names: FxHashSet<&str> = FxHashSet::default();
    let mut rest = tree.children(classes).peekable();
    while let Some(node) = rest.next() {
        if tree.kind(node) == Kind::Name && !names.insert(tree.value(node)) {
            repeats.push(node);
            repeats.extend(rest.next_if(is_comma));
        } else {
            kept.push(node);
        }
    }
    repeats.extend(kept.pop_if(|last| is_comma(last)));
    (kept, repeats)
}
