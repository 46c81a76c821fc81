//! Lists that are written in place: what they are, and their text as a stream.

use spacetime_rule::Context;
use spacetime_semantic::{Assumption, Body, Doubt, Effects};
use spacetime_syntax::ast::{Expr, ExprCall, ExprListComp};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Offset, Ranged, Span};

use crate::safety::{Reliances, check_bound, check_making};

/// A list comprehension that a generator could stand for.
pub struct Listed<'m> {
    pub node: NodeId,
    pub comp: &'m ExprListComp,
    pub expr: &'m Expr,
    /// What making the items does.
    pub making: Effects,
}

impl<'m> Listed<'m> {
    /// The list comprehension at `node`, if a generator may take its place.
    pub fn at(cx: &Context<'_, 'm>, body: &Body, node: NodeId) -> Result<Option<Self>, Doubt> {
        let Some(expr @ Expr::ListComp(comp)) = cx.tree.expr(node) else { return Ok(None) };
        let making = cx.model.lazy_effects(body, node);
        let listed = Self { node, comp, expr, making };
        if let Some(point) = body.flow.point_of(cx.tree, node) {
            check_bound(cx, body, &listed.making, point)?;
        }
        listed.check(cx)?;
        Ok(Some(listed))
    }

    fn check(&self, cx: &Context<'_, '_>) -> Result<(), Doubt> {
        check_making(cx, &self.making)?;
        if let Some(scope) = cx.model.scopes.own_scope(self.node)
            && cx.model.scopes.uses_dynamic_names(scope)
        {
            return Err(Doubt::new("`locals()`, `eval` or the like is used in the comprehension"));
        }
        for inner in cx.tree.subtree(self.node) {
            match cx.tree.node(inner) {
                Node::Expr(Expr::Named(_)) => {
                    return Err(Doubt::new("`:=` in the comprehension binds a variable outside of it"));
                }
                Node::Expr(Expr::Name(name)) if name.id == "super" || name.id == "__class__" => {
                    return Err(Doubt::new("`super` means something else within a generator"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What a generator relies on that a list does not, if it is drained in place.
    pub fn rely(&self, relies: &mut Reliances) {
        if self.making.assumes.contains(Assumption::NoStrayStopIteration) {
            relies.assume(Assumption::NoStrayStopIteration);
        }
    }
}

/// Edits that turn `[...]` into `(...)`, or into `...` where it is the only
/// argument of a call.
pub fn unbracket(cx: &Context<'_, '_>, listed: &Listed<'_>, call: Option<&ExprCall>) -> Vec<Edit> {
    let span = listed.comp.range();
    let bare = call.is_some_and(|call| is_only_argument(cx, call, span));
    let (open, close) = if bare { ("", "") } else { ("(", ")") };
    let first = Span::new(span.start(), span.start() + Offset::new(1));
    let last = Span::new(span.end() - Offset::new(1), span.end());
    // `[ x for x in y ]` is not to become `( x for x in y )`.
    let text = cx.tree.module().text();
    let inner_start = after_blanks(text, first.end());
    let inner_end = before_blanks(text, last.start());
    vec![
        Edit::replace(Span::new(first.start(), inner_start), open),
        Edit::replace(Span::new(inner_end, last.end()), close),
    ]
}

fn after_blanks(text: &str, at: Offset) -> Offset {
    let blanks = text[at.to_usize()..].len() - text[at.to_usize()..].trim_start_matches([' ', '\t']).len();
    at + Offset::new(blanks as u32)
}

fn before_blanks(text: &str, at: Offset) -> Offset {
    Offset::new(text[..at.to_usize()].trim_end_matches([' ', '\t']).len() as u32)
}

/// Whether the parentheses of the call hold nothing but the expression at `span`.
fn is_only_argument(cx: &Context<'_, '_>, call: &ExprCall, span: Span) -> bool {
    let arguments = call.arguments.range();
    let text = cx.tree.module().text();
    let before = &text[arguments.start().to_usize()..span.start().to_usize()];
    let after = &text[span.end().to_usize()..arguments.end().to_usize()];
    before.trim() == "(" && after.trim() == ")"
}
