//! Keeps a set that grows with the data on disk, and a part of each hash in memory.
//!
//! A `SpillSet` is asked and filled as the set is. Until it takes an eighth of the
//! budget it is a real set; then elements go to a file without a name, and about
//! eleven bytes of each stay. What these say may be in the set is compared with
//! what is on disk, so the answer is never a guess. Of whole numbers, short words
//! and texts that are numbers in disguise (`user0001234`, `2026-03-04 10:00`) these
//! bytes say all, and nothing goes to disk: that is faster than a set.
//!
//! ```py before
//! def write_distinct(source, target):
//!     seen = set()
//!     with open(source) as file, open(target, "w") as out:
//!         for line in file:
//!             if line not in seen:
//!                 seen.add(line)
//!                 out.write(line)
//!     return len(seen)
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillSet
//!
//! def write_distinct(source, target):
//!     seen = SpillSet()
//!     with open(source) as file, open(target, "w") as out:
//!         for line in file:
//!             if line not in seen:
//!                 seen.add(line)
//!                 out.write(line)
//!     return len(seen)
//! ```
//!
//! One that is never asked for an element keeps nothing of it in memory: elements are written
//! in the order of their hashes, and equal ones found when they are merged. Sorted, it can be
//! walked:
//!
//! ```py before
//! def main(lines, words: set[str]):
//!     for line in lines:
//!         words.update(line.split())
//!     for word in sorted(words):
//!         print(word)
//!
//! if __name__ == "__main__":
//!     found: set[str] = set()
//!     main([str(number * 7919) for number in range(2000)], found)
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillSet
//! from spacetime_compiler.runtime import external_sort
//!
//! def main(lines, words: set[str]):
//!     for line in lines:
//!         words.update(line.split())
//!     for word in external_sort(words):
//!         print(word)
//!
//! if __name__ == "__main__":
//!     found: set[str] = SpillSet(lookups=False)
//!     main([str(number * 7919) for number in range(2000)], found)
//! ```
//!
//! What two sets have in common, and what not, is made of their records on disk:
//!
//! ```py before
//! def _read_names(numbers):
//!     names = set()
//!     seen = 0
//!     for number in numbers:
//!         seen += 1
//!         names.add(f"host-{number * 2654435761 % 4294967296:08x}.example")
//!     return names, seen
//!
//! def main():
//!     old, before = _read_names(range(3000))
//!     new, after = _read_names(range(150, 3100))
//!     for name in sorted(new - old):
//!         print("+", name)
//!     for name in sorted(name for name in old if name not in new):
//!         print("-", name)
//!     print(before, after, len(old & new), old <= new, old.isdisjoint(new), len(old.union(new)))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillSet
//! from spacetime_compiler.runtime import external_sort
//!
//! def _read_names(numbers):
//!     names = SpillSet()
//!     seen = 0
//!     for number in numbers:
//!         seen += 1
//!         names.add(f"host-{number * 2654435761 % 4294967296:08x}.example")
//!     return names, seen
//!
//! def main():
//!     old, before = _read_names(range(3000))
//!     new, after = _read_names(range(150, 3100))
//!     for name in external_sort(new - old):
//!         print("+", name)
//!     for name in external_sort(name for name in old if name not in new):
//!         print("-", name)
//!     print(before, after, len(old & new), old <= new, old.isdisjoint(new), len(old.union(new)))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! It is made of a few things that the program holds anyway, or a comprehension does what a
//! generator cannot:
//!
//! ```py kept
//! def main(path, names):
//!     wanted = set(names)
//!     known = {last := line.strip() for line in open(path)}
//!     print(len(wanted), "a" in wanted, "a" in known, last)
//!
//! if __name__ == "__main__":
//!     main("names.txt", ["a", "b"])
//! ```
//!
//! Its elements are walked, popped or shown in the order of the set, or of equal
//! keys: that of a set of strings differs from run to run, but that of numbers does not:
//!
//! ```py kept
//! def total(path):
//!     sizes = set()
//!     for line in open(path):
//!         sizes.add(len(line))
//!     return [size for size in sizes]
//! ```
//! ```py kept
//! def main(path):
//!     sizes = set()
//!     for line in open(path):
//!         sizes.add(len(line))
//!     print(f"{sizes}")
//!     return sorted(sizes, key=lambda size: size % 10)
//! ```
//!
//! ```py kept
//! def _read_names(numbers):
//!     names = set()
//!     for number in numbers:
//!         names.add(number * 7919 % 3001)
//!     return names
//!
//! def main():
//!     old, new = _read_names(range(2000)), _read_names(range(90, 2100))
//!     for name in new - old:
//!         print(name)
//!     print([name for name in new if name not in old])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def main():
//!     names, lengths = set(), []
//!     for number in range(2000):
//!         names.add(number * 7919 % 3001)
//!     first = sorted(name for name in names if lengths.append(name) or name > 9)
//!     print(lengths, len([print(name) for name in names]), sum(name / 3 for name in names))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! A condition runs code of the module, or a dictionary makes what it has not: that shows the order, too:
//!
//! ```py kept
//! from collections import namedtuple
//!
//! class Entry(namedtuple("Entry", "digest number")):
//!     @property
//!     def size(self):
//!         print("asked for", self.number)
//!         return self.number % 7
//!
//! def main():
//!     entries, before, after = {}, set(), set()
//!     for number in range(3000):
//!         entries[number * 7919 % 3001] = Entry(str(number), number)
//!         before.add(number * 7919 % 3001)
//!         after.add(number * 7 % 3001)
//!     print(len(sorted(name for name in before & after if entries[name].size == 3)))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! class Digest:
//!     def __init__(self, number):
//!         self.number = number
//!
//!     def __eq__(self, other):
//!         print("compared", self.number)
//!         return self.number % 7 == 3
//!
//! def main():
//!     digests, before, after = {}, set(), set()
//!     for number in range(3000):
//!         digests[number * 7919 % 3001] = Digest(number)
//!         before.add(number * 7919 % 3001)
//!         after.add(number * 7 % 3001)
//!     print(len(sorted(name for name in before & after if digests[name] == digests[0])))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     sizes, before, after = defaultdict(int), set(), set()
//!     for number in range(3000):
//!         before.add(number * 7919 % 3001)
//!         after.add(number * 7 % 3001)
//!     print(len(sorted(name for name in before & after if sizes[name] == 0)), list(sizes)[:5])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! A tuple holds both of those that get their names at once:
//!
//! ```py kept
//! def main():
//!     both = before, after = set(), set()
//!     for number in range(3000):
//!         before.add(number * 7919 % 3001)
//!         after.add(number * 7 % 3001)
//!     print([list(names)[:3] for names in both])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Others get hold of it, or it takes part in what only sets can do with something that
//! may be none; or a set that is there already is changed by it:
//!
//! ```py kept
//! def lines_of(path):
//!     seen = set()
//!     for line in open(path):
//!         seen.add(line)
//!     return seen
//! ```
//! ```py kept
//! def missing(path, wanted):
//!     seen = set()
//!     for line in open(path):
//!         seen.add(line.strip())
//!     return wanted - seen
//! ```
//!
//! ```py kept
//! class Names:
//!     def __init__(self, names):
//!         self.names = names
//!
//!     def __rsub__(self, other):
//!         return type(other).__name__
//!
//! def main(others):
//!     seen, known = set(), {"a"}
//!     also = known
//!     for number in range(2000):
//!         seen.add(str(number))
//!     known |= seen
//!     print(seen - others, sorted(also))
//!
//! if __name__ == "__main__":
//!     main(Names(["a"]))
//! ```
//!
//! Sets that are made again and again, and those of functions that others may call
//! with little data:
//!
//! ```py kept
//! def repeats(groups):
//!     count = 0
//!     for group in groups:
//!         seen = set()
//!         for item in group:
//!             count += item in seen
//!             seen.add(item)
//!     return count
//!
//! def unique(items):
//!     seen = set()
//!     return [item for item in items if not (item in seen or seen.add(item))]
//! ```
//!
//! # Relies on
//!
//! *Guarded*: only values whose copies cannot be told from the originals go to
//! disk; other elements stay in a real set. *Assumed*: `operators-are-pure`, since
//! elements of unknown type may be hashed and compared more often; `total-order`, where it is
//! sorted; `module-is-closed`, where it goes from function to function; `attribute-reads-are-pure`,
//! where a condition reads attributes.
//!
//! # Saves and costs
//!
//! Nine tenths of the set, and nearly all of one that is never asked for an element. What two of them have in common is found about as fast as in
//! memory. What is new costs about as much as in a set; what comes again
//! long after it came first is read from the disk's cache, which takes half a microsecond.

// tidy: long because the page shows in which ways a set is made and used.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Doubt, Journey, Kind, Size};
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::factory::{Factory, makes_many};
use crate::made_set::{Made, SPILL_SET, rely_on_set};
use crate::naming::Naming;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around, repeats_beside};
use crate::spilled::{check_unshared, added_kind, is_filled_from_file, is_read, is_written};
use crate::sorted_set::{EXTERNAL_SORT, sorts_on_disk};

pub static RULE: Rule = rule!(
    late "spill_set",
    ExternalMemory,
    [
        "set()",
        "set($ITEMS)",
        "{$E for $$$CLAUSES}",
        "field($$$OPTIONS)",
        "dataclasses.field($$$OPTIONS)",
    ],
    check
)
.with_cases(include_str!("spill_set.md"));

/// What is in memory before anything goes to disk, then for each element, and what
/// a set takes of an element beside the element.
const BUFFER: f64 = 8.0 * 1024.0 * 1024.0;
const TRACE: f64 = 12.0;
const SLOT: f64 = 50.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    if let Some(factory) = Factory::of(cx, found.node) {
        return check_field(cx, &factory);
    }
    let site = found.node;
    let Some(Naming { target, value, span }) = Naming::of_variable(cx, site) else { return Ok(None) };
    let Some(made) = Made::of(cx, value) else { return Ok(None) };
    let many = loop_around(cx, site).is_some() || function_repeats(cx, site);
    let hidden = cx.model.is_program() || cx.model.enclosing_function(site).is_some();
    if many || !hidden {
        return Ok(None);
    }
    let name = cx.tree.module().slice(target);
    let description = describe(name);
    let refuse = |doubt| Box::new(Refusal { span: value.range(), description: description.clone(), doubt });
    let journey = match cx.model.journey_of_set(site) {
        Ok(journey) => journey,
        Err(doubt) if cx.model.is_program() && is_likely(cx, target) => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    // Strangers may call a function again and again, with little each time.
    let kind = made.kind(cx).join(added_kind(cx, &journey));
    let filled = is_filled_from_file(cx, &journey) || made.first().is_some_and(|first| is_read(cx, cx.tree.id(first)));
    if !(cx.model.is_program() || filled) || !(made.is_large(cx) || grows(cx, &journey)) || !is_written(&kind) {
        return Ok(None);
    }
    check_unshared(cx, &journey).map_err(refuse)?;
    check_pays(cx, &journey, &[site]).map_err(refuse)?;
    let mut relies = Reliances::default();
    let Some(body) = cx.model.body_of(site) else { return Ok(None) };
    let edits = made.edits(cx, &body, !journey.searched.is_empty(), &mut relies).map_err(refuse)?;
    Ok(opportunity(cx, name, span, &journey, &kind, edits, relies))
}

/// `seen: set[str] = field(default_factory=set)` in a dataclass
fn check_field(cx: &Context<'_, '_>, factory: &Factory<'_>) -> Verdict {
    if !factory.calls_builtin(cx, "set")
        || !cx.model.is_program()
        || !factory.is_filled_in_loop(cx, &["add", "update"])
    {
        return Ok(None);
    }
    let (name, span) = (factory.field.name, factory.made.range());
    let refuse = |doubt| Box::new(Refusal { span, description: describe(name), doubt });
    let sites = factory.makers(cx).map_err(refuse)?;
    if makes_many(cx, &sites) {
        return Ok(None);
    }
    let journey = cx.model.journey_of_set(cx.tree.id(factory.made)).map_err(refuse)?;
    let kind = added_kind(cx, &journey);
    if !grows(cx, &journey) || !is_written(&kind) {
        return Ok(None);
    }
    check_unshared(cx, &journey).map_err(refuse)?;
    check_pays(cx, &journey, &sites).map_err(refuse)?;
    let options = if journey.searched.is_empty() { "lookups=False" } else { "" };
    let edits = vec![factory.edit(&format!("{}({options})", SPILL_SET.local_name(cx.tree)))];
    Ok(opportunity(cx, name, span, &journey, &kind, edits, Reliances::default()))
}

fn describe(name: &str) -> String {
    format!("the set `{name}` grows with the data: keep its elements on disk")
}

fn opportunity(
    cx: &Context<'_, '_>,
    name: &str,
    span: Span,
    journey: &Journey,
    kind: &Kind,
    mut edits: Vec<Edit>,
    mut relies: Reliances,
) -> Option<Opportunity> {
    let sorts = sorts_on_disk(cx, &journey.sorted, &mut relies);
    let mut imports = vec![SPILL_SET];
    if !sorts.is_empty() {
        imports.push(EXTERNAL_SORT);
    }
    edits.extend(sorts);
    rely_on_set(journey, kind, &mut relies);
    let edits = Edits::try_from(edits).ok()?;
    let items = Size::quantity(format!("len({name})"));
    let mut claim = price::saves_list(&items, price::bytes_of_kind(kind) + SLOT, 0.3, 0.8);
    claim.after = Size::number(BUFFER).plus(&items.scaled(TRACE));
    claim.clarity = 0.9;
    Some(Opportunity {
        span,
        description: describe(name),
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim,
    })
}

/// Whether a refusal is worth being told: elements are added to it in a loop.
fn is_likely(cx: &Context<'_, '_>, target: &Expr) -> bool {
    let text = cx.tree.module().slice(target);
    cx.tree.ids().any(|id| {
        matches!(cx.tree.expr(id), Some(Expr::Attribute(method))
            if method.attr.as_str() == "add" && cx.tree.module().slice(&*method.value) == text)
            && loop_around(cx, id).is_some()
    })
}

/// Whether something is added for each of many items; what a `while` loop adds is
/// often one of a few.
fn grows(cx: &Context<'_, '_>, journey: &Journey) -> bool {
    let again = |node: &NodeId| {
        let mut at = *node;
        while let Some(around) = loop_around(cx, at) {
            if !matches!(cx.tree.node(around), Node::Stmt(Stmt::While(_))) {
                return true;
            }
            at = around;
        }
        function_repeats(cx, *node)
    };
    journey.added.iter().chain(&journey.extended).any(again)
}

/// Walking it again and again would read the file again and again.
fn check_pays(cx: &Context<'_, '_>, journey: &Journey, sites: &[NodeId]) -> Result<(), Doubt> {
    for node in journey.walks.iter().chain(&journey.sorted).chain(&journey.combined) {
        if repeats_beside(cx, *node, sites) || function_repeats(cx, *node) {
            return Err(Doubt::new(format!("it is walked again and again (line {})", cx.model.line(*node))));
        }
    }
    Ok(())
}
