//! Takes the first of the sorted items without sorting, or keeping, all of them.
//!
//! `sorted(x)[:k]` makes a list of everything to keep `k` items of it. The
//! helper gives exactly that list, with equal items in the same order, while
//! it keeps a heap of `k`.
//!
//! ```py before
//! def cheapest(prices):
//!     return sorted(prices)[:10]
//!
//! def longest(words, count):
//!     return sorted(words, key=len, reverse=True)[:count]
//! ```
//! ```py after
//! from spacetime_compiler.runtime import sorted_head
//!
//! def cheapest(prices):
//!     return sorted_head(prices, 10)
//!
//! def longest(words, count):
//!     return sorted_head(words, count, key=len, reverse=True)
//! ```
//!
//! One item is taken likewise. `min` would not do: of no items it raises
//! `ValueError` where indexing raises `IndexError`, and of equal items the last
//! one in sorted order is not the one that `max` finds.
//!
//! ```py before
//! def ends(words):
//!     words = list(words)
//!     return sorted(words, key=len)[0], (sorted(words))[-1], sorted(len(word) for word in words)[2]
//! ```
//! ```py after
//! from spacetime_compiler.runtime import sorted_item
//!
//! def ends(words):
//!     words = list(words)
//!     return sorted_item(words, 0, key=len), (sorted_item(words, -1)), sorted_item((len(word) for word in words), 2)
//! ```
//!
//! The sorted list may have a name, if nothing else is done with it:
//!
//! ```py before
//! def top(scores, count):
//!     ranked = sorted(scores, key=lambda pair: pair[1], reverse=True)
//!     title = "the best"
//!     return title, ranked[:count]
//!
//! def third(scores):
//!     ranked = sorted(scores)
//!     return ranked[2]
//! ```
//! ```py after
//! from spacetime_compiler.runtime import sorted_head
//!
//! def top(scores, count):
//!     ranked = sorted_head(scores, count, key=lambda pair: pair[1], reverse=True)
//!     title = "the best"
//!     return title, ranked
//!
//! def third(scores):
//!     ranked = sorted_head(scores, 3)
//!     return ranked[2]
//! ```
//!
//! # When not
//!
//! Other slices and indices need the whole list:
//!
//! ```py kept
//! def parts(scores, at):
//!     return sorted(scores)[1:3], sorted(scores)[5:], sorted(scores)[::2], sorted(scores)[:5:2], sorted(scores)[at]
//! ```
//! ```py kept
//! def middle(scores):
//!     return sorted(scores)[5000], sorted(scores)[:]
//! ```
//!
//! The list is used otherwise too, more than once, or from elsewhere:
//!
//! ```py kept
//! def share(scores):
//!     ranked = sorted(scores)
//!     return ranked[:3], len(ranked)
//! ```
//! ```py kept
//! def later(scores):
//!     ranked = sorted(scores)
//!     return lambda: ranked[:3]
//! ```
//! ```py kept
//! def often(scores, times):
//!     ranked = sorted(scores)
//!     heads = []
//!     for _ in range(times):
//!         heads.append(ranked[:3])
//!     return heads
//! ```
//! ```py kept
//! def looked_at(scores):
//!     ranked = sorted(scores)
//!     return ranked[:3], locals()
//! ```
//! ```py kept
//! def last(scores):
//!     ranked = sorted(scores)
//!     return ranked[-1]
//! ```
//! ```py kept
//! def cut(scores):
//!     ranked = sorted(scores)
//!     del ranked[:3]
//! ```
//!
//! How many are wanted is known only later, is computed by code with effects,
//! or changed by sorting itself:
//!
//! ```py kept
//! def top(scores):
//!     ranked = sorted(scores)
//!     count = len(scores) // 10
//!     return ranked[:count]
//! ```
//! ```py kept
//! def top(scores, count):
//!     return sorted(scores)[:count()]
//! ```
//! ```py kept
//! def top(scores):
//!     count = 0
//!     def key(score):
//!         nonlocal count
//!         count += 1
//!         return score
//!     return sorted(scores, key=key)[:count]
//! ```
//! ```py kept
//! def top(scores, wanted):
//!     ranked = sorted(scores)
//!     if wanted:
//!         return ranked[:undefined]
//! ```
//!
//! The key changes what is sorted, or is called beside what makes the items:
//!
//! ```py kept
//! def top():
//!     scores = [3, 1, 2]
//!     return sorted(scores, key=lambda score: len(scores.copy()) + scores.pop())[:2]
//! ```
//! ```py kept
//! def top(scores):
//!     return sorted(map(print, scores), key=print)[:2]
//! ```
//!
//! The name is not the builtin, the arguments are not all known, or a comment
//! would be lost:
//!
//! ```py kept
//! from os.path import *
//!
//! def top(scores):
//!     return sorted(scores)[:3]
//! ```
//! ```py kept
//! def top(scores, **options):
//!     return sorted(scores, **options)[:3]
//! ```
//! ```py kept
//! def top(scores):
//!     return sorted(scores)[  # the best
//!         :3
//!     ]
//! ```
//!
//! # Relies on
//!
//! Items or their keys have a total order, unless they are known to be
//! integers or strings (`total-order`), and comparing them has no effects
//! (`operators-are-pure`).
//!
//! # Saves and costs
//!
//! The sorted list, and the items if `x` makes them as it is walked. Six to
//! twenty times faster for few items, up to twice slower where `k` is a tenth
//! of all.

// tidy: long because the page shows each way in which a heap would take
// another item than sorting does.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::scope::Resolved;
use spacetime_semantic::{Assumption, Body, Doubt, Kind, Size, SoleUse};
use spacetime_syntax::ast::{self, Expr, ExprCall, ExprSubscript, Stmt, UnaryOp};
use spacetime_syntax::{Node, NodeId, TokenKind};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::drain::is_plain;
use crate::literal;
use crate::price;
use crate::reliances::Reliances;
use crate::safety::{check_interleaved, check_moved_key, check_namespace, check_threads};

pub static RULE: Rule = rule!(
    "take_smallest",
    Streaming,
    ["sorted($X, $$$REST)[$I]", "sorted($X, $$$REST)[:$K]", "$NAME = sorted($X, $$$REST)"],
    check
);

const HEAD: Import = Import::new("spacetime_compiler.runtime", "sorted_head");
const ITEM: Import = Import::new("spacetime_compiler.runtime", "sorted_item");

/// An index up to which a heap is worth its while.
const FEW: u64 = 1000;

/// What is taken of the sorted list.
enum Taken<'m> {
    /// `[:k]`
    Head(&'m Expr),
    /// `[i]`
    Item { negative: bool, index: u64 },
}

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    match cx.tree.node(found.node) {
        Node::Expr(Expr::Subscript(subscript)) => in_place(cx, subscript),
        Node::Stmt(Stmt::Assign(stmt)) => match (&stmt.targets[..], &*stmt.value) {
            ([target @ Expr::Name(_)], Expr::Call(call)) => named(cx, found.node, cx.tree.id(target), call),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// `sorted(x)[:k]`
fn in_place(cx: &Context<'_, '_>, subscript: &ExprSubscript) -> Verdict {
    let Expr::Call(call) = &*subscript.value else { return Ok(None) };
    let (Some(taken), Some(body)) = (taken(subscript), cx.model.body_of(cx.tree.id(call))) else { return Ok(None) };
    let Some(relies) = check_sorting(cx, &body, call, &taken).map_err(|doubt| refuse(call, doubt))? else {
        return Ok(None);
    };
    let module = cx.tree.module();
    let rest = Span::new(call.end(), subscript.end());
    let open = module.tokens().in_range(rest).iter().find(|token| token.kind() == TokenKind::Lsqb);
    let Some(open) = open.filter(|_| !module.has_comment_in(rest)) else { return Ok(None) };
    let (import, argument) = match &taken {
        Taken::Head(k) => (HEAD, module.slice(*k).to_owned()),
        Taken::Item { negative, index } => (ITEM, format!("{}{index}", if *negative { "-" } else { "" })),
    };
    let mut edits = call_edits(cx, call, import, &argument);
    edits.push(Edit::delete(Span::new(open.start(), subscript.end())));
    Ok(opportunity(cx, &body, call, &taken, edits, import, relies))
}

/// `ranked = sorted(x)`, and nothing but `ranked[:k]` behind it.
fn named(cx: &Context<'_, '_>, stmt: NodeId, target: NodeId, call: &ExprCall) -> Verdict {
    let Some(body) = cx.model.body_of(stmt) else { return Ok(None) };
    let Ok(sole) = cx.model.sole_use(&body, stmt, target) else { return Ok(None) };
    let Some(Expr::Subscript(subscript)) = cx.tree.parent(sole.name).and_then(|id| cx.tree.expr(id)) else {
        return Ok(None);
    };
    if !subscript.ctx.is_load() || cx.tree.id(&*subscript.value) != sole.name {
        return Ok(None);
    }
    let Some(taken) = taken(subscript) else { return Ok(None) };
    let module = cx.tree.module();
    let mut used = None;
    let argument = match &taken {
        Taken::Item { negative: true, .. } => return Ok(None),
        // An index that is out of range is found out where it was.
        Taken::Item { index, .. } => (index + 1).to_string(),
        Taken::Head(k) => {
            let rest = Span::new(subscript.value.end(), subscript.end());
            let open = module.tokens().in_range(rest).iter().find(|token| token.kind() == TokenKind::Lsqb);
            let Some(open) = open.filter(|_| !module.has_comment_in(rest)) else { return Ok(None) };
            used = Some(Edit::delete(Span::new(open.start(), subscript.end())));
            check_early(cx, &body, k, &sole, cx.tree.id(subscript)).map_err(|doubt| refuse(call, doubt))?;
            module.slice(*k).to_owned()
        }
    };
    let Some(mut relies) = check_sorting(cx, &body, call, &taken).map_err(|doubt| refuse(call, doubt))?
    else {
        return Ok(None);
    };
    check_namespace(cx, &body, stmt, &mut relies);
    let mut edits = call_edits(cx, call, HEAD, &argument);
    edits.extend(used);
    Ok(opportunity(cx, &body, call, &taken, edits, HEAD, relies))
}

#[expect(clippy::unnecessary_box_returns, reason = "a verdict holds its refusal in a box")]
fn refuse(call: &ExprCall, doubt: Doubt) -> Box<Refusal> {
    Box::new(Refusal { span: call.range(), description: DESCRIPTION.to_owned(), doubt })
}

const DESCRIPTION: &str = "everything is sorted to take a few: keep only those";

/// What a subscript takes, where a heap can give it.
fn taken(subscript: &ExprSubscript) -> Option<Taken<'_>> {
    match &*subscript.slice {
        Expr::Slice(ast::ExprSlice { lower: None, upper: Some(upper), step: None, .. }) => match &**upper {
            Expr::Name(_) | Expr::Attribute(_) => Some(Taken::Head(upper)),
            literal => literal::integer(literal).filter(|number| *number <= FEW).map(|_| Taken::Head(upper)),
        },
        Expr::UnaryOp(op) if op.op == UnaryOp::USub => {
            literal::integer(&op.operand).filter(|number| *number <= FEW).map(|index| Taken::Item { negative: true, index })
        }
        literal => literal::integer(literal).filter(|number| *number < FEW).map(|index| Taken::Item { negative: false, index }),
    }
}

/// Whether a heap may take the place of sorting.
fn check_sorting(
    cx: &Context<'_, '_>,
    body: &Body,
    call: &ExprCall,
    taken: &Taken<'_>,
) -> Result<Option<Reliances>, Doubt> {
    let [items] = &call.arguments.args[..] else { return Ok(None) };
    let known = |keyword: &ast::Keyword| matches!(keyword.arg.as_deref(), Some("key" | "reverse"));
    if !cx.model.is_builtin(&call.func, "sorted") || !call.arguments.keywords.iter().all(known) || items.is_starred_expr() {
        return Ok(None);
    }
    if price::is_small(&price::items(cx, items)) {
        return Ok(None);
    }
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    let making = cx.model.walk_effects(body, items);
    check_threads(cx, [&making], &mut relies)?;
    let key = call.arguments.find_keyword("key").map(|keyword| &keyword.value).filter(|key| !key.is_none_literal_expr());
    if let Some(key) = key {
        let objects = cx.model.item_objects(body, items);
        check_moved_key(cx, body, &making, key, &objects, &mut relies)?;
    }
    let item = match key {
        None => body.item_kind(cx.model, items),
        Some(key) => key_kind(cx, body, key),
    };
    if !item.is_totally_ordered() {
        relies.assume(Assumption::TotalOrder);
    }
    if !is_plain(&item) {
        relies.assume(Assumption::OperatorsArePure);
        if making.raises.is_some() {
            relies.assume(Assumption::OneErrorAtATime);
        }
    }
    if let Taken::Head(k) = taken {
        let mut sorting = making;
        for keyword in &call.arguments.keywords {
            sorting.add(&cx.model.expr_effects(body, &keyword.value));
        }
        if let Some(key) = key {
            sorting.add(&cx.model.call_effects(body, key));
        }
        let wanted = cx.model.expr_effects(body, k);
        check_interleaved(cx, body, &sorting, &wanted, cx.tree.id(call), &mut relies)?;
    }
    Ok(Some(relies))
}

/// What a key gives, as far as its name tells.
fn key_kind(cx: &Context<'_, '_>, body: &Body, key: &Expr) -> Kind {
    match key {
        Expr::Name(_) if ["len", "ord"].iter().any(|name| cx.model.is_builtin(key, name)) => Kind::Int,
        Expr::Name(_) if ["str", "repr"].iter().any(|name| cx.model.is_builtin(key, name)) => Kind::Str,
        Expr::Lambda(lambda) => body.kind(cx.model, &lambda.body),
        _ => Kind::Unknown,
    }
}

/// `k` is evaluated where the list is sorted now, not where it is used.
fn check_early(cx: &Context<'_, '_>, body: &Body, k: &Expr, sole: &SoleUse, subscript: NodeId) -> Result<(), Doubt> {
    let mut between = cx.model.points_effects(body, &body.flow.between(sole.bound, sole.point));
    between.add(&cx.model.beside_effects(body, subscript));
    let wanted = cx.model.expr_effects(body, k);
    let text = cx.tree.module().slice(k);
    if wanted.conflict(&between).is_some() {
        return Err(Doubt::new(format!("`{text}` may be something else by the time it is used")));
    }
    let sure = match k {
        Expr::NumberLiteral(_) => true,
        Expr::Name(_) => match cx.model.scopes.resolve(cx.tree.id(k)) {
            Resolved::Local(symbol) => {
                let data = cx.model.scopes.symbol(symbol);
                (data.is_parameter && data.deletes.is_empty()) || sole.certain
            }
            _ => sole.certain,
        },
        _ => sole.certain,
    };
    if !sure {
        return Err(Doubt::new(format!("`{text}` is looked at only in some cases, and may not exist in others")));
    }
    Ok(())
}

/// `sorted(x, ...)` becomes `helper(x, argument, ...)`.
fn call_edits(cx: &Context<'_, '_>, call: &ExprCall, import: Import, argument: &str) -> Vec<Edit> {
    let mut edits = vec![Edit::replace(call.func.range(), import.local_name(cx.tree))];
    let Some(items) = call.arguments.args.first() else { return edits };
    let last = call.arguments.end() - Offset::new(1);
    let closing = cx.tree.module().tokens().in_range(Span::new(items.end(), last));
    // Parentheses around the items belong to them.
    let end = closing
        .iter()
        .take_while(|token| token.kind() != TokenKind::Comma)
        .filter(|token| token.kind() == TokenKind::Rpar)
        .last()
        .map_or(items.end(), Ranged::end);
    let loose = matches!(items, Expr::Generator(generator) if !generator.parenthesized);
    if loose {
        edits.push(Edit::insert(items.start(), "("));
    }
    edits.push(Edit::insert(end, format!("{}, {argument}", if loose { ")" } else { "" })));
    edits
}

fn opportunity(
    cx: &Context<'_, '_>,
    body: &Body,
    call: &ExprCall,
    taken: &Taken<'_>,
    edits: Vec<Edit>,
    import: Import,
    relies: Reliances,
) -> Option<Opportunity> {
    let items = call.arguments.args.first()?;
    let kind = body.kind(cx.model, items);
    let fresh = kind.is_one_shot() || kind == Kind::Range;
    let item = if fresh { body.item_kind(cx.model, items) } else { Kind::None };
    let bytes = price::bytes_of_kind(&item);
    let kept = match taken {
        Taken::Head(k) => literal::integer(k).map_or_else(Size::zero, |k| Size::number(k as f64)),
        Taken::Item { index, .. } => Size::number(*index as f64 + 1.0),
    };
    let known = !matches!(taken, Taken::Head(k) if literal::integer(k).is_none());
    let mut claim = price::saves_list(&price::items(cx, items), bytes, if known { -0.5 } else { 0.2 }, 0.85);
    claim.after = kept.scaled(bytes);
    Some(Opportunity {
        span: call.range(),
        description: DESCRIPTION.to_owned(),
        edits: Edits::try_from(edits).ok()?,
        imports: vec![import],
        relies_on: relies.into_vec(),
        claim,
    })
}
