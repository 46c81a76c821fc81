//! Where a value is likely to come from: the expressions that make it, behind
//! variables, parameters, results and attributes. Good enough to say what pays,
//! not to say what is right: callers may be missing.

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use super::uses::is_stored;
use crate::Model;
use crate::scope::SymbolId;

/// More steps are not taken.
const MOST: usize = 200;

impl<'m> Model<'m> {
    /// The expressions that make what an expression may be.
    pub fn origins(&self, expr: &'m Expr) -> Vec<&'m Expr> {
        let mut found = Vec::new();
        let mut seen = FxHashSet::default();
        let mut todo = vec![expr];
        while let Some(expr) = todo.pop() {
            if !seen.insert(self.tree.id(expr)) || seen.len() > MOST {
                continue;
            }
            let before = todo.len();
            match expr {
                Expr::Name(_) => {
                    if let Some(symbol) = self.scopes.resolve(self.tree.id(expr)).symbol() {
                        self.bound_values(symbol, &mut todo);
                    }
                }
                Expr::Attribute(attribute) => self.stored_values(attribute.attr.as_str(), &mut todo),
                Expr::If(choice) => todo.extend([&*choice.body, &*choice.orelse]),
                Expr::BoolOp(op) => todo.extend(&op.values),
                Expr::Subscript(subscript) if subscript.slice.is_slice_expr() => todo.push(&subscript.value),
                Expr::Call(call) => match self.target_of(call) {
                    Target::Function(def) => self.returned_values(def, None, &mut todo),
                    Target::Method(_, own) => {
                        for def in own {
                            self.returned_values(def, None, &mut todo);
                        }
                    }
                    _ if self.is_settling(call) => todo.extend(call.arguments.args.first()),
                    _ => {}
                },
                _ => {}
            }
            if todo.len() == before {
                found.push(expr);
            }
        }
        found
    }

    fn bound_values(&self, symbol: SymbolId, into: &mut Vec<&'m Expr>) {
        for binding in &self.scopes.symbol(symbol).bindings {
            let Some(parent) = self.tree.parent(*binding) else { continue };
            match self.tree.node(parent) {
                Node::Stmt(Stmt::Assign(assign)) => into.push(&assign.value),
                Node::Stmt(Stmt::AnnAssign(assign)) => into.extend(assign.value.as_deref()),
                Node::Expr(Expr::Named(named)) => into.push(&named.value),
                Node::Expr(Expr::Tuple(tuple)) => {
                    let at = tuple.elts.iter().position(|target| self.tree.id(target) == *binding);
                    let outer = self.tree.parent(parent).map(|outer| self.tree.node(outer));
                    match (at, outer) {
                        (Some(at), Some(Node::Stmt(Stmt::Assign(assign)))) => {
                            self.parts(&assign.value, at, into);
                        }
                        // `for name, values in (("mass", masses), ("charge", charges))`
                        (Some(at), Some(Node::Stmt(Stmt::For(stmt)))) => {
                            for row in elements(&stmt.iter) {
                                self.parts(row, at, into);
                            }
                        }
                        _ => {}
                    }
                }
                Node::Stmt(Stmt::For(stmt)) => into.extend(elements(&stmt.iter)),
                Node::Part(AnyNodeRef::Comprehension(clause)) if self.tree.id(&clause.target) == *binding => {
                    into.extend(elements(&clause.iter));
                }
                Node::Part(AnyNodeRef::Parameter(_)) => {
                    let Some(def) = self.function_around(parent) else { continue };
                    for call in self.known_calls(def) {
                        if let Some(Expr::Call(call)) = self.tree.expr(call) {
                            into.extend(self.argument_for(call, def, symbol));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// What stands at a place of a tuple.
    fn parts(&self, value: &'m Expr, at: usize, into: &mut Vec<&'m Expr>) {
        match value {
            Expr::Tuple(tuple) => into.extend(tuple.elts.get(at)),
            Expr::Call(call) => match self.target_of(call) {
                Target::Function(def) => self.returned_values(def, Some(at), into),
                Target::Method(_, own) => {
                    for def in own {
                        self.returned_values(def, Some(at), into);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn returned_values(&self, def: NodeId, part: Option<usize>, into: &mut Vec<&'m Expr>) {
        let Some(body) = self.body_of_def(def).filter(|body| !body.is_generator) else { return };
        for node in &body.nodes {
            let Node::Stmt(Stmt::Return(stmt)) = self.tree.node(*node) else { continue };
            match (stmt.value.as_deref(), part) {
                (Some(value), None) => into.push(value),
                (Some(Expr::Tuple(tuple)), Some(at)) => into.extend(tuple.elts.get(at)),
                _ => {}
            }
        }
    }

    fn stored_values(&self, name: &str, into: &mut Vec<&'m Expr>) {
        // What a default factory makes, where it is written: `lambda: SpillList()`.
        for value in self.class_values(name) {
            if let Expr::Call(call) = value
                && let Some(factory) = call.arguments.find_keyword("default_factory")
                && let Expr::Lambda(lambda) = &factory.value
            {
                into.push(&lambda.body);
            }
        }
        for id in self.attributes_named(name) {
            let stored = matches!(self.tree.expr(*id), Some(Expr::Attribute(found)) if is_stored(found.ctx));
            match self.tree.parent(*id).filter(|_| stored).map(|parent| self.tree.node(parent)) {
                Some(Node::Stmt(Stmt::Assign(assign))) => into.push(&assign.value),
                Some(Node::Stmt(Stmt::AnnAssign(assign))) => into.extend(assign.value.as_deref()),
                _ => {}
            }
        }
    }
}

/// What stands in a tuple or list as it is written.
fn elements(display: &Expr) -> &[Expr] {
    match display {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        _ => &[],
    }
}
