//! Dictionaries of lists or of sets: how they are made, and filled.

use spacetime_rule::Context;
use spacetime_syntax::ast::Expr;

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
