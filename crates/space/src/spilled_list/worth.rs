//! Whether keeping a list on disk is worth it: whether it grows, is one of many, is read again
//! and again, and what is saved.

use spacetime_rule::{Claim, Context};
use spacetime_semantic::{Doubt, Journey, Kind, Size, first_iterable};
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::factory::is_filled_by_others;
use crate::made_list::{
    Maker, distinct_of, is_filled_from_group, is_held_elsewhere, is_made_from_disk, is_made_from_group,
    is_on_disk,
};
use crate::picked::{Pick, pick};
use crate::price;
use crate::repeated::{function_repeats, loop_around, receives_again, repeats_beside, works_on_each};
use crate::sorted_set::SortedSet;
use crate::spilled::{check_indexed, check_unshared, is_cheap, is_filled_from_file, is_read};

/// What stays in memory of a list that has been written to disk.
const BUFFER: f64 = 1024.0 * 1024.0;

/// Whether the number of items depends on data.
pub fn grows(cx: &Context<'_, '_>, journey: &Journey, maker: Maker<'_>) -> bool {
    match maker {
        Maker::Empty | Maker::Begun => {
            let again = |node: &NodeId| loop_around(cx, *node).is_some() || function_repeats(cx, *node);
            journey.added.iter().any(again) || !journey.extended.is_empty()
        }
        _ => true,
    }
}

/// Whether many such lists may be made, each of which is small: a list made in
/// a loop, or in a function that strangers call, unless it is filled from a file.
pub fn runs_often(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>, journey: &Journey) -> bool {
    if cx.model.is_program() && loop_around(cx, site).is_none() && !function_repeats(cx, site) {
        return false;
    }
    match maker {
        Maker::Lines(_) | Maker::Cut(_) | Maker::Rows(_) | Maker::Json(_) => false,
        Maker::Matches(search) => !is_read(cx, cx.tree.id(search.searched)),
        Maker::Copy(call) => {
            let argument = &call.arguments.args[0];
            let source = distinct_of(cx, argument).map_or(argument, |(_, source)| source);
            !is_read(cx, cx.tree.id(first_iterable(source).unwrap_or(source)))
                && !is_made_from_group(cx, source)
        }
        Maker::Comprehension => {
            let first = cx.tree.expr(site).and_then(first_iterable);
            // What is made of a list that is as large as a file is large, too, and so may be what is made
            // of the items of one group; one field of each is little beside the group.
            !first.is_some_and(|first| {
                is_read(cx, cx.tree.id(first))
                    || is_on_disk(cx, first)
                    || holds_items(cx, site) && is_made_from_group(cx, first)
            })
        }
        Maker::Empty | Maker::Begun => {
            !is_filled_from_file(cx, journey) && !is_filled_from_group(cx, journey)
                || is_one_of_many(cx, site, journey)
        }
        Maker::Sorted(call) => {
            !SortedSet::of(cx, call).is_some_and(|set| set.is_fed(cx))
                && !is_made_from_disk(cx, &call.arguments.args[0])
                && !is_made_from_group(cx, &call.arguments.args[0])
        }
    }
}

/// Whether a comprehension takes what it walks whole, or several things of it.
fn holds_items(cx: &Context<'_, '_>, site: NodeId) -> bool {
    let Some(Expr::ListComp(comp)) = cx.tree.expr(site) else { return false };
    match (&*comp.elt, comp.generators.first().map(|clause| &clause.target)) {
        (Expr::Name(item), Some(Expr::Name(target))) => item.id == target.id,
        (item, _) => matches!(item, Expr::Tuple(_) | Expr::List(_) | Expr::Dict(_)),
    }
}

/// Whether a list is kept in an object that does not read the file itself: many
/// objects may share what is read.
fn is_one_of_many(cx: &Context<'_, '_>, site: NodeId, journey: &Journey) -> bool {
    let stmt = cx.tree.statement(site).and_then(|stmt| cx.tree.stmt(stmt));
    let kept = matches!(stmt, Some(Stmt::Assign(assign)) if assign.targets.iter().any(Expr::is_attribute_expr))
        || matches!(stmt, Some(Stmt::AnnAssign(assign)) if assign.target.is_attribute_expr());
    kept && is_filled_by_others(cx, site, journey)
}

/// Whether all items are held by a list in memory, from which they come, or are kept on disk themselves.
pub fn holds_what_others_hold(
    cx: &Context<'_, '_>,
    expr: &Expr,
    maker: Maker<'_>,
    journey: &Journey,
) -> bool {
    if holds_lists_of_files(cx, expr, maker, journey) {
        return true;
    }
    match (maker, expr) {
        (Maker::Comprehension, Expr::ListComp(comp)) => is_held_elsewhere(cx, &comp.elt),
        (Maker::Empty, _) => {
            let held = |node: &NodeId| cx.tree.expr(*node).is_some_and(|item| is_held_elsewhere(cx, item));
            !journey.added.is_empty() && journey.extended.is_empty() && journey.added.iter().all(held)
        }
        _ => false,
    }
}

/// Whether the items are lists that a function of the module fills from a file, and that can be kept on
/// disk themselves: each would be in memory as a whole wherever it is read.
fn holds_lists_of_files(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>, journey: &Journey) -> bool {
    let is_large = |made: &Expr| {
        let is_list = matches!(made, Expr::List(list) if list.elts.is_empty());
        let is_of_rows = matches!(made, Expr::ListComp(_))
            && first_iterable(made).is_some_and(|first| is_read(cx, cx.tree.id(first)))
            && cx.model.journey(cx.tree.id(made)).is_ok();
        is_of_rows
            || is_list
                && cx.model.journey(cx.tree.id(made)).is_ok_and(|journey| is_filled_from_file(cx, &journey))
            || matches!(made, Expr::Call(call) if cx.model.qualified(&call.func).as_deref() == Some("spacetime_compiler.runtime.SpillList"))
    };
    let gives = |item: &Expr| item.is_call_expr() && cx.model.origins(item).into_iter().any(is_large);
    match (maker, expr) {
        (Maker::Comprehension, Expr::ListComp(comp)) => gives(&comp.elt),
        (Maker::Empty, _) => journey.added.iter().any(|node| cx.tree.expr(*node).is_some_and(gives)),
        _ => false,
    }
}

/// Whether what a document holds is asked for by a name: it is no array, then.
pub fn is_asked_by_names(cx: &Context<'_, '_>, journey: &Journey) -> bool {
    journey.indexed.iter().any(|node| {
        matches!(cx.tree.expr(*node), Some(Expr::Subscript(found)) if found.slice.is_string_literal_expr())
    })
}

/// Reading from disk again and again would cost more than it saves, but for small items of which
/// each is worked on, and where few of them are looked for: what does that is given.
pub fn check_pays(
    cx: &Context<'_, '_>,
    journey: &Journey,
    sites: &[NodeId],
    kind: &Kind,
) -> Result<Vec<Pick>, Doubt> {
    check_unshared(cx, journey)?;
    let mut picks = Vec::new();
    // Where a call gives the list, it is a new one in each round, and so are slices.
    let is_new = |place: &NodeId| match cx.tree.expr(*place) {
        Some(Expr::Call(_)) => true,
        Some(Expr::Subscript(subscript)) => subscript.slice.is_slice_expr(),
        _ => false,
    };
    let new = journey.places.iter().copied().filter(is_new);
    let makers: Vec<NodeId> = sites.iter().copied().chain(new).collect();
    let often = sites.iter().any(|site| function_repeats(cx, *site));
    for node in &journey.searched {
        if repeats_beside(cx, *node, &makers) || function_repeats(cx, *node) {
            return Err(Doubt::new(format!(
                "items are searched in it again and again (line {})",
                cx.model.line(*node)
            )));
        }
    }
    check_spliced(cx, journey, &makers)?;
    let outer_walk = |node: NodeId| {
        let mut around = cx.tree.ancestors(node);
        around.any(|outer| {
            matches!(cx.tree.node(outer), Node::Stmt(Stmt::For(stmt))
            if cx.tree.id(&*stmt.iter) != node && journey.places.contains(&cx.tree.id(&*stmt.iter)))
        })
    };
    for node in &journey.walks {
        if (repeats_beside(cx, *node, &makers)
            || (!often && receives_again(cx, *node, &journey.places, &makers)))
            && !(is_cheap(kind) && works_on_each(cx, *node) && !outer_walk(*node))
        {
            if let Some(found) = pick(cx, *node) {
                picks.push(found);
                continue;
            }
            return Err(Doubt::new(format!("it is walked again and again (line {})", cx.model.line(*node))));
        }
    }
    sites.iter().try_for_each(|site| check_indexed(cx, journey, *site, false))?;
    Ok(picks)
}

/// What is done before the end is done a few times, and what is taken off the end is not put back.
fn check_spliced(cx: &Context<'_, '_>, journey: &Journey, makers: &[NodeId]) -> Result<(), Doubt> {
    let doubt = |what: &str, node: NodeId| Err(Doubt::new(format!("{what} (line {})", cx.model.line(node))));
    for node in &journey.spliced {
        if repeats_beside(cx, *node, makers) || function_repeats(cx, *node) {
            return doubt("items are put in or taken out again and again, not at its end", *node);
        }
    }
    for node in &journey.popped {
        if function_repeats(cx, *node) {
            return doubt("items are taken off its end again and again", *node);
        }
        if let Some(around) = loop_around(cx, *node) {
            let mut inside = journey.added.iter().chain(&journey.extended).chain(&journey.walks);
            if inside.any(|node| cx.tree.contains(around, *node)) {
                return doubt("items are taken off its end while it is filled or walked", *node);
            }
        }
    }
    Ok(())
}

pub fn claim(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>, name: &str, kind: &Kind) -> Claim {
    let items = match maker {
        Maker::Comprehension => price::comprehension_items(cx, expr),
        Maker::Copy(call) | Maker::Sorted(call) => price::items(cx, &call.arguments.args[0]),
        Maker::Empty | Maker::Begun => Size::quantity(format!("len({name})")),
        Maker::Lines(_) | Maker::Cut(_) | Maker::Rows(_) | Maker::Matches(_) | Maker::Json(_) => {
            price::items(cx, expr)
        }
    };
    let mut claim = price::saves_list(&items, price::bytes_of_kind(kind), 0.1, 0.8);
    claim.after = Size::number(BUFFER);
    claim.clarity = 0.9;
    claim
}
