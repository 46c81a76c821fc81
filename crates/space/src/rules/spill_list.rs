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
//! Different values, in order:
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

// tidy: long because the page shows what is kept on disk, and what keeps a list in memory.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_syntax::ast::Expr;
use spacetime_text::{Edits, Ranged};

use crate::factory::{Factory, is_filled_by_others, makes_many};
use crate::made_list::{Maker, columns_around, columns_of, is_annotation, is_likely, is_small, kept_maker, name_of};
use crate::reliances::Reliances;
use crate::spilled::{added_kind, is_filled_from_file, options, rely};
use crate::spilled_list::items::{Walks, item_kind, walks};
use crate::spilled_list::order::orders;
use crate::spilled_list::worth::{check_pays, claim, grows, holds_what_others_hold, is_asked_by_names, runs_often};
use crate::spilled_list::written::{SPILL_LIST, edits, imports};

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
    let Walks { lent, edits: walked, imports: more } = walks(cx, expr, maker, &journey, &kind, picks).map_err(refuse)?;
    let mut relies = Reliances::default();
    let Some(mut edits) = edits(cx, site, maker, options(&kind, lent), &mut relies).map_err(refuse)? else {
        return Ok(None);
    };
    for edit in walked.into_iter().chain(orders(cx, &journey)) {
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
    let Walks { lent, edits: walked, imports } = walks(cx, expr, Maker::Empty, &journey, &kind, picks).map_err(refuse)?;
    let list = factory.edit(&format!("{}({})", SPILL_LIST.local_name(cx.tree), options(&kind, lent)));
    let Ok(edits) = Edits::try_from(walked.into_iter().chain(orders(cx, &journey)).chain([list]).collect::<Vec<_>>())
    else {
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
