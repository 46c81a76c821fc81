//! One body (of a function or of the module) with all that is known about it.

use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId, Tree};

use crate::flow::{Flow, PointId};
use crate::infer::{self, Infer, Kinds};
use crate::object::{self, Heap, Values};
use crate::scope::{ScopeId, SymbolId};
use crate::{Kind, Model, Objects};

/// A body: its flow, the kinds of its variables, its objects.
#[derive(Debug)]
pub struct Body {
    pub scope: ScopeId,
    /// The `def`, or the root.
    pub owner: NodeId,
    pub flow: Flow,
    /// Every node that runs as part of this body; not those of inner functions.
    pub nodes: Vec<NodeId>,
    /// Its variables and those of its comprehensions.
    pub symbols: Vec<SymbolId>,
    pub(crate) kinds: Kinds,
    pub(crate) heap: Heap,
    /// Holds `yield`, so that calling it runs nothing.
    pub is_generator: bool,
    pub is_async: bool,
    returns: Vec<NodeId>,
}

impl Body {
    pub(crate) fn new(model: &Model<'_>, scope: ScopeId) -> Self {
        let owner = model.scopes.scope(scope).node;
        let tree = model.tree;
        let statements = statements(tree, owner);
        let flow = Flow::of_body(tree, owner, statements);
        let nodes: Vec<NodeId> = statements.iter().flat_map(|stmt| own_nodes(tree, tree.id(stmt))).collect();
        let symbols = model.symbols_of_body(scope);
        let kinds = infer::solve(model, &symbols, &flow);
        let heap = object::solve(model, &kinds, &symbols, &nodes);
        let is_generator = nodes
            .iter()
            .any(|node| matches!(tree.node(*node), Node::Expr(Expr::Yield(_) | Expr::YieldFrom(_))));
        let is_async = matches!(tree.node(owner), Node::Stmt(Stmt::FunctionDef(def)) if def.is_async);
        let returns = nodes
            .iter()
            .copied()
            .filter(|node| matches!(tree.node(*node), Node::Stmt(Stmt::Return(_))))
            .collect();
        Self { scope, owner, flow, nodes, symbols, kinds, heap, is_generator, is_async, returns }
    }

    pub(crate) fn infer<'a, 'm>(&'a self, model: &'a Model<'m>) -> Infer<'a, 'm> {
        Infer { model, kinds: &self.kinds }
    }

    pub(crate) fn values<'a, 'm>(&'a self, model: &'a Model<'m>) -> Values<'a, 'm> {
        Values { model, infer: self.infer(model), heap: &self.heap }
    }

    /// Whether unknown code gets hold of one of the objects at some time.
    pub fn escapes(&self, objects: &Objects) -> bool {
        self.heap.escapes_of(objects).next().is_some()
    }

    /// Whether it is the body of a function, not of the module.
    pub fn scope_is_function(&self, model: &Model<'_>) -> bool {
        model.scopes.scope(self.scope).kind == crate::scope::ScopeKind::Function
    }

    /// The kind of an expression of this body.
    pub fn kind(&self, model: &Model<'_>, expr: &Expr) -> Kind {
        self.infer(model).of(expr)
    }

    /// The kind of what iterating an expression of this body yields.
    pub fn item_kind(&self, model: &Model<'_>, expr: &Expr) -> Kind {
        self.infer(model).item(expr)
    }

    pub fn kind_of_symbol(&self, symbol: SymbolId) -> Kind {
        self.kinds.of_symbol(symbol).unwrap_or(Kind::Unknown)
    }

    pub(crate) fn falls_off_the_end(&self) -> bool {
        self.flow.points().any(|id| {
            let point = self.flow.point(id);
            let reachable = id == PointId::ENTRY || self.flow.reaches(PointId::ENTRY, id);
            point.next.contains(&PointId::EXIT) && !self.returns.contains(&point.node) && reachable
        })
    }

    /// The object that the expression at `node` makes, if it makes one.
    pub fn made_at(&self, node: NodeId) -> Objects {
        self.heap.object_at(node).unwrap_or_default()
    }

    /// The objects an expression of this body may evaluate to.
    pub fn objects(&self, model: &Model<'_>, expr: &Expr) -> Objects {
        self.values(model).of(expr)
    }
}

/// The statements of a function or of the module.
fn statements<'m>(tree: &Tree<'m>, owner: NodeId) -> &'m [Stmt] {
    match tree.node(owner) {
        Node::Stmt(Stmt::FunctionDef(def)) => &def.body,
        Node::Part(AnyNodeRef::ModModule(module)) => &module.body,
        _ => &[],
    }
}

/// The node and all below it that run in the same body: inner functions and
/// classes are named, but their insides are left out.
pub(crate) fn own_nodes(tree: &Tree<'_>, root: NodeId) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    let mut todo = vec![root];
    while let Some(id) = todo.pop() {
        nodes.push(id);
        let mut children: Vec<NodeId> = match tree.node(id) {
            Node::Stmt(Stmt::FunctionDef(def)) => {
                let mut outside: Vec<NodeId> = def.decorator_list.iter().map(|d| tree.id(d)).collect();
                outside.push(tree.id(&def.name));
                outside.extend(
                    def.parameters
                        .iter_non_variadic_params()
                        .filter_map(|p| p.default.as_deref())
                        .map(|d| tree.id(d)),
                );
                outside
            }
            Node::Expr(Expr::Lambda(lambda)) => lambda
                .parameters
                .iter()
                .flat_map(|parameters| parameters.iter_non_variadic_params())
                .filter_map(|parameter| parameter.default.as_deref())
                .map(|default| tree.id(default))
                .collect(),
            Node::Stmt(Stmt::ClassDef(class)) => {
                let mut outside: Vec<NodeId> = class.decorator_list.iter().map(|d| tree.id(d)).collect();
                outside.push(tree.id(&class.name));
                outside.extend(class.arguments.as_deref().map(|arguments| tree.id(arguments)));
                outside
            }
            _ => tree.children(id).collect(),
        };
        children.reverse();
        todo.append(&mut children);
    }
    nodes
}
