//! Dictionaries of lists or of sets: how they are made, and filled.

use spacetime_rule::{Context, Import};
use spacetime_semantic::Journey;
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::Expr;
use spacetime_text::Edit;

use crate::reliances::Reliances;
use crate::sorted_set::{has_own_key, is_plain_sort, sorts_on_disk};

pub const SPILL_GROUPS: Import = Import::new("spacetime_compiler.runtime", "SpillGroups");

/// Whether an expression makes an empty dictionary; and the builtin of that name, where it is
/// what makes the values that are missing.
#[expect(clippy::option_option, reason = "a dictionary may make nothing by itself")]
pub fn empty_dictionary<'m>(
    cx: &Context<'_, 'm>,
    value: &'m Expr,
    factory: &str,
) -> Option<Option<&'m Expr>> {
    match value {
        Expr::Dict(dict) => dict.items.is_empty().then_some(None),
        Expr::Call(call) if call.arguments.is_empty() => {
            cx.model.is_builtin(&call.func, "dict").then_some(None)
        }
        Expr::Call(call) => {
            let [made] = &call.arguments.args[..] else { return None };
            let known = cx.model.qualified(&call.func)? == "collections.defaultdict";
            let plain = known && call.arguments.keywords.is_empty();
            (plain && cx.model.is_builtin(made, factory)).then_some(Some(made))
        }
        _ => None,
    }
}

/// Whether one of these methods is called on a value of the dictionary: `groups[key].append(x)`,
/// `groups.setdefault(key, []).append(x)`. That makes it worth a closer look.
pub fn fills_values(cx: &Context<'_, '_>, target: &Expr, methods: &[&str]) -> bool {
    let text = cx.tree.module().slice(target);
    let is_it = |expr: &Expr| cx.tree.module().slice(expr) == text;
    cx.tree.ids().any(|id| {
        let Some(Expr::Attribute(method)) = cx.tree.expr(id) else { return false };
        if !methods.contains(&method.attr.as_str()) {
            return false;
        }
        match &*method.value {
            Expr::Subscript(subscript) => is_it(&subscript.value),
            Expr::Call(call) => matches!(&*call.func, Expr::Attribute(inner)
                if inner.attr.as_str() == "setdefault" && is_it(&inner.value)),
            _ => false,
        }
    })
}

/// Edits that sort keys, or pairs of keys and groups, on disk where that is walked once.
pub fn sorts_of_groups(cx: &Context<'_, '_>, journey: &Journey, relies: &mut Reliances) -> Vec<Edit> {
    let mut sorts = journey.keyed.clone();
    sorts.retain(|call| is_plain_sort(cx, *call) && !sorts_in_memory(cx, *call) && has_own_key(cx, *call));
    sorts_on_disk(cx, &sorts, relies)
}

/// Whether a call of `sorted` gets a dictionary in memory, with some of the groups.
fn sorts_in_memory(cx: &Context<'_, '_>, sort: NodeId) -> bool {
    let Some(Expr::Call(sort)) = cx.tree.expr(sort) else { return false };
    let mut dictionary = sort.arguments.args.first();
    if let Some(Expr::Call(view)) = dictionary
        && let Expr::Attribute(method) = &*view.func
    {
        dictionary = Some(&method.value);
    }
    dictionary.is_none_or(|dictionary| {
        cx.model.origins(dictionary).into_iter().any(|origin| match origin {
            Expr::DictComp(_) => true,
            Expr::Call(call) => !call.arguments.is_empty() && cx.model.is_builtin(&call.func, "dict"),
            _ => false,
        })
    })
}
