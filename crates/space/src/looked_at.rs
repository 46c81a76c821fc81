//! What a walk looks at of its items.

use spacetime_rule::Context;
use spacetime_semantic::scope::SymbolId;
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::by_lines::is_in_class;
use crate::naming::holder;
use crate::picked::is_forgotten;

/// Who looks at more parts looks at most of them.
const FEW: usize = 8;
/// Functions are followed no further.
const STEPS: u8 = 3;

/// Keys of items, or attributes.
#[derive(Default)]
pub struct LookedAt {
    pub names: Vec<String>,
    /// They are attributes, not keys.
    attributes: Option<bool>,
    /// Items are passed to functions of the module.
    pub follows: bool,
}

/// What the walk over the list at `place` looks at, if it does nothing else with the items.
pub fn looked_at(cx: &Context<'_, '_>, place: NodeId) -> Option<LookedAt> {
    let list = cx.tree.expr(place)?;
    if !matches!(list, Expr::Name(_) | Expr::Attribute(_) | Expr::Call(_)) || is_columns(cx, list) {
        return None;
    }
    let in_text =
        cx.tree.ancestors(place).any(|outer| matches!(cx.tree.node(outer), Node::Expr(Expr::FString(_))));
    if in_text
        || is_in_class(cx, place)
        || cx.model.scopes.uses_dynamic_names(cx.model.scopes.scope_of(place))
    {
        return None;
    }
    let (walk, target) = walk(cx, place)?;
    let symbol = cx.model.scopes.resolve(cx.tree.id(target)).symbol()?;
    if !is_forgotten(cx, walk, target) {
        return None;
    }
    let mut found = LookedAt::default();
    let uses = &cx.model.scopes.symbol(symbol).uses;
    let here = uses.iter().filter(|used| cx.tree.contains(walk, **used));
    here.into_iter().try_for_each(|used| found.note(cx, *used, STEPS))?;
    (!found.names.is_empty() && found.names.len() <= FEW).then_some(found)
}

/// Whether items of it have been made whole elsewhere, or in parts, already.
fn is_columns(cx: &Context<'_, '_>, list: &Expr) -> bool {
    matches!(list, Expr::Call(call) if cx.model.qualified(&call.func)
        .is_some_and(|name| name.starts_with("spacetime_compiler.runtime.")))
}

/// The loop or comprehension that walks what stands at `place`, and the variable of its items.
fn walk<'m>(cx: &Context<'_, 'm>, place: NodeId) -> Option<(NodeId, &'m Expr)> {
    let (walk, target) = match walk_directly(cx, place) {
        Some(found) => found,
        None => {
            let numbered = holder(cx, place)?;
            let Expr::Call(call) = cx.tree.expr(numbered)? else { return None };
            let first = call.arguments.args.first()?;
            if cx.tree.id(first) != place || !cx.model.is_builtin(&call.func, "enumerate") {
                return None;
            }
            let (walk, target) = walk_directly(cx, numbered)?;
            let Expr::Tuple(parts) = target else { return None };
            let [_, item] = &parts.elts[..] else { return None };
            (walk, item)
        }
    };
    target.is_name_expr().then_some((walk, target))
}

fn walk_directly<'m>(cx: &Context<'_, 'm>, place: NodeId) -> Option<(NodeId, &'m Expr)> {
    let node = cx.tree.parent(place)?;
    match cx.tree.node(node) {
        Node::Stmt(Stmt::For(stmt)) if !stmt.is_async && cx.tree.id(&*stmt.iter) == place => {
            Some((node, &*stmt.target))
        }
        Node::Part(AnyNodeRef::Comprehension(clause))
            if !clause.is_async && cx.tree.id(&clause.iter) == place =>
        {
            Some((cx.tree.parent(node)?, &clause.target))
        }
        _ => None,
    }
}

impl LookedAt {
    /// Notes a use of an item; nothing, if it is looked at otherwise.
    fn note(&mut self, cx: &Context<'_, '_>, used: NodeId, steps: u8) -> Option<()> {
        match cx.tree.node(cx.tree.parent(used)?) {
            Node::Expr(Expr::Subscript(subscript)) if cx.tree.id(&*subscript.value) == used => {
                let Expr::StringLiteral(key) = &*subscript.slice else { return None };
                subscript.ctx.is_load().then_some(())?;
                self.add(key.value.to_str(), false)
            }
            Node::Expr(Expr::Attribute(attribute)) => {
                let node = cx.tree.id(attribute);
                let is_called = matches!(cx.tree.parent(node).map(|parent| cx.tree.node(parent)),
                    Some(Node::Expr(Expr::Call(call))) if cx.tree.id(&*call.func) == node);
                (attribute.ctx.is_load() && !is_called).then_some(())?;
                self.add(attribute.attr.as_str(), true)
            }
            _ => {
                let (_, def, parameter) = cx.model.passed_to(used)?;
                self.follows = true;
                self.note_parameter(cx, def, parameter, steps.checked_sub(1)?)
            }
        }
    }

    fn note_parameter(
        &mut self,
        cx: &Context<'_, '_>,
        def: NodeId,
        parameter: SymbolId,
        steps: u8,
    ) -> Option<()> {
        let data = cx.model.scopes.symbol(parameter);
        let scope = cx.model.scopes.own_scope(def)?;
        let is_only_given = data.is_parameter
            && data.bindings.len() <= 1
            && data.deletes.is_empty()
            && !data.rebound_elsewhere
            && !cx.model.scopes.uses_dynamic_names(scope);
        is_only_given.then_some(())?;
        data.uses.iter().try_for_each(|used| self.note(cx, *used, steps))
    }

    fn add(&mut self, name: &str, is_attribute: bool) -> Option<()> {
        let is_alike = *self.attributes.get_or_insert(is_attribute) == is_attribute;
        // A name that only its class knows is another one in there.
        let is_private = is_attribute && name.starts_with("__");
        let is_simple = !is_private
            && !name.contains(['"', '\\', char::REPLACEMENT_CHARACTER])
            && name.chars().all(|char| !char.is_control());
        (is_alike && is_simple).then_some(())?;
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        Some(())
    }

    /// `, "name", "size")`
    pub fn arguments(&self) -> String {
        let names: Vec<String> = self.names.iter().map(|name| format!("\"{name}\"")).collect();
        let comma = if names.len() == 1 { "," } else { "" };
        let names = names.join(", ");
        if self.attributes == Some(true) {
            format!(", attributes=({names}{comma}))")
        } else {
            format!(", {names})")
        }
    }
}
