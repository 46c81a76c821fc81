//! The items of a list that is kept on disk: what they are, and what is done with them.

use spacetime_rule::{Context, Import};
use spacetime_semantic::{Doubt, Journey, Kind, Lent};
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::Expr;
use spacetime_text::{Edit, Ranged};

use crate::changing::{UPDATING, Updates, updates};
use crate::made_list::{Maker, distinct_of};
use crate::picked::{CANDIDATES, Pick};
use crate::spilled::{
    added_kind, as_data, check_shown, item_kind_of, kind_of, known_items, lent_data, lent_if_each_fixed,
    lent_if_fixed,
};
use crate::whole_file::standard_input;

pub fn item_kind(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>, journey: &Journey) -> Kind {
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

/// What is done with the items, and how the walks over them are written.
pub struct Walks {
    pub lent: Lent,
    pub edits: Vec<Edit>,
    pub imports: Vec<Import>,
}

pub fn walks<'m>(
    cx: &Context<'_, 'm>,
    expr: &'m Expr,
    maker: Maker<'_>,
    journey: &Journey,
    kind: &Kind,
    picks: Vec<Pick>,
) -> Result<Walks, Doubt> {
    let Updates { lent, mut edits } = done_with_items(cx, expr, maker, journey, kind)?;
    let is_changed = |pick: &&Pick| {
        let range = cx.tree.node(pick.place).range();
        edits.iter().any(|edit| range.contains_range(edit.span))
    };
    if let Some(pick) = picks.iter().find(is_changed) {
        return Err(Doubt::new(format!(
            "items are changed, again and again (line {})",
            cx.model.line(pick.place)
        )));
    }
    if !edits.is_empty()
        && let Some(node) = journey.multiplied.first()
    {
        let line = cx.model.line(*node);
        return Err(Doubt::new(format!("items are changed, and in it more than once (line {line})")));
    }
    if !edits.is_empty() && is_cut_meanwhile(cx, journey) {
        return Err(Doubt::new("items are put in or taken out while a generator may change others"));
    }
    let mut imports: Vec<Import> = (!edits.is_empty()).then_some(UPDATING).into_iter().collect();
    imports.extend(picks.iter().any(|pick| !pick.edits.is_empty()).then_some(CANDIDATES));
    edits.extend(picks.into_iter().flat_map(|pick| pick.edits));
    Ok(Walks { lent, edits, imports })
}

/// Whether some walk may be waiting when items are put in, replaced or taken out.
fn is_cut_meanwhile(cx: &Context<'_, '_>, journey: &Journey) -> bool {
    let is_cut = !journey.spliced.is_empty() || !journey.popped.is_empty();
    is_cut && journey.walks.iter().any(|node| cx.model.body_of(*node).is_none_or(|body| body.is_generator))
}

/// What is done with the items, if all of it can be done with copies.
fn done_with_items<'m>(
    cx: &Context<'_, 'm>,
    expr: &'m Expr,
    maker: Maker<'_>,
    journey: &Journey,
    kind: &Kind,
) -> Result<Updates, Doubt> {
    let items = all_items(cx, expr, maker, journey);
    let each = || matches!(maker, Maker::Empty).then(|| lent_if_each_fixed(cx, journey)).flatten();
    let mut updates = match lent_if_fixed(cx, journey, kind) {
        Some(lent) => Updates { lent: lent?, edits: Vec::new() },
        None => updates(cx, journey).or_else(|doubt| {
            let unedited = |lent| Updates { lent, edits: Vec::new() };
            if let Some(lent) = each() {
                return lent.map(unedited);
            }
            let fixed = || cx.model.lent_fixed(journey).map(as_data).map(unedited);
            lent_data(cx, journey, &items, |journey| updates(cx, journey), fixed).unwrap_or(Err(doubt))
        })?,
    };
    check_shown(cx, &items, &mut updates.lent)?;
    if updates.lent.compared && adds_unequal(cx, expr, maker, journey) {
        return Err(Doubt::new("items may be compared, and equal nothing but themselves"));
    }
    Ok(updates)
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
