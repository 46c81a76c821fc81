//! Where attributes and methods of a name stand, found by one walk.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use crate::Model;

/// What gives attributes values without naming them.
const FILLING: [&str; 10] = [
    "collections.namedtuple",
    "typing.NamedTuple",
    "dataclasses.make_dataclass",
    "dataclasses.replace",
    "types.SimpleNamespace",
    "argparse.Namespace",
    "._replace",
    "._make",
    ".add_argument",
    ".add_option",
];

/// Calls, with the names of what they call.
pub type NamedCalls = Rc<[(NodeId, String)]>;

/// Attribute expressions and methods by their names, in source order.
#[derive(Debug, Default)]
pub struct Index {
    attributes: FxHashMap<String, Vec<NodeId>>,
    methods: FxHashMap<String, Vec<NodeId>>,
    classes: Vec<NodeId>,
}

impl Model<'_> {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            for id in self.tree.ids() {
                match self.tree.node(id) {
                    Node::Expr(Expr::Attribute(attribute)) => {
                        index.attributes.entry(attribute.attr.to_string()).or_default().push(id);
                    }
                    Node::Stmt(Stmt::FunctionDef(def)) if self.is_method(id) => {
                        index.methods.entry(def.name.to_string()).or_default().push(id);
                    }
                    Node::Stmt(Stmt::ClassDef(_)) => index.classes.push(id),
                    _ => {}
                }
            }
            index
        })
    }

    /// All `class` statements.
    pub(crate) fn classes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.index().classes.iter().copied()
    }

    /// The calls that make classes of records, or fill attributes that nobody names, with what
    /// they call: `collections.namedtuple`, `._replace`.
    pub(crate) fn calls_that_fill(&self) -> NamedCalls {
        if let Some(known) = self.calls_that_fill.borrow().as_ref() {
            return known.clone();
        }
        let found = self.tree.ids().filter_map(|id| {
            let Some(Expr::Call(call)) = self.tree.expr(id) else { return None };
            let name = match self.target_of(call) {
                Target::Method(name, _) => format!(".{name}"),
                Target::Library(name) => name,
                _ => return None,
            };
            FILLING.contains(&name.as_str()).then_some((id, name))
        });
        let found: NamedCalls = found.collect();
        self.calls_that_fill.replace(Some(found.clone()));
        found
    }

    /// All expressions `x.name`, whatever `x` is.
    pub(crate) fn attributes_named(&self, name: &str) -> &[NodeId] {
        self.index().attributes.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether this module sets `module.function`.
    pub fn is_replaced(&self, qualified: &str) -> bool {
        let last = qualified.rsplit('.').next().unwrap_or(qualified);
        self.attributes_named(last)
            .iter()
            .filter_map(|id| self.tree.expr(*id))
            .filter(|expr| matches!(expr, Expr::Attribute(attribute) if !attribute.ctx.is_load()))
            .any(|expr| self.qualified(expr).is_some_and(|name| name == qualified))
    }

    /// All functions of that name that stand directly in a class.
    pub fn methods_named(&self, name: &str) -> &[NodeId] {
        self.index().methods.get(name).map_or(&[], Vec::as_slice)
    }

    /// All functions that stand directly in a class.
    pub(crate) fn methods(&self) -> impl Iterator<Item = (&str, NodeId)> {
        let mut all: Vec<(&str, NodeId)> = self
            .index()
            .methods
            .iter()
            .flat_map(|(name, ids)| ids.iter().map(move |id| (name.as_str(), *id)))
            .collect();
        all.sort_unstable_by_key(|(_, id)| *id);
        all.into_iter()
    }
}
