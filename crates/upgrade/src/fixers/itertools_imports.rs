//! Imports from itertools: `imap`, `izip` and `ifilter` are taken away,
//! `ifilterfalse` and `izip_longest` become `filterfalse` and `zip_longest`.
//!
//! A statement that imports nothing more becomes an empty line. Names in
//! parentheses are not seen, as in 2to3, and `import *` stays.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, util};

pub static FIXER: Fixer = Fixer {
    first: Some(open_parentheses),
    ..Fixer::plain(
        "itertools_imports",
        "import_from< 'from' 'itertools' 'import' imports=any >",
        transform,
    )
};

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let imports = found.need("imports")?;
    let mut kept: Vec<String> = Vec::new();
    for part in parts(tree, imports).into_iter().step_by(2) {
        let name = match tree.kind(part) {
            Kind::Star => return Ok(None),
            Kind::Name => Some(part),
            Kind::ImportAsName => tree.first_child(part),
            _ => None,
        };
        let name = name.ok_or_else(|| Trouble::new("an import without a name"))?;
        let new = match tree.value(name) {
            old @ ("imap" | "izip" | "ifilter") => {
                if cx.corrects() {
                    kept.extend(kept_name(tree, part, old));
                }
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
    let nothing_left = nothing_left || tree.parent(imports).is_none();
    if !kept.is_empty() {
        let names = util::name_after(tree, &kept.join(", "), " ");
        let import = util::from_import(tree, "builtins", &[names]);
        if nothing_left {
            return Ok(Some(util::prefixed_like(tree, import, node)));
        }
        util::add_statement(tree, node, import);
        return Ok(None);
    }
    if nothing_left {
        let new = util::blank_line(tree);
        return Ok(Some(util::prefixed_like(tree, new, node)));
    }
    Ok(None)
}

/// `zip as izip`, or whatever it is called in the file, if more is done with the
/// name than to call it, which the fixer `itertools` knows.
fn kept_name(tree: &Tree, part: NodeId, old: &str) -> Option<String> {
    let new = &old[1..];
    if let Some(alias) = tree.child(part, 2) {
        return Some(format!("{new} as {}", tree.value(alias)));
    }
    let is_mere_call = |leaf: NodeId| {
        let call = tree.next_sibling(leaf);
        call.is_some_and(|call| tree.kind(call) == Kind::Trailer && tree.next_sibling(call).is_none())
            && tree.prev_sibling(leaf).is_none()
    };
    let mut others = tree.leaves(tree.root()).filter(|leaf| {
        tree.kind(*leaf) == Kind::Name
            && tree.value(*leaf) == old
            && util::is_read_by_name(tree, *leaf)
            && !util::is_binding(tree, *leaf)
            && !is_mere_call(*leaf)
    });
    others.next().map(|_| format!("{new} as {old}"))
}

/// With `--beyond` names in parentheses are seen, too.
fn open_parentheses(tree: &mut Tree, _cx: &mut Context<'_>) {
    util::open_imports(tree, &["itertools"]);
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
