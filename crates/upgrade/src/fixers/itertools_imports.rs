//! Imports from itertools: `imap`, `izip` and `ifilter` are taken away,
//! `ifilterfalse` and `izip_longest` become `filterfalse` and `zip_longest`.
//!
//! A statement that imports nothing more becomes an empty line. Names in
//! parentheses are not seen, as in 2to3, and `import *` stays.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, util};

pub static FIXER: Fixer = Fixer::plain(
    "itertools_imports",
    "import_from< 'from' 'itertools' 'import' imports=any >",
    transform,
);

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let imports = found.need("imports")?;
    for part in parts(tree, imports).into_iter().step_by(2) {
        let name = match tree.kind(part) {
            Kind::Star => return Ok(None),
            Kind::Name => Some(part),
            Kind::ImportAsName => tree.first_child(part),
            _ => None,
        };
        let name = name.ok_or_else(|| Trouble::new("an import without a name"))?;
        let new = match tree.value(name) {
            "imap" | "izip" | "ifilter" => {
                tree.detach(part);
                continue;
            }
            "ifilterfalse" => "filterfalse",
            "izip_longest" => "zip_longest",
            _ => continue,
        };
        tree.mark_changed(node);
        tree.set_value(name, new);
    }
    remove_commas(tree, imports);
    let nothing_left = !tree.is_leaf(imports) && tree.first_child(imports).is_none();
    if nothing_left || tree.parent(imports).is_none() {
        let new = util::blank_line(tree);
        return Ok(Some(util::prefixed_like(tree, new, node)));
    }
    Ok(None)
}

/// The names and the commas between them.
fn parts(tree: &Tree, imports: NodeId) -> Vec<NodeId> {
    match tree.kind(imports) {
        Kind::ImportAsNames => tree.children(imports).collect(),
        _ => vec![imports],
    }
}

/// Takes away commas that no longer stand behind a name, or at the end.
fn remove_commas(tree: &mut Tree, imports: NodeId) {
    let mut parts = parts(tree, imports);
    let mut remove = true;
    for part in &parts {
        if remove && tree.kind(*part) == Kind::Comma {
            tree.detach(*part);
        } else {
            remove = !remove;
        }
    }
    while let Some(last) = parts.pop().filter(|last| tree.kind(*last) == Kind::Comma) {
        tree.detach(last);
    }
}
