//! `apply(f, args, keywords)` becomes `f(*args, **keywords)`.
//!
//! A function that is more than a name, a call or something in brackets is put
//! into parentheses. Left alone, as 2to3 does: `apply(f, *args)`, arguments
//! given by keyword, and calls of the result: `apply(f, a)(b)`. A generator
//! whose item is not a single name, `apply(f, g(x) for x in y)`, is trouble.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, util};

pub static FIXER: Fixer = Fixer { builtin: true, first: Some(nest), ..Fixer::plain("apply", PATTERN, transform) };

const PATTERN: &str = "
    power< 'apply'
        trailer< '('
            arglist<
                (not argument<NAME '=' any>) func=any ','
                (not argument<NAME '=' any>) args=any
                [',' (not argument<NAME '=' any>) kwds=any] [',']
            >
        ')' >
    >";

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let (func, args, keywords) = (found.need("func")?, found.need("args")?, found.one("kwds"));
    if starts_with(tree, args, &["*", "**"])?
        || keywords.map_or(Ok(false), |keywords| starts_with(tree, keywords, &["**"]))?
    {
        return Ok(None);
    }
    let prefix = tree.prefix(node).to_owned();
    let mut new = tree.lift(func);
    if needs_parentheses(tree, func) || cx.corrects() && util::is_broken(tree, func) {
        new = util::parenthesize(tree, new);
    }
    tree.set_prefix(new, "");
    let mut given = vec![tree.new_leaf(Kind::Star, "*"), util::lift_after(tree, args, "")];
    if let Some(keywords) = keywords {
        given.push(util::comma(tree));
        given.push(tree.new_leaf_after(Kind::DoubleStar, "**", " "));
        given.push(util::lift_after(tree, keywords, ""));
    }
    Ok(Some(util::call_after(tree, new, &given, &prefix)))
}

/// With `--beyond` what follows a call does not matter, and `apply(f)` is `f()`.
fn nest(tree: &mut Tree, _cx: &mut Context<'_>) {
    for leaf in util::names_read(tree, &["apply"]) {
        let Some(power) = tree.parent(leaf).filter(|above| tree.kind(*above) == Kind::Power) else { continue };
        let parts: Vec<NodeId> = tree.children(power).collect();
        let [apply, call, ..] = parts[..] else { continue };
        let arguments = tree.child(call, 1);
        let is_call = tree.first_child(call).is_some_and(|open| tree.kind(open) == Kind::LPar);
        let Some(argument) = arguments.filter(|_| apply == leaf && is_call) else { continue };
        if matches!(tree.kind(argument), Kind::RPar | Kind::Argument) {
            continue;
        }
        let prefix = tree.prefix(leaf).to_owned();
        if tree.kind(argument) != Kind::Arglist {
            let mut function = util::clone_after(tree, argument, "");
            if needs_parentheses(tree, argument) || util::is_broken(tree, argument) {
                function = util::parenthesize(tree, function);
            }
            let new = util::call_after(tree, function, &[], &prefix);
            tree.detach(call);
            tree.replace(leaf, &[new]);
        } else if parts.len() > 2 {
            let copies = [tree.clone_node(leaf), tree.clone_node(call)];
            let inner = tree.new_node(Kind::Power, &copies);
            tree.detach(call);
            tree.replace(leaf, &[inner]);
        }
    }
}

/// Whether an argument is written with one of these stars.
pub(super) fn starts_with(tree: &Tree, argument: NodeId, stars: &[&str]) -> Result<bool, Trouble> {
    if tree.kind(argument) != Kind::Argument {
        return Ok(false);
    }
    match tree.first_child(argument) {
        Some(first) if tree.is_leaf(first) => Ok(stars.contains(&tree.value(first))),
        _ => Err(Trouble::new(format!("an argument that is not understood: {}", tree.text(argument).trim()))),
    }
}

fn needs_parentheses(tree: &Tree, func: NodeId) -> bool {
    match tree.kind(func) {
        Kind::Name | Kind::Atom => false,
        Kind::Power => {
            let operator = tree.children(func).rev().nth(1);
            operator.is_some_and(|operator| tree.kind(operator) == Kind::DoubleStar)
        }
        _ => true,
    }
}
