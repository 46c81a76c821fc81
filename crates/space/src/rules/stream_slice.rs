//! Walks the items of a slice without copying them first.
//!
//! `zip(x, x[1:])` copies all of `x` to look at neighbours; `pairwise(x)` looks
//! at `x` itself.
//!
//! ```py before
//! def climbs(text):
//!     heights = [int(word) for word in text.split()]
//!     rising = all(a <= b for a, b in zip(heights, heights[1:]))
//!     total = 0
//!     for number, (left, right) in enumerate(zip(heights[:-1], heights[1:])):
//!         total += number * abs(left - right)
//!     return rising, total
//! ```
//! ```py after
//! from itertools import pairwise
//!
//! def climbs(text):
//!     heights = [int(word) for word in text.split()]
//!     rising = all(a <= b for a, b in pairwise(heights))
//!     total = 0
//!     for number, (left, right) in enumerate(pairwise(heights)):
//!         total += number * abs(left - right)
//!     return rising, total
//! ```
//!
//! All but the first few items are walked by `islice`:
//!
//! ```py before
//! def changed(path):
//!     with open(path) as file:
//!         lines = file.readlines()
//!     found = []
//!     for number, line in enumerate(lines[1:], 1):
//!         if line != lines[number - 1]:
//!             found.append(number)
//!     return found, [line.upper() for line in lines[2:]]
//! ```
//! ```py after
//! from itertools import islice
//!
//! def changed(path):
//!     with open(path) as file:
//!         lines = file.readlines()
//!     found = []
//!     for number, line in enumerate(islice(lines, 1, None), 1):
//!         if line != lines[number - 1]:
//!             found.append(number)
//!     return found, [line.upper() for line in islice(lines, 2, None)]
//! ```
//!
//! ```py before
//! def longest(path):
//!     with open(path) as file:
//!         return max(len(line) for line in file.readlines()[1:])
//! ```
//! ```py after
//! from itertools import islice
//!
//! def longest(path):
//!     with open(path) as file:
//!         return max(len(line) for line in islice(file.readlines(), 1, None))
//! ```
//!
//! Three neighbours of a list with which nothing else is done, so that it can become a stream:
//!
//! ```py before
//! def peaks(path):
//!     heights = [int(line) for line in open(path)]
//!     return sum(a < b > c for a, b, c in zip(heights, heights[1:], heights[2:]))
//! ```
//! ```py after
//! from spacetime_compiler.runtime import windows
//!
//! def peaks(path):
//!     heights = [int(line) for line in open(path)]
//!     return sum(a < b > c for a, b, c in windows(heights, 3))
//! ```
//!
//! The lists of a dictionary on disk are asked at run time whether they are lists:
//!
//! ```py before
//! from spacetime_compiler.runtime import SpillGroups
//!
//! def main(path):
//!     groups = SpillGroups()
//!     for line in open(path):
//!         groups.setdefault(len(line) % 3, []).append(len(line))
//!     for key, sizes in groups.items():
//!         sizes.sort()
//!         gaps = 0
//!         for left, right in zip(sizes, sizes[1:]):
//!             gaps += right - left > 1
//!         for size in sizes[2:]:
//!             gaps += size
//!         print(key, gaps)
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillGroups
//! from spacetime_compiler.runtime import neighbours
//! from spacetime_compiler.runtime import rest
//!
//! def main(path):
//!     groups = SpillGroups()
//!     for line in open(path):
//!         groups.setdefault(len(line) % 3, []).append(len(line))
//!     for key, sizes in groups.items():
//!         sizes.sort()
//!         gaps = 0
//!         for left, right in neighbours(sizes):
//!             gaps += right - left > 1
//!         for size in rest(sizes, 2):
//!             gaps += size
//!         print(key, gaps)
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//!
//! # When not
//!
//! The list is changed while it is walked, by this or another name, or by a
//! call that may have got hold of it:
//!
//! ```py kept
//! def thin(text):
//!     words = sorted(text.split())
//!     for word in words[1:]:
//!         words.remove(word)
//!     return words
//!
//! print(thin("a b c d"))
//! ```
//! ```py kept
//! def spread(text):
//!     words = sorted(text.split())
//!     same = words
//!     for left, right in zip(words, words[1:]):
//!         same.append(left + right)
//!     return words
//!
//! print(spread("a b c d"))
//! ```
//! ```py kept
//! def visit(text, handle):
//!     words = sorted(text.split())
//!     handle(words)
//!     for word in words[1:]:
//!         handle(word)
//! ```
//! ```py kept
//! def thin(text):
//!     words = sorted(text.split())
//!     return [words.pop() for left, right in zip(words, words[1:])], words
//!
//! print(thin("a b c d e f"))
//! ```
//!
//! What is sliced may be anything, an array whose slice looks at it, say:
//!
//! ```py kept
//! def rising(values):
//!     return all(a <= b for a, b in zip(values, values[1:]))
//! ```
//!
//! The pairs or the slice are used otherwise, or their bounds are others:
//!
//! ```py kept
//! def pairs(text):
//!     words = sorted(text.split())
//!     kept = zip(words, words[1:])
//!     words.clear()
//!     return list(kept), zip(words, words[1:])
//! ```
//! ```py kept
//! def others(text):
//!     words = sorted(text.split())
//!     triples = [pair for pair in zip(words, words[2:])]
//!     for word in words[-1:]:
//!         triples.append(word)
//!     for word in words[1::2]:
//!         triples.append(word)
//!     return triples, [pair for pair in zip(words, words[1:], strict=True)]
//! ```
//! ```py kept
//! def shifted(text, zip):
//!     words = sorted(text.split())
//!     return [pair for pair in zip(words, words[1:])]
//! ```
//! ```py kept
//! def rest(text):
//!     words = sorted(text.split())
//!     for word in words[1:]:
//!         yield words, word
//! ```
//!
//! # Relies on
//!
//! Nothing, where the loop does nothing of unknown type; otherwise what the
//! report names.
//!
//! # Saves and costs
//!
//! 8 bytes for each item of the copy. Pairs come 17 % faster.

// tidy: long because the page shows what keeps a slice.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Body, Doubt, Effects, Kind};
use spacetime_syntax::ast::{self, AnyNodeRef, Expr, ExprCall, ExprSubscript, Stmt, UnaryOp};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged};

use crate::consumer::Consumer;
use crate::fused::{is_list, is_used_in};
use crate::literal;
use crate::made_list::is_group_on_disk;
use crate::price;
use crate::reliances::Reliances;
use crate::safety::check_moved;
use crate::whole_file::reading;

pub static RULE: Rule = rule!("stream_slice", Streaming, ["zip($X, $Y)", "zip($X, $Y, $Z)", "$X[$K:]"], check);

const PAIRWISE: Import = Import::new("itertools", "pairwise");
const WINDOWS: Import = Import::new("spacetime_compiler.runtime", "windows");
const NEIGHBOURS: Import = Import::new("spacetime_compiler.runtime", "neighbours");
const REST: Import = Import::new("spacetime_compiler.runtime", "rest");
const ISLICE: Import = Import::new("itertools", "islice");

/// Skipping more than a few items takes time that a slice does not.
const FEW: u64 = 16;

/// What is walked without a copy.
struct Sliced<'m> {
    /// The sequence itself.
    whole: &'m Expr,
    import: Import,
    arguments: String,
    description: &'static str,
    overhead: f64,
}

impl Sliced<'_> {
    /// Asks at run time whether it is a list: what a dictionary on disk holds is likely to be one.
    fn ask(&mut self) {
        if self.import == PAIRWISE {
            self.import = NEIGHBOURS;
        } else if self.import == ISLICE {
            (self.import, self.arguments) = (REST, self.arguments.trim_end_matches(", None").to_owned());
        }
    }
}

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(outer) = cx.tree.expr(found.node) else { return Ok(None) };
    let sliced = match outer {
        Expr::Call(call) => neighbours(cx, call),
        Expr::Subscript(subscript) => rest(cx, subscript),
        _ => None,
    };
    let (Some(mut sliced), Some(body)) = (sliced, cx.model.body_of(found.node)) else { return Ok(None) };
    let is_group = body.kind(cx.model, sliced.whole) == Kind::Unknown && is_group_on_disk(cx, sliced.whole);
    if is_group {
        sliced.ask();
    }
    if sliced.import == WINDOWS && !is_alone(cx, &body, found.node, sliced.whole) {
        return Ok(None);
    }
    let Ok(consumer @ (Consumer::Loop { .. } | Consumer::Comprehension { .. })) = Consumer::of(cx, found.node)
    else {
        return Ok(None);
    };
    let items = price::items(cx, sliced.whole);
    if price::is_small(&items) || cx.tree.module().has_comment_in(outer.range()) {
        return Ok(None);
    }
    let refuse =
        |doubt| Box::new(Refusal { span: outer.range(), description: sliced.description.to_owned(), doubt });
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    let reads = if is_group {
        reads_of_list(cx, &body, sliced.whole)
    } else {
        check_kind(cx, &body, sliced.whole, &mut relies).map_err(refuse)?
    };
    let (sole, walk) = consumer.walk_in_place(cx, &body, found.node).map_err(refuse)?;
    check_moved(cx, &body, &reads, &sole, &walk, &mut relies).map_err(refuse)?;
    let function = sliced.import.local_name(cx.tree);
    let Ok(edits) = Edits::try_from(vec![Edit::replace(outer.range(), format!("{function}({})", sliced.arguments))])
    else {
        return Ok(None);
    };
    Ok(Some(Opportunity {
        span: outer.range(),
        description: sliced.description.to_owned(),
        edits,
        imports: vec![sliced.import],
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, price::bytes_of_kind(&Kind::None), sliced.overhead, 0.9),
    }))
}

/// Whether nothing else is done with a list, and its windows are taken apart at once.
fn is_alone(cx: &Context<'_, '_>, body: &Body, zip: NodeId, whole: &Expr) -> bool {
    let target = match cx.tree.parent(zip).map(|parent| cx.tree.node(parent)) {
        Some(Node::Stmt(Stmt::For(stmt))) => &*stmt.target,
        Some(Node::Part(AnyNodeRef::Comprehension(clause))) => &clause.target,
        _ => return false,
    };
    let symbol = cx.model.scopes.resolve(cx.tree.id(whole)).symbol();
    let (Some(symbol), Some(point)) = (symbol, body.flow.point_of(cx.tree, zip)) else { return false };
    matches!(target, Expr::Tuple(parts) if parts.len() == 3 && !parts.iter().any(Expr::is_starred_expr))
        && is_used_in(cx, body, symbol, (point, point), |id| cx.tree.contains(zip, id))
}

/// `zip(x, x[1:], x[2:])`
fn three<'m>(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<&'m Expr> {
    let [first, Expr::Subscript(second), Expr::Subscript(third)] = &call.arguments.args[..] else { return None };
    let text = |expr: &Expr| cx.tree.module().slice(expr);
    let is_zip = call.arguments.keywords.is_empty() && cx.model.is_builtin(&call.func, "zip");
    let same = first.is_name_expr() && [second, third].iter().all(|one| text(&one.value) == text(first));
    (is_zip && same && starts_at(second)? == 1 && starts_at(third)? == 2).then_some(first)
}

/// `zip(x, x[1:])`, `zip(x[:-1], x[1:])`, or three of them
fn neighbours<'m>(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<Sliced<'m>> {
    if let Some(whole) = three(cx, call) {
        return Some(Sliced {
            whole,
            import: WINDOWS,
            arguments: format!("{}, 3", cx.tree.module().slice(whole)),
            description: "copies are made to look at neighbours: look at the sequence itself",
            overhead: 0.05,
        });
    }
    let whole = paired(cx, call)?;
    Some(Sliced {
        whole,
        import: PAIRWISE,
        arguments: cx.tree.module().slice(whole).to_owned(),
        description: "a copy is made to look at neighbours: look at the sequence itself",
        overhead: -0.17,
    })
}

fn paired<'m>(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<&'m Expr> {
    let [left, Expr::Subscript(right)] = &call.arguments.args[..] else { return None };
    if !call.arguments.keywords.is_empty() || !cx.model.is_builtin(&call.func, "zip") || starts_at(right)? != 1 {
        return None;
    }
    let left = match left {
        Expr::Subscript(left) if drops_last(left) => &*left.value,
        left => left,
    };
    let text = |expr: &Expr| cx.tree.module().slice(expr);
    (left.is_name_expr() && text(left) == text(&right.value)).then_some(left)
}

/// `x[1:]`
fn rest<'m>(cx: &Context<'_, 'm>, subscript: &'m ExprSubscript) -> Option<Sliced<'m>> {
    let start = starts_at(subscript).filter(|start| (1..=FEW).contains(start))?;
    let around = cx.tree.ancestors(cx.tree.id(subscript)).nth(1).and_then(|id| cx.tree.expr(id));
    if !subscript.value.is_name_expr() && !makes_list(cx, &subscript.value) || matches!(around, Some(Expr::Call(call)) if paired(cx, call).or_else(|| three(cx, call)).is_some()) {
        return None;
    }
    Some(Sliced {
        whole: &subscript.value,
        import: ISLICE,
        arguments: format!("{}, {start}, None", cx.tree.module().slice(&*subscript.value)),
        description: "a slice is copied only to be walked: skip the first items instead",
        overhead: -0.05,
    })
}

/// Whether a call makes a list that nobody else has: `list(rows)`, `file.readlines()`.
fn makes_list(cx: &Context<'_, '_>, expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    let node = cx.tree.id(call);
    cx.model.is_builtin(&call.func, "list") && !call.arguments.is_empty()
        || cx.model.body_of(node).is_some_and(|body| reading(cx, &body, node).is_some())
}

/// The start of a slice that goes on to the end.
fn starts_at(subscript: &ExprSubscript) -> Option<u64> {
    match &*subscript.slice {
        Expr::Slice(ast::ExprSlice { lower: Some(lower), upper: None, step: None, .. }) => literal::integer(lower),
        _ => None,
    }
}

/// `x[:-1]`
fn drops_last(subscript: &ExprSubscript) -> bool {
    match &*subscript.slice {
        Expr::Slice(ast::ExprSlice { lower: None, upper: Some(upper), step: None, .. }) => {
            matches!(&**upper, Expr::UnaryOp(op) if op.op == UnaryOp::USub && literal::integer(&op.operand) == Some(1))
        }
        _ => false,
    }
}

/// What walking the sequence reads: nothing that could change, unless it is a list.
fn check_kind(cx: &Context<'_, '_>, body: &Body, whole: &Expr, relies: &mut Reliances) -> Result<Effects, Doubt> {
    let name = cx.tree.module().slice(whole);
    match body.kind(cx.model, whole) {
        Kind::List(_) if whole.is_call_expr() => Ok(Effects::default()),
        Kind::Str | Kind::Bytes | Kind::Tuple(_) | Kind::Tuples(_) => Ok(Effects::default()),
        Kind::List(_) => {
            let mut reads = cx.model.walk_effects(body, whole);
            reads.name_reads.clear(); // the variable is read once, where it was
            Ok(reads)
        }
        Kind::Unknown if is_list(cx, body, whole, relies) => Ok(reads_of_list(cx, body, whole)),
        Kind::Unknown => Err(Doubt::new(format!("the type of `{name}` is not known; its slice may be no copy"))),
        kind => Err(Doubt::new(format!("`{name}` is of type {kind}, whose slice is no list"))),
    }
}

/// What walking a list reads whose type is not seen here.
fn reads_of_list(cx: &Context<'_, '_>, body: &Body, whole: &Expr) -> Effects {
    let mut reads = cx.model.walk_effects(body, whole);
    reads.reads.add(&body.objects(cx.model, whole));
    reads.name_reads.clear();
    reads.walks_unknown = None;
    reads
}
