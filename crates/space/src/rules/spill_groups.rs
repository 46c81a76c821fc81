//! Keeps the lists of a dictionary of lists on disk, and its keys in memory.
//!
//! A `SpillGroups` is filled and read as the dictionary is; the items of all
//! groups wait in one buffer and go to a file without a name when it is full.
//! The order of the keys and of the items of each is that of the dictionary.
//!
//! ```py before
//! def sizes(path):
//!     groups = {}
//!     with open(path) as file:
//!         for word in file:
//!             key = word[:1]
//!             if key not in groups:
//!                 groups[key] = []
//!             groups[key].append((word, len(word)))
//!     for key in sorted(groups):
//!         print(key, sum(size for _, size in groups[key]), len(groups[key]))
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillGroups
//!
//! def sizes(path):
//!     groups = SpillGroups()
//!     with open(path) as file:
//!         for word in file:
//!             key = word[:1]
//!             if key not in groups:
//!                 groups[key] = []
//!             groups[key].append((word, len(word)))
//!     for key in sorted(groups):
//!         print(key, sum(size for _, size in groups[key]), len(groups[key]))
//! ```
//! ```py before
//! from collections import defaultdict
//!
//! def longest(path):
//!     groups = defaultdict(list)
//!     for word in open(path):
//!         groups[len(word)].append(f"{word}.")
//!     for size, members in sorted(groups.items()):
//!         print(size, len(members), members[0])
//! ```
//! ```py after
//! from collections import defaultdict
//! from spacetime_compiler.runtime import SpillGroups
//!
//! def longest(path):
//!     groups = SpillGroups(default=True)
//!     for word in open(path):
//!         groups[len(word)].append(f"{word}.")
//!     for size, members in sorted(groups.items()):
//!         print(size, len(members), members[0])
//! ```
//!
//! Some of the groups may be put into another dictionary, or a list:
//!
//! ```py before
//! from collections import defaultdict
//!
//! def _repeated(path):
//!     lines = defaultdict(list)
//!     for number, line in enumerate(open(path)):
//!         lines[line].append(number)
//!     return {line: numbers for line, numbers in lines.items() if len(numbers) > 1}
//!
//! def main():
//!     found = _repeated("notes.txt")
//!     print(len(found))
//!     for line in sorted(found):
//!         print(line, found[line][0], found[line][-1])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from collections import defaultdict
//! from spacetime_compiler.runtime import SpillGroups
//!
//! def _repeated(path):
//!     lines = SpillGroups(default=True)
//!     for number, line in enumerate(open(path)):
//!         lines[line].append(number)
//!     return {line: numbers for line, numbers in lines.items() if len(numbers) > 1}
//!
//! def main():
//!     found = _repeated("notes.txt")
//!     print(len(found))
//!     for line in sorted(found):
//!         print(line, found[line][0], found[line][-1])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Type hints do not matter:
//!
//! ```py before
//! from typing import Dict, List
//!
//! def _middle(ordered: List[int]) -> int:
//!     return sorted(ordered)[len(ordered) // 2]
//!
//! def main(path):
//!     sizes: Dict[str, List[int]] = {}
//!     for line in open(path):
//!         sizes.setdefault(line[:1], []).append(len(line))
//!     for first, members in sizes.items():
//!         print(first, len(members), _middle(members))
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//! ```py after
//! from typing import Dict, List
//! from spacetime_compiler.runtime import SpillGroups
//!
//! def _middle(ordered: List[int]) -> int:
//!     return sorted(ordered)[len(ordered) // 2]
//!
//! def main(path):
//!     sizes: Dict[str, List[int]] = SpillGroups()
//!     for line in open(path):
//!         sizes.setdefault(line[:1], []).append(len(line))
//!     for first, members in sizes.items():
//!         print(first, len(members), _middle(members))
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//!
//! # When not
//!
//! The values are no lists, or somebody else gets hold of them or of the dictionary:
//!
//! ```py kept
//! def counts(words):
//!     groups = {}
//!     for word in words:
//!         groups[word] = groups.get(word, 0) + 1
//!     return sorted(groups.items())
//! ```
//! ```py kept
//! def index(path):
//!     groups = {}
//!     for word in open(path):
//!         groups.setdefault(word[:1], []).append(word)
//!     return groups
//! ```
//!
//! Items are changed when they are in their group:
//!
//! ```py kept
//! def ranked(path):
//!     groups = {}
//!     for word in open(path):
//!         groups.setdefault(word[:1], []).append([word, 0])
//!     for members in groups.values():
//!         for rank, entry in enumerate(members):
//!             entry[1] = rank
//!     return sum(entry[1] for members in groups.values() for entry in members)
//! ```
//!
//! So they are where some of the groups are in another dictionary:
//!
//! ```py kept
//! def main():
//!     groups = {}
//!     for word in open("words.txt"):
//!         groups.setdefault(word[:1], []).append([word, 0])
//!     large = {first: members for first, members in groups.items() if len(members) > 1}
//!     for members in large.values():
//!         members[0][1] = len(members)
//!     print(len(large), sum(entry[1] for members in groups.values() for entry in members))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # Relies on
//!
//! *Guarded*: as for `spill_list`. *Assumed*: `module-is-closed`, where the
//! dictionary goes from function to function.
//!
//! # Saves and costs
//!
//! All items but a buffer; the keys stay. In a module that is no program, whose
//! functions others may call with little data, only where a file fills the lists. A fraction of a microsecond for each
//! item that is written, and for each that is read.

// tidy: long because the page shows how dictionaries of lists are filled.
use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Doubt, Journey, Size};
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged};

use crate::grouped::{empty_dictionary, fills_values};
use crate::made_list::assignment;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around};
use crate::spilled::{
    added_kind, check_indexed, check_shown, check_unshared, is_filled_from_file, known_items, options, rely,
};

pub static RULE: Rule = rule!(
    late "spill_groups",
    ExternalMemory,
    [
        "$X = {}",
        "$X: $T = {}",
        "$X = dict()",
        "$X: $T = dict()",
        "$X = defaultdict(list)",
        "$X: $T = defaultdict(list)",
        "$X = collections.defaultdict(list)",
        "$X: $T = collections.defaultdict(list)",
    ],
    check
);

const SPILL_GROUPS: Import = Import::new("spacetime_compiler.runtime", "SpillGroups");

/// What stays in memory, beside the keys.
const BUFFER: f64 = 4.0 * 1024.0 * 1024.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(stmt) = cx.tree.stmt(found.node) else { return Ok(None) };
    let Some((target @ (Expr::Name(_) | Expr::Attribute(_)), value)) = assignment(stmt) else { return Ok(None) };
    let site = cx.tree.id(value);
    let Some(factory) = empty_dictionary(cx, value, "list") else { return Ok(None) };
    let default = factory.is_some();
    let many = loop_around(cx, site).is_some() || function_repeats(cx, site);
    let hidden = cx.model.is_program() || cx.model.enclosing_function(site).is_some();
    if many || !hidden || !(default || fills_values(cx, target, &["append", "extend"])) {
        return Ok(None);
    }
    let name = cx.tree.module().slice(target);
    let description = format!("the lists in `{name}` grow with the data: keep them on disk");
    let refuse = |doubt| Box::new(Refusal { span: stmt.range(), description: description.clone(), doubt });
    let journey = match cx.model.journey_of_groups(site) {
        Ok(journey) => journey,
        Err(doubt) if cx.model.is_program() => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    if journey.added.is_empty() && journey.extended.is_empty() {
        return Ok(None);
    }
    // Strangers may call a function again and again, with little each time.
    if !cx.model.is_program() && !is_filled_from_file(cx, &journey) {
        return Ok(None);
    }
    check_unshared(cx, &journey).map_err(refuse)?;
    check_pays(cx, &journey, site).map_err(refuse)?;
    let mut lent = cx.model.lent_on(&journey).map_err(refuse)?;
    check_shown(cx, &known_items(cx, &journey), &mut lent).map_err(refuse)?;
    let kind = added_kind(cx, &journey);
    let mut arguments = options(&kind, lent).to_owned();
    if default {
        let comma = if arguments.is_empty() { "" } else { ", " };
        arguments = format!("default=True{comma}{arguments}");
    }
    let text = format!("{}({arguments})", SPILL_GROUPS.local_name(cx.tree));
    let Ok(edits) = Edits::try_from(vec![Edit::replace(value.range(), text)]) else { return Ok(None) };
    let mut relies = Reliances::default();
    rely(&journey, lent, &mut relies);
    let items = Size::quantity(format!("items({name})"));
    let mut claim = price::saves_list(&items, price::bytes_of_kind(&kind), 0.2, 0.8);
    claim.after = Size::number(BUFFER);
    claim.clarity = 0.9;
    Ok(Some(Opportunity {
        span: stmt.range(),
        description,
        edits,
        imports: vec![SPILL_GROUPS],
        relies_on: relies.into_vec(),
        claim,
    }))
}

/// Groups are walked one by one; a loop around that would read each again and again.
fn check_pays(cx: &Context<'_, '_>, journey: &Journey, site: NodeId) -> Result<(), Doubt> {
    let nested = |node: NodeId| loop_around(cx, node).and_then(|outer| loop_around(cx, outer)).is_some();
    for node in &journey.searched {
        if loop_around(cx, *node).is_some() || function_repeats(cx, *node) {
            return Err(Doubt::new(format!("items are searched in a group again and again (line {})", cx.model.line(*node))));
        }
    }
    for node in &journey.walks {
        let within_group = cx
            .tree
            .ancestors(*node)
            .filter(|outer| matches!(cx.tree.node(*outer), Node::Stmt(Stmt::For(_) | Stmt::While(_))))
            .count();
        if within_group > 2 && nested(*node) {
            return Err(Doubt::new(format!("a group is walked again and again (line {})", cx.model.line(*node))));
        }
    }
    check_indexed(cx, journey, site, true)
}
