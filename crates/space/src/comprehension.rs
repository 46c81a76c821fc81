//! Lists that are written in place: what they are, and their text as a stream.

use spacetime_rule::Context;
use spacetime_semantic::{Assumption, Body, Doubt, Effects};
use spacetime_syntax::ast::{Expr, ExprCall, ExprListComp};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Offset, Ranged, Span};

use crate::reliances::Reliances;
use crate::safety::{check_bound, check_identity, check_making};

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
        check_made_lazily(cx, node, &listed.making)?;
        Ok(Some(listed))
    }

    /// What a generator relies on that a list does not, if it is drained in place.
    pub fn rely(&self, relies: &mut Reliances) {
        if self.making.assumes.contains(Assumption::NoStrayStopIteration) {
            relies.assume(Assumption::NoStrayStopIteration);
        }
    }
}

/// Whether a generator may take the place of the set comprehension at `node`,
/// where it is drained.
pub fn check_generator(
    cx: &Context<'_, '_>,
    body: &Body,
    node: NodeId,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let making = cx.model.lazy_effects(body, node);
    if let Some(point) = body.flow.point_of(cx.tree, node) {
        check_bound(cx, body, &making, point)?;
    }
    check_made_lazily(cx, node, &making)?;
    check_identity([&making])?;
    if making.assumes.contains(Assumption::NoStrayStopIteration) {
        relies.assume(Assumption::NoStrayStopIteration);
    }
    Ok(())
}

/// What a comprehension may do and a generator may not.
fn check_made_lazily(cx: &Context<'_, '_>, node: NodeId, making: &Effects) -> Result<(), Doubt> {
    check_making(cx, making)?;
    if let Some(scope) = cx.model.scopes.own_scope(node)
        && cx.model.scopes.uses_dynamic_names(scope)
    {
        return Err(Doubt::new("`locals()`, `eval` or the like is used in the comprehension"));
    }
    for inner in cx.tree.subtree(node) {
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

/// Edits that turn `[...]` into `(...)`, or into `...` where it is the only
/// argument of a call.
pub fn unbracket(cx: &Context<'_, '_>, listed: &Listed<'_>, call: Option<&ExprCall>) -> Vec<Edit> {
    let span = listed.comp.range();
    if !call.is_some_and(|call| is_only_argument(cx, call, span)) {
        return rebracket(cx, span, span, "(", ")");
    }
    let own = |at: Offset| line_of_its_own(cx, at);
    if let (Some(open), Some(close)) = (own(span.start()), own(span.end() - Offset::new(1)))
        && open.end() < close.start()
    {
        return vec![Edit::delete(open), Edit::delete(close)];
    }
    rebracket(cx, span, span, "", "")
}

/// The line on which nothing but the character at `at` stands.
fn line_of_its_own(cx: &Context<'_, '_>, at: Offset) -> Option<Span> {
    let module = cx.tree.module();
    let line = module.lines().span(module.lines().line(at), module.text());
    (module.text()[line].trim().len() == 1).then_some(line)
}

/// Edits that put `open` and `close` in place of all of `outer` that is not
/// within the brackets at `brackets`. `[ x for x in y ]` does not become
/// `( x for x in y )`.
pub fn rebracket(cx: &Context<'_, '_>, brackets: Span, outer: Span, open: &str, close: &str) -> Vec<Edit> {
    let text = cx.tree.module().text();
    let inner_start = after_blanks(text, brackets.start() + Offset::new(1));
    let inner_end = before_blanks(text, brackets.end() - Offset::new(1));
    vec![
        Edit::replace(Span::new(outer.start(), inner_start), open),
        Edit::replace(Span::new(inner_end, outer.end()), close),
    ]
}

/// Whether `{` and `}` may be written at `node` around a comprehension that
/// takes the place of `outer`: no comment is lost, and no f-string reads `{{`.
pub fn may_brace(cx: &Context<'_, '_>, node: NodeId, brackets: Span, outer: Span) -> bool {
    let module = cx.tree.module();
    let commented = module.has_comment_in(Span::new(outer.start(), brackets.start()))
        || module.has_comment_in(Span::new(brackets.end(), outer.end()));
    let interpolated = cx
        .tree
        .ancestors(node)
        .any(|outer| matches!(cx.tree.node(outer), Node::Expr(Expr::FString(_) | Expr::TString(_))));
    !commented && !interpolated
}

pub fn after_blanks(text: &str, at: Offset) -> Offset {
    let blanks = text[at.to_usize()..].len() - text[at.to_usize()..].trim_start_matches([' ', '\t']).len();
    at + Offset::new(blanks as u32)
}

pub fn before_blanks(text: &str, at: Offset) -> Offset {
    let trimmed = text[..at.to_usize()].trim_end_matches([' ', '\t']);
    // What stands alone on its line keeps its indentation.
    if trimmed.ends_with(['\n', '\r']) { at } else { Offset::new(trimmed.len() as u32) }
}

/// Whether the parentheses of the call hold nothing but the expression at `span`.
pub fn is_only_argument(cx: &Context<'_, '_>, call: &ExprCall, span: Span) -> bool {
    let arguments = call.arguments.range();
    let text = cx.tree.module().text();
    let before = &text[arguments.start().to_usize()..span.start().to_usize()];
    let after = &text[span.end().to_usize()..arguments.end().to_usize()];
    before.trim() == "(" && after.trim() == ")"
}
