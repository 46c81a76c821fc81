//! Makes the items of a list while they are walked, where the list is walked once.
//!
//! A list that a comprehension makes, that has one name, and that one loop,
//! one comprehension or one builtin walks, need not exist: a generator makes
//! each item when it is asked for. Chains of such lists become chains of
//! generators, one a round.
//!
//! ```py before
//! def report(lines):
//!     total = 0
//!     fields = [line.split(",") for line in list(lines)]
//!     amounts = [int(field[1]) for field in fields]
//!     for amount in amounts:
//!         total += amount
//!     return total
//! ```
//! ```py after
//! def report(lines):
//!     total = 0
//!     fields = (line.split(",") for line in list(lines))
//!     amounts = (int(field[1]) for field in fields)
//!     for amount in amounts:
//!         total += amount
//!     return total
//! ```
//!
//! A list that is handed to functions of this module is followed to where it is
//! walked; where its length is asked for behind that, its items are counted:
//!
//! ```py before
//! def _longest(words):
//!     best = ""
//!     for word in words:
//!         if len(word) > len(best):
//!             best = word
//!     return best
//!
//! def report(lines):
//!     words = [line.strip().lower() for line in lines]
//!     longest = _longest(words)
//!     print(len(words), longest, _longest([line[:1] + "." for line in lines]))
//! ```
//! ```py after
//! from spacetime_compiler.runtime import Counted
//!
//! def _longest(words):
//!     best = ""
//!     for word in words:
//!         if len(word) > len(best):
//!             best = word
//!     return best
//!
//! def report(lines):
//!     words = Counted(line.strip().lower() for line in lines)
//!     longest = _longest(words)
//!     print(len(words), longest, _longest((line[:1] + "." for line in lines)))
//! ```
//!
//! # When not
//!
//! The list is used twice, measured, returned, seen by an inner function:
//!
//! ```py kept
//! def mean(numbers):
//!     squares = [number * number for number in numbers]
//!     return sum(squares) / len(squares)
//! ```
//!
//! Something that the items read changes before they are used. A generator
//! would see the new value:
//!
//! ```py kept
//! def scaled(numbers, factors):
//!     for factor in factors:
//!         numbers = [number * factor for number in numbers]
//!     return numbers
//! ```
//! ```py kept
//! def drained(queue):
//!     total = 0
//!     pending = [len(job) for job in queue]
//!     queue.clear()
//!     for size in pending:
//!         total += size
//!     return total
//! ```
//!
//! An item may fail when others have been used already, and that could be seen:
//!
//! ```py kept
//! def show(lines):
//!     numbers = [int(line) for line in lines]
//!     for number in numbers:
//!         print(number)
//! ```
//!
//! # Relies on
//!
//! That operators, attribute reads and the like have no side effects, where
//! types are not known; see the names in the report.
//!
//! # Saves and costs
//!
//! The list and its items: 9 bytes for each pointer, 32 and more for each
//! item. The time is about the same.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Body, Doubt, Kind, SoleUse};
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, Stmt, StmtAssign};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::across::check_value;
use crate::comprehension::{Listed, rebracket, unbracket};
use crate::consumer::Consumer;
use crate::price;
use crate::reliances::Reliances;
use crate::safety::{check_moved, check_namespace};

pub static RULE: Rule =
    rule!("stream_list", Streaming, ["$X = [$E for $$$CLAUSES]", "[$E for $$$CLAUSES]"], check);

const COUNTED: Import = Import::new("spacetime_compiler.runtime", "Counted");

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let Some(stmt @ Stmt::Assign(assign)) = cx.tree.stmt(found.node) else {
        return Ok(check_argument(cx, &body, found.node));
    };
    let [Expr::Name(name)] = assign.targets.as_slice() else { return Ok(None) };
    if price::is_small_comprehension(cx, &assign.value) {
        return Ok(None);
    }
    if let Expr::ListComp(comp) = &*assign.value
        && reads_whole_file(cx, &body, &comp.generators[0].iter)
    {
        return Ok(None); // `stream_lines` comes first, after which the file may not be closed early
    }
    let description = format!("`{}` is a list that is walked once: make its items while they are used", name.id);
    let refuse = |doubt| Box::new(Refusal { span: stmt.range(), description: description.clone(), doubt });
    let mut relies = Reliances::default();
    let (listed, sole, consumer) = match streamed(cx, &body, found.node, assign, &mut relies) {
        Ok(Some(parts)) => parts,
        Ok(None) => return Ok(None),
        Err(doubt) => {
            return match handed_on(cx, &body, cx.tree.id(&*assign.value), description.clone()) {
                Ok(Some(across)) => Ok(Some(across)),
                Ok(None) => Err(refuse(doubt)),
                Err(doubt) => Err(refuse(doubt)),
            };
        }
    };
    if consumer.keeps_all(cx) {
        return Ok(None); // it would save one array of pointers at most
    }
    let walk = cx.tree.statement(sole.name).map_or(stmt.range(), |stmt| cx.tree.node(stmt).range());
    let span = stmt.range().cover(walk);
    Ok(opportunity(cx, &body, &listed, span, description, unbracket(cx, &listed, None), relies))
}

fn opportunity(
    cx: &Context<'_, '_>,
    body: &Body,
    listed: &Listed<'_>,
    span: Span,
    description: String,
    edits: Vec<Edit>,
    relies: Reliances,
) -> Option<Opportunity> {
    let items = price::comprehension_items(cx, listed.expr);
    let bytes = price::bytes_per_item(cx, body, &listed.comp.elt);
    Some(Opportunity {
        span,
        description,
        edits: Edits::try_from(edits).ok()?,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, bytes, 0.05, 0.9),
    })
}

/// A list that is made where it is passed to a function which walks it.
fn check_argument(cx: &Context<'_, '_>, body: &Body, node: NodeId) -> Option<Opportunity> {
    let expr = cx.tree.expr(node)?;
    if cx.model.passed_to(node).is_none() || price::is_small_comprehension(cx, expr) {
        return None;
    }
    let what = "a list is passed to what walks it once: make its items while they are used";
    handed_on(cx, body, node, what.to_owned()).ok()?
}

/// A list that functions of this module hand to each other until one walks it.
fn handed_on(cx: &Context<'_, '_>, body: &Body, node: NodeId, description: String) -> Result<Option<Opportunity>, Doubt> {
    let Some(listed) = Listed::at(cx, body, node)? else { return Ok(None) };
    let mut making = listed.making.clone();
    making.reads.add(&cx.model.item_objects(body, listed.expr));
    let mut relies = Reliances::default();
    let walks = check_value(cx, body, node, &making, &mut relies)?;
    if !walks.frees {
        return Ok(None);
    }
    relies.assume(Assumption::ModuleIsClosed);
    let mut edits = unbracket(cx, &listed, None);
    let mut imports = Vec::new();
    if walks.counted {
        edits = rebracket(cx, listed.comp.range(), listed.comp.range(), &format!("{}(", COUNTED.local_name(cx.tree)), ")");
        imports.push(COUNTED);
    }
    let found = opportunity(cx, body, &listed, walks.span, description, edits, relies);
    Ok(found.map(|found| Opportunity { imports, ..found }))
}

/// `file.readlines()`, `file.read().splitlines()`, `file.read().split(...)`
fn reads_whole_file(cx: &Context<'_, '_>, body: &Body, iter: &Expr) -> bool {
    let Expr::Call(call) = iter else { return false };
    let Expr::Attribute(method) = &*call.func else { return false };
    let file = match (method.attr.as_str(), &*method.value) {
        ("readlines", file) => file,
        ("splitlines" | "split", Expr::Call(read)) => match &*read.func {
            Expr::Attribute(read) if read.attr.as_str() == "read" => &read.value,
            _ => return false,
        },
        _ => return false,
    };
    matches!(body.kind(cx.model, file), Kind::File(_))
}

/// The list that an assignment binds, its one use and who walks it there, if
/// its items may be made while they are walked.
pub fn streamed<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    stmt: NodeId,
    assign: &'m StmtAssign,
    relies: &mut Reliances,
) -> Result<Option<(Listed<'m>, SoleUse, Consumer<'m>)>, Doubt> {
    let [Expr::Name(name)] = assign.targets.as_slice() else { return Ok(None) };
    let Some(listed) = Listed::at(cx, body, cx.tree.id(&*assign.value))? else { return Ok(None) };
    let sole = cx.model.sole_use(body, stmt, cx.tree.id(name))?;
    let consumer = Consumer::of(cx, sole.name)?;
    check_namespace(cx, body, stmt, relies);
    let walk = consumer.walk(cx, body, &sole)?;
    check_moved(cx, body, &listed.making, &sole, &walk, relies)?;
    Ok(Some((listed, sole, consumer)))
}
