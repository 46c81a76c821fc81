//! Sets that are made of one part of each element: `{port for _, port in seen}`. Of parts that are equal
//! the first one is kept, so the order can be seen, unless nobody does more than count them.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, Number};

use super::{Follow, Shape, Step};
use crate::Kind;
use crate::scope::{ScopeKind, SymbolId};
use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Use, use_of};

/// What elements have to be: tuples as they are written, of that many parts, or of more.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parts {
    Exactly(usize),
    MoreThan(usize),
}

impl Follow<'_, '_> {
    /// Whether a comprehension makes a set of a part of each element, which is only counted. What the
    /// elements are is asked when all of them are known.
    pub(super) fn is_parted_unseen(&mut self, node: NodeId) -> bool {
        let model = self.model;
        let Some((comprehension, element, [clause])) = self.walking(node) else { return false };
        if self.inner != Shape::Set
            || model.tree.id(&clause.iter) != node
            || clause.is_async
            || !clause.ifs.is_empty()
            || !matches!(model.tree.expr(comprehension), Some(Expr::SetComp(_)))
            || !model.compares_plainly()
            || !self.is_counted(comprehension, true)
        {
            return false;
        }
        let Some(parts) = parts_of(&clause.target, element) else { return false };
        self.parted.push((node, parts));
        self.journey.walks.push(node);
        true
    }

    /// Whether a set is only asked how large it is, and whether something is in it.
    fn is_counted(&self, node: NodeId, may_be_bound: bool) -> bool {
        match use_of(self.model.tree, node) {
            Use::Argument(call, _) => {
                call.arguments.args.len() == 1
                    && call.arguments.keywords.is_empty()
                    && matches!(self.model.target_of(call), Target::Builtin(name)
                        if matches!(name.as_str(), "len" | "bool"))
            }
            Use::Compared { searched } => searched,
            Use::BoundAll([Expr::Name(name)]) if may_be_bound => {
                let symbol = self.model.scopes.resolve(self.model.tree.id(name)).symbol();
                symbol.is_some_and(|symbol| self.is_counted_in(symbol))
            }
            _ => false,
        }
    }

    fn is_counted_in(&self, symbol: SymbolId) -> bool {
        let scopes = &self.model.scopes;
        let data = scopes.symbol(symbol);
        scopes.scope(data.scope).kind == ScopeKind::Function
            && !(data.is_global || data.is_nonlocal || data.rebound_elsewhere)
            && !scopes.uses_dynamic_names(data.scope)
            && data
                .bindings
                .iter()
                .all(|binding| !matches!(use_of(self.model.tree, *binding), Use::Augmented(_)))
            && data.uses.iter().all(|used| self.is_counted(*used, false))
    }

    /// All elements are known now: whether those of which parts were taken have them.
    pub(super) fn check_parts(&self) -> Step {
        let Some((node, _)) = self.parted.first() else { return Ok(()) };
        let has = |element: &NodeId| {
            let element = self.model.tree.expr(*element);
            let kind = element
                .and_then(|one| Some(self.model.body_of(self.model.tree.id(one))?.kind(self.model, one)));
            let Some(Kind::Tuple(items)) = kind else { return false };
            self.parted.iter().all(|(_, parts)| match *parts {
                Parts::Exactly(all) => items.len() == all,
                Parts::MoreThan(some) => items.len() > some,
            })
        };
        let all_known = self.journey.extended.is_empty() && self.journey.combined.is_empty();
        if all_known && self.journey.added.iter().all(has) {
            return Ok(());
        }
        self.ordered(*node)
    }
}

/// `_, port` and `port`, `flow` and `flow[1]`
fn parts_of(target: &Expr, element: &Expr) -> Option<Parts> {
    match (target, element) {
        (Expr::Tuple(targets), Expr::Name(part)) => {
            let all_names = targets.elts.iter().all(Expr::is_name_expr);
            let is_part = |target: &Expr| matches!(target, Expr::Name(name) if name.id == part.id);
            (all_names && targets.elts.iter().any(is_part)).then_some(Parts::Exactly(targets.elts.len()))
        }
        (Expr::Name(whole), Expr::Subscript(subscript)) => {
            let Expr::Name(taken) = &*subscript.value else { return None };
            let Expr::NumberLiteral(number) = &*subscript.slice else { return None };
            let Number::Int(at) = &number.value else { return None };
            let at = at.as_usize()?;
            (taken.id == whole.id).then_some(Parts::MoreThan(at))
        }
        _ => None,
    }
}
