//! Keeps the items of many small lists on disk, all of them together.
//!
//! Each object of a class has a list of its own, which is small; there are many of them, and
//! their items take most of the memory. A `SpillGroup` does what a list does. The items of all
//! of them wait in one buffer, and go to one file without a name when it is full.
//!
//! ```py before
//! class Station:
//!     def __init__(self, name):
//!         self.name = name
//!         self.readings = []
//!
//!     def add(self, text):
//!         self.readings.append((len(text), text))
//!
//!     def mean(self):
//!         return sum(size for size, _ in self.readings) / len(self.readings)
//!
//! def main():
//!     stations = {}
//!     with open("words.txt") as lines:
//!         for line in lines:
//!             name = line[:1]
//!             if name not in stations:
//!                 stations[name] = Station(name)
//!             stations[name].add(line)
//!     for name in sorted(stations):
//!         station = stations[name]
//!         print(name, len(station.readings), station.mean(), max(station.readings))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillGroup
//!
//! class Station:
//!     def __init__(self, name):
//!         self.name = name
//!         self.readings = SpillGroup(frozen=True)
//!
//!     def add(self, text):
//!         self.readings.append((len(text), text))
//!
//!     def mean(self):
//!         return sum(size for size, _ in self.readings) / len(self.readings)
//!
//! def main():
//!     stations = {}
//!     with open("words.txt") as lines:
//!         for line in lines:
//!             name = line[:1]
//!             if name not in stations:
//!                 stations[name] = Station(name)
//!             stations[name].add(line)
//!     for name in sorted(stations):
//!         station = stations[name]
//!         print(name, len(station.readings), station.mean(), max(station.readings))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! So it is with records in a dictionary, and with dictionaries of dictionaries:
//!
//! ```py before
//! def main():
//!     hosts = {}
//!     with open("shares.txt") as lines:
//!         for line in lines:
//!             host = hosts.setdefault(line[:1], {"count": 0, "sizes": []})
//!             host["count"] += 1
//!             host["sizes"].append(len(line))
//!     for name, host in sorted(hosts.items()):
//!         sizes = sorted(host["sizes"])
//!         print(name, host["count"], sizes[0], sizes[len(sizes) // 2], sizes[-1])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillGroup
//!
//! def main():
//!     hosts = {}
//!     with open("shares.txt") as lines:
//!         for line in lines:
//!             host = hosts.setdefault(line[:1], {"count": 0, "sizes": SpillGroup()})
//!             host["count"] += 1
//!             host["sizes"].append(len(line))
//!     for name, host in sorted(hosts.items()):
//!         sizes = sorted(host["sizes"])
//!         print(name, host["count"], sizes[0], sizes[len(sizes) // 2], sizes[-1])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py before
//! from collections import defaultdict
//!
//! def _read(path):
//!     table = defaultdict(lambda: defaultdict(list))
//!     for line in open(path):
//!         table[line[:1]][len(line)].append(line.count("e"))
//!     return table
//!
//! def main():
//!     table = _read("notes.txt")
//!     for first in sorted(table):
//!         for size, counts in sorted(table[first].items()):
//!             print(first, size, len(counts), counts[0], max(counts))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from collections import defaultdict
//! from spacetime_compiler.runtime import SpillGroup
//!
//! def _read(path):
//!     table = defaultdict(lambda: defaultdict(SpillGroup))
//!     for line in open(path):
//!         table[line[:1]][len(line)].append(line.count("e"))
//!     return table
//!
//! def main():
//!     table = _read("notes.txt")
//!     for first in sorted(table):
//!         for size, counts in sorted(table[first].items()):
//!             print(first, size, len(counts), counts[0], max(counts))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py before
//! def _by_day(lines):
//!     days = {}
//!     for line in lines:
//!         days.setdefault(line[:1], {}).setdefault(line[1:2], []).append(len(line))
//!     return days
//!
//! def main():
//!     for day, hives in sorted(_by_day(open("words.txt")).items()):
//!         for hive, sizes in sorted(hives.items()):
//!             print(day, hive, sizes[-1] - sizes[0], max(sizes), len(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillGroup
//!
//! def _by_day(lines):
//!     days = {}
//!     for line in lines:
//!         days.setdefault(line[:1], {}).setdefault(line[1:2], SpillGroup()).append(len(line))
//!     return days
//!
//! def main():
//!     for day, hives in sorted(_by_day(open("words.txt")).items()):
//!         for hive, sizes in sorted(hives.items()):
//!             print(day, hive, sizes[-1] - sizes[0], max(sizes), len(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! Somebody else gets hold of what holds the lists, or asks for all that a record has:
//!
//! ```py kept
//! import json
//!
//! def main():
//!     hosts = {}
//!     with open("shares.txt") as lines:
//!         for line in lines:
//!             host = hosts.setdefault(line[:1], {"count": 0, "sizes": []})
//!             host["sizes"].append(len(line))
//!     print(json.dumps(hosts))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def main():
//!     hosts = {}
//!     with open("shares.txt") as lines:
//!         for line in lines:
//!             host = hosts.setdefault(line[:1], {"count": 0, "sizes": []})
//!             host["sizes"].append(len(line))
//!     for name, host in sorted(hosts.items()):
//!         for key, value in host.items():
//!             print(name, key, isinstance(value, list))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def main():
//!     hosts, shared = {}, {"count": 0, "sizes": []}
//!     with open("shares.txt") as lines:
//!         for line in lines:
//!             key = "sizes" if len(line) > 3 else "count"
//!             host = hosts.setdefault(line[:1], {"count": 0, "sizes": []})
//!             host["sizes"].append(len(line))
//!             print(type(host[key]))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Items are changed when they are in their list:
//!
//! ```py kept
//! class Station:
//!     def __init__(self):
//!         self.readings = []
//!
//! def main():
//!     stations = {}
//!     with open("words.txt") as lines:
//!         for line in lines:
//!             stations.setdefault(line[:1], Station()).readings.append([line, 0])
//!     for station in stations.values():
//!         for number, reading in enumerate(station.readings):
//!             reading[1] = number
//!     for name in sorted(stations):
//!         print(name, stations[name].readings[0][0], stations[name].readings[-1][1])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Lists are asked while they are filled:
//!
//! ```py kept
//! class Station:
//!     def __init__(self):
//!         self.readings = []
//!
//!     def add(self, text):
//!         self.readings.append(len(text))
//!         return sum(self.readings)
//!
//! def main():
//!     stations = {}
//!     with open("words.txt") as lines:
//!         for line in lines:
//!             print(stations.setdefault(line[:1], Station()).add(line))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! What reads the list may be no code of the module:
//!
//! ```py kept
//! import json
//!
//! class Station:
//!     def __init__(self):
//!         self.readings = []
//!
//!     def add(self, text):
//!         self.readings.append(len(text))
//!
//! def main():
//!     stations = {}
//!     with open("words.txt") as lines:
//!         for line in lines:
//!             stations.setdefault(line[:1], Station()).add(line)
//!     print(json.dumps([vars(station) for station in stations.values()]))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # Relies on
//!
//! *Guarded*: as for `spill_list`. *Assumed*: `module-is-closed`.
//!
//! # Saves and costs
//!
//! All items but a buffer; about a hundred bytes for each list stay. A fraction of a microsecond
//! for each item that is written, and for each that is read; a few for each list.

// tidy: long because the page shows in which ways such lists are held.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Doubt, Journey, Kind, Size};
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged};

use crate::factory::{Factory, is_filled_by_others};
use crate::holder::runs_of;
use crate::made_list::{is_annotation, name_of};
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around};
use crate::spilled::{
    added_kind, check_indexed, check_shown, check_unshared, is_filled_from_file, is_written, known_items, lent_items,
    options, rely,
};
use crate::whole::{class_around, goes_to_disk};

pub static RULE: Rule = rule!(
    within "spill_group_lists",
    ExternalMemory,
    [
        "[]",
        "list()",
        "defaultdict(list)",
        "collections.defaultdict(list)",
        "field($$$OPTIONS)",
        "dataclasses.field($$$OPTIONS)",
    ],
    check
)
.with_cases(include_str!("spill_group_lists.md"));

const SPILL_GROUP: Import = Import::new("spacetime_compiler.runtime", "SpillGroup");

/// So many calls are followed to see what runs a place.
const CALLS: usize = 3;
/// In so many loops each list is walked once: over groups of objects, and the objects of each.
const DEPTH: usize = 2;

/// What stays in memory, beside the lists themselves.
const BUFFER: f64 = 4.0 * 1024.0 * 1024.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let factory = Factory::of(cx, found.node);
    let site = factory.as_ref().map_or(found.node, |factory| cx.tree.id(factory.made));
    let Some(expr) = cx.tree.expr(site) else { return Ok(None) };
    let made = match &factory {
        Some(factory) => made_by(cx, factory),
        None => made(cx, expr),
    };
    let Some(made) = made else { return Ok(None) };
    if !cx.model.is_program() || is_annotation(cx, site) {
        return Ok(None);
    }
    let name = made.name(cx, site);
    let description = format!("many lists (`{name}`) grow with the data: keep their items on disk");
    let refuse = |doubt| Box::new(Refusal { span: expr.range(), description: description.clone(), doubt });
    let journey = match made {
        Made::List => cx.model.journey(site),
        Made::Missing(_) => cx.model.journey_of_missing(site),
        Made::Field(_) => cx.model.journey_of_fields(site),
    };
    let Ok(journey) = journey else { return Ok(None) };
    if !is_one_of_many(cx, site, made, &journey) {
        return Ok(None);
    }
    let kind = added_kind(cx, &journey);
    // A list that one object fills with a file is large.
    let large = !journey.nested && is_filled_from_file(cx, &journey) && !is_filled_by_others(cx, site, &journey);
    let grows = journey.added.iter().chain(&journey.extended).any(|node| is_repeated(cx, *node));
    if large || !grows || kind == Kind::Never || !is_written(&kind) {
        return Ok(None);
    }
    check_unshared(cx, &journey).map_err(refuse)?;
    check_pays(cx, &journey, site).map_err(refuse)?;
    let mut lent = lent_items(cx, &journey, &kind).map_err(refuse)?;
    if let Made::Field(_) = made {
        // The text of the object may be made, and it may be compared.
        (lent.shown, lent.compared) = (true, true);
    }
    check_shown(cx, &known_items(cx, &journey), &mut lent).map_err(refuse)?;
    let (list, options) = (SPILL_GROUP.local_name(cx.tree), options(&kind, lent));
    let edit = made.edit(expr, &list, options);
    let Ok(edits) = Edits::try_from(vec![edit]) else { return Ok(None) };
    let mut relies = Reliances::default();
    rely(&journey, lent, &mut relies);
    let items = Size::quantity(format!("items({name})"));
    let mut claim = price::saves_list(&items, price::bytes_of_kind(&kind), 0.2, 0.8);
    claim.after = Size::number(BUFFER);
    claim.clarity = 0.8;
    Ok(Some(Opportunity {
        span: expr.range(),
        description,
        edits,
        imports: vec![SPILL_GROUP],
        relies_on: relies.into_vec(),
        claim,
    }))
}

/// Whether it is one of many lists of which nothing is taken out, and stays when its owner goes to disk.
fn is_one_of_many(cx: &Context<'_, '_>, site: NodeId, made: Made<'_, '_>, journey: &Journey) -> bool {
    let is_cut = !journey.spliced.is_empty() || !journey.popped.is_empty();
    let is_object = matches!(made, Made::Field(_)) || is_of_object(cx, site);
    !is_cut && (journey.nested || is_object && !goes_to_disk(cx, site))
}

/// What makes the lists.
#[derive(Clone, Copy)]
enum Made<'a, 'm> {
    /// Where an empty one stands.
    List,
    /// The factory of a `defaultdict`.
    Missing(&'m Expr),
    /// That of a field.
    Field(&'a Factory<'m>),
}

impl Made<'_, '_> {
    /// How the report calls the lists.
    fn name(self, cx: &Context<'_, '_>, site: NodeId) -> String {
        match self {
            Self::Field(factory) => factory.field.name.to_owned(),
            Self::List if is_of_object(cx, site) => name_of(cx, site).unwrap_or_default(),
            _ => "values".to_owned(),
        }
    }

    fn edit(self, expr: &Expr, list: &str, options: &str) -> Edit {
        match self {
            Self::List => Edit::replace(expr.range(), format!("{list}({options})")),
            Self::Missing(factory) if options.is_empty() => Edit::replace(factory.range(), list.to_owned()),
            Self::Missing(factory) => Edit::replace(factory.range(), format!("lambda: {list}({options})")),
            Self::Field(factory) if options.is_empty() => factory.edit_to(list),
            Self::Field(factory) => factory.edit(&format!("{list}({options})")),
        }
    }
}

fn made_by<'a, 'm>(cx: &Context<'_, 'm>, factory: &'a Factory<'m>) -> Option<Made<'a, 'm>> {
    let is_empty = matches!(factory.made, Expr::List(list) if list.elts.is_empty());
    (is_empty || factory.calls_builtin(cx, "list")).then_some(Made::Field(factory))
}

fn made<'a, 'm>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<Made<'a, 'm>> {
    match expr {
        Expr::List(list) if list.elts.is_empty() => Some(Made::List),
        Expr::Call(call) => match &call.arguments.args[..] {
            [] if call.arguments.is_empty() && cx.model.is_builtin(&call.func, "list") => Some(Made::List),
            [factory] if call.arguments.keywords.is_empty() => {
                let is_default = cx.model.qualified(&call.func).as_deref() == Some("collections.defaultdict");
                (is_default && cx.model.is_builtin(factory, "list")).then_some(Made::Missing(factory))
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_repeated(cx: &Context<'_, '_>, node: NodeId) -> bool {
    loop_around(cx, node).is_some() || function_repeats(cx, node)
}

/// Whether it is an attribute of an object, and objects like that are made again and again.
fn is_of_object(cx: &Context<'_, '_>, site: NodeId) -> bool {
    let stmt = cx.tree.statement(site).and_then(|stmt| cx.tree.stmt(stmt));
    let (target, value) = match stmt {
        Some(Stmt::Assign(assign)) => match assign.targets.as_slice() {
            [target] => (target, &*assign.value),
            _ => return false,
        },
        Some(Stmt::AnnAssign(assign)) => match &assign.value {
            Some(value) => (&*assign.target, &**value),
            None => return false,
        },
        _ => return false,
    };
    target.is_attribute_expr()
        && cx.tree.id(value) == site
        && (function_repeats(cx, site) || is_made_by_default(cx, site))
}

/// Whether a `defaultdict` makes objects of the class: `stations = defaultdict(Station)`.
fn is_made_by_default(cx: &Context<'_, '_>, site: NodeId) -> bool {
    let class = class_around(cx, site).map(|class| cx.tree.node(class));
    let Some(Node::Stmt(Stmt::ClassDef(def))) = class else { return false };
    let symbol = cx.model.scopes.resolve(cx.tree.id(&def.name)).symbol();
    symbol.is_some_and(|symbol| {
        cx.model.scopes.symbol(symbol).uses.iter().any(|used| cx.model.is_default_factory(*used))
    })
}

/// Lists that are asked while they are filled would be read again and again.
fn check_pays(cx: &Context<'_, '_>, journey: &Journey, site: NodeId) -> Result<(), Doubt> {
    let line = |node: NodeId| cx.model.line(node);
    if let Some(node) = journey.searched.iter().find(|node| is_repeated(cx, **node)) {
        return Err(Doubt::new(format!("items are searched in such lists again and again (line {})", line(*node))));
    }
    let loops_of = |node: &NodeId| runs_of(cx, *node, None).into_iter().flat_map(|run| loops_around(cx, run));
    let filling: Vec<NodeId> = journey.added.iter().chain(&journey.extended).flat_map(loops_of).collect();
    for node in journey.walks.iter().chain(&journey.copies) {
        if loops_of(node).any(|around| filling.contains(&around)) {
            return Err(Doubt::new(format!("such a list is walked while they are filled (line {})", line(*node))));
        }
        if depth(cx, *node, CALLS) > DEPTH {
            return Err(Doubt::new(format!("such a list is walked again and again (line {})", line(*node))));
        }
    }
    let mut journey = journey.clone();
    journey.indexed.retain(|node| !is_of_each_round(cx, *node));
    check_indexed(cx, &journey, site, true)
}

/// Whether each round of a loop indexes a list of another object: `record["sizes"][len(record["sizes"]) // 2]`,
/// where the loop binds `record`.
fn is_of_each_round(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let Some(Expr::Subscript(indexed)) = cx.tree.expr(node) else { return false };
    let mut base = &*indexed.value;
    loop {
        base = match base {
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Subscript(subscript) if subscript.slice.is_literal_expr() => &subscript.value,
            _ => break,
        };
    }
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(base)).symbol() else { return false };
    let Some(around) = loop_around(cx, node) else { return false };
    let bindings = &cx.model.scopes.symbol(symbol).bindings;
    let is_in_round = |binding: &NodeId| cx.tree.contains(around, *binding);
    bindings.iter().any(is_in_round)
        && loop_around(cx, around).is_none()
        && !function_repeats(cx, node)
}

fn loops_around(cx: &Context<'_, '_>, node: NodeId) -> Vec<NodeId> {
    std::iter::successors(loop_around(cx, node), |around| loop_around(cx, *around)).collect()
}

/// In how many loops a node runs at most: those of its function, and those around the calls of it.
fn depth(cx: &Context<'_, '_>, node: NodeId, calls: usize) -> usize {
    let callers = cx.model.enclosing_function(node).filter(|_| calls > 0);
    let callers = callers.map(|def| cx.model.known_calls(def)).unwrap_or_default();
    let deepest = callers.into_iter().map(|call| depth(cx, call, calls - 1)).max();
    loops_around(cx, node).len() + deepest.unwrap_or(0)
}
