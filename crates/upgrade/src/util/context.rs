//! Questions about what a node is and where it stands.

use crate::{Kind, NodeId, Tree};

/// Calls that take everything from their argument before they return.
pub const CONSUMING_CALLS: &[&str] =
    &["sorted", "list", "set", "any", "all", "tuple", "sum", "min", "max", "enumerate"];

/// Calls after which it does not matter whether their argument is a list.
const ITERATING_CALLS: &[&str] =
    &["iter", "list", "tuple", "sorted", "set", "sum", "any", "all", "enumerate"];

/// Whether a node is `()`, or `(something)` where something has children: a
/// lone name in parentheses is none.
pub fn is_tuple(tree: &Tree, node: NodeId) -> bool {
    let children: Vec<_> = tree.children(node).take(4).collect();
    match children[..] {
        [open, close] => is_operator(tree, open, Kind::LPar) && is_operator(tree, close, Kind::RPar),
        [open, inner, close] => {
            is_leaf_of(tree, open, "(") && !tree.is_leaf(inner) && is_leaf_of(tree, close, ")")
        }
        _ => false,
    }
}

/// Whether a node is `[…]`.
pub fn is_list(tree: &Tree, node: NodeId) -> bool {
    match (tree.first_child(node), tree.last_child(node)) {
        (Some(first), Some(last)) => is_leaf_of(tree, first, "[") && is_leaf_of(tree, last, "]"),
        _ => false,
    }
}

/// Whether a node stands where anything iterable would do: after `in` of a
/// loop, or as an argument of a call that walks it.
pub fn in_special_context(tree: &Tree, node: NodeId) -> bool {
    let mut above = tree.ancestors(node);
    let Some(parent) = above.next() else { return false };
    if is_looped_over(tree, parent, node) {
        return true;
    }
    let Some(second) = above.next() else { return false };
    if is_walked(tree, second, node) {
        return true;
    }
    let Some(third) = above.next() else { return false };
    first_of_several(tree, third) == Some(node)
}

/// Whether `node` is what the loop or comprehension `parent` walks.
pub fn is_looped_over(tree: &Tree, parent: NodeId, node: NodeId) -> bool {
    let colon = match tree.kind(parent) {
        Kind::ForStmt => true,
        Kind::CompFor => false,
        _ => return false,
    };
    let children: Vec<_> = tree.children(parent).take(5).collect();
    let [for_leaf, _, in_leaf, walked, rest @ ..] = &children[..] else { return false };
    *walked == node
        && is_name(tree, *for_leaf, "for")
        && is_name(tree, *in_leaf, "in")
        && (!colon || rest.first().is_some_and(|one| is_operator(tree, *one, Kind::Colon)))
}

/// The one thing between the parentheses of a call, `(thing)`; nothing for
/// `()` and `[thing]`.
fn only_argument(tree: &Tree, trailer: NodeId) -> Option<NodeId> {
    if tree.kind(trailer) != Kind::Trailer {
        return None;
    }
    let children: Vec<_> = tree.children(trailer).take(4).collect();
    match children[..] {
        [open, inner, close]
            if is_operator(tree, open, Kind::LPar) && is_operator(tree, close, Kind::RPar) =>
        {
            Some(inner)
        }
        _ => None,
    }
}

/// If `power` is `function(argument)` and whatever follows: the two.
pub fn is_called(tree: &Tree, power: NodeId) -> Option<(NodeId, NodeId)> {
    if tree.kind(power) != Kind::Power {
        return None;
    }
    let mut children = tree.children(power);
    let function = children.next().filter(|one| tree.kind(*one) == Kind::Name)?;
    Some((function, only_argument(tree, children.next()?)?))
}

/// Whether a node is the argument of `list(…)`, `….join(…)` and the like. Where
/// several calls in a row would do, it is the first that counts.
fn is_walked(tree: &Tree, power: NodeId, node: NodeId) -> bool {
    if let Some((function, argument)) = is_called(tree, power)
        && ITERATING_CALLS.contains(&tree.value(function))
    {
        return argument == node;
    }
    // Most nodes can be told without a look at the whole chain.
    let join = tree.parent(node).and_then(|call| tree.prev_sibling(call));
    if tree.kind(power) != Kind::Power || !join.is_some_and(|join| is_join(tree, join)) {
        return false;
    }
    let mut calls = tree.children(power).zip(tree.children(power).skip(1));
    calls.find_map(|(join, call)| only_argument(tree, call).filter(|_| is_join(tree, join))) == Some(node)
}

/// Whether a node is `.join`.
fn is_join(tree: &Tree, trailer: NodeId) -> bool {
    let mut children = tree.children(trailer);
    tree.kind(trailer) == Kind::Trailer
        && children.next().is_some_and(|dot| is_operator(tree, dot, Kind::Dot))
        && children.next().is_some_and(|join| is_name(tree, join, "join"))
        && children.next().is_none()
}

/// The first of the arguments of `sorted(…, …)` and `enumerate(…, …)`.
fn first_of_several(tree: &Tree, power: NodeId) -> Option<NodeId> {
    let (function, arguments) = is_called(tree, power)?;
    let known = matches!(tree.value(function), "sorted" | "enumerate");
    if !known || tree.kind(arguments) != Kind::Arglist {
        return None;
    }
    tree.first_child(arguments)
}

/// Whether a name is neither an attribute nor bound where it stands: not the
/// name of a function, class or argument, nor what is assigned to.
pub fn is_probably_builtin(tree: &Tree, node: NodeId) -> bool {
    let prev = tree.prev_sibling(node).map(|prev| tree.kind(prev));
    if prev == Some(Kind::Dot) {
        return false;
    }
    let Some(parent) = tree.parent(node) else { return true };
    let first = prev.is_none();
    match tree.kind(parent) {
        Kind::Funcdef | Kind::Classdef | Kind::Parameters => false,
        Kind::ExprStmt => !first,
        Kind::Typedargslist => !first && prev != Some(Kind::Comma),
        _ => true,
    }
}

/// The indentation of the innermost indented block that a node is in.
pub fn find_indentation(tree: &Tree, node: NodeId) -> String {
    let mut all = std::iter::once(node).chain(tree.ancestors(node));
    let indent = all.find_map(|one| {
        if tree.kind(one) != Kind::Suite {
            return None;
        }
        tree.child(one, 2)?;
        tree.child(one, 1).filter(|indent| tree.kind(*indent) == Kind::Indent)
    });
    indent.map_or_else(String::new, |indent| tree.value(indent).to_owned())
}

fn is_leaf_of(tree: &Tree, node: NodeId, value: &str) -> bool {
    tree.is_leaf(node) && tree.value(node) == value
}

fn is_name(tree: &Tree, node: NodeId, name: &str) -> bool {
    tree.kind(node) == Kind::Name && tree.value(node) == name
}

/// A token of a kind with its own text: not one of the brackets that
/// `list_comp` writes.
fn is_operator(tree: &Tree, node: NodeId, kind: Kind) -> bool {
    tree.kind(node) == kind && Some(tree.value(node)) == kind.text()
}

/// Whether an argument is `*a` or `**k`.
pub fn is_starred(tree: &Tree, argument: NodeId) -> bool {
    let first = tree.first_child(argument).map(|first| tree.kind(first));
    matches!(tree.kind(argument), Kind::Argument | Kind::StarExpr)
        && matches!(first, Some(Kind::Star | Kind::DoubleStar))
}

/// Whether a line ends within a node, outside of brackets: it could not stand
/// outside of brackets itself.
pub fn is_broken(tree: &Tree, node: NodeId) -> bool {
    let mut depth = 0;
    for (at, leaf) in tree.leaves(node).enumerate() {
        let ends = tree.prefix(leaf).replace("\\\n", "").replace("\\\r\n", "").contains('\n');
        if at > 0 && depth == 0 && ends {
            return true;
        }
        match tree.value(leaf) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
    }
    false
}

/// Whether `f(item) for x in walked` is the same as calling a lambda: no stars,
/// and no function in the item that would see the last `x` only.
pub fn fits_comprehension(tree: &Tree, item: NodeId, walked: NodeId) -> bool {
    let is_late = |node: NodeId| {
        matches!(tree.kind(node), Kind::Lambdef | Kind::OldLambdef | Kind::CompFor | Kind::YieldExpr)
    };
    !is_starred(tree, walked) && !tree.pre_order(item).any(is_late)
}

/// What a comprehension walks, in parentheses if it would not stand there without.
pub fn walkable(tree: &mut Tree, walked: NodeId) -> NodeId {
    if matches!(tree.kind(walked), Kind::Test | Kind::Lambdef | Kind::OldLambdef | Kind::NamedexprTest) {
        tree.set_prefix(walked, "");
        return super::parenthesize(tree, walked);
    }
    walked
}
