//! Makes a dict straight from its items, without a list of pairs in between.
//!
//! `dict([(k, v) for ...])` makes a list of tuples only to read each of them
//! once. A dict comprehension computes keys and values in the same order and
//! puts them into the dict one by one, so the dict is the same, down to its order.
//!
//! ```py before
//! def by_name(lines):
//!     return dict([(line.strip(), len(line)) for line in lines if line])
//! ```
//! ```py after
//! def by_name(lines):
//!     return {line.strip(): len(line) for line in lines if line}
//! ```
//!
//! Layout, parentheses and comments of key and value stay:
//!
//! ```py before
//! def by_name(lines):
//!     return dict([
//!         ((line.strip()), (len(line)
//!                           + 1),)
//!         for line in lines
//!     ],)
//!
//! def commented(lines):
//!     return dict([
//!         (line.strip(),  # the name
//!          len(line))
//!         for line in lines
//!     ])
//! ```
//! ```py after
//! def by_name(lines):
//!     return {
//!         (line.strip()): (len(line)
//!                           + 1)
//!         for line in lines
//!     }
//!
//! def commented(lines):
//!     return {
//!         line.strip():  # the name
//!          len(line)
//!         for line in lines
//!     }
//! ```
//!
//! Pairs that are not written as pairs, and keywords, need the call; it gets a
//! generator:
//!
//! ```py before
//! def options(lines):
//!     return dict([line.split("=", 1) for line in lines])
//!
//! def lengths(lines):
//!     return dict([(line, len(line)) for line in lines], total=0)
//! ```
//! ```py after
//! def options(lines):
//!     return dict(line.split("=", 1) for line in lines)
//!
//! def lengths(lines):
//!     return dict(((line, len(line)) for line in lines), total=0)
//! ```
//!
//! # When not
//!
//! The name means something else here:
//!
//! ```py kept
//! def by_name(lines, dict):
//!     return dict([(line, len(line)) for line in lines])
//! ```
//!
//! A keyword's value would be computed before the pairs are:
//!
//! ```py kept
//! def numbered(lines):
//!     seen = []
//!     return dict([(line, seen.append(line)) for line in lines], total=len(seen))
//! ```
//!
//! `:=` cannot stand bare in a dict comprehension, and a pair that awaits
//! or may raise `StopIteration` cannot be made by a generator:
//!
//! ```py kept
//! def by_name(lines):
//!     return dict([(name := line.strip(), len(name)) for line in lines])
//! ```
//! ```py kept
//! def parts(iterators):
//!     return dict([next(iterator) for iterator in iterators])
//! ```
//!
//! Making the pairs has effects that an error in a first pair would cut short:
//!
//! ```py kept
//! def logged(names):
//!     return dict([print(name) or (name + "=").split("=") for name in names])
//! ```
//!
//! # Relies on
//!
//! Hashing and comparing keys of unknown type has no effects of its own
//! (`operators-are-pure`), and does not fail in the same run as a later item
//! (`one-error-at-a-time`).
//!
//! # Saves and costs
//!
//! 73 bytes a pair (a tuple and a pointer to it), and all that duplicate keys
//! drop. A dict comprehension is about a fifth faster.

use spacetime_rule::{Allowance, Context, Found, Opportunity, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Body, Kind};
use spacetime_syntax::TokenKind;
use spacetime_syntax::ast::{Expr, ExprCall, ExprListComp};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::comprehension::{after_blanks, before_blanks, may_brace, rebracket};
use crate::drain::{Drain, Interleaved, feed, is_plain};
use crate::price;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!("stream_dict", Streaming, ["dict([$E for $$$CLAUSES], $$$REST)"], check);

const PAIRS: Drain = Drain { builtins: &[], interleaved: Interleaved::Operators, overhead: 0.05, may_stop: false };

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let [argument @ Expr::ListComp(comp)] = &call.arguments.args[..] else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    if !cx.model.is_builtin(&call.func, "dict") || price::is_small_comprehension(cx, argument) {
        return Ok(None);
    }
    let bytes = pair(comp).map(|_| price::bytes_of_kind(&Kind::Tuple(vec![Kind::None, Kind::None])));
    match call.arguments.keywords.is_empty().then(|| comprehension_edits(cx, call, comp)).flatten() {
        Some(edits) => Ok(Some(comprehend(cx, &body, call, comp, edits))),
        None => feed_pairs(cx, &body, call, argument, comp, bytes),
    }
}

/// Key and value of an element that is written as a pair.
fn pair(comp: &ExprListComp) -> Option<(&Expr, &Expr)> {
    let elements = match &*comp.elt {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        _ => return None,
    };
    match &elements[..] {
        [key, value] if !key.is_starred_expr() && !value.is_starred_expr() => Some((key, value)),
        _ => None,
    }
}

fn comprehend(cx: &Context<'_, '_>, body: &Body, call: &ExprCall, comp: &ExprListComp, edits: Edits) -> Opportunity {
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    if !pair(comp).is_some_and(|(key, _)| is_plain(&body.kind(cx.model, key))) {
        relies.assume(Assumption::OperatorsArePure);
        if cx.model.lazy_effects(body, cx.tree.id(comp)).raises.is_some() {
            relies.assume(Assumption::OneErrorAtATime);
        }
    }
    let pair = price::bytes_of_kind(&Kind::Tuple(vec![Kind::None, Kind::None]));
    let items = price::comprehension_items(cx, &Expr::ListComp(comp.clone()));
    Opportunity {
        span: call.range(),
        description: "`dict` of a list of pairs that is made only for it: make the dict at once".to_owned(),
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, pair, -0.2, 0.95),
    }
}

/// `dict(pair for ...)`. An item that is no pair ends the making early now.
fn feed_pairs(
    cx: &Context<'_, '_>,
    body: &Body,
    call: &ExprCall,
    argument: &Expr,
    comp: &ExprListComp,
    bytes: Option<f64>,
) -> Verdict {
    let mut verdict = feed(cx, call, argument, &PAIRS, bytes)?;
    let making = cx.model.lazy_effects(body, cx.tree.id(argument));
    let cut_short = pair(comp).is_none() && !(making.is_quiet_outside() && making.writes.is_empty());
    if cut_short && let Some(opportunity) = &mut verdict {
        let mut relies = Reliances::default();
        relies.allow(Allowance::SkippedItems);
        opportunity.relies_on.extend(relies.into_vec());
    }
    Ok(verdict)
}

/// The edits that turn `dict([(k, v) for ...])` into `{k: v for ...}`; none
/// where a comment would be lost or parentheses would be needed.
fn comprehension_edits(cx: &Context<'_, '_>, call: &ExprCall, comp: &ExprListComp) -> Option<Edits> {
    let module = cx.tree.module();
    let (key, value) = pair(comp)?;
    let node = cx.tree.id(comp);
    let walrus = cx.tree.subtree(cx.tree.id(&*comp.elt)).any(|id| matches!(cx.tree.expr(id), Some(Expr::Named(_))));
    if walrus || !may_brace(cx, node, comp.range(), call.range()) {
        return None;
    }
    let element = comp.elt.range();
    let inner = |start: Offset, end: Offset| Span::new(after_blanks(module.text(), start), before_blanks(module.text(), end));
    let comma = token_in(cx, Span::new(key.end(), value.start()), TokenKind::Comma)?;
    let last = element.end() - Offset::new(1);
    let trailing = token_in(cx, Span::new(value.end(), last), TokenKind::Comma);
    let key_text = inner(element.start() + Offset::new(1), comma.start());
    let value_text = inner(comma.end(), trailing.map_or(last, Span::start));
    // `[((k, v)) for ...]` has parentheses of its own around the pair.
    let first_clause = comp.generators.first()?.start();
    let opening = token_in(cx, Span::new(comp.start() + Offset::new(1), element.start()), TokenKind::Lpar);
    let closing = last_token_in(cx, Span::new(element.end(), first_clause), TokenKind::Rpar);
    let start = Span::new(opening.map_or(element.start(), Span::start), key_text.start());
    // A value on a line of its own stays there.
    let breaks = module.text()[value_text.start().to_usize()..].starts_with(['#', '\n', '\r', '\\']);
    let (middle, colon) =
        if breaks { (Span::new(key_text.end(), comma.end()), ":") } else { (Span::new(key_text.end(), value_text.start()), ": ") };
    let end = Span::new(value_text.end(), closing.map_or(element.end(), Span::end));
    if [start, middle, end].into_iter().any(|span| module.has_comment_in(span)) {
        return None;
    }
    let joined = if module.text()[end.end().to_usize()..].starts_with(|c: char| c.is_alphanumeric()) { " " } else { "" };
    let mut edits = rebracket(cx, comp.range(), call.range(), "{", "}");
    let opened = edits[0].span;
    if opened.end() == start.start() {
        edits[0] = Edit::replace(opened.cover(start), "{");
    } else {
        edits.push(Edit::delete(start));
    }
    edits.push(Edit::replace(middle, colon));
    edits.push(Edit::replace(end, joined));
    Edits::try_from(edits).ok()
}

fn token_in(cx: &Context<'_, '_>, span: Span, kind: TokenKind) -> Option<Span> {
    tokens(cx, span).find(|(found, _)| *found == kind).map(|(_, span)| span)
}

fn last_token_in(cx: &Context<'_, '_>, span: Span, kind: TokenKind) -> Option<Span> {
    tokens(cx, span).filter(|(found, _)| *found == kind).last().map(|(_, span)| span)
}

fn tokens<'a>(cx: &'a Context<'_, '_>, span: Span) -> impl Iterator<Item = (TokenKind, Span)> + 'a {
    cx.tree.module().tokens().in_range(span).iter().map(|token| (token.kind(), token.range()))
}
