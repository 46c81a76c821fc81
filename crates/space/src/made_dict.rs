//! How a dictionary is made, whether it grows with the data, and of what kinds its keys and values are.

use spacetime_rule::Context;
use spacetime_semantic::{Journey, Kind};
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprCall, ExprDictComp};

use crate::made_list::{is_held_elsewhere, is_in_memory, is_on_disk};
use crate::naming::Naming;
use crate::price;
use crate::repeated::{function_repeats, loop_around};
use crate::spilled::{
    added_kind, is_filled_from_file, is_read, is_written, item_kind_of, kind_of, known_items,
};

/// How the dictionary is made.
#[derive(Clone, Copy)]
pub enum Made<'m> {
    Empty,
    /// With its key.
    Comprehension(&'m ExprDictComp, &'m Expr),
    /// `dict(pairs)`, of an iterator that makes them.
    Pairs(&'m ExprCall),
}

pub fn made<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<Made<'m>> {
    match expr {
        Expr::Dict(dict) if dict.items.is_empty() => Some(Made::Empty),
        Expr::Call(call) if call.arguments.is_empty() && cx.model.is_builtin(&call.func, "dict") => {
            Some(Made::Empty)
        }
        Expr::Call(call) if cx.model.is_builtin(&call.func, "dict") && call.arguments.keywords.is_empty() => {
            let [pairs] = &call.arguments.args[..] else { return None };
            let is_made = kind_of(cx, cx.tree.id(pairs)).is_one_shot() && !pairs.is_starred_expr();
            (is_made && !price::is_small(&price::items(cx, pairs)) && !joins_held(cx, pairs))
                .then_some(Made::Pairs(call))
        }
        Expr::DictComp(comp) => {
            let key = comp.key.as_deref()?;
            let waits = comp.generators.iter().any(|clause| clause.is_async);
            (!waits).then_some(Made::Comprehension(comp, key))
        }
        _ => None,
    }
}

/// `zip(names, values)`, where lists in memory hold what is taken.
fn joins_held(cx: &Context<'_, '_>, pairs: &Expr) -> bool {
    let Expr::Call(call) = pairs else { return false };
    let joins = ["zip", "enumerate", "map", "filter", "reversed"];
    joins.iter().any(|name| cx.model.is_builtin(&call.func, name))
        && call.arguments.args.iter().any(|argument| is_in_memory(cx, argument))
}

/// Whether it is made of what is read, or of a list that is kept on disk.
pub fn is_large(cx: &Context<'_, '_>, made: Made<'_>) -> bool {
    match made {
        Made::Empty => false,
        Made::Comprehension(comp, _) => comp
            .generators
            .first()
            .is_some_and(|clause| is_read(cx, cx.tree.id(&clause.iter)) || is_on_disk(cx, &clause.iter)),
        Made::Pairs(call) => is_read(cx, cx.tree.id(call)),
    }
}

/// Whether it is filled from a file.
pub fn is_filled(cx: &Context<'_, '_>, made: Made<'_>, journey: &Journey) -> bool {
    is_large(cx, made) || is_filled_from_file(cx, journey)
}

/// Whether there is likely an entry for each of many items: what is stored is made of
/// the item alone, not of what was there before.
pub fn grows(cx: &Context<'_, '_>, made: Made<'_>, journey: &Journey) -> bool {
    if let Made::Comprehension(comp, _) = made {
        let clause = comp.generators.first();
        let small = clause.is_none_or(|clause| price::is_small(&price::items(cx, &clause.iter)));
        return !small && !is_held_elsewhere(cx, &comp.value);
    }
    if let Made::Pairs(_) = made {
        return true;
    }
    let again = |node: &NodeId| loop_around(cx, *node).is_some() || function_repeats(cx, *node);
    let is_new = |node: &NodeId| {
        let asked = journey.values.iter().any(|(value, _)| cx.tree.contains(*node, *value));
        let held = cx.tree.expr(*node).is_some_and(|value| is_held_elsewhere(cx, value));
        !asked && !held && again(node) && !is_filled_later(cx, *node)
    };
    !journey.added.is_empty() && journey.augmented.is_empty() && journey.added.iter().any(is_new)
}

/// Whether the loop that fills it makes a new one now and then: the parts of one record, which are few.
pub fn is_begun_anew(cx: &Context<'_, '_>, site: NodeId, journey: &Journey) -> bool {
    let Some(Expr::Name(name)) = Naming::of(cx, site).map(|naming| naming.target) else { return false };
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return false };
    let bindings = &cx.model.scopes.symbol(symbol).bindings;
    let within = |around: NodeId| bindings.iter().any(|binding| cx.tree.contains(around, *binding));
    !journey.added.is_empty() && journey.added.iter().all(|node| loop_around(cx, *node).is_some_and(within))
}

/// Whether a value is an empty collection, which gets its elements where it is.
fn is_filled_later(cx: &Context<'_, '_>, node: NodeId) -> bool {
    match cx.tree.expr(node) {
        Some(Expr::List(list)) => list.elts.is_empty(),
        Some(Expr::Dict(dict)) => dict.items.is_empty(),
        Some(Expr::Call(call)) => {
            call.arguments.is_empty()
                && ["list", "dict", "set"].iter().any(|name| cx.model.is_builtin(&call.func, name))
        }
        _ => false,
    }
}

/// Whether the keys may be of types that go to disk.
pub fn has_writable_keys(cx: &Context<'_, '_>, made: Made<'_>, journey: &Journey) -> bool {
    let own = match made {
        Made::Empty => Kind::Never,
        Made::Comprehension(_, key) => kind_of(cx, cx.tree.id(key)),
        Made::Pairs(call) => part_kind(cx, call, 0),
    };
    is_written(&journey.keys.iter().map(|node| kind_of(cx, *node)).fold(own, Kind::join))
}

pub fn value_kind(cx: &Context<'_, '_>, made: Made<'_>, journey: &Journey) -> Kind {
    let own = match made {
        Made::Empty => Kind::Never,
        Made::Comprehension(comp, _) => kind_of(cx, cx.tree.id(&*comp.value)),
        Made::Pairs(call) => part_kind(cx, call, 1),
    };
    own.join(added_kind(cx, journey))
}

/// The expressions whose values it holds.
pub fn stored<'m>(cx: &Context<'_, 'm>, made: Made<'m>, journey: &Journey) -> Vec<Option<&'m Expr>> {
    let own = match made {
        Made::Empty => None,
        Made::Comprehension(comp, _) => Some(Some(&*comp.value)),
        Made::Pairs(_) => Some(None),
    };
    known_items(cx, journey).into_iter().chain(own).collect()
}

/// The kind of the keys or the values among the pairs that `dict` gets.
fn part_kind(cx: &Context<'_, '_>, call: &ExprCall, part: usize) -> Kind {
    match item_kind_of(cx, cx.tree.id(&call.arguments.args[0])) {
        Kind::Tuple(parts) if parts.len() == 2 => parts[part].clone(),
        _ => Kind::Unknown,
    }
}
