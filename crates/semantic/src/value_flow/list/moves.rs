//! What is the same for everything that holds the list: it is bound, kept in an attribute, returned,
//! passed on.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall};

use super::askers::METHODS;
use super::nested::Around;
use super::{Follow, Holder, Shape, Step};
use crate::Doubt;
use crate::scope::SymbolId;
use crate::value_flow::calls::{Run, Target};
use crate::value_flow::methods::takes_items;
use crate::value_flow::uses::{Slot, Use, is_stored, use_of};

impl<'m> Follow<'_, 'm> {
    /// What is the same for everything that holds the list: it is bound,
    /// returned, passed on. Says whether that is the case.
    pub(super) fn moves(&mut self, node: NodeId, used: Use<'m>, holder: Holder) -> Result<bool, Doubt> {
        match used {
            Use::Discarded | Use::Read | Use::Deleted | Use::Identity { constant: true } => {}
            Use::Bound(target) => self.bind(target, holder)?,
            Use::BoundAll(targets) => targets.iter().try_for_each(|target| self.bind(target, holder))?,
            Use::Named(target, parent) => {
                self.bind(target, holder)?;
                self.todo.push((parent, holder));
            }
            Use::Flows(parent) => self.todo.push((parent, holder)),
            Use::Part(tuple, at) if holder.1.is_none() => self.todo.push((tuple, (holder.0, Some(at)))),
            Use::Returned => self.returned(node, holder)?,
            Use::LambdaBody(lambda) => return self.made_by_function(lambda, holder),
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn bind(&mut self, target: &'m Expr, holder: Holder) -> Step {
        let node = self.model.tree.id(target);
        match target {
            Expr::Name(_) => match self.model.scopes.resolve(node).symbol() {
                Some(symbol) => self.variable(symbol, Some(node), holder),
                None => self.doubt(node, "it is bound to an unknown variable"),
            },
            Expr::Tuple(_) | Expr::List(_) => {
                let elements = match target {
                    Expr::Tuple(tuple) => &tuple.elts,
                    Expr::List(list) => &list.elts,
                    _ => return Ok(()),
                };
                match holder {
                    (Shape::List, None) => {
                        self.journey.walks.push(node);
                        self.journey.places.push(node);
                        Ok(())
                    }
                    (shape, Some(part)) => match elements.get(part) {
                        Some(element) if !elements.iter().any(Expr::is_starred_expr) => {
                            self.bind(element, (shape, None))
                        }
                        _ => self.doubt(node, "the tuple that holds it is unpacked otherwise"),
                    },
                    _ => self.doubt(node, "what holds it is unpacked"),
                }
            }
            Expr::Attribute(attribute) if holder.1.is_none() => self.stored(attribute, holder),
            Expr::Subscript(subscript) if holder.1.is_none() && !subscript.slice.is_slice_expr() => {
                self.put_into(node, &subscript.value, Around::Values, holder.0)
            }
            _ => self.doubt(node, "it is put into another container"),
        }
    }

    pub(super) fn symbol(&mut self, symbol: SymbolId, holder: Holder) -> Step {
        self.variable(symbol, None, holder)
    }

    /// A variable gets it, by what binds it there or by its caller.
    pub(super) fn variable(&mut self, symbol: SymbolId, binding: Option<NodeId>, holder: Holder) -> Step {
        let data = self.model.scopes.symbol(symbol);
        let uses = self.model.uses_of_value(symbol, binding);
        if uses.is_none() && !self.symbols.insert((symbol, holder)) {
            return Ok(());
        }
        let name = &data.name;
        if self.model.scopes.scope(data.scope).kind == crate::scope::ScopeKind::Class {
            return Err(Doubt::new(format!("`{name}` belongs to a class")));
        }
        if self.model.scopes.uses_dynamic_names(data.scope) {
            return Err(Doubt::new(format!("`locals()`, `eval` or the like may read `{name}`")));
        }
        self.hidden(symbol)?;
        if let Some(uses) = uses {
            self.todo.extend(uses.into_iter().map(|node| (node, holder)));
            return Ok(());
        }
        self.todo.extend(data.uses.iter().map(|node| (*node, holder)));
        for binding in &data.bindings {
            if let Use::Augmented(_) = use_of(self.model.tree, *binding) {
                self.todo.push((*binding, holder));
            }
        }
        Ok(())
    }

    pub(super) fn hidden(&mut self, symbol: SymbolId) -> Step {
        self.model.check_hidden(symbol)?;
        let data = self.model.scopes.symbol(symbol);
        if self.model.scopes.scope(data.scope).kind == crate::scope::ScopeKind::Module {
            self.journey.trusts_callers = true;
        }
        Ok(())
    }

    /// `self.name = list`: every attribute of that name may be it.
    pub(super) fn stored(&mut self, attribute: &'m ExprAttribute, holder: Holder) -> Step {
        let node = self.model.tree.id(attribute);
        let name = attribute.attr.as_str();
        let own = self.model.function_around(node).filter(|def| {
            let receiver = self.model.receiver_parameter(*def);
            let base = self.model.scopes.resolve(self.model.tree.id(&*attribute.value)).symbol();
            self.model.is_method(*def)
                && matches!(&*attribute.value, Expr::Name(_))
                && receiver.is_some()
                && receiver == base
        });
        let Some(def) = own else {
            return self
                .doubt(node, &format!("it is kept in attribute `{name}` of an object that is not known"));
        };
        let class = self.model.scopes.scope(self.model.scopes.scope_of(def)).node;
        self.model.check_class(class)?;
        self.model.check_class_is_hidden(class)?;
        self.model.check_attribute_named(name)?;
        // `Class.method(other)` would set it on something else.
        let of_own = self.model.is_own_instance(&attribute.value);
        self.kept(name, class, of_own, holder);
        Ok(())
    }

    /// Every attribute of that name may be it, but for those of objects of other classes where
    /// it is `of_own`: kept by objects of the class alone.
    pub(super) fn kept(&mut self, name: &str, class: NodeId, of_own: bool, holder: Holder) {
        self.journey.trusts_callers = true;
        self.journey.travels = true;
        if !self.attributes.insert((name.to_owned(), of_own.then_some(class), holder)) {
            return;
        }
        for id in self.model.attributes_named(name) {
            let Some(Expr::Attribute(other)) = self.model.tree.expr(*id) else { continue };
            let augmented = matches!(use_of(self.model.tree, *id), Use::Augmented(_));
            if (!is_stored(other.ctx) || augmented)
                && !(of_own && self.model.is_no_instance(&other.value, class))
            {
                self.todo.push((*id, holder));
            }
        }
    }

    pub(super) fn returned(&mut self, node: NodeId, holder: Holder) -> Step {
        let Some(def) = self.model.function_around(node) else {
            return self.doubt(node, "it is returned from an unknown function");
        };
        if self.model.body_of_def(def).is_none_or(|body| body.is_generator) {
            return self.doubt(node, "a generator returns it");
        }
        let calls = match self.model.callers(def) {
            Ok(calls) => calls,
            Err(doubt) => self.calls_beside_factories(def, holder)?.ok_or(doubt)?,
        };
        self.journey.travels = true;
        self.journey.trusts_callers |= self.model.function(def).is_some_and(|function| {
            let scope = self.model.scopes.scope_of(self.model.tree.id(&function.name));
            self.model.scopes.scope(scope).kind != crate::scope::ScopeKind::Function
        });
        self.todo.extend(calls.iter().map(|call| (self.model.tree.id(*call), holder)));
        Ok(())
    }

    /// The calls of a function that besides makes missing values: `defaultdict(new_record)`. `None` if more
    /// is done with it.
    fn calls_beside_factories(
        &mut self,
        def: NodeId,
        holder: Holder,
    ) -> Result<Option<Vec<&'m ExprCall>>, Doubt> {
        let mut calls = Vec::new();
        for run in self.model.runs(def)? {
            match run {
                Run::Call(call) => calls.push(call),
                Run::Named(factory) if self.made_by_function(factory, holder)? => {}
                Run::Named(_) => return Ok(None),
            }
        }
        Ok(Some(calls))
    }

    /// Passed to functions of this module.
    pub(super) fn passed(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        slot: Slot<'m>,
        holder: Holder,
    ) -> Step {
        let defs = match self.model.target_of(call) {
            Target::Function(def) => vec![def],
            Target::Class(class) => {
                let Some((_, parameter)) = self.model.constructor_parameter(class, slot) else {
                    return self.doubt(node, "it is kept in a new object");
                };
                self.journey.travels = true;
                return self.symbol(parameter, holder);
            }
            // The name alone would not tell it from a container's own method.
            Target::Method(name, own)
                if !own.is_empty() && !METHODS.contains(&name.as_str()) && !takes_items(&name) =>
            {
                self.journey.trusts_method_names = true;
                own
            }
            _ => {
                let text = self.model.tree.module().slice(&*call.func);
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                return self.doubt(node, &format!("it is passed to `{text}`, of which nothing is known"));
            }
        };
        self.journey.travels = true;
        for def in defs {
            let Some(parameter) = self.model.parameter_of(call, def, slot) else {
                return self.doubt(node, "it is passed in a way that is not understood");
            };
            self.symbol(parameter, holder)?;
        }
        Ok(())
    }

    /// A method that is bound to a variable, which is only ever called: `add = rows.append`.
    pub(super) fn only_called(
        &mut self,
        id: NodeId,
        name: &str,
        method: fn(&mut Self, NodeId, &'m ExprCall, &str) -> Step,
    ) -> Step {
        let Use::BoundAll([Expr::Name(target)]) = use_of(self.model.tree, id) else {
            return self.doubt(id, &format!("its method `{name}` is taken"));
        };
        let Some(symbol) = self.model.scopes.resolve(self.model.tree.id(target)).symbol() else {
            return self.doubt(id, &format!("its method `{name}` is taken"));
        };
        self.hidden(symbol)?;
        for used in self.model.scopes.symbol(symbol).uses.clone() {
            match self.model.tree.parent(used).and_then(|parent| self.model.tree.expr(parent)) {
                Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == used => {
                    method(self, used, call, name)?;
                }
                _ => return self.doubt(used, &format!("its method `{name}` is handed on")),
            }
        }
        Ok(())
    }
}
