//! Items that hold numbers and texts alone: `{"name": name, "amount": int(amount)}`.
//!
//! While nobody changes such an item, nothing that is taken out of it can be changed either, nor be
//! told from a copy of it, wherever it goes: only the items themselves have to be followed.

use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::change::Changing;
use super::depth::Depth;
use super::{Items, Lent, Step};
use crate::value_flow::calls::Target;
use crate::value_flow::list::Journey;
use crate::{Doubt, Kind, Model};

impl<'m> Model<'m> {
    /// As [`Self::lent_on`], where all items are new objects that hold numbers and texts alone.
    ///
    /// # Errors
    /// As for [`Self::lent`]; and where objects are told apart that are alike.
    pub fn lent_flat(&self, journey: &Journey) -> Result<Lent, Doubt> {
        if self.tells_objects_apart() {
            return Err(Doubt::new("objects are told apart that are alike"));
        }
        self.followed(&journey.depths(), Changing::of_flat()).map(|(lent, _)| lent)
    }

    /// Whether an expression makes a number, a text, or a new object that holds nothing else.
    pub fn is_flat(&self, expr: &'m Expr) -> bool {
        match expr {
            Expr::Tuple(tuple) => tuple.elts.iter().all(|part| self.is_surely_scalar(part)),
            Expr::List(list) => list.elts.iter().all(|part| self.is_surely_scalar(part)),
            Expr::Dict(dict) => dict.items.iter().all(|item| {
                item.key.as_ref().is_some_and(|key| self.is_surely_scalar(key))
                    && self.is_surely_scalar(&item.value)
            }),
            Expr::ListComp(comp) => self.is_surely_scalar(&comp.elt),
            Expr::Call(call) => self.is_surely_scalar(expr) || self.makes_flat(call),
            _ => self.is_surely_scalar(expr),
        }
    }

    fn is_surely_scalar(&self, expr: &'m Expr) -> bool {
        is_known(&self.kind_at(expr)) || self.scalar(expr) == Some(false)
    }

    fn kind_at(&self, expr: &Expr) -> Kind {
        self.body_of(self.tree.id(expr)).map_or(Kind::Unknown, |body| body.kind(self, expr))
    }

    /// `Row(name, int(amount))`, `line.split(",")`
    fn makes_flat(&self, call: &'m ExprCall) -> bool {
        let arguments = &call.arguments;
        match self.target_of(call) {
            // What is left out might be a default, which many share.
            Target::Class(class) => {
                self.has_all_fields(class, arguments.len())
                    && arguments.args.iter().all(|argument| self.is_surely_scalar(argument))
                    && arguments
                        .keywords
                        .iter()
                        .all(|keyword| keyword.arg.is_some() && self.is_surely_scalar(&keyword.value))
            }
            Target::Method(_, own) if own.is_empty() => {
                match (&*call.func, self.tree.expr(self.tree.id(call))) {
                    (Expr::Attribute(method), Some(made)) => {
                        matches!(self.kind_at(&method.value), Kind::Str | Kind::Bytes)
                            && matches!(self.kind_at(made), Kind::List(item) if is_known(&item))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether that many arguments fill all fields of a record without code of its own.
    fn has_all_fields(&self, class: NodeId, arguments: usize) -> bool {
        if !self.is_record(class) {
            return false;
        }
        match self.tree.node(class) {
            // `namedtuple("Point", "x y")`
            Node::Expr(Expr::Call(made)) => made.arguments.keywords.is_empty(),
            Node::Stmt(Stmt::ClassDef(def)) => {
                let is_plain = |stmt: &Stmt| match stmt {
                    Stmt::AnnAssign(field) => !field.value.as_deref().is_some_and(Expr::is_call_expr),
                    _ => true,
                };
                def.body.iter().all(is_plain)
                    && self.record_fields(class).is_some_and(|fields| fields.len() == arguments)
            }
            _ => false,
        }
    }
}

impl Items<'_, '_> {
    /// `add = item.append`, `item.__dict__`: no number and no text, and the item changes through it.
    pub(super) fn check_taken(&self, attribute: &ExprAttribute, depth: Depth) -> Step {
        let (id, name) = (self.model.tree.id(attribute), attribute.attr.as_str());
        let is_taken = is_changing(name) && !self.model.is_calling(id);
        if self.changing.is_flat() && !depth.is_container() && is_taken {
            return self.doubt(id, &format!("`{name}` of an item is taken"));
        }
        Ok(())
    }
}

/// Methods that change a list or a dictionary: those of texts and records do not bear their names.
pub(super) fn is_changing(name: &str) -> bool {
    name.starts_with("__") && name != "__class__"
        || matches!(
            name,
            "append"
                | "extend"
                | "insert"
                | "remove"
                | "pop"
                | "popitem"
                | "clear"
                | "sort"
                | "reverse"
                | "update"
                | "setdefault"
        )
}

fn is_known(kind: &Kind) -> bool {
    kind.is_scalar() && *kind != Kind::Never
}
