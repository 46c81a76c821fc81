//! What is put into the field of a record without an assignment that names it:
//! by constructors, by keywords of functions that make or copy objects.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::{Doubt, Model};

impl<'m> Model<'m> {
    /// Everything that may become the field of that name of a record of this
    /// module, but for assignments to attributes and new values of factories.
    ///
    /// # Errors
    /// A doubt where a value cannot be told.
    pub(crate) fn field_values(&self, name: &str) -> Result<Vec<&'m Expr>, Doubt> {
        let mut values = Vec::new();
        let unknown = |node: NodeId| {
            Doubt::new(format!("field `{name}` may be filled with anything (line {})", self.line(node)))
        };
        for class in self.classes() {
            if let Some(default) = self.default_of(class, name) {
                values.extend(self.default_value(default).map_err(|()| unknown(self.tree.id(default)))?);
            }
            let fields = self.record_fields(class).unwrap_or_default();
            let Some(at) = fields.iter().position(|field| field == name) else { continue };
            let mut calls = Vec::new();
            for other in self.derived(class) {
                self.calls_of_class(other, &mut calls)?;
            }
            for call in calls {
                values.extend(argument(call, name, at).map_err(|()| unknown(self.tree.id(call)))?);
            }
        }
        for (id, function) in self.calls_that_fill().iter() {
            let (id, Some(Expr::Call(call))) = (*id, self.tree.expr(*id)) else { continue };
            match function.as_str() {
                "collections.namedtuple" | "typing.NamedTuple" | "dataclasses.make_dataclass"
                    if self.may_name(call, name) =>
                {
                    return Err(unknown(id));
                }
                "types.SimpleNamespace" | "argparse.Namespace" | "dataclasses.replace" | "._replace" => {
                    values.extend(keyword(call, name).map_err(|()| unknown(id))?);
                }
                "._make" => return Err(unknown(id)),
                _ => {}
            }
        }
        Ok(values)
    }

    /// Whether a class that is made by a call may have a field of that name.
    pub(crate) fn may_be_named_in_a_text(&self, name: &str) -> bool {
        let makes_class = |call: &ExprCall| {
            self.qualified(&call.func).is_some_and(|function| {
                matches!(
                    function.as_str(),
                    "collections.namedtuple" | "typing.NamedTuple" | "dataclasses.make_dataclass"
                )
            })
        };
        self.tree.ids().any(|id| {
            matches!(self.tree.expr(id), Some(Expr::Call(call)) if makes_class(call) && self.may_name(call, name))
        })
    }

    /// Whether the fields that a call of `namedtuple` lists may have that name.
    pub(crate) fn may_name(&self, call: &ExprCall, name: &str) -> bool {
        call.arguments.args.iter().skip(1).any(|fields| {
            self.tree.subtree(self.tree.id(fields)).any(|id| match self.tree.expr(id) {
                Some(Expr::StringLiteral(text)) => {
                    text.value.to_str().split([',', ' ']).any(|field| field == name)
                }
                Some(Expr::List(_) | Expr::Tuple(_)) | None => false,
                _ => true,
            })
        })
    }

    /// What a class body binds to the name.
    fn default_of(&self, class: NodeId, name: &str) -> Option<&'m Expr> {
        self.class_def(class)?.body.iter().find_map(|stmt| match stmt {
            Stmt::Assign(assign) => {
                let is_it = |target: &Expr| matches!(target, Expr::Name(found) if found.id == name);
                assign.targets.iter().any(is_it).then_some(&*assign.value)
            }
            Stmt::AnnAssign(field) if matches!(&*field.target, Expr::Name(found) if found.id == name) => {
                field.value.as_deref()
            }
            _ => None,
        })
    }

    /// What a default gives; a builtin factory gives something new.
    fn default_value(&self, default: &'m Expr) -> Result<Option<&'m Expr>, ()> {
        let Expr::Call(call) = default else { return Ok(Some(default)) };
        if self.qualified(&call.func).is_none_or(|name| name != "dataclasses.field") {
            return Ok(Some(default));
        }
        let is_new = |factory: &Expr| {
            self.makes_container(factory)
                || matches!(factory, Expr::Lambda(lambda) if matches!(&*lambda.body, Expr::List(_) | Expr::Dict(_)))
        };
        match call.arguments.find_keyword("default_factory") {
            Some(factory) if !is_new(&factory.value) => Err(()),
            _ => Ok(call.arguments.find_keyword("default").map(|keyword| &keyword.value)),
        }
    }

    /// A pattern of a class in a `match` statement.
    pub(crate) fn class_pattern(&self) -> Option<NodeId> {
        self.tree.ids().find(|id| matches!(self.tree.node(*id), Node::Part(AnyNodeRef::PatternMatchClass(_))))
    }
}

/// The argument of a constructor that becomes the field at a place.
fn argument<'m>(call: &'m ExprCall, name: &str, at: usize) -> Result<Option<&'m Expr>, ()> {
    let before = call.arguments.args.iter().take(at + 1);
    if before.into_iter().any(Expr::is_starred_expr) {
        return Err(());
    }
    match call.arguments.args.get(at) {
        Some(argument) => Ok(Some(argument)),
        None => keyword(call, name),
    }
}

fn keyword<'m>(call: &'m ExprCall, name: &str) -> Result<Option<&'m Expr>, ()> {
    let mut found = None;
    for keyword in &call.arguments.keywords {
        match &keyword.arg {
            Some(arg) if arg.as_str() == name => found = Some(&keyword.value),
            Some(_) => {}
            None => return Err(()),
        }
    }
    Ok(found)
}
