//! Turns a loop that fills a list into a generator, where the list is walked once.
//!
//! The loop runs while its items are used: `append` becomes `yield`, and the
//! list is never there as a whole. Variables that the loop shares with the
//! rest of the function stay shared.
//!
//! ```py before
//! def longest(paths):
//!     seen = 0
//!     names = []
//!     for path in sorted(paths):
//!         if path.endswith(".log"):
//!             seen += 1
//!             names.append(path.lower())
//!     best = 0
//!     for name in names:
//!         best = max(best, len(name))
//!     return best, seen
//! ```
//! ```py after
//! def longest(paths):
//!     seen = 0
//!     def names():
//!         nonlocal seen
//!         for path in sorted(paths):
//!             if path.endswith(".log"):
//!                 seen += 1
//!                 yield path.lower()
//!     best = 0
//!     for name in names():
//!         best = max(best, len(name))
//!     return best, seen
//! ```
//!
//! `extend` becomes `yield from`:
//!
//! ```py before
//! def count_words(groups):
//!     words = []
//!     for group in sorted(groups):
//!         words.extend(group.split())
//!     return sum(1 for word in words if word.isalpha())
//! ```
//! ```py after
//! def count_words(groups):
//!     def words():
//!         for group in sorted(groups):
//!             yield from group.split()
//!     return sum(1 for word in words() if word.isalpha())
//! ```
//!
//! # When not
//!
//! The list is used otherwise, or the loop does what a generator cannot
//! (`return`, `await`, a bare `except`):
//!
//! ```py kept
//! def parse(lines):
//!     rows = []
//!     for line in lines:
//!         rows.append(line.split())
//!     return rows
//! ```
//! ```py kept
//! def until_blank(lines):
//!     rows = []
//!     for line in lines:
//!         if not line:
//!             return 0
//!         rows.append(line)
//!     return sum(len(row) for row in rows)
//! ```
//!
//! Filling may fail, and using the first items is seen from outside: a file of
//! transfers with one bad line must leave no trace.
//!
//! ```py kept
//! def post(lines, ledger):
//!     amounts = []
//!     for line in lines:
//!         amounts.append(int(line))
//!     for amount in amounts:
//!         ledger.append(amount)
//! ```
//!
//! A variable of the loop is read before it, where it has no value yet:
//!
//! ```py kept
//! def shout(names):
//!     if not names:
//!         print(name)
//!     found = []
//!     for name in names:
//!         found.append(name.upper())
//!     for loud in found:
//!         print(loud)
//! ```
//!
//! The walk changes what filling reads:
//!
//! ```py kept
//! def renumber(names):
//!     order = {}
//!     found = []
//!     for name in sorted(names):
//!         found.append(order.get(name, 0))
//!     total = 0
//!     for number in found:
//!         order[number] = total
//!         total += number
//!     return total
//! ```
//!
//! # Relies on
//!
//! As `stream_list` does: that operators, attribute reads and the like have no
//! side effects, where types are not known; that nobody looks at the variables of
//! a function from outside.
//!
//! # Saves and costs
//!
//! The list and its items, for a few per cent of time.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Body, Size};
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_text::{Edits, Ranged};

use crate::append_loop::AppendLoop;
use crate::price;
use crate::reliances::Reliances;
use crate::safety::check_namespace;

pub static RULE: Rule = rule!("stream_appends", Streaming, ["$X = []", "$X = list()"], check);

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(stmt @ Stmt::Assign(assign)) = cx.tree.stmt(found.node) else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let [Expr::Name(name)] = assign.targets.as_slice() else { return Ok(None) };
    if let Expr::Call(call) = &*assign.value
        && !cx.model.is_builtin(&call.func, "list")
    {
        return Ok(None);
    }
    let description = format!("the loop fills `{}`, which is walked once: make its items while they are used", name.id);
    let refuse = |doubt| Box::new(Refusal { span: stmt.range(), description: description.clone(), doubt });
    let Some(filled) = AppendLoop::of(cx, &body, stmt, None).map_err(refuse)? else { return Ok(None) };
    if filled.consumer.keeps_all(cx) {
        return Ok(None);
    }
    let mut relies = Reliances::default();
    check_namespace(cx, &body, found.node, &mut relies);
    filled.check(cx, &body, &mut relies).map_err(refuse)?;
    relies.assume(Assumption::NoFrameIntrospection);
    let Some(edits) = filled.edits(cx).and_then(|edits| Edits::try_from(edits).ok()) else { return Ok(None) };
    Ok(Some(Opportunity {
        span: filled.span(cx),
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: price::saves_list(
            &Size::quantity(format!("len({})", name.id)),
            bytes_per_item(cx, &body, &filled),
            0.05,
            0.9,
        ),
    }))
}

/// Bytes per item, by the fill that takes most.
pub fn bytes_per_item(cx: &Context<'_, '_>, body: &Body, filled: &AppendLoop<'_>) -> f64 {
    filled
        .fills
        .iter()
        .filter_map(|call| {
            let argument = call.arguments.args.first()?;
            let appends = matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "append");
            Some(if appends {
                price::bytes_per_item(cx, body, argument)
            } else {
                price::bytes_of_kind(&body.item_kind(cx.model, argument))
            })
        })
        .fold(0.0, f64::max)
}
