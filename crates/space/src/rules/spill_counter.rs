//! Keeps counts and sums by key on disk.
//!
//! A `SpillCounter` is a dictionary that can be added to without being asked: while there
//! are few keys, it is a real dict; when there are many, what is added goes to disk in
//! sorted runs, and is added up the first time that somebody asks.
//!
//! ```py before
//! from collections import Counter
//!
//! def main(path):
//!     with open(path) as lines:
//!         words = Counter(word for line in lines for word in line.split())
//!     print(len(words))
//!     for word, count in words.most_common(3):
//!         print(word, count)
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//! ```py after
//! from collections import Counter
//! from spacetime_compiler.runtime import SpillCounter
//!
//! def main(path):
//!     with open(path) as lines:
//!         words = SpillCounter(word for line in lines for word in line.split())
//!     print(len(words))
//!     for word, count in words.most_common(3):
//!         print(word, count)
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//!
//! Loops that add to a dictionary, in the ways in which that is written:
//!
//! ```py before
//! from collections import defaultdict
//!
//! def main(path):
//!     first = {}
//!     sizes = defaultdict(int)
//!     with open(path) as lines:
//!         for line in lines:
//!             name = line.strip()
//!             if name not in first:
//!                 first[name] = 0
//!             first[name] += len(line)
//!             sizes[name, line] += int(len(line))
//!     for name in sorted(first):
//!         print(name, first[name], sizes[name, "x"])
//!
//! if __name__ == "__main__":
//!     main("names.txt")
//! ```
//! ```py after
//! from collections import defaultdict
//! from spacetime_compiler.runtime import SpillCounter
//!
//! def main(path):
//!     first = SpillCounter(like="dict", start=0)
//!     sizes = SpillCounter(like="defaultdict")
//!     with open(path) as lines:
//!         for line in lines:
//!             name = line.strip()
//!             first.add(name, len(line))
//!             sizes.add(sizes.known((name, line)), int(len(line)))
//!     for name in sorted(first):
//!         print(name, first[name], sizes[name, "x"])
//!
//! if __name__ == "__main__":
//!     main("names.txt")
//! ```
//!
//! In an attribute of the objects of one class, or given to a function as a parameter that is
//! given nothing else; and where something is taken away:
//!
//! ```py before
//! from collections import Counter
//!
//! class Ledger:
//!     def __init__(self):
//!         self.names = Counter()
//!         self.totals = {}
//!
//!     def book(self, name, amount):
//!         self.names[name] += 1
//!         self.totals[name] = self.totals.get(name, 0.0) - float(amount)
//!
//!     def show(self):
//!         print(len(self.names), self.names.most_common(3))
//!         for name in sorted(self.totals):
//!             print(name, self.totals[name])
//!
//! def _count(path, words):
//!     for line in open(path):
//!         words[line] = words.get(line, 0) + 1
//!
//! def main(path):
//!     ledger = Ledger()
//!     for line in open(path):
//!         name, _, _ = line.partition(" ")
//!         ledger.book(name, len(line))
//!     ledger.show()
//!     words = {}
//!     _count(path, words)
//!     print(len(words))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py after
//! from collections import Counter
//! from spacetime_compiler.runtime import SpillCounter
//!
//! class Ledger:
//!     def __init__(self):
//!         self.names = SpillCounter()
//!         self.totals = SpillCounter(like="dict", start=0.0)
//!
//!     def book(self, name, amount):
//!         self.names.add(name, 1)
//!         self.totals.add(name, -float(amount))
//!
//!     def show(self):
//!         print(len(self.names), self.names.most_common(3))
//!         for name in sorted(self.totals):
//!             print(name, self.totals[name])
//!
//! def _count(path, words):
//!     for line in open(path):
//!         words.add(line, 1)
//!
//! def main(path):
//!     ledger = Ledger()
//!     for line in open(path):
//!         name, _, _ = line.partition(" ")
//!         ledger.book(name, len(line))
//!     ledger.show()
//!     words = SpillCounter(like="dict", start=0)
//!     _count(path, words)
//!     print(len(words))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//!
//! # When not
//!
//! It is asked while it is counted, which would look each key up on disk:
//!
//! ```py kept
//! def main(path):
//!     counts = {}
//!     for line in open(path):
//!         counts[line] = counts.get(line, 0) + 1
//!         if counts[line] == 2:
//!             print("twice", line)
//!     print(len(counts))
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//!
//! ```py kept
//! from collections import Counter
//!
//! COUNTS = Counter()
//!
//! def add(line):
//!     COUNTS[line] += 1
//!
//! def main(path):
//!     for line in open(path):
//!         add(line)
//!         if len(COUNTS) % 1000 == 0:
//!             print(len(COUNTS))
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//!
//! The variable may hold another dictionary, or somebody gets hold of it, or could tell
//! that it is another:
//!
//! ```py kept
//! def main(path, known=None):
//!     counts = {}
//!     if known:
//!         counts = known
//!     for line in open(path):
//!         counts[line] = counts.get(line, 0) + 1
//!     print(len(counts))
//!
//! if __name__ == "__main__":
//!     main("words.txt", {"a": 1})
//! ```
//! ```py kept
//! from collections import Counter
//!
//! def add(counts, path):
//!     for line in open(path):
//!         counts[line] = counts.get(line, 0) + 1
//!
//! def main(path):
//!     lines, words = {}, {}
//!     add(lines, path)
//!     add(words, path)
//!     print(len(lines), len(words))
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//!
//! The keys are few whatever the data are:
//!
//! ```py kept
//! def main(path):
//!     lengths = {}
//!     for line in open(path):
//!         lengths[len(line)] = lengths.get(len(line), 0) + 1
//!     print(sorted(lengths.items()))
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//!
//! Counters that are made again and again, of little each:
//!
//! ```py kept
//! from collections import Counter
//!
//! def letters(words):
//!     return [Counter(word).most_common(1) for word in words]
//!
//! def most(groups):
//!     for group in groups:
//!         counts = Counter(group)
//!         print(counts.most_common(1))
//! ```
//!
//! # Relies on
//!
//! *Guarded*: as for `spill_list`. *Assumed*: `operators-are-pure`, since keys of unknown
//! type may be hashed and compared more or less often; `module-is-closed`, where it goes
//! from function to function.
//!
//! # Saves and costs
//!
//! Nine tenths of the dictionary: about eleven bytes for each key stay once it is asked.
//! Adding takes less time than before; the first question costs about as much again as
//! making the dictionary did, where it had grown.

// tidy: long because the page shows in which ways counts are made and used.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Doubt, Journey, Kind, Lent, Size};
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_text::{Edit, Edits, Ranged};

use crate::asked_apart::check_asked_apart;
use crate::counting::{Addition, Start};
use crate::layout::comments_above;
use crate::made_counts::{Additions, Made, additions, grows, is_filled, made};
use crate::made_list::{is_annotation, name_of};
use crate::made_set::rely_on_combined;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around};
use crate::safety::is_quiet;
use crate::spilled::{check_unshared, is_written, kind_of, rely};

pub static RULE: Rule = rule!(
    late "spill_counter",
    ExternalMemory,
    [
        "$X = {}",
        "$X: $T = {}",
        "$X = $F()",
        "$X: $T = $F()",
        "$X = $F($A)",
        "$X: $T = $F($A)",
        "return $F($A)"
    ],
    check
)
.with_cases(include_str!("spill_counter.md"));

const SPILL_COUNTER: Import = Import::new("spacetime_compiler.runtime", "SpillCounter");

/// What is in memory before anything goes to disk, then for each key, and what a
/// dictionary takes of one with its number.
const BUFFER: f64 = 4.0 * 1024.0 * 1024.0;
const TRACE: f64 = 12.0;
const ENTRY: f64 = 180.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(value) = cx.tree.stmt(found.node).and_then(value_of) else { return Ok(None) };
    let site = cx.tree.id(value);
    let Some(made) = made(cx, value) else { return Ok(None) };
    let hidden = cx.model.is_program() || cx.model.enclosing_function(site).is_some();
    let Some(name) = name_of(cx, site).filter(|_| hidden && !is_annotation(cx, site)) else { return Ok(None) };
    let description = format!("`{name}` counts by keys, which grow with the data: keep it on disk");
    let refuse = |doubt| Box::new(Refusal { span: value.range(), description: description.clone(), doubt });
    let followed = match made {
        Made::Counter(_) => cx.model.journey_of_counter(site),
        _ => cx.model.journey_of_dict(site),
    };
    let likely = cx.model.is_program() && matches!(made, Made::Counter(_) | Made::Default(_));
    let many = loop_around(cx, site).is_some() || function_repeats(cx, site);
    let journey = match followed {
        Ok(journey) => journey,
        Err(doubt) if likely && !many => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    let (additions, holder) = additions(cx, found.node, site, &journey);
    if !grows(cx, made, &additions, &journey) {
        return Ok(None);
    }
    let filled = is_filled(cx, made, &additions, &journey);
    if (many || !cx.model.is_program()) && !filled {
        return Ok(None);
    }
    let mut relies = Reliances::default();
    check_unshared(cx, &journey).map_err(refuse)?;
    check_met(cx, &journey).map_err(refuse)?;
    check_stores(cx, &journey, &additions).map_err(refuse)?;
    check_asked_apart(cx, site, &journey, &additions, &holder).map_err(refuse)?;
    for addition in additions.values() {
        check_addition(cx, made, addition, &mut relies).map_err(refuse)?;
    }
    let start = start_of(cx, made, &additions).map_err(refuse)?;
    let Some(edits) = edits(cx, value, made, start.as_deref(), &additions) else { return Ok(None) };
    rely(&journey, Lent::default(), &mut relies);
    rely_on_combined(&journey, &mut relies);
    relies.assume(Assumption::OperatorsArePure);
    let items = Size::quantity(format!("len({name})"));
    let mut claim = price::saves_list(&items, ENTRY, 0.1, 0.8);
    claim.after = Size::number(BUFFER).plus(&items.scaled(TRACE));
    claim.clarity = 0.9;
    let span = edits.span().map_or(value.range(), |edited| value.range().cover(edited));
    Ok(Some(Opportunity {
        span,
        description,
        edits,
        imports: vec![SPILL_COUNTER],
        relies_on: relies.into_vec(),
        claim,
    }))
}

fn value_of(stmt: &Stmt) -> Option<&Expr> {
    match stmt {
        Stmt::Assign(stmt) if stmt.targets.len() == 1 => Some(&stmt.value),
        Stmt::AnnAssign(stmt) => stmt.value.as_deref(),
        Stmt::Return(stmt) => stmt.value.as_deref(),
        _ => None,
    }
}

/// What its keys and others have in common is made of those of one side: of a dictionary that is still
/// counted in memory, these are others than of one on disk.
fn check_met(cx: &Context<'_, '_>, journey: &Journey) -> Result<(), Doubt> {
    match journey.met.first() {
        Some(node) => {
            let line = cx.model.line(*node);
            Err(Doubt::new(format!("of keys that are equal, others might be kept (line {line})")))
        }
        None => Ok(()),
    }
}

/// Nothing else is stored in it.
fn check_stores(cx: &Context<'_, '_>, journey: &Journey, additions: &Additions<'_>) -> Result<(), Doubt> {
    let known = |node: NodeId| {
        additions.values().any(|addition| {
            let at = cx.tree.node(node).range();
            addition.span.start() <= at.start() && at.end() <= addition.span.end()
        })
    };
    match journey.added.iter().chain(&journey.augmented).find(|node| !known(**node)) {
        Some(node) => {
            Err(Doubt::new(format!("a value is stored otherwise than by adding (line {})", cx.model.line(*node))))
        }
        None => Ok(()),
    }
}

/// What is evaluated less often, or in another order, does nothing else.
fn check_addition(
    cx: &Context<'_, '_>,
    made: Made<'_>,
    addition: &Addition<'_>,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let line = cx.model.line(addition.stmt);
    let Some(body) = cx.model.body_of(addition.stmt) else { return Err(Doubt::new("it is counted in a class")) };
    let key = kind_of(cx, cx.tree.id(addition.key));
    if !is_written(&key) {
        return Err(Doubt::new(format!("its keys would not go to disk (line {line})")));
    }
    if matches!(made, Made::Dict) && matches!(addition.start, Start::Missing) {
        return Err(Doubt::new(format!("a key may be missing (line {line})")));
    }
    let number = kind_of(cx, cx.tree.id(addition.number));
    if !matches!(number, Kind::Int | Kind::Float | Kind::Bool | Kind::Unknown | Kind::Json) {
        return Err(Doubt::new(format!("what is added is no number (line {line})")));
    }
    // `-number` rounds a `Decimal`, and fails otherwise than `-= number` does.
    if addition.less && !matches!(number, Kind::Int | Kind::Float | Kind::Bool) {
        return Err(Doubt::new(format!("what is taken away may be no number (line {line})")));
    }
    if matches!(addition.start, Start::First) && !matches!(number, Kind::Int | Kind::Float) {
        return Err(Doubt::new(format!("what is added first may be no number (line {line})")));
    }
    // Where adding fails, `+=` has made the key known, and this has not.
    if matches!(made, Made::Default(_)) && !addition.in_place && !addition.number.is_number_literal_expr() {
        return Err(Doubt::new(format!("what is added may be no number (line {line})")));
    }
    let evaluated = [addition.number].into_iter().chain(addition.key_again.then_some(addition.key));
    for expr in evaluated {
        let effects = cx.model.expr_effects(&body, expr);
        let quiet = is_quiet(cx, &body, &effects)
            && effects.name_writes.is_empty()
            && effects.writes.is_empty()
            && effects.attr_writes.is_empty()
            && effects.unknown.is_none()
            && effects.suspends.is_none()
            && effects.walks_unknown.is_none();
        if !quiet {
            return Err(Doubt::new(format!("what is added may do something else (line {line})")));
        }
        relies.assume_all(effects.assumes);
    }
    relies.assume(Assumption::OneErrorAtATime);
    Ok(())
}

/// What sums begin with, if it is the same everywhere.
fn start_of(cx: &Context<'_, '_>, made: Made<'_>, additions: &Additions<'_>) -> Result<Option<String>, Doubt> {
    let mut found: Option<Option<String>> = match made {
        Made::Dict => None,
        Made::Counter(_) | Made::Default("int") => Some(Some("0".to_owned())),
        Made::Default(_) => Some(Some("0.0".to_owned())),
    };
    for addition in additions.values() {
        let start = match addition.start {
            Start::Missing => continue,
            Start::Number(start) => Some(cx.tree.module().slice(start).to_owned()),
            Start::First => None,
        };
        match &found {
            Some(known) if *known != start => {
                let line = cx.model.line(addition.stmt);
                return Err(Doubt::new(format!("sums begin with different numbers (line {line})")));
            }
            _ => found = Some(start),
        }
    }
    Ok(found.flatten())
}

fn edits(
    cx: &Context<'_, '_>,
    value: &Expr,
    made: Made<'_>,
    start: Option<&str>,
    additions: &Additions<'_>,
) -> Option<Edits> {
    let name = SPILL_COUNTER.local_name(cx.tree);
    let start = start.filter(|start| *start != "0" || matches!(made, Made::Dict));
    let start = start.map(|start| format!(", start={start}")).unwrap_or_default();
    let mut edits = vec![match (made, value) {
        (Made::Counter(_), Expr::Call(ExprCall { func, .. })) => Edit::replace(func.range(), name),
        (Made::Dict, _) => Edit::replace(value.range(), format!("{name}(like=\"dict\"{start})")),
        _ => Edit::replace(value.range(), format!("{name}(like=\"defaultdict\"{start})")),
    }];
    let module = cx.tree.module();
    for addition in additions.values() {
        let above = comments_above(cx, addition.span)?;
        let bare = matches!(addition.key, Expr::Tuple(tuple) if !tuple.parenthesized);
        let mut key = module.slice(addition.key).to_owned();
        if bare {
            key = format!("({key})");
        }
        let number = kind_of(cx, cx.tree.id(addition.number));
        let dict = module.slice(addition.dict);
        let keeps = matches!(made, Made::Default(_)) || matches!(addition.start, Start::Number(_));
        let is_number = matches!(number, Kind::Int | Kind::Float | Kind::Bool);
        if addition.key_first && keeps && (may_fail(cx, addition) || !is_number) {
            key = format!("{dict}.known({key})");
        }
        let in_place = addition.in_place && !is_number;
        let method = if in_place { "increase" } else { "add" };
        let less = match addition.number {
            _ if !addition.less => "",
            Expr::Name(_) | Expr::NumberLiteral(_) | Expr::Call(_) => "-",
            _ => return None,
        };
        let text = format!("{above}{dict}.{method}({key}, {less}{})", module.slice(addition.number));
        edits.push(Edit::replace(addition.span, text));
    }
    Edits::try_from(edits).ok()
}

/// Whether evaluating the number may raise an exception.
fn may_fail(cx: &Context<'_, '_>, addition: &Addition<'_>) -> bool {
    let Some(body) = cx.model.body_of(addition.stmt) else { return true };
    cx.model.expr_effects(&body, addition.number).raises.is_some()
}
