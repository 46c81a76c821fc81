//! `map(…)` becomes `list(map(…))`, unless what is around it only walks it.
//!
//! | before | after |
//! |---|---|
//! | `x = map(f, y)` | `x = list(map(f, y))` |
//! | `x = map(None, y)` | `x = list(y)` |
//! | `x = map(lambda a: a + 1, y)` | `x = [a + 1 for a in y]` |
//! | `for a in map(f, y): …` | as it was |
//! | `x = map(None, y, z)` | as it was, with a warning |
//! | `map(f, y)` as a statement | `list(map(f, y))`, with a warning |
//!
//! Files with `from future_builtins import map` are left alone. As in 2to3
//! `map(None, y)` as a statement is not taken apart, and where the result is
//! only walked it becomes `list(y)` all the same.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome, Trouble};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer { builtin: true, ..Fixer::plain(
    "map",
    "map_none=power<
         'map' trailer< '(' arglist< 'None' ',' arg=any [','] > ')' >
         [extra_trailers=trailer*]
     >
     |
     map_lambda=power<
         'map'
         trailer<
             '('
             arglist<
                 lambdef< 'lambda' (fp=NAME | vfpdef< '(' fp=NAME ')'> ) ':' xp=any >
                 ','
                 it=any
             >
             ')'
         >
         [extra_trailers=trailer*]
     >
     |
     power< 'map' args=trailer< '(' [any] ')' > [extra_trailers=trailer*] >",
    transform,
) };

const TRUNCATES: &str = "cannot convert map(None, ...) with multiple arguments because map() \
                         now truncates to the shortest sequence";

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    if cx.should_skip(|| util::does_tree_import(tree, Some("future_builtins"), "map", node)) {
        return Ok(None);
    }
    let is_statement = tree.parent(node).is_some_and(|parent| tree.kind(parent) == Kind::SimpleStmt);
    let new = if is_statement {
        cx.warning(tree, node, "You should use a for loop here");
        let call = tree.clone_node(node);
        in_list(tree, call, &[])
    } else if found.has("map_lambda")
        && (!cx.corrects() || util::fits_comprehension(tree, found.need("xp")?, found.need("it")?))
    {
        let [item, variable, source] = [found.need("xp")?, found.need("fp")?, found.need("it")?];
        let [item, variable, mut source] = [item, variable, source].map(|one| tree.lift(one));
        if cx.corrects() {
            source = util::walkable(tree, source);
        }
        let list = util::list_comp(tree, item, variable, source, None);
        with_trailers(tree, &[list], found.many("extra_trailers"))
    } else {
        let argument = found.one("arg");
        let is_starred = cx.corrects() && argument.is_some_and(|argument| util::is_starred(tree, argument));
        let inside = if let Some(argument) = argument.filter(|_| !is_starred) {
            tree.lift(argument)
        } else if is_of_several(tree, found) || is_starred {
            cx.warning(tree, node, TRUNCATES);
            return Ok(None);
        } else if util::in_special_context(tree, node) {
            return Ok(None);
        } else {
            let arguments = found.one("args").or_else(|| tree.child(node, 1));
            let arguments = arguments.ok_or_else(|| Trouble::new("a call without arguments"))?;
            let arguments = tree.lift(arguments);
            let map = util::name(tree, "map");
            tree.new_node(Kind::Power, &[map, arguments])
        };
        in_list(tree, inside, found.many("extra_trailers"))
    };
    let prefix = tree.prefix(node).to_owned();
    Ok(Some(util::with_prefix(tree, new, &prefix)))
}

/// Whether the match is `map(None, …)`, and not the one with one argument only.
fn is_of_several(tree: &Tree, found: &Found) -> bool {
    let arguments = found.one("args").and_then(|args| tree.child(args, 1));
    let first = arguments.filter(|args| tree.kind(*args) == Kind::Arglist);
    let first = first.and_then(|args| tree.first_child(args));
    first.is_some_and(|first| tree.kind(first) == Kind::Name && tree.value(first) == "None")
}

/// `list(inside)`, and what followed.
fn in_list(tree: &mut Tree, inside: NodeId, trailers: &[NodeId]) -> NodeId {
    tree.set_prefix(inside, "");
    let list = [util::name(tree, "list"), util::arg_list(tree, &[inside])];
    with_trailers(tree, &list, trailers)
}

fn with_trailers(tree: &mut Tree, head: &[NodeId], trailers: &[NodeId]) -> NodeId {
    let mut children = head.to_vec();
    children.extend(util::lift_all(tree, trailers));
    tree.new_node(Kind::Power, &children)
}
