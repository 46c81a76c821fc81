//! Cuts what a file holds when it is read, where it is only read to be cut.
//!
//! Between `text = file.read()` and `text.splitlines()` the whole text is in memory, and
//! behind it beside its lines.
//!
//! ```py before
//! def longest(path):
//!     with open(path) as file:
//!         text = file.read()
//!     size = 0
//!     for line in text.split("\n"):
//!         size = max(size, len(line))
//!     return size
//!
//! print(longest("notes.txt"))
//! ```
//! ```py after
//! def longest(path):
//!     with open(path) as file:
//!         text = file.read().split("\n")
//!     size = 0
//!     for line in text:
//!         size = max(size, len(line))
//!     return size
//!
//! print(longest("notes.txt"))
//! ```
//!
//! Other rules then see what is made of the file, and keep it on disk or walk it.
//!
//! # When not
//!
//! The text is used elsewhere, or another one in its place, or it is cut again and again
//! (each time into a new list), or perhaps never:
//!
//! ```py kept
//! def count(path, twice):
//!     with open(path) as file:
//!         text = file.read()
//!     lines = text.split("\n")
//!     with open(path) as file:
//!         other = file.read()
//!     if twice:
//!         other = "a b"
//!     with open(path) as file:
//!         again = file.read()
//!     for _ in range(2):
//!         lines += again.split()
//!     with open(path) as file:
//!         late = file.read()
//!     if twice:
//!         lines += late.splitlines()
//!     return len(text), len(lines), len(other.split())
//!
//! print(count("notes.txt", False))
//! ```
//!
//! Functions that are called later use what the variable holds then:
//!
//! ```py kept
//! def lines_of(path):
//!     with open(path) as file:
//!         text = file.read()
//!     return lambda: text.splitlines()
//!
//! print(lines_of("notes.txt")())
//! ```
//!
//! How it is cut depends on what is known only later:
//!
//! ```py kept
//! def fields(path):
//!     with open(path) as file:
//!         text = file.read()
//!     separator = "," if len(path) > 3 else ";"
//!     return text.split(separator)
//!
//! print(fields("notes.txt"))
//! ```
//!
//! # Relies on
//!
//! `no-frame-introspection`: the variable holds the lines.
//!
//! # Saves and costs
//!
//! The text. It takes no more time.

use spacetime_rule::{Claim, Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Body, Doubt, Kind, Size};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::reliances::Reliances;
use crate::whole_file::is_newline_alone;

pub static RULE: Rule = rule!(
    "split_at_once",
    Streaming,
    [
        "$T = $F.read()",
        "$T = $F.read().strip($$$A)",
        "$T = $F.read().rstrip($$$A)",
        "$T = $F.read_text($$$A)",
        "$T = $F.read_text($$$A).strip($$$B)",
        "$T = $F.read_text($$$A).rstrip($$$B)",
        "$T = $F.read_bytes()"
    ],
    check
);

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Stmt::Assign(assign)) = cx.tree.stmt(found.node) else { return Ok(None) };
    let [target @ Expr::Name(name)] = &assign.targets[..] else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let hidden = cx.model.is_program() || cx.model.enclosing_function(found.node).is_some();
    if !hidden || !reads_file(cx, &body, &assign.value) {
        return Ok(None);
    }
    let description = format!("`{}` holds a whole file only to be cut: cut it at once", name.id);
    let refuse =
        |doubt| Box::new(Refusal { span: assign.value.range(), description: description.clone(), doubt });
    let used = match cx.model.sole_use(&body, found.node, cx.tree.id(target)) {
        Ok(used) if used.certain => used,
        Err(doubt) if is_cut(cx, target) => return Err(refuse(doubt)),
        _ => return Ok(None),
    };
    let Some(read) = cx.tree.expr(used.name) else { return Ok(None) };
    let Some(call) = cut_of(cx, read) else { return Ok(None) };
    let cut = Span::new(read.end(), call.end());
    let text = cx.tree.module().slice(cut);
    if !text.starts_with('.') || text.contains(['\n', '\r']) {
        return Err(refuse(Doubt::new("it is cut over several lines")));
    }
    let is_text = body.kind(cx.model, &assign.value) == Kind::Str;
    if !call.arguments.is_empty() && !is_newline_alone(call, is_text) {
        return Ok(None);
    }
    let edits = vec![Edit::insert(assign.value.end(), text.to_owned()), Edit::delete(cut)];
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    let mut relies = Reliances::default();
    relies.assume(Assumption::NoFrameIntrospection);
    Ok(Some(Opportunity {
        span: assign.value.range(),
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: Claim {
            before: Size::quantity(format!("len({})", name.id)),
            after: Size::zero(),
            overhead: 0.0,
            confidence: 0.9,
            clarity: 1.0,
        },
    }))
}

/// Whether it gives the text or the bytes of a file that is known to be one.
fn reads_file(cx: &Context<'_, '_>, body: &Body, value: &Expr) -> bool {
    let Expr::Call(call) = value else { return false };
    let Expr::Attribute(method) = &*call.func else { return false };
    match method.attr.as_str() {
        "strip" | "rstrip" => reads_file(cx, body, &method.value),
        _ => {
            matches!(body.kind(cx.model, &method.value), Kind::File(Some(_)) | Kind::Path)
                && matches!(body.kind(cx.model, value), Kind::Str | Kind::Bytes)
        }
    }
}

/// Whether what the variable holds is cut somewhere.
fn is_cut(cx: &Context<'_, '_>, variable: &Expr) -> bool {
    let symbol = cx.model.scopes.resolve(cx.tree.id(variable)).symbol();
    symbol.is_some_and(|symbol| {
        let uses = &cx.model.scopes.symbol(symbol).uses;
        uses.iter().filter_map(|used| cx.tree.expr(*used)).any(|used| cut_of(cx, used).is_some())
    })
}

/// `text.split()`, `text.splitlines()`
fn cut_of<'m>(cx: &Context<'_, 'm>, text: &Expr) -> Option<&'m ExprCall> {
    let method = cx.tree.parent(cx.tree.id(text))?;
    let Some(Expr::Attribute(attribute)) = cx.tree.expr(method) else { return None };
    let Some(Expr::Call(call)) = cx.tree.expr(cx.tree.parent(method)?) else { return None };
    let called = cx.tree.id(&*call.func) == method;
    let known = match attribute.attr.as_str() {
        "split" => true,
        "splitlines" => call.arguments.is_empty(),
        _ => false,
    };
    (called && known).then_some(call)
}
