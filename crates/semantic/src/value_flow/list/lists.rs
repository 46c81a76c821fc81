//! The list itself: what may be done with it, and what else only a list in memory can do.

use spacetime_syntax::ast::{
    CmpOp, Expr, ExprAttribute, ExprBinOp, ExprCall, ExprSubscript, Number, Operator, Stmt, UnaryOp,
};
use spacetime_syntax::{Node, NodeId};

use super::askers::{ASKING, LIBRARY, METHODS, WALKING};
use super::{Follow, Holder, Shape, Step};
use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Slot, Use, is_stored, use_of};

impl<'m> Follow<'_, 'm> {
    pub(super) fn list(&mut self, node: NodeId, used: Use<'m>) -> Step {
        match used {
            Use::Walked(_) | Use::Augments(_) | Use::YieldedFrom => self.journey.walks.push(node),
            Use::Unpacked(outer) => {
                let display = matches!(
                    self.model.tree.expr(outer),
                    Some(Expr::List(_) | Expr::Tuple(_) | Expr::Set(_))
                );
                if !display && !self.is_builtin_call(outer, &["print", "zip", "max", "min"]) {
                    return self.doubt(node, "it is unpacked into arguments");
                }
                self.journey.walks.push(node);
            }
            Use::Argument(call, slot) => self.argument(node, call, slot)?,
            Use::Attribute(attribute) => self.attribute_of(node, attribute)?,
            Use::Subscripted(subscript) => self.subscript(node, subscript)?,
            Use::Operand(parent) => match self.model.tree.expr(parent) {
                Some(Expr::BinOp(op)) if op.op == Operator::Add && !is_no_list(op) => {
                    self.journey.walks.push(node);
                    self.copied(parent);
                }
                _ => return self.doubt(node, "it is an operand"),
            },
            // What is no list cannot be ordered with one, and the error tells its class.
            Use::Compared { .. } if self.is_ordered(node) => {
                return self.doubt(node, "it is ordered with something else");
            }
            Use::Compared { searched } => {
                if searched {
                    self.journey.searched.push(node);
                } else {
                    self.journey.walks.push(node);
                }
            }
            Use::Augmented(value) => {
                let stmt = self.model.tree.parent(node).and_then(|stmt| self.model.tree.stmt(stmt));
                if !matches!(stmt, Some(Stmt::AugAssign(assign)) if matches!(assign.op, Operator::Add | Operator::Mult))
                {
                    return self.doubt(node, "it is an operand");
                }
                if matches!(stmt, Some(Stmt::AugAssign(assign)) if assign.op == Operator::Mult) {
                    self.journey.multiplied.push(node);
                }
                self.journey.extended.push(self.model.tree.id(value));
            }
            Use::Element(outer) => return self.element(node, outer, Shape::List),
            Use::Key => return self.doubt(node, "it is put into another container"),
            Use::Yielded => return self.doubt(node, "it is yielded"),
            Use::Identity { .. } => return self.doubt(node, "its identity is asked for"),
            _ => return self.doubt(node, "it is used in a way that is not understood"),
        }
        Ok(())
    }

    /// Whether a `deque` is used as one that is filled and emptied.
    pub(super) fn check_queue(&self, node: NodeId, used: Use<'m>, holder: Holder) -> Step {
        let is_known = match used {
            Use::Discarded | Use::Read | Use::Returned => true,
            Use::BoundAll([Expr::Name(_)]) => true,
            Use::Argument(call, _) => match self.model.target_of(call) {
                Target::Builtin(name) => matches!(name.as_str(), "len" | "bool"),
                Target::Function(_) => true,
                _ => false,
            },
            Use::Attribute(attribute) => {
                let is_called = self.called(attribute).is_some();
                is_called && matches!(attribute.attr.as_str(), "append" | "extend" | "popleft")
            }
            _ => false,
        };
        if is_known && holder == (Shape::List, None) {
            return Ok(());
        }
        self.doubt(node, "it is used otherwise than by filling and emptying it")
    }

    fn argument(&mut self, node: NodeId, call: &'m ExprCall, slot: Slot<'m>) -> Step {
        match self.model.target_of(call) {
            Target::Builtin(name) if WALKING.contains(&name.as_str()) => {
                // Whoever gets an iterator may ask for its type.
                let given = use_of(self.model.tree, self.model.tree.id(call));
                if matches!(name.as_str(), "iter" | "reversed") && matches!(given, Use::Returned) {
                    return self.doubt(node, "an iterator over it is returned");
                }
                self.journey.walks.push(node);
            }
            Target::Builtin(name) if ASKING.contains(&name.as_str()) => {}
            Target::Library(name) if LIBRARY.contains(&name.as_str()) => self.journey.walks.push(node),
            Target::Library(name)
                if slot == Slot::Position(0)
                    && matches!(
                        name.as_str(),
                        "bisect.bisect" | "bisect.bisect_left" | "bisect.bisect_right"
                    ) =>
            {
                self.journey.searched.push(node);
            }
            Target::Method(name, own) if own.is_empty() && METHODS.contains(&name.as_str()) => {
                self.journey.trusts_method_names = true;
                self.journey.walks.push(node);
            }
            // `dict.fromkeys(names)`
            _ if slot == Slot::Position(0)
                && matches!(&*call.func, Expr::Attribute(method)
                    if method.attr.as_str() == "fromkeys" && self.model.is_builtin(&method.value, "dict")) =>
            {
                self.journey.walks.push(node);
            }
            _ => return self.handed(node, call, slot, Shape::List),
        }
        Ok(())
    }

    fn attribute_of(&mut self, node: NodeId, attribute: &'m ExprAttribute) -> Step {
        let name = attribute.attr.as_str();
        let id = self.model.tree.id(attribute);
        if is_stored(attribute.ctx) {
            return self.doubt(node, "an attribute of it is set");
        }
        match self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent)) {
            Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == id => self.method(node, call, name),
            _ if matches!(name, "append" | "extend") => self.only_called(id, name, Self::method),
            _ => self.doubt(node, &format!("its method `{name}` is taken")),
        }
    }

    fn method(&mut self, node: NodeId, call: &'m ExprCall, name: &str) -> Step {
        let arguments = &call.arguments;
        let one = match (&arguments.args[..], arguments.keywords.is_empty()) {
            ([one], true) if !one.is_starred_expr() => Some(self.model.tree.id(one)),
            _ => None,
        };
        match (name, one) {
            ("append", Some(item)) => self.journey.added.push(item),
            ("extend", Some(items)) => self.journey.extended.push(items),
            ("popleft", None) if self.queue && arguments.is_empty() => {
                self.journey.emptied.push(self.model.tree.id(call));
            }
            ("clear", None) if arguments.is_empty() => {}
            ("copy", None) if arguments.is_empty() => {
                self.journey.walks.push(node);
                self.copied(self.model.tree.id(call));
            }
            ("count" | "index", Some(_)) => self.journey.searched.push(node),
            ("sort", _) if arguments.args.is_empty() => self.journey.sorted.push(self.model.tree.id(call)),
            _ if self.alone && !self.queue => return self.spliced_by(node, call, name),
            _ => return self.doubt(node, &format!("its method `{name}` is called")),
        }
        Ok(())
    }

    /// Methods that put items in, or take them out, before the end.
    fn spliced_by(&mut self, node: NodeId, call: &'m ExprCall, name: &str) -> Step {
        let arguments = &call.arguments;
        let is_plain = arguments.keywords.is_empty() && !arguments.args.iter().any(Expr::is_starred_expr);
        let id = self.model.tree.id(call);
        match (name, &arguments.args[..]) {
            _ if !is_plain => return self.doubt(node, &format!("its method `{name}` is called")),
            ("pop", []) => self.journey.popped.push(id),
            ("pop", [_]) | ("reverse", []) => self.journey.spliced.push(id),
            ("remove", [_]) => {
                self.journey.searched.push(node);
                self.journey.spliced.push(id);
            }
            ("insert", [_, item]) => {
                self.journey.added.push(self.model.tree.id(item));
                self.journey.spliced.push(id);
            }
            _ => return self.doubt(node, &format!("its method `{name}` is called")),
        }
        Ok(())
    }

    /// What takes the place of the last item, which is always in memory:
    /// `rows[-1] = value`.
    fn last_replaced(&self, subscript: &'m ExprSubscript) -> Option<&'m Expr> {
        let Expr::UnaryOp(negative) = &*subscript.slice else { return None };
        let Expr::NumberLiteral(number) = &*negative.operand else { return None };
        let is_last = negative.op == UnaryOp::USub
            && matches!(&number.value, Number::Int(value) if value.as_usize() == Some(1));
        let parent = self.model.tree.parent(self.model.tree.id(subscript))?;
        match self.model.tree.node(parent) {
            Node::Stmt(Stmt::Assign(assign)) if is_last && assign.targets.len() == 1 => Some(&assign.value),
            _ => None,
        }
    }

    /// `rows[0] = row`, `rows[1:3] = others`, `del rows[0]`, `del rows[:2]`
    fn replaced(&mut self, subscript: &'m ExprSubscript) -> bool {
        let id = self.model.tree.id(subscript);
        let parent = self.model.tree.parent(id).map(|parent| self.model.tree.node(parent));
        let is_stretch = match &*subscript.slice {
            Expr::Slice(slice) if slice.step.is_some() => return false,
            slice => slice.is_slice_expr(),
        };
        let filled = if is_stretch { &mut self.journey.extended } else { &mut self.journey.added };
        match parent {
            Some(Node::Stmt(Stmt::Delete(_))) if self.alone => {}
            Some(Node::Stmt(Stmt::Assign(assign))) if self.alone && assign.targets.len() == 1 => {
                filled.push(self.model.tree.id(&*assign.value));
            }
            _ => return false,
        }
        self.journey.spliced.push(id);
        true
    }

    fn subscript(&mut self, node: NodeId, subscript: &'m ExprSubscript) -> Step {
        if is_stored(subscript.ctx) {
            return match self.last_replaced(subscript) {
                Some(value) if self.alone => {
                    self.journey.added.push(self.model.tree.id(value));
                    Ok(())
                }
                _ if self.replaced(subscript) => Ok(()),
                _ => self.doubt(node, "items of it are replaced or deleted"),
            };
        }
        if let Expr::Slice(slice) = &*subscript.slice {
            if slice.lower.is_some() && slice.upper.is_some() && slice.step.is_none() {
                self.journey.windows.push(self.model.tree.id(subscript));
            } else {
                self.journey.walks.push(node);
            }
            // A slice may be of the same sort as the whole.
            self.copied(self.model.tree.id(subscript));
        } else {
            self.journey.indexed.push(self.model.tree.id(subscript));
        }
        Ok(())
    }

    fn is_builtin_call(&self, node: NodeId, names: &[&str]) -> bool {
        matches!(self.model.tree.expr(node), Some(Expr::Call(call))
            if names.iter().any(|name| self.model.is_builtin(&call.func, name)))
    }

    /// `rows < other`
    fn is_ordered(&self, node: NodeId) -> bool {
        let compare = self.model.tree.parent(node).and_then(|parent| self.model.tree.expr(parent));
        let orders = |op: &CmpOp| matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE);
        matches!(compare, Some(Expr::Compare(compare)) if compare.ops.iter().any(orders))
    }
}

/// Whether one side of a sum is surely no list, so that there is none.
fn is_no_list(sum: &ExprBinOp) -> bool {
    [&sum.left, &sum.right]
        .into_iter()
        .any(|side| side.is_literal_expr() || side.is_tuple_expr() || side.is_f_string_expr())
}
