//! How a list that is kept on disk is written, for each way in which a list is made.

use spacetime_rule::{Context, Import};
use spacetime_semantic::Doubt;
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprCall};
use spacetime_text::{Edit, Edits, Ranged};

use crate::comprehension::{Listed, rebracket};
use crate::made_list::{Maker, columns_around, columns_of, distinct_of, rest_of};
use crate::reliances::Reliances;
use crate::sorted_set::{SORTED_SET, SortedSet};
use crate::spilled::with_options;

pub const SPILL_LIST: Import = Import::new("spacetime_compiler.runtime", "SpillList");
const LOAD_JSON: Import = Import::new("spacetime_compiler.runtime", "load_json");
const EXTERNAL_DISTINCT: Import = Import::new("spacetime_compiler.runtime", "external_distinct");
const ISLICE: Import = Import::new("itertools", "islice");
const EXTERNAL_SORT: Import = Import::new("spacetime_compiler.runtime", "external_sort");

/// What the new code imports.
pub fn imports(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>) -> Vec<Import> {
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

// tidy: long because each way to make a list is written in a way of its own.
pub fn edits(
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
fn rest_edits(
    cx: &Context<'_, '_>,
    maker: Maker<'_>,
    (outer, start): (&Expr, u64),
    options: &str,
) -> Option<Edits> {
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
