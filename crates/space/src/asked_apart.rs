//! Whether what counts is asked only when all has been counted.
//!
//! Counting and asking by turns would look every key up on disk.

use spacetime_rule::Context;
use spacetime_semantic::{Doubt, Journey};
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::Expr;

use crate::holder::{Holder, runs_of};
use crate::made_counts::Additions;
use crate::repeated::{function_repeats, loop_around};

/// Nothing is asked in a loop that counts, nor in one that calls what counts.
pub fn check_asked_apart(
    cx: &Context<'_, '_>,
    site: NodeId,
    journey: &Journey,
    additions: &Additions<'_>,
    holder: &Holder,
) -> Result<(), Doubt> {
    check_phases(cx, site, journey, additions, holder)?;
    if holder.travels {
        check_turns(cx, site, journey, additions, holder)?;
    }
    Ok(())
}

fn adds(additions: &Additions<'_>, node: NodeId) -> bool {
    additions.values().any(|addition| addition.places.contains(&node))
}

fn asked_meanwhile(cx: &Context<'_, '_>, place: NodeId) -> Doubt {
    Doubt::new(format!("it is asked while it is counted (line {})", cx.model.line(place)))
}

/// No loop both counts and asks.
fn check_phases(
    cx: &Context<'_, '_>,
    site: NodeId,
    journey: &Journey,
    additions: &Additions<'_>,
    holder: &Holder,
) -> Result<(), Doubt> {
    let updates = |node: NodeId| {
        let method = cx.tree.parent(node).and_then(|parent| cx.tree.expr(parent));
        matches!(method, Some(Expr::Attribute(method)) if method.attr.as_str() == "update")
    };
    let home = cx.model.enclosing_function(site);
    let mut adding: Vec<NodeId> = additions.keys().chain(&journey.extended).copied().collect();
    let elsewhere: Vec<NodeId> =
        adding.iter().filter_map(|node| cx.model.enclosing_function(*node)).collect();
    for def in elsewhere.iter().filter(|def| Some(**def) != home) {
        adding.extend(cx.model.callers(*def).into_iter().flatten().map(|call| cx.tree.id(call)));
    }
    let asks = |node: NodeId| !adds(additions, node) && !updates(node) && !holder.is_handed_on(cx, node);
    for place in journey.places.iter().filter(|place| **place != site && asks(**place)) {
        let around = cx.model.enclosing_function(*place).filter(|def| Some(*def) != home);
        if around.is_some_and(|def| elsewhere.contains(&def)) && function_repeats(cx, *place) {
            return Err(asked_meanwhile(cx, *place));
        }
        let mut at = *place;
        while let Some(around) = loop_around(cx, at) {
            let counts = adding.iter().any(|node| cx.tree.contains(around, *node));
            if counts && !cx.tree.contains(around, site) {
                return Err(asked_meanwhile(cx, *place));
            }
            at = around;
        }
    }
    Ok(())
}

/// The same for what several functions count and ask, which are called in turns.
fn check_turns(
    cx: &Context<'_, '_>,
    site: NodeId,
    journey: &Journey,
    additions: &Additions<'_>,
    holder: &Holder,
) -> Result<(), Doubt> {
    let home = cx.model.enclosing_function(site);
    let runs = |node: NodeId| runs_of(cx, node, home);
    let adding: Vec<NodeId> =
        additions.keys().chain(&journey.extended).flat_map(|node| runs(*node)).collect();
    let made = runs_of(cx, site, None);
    let asks = |node: NodeId| !adds(additions, node) && !holder.is_handed_on(cx, node);
    for place in journey.places.iter().filter(|place| **place != site && asks(**place)) {
        for mut at in runs(*place) {
            while let Some(around) = loop_around(cx, at) {
                let within = |node: &NodeId| cx.tree.contains(around, *node);
                if adding.iter().any(within) && !made.iter().any(within) {
                    return Err(asked_meanwhile(cx, *place));
                }
                at = around;
            }
        }
    }
    Ok(())
}
