//! `filter(…)` gives a list.
//!
//! | before | after |
//! |---|---|
//! | `filter(f, xs)` | `list(filter(f, xs))` |
//! | `filter(lambda x: x > 1, xs)` | `[x for x in xs if x > 1]` |
//! | `filter(None, xs)` | `[_f for _f in xs if _f]` |
//!
//! Left alone where anything iterable will do (`for x in filter(…):`,
//! `tuple(filter(…))`), and in files with `from future_builtins import filter`.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer { builtin: true, ..Fixer::plain("filter", PATTERN, transform) };

const PATTERN: &str = "
    filter_lambda=power<
        'filter'
        trailer< '(' arglist<
            lambdef< 'lambda' (fp=NAME | vfpdef< '(' fp=NAME ')'> ) ':' xp=any > ',' it=any
        > ')' >
        [extra_trailers=trailer*]
    >
    |
    power<
        'filter'
        trailer< '(' arglist< none='None' ',' seq=any > ')' >
        [extra_trailers=trailer*]
    >
    |
    power<
        'filter'
        args=trailer< '(' [any] ')' >
        [extra_trailers=trailer*]
    >";

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    if cx.should_skip(|| util::does_tree_import(tree, Some("future_builtins"), "filter", node)) {
        return Ok(None);
    }
    let corrects = cx.corrects();
    let is_list = match (found.one("it"), found.one("xp"), found.one("seq")) {
        _ if !corrects => true,
        (Some(walked), Some(test), _) => util::fits_comprehension(tree, test, walked),
        (_, _, Some(walked)) => !util::is_starred(tree, walked),
        _ => true,
    };
    let mut children = if found.has("filter_lambda") && is_list {
        vec![lambda_to_list(tree, found, corrects)?]
    } else if found.has("none") && is_list {
        let [item, target, test] = ["_f"; 3].map(|name| util::name(tree, name));
        let mut walked = tree.lift(found.need("seq")?);
        if corrects {
            walked = util::walkable(tree, walked);
        }
        vec![util::list_comp(tree, item, target, walked, Some(test))]
    } else if util::in_special_context(tree, node) {
        return Ok(None);
    } else {
        let args = found.one("args").or_else(|| tree.child(node, 1));
        let args = tree.lift(args.ok_or_else(|| crate::Trouble::new("a call without arguments"))?);
        let filter = util::name(tree, "filter");
        let call = tree.new_node(Kind::Power, &[filter, args]);
        vec![util::name(tree, "list"), util::arg_list(tree, &[call])]
    };
    children.extend(util::lift_all(tree, found.many("extra_trailers")));
    let new = tree.new_node(Kind::Power, &children);
    Ok(Some(util::prefixed_like(tree, new, node)))
}

fn lambda_to_list(tree: &mut Tree, found: &Found, corrects: bool) -> Result<NodeId, crate::Trouble> {
    let (parameter, walked) = (found.need("fp")?, found.need("it")?);
    let mut test = tree.lift(found.need("xp")?);
    if tree.kind(test) == Kind::Test {
        tree.set_prefix(test, "");
        test = util::parenthesize(tree, test);
    }
    let [item, target] = [parameter; 2].map(|node| tree.clone_node(node));
    let mut walked = tree.lift(walked);
    if corrects {
        walked = util::walkable(tree, walked);
    }
    Ok(util::list_comp(tree, item, target, walked, Some(test)))
}
