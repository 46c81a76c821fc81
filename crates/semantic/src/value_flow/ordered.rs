//! By which fields the items of a list are ordered, where `@dataclass(order=True)` says so.
//!
//! The comparison that the decorator writes makes tuples of the fields, each time anew. Sorting by a key
//! that makes the same tuples gives the same order, and asks the fields the same.

use spacetime_syntax::ast::{Arguments, Expr, ExprCall, Stmt, StmtAnnAssign, StmtClassDef};
use spacetime_syntax::{Node, NodeId};

use super::classes::STEPS;
use crate::Model;

impl Model<'_> {
    /// The fields by which the items of a list are compared with each other, if all of them are of one
    /// dataclass and always have these fields.
    pub fn ordered_by_fields(&self, list: &Expr) -> Option<Vec<String>> {
        let items = self.instance_walked(list).filter(|items| items.exact)?;
        let def = self.class_def(items.class)?;
        if !is_ordered(def) || !self.methods_named("__getattribute__").is_empty() {
            return None;
        }
        self.record_fields(items.class)?;
        if self.may_be_none(items.class) || self.tree.module().text().contains("delattr") {
            return None;
        }
        let (mut named, mut compared) = (Vec::new(), Vec::new());
        for stmt in &def.body {
            let field = match stmt {
                Stmt::AnnAssign(field) => field,
                Stmt::FunctionDef(_) | Stmt::Expr(_) | Stmt::Pass(_) => continue,
                // It may give a field another default, and so change what it is.
                _ => return None,
            };
            let Expr::Name(name) = &*field.target else { return None };
            // Names that begin so are other names outside of the class.
            if name.id.starts_with("__") || named.contains(&&name.id) {
                return None;
            }
            named.push(&name.id);
            if self.is_compared(field)? {
                compared.push(name.id.to_string());
            }
        }
        let is_kept = |name: &String| {
            self.methods_named(name).is_empty()
                && self.check_attribute_named(name).is_ok()
                && !self.is_deleted(name)
        };
        (!compared.is_empty() && compared.iter().all(is_kept)).then_some(compared)
    }

    /// Whether a function that gives objects of that class may give `None` instead, which can be in a list
    /// as well as they.
    fn may_be_none(&self, class: NodeId) -> bool {
        self.tree.ids().any(|id| {
            let Node::Stmt(Stmt::FunctionDef(def)) = self.tree.node(id) else { return false };
            let Some(body) = self.body_of_def(id).filter(|body| !body.is_generator) else { return false };
            let returned: Vec<_> = body
                .nodes
                .iter()
                .filter_map(|node| match self.tree.node(*node) {
                    Node::Stmt(Stmt::Return(stmt)) => Some(stmt.value.as_deref()),
                    _ => None,
                })
                .collect();
            let gives = returned
                .iter()
                .flatten()
                .any(|value| self.instance(value, STEPS).is_some_and(|found| found.class == class));
            let is_none = |value: Option<&Expr>| value.is_none_or(Expr::is_none_literal_expr);
            gives
                && (returned.iter().copied().any(is_none)
                    || !def.body.last().is_some_and(Stmt::is_return_stmt))
        })
    }

    /// Whether a field takes part in comparisons; `None` if that is not known, or if it is no field that
    /// each object has.
    fn is_compared(&self, field: &StmtAnnAssign) -> Option<bool> {
        if !self.is_plain_annotation(&field.annotation) {
            return None;
        }
        let Some(Expr::Call(call)) = field.value.as_deref().filter(|value| self.is_field(value)) else {
            return Some(true);
        };
        let mut compared = true;
        for keyword in &call.arguments.keywords {
            match keyword.arg.as_ref()?.as_str() {
                "compare" if keyword.value.is_boolean_literal_expr() => compared = is_true(&keyword.value),
                "default" | "default_factory" | "repr" | "hash" | "metadata" => {}
                _ => return None,
            }
        }
        call.arguments.args.is_empty().then_some(compared)
    }

    fn is_field(&self, value: &Expr) -> bool {
        matches!(value, Expr::Call(ExprCall { func, .. })
            if self.qualified(func).is_some_and(|name| name == "dataclasses.field"))
    }

    /// Whether an annotation is surely none that says that this is no field: `ClassVar`, `InitVar`.
    fn is_plain_annotation(&self, annotation: &Expr) -> bool {
        match annotation {
            Expr::Name(name) => {
                self.is_builtin(annotation, &name.id) || self.named_class(annotation).is_some()
            }
            Expr::Subscript(subscript) => self.is_plain_annotation(&subscript.value),
            Expr::BinOp(_) => true,
            _ => false,
        }
    }

    fn is_deleted(&self, name: &str) -> bool {
        let deletes =
            |id: &NodeId| matches!(self.tree.expr(*id), Some(Expr::Attribute(found)) if found.ctx.is_del());
        self.attributes_named(name).iter().any(deletes)
    }
}

fn is_true(expr: &Expr) -> bool {
    matches!(expr, Expr::BooleanLiteral(literal) if literal.value)
}

/// `@dataclass(order=True)`, with no class above it that has fields of its own.
fn is_ordered(def: &StmtClassDef) -> bool {
    let [decorator] = def.decorator_list.as_slice() else { return false };
    let Expr::Call(call) = &decorator.expression else { return false };
    let keywords = &call.arguments.keywords;
    let is_plain = keywords.iter().all(|one| one.arg.is_some() && one.value.is_boolean_literal_expr());
    def.arguments.as_deref().is_none_or(Arguments::is_empty)
        && call.arguments.args.is_empty()
        && is_plain
        && call.arguments.find_keyword("init").is_none()
        && call.arguments.find_keyword("order").is_some_and(|order| is_true(&order.value))
}
