//! Drops a `list(...)` that is made only to be walked.
//!
//! `sum(list(x))`, `sorted(tuple(x))`, `for i in list(x):` copy all of `x`
//! first. The copy is needed if `x` changes while it is walked, and for
//! nothing else.
//!
//! ```py before
//! def total(size):
//!     return sum(list(range(size))) + max(list(map(abs, range(-size, 1))), default=0)
//!
//! def ordered(numbers):
//!     return sorted(list(numbers), key=str)
//!
//! def table(keys, values):
//!     return dict(list(zip(keys, values,)),)
//! ```
//! ```py after
//! def total(size):
//!     return sum(range(size)) + max(map(abs, range(-size, 1)), default=0)
//!
//! def ordered(numbers):
//!     return sorted(numbers, key=str)
//!
//! def table(keys, values):
//!     return dict(zip(keys, values,),)
//! ```
//!
//! A loop or comprehension walks the original as long as nothing in it touches
//! that, and all rows of a CSV file need not be in memory at once:
//!
//! ```py before
//! import csv
//!
//! def column(path):
//!     total = 0
//!     with open(path, newline="") as file:
//!         for number, row in enumerate(list(csv.reader(file))):
//!             total += len(row[0])
//!     return total
//!
//! def names(path):
//!     with open(path, newline="") as file:
//!         return [row["name"] for row in list(csv.DictReader(file))if row]
//!
//! def lengths(size):
//!     counts = {}
//!     for number in list(range(size)):
//!         counts[number % 10] = number
//!     result = []
//!     for key, number in list(counts.items()):
//!         result.append(key + number)
//!     return result
//! ```
//! ```py after
//! import csv
//!
//! def column(path):
//!     total = 0
//!     with open(path, newline="") as file:
//!         for number, row in enumerate(csv.reader(file)):
//!             total += len(row[0])
//!     return total
//!
//! def names(path):
//!     with open(path, newline="") as file:
//!         return [row["name"] for row in csv.DictReader(file) if row]
//!
//! def lengths(size):
//!     counts = {}
//!     for number in range(size):
//!         counts[number % 10] = number
//!     result = []
//!     for key, number in counts.items():
//!         result.append(key + number)
//!     return result
//! ```
//!
//! Parentheses stay where they are needed:
//!
//! ```py before
//! def total(flag, size):
//!     few = sum(list(number * 2 for number in range(size)))
//!     many = sum(list(number * 2 for number in range(size)), 5)
//!     both = [number + 1 for number in list(range(size) if flag else range(9))]
//!     for number in list(
//!         range(size)
//!     ):
//!         few += number
//!     return few, many, both
//! ```
//! ```py after
//! def total(flag, size):
//!     few = sum(number * 2 for number in range(size))
//!     many = sum((number * 2 for number in range(size)), 5)
//!     both = [number + 1 for number in (range(size) if flag else range(9))]
//!     for number in (
//!         range(size)
//!     ):
//!         few += number
//!     return few, many, both
//! ```
//!
//! `x[:]` and `x.copy()` are copies as well, where `x` is known to have them:
//!
//! ```py before
//! def shared(text, other):
//!     words = sorted(text.split())
//!     counts = {word: 0 for word in words}
//!     for word in words[:]:
//!         counts[word] += len(word)
//!     longest = max(word for word in words.copy())
//!     return longest, [key for key in counts.copy() if key in other]
//! ```
//! ```py after
//! def shared(text, other):
//!     words = sorted(text.split())
//!     counts = {word: 0 for word in words}
//!     for word in words:
//!         counts[word] += len(word)
//!     longest = max(word for word in words)
//!     return longest, [key for key in counts if key in other]
//! ```
//!
//! # When not
//!
//! The loop changes what it walks, by this or another name, or calls what may:
//!
//! ```py kept
//! def clean(size):
//!     counts = {number: None for number in range(size)}
//!     for number in list(counts):
//!         del counts[number]
//! ```
//! ```py kept
//! def twice():
//!     numbers = [1, 2, 3]
//!     same = numbers
//!     for number in list(numbers):
//!         same.append(number)
//!     return numbers
//! ```
//! ```py kept
//! def visit(handlers):
//!     for handler in list(handlers):
//!         handler.close()
//! ```
//! ```py kept
//! def grow(extend):
//!     numbers = [1, 2, 3]
//!     extend(numbers)
//!     for number in list(numbers):
//!         extend(number)
//! ```
//!
//! ```py kept
//! def thin(text):
//!     words = sorted(text.split())
//!     for word in words[:]:
//!         words.remove(word)
//!     for word in words.copy():
//!         words.append(word)
//!     return words
//!
//! print(thin("a b a"))
//! ```
//! ```py kept
//! def forget(text):
//!     counts = {letter: 0 for letter in text}
//!     others = [counts]
//!     for key, value in list(counts.items()):
//!         others[0].pop(key)
//!     return counts
//!
//! print(forget("abc"))
//! ```
//! ```py kept
//! def count(text):
//!     counts = {letter: 0 for letter in text}
//!     def note(letter):
//!         counts[letter + "!"] = 1
//!     for letter in list(counts.keys()):
//!         note(letter)
//!     return counts
//!
//! print(count("ab"))
//! ```
//! ```py kept
//! class Graph:
//!     def __init__(self, nodes):
//!         self.nodes = list(nodes)
//!
//!     def drop(self, node):
//!         self.nodes.remove(node)
//!
//!     def clear(self):
//!         for node in list(self.nodes):
//!             self.drop(node)
//!
//! graph = Graph("abc")
//! graph.clear()
//! print(graph.nodes)
//! ```
//!
//! What has `[:]` or `copy` may be anything, and a copy of a set may be walked
//! in another order:
//!
//! ```py kept
//! def total(values):
//!     return sum(value for value in values[:]) + sum(value for value in values.copy())
//!
//! def rests(size):
//!     seen = {number % 700 * 8 for number in range(size)}
//!     return [number for number in seen.copy()]
//! ```
//!
//! The walk ends early, and the rest would be found by somebody:
//!
//! ```py kept
//! def split(path):
//!     with open(path) as file:
//!         for line in list(file):
//!             if not line.strip():
//!                 break
//!         return file.read()
//! ```
//! ```py kept
//! def found(path):
//!     with open(path) as file:
//!         return any(list(map(str.strip, file))), file.read()
//! ```
//! ```py kept
//! def pairs(numbers):
//!     numbers = iter(range(numbers))
//!     total = 0
//!     for left, right in zip(list(numbers), list(numbers)):
//!         total += left - right
//!     return total
//! ```
//!
//! The dictionary changes meanwhile, also where all of the module knows it:
//!
//! ```py kept
//! OPEN = {"a": 1, "b": 2}
//!
//! def close():
//!     for name, number in list(OPEN.items()):
//!         if number % 2:
//!             del OPEN[name]
//!
//! if __name__ == "__main__":
//!     close()
//!     print(OPEN)
//! ```
//!
//! A row that cannot be read stops the program before the loop has printed
//! anything (`--allow early-effects` if that does not matter):
//!
//! ```py kept
//! import csv
//!
//! def show(path):
//!     with open(path, newline="") as file:
//!         for row in list(csv.reader(file)):
//!             print(row)
//! ```
//!
//! The consumer looks at what it gets: a set or dict that is copied whole is
//! walked in another order than a set that is filled from a list, `dict` takes
//! mappings, and a frozen set or tuple is not copied at all:
//!
//! ```py kept
//! def distinct(words):
//!     return set(list(words))
//! ```
//! ```py kept
//! def table(pairs):
//!     return dict(list(pairs))
//! ```
//! ```py kept
//! def frozen(words):
//!     return tuple(list(words)), frozenset(tuple(words))
//! ```
//!
//! It is no walk, or no list:
//!
//! ```py kept
//! def count(numbers):
//!     return len(list(numbers)), list(numbers)[0], sorted(reversed(numbers)), min(list(numbers), list(numbers))
//! ```
//! ```py kept
//! from os.path import *
//!
//! def total(numbers):
//!     return sum(list(numbers))
//! ```
//! ```py kept
//! async def gather(numbers, wait):
//!     for number in list(numbers):
//!         await wait(number)
//! ```
//!
//! Another thread may change it meanwhile, and the copy is a snapshot:
//!
//! ```py kept
//! import threading
//!
//! class Registry:
//!     def __init__(self):
//!         self.open = {}
//!         self.lock = threading.Lock()
//!
//!     def total(self):
//!         return sum(list(self.open.values()))
//!
//! def main():
//!     registry = Registry()
//!     worker = threading.Thread(target=registry.open.update, args=({"a": 1, "b": 2},))
//!     worker.start()
//!     worker.join()
//!     print(registry.total())
//!
//! main()
//! ```
//!
//! What is read changes when an object dies:
//!
//! ```py kept
//! import weakref
//!
//! PRICES = {"a": 1}
//!
//! class Lease:
//!     pass
//!
//! def total(text):
//!     lease = Lease()
//!     weakref.finalize(lease, PRICES.update, {"a": 100})
//!     prices = [PRICES.get(word) for word in text.split()]
//!     del lease
//!     return sum(prices)
//!
//! print(total("a a a"))
//! ```
//!
//! # Relies on
//!
//! `no-other-threads`, where others may know what is walked;
//! `operators-are-pure` and `one-error-at-a-time` where values of unknown type
//! are added or compared between the making of items; `allowed: early-effects`
//! where an item may fail after something has been seen to happen.
//!
//! # Saves and costs
//!
//! 9 bytes of pointer for each item, and the items where `x` makes them as it
//! is walked. It is faster, too.

// tidy: long because calls and loops take different lists away, and the page
// shows each trap.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Body, Doubt, Effects, Kind};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId, TokenKind};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::consumer::Consumer;
use crate::drain::{Drain, Interleaved, interleave_items};
use crate::price;
use crate::reliances::Reliances;
use crate::safety::{check_moved, check_threads};

pub static RULE: Rule = rule!("drop_list", Streaming, ["list($X)", "tuple($X)", "$X[:]", "$X.copy()"], check);

/// A copy that is made in place.
struct Copy<'m> {
    /// What makes it: `list`, `[:]`.
    made: &'static str,
    walked: &'m Expr,
}

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let (Some(outer), Some(body)) = (cx.tree.expr(found.node), cx.model.body_of(found.node)) else { return Ok(None) };
    let Ok(consumer) = Consumer::of(cx, found.node) else { return Ok(None) };
    let Some(Copy { made, walked }) = copied(cx, outer) else { return Ok(None) };
    let items = price::items(cx, walked);
    if price::is_small(&items) {
        return Ok(None);
    }
    let description = format!("`{made}` of what is only walked: walk it without a copy");
    let refuse = |doubt| Box::new(Refusal { span: outer.range(), description: description.clone(), doubt });
    check_copies(cx, &body, made, walked).map_err(refuse)?;
    let making = cx.model.walk_effects(&body, walked);
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    check_threads(cx, [&making], &mut relies).map_err(refuse)?;
    match &consumer {
        Consumer::Drain { call } => {
            let Some(drain) = drained_by(cx, call) else { return Ok(None) };
            check_looks(cx, &body, call, walked).map_err(refuse)?;
            let item = body.item_kind(cx.model, walked);
            interleave_items(cx, &body, call, (&making, walked), &item, &drain, &mut relies).map_err(refuse)?;
        }
        Consumer::Loop { .. } | Consumer::Comprehension { .. } => {
            let (sole, walk) = consumer.walk_in_place(cx, &body, found.node).map_err(refuse)?;
            check_moved(cx, &body, &making, &sole, &walk, &mut relies).map_err(refuse)?;
        }
    }
    let edits = match outer {
        Expr::Call(inner) if matches!(made, "list" | "tuple") => edits(cx, found.node, inner, walked),
        _ => suffix_edits(cx, outer, walked),
    };
    let Some(edits) = edits else { return Ok(None) };
    Ok(Some(Opportunity {
        span: outer.range(),
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, bytes(cx, &body, walked, &making), -0.1, 0.9),
    }))
}

/// What an expression copies, if it is a copy.
fn copied<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<Copy<'m>> {
    match expr {
        Expr::Call(call) => match (&*call.func, &call.arguments.args[..]) {
            (Expr::Attribute(method), []) => {
                let bare = call.arguments.is_empty() && method.attr.as_str() == "copy";
                bare.then_some(Copy { made: "copy", walked: &method.value })
            }
            (func, [walked]) => {
                let made = ["list", "tuple"].into_iter().find(|name| cx.model.is_builtin(func, name))?;
                Some(Copy { made, walked })
            }
            _ => None,
        },
        Expr::Subscript(subscript) => match &*subscript.slice {
            Expr::Slice(slice) if slice.lower.is_none() && slice.upper.is_none() && slice.step.is_none() => {
                Some(Copy { made: "[:]", walked: &subscript.value })
            }
            _ => None,
        },
        _ => None,
    }
}

/// `list` takes anything; the others are copies for some types only.
fn check_copies(cx: &Context<'_, '_>, body: &Body, made: &str, walked: &Expr) -> Result<(), Doubt> {
    let text = cx.tree.module().slice(walked);
    match (made, body.kind(cx.model, walked)) {
        ("list" | "tuple", _) | ("[:]" | "copy", Kind::List(_)) | ("copy", Kind::Dict | Kind::Deque(_)) => Ok(()),
        ("copy", Kind::Set(_)) => {
            Err(Doubt::new(format!("`{text}` is a set, and a copy of it may be walked in another order")))
        }
        _ => Err(Doubt::new(format!("the type of `{text}` is not known; what is made may be no copy"))),
    }
}

/// Removes `[:]` or `.copy()`.
fn suffix_edits(cx: &Context<'_, '_>, outer: &Expr, walked: &Expr) -> Option<Edits> {
    let suffix = Span::new(walked.end(), outer.end());
    if !walked.is_name_expr() || cx.tree.module().has_comment_in(suffix) {
        return None;
    }
    let text = cx.tree.module().text();
    let joined = text[outer.end().to_usize()..].starts_with(|c: char| c.is_alphanumeric());
    Edits::try_from(vec![Edit::replace(suffix, if joined { " " } else { "" })]).ok()
}

/// What the call does with the items that it drains, if it is known well enough.
fn drained_by(cx: &Context<'_, '_>, call: &ExprCall) -> Option<Drain> {
    let builtin = |names: &[&str]| names.iter().any(|name| cx.model.is_builtin(&call.func, name));
    let drain = |interleaved, may_stop| Drain { builtins: &[], interleaved, overhead: -0.1, may_stop };
    if builtin(&["sum", "min", "max", "set", "frozenset", "dict"]) {
        return Some(drain(Interleaved::Operators, false));
    }
    if builtin(&["any", "all"]) {
        return Some(drain(Interleaved::Operators, true));
    }
    if builtin(&["sorted", "list", "tuple"]) {
        return Some(drain(Interleaved::Nothing, false));
    }
    match cx.model.qualified(&call.func)?.as_str() {
        "collections.Counter" | "math.fsum" | "spacetime_compiler.runtime.sorted_set" => Some(drain(Interleaved::Operators, false)),
        "collections.deque" | "spacetime_compiler.runtime.external_sort" => Some(drain(Interleaved::Nothing, false)),
        _ => None,
    }
}

/// Some builtins do not just walk what they get: they look at its type.
fn check_looks(cx: &Context<'_, '_>, body: &Body, call: &ExprCall, walked: &Expr) -> Result<(), Doubt> {
    let builtin = |name: &str| cx.model.is_builtin(&call.func, name);
    let kind = body.kind(cx.model, walked);
    let mapping = matches!(kind, Kind::Unknown | Kind::Json | Kind::Dict | Kind::DefaultDict | Kind::Counter);
    let hashed = mapping || matches!(kind, Kind::Set(_) | Kind::FrozenSet(_));
    let text = cx.tree.module().slice(walked);
    let counter = cx.model.qualified(&call.func).is_some_and(|name| name == "collections.Counter");
    if (builtin("set") || builtin("frozenset")) && hashed {
        return Err(Doubt::new(format!(
            "`{text}` may be a set or dict, which is copied as a whole: the new set may be walked in another order"
        )));
    }
    if (builtin("dict") || counter) && mapping {
        return Err(Doubt::new(format!("`{text}` may be a mapping, of which not only the keys would be taken")));
    }
    if builtin("tuple") && matches!(kind, Kind::Unknown | Kind::Tuple(_) | Kind::Tuples(_)) {
        return Err(Doubt::new(format!("`{text}` may be a tuple, which would not be copied")));
    }
    Ok(())
}

/// What an item costs beside its pointer: nothing, if it is there anyway.
fn bytes(cx: &Context<'_, '_>, body: &Body, walked: &Expr, making: &Effects) -> f64 {
    let kind = body.kind(cx.model, walked);
    let fresh = matches!(kind, Kind::Range | Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader)
        || (kind.is_one_shot() && !making.writes.is_empty());
    if fresh { price::bytes_of_kind(&body.item_kind(cx.model, walked)) } else { price::bytes_of_kind(&Kind::None) }
}

/// Removes `list(` and `)`, or only `list` where the parentheses are needed.
fn edits(cx: &Context<'_, '_>, node: NodeId, inner: &ExprCall, walked: &Expr) -> Option<Edits> {
    let module = cx.tree.module();
    let text = module.text();
    let arguments = inner.arguments.range();
    let inside = Span::new(arguments.start() + Offset::new(1), arguments.end() - Offset::new(1));
    let comma = last_comma(cx, Span::new(walked.end(), inside.end()));
    let content = comma.map_or(inside, |comma| Span::new(inside.start(), comma.start()));
    let content = Span::new(trim_start(text, content), trim_end(text, content));
    let lost = [Span::new(inner.start(), content.start()), Span::new(content.end(), inner.end())];
    let bare = content.start() == walked.start();
    let loose = match walked {
        Expr::Generator(generator) => !generator.parenthesized && !is_only_argument(cx, node),
        Expr::If(_) | Expr::Lambda(_) | Expr::Named(_) => bare,
        _ => false,
    };
    let in_header = matches!(cx.tree.parent(node).map(|id| cx.tree.node(id)), Some(Node::Stmt(Stmt::For(_))));
    let broken = in_header && text[inside.start().to_usize()..inside.end().to_usize()].contains(['\n', '\r']);
    if loose || broken {
        let name = Span::new(inner.start(), arguments.start());
        return (!module.has_comment_in(name)).then(|| Edits::try_from(vec![Edit::delete(name)]).ok())?;
    }
    if lost.into_iter().any(|span| module.has_comment_in(span)) {
        return None;
    }
    let joined = text[inner.end().to_usize()..].starts_with(|c: char| c.is_alphanumeric());
    Edits::try_from(vec![Edit::delete(lost[0]), Edit::replace(lost[1], if joined { " " } else { "" })]).ok()
}

/// A comma behind the only argument.
fn last_comma(cx: &Context<'_, '_>, span: Span) -> Option<Span> {
    let tokens = cx.tree.module().tokens().in_range(span);
    tokens.iter().rev().find(|token| token.kind() == TokenKind::Comma).map(Ranged::range)
}

fn trim_start(text: &str, span: Span) -> Offset {
    let inside = &text[span];
    span.start() + Offset::new((inside.len() - inside.trim_start().len()) as u32)
}

fn trim_end(text: &str, span: Span) -> Offset {
    span.start() + Offset::new(text[span].trim_end().len() as u32)
}

/// Whether a node is all that a call gets.
fn is_only_argument(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let call = cx.tree.ancestors(node).nth(1).and_then(|id| cx.tree.expr(id));
    let Some(Expr::Call(call)) = call else { return false };
    let span = call.arguments.range();
    let inside = Span::new(span.start() + Offset::new(1), span.end() - Offset::new(1));
    call.arguments.len() == 1 && cx.tree.module().slice(inside).trim() == cx.tree.module().slice(cx.tree.node(node))
}
