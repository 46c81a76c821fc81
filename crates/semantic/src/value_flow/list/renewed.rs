//! Variables that are bound anew on the way through a function: `values = sorted(values)`.
//!
//! Where all that binds a local variable are statements of the function itself, in no loop
//! and no branch, each value is used until the next one takes its place, and no longer.

use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::scope::{ScopeKind, SymbolId};
use crate::{Model, first_iterable};

impl Model<'_> {
    /// The uses of what is bound to a local variable at `binding`, or passed for it if that is
    /// `None`; nothing if they are not told apart from those of other values.
    pub(super) fn uses_of_value(&self, symbol: SymbolId, binding: Option<NodeId>) -> Option<Vec<NodeId>> {
        let data = self.scopes.symbol(symbol);
        let is_local = self.scopes.scope(data.scope).kind == ScopeKind::Function
            && !(data.is_global || data.is_nonlocal || data.rebound_elsewhere)
            && data.deletes.is_empty()
            && data.bindings.len() > 1
            && self.captures(symbol).is_empty()
            && !self.scopes.uses_dynamic_names(data.scope);
        if !is_local {
            return None;
        }
        let body = &self.function(self.function_around(*data.bindings.first()?)?)?.body;
        let mut start = None;
        let mut places = Vec::with_capacity(data.bindings.len());
        for bound in &data.bindings {
            let place = self.place_of_binding(body, *bound)?;
            if binding.is_none_or(|binding| binding == *bound) && (binding.is_some() || place == 0) {
                start = Some(place);
            }
            places.push(place);
        }
        let start = start?;
        let end = places.into_iter().filter(|place| *place > start).min().unwrap_or(usize::MAX);
        let mut found = Vec::new();
        for used in &data.uses {
            let place = self.place_in(body, *used)?;
            if place > start && place <= end {
                found.push(*used);
            }
        }
        Some(found)
    }

    /// 0 for a parameter, and the number of the statement otherwise.
    fn place_of_binding(&self, body: &[Stmt], binding: NodeId) -> Option<usize> {
        let parent = self.tree.parent(binding)?;
        match self.tree.node(parent) {
            Node::Part(AnyNodeRef::Parameter(_)) => Some(0),
            Node::Stmt(Stmt::Assign(assign)) => {
                let plain = assign.targets.iter().all(|target| self.tree.id(target) == binding);
                let place = body.iter().position(|stmt| self.tree.id(stmt) == parent)?;
                plain.then_some(place + 1)
            }
            _ => None,
        }
    }

    /// The number of the statement that a use belongs to, which is evaluated there, not later.
    fn place_in(&self, body: &[Stmt], used: NodeId) -> Option<usize> {
        for outer in self.tree.ancestors(used) {
            let is_later = match self.tree.node(outer) {
                Node::Expr(Expr::Lambda(_)) | Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) => true,
                Node::Expr(expr @ Expr::Generator(_)) => {
                    !first_iterable(expr).is_some_and(|first| self.tree.contains(self.tree.id(first), used))
                }
                _ => false,
            };
            if is_later {
                return None;
            }
            if let Some(place) = body.iter().position(|stmt| self.tree.id(stmt) == outer) {
                return Some(place + 1);
            }
        }
        None
    }
}
