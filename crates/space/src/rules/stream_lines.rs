//! Walks a file line by line instead of reading all of it first.
//!
//! `f.readlines()` is a list of what walking `f` yields, in the same order.
//! If the list is only walked, and nothing else uses the file meanwhile, the
//! file itself can be walked.
//!
//! ```py before
//! def total(path):
//!     result = 0
//!     with open(path) as file:
//!         for line in file.readlines():
//!             result += len(line)
//!     return result
//!
//! def lengths(path):
//!     return [len(line) for line in open(path).readlines()]
//!
//! def longest(path):
//!     with open(path) as file:
//!         return max(len(line) for line in file.readlines())
//! ```
//! ```py after
//! def total(path):
//!     result = 0
//!     with open(path) as file:
//!         for line in file:
//!             result += len(line)
//!     return result
//!
//! def lengths(path):
//!     return [len(line) for line in open(path)]
//!
//! def longest(path):
//!     with open(path) as file:
//!         return max(len(line) for line in file)
//! ```
//!
//! `str.splitlines` also cuts at characters that end no line of a file (form
//! feeds, U+2028, lone `\r`...). Cutting each line of the file once more gives
//! the same pieces, since every line of the file ends where `splitlines` cuts
//! as well: after a whole `\n` or `\r\n`. (With `newline="\r"` a line may end
//! between `\r` and `\n`; that is left alone.)
//!
//! ```py before
//! def count(path):
//!     result = 0
//!     with open(path) as file:
//!         for line in file.read().splitlines():
//!             result += len(line)
//!     return result
//!
//! def count_bytes(path):
//!     with open(path, "rb") as file:
//!         return sum(len(line) for line in file.read().splitlines())
//! ```
//! ```py after
//! from itertools import chain
//!
//! def count(path):
//!     result = 0
//!     with open(path) as file:
//!         for line in chain.from_iterable(map(str.splitlines, file)):
//!             result += len(line)
//!     return result
//!
//! def count_bytes(path):
//!     with open(path, "rb") as file:
//!         return sum(len(line) for line in chain.from_iterable(map(bytes.splitlines, file)))
//! ```
//!
//! `split("\n")` yields an empty piece behind the last `\n`; a helper keeps it:
//!
//! ```py before
//! def count(path):
//!     result = 0
//!     with open(path) as file:
//!         for line in file.read().split("\n"):
//!             result += len(line)
//!     return result
//! ```
//! ```py after
//! from spacetime_compiler.runtime import split_lines
//!
//! def count(path):
//!     result = 0
//!     with open(path) as file:
//!         for line in split_lines(file):
//!             result += len(line)
//!     return result
//! ```
//!
//! A path that is read as a whole is opened where it was read. It is known to be
//! a `pathlib.Path` where it is made, in parameters that get nothing else, and in
//! options of the command line that are declared so:
//!
//! ```py before
//! import argparse
//! from pathlib import Path
//!
//! def total(path):
//!     result = 0
//!     for line in Path(path).read_text(encoding="utf-8").splitlines():
//!         result += len(line)
//!     return result
//!
//! def count(folder):
//!     return sum(len(line) for line in (folder / "shares.txt").read_bytes().split(b"\n"))
//!
//! def main():
//!     parser = argparse.ArgumentParser()
//!     parser.add_argument("folder", type=Path)
//!     args = parser.parse_args()
//!     print(total("shares.txt"), count(args.folder))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! import argparse
//! from pathlib import Path
//! from itertools import chain
//! from spacetime_compiler.runtime import closed_after
//! from spacetime_compiler.runtime import split_lines
//!
//! def total(path):
//!     result = 0
//!     for line in chain.from_iterable(map(str.splitlines, closed_after(Path(path).open(encoding="utf-8")))):
//!         result += len(line)
//!     return result
//!
//! def count(folder):
//!     return sum(len(line) for line in split_lines((folder / "shares.txt").open("rb"), close=True))
//!
//! def main():
//!     parser = argparse.ArgumentParser()
//!     parser.add_argument("folder", type=Path)
//!     args = parser.parse_args()
//!     print(total("shares.txt"), count(args.folder))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! The loop uses the file: `seek` would make it endless, `read` would take
//! lines away from it, `tell` is forbidden meanwhile:
//!
//! ```py kept
//! def again(path):
//!     with open(path) as file:
//!         for line in file.readlines():
//!             file.seek(0)
//! ```
//! ```py kept
//! def pairs(path):
//!     with open(path) as file:
//!         return [(line, file.read(1)) for line in file.readlines()]
//! ```
//! ```py kept
//! def places(path):
//!     with open(path) as file:
//!         same = file
//!         return [same.tell() for line in file.readlines()]
//! ```
//!
//! The file is closed, or read on, before the lines are used:
//!
//! ```py kept
//! def total(path):
//!     with open(path) as file:
//!         lines = file.readlines()
//!     result = 0
//!     for line in lines:
//!         result += len(line)
//!     return result
//! ```
//! ```py kept
//! def total(path):
//!     file = open(path)
//!     lines = file.readlines()
//!     file.close()
//!     return sum(len(line) for line in lines)
//! ```
//!
//! The loop may end early, and the file is used afterwards:
//!
//! ```py kept
//! def body(path):
//!     with open(path) as file:
//!         for line in file.readlines():
//!             if not line.strip():
//!                 break
//!         return file.read()
//! ```
//! ```py kept
//! def chunks(path):
//!     found = []
//!     with open(path) as file:
//!         while not found:
//!             for line in file.readlines():
//!                 if line:
//!                     break
//!             found.append(1)
//! ```
//!
//! The lines are used twice, or not walked:
//!
//! ```py kept
//! def share(path):
//!     with open(path) as file:
//!         lines = file.readlines()
//!         return [len(line) / len(lines) for line in lines]
//! ```
//!
//! The same file is written meanwhile, or somebody unknown may do so:
//!
//! ```py kept
//! def rewrite(path):
//!     for line in open(path).readlines():
//!         with open(path, "a") as file:
//!             file.write(line)
//! ```
//! ```py kept
//! def each(path, use):
//!     with open(path) as file:
//!         for line in file.readlines():
//!             use(line)
//! ```
//!
//! # Relies on
//!
//! A file that could be opened can be read to its end
//! (`files-read-without-errors`), and does not change meanwhile
//! (`files-unchanged-while-read`) where the loop writes other files.
//!
//! # Saves and costs
//!
//! About 90 bytes a line, with `read()` the whole text besides. It is faster.

// tidy: long because three ways to read a file share one set of conditions,
// and the page shows each way in which the naive rewrite goes wrong.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Body, Doubt, Kind, PointKind, Size, SoleUse};
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, TokenKind};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::consumer::Consumer;
use crate::drain::{Drain, Interleaved, interleave_items};
use crate::price;
use crate::reliances::Reliances;
use crate::safety::{check_moved, check_namespace};
use crate::whole_file::{Cut, Reading, reading};

pub static RULE: Rule = rule!(
    "stream_lines",
    Streaming,
    [
        "$F.readlines()",
        "$F.read().splitlines()",
        "$F.read().split($SEPARATOR)",
        "$P.read_text($$$OPTIONS).splitlines()",
        "$P.read_text($$$OPTIONS).split($SEPARATOR)",
        "$P.read_bytes().splitlines()",
        "$P.read_bytes().split($SEPARATOR)",
        "$F.read().split()",
        "$F.read().strip($$$CHARS).splitlines()",
        "$F.read().strip($$$CHARS).split($SEPARATOR)",
        "$F.read().rstrip($$$CHARS).splitlines()",
        "$F.read().rstrip($$$CHARS).split($SEPARATOR)",
        "$P.read_text($$$OPTIONS).split()",
        "$P.read_text($$$OPTIONS).strip($$$CHARS).splitlines()",
        "$P.read_text($$$OPTIONS).strip($$$CHARS).split($SEPARATOR)",
        "$P.read_text($$$OPTIONS).rstrip($$$CHARS).splitlines()",
        "$P.read_text($$$OPTIONS).rstrip($$$CHARS).split($SEPARATOR)",
    ],
    check
)
.with_cases(include_str!("stream_lines.md"));

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let Some(reading) = reading(cx, &body, found.node) else { return Ok(None) };
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    let span = cx.tree.node(found.node).range();
    let refuse = |doubt| {
        Box::new(Refusal { span, description: "all lines of a file are read before they are walked".to_owned(), doubt })
    };
    let walked = match Consumer::of(cx, found.node) {
        Ok(consumer) => check_in_place(cx, &body, &reading, &consumer, &mut relies),
        Err(_) => check_named(cx, &body, &reading, &mut relies),
    };
    let Some(walked) = walked.map_err(refuse)? else { return Ok(None) };
    let Some((edits, imports)) = edits(cx, &reading) else { return Ok(None) };
    let name = cx.tree.module().slice(reading.file);
    let lines = Size::quantity(format!("lines({})", name.split_whitespace().collect::<Vec<_>>().join(" ")));
    let line = price::bytes_of_kind(if reading.is_text { &Kind::Str } else { &Kind::Bytes });
    let (bytes, overhead) = match reading.cut {
        Cut::Lines => (line, -0.1),
        Cut::SplitLines | Cut::Split | Cut::Words => (line * 2.0, 0.1),
    };
    Ok(Some(Opportunity {
        span: span.cover(walked),
        description: "all lines of a file are read before they are walked: walk the file itself".to_owned(),
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim: price::saves_list(&lines, bytes, overhead, 0.9),
    }))
}

/// Where the lines are walked, if that is right where they are read, and they
/// may be read meanwhile.
fn check_in_place(
    cx: &Context<'_, '_>,
    body: &Body,
    reading: &Reading<'_>,
    consumer: &Consumer<'_>,
    relies: &mut Reliances,
) -> Result<Option<Span>, Doubt> {
    let place = cx.tree.node(reading.node).range();
    if consumer.keeps_all(cx) {
        return Ok(None);
    }
    let making = reading.effects(cx, body);
    if let Consumer::Drain { call } = consumer {
        let may_stop = ["any", "all"].iter().any(|name| cx.model.is_builtin(&call.func, name));
        let drain = Drain { builtins: &[], interleaved: Interleaved::Operators, overhead: 0.0, may_stop };
        let line = if reading.is_text { Kind::Str } else { Kind::Bytes };
        interleave_items(cx, body, call, (&making, reading.file), &line, &drain, relies)?;
        return Ok(Some(place));
    }
    let (sole, walk) = consumer.walk_in_place(cx, body, reading.node)?;
    check_moved(cx, body, &making, &sole, &walk, relies).map_err(|doubt| explain(cx, body, reading, consumer, &sole, doubt))?;
    Ok(Some(place))
}

/// Where the lines are walked, if they get a name, whose only use is a walk
/// while the file is open.
fn check_named(
    cx: &Context<'_, '_>,
    body: &Body,
    reading: &Reading<'_>,
    relies: &mut Reliances,
) -> Result<Option<Span>, Doubt> {
    let Some(parent) = cx.tree.parent(reading.node) else { return Ok(None) };
    let Node::Stmt(Stmt::Assign(stmt)) = cx.tree.node(parent) else { return Ok(None) };
    let [target @ Expr::Name(_)] = &stmt.targets[..] else { return Ok(None) };
    let sole = cx.model.sole_use(body, parent, cx.tree.id(target))?;
    let consumer = Consumer::of(cx, sole.name)?;
    if consumer.keeps_all(cx) {
        return Ok(None);
    }
    check_namespace(cx, body, parent, relies);
    let making = reading.effects(cx, body);
    let walk = consumer.walk(cx, body, &sole)?;
    check_moved(cx, body, &making, &sole, &walk, relies).map_err(|doubt| explain(cx, body, reading, &consumer, &sole, doubt))?;
    Ok(cx.tree.statement(sole.name).map(|stmt| cx.tree.node(stmt).range()))
}

/// Says what stands in the way in the words of files, where that is it.
fn explain(
    cx: &Context<'_, '_>,
    body: &Body,
    reading: &Reading<'_>,
    consumer: &Consumer<'_>,
    sole: &SoleUse,
    doubt: Doubt,
) -> Doubt {
    if reading.whole.is_some() {
        return doubt;
    }
    let file = cx.tree.module().slice(reading.file);
    if sole.bound != sole.point
        && let Some(leave) = body.flow.between(sole.bound, sole.point).iter().find(|point| {
            let point = body.flow.point(*point);
            point.kind == PointKind::Leave && cx.tree.contains(point.node, reading.node)
        })
    {
        let line = cx.model.line(body.flow.point(leave).node);
        return Doubt::new(format!("the `with` on line {line} has closed `{file}` by the time its lines are walked"));
    }
    let inside = match consumer {
        Consumer::Loop { stmt, .. } => stmt.body.iter().flat_map(|stmt| cx.tree.subtree(cx.tree.id(stmt))).collect(),
        Consumer::Comprehension { node } => cx.tree.subtree(*node).collect(),
        Consumer::Drain { .. } => Vec::new(),
    };
    let symbol = cx.model.scopes.resolve(cx.tree.id(reading.file)).symbol();
    let used = inside.into_iter().find(|id| {
        !cx.tree.contains(reading.node, *id)
            && matches!(cx.tree.expr(*id), Some(Expr::Name(_)))
            && symbol.is_some()
            && cx.model.scopes.resolve(*id).symbol() == symbol
    });
    match used {
        Some(node) => Doubt::new(format!(
            "`{file}` is used while its lines are walked (line {}), and would be read up to there only",
            cx.model.line(node)
        )),
        None => doubt,
    }
}

/// `file`, `chain.from_iterable(map(str.splitlines, file))` or `split_lines(file)`.
fn edits(cx: &Context<'_, '_>, reading: &Reading<'_>) -> Option<(Edits, Vec<Import>)> {
    let module = cx.tree.module();
    let span = cx.tree.node(reading.node).range();
    let rest = Span::new(reading.file.end(), span.end());
    let dot = module.tokens().in_range(rest).iter().find(|token| token.kind() == TokenKind::Dot)?;
    if module.has_comment_in(rest) {
        return None;
    }
    let before = module.text()[..dot.start().to_usize()].trim_end_matches([' ', '\t', '\n', '\r', '\\']);
    let tail = Span::new(Offset::new(before.len() as u32), span.end());
    let (head, close, imports) = reading.walk(cx);
    let mut edits = vec![Edit::replace(tail, close)];
    if !head.is_empty() {
        edits.push(Edit::insert(span.start(), head));
    }
    Edits::try_from(edits).ok().map(|edits| (edits, imports))
}
