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
//! What is searched may be another object than a string, one that changes, or the
//! pattern is not known, and with it what `findall` would give:
//!
//! ```py kept
//! import re
//!
//! def count(text, pattern, path):
//!     own = open(path).read()
//!     return sum(len(word) for word in re.findall(r"\w+", text)), sum(len(word) for word in re.findall(pattern, own))
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
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged};

use crate::across::check_value;
use crate::consumer::Consumer;
use crate::price;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!("stream_matches", Streaming, ["$R.findall($$$ARGS)"], check);

const ITEMGETTER: Import = Import::new("operator", "itemgetter");
const METHODCALLER: Import = Import::new("operator", "methodcaller");
const COUNTED: Import = Import::new("spacetime_compiler.runtime", "Counted");

/// Flags that do not change what a parenthesis means.
const FLAGS: [&str; 12] = [
    "re.A",
    "re.ASCII",
    "re.I",
    "re.IGNORECASE",
    "re.M",
    "re.MULTILINE",
    "re.S",
    "re.DOTALL",
    "re.U",
    "re.UNICODE",
    "re.L",
    "re.LOCALE",
];

/// What `findall` gives for each match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    Whole,
    /// The only group, which takes part in each match.
    Group,
    /// The only group, or an empty string.
    Maybe,
    Groups,
}

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let Some((gives, searched)) = search(cx, call) else { return Ok(None) };
    let kind = body.kind(cx.model, searched);
    let is_text = matches!(kind, Kind::Str | Kind::Bytes);
    if !is_text || is_piece(cx, searched) || cx.tree.module().has_comment_in(call.func.range()) {
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
    if gives != Gives::Maybe && !cx.model.names_builtin(found.node, "map") {
        return Ok(None);
    }
    let (mut prefix, mut suffix) = around(cx, gives, &kind);
    let mut imports = match gives {
        Gives::Whole | Gives::Group => vec![ITEMGETTER],
        Gives::Groups => vec![METHODCALLER],
        Gives::Maybe => Vec::new(),
    };
    if walks.counted {
        prefix = format!("{}({prefix}", COUNTED.local_name(cx.tree));
        suffix.push(')');
        imports.push(COUNTED);
    }
    let Expr::Attribute(method) = &*call.func else { return Ok(None) };
    let edits = vec![
        Edit::insert(call.start(), prefix),
        Edit::replace(method.attr.range(), "finditer"),
        Edit::insert(call.end(), suffix),
    ];
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    let items = price::items(cx, cx.tree.expr(found.node).unwrap_or(searched));
    Ok(Some(Opportunity {
        span: walks.span.cover(call.range()),
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, price::bytes_of_kind(&kind), 0.05, 0.9),
    }))
}

/// What stands before and behind the call of `finditer`.
fn around(cx: &Context<'_, '_>, gives: Gives, kind: &Kind) -> (String, String) {
    let empty = if *kind == Kind::Bytes { "b\"\"" } else { "\"\"" };
    let getter = ITEMGETTER.local_name(cx.tree);
    match gives {
        Gives::Whole => (format!("map({getter}(0), "), ")".to_owned()),
        Gives::Group => (format!("map({getter}(1), "), ")".to_owned()),
        Gives::Groups => {
            (format!("map({}(\"groups\", {empty}), ", METHODCALLER.local_name(cx.tree)), ")".to_owned())
        }
        Gives::Maybe => (format!("(match[1] or {empty} for match in "), ")".to_owned()),
    }
}

/// What a call of `findall` gives, and in what it searches.
fn search<'m>(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<(Gives, &'m Expr)> {
    let Expr::Attribute(method) = &*call.func else { return None };
    let arguments = &call.arguments.args;
    if arguments.iter().any(Expr::is_starred_expr) {
        return None;
    }
    if cx.model.qualified(&call.func).is_some_and(|name| name == "re.findall") {
        let searched = arguments.get(1)?;
        return Some((gives(cx, call, 2)?, searched));
    }
    let [searched] = &arguments[..] else { return None };
    if !call.arguments.keywords.is_empty() {
        return None;
    }
    let made = match &*method.value {
        Expr::Name(name) => {
            let symbol = cx.model.scopes.resolve(cx.tree.id(name)).symbol()?;
            let data = cx.model.scopes.symbol(symbol);
            let [bound] = data.bindings[..] else { return None };
            if data.rebound_elsewhere || !data.deletes.is_empty() || cx.model.scopes.uses_dynamic_names(data.scope) {
                return None;
            }
            match cx.tree.stmt(cx.tree.parent(bound)?)? {
                Stmt::Assign(assign) if assign.targets.len() == 1 => &*assign.value,
                _ => return None,
            }
        }
        made => made,
    };
    let Expr::Call(compile) = made else { return None };
    let is_compile = cx.model.qualified(&compile.func).is_some_and(|name| name == "re.compile");
    if !is_compile || compile.arguments.args.iter().any(Expr::is_starred_expr) {
        return None;
    }
    Some((gives(cx, compile, 1)?, searched))
}

/// What the pattern in the first argument of a call gives; its flags may stand at
/// `flags`.
fn gives(cx: &Context<'_, '_>, call: &ExprCall, flags: usize) -> Option<Gives> {
    let arguments = &call.arguments;
    let keywords = arguments.keywords.iter();
    if arguments.args.len() > flags + 1 || keywords.clone().any(|word| word.arg.as_deref() != Some("flags")) {
        return None;
    }
    let harmless = |expr: &Expr| known_flags(cx, expr);
    if !arguments.args.iter().skip(flags).chain(keywords.map(|word| &word.value)).all(harmless) {
        return None;
    }
    match arguments.args.first()? {
        Expr::StringLiteral(text) => given_by(text.value.to_str()),
        Expr::BytesLiteral(bytes) => {
            let bytes: Vec<u8> = bytes.value.bytes().collect();
            given_by(std::str::from_utf8(&bytes).ok()?)
        }
        _ => None,
    }
}

fn known_flags(cx: &Context<'_, '_>, expr: &Expr) -> bool {
    match expr {
        Expr::BinOp(op) => op.op == Operator::BitOr && known_flags(cx, &op.left) && known_flags(cx, &op.right),
        _ => cx.model.qualified(expr).is_some_and(|name| FLAGS.contains(&name.as_str())),
    }
}

/// What `findall` gives for a pattern: counts its groups. `None` if the pattern may
/// be verbose, where a comment may hold parentheses.
fn given_by(pattern: &str) -> Option<Gives> {
    let mut groups = 0;
    let mut sure = true;
    let mut in_class = false;
    let mut ends_group = false;
    let mut rest = pattern.chars().peekable();
    while let Some(symbol) = rest.next() {
        if std::mem::take(&mut ends_group) && matches!(symbol, '?' | '*' | '{') {
            sure = false;
        }
        match symbol {
            '\\' => drop(rest.next()),
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '[' => {
                in_class = true;
                rest.next_if_eq(&'^');
                rest.next_if_eq(&']');
            }
            '(' if rest.next_if_eq(&'?').is_some() => match rest.next()? {
                'P' if rest.next_if_eq(&'<').is_some() => groups += 1,
                ':' | '=' | '!' | '<' => sure = false,
                _ => return None,
            },
            '(' => groups += 1,
            ')' => ends_group = true,
            '|' => sure = false,
            _ => {}
        }
    }
    Some(match groups {
        0 => Gives::Whole,
        1 if sure => Gives::Group,
        1 => Gives::Maybe,
        _ => Gives::Groups,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_counted_as_python_counts_them() {
        let cases = [
            (r"\w+", Some(Gives::Whole)),
            (r"\(a\)[()]", Some(Gives::Whole)),
            (r"[]()]", Some(Gives::Whole)),
            (r"[^]()]", Some(Gives::Whole)),
            (r"(?:a|b)+", Some(Gives::Whole)),
            (r"(?<=a)b(?!c)", Some(Gives::Whole)),
            (r"(a)", Some(Gives::Group)),
            (r"x(a+)+y", Some(Gives::Group)),
            (r"(?P<name>a)", Some(Gives::Group)),
            (r"(a)?", Some(Gives::Maybe)),
            (r"(a){0,2}", Some(Gives::Maybe)),
            (r"(?:(a))?", Some(Gives::Maybe)),
            (r"b|(a)", Some(Gives::Maybe)),
            (r"(a)(b)", Some(Gives::Groups)),
            (r"(?x) ( # (", None),
            (r"(?i)a", None),
            (r"(a)(?(1)b|c)", None),
            (r"(?#(comment)a", None),
        ];
        for (pattern, gives) in cases {
            assert_eq!(given_by(pattern), gives, "{pattern}");
        }
    }
}
