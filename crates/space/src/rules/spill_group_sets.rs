//! Keeps a dictionary of sets on disk.
//!
//! The sets are real ones until all of them take an eighth of the budget. Then their
//! elements are written in the order of the sets, and equal ones found when that is
//! read. The keys go to disk, too, if there are many.
//!
//! ```py before
//! from collections import defaultdict
//!
//! def main():
//!     visitors: dict[str, set[str]] = defaultdict(set)
//!     for line in open("access.log"):
//!         page, user = line.split(" ")[:2]
//!         visitors[page].add(user)
//!     for page, users in sorted(visitors.items()):
//!         print(page, len(users))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from collections import defaultdict
//! from spacetime_compiler.runtime import SpillGroups
//! from spacetime_compiler.runtime import external_sort
//!
//! def main():
//!     visitors: dict[str, set[str]] = SpillGroups(default=True, sets=True)
//!     for line in open("access.log"):
//!         page, user = line.split(" ")[:2]
//!         visitors[page].add(user)
//!     for page, users in external_sort(visitors.items()):
//!         print(page, len(users))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py before
//! def main():
//!     index = {}
//!     for number in range(3000):
//!         word = f"w{number * 7919 % 701}"
//!         index.setdefault(word, set()).add(number % 97)
//!         if word[-1] in index:
//!             index[word[-1]].update([number, number + 1])
//!             index[word] |= {number, 5}
//!         else:
//!             index[word[-1]] = {number}
//!     for word, places in index.items():
//!         print(word, len(places), 3 in places, len(places & {1, 2, 3}), places.isdisjoint({4, 5}))
//!     print(sum(len(places) for places in index.values()), max(index, key=lambda word: len(index[word])))
//!     print(len(index["w5"]), sorted(index["w5"]), len(index.get("x", set())))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillGroups
//!
//! def main():
//!     index = SpillGroups(sets=True)
//!     for number in range(3000):
//!         word = f"w{number * 7919 % 701}"
//!         index.setdefault(word, set()).add(number % 97)
//!         if word[-1] in index:
//!             index[word[-1]].update([number, number + 1])
//!             index[word] |= {number, 5}
//!         else:
//!             index[word[-1]] = {number}
//!     for word, places in index.items():
//!         print(word, len(places), 3 in places, len(places & {1, 2, 3}), places.isdisjoint({4, 5}))
//!     print(sum(len(places) for places in index.values()), max(index, key=lambda word: len(index[word])))
//!     print(len(index["w5"]), sorted(index["w5"]), len(index.get("x", set())))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! It may get its name together with others:
//!
//! ```py before
//! from collections import defaultdict
//!
//! def main():
//!     index, count = defaultdict(set), 0
//!     for number in range(300000):
//!         index[number % 7].add(number // 5)
//!         count += 1
//!     print(count, [len(index[first]) for first in range(7)])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from collections import defaultdict
//! from spacetime_compiler.runtime import SpillGroups
//!
//! def main():
//!     index, count = SpillGroups(default=True, sets=True), 0
//!     for number in range(300000):
//!         index[number % 7].add(number // 5)
//!         count += 1
//!     print(count, [len(index[first]) for first in range(7)])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! One part of each element is counted: then nobody sees in which order they come, and of equal ones which
//! was the first:
//!
//! ```py before
//! from collections import defaultdict
//!
//! def _read(path):
//!     seen = defaultdict(set)
//!     with open(path) as lines:
//!         for line in lines:
//!             for word in line.split():
//!                 seen[line[:1]].add((word, len(word)))
//!     return seen
//!
//! def main():
//!     seen = _read("words.txt")
//!     for first in sorted(seen):
//!         sizes = {size for _, size in seen[first]}
//!         print(first, len(seen[first]), len(sizes), len({found[0] for found in seen[first]}), 7 in sizes)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from collections import defaultdict
//! from spacetime_compiler.runtime import SpillGroups
//! from spacetime_compiler.runtime import external_sort
//!
//! def _read(path):
//!     seen = SpillGroups(default=True, sets=True)
//!     with open(path) as lines:
//!         for line in lines:
//!             for word in line.split():
//!                 seen[line[:1]].add((word, len(word)))
//!     return seen
//!
//! def main():
//!     seen = _read("words.txt")
//!     for first in external_sort(seen):
//!         sizes = {size for _, size in seen[first]}
//!         print(first, len(seen[first]), len(sizes), len({found[0] for found in seen[first]}), 7 in sizes)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! The order of a set is seen, or somebody else gets hold of it or of the dictionary:
//!
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     index = defaultdict(set)
//!     for number in range(3000):
//!         index[number % 7].add(number * 7919 % 3001)
//!     for members in index.values():
//!         print(next(iter(members)), [member for member in members][:3])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     index = defaultdict(set)
//!     for number in range(300):
//!         index[number % 7].add(number)
//!     print(index)
//!     print(f"{index}")
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def index(path):
//!     groups = {}
//!     for word in open(path):
//!         groups.setdefault(word[:1], set()).add(word)
//!     return groups
//! ```
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     index, known = defaultdict(set), []
//!     for number in range(3000):
//!         index[number % 7].add(number)
//!         known.append(index[number % 7])
//!     print(isinstance(known[0], set))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! The sets are asked while they are filled, or one after the other in no order:
//!
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     index, repeated = defaultdict(set), 0
//!     for number in range(3000):
//!         if number % 97 in index[number % 7]:
//!             repeated += 1
//!         index[number % 7].add(number % 97)
//!     print(repeated)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     index = defaultdict(set)
//!     for number in range(3000):
//!         index[number % 7].add(number % 97)
//!     print(sum(number in index[number % 9] for number in range(3000)))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Which of the parts that are equal is kept is seen; or some element has no such part:
//!
//! ```py kept
//! from collections import defaultdict
//!
//! def _read(path):
//!     seen = defaultdict(set)
//!     with open(path) as lines:
//!         for line in lines:
//!             for word in line.split():
//!                 seen[line[:1]].add((word, len(word)))
//!     return seen
//!
//! def main():
//!     seen = _read("words.txt")
//!     for first in sorted(seen):
//!         sizes = {size for _, size in seen[first]}
//!         print(first, len(seen[first]), len(sizes), len({found[0] for found in seen[first]}), next(iter(sizes)))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import defaultdict
//!
//! def _read(path):
//!     seen = defaultdict(set)
//!     with open(path) as lines:
//!         for line in lines:
//!             for word in line.split():
//!                 seen[line[:1]].add((word, len(word)) if len(word) > 1 else (word,))
//!     return seen
//!
//! def main():
//!     seen = _read("words.txt")
//!     for first in sorted(seen):
//!         sizes = {size for _, size in seen[first]}
//!         print(first, len(seen[first]), len(sizes), len({found[0] for found in seen[first]}), 7 in sizes)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import defaultdict
//!
//! def _read(path):
//!     seen = defaultdict(set)
//!     with open(path) as lines:
//!         for line in lines:
//!             for word in line.split():
//!                 seen[line[:1]].add((word, len(word)))
//!     return seen
//!
//! def main():
//!     seen = _read("words.txt")
//!     for first in sorted(seen):
//!         sizes = {size for _, size in seen[first]}
//!         print(first, len(seen[first]), len(sizes), len({found[0] for found in seen[first]}), sorted(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! A value is no new set, or the dictionary is made again and again:
//!
//! ```py kept
//! def main():
//!     index, all_numbers = {}, set()
//!     for number in range(3000):
//!         index.setdefault(number % 7, all_numbers).add(number)
//!     print(len(index[3]))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     for first in range(30):
//!         index = defaultdict(set)
//!         for number in range(first, 300):
//!             index[number % 7].add(number)
//!         print(len(index[3]))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # Relies on
//!
//! *Guarded*: only values whose copies cannot be told from the originals go to disk; a set
//! with others stays a real one. *Assumed*: `operators-are-pure`, since elements of unknown
//! type may be hashed and compared more often; `total-order`, where a set is sorted;
//! `module-is-closed`, where the dictionary goes from function to function.
//!
//! # Saves and costs
//!
//! All elements and keys but a buffer; about twenty bytes for each key stay. In a module
//! that is no program, whose functions others may call with little data, only where a file
//! fills the sets. Filling takes about as long as with sets.

// tidy: long because the page shows in which ways such a dictionary is filled and asked.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Doubt, Journey, Size};
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged};

use crate::grouped::{SPILL_GROUPS, empty_dictionary, fills_values, sorts_of_groups};
use crate::made_set::rely_on_set;
use crate::naming::Naming;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around};
use crate::sorted_set::EXTERNAL_SORT;
use crate::spilled::{added_kind, check_unshared, is_filled_from_file, is_written};

pub static RULE: Rule = rule!(
    late "spill_group_sets",
    ExternalMemory,
    [
        "{}",
        "dict()",
        "defaultdict(set)",
        "collections.defaultdict(set)",
    ],
    check
);

/// What stays in memory, and what a set takes of an element beside it.
const BUFFER: f64 = 4.0 * 1024.0 * 1024.0;
const SLOT: f64 = 50.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let site = found.node;
    let Some(Naming { target, value, span }) = Naming::of_variable(cx, site) else { return Ok(None) };
    let Some(default) = empty_dictionary(cx, value, "set") else { return Ok(None) };
    let many = loop_around(cx, site).is_some() || function_repeats(cx, site);
    let hidden = cx.model.is_program() || cx.model.enclosing_function(site).is_some();
    if many || !hidden || default.is_none() && !fills_values(cx, target, &["add", "update"]) {
        return Ok(None);
    }
    let name = cx.tree.module().slice(target);
    let description = format!("the sets in `{name}` grow with the data: keep them on disk");
    let refuse = |doubt| Box::new(Refusal { span, description: description.clone(), doubt });
    let journey = match cx.model.journey_of_group_sets(site) {
        Ok(journey) => journey,
        Err(doubt) if cx.model.is_program() => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    let kind = added_kind(cx, &journey);
    let grows = journey.added.iter().chain(&journey.extended).any(|node| is_repeated(cx, *node));
    // Strangers may call a function again and again, with little each time.
    let pays = cx.model.is_program() || is_filled_from_file(cx, &journey);
    if !grows || !pays || !is_written(&kind) || default.is_none() && journey.made.is_empty() {
        return Ok(None);
    }
    check_unshared(cx, &journey).map_err(refuse)?;
    check_filled_first(cx, &journey).map_err(refuse)?;
    let mut relies = Reliances::default();
    let sorts = sorts_of_groups(cx, &journey, &mut relies);
    let mut imports = vec![SPILL_GROUPS];
    imports.extend((!sorts.is_empty()).then_some(EXTERNAL_SORT));
    let default = if default.is_some() { "default=True, " } else { "" };
    let text = format!("{}({default}sets=True)", SPILL_GROUPS.local_name(cx.tree));
    let edits = std::iter::once(Edit::replace(value.range(), text)).chain(sorts).collect::<Vec<_>>();
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    rely_on_set(&journey, &kind, &mut relies);
    let items = Size::quantity(format!("items({name})"));
    let mut claim = price::saves_list(&items, price::bytes_of_kind(&kind) + SLOT, 0.2, 0.8);
    claim.after = Size::number(BUFFER);
    claim.clarity = 0.9;
    Ok(Some(Opportunity {
        span,
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim,
    }))
}

fn is_repeated(cx: &Context<'_, '_>, node: NodeId) -> bool {
    loop_around(cx, node).is_some() || function_repeats(cx, node)
}

/// What is added after a set has been asked is written behind the rest, all of which is
/// read anew when a set is asked again.
fn check_filled_first(cx: &Context<'_, '_>, journey: &Journey) -> Result<(), Doubt> {
    let loops = |node: NodeId| {
        cx.tree.ancestors(node).filter(|outer| matches!(cx.tree.node(*outer), Node::Stmt(Stmt::For(_) | Stmt::While(_))))
    };
    let filled: Vec<NodeId> =
        journey.added.iter().chain(&journey.extended).flat_map(|node| loops(*node)).collect();
    for place in &journey.places {
        if !is_asked(cx, *place) {
            continue;
        }
        if loops(*place).any(|outer| filled.contains(&outer)) {
            return Err(Doubt::new(format!("a set is asked while they are filled (line {})", cx.model.line(*place))));
        }
    }
    for place in &journey.searched {
        let looked_up = !cx.tree.expr(*place).is_some_and(Expr::is_name_expr);
        if looked_up && is_repeated(cx, *place) {
            let line = cx.model.line(*place);
            return Err(Doubt::new(format!("elements are looked for in one set and another (line {line})")));
        }
    }
    Ok(())
}

/// Whether something at that place needs to know what is in the set.
fn is_asked(cx: &Context<'_, '_>, place: NodeId) -> bool {
    let Some(parent) = cx.tree.parent(place) else { return false };
    match cx.tree.node(parent) {
        Node::Expr(Expr::Attribute(method)) => !matches!(method.attr.as_str(), "add" | "update"),
        Node::Expr(Expr::Compare(_) | Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::BoolOp(_)) => true,
        Node::Part(AnyNodeRef::Comprehension(_)) => true,
        // `len(index[key])`
        Node::Part(AnyNodeRef::Arguments(_)) => true,
        Node::Expr(Expr::Call(call)) => cx.tree.id(&*call.func) != place,
        Node::Stmt(Stmt::If(_) | Stmt::While(_)) => true,
        _ => false,
    }
}
