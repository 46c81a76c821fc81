//! Objects of classes of the module, told by what makes them: whether one equals nothing but
//! itself, whether its text says where in memory it is.

use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use super::classes::STEPS;
use crate::Model;

impl Model<'_> {
    /// The class of the object that a call makes, itself or by a function or method of this
    /// module: `Point(x, y)`, `Point.parse(line)`.
    fn class_made(&self, call: &ExprCall) -> Option<NodeId> {
        let def = match self.target_of(call) {
            Target::Class(class) => return Some(class),
            Target::Function(def) => def,
            Target::Method(..) => self.method_run_by(call)?,
            _ => return None,
        };
        let body = self.body_of_def(def).filter(|body| !body.is_generator && !body.is_async)?;
        if !self.is_plainly_called(def) {
            return None;
        }
        let made = Self::one_class(body.nodes.iter().filter_map(|node| match self.tree.node(*node) {
            Node::Stmt(Stmt::Return(stmt)) => match stmt.value.as_deref() {
                None | Some(Expr::NoneLiteral(_)) => None,
                Some(value) => Some(self.instance(value, STEPS)),
            },
            _ => None,
        }));
        made.filter(|made| made.exact).map(|made| made.class)
    }

    /// Whether an expression makes an object that equals nothing but itself.
    pub fn makes_unequal(&self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else { return false };
        let Some(class) = self.class_made(call) else { return false };
        let Some(def) = self.class_def(class) else { return false };
        let own_equality = self.methods_named("__eq__").iter().any(|method| self.owner(*method) == class);
        def.decorator_list.is_empty() && def.arguments.is_none() && !own_equality
    }

    /// Whether an expression makes an object whose text does not say where it is; `None`
    /// where the class is not known. What shows it `inside` of something asks for its `repr`.
    pub fn has_text(&self, expr: &Expr, inside: bool) -> Option<bool> {
        let expr = self.tree.expr(self.tree.id(expr))?;
        let class = match expr {
            Expr::Call(call) => self.class_made(call)?,
            expr => self.instance(expr, STEPS)?.class,
        };
        let lacks = |class: &NodeId| self.lacks_text(*class, inside);
        Some(!self.derived(class).iter().any(lacks))
    }

    /// Whether there is a class whose objects say where they are when their text is asked for.
    pub fn has_class_without_text(&self, inside: bool) -> bool {
        self.nameless().iter().any(|class| self.lacks_text(*class, inside))
    }

    fn lacks_text(&self, class: NodeId, inside: bool) -> bool {
        self.nameless().contains(&class) && (inside || !self.has_only_str(class))
    }
}
