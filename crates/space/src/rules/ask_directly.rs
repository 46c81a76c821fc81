//! Asks what is there instead of a `list(...)` of it.
//!
//! `len(list(d.keys()))`, `key in list(d)`, `",".join(list(words))` copy all
//! items, and look at the copy once. What 2to3 writes is full of it.
//!
//! ```py before
//! def report(text):
//!     counts = {}
//!     for word in text.split():
//!         counts[word] = counts.get(word, 0) + 1
//!     if "stop" in list(counts.keys()) and "go" not in list(counts):
//!         return len(list(counts.values()))
//!     return ",".join(list(counts.keys()))
//!
//! print(report("a b a"), report("a stop"))
//! ```
//! ```py after
//! def report(text):
//!     counts = {}
//!     for word in text.split():
//!         counts[word] = counts.get(word, 0) + 1
//!     if "stop" in counts.keys() and "go" not in counts:
//!         return len(counts.values())
//!     return ",".join(counts.keys())
//!
//! print(report("a b a"), report("a stop"))
//! ```
//!
//! # When not
//!
//! What is asked may be anything: an iterator has no length, and what has keys
//! may compare them as it likes.
//!
//! ```py kept
//! def count(numbers, table, key):
//!     return len(list(numbers)), len(list(map(str, numbers))), key in list(table.keys())
//!
//! print(count([1, 2], {1: 2}, 1))
//! ```
//!
//! A list compares, a dictionary also takes the hash, which a list or dict has not:
//!
//! ```py kept
//! def has(key):
//!     table = {}
//!     table["a"] = 1
//!     return key in list(table.keys())
//!
//! print(has([]), has("a"))
//! ```
//!
//! Values are compared one by one, and have no hash; the list is a snapshot of them:
//!
//! ```py kept
//! def has(number):
//!     table = {}
//!     table["a"] = number
//!     return 1 in list(table.values())
//!
//! print(has([]), has(1))
//! ```
//!
//! `len` is another one:
//!
//! ```py kept
//! def count(len):
//!     table = {}
//!     table["a"] = 1
//!     return len(list(table.keys()))
//!
//! print(count(str))
//! ```
//!
//! # Relies on
//!
//! `module-not-patched`; `operators-are-pure` where keys of unknown type would be compared.
//!
//! # Saves and costs
//!
//! 8 bytes of pointer for each item, and the time to copy them; `in` looks the key up.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Body, Doubt, Kind};
use spacetime_syntax::ast::{Expr, ExprCall};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::price;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!(
    "ask_directly",
    Streaming,
    ["len(list($X))", "$E in list($X)", "$E not in list($X)", "$S.join(list($X))"],
    check
);

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let (Some(asking), Some(body)) = (cx.tree.expr(found.node), cx.model.body_of(found.node)) else {
        return Ok(None);
    };
    let Some((copy, asked, what)) = asked(cx, &body, asking) else { return Ok(None) };
    let items = price::items(cx, asked);
    if price::is_small(&items) {
        return Ok(None);
    }
    let description = format!("a list that is made only for `{what}`: ask what it is made of");
    let Some(edits) = edits(cx, copy, asked) else {
        let doubt = Doubt::new("the list is written over several lines, or made of more than a name or call");
        return Err(Box::new(Refusal { span: copy.range(), description, doubt }));
    };
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    if what == "in" {
        relies.assume(Assumption::OperatorsArePure);
    }
    Ok(Some(Opportunity {
        span: copy.range(),
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, price::bytes_of_kind(&Kind::None), -0.1, 0.9),
    }))
}

/// The `list(X)` in what asks it, its X, and what is asked.
fn asked<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    asking: &'m Expr,
) -> Option<(&'m ExprCall, &'m Expr, &'static str)> {
    let kind = |expr: &Expr| body.kind(cx.model, expr);
    match asking {
        Expr::Call(call) => {
            let [argument] = &call.arguments.args[..] else { return None };
            let (copy, asked) = copied(cx, argument).filter(|_| call.arguments.keywords.is_empty())?;
            let view = viewed(cx, body, asked).is_some();
            match &*call.func {
                Expr::Attribute(method) if method.attr.as_str() == "join" => {
                    let is_text = matches!(kind(&method.value), Kind::Str | Kind::Bytes);
                    (is_text && (view || is_container(&kind(asked)))).then_some((copy, asked, "join"))
                }
                func if cx.model.is_builtin(func, "len") => {
                    (view || is_container(&kind(asked))).then_some((copy, asked, "len"))
                }
                _ => None,
            }
        }
        Expr::Compare(comparison) => {
            let [container] = &comparison.comparators[..] else { return None };
            let (copy, asked) = copied(cx, container)?;
            let is_hashed = matches!(
                kind(&comparison.left),
                Kind::Str | Kind::Bytes | Kind::Int | Kind::Bool | Kind::None
            );
            let is_looked_up = viewed(cx, body, asked) == Some("keys")
                || matches!(kind(asked), Kind::Dict | Kind::Set(_) | Kind::FrozenSet(_));
            (is_hashed && is_looked_up).then_some((copy, asked, "in"))
        }
        _ => None,
    }
}

/// A call of `list` with one argument, and that.
fn copied<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<(&'m ExprCall, &'m Expr)> {
    let Expr::Call(copy) = expr else { return None };
    let [asked] = &copy.arguments.args[..] else { return None };
    let is_list = copy.arguments.keywords.is_empty() && cx.model.is_builtin(&copy.func, "list");
    (is_list && !asked.is_starred_expr()).then_some((copy, asked))
}

/// The method that gives a view of a dictionary.
fn viewed(cx: &Context<'_, '_>, body: &Body, expr: &Expr) -> Option<&'static str> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    let is_view = call.arguments.is_empty() && body.kind(cx.model, &method.value) == Kind::Dict;
    ["keys", "values", "items"].into_iter().find(|name| is_view && method.attr.as_str() == *name)
}

/// What has as many items as a list of it.
fn is_container(kind: &Kind) -> bool {
    matches!(kind, Kind::Dict | Kind::List(_) | Kind::Set(_) | Kind::FrozenSet(_))
}

/// Removes `list(` and `)`; not if lines or comments would have to be looked after.
fn edits(cx: &Context<'_, '_>, copy: &ExprCall, asked: &Expr) -> Option<Edits> {
    let text = cx.tree.module().text();
    let is_plain = matches!(asked, Expr::Name(_) | Expr::Attribute(_) | Expr::Call(_));
    if !is_plain || cx.tree.module().slice(copy).contains(['\n', '\r']) {
        return None;
    }
    let [before, after] = [Span::new(copy.start(), asked.start()), Span::new(asked.end(), copy.end())];
    let joined = text[copy.end().to_usize()..].starts_with(|c: char| c.is_alphanumeric());
    Edits::try_from(vec![Edit::delete(before), Edit::replace(after, if joined { " " } else { "" })]).ok()
}
