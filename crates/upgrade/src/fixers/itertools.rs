//! What itertools gave to Python itself: `itertools.imap(f, xs)` and
//! `imap(f, xs)` become `map(f, xs)`; `itertools.ifilterfalse(…)` becomes
//! `itertools.filterfalse(…)`.
//!
//! It does not matter where the name comes from. Only a call that nothing
//! follows is seen, as in 2to3: `itertools.izip(a, b).next()` stays. The imports
//! are up to `itertools_imports`.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, Wanted, util};

pub static FIXER: Fixer =
    Fixer { run_order: 6, wanted: Wanted::Built(pattern), last: Some(rename_rest), ..Fixer::plain("itertools", "", transform) };

fn pattern() -> String {
    let functions = "('imap'|'ifilter'|'izip'|'izip_longest'|'ifilterfalse')";
    format!(
        "power< it='itertools' trailer< dot='.' func={functions} > trailer< '(' [any] ')' > >
        |
        power< func={functions} trailer< '(' [any] ')' > >"
    )
}

/// With `--beyond`: `itertools.izip` that is not called at once, or followed by more.
fn rename_rest(tree: &mut Tree, _cx: &mut Context<'_>) {
    let modules = util::names_of_module(tree, "itertools");
    let powers: Vec<NodeId> = tree.pre_order(tree.root()).filter(|node| tree.kind(*node) == Kind::Power).collect();
    for power in powers {
        let parts: Vec<NodeId> = tree.children(power).take(2).collect();
        let [module, trailer] = parts[..] else { continue };
        let Some(name) = tree.child(trailer, 1) else { continue };
        if !modules.iter().any(|known| known == tree.value(module)) || tree.kind(trailer) != Kind::Trailer {
            continue;
        }
        match tree.value(name) {
            old @ ("imap" | "izip" | "ifilter") => {
                let new = old[1..].to_owned();
                tree.detach(trailer);
                util::rename(tree, module, &new);
            }
            old @ ("ifilterfalse" | "izip_longest") => {
                let new = old[1..].to_owned();
                util::rename(tree, name, &new);
            }
            _ => {}
        }
    }
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
