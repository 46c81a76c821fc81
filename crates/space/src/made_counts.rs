//! Dictionaries that count: how they are made, what is added to them, and whether their keys grow
//! with the data.

use std::collections::BTreeMap;

use spacetime_rule::Context;
use spacetime_semantic::Journey;
use spacetime_syntax::ast::{Expr, ExprSlice, Operator, Stmt, UnaryOp};
use spacetime_syntax::{Node, NodeId};

use crate::counting::{Addition, addition_at};
use crate::holder::{Holder, only};
use crate::literal;
use crate::price;
use crate::repeated::{function_repeats, loop_around};
use crate::spilled::{is_filled_from_file, is_read};

/// How the dictionary is made.
#[derive(Clone, Copy)]
pub enum Made<'m> {
    Dict,
    Counter(Option<&'m Expr>),
    /// `int` or `float`.
    Default(&'static str),
}

pub fn made<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<Made<'m>> {
    let call = match expr {
        Expr::Dict(dict) if dict.items.is_empty() => return Some(Made::Dict),
        Expr::Call(call) if call.arguments.keywords.is_empty() => call,
        _ => return None,
    };
    if call.arguments.args.iter().any(Expr::is_starred_expr) {
        return None;
    }
    if call.arguments.args.is_empty() && cx.model.is_builtin(&call.func, "dict") {
        return Some(Made::Dict);
    }
    match (&*cx.model.qualified(&call.func)?, &*call.arguments.args) {
        ("collections.Counter", []) => Some(Made::Counter(None)),
        ("collections.Counter", [items]) => Some(Made::Counter(Some(items))),
        ("collections.defaultdict", [factory]) => factory_of(cx, factory).map(Made::Default),
        _ => None,
    }
}

fn factory_of(cx: &Context<'_, '_>, factory: &Expr) -> Option<&'static str> {
    ["int", "float"].into_iter().find(|name| cx.model.is_builtin(factory, name))
}

/// All that is added to it, by the statement that does it.
pub type Additions<'m> = BTreeMap<NodeId, Addition<'m>>;

/// The statements that add to a variable that holds this dictionary and nothing else.
pub fn additions<'m>(
    cx: &Context<'_, 'm>,
    stmt: NodeId,
    site: NodeId,
    journey: &Journey,
) -> (Additions<'m>, Holder) {
    let target = match cx.tree.stmt(stmt) {
        Some(Stmt::Assign(stmt)) => stmt.targets.first(),
        Some(Stmt::AnnAssign(stmt)) => Some(&*stmt.target),
        _ => None,
    };
    let holder = target.map(|target| Holder::of(cx, target, journey)).unwrap_or_default();
    let mut additions = Additions::new();
    for place in &journey.places {
        if *place != site
            && holder.is(cx, *place)
            && let Some(addition) = addition_at(cx, *place)
        {
            additions.insert(addition.stmt, addition);
        }
    }
    (additions, holder)
}

/// Whether there is likely a key for each of many items.
pub fn grows(cx: &Context<'_, '_>, made: Made<'_>, additions: &Additions<'_>, journey: &Journey) -> bool {
    let again = |node: NodeId| loop_around(cx, node).is_some() || function_repeats(cx, node);
    if let Made::Counter(Some(items)) = made {
        return !price::is_small(&price::items(cx, items)) && !is_few_items(cx, items);
    }
    additions.values().any(|addition| again(addition.stmt) && !is_few(cx, addition.key, 4))
        || journey.extended.iter().any(|node| again(*node))
}

fn is_few_items(cx: &Context<'_, '_>, items: &Expr) -> bool {
    match items {
        Expr::Generator(comp) => is_few(cx, &comp.elt, 4),
        Expr::ListComp(comp) => is_few(cx, &comp.elt, 4),
        _ => false,
    }
}

/// Whether a key has few values, whatever the data are.
fn is_few(cx: &Context<'_, '_>, key: &Expr, steps: u8) -> bool {
    const PARTS: [&str; 8] = ["year", "month", "day", "hour", "minute", "second", "tm_hour", "tm_wday"];
    let Some(steps) = steps.checked_sub(1) else { return false };
    match key {
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) => matches!(method.attr.as_str(), "weekday" | "isoweekday"),
            func => ["len", "bool", "type", "isinstance"].iter().any(|name| cx.model.is_builtin(func, name)),
        },
        Expr::BinOp(op) => op.op == Operator::Mod && !op.left.is_string_literal_expr(),
        Expr::Attribute(part) => PARTS.contains(&part.attr.as_str()),
        Expr::Subscript(part) => matches!(&*part.slice, Expr::Slice(slice) if is_short(slice)),
        Expr::Tuple(tuple) => tuple.elts.iter().all(|key| is_few(cx, key, steps)),
        Expr::If(choice) => is_few(cx, &choice.body, steps) && is_few(cx, &choice.orelse, steps),
        Expr::StringLiteral(_) | Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::Compare(_) => true,
        Expr::Name(_) => value_of_name(cx, key).is_some_and(|value| is_few(cx, value, steps)),
        _ => false,
    }
}

/// Whether a slice takes the beginning of a text, a date say, or its last few letters; windows, and what is
/// behind a beginning, are many.
fn is_short(slice: &ExprSlice) -> bool {
    /// `2024-05-13T10:24:07`
    const LONGEST: u64 = 19;
    const LAST: u64 = 4;
    match (slice.lower.as_deref(), slice.upper.as_deref()) {
        (_, Some(upper)) => match literal::integer(upper) {
            Some(upper) => {
                let lower = slice.lower.as_deref().map_or(Some(0), literal::integer);
                lower.is_some_and(|lower| upper.saturating_sub(lower) <= LONGEST)
            }
            None => slice.lower.is_none() && upper.is_name_expr(),
        },
        (Some(Expr::UnaryOp(minus)), None) => {
            minus.op == UnaryOp::USub && literal::integer(&minus.operand).is_some_and(|last| last <= LAST)
        }
        _ => false,
    }
}

/// What a variable is bound to that is bound once.
fn value_of_name<'m>(cx: &Context<'_, 'm>, name: &Expr) -> Option<&'m Expr> {
    let symbol = only(cx, name)?;
    let binding = cx.model.scopes.symbol(symbol).bindings.first()?;
    match cx.tree.node(cx.tree.parent(*binding)?) {
        Node::Stmt(Stmt::Assign(stmt)) if matches!(stmt.targets.as_slice(), [Expr::Name(_)]) => {
            Some(&stmt.value)
        }
        _ => None,
    }
}

pub fn is_filled(cx: &Context<'_, '_>, made: Made<'_>, additions: &Additions<'_>, journey: &Journey) -> bool {
    let read = match made {
        Made::Counter(Some(Expr::Generator(comp))) => {
            comp.generators.first().is_some_and(|clause| is_read(cx, cx.tree.id(&clause.iter)))
        }
        Made::Counter(Some(items)) => is_read(cx, cx.tree.id(items)),
        _ => false,
    };
    let filled = Journey {
        added: additions.values().map(|addition| cx.tree.id(addition.number)).collect(),
        extended: journey.extended.clone(),
        ..Journey::default()
    };
    read || is_filled_from_file(cx, &filled)
}
