//! Variables and dictionaries that hold nothing but numbers, texts and what
//! arithmetic has made of them: `total += amount`, `totals[name] += amount`.
//!
//! What an operator gives for a number and something unknown is a new value, by
//! the assumption that operators have no side effects. So adding to it in place
//! changes nothing that anybody else has.

use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::uses::{Use, is_stored, use_of};
use crate::scope::SymbolId;
use crate::{Body, Model};

/// Methods of dictionaries that put nothing into them.
const READING: [&str; 10] =
    ["get", "items", "keys", "values", "pop", "most_common", "clear", "copy", "elements", "total"];

impl Model<'_> {
    /// Whether what the target of an augmented assignment holds is such a value.
    pub(crate) fn accumulates(&self, body: &Body, target: &Expr) -> bool {
        match target {
            Expr::Attribute(attribute) => self.keeps_scalars(attribute),
            Expr::Name(_) => self
                .own_variable(body, target)
                .is_some_and(|symbol| self.bindings_are(symbol, |value| body.kind(self, value).is_scalar())),
            Expr::Subscript(subscript) => self.own_variable(body, &subscript.value).is_some_and(|symbol| {
                self.bindings_are(symbol, |value| self.is_empty_tally(value))
                    && self.scopes.symbol(symbol).uses.iter().all(|node| self.keeps_tally(body, *node))
            }),
            _ => false,
        }
    }

    /// A variable that only this body sees.
    fn own_variable(&self, body: &Body, expr: &Expr) -> Option<SymbolId> {
        let symbol = self.scopes.resolve(self.tree.id(expr)).symbol().filter(|_| expr.is_name_expr())?;
        let data = self.scopes.symbol(symbol);
        let own = body.symbols.contains(&symbol)
            && !(data.is_parameter || data.is_global || data.is_nonlocal || data.rebound_elsewhere)
            && self.captures(symbol).is_empty();
        own.then_some(symbol)
    }

    /// Whether all that is assigned to a variable is of a sort, but for what
    /// augmented assignments leave there.
    fn bindings_are(&self, symbol: SymbolId, fits: impl Fn(&Expr) -> bool) -> bool {
        self.scopes.symbol(symbol).bindings.iter().all(|binding| {
            match self.tree.parent(*binding).map(|parent| self.tree.node(parent)) {
                Some(Node::Stmt(Stmt::Assign(assign))) => fits(&assign.value),
                Some(Node::Stmt(Stmt::AnnAssign(assign))) => assign.value.as_deref().is_none_or(&fits),
                Some(Node::Stmt(Stmt::AugAssign(_))) => true,
                _ => false,
            }
        })
    }

    /// `{}`, `dict()`, `Counter()`, `defaultdict(int)`
    fn is_empty_tally(&self, value: &Expr) -> bool {
        match value {
            Expr::Dict(dict) => dict.items.is_empty(),
            Expr::Call(call) if !call.arguments.keywords.is_empty() => false,
            Expr::Call(call) => match (&call.arguments.args[..], self.qualified(&call.func).as_deref()) {
                ([], Some("collections.Counter" | "collections.OrderedDict")) => true,
                ([], None) => self.is_builtin(&call.func, "dict"),
                ([factory], Some("collections.defaultdict")) => {
                    ["int", "float", "str"].iter().any(|name| self.is_builtin(factory, name))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a use of such a dictionary puts nothing else into it.
    fn keeps_tally(&self, body: &Body, node: NodeId) -> bool {
        match use_of(self.tree, node) {
            Use::Discarded
            | Use::Read
            | Use::Walked(_)
            | Use::Returned
            | Use::Compared { searched: true } => true,
            Use::Part(tuple, _) => matches!(use_of(self.tree, tuple), Use::Returned),
            Use::Argument(call, _) => {
                let builtins = ["len", "sorted", "sum", "max", "min", "list", "print", "any", "all", "bool"];
                builtins.iter().any(|name| self.is_builtin(&call.func, name))
            }
            Use::Attribute(attribute) => READING.contains(&attribute.attr.as_str()),
            Use::Subscripted(subscript) if is_stored(subscript.ctx) => {
                let id = self.tree.id(subscript);
                match self.tree.parent(id).map(|parent| self.tree.node(parent)) {
                    Some(Node::Stmt(Stmt::Assign(assign))) => {
                        assign.value.is_bin_op_expr() || body.kind(self, &assign.value).is_scalar()
                    }
                    Some(Node::Stmt(Stmt::AugAssign(_) | Stmt::Delete(_))) => true,
                    _ => false,
                }
            }
            Use::Subscripted(_) => true,
            _ => false,
        }
    }
}
