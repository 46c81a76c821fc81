//! Dictionaries of dictionaries: which sort the inner ones are.

use spacetime_rule::Context;
use spacetime_syntax::ast::Expr;

/// What sort of dictionary the values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    /// What `SpillGroups` is told of it.
    pub text: String,
    /// It is a `Counter`.
    pub counts: bool,
}

/// Whether an expression makes an empty dictionary; and which sort of dictionary it makes where one is missing.
#[expect(clippy::option_option, reason = "a dictionary may make nothing by itself")]
pub fn outer(cx: &Context<'_, '_>, value: &Expr) -> Option<Option<Inner>> {
    match value {
        Expr::Dict(dict) => dict.items.is_empty().then_some(None),
        Expr::Call(call) if call.arguments.is_empty() => {
            cx.model.is_builtin(&call.func, "dict").then_some(None)
        }
        Expr::Call(call) => {
            let [factory] = &call.arguments.args[..] else { return None };
            let known = cx.model.qualified(&call.func)? == "collections.defaultdict";
            if !known || !call.arguments.keywords.is_empty() {
                return None;
            }
            if is_counter(cx, factory) {
                return Some(Some(counts(cx, factory)));
            }
            match factory {
                factory if cx.model.is_builtin(factory, "dict") => Some(Some(plain())),
                Expr::Lambda(lambda) if lambda.parameters.is_none() => {
                    let filled = matches!(&*lambda.body, Expr::Dict(dict) if !dict.items.is_empty());
                    inner(cx, &lambda.body).filter(|_| !filled).map(Some)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Which sort of dictionary an expression makes anew.
pub fn inner(cx: &Context<'_, '_>, value: &Expr) -> Option<Inner> {
    match value {
        Expr::Dict(_) => Some(plain()),
        Expr::Call(call) if !call.arguments.keywords.is_empty() => None,
        Expr::Call(call) => match &call.arguments.args[..] {
            [] if cx.model.is_builtin(&call.func, "dict") => Some(plain()),
            [] if is_counter(cx, &call.func) => Some(counts(cx, &call.func)),
            [factory] if cx.model.qualified(&call.func)? == "collections.defaultdict" => {
                let known =
                    ["int", "float", "str", "bool"].iter().any(|name| cx.model.is_builtin(factory, name));
                let text = cx.tree.module().slice(factory);
                (known || is_constant_factory(factory))
                    .then(|| Inner { text: text.to_owned(), counts: false })
            }
            _ => None,
        },
        _ => None,
    }
}

fn plain() -> Inner {
    Inner { text: "dict".to_owned(), counts: false }
}

fn counts(cx: &Context<'_, '_>, class: &Expr) -> Inner {
    Inner { text: cx.tree.module().slice(class).to_owned(), counts: true }
}

fn is_counter(cx: &Context<'_, '_>, class: &Expr) -> bool {
    cx.model
        .qualified(class)
        .is_some_and(|name| name == "collections.Counter" && !cx.model.is_replaced(&name))
}

/// `lambda: 0`
fn is_constant_factory(factory: &Expr) -> bool {
    let Expr::Lambda(lambda) = factory else { return false };
    lambda.parameters.is_none()
        && matches!(
            &*lambda.body,
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_)
        )
}
