//! Sorts different values on disk instead of in memory, where the result is walked once.
//!
//! `sorted_set` takes the items as they come, drops repeats as a set does (of
//! equal values the first is kept), writes sorted runs to disk once its memory
//! budget is used up, and merges them while the result is walked. Neither the set
//! nor the sorted list is made.
//!
//! ```py before
//! def write_words(path, out):
//!     with open(path) as file:
//!         for word in sorted(set(line.strip() for line in file)):
//!             out.write(word)
//!     with open(path) as file:
//!         for word in sorted({line.strip() for line in file if line}, reverse=True):
//!             out.write(word)
//! ```
//! ```py after
//! from spacetime_compiler.runtime import sorted_set
//!
//! def write_words(path, out):
//!     with open(path) as file:
//!         for word in sorted_set(line.strip() for line in file):
//!             out.write(word)
//!     with open(path) as file:
//!         for word in sorted_set((line.strip() for line in file if line), reverse=True):
//!             out.write(word)
//! ```
//!
//! In a program, also where the items are in a list that is there anyway:
//!
//! ```py before
//! def main(numbers):
//!     distinct = sorted(list(set(numbers)))
//!     print(sum(place * number for place, number in enumerate(distinct)))
//!     return len(numbers)
//!
//! if __name__ == "__main__":
//!     main([number * 7 % 4099 for number in range(9999)])
//! ```
//! ```py after
//! from spacetime_compiler.runtime import sorted_set
//!
//! def main(numbers):
//!     distinct = sorted_set(numbers)
//!     print(sum(place * number for place, number in enumerate(distinct)))
//!     return len(numbers)
//!
//! if __name__ == "__main__":
//!     main([number * 7 % 4099 for number in range(9999)])
//! ```
//!
//! What is in one of two may be taken from both:
//!
//! ```py before
//! def main():
//!     old = open("old.txt").readlines()
//!     new = open("new.txt").readlines()
//!     for line in sorted(set(old).union(new), reverse=True):
//!         print(line)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from itertools import chain
//! from spacetime_compiler.runtime import sorted_set
//!
//! def main():
//!     old = open("old.txt").readlines()
//!     new = open("new.txt").readlines()
//!     for line in sorted_set(chain(old, new), reverse=True):
//!         print(line)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! The sorted list is measured, indexed or used twice (that is `spill_list`'s); values
//! that differ are the same to a key, and stand in the order of the set:
//!
//! ```py kept
//! def middle(words):
//!     order = sorted(set(words))
//!     return order[len(order) // 2]
//!
//! print(middle("a b c".split()))
//! ```
//! ```py kept
//! def by_length(path):
//!     for word in sorted({line.strip() for line in open(path)}, key=lambda word: (len(word), word)):
//!         print(word)
//! ```
//!
//! The set is there anyway, or it is a small one; functions of a module that is
//! no program may be called often, and with few items:
//!
//! ```py kept
//! def report(path):
//!     seen = set()
//!     for line in open(path):
//!         if line not in seen:
//!             seen.add(line)
//!     for line in sorted(seen):
//!         print(line)
//! ```
//! ```py kept
//! import os
//!
//! def endings(folder, words):
//!     for ending in sorted({name[-3:] for name in os.listdir(folder)}):
//!         print(ending)
//!     for word in sorted(set(words)):
//!         print(word)
//! ```
//!
//! What a set comprehension may do and a generator may not:
//!
//! ```py kept
//! def heads(path):
//!     with open(path) as file:
//!         for head in sorted({line + next(file) for line in file}):
//!             print(head)
//! ```
//!
//! # Relies on
//!
//! *Guarded*: only values whose copies cannot be told from the originals go to
//! disk (`str`, `bytes`, numbers, `None`, tuples of them), all of one type; as soon
//! as another is met, everything is put into a set and sorted in memory.
//!
//! # Saves and costs
//!
//! The set and the list, but for the budget (16 MiB unless `SPACETIME_MEMORY` says
//! otherwise). With many different values it takes a third of the time; with few, up
//! to half as much again, since a generator is slower than a set comprehension.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Size};
use spacetime_syntax::ast::Expr;
use spacetime_text::{Edits, Ranged};

use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around};
use crate::sorted_set::{SORTED_SET, SortedSet};
use crate::walked::walked_once;

pub static RULE: Rule = rule!("spill_sorted_set", ExternalMemory, ["sorted($$$ARGS)"], check);

/// What is in memory before anything goes to disk, and what a set takes of an
/// item beside the item.
const BUDGET: f64 = 16.0 * 1024.0 * 1024.0;
const SLOT: f64 = 50.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let Some(set) = SortedSet::of(cx, call) else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let once = cx.model.is_program() && loop_around(cx, found.node).is_none() && !function_repeats(cx, found.node);
    if !set.is_large(cx, &body) || !(once || set.is_fed(cx)) {
        return Ok(None);
    }
    let mut relies = Reliances::default();
    let Some(walk) = walked_once(cx, &body, found.node, &mut relies) else { return Ok(None) };
    let description = "different values are sorted and walked once: sort them in runs on disk".to_owned();
    let refuse = |doubt| Box::new(Refusal { span: call.range(), description: description.clone(), doubt });
    set.check(cx, &body, &mut relies).map_err(refuse)?;
    relies.guard("only values whose copies cannot be told from the originals are written to disk");
    relies.assume(Assumption::ModuleNotPatched);
    let Ok(edits) = Edits::try_from(set.edits(cx, &SORTED_SET.local_name(cx.tree))) else { return Ok(None) };
    let bytes = price::bytes_of_kind(&set.item(cx, &body)) + SLOT;
    let mut claim = price::saves_list(&set.items(cx), bytes, 0.0, 0.8);
    claim.after = Size::number(BUDGET);
    if claim.before.as_number().is_some_and(|before| before < BUDGET) {
        return Ok(None);
    }
    Ok(Some(Opportunity {
        span: call.range().cover(walk),
        description,
        edits,
        imports: set.imports().collect(),
        relies_on: relies.into_vec(),
        claim,
    }))
}
