//! Methods of dicts that gave lists or iterators give views.
//!
//! | before | after |
//! |---|---|
//! | `d.keys()` | `list(d.keys())` |
//! | `d.iteritems()` | `iter(d.items())` |
//! | `d.viewvalues()` | `d.values()` |
//! | `sorted(d.keys())`, `for k in d.iterkeys():` | `sorted(d.keys())`, `for k in d.keys():` |
//!
//! Calls that take everything from their argument at once need no `list`, and
//! neither they nor loops need `iter`. As in 2to3, only the first such method
//! of `d.keys().x.items()` is seen, and a comment before the dot is lost.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer::plain("dict", PATTERN, transform);

const PATTERN: &str = "
    power< head=any+
        trailer< '.' method=('keys'|'items'|'values'|
                             'iterkeys'|'iteritems'|'itervalues'|
                             'viewkeys'|'viewitems'|'viewvalues') >
        parens=trailer< '(' ')' >
        tail=any*
    >";

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let (method, parens) = (found.need("method")?, found.need("parens")?);
    let old = tree.value(method).to_owned();
    let (is_iter, is_view) = (old.starts_with("iter"), old.starts_with("view"));
    let new_name = if is_iter || is_view { &old[4..] } else { &old };
    let mut children = util::clone_all(tree, found.many("head"));
    let tail = util::clone_all(tree, found.many("tail"));
    let special = tail.is_empty() && in_special_context(tree, node, is_iter);
    let prefix = tree.prefix(method).to_owned();
    let (dot, name) = (util::dot(tree), util::name_after(tree, new_name, &prefix));
    children.push(tree.new_node(Kind::Trailer, &[dot, name]));
    children.push(tree.clone_node(parens));
    let mut new = tree.new_node(Kind::Power, &children);
    if !(special || is_view) {
        tree.set_prefix(new, "");
        let function = util::name(tree, if is_iter { "iter" } else { "list" });
        new = util::call(tree, function, &[new]);
    }
    if !tail.is_empty() {
        let children: Vec<_> = std::iter::once(new).chain(tail).collect();
        new = tree.new_node(Kind::Power, &children);
    }
    Ok(Some(util::prefixed_like(tree, new, node)))
}

/// Whether the list or iterator may be dropped here.
fn in_special_context(tree: &Tree, node: NodeId, is_iter: bool) -> bool {
    let Some(parent) = tree.parent(node) else { return false };
    let called = tree.parent(parent).and_then(|call| util::is_called(tree, call));
    if let Some((function, _)) = called.filter(|(_, argument)| *argument == node) {
        let function = tree.value(function);
        return util::CONSUMING_CALLS.contains(&function) || (is_iter && function == "iter");
    }
    is_iter && util::is_looped_over(tree, parent, node)
}
