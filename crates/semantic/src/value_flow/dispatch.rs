//! Which function of this module the call of a method surely runs.
//!
//! `target_of` says which functions it may be, which is enough to follow values
//! into all of them. Who relies on what a call does has to know that nothing
//! else can run: no method of a derived class, no function that was put into an
//! attribute, no descriptor of that name.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall, Stmt};

use super::classes::{Instance, STEPS};
use crate::{Doubt, Model};

/// Methods through which a class gives others another meaning.
const HOOKS: [&str; 5] =
    ["__getattribute__", "__init_subclass__", "__set_name__", "__class_getitem__", "__setattr__"];

/// Methods that builtins and libraries call on objects of any class.
const CALLED_UNSEEN: [&str; 10] =
    ["keys", "close", "flush", "write", "readline", "readlines", "send", "throw", "emit", "handle"];

impl<'m> Model<'m> {
    /// The method that `receiver.name(...)` runs, whatever the receiver is when
    /// the call is made: the only one of that name that its class or a class
    /// derived from it has.
    pub fn method_run_by(&self, call: &ExprCall) -> Option<NodeId> {
        let Expr::Attribute(attribute) = &*call.func else { return None };
        self.method_at(attribute)
    }

    /// The same for `receiver.name` that is handed on: a plain method of an object.
    pub(crate) fn bound_method(&self, attribute: &ExprAttribute) -> Option<NodeId> {
        let plain = |def: &NodeId| self.function(*def).is_some_and(|def| def.decorator_list.is_empty());
        self.method_at(attribute).filter(plain).filter(|_| !self.is_class_expr(&attribute.value))
    }

    fn method_at(&self, attribute: &ExprAttribute) -> Option<NodeId> {
        if self.methods_named(attribute.attr.as_str()).is_empty() {
            return None;
        }
        let node = self.tree.id(attribute);
        if let Some(known) = self.dispatched.borrow().get(&node) {
            return *known;
        }
        // Asked again while it is being worked out, it is not known; and what
        // has been said once is said always, so that all facts go together.
        self.dispatched.borrow_mut().insert(node, None);
        let found = self.find_method(attribute);
        *self.dispatched.borrow_mut().entry(node).or_insert(None) = found;
        found
    }

    /// Every call of a function, if all of them are known, and if each of them
    /// surely runs it and no other.
    ///
    /// # Errors
    /// A doubt that says who else may call it, or what else may be called.
    pub fn sure_callers(&self, def: NodeId) -> Result<Vec<&'m ExprCall>, Doubt> {
        let calls = self.callers(def)?;
        let Some(function) = self.function(def).filter(|_| self.is_method(def)) else { return Ok(calls) };
        let name = function.name.as_str();
        // Whoever lists subclasses calls methods of objects whose class nobody writes.
        if CALLED_UNSEEN.contains(&name)
            || ["__subclasses__", "__mro__", "__bases__"]
                .iter()
                .any(|word| self.tree.module().text().contains(word))
            || !self.has_plain_classes(Instance { class: self.owner(def), exact: false })
        {
            return Err(Doubt::new(format!("code that is not known may call `{name}`")));
        }
        for call in &calls {
            if self.method_run_by(call) != Some(def) {
                let line = self.line(self.tree.id(*call));
                return Err(Doubt::new(format!("it is not known which `{name}` is called (line {line})")));
            }
        }
        Ok(calls)
    }

    /// The function in `Stamp.hours`, if the class has it and is what its statement says.
    pub(crate) fn function_of_class(&self, attribute: &ExprAttribute) -> Option<NodeId> {
        let name = attribute.attr.as_str();
        let instance = self.class_named(&attribute.value)?;
        let class = instance.class;
        let mut own = self.methods_named(name).iter().copied().filter(|def| self.owner(*def) == class);
        let (def, None) = (own.next()?, own.next()) else { return None };
        let plain = self.function(def).is_some_and(|def| def.decorator_list.is_empty() && !def.is_async);
        (plain && self.has_plain_classes(instance) && self.is_only_a_method(def, name)).then_some(def)
    }

    fn find_method(&self, attribute: &ExprAttribute) -> Option<NodeId> {
        let name = attribute.attr.as_str();
        let bound = !self.is_class_expr(&attribute.value);
        let instance = self.instance(&attribute.value, STEPS).filter(|_| bound);
        let instance = instance.or_else(|| self.class_named(&attribute.value))?;
        let mut own = self.methods_named(name).iter().copied().filter(|def| self.may_have(instance, *def));
        let (def, None) = (own.next()?, own.next()) else { return None };
        let function = self.function(def)?;
        let decorated = match function.decorator_list.as_slice() {
            [] => false,
            [one] => ["staticmethod", "classmethod"].iter().any(|it| self.is_builtin(&one.expression, it)),
            _ => return None,
        };
        let calls_it = function.decorator_list.is_empty() && bound || decorated;
        (calls_it
            && !function.is_async
            && self.is_derived(instance.class, self.owner(def))
            && self.check_only_called(def).is_ok()
            && self.has_plain_classes(instance)
            && self.is_only_a_method(def, name))
        .then_some(def)
    }

    /// `Loader` in `Loader.parse(...)`, for what needs no object.
    fn class_named(&self, expr: &Expr) -> Option<Instance> {
        self.named_class(expr).map(|class| Instance { class, exact: true })
    }

    /// Whether the classes that an object may be of are what their statements say.
    fn has_plain_classes(&self, instance: Instance) -> bool {
        let plain = |class: NodeId| {
            self.check_class(class).is_ok()
                && self.class_def(class).is_some_and(|def| {
                    (def.decorator_list.is_empty() || self.is_record_class(class))
                        && def.body.iter().all(|stmt| {
                            matches!(
                                stmt,
                                Stmt::FunctionDef(_) | Stmt::Pass(_) | Stmt::Assign(_) | Stmt::AnnAssign(_)
                            ) || matches!(stmt, Stmt::Expr(stmt) if stmt.value.is_literal_expr())
                        })
                })
        };
        let unseen = instance.exact || self.check_class_is_hidden(instance.class).is_ok();
        unseen
            && self
                .classes()
                .filter(|class| {
                    self.is_derived(instance.class, *class) || self.is_derived(*class, instance.class)
                })
                .all(plain)
            && HOOKS.iter().all(|hook| self.methods_named(hook).is_empty())
    }

    /// Whether no attribute of that name is anything but a method: none is
    /// assigned, by whatever means, and no class body binds the name otherwise.
    fn is_only_a_method(&self, def: NodeId, name: &str) -> bool {
        let bindings = |class: NodeId| {
            let scope = self.scopes.own_scope(class)?;
            let mut symbols = self.scopes.symbols_of(scope).map(|it| self.scopes.symbol(it));
            symbols.find(|it| it.name.as_str() == name).map(|it| it.bindings.len())
        };
        bindings(self.owner(def)) == Some(1)
            && !self.is_assigned(name)
            && !self.is_class_variable(name)
            && !self.may_be_patched(name)
            && !self.replaces_names()
            && self.check_attribute_named(name).is_ok()
    }
}
