//! Builtin calls that take a list in place and drain it: the check that the
//! rules for them share.

use spacetime_rule::{Allowance, Context, Opportunity, Refusal, Verdict};
use spacetime_semantic::{Assumption, Body, Doubt, Effects, Kind};
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprCall};
use spacetime_text::{Edits, Ranged};

use crate::comprehension::{Listed, unbracket};
use crate::price;
use crate::reliances::Reliances;
use crate::safety::{check_beside, check_identity, check_moved_key, check_order, is_quiet};

/// What the builtin does with each item as it gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interleaved {
    /// Adds, compares, hashes, tests it: operators of its type.
    Operators,
    /// Only puts it away.
    Nothing,
}

/// A kind of draining call.
#[derive(Clone, Copy, Debug)]
pub struct Drain {
    pub builtins: &'static [&'static str],
    pub interleaved: Interleaved,
    /// Extra time of a generator there.
    pub overhead: f64,
    /// It may stop before the last item.
    pub may_stop: bool,
}

/// Checks `call([comprehension], ...)` and turns the list into a generator.
pub fn drain(cx: &Context<'_, '_>, node: NodeId, rule: &Drain) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(node) else { return Ok(None) };
    let [argument] = &call.arguments.args[..] else {
        return if rule.builtins.contains(&"sum") { drain_sum(cx, call, rule) } else { Ok(None) };
    };
    drain_argument(cx, call, argument, rule)
}

/// `sum([...], start)`.
fn drain_sum(cx: &Context<'_, '_>, call: &ExprCall, rule: &Drain) -> Verdict {
    match &call.arguments.args[..] {
        [argument, _] if cx.model.is_builtin(&call.func, "sum") => drain_argument(cx, call, argument, rule),
        _ => Ok(None),
    }
}

fn drain_argument(cx: &Context<'_, '_>, call: &ExprCall, argument: &Expr, rule: &Drain) -> Verdict {
    if !rule.builtins.iter().any(|name| cx.model.is_builtin(&call.func, name)) {
        return Ok(None);
    }
    feed(cx, call, argument, rule, None)
}

/// Feeds the call from a generator in place of the list at `argument`; `bytes`
/// are what that saves per item, if it is less than the list and its items.
pub fn feed(
    cx: &Context<'_, '_>,
    call: &ExprCall,
    argument: &Expr,
    rule: &Drain,
    bytes: Option<f64>,
) -> Verdict {
    if call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none()) {
        return Ok(None);
    }
    let node = cx.tree.id(argument);
    let Some(body) = cx.model.body_of(node) else { return Ok(None) };
    let name = cx.tree.module().slice(&*call.func);
    let description = format!("`{name}` of a list that is made only for it: feed it item by item");
    let refuse = |doubt| Box::new(Refusal { span: call.range(), description: description.clone(), doubt });
    let Some(listed) = Listed::at(cx, &body, node).map_err(refuse)? else { return Ok(None) };
    if price::is_small_comprehension(cx, listed.expr) {
        return Ok(None);
    }
    let mut relies = Reliances::default();
    interleave(cx, &body, call, &listed, rule, &mut relies).map_err(refuse)?;
    let items = price::comprehension_items(cx, listed.expr);
    let bytes = bytes.unwrap_or_else(|| price::bytes_per_item(cx, &body, &listed.comp.elt));
    let edits = Edits::try_from(unbracket(cx, &listed, Some(call)));
    let Ok(edits) = edits else { return Ok(None) };
    Ok(Some(Opportunity {
        span: call.range(),
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, bytes, rule.overhead, 0.9),
    }))
}

/// Items are made between the steps of the builtin now.
pub fn interleave(
    cx: &Context<'_, '_>,
    body: &Body,
    call: &ExprCall,
    listed: &Listed<'_>,
    rule: &Drain,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    listed.rely(relies);
    let making = &listed.making;
    check_identity([making])?;
    let operators = Effects { reads: cx.model.compared_objects(body, listed.expr), ..Effects::default() };
    check_order(cx, body, making, &operators, relies)?;
    let kind = body.kind(cx.model, &listed.comp.elt);
    interleave_items(cx, body, call, (making, listed.expr), &kind, rule, relies)
}

/// The items of the call's first argument, of kind `item`, are made between
/// the steps of the call, and after its other arguments are evaluated.
pub fn interleave_items(
    cx: &Context<'_, '_>,
    body: &Body,
    call: &ExprCall,
    (making, made): (&Effects, &Expr),
    item: &Kind,
    rule: &Drain,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    relies.assume(Assumption::ModuleNotPatched);
    let items = cx.model.item_objects(body, made);
    if rule.interleaved == Interleaved::Operators && !is_plain(item) {
        relies.assume(Assumption::OperatorsArePure);
        if making.raises.is_some() {
            relies.assume(Assumption::OneErrorAtATime);
        }
    }
    let keywords = call.arguments.keywords.iter();
    for other in call.arguments.args.iter().skip(1).chain(keywords.clone().map(|keyword| &keyword.value)) {
        check_beside(cx, body, making, other, relies)?;
    }
    for keyword in keywords.filter(|keyword| keyword.arg.as_deref() == Some("key")) {
        check_moved_key(cx, body, making, &keyword.value, &items, relies)?;
    }
    if rule.may_stop {
        let missed = making.raises.is_some()
            || !is_quiet(cx, body, making)
            || !making.writes.is_empty()
            || making.walks_unknown.is_some();
        if missed {
            relies.allow(Allowance::SkippedItems);
        }
        relies.assume_all(making.assumes);
    }
    Ok(())
}

/// Kinds whose operators are builtin code that cannot fail among themselves.
pub fn is_plain(kind: &Kind) -> bool {
    matches!(kind, Kind::Bool | Kind::Int | Kind::Float | Kind::Str | Kind::Bytes)
}
