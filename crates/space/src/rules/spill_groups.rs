//! Keeps a dictionary of lists on disk.
//!
//! A `SpillGroups` is filled and read as the dictionary is; the items of all
//! groups wait in one buffer and go to a file without a name when it is full, and so do
//! the keys if they are many.
//! The order of the keys and of the items of each is that of the dictionary. Where
//! sorted keys or items are walked once, they are sorted on disk, too.
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
//! from spacetime_compiler.runtime import external_sort
//!
//! def sizes(path):
//!     groups = SpillGroups()
//!     with open(path) as file:
//!         for word in file:
//!             key = word[:1]
//!             if key not in groups:
//!                 groups[key] = []
//!             groups[key].append((word, len(word)))
//!     for key in external_sort(groups):
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
//! from spacetime_compiler.runtime import external_sort
//!
//! def longest(path):
//!     groups = SpillGroups(default=True)
//!     for word in open(path):
//!         groups[len(word)].append(f"{word}.")
//!     for size, members in external_sort(groups.items()):
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
//! A field of a dataclass may hold the dictionary of each object:
//!
//! ```py before
//! from dataclasses import dataclass, field
//!
//! @dataclass
//! class Report:
//!     groups: dict[str, list[int]] = field(default_factory=dict)
//!
//!     def read(self, path):
//!         with open(path) as file:
//!             for line in file:
//!                 self.groups.setdefault(line[:1], []).append(len(line))
//!
//! def main():
//!     report = Report()
//!     report.read("words.txt")
//!     print([(first, len(sizes)) for first, sizes in sorted(report.groups.items())])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from dataclasses import dataclass, field
//! from spacetime_compiler.runtime import SpillGroups
//! from spacetime_compiler.runtime import external_sort
//!
//! @dataclass
//! class Report:
//!     groups: dict[str, list[int]] = field(default_factory=lambda: SpillGroups())
//!
//!     def read(self, path):
//!         with open(path) as file:
//!             for line in file:
//!                 self.groups.setdefault(line[:1], []).append(len(line))
//!
//! def main():
//!     report = Report()
//!     report.read("words.txt")
//!     print([(first, len(sizes)) for first, sizes in external_sort(report.groups.items())])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py before
//! from collections import defaultdict
//! from dataclasses import dataclass, field
//!
//! @dataclass
//! class Report:
//!     groups: dict = field(default_factory=lambda: defaultdict(list))
//!
//!     def read(self, path):
//!         with open(path) as file:
//!             for line in file:
//!                 self.groups[line[:1]].append(len(line))
//!
//! def main():
//!     report = Report()
//!     report.read("words.txt")
//!     print([(first, len(sizes)) for first, sizes in sorted(report.groups.items())])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from collections import defaultdict
//! from dataclasses import dataclass, field
//! from spacetime_compiler.runtime import SpillGroups
//! from spacetime_compiler.runtime import external_sort
//!
//! @dataclass
//! class Report:
//!     groups: dict = field(default_factory=lambda: SpillGroups(default=True))
//!
//!     def read(self, path):
//!         with open(path) as file:
//!             for line in file:
//!                 self.groups[line[:1]].append(len(line))
//!
//! def main():
//!     report = Report()
//!     report.read("words.txt")
//!     print([(first, len(sizes)) for first, sizes in external_sort(report.groups.items())])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! It may get its name together with others:
//!
//! ```py before
//! def main():
//!     groups, lengths = {}, {}
//!     for line in open("words.txt"):
//!         groups.setdefault(line[:1], []).append(line.strip())
//!         lengths[line[:1]] = len(line)
//!     for first, members in sorted(groups.items()):
//!         print(first, lengths[first], len(members))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillGroups
//! from spacetime_compiler.runtime import external_sort
//!
//! def main():
//!     groups, lengths = SpillGroups(), {}
//!     for line in open("words.txt"):
//!         groups.setdefault(line[:1], []).append(line.strip())
//!         lengths[line[:1]] = len(line)
//!     for first, members in external_sort(groups.items()):
//!         print(first, lengths[first], len(members))
//!
//! if __name__ == "__main__":
//!     main()
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
//! An object is looked at with all of its fields, or is given another dictionary:
//!
//! ```py kept
//! from dataclasses import dataclass, field
//!
//! @dataclass
//! class Report:
//!     groups: dict[str, list[int]] = field(default_factory=dict)
//!
//!     def read(self, path):
//!         with open(path) as file:
//!             for line in file:
//!                 self.groups.setdefault(line[:1], []).append(len(line))
//!
//! def main():
//!     report = Report()
//!     report.read("words.txt")
//!     print(report)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from dataclasses import dataclass, field
//!
//! @dataclass
//! class Report:
//!     groups: dict[str, list[int]] = field(default_factory=dict)
//!
//!     def read(self, path):
//!         with open(path) as file:
//!             for line in file:
//!                 self.groups.setdefault(line[:1], []).append(len(line))
//!
//! def main():
//!     report = Report({"a": []})
//!     report.read("words.txt")
//!     print([(first, len(sizes)) for first, sizes in sorted(report.groups.items())])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # Relies on
//!
//! *Guarded*: as for `spill_list`. *Assumed*: `operators-are-pure`, since keys of unknown
//! type may be hashed and compared more often; `module-is-closed`, where the
//! dictionary goes from function to function.
//!
//! # Saves and costs
//!
//! All items but a buffer; about twenty bytes for each key stay. In a module that is no program, whose
//! functions others may call with little data, only where a file fills the lists. A fraction of a microsecond for each
//! item that is written, and for each that is read.

// tidy: long because the page shows how dictionaries of lists are filled.
use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Doubt, Journey, Size};
use spacetime_syntax::ast::Stmt;
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::factory::{Factory, makes_many};
use crate::grouped::{SPILL_GROUPS, empty_dictionary, fills_values, sorts_of_groups};
use crate::rounds::gets_each_group;
use crate::naming::Naming;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around};
use crate::sorted_set::EXTERNAL_SORT;
use crate::spilled::{
    added_kind, check_indexed, check_shown, check_unshared, is_filled_from_file, known_items, lent_items, options, rely,
};

pub static RULE: Rule = rule!(
    late "spill_groups",
    ExternalMemory,
    [
        "{}",
        "dict()",
        "defaultdict(list)",
        "collections.defaultdict(list)",
        "field($$$OPTIONS)",
        "dataclasses.field($$$OPTIONS)",
    ],
    check
)
.with_cases(include_str!("spill_groups.md"));

/// What stays in memory, beside the keys.
const BUFFER: f64 = 4.0 * 1024.0 * 1024.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    if let Some(factory) = Factory::of(cx, found.node) {
        return check_field(cx, &factory);
    }
    let site = found.node;
    let Some(Naming { target, value, span }) = Naming::of_variable(cx, site) else { return Ok(None) };
    let Some(factory) = empty_dictionary(cx, value, "list") else { return Ok(None) };
    let default = factory.is_some();
    let many = loop_around(cx, site).is_some() || function_repeats(cx, site);
    let hidden = cx.model.is_program() || cx.model.enclosing_function(site).is_some();
    if many || !hidden || !(default || fills_values(cx, target, &["append", "extend"])) {
        return Ok(None);
    }
    let name = cx.tree.module().slice(target);
    let groups = Groups { name, site, sites: &[site], span, default };
    groups.verdict(cx, |text| Edit::replace(value.range(), text))
}

/// `groups: dict[str, list] = field(default_factory=dict)` in a dataclass
fn check_field(cx: &Context<'_, '_>, factory: &Factory<'_>) -> Verdict {
    let made = match empty_dictionary(cx, factory.made, "list") {
        None if !factory.calls_builtin(cx, "dict") => return Ok(None),
        made => made.flatten(),
    };
    if !cx.model.is_program() || !factory.is_filled_in_loop(cx, &["append", "extend"]) {
        return Ok(None);
    }
    let (site, name, span) = (cx.tree.id(factory.made), factory.field.name, factory.made.range());
    let sites = factory.makers(cx);
    if sites.as_ref().is_ok_and(|sites| makes_many(cx, sites)) {
        return Ok(None);
    }
    let sites = sites.map_err(|doubt| Box::new(Refusal { span, description: describe(name), doubt }))?;
    let groups = Groups { name, site, sites: &sites, span, default: made.is_some() };
    groups.verdict(cx, |text| factory.edit(&text))
}

fn describe(name: &str) -> String {
    format!("the lists in `{name}` grow with the data: keep them on disk")
}

/// A dictionary that may be one of lists.
struct Groups<'a> {
    name: &'a str,
    /// Where it is made, and the places that run that.
    site: NodeId,
    sites: &'a [NodeId],
    span: Span,
    /// It makes a list where there is none.
    default: bool,
}

impl Groups<'_> {
    fn verdict(&self, cx: &Context<'_, '_>, edit: impl Fn(String) -> Edit) -> Verdict {
        let description = describe(self.name);
        let refuse = |doubt| Box::new(Refusal { span: self.span, description: description.clone(), doubt });
        let journey = match cx.model.journey_of_groups(self.site) {
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
        self.sites.iter().try_for_each(|site| check_pays(cx, &journey, *site)).map_err(refuse)?;
        let kind = added_kind(cx, &journey);
        let mut lent = lent_items(cx, &journey, &kind).map_err(refuse)?;
        check_shown(cx, &known_items(cx, &journey), &mut lent).map_err(refuse)?;
        let mut arguments = options(&kind, lent).to_owned();
        if self.default {
            let comma = if arguments.is_empty() { "" } else { ", " };
            arguments = format!("default=True{comma}{arguments}");
        }
        let text = format!("{}({arguments})", SPILL_GROUPS.local_name(cx.tree));
        let mut relies = Reliances::default();
        let sorts = sorts_of_groups(cx, &journey, &mut relies);
        let mut imports = vec![SPILL_GROUPS];
        imports.extend((!sorts.is_empty()).then_some(EXTERNAL_SORT));
        let edits = std::iter::once(edit(text)).chain(sorts).collect::<Vec<_>>();
        let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
        rely(&journey, lent, &mut relies);
        relies.assume(Assumption::OperatorsArePure);
        let items = Size::quantity(format!("items({})", self.name));
        let mut claim = price::saves_list(&items, price::bytes_of_kind(&kind), 0.2, 0.8);
        claim.after = Size::number(BUFFER);
        claim.clarity = 0.9;
        Ok(Some(Opportunity {
            span: self.span,
            description,
            edits,
            imports,
            relies_on: relies.into_vec(),
            claim,
        }))
    }
}

/// Groups are walked one by one; a loop around that would read each again and again.
fn check_pays(cx: &Context<'_, '_>, journey: &Journey, site: NodeId) -> Result<(), Doubt> {
    let nested = |node: NodeId| loop_around(cx, node).and_then(|outer| loop_around(cx, outer)).is_some();
    for node in &journey.searched {
        if is_searched_again(cx, journey, *node, STEPS) {
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

/// Functions are followed no further.
const STEPS: u8 = 3;

/// Whether a group may be searched more than a few times: otherwise than in a walk over all groups that
/// searches each of them.
fn is_searched_again(cx: &Context<'_, '_>, journey: &Journey, node: NodeId, steps: u8) -> bool {
    let Some(steps) = steps.checked_sub(1) else { return true };
    if let Some(around) = loop_around(cx, node) {
        return !gets_each_group(cx, around, node)
            || loop_around(cx, around).is_some()
            || function_repeats(cx, around);
    }
    let symbol = cx.model.scopes.resolve(node).symbol();
    let passes = |place: &&NodeId| cx.model.passed_to(**place).is_some_and(|(_, _, to)| Some(to) == symbol);
    let given: Vec<&NodeId> = journey.places.iter().filter(passes).collect();
    if given.is_empty() {
        return function_repeats(cx, node);
    }
    given.into_iter().any(|place| is_searched_again(cx, journey, *place, steps))
}
