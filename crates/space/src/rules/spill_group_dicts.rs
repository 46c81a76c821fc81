//! Keeps a dictionary of dictionaries on disk.
//!
//! The inner ones are real dictionaries until all of them take an eighth of the budget. Then their entries
//! are kept together on disk, found by the number of their dictionary and their key, and walked in the
//! order in which the keys have come. The keys of the outer one go to disk, too, if there are many.
//!
//! ```py before
//! from collections import defaultdict
//!
//! def main():
//!     sizes = defaultdict(lambda: defaultdict(int))
//!     for line in open("access.log"):
//!         page, user, size = line.split(" ")[:3]
//!         sizes[page][user] += int(size)
//!     for page in sorted(sizes):
//!         print(page, len(sizes[page]), sum(sizes[page].values()))
//!         for user, size in sizes[page].items():
//!             print("  ", user, size)
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
//!     sizes = SpillGroups(default=True, dicts=int)
//!     for line in open("access.log"):
//!         page, user, size = line.split(" ")[:3]
//!         sizes[page][user] += int(size)
//!     for page in external_sort(sizes):
//!         print(page, len(sizes[page]), sum(sizes[page].values()))
//!         for user, size in sizes[page].items():
//!             print("  ", user, size)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! They may be counters:
//!
//! ```py before
//! from collections import Counter, defaultdict
//!
//! def main():
//!     words = defaultdict(Counter)
//!     for line in open("notes.txt"):
//!         for word in line.split():
//!             words[word[:1]][word] += 1
//!     for first, counts in words.items():
//!         print(first, sum(counts.values()), counts.most_common(3))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from collections import Counter, defaultdict
//! from spacetime_compiler.runtime import SpillGroups
//!
//! def main():
//!     words = SpillGroups(default=True, dicts=Counter)
//!     for line in open("notes.txt"):
//!         for word in line.split():
//!             words[word[:1]][word] += 1
//!     for first, counts in words.items():
//!         print(first, sum(counts.values()), counts.most_common(3))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Or the program may put each of them there itself:
//!
//! ```py before
//! def _read(path):
//!     prices = {}
//!     with open(path) as lines:
//!         for line in lines:
//!             shop, _, rest = line.partition(" ")
//!             of_shop = prices.setdefault(shop, {})
//!             of_shop[rest] = of_shop.get(rest, 0) + len(rest)
//!             if line not in prices:
//!                 prices[line] = {"first": len(shop)}
//!             prices[line]["last"] = len(line)
//!     return prices
//!
//! def main():
//!     prices = _read("shares.txt")
//!     for shop, known in sorted(prices.items()):
//!         print(shop, len(known), max(known.values()), known.get("last"))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillGroups
//! from spacetime_compiler.runtime import external_sort
//!
//! def _read(path):
//!     prices = SpillGroups(dicts=dict, frozen=True)
//!     with open(path) as lines:
//!         for line in lines:
//!             shop, _, rest = line.partition(" ")
//!             of_shop = prices.setdefault(shop, {})
//!             of_shop[rest] = of_shop.get(rest, 0) + len(rest)
//!             if line not in prices:
//!                 prices[line] = {"first": len(shop)}
//!             prices[line]["last"] = len(line)
//!     return prices
//!
//! def main():
//!     prices = _read("shares.txt")
//!     for shop, known in external_sort(prices.items()):
//!         print(shop, len(known), max(known.values()), known.get("last"))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! Somebody else gets hold of them, or could tell that they are no dictionaries:
//!
//! ```py kept
//! import json
//! from collections import defaultdict
//!
//! def main():
//!     sizes = defaultdict(dict)
//!     for line in open("notes.txt"):
//!         sizes[line[:1]][line] = len(line)
//!     print(json.dumps(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     sizes, known = defaultdict(dict), []
//!     for line in open("notes.txt"):
//!         sizes[line[:1]][line] = len(line)
//!         known.append(sizes[line[:1]])
//!     print(isinstance(known[0], dict))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     sizes = defaultdict(dict)
//!     for line in open("notes.txt"):
//!         sizes[line[:1]][line] = len(line)
//!     try:
//!         print(len(max(sizes.values())))
//!     except TypeError as error:
//!         print(error)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! What they hold is changed, or told apart by which object it is:
//!
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     lines = defaultdict(lambda: defaultdict(list))
//!     for line in open("notes.txt"):
//!         lines[line[:1]][line[:2]].append(line)
//!     print(sum(len(found) for inner in lines.values() for found in inner.values()))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! The same one may be in two places:
//!
//! ```py kept
//! def main():
//!     sizes, empty = {}, {}
//!     for line in open("notes.txt"):
//!         sizes.setdefault(line[:1], empty)[line] = len(line)
//!     print(len(sizes), len(empty))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! They may be of several sorts:
//!
//! ```py kept
//! from collections import defaultdict
//!
//! def main():
//!     sizes = {}
//!     for line in open("notes.txt"):
//!         sizes.setdefault(line[:1], {})[line] = len(line)
//!         sizes.setdefault(line[:2], defaultdict(int))[line] = len(line)
//!     print(len(sizes), sum(len(inner) for inner in sizes.values()))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # Same behaviour
//!
//! *Guarded*: only values whose copies cannot be told from the originals go to disk; others are held
//! in memory. *Assumed*: `operators-are-pure`, since keys of unknown type may be hashed and compared more
//! often; `total-order`, where keys are sorted; `module-is-closed`, where the dictionary goes from function
//! to function.
//!
//! # Saves and costs
//!
//! All entries but a buffer, and the keys of the outer dictionary; about forty bytes for each entry stay. In
//! a module that is no program, whose functions others may call with little data, only where a file fills
//! them.

// tidy: long because the page shows in which ways such dictionaries are filled and asked.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Doubt, Journey, Kind, Size};
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::Expr;
use spacetime_text::{Edit, Edits, Ranged};

use crate::grouped::{SPILL_GROUPS, sorts_of_groups};
use crate::inner_dicts::{Inner, inner, outer};
use crate::naming::Naming;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around};
use crate::rounds::gets_each_group;
use crate::sorted_set::EXTERNAL_SORT;
use crate::spilled::{
    added_kind, check_shown, check_unshared, is_filled_from_file, is_immutable, is_written, known_items, kind_of, options,
    rely,
};

pub static RULE: Rule = rule!(
    late "spill_group_dicts",
    ExternalMemory,
    [
        "{}",
        "dict()",
        "defaultdict($FACTORY)",
        "collections.defaultdict($FACTORY)",
    ],
    check
);

/// What stays in memory, what stays for each entry, and what a dictionary takes of an entry beside its value.
const BUFFER: f64 = 4.0 * 1024.0 * 1024.0;
const TRACE: f64 = 40.0;
const SLOT: f64 = 150.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let site = found.node;
    let Some(Naming { target, value, span }) = Naming::of_variable(cx, site) else { return Ok(None) };
    let Some(missing) = outer(cx, value) else { return Ok(None) };
    let many = loop_around(cx, site).is_some() || function_repeats(cx, site);
    let hidden = cx.model.is_program() || cx.model.enclosing_function(site).is_some();
    if many || !hidden {
        return Ok(None);
    }
    let name = cx.tree.module().slice(target);
    let description = format!("the dictionaries in `{name}` grow with the data: keep them on disk");
    let refuse = |doubt| Box::new(Refusal { span, description: description.clone(), doubt });
    let journey = match journey(cx, site, missing.as_ref()) {
        Ok(journey) => journey,
        Err(doubt) if cx.model.is_program() && missing.is_some() => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    let Some(kind) = sort_of(cx, &journey, missing.as_ref()) else { return Ok(None) };
    let augmented = journey.augmented.iter().map(|node| kind_of(cx, *node));
    let values = augmented.fold(added_kind(cx, &journey), Kind::join);
    if !grows(cx, &journey, &values) {
        return Ok(None);
    }
    check_unshared(cx, &journey).map_err(refuse)?;
    check_pays(cx, &journey).map_err(refuse)?;
    let mut lent = cx.model.lent_values(&journey).map_err(refuse)?;
    lent.compared |= journey.ordered;
    check_shown(cx, &known_items(cx, &journey), &mut lent).map_err(refuse)?;
    let mut relies = Reliances::default();
    let sorts = sorts_of_groups(cx, &journey, &mut relies);
    let mut imports = vec![SPILL_GROUPS];
    imports.extend((!sorts.is_empty()).then_some(EXTERNAL_SORT));
    // `table[key][other] += value` changes a list in place, and a copy of it only where it is on disk.
    let changed = !journey.augmented.is_empty() && !is_immutable(&values);
    let default = if missing.is_some() { "default=True, " } else { "" };
    let promised = if changed { "" } else { options(&values, lent) };
    let comma = if promised.is_empty() { "" } else { ", " };
    let (groups, inner) = (SPILL_GROUPS.local_name(cx.tree), kind.text);
    let text = format!("{groups}({default}dicts={inner}{comma}{promised})");
    let edits = std::iter::once(Edit::replace(value.range(), text)).chain(sorts).collect::<Vec<_>>();
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    rely(&journey, lent, &mut relies);
    relies.assume(Assumption::OperatorsArePure);
    let items = Size::quantity(format!("items({name})"));
    let mut claim = price::saves_list(&items, price::bytes_of_kind(&values) + SLOT, 0.4, 1.0);
    claim.after = Size::number(BUFFER).plus(&items.scaled(TRACE));
    claim.clarity = 0.9;
    Ok(Some(Opportunity { span, description, edits, imports, relies_on: relies.into_vec(), claim }))
}

/// Where the inner dictionaries go; those that nothing makes where one is missing may be counters.
fn journey(cx: &Context<'_, '_>, site: NodeId, missing: Option<&Inner>) -> Result<Journey, Doubt> {
    match missing {
        Some(kind) => cx.model.journey_of_group_dicts(site, kind.counts),
        None => cx.model.journey_of_group_dicts(site, false).or_else(|doubt| {
            let counters = cx.model.journey_of_group_dicts(site, true).map_err(|_| doubt)?;
            match sort_of(cx, &counters, None) {
                Some(kind) if kind.counts => Ok(counters),
                _ => Err(Doubt::new("a method of a Counter is called")),
            }
        }),
    }
}

/// The sort of all inner dictionaries, if they are of one.
fn sort_of(cx: &Context<'_, '_>, journey: &Journey, missing: Option<&Inner>) -> Option<Inner> {
    let made = journey.made.iter().map(|node| inner(cx, cx.tree.expr(*node)?));
    let kinds: Vec<Inner> = missing.cloned().map(Some).into_iter().chain(made).collect::<Option<_>>()?;
    let first = kinds.first()?.clone();
    kinds.iter().all(|kind| *kind == first).then_some(first)
}

/// Whether there is likely an entry for each of many items, which goes to disk.
fn grows(cx: &Context<'_, '_>, journey: &Journey, values: &Kind) -> bool {
    let keys = || journey.keys.iter().filter_map(|node| cx.tree.expr(*node));
    let filled = journey.added.iter().chain(&journey.extended).chain(&journey.augmented);
    // A record with a name for each value is written as a whole.
    let records = keys().all(Expr::is_string_literal_expr)
        && journey.extended.is_empty()
        && journey.augmented.is_empty();
    // Strangers may call a function again and again, with little each time.
    let pays = cx.model.is_program() || is_filled_from_file(cx, journey);
    let written = keys().all(|key| is_written(&kind_of(cx, cx.tree.id(key))));
    pays && !records
        && written
        && (is_written(values) || *values == Kind::Never)
        && filled.into_iter().any(|node| is_repeated(cx, *node))
}

fn is_repeated(cx: &Context<'_, '_>, node: NodeId) -> bool {
    loop_around(cx, node).is_some() || function_repeats(cx, node)
}

/// Each is walked where its key is; a loop around that would read the same one again and again.
fn check_pays(cx: &Context<'_, '_>, journey: &Journey) -> Result<(), Doubt> {
    for node in &journey.walks {
        let place = journey.places.iter().copied().find(|place| *place == *node || cx.tree.contains(*node, *place));
        let Some(around) = loop_around(cx, *node) else { continue };
        let each = place.is_some_and(|place| gets_each_group(cx, around, place));
        if !each && loop_around(cx, around).is_some() {
            return Err(Doubt::new(format!("a dictionary is walked again and again (line {})", cx.model.line(*node))));
        }
    }
    Ok(())
}
