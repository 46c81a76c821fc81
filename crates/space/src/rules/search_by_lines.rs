//! Searches a file line by line, where the pattern cannot match across lines.
//!
//! `findall` needs the whole text, and with `lower()` a second one. A pattern that cannot take a
//! newline finds the same in each line by itself.
//!
//! ```py before
//! import re
//! from collections import Counter
//! from pathlib import Path
//!
//! WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
//!
//! def frequencies(path):
//!     with open(path) as file:
//!         return Counter(WORD.findall(file.read().lower()))
//!
//! def numbers(path: Path):
//!     found = re.findall(rb"\d+", Path(path).read_bytes())
//!     found.reverse()
//!     return found
//! ```
//! ```py after
//! import re
//! from collections import Counter
//! from pathlib import Path
//! from spacetime_compiler.runtime import closed_after
//!
//! WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
//!
//! def frequencies(path):
//!     with open(path) as file:
//!         return Counter(found for line in file for found in WORD.findall(line.lower()))
//!
//! def numbers(path: Path):
//!     found = [found for line in closed_after(Path(path).open("rb")) for found in re.findall(rb"\d+", line)]
//!     found.reverse()
//!     return found
//! ```
//!
//! Other rules then make a stream of the list, or keep it on disk.
//!
//! # When not
//!
//! A match may take a newline, or nothing, or it matters where the text begins or ends:
//!
//! ```py kept
//! import re
//!
//! def search(path):
//!     with open(path) as file:
//!         first = re.findall(r"\s+\w", file.read())
//!     with open(path) as file:
//!         second = re.findall(r"'[^']+'", file.read())
//!     with open(path) as file:
//!         third = re.findall(r"a*", file.read())
//!     with open(path) as file:
//!         fourth = re.findall(r"a.c", file.read(), re.DOTALL)
//!     with open(path) as file:
//!         fifth = re.findall(r"^\w+|\w+$", file.read())
//!     return first, second, third, fourth, fifth
//! ```
//!
//! The lines end elsewhere, the file gives no texts for this pattern, or it is not read as a whole:
//!
//! ```py kept
//! import re
//!
//! def search(path, size):
//!     with open(path, newline="") as file:
//!         first = re.findall(r"\w.", file.read())
//!     with open(path) as file:
//!         second = re.findall(r"\w+", file.read(size))
//!     with open(path, "rb") as file:
//!         third = re.findall(r"\w+", file.read())
//!     return first, second, third
//! ```
//!
//! Bytes have no `casefold`, which an empty file would not tell:
//!
//! ```py kept
//! import re
//!
//! def search(path):
//!     with open(path, "rb") as file:
//!         found = re.findall(rb"[a-z]+", file.read().casefold())
//!     found.reverse()
//!     return found
//!
//! try:
//!     print(search("notes.txt"))
//! except AttributeError as error:
//!     print(error)
//! ```
//!
//! What searches may not be there yet, or the pattern is no valid one; of an empty file no line is
//! searched, and nobody would notice:
//!
//! ```py kept
//! import re
//!
//! def search(path, letters):
//!     if letters:
//!         word = re.compile(r"[a-z]+")
//!     with open(path) as file:
//!         first = word.findall(file.read())
//!     with open(path) as file:
//!         second = LATE.findall(file.read())
//!     with open(path) as file:
//!         third = re.findall(r"[z-a]", file.read())
//!     return first, second, third
//!
//! try:
//!     print(search("notes.txt", True))
//! except NameError as error:
//!     print(error)
//! LATE = re.compile(r"\d+")
//! ```
//!
//! Within an f-string, quotes would have to be others, and what a comprehension walks may bind no
//! name:
//!
//! ```py kept
//! import re
//! from pathlib import Path
//!
//! BYTES = re.compile(rb"[a-z]+")
//! WORD = re.compile(r"[a-z]+")
//!
//! def main():
//!     words = WORD.findall(Path(name := "notes.txt").read_text())
//!     words.append(name)
//!     return f"{len(words)} {BYTES.findall(Path(name).read_bytes())}"
//!
//! print(main())
//! ```
//!
//! In the body of a class, a comprehension would not see its names:
//!
//! ```py kept
//! import re
//!
//! class Words:
//!     word = re.compile(r"\w+")
//!     with open("notes.txt") as file:
//!         all = word.findall(file.read())
//!     all.reverse()
//! ```
//!
//! # Relies on
//!
//! That nobody patches `re` (`module-not-patched`). Where a file cannot be decoded, the error is
//! raised in the same place, but counts from the beginning of the part that has been read.
//!
//! # Saves and costs
//!
//! The text. A search of each line by itself takes the same time within a tenth where lines are
//! of the usual length.

use spacetime_rule::{Claim, Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Doubt, Size};
use spacetime_syntax::Node;
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall};
use spacetime_text::{Edit, Edits, Ranged};

use crate::by_lines::ByLines;

pub static RULE: Rule = rule!("search_by_lines", Streaming, ["$R.findall($$$ARGS)"], check);

const COUNTED: Import = Import::new("spacetime_compiler.runtime", "Counted");

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let module = cx.tree.module();
    let Some(ByLines { read, reading, walks, mut relies }) = ByLines::of(cx, &body, call) else {
        return Ok(None);
    };
    let description = "a whole file is searched for what stays within a line: search each line".to_owned();
    if module.has_comment_in(call.range()) {
        let doubt = Doubt::new("there is a comment in the call");
        return Err(Box::new(Refusal { span: call.range(), description, doubt }));
    }
    relies.assume(Assumption::ModuleNotPatched);
    let (line, item) = (fresh(cx, call, "line"), fresh(cx, call, "found"));
    let (head, close, mut imports) = reading.walk(cx);
    let (open, end) = match &walks {
        None => ("[".to_owned(), "]"),
        Some(walks) if walks.counted => {
            imports.push(COUNTED);
            (format!("{}(", COUNTED.local_name(cx.tree)), ")")
        }
        Some(_) if is_alone(cx, call) => (String::new(), ""),
        Some(_) => ("(".to_owned(), ")"),
    };
    let file = reading.text(cx);
    let edits = vec![
        Edit::insert(call.start(), format!("{open}{item} for {line} in {head}{file}{close} for {item} in ")),
        Edit::replace(read.range(), line),
        Edit::insert(call.end(), end),
    ];
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    let name = module.slice(reading.file).split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Some(Opportunity {
        span: walks.map_or(call.range(), |walks| walks.span.cover(call.range())),
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim: Claim {
            before: Size::quantity(format!("bytes({name})")),
            after: Size::zero(),
            overhead: 0.05,
            confidence: 0.9,
            clarity: 0.9,
        },
    }))
}

/// Whether the call is the only argument of another, so that a generator needs no parentheses.
fn is_alone(cx: &Context<'_, '_>, call: &ExprCall) -> bool {
    match cx.tree.parent(cx.tree.id(call)).map(|parent| cx.tree.node(parent)) {
        Some(Node::Part(AnyNodeRef::Arguments(arguments))) => {
            let after = cx.tree.module().slice(arguments.range());
            arguments.args.len() == 1
                && arguments.keywords.is_empty()
                && after.ends_with(&format!("{})", cx.tree.module().slice(call)))
        }
        _ => false,
    }
}

/// A name that the call does not use.
fn fresh(cx: &Context<'_, '_>, call: &ExprCall, name: &str) -> String {
    let is_used = |name: &str| {
        cx.tree.subtree(cx.tree.id(call)).any(|id| match cx.tree.expr(id) {
            Some(Expr::Name(used)) => used.id.as_str() == name,
            _ => false,
        })
    };
    let mut name = name.to_owned();
    while is_used(&name) {
        name.push('_');
    }
    name
}
