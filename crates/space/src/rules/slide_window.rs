//! Walks the neighbours of a list instead of the places where they are.
//!
//! A loop over `range(1, len(xs))` that looks at `xs[i - 1]` and `xs[i]` needs the list; one
//! that gets the two as they come does not, and is faster:
//!
//! ```py before
//! def climbs(path):
//!     heights = [int(line) for line in open(path)]
//!     up = 0
//!     for i in range(1, len(heights)):
//!         if heights[i] > heights[i - 1]:
//!             up += heights[i] - heights[i - 1]
//!     return up
//!
//! def peaks(path):
//!     heights = [int(line) for line in open(path)]
//!     return [i for i in range(1, len(heights) - 1) if heights[i - 1] < heights[i] > heights[i + 1]]
//! ```
//! ```py after
//! from itertools import pairwise
//! from spacetime_compiler.runtime import windows
//!
//! def climbs(path):
//!     heights = [int(line) for line in open(path)]
//!     up = 0
//!     for previous, current in pairwise(heights):
//!         if current > previous:
//!             up += current - previous
//!     return up
//!
//! def peaks(path):
//!     heights = [int(line) for line in open(path)]
//!     return [i for i, (previous, current, following) in enumerate(windows(heights, 3), 1) if previous < current > following]
//! ```
//!
//! Windows of any size are slices of the few items that are at hand:
//!
//! ```py before
//! def smooth(path, k: int):
//!     heights = [int(line) for line in open(path)]
//!     means = []
//!     for i in range(len(heights) - k + 1):
//!         window = heights[i:i + k]
//!         means.append(sum(window) / k)
//!     return means
//!
//! def highest(path):
//!     heights = [int(line) for line in open(path)]
//!     return max(sum(heights[end - 7:end]) for end in range(7, len(heights) + 1))
//! ```
//! ```py after
//! from spacetime_compiler.runtime import windows
//!
//! def smooth(path, k: int):
//!     heights = [int(line) for line in open(path)]
//!     means = []
//!     for window in windows(heights, k):
//!         means.append(sum(window) / k)
//!     return means
//!
//! def highest(path):
//!     heights = [int(line) for line in open(path)]
//!     return max(sum(span) for span in windows(heights, 7))
//! ```
//!
//! # When not
//!
//! The first or the last places are left out, or fall off the list's ends:
//!
//! ```py kept
//! def some(text):
//!     words = [word.lower() for word in text.split()]
//!     pairs = []
//!     for i in range(len(words)):
//!         pairs.append((words[i - 1], words[i]))
//!     return pairs, words[0]
//!
//! print(some("a b c"))
//! ```
//! ```py kept
//! def later(text):
//!     words = [word.lower() for word in text.split()]
//!     pairs = []
//!     for i in range(2, len(words)):
//!         pairs.append((words[i - 1], words[i]))
//!     return pairs
//!
//! print(later("a b c d"))
//! ```
//! ```py kept
//! def wider(text):
//!     words = [word.lower() for word in text.split()]
//!     return [words[i:i + 3] for i in range(len(words) - 1)]
//!
//! print(wider("a b c d"))
//! ```
//!
//! The list is changed, or something else is done with it:
//!
//! ```py kept
//! def summed(text):
//!     numbers = [int(word) for word in text.split()]
//!     for i in range(1, len(numbers)):
//!         numbers[i] += numbers[i - 1]
//!     return numbers
//!
//! print(summed("1 2 3"))
//! ```
//! ```py kept
//! def grown(text):
//!     words = [word.lower() for word in text.split()]
//!     same = words
//!     found = []
//!     for i in range(1, len(words)):
//!         same.append("x")
//!         same[i] = "y"
//!         found.append((words[i - 1], words[i]))
//!     return found
//!
//! print(grown("a b c"))
//! ```
//! ```py kept
//! def mean(text):
//!     numbers = [int(word) for word in text.split()]
//!     found = []
//!     for i in range(1, len(numbers)):
//!         found.append((numbers[i] - numbers[i - 1]) / len(numbers))
//!     return found
//!
//! print(mean("1 2 4"))
//! ```
//!
//! The place is moved, or the size changed, while the loop runs:
//!
//! ```py kept
//! def skipping(text):
//!     words = [word.lower() for word in text.split()]
//!     found = []
//!     for i in range(1, len(words)):
//!         if words[i] == "b":
//!             i -= 1
//!         found.append(words[i])
//!         found.append(words[i - 1])
//!     return found
//!
//! print(skipping("a b c"))
//! ```
//! ```py kept
//! def growing(text, k):
//!     words = [word.lower() for word in text.split()]
//!     found = []
//!     for i in range(len(words) - k + 1):
//!         found.append(words[i:i + k])
//!         k += 1
//!     return found
//!
//! print(growing("a b c d", 1))
//! ```
//!
//! What looks at the items is put off until the place is another:
//!
//! ```py kept
//! def put_off(text):
//!     words = [word.lower() for word in text.split()]
//!     found = []
//!     for i in range(1, len(words)):
//!         found.append(words[i - 1] + words[i] + end for end in ".!")
//!     i = 1
//!     return [list(pair) for pair in found]
//!
//! print(put_off("a b c d"))
//! ```
//!
//! It is no list, and has places that it does not walk:
//!
//! ```py kept
//! def steps(values):
//!     found = 0
//!     for i in range(1, len(values)):
//!         found += values[i] - values[i - 1]
//!     return found
//!
//! print(steps({0: 5, 1: 6, 2: 9}))
//! ```
//!
//! # Relies on
//!
//! As `stream_slice` does. *Assumed*: `module-is-closed`, where the list is a parameter.
//!
//! # Saves and costs
//!
//! By itself a tenth to a half of the time where two neighbours are looked at; other rules then
//! make the list a stream.

// tidy: long because the page shows which places a loop may look at.

use spacetime_rule::{Claim, Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::Size as Amount;
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_text::{Edit, Edits, Ranged};

use crate::fused::grows;
use crate::layout;
use crate::reliances::Reliances;
use crate::sliding::{Home, Size, Sliding};

pub static RULE: Rule = rule!("slide_window", Streaming, ["range($$$ARGS)"], check);

const PAIRWISE: Import = Import::new("itertools", "pairwise");
const WINDOWS: Import = Import::new("spacetime_compiler.runtime", "windows");

/// Names for an item, two and three neighbours, and a window.
const NAMES: [&[&[&str]]; 4] = [
    &[&["window"], &["span"], &["stretch"]],
    &[&["item"], &["entry"], &["element"], &["each"]],
    &[&["previous", "current"], &["left", "right"], &["before", "after"]],
    &[&["previous", "current", "following"], &["left", "middle", "right"]],
];

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(range)) = cx.tree.expr(found.node) else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let Some(sliding) = Sliding::at(cx, &body, range).filter(|sliding| grows(cx, sliding.list)) else {
        return Ok(None);
    };
    let description = format!("the places of `{}` are walked to look at neighbours: walk the items", sliding.name);
    let refuse = |doubt| Box::new(Refusal { span: range.range(), description: description.clone(), doubt });
    let mut relies = Reliances::default();
    sliding.judge(cx, &body, &mut relies).map_err(refuse)?;
    let Some((edits, imports)) = edits(cx, &sliding) else { return Ok(None) };
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    let span = match sliding.home {
        Home::Loop(stmt) => stmt.range(),
        Home::Comprehension(node) => cx.tree.node(node).range(),
    };
    Ok(Some(Opportunity {
        span,
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim: Claim {
            before: Amount::zero(),
            after: Amount::zero(),
            overhead: -0.1,
            confidence: 0.9,
            clarity: 0.9,
        },
    }))
}

/// `for previous, current in pairwise(xs)`
fn edits(cx: &Context<'_, '_>, sliding: &Sliding<'_>) -> Option<(Vec<Edit>, Vec<Import>)> {
    let module = cx.tree.module();
    let head = cx.tree.module().parenthesized_span(cx.tree.id(sliding.range), cx.tree);
    if module.has_comment_in(sliding.target.range().cover(head)) {
        return None;
    }
    let (list, mut edits) = (sliding.name, Vec::new());
    let (walker, imports) = match sliding.size {
        Size::Number(1) if !sliding.is_sliced => (list.to_owned(), Vec::new()),
        Size::Number(2) if !sliding.is_sliced => {
            (format!("{}({list})", PAIRWISE.local_name(cx.tree)), vec![PAIRWISE])
        }
        Size::Number(number) => (format!("{}({list}, {number})", WINDOWS.local_name(cx.tree)), vec![WINDOWS]),
        Size::Variable(size) => {
            (format!("{}({list}, {})", WINDOWS.local_name(cx.tree), module.slice(size)), vec![WINDOWS])
        }
    };
    let bound = match assigned(cx, sliding) {
        Some((name, stmt)) => {
            edits.push(Edit::delete(layout::lines_of(cx, stmt)?.span));
            name.to_owned()
        }
        None => {
            let names = names(cx, sliding)?;
            let lowest = sliding.looks.iter().map(|(_, at)| *at).min()?;
            for (look, at) in &sliding.looks {
                let name = names.get(if sliding.is_sliced { 0 } else { usize::try_from(at - lowest).ok()? })?;
                let copy = if sliding.is_sliced && !sliding.is_once(cx, look) { "[:]" } else { "" };
                edits.push(Edit::replace(look.range(), format!("{name}{copy}")));
            }
            names.join(", ")
        }
    };
    let place = module.slice(sliding.target);
    let (target, walker) = if sliding.needs_index(cx) {
        if !cx.model.names_builtin(cx.tree.id(sliding.range), "enumerate") {
            return None;
        }
        let start = sliding.start.map_or(String::new(), |start| format!(", {}", module.slice(start)));
        let bound = if bound.contains(',') { format!("({bound})") } else { bound };
        (format!("{place}, {bound}"), format!("enumerate({walker}{start})"))
    } else {
        (bound, walker)
    };
    edits.push(Edit::replace(sliding.target.range(), target));
    edits.push(Edit::replace(sliding.range.range(), walker));
    Some((edits, imports))
}

/// `window = xs[i:i + k]` at the start of a loop that looks at nothing else.
fn assigned<'m>(cx: &Context<'_, 'm>, sliding: &Sliding<'m>) -> Option<(&'m str, &'m Stmt)> {
    let (Home::Loop(stmt), [(look, _)]) = (sliding.home, sliding.looks.as_slice()) else { return None };
    let (first, rest) = stmt.body.split_first()?;
    let Stmt::Assign(assign) = first else { return None };
    let [Expr::Name(name)] = assign.targets.as_slice() else { return None };
    let is_it = cx.tree.id(&*assign.value) == cx.tree.id(*look);
    let other = name.id != *cx.tree.module().slice(sliding.target);
    let alone = !cx.tree.module().has_comment_in(first.range()) && !rest.is_empty();
    (is_it && other && alone).then_some((name.id.as_str(), first))
}

/// Names that the module does not have yet.
fn names(cx: &Context<'_, '_>, sliding: &Sliding<'_>) -> Option<&'static [&'static str]> {
    let text = cx.tree.module().text();
    let row = match sliding.size {
        _ if sliding.is_sliced => 0,
        Size::Number(number @ 1..=3) => usize::try_from(number).ok()?,
        _ => return None,
    };
    NAMES[row].iter().find(|names| names.iter().all(|name| !text.contains(name))).copied()
}
