//! `it.next()` becomes `next(it)`, and the method `next` becomes `__next__`.
//!
//! | before | after |
//! |---|---|
//! | `it.next()` | `next(it)` |
//! | `f = it.next` | `f = it.__next__` |
//! | `def next(self): …` in a class | `def __next__(self): …` |
//! | `it.next = 1` | as it was |
//!
//! Where the file binds `next` itself, calls become `it.__next__()`, with a
//! warning.
//!
//! Oddities of 2to3 that are kept: blanks and comments before `.next` go; an
//! expression counts as assigned to when one that looks alike is, so that
//! `x += it.next` stays; of two methods in a row both are renamed only because
//! the class is found once for each `def`.

use crate::context::Context;
use crate::fixer::{Fix, Fixer, Order, Outcome, Wanted};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

const PATTERN: &str = "
    power< base=any+ trailer< '.' attr='next' > trailer< '(' ')' > >
    |
    power< head=any+ trailer< '.' attr='next' > not trailer< '(' ')' > >
    |
    classdef< 'class' any+ ':'
              suite< any* funcdef< 'def' name='next' parameters< '(' NAME ')' > any+ > any* > >
    |
    global=global_stmt< 'global' any* 'next' any* >";

const SHADOWED: &str = "Calls to builtin next() possibly shadowed by global binding";

pub static FIXER: Fixer = Fixer {
    order: Order::Pre,
    last: Some(call_rest),
    ..Fixer::with_state("next", Wanted::Pattern(PATTERN), || Box::<Next>::default())
};

#[derive(Default)]
struct Next {
    /// The file has a `next` of its own.
    is_shadowed: bool,
    /// The file has objects whose `next` is no method.
    is_attribute: bool,
}

impl Fix for Next {
    fn start(&mut self, tree: &mut Tree, cx: &mut Context<'_>) {
        let binding = tree.of_each_piece(|tree| util::find_binding(tree, "next", tree.root(), None));
        if let Some(binding) = binding {
            cx.warning(tree, binding, SHADOWED);
            self.is_shadowed = true;
        }
        if cx.corrects() {
            self.is_attribute = is_attribute(tree);
            rename_in_classes(tree);
        }
    }

    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
        if found.has("base") {
            if self.is_shadowed || cx.corrects() && is_bound_here(tree, node) {
                util::rename(tree, found.need("attr")?, "__next__");
            } else {
                let prefix = tree.prefix(node).to_owned();
                let base = util::lift_all(tree, found.many("base"));
                let call = call_of_next(tree, &base, &prefix);
                tree.replace(node, &[call]);
            }
        } else if let Some(name) = found.one("name") {
            rename_methods(tree, name);
        } else if let Some(attribute) = found.one("attr") {
            if self.is_attribute {
                // `node.next` of a list of nodes: it is not the method.
            } else if is_assigned_to(tree, node) {
                let head: String = found.many("head").iter().map(|one| tree.text(*one)).collect();
                if head.trim() == "__builtin__" {
                    cx.warning(tree, node, SHADOWED);
                }
            } else {
                let new = util::name(tree, "__next__");
                tree.replace(attribute, &[new]);
            }
        } else if found.has("global") {
            cx.warning(tree, node, SHADOWED);
            // From here on, and what is not as deep may stand before it.
            tree.leave_piece();
            self.is_shadowed = true;
        }
        Ok(None)
    }
}

/// Renames a method, and those behind it in the class. 2to3 renames one for each
/// time that it finds the class, which is once for each `def`, and so all of them.
fn rename_methods(tree: &mut Tree, name: NodeId) {
    let first = tree.parent(name);
    let behind = std::iter::successors(first, |one| tree.next_sibling(*one)).skip(1);
    let others: Vec<NodeId> = behind.filter_map(|one| name_of_next(tree, one)).collect();
    util::rename(tree, name, "__next__");
    for name in others {
        util::rename(tree, name, "__next__");
    }
}

/// The name in `def next(NAME): …`.
fn name_of_next(tree: &Tree, method: NodeId) -> Option<NodeId> {
    if tree.kind(method) != Kind::Funcdef {
        return None;
    }
    let mut parts = tree.children(method).skip(1);
    let name = parts.next().filter(|name| tree.kind(*name) == Kind::Name && tree.value(*name) == "next")?;
    let parameters = parts.next().filter(|parameters| tree.kind(*parameters) == Kind::Parameters)?;
    let kinds: Vec<Kind> = tree.children(parameters).take(4).map(|one| tree.kind(one)).collect();
    (kinds == [Kind::LPar, Kind::Name, Kind::RPar]).then_some(name)
}

fn call_of_next(tree: &mut Tree, base: &[NodeId], prefix: &str) -> NodeId {
    if let Some(first) = base.first() {
        tree.set_prefix(*first, "");
    }
    let name = util::name_after(tree, "next", prefix);
    util::call(tree, name, base)
}

/// Whether a function around binds `next` itself.
fn is_bound_here(tree: &Tree, node: NodeId) -> bool {
    let mut functions = tree.ancestors(node).filter(|above| matches!(tree.kind(*above), Kind::Funcdef | Kind::Lambdef));
    functions.any(|function| {
        let mut leaves = tree.leaves(function).filter(|leaf| tree.value(*leaf) == "next");
        leaves.any(|leaf| util::is_binding(tree, leaf) && util::scope_of(tree, leaf) == function)
    })
}

/// Whether the file assigns to an attribute `next`, or has a property of that name.
fn is_attribute(tree: &Tree) -> bool {
    let mut leaves = tree.leaves(tree.root()).filter(|leaf| tree.kind(*leaf) == Kind::Name && tree.value(*leaf) == "next");
    leaves.any(|leaf| {
        let trailer = tree.parent(leaf).filter(|parent| tree.kind(*parent) == Kind::Trailer);
        let power = trailer.filter(|trailer| tree.next_sibling(*trailer).is_none()).and_then(|trailer| tree.parent(trailer));
        let is_target = power.is_some_and(|power| {
            tree.parent(power).is_some_and(|parent| tree.kind(parent) == Kind::ExprStmt)
                && tree.suffix_kind(power) == Some(Kind::Equal)
        });
        is_target || is_decorated(tree, leaf)
    })
}

/// Whether a name is that of a function with a decorator.
fn is_decorated(tree: &Tree, leaf: NodeId) -> bool {
    let function = tree.parent(leaf).filter(|parent| tree.kind(*parent) == Kind::Funcdef);
    let above = function.and_then(|function| tree.parent(function));
    above.is_some_and(|above| tree.kind(above) == Kind::Decorated)
}

/// With `--beyond`: `next` is renamed wherever a class binds it, and where it is
/// read in the body of that class.
fn rename_in_classes(tree: &mut Tree) {
    let in_class = |leaf: &NodeId| {
        tree.kind(*leaf) == Kind::Name
            && tree.value(*leaf) == "next"
            && util::is_read_by_name(tree, *leaf)
            && tree.kind(util::scope_of(tree, *leaf)) == Kind::Classdef
    };
    let leaves: Vec<NodeId> = tree.leaves(tree.root()).filter(in_class).collect();
    let scopes: Vec<NodeId> = leaves.iter().map(|leaf| util::scope_of(tree, *leaf)).collect();
    let is_method = |scope: NodeId| {
        let mut bindings = leaves.iter().zip(&scopes).filter(|(leaf, other)| **other == scope && util::is_binding(tree, **leaf));
        bindings.clone().next().is_some() && !bindings.any(|(leaf, _)| is_decorated(tree, *leaf))
    };
    let renamed: Vec<NodeId> =
        leaves.iter().zip(&scopes).filter(|(_, scope)| is_method(**scope)).map(|(leaf, _)| *leaf).collect();
    for leaf in renamed {
        util::rename(tree, leaf, "__next__");
    }
}

/// With `--beyond`: calls that are left, because something follows them or the
/// object was a call of `next` itself.
fn call_rest(tree: &mut Tree, _cx: &mut Context<'_>) {
    if util::find_binding(tree, "next", tree.root(), None).is_some() {
        return;
    }
    let is_call = |tree: &Tree, trailer: NodeId| {
        tree.kind(trailer) == Kind::Trailer
            && tree.child(trailer, 1).is_some_and(|name| tree.value(name) == "next")
            && tree.prev_sibling(trailer).is_some()
            && tree.next_sibling(trailer).is_some_and(|call| {
                tree.kind(call) == Kind::Trailer
                    && tree.child_count(call) == 2
                    && tree.first_child(call).is_some_and(|open| tree.kind(open) == Kind::LPar)
            })
    };
    // The inner ones first: the outer ones copy them.
    let trailers: Vec<NodeId> = tree.post_order(tree.root()).filter(|node| is_call(tree, *node)).collect();
    for trailer in trailers {
        let Some(power) = tree.parent(trailer) else { continue };
        let children: Vec<NodeId> = tree.children(power).collect();
        let Some(at) = children.iter().position(|child| *child == trailer) else { continue };
        let prefix = tree.prefix(power).to_owned();
        let base = util::clone_all(tree, &children[..at]);
        let call = call_of_next(tree, &base, &prefix);
        for child in &children[1..=at + 1] {
            tree.detach(*child);
        }
        tree.replace(children[0], &[call]);
    }
}

/// Whether a node, or one that looks alike, stands in the first target of the
/// assignment around it.
fn is_assigned_to(tree: &Tree, node: NodeId) -> bool {
    let above = std::iter::once(node).chain(tree.ancestors(node));
    let mut path: Vec<NodeId> = above.take_while(|one| tree.kind(*one) != Kind::SimpleStmt).collect();
    let Some(top) = path.iter().position(|one| tree.kind(*one) == Kind::ExprStmt) else { return false };
    path.truncate(top + 1);
    let looks_alike = |one: NodeId| tree.kind(one) == tree.kind(node) && tree.equal(one, node);
    for child in tree.children(path[top]) {
        if tree.kind(child) == Kind::Equal {
            return false;
        }
        if path.contains(&child) || tree.pre_order(child).any(looks_alike) {
            return true;
        }
    }
    false
}
