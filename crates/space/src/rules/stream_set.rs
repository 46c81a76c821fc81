//! Makes a set, `Counter` or `deque` straight from its items, without a list in between.
//!
//! `set([...])` makes a list of all items, duplicates included, only to put
//! them into a set. A set comprehension puts them there one by one: the same
//! items in the same order, so the set is the same, down to the order in which
//! it is walked.
//!
//! ```py before
//! def words(lines):
//!     return set([line.strip() for line in lines if line])
//! ```
//! ```py after
//! def words(lines):
//!     return {line.strip() for line in lines if line}
//! ```
//!
//! `frozenset`, `Counter` and `deque` have no comprehension of their own, and
//! get a generator:
//!
//! ```py before
//! from collections import Counter, deque
//!
//! def lengths(lines):
//!     return Counter([len(line) for line in lines])
//!
//! def last(lines, count):
//!     return deque([line.strip() for line in lines], maxlen=count)
//!
//! def distinct(lines):
//!     return frozenset([len(line) for line in lines])
//! ```
//! ```py after
//! from collections import Counter, deque
//!
//! def lengths(lines):
//!     return Counter(len(line) for line in lines)
//!
//! def last(lines, count):
//!     return deque((line.strip() for line in lines), maxlen=count)
//!
//! def distinct(lines):
//!     return frozenset(len(line) for line in lines)
//! ```
//!
//! Comments stay, and so does the layout. In an f-string `{{` would be a
//! brace, so a generator stands there too:
//!
//! ```py before
//! def words(lines):
//!     return set([
//!         # without the line's end
//!         line.strip()
//!         for line in lines
//!     ],)
//!
//! def commented(lines):
//!     return set(  # only once each
//!         [line.strip() for line in lines]
//!     )
//!
//! def show(lines):
//!     return f"{set([len(line) for line in lines])}"
//! ```
//! ```py after
//! def words(lines):
//!     return {
//!         # without the line's end
//!         line.strip()
//!         for line in lines
//!     }
//!
//! def commented(lines):
//!     return set(  # only once each
//!         (line.strip() for line in lines)
//!     )
//!
//! def show(lines):
//!     return f"{set(len(line) for line in lines)}"
//! ```
//!
//! A set comprehension may await, bind with `:=` and let `StopIteration` out,
//! as the list does:
//!
//! ```py before
//! async def results(jobs):
//!     return set([await job for job in jobs])
//! ```
//! ```py after
//! async def results(jobs):
//!     return {await job for job in jobs}
//! ```
//!
//! # When not
//!
//! The name means something else here, by a parameter, an assignment, or
//! possibly by `import *`:
//!
//! ```py kept
//! def words(lines, set):
//!     return set([line.strip() for line in lines])
//! ```
//! ```py kept
//! from os.path import *
//!
//! def words(lines):
//!     return set([line.strip() for line in lines])
//! ```
//! ```py kept
//! class Counter(list):
//!     pass
//!
//! def lengths(lines):
//!     return Counter([len(line) for line in lines])
//! ```
//!
//! An argument behind the list would be evaluated before the items are made:
//!
//! ```py kept
//! from collections import deque
//!
//! def last(lines, read_limit):
//!     return deque([line.strip() for line in lines], read_limit())
//! ```
//! ```py kept
//! from collections import deque
//!
//! def last(lines):
//!     seen = []
//!     return deque([seen.append(line) for line in lines], len(seen))
//! ```
//!
//! A generator cannot take the place of a list that awaits, binds with `:=`,
//! or may raise `StopIteration`:
//!
//! ```py kept
//! from collections import Counter
//!
//! def first_fields(readers):
//!     return Counter([next(reader) for reader in readers])
//! ```
//! ```py kept
//! from collections import Counter
//!
//! def lengths(lines):
//!     counts = Counter([last := len(line) for line in lines])
//!     return counts, last
//! ```
//!
//! # Relies on
//!
//! Hashing and comparing values of unknown type has no effects of its own
//! (`operators-are-pure`), and does not fail in the same run as a later item
//! (`one-error-at-a-time`).
//!
//! # Saves and costs
//!
//! The list, and all duplicates at once. A set comprehension is faster than a
//! list and a call; a generator costs about a tenth. A `deque` without bound
//! keeps all items, so that only the list's pointers are saved.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Doubt, Kind};
use spacetime_syntax::ast::{Expr, ExprCall};
use spacetime_text::{Edits, Ranged};

use crate::comprehension::{may_brace, rebracket};
use crate::drain::{Drain, Interleaved, feed, is_plain};
use crate::price;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!("stream_set", Streaming, ["$F([$E for $$$CLAUSES], $$$REST)"], check);

/// Hashes each item as it gets it.
const HASHING: Drain =
    Drain { builtins: &[], interleaved: Interleaved::Operators, overhead: 0.1, may_stop: false };

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let Some(argument) = call.arguments.args.first() else { return Ok(None) };
    let only = call.arguments.len() == 1;
    if only && cx.model.is_builtin(&call.func, "set") {
        return comprehend(cx, call, argument);
    }
    if only && cx.model.is_builtin(&call.func, "frozenset") {
        return feed(cx, call, argument, &HASHING, None);
    }
    match cx.model.qualified(&call.func).as_deref() {
        Some("collections.Counter") if call.arguments.args.len() == 1 => feed(cx, call, argument, &HASHING, None),
        Some("collections.deque") => feed_deque(cx, call, argument),
        _ => Ok(None),
    }
}

/// `{e for ...}`, which differs from the list in nothing but when it hashes.
fn comprehend(cx: &Context<'_, '_>, call: &ExprCall, argument: &Expr) -> Verdict {
    let Expr::ListComp(comp) = argument else { return Ok(None) };
    let node = cx.tree.id(argument);
    let Some(body) = cx.model.body_of(node) else { return Ok(None) };
    if price::is_small_comprehension(cx, argument) {
        return Ok(None);
    }
    if !may_brace(cx, node, comp.range(), call.range()) {
        return feed(cx, call, argument, &HASHING, None);
    }
    let Ok(edits) = Edits::try_from(rebracket(cx, comp.range(), call.range(), "{", "}")) else { return Ok(None) };
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    if !is_plain(&body.kind(cx.model, &comp.elt)) {
        relies.assume(Assumption::OperatorsArePure);
        if cx.model.lazy_effects(&body, node).raises.is_some() {
            relies.assume(Assumption::OneErrorAtATime);
        }
    }
    let items = price::comprehension_items(cx, argument);
    let bytes = price::bytes_per_item(cx, &body, &comp.elt);
    Ok(Some(Opportunity {
        span: call.range(),
        description: "`set` of a list that is made only for it: make the set at once".to_owned(),
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, bytes, -0.1, 0.95),
    }))
}

/// `deque(e for ...)`, whose bound is checked before the first item is made.
fn feed_deque(cx: &Context<'_, '_>, call: &ExprCall, argument: &Expr) -> Verdict {
    let node = cx.tree.id(argument);
    let Some(body) = cx.model.body_of(node) else { return Ok(None) };
    let bound = call.arguments.find_argument_value("maxlen", 1);
    let making = cx.model.lazy_effects(&body, node);
    let known = bound.is_none_or(|bound| matches!(bound, Expr::NumberLiteral(_) | Expr::NoneLiteral(_)));
    let quiet = making.is_quiet_outside() && making.writes.is_empty();
    if !known && !quiet {
        return Err(Box::new(Refusal {
            span: call.range(),
            description: "`deque` of a list that is made only for it: feed it item by item".to_owned(),
            doubt: Doubt::new("`maxlen` may be refused before the items are made, whose making has effects"),
        }));
    }
    let rule = Drain { interleaved: Interleaved::Nothing, ..HASHING };
    let pointers = bound.is_none().then(|| price::bytes_of_kind(&Kind::None));
    feed(cx, call, argument, &rule, pointers)
}
