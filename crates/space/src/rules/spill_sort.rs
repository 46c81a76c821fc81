//! Sorts a stream on disk instead of in memory, where the result is walked once.
//!
//! `external_sort` takes the items as they come, writes sorted runs to disk
//! once its memory budget is used up, and merges them while the result is
//! walked. The order is that of `sorted`, ties and `reverse` included.
//!
//! ```py before
//! def by_size(paths):
//!     report = []
//!     for size, path in sorted((len(path), str(path)) for path in paths):
//!         report.append(f"{size} {path}")
//!     return report
//! ```
//! ```py after
//! from spacetime_compiler.runtime import external_sort
//!
//! def by_size(paths):
//!     report = []
//!     for size, path in external_sort((len(path), str(path)) for path in paths):
//!         report.append(f"{size} {path}")
//!     return report
//! ```
//!
//! A list that is filled, sorted in place and walked is a stream too; that it
//! need not be there as a whole is then up to `stream_appends` and `stream_list`.
//! Items of which it is not known that they are plain values are written where
//! nobody changes them any more (`frozen`):
//!
//! ```py before
//! def merged(groups):
//!     words = []
//!     for group in list(groups):
//!         words.extend(group.split())
//!     words.sort(key=len, reverse=True)
//!     total = 0
//!     for place, word in enumerate(words):
//!         total += place * len(word)
//!     return total
//! ```
//! ```py after
//! from spacetime_compiler.runtime import external_sort
//!
//! def merged(groups):
//!     words = []
//!     for group in list(groups):
//!         words.extend(group.split())
//!     words = external_sort(words, key=len, reverse=True, frozen=True, compared=False)
//!     total = 0
//!     for place, word in enumerate(words):
//!         total += place * len(word)
//!     return total
//! ```
//!
//! # When not
//!
//! The sorted list is kept, indexed or used twice; the list that is sorted is
//! there anyway, so that only the pointers would be saved:
//!
//! ```py kept
//! def ranked(scores):
//!     order = sorted(score * 2 for score in scores)
//!     return order, len(order)
//! ```
//! ```py kept
//! def total(scores):
//!     result = 0
//!     for score in sorted(scores):
//!         result = result * 2 + score
//!     return result
//! ```
//!
//! Items are changed while they are walked, so that they may not be copies:
//!
//! ```py kept
//! def longest_rows(lines):
//!     total = 0
//!     for row in sorted([list(line) for line in lines], key=len):
//!         row.append("end")
//!         total = total * 2 + len(row)
//!     return total
//! ```
//!
//! # Relies on
//!
//! *Guarded*: only values whose copies cannot be told from the originals go to
//! disk (`str`, `bytes`, numbers, `None`, tuples of them, and types that the
//! user registers), and with `frozen` dicts, dataclasses and other plain objects
//! that nobody else holds; as soon as another value is met, the sort is done in
//! memory.
//!
//! # Saves and costs
//!
//! Everything beyond the budget (16 MiB unless `SPACETIME_MEMORY` says
//! otherwise), in less time than `sorted` takes.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Doubt, Kind, Size};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::comprehension::unbracket;
use crate::price;
use crate::reliances::Reliances;
use crate::safety::check_namespace;
use crate::source::{Source, source_of};
use crate::spilled::{check_shown, is_immutable, options};
use crate::walked::{place_after_sort, walked_after_sort, walked_once};

pub static RULE: Rule = rule!("spill_sort", ExternalMemory, ["sorted($$$ARGS)", "$X.sort($$$ARGS);"], check);

const EXTERNAL_SORT: Import = Import::new("spacetime_compiler.runtime", "external_sort");

/// The budget within which nothing goes to disk.
const BUDGET: f64 = 16.0 * 1024.0 * 1024.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    match cx.tree.node(found.node) {
        Node::Expr(Expr::Call(call)) => check_sorted(cx, call),
        Node::Stmt(Stmt::Expr(stmt)) => match &*stmt.value {
            Expr::Call(call) => check_sort(cx, found.node, call),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// `sorted(ARGUMENT, ...)`.
fn check_sorted(cx: &Context<'_, '_>, call: &ExprCall) -> Verdict {
    let node = cx.tree.id(call);
    let [argument] = &call.arguments.args[..] else { return Ok(None) };
    if !cx.model.is_builtin(&call.func, "sorted") || argument.is_starred_expr() || !plain_keywords(call) {
        return Ok(None);
    }
    let Some(body) = cx.model.body_of(node) else { return Ok(None) };
    let mut relies = Reliances::default();
    // Who walks the result? If nobody does so just once, there is nothing to say.
    let Some(walk) = walked_once(cx, &body, node, &mut relies) else { return Ok(None) };
    let description = "the sorted items are walked once: sort them in runs on disk".to_owned();
    let refuse = |doubt| Box::new(Refusal { span: call.range(), description: description.clone(), doubt });
    let Some(source) = source_of(cx, &body, argument, call, &mut relies).map_err(refuse)? else { return Ok(None) };
    let frozen = frozen(cx, node, &source.item, &mut relies);
    if frozen.is_empty() {
        // There are as many paths as files in a folder.
        if source.item == Kind::Path && price::is_listing(cx, argument) {
            return Ok(None);
        }
        check_items(&source.item).map_err(refuse)?;
    }
    let mut edits = vec![Edit::replace(call.func.range(), EXTERNAL_SORT.local_name(cx.tree))];
    if !frozen.is_empty() {
        edits.extend(with_options(cx, call, argument, source.listed.is_none(), frozen));
    }
    if let Some(listed) = &source.listed {
        // Beside other arguments a generator needs its parentheses.
        edits.extend(unbracket(cx, listed, frozen.is_empty().then_some(call)));
    }
    Ok(opportunity(edits, call.range().cover(walk).cover(source.span), description, relies, &source))
}

/// `xs.sort(...)` as a statement.
fn check_sort(cx: &Context<'_, '_>, stmt: NodeId, call: &ExprCall) -> Verdict {
    let Expr::Attribute(method) = &*call.func else { return Ok(None) };
    let Expr::Name(name) = &*method.value else { return Ok(None) };
    if !call.arguments.args.is_empty() || !plain_keywords(call) {
        return Ok(None);
    }
    let Some(body) = cx.model.body_of(stmt) else { return Ok(None) };
    if !matches!(body.kind(cx.model, &method.value), Kind::List(_)) {
        return Ok(None);
    }
    let mut relies = Reliances::default();
    let receiver = cx.tree.id(name);
    let Some(walk) = walked_after_sort(cx, &body, stmt, receiver) else { return Ok(None) };
    let description = format!("`{}` is filled, sorted and walked once: sort it in runs on disk", name.id);
    let refuse = |doubt| Box::new(Refusal { span: call.range(), description: description.clone(), doubt });
    let Some(source) = source_of(cx, &body, &method.value, call, &mut relies).map_err(refuse)? else {
        return Ok(None);
    };
    // What is walked afterwards is the sorted list.
    let frozen = match place_after_sort(cx, &body, stmt, receiver) {
        Some(place) => frozen(cx, place, &source.item, &mut relies),
        None => "",
    };
    if frozen.is_empty() {
        check_items(&source.item).map_err(refuse)?;
    }
    check_namespace(cx, &body, stmt, &mut relies);
    let comma = if call.arguments.keywords.is_empty() { "" } else { ", " };
    let open = call.arguments.start();
    let head = format!("{} = {}", name.id, EXTERNAL_SORT.local_name(cx.tree));
    let mut edits = vec![
        Edit::replace(Span::new(call.start(), open), head),
        Edit::insert(open + Offset::new(1), format!("{}{comma}", name.id)),
    ];
    if !frozen.is_empty() {
        edits.extend(with_options(cx, call, &method.value, false, frozen));
    }
    Ok(opportunity(edits, call.range().cover(walk).cover(source.span), description, relies, &source))
}

/// The promise that items are not changed once they are sorted, where it is
/// needed and can be made.
fn frozen(cx: &Context<'_, '_>, node: NodeId, item: &Kind, relies: &mut Reliances) -> &'static str {
    if is_immutable(item) {
        return "";
    }
    let Ok(mut lent) = cx.model.lent(&[node]) else { return "" };
    if check_shown(cx, &[None], &mut lent).is_err() {
        return "";
    }
    relies.assume(Assumption::NoFrameIntrospection);
    if lent.trusts_method_names {
        relies.assume(Assumption::KnownMethodNames);
    }
    options(item, lent)
}

/// Puts options behind the last argument of a call.
fn with_options(
    cx: &Context<'_, '_>,
    call: &ExprCall,
    argument: &Expr,
    stays: bool,
    options: &str,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    let alone = call.arguments.keywords.is_empty();
    // A generator that was the only argument needs parentheses beside another.
    if stays && alone && matches!(argument, Expr::Generator(generator) if !generator.parenthesized) {
        edits.push(Edit::insert(argument.start(), "("));
        edits.push(Edit::insert(argument.end(), ")"));
    }
    let close = call.end() - Offset::new(1);
    let last = call.arguments.keywords.last().map_or(argument.end(), Ranged::end);
    let text = cx.tree.module().text();
    let trailing = text[last.to_usize()..close.to_usize()].contains(',');
    // What stands on a line of its own stays there, unless a comment is in between.
    let before = Offset::new(text[..close.to_usize()].trim_end().len() as u32);
    let commented = cx.tree.module().has_comment_in(Span::new(last, close));
    let at = if commented { close } else { before };
    let comma = match (trailing, at == close) {
        (false, _) => ", ",
        (true, false) => " ",
        (true, true) => "",
    };
    edits.push(Edit::insert(at, format!("{comma}{options}")));
    edits
}

fn opportunity(
    edits: Vec<Edit>,
    span: Span,
    description: String,
    mut relies: Reliances,
    source: &Source<'_>,
) -> Option<Opportunity> {
    let edits = Edits::try_from(edits).ok()?;
    relies.guard("only values whose copies cannot be told from the originals are written to disk");
    let items = &source.items;
    if price::is_small(items) {
        return None;
    }
    let mut claim = price::saves_list(items, price::bytes_of_kind(&source.item) + 9.0, 0.0, 0.85);
    claim.after = Size::number(BUDGET);
    if claim.before.as_number().is_some_and(|before| before < BUDGET) {
        return None;
    }
    Some(Opportunity {
        span,
        description,
        edits,
        imports: vec![EXTERNAL_SORT],
        relies_on: relies.into_vec(),
        claim,
    })
}

fn plain_keywords(call: &ExprCall) -> bool {
    call.arguments.keywords.iter().all(|keyword| matches!(keyword.arg.as_deref(), Some("key" | "reverse")))
}

/// Items that never go to disk: nothing would be saved.
fn check_items(item: &Kind) -> Result<(), Doubt> {
    let fits = match item {
        Kind::Unknown | Kind::Json => true,
        Kind::Tuple(items) => items.iter().all(|item| item.is_scalar() || *item == Kind::Unknown),
        Kind::Tuples(item) => item.is_scalar() || **item == Kind::Unknown,
        Kind::Range => false,
        kind => kind.is_scalar(),
    };
    if fits {
        return Ok(());
    }
    Err(Doubt::new(format!("the items hold a {item}, which is not written to disk, since a copy of it could be told from it"))
        .remedy("sort tuples of plain values, or `runtime.register` the type"))
}
