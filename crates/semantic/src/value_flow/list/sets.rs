//! A set, of which nobody sees in which order it is walked.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprAttribute, ExprCall};
use spacetime_syntax::{Node, NodeId};

use super::set_algebra::{changes_set, gives_set, is_question};
use super::{Follow, Shape, Step};
use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Slot, Use, is_stored};

impl<'m> Follow<'_, 'm> {
    /// A set that is formatted shows its order; one that is unpacked, too. `part` says where
    /// in a tuple it is.
    pub(super) fn check_set(&self, node: NodeId, used: Use<'m>, part: Option<usize>) -> Step {
        let formatted =
            |parent| matches!(self.model.tree.node(parent), Node::Part(AnyNodeRef::InterpolatedElement(_)));
        let unpacked = |target: &Expr| target.is_tuple_expr() || target.is_list_expr();
        match used {
            Use::Read if self.model.tree.parent(node).is_some_and(formatted) => {
                self.doubt(node, "it is formatted, which shows the order of the set")
            }
            Use::BoundAll(targets) if part.is_none() && targets.iter().any(unpacked) => self.ordered(node),
            Use::Bound(target) if part.is_none() && unpacked(target) => self.ordered(node),
            _ => Ok(()),
        }
    }

    pub(super) fn ordered(&self, node: NodeId) -> Step {
        self.doubt(node, "it is walked in the order of the set")
    }

    pub(super) fn set(&mut self, node: NodeId, used: Use<'m>) -> Step {
        match used {
            Use::Compared { searched: true } => {
                self.journey.searched.push(node);
                Ok(())
            }
            Use::Argument(call, slot) => self.set_argument(node, call, slot),
            Use::Attribute(attribute) => self.set_attribute(node, attribute),
            Use::Operand(parent) => self.set_operand(node, parent),
            Use::Augmented(value) => self.set_augmented(node, value),
            Use::Compared { searched: false } => self.set_compared(node),
            Use::Walked(_) if self.is_parted_unseen(node) || self.is_walked_unseen(node) => Ok(()),
            Use::Walked(_) | Use::YieldedFrom | Use::Unpacked(_) | Use::Augments(_) => self.ordered(node),
            Use::Element(_) | Use::Key => self.doubt(node, "it is put into another container"),
            _ => self.doubt(node, "the set is used in a way that is not understood"),
        }
    }

    fn set_argument(&mut self, node: NodeId, call: &'m ExprCall, slot: Slot<'m>) -> Step {
        let only = call.arguments.args.len() == 1;
        match self.model.target_of(call) {
            Target::Builtin(name) if only && matches!(name.as_str(), "len" | "bool") => Ok(()),
            // Different values of a total order stand in one order only.
            Target::Builtin(name)
                if only && name == "sorted" && call.arguments.find_keyword("key").is_none() =>
            {
                self.journey.sorted.push(self.model.tree.id(call));
                Ok(())
            }
            Target::Builtin(name)
                if only
                    && matches!(name.as_str(), "min" | "max")
                    && call.arguments.find_keyword("key").is_none() =>
            {
                self.journey.walks.push(node);
                Ok(())
            }
            // The same, where the result is on disk already.
            Target::Library(name)
                if only
                    && name == "spacetime_compiler.runtime.external_sort"
                    && call.arguments.find_keyword("key").is_none() =>
            {
                self.journey.walks.push(node);
                Ok(())
            }
            Target::Library(name)
                if slot == Slot::Position(0)
                    && matches!(
                        name.as_str(),
                        "spacetime_compiler.runtime.sorted_head" | "spacetime_compiler.runtime.sorted_item"
                    )
                    && call.arguments.find_keyword("key").is_none() =>
            {
                self.journey.walks.push(node);
                Ok(())
            }
            Target::Builtin(name) if matches!(name.as_str(), "sorted" | "min" | "max" | "list" | "tuple") => {
                self.ordered(node)
            }
            _ if only && self.is_asked_by_set(node, call) => Ok(()),
            _ => self.passed(node, call, slot, (Shape::Set, None)),
        }
    }

    fn set_attribute(&mut self, node: NodeId, attribute: &'m ExprAttribute) -> Step {
        let name = attribute.attr.as_str();
        let id = self.model.tree.id(attribute);
        if is_stored(attribute.ctx) {
            return self.doubt(node, "an attribute of it is set");
        }
        match self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent)) {
            Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == id => {
                self.set_method(node, call, name)
            }
            _ if name == "add" => self.only_called(id, name, Self::set_method),
            _ => self.doubt(node, &format!("its method `{name}` is taken")),
        }
    }

    fn set_method(&mut self, node: NodeId, call: &'m ExprCall, name: &str) -> Step {
        let arguments = &call.arguments;
        if !arguments.keywords.is_empty() || arguments.args.iter().any(Expr::is_starred_expr) {
            return self
                .doubt(node, &format!("its method `{name}` is called in a way that is not understood"));
        }
        match (name, &arguments.args[..]) {
            // Such elements are no values of the dictionary.
            ("add", [_]) | ("update", _) if self.dict.is_some() => {}
            ("add", [element]) => self.journey.added.push(self.model.tree.id(element)),
            ("update", all) => self.journey.extended.extend(all.iter().map(|one| self.model.tree.id(one))),
            ("discard" | "remove", [_]) => self.journey.searched.push(node),
            ("clear", []) => {}
            ("copy", []) => self.push(self.model.tree.id(call), Shape::Set),
            (_, [other])
                if (is_question(name) || gives_set(name) || changes_set(name))
                    && self.model.is_surely_set(other) =>
            {
                self.set_combined(call, gives_set(name));
            }
            ("pop", []) => return self.doubt(node, "it gives an element in the order of the set"),
            _ => return self.doubt(node, &format!("its method `{name}` is called")),
        }
        Ok(())
    }
}
