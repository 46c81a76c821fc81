//! `from __future__ import x` becomes an empty line, last of all because other
//! fixers look for it. Names in parentheses are not seen, as in 2to3.

use crate::{Context, Fixer, Found, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer { run_order: 10, ..Fixer::plain("future", PATTERN, transform) };

const PATTERN: &str = r#"import_from< 'from' module_name="__future__" 'import' any >"#;

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let new = util::blank_line(tree);
    Ok(Some(util::prefixed_like(tree, new, node)))
}
