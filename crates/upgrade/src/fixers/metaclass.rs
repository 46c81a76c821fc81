//! `__metaclass__ = M` in a class becomes `class C(metaclass=M)`.
//!
//! | before | after |
//! |---|---|
//! | `class C(B): __metaclass__ = M; x = 1` | `class C(B, metaclass=M): x = 1` |
//!
//! Oddities of 2to3 that are kept: of several metaclasses the last one counts;
//! only the first part of a line with semicolons is looked at; comments between
//! a `__metaclass__` that opens the class and the next statement go; and of
//! `class C: __metaclass__ = M;` no statement is left.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome, Trouble};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer =
    Fixer { first: Some(to_the_front), ..Fixer::plain("metaclass", "classdef<any*>", transform) };

fn is_assignment(tree: &Tree, small: NodeId) -> bool {
    tree.kind(small) == Kind::ExprStmt
        && tree.first_child(small).is_some_and(|target| tree.is_leaf(target) && tree.value(target) == "__metaclass__")
}

/// With `--beyond`: `x = 1; __metaclass__ = M` is seen, too, as the assignment
/// comes to the front of its line.
fn to_the_front(tree: &mut Tree, _cx: &mut Context<'_>) {
    let is_later = |node: &NodeId| is_assignment(tree, *node) && tree.prev_sibling(*node).is_some();
    let all: Vec<NodeId> = tree.pre_order(tree.root()).filter(is_later).collect();
    for assignment in all {
        let Some(statement) = tree.parent(assignment).filter(|above| tree.kind(*above) == Kind::SimpleStmt) else {
            continue;
        };
        let Some(first) = tree.first_child(statement) else { continue };
        let (ours, theirs) = (tree.prefix(assignment).to_owned(), tree.prefix(first).to_owned());
        let (copy, other) = (tree.clone_node(assignment), tree.clone_node(first));
        tree.set_prefix(copy, &theirs);
        tree.set_prefix(other, &ours);
        tree.replace(assignment, &[other]);
        tree.replace(first, &[copy]);
    }
}

/// Why the metaclass cannot stand in the head of the class, if it cannot.
fn cannot_move(tree: &Tree, class: NodeId, statements: &[NodeId]) -> Option<&'static str> {
    for statement in statements.iter().filter(|statement| is_metaclass(tree, **statement)) {
        let assignment = tree.first_child(*statement)?;
        if tree.child_count(assignment) != 3 {
            return Some("__metaclass__ is assigned with something else");
        }
        let value = tree.last_child(assignment)?;
        let mut names = tree.leaves(value).filter(|leaf| util::is_read_by_name(tree, *leaf));
        let is_inside = |leaf: NodeId| {
            let mut same = tree.leaves(class).filter(|other| tree.value(*other) == tree.value(leaf));
            same.any(|other| util::is_binding(tree, other) && util::scope_of(tree, other) == class)
        };
        if names.any(is_inside) {
            return Some("the metaclass is made in the class itself");
        }
    }
    None
}

/// `x = 1;` becomes `x = 1`.
fn drop_last_semicolon(tree: &mut Tree, statement: NodeId) {
    let parts: Vec<NodeId> = tree.children(statement).collect();
    if let [.., semicolon, end] = parts[..]
        && tree.kind(statement) == Kind::SimpleStmt
        && tree.kind(semicolon) == Kind::Semi
        && tree.kind(end) == Kind::Newline
    {
        tree.detach(semicolon);
    }
}

fn transform(tree: &mut Tree, class: NodeId, _found: &Found, cx: &mut Context<'_>) -> Outcome {
    let Some(colon) = tree.children(class).position(|child| tree.kind(child) == Kind::Colon) else {
        return Ok(None);
    };
    let body: Vec<NodeId> = tree.children(class).skip(colon + 1).collect();
    let is_block = body.first().is_some_and(|first| tree.kind(*first) == Kind::Suite);
    let statements = if is_block { tree.children(body[0]).collect() } else { body.clone() };
    if !statements.iter().any(|statement| is_metaclass(tree, *statement)) {
        return Ok(None);
    }
    if cx.corrects() {
        if let Some(reason) = cannot_move(tree, class, &statements) {
            cx.cannot_convert(tree, class, Some(reason));
            return Ok(None);
        }
        for statement in &statements {
            drop_last_semicolon(tree, *statement);
        }
    }
    let block = if is_block { body[0] } else { make_block(tree, class, &body) };
    let Some(metaclass) = take_metaclasses(tree, block) else { return Ok(None) };
    let arguments = arguments_of_class(tree, class);
    let old_prefix = tree.prefix(metaclass).to_owned();
    add_argument(tree, arguments, metaclass, cx.corrects())?;
    drop_prefix_after_indent(tree, block);
    fill_block(tree, class, block, &old_prefix);
    Ok(None)
}

/// Whether a statement begins with an assignment to `__metaclass__`.
fn is_metaclass(tree: &Tree, statement: NodeId) -> bool {
    let first_of = |node, kind| Some(node).filter(|node| tree.kind(*node) == kind).and_then(|node| tree.first_child(node));
    first_of(statement, Kind::SimpleStmt)
        .and_then(|first| first_of(first, Kind::ExprStmt))
        .is_some_and(|target| tree.is_leaf(target) && tree.value(target) == "__metaclass__")
}

/// Puts the statements on the line of the class into a block, as copies.
fn make_block(tree: &mut Tree, class: NodeId, statements: &[NodeId]) -> NodeId {
    let copies: Vec<NodeId> = statements.iter().map(|one| tree.clone_node(*one)).collect();
    let block = tree.new_node(Kind::Suite, &copies);
    for statement in statements {
        tree.detach(*statement);
    }
    tree.append_child(class, block);
    block
}

/// Takes the assignments out of the block, and answers with the last one.
fn take_metaclasses(tree: &mut Tree, block: NodeId) -> Option<NodeId> {
    let statements: Vec<NodeId> = tree.children(block).collect();
    let mut last = None;
    for (at, statement) in statements.into_iter().enumerate() {
        if !is_metaclass(tree, statement) {
            continue;
        }
        split_at_semicolon(tree, block, at, statement);
        if let Some(end) = tree.last_child(statement).filter(|end| tree.kind(*end) == Kind::Newline) {
            tree.detach(end);
        }
        tree.detach(statement);
        last = Some(statement);
    }
    last
}

/// Makes a statement of its own of what stands behind the first semicolon.
///
/// `at` is the place that the statement had before others were taken out: so
/// behind an earlier metaclass the new statement comes one place too late.
fn split_at_semicolon(tree: &mut Tree, block: NodeId, at: usize, statement: NodeId) {
    let parts: Vec<NodeId> = tree.children(statement).collect();
    let Some(semicolon) = parts.iter().position(|part| tree.kind(*part) == Kind::Semi) else { return };
    let rest: Vec<NodeId> = parts[semicolon + 1..].iter().map(|part| tree.clone_node(*part)).collect();
    for part in &parts[semicolon..] {
        tree.detach(*part);
    }
    let expression = tree.new_node(Kind::ExprStmt, &rest);
    let new = tree.new_node(Kind::SimpleStmt, &[expression]);
    tree.insert_child(block, at, new);
    let prefix = tree.prefix(statement).to_owned();
    tree.set_prefix(new, &prefix);
}

/// The `arglist` of the class; one is made if there is none.
fn arguments_of_class(tree: &mut Tree, class: NodeId) -> NodeId {
    let children: Vec<NodeId> = tree.children(class).collect();
    let colon = children.iter().position(|child| tree.kind(*child) == Kind::Colon).unwrap_or(children.len());
    if colon == 0 || tree.kind(children[colon - 1]) != Kind::RPar {
        let (open, close) = (util::lparen(tree), util::rparen(tree));
        let arguments = tree.new_node(Kind::Arglist, &[]);
        for new in [close, arguments, open] {
            tree.insert_child(class, colon, new);
        }
        return arguments;
    }
    let inside = children[colon - 2];
    match tree.kind(inside) {
        Kind::Arglist => inside,
        Kind::LPar => {
            let arguments = tree.new_node(Kind::Arglist, &[]);
            tree.insert_child(class, colon - 1, arguments);
            arguments
        }
        _ => {
            let copy = tree.clone_node(inside);
            let arguments = tree.new_node(Kind::Arglist, &[copy]);
            tree.set_child(class, colon - 2, arguments);
            arguments
        }
    }
}

/// Makes `metaclass=M` of the assignment, and an argument of that.
fn add_argument(tree: &mut Tree, arguments: NodeId, statement: NodeId, corrects: bool) -> Result<(), Trouble> {
    let parts = tree.first_child(statement).map(|assignment| tree.children(assignment).collect::<Vec<_>>());
    let Some([name, equal, value, ..]) = parts.as_deref() else {
        return Err(Trouble::new("__metaclass__ is not assigned to"));
    };
    tree.set_value(*name, "metaclass");
    let ends_with_comma = tree.last_child(arguments).is_some_and(|last| tree.kind(last) == Kind::Comma);
    if corrects && ends_with_comma {
        tree.set_prefix(*name, " ");
    } else if tree.first_child(arguments).is_some() {
        let comma = util::comma(tree);
        tree.append_child(arguments, comma);
        tree.set_prefix(*name, " ");
    } else {
        tree.set_prefix(*name, "");
    }
    tree.set_prefix(*equal, "");
    tree.set_prefix(*value, "");
    tree.append_child(arguments, statement);
    Ok(())
}

/// Clears the prefix of the first leaf behind the indentation of the block:
/// when the statement before it has gone, the indentation stands there already.
fn drop_prefix_after_indent(tree: &mut Tree, block: NodeId) {
    let Some(indent) = tree.children(block).find(|child| tree.kind(*child) == Kind::Indent) else { return };
    let after = std::iter::successors(tree.next_sibling(indent), |one| tree.next_sibling(*one));
    let first = after.flat_map(|one| tree.leaves(one)).find(|leaf| tree.kind(*leaf) != Kind::Dedent);
    if let Some(first) = first.filter(|first| !tree.prefix(*first).is_empty()) {
        tree.set_prefix(first, "");
    }
}

/// Puts `pass` into the block if nothing is left there.
fn fill_block(tree: &mut Tree, class: NodeId, block: NodeId, prefix: &str) {
    let mut from_end = tree.children(block).rev();
    match (from_end.next(), from_end.next()) {
        (None, _) => {
            tree.detach(block);
            let pass = util::name_after(tree, "pass", prefix);
            tree.append_child(class, pass);
            let newline = util::newline(tree);
            tree.append_child(class, newline);
        }
        (Some(dedent), Some(indent))
            if tree.kind(indent) == Kind::Indent && tree.kind(dedent) == Kind::Dedent =>
        {
            let at = tree.child_count(block) - 1;
            let pass = util::name(tree, "pass");
            tree.insert_child(block, at, pass);
            let newline = util::newline(tree);
            tree.insert_child(block, at + 1, newline);
        }
        _ => {}
    }
}
