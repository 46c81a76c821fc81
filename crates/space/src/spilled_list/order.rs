//! The order of items that are dataclasses: sorted by a key, they can be sorted in runs on disk.

use spacetime_rule::Context;
use spacetime_semantic::Journey;
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::Expr;
use spacetime_text::{Edit, Offset, Ranged, Span};

/// `peaks.sort(key=lambda item: (item.chrom, item.start))` where `@dataclass(order=True)` compares by that.
pub fn orders(cx: &Context<'_, '_>, journey: &Journey) -> Vec<Edit> {
    journey.sorted.iter().filter_map(|node| order(cx, *node)).collect()
}

fn order(cx: &Context<'_, '_>, node: NodeId) -> Option<Edit> {
    let Some(Expr::Call(call)) = cx.tree.expr(node) else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    let [] = &call.arguments.args[..] else { return None };
    let is_reverse = |arg: &spacetime_syntax::ast::Keyword| {
        arg.arg.as_ref().is_some_and(|name| name.as_str() == "reverse")
    };
    if method.attr.as_str() != "sort" || !call.arguments.keywords.iter().all(is_reverse) {
        return None;
    }
    let fields = cx.model.ordered_by_fields(&method.value)?;
    let parts: Vec<String> = fields.iter().map(|field| format!("item.{field}")).collect();
    let only = if parts.len() == 1 { "," } else { "" };
    let key = format!("key=lambda item: ({}{only})", parts.join(", "));
    let text = if call.arguments.keywords.is_empty() { key } else { format!("{key}, ") };
    let open = call.arguments.range().start() + Offset::new(1);
    Some(Edit::replace(Span::new(open, open), text))
}
