//! What is made of a set and another: their order may be another than that of the sets in
//! memory, so that these are followed, too.

use spacetime_syntax::ast::{CmpOp, Comprehension, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::conditions::{looks_within, reads_attributes};
use super::{Follow, Shape, Step};
use crate::value_flow::calls::Target;
use crate::value_flow::surely_set::makes_set;

/// Methods that ask something of two sets.
pub(super) fn is_question(name: &str) -> bool {
    matches!(name, "isdisjoint" | "issubset" | "issuperset")
}

/// Methods that make a set of two.
pub(super) fn gives_set(name: &str) -> bool {
    matches!(name, "union" | "intersection" | "difference" | "symmetric_difference")
}

/// Methods that change a set by another.
pub(super) fn changes_set(name: &str) -> bool {
    matches!(name, "intersection_update" | "difference_update" | "symmetric_difference_update")
}

impl<'m> Follow<'_, 'm> {
    /// `old - new`
    pub(super) fn set_operand(&mut self, node: NodeId, parent: NodeId) -> Step {
        let Some(Expr::BinOp(op)) = self.model.tree.expr(parent) else {
            return self.doubt(node, "the set is used in a way that is not understood");
        };
        let is_left = self.model.tree.id(&*op.left) == node;
        // The result is of the left one's type.
        let known = if is_left {
            self.model.is_surely_set(&op.right) || self.is_beside_keys(op, &op.right)
        } else {
            self.model.is_surely_changeable_set(&op.left) || self.is_beside_keys(op, &op.left)
        };
        if !makes_set(op.op) || !known {
            return self.doubt(node, "it is an operand beside something that may be no set");
        }
        self.journey.combined.push(parent);
        self.push(parent, Shape::Set);
        Ok(())
    }

    /// `seen -= other`
    pub(super) fn set_augmented(&mut self, node: NodeId, value: &'m Expr) -> Step {
        let stmt = self.model.tree.parent(node).and_then(|stmt| self.model.tree.stmt(stmt));
        let makes = matches!(stmt, Some(Stmt::AugAssign(assign)) if makes_set(assign.op));
        let variable = self.model.tree.expr(node);
        let changes = variable.is_some_and(|variable| self.model.is_surely_changeable_set(variable));
        if !makes || !changes || !self.model.is_surely_set(value) {
            return self.doubt(node, "it is an operand beside something that may be no set");
        }
        self.journey.combined.push(node);
        Ok(())
    }

    /// `old <= new`
    pub(super) fn set_compared(&mut self, node: NodeId) -> Step {
        let parent = self.model.tree.parent(node).and_then(|parent| self.model.tree.expr(parent));
        let Some(Expr::Compare(compare)) = parent else {
            return self.doubt(node, "the set is used in a way that is not understood");
        };
        let ordered = |op: &CmpOp| !matches!(op, CmpOp::In | CmpOp::NotIn | CmpOp::Is | CmpOp::IsNot);
        let mut operands = std::iter::once(&*compare.left).chain(&compare.comparators);
        let others =
            operands.all(|operand| self.model.tree.id(operand) == node || self.model.is_surely_set(operand));
        if compare.ops.iter().all(ordered) && others {
            self.journey.combined.push(node);
            return Ok(());
        }
        self.doubt(node, "it is compared with something that may be no set")
    }

    /// `other.isdisjoint(seen)`, `other.difference(seen)`; the other is a set.
    pub(super) fn is_asked_by_set(&mut self, node: NodeId, call: &'m ExprCall) -> bool {
        let Expr::Attribute(method) = &*call.func else { return false };
        let name = method.attr.as_str();
        // Of equal elements an intersection with any iterable has those of the iterable.
        let gives = gives_set(name) && name != "intersection";
        let known = call.arguments.keywords.is_empty()
            && call.arguments.args.iter().any(|argument| self.model.tree.id(argument) == node)
            && (is_question(name) && self.model.is_surely_set(&method.value)
                || gives && self.model.is_surely_changeable_set(&method.value));
        if known {
            self.set_combined(call, gives);
        }
        known
    }

    /// A method asks, or changes, or makes a set.
    pub(super) fn set_combined(&mut self, call: &'m ExprCall, gives: bool) {
        let node = self.model.tree.id(call);
        self.journey.combined.push(node);
        if gives {
            self.push(node, Shape::Set);
        }
    }

    /// `sorted(x for x in new if x not in old)`: whatever the order is in which they come,
    /// the result is the same.
    pub(super) fn is_walked_unseen(&mut self, node: NodeId) -> bool {
        let model = self.model;
        let Some((comprehension, element, clauses)) = self.walking(node) else { return false };
        let [clause] = clauses else { return false };
        let Expr::Name(target) = &clause.target else { return false };
        let pure = |test: &'m Expr| self.is_unseen(test);
        let looks = clause.ifs.iter().any(|test| looks_within(model, test));
        if model.tree.id(&clause.iter) != node
            || clause.is_async
            || !clause.ifs.iter().all(pure)
            || looks && !model.compares_plainly()
        {
            return false;
        }
        self.journey.trusts_attributes |= clause.ifs.iter().any(|test| reads_attributes(model, test));
        let itself = matches!(element, Expr::Name(name) if name.id == target.id);
        if matches!(model.tree.expr(comprehension), Some(Expr::SetComp(_))) {
            if itself {
                self.push(comprehension, Shape::Set);
            }
            self.journey.combined.push(comprehension);
            return itself;
        }
        self.is_drained_unseen(node, comprehension, itself || element.is_number_literal_expr(), itself)
    }

    /// The comprehension that walks something, its element and its clauses.
    pub(super) fn walking(&self, node: NodeId) -> Option<(NodeId, &'m Expr, &'m [Comprehension])> {
        let tree = self.model.tree;
        let outer = tree.ancestors(node).find(|outer| matches!(tree.node(*outer), Node::Expr(_)))?;
        match tree.expr(outer)? {
            Expr::Generator(made) => Some((outer, &*made.elt, &made.generators[..])),
            Expr::ListComp(made) => Some((outer, &*made.elt, &made.generators[..])),
            Expr::SetComp(made) => Some((outer, &*made.elt, &made.generators[..])),
            _ => None,
        }
    }

    /// Whether what takes all items is a builtin that does not show in which order they come.
    /// `plain` says that the items are elements or numbers, `itself` that they are elements.
    fn is_drained_unseen(&mut self, node: NodeId, comprehension: NodeId, plain: bool, itself: bool) -> bool {
        let model = self.model;
        let call = model.tree.ancestors(comprehension).find_map(|outer| model.tree.expr(outer));
        let Some(Expr::Call(call)) = call else { return false };
        let (Target::Builtin(name) | Target::Library(name)) = model.target_of(call) else { return false };
        let arguments = &call.arguments;
        let is_it = matches!(&arguments.args[..], [only] if model.tree.id(only) == comprehension);
        let bare = arguments.keywords.is_empty();
        match name.as_str() {
            _ if !is_it => return false,
            // The same, where the result is on disk already.
            "spacetime_compiler.runtime.external_sort"
                if itself && arguments.find_keyword("key").is_none() =>
            {
                self.journey.walks.push(node);
            }
            "sorted" if itself && arguments.find_keyword("key").is_none() => {
                self.journey.sorted.push(model.tree.id(call));
            }
            "set" if itself && bare => {
                self.journey.combined.push(comprehension);
                self.push(model.tree.id(call), Shape::Set);
            }
            "min" | "max" if itself && bare => self.journey.walks.push(node),
            "sum" if plain && !itself && bare => self.journey.combined.push(comprehension),
            "len" if plain && bare => self.journey.combined.push(comprehension),
            _ => return false,
        }
        true
    }
}
