//! What itertools gave to Python itself: `itertools.imap(f, xs)` and
//! `imap(f, xs)` become `map(f, xs)`; `itertools.ifilterfalse(…)` becomes
//! `itertools.filterfalse(…)`.
//!
//! It does not matter where the name comes from. Only a call that nothing
//! follows is seen, as in 2to3: `itertools.izip(a, b).next()` stays. The imports
//! are up to `itertools_imports`.

use crate::{Context, Fixer, Found, NodeId, Outcome, Tree, Wanted, util};

pub static FIXER: Fixer =
    Fixer { run_order: 6, wanted: Wanted::Built(pattern), ..Fixer::plain("itertools", "", transform) };

fn pattern() -> String {
    let functions = "('imap'|'ifilter'|'izip'|'izip_longest'|'ifilterfalse')";
    format!(
        "power< it='itertools' trailer< dot='.' func={functions} > trailer< '(' [any] ')' > >
        |
        power< func={functions} trailer< '(' [any] ')' > >"
    )
}

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let function = found.need("func")?;
    let old = tree.value(function).to_owned();
    let mut prefix = String::new();
    if let Some(module) = found.one("it")
        && !matches!(old.as_str(), "ifilterfalse" | "izip_longest")
    {
        tree.prefix(module).clone_into(&mut prefix);
        tree.detach(module);
        tree.detach(found.need("dot")?);
        if let Some(trailer) = tree.parent(function) {
            tree.replace(trailer, &[function]);
        }
    }
    if prefix.is_empty() {
        tree.prefix(function).clone_into(&mut prefix);
    }
    let new = util::name_after(tree, &old[1..], &prefix);
    tree.replace(function, &[new]);
    Ok(None)
}
