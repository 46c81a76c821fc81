//! Makes a generator of a function whose list is walked once by everybody who calls it.
//!
//! All calls of the function have to be known: it belongs to a program, or its
//! name is private. Each result is followed to where it is walked: by the
//! caller, in a function that gets it as an argument, or further out.
//!
//! ```py before
//! def _read(path):
//!     rows = []
//!     with open(path) as file:
//!         for line in file:
//!             name, _, amount = line.partition("=")
//!             if amount:
//!                 rows.append((name, len(amount)))
//!     return rows
//!
//! def _total(rows):
//!     total = 0
//!     for name, amount in rows:
//!         total += amount
//!     return total
//!
//! def report(path):
//!     rows = _read(path)
//!     return _total(rows)
//! ```
//! ```py after
//! def _read(path):
//!     with open(path) as file:
//!         for line in file:
//!             name, _, amount = line.partition("=")
//!             if amount:
//!                 yield (name, len(amount))
//!
//! def _total(rows):
//!     total = 0
//!     for name, amount in rows:
//!         total += amount
//!     return total
//!
//! def report(path):
//!     rows = _read(path)
//!     return _total(rows)
//! ```
//!
//! A comprehension becomes a generator expression, or, where it reads a file
//! that is closed when the function returns, what the function yields:
//!
//! ```py before
//! def _words(path):
//!     with open(path) as file:
//!         return [word for line in file for word in line.split()]
//!
//! def _long(words):
//!     return [word for word in words if len(word) > 2]
//!
//! def longest(path):
//!     return sum(len(word) for word in _long(_words(path)))
//! ```
//! ```py after
//! def _words(path):
//!     with open(path) as file:
//!         yield from (word for line in file for word in line.split())
//!
//! def _long(words):
//!     return (word for word in words if len(word) > 2)
//!
//! def longest(path):
//!     return sum(len(word) for word in _long(_words(path)))
//! ```
//!
//! Where the length is asked for when all has been walked, the items are counted:
//!
//! ```py before
//! def _sizes(path):
//!     sizes = []
//!     with open(path) as file:
//!         for line in file:
//!             sizes.append(len(line))
//!     return sizes
//!
//! def _mean(sizes):
//!     total = 0
//!     for size in sizes:
//!         total += size
//!     return total / max(len(sizes), 1)
//!
//! def report(path):
//!     sizes = _sizes(path)
//!     mean = _mean(sizes)
//!     return f"{len(sizes)} lines, {mean} characters each"
//! ```
//! ```py after
//! from spacetime_compiler.runtime import Counted
//!
//! def _sizes(path):
//!     with open(path) as file:
//!         for line in file:
//!             yield len(line)
//!
//! def _mean(sizes):
//!     total = 0
//!     for size in sizes:
//!         total += size
//!     return total / max(len(sizes), 1)
//!
//! def report(path):
//!     sizes = Counted(_sizes(path))
//!     mean = _mean(sizes)
//!     return f"{len(sizes)} lines, {mean} characters each"
//! ```
//!
//! # When not
//!
//! Somebody does more with the list than to walk it once, or others may call
//! the function:
//!
//! ```py kept
//! def _read(path):
//!     rows = []
//!     for line in open(path):
//!         rows.append(line.split())
//!     return rows
//!
//! def report(path):
//!     rows = _read(path)
//!     return len(rows) + sum(len(row) for row in rows)
//! ```
//! ```py kept
//! def read(path):
//!     rows = []
//!     for line in open(path):
//!         rows.append(line.split())
//!     return rows
//!
//! def report(path):
//!     return sum(len(row) for row in read(path))
//! ```
//!
//! Reading may fail, and by then something would have been done that can be seen:
//!
//! ```py kept
//! def _amounts(lines):
//!     amounts = []
//!     for line in lines:
//!         amounts.append(int(line))
//!     return amounts
//!
//! def post(lines):
//!     for amount in _amounts(lines):
//!         print(amount)
//! ```
//!
//! The function may fail for want of a list, or the walk be given up on purpose, when the rest has not been read:
//!
//! ```py kept
//! def _amounts(lines):
//!     amounts = []
//!     for line in lines:
//!         amounts.append(int(line))
//!     return amounts
//!
//! def total(lines):
//!     result = 0
//!     for amount in _amounts(lines):
//!         if amount < 0:
//!             raise SystemExit(3)
//!         result += amount
//!     return result
//! ```
//! ```py kept
//! def _names(path):
//!     try:
//!         with open(path) as file:
//!             names = []
//!             for line in file:
//!                 names.append(line.strip())
//!     except OSError:
//!         print("no names")
//!     return names
//!
//! def count(path):
//!     return sum(1 for name in _names(path))
//! ```
//!
//! The file is closed before the list is walked, or what fails is handled where
//! the function is called:
//!
//! ```py kept
//! def _sizes(file):
//!     sizes = []
//!     for line in file:
//!         sizes.append(len(line))
//!     return sizes
//!
//! def total(path):
//!     with open(path) as file:
//!         sizes = _sizes(file)
//!     return sum(size for size in sizes)
//! ```
//! ```py kept
//! def _numbers(lines):
//!     numbers = []
//!     for line in lines:
//!         numbers.append(int(line))
//!     return numbers
//!
//! def total(lines):
//!     try:
//!         numbers = _numbers(lines)
//!     except ValueError:
//!         return None
//!     return sum(number for number in numbers)
//! ```
//!
//! An item is changed once it is in the list, by the function or by who walks it:
//!
//! ```py kept
//! def _groups(lines):
//!     groups = []
//!     last = None
//!     for line in lines:
//!         if line[:1] != last:
//!             last = line[:1]
//!             group = [last]
//!             groups.append(group)
//!         group.append(line)
//!     return groups
//!
//! def longest(lines):
//!     best = 0
//!     for group in _groups(lines):
//!         best = max(best, len(group))
//!     return best
//! ```
//!
//! # Relies on
//!
//! As `stream_list` does: that operators, attribute reads and the like have no
//! side effects, where types are not known. *Assumed*: `module-is-closed`.
//!
//! # Saves and costs
//!
//! The list and its items; the time is about the same, or less.

// tidy: long because its page shows functions, comprehensions, methods, and what keeps a list
// whole.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Size};
use spacetime_syntax::ast::{Expr, StmtFunctionDef};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::across::check_results;
use crate::price;
use crate::producer::Producer;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!("stream_result", Streaming, ["return $X"], check)
.with_cases(include_str!("stream_result.md"));

const COUNTED: Import = Import::new("spacetime_compiler.runtime", "Counted");
const ITERATOR: Import = Import::new("collections.abc", "Iterator");

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let span = cx.tree.node(found.node).range();
    let producer = match Producer::of(cx, &body, found.node) {
        Ok(Some(producer)) => producer,
        Err(doubt) if cx.model.is_program() => {
            let description = "the list that a function returns could be made while it is walked".to_owned();
            return Err(Box::new(Refusal { span, description, doubt }));
        }
        _ => return Ok(None),
    };
    let name = producer.function.name.as_str();
    let description = format!("the list that `{name}` returns is walked once: make its items while they are used");
    let mut relies = Reliances::default();
    let walks = match check_results(cx, producer.def, &mut relies) {
        Ok(walks) => walks,
        Err(doubt) if cx.model.is_program() || name.starts_with('_') => {
            return Err(Box::new(Refusal { span, description, doubt }));
        }
        Err(_) => return Ok(None),
    };
    let Some(mut edits) = producer.edits(cx).filter(|_| walks.frees) else { return Ok(None) };
    let mut imports = Vec::new();
    if walks.counted {
        imports.push(COUNTED);
        edits.extend(walks.calls.iter().flat_map(|call| counted(cx, call.range())));
    }
    if let Some(edit) = annotation(cx, producer.function) {
        edits.push(edit);
        imports.push(ITERATOR);
    }
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    relies.assume(Assumption::ModuleIsClosed);
    relies.assume(Assumption::NoFrameIntrospection);
    Ok(Some(Opportunity {
        span: walks.span,
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim: price::saves_list(
            &Size::quantity(format!("len({name}())")),
            producer.bytes_per_item(cx, &body),
            0.05,
            0.9,
        ),
    }))
}

/// Something that is walked once, and counts its items.
fn counted(cx: &Context<'_, '_>, span: Span) -> [Edit; 2] {
    let open = format!("{}(", COUNTED.local_name(cx.tree));
    [Edit::insert(span.start(), open), Edit::insert(span.end(), ")")]
}

/// `-> list[Row]` says what is not true any more.
fn annotation(cx: &Context<'_, '_>, function: &StmtFunctionDef) -> Option<Edit> {
    let list = match function.returns.as_deref()? {
        Expr::Subscript(subscript) => &*subscript.value,
        plain => plain,
    };
    let named = cx.model.is_builtin(list, "list")
        || cx.model.qualified(list).is_some_and(|name| name == "typing.List");
    named.then(|| Edit::replace(list.range(), ITERATOR.local_name(cx.tree)))
}
