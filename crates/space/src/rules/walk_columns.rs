//! Makes only those parts of records on disk that a walk looks at.
//!
//! To make a dict of six texts takes longer than to pass over five of them. Where a walk
//! asks its items for a few keys, or attributes, and does nothing else with them, the others need
//! not be made.
//!
//! ```py before
//! import csv
//! from spacetime_compiler.runtime import SpillList
//!
//! def _read(path):
//!     with open(path, newline="") as file:
//!         return SpillList(csv.DictReader(file), frozen=True)
//!
//! def _is_paid(row):
//!     return row["state"] == "paid"
//!
//! def report(path):
//!     rows = _read(path)
//!     print(len(rows), len({row["shop"] for row in rows}))
//!     print(sum(int(row["cents"]) for row in rows if _is_paid(row)))
//! ```
//! ```py after
//! import csv
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import columns
//!
//! def _read(path):
//!     with open(path, newline="") as file:
//!         return SpillList(csv.DictReader(file), frozen=True)
//!
//! def _is_paid(row):
//!     return row["state"] == "paid"
//!
//! def report(path):
//!     rows = _read(path)
//!     print(len(rows), len({row["shop"] for row in columns(rows, "shop")}))
//!     print(sum(int(row["cents"]) for row in columns(rows, "cents", "state") if _is_paid(row)))
//! ```
//! ```py before
//! from dataclasses import dataclass
//! from spacetime_compiler.runtime import SpillList
//!
//! @dataclass
//! class Tree:
//!     street: str
//!     girth: int
//!     note: str
//!
//! def main():
//!     trees = SpillList(frozen=True, compared=False)
//!     for line in open("trees.txt"):
//!         trees.append(Tree(line[:4], len(line), line))
//!     for number, tree in enumerate(trees):
//!         if tree.girth > 90:
//!             print(number, tree.street)
//!     print(sum(tree.girth for tree in trees), max(trees, key=lambda tree: tree.girth, default=None))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from dataclasses import dataclass
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import columns
//!
//! @dataclass
//! class Tree:
//!     street: str
//!     girth: int
//!     note: str
//!
//! def main():
//!     trees = SpillList(frozen=True, compared=False)
//!     for line in open("trees.txt"):
//!         trees.append(Tree(line[:4], len(line), line))
//!     for number, tree in enumerate(columns(trees, attributes=("girth", "street"))):
//!         if tree.girth > 90:
//!             print(number, tree.street)
//!     print(sum(tree.girth for tree in columns(trees, attributes=("girth",))), max(trees, key=lambda tree: tree.girth, default=None))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! The item itself goes somewhere, or is changed; all that it holds is looked at; or the
//! variable is looked at when the walk is over:
//!
//! ```py kept
//! from spacetime_compiler.runtime import SpillList
//!
//! def main(path):
//!     rows = SpillList(({"name": line[:3], "text": line} for line in open(path)), frozen=True)
//!     print(sum(len(row["name"]) + len(row["text"]) for row in rows))
//!     for row in rows:
//!         print(row["name"], len(row))
//!     for row in rows:
//!         print(row["name"])
//!     print(row["text"] if rows else "")
//!     print(sorted(row["name"] if row["name"] else row for row in rows)[:3])
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//!
//! What is looked at in a function of another loop may be looked at while this one goes on:
//!
//! ```py kept
//! from spacetime_compiler.runtime import SpillList
//!
//! def main(path):
//!     rows = SpillList(({"name": line[:3], "text": line} for line in open(path)), frozen=True)
//!     for row in [{"text": "none"}, {"text": "one"}]:
//!         text = lambda: row["text"]
//!     for row in rows:
//!         if row["name"] == "one":
//!             print(text())
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//!
//! # Relies on
//!
//! *Guarded*: what is no list on disk is walked as it is, and an item that is no plain record is made
//! whole. *Assumed*: `no-frame-introspection`; `module-is-closed`, where items are passed to functions.
//!
//! # Saves and costs
//!
//! Half of the time of a walk over dicts or dataclasses on disk; no memory.

use spacetime_rule::{Claim, Context, Found, Import, Opportunity, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Journey, Size};
use spacetime_syntax::ast::Expr;
use spacetime_text::{Edit, Edits, Ranged};

use crate::looked_at::looked_at;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!(last "walk_columns", ExternalMemory, ["SpillList($$$ARGS)"], check);

const COLUMNS: Import = Import::new("spacetime_compiler.runtime", "columns");

#[expect(clippy::unnecessary_wraps, reason = "it is what a rule is asked by")]
fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    if cx.model.qualified(&call.func).is_none_or(|name| name != "spacetime_compiler.runtime.SpillList") {
        return Ok(None);
    }
    let Ok(journey) = cx.model.journey(found.node) else { return Ok(None) };
    let width = width(cx, &journey, call.arguments.args.first());
    let mut edits = Vec::new();
    let mut relies = Reliances::default();
    for place in &journey.walks {
        let Some(looked_at) = looked_at(cx, *place) else { continue };
        if width.is_some_and(|width| looked_at.names.len() >= width) {
            continue;
        }
        if looked_at.follows {
            relies.assume(Assumption::ModuleIsClosed);
        }
        let range = cx.tree.node(*place).range();
        let name = COLUMNS.local_name(cx.tree);
        edits.push(Edit::insert(range.start(), format!("{name}(")));
        edits.push(Edit::insert(range.end(), looked_at.arguments()));
    }
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    if edits.is_empty() {
        return Ok(None);
    }
    relies.guard("what is no list on disk is walked as it is");
    relies.assume(Assumption::NoFrameIntrospection);
    Ok(Some(Opportunity {
        span: call.range(),
        description: "of items on disk, make only the parts that are looked at".to_owned(),
        edits,
        imports: vec![COLUMNS],
        relies_on: relies.into_vec(),
        claim: Claim { before: Size::zero(), after: Size::zero(), overhead: -0.5, confidence: 0.8, clarity: 0.9 },
    }))
}

/// How many parts the items have, if that is written somewhere.
fn width(cx: &Context<'_, '_>, journey: &Journey, first: Option<&Expr>) -> Option<usize> {
    let added = journey.added.iter().filter_map(|node| cx.tree.expr(*node));
    let made = match first {
        Some(Expr::Generator(generator)) => Some(&*generator.elt),
        Some(Expr::ListComp(comp)) => Some(&*comp.elt),
        _ => None,
    };
    let widths = added.chain(made).map(|item| match item {
        Expr::Dict(dict) => dict.items.iter().all(|item| item.key.is_some()).then_some(dict.items.len()),
        _ => None,
    });
    widths.collect::<Option<Vec<_>>>()?.into_iter().max()
}
