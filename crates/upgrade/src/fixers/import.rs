//! Imports of modules that lie beside the file become relative.
//!
//! | before | after |
//! |---|---|
//! | `import spam` | `from . import spam` |
//! | `from spam import eggs` | `from .spam import eggs` |
//!
//! Only in a package (there is an `__init__.py` beside the file), only for what
//! is found on the disk, and not with `from __future__ import absolute_import`.
//! A statement that imports both kinds gets a warning, and stays.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, util};

pub static FIXER: Fixer = Fixer::plain("import", PATTERN, transform);

const PATTERN: &str = "
    import_from< 'from' imp=any 'import' ['('] any [')'] >
    |
    import_name< 'import' imp=any >";

/// What a module may be behind its name.
fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    if cx.has_future("absolute_import") {
        return Ok(None);
    }
    let imported = found.need("imp")?;
    if tree.kind(node) == Kind::ImportFrom {
        let first = tree.leaves(imported).next();
        if let Some(first) = first
            && util::is_beside(cx.filename(), tree.value(first))
        {
            let relative = format!(".{}", tree.value(first));
            tree.set_value(first, &relative);
            tree.mark_changed(first);
        }
        return Ok(None);
    }
    let local: Vec<bool> =
        modules(tree, imported)?.iter().map(|module| util::is_beside(cx.filename(), module)).collect();
    if local.contains(&false) {
        if local.contains(&true) {
            cx.warning(tree, node, "absolute and local imports together");
        }
        return Ok(None);
    }
    let new = util::from_import(tree, ".", &[imported]);
    Ok(Some(util::prefixed_like(tree, new, node)))
}

/// The modules that stand behind `import`.
fn modules(tree: &Tree, names: NodeId) -> Result<Vec<String>, Trouble> {
    let mut pending = vec![names];
    let mut modules = Vec::new();
    while let Some(node) = pending.pop() {
        match tree.kind(node) {
            Kind::Name => modules.push(tree.value(node).to_owned()),
            Kind::DottedName => modules.push(tree.children(node).map(|part| tree.value(part)).collect()),
            Kind::DottedAsName => pending.extend(tree.first_child(node)),
            Kind::DottedAsNames => pending.extend(tree.children(node).rev().step_by(2)),
            _ => return Err(Trouble::new(format!("an import of `{}`", tree.text(node).trim()))),
        }
    }
    Ok(modules)
}
