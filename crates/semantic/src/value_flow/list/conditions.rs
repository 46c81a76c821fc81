//! Conditions on the elements of a set: whether evaluating them for one element after another
//! shows in which order they come.

use spacetime_syntax::ast::{CmpOp, Expr};

use super::Follow;
use crate::{Kind, Model};

impl<'m> Follow<'_, 'm> {
    /// Whether evaluating a condition for one element after another in any order makes no
    /// difference: it looks whether the element is somewhere, or like something, or what is kept
    /// for it in a dictionary.
    pub(super) fn is_unseen(&self, test: &'m Expr) -> bool {
        match test {
            Expr::Name(_) => true,
            expr if expr.is_literal_expr() => true,
            Expr::UnaryOp(op) => op.op == spacetime_syntax::ast::UnaryOp::Not && self.is_unseen(&op.operand),
            Expr::BoolOp(op) => op.values.iter().all(|value| self.is_unseen(value)),
            // A property may print, or count how often it is asked.
            Expr::Attribute(attribute) => {
                self.is_unseen(&attribute.value) && self.model.is_plain_attribute(attribute.attr.as_str())
            }
            // A dictionary that makes what is missing shows in which order that was.
            Expr::Subscript(found) => {
                self.is_unseen(&found.value)
                    && self.is_unseen(&found.slice)
                    && self.model.is_surely_dict(&found.value)
            }
            Expr::Call(call) => {
                self.model.is_builtin(&call.func, "len")
                    && call.arguments.keywords.is_empty()
                    && call.arguments.args.iter().all(|argument| self.is_unseen(argument))
            }
            Expr::Compare(compare) => {
                let mut asked = compare.ops.iter().zip(&compare.comparators);
                self.is_unseen(&compare.left)
                    && asked.all(|(op, right)| match op {
                        CmpOp::In | CmpOp::NotIn => self.is_unseen(right) && self.holds_still(right),
                        CmpOp::Is | CmpOp::IsNot => false,
                        _ => self.is_unseen(right),
                    })
            }
            _ => false,
        }
    }

    /// Whether it may be asked for elements in any order: an iterator would be used up.
    fn holds_still(&self, container: &'m Expr) -> bool {
        let node = self.model.tree.id(container);
        let kind = self.model.body_of(node).map(|body| body.kind(self.model, container));
        let is_builtin = matches!(
            kind,
            Some(
                Kind::List(_)
                    | Kind::Set(_)
                    | Kind::FrozenSet(_)
                    | Kind::Deque(_)
                    | Kind::Tuple(_)
                    | Kind::Tuples(_)
                    | Kind::Dict
                    | Kind::DefaultDict
                    | Kind::Counter
                    | Kind::Str
                    | Kind::Bytes
                    | Kind::Range
            )
        );
        is_builtin || self.model.is_surely_set(container) || self.model.is_surely_dict(container)
    }
}

/// Whether a condition looks at more than the element: at what is kept for it or in it, which
/// may have comparisons of its own.
pub(super) fn looks_within(model: &Model<'_>, test: &Expr) -> bool {
    has(model, test, |expr| matches!(expr, Expr::Attribute(_) | Expr::Subscript(_)))
}

pub(super) fn reads_attributes(model: &Model<'_>, test: &Expr) -> bool {
    has(model, test, Expr::is_attribute_expr)
}

fn has(model: &Model<'_>, test: &Expr, is_it: impl Fn(&Expr) -> bool) -> bool {
    model.tree.subtree(model.tree.id(test)).any(|id| model.tree.expr(id).is_some_and(&is_it))
}
