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
    ..Fixer::with_state("next", Wanted::Pattern(PATTERN), || Box::<Next>::default())
};

#[derive(Default)]
struct Next {
    /// The file has a `next` of its own.
    is_shadowed: bool,
}

impl Fix for Next {
    fn start(&mut self, tree: &mut Tree, cx: &mut Context<'_>) {
        if let Some(binding) = util::find_binding(tree, "next", tree.root(), None) {
            cx.warning(tree, binding, SHADOWED);
            self.is_shadowed = true;
        }
    }

    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
        if found.has("base") {
            if self.is_shadowed {
                util::rename(tree, found.need("attr")?, "__next__");
            } else {
                let call = call_of_next(tree, node, found.many("base"));
                tree.replace(node, &[call]);
            }
        } else if let Some(name) = found.one("name") {
            rename_methods(tree, name);
        } else if let Some(attribute) = found.one("attr") {
            if is_assigned_to(tree, node) {
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

fn call_of_next(tree: &mut Tree, node: NodeId, base: &[NodeId]) -> NodeId {
    let base: Vec<NodeId> = base.iter().map(|one| tree.clone_node(*one)).collect();
    if let Some(first) = base.first() {
        tree.set_prefix(*first, "");
    }
    let prefix = tree.prefix(node).to_owned();
    let name = util::name_after(tree, "next", &prefix);
    util::call(tree, name, &base)
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
