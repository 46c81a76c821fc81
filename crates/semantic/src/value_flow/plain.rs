//! Attributes and comparisons behind which no code of this module stands: it makes no
//! difference in which order they are asked for.

use spacetime_syntax::Node;
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, Stmt};

use super::uses::is_stored;
use crate::Model;

/// What may stand behind any attribute.
const READING: [&str; 3] = ["__getattr__", "__getattribute__", "__get__"];

/// What may stand behind a comparison, a truth, a length, a subscript.
const COMPARING: [&str; 12] = [
    "__eq__",
    "__ne__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__bool__",
    "__len__",
    "__contains__",
    "__getitem__",
    "__missing__",
    "__hash__",
];

impl Model<'_> {
    /// Whether reading an attribute of that name runs no code of the module: there is no method,
    /// no property and no descriptor of that name.
    pub(crate) fn is_plain_attribute(&self, name: &str) -> bool {
        !name.starts_with("__")
            && self.has_none_of(&READING)
            && self.methods_named(name).is_empty()
            && !self.may_be_patched(name)
            && self.classes().all(|class| self.binds_plainly(class, name))
            && !self.attributes_named(name).iter().any(|id| self.is_set_on_class(*id))
    }

    /// Whether no comparison, truth, length or subscript runs code of the module.
    pub(crate) fn compares_plainly(&self) -> bool {
        self.has_none_of(&COMPARING) && self.has_none_of(&READING)
    }

    fn has_none_of(&self, special: &[&str]) -> bool {
        self.check_special_methods().is_ok() && special.iter().all(|name| self.methods_named(name).is_empty())
    }

    /// Whether what the body of a class binds to a name, if anything, is a plain default.
    fn binds_plainly(&self, class: NodeId, name: &str) -> bool {
        let Some(scope) = self.scopes.own_scope(class) else { return true };
        let plain = |value: &Expr| value.is_literal_expr() || self.is_field_without_default(value);
        self.scopes.symbols_of(scope).map(|symbol| self.scopes.symbol(symbol)).all(|symbol| {
            symbol.name.as_str() != name
                || symbol.bindings.iter().all(|binding| {
                    match self.tree.parent(*binding).map(|parent| self.tree.node(parent)) {
                        Some(Node::Stmt(Stmt::Assign(assign))) => plain(&assign.value),
                        Some(Node::Stmt(Stmt::AnnAssign(field))) => field.value.as_deref().is_none_or(plain),
                        _ => false,
                    }
                })
        })
    }

    /// `field(default_factory=list)`
    fn is_field_without_default(&self, value: &Expr) -> bool {
        let Expr::Call(call) = value else { return false };
        self.qualified(&call.func).is_some_and(|name| name == "dataclasses.field")
            && call.arguments.args.is_empty()
            && call.arguments.keywords.iter().all(|keyword| match keyword.arg.as_deref() {
                Some("default") => keyword.value.is_literal_expr(),
                name => name.is_some(),
            })
    }

    /// `Item.name = value`
    fn is_set_on_class(&self, id: NodeId) -> bool {
        matches!(self.tree.expr(id), Some(Expr::Attribute(found))
            if is_stored(found.ctx) && self.is_class_expr(&found.value))
    }
}
