//! Makes one loop of several that walk the same list and have nothing to do with each other.
//!
//! A list that is walked twice has to be kept. Where one walk can do the work of all, its
//! items can be made while it goes on, and the list need not be there at all:
//!
//! ```py before
//! def _read(path):
//!     rows = []
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         rows.append((name, len(amount)))
//!     return rows
//!
//! def report(path):
//!     rows = _read(path)
//!     total = 0
//!     for name, amount in rows:
//!         total += amount
//!     longest = 0
//!     for name, amount in rows:
//!         if len(name) > longest:
//!             longest = len(name)
//!     return total, longest
//! ```
//! ```py after
//! def _read(path):
//!     rows = []
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         rows.append((name, len(amount)))
//!     return rows
//!
//! def report(path):
//!     rows = _read(path)
//!     total = 0
//!     longest = 0
//!     for name, amount in rows:
//!         total += amount
//!         if len(name) > longest:
//!             longest = len(name)
//!     return total, longest
//! ```
//!
//! Other names for the items are bound from the first, what is asked between the loops is
//! asked behind them, and what `continue` leaves out becomes the body of an `if`:
//!
//! ```py before
//! def _sizes(path):
//!     return [len(line) for line in open(path)]
//!
//! def spread(path):
//!     sizes = _sizes(path)
//!     used = 0
//!     for size in sizes:
//!         if size < 2:
//!             continue
//!         used += size
//!     count = len(sizes)
//!
//!     # What is short, and what is long.
//!     bins = {}
//!     for length in sizes:
//!         key = length // 10
//!         bins[key] = bins.get(key, 0) + 1
//!     return used, count, bins
//! ```
//! ```py after
//! def _sizes(path):
//!     return [len(line) for line in open(path)]
//!
//! def spread(path):
//!     sizes = _sizes(path)
//!     used = 0
//!     bins = {}
//!     for size in sizes:
//!         if not size < 2:
//!             used += size
//!
//!     # What is short, and what is long.
//!         length = size
//!         key = length // 10
//!         bins[key] = bins.get(key, 0) + 1
//!     count = len(sizes)
//!     return used, count, bins
//! ```
//!
//! # When not
//!
//! A loop uses what another has found, as in the mean and what differs from it:
//!
//! ```py kept
//! def variance(path):
//!     sizes = [float(line) for line in open(path)]
//!     total = 0.0
//!     for size in sizes:
//!         total += size
//!     squares = 0.0
//!     for size in sizes:
//!         squares += (size - total) ** 2
//!     return squares
//! ```
//!
//! It changes what the other finds in the items, or the list itself:
//!
//! ```py kept
//! def ranked(text):
//!     rows = [[word, 0] for word in text.split()]
//!     place = 0
//!     for row in rows:
//!         place += 1
//!         row[1] = place
//!     total = 0
//!     for row in rows:
//!         total += row[1]
//!     return total
//!
//! print(ranked("a b c"))
//! ```
//! ```py kept
//! def grown(text):
//!     words = text.split()
//!     for word in words:
//!         if len(words) < 10:
//!             words.append(word * 2)
//!     count = 0
//!     for word in words:
//!         count += len(word)
//!     return count
//!
//! print(grown("a b c"))
//! ```
//!
//! They number the words by a dictionary that does so whenever it is asked:
//!
//! ```py kept
//! class Numbers(dict):
//!     def __missing__(self, key):
//!         self[key] = len(self)
//!         return self[key]
//!
//! def numbered(text):
//!     words = [word.lower() for word in text.split()]
//!     numbers = Numbers()
//!     heads, tails = [], []
//!     for word in words:
//!         heads.append(numbers[word[:1]])
//!     for word in words:
//!         tails.append(numbers[word[1:]])
//!     return heads, tails
//!
//! print(numbered("to be or not"))
//! ```
//! ```py kept
//! class Ticks:
//!     def __init__(self):
//!         self.count = 0
//!
//!     @property
//!     def now(self):
//!         self.count += 1
//!         return self.count
//!
//! def timed(text):
//!     words = [word.lower() for word in text.split()]
//!     ticks = Ticks()
//!     begun, ended = [], []
//!     for word in words:
//!         begun.append(ticks.now)
//!     for word in words:
//!         ended.append(ticks.now)
//!     return begun, ended
//!
//! print(timed("to be or not"))
//! ```
//!
//! Both say something; the second would be heard between what the first says:
//!
//! ```py kept
//! def told(text):
//!     words = [word.upper() for word in text.split()]
//!     for word in words:
//!         print(word)
//!     for word in words:
//!         print(len(word))
//!
//! told("to be or not")
//! ```
//!
//! One may fail, and what the other has done by then is seen, or the error is handled:
//!
//! ```py kept
//! def paid(text, ledger):
//!     words = [word.strip("$") for word in text.split()]
//!     for word in words:
//!         ledger.append(word)
//!     total = 0
//!     for word in words:
//!         total += int(word)
//!     return total
//!
//! def main(ledger):
//!     try:
//!         paid("$1 $2 x $3", ledger)
//!     except ValueError as error:
//!         print(error, ledger)
//!
//! main([])
//! ```
//! ```py kept
//! def most(text):
//!     words = [word.strip("$") for word in text.split()]
//!     letters = total = 0
//!     try:
//!         for word in words:
//!             letters += len(word)
//!         for word in words:
//!             total += int(word)
//!     except ValueError:
//!         pass
//!     return letters, total
//!
//! print(most("$1 $2 x $3"))
//! ```
//! ```py kept
//! def sized(text, limit):
//!     words = [word.strip("$") for word in text.split()]
//!     letters = dollars = 0
//!     try:
//!         for word in words:
//!             letters += len(word)
//!         most = int(limit)
//!         for word in words:
//!             dollars += 1
//!     except ValueError:
//!         most = None
//!     return letters, dollars, most
//!
//! print(sized("$1 $2 x $3", "many"))
//! ```
//!
//! One gives up on purpose, in a run in which the other would have failed as well:
//!
//! ```py kept
//! def shared(text, limit):
//!     words = [word.strip("$") for word in text.split()]
//!     for word in words:
//!         if len(word) > limit:
//!             raise ValueError(word)
//!     share = 0.0
//!     for word in words:
//!         share += 60 / len(word.strip("0"))
//!     return share
//!
//! try:
//!     print(shared("$1 $0 $123", 2))
//! except (ValueError, ZeroDivisionError) as error:
//!     print(error)
//! ```
//!
//! A loop may end early, or what it leaves in its variable is used later:
//!
//! ```py kept
//! def found(text):
//!     words = [word.lower() for word in text.split()]
//!     first = None
//!     for word in words:
//!         if word.startswith("b"):
//!             first = word
//!             break
//!     letters = 0
//!     for word in words:
//!         letters += len(word)
//!     return first, letters
//!
//! print(found("To be or not"))
//! ```
//! ```py kept
//! def last(text):
//!     words = [word.lower() for word in text.split()]
//!     letters = 0
//!     for word in words:
//!         word = word.strip("t")
//!         letters += len(word)
//!     for other in words:
//!         letters += other.count("o")
//!     return word, letters
//!
//! print(last("to be or not"))
//! ```
//!
//! What is walked may be no list, and is empty for the second loop:
//!
//! ```py kept
//! def both(numbers):
//!     total = 0
//!     for number in numbers:
//!         total += 1
//!     for number in numbers:
//!         total += 10
//!     return total
//!
//! print(both([1, 2]), both(iter([1, 2])))
//! ```
//!
//! The list is used otherwise, so that it has to be there anyway:
//!
//! ```py kept
//! def kept(text):
//!     words = [word.lower() for word in text.split()]
//!     letters = vowels = 0
//!     for word in words:
//!         letters += len(word)
//!     for word in words:
//!         vowels += word.count("e")
//!     return letters, vowels, words[-1]
//! ```
//!
//! # Relies on
//!
//! That operators, attribute reads and the like have no side effects, where types are not
//! known. *Assumed*: `one-error-at-a-time`, where both loops may fail; `module-is-closed`,
//! where the list is a parameter.
//!
//! # Saves and costs
//!
//! By itself the time of going through the list once more. Other rules then make the list a
//! stream; where they cannot, it is read from disk once instead of twice.

// tidy: long because the page shows what keeps loops apart.

use spacetime_rule::{Claim, Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::Size;
use spacetime_syntax::TokenKind;
use spacetime_syntax::ast::{Expr, Stmt, StmtFor, StmtIf, UnaryOp};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::fused::{Fusion, Passes, grows};
use crate::layout;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!("fuse_loops", Streaming, ["for $V in $X: $$$BODY"], check);

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Stmt::For(first)) = cx.tree.stmt(found.node) else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let Some(passes) = Passes::at(cx, &body, first).filter(|passes| grows(cx, passes.list)) else { return Ok(None) };
    let span = passes.loops.iter().fold(first.range(), |span, stmt| span.cover(stmt.range()));
    let description = format!("{} loops walk `{}`: one can do it all", passes.loops.len(), passes.name);
    let refuse = |doubt| Box::new(Refusal { span, description: description.clone(), doubt });
    let mut relies = Reliances::default();
    let fusion = passes.judge(cx, &body, &mut relies).map_err(refuse)?;
    let Some(edits) = edits(cx, &passes, &fusion).and_then(|edits| Edits::try_from(edits).ok()) else {
        return Ok(None);
    };
    Ok(Some(Opportunity {
        span,
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: Claim {
            before: Size::zero(),
            after: Size::zero(),
            overhead: -0.05,
            confidence: 0.9,
            clarity: 0.8,
        },
    }))
}

/// One loop: the heads of the others go, and what stands between them.
fn edits(cx: &Context<'_, '_>, passes: &Passes<'_>, fusion: &Fusion<'_>) -> Option<Vec<Edit>> {
    let module = cx.tree.module();
    let (first, last) = (passes.loops.first()?, passes.loops.last()?);
    let start = module.lines().start(first.start());
    let own = module.indentation(stmt_of(cx, first)?)?;
    let unit = layout::unit(cx, own, &first.body);
    let outer = format!("{own}{unit}");
    let mut edits = Vec::new();
    let mut head = String::new();
    for stmt in &fusion.up {
        let lines = layout::lines_of(cx, stmt)?;
        head.push_str(&module.text()[lines.span]);
        edits.push(Edit::delete(with_blank_lines(module.text(), lines.span)));
    }
    if !head.is_empty() {
        edits.push(Edit::insert(start, head));
    }
    for (number, stmt) in passes.loops.iter().enumerate() {
        let lines = layout::lines_of(cx, stmt_of(cx, stmt)?)?;
        let inner = module.indentation(stmt.body.first()?);
        if lines.indent != own || inner.is_some_and(|inner| inner != outer) {
            return None;
        }
        let bound = fusion.rebinds(number);
        let bound = bound.map(|item| format!("{} = {item}", module.slice(&*stmt.target)));
        edits.extend(if number == 0 {
            first_head(cx, stmt, bound, &outer, fusion)?
        } else {
            later_head(cx, stmt, bound, &outer, unit)?
        });
        if number + 1 < passes.loops.len() {
            edits.extend(unguarded(cx, stmt, unit)?);
        }
    }
    let end = layout::lines_of(cx, stmt_of(cx, last)?)?.span.end();
    let mut tail = String::new();
    for stmt in &fusion.down {
        let lines = layout::lines_of(cx, stmt)?;
        tail.push_str(&module.text()[lines.span]);
        edits.push(Edit::delete(with_blank_lines(module.text(), lines.span)));
    }
    if !tail.is_empty() {
        let ends_line = module.text()[..end.to_usize()].ends_with(['\n', '\r']);
        edits.push(Edit::insert(end, if ends_line { tail } else { format!("\n{}", tail.trim_end()) }));
    }
    Some(edits)
}

fn stmt_of<'m>(cx: &Context<'_, 'm>, stmt: &StmtFor) -> Option<&'m Stmt> {
    cx.tree.stmt(cx.tree.id(stmt))
}

/// `for line in lines:` or `for item in lines:` with `line = item` behind it
fn first_head(
    cx: &Context<'_, '_>,
    stmt: &StmtFor,
    bound: Option<String>,
    outer: &str,
    fusion: &Fusion<'_>,
) -> Option<Vec<Edit>> {
    let module = cx.tree.module();
    let body = stmt.body.first()?;
    let is_alone = module.indentation(body).is_some();
    let bound = bound.map_or(String::new(), |bound| format!("{bound}\n{outer}"));
    let mut edits = Vec::new();
    if let Some(item) = fusion.rebinds(0) {
        let target = module.parenthesized_span(cx.tree.id(&*stmt.target), cx.tree);
        edits.push(Edit::replace(target, item));
    }
    if is_alone && !bound.is_empty() {
        edits.push(Edit::insert(body.start(), bound));
    } else if !is_alone {
        // `for line in lines: count += 1`
        let colon = colon_of(cx, stmt)?;
        edits.push(Edit::replace(Span::new(colon, body.start()), format!("\n{outer}{bound}")));
    }
    Some(edits)
}

/// `for line in lines:` becomes `line = item`, or nothing.
fn later_head(
    cx: &Context<'_, '_>,
    stmt: &StmtFor,
    bound: Option<String>,
    outer: &str,
    unit: &str,
) -> Option<Vec<Edit>> {
    let module = cx.tree.module();
    let body = stmt.body.first()?.start();
    let colon = colon_of(cx, stmt)?;
    if !module.has_comment_in(Span::new(stmt.iter.end(), body)) {
        let bound = bound.map_or(String::new(), |bound| format!("{bound}\n{outer}"));
        return Some(vec![Edit::replace(Span::new(stmt.start(), body), format!("{unit}{bound}"))]);
    }
    let blanks = module.text()[colon.to_usize()..].len()
        - module.text()[colon.to_usize()..].trim_start_matches([' ', '\t']).len();
    let end = if bound.is_none() { colon + Offset::new(blanks as u32) } else { colon };
    Some(vec![Edit::replace(Span::new(stmt.start(), end), format!("{unit}{}", bound.unwrap_or_default()))])
}

/// Behind the colon of the head.
fn colon_of(cx: &Context<'_, '_>, stmt: &StmtFor) -> Option<Offset> {
    let gap = Span::new(stmt.iter.end(), stmt.body.first()?.start());
    let tokens = cx.tree.module().tokens().in_range(gap);
    Some(tokens.iter().find(|token| token.kind() == TokenKind::Colon)?.end())
}

/// `if short: continue` in front of the rest becomes `if not short:` around it.
fn unguarded(cx: &Context<'_, '_>, stmt: &StmtFor, unit: &str) -> Option<Vec<Edit>> {
    let module = cx.tree.module();
    let mut edits = Vec::new();
    let mut depth = String::new();
    if !stmt.body.iter().any(|inner| continues(cx, inner)) {
        return Some(edits);
    }
    for (number, inner) in stmt.body.iter().enumerate() {
        let lines = layout::lines_of(cx, inner)?;
        match guard(inner) {
            Some(guard) => {
                // Something has to be left for the `if`.
                stmt.body.get(number + 1)?;
                if module.has_comment_in(guard.range()) {
                    return None;
                }
                if !depth.is_empty() {
                    edits.push(Edit::insert(lines.span.start(), depth.clone()));
                }
                edits.push(Edit::replace(guard.range(), format!("if {}:", negated(cx, &guard.test))));
                depth.push_str(unit);
            }
            None => {
                if continues(cx, inner) {
                    return None;
                }
                let before = number.checked_sub(1).and_then(|at| layout::lines_of(cx, &stmt.body[at]));
                let start = before.map_or(lines.span.start(), |before| before.span.end());
                if !depth.is_empty() {
                    edits.extend(layout::indent(cx, Span::new(start, lines.span.end()), &depth));
                }
            }
        }
    }
    Some(edits)
}

/// `if TEST: continue`
fn guard(stmt: &Stmt) -> Option<&StmtIf> {
    let Stmt::If(stmt) = stmt else { return None };
    let only = matches!(stmt.body.as_slice(), [Stmt::Continue(_)]) && stmt.elif_else_clauses.is_empty();
    only.then_some(stmt)
}

fn negated(cx: &Context<'_, '_>, test: &Expr) -> String {
    let text = |expr: &Expr| {
        let span = cx.tree.module().parenthesized_span(cx.tree.id(expr), cx.tree);
        cx.tree.module().slice(span).to_owned()
    };
    match test {
        Expr::UnaryOp(not) if not.op == UnaryOp::Not => text(&not.operand),
        Expr::BoolOp(_) | Expr::If(_) | Expr::Lambda(_) | Expr::Named(_) => {
            format!("not ({})", cx.tree.module().slice(test))
        }
        _ => format!("not {}", text(test)),
    }
}

/// Whether a `continue` of the loop around a statement is in it.
fn continues(cx: &Context<'_, '_>, stmt: &Stmt) -> bool {
    let root = cx.tree.id(stmt);
    cx.tree.subtree(root).any(|id| {
        matches!(cx.tree.stmt(id), Some(Stmt::Continue(_)))
            && !std::iter::once(id)
                .chain(cx.tree.ancestors(id))
                .take_while(|outer| cx.tree.contains(root, *outer))
                .any(|outer| matches!(cx.tree.stmt(outer), Some(Stmt::For(_) | Stmt::While(_))))
    })
}

/// Lines, with the blank ones in front of them.
fn with_blank_lines(text: &str, span: Span) -> Span {
    let mut start = span.start().to_usize();
    while let Some(line) = text[..start].strip_suffix('\n') {
        let begin = line.rfind('\n').map_or(0, |at| at + 1);
        if !line[begin..].trim().is_empty() {
            break;
        }
        start = begin;
    }
    Span::new(Offset::new(start as u32), span.end())
}
