//! Classes whose objects are in variables and attributes only, never in a
//! container: the ones that do the work, not the ones that are the data.
//!
//! What comes out of a list is none of them, so a method of such a class is not
//! mistaken for the field of the same name of an item.

use std::rc::Rc;

use rustc_hash::FxHashSet;
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprAttribute};

use super::calls::Target;
use super::uses::{Slot, Use, is_stored, use_of};
use crate::Model;
use crate::scope::{ScopeKind, SymbolId};

/// Where the objects of a class are.
#[derive(Debug, Default)]
pub struct Confined {
    symbols: FxHashSet<SymbolId>,
    attributes: FxHashSet<String>,
    /// Where the text of such an object is made.
    shown: Option<NodeId>,
    /// Where something else is asked of it than its attributes: `x.__eq__`, or a method that is
    /// not called at once.
    opened: Option<NodeId>,
}

struct Follow<'a, 'm> {
    model: &'a Model<'m>,
    todo: Vec<NodeId>,
    seen: FxHashSet<NodeId>,
    found: Confined,
}

impl Model<'_> {
    /// Whether an expression is surely no object of a class, since all of them
    /// are somewhere else.
    pub(crate) fn is_elsewhere(&self, expr: &Expr, class: NodeId) -> bool {
        let Some(confined) = self.confined(class) else { return false };
        match expr {
            // The class has its methods, too.
            Expr::Name(name) => self
                .scopes
                .resolve(self.tree.id(name))
                .symbol()
                .is_some_and(|symbol| !confined.symbols.contains(&symbol) && !self.is_class(symbol)),
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                name != "__class__" && !confined.attributes.contains(name)
            }
            Expr::Subscript(_) => true,
            _ => false,
        }
    }

    /// Where objects of a class are looked at with all of their fields, as if they were printed;
    /// `None` if they may be compared, copied or handed to code that is not known.
    #[expect(clippy::option_option, reason = "perhaps, nowhere, and there")]
    pub(super) fn are_looked_at(&self, class: NodeId) -> Option<Option<NodeId>> {
        let confined = self.confined(class)?;
        confined.opened.is_none().then_some(confined.shown)
    }

    /// Whether no object of a class is handed to code that is not of this module.
    pub(super) fn is_confined(&self, class: NodeId) -> bool {
        self.confined(class).is_some()
    }

    fn confined(&self, class: NodeId) -> Option<Rc<Confined>> {
        if let Some(known) = self.confined.borrow().get(&class) {
            return known.clone();
        }
        // Asked again while it is being worked out, it is not known.
        self.confined.borrow_mut().insert(class, None);
        let found = self.confine(class).map(Rc::new);
        self.confined.borrow_mut().insert(class, found.clone());
        found
    }

    fn confine(&self, class: NodeId) -> Option<Confined> {
        if !self.is_program() || self.check_class(class).is_err() || self.check_attributes_named().is_err() {
            return None;
        }
        let mut follow =
            Follow { model: self, todo: Vec::new(), seen: FxHashSet::default(), found: Confined::default() };
        let derived = self.derived(class);
        for (_, method) in self.methods() {
            let owner = self.owner(method);
            if derived.iter().any(|class| self.is_derived(*class, owner)) {
                follow.method(method)?;
            }
        }
        for class in derived {
            let mut calls = Vec::new();
            self.calls_of_class(class, &mut calls).ok()?;
            follow.todo.extend(calls.into_iter().map(|call| self.tree.id(call)));
        }
        while let Some(node) = follow.todo.pop() {
            if follow.seen.insert(node) {
                follow.step(node)?;
            }
        }
        Some(follow.found)
    }
}

impl<'m> Follow<'_, 'm> {
    fn method(&mut self, method: NodeId) -> Option<()> {
        let function = self.model.function(method)?;
        match function.decorator_list.as_slice() {
            [] => {}
            [one] => {
                let is = |name: &str| self.model.is_builtin(&one.expression, name);
                if is("classmethod") {
                    self.found.symbols.extend(self.model.receiver_parameter(method));
                    return Some(());
                }
                if is("staticmethod") {
                    return Some(());
                }
                if !is("property") {
                    return None;
                }
            }
            _ => return None,
        }
        match self.model.receiver_parameter(method) {
            Some(receiver) => self.symbol(receiver),
            None => Some(()),
        }
    }

    fn symbol(&mut self, symbol: SymbolId) -> Option<()> {
        if !self.found.symbols.insert(symbol) {
            return Some(());
        }
        let data = self.model.scopes.symbol(symbol);
        let unseen = self.model.scopes.scope(data.scope).kind == ScopeKind::Class
            || self.model.scopes.uses_dynamic_names(data.scope)
            || self.model.check_hidden(symbol).is_err();
        self.todo.extend(&data.uses);
        (!unseen).then_some(())
    }

    fn bind(&mut self, target: &'m Expr) -> Option<()> {
        match target {
            Expr::Name(name) => {
                let symbol = self.model.scopes.resolve(self.model.tree.id(name)).symbol()?;
                self.symbol(symbol)
            }
            Expr::Attribute(attribute) => {
                self.model.check_is_kept(attribute.attr.as_str()).ok()?;
                self.kept(attribute);
                Some(())
            }
            _ => None,
        }
    }

    fn kept(&mut self, attribute: &'m ExprAttribute) {
        let name = attribute.attr.as_str();
        if self.found.attributes.insert(name.to_owned()) {
            for id in self.model.attributes_named(name) {
                if let Some(Expr::Attribute(found)) = self.model.tree.expr(*id)
                    && !is_stored(found.ctx)
                {
                    self.todo.push(*id);
                }
            }
        }
    }

    fn step(&mut self, node: NodeId) -> Option<()> {
        let model = self.model;
        match use_of(model.tree, node) {
            Use::Read if model.is_formatted(node) => {
                self.found.shown = Some(node);
                Some(())
            }
            Use::Attribute(attribute) => {
                if self.opens(attribute) {
                    self.found.opened = Some(node);
                }
                Some(())
            }
            Use::Discarded
            | Use::Read
            | Use::Deleted
            | Use::Identity { constant: true }
            | Use::Subscripted(_)
            | Use::Walked(_) => Some(()),
            Use::Bound(target) => self.bind(target),
            Use::BoundAll(targets) => targets.iter().try_for_each(|target| self.bind(target)),
            Use::Named(target, parent) => {
                self.todo.push(parent);
                self.bind(target)
            }
            Use::Flows(parent) => {
                self.todo.push(parent);
                Some(())
            }
            Use::Returned => {
                let def = model.function_around(node)?;
                model.body_of_def(def).filter(|body| !body.is_generator && !body.is_async)?;
                let calls = model.callers(def).ok()?;
                self.todo.extend(calls.into_iter().map(|call| model.tree.id(call)));
                Some(())
            }
            Use::Argument(call, slot) => self.argument(node, call, slot),
            _ => None,
        }
    }

    /// Whether an attribute is more than a field, a property, or a method that is called there.
    fn opens(&self, attribute: &'m ExprAttribute) -> bool {
        let name = attribute.attr.as_str();
        let is_value = |def: &NodeId| self.model.property_name(*def).is_some();
        let is_taken = !self.model.methods_named(name).iter().all(is_value)
            && !self.model.is_calling(self.model.tree.id(attribute));
        is_taken || name.starts_with("__") && name.ends_with("__") && name != "__class__"
    }

    fn argument(
        &mut self,
        node: NodeId,
        call: &'m spacetime_syntax::ast::ExprCall,
        slot: Slot<'m>,
    ) -> Option<()> {
        let model = self.model;
        match model.target_of(call) {
            // `print(line, file=table)` calls `table.write`.
            Target::Builtin(_) if matches!(slot, Slot::Keyword(_)) => None,
            Target::Builtin(name) => {
                if matches!(name.as_str(), "print" | "str" | "repr") {
                    self.found.shown = Some(node);
                }
                matches!(name.as_str(), "len" | "print" | "str" | "repr" | "bool" | "isinstance")
                    .then_some(())
            }
            Target::Function(def) => self.symbol(model.parameter_of(call, def, slot)?),
            Target::Class(class) => self.symbol(model.constructor_parameter(class, slot)?.1),
            Target::Method(name, own) if !own.is_empty() && !is_of_containers(&name) => {
                own.iter().try_for_each(|def| self.symbol(model.parameter_of(call, *def, slot)?))
            }
            _ => None,
        }
    }
}

/// Methods that builtin types have too.
fn is_of_containers(name: &str) -> bool {
    super::methods::method_effect(name).is_some()
}
