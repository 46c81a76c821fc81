//! Dictionaries on disk whose values are not changed any more.
//!
//! As long as values may be changed, whoever takes one out holds the object itself, and a list of them
//! would keep all of them in memory. Once all changes are surely over, copies do.

use spacetime_rule::{Context, Import};
use spacetime_semantic::Journey;
use spacetime_syntax::ast::Expr;
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Ranged};

use crate::holder::{Holder, returned};
use crate::naming::{Naming, holder};
use crate::order::{Order, is_put_off, leading_to};

pub const SETTLED: Import = Import::new("spacetime_compiler.runtime", "settled");

/// `settled(` and `)` around the dictionary where it is returned, or walked, after all changes of its values.
pub fn settled(cx: &Context<'_, '_>, site: NodeId, journey: &Journey) -> Vec<Edit> {
    let name = SETTLED.local_name(cx.tree);
    let around = |place: NodeId| {
        let range = cx.tree.node(place).range();
        [Edit::insert(range.start(), format!("{name}(")), Edit::insert(range.end(), ")")]
    };
    places(cx, site, journey).unwrap_or_default().into_iter().flat_map(around).collect()
}

fn places(cx: &Context<'_, '_>, site: NodeId, journey: &Journey) -> Option<Vec<NodeId>> {
    let (lent, changes) = cx.model.changed_at(&journey.values).ok()?;
    if lent.compared || journey.ordered || changes.is_empty() || !journey.augmented.is_empty() {
        return None;
    }
    let mut path = Vec::new();
    for change in changes {
        path.extend(leading_to(cx, change).ok()?);
    }
    if path.iter().any(|node| is_put_off(cx, *node)) {
        return None;
    }
    let holder = Holder::of(cx, Naming::of(cx, site)?.target, journey).and_results(cx, journey);
    let order = Order { cx };
    let late = |place: &NodeId| holder.is(cx, *place) && order.is_surely(*place, &path, true, 0);
    let home = cx.model.enclosing_function(site);
    let is_result =
        |place: &NodeId| returned(cx, *place).is_some() && cx.model.enclosing_function(*place) == home;
    let results: Vec<_> = journey.places.iter().copied().filter(is_result).collect();
    if !results.is_empty() && home.is_some() && results.iter().all(late) {
        return Some(results);
    }
    Some(journey.places.iter().copied().filter(|place| is_view(cx, *place)).filter(late).collect())
}

/// `table.values()`, `table.items()`
fn is_view(cx: &Context<'_, '_>, place: NodeId) -> bool {
    let attribute = holder(cx, place).map(|parent| cx.tree.node(parent));
    matches!(attribute, Some(Node::Expr(Expr::Attribute(found))) if ["values", "items"].contains(&found.attr.as_str()))
}
