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

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let (method, parens) = (found.need("method")?, found.need("parens")?);
    let old = tree.value(method).to_owned();
    let (is_iter, is_view) = (old.starts_with("iter"), old.starts_with("view"));
    let new_name = if is_iter || is_view { &old[4..] } else { &old };
    let special = found.many("tail").is_empty() && in_special_context(tree, node, is_iter);
    let prefix_of_all = tree.prefix(node).to_owned();
    let mut children = util::lift_all(tree, found.many("head"));
    let mut tail = util::lift_all(tree, found.many("tail"));
    let prefix = tree.prefix(method).to_owned();
    let (dot, name) = (util::dot(tree), util::name_after(tree, new_name, &prefix));
    children.push(tree.new_node(Kind::Trailer, &[dot, name]));
    children.push(tree.lift(parens));
    let mut new = tree.new_node(Kind::Power, &children);
    if !(special || is_view) {
        tree.set_prefix(new, "");
        let function = util::name(tree, if is_iter { "iter" } else { "list" });
        new = util::call(tree, function, &[new]);
    }
    while cx.corrects() && convert_next(tree, &mut new, &mut tail) {}
    if !tail.is_empty() {
        let children: Vec<_> = std::iter::once(new).chain(tail).collect();
        new = tree.new_node(Kind::Power, &children);
    }
    Ok(Some(util::with_prefix(tree, new, &prefix_of_all)))
}

/// With `--beyond`: the next such method in what follows. `new` becomes the list
/// or iterator of it, and the tail what is behind; false if there is none.
fn convert_next(tree: &mut Tree, new: &mut NodeId, tail: &mut Vec<NodeId>) -> bool {
    let method = |tree: &Tree, part: NodeId| tree.child(part, 1).map(|name| tree.value(name).to_owned());
    let is_call = |part: NodeId| {
        tree.kind(part) == Kind::Trailer && tree.kind(tree.first_child(part).unwrap_or(part)) == Kind::LPar && tree.child_count(part) == 2
    };
    let known = ["keys", "items", "values"];
    let at = (1..tail.len()).find(|at| {
        let name = method(tree, tail[*at - 1]).unwrap_or_default();
        let name = name.strip_prefix("iter").or(name.strip_prefix("view")).unwrap_or(&name);
        known.contains(&name) && is_call(tail[*at])
    });
    let Some(at) = at else { return false };
    let Some(name) = tree.child(tail[at - 1], 1) else { return false };
    let old = tree.value(name).to_owned();
    let is_view = old.starts_with("view");
    let is_iter = old.starts_with("iter");
    if is_iter || is_view {
        util::rename(tree, name, &old[4..]);
    }
    let children: Vec<_> = std::iter::once(*new).chain(tail.drain(..=at)).collect();
    *new = tree.new_node(Kind::Power, &children);
    if !is_view {
        let function = util::name(tree, if is_iter { "iter" } else { "list" });
        *new = util::call(tree, function, &[*new]);
    }
    true
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
