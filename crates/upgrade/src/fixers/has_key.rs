//! `d.has_key(k)` becomes `k in d`, and `not d.has_key(k)` becomes `k not in d`.
//!
//! Parentheses are put around a key that is a comparison or binds weaker, and
//! around the whole where an operator stands beside it. A method that is not
//! called stays: `m = d.has_key`. So does a call with two arguments.

use std::sync::LazyLock;

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Shape, Tree, util};

pub static FIXER: Fixer = Fixer::plain("has_key", PATTERN, transform);

const PATTERN: &str = "
    anchor=power<
        before=any+
        trailer< '.' 'has_key' >
        trailer< '('
            ( not(arglist | argument<any '=' any>) arg=any
            | arglist<(not argument<any '=' any>) arg=any ','>
            )
        ')' >
        after=any*
    >
    |
    negation=not_test<
        'not'
        anchor=power<
            before=any+
            trailer< '.' 'has_key' >
            trailer< '('
                ( not(arglist | argument<any '=' any>) arg=any
                | arglist<(not argument<any '=' any>) arg=any ','>
                )
            ')' >
        >
    >";

static WHOLE: LazyLock<Shape> = LazyLock::new(|| Shape::new(PATTERN));

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let parent = tree.parent(node);
    let parent_kind = parent.map(|parent| tree.kind(parent));
    if parent.is_some_and(|not| parent_kind == Some(Kind::NotTest) && WHOLE.is_match(tree, not)) {
        // That match is the one to work on.
        return Ok(None);
    }
    let argument = found.need("arg")?;
    if cx.corrects() && util::is_starred(tree, argument) {
        // `d.has_key(*a)`: there is no operator for that.
        if let Some(name) = tree.children(found.need("anchor")?).find_map(|part| method(tree, part)) {
            util::rename(tree, name, "__contains__");
        }
        return Ok(None);
    }
    let prefix = tree.prefix(node).to_owned();
    let before = util::lift_all(tree, found.many("before"));
    let key = tree.lift(argument);
    let after = util::lift_all(tree, found.many("after"));
    let key = if cx.corrects() && util::is_broken(tree, key) {
        // It stood in the parentheses of the call, where lines may end.
        let (key, prefix) = (util::parenthesize(tree, key), tree.prefix(key).to_owned());
        util::with_prefix(tree, key, &prefix)
    } else {
        key
    };
    let mut new = comparison(tree, key, &before, found.has("negation"));
    if !after.is_empty() {
        new = util::parenthesize(tree, new);
        let children: Vec<_> = std::iter::once(new).chain(after).collect();
        new = tree.new_node(Kind::Power, &children);
    }
    if parent_kind.is_some_and(binds_stronger) {
        new = util::parenthesize(tree, new);
    }
    Ok(Some(util::with_prefix(tree, new, &prefix)))
}

/// The name in `.has_key`.
fn method(tree: &Tree, part: NodeId) -> Option<NodeId> {
    tree.children(part).find(|leaf| tree.kind(*leaf) == Kind::Name && tree.value(*leaf) == "has_key")
}

/// `key in before`, or `key not in before`.
fn comparison(tree: &mut Tree, mut key: NodeId, before: &[NodeId], negated: bool) -> NodeId {
    if matches!(
        tree.kind(key),
        Kind::Comparison
            | Kind::NotTest
            | Kind::AndTest
            | Kind::OrTest
            | Kind::Test
            | Kind::Lambdef
            | Kind::Argument
    ) {
        key = util::parenthesize(tree, key);
    }
    let container = match before {
        [only] => *only,
        _ => tree.new_node(Kind::Power, before),
    };
    tree.set_prefix(container, " ");
    let mut operator = util::name_after(tree, "in", " ");
    if negated {
        let not = util::name_after(tree, "not", " ");
        operator = tree.new_node(Kind::CompOp, &[not, operator]);
    }
    tree.new_node(Kind::Comparison, &[key, operator, container])
}

/// Whether `in` would not stand as it is among the parts of such a node.
fn binds_stronger(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Comparison
            | Kind::Expr
            | Kind::XorExpr
            | Kind::AndExpr
            | Kind::ShiftExpr
            | Kind::ArithExpr
            | Kind::Term
            | Kind::Factor
            | Kind::Power
    )
}
