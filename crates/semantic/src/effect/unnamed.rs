//! What is read where no code that reads it is seen: by the special methods of
//! the module's classes behind operators, by its properties behind attributes.
//!
//! They are taken to have no side effects where their bodies do not show any, but what
//! they give depends on what they read, so it matters when they run.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::Names;
use crate::scope::{ScopeKind, SymbolId};
use crate::table::Tables;
use crate::{Kind, Model};

/// Special methods that no operator runs.
const NAMED: [&str; 9] = [
    "__init__",
    "__new__",
    "__post_init__",
    "__enter__",
    "__exit__",
    "__del__",
    "__call__",
    "__init_subclass__",
    "__set_name__",
];

/// Special methods that change their object by what they are.
const CHANGING: [&str; 8] = [
    "__setitem__",
    "__delitem__",
    "__setattr__",
    "__delattr__",
    "__set__",
    "__iter__",
    "__next__",
    "__setstate__",
];

/// Those behind `x[y]` alone.
const SUBSCRIPTS: [&str; 2] = ["__getitem__", "__missing__"];

/// Methods of collections and files that change them.
const CHANGES: [&str; 14] = [
    "append",
    "appendleft",
    "extend",
    "insert",
    "add",
    "update",
    "remove",
    "discard",
    "pop",
    "popleft",
    "popitem",
    "clear",
    "write",
    "writelines",
];

/// Words with which code reads attributes that it does not name.
const ANY: [&str; 6] = ["getattr", "vars", "__dict__", "asdict", "astuple", "fields"];

/// What some functions read, with all that they call.
#[derive(Debug, Default, PartialEq)]
pub struct Unnamed {
    pub attributes: Names,
    pub variables: Vec<SymbolId>,
    /// A function among them that changes something that lasts.
    pub changes: Option<NodeId>,
}

/// What has been asked for so far: by the name of a property; by "" for operators.
#[derive(Debug, Default)]
pub struct UnnamedReads(RefCell<FxHashMap<String, Option<Rc<Unnamed>>>>);

impl<'m> Model<'m> {
    /// What operators on objects of this module's classes may read.
    pub(super) fn read_by_operators(&self) -> Option<Rc<Unnamed>> {
        self.unnamed_reads("", || {
            let special =
                |name: &str| name.starts_with("__") && name.ends_with("__") && !NAMED.contains(&name);
            let methods = self.methods().filter(|(name, _)| special(name)).map(|(_, def)| def).collect();
            let mut reads = self.read_by(methods);
            let is_asked = |name: &str| {
                special(name)
                    && ![&CHANGING[..], &SUBSCRIPTS].concat().contains(&name)
                    && !name.starts_with("__i")
            };
            reads.changes =
                self.first_change(self.methods().filter(|(name, _)| is_asked(name)).map(|(_, def)| def));
            // What a dataclass makes of its fields compares and prints all of them.
            for class in self.classes().filter_map(|class| self.class_def(class)) {
                for stmt in class.body.iter().filter(|_| !class.decorator_list.is_empty()) {
                    if let Stmt::AnnAssign(field) = stmt
                        && let Expr::Name(name) = &*field.target
                    {
                        reads.attributes.insert(&name.id);
                    }
                }
            }
            reads
        })
    }

    /// The method behind `x[y]` that changes something whenever it runs, if there is one.
    pub(super) fn changed_by_subscripts(&self) -> Option<NodeId> {
        let reads = self.unnamed_reads("[]", || Unnamed {
            changes: self.first_change(SUBSCRIPTS.iter().flat_map(|name| self.methods_named(name)).copied()),
            ..Unnamed::default()
        });
        reads.and_then(|reads| reads.changes)
    }

    /// What reading an attribute of that name may read, if it is a property.
    pub(super) fn read_by_property(&self, name: &str) -> Option<Rc<Unnamed>> {
        if self.methods_named(name).is_empty() && !self.is_class_variable(name) {
            return None;
        }
        self.unnamed_reads(name, || {
            let computed = |def: &NodeId| !self.is_plainly_called(*def);
            let mut getters: Vec<NodeId> =
                self.methods_named(name).iter().copied().filter(computed).collect();
            let mut changing: Vec<NodeId> =
                getters.iter().copied().filter(|def| self.is_property(*def)).collect();
            for value in self.class_values(name) {
                match self.getters_in(value) {
                    Some(found) => {
                        changing.extend(found.iter().copied());
                        getters.extend(found);
                    }
                    None => {
                        return Unnamed { attributes: Names::everything(), ..Unnamed::default() };
                    }
                }
            }
            let changes = self.first_change(changing.into_iter());
            Unnamed { changes, ..self.read_by(getters) }
        })
    }

    /// What class bodies assign to a name.
    pub(crate) fn class_values(&self, name: &str) -> impl Iterator<Item = &'m Expr> {
        let is_it = move |target: &Expr| matches!(target, Expr::Name(found) if found.id == name);
        self.classes().filter_map(|class| self.class_def(class)).flat_map(|class| &class.body).filter_map(
            move |stmt| match stmt {
                Stmt::Assign(assign) => assign.targets.iter().any(is_it).then_some(&*assign.value),
                Stmt::AnnAssign(field) if is_it(&field.target) => field.value.as_deref(),
                _ => None,
            },
        )
    }

    /// The code that reading an attribute runs where a class binds it to a value:
    /// `share = property(lambda self: ...)`. `None` where it may be any code.
    fn getters_in(&self, value: &Expr) -> Option<Vec<NodeId>> {
        let Expr::Call(call) = value else { return Some(Vec::new()) };
        if self.is_builtin(&call.func, "property") {
            let node = self.tree.id(value);
            let named = self.tree.subtree(node).filter_map(|id| match self.tree.expr(id)? {
                Expr::Name(name) => Some(self.methods_named(&name.id)),
                _ => None,
            });
            return Some(named.flatten().copied().chain([node]).collect());
        }
        let known = match self.qualified(&call.func) {
            Some(name) => name == "dataclasses.field" || Tables::get().module(&name).is_some(),
            None => matches!(&*call.func, Expr::Name(name)
                if Tables::get().builtin(&name.id).is_some() && self.is_builtin(&call.func, &name.id)),
        };
        known.then(Vec::new)
    }

    /// Every call in the module that makes a `defaultdict`.
    pub(super) fn default_dicts(&self) -> Vec<&'m ExprCall> {
        if !self.tree.module().text().contains("defaultdict") {
            return Vec::new();
        }
        let calls = self.tree.ids().filter_map(|id| match self.tree.expr(id)? {
            Expr::Call(call) => Some(call),
            _ => None,
        });
        calls
            .filter(|call| self.qualified(&call.func).is_some_and(|name| name == "collections.defaultdict"))
            .collect()
    }

    fn unnamed_reads(&self, key: &str, find: impl FnOnce() -> Unnamed) -> Option<Rc<Unnamed>> {
        if let Some(known) = self.unnamed.0.borrow().get(key) {
            return known.clone();
        }
        let found = Some(find()).filter(|reads| *reads != Unnamed::default()).map(Rc::new);
        self.unnamed.0.borrow_mut().insert(key.to_owned(), found.clone());
        found
    }

    fn is_property(&self, def: NodeId) -> bool {
        self.function(def).is_some_and(|def| {
            def.decorator_list.iter().any(|decorator| self.is_builtin(&decorator.expression, "property"))
        })
    }

    fn first_change(&self, mut defs: impl Iterator<Item = NodeId>) -> Option<NodeId> {
        defs.find(|def| self.tree.subtree(*def).any(|id| self.is_change(*def, id)))
    }

    /// Whether a step of a method is seen by others, and not only by the method the next time
    /// it runs: `self.size = ...` and `self.known[key] = ...` may well keep what was worked out.
    fn is_change(&self, def: NodeId, id: NodeId) -> bool {
        let outlives = |expr: &Expr| match expr {
            Expr::Name(_) => self.scopes.resolve(self.tree.id(expr)).symbol().is_some_and(|symbol| {
                self.scopes.scope(self.scopes.symbol(symbol).scope).kind == ScopeKind::Module
            }),
            expr => expr.is_attribute_expr(),
        };
        let is_own = |expr: &Expr| {
            let first = self.function(def).and_then(|def| def.parameters.iter().next());
            matches!((expr, first), (Expr::Name(name), Some(first)) if name.id == *first.name().id())
        };
        match self.tree.node(id) {
            Node::Stmt(Stmt::AugAssign(stmt)) => match &*stmt.target {
                Expr::Subscript(subscript) => outlives(&subscript.value) || is_own(&subscript.value),
                target => outlives(target),
            },
            Node::Stmt(Stmt::Assign(stmt)) => stmt
                .targets
                .iter()
                .any(|target| matches!(target, Expr::Subscript(subscript) if is_own(&subscript.value))),
            Node::Expr(Expr::Call(call)) => match &*call.func {
                Expr::Attribute(method) => {
                    CHANGES.contains(&method.attr.as_str())
                        && (outlives(&method.value) || is_own(&method.value))
                }
                name => ["print", "next", "input"].iter().any(|known| self.is_builtin(name, known)),
            },
            _ => false,
        }
    }

    /// All that is named in the bodies of functions and of what they may call.
    fn read_by(&self, defs: Vec<NodeId>) -> Unnamed {
        let mut reads = Unnamed::default();
        let mut seen = FxHashSet::default();
        let mut todo = defs;
        while let Some(def) = todo.pop() {
            if !seen.insert(def) {
                continue;
            }
            for id in self.tree.subtree(def) {
                let word = match self.tree.node(id) {
                    Node::Expr(Expr::Attribute(attribute)) => {
                        reads.attributes.insert(&attribute.attr);
                        todo.extend(self.methods_named(&attribute.attr));
                        attribute.attr.as_str()
                    }
                    Node::Expr(Expr::Name(name)) => {
                        todo.extend(self.reads_variable(id, &mut reads));
                        name.id.as_str()
                    }
                    _ => continue,
                };
                if ANY.contains(&word) {
                    reads.attributes = Names::everything();
                }
            }
        }
        reads.variables.sort_unstable();
        reads.variables.dedup();
        reads
    }

    /// A variable of the module, or a function that may be called.
    fn reads_variable(&self, name: NodeId, reads: &mut Unnamed) -> Option<NodeId> {
        let symbol = self.scopes.resolve(name).symbol()?;
        if self.scopes.scope(self.scopes.symbol(symbol).scope).kind != ScopeKind::Module {
            return None;
        }
        if !self.is_definition(symbol) {
            reads.variables.push(symbol);
            return None;
        }
        match self.outer_kind(symbol) {
            Kind::Function(def) => Some(def),
            _ => None,
        }
    }
}
