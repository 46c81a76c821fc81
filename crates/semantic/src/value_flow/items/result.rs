//! Items leave a function: it returns them, yields them, or is a special method.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::Expr;

use super::depth::{Depth, PART, told_apart};
use super::{Items, Step};
use crate::Kind;
use crate::value_flow::calls::Run;
use crate::value_flow::uses::is_stored;

impl Items<'_, '_> {
    pub(super) fn returned(&mut self, node: NodeId, depth: Depth) -> Step {
        let Some(def) = self.model.function_around(node) else {
            return self.doubt(node, "an item is returned from an unknown function");
        };
        if self.model.body_of_def(def).is_none_or(|body| body.is_generator) {
            return self.doubt(node, "a generator returns an item");
        }
        self.result(def, depth)
    }

    pub(super) fn yielded(&mut self, node: NodeId, depth: Depth) -> Step {
        self.check_kept(depth)?;
        match self.model.function_around(node) {
            Some(def) if self.model.function(def).is_some() => self.result(def, depth),
            _ => self.doubt(node, "an item is yielded to unknown code"),
        }
    }

    /// What calls of a function give.
    fn result(&mut self, def: NodeId, depth: Depth) -> Step {
        let depth = told_apart(depth);
        if !self.results.entry(def).or_default().insert(depth) {
            return Ok(());
        }
        if let Some(name) = self.model.property_name(def) {
            self.model.check_attribute_named(name)?;
            for id in self.model.attributes_named(name) {
                self.has(*id, depth);
            }
            return Ok(());
        }
        if let Some(function) = self.model.function(def)
            && function.name.starts_with("__")
            && function.name.ends_with("__")
        {
            return self.special_result(def, function.name.as_str(), depth);
        }
        for run in self.model.runs(def)? {
            match run {
                Run::Call(call) => self.has(self.model.tree.id(call), depth),
                Run::Named(node) => self.function_result(node, depth)?,
            }
        }
        Ok(())
    }

    /// What the interpreter calls gives its result to an operator.
    fn special_result(&mut self, def: NodeId, name: &str, depth: Depth) -> Step {
        if depth.is_container() {
            return self.doubt(def, "items are returned by a special method");
        }
        match name {
            "__str__" | "__repr__" | "__format__" | "__bytes__" | "__len__" | "__length_hint__"
            | "__bool__" | "__hash__" | "__eq__" | "__ne__" | "__lt__" | "__le__" | "__gt__" | "__ge__"
            | "__contains__" | "__int__" | "__float__" | "__complex__" | "__index__" | "__fspath__"
            | "__sizeof__" | "__exit__" | "__dir__" => Ok(()),
            // What reading an attribute of an item gives is a part of it anyway.
            "__getattr__" | "__getattribute__" if depth == PART => Ok(()),
            "__getitem__" | "__missing__" => {
                for id in self.model.tree.ids() {
                    if let Some(Expr::Subscript(subscript)) = self.model.tree.expr(id)
                        && !is_stored(subscript.ctx)
                        && self.may_be_of_a_class(self.model.tree.id(&*subscript.value))
                    {
                        self.has(id, depth);
                    }
                }
                Ok(())
            }
            _ => self.doubt(def, "an item is returned by a special method"),
        }
    }

    /// Whether an expression may be an instance of a class of this module, as
    /// far as its kind tells.
    fn may_be_of_a_class(&self, node: NodeId) -> bool {
        let (Some(body), Some(expr)) = (self.model.body_of(node), self.model.tree.expr(node)) else {
            return true;
        };
        matches!(body.kind(self.model, expr), Kind::Unknown | Kind::Record(_) | Kind::Never)
    }
}
