//! From a template and a match to nodes.

use super::template::{Template, hole};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::trouble::Trouble;
use crate::util;

/// What stands for the match, with the blanks and comments that stood before
/// it. Nothing where a statement cannot stand.
pub(super) fn build(
    tree: &mut Tree,
    node: NodeId,
    found: &Found,
    template: &Template,
) -> Result<Option<NodeId>, Trouble> {
    let above = tree.parent(node).map(|parent| tree.kind(parent));
    let in_block = matches!(above, Some(Kind::FileInput | Kind::Suite)) && !tree.is_leaf(node);
    let is_line = in_block || tree.kind(node) == Kind::SimpleStmt;
    if template.is_statement && !is_line && above != Some(Kind::SimpleStmt) {
        return Ok(None);
    }
    let mut new = copy(tree, found, template)?;
    if let Some(tail) = &template.tail {
        new = with_tail(tree, new, found.many(tail));
    }
    if is_line {
        let mut parts = vec![new];
        parts.extend(end_of_line(tree, node));
        new = tree.new_node(Kind::SimpleStmt, &parts);
    } else if above.is_some_and(|above| !binds_enough(tree, new, above)) {
        tree.set_prefix(new, "");
        new = util::parenthesize(tree, new);
    }
    Ok(Some(util::prefixed_like(tree, new, node)))
}

/// Copies of what ends a statement: the end of its line, with a comment before
/// it, and of its blocks, where the blanks before the next statement stand.
fn end_of_line(tree: &mut Tree, statement: NodeId) -> Vec<NodeId> {
    let leaves: Vec<NodeId> = tree.leaves(statement).collect();
    let is_end = |leaf: &&NodeId| matches!(tree.kind(**leaf), Kind::Newline | Kind::Dedent);
    let count = leaves.iter().rev().take_while(is_end).count();
    let mut ends = util::clone_all(tree, &leaves[leaves.len() - count..]);
    if !ends.iter().any(|end| tree.kind(*end) == Kind::Newline) {
        ends.insert(0, util::newline(tree));
    }
    ends
}

/// A copy of the template with what is bound in its holes. Templates are as deep
/// as their writers made them, but nothing here recurses.
fn copy(tree: &mut Tree, found: &Found, template: &Template) -> Result<NodeId, Trouble> {
    let source = &template.tree;
    // For each node that is open: its kind, and the copies of its children.
    let mut done: Vec<Vec<NodeId>> = vec![Vec::new()];
    let mut pending = vec![(template.root, false)];
    while let Some((node, is_read)) = pending.pop() {
        if source.is_leaf(node) {
            let above = (node != template.root).then(|| source.parent(node)).flatten();
            let above = above.map(|above| source.kind(above));
            let new = match hole(source.value(node)) {
                None => vec![tree.new_leaf_after(source.kind(node), source.value(node), source.prefix(node))],
                Some(name) => bound(tree, found.many(name), source.prefix(node), above),
            };
            if new.is_empty()
                && let Some(siblings) = done.last_mut()
            {
                // A comma that parted nothing from something goes.
                if siblings.last().is_some_and(|last| tree.kind(*last) == Kind::Comma) {
                    siblings.pop();
                }
            }
            if let Some(siblings) = done.last_mut() {
                siblings.extend(new);
            }
        } else if is_read {
            let children = done.pop().unwrap_or_default();
            let new = tree.new_node(source.kind(node), &children);
            if let Some(siblings) = done.last_mut().filter(|_| !children.is_empty()) {
                siblings.push(new);
            }
        } else {
            pending.push((node, true));
            done.push(Vec::new());
            pending.extend(
                source.children(node).collect::<Vec<_>>().into_iter().rev().map(|child| (child, false)),
            );
        }
    }
    let mut all = done.pop().unwrap_or_default();
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(Trouble::new("a template that is nothing but several nodes")),
        (None, _) => Err(Trouble::new("nothing is bound that could stand for the match")),
    }
}

/// Copies of what is bound, the first after the blanks of the template.
fn bound(tree: &mut Tree, nodes: &[NodeId], prefix: &str, above: Option<Kind>) -> Vec<NodeId> {
    let mut copies = util::clone_all(tree, nodes);
    if let Some(first) = copies.first() {
        tree.set_prefix(*first, prefix);
    }
    if let [only] = copies[..]
        && above.is_some_and(|above| !binds_enough(tree, only, above))
    {
        tree.set_prefix(only, "");
        let inside = util::parenthesize(tree, only);
        copies[0] = util::with_prefix(tree, inside, prefix);
    }
    copies
}

/// `new` and what followed the match, as the parts of one chain.
fn with_tail(tree: &mut Tree, new: NodeId, tail: &[NodeId]) -> NodeId {
    if tail.is_empty() {
        return new;
    }
    let tail = util::clone_all(tree, tail);
    let head = if binds_enough(tree, new, Kind::Power) { new } else { util::parenthesize(tree, new) };
    let is_chain = tree.kind(head) == Kind::Power;
    let mut parts: Vec<NodeId> = if is_chain { tree.children(head).collect() } else { vec![head] };
    parts.extend(tail);
    tree.new_node(Kind::Power, &parts)
}

/// Whether a node can stand right below one of this kind, without parentheses.
fn binds_enough(tree: &Tree, node: NodeId, above: Kind) -> bool {
    if tree.is_leaf(node) {
        return true;
    }
    let has_power = tree.children(node).any(|child| tree.kind(child) == Kind::DoubleStar);
    let own = match tree.kind(node) {
        Kind::Power if has_power => 13,
        kind => rank(kind),
    };
    let needed = match above {
        Kind::Power => 14,
        Kind::Argument | Kind::Arglist | Kind::Trailer | Kind::Subscript | Kind::Subscriptlist => 1,
        Kind::Listmaker
        | Kind::TestlistGexp
        | Kind::Testlist
        | Kind::TestlistStarExpr
        | Kind::Dictsetmaker => 1,
        Kind::CompFor | Kind::CompIf => 3,
        Kind::Test => 3,
        Kind::OrTest | Kind::AndTest | Kind::NotTest | Kind::Comparison | Kind::Expr | Kind::XorExpr => {
            rank(above) + 1
        }
        Kind::AndExpr | Kind::ShiftExpr | Kind::ArithExpr | Kind::Term => rank(above) + 1,
        Kind::Factor => 13,
        _ => 0,
    };
    own >= needed
}

/// How strongly the parts of a node hold together; 0 for what is no single value.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Argument | Kind::Subscript => 2,
        Kind::Lambdef | Kind::OldLambdef | Kind::Test | Kind::OldTest => 2,
        Kind::OrTest => 3,
        Kind::AndTest => 4,
        Kind::NotTest => 5,
        Kind::Comparison => 6,
        Kind::Expr => 7,
        Kind::XorExpr => 8,
        Kind::AndExpr => 9,
        Kind::ShiftExpr => 10,
        Kind::ArithExpr => 11,
        Kind::Term => 12,
        Kind::Factor => 13,
        Kind::Power | Kind::Atom => 14,
        // A list of arguments is what a call expects.
        Kind::Arglist | Kind::Subscriptlist => 1,
        _ => 0,
    }
}
