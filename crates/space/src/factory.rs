//! Fields of dataclasses that a default factory fills: `rows: list = field(default_factory=list)`.

use spacetime_rule::Context;
use spacetime_semantic::{Doubt, FactoryField, Journey};

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::Expr;
use spacetime_text::{Edit, Ranged};

use crate::repeated::{function_repeats, loop_around};
use crate::whole::class_around;

pub struct Factory<'m> {
    pub field: FactoryField<'m>,
    /// What is called, `list`, or what a lambda gives, `[]`.
    pub made: &'m Expr,
    /// What stands behind `default_factory=`.
    value: &'m Expr,
}

impl<'m> Factory<'m> {
    /// The factory in a call of `dataclasses.field`.
    pub fn of(cx: &Context<'_, 'm>, call: NodeId) -> Option<Self> {
        let Some(Expr::Call(call)) = cx.tree.expr(call) else { return None };
        let value = &call.arguments.find_keyword("default_factory")?.value;
        let made = match value {
            Expr::Lambda(lambda) => &*lambda.body,
            value => value,
        };
        let field = cx.model.factory_field(cx.tree.id(made))?;
        (!cx.tree.module().has_comment_in(value.range())).then_some(Self { field, made, value })
    }

    /// Whether it calls nothing but the builtin of that name.
    pub fn calls_builtin(&self, cx: &Context<'_, '_>, name: &str) -> bool {
        match self.made {
            Expr::Call(call) => call.arguments.is_empty() && cx.model.is_builtin(&call.func, name),
            made => !self.value.is_lambda_expr() && cx.model.is_builtin(made, name),
        }
    }

    /// The calls that make objects with the field, if all that is in it comes from the factory.
    pub fn makers(&self, cx: &Context<'_, 'm>) -> Result<Vec<NodeId>, Doubt> {
        cx.model.made_by_factory(self.field)
    }

    /// `default_factory=TEXT`
    pub fn edit_to(&self, text: &str) -> Edit {
        Edit::replace(self.value.range(), text.to_owned())
    }

    /// `default_factory=lambda: TEXT`
    pub fn edit(&self, text: &str) -> Edit {
        Edit::replace(self.value.range(), format!("lambda: {text}"))
    }

    /// Whether one of these methods is called on the field in a loop, or on what is in it.
    pub fn is_filled_in_loop(&self, cx: &Context<'_, '_>, methods: &[&str]) -> bool {
        cx.tree.ids().any(|id| {
            let Some(Expr::Attribute(method)) = cx.tree.expr(id) else { return false };
            let within = cx.tree.subtree(cx.tree.id(&*method.value));
            methods.contains(&method.attr.as_str())
                && within.into_iter().any(|id| {
                    matches!(cx.tree.expr(id), Some(Expr::Attribute(found)) if found.attr.as_str() == self.field.name)
                })
                && (loop_around(cx, id).is_some() || function_repeats(cx, id))
        })
    }
}

/// Whether many objects are made by these calls.
pub fn makes_many(cx: &Context<'_, '_>, makers: &[NodeId]) -> bool {
    makers.iter().any(|maker| loop_around(cx, *maker).is_some() || function_repeats(cx, *maker))
}

/// Whether something else than the class of the node puts items into its list: many objects may
/// share what is read.
pub fn is_filled_by_others(cx: &Context<'_, '_>, node: NodeId, journey: &Journey) -> bool {
    let home = class_around(cx, node);
    journey.added.iter().chain(&journey.extended).any(|node| class_around(cx, *node) != home)
}
