//! Walks the matches of a pattern without a list of them.
//!
//! `findall` makes a string, or a tuple of strings, of every match before the first
//! is looked at; `finditer` finds them as they are asked for.
//!
//! ```py before
//! import re
//! from collections import Counter
//!
//! WORD = re.compile(r"\w+")
//!
//! def frequencies(path):
//!     with open(path) as file:
//!         text = file.read()
//!     return Counter(re.findall(r"[a-z]+", text)), sum(len(word) for word in WORD.findall(text))
//! ```
//! ```py after
//! import re
//! from collections import Counter
//! from operator import itemgetter
//!
//! WORD = re.compile(r"\w+")
//!
//! def frequencies(path):
//!     with open(path) as file:
//!         text = file.read()
//!     return Counter(map(itemgetter(0), re.finditer(r"[a-z]+", text))), sum(len(word) for word in map(itemgetter(0), WORD.finditer(text)))
//! ```
//!
//! Of a pattern with one group `findall` gives that, and of one with several a tuple
//! of them all, where a group that took no part is an empty string:
//!
//! ```py before
//! import re
//!
//! def fields(path):
//!     text = open(path).read()
//!     found = {}
//!     for name, value in re.findall(r"(\w+)=(\d+)?", text):
//!         found[name] = value
//!     for number in re.findall(r"\[(\d+)\]", text):
//!         found[number] = int(number)
//!     for number in re.findall(r"x(\d)?", text):
//!         found[number] = len(number)
//!     return found
//! ```
//! ```py after
//! import re
//! from operator import itemgetter
//! from operator import methodcaller
//!
//! def fields(path):
//!     text = open(path).read()
//!     found = {}
//!     for name, value in map(methodcaller("groups", ""), re.finditer(r"(\w+)=(\d+)?", text)):
//!         found[name] = value
//!     for number in map(itemgetter(1), re.finditer(r"\[(\d+)\]", text)):
//!         found[number] = int(number)
//!     for number in (match[1] or "" for match in re.finditer(r"x(\d)?", text)):
//!         found[number] = len(number)
//!     return found
//! ```
//!
//! A variable may hold them, if it is walked once:
//!
//! ```py before
//! import re
//!
//! def longest(path):
//!     with open(path, "rb") as file:
//!         data = file.read()
//!     words = re.findall(rb"\S+", data)
//!     best = 0
//!     for word in words:
//!         best = max(best, len(word))
//!     return best
//! ```
//! ```py after
//! import re
//! from operator import itemgetter
//!
//! def longest(path):
//!     with open(path, "rb") as file:
//!         data = file.read()
//!     words = map(itemgetter(0), re.finditer(rb"\S+", data))
//!     best = 0
//!     for word in words:
//!         best = max(best, len(word))
//!     return best
//! ```
//!
//! # When not
//!
//! The list is used otherwise, or kept:
//!
//! ```py kept
//! import re
//!
//! def words(path):
//!     text = open(path).read()
//!     found = re.findall(r"\w+", text)
//!     return found, sorted(re.findall(r"\d+", text)), re.findall("a", text)[0]
//! ```
//!
//! What is searched may change, or the pattern is not known, and with it what `findall`
//! would give; or the string may be one of many short ones:
//!
//! ```py kept
//! import re
//!
//! def count(data, text, pattern, path):
//!     own = open(path).read()
//!     return (
//!         sum(len(word) for word in re.findall(rb"\w+", data)),
//!         sum(len(word) for word in re.findall(r"\w+", text)),
//!         sum(len(word) for word in re.findall(pattern, own)),
//!     )
//! ```
//! ```py kept
//! import re
//!
//! PATTERN = re.compile("a")
//! PATTERN = re.compile("(a)")
//!
//! def count(path):
//!     text = open(path).read()
//!     return sum(len(word) for word in PATTERN.findall(text))
//! ```
//! ```py kept
//! import re
//!
//! def count(path):
//!     text = open(path).read()
//!     return sum(len(word) for word in re.findall(r"\w+ # (", text, re.VERBOSE))
//! ```
//!
//! The string is one line of many: its matches are few.
//!
//! ```py kept
//! import re
//!
//! def count(path):
//!     total = 0
//!     with open(path) as file:
//!         for line in file:
//!             for word in re.findall(r"\w+", line):
//!                 total += len(word)
//!     return total
//! ```
//!
//! # Relies on
//!
//! That nobody patches `re` (`module-not-patched`).
//!
//! # Saves and costs
//!
//! The strings of all matches; the text that is searched stays. The walk takes the
//! same time within a tenth, and less where there are several groups.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Effects, Kind};
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged};

use crate::across::check_value;
use crate::by_lines::ByLines;
use crate::consumer::Consumer;
use crate::matches::search;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around};

pub static RULE: Rule = rule!("stream_matches", Streaming, ["$R.findall($$$ARGS)"], check);

const COUNTED: Import = Import::new("spacetime_compiler.runtime", "Counted");

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let Some(search) = search(cx, call) else { return Ok(None) };
    // Line by line not even the text is needed.
    if ByLines::of(cx, &body, call).is_some() {
        return Ok(None);
    }
    let is_known = matches!(body.kind(cx.model, search.searched), Kind::Str | Kind::Bytes);
    // With a pattern that is a str, all that can be searched is one.
    let is_once = search.is_text && cx.model.is_program() && !repeats(cx, found.node);
    if !(is_known && !is_piece(cx, search.searched) || is_once) || !search.can_be_lazy(cx) {
        return Ok(None);
    }
    if cx.tree.module().has_comment_in(call.func.range()) {
        return Ok(None);
    }
    if matches!(Consumer::of(cx, found.node), Ok(consumer) if consumer.keeps_all(cx)) {
        return Ok(None);
    }
    let description = "a list is made of all matches to walk them once: find them one by one".to_owned();
    let refuse = |doubt| Box::new(Refusal { span: call.range(), description: description.clone(), doubt });
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    let walks = check_value(cx, &body, found.node, &Effects::default(), &mut relies).map_err(refuse)?;
    if !walks.frees {
        return Ok(None);
    }
    let (import, mut before, after) = search.around(cx);
    let mut imports: Vec<Import> = import.into_iter().collect();
    let mut after = after.to_owned();
    if walks.counted {
        before = format!("{}({before}", COUNTED.local_name(cx.tree));
        after.push(')');
        imports.push(COUNTED);
    }
    let Expr::Attribute(method) = &*call.func else { return Ok(None) };
    let edits = vec![
        Edit::insert(call.start(), before),
        Edit::replace(method.attr.range(), "finditer"),
        Edit::insert(call.end(), after),
    ];
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    let items = price::items(cx, cx.tree.expr(found.node).unwrap_or(search.searched));
    let kind = if search.is_text { Kind::Str } else { Kind::Bytes };
    Ok(Some(Opportunity {
        span: walks.span.cover(call.range()),
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, price::bytes_of_kind(&kind), 0.05, 0.9),
    }))
}

/// Whether a place may be reached many times.
fn repeats(cx: &Context<'_, '_>, node: NodeId) -> bool {
    loop_around(cx, node).is_some() || function_repeats(cx, node)
}

/// Whether what is searched is one of the items of something: one line of many.
fn is_piece(cx: &Context<'_, '_>, searched: &Expr) -> bool {
    let Expr::Name(name) = searched else { return false };
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return true };
    cx.model.scopes.symbol(symbol).bindings.iter().any(|bound| {
        let outer = |id: &NodeId| match cx.tree.node(*id) {
            Node::Stmt(Stmt::For(stmt)) => Some(cx.tree.contains(cx.tree.id(&*stmt.target), *bound)),
            Node::Part(AnyNodeRef::Comprehension(_)) => Some(true),
            Node::Stmt(_) => Some(false),
            _ => None,
        };
        cx.tree.ancestors(*bound).find_map(|id| outer(&id)).unwrap_or(false)
    })
}
