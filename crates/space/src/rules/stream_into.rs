//! Feeds a container or file item by item instead of through a list.
//!
//! `xs.extend([...])`, `s.update([...])`, `f.writelines([...])` walk the list
//! that they are given once and forget it. A generator hands over the same
//! items in the same order. Between two of them the container is half filled,
//! so nothing that makes an item may look at it, and nobody may look at it
//! after an item could not be made.
//!
//! ```py before
//! def doubled(groups):
//!     result = []
//!     for group in groups:
//!         result.extend([number * 2 for number in group])
//!     return result
//! ```
//! ```py after
//! def doubled(groups):
//!     result = []
//!     for group in groups:
//!         result.extend(number * 2 for number in group)
//!     return result
//! ```
//! ```py before
//! def summary(path):
//!     words = set()
//!     sizes = {}
//!     with open(path) as lines:
//!         words.update([line.strip() for line in lines])
//!     sizes.update([(word, len(word)) for word in words])
//!     return sizes
//! ```
//! ```py after
//! def summary(path):
//!     words = set()
//!     sizes = {}
//!     with open(path) as lines:
//!         words.update(line.strip() for line in lines)
//!     sizes.update((word, len(word)) for word in words)
//!     return sizes
//! ```
//! ```py before
//! def shout(source, target):
//!     with open(source, encoding="latin-1") as lines, open(target, "w") as out:
//!         out.writelines([line.upper() for line in lines])
//! ```
//! ```py after
//! def shout(source, target):
//!     with open(source, encoding="latin-1") as lines, open(target, "w") as out:
//!         out.writelines(line.upper() for line in lines)
//! ```
//!
//! # When not
//!
//! Making the items looks at what is being filled, by this or another name;
//! then the generator would see its own items and might never end:
//!
//! ```py kept
//! def twice():
//!     numbers = [1, 2, 3]
//!     numbers.extend([number + 1 for number in numbers])
//!     return numbers
//! ```
//! ```py kept
//! def twice():
//!     numbers = [1, 2, 3]
//!     same = numbers
//!     numbers.extend([number + 1 for number in same])
//!     return numbers
//! ```
//! ```py kept
//! def rest(words):
//!     seen = set()
//!     seen.update([word for word in words if word not in seen])
//!     return seen
//! ```
//! ```py kept
//! def positions(words):
//!     found = []
//!     def next_position():
//!         return len(found)
//!     found.extend([next_position() for word in words])
//!     return found
//! ```
//!
//! An item may fail, and the half-filled container could be seen afterwards:
//!
//! ```py kept
//! def numbers(lines):
//!     found = []
//!     try:
//!         found.extend([int(line) for line in lines])
//!     except ValueError:
//!         pass
//!     return found
//! ```
//! ```py kept
//! from contextlib import suppress
//!
//! def numbers(lines):
//!     found = []
//!     with suppress(ValueError):
//!         found.extend([int(line) for line in lines])
//!     return found
//! ```
//! ```py kept
//! FOUND = []
//!
//! def remember(lines):
//!     FOUND.extend([int(line) for line in lines])
//! ```
//! ```py kept
//! def save(numbers):
//!     with open("shares.txt", "w") as out:
//!         out.writelines([str(10 // number) for number in sorted(numbers)])
//! ```
//!
//! What is being filled is unknown, or the file being written is the one that
//! is read:
//!
//! ```py kept
//! def add(found, lines):
//!     found.extend([line.strip() for line in lines])
//! ```
//! ```py kept
//! def shout(path):
//!     with open(path) as lines, open(path, "r+") as out:
//!         out.writelines([line.upper() for line in lines])
//! ```
//! ```py kept
//! def twice(path):
//!     with open(path, "r+") as both:
//!         both.writelines([line.upper() for line in both])
//! ```
//!
//! # Relies on
//!
//! `operators-are-pure` where items of unknown type are hashed;
//! `files-unchanged-while-read` where one file is read while another is written;
//! `allowed: early-effects` for `writelines` if an item may fail, since lines
//! before it are written by then.
//!
//! # Saves and costs
//!
//! The list; its items as well where they are dropped or written. A generator
//! costs 5 to 15 %.

use spacetime_rule::{Allowance, Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Body, Doubt, Effects, Kind, World};
use spacetime_syntax::ast::{Expr, ExprAttribute};
use spacetime_text::{Edits, Ranged};

use crate::comprehension::{Listed, unbracket};
use crate::drain::is_plain;
use crate::price;
use crate::reliances::Reliances;
use crate::ending::handles;
use crate::safety::check_interleaved;

pub static RULE: Rule = rule!(
    "stream_into",
    Streaming,
    [
        "$R.extend([$E for $$$CLAUSES])",
        "$R.extendleft([$E for $$$CLAUSES])",
        "$R.update([$E for $$$CLAUSES])",
        "$R.writelines([$E for $$$CLAUSES])",
    ],
    check
);

/// What the method does with the items.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filling {
    /// Keeps every item.
    Sequence,
    /// Hashes the items, or the keys of pairs.
    Hashed,
    Pairs,
    Written,
}

impl Filling {
    fn of(kind: &Kind, method: &str) -> Option<Self> {
        match (kind, method) {
            (Kind::List(_), "extend") | (Kind::Deque(_), "extend" | "extendleft") => Some(Self::Sequence),
            (Kind::Set(_) | Kind::Counter, "update") => Some(Self::Hashed),
            (Kind::Dict | Kind::DefaultDict, "update") => Some(Self::Pairs),
            (Kind::File(_), "writelines") => Some(Self::Written),
            _ => None,
        }
    }
}

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let (Expr::Attribute(method), [argument]) = (&*call.func, &call.arguments.args[..]) else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let kind = body.kind(cx.model, &method.value);
    let Some(filling) = Filling::of(&kind, &method.attr) else { return Ok(None) };
    if price::is_small_comprehension(cx, argument) {
        return Ok(None);
    }
    let description = format!("`{}` from a list that is made only for it: feed it item by item", method.attr);
    let refuse = |doubt| Box::new(Refusal { span: call.range(), description: description.clone(), doubt });
    let Some(listed) = Listed::at(cx, &body, cx.tree.id(argument)).map_err(refuse)? else { return Ok(None) };
    let mut relies = Reliances::default();
    listed.rely(&mut relies);
    check_filling(cx, &body, method, &listed, filling, &mut relies).map_err(refuse)?;

    let Ok(edits) = Edits::try_from(unbracket(cx, &listed, Some(call))) else { return Ok(None) };
    let items = price::comprehension_items(cx, argument);
    let (bytes, overhead) = match filling {
        Filling::Sequence => (price::bytes_of_kind(&Kind::None), 0.15),
        Filling::Pairs => (price::bytes_of_kind(&Kind::Tuple(vec![Kind::None, Kind::None])), 0.05),
        Filling::Hashed => (price::bytes_per_item(cx, &body, &listed.comp.elt), 0.1),
        Filling::Written => (price::bytes_per_item(cx, &body, &listed.comp.elt), 0.05),
    };
    Ok(Some(Opportunity {
        span: call.range(),
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, bytes, overhead, 0.9),
    }))
}

fn check_filling(
    cx: &Context<'_, '_>,
    body: &Body,
    method: &ExprAttribute,
    listed: &Listed<'_>,
    filling: Filling,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let receiver = body.objects(cx.model, &method.value);
    let world = if filling == Filling::Written { World::WRITES_FILES } else { World::NOTHING };
    let writing = Effects { reads: receiver.clone(), writes: receiver, world, ..Effects::default() };
    let (making, writing) = check_interleaved(cx, body, &listed.making, &writing, listed.node, relies)?;

    let item = body.kind(cx.model, &listed.comp.elt);
    let hashed = match (filling, &item) {
        (Filling::Hashed, item) => !is_plain(item),
        (Filling::Pairs, Kind::Tuple(pair)) if pair.len() == 2 => !is_plain(&pair[0]),
        (Filling::Pairs, _) => true,
        (Filling::Sequence | Filling::Written, _) => false,
    };
    if hashed {
        relies.assume(Assumption::OperatorsArePure);
        if making.raises.is_some() {
            relies.assume(Assumption::OneErrorAtATime);
        }
    }
    // A line that cannot be written, or a pair that is none, ends the making.
    let may_end = filling == Filling::Written || (hashed && filling == Filling::Pairs);
    if may_end && !(making.is_quiet_outside() && making.writes.is_empty()) && !reads_only(&making) {
        relies.allow(Allowance::SkippedItems);
    }
    check_half_filled(cx, body, listed, &making, &writing, filling, relies)
}

/// Whether files are read and nothing else is changed: their position is
/// nobody's business when the program fails.
fn reads_only(making: &Effects) -> bool {
    making.world == World::READS_FILES && making.attr_writes.is_empty() && !making.writes.has_outer()
}

/// Where an item fails, nobody may see the items before it.
fn check_half_filled(
    cx: &Context<'_, '_>,
    body: &Body,
    listed: &Listed<'_>,
    making: &Effects,
    writing: &Effects,
    filling: Filling,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let Some(failing) = making.raises else { return Ok(()) };
    if filling == Filling::Written {
        relies.allow(Allowance::EarlyEffects);
        return Ok(());
    }
    let caught = body
        .flow
        .point_of(cx.tree, listed.node)
        .is_none_or(|point| handles(cx, body, &body.flow.point(point).raise));
    if caught || writing.writes.has_outer() {
        let line = cx.model.line(failing);
        return Err(Doubt::new(format!(
            "making an item may fail (line {line}), and what has been added by then could be seen"
        )));
    }
    Ok(())
}
