//! What a variable that is called may be: the functions, lambdas and builtins that are
//! bound to it, or that all callers pass for a parameter.
//!
//! `total(rows, lambda row: row.cents)` calls the lambda by the name of a parameter, `ACTIONS[kind](row)` one of
//! those in a table.

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::Model;
use crate::scope::SymbolId;

struct Callables<'a, 'm> {
    model: &'a Model<'m>,
    todo: Vec<&'m Expr>,
    seen: FxHashSet<SymbolId>,
    /// Where something has been taken from a table.
    tables: FxHashSet<NodeId>,
}

impl<'m> Model<'m> {
    /// The expressions that make what `function` may be, none of which is a variable that
    /// is bound to another; `None` where something else may be it.
    pub(crate) fn callables(&self, function: &'m Expr) -> Option<Vec<&'m Expr>> {
        let mut follow = Callables {
            model: self,
            todo: vec![function],
            seen: FxHashSet::default(),
            tables: FxHashSet::default(),
        };
        let mut found = Vec::new();
        while let Some(expr) = follow.todo.pop() {
            match expr {
                Expr::If(choice) => follow.todo.extend([&*choice.body, &*choice.orelse]),
                Expr::BoolOp(op) => follow.todo.extend(&op.values),
                Expr::Name(_) => match self.scopes.resolve(self.tree.id(expr)).symbol() {
                    Some(symbol) if !self.is_definition(symbol) => follow.variable(symbol)?,
                    _ => found.push(expr),
                },
                _ => match self.taken_from_table(expr) {
                    Some(all) => follow.taken(expr, all),
                    None => found.push(expr),
                },
            }
        }
        Some(found)
    }
}

impl<'m> Callables<'_, 'm> {
    fn variable(&mut self, symbol: SymbolId) -> Option<()> {
        if !self.seen.insert(symbol) {
            return Some(());
        }
        let model = self.model;
        let data = model.scopes.symbol(symbol);
        if !model.is_bound_in_sight(symbol) || model.scopes.uses_dynamic_names(data.scope) {
            return None;
        }
        data.bindings.iter().try_for_each(|binding| self.bound(symbol, *binding))
    }

    fn bound(&mut self, symbol: SymbolId, binding: NodeId) -> Option<()> {
        let tree = self.model.tree;
        let parent = tree.parent(binding)?;
        match tree.node(parent) {
            Node::Stmt(Stmt::Assign(assign)) => self.todo.push(&assign.value),
            Node::Stmt(Stmt::AnnAssign(assign)) => self.todo.extend(assign.value.as_deref()),
            Node::Expr(Expr::Named(named)) => self.todo.push(&named.value),
            Node::Part(AnyNodeRef::Parameter(_)) => return self.passed(symbol, parent),
            _ => self.todo.extend(self.model.walked_in_table(binding)?),
        }
        Some(())
    }

    /// One of these comes out of a table.
    fn taken(&mut self, expr: &'m Expr, all: Vec<&'m Expr>) {
        if self.tables.insert(self.model.tree.id(expr)) {
            self.todo.extend(all);
        }
    }

    /// What all callers pass for a parameter.
    fn passed(&mut self, symbol: SymbolId, parameter: NodeId) -> Option<()> {
        let model = self.model;
        let def = model.function_around(parameter)?;
        let function = model.function(def)?;
        if model.is_method(def) && model.receiver_parameter(def) == Some(symbol) {
            return None;
        }
        let mut single = function.parameters.iter_non_variadic_params();
        let found = single.find(|one| model.tree.id(&one.parameter) == parameter)?;
        for call in model.callers(def).ok()? {
            let unpacks = call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
            if unpacks || call.arguments.args.iter().any(Expr::is_starred_expr) {
                return None;
            }
            let value = model.argument_for(call, def, symbol);
            self.todo.push(value.or(found.default.as_deref())?);
        }
        Some(())
    }
}
