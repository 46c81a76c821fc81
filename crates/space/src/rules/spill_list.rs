//! Keeps a list that grows with the data on disk, and everything else as it is.
//!
//! A `SpillList` is filled, walked, measured and indexed as a list is; beyond a
//! small buffer its items lie in a file without a name. Nothing is moved: items
//! are made, errors raised and files closed when they were before. So this is
//! what is left to do for lists that cannot be streams: because they are walked
//! twice, or measured, or because what makes them could fail too late.
//!
//! ```py before
//! def _read(path):
//!     rows = []
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         rows.append((name, len(amount)))
//!     return rows
//!
//! def shares(path):
//!     rows = _read(path)
//!     total = sum(amount for _, amount in rows)
//!     return [f"{name} {amount / (total + len(rows))}" for name, amount in rows]
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _read(path):
//!     rows = SpillList()
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         rows.append((name, len(amount)))
//!     return rows
//!
//! def shares(path):
//!     rows = _read(path)
//!     total = sum(amount for _, amount in rows)
//!     return [f"{name} {amount / (total + len(rows))}" for name, amount in rows]
//! ```
//!
//! Different values, in order or as they come first:
//!
//! ```py before
//! def unique(path):
//!     words = sorted({line.strip() for line in open(path)})
//!     print(len(words))
//!     for word in words:
//!         print(word)
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import sorted_set
//!
//! def unique(path):
//!     words = SpillList(sorted_set(line.strip() for line in open(path)))
//!     print(len(words))
//!     for word in words:
//!         print(word)
//! ```
//!
//! ```py before
//! def as_first_seen(path):
//!     words = list(dict.fromkeys(line.strip() for line in open(path)))
//!     print(len(words))
//!     for word in words:
//!         print(word)
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import external_distinct
//!
//! def as_first_seen(path):
//!     words = SpillList(external_distinct(line.strip() for line in open(path)))
//!     print(len(words))
//!     for word in words:
//!         print(word)
//! ```
//!
//! A table by its columns; and items that `map` makes, where a function that walks the whole list
//! walks its parts, too:
//!
//! ```py before
//! def _table(path):
//!     table = {"name": [], "amount": []}
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         table["name"].append(name)
//!         table["amount"].append(len(amount))
//!     return table
//!
//! def report(path):
//!     table = _table(path)
//!     total = sum(table["amount"])
//!     for name, amount in zip(table["name"], table["amount"]):
//!         print(name, amount, total)
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _table(path):
//!     table = {"name": SpillList(frozen=True, compared=False), "amount": SpillList(frozen=True, compared=False)}
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         table["name"].append(name)
//!         table["amount"].append(len(amount))
//!     return table
//!
//! def report(path):
//!     table = _table(path)
//!     total = sum(table["amount"])
//!     for name, amount in zip(table["name"], table["amount"]):
//!         print(name, amount, total)
//! ```
//!
//! ```py before
//! def _parse(line):
//!     name, amount = (part.strip() for part in line.split("="))
//!     return {"name": name, "amount": len(amount)}
//!
//! def _total(rows):
//!     return sum(row["amount"] for row in rows)
//!
//! def report(path):
//!     with open(path) as file:
//!         rows = list(map(_parse, file))
//!     print(len(rows), _total(rows))
//!     for size in (1, 2, 3):
//!         print(size, _total(rows[:size]))
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _parse(line):
//!     name, amount = (part.strip() for part in line.split("="))
//!     return {"name": name, "amount": len(amount)}
//!
//! def _total(rows):
//!     return sum(row["amount"] for row in rows)
//!
//! def report(path):
//!     with open(path) as file:
//!         rows = SpillList(map(_parse, file), frozen=True, compared=False)
//!     print(len(rows), _total(rows))
//!     for size in (1, 2, 3):
//!         print(size, _total(rows[:size]))
//! ```
//!
//! Items that are changed while the list is walked are written again:
//!
//! ```py before
//! import csv
//!
//! def _charge(rows, rates):
//!     for row in rows:
//!         row["fee"] = int(row["cents"]) * rates.get(row["shop"], 3) // 100
//!
//! def main():
//!     with open("payments.csv", newline="") as file:
//!         rows = list(csv.DictReader(file))
//!     _charge(rows, {"north": 2})
//!     total = sum(row["fee"] for row in rows)
//!     for row in rows:
//!         print(row["shop"], row["fee"], total)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! import csv
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import updating
//!
//! def _charge(rows, rates):
//!     for row in updating(rows):
//!         row["fee"] = int(row["cents"]) * rates.get(row["shop"], 3) // 100
//!
//! def main():
//!     with open("payments.csv", newline="") as file:
//!         rows = SpillList(csv.DictReader(file), frozen=True)
//!     _charge(rows, {"north": 2})
//!     total = sum(row["fee"] for row in rows)
//!     for row in rows:
//!         print(row["shop"], row["fee"], total)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py before
//! class Trade:
//!     def __init__(self, line):
//!         self.words = line.split()
//!         self.rank = 0
//!
//!     def move(self, rank):
//!         self.rank = rank
//!
//! def main():
//!     trades = []
//!     for line in open("trades.txt"):
//!         trades.append(Trade(line))
//!     for rank, trade in enumerate(trades):
//!         trade.move(rank)
//!         trade.words.append("end")
//!     best = max(trades, key=lambda trade: trade.rank, default=None)
//!     print(sum(len(trade.words) for trade in trades), best.rank if best else 0)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import updating
//!
//! class Trade:
//!     def __init__(self, line):
//!         self.words = line.split()
//!         self.rank = 0
//!
//!     def move(self, rank):
//!         self.rank = rank
//!
//! def main():
//!     trades = SpillList(frozen=True, compared=False)
//!     for line in open("trades.txt"):
//!         trades.append(Trade(line))
//!     for rank, trade in enumerate(updating(trades)):
//!         trade.move(rank)
//!         trade.words.append("end")
//!     best = max(trades, key=lambda trade: trade.rank, default=None)
//!     print(sum(len(trade.words) for trade in trades), best.rank if best else 0)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! The item that was appended last is not on disk yet, and may be changed:
//!
//! ```py before
//! def _visits(path):
//!     visits = []
//!     for line in open(path):
//!         if line.startswith("/"):
//!             visits[-1]["pages"].append(line.strip())
//!         else:
//!             visits.append({"user": line.strip(), "pages": []})
//!     return visits
//!
//! def report(path):
//!     visits = _visits(path)
//!     print(len(visits))
//!     for visit in visits:
//!         print(visit["user"], len(visit["pages"]))
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _visits(path):
//!     visits = SpillList(frozen=True)
//!     for line in open(path):
//!         if line.startswith("/"):
//!             visits[-1]["pages"].append(line.strip())
//!         else:
//!             visits.append({"user": line.strip(), "pages": []})
//!     return visits
//!
//! def report(path):
//!     visits = _visits(path)
//!     print(len(visits))
//!     for visit in visits:
//!         print(visit["user"], len(visit["pages"]))
//! ```
//!
//! Walked again and again, it is slower than a list; but not where each walk looks for items of which
//! one part equals a value. `candidates` leaves the others out:
//!
//! ```py before
//! import json
//!
//! def _load(path):
//!     hauls = []
//!     for line in open(path):
//!         hauls.append(json.loads(line))
//!     return hauls
//!
//! def main():
//!     hauls = _load("hauls.jsonl")
//!     for species in sorted({haul["species"] for haul in hauls}):
//!         caught = [haul["kilos"] for haul in hauls if haul["species"] == species]
//!         print(species, len(caught), max(caught))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! import json
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import candidates
//!
//! def _load(path):
//!     hauls = SpillList(frozen=True, compared=False)
//!     for line in open(path):
//!         hauls.append(json.loads(line))
//!     return hauls
//!
//! def main():
//!     hauls = _load("hauls.jsonl")
//!     for species in sorted({haul["species"] for haul in hauls}):
//!         caught = [haul["kilos"] for haul in candidates(hauls, species, item="species") if haul["species"] == species]
//!         print(species, len(caught), max(caught))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! A function that all callers pass, or the one of them that is not known, changes items or hands
//! them on; and so does whoever gets what it returns:
//!
//! ```py kept
//! def _sum(rows, key):
//!     total = 0
//!     for row in rows:
//!         total += key(row)
//!     return total
//!
//! def _mark(row):
//!     row.append("!")
//!     return len(row)
//!
//! def main(path):
//!     rows = [line.split() for line in open(path)]
//!     print(_sum(rows, len), _sum(rows, _mark), _sum(rows, lambda row: len(row)))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py kept
//! def _each(rows, act):
//!     for row in rows:
//!         act(row)
//!
//! def main(path):
//!     rows = [line.split() for line in open(path)]
//!     kept = []
//!     _each(rows, kept.append)
//!     for row in kept:
//!         row.append("!")
//!     print(sum(map(len, rows)))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py kept
//! def _mark(rows, part):
//!     for row in rows:
//!         part(row).append("!")
//!
//! def main(path):
//!     rows = [(line, line.split()) for line in open(path)]
//!     _mark(rows, lambda row: row[1])
//!     print(sum(len(words) for line, words in rows), len(rows))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py kept
//! def _mark(text, row):
//!     row.append(text)
//!     return len(row)
//!
//! def main(path):
//!     rows = [line.split() for line in open(path)]
//!     print(sum(map(_mark, "abcdef", rows)), sum(map(len, rows)))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//!
//! Items of a group are compared; its key is a part of an item, and is changed; an item is put
//! into a list by another name:
//!
//! ```py kept
//! from itertools import groupby
//!
//! class Visit:
//!     def __init__(self, line):
//!         self.page = line[:3]
//!
//! def main(path):
//!     visits = [Visit(line) for line in open(path)]
//!     seen = set()
//!     for page, group in groupby(visits, key=lambda visit: visit.page):
//!         seen.update(group)
//!     for page, group in groupby(visits, key=lambda visit: visit.page):
//!         seen.update(group)
//!     print(len(seen), len(visits))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//! ```py kept
//! from itertools import groupby
//!
//! def main(path):
//!     rows = [(line[:1], line.split()) for line in open(path)]
//!     for words, group in groupby(rows, key=lambda row: row[1]):
//!         words.append("!")
//!     print(len(rows), sum(len(words) for first, words in rows))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py kept
//! def _put(pair, row):
//!     pair[1].append(row)
//!
//! def main(path):
//!     rows = [line.split() for line in open(path)]
//!     long, pairs = [], []
//!     pairs.append(("long", long))
//!     for row in rows:
//!         for pair in pairs:
//!             _put(pair, row)
//!     for row in long:
//!         row.append("!")
//!     print(len(rows), sum(map(len, rows)))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//!
//! # Relies on
//!
//! *Guarded*: what cannot be written to disk without anybody seeing it stays in
//! memory: an object that somebody else holds, a value of a type of which a
//! copy could be told from it. *Assumed*: `module-is-closed`, where the list
//! goes from function to function. What is left to see is a message: `iter(rows)[0]`
//! is a `TypeError` as before, and names another type of iterator.
//!
//! # Saves and costs
//!
//! All of the list but a buffer, for a fraction of a microsecond for each item
//! that is written, and for each that is read.

// tidy: long because each way in which a list is made is written otherwise, and the
// page shows what keeps a list in memory.

use spacetime_rule::{Claim, Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Doubt, Journey, Kind, Lent, Size, first_iterable};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged};

use crate::changing::{UPDATING, Updates, updates};
use crate::comprehension::{Listed, rebracket};
use crate::factory::{Factory, is_filled_by_others, makes_many};
use crate::made_list::{
    Maker, columns_around, columns_of, distinct_of, is_annotation, is_held_elsewhere, is_likely, is_small, kept_maker, name_of, rest_of,
};
use crate::made_list::{is_made_from_disk, is_on_disk};
use crate::picked::{CANDIDATES, Pick, pick};
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around, receives_again, repeats_beside, works_on_each};
use crate::sorted_set::{SORTED_SET, SortedSet};
use crate::spilled::{
    added_kind, check_indexed, check_shown, check_unshared, is_cheap, is_filled_from_file, is_read, item_kind_of, kind_of,
    known_items, options, rely, with_options,
};
use crate::whole_file::standard_input;

pub static RULE: Rule = rule!(
    late "spill_list",
    ExternalMemory,
    [
        "[]",
        "[$$$ITEMS]",
        "[$E for $$$CLAUSES]",
        "list($X)",
        "sorted($$$ARGS)",
        "$F.readlines()",
        "$F.read().splitlines()",
        "$F.read().split($SEPARATOR)",
        "$P.read_text($$$OPTIONS).splitlines()",
        "$P.read_text($$$OPTIONS).split($SEPARATOR)",
        "$P.read_bytes().splitlines()",
        "$P.read_bytes().split($SEPARATOR)",
        "$CURSOR.fetchall()",
        "json.load($F)",
        "json.loads($F.read())",
        "$R.findall($$$ARGS)",
        "$F.read().split()",
        "$F.read().strip($$$CHARS).splitlines()",
        "$F.read().strip($$$CHARS).split($SEPARATOR)",
        "$F.read().rstrip($$$CHARS).splitlines()",
        "$F.read().rstrip($$$CHARS).split($SEPARATOR)",
        "$P.read_text($$$OPTIONS).split()",
        "$P.read_text($$$OPTIONS).strip($$$CHARS).splitlines()",
        "$P.read_text($$$OPTIONS).strip($$$CHARS).split($SEPARATOR)",
        "$P.read_text($$$OPTIONS).rstrip($$$CHARS).splitlines()",
        "$P.read_text($$$OPTIONS).rstrip($$$CHARS).split($SEPARATOR)",
        "field($$$OPTIONS)",
        "dataclasses.field($$$OPTIONS)",
    ],
    check
)
.with_cases(include_str!("spill_list.md"));

const SPILL_LIST: Import = Import::new("spacetime_compiler.runtime", "SpillList");
const LOAD_JSON: Import = Import::new("spacetime_compiler.runtime", "load_json");
const EXTERNAL_DISTINCT: Import = Import::new("spacetime_compiler.runtime", "external_distinct");
const ISLICE: Import = Import::new("itertools", "islice");
const EXTERNAL_SORT: Import = Import::new("spacetime_compiler.runtime", "external_sort");

/// What stays in memory of a list that has been written to disk.
const BUFFER: f64 = 1024.0 * 1024.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let site = found.node;
    if let Some(factory) = Factory::of(cx, site) {
        return check_field(cx, &factory);
    }
    let Some(expr) = cx.tree.expr(site) else { return Ok(None) };
    let Some(maker) = kept_maker(cx, expr) else { return Ok(None) };
    if !cx.model.is_program() && cx.model.enclosing_function(site).is_none() {
        return Ok(None);
    }
    let Some(name) = name_of(cx, site) else { return Ok(None) };
    if is_small(cx, expr, maker) || is_annotation(cx, site) {
        return Ok(None);
    }
    let description = format!("`{name}` grows with the data: keep it on disk");
    let statement = cx.tree.statement(site).map_or(expr.range(), |stmt| cx.tree.node(stmt).range());
    let refuse = |doubt| Box::new(Refusal { span: expr.range(), description: description.clone(), doubt });
    let table = columns_around(cx, site);
    if table.is_some_and(|table| columns_of(table).first().is_some_and(|first| cx.tree.id(*first) != site)) {
        return Ok(None); // the first list speaks for all
    }
    let journey = match table {
        Some(table) => cx.model.journey_of_groups(cx.tree.id(table)),
        None => cx.model.journey(site),
    };
    let journey = match journey {
        Ok(journey) => journey,
        Err(doubt) if is_likely(cx, site, maker) => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    if journey.gathered
        || !grows(cx, &journey, maker)
        || runs_often(cx, site, maker, &journey)
        || holds_what_others_hold(cx, expr, maker, &journey)
        || matches!(maker, Maker::Json(_)) && is_asked_by_names(cx, &journey)
    {
        return Ok(None);
    }
    let kind = item_kind(cx, site, maker, &journey);
    let picks = check_pays(cx, &journey, &[site], &kind).map_err(refuse)?;
    let Walks { lent, edits: walked, imports: more } = walks(cx, expr, maker, &journey, picks).map_err(refuse)?;
    let mut relies = Reliances::default();
    let Some(mut edits) = edits(cx, site, maker, options(&kind, lent), &mut relies).map_err(refuse)? else {
        return Ok(None);
    };
    for edit in walked {
        if edits.push(edit).is_err() {
            return Ok(None);
        }
    }
    rely(&journey, lent, &mut relies);
    Ok(Some(Opportunity {
        span: statement,
        description,
        edits,
        imports: imports(cx, site, maker).into_iter().chain(more).collect(),
        relies_on: relies.into_vec(),
        claim: claim(cx, expr, maker, &name, &kind),
    }))
}

/// `rows: list[Row] = field(default_factory=list)` in a dataclass
fn check_field(cx: &Context<'_, '_>, factory: &Factory<'_>) -> Verdict {
    let (name, expr) = (factory.field.name, factory.made);
    let is_empty = matches!(expr, Expr::List(list) if list.elts.is_empty());
    if !(is_empty || factory.calls_builtin(cx, "list")) || !factory.is_filled_in_loop(cx, &["append", "extend"]) {
        return Ok(None);
    }
    let span = expr.range();
    let description = format!("`{name}` grows with the data: keep it on disk");
    let refuse = |doubt| Box::new(Refusal { span, description: description.clone(), doubt });
    let found = factory.makers(cx).and_then(|makers| Ok((makers, cx.model.journey(cx.tree.id(expr))?)));
    let (makers, journey) = match found {
        Ok(found) => found,
        Err(doubt) if cx.model.is_program() => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    let is_large = is_filled_from_file(cx, &journey) && !is_filled_by_others(cx, cx.tree.id(expr), &journey);
    if !grows(cx, &journey, Maker::Empty)
        || makes_many(cx, &makers) && !is_large
        || holds_what_others_hold(cx, expr, Maker::Empty, &journey)
    {
        return Ok(None);
    }
    let kind = added_kind(cx, &journey);
    let picks = check_pays(cx, &journey, &makers, &kind).map_err(refuse)?;
    let Walks { lent, edits: walked, imports } = walks(cx, expr, Maker::Empty, &journey, picks).map_err(refuse)?;
    let list = factory.edit(&format!("{}({})", SPILL_LIST.local_name(cx.tree), options(&kind, lent)));
    let Ok(edits) = Edits::try_from(walked.into_iter().chain([list]).collect::<Vec<_>>()) else {
        return Ok(None);
    };
    let mut relies = Reliances::default();
    rely(&journey, lent, &mut relies);
    Ok(Some(Opportunity {
        span,
        description,
        edits,
        imports: [SPILL_LIST].into_iter().chain(imports).collect(),
        relies_on: relies.into_vec(),
        claim: claim(cx, expr, Maker::Empty, name, &kind),
    }))
}

/// What is done with the items, if all of it can be done with copies.
fn done_with_items(
    cx: &Context<'_, '_>,
    expr: &Expr,
    maker: Maker<'_>,
    journey: &Journey,
) -> Result<Updates, Doubt> {
    let mut updates = updates(cx, journey)?;
    check_shown(cx, &all_items(cx, expr, maker, journey), &mut updates.lent)?;
    if updates.lent.compared && adds_unequal(cx, expr, maker, journey) {
        return Err(Doubt::new("items may be compared, and equal nothing but themselves"));
    }
    Ok(updates)
}

/// What is done with the items, and how the walks over them are written.
struct Walks {
    lent: Lent,
    edits: Vec<Edit>,
    imports: Vec<Import>,
}

fn walks(
    cx: &Context<'_, '_>,
    expr: &Expr,
    maker: Maker<'_>,
    journey: &Journey,
    picks: Vec<Pick>,
) -> Result<Walks, Doubt> {
    let Updates { lent, mut edits } = done_with_items(cx, expr, maker, journey)?;
    let is_changed = |pick: &&Pick| {
        let range = cx.tree.node(pick.place).range();
        edits.iter().any(|edit| range.contains_range(edit.span))
    };
    if let Some(pick) = picks.iter().find(is_changed) {
        return Err(Doubt::new(format!("items are changed, again and again (line {})", cx.model.line(pick.place))));
    }
    let mut imports: Vec<Import> = (!edits.is_empty()).then_some(UPDATING).into_iter().collect();
    imports.extend(picks.iter().any(|pick| !pick.edits.is_empty()).then_some(CANDIDATES));
    edits.extend(picks.into_iter().flat_map(|pick| pick.edits));
    Ok(Walks { lent, edits, imports })
}

/// What the new code imports.
fn imports(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>) -> Vec<Import> {
    let mut imports = vec![if let Maker::Json(_) = maker { LOAD_JSON } else { SPILL_LIST }];
    imports.extend(rest_of(cx, site).map(|_| ISLICE));
    if let Maker::Copy(call) = maker
        && distinct_of(cx, &call.arguments.args[0]).is_some()
    {
        imports.push(EXTERNAL_DISTINCT);
    }
    if let Maker::Cut(reading) = maker {
        imports.extend(reading.walk(cx).2);
    }
    if let Maker::Matches(search) = maker {
        imports.extend(search.around(cx).0);
    }
    if let Maker::Sorted(call) = maker {
        match SortedSet::of(cx, call) {
            Some(set) => imports.extend(set.imports()),
            None => imports.push(EXTERNAL_SORT),
        }
    }
    imports
}

/// Whether what a document holds is asked for by a name: it is no array, then.
fn is_asked_by_names(cx: &Context<'_, '_>, journey: &Journey) -> bool {
    journey.indexed.iter().any(|node| {
        matches!(cx.tree.expr(*node), Some(Expr::Subscript(found)) if found.slice.is_string_literal_expr())
    })
}

/// Whether the number of items depends on data.
fn grows(cx: &Context<'_, '_>, journey: &Journey, maker: Maker<'_>) -> bool {
    match maker {
        Maker::Empty | Maker::Begun => {
            let again = |node: &NodeId| loop_around(cx, *node).is_some() || function_repeats(cx, *node);
            journey.added.iter().any(again) || !journey.extended.is_empty()
        }
        _ => true,
    }
}

/// Whether many such lists may be made, each of which is small: a list made in
/// a loop, or in a function that strangers call, unless it is filled from a file.
fn runs_often(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>, journey: &Journey) -> bool {
    if cx.model.is_program() && loop_around(cx, site).is_none() && !function_repeats(cx, site) {
        return false;
    }
    match maker {
        Maker::Lines(_) | Maker::Cut(_) | Maker::Rows(_) | Maker::Json(_) => false,
        Maker::Matches(search) => !is_read(cx, cx.tree.id(search.searched)),
        Maker::Copy(call) => {
            let argument = &call.arguments.args[0];
            let source = distinct_of(cx, argument).map_or(argument, |(_, source)| source);
            !is_read(cx, cx.tree.id(first_iterable(source).unwrap_or(source)))
        }
        Maker::Comprehension => {
            let first = cx.tree.expr(site).and_then(first_iterable);
            // What is made of a list that is as large as a file is large, too.
            !first.is_some_and(|first| is_read(cx, cx.tree.id(first)) || is_on_disk(cx, first))
        }
        Maker::Empty | Maker::Begun => !is_filled_from_file(cx, journey) || is_one_of_many(cx, site, journey),
        Maker::Sorted(call) => {
            !SortedSet::of(cx, call).is_some_and(|set| set.is_fed(cx))
                && !is_made_from_disk(cx, &call.arguments.args[0])
        }
    }
}

/// Whether a list is kept in an object that does not read the file itself: many
/// objects may share what is read.
fn is_one_of_many(cx: &Context<'_, '_>, site: NodeId, journey: &Journey) -> bool {
    let stmt = cx.tree.statement(site).and_then(|stmt| cx.tree.stmt(stmt));
    let kept = matches!(stmt, Some(Stmt::Assign(assign)) if assign.targets.iter().any(Expr::is_attribute_expr))
        || matches!(stmt, Some(Stmt::AnnAssign(assign)) if assign.target.is_attribute_expr());
    kept && is_filled_by_others(cx, site, journey)
}

/// Whether all items are held by a list in memory, from which they come.
fn holds_what_others_hold(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>, journey: &Journey) -> bool {
    match (maker, expr) {
        (Maker::Comprehension, Expr::ListComp(comp)) => is_held_elsewhere(cx, &comp.elt),
        (Maker::Empty, _) => {
            let held = |node: &NodeId| cx.tree.expr(*node).is_some_and(|item| is_held_elsewhere(cx, item));
            !journey.added.is_empty() && journey.extended.is_empty() && journey.added.iter().all(held)
        }
        _ => false,
    }
}

/// What makes the items, `None` for what is not known.
fn all_items<'m>(
    cx: &Context<'_, 'm>,
    expr: &'m Expr,
    maker: Maker<'_>,
    journey: &Journey,
) -> Vec<Option<&'m Expr>> {
    let mut items = known_items(cx, journey);
    match (maker, expr) {
        (Maker::Empty, _) => {}
        (Maker::Begun, Expr::List(list)) => {
            items.extend(list.elts.iter().map(|item| Some(item).filter(|item| !item.is_starred_expr())));
        }
        (Maker::Comprehension, Expr::ListComp(comp)) => items.push(Some(&*comp.elt)),
        _ => items.push(None),
    }
    items
}

/// Whether items are new objects of a class without an equality of its own.
fn adds_unequal(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>, journey: &Journey) -> bool {
    let made = match (maker, expr) {
        (Maker::Comprehension, Expr::ListComp(comp)) => cx.model.makes_unequal(&comp.elt),
        _ => false,
    };
    let is_unequal = |node: &NodeId| cx.tree.expr(*node).is_some_and(|item| cx.model.makes_unequal(item));
    made || !journey.added.is_empty() && journey.added.iter().all(is_unequal)
}

/// Reading from disk again and again would cost more than it saves, but for small items of which
/// each is worked on, and where few of them are looked for: what does that is given.
fn check_pays(
    cx: &Context<'_, '_>,
    journey: &Journey,
    sites: &[NodeId],
    kind: &Kind,
) -> Result<Vec<Pick>, Doubt> {
    check_unshared(cx, journey)?;
    let mut picks = Vec::new();
    // Where a call gives the list, it is a new one in each round, and so are slices.
    let is_new = |place: &NodeId| match cx.tree.expr(*place) {
        Some(Expr::Call(_)) => true,
        Some(Expr::Subscript(subscript)) => subscript.slice.is_slice_expr(),
        _ => false,
    };
    let new = journey.places.iter().copied().filter(is_new);
    let makers: Vec<NodeId> = sites.iter().copied().chain(new).collect();
    let often = sites.iter().any(|site| function_repeats(cx, *site));
    for node in &journey.searched {
        if repeats_beside(cx, *node, &makers) || function_repeats(cx, *node) {
            return Err(Doubt::new(format!("items are searched in it again and again (line {})", cx.model.line(*node))));
        }
    }
    let outer_walk = |node: NodeId| {
        let mut around = cx.tree.ancestors(node);
        around.any(|outer| matches!(cx.tree.node(outer), Node::Stmt(Stmt::For(stmt))
            if cx.tree.id(&*stmt.iter) != node && journey.places.contains(&cx.tree.id(&*stmt.iter))))
    };
    for node in &journey.walks {
        if (repeats_beside(cx, *node, &makers)
            || (!often && receives_again(cx, *node, &journey.places, &makers)))
            && !(is_cheap(kind) && works_on_each(cx, *node) && !outer_walk(*node))
        {
            if let Some(found) = pick(cx, *node) {
                picks.push(found);
                continue;
            }
            return Err(Doubt::new(format!("it is walked again and again (line {})", cx.model.line(*node))));
        }
    }
    sites.iter().try_for_each(|site| check_indexed(cx, journey, *site, false))?;
    Ok(picks)
}

fn item_kind(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>, journey: &Journey) -> Kind {
    let items_of = |node| item_kind_of(cx, node);
    let own = match maker {
        Maker::Empty => Kind::Never,
        Maker::Begun => items_of(site),
        Maker::Comprehension => match cx.tree.expr(site) {
            Some(Expr::ListComp(comp)) => kind_of(cx, cx.tree.id(&*comp.elt)),
            _ => Kind::Unknown,
        },
        Maker::Copy(call) | Maker::Sorted(call) => {
            let argument = &call.arguments.args[0];
            items_of(cx.tree.id(distinct_of(cx, argument).map_or(argument, |(_, source)| source)))
        }
        Maker::Lines(file) => match standard_input(cx, file) {
            Some(true) => Kind::Str,
            Some(false) => Kind::Bytes,
            None => items_of(cx.tree.id(file)),
        },
        Maker::Cut(reading) if reading.is_text => Kind::Str,
        Maker::Cut(_) => Kind::Bytes,
        Maker::Rows(_) | Maker::Json(_) => Kind::Unknown,
        Maker::Matches(search) if !search.gives_texts() => Kind::Tuples(Box::new(Kind::Str)),
        Maker::Matches(search) if search.is_text => Kind::Str,
        Maker::Matches(_) => Kind::Bytes,
    };
    own.join(added_kind(cx, journey))
}

// tidy: long because each way to make a list is written in a way of its own.
fn edits(
    cx: &Context<'_, '_>,
    site: NodeId,
    maker: Maker<'_>,
    options: &str,
    relies: &mut Reliances,
) -> Result<Option<Edits>, Doubt> {
    let Some(expr) = cx.tree.expr(site) else { return Ok(None) };
    let name = SPILL_LIST.local_name(cx.tree);
    let comma = if options.is_empty() { String::new() } else { format!(", {options}") };
    if let Some(rest) = rest_of(cx, site) {
        return Ok(rest_edits(cx, maker, rest, &comma));
    }
    let edits = match maker {
        Maker::Empty => {
            let lists = columns_around(cx, site).map_or_else(|| vec![expr], columns_of);
            lists.into_iter().map(|list| Edit::replace(list.range(), format!("{name}({options})"))).collect()
        }
        Maker::Begun => {
            vec![
                Edit::insert(expr.start(), format!("{name}(")),
                Edit::insert(expr.end(), format!("{comma})")),
            ]
        }
        Maker::Comprehension => {
            let Some(edits) = comprehension_edits(cx, expr, options, relies)? else { return Ok(None) };
            edits
        }
        Maker::Copy(call) => {
            let argument = &call.arguments.args[0];
            let mut edits = vec![Edit::replace(call.func.range(), name)];
            if let Some((made, _)) = distinct_of(cx, argument) {
                edits.push(Edit::replace(made.func.range(), EXTERNAL_DISTINCT.local_name(cx.tree)));
            }
            edits.extend(with_options(cx, call, options));
            edits
        }
        Maker::Sorted(call) => {
            let Some(edits) = sorted_edits(cx, site, call, options, relies)? else { return Ok(None) };
            edits
        }
        Maker::Lines(file) | Maker::Rows(file) => {
            let text = cx.tree.module().slice(file);
            vec![Edit::replace(expr.range(), format!("{name}({text}{comma})"))]
        }
        Maker::Json(file) => {
            let (name, text) = (LOAD_JSON.local_name(cx.tree), cx.tree.module().slice(file));
            vec![Edit::replace(expr.range(), format!("{name}({text}{comma})"))]
        }
        Maker::Matches(search) => {
            let Expr::Attribute(method) = &*search.call.func else { return Ok(None) };
            let (_, before, after) = search.around(cx);
            vec![
                Edit::insert(expr.start(), format!("{name}({before}")),
                Edit::replace(method.attr.range(), "finditer"),
                Edit::insert(expr.end(), format!("{after}{comma})")),
            ]
        }
        Maker::Cut(reading) => {
            let text = reading.text(cx);
            let (head, close, _) = reading.walk(cx);
            vec![Edit::replace(expr.range(), format!("{name}({head}{text}{close}{comma})"))]
        }
    };
    Ok(Edits::try_from(edits).ok())
}

/// `SpillList((ITEM for ...), frozen=True)`
fn comprehension_edits(
    cx: &Context<'_, '_>,
    expr: &Expr,
    options: &str,
    relies: &mut Reliances,
) -> Result<Option<Vec<Edit>>, Doubt> {
    let (name, site) = (SPILL_LIST.local_name(cx.tree), cx.tree.id(expr));
    let Some(body) = cx.model.body_of(site) else { return Ok(None) };
    let Some(listed) = Listed::at(cx, &body, site)? else { return Ok(None) };
    listed.rely(relies);
    let (open, close) = if options.is_empty() {
        ("(".to_owned(), ")".to_owned())
    } else {
        ("((".to_owned(), format!("), {options})"))
    };
    Ok(Some(rebracket(cx, expr.range(), expr.range(), &format!("{name}{open}"), &close)))
}

/// `SpillList(islice(file, 1, None))`
fn rest_edits(cx: &Context<'_, '_>, maker: Maker<'_>, (outer, start): (&Expr, u64), options: &str) -> Option<Edits> {
    let (list, islice) = (SPILL_LIST.local_name(cx.tree), ISLICE.local_name(cx.tree));
    let text = format!("{list}({islice}({}, {start}, None){options})", walked_items(cx, maker)?);
    Edits::try_from(vec![Edit::replace(outer.range(), text)]).ok()
}

/// What is walked to get the items one by one, where a text says it.
fn walked_items(cx: &Context<'_, '_>, maker: Maker<'_>) -> Option<String> {
    let text = |expr: &Expr| cx.tree.module().slice(expr).to_owned();
    match maker {
        Maker::Lines(file) | Maker::Rows(file) => Some(text(file)),
        Maker::Cut(reading) => {
            let (head, close, _) = reading.walk(cx);
            Some(format!("{head}{}{close}", reading.text(cx)))
        }
        Maker::Copy(call) => {
            let argument = &call.arguments.args[0];
            (!argument.is_generator_expr() && distinct_of(cx, argument).is_none()).then(|| text(argument))
        }
        _ => None,
    }
}

/// `SpillList(sorted_set(...))` or `SpillList(external_sort(...))`
fn sorted_edits(
    cx: &Context<'_, '_>,
    site: NodeId,
    call: &ExprCall,
    options: &str,
    relies: &mut Reliances,
) -> Result<Option<Vec<Edit>>, Doubt> {
    let name = SPILL_LIST.local_name(cx.tree);
    let mut edits = match SortedSet::of(cx, call) {
        Some(found) => {
            let Some(body) = cx.model.body_of(site) else { return Ok(None) };
            found.check(cx, &body, relies)?;
            found.edits(cx, &format!("{name}({}", SORTED_SET.local_name(cx.tree)))
        }
        None => {
            let head = format!("{name}({}", EXTERNAL_SORT.local_name(cx.tree));
            // Without a key the items themselves are compared.
            let is_keyed = call.arguments.find_keyword("key").is_some();
            let promises = if is_keyed || options.is_empty() { options } else { "frozen=True" };
            let mut edits = vec![Edit::replace(call.func.range(), head)];
            edits.extend(with_options(cx, call, promises));
            edits
        }
    };
    let comma = if options.is_empty() { String::new() } else { format!(", {options}") };
    edits.push(Edit::insert(call.end(), format!("{comma})")));
    Ok(Some(edits))
}

fn claim(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>, name: &str, kind: &Kind) -> Claim {
    let items = match maker {
        Maker::Comprehension => price::comprehension_items(cx, expr),
        Maker::Copy(call) | Maker::Sorted(call) => price::items(cx, &call.arguments.args[0]),
        Maker::Empty | Maker::Begun => Size::quantity(format!("len({name})")),
        Maker::Lines(_) | Maker::Cut(_) | Maker::Rows(_) | Maker::Matches(_) | Maker::Json(_) => {
            price::items(cx, expr)
        }
    };
    let mut claim = price::saves_list(&items, price::bytes_of_kind(kind), 0.1, 0.8);
    claim.after = Size::number(BUFFER);
    claim.clarity = 0.9;
    claim
}
