//! What comes first when a program runs.

use spacetime_rule::Context;
use spacetime_semantic::Doubt;
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::Ranged;

use crate::naming::holder;

/// Callers of callers are followed no further.
const LONGEST_CHAIN: usize = 12;

/// A node, and the calls through which it is run.
pub fn leading_to(cx: &Context<'_, '_>, node: NodeId) -> Result<Vec<NodeId>, Doubt> {
    let mut path = vec![node];
    let mut seen = Vec::new();
    let mut at = 0;
    while let Some(node) = path.get(at).copied() {
        at += 1;
        if is_at_definition(cx, node) {
            return Err(Doubt::new("items are changed where a function is defined"));
        }
        let Some(def) = cx.model.enclosing_function(node) else { continue };
        if seen.contains(&def) {
            continue;
        }
        seen.push(def);
        if cx.model.body_of_def(def).is_some_and(|body| body.is_generator || body.is_async) {
            return Err(Doubt::new("items are changed by what a generator or a coroutine does"));
        }
        if seen.len() > LONGEST_CHAIN {
            return Err(Doubt::new("items are changed too many calls away"));
        }
        path.extend(cx.model.callers(def)?.into_iter().map(|call| cx.tree.id(call)));
    }
    Ok(path)
}

/// Whether a node is in a generator, which runs when somebody asks for its items.
pub fn is_put_off(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let home = cx.model.enclosing_function(node);
    let mut around = cx.tree.ancestors(node).take_while(|outer| Some(*outer) != home);
    around.any(|outer| matches!(cx.tree.node(outer), Node::Expr(Expr::Generator(_) | Expr::Lambda(_))))
}

/// Whether a node is run where a function is defined, not where it is called: in defaults, decorators,
/// annotations.
fn is_at_definition(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let mut inner = node;
    for outer in cx.tree.ancestors(node) {
        match cx.tree.node(outer) {
            Node::Part(AnyNodeRef::Parameters(_) | AnyNodeRef::Decorator(_)) => return true,
            Node::Stmt(Stmt::FunctionDef(def)) => {
                return def.returns.as_deref().is_some_and(|returns| cx.tree.id(returns) == inner);
            }
            Node::Stmt(Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => return false,
            _ => inner = outer,
        }
    }
    false
}

/// What comes first.
pub struct Order<'a, 'b, 'm> {
    pub cx: &'a Context<'b, 'm>,
}

impl Order<'_, '_, '_> {
    /// Whether a place is run only after (or only before) what the path leads to.
    pub fn is_surely(&self, place: NodeId, path: &[NodeId], after: bool, depth: usize) -> bool {
        let (cx, tree) = (self.cx, self.cx.tree);
        let def = cx.model.enclosing_function(place);
        let here: Vec<NodeId> =
            path.iter().copied().filter(|node| cx.model.enclosing_function(*node) == def).collect();
        if self.is_deferred(place, def) || depth > LONGEST_CHAIN || is_at_definition(cx, place) {
            return false;
        }
        if here.is_empty() {
            let Some(callers) = def.and_then(|def| cx.model.callers(def).ok()) else { return false };
            return !callers.is_empty()
                && callers.iter().all(|call| self.is_surely(tree.id(*call), path, after, depth + 1));
        }
        let start = |node: NodeId| tree.node(node).range().start();
        let loops = self.loops_around(place);
        let in_order = here.iter().filter(|change| **change != place).all(|change| {
            let apart = !tree.contains(*change, place) && !tree.contains(place, *change);
            let in_order = if after { start(*change) < start(place) } else { start(place) < start(*change) };
            // Within a statement the text does not say what comes first.
            let other = self.statement_of(*change) != self.statement_of(place);
            apart && other && in_order && !loops.iter().any(|around| tree.contains(*around, *change))
        });
        // What leads to the change stands in the callers, too.
        let callers = def.map_or(Ok(Vec::new()), |def| cx.model.callers(def));
        in_order
            && self.calls_once(place, 0)
            && callers.is_ok_and(|callers| {
                callers.iter().all(|call| self.is_surely(tree.id(*call), path, after, depth + 1))
            })
    }

    fn statement_of(&self, node: NodeId) -> Option<NodeId> {
        let tree = self.cx.tree;
        std::iter::once(node).chain(tree.ancestors(node)).find(|one| matches!(tree.node(*one), Node::Stmt(_)))
    }

    /// Loops and comprehensions of the same function around a node.
    fn loops_around(&self, node: NodeId) -> Vec<NodeId> {
        let tree = self.cx.tree;
        let within = tree.ancestors(node).take_while(|outer| {
            !matches!(tree.node(*outer), Node::Stmt(Stmt::FunctionDef(_)) | Node::Expr(Expr::Lambda(_)))
        });
        within
            .filter(|outer| {
                matches!(
                    tree.node(*outer),
                    Node::Stmt(Stmt::For(_) | Stmt::While(_))
                        | Node::Expr(
                            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_)
                        )
                )
            })
            .collect()
    }

    /// Whether a node is in a lambda, or in a generator that somebody may walk later.
    fn is_deferred(&self, node: NodeId, def: Option<NodeId>) -> bool {
        let tree = self.cx.tree;
        def.is_some_and(|def| tree.expr(def).is_some())
            || tree.ancestors(node).take_while(|outer| Some(*outer) != def).any(|outer| {
                let first = match tree.node(outer) {
                    Node::Expr(Expr::Generator(generator)) => generator.generators.first(),
                    _ => return false,
                };
                let taken = matches!(
                    holder(self.cx, outer).map(|parent| tree.node(parent)),
                    Some(Node::Expr(Expr::Call(_)))
                );
                first.is_some() && !taken
            })
    }

    /// Whether a node runs once at most: in no loop, nor do those that call its function.
    pub fn runs_once(&self, node: NodeId, depth: usize) -> bool {
        self.loops_around(node).iter().all(|around| *around == node) && self.calls_once(node, depth)
    }

    /// Whether the function around a node is called once at most.
    fn calls_once(&self, node: NodeId, depth: usize) -> bool {
        let Some(def) = self.cx.model.enclosing_function(node) else { return true };
        if depth > LONGEST_CHAIN {
            return false;
        }
        match self.cx.model.callers(def).as_deref() {
            // A method that nobody here calls is there for others: `print(line, file=table)`.
            Ok([]) => !self.cx.model.is_method(def),
            Ok([call]) => self.runs_once(self.cx.tree.id(*call), depth + 1),
            _ => false,
        }
    }
}
