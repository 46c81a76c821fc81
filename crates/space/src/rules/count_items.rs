//! Counts items without making a list of them.
//!
//! `len([... for ...])` makes a list of all items to ask how many there are.
//! Adding up a one for each gives the same number and keeps nothing.
//!
//! ```py before
//! def count_long(lines):
//!     return len([line for line in lines if len(line) > 80])
//! ```
//! ```py after
//! def count_long(lines):
//!     return sum(1 for line in lines if len(line) > 80)
//! ```
//!
//! The items themselves are not made any more, so making them must not be
//! seen: names, constants, operators, attributes.
//!
//! ```py before
//! def count(pairs, limit):
//!     return len([(key, value * 2)for key, value in pairs if value < limit],)
//! ```
//! ```py after
//! def count(pairs, limit):
//!     return sum((1 for key, value in pairs if value < limit),)
//! ```
//!
//! # When not
//!
//! Making an item may fail, or does something:
//!
//! ```py kept
//! def count_numbers(lines):
//!     return len([int(line) for line in lines])
//! ```
//! ```py kept
//! def run_all(jobs):
//!     return len([job.run() for job in jobs])
//! ```
//! ```py kept
//! def count(rows):
//!     return len([row[0] for row in rows])
//! ```
//! ```py kept
//! def count(rows):
//!     if rows:
//!         found = True
//!     return len([found for row in rows])
//! ```
//!
//! `sum` or `len` means something else here, also where `sum` is bound later:
//!
//! ```py kept
//! def count(lines):
//!     sum = len([line for line in lines if line])
//!     return sum
//! ```
//! ```py kept
//! def count(lines, len):
//!     return len([line for line in lines if line])
//! ```
//! ```py kept
//! from os.path import *
//!
//! def count(lines):
//!     return len([line for line in lines if line])
//! ```
//!
//! A condition binds a variable, may raise `StopIteration`, or awaits; a
//! comment would be lost:
//!
//! ```py kept
//! def count(lines):
//!     return len([line for line in lines if (last := line)]), last
//! ```
//! ```py kept
//! def count(pairs):
//!     return len([left for left, right in pairs if next(right)])
//! ```
//! ```py kept
//! async def count(pairs):
//!     return len([left for left, right in pairs if await right])
//! ```
//! ```py kept
//! def count(lines):
//!     return len([(
//!         line,  # the text
//!     ) for line in lines])
//! ```
//!
//! # Relies on
//!
//! What the items themselves are computed from: reading attributes
//! (`attribute-reads-are-pure`), operators (`operators-are-pure`).
//!
//! # Saves and costs
//!
//! The list and its items. Up to a fifth slower for short lists, faster for
//! long ones.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::scope::Resolved;
use spacetime_semantic::{Assumption, Body, Doubt};
use spacetime_syntax::Node;
use spacetime_syntax::ast::{Expr, ExprListComp};
use spacetime_text::{Edit, Edits, Ranged};

use crate::comprehension::{Listed, unbracket};
use crate::price;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!("count_items", Streaming, ["len([$E for $$$CLAUSES])"], check);

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let [argument @ Expr::ListComp(comp)] = &call.arguments.args[..] else { return Ok(None) };
    let node = cx.tree.id(argument);
    let Some(body) = cx.model.body_of(node) else { return Ok(None) };
    if !cx.model.is_builtin(&call.func, "len") || price::is_small_comprehension(cx, argument) {
        return Ok(None);
    }
    let refuse = |doubt| {
        let description = "`len` of a list that is made only to be counted: count without making it".to_owned();
        Box::new(Refusal { span: call.range(), description, doubt })
    };
    if !cx.model.names_builtin(found.node, "sum") {
        return Err(refuse(Doubt::new("`sum` is not the builtin here")));
    }
    let Some(listed) = Listed::at(cx, &body, node).map_err(refuse)? else { return Ok(None) };
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    listed.rely(&mut relies);
    check_element(cx, &body, comp, &mut relies).map_err(refuse)?;

    let text = cx.tree.module().text();
    let joined = text[comp.elt.end().to_usize()..].starts_with(|c: char| c.is_alphanumeric());
    let mut edits = unbracket(cx, &listed, Some(call));
    edits.push(Edit::replace(call.func.range(), "sum"));
    edits.push(Edit::replace(comp.elt.range(), if joined { "1 " } else { "1" }));
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    let items = price::comprehension_items(cx, argument);
    let bytes = price::bytes_per_item(cx, &body, &comp.elt);
    Ok(Some(Opportunity {
        span: call.range(),
        description: "`len` of a list that is made only to be counted: count without making it".to_owned(),
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, bytes, 0.2, 0.9),
    }))
}

/// The element is not evaluated any more: nobody may be able to tell.
fn check_element(cx: &Context<'_, '_>, body: &Body, comp: &ExprListComp, relies: &mut Reliances) -> Result<(), Doubt> {
    if cx.tree.module().has_comment_in(comp.elt.range()) {
        return Err(Doubt::new("there is a comment in the element, which would be lost"));
    }
    let effects = cx.model.expr_effects(body, &comp.elt);
    if effects.raises.is_some() {
        return Err(Doubt::new("making an item may fail, and would not be tried any more"));
    }
    let silent = effects.is_quiet_outside()
        && effects.writes.is_empty()
        && effects.name_writes.is_empty()
        && effects.walks_unknown.is_none()
        && effects.world == spacetime_semantic::World::NOTHING;
    if !silent {
        return Err(Doubt::new("making an item may have effects, which would not happen any more"));
    }
    if let Some(name) = unsure_name(cx, comp) {
        return Err(Doubt::new(format!("`{name}` may not be bound, which would not be noticed any more")));
    }
    relies.assume_all(effects.assumes);
    Ok(())
}

/// A name in the element that is neither bound by the comprehension itself
/// nor a parameter, so that reading it may fail.
fn unsure_name(cx: &Context<'_, '_>, comp: &ExprListComp) -> Option<String> {
    let scopes = &cx.model.scopes;
    let within = cx.tree.id(comp);
    cx.tree.subtree(cx.tree.id(&*comp.elt)).find_map(|id| {
        let Node::Expr(Expr::Name(name)) = cx.tree.node(id) else { return None };
        let sure = match scopes.resolve(id) {
            Resolved::Builtin => {
                let known = ["None", "len", "str", "int", "bool", "repr", "type", "tuple", "list", "isinstance", "id"];
                known.contains(&name.id.as_str()) && !scopes.has_star_import()
            }
            Resolved::Local(symbol) | Resolved::Free(symbol) | Resolved::Global(symbol) => {
                let data = scopes.symbol(symbol);
                let own = scopes.scope(data.scope).kind.is_comprehension() && cx.tree.contains(within, scopes.scope(data.scope).node);
                (own || data.is_parameter) && data.deletes.is_empty()
            }
        };
        (!sure).then(|| name.id.to_string())
    })
}
