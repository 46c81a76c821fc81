//! The `print` statement becomes a call.
//!
//! | before | after |
//! |---|---|
//! | `print` | `print()` |
//! | `print a, b` | `print(a, b)` |
//! | `print a,` | `print(a, end=' ')` |
//! | `print >>f, a` | `print(a, file=f)` |
//!
//! A single argument that stands in parentheses already stays as it is.

use std::sync::LazyLock;

use crate::context::Context;
use crate::fixer::{Fixer, Outcome, Trouble};
use crate::found::Found;
use crate::kind::Kind;
use crate::shape::Shape;
use crate::tree::{NodeId, Tree};

pub static FIXER: Fixer =
    Fixer::plain("print", "simple_stmt< any* bare='print' any* > | print_stmt", transform);

static IN_PARENTHESES: LazyLock<Shape> = LazyLock::new(|| Shape::new("atom< '(' [atom|STRING|NAME] ')' >"));

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    if let Some(bare) = found.one("bare") {
        let prefix = tree.prefix(bare).to_owned();
        let call = print_call(tree, &[], &prefix);
        tree.replace(bare, &[call]);
        return Ok(None);
    }
    let mut arguments: Vec<NodeId> = tree.children(node).skip(1).collect();
    if let [only] = *arguments
        && IN_PARENTHESES.is_match(tree, only)
        // `print ()` shows an empty tuple.
        && !(cx.corrects() && tree.child_count(only) == 2)
    {
        return Ok(None);
    }
    let ends_with_comma = arguments.last().is_some_and(|last| tree.kind(*last) == Kind::Comma);
    if ends_with_comma {
        arguments.pop();
    }
    let mut file = None;
    if arguments.first().is_some_and(|first| tree.kind(*first) == Kind::RightShift) {
        file = Some(*arguments.get(1).ok_or_else(|| Trouble::new("print >> nothing"))?);
        // The file, and the comma behind it if there is one.
        arguments.drain(..arguments.len().min(3));
    }
    let mut new: Vec<NodeId> = arguments.iter().map(|one| tree.clone_node(*one)).collect();
    if let Some(first) = new.first() {
        tree.set_prefix(*first, "");
    }
    if ends_with_comma {
        let end = tree.new_leaf(Kind::String, "' '");
        add_keyword(tree, &mut new, "end", end);
    }
    if let Some(file) = file {
        let file = tree.clone_node(file);
        add_keyword(tree, &mut new, "file", file);
    }
    let prefix = tree.prefix(node).to_owned();
    Ok(Some(print_call(tree, &new, &prefix)))
}

fn add_keyword(tree: &mut Tree, arguments: &mut Vec<NodeId>, keyword: &str, value: NodeId) {
    tree.set_prefix(value, "");
    let keyword = tree.new_leaf(Kind::Name, keyword);
    let equal = tree.new_leaf(Kind::Equal, "=");
    let argument = tree.new_node(Kind::Argument, &[keyword, equal, value]);
    if !arguments.is_empty() {
        arguments.push(tree.new_leaf(Kind::Comma, ","));
        tree.set_prefix(argument, " ");
    }
    arguments.push(argument);
}

fn print_call(tree: &mut Tree, arguments: &[NodeId], prefix: &str) -> NodeId {
    let name = tree.new_leaf_after(Kind::Name, "print", prefix);
    let open = tree.new_leaf(Kind::LPar, "(");
    let close = tree.new_leaf(Kind::RPar, ")");
    let mut inside = vec![open];
    if !arguments.is_empty() {
        inside.push(tree.new_node(Kind::Arglist, arguments));
    }
    inside.push(close);
    let trailer = tree.new_node(Kind::Trailer, &inside);
    tree.new_node(Kind::Power, &[name, trailer])
}
