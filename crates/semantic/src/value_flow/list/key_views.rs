//! Sets that are made of the keys of a dictionary: `old.keys() & new.keys()`.
//!
//! Of keys that are equal but not the same (`1`, `1.0`, `True`) those of one side are kept, which
//! the view of a dictionary on disk knows. That of a real one does not where both have something
//! in common: it takes the other side's then, as it does of what is no view.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{CmpOp, Expr, ExprBinOp, ExprCall, Operator};

use super::{Follow, Shape, Step};
use crate::Doubt;
use crate::value_flow::surely_set::makes_set;
use crate::value_flow::uses::Use;

const BESIDE: &str = "it is an operand beside something that may be neither keys nor a set";
const OTHERS: &str = "of keys that are equal, those of the other dictionary might be kept";

impl<'m> Follow<'_, 'm> {
    /// Whether the keys are asked, or are an operand, beside other keys or a set.
    pub(super) fn keys_asked(&mut self, node: NodeId, used: Use<'m>) -> Result<bool, Doubt> {
        match used {
            Use::Operand(parent) => self.keys_operand(node, parent)?,
            Use::Compared { searched: false } => self.keys_compared(node)?,
            Use::Attribute(attribute) if attribute.attr.as_str() == "isdisjoint" => {
                let id = self.model.tree.id(attribute);
                let call = self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent));
                match call {
                    Some(Expr::Call(call))
                        if self.model.tree.id(&*call.func) == id && self.has_only(call) => {}
                    _ => return Ok(false),
                }
            }
            _ => return Ok(false),
        }
        self.journey.walks.push(node);
        Ok(true)
    }

    /// Whether a call gets one argument: keys, or a set.
    fn has_only(&self, call: &'m ExprCall) -> bool {
        let arguments = &call.arguments;
        arguments.keywords.is_empty() && matches!(&arguments.args[..], [other] if self.is_keys_or_set(other))
    }

    fn is_keys_or_set(&self, expr: &'m Expr) -> bool {
        self.model.is_surely_keys(expr) || self.model.is_surely_set(expr)
    }

    /// `old.keys() & new.keys()`
    fn keys_operand(&mut self, node: NodeId, parent: NodeId) -> Step {
        let Some(Expr::BinOp(op)) = self.model.tree.expr(parent) else {
            return self.doubt(node, "its keys are used in a way that is not understood");
        };
        let is_left = self.model.tree.id(&*op.left) == node;
        let (own, beside) = if is_left { (&*op.left, &*op.right) } else { (&*op.right, &*op.left) };
        let known = self.is_keys_or_set(beside) || is_left && self.model.is_surely_dict(beside);
        if !makes_set(op.op) || !self.model.is_surely_keys(own) || !known {
            return self.doubt(node, BESIDE);
        }
        if op.op == Operator::BitAnd {
            // A real view on the left takes the keys of what it does not know to be one.
            if !is_left && self.model.is_surely_keys(beside) && !self.is_on_disk(beside) {
                return self.doubt(node, OTHERS);
            }
            self.journey.met.push(node);
        }
        self.made_of_keys(parent);
        Ok(())
    }

    /// `old.keys() - new`; the keys are those of a dictionary for certain.
    pub(super) fn dict_operand(&mut self, node: NodeId, parent: NodeId) -> Step {
        let Some(Expr::BinOp(op)) = self.model.tree.expr(parent) else {
            return self.doubt(node, "it is used in a way that is not understood");
        };
        let is_right = self.model.tree.id(&*op.right) == node;
        if !is_right
            || !makes_set(op.op)
            || !self.model.is_surely_keys(&op.left)
            || !self.model.is_surely_dict(&op.right)
        {
            return self.doubt(node, "it is an operand beside something else than keys");
        }
        self.journey.walks.push(node);
        self.made_of_keys(parent);
        Ok(())
    }

    fn made_of_keys(&mut self, parent: NodeId) {
        self.journey.combined.push(parent);
        self.push(parent, Shape::Set);
    }

    /// `old.keys() == new.keys()`
    fn keys_compared(&mut self, node: NodeId) -> Step {
        let parent = self.model.tree.parent(node).and_then(|parent| self.model.tree.expr(parent));
        let Some(Expr::Compare(compare)) = parent else {
            return self.doubt(node, "its keys are used in a way that is not understood");
        };
        let ordered = |op: &CmpOp| !matches!(op, CmpOp::In | CmpOp::NotIn | CmpOp::Is | CmpOp::IsNot);
        let mut operands = std::iter::once(&*compare.left).chain(&compare.comparators);
        if compare.ops.iter().all(ordered) && operands.all(|operand| self.is_keys_or_set(operand)) {
            return Ok(());
        }
        self.doubt(node, "its keys are compared with something that may be neither keys nor a set")
    }

    /// Whether the keys beside a set may be an operand, which takes them for those of a set: of real
    /// ones it would be taken for no set where both have something in common.
    pub(super) fn is_beside_keys(&self, op: &'m ExprBinOp, beside: &'m Expr) -> bool {
        self.model.is_surely_keys(beside) && (op.op != Operator::BitAnd || self.is_on_disk(beside))
    }

    /// Whether keys are those of a dictionary that is on disk for certain, once this one is.
    fn is_on_disk(&self, keys: &'m Expr) -> bool {
        self.model.is_keys_on_disk(keys, self.dict)
    }
}
