//! Keeps a dictionary that grows with the data on disk.
//!
//! A `SpillDict` is filled, asked, changed and walked as a dictionary is, in the same
//! order. Beyond a small buffer its keys and values lie in a file without a name, and
//! only a part of each key's hash stays in memory; the latest entries, and the latest
//! values of others, are in a real dictionary.
//!
//! The last of several records with the same key:
//!
//! ```py before
//! def main(path):
//!     latest = {}
//!     with open(path) as lines:
//!         for line in lines:
//!             name, _, rest = line.partition("=")
//!             latest[name] = (len(name), rest)
//!     print(len(latest))
//!     for name, (size, rest) in latest.items():
//!         print(name, size, rest, end="")
//!
//! if __name__ == "__main__":
//!     main("shares.txt")
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillDict
//!
//! def main(path):
//!     latest = SpillDict()
//!     with open(path) as lines:
//!         for line in lines:
//!             name, _, rest = line.partition("=")
//!             latest[name] = (len(name), rest)
//!     print(len(latest))
//!     for name, (size, rest) in latest.items():
//!         print(name, size, rest, end="")
//!
//! if __name__ == "__main__":
//!     main("shares.txt")
//! ```
//!
//! Two files are compared:
//!
//! ```py before
//! def _read(path):
//!     with open(path) as lines:
//!         return {line.split()[0]: line for line in lines if line.strip()}
//!
//! def main():
//!     old, new = _read("notes.txt"), _read("words.txt")
//!     for key, line in new.items():
//!         if key not in old:
//!             print("+", line)
//!         elif old[key] != line:
//!             print("~", old[key], line)
//!     for key in old:
//!         if key not in new:
//!             print("-", key)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillDict
//!
//! def _read(path):
//!     with open(path) as lines:
//!         return SpillDict((line.split()[0], line) for line in lines if line.strip())
//!
//! def main():
//!     old, new = _read("notes.txt"), _read("words.txt")
//!     for key, line in new.items():
//!         if key not in old:
//!             print("+", line)
//!         elif old[key] != line:
//!             print("~", old[key], line)
//!     for key in old:
//!         if key not in new:
//!             print("-", key)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Records that are changed where they are found are written again, until all changes are over:
//!
//! ```py before
//! def main():
//!     hosts = {}
//!     for line in open("shares.txt"):
//!         name, _, rest = line.partition(" ")
//!         if name not in hosts:
//!             hosts[name] = {"first": rest, "count": 0, "size": 0}
//!         host = hosts[name]
//!         host["count"] += 1
//!         host["size"] += len(rest)
//!     for name, host in sorted(hosts.items()):
//!         print(name, host["count"], host["size"] / host["count"])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillDict
//! from spacetime_compiler.runtime import external_sort
//! from spacetime_compiler.runtime import settled
//!
//! def main():
//!     hosts = SpillDict(changing=True)
//!     for line in open("shares.txt"):
//!         name, _, rest = line.partition(" ")
//!         if name not in hosts:
//!             hosts[name] = {"first": rest, "count": 0, "size": 0}
//!         host = hosts[name]
//!         host["count"] += 1
//!         host["size"] += len(rest)
//!     for name, host in external_sort(settled(hosts).items()):
//!         print(name, host["count"], host["size"] / host["count"])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! Somebody gets hold of the dictionary, or could tell that it is none:
//!
//! ```py kept
//! import json
//!
//! def main():
//!     sizes = {}
//!     for line in open("notes.txt"):
//!         sizes[line] = (len(line), line.strip())
//!     print(json.dumps(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def main():
//!     sizes = {}
//!     for line in open("notes.txt"):
//!         sizes[line] = (len(line), line.strip())
//!     print(f"{sizes}", isinstance(sizes, dict), {**sizes})
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! ```py kept
//! def main():
//!     sizes = {}
//!     for line in open("notes.txt"):
//!         sizes[line] = (len(line), line.strip())
//!     other = dict(sizes)
//!     print(other == sizes, sizes is other, len(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Values are changed when they are in it, and somebody could tell that one is another object:
//!
//! ```py kept
//! def main():
//!     words = {}
//!     for line in open("notes.txt"):
//!         words[line] = line.split()
//!     known = set()
//!     for line in words:
//!         words[line].append("end")
//!         known.add(id(words[line]))
//!     print(sum(id(found) in known for found in words.values()))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # Relies on
//!
//! *Guarded*: as for `spill_list`. *Assumed*: `operators-are-pure`, since keys of unknown
//! type may be hashed and compared more often; `module-is-closed`, where it goes from
//! function to function.
//!
//! # Saves and costs
//!
//! Nine tenths of the dictionary: about eleven bytes for each key stay. A microsecond for
//! each value that is found on disk.

// tidy: long because the page shows in which ways a dictionary is made and used.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Doubt, Journey, Kind, Lent, Size};
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::comprehension::{check_generator, rebracket};
use crate::made_dict::{
    Made, grows, has_writable_keys, is_begun_anew, is_filled, is_large, made, stored, value_kind,
};
use crate::made_list::{is_annotation, name_of};
use crate::made_set::rely_on_combined;
use crate::naming::holder;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around, repeats_beside};
use crate::settled::{SETTLED, settled};
use crate::sorted_set::{EXTERNAL_SORT, has_own_key, is_plain_sort, sorts_on_disk};
use crate::spilled::{
    as_data, check_shown, check_unshared, holding, is_immutable, kind_of, lent_data, options, rely, says_where, with_options,
};

pub static RULE: Rule =
    rule!(late "spill_dict", ExternalMemory, ["{}", "dict()", "dict($X)", "{$K: $V for $$$CLAUSES}"], check)
    .with_cases(include_str!("spill_dict.md"));

const SPILL_DICT: Import = Import::new("spacetime_compiler.runtime", "SpillDict");
const SPILL_COUNTER: &str = "spacetime_compiler.runtime.SpillCounter";

/// What is in memory before anything goes to disk, then for each entry, and what
/// a dictionary takes of an entry beside key and value.
const BUFFER: f64 = 4.0 * 1024.0 * 1024.0;
const TRACE: f64 = 12.0;
const SLOT: f64 = 150.0;

/// Values may be changed by whoever gets them.
const CHANGING: &str = "changing=True";

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let site = found.node;
    let Some(expr) = cx.tree.expr(site) else { return Ok(None) };
    let Some(made) = made(cx, expr) else { return Ok(None) };
    if !is_kept(cx, site) || is_annotation(cx, site) {
        return Ok(None);
    }
    let hidden = cx.model.is_program() || cx.model.enclosing_function(site).is_some();
    let Some(name) = name_of(cx, site).filter(|_| hidden) else { return Ok(None) };
    let description = format!("`{name}` grows with the data: keep it on disk");
    let refuse = |doubt| Box::new(Refusal { span: expr.range(), description: description.clone(), doubt });
    let many = loop_around(cx, site).is_some() || function_repeats(cx, site);
    let journey = match cx.model.journey_of_dict(site) {
        Ok(journey) => journey,
        Err(doubt) if cx.model.is_program() && !many && is_large(cx, made) => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    let kind = value_kind(cx, made, &journey);
    if !grows(cx, made, &journey) || many && !is_filled(cx, made, &journey) || !has_writable_keys(cx, made, &journey) {
        return Ok(None);
    }
    if !cx.model.is_program() && !is_filled(cx, made, &journey) || is_begun_anew(cx, site, &journey) {
        return Ok(None);
    }
    check_unshared(cx, &journey).map_err(refuse)?;
    check_pays(cx, &journey, site).map_err(refuse)?;
    check_augmented(cx, &kind, &journey).map_err(refuse)?;
    let (lent, options) = held_as(cx, made, &journey, &kind).map_err(refuse)?;
    let mut relies = Reliances::default();
    let Some(mut edits) = edits(cx, site, made, options, &mut relies).map_err(refuse)? else {
        return Ok(None);
    };
    let sorts = sorts_on_disk(cx, &sorted(cx, &journey), &mut relies);
    let mut imports = vec![SPILL_DICT];
    imports.extend((!sorts.is_empty()).then_some(EXTERNAL_SORT));
    edits.extend(sorts);
    if options == CHANGING {
        let over = settled(cx, site, &journey);
        imports.extend((!over.is_empty()).then_some(SETTLED));
        edits.extend(over);
    }
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    rely(&journey, lent, &mut relies);
    rely_on_combined(&journey, &mut relies);
    relies.assume(Assumption::OperatorsArePure);
    let items = Size::quantity(format!("len({name})"));
    let mut claim = price::saves_list(&items, price::bytes_of_kind(&kind) + SLOT, 0.3, 0.8);
    claim.after = Size::number(BUFFER).plus(&items.scaled(TRACE));
    claim.clarity = 0.9;
    Ok(Some(Opportunity {
        span: cx.tree.statement(site).map_or(expr.range(), |stmt| cx.tree.node(stmt).range()),
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim,
    }))
}

/// What is done with the values, and what the dictionary is told of it.
fn held_as(
    cx: &Context<'_, '_>,
    made: Made<'_>,
    journey: &Journey,
    kind: &Kind,
) -> Result<(Lent, &'static str), Doubt> {
    match lent(cx, made, journey) {
        Ok(lent) => Ok((lent, options(kind, lent))),
        // Records are handed out themselves, and written again.
        Err(_) if holds_records(cx, made, journey) => {
            hands_out(cx, made, journey)?;
            Ok((Lent::default(), CHANGING))
        }
        Err(doubt) => Err(doubt),
    }
}

/// What is done with the values, if all of it can be done with copies.
fn lent(cx: &Context<'_, '_>, made: Made<'_>, journey: &Journey) -> Result<Lent, Doubt> {
    let stored = stored(cx, made, journey);
    let mut lent = cx.model.lent_values(journey).or_else(|doubt| {
        let fixed = || cx.model.lent_fixed_values(journey).map(as_data);
        lent_data(cx, journey, &stored, |journey| cx.model.lent_values(journey), fixed).unwrap_or(Err(doubt))
    })?;
    lent.compared |= journey.ordered;
    check_shown(cx, &stored, &mut lent)?;
    Ok(lent)
}

/// Whether each value is a dict, list or tuple, an object of a class of this module, or what a loop walks.
fn holds_records(cx: &Context<'_, '_>, made: Made<'_>, journey: &Journey) -> bool {
    let is_record = |value: &Expr| {
        let plain = match kind_of(cx, cx.tree.id(value)) {
            Kind::Dict
            | Kind::List(_)
            | Kind::Tuple(_)
            | Kind::Tuples(_)
            | Kind::Json
            | Kind::Record(_) => true,
            // What a loop takes from something else.
            Kind::Unknown => value.is_name_expr() && is_walked(cx, value),
            _ => false,
        };
        plain || cx.model.has_text(value, false).is_some()
    };
    let stored = stored(cx, made, journey);
    !stored.is_empty() && stored.into_iter().all(|value| value.is_some_and(is_record))
}

/// Whether a variable is bound by loops alone.
fn is_walked(cx: &Context<'_, '_>, name: &Expr) -> bool {
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return false };
    let bindings = &cx.model.scopes.symbol(symbol).bindings;
    let by_loop = |binding: &NodeId| {
        matches!(cx.tree.statement(*binding).and_then(|stmt| cx.tree.stmt(stmt)), Some(Stmt::For(stmt))
            if cx.tree.id(&*stmt.target) == *binding)
    };
    !bindings.is_empty() && bindings.iter().all(by_loop)
}

/// Whether values may be handed out and written again: whoever holds one has the object itself, so that
/// it only may not be told which object it is when nobody has held it for a while.
fn hands_out(cx: &Context<'_, '_>, made: Made<'_>, journey: &Journey) -> Result<(), Doubt> {
    if let Some(doubt) = cx.model.sees_remaking() {
        return Err(doubt);
    }
    // Others might ask what records share.
    let lent = cx.model.lent_themselves_at(&journey.values)?;
    if !lent.shown {
        return Ok(());
    }
    // Their text may be made, by which some are told apart.
    let stored = stored(cx, made, journey);
    if holding(cx, journey, &stored).is_some() {
        return Ok(());
    }
    let texts: Vec<_> = stored.into_iter().map(|value| cx.model.has_text(value?, true)).collect();
    let unknown = texts.contains(&None) && cx.model.has_class_without_text(true);
    if texts.is_empty() || unknown || texts.contains(&Some(false)) {
        return Err(says_where(cx, lent));
    }
    Ok(())
}

/// Whether it gets a name, or is returned.
fn is_kept(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let Some(parent) = cx.tree.parent(node) else { return false };
    match cx.tree.node(parent) {
        Node::Stmt(Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Return(_)) => true,
        Node::Expr(Expr::Tuple(_)) => is_kept(cx, parent),
        // `Counter({...})`, which holds its counts in memory if it is no `SpillCounter`.
        Node::Part(AnyNodeRef::Arguments(_)) => holder(cx, node).is_some_and(|call| {
            let counts = matches!(cx.tree.expr(call), Some(Expr::Call(made)) if cx.model.qualified(&made.func)
                .is_some_and(|name| name == SPILL_COUNTER));
            counts && cx.tree.expr(node).is_some_and(Expr::is_dict_comp_expr) && is_kept(cx, call)
        }),
        _ => false,
    }
}

/// `table[key] += value` changes a list in place, and a copy of it only where it is on disk.
fn check_augmented(cx: &Context<'_, '_>, kind: &Kind, journey: &Journey) -> Result<(), Doubt> {
    if !journey.counted.is_empty() && !is_immutable(kind) {
        return Err(Doubt::new("a Counter gets its values, which may be changed"));
    }
    let all = journey.augmented.iter().map(|node| kind_of(cx, *node)).fold(kind.clone(), Kind::join);
    match journey.augmented.first() {
        Some(node) if !is_immutable(&all) => {
            Err(Doubt::new(format!("a value may be changed in place (line {})", cx.model.line(*node))))
        }
        _ => Ok(()),
    }
}

/// Walking it again and again would read the file again and again.
fn check_pays(cx: &Context<'_, '_>, journey: &Journey, site: NodeId) -> Result<(), Doubt> {
    let often = function_repeats(cx, site);
    for node in journey.walks.iter().chain(&journey.sorted).chain(&journey.combined) {
        if repeats_beside(cx, *node, &[site]) || !often && function_repeats(cx, *node) {
            return Err(Doubt::new(format!("it is walked again and again (line {})", cx.model.line(*node))));
        }
    }
    Ok(())
}

/// `SpillDict()`, `SpillDict((key, value) for ...)`
fn edits(
    cx: &Context<'_, '_>,
    site: NodeId,
    made: Made<'_>,
    options: &str,
    relies: &mut Reliances,
) -> Result<Option<Vec<Edit>>, Doubt> {
    let name = SPILL_DICT.local_name(cx.tree);
    let Some(expr) = cx.tree.expr(site) else { return Ok(None) };
    let (comp, key) = match made {
        Made::Empty => {
            return Ok(Some(vec![Edit::replace(expr.range(), format!("{name}({options})"))]));
        }
        Made::Pairs(call) => {
            let mut edits = vec![Edit::replace(call.func.range(), name)];
            edits.extend(with_options(cx, call, options));
            return Ok(Some(edits));
        }
        Made::Comprehension(comp, key) => (comp, key),
    };
    let Some(body) = cx.model.body_of(site) else { return Ok(None) };
    check_generator(cx, &body, site, relies)?;
    let (open, close) = if options.is_empty() {
        (format!("{name}(("), ")".to_owned())
    } else {
        (format!("{name}((("), format!("), {options})"))
    };
    let mut edits = rebracket(cx, comp.range(), comp.range(), &open, &close);
    let module = cx.tree.module();
    let text = module.text();
    let Some(clause) = comp.generators.first() else { return Ok(None) };
    let between = Span::new(key.end(), comp.value.start());
    let behind = Span::new(comp.value.end(), clause.start());
    if module.has_comment_in(between) || module.has_comment_in(behind) {
        return Ok(None);
    }
    let Some(colon) = text[between].find(':') else { return Ok(None) };
    let colon = between.start() + Offset::new(colon as u32);
    edits.push(Edit::replace(Span::new(colon, colon + Offset::new(1)), ","));
    let end = comp.value.end() + Offset::new(text[behind].trim_end().len() as u32);
    edits.push(Edit::insert(end, ")"));
    Ok(Some(edits))
}

/// Whether a sort leaves the dictionary as it is, which it walks while key functions are called.
fn leaves_it(cx: &Context<'_, '_>, sort: NodeId, journey: &Journey) -> bool {
    let Some(Expr::Call(call)) = cx.tree.expr(sort) else { return false };
    let is_own = |place: &NodeId| match cx.tree.expr(*place) {
        Some(Expr::Name(_)) => cx.model.scopes.resolve(*place).symbol().is_some_and(|symbol| {
            let data = cx.model.scopes.symbol(symbol);
            let function = cx.model.enclosing_function(*place);
            let bound = data.bindings.iter().all(|binding| cx.model.enclosing_function(*binding) == function);
            function.is_some() && bound && !data.is_global && !data.is_nonlocal
        }),
        Some(Expr::Attribute(_)) => false,
        _ => true,
    };
    let within = |key: &Expr| journey.places.iter().any(|place| cx.tree.contains(cx.tree.id(key), *place));
    let key = call.arguments.find_keyword("key").map(|keyword| &keyword.value);
    has_own_key(cx, sort) || journey.places.iter().all(is_own) && !key.is_some_and(within)
}

/// Calls of `sorted` that get the dictionary and leave it as it is, or a set that is made of its keys.
fn sorted(cx: &Context<'_, '_>, journey: &Journey) -> Vec<NodeId> {
    let mut sorts = sorted_keys(cx, journey);
    sorts.retain(|sort| leaves_it(cx, *sort, journey));
    sorts.extend(&journey.sorted);
    sorts
}

/// Calls of `sorted` that get nothing but the dictionary, and perhaps a key function.
fn sorted_keys(cx: &Context<'_, '_>, journey: &Journey) -> Vec<NodeId> {
    let call_of = |walk: &NodeId| {
        let node = cx.tree.parent(*walk).and_then(|arguments| cx.tree.parent(arguments))?;
        is_plain_sort(cx, node).then_some(node)
    };
    journey.walks.iter().filter_map(call_of).collect()
}
