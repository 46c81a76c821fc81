//! The one pass over the tree: which scope each node belongs to, and which
//! names it mentions there.
//!
//! Not a recursive visitor but a loop over the flat tree: a node inherits the
//! place of its parent unless an earlier node (the `def` that puts its body
//! into a scope of its own) has placed it already. That is fast, and deep
//! nesting cannot overflow the stack.

use rustc_hash::FxHashMap;
use spacetime_syntax::ast::{
    AnyNodeRef, Comprehension, Expr, ExprContext, ExprName, HasNodeIndex, Identifier, Parameters,
};
use spacetime_syntax::{Node, NodeId, Tree};

use super::dynamic::Suspicions;
use super::found::{Collected, Deed, Place};
use super::model::{Scope, ScopeId, ScopeKind};
use super::tables::{EntryId, NameId, Tables, flag};

pub(super) fn collect<'m>(tree: &Tree<'m>) -> Collected<'m> {
    let mut collector = Collector::new(tree);
    for id in tree.ids() {
        if collector.found.places[id.index()] == Place::UNKNOWN {
            collector.found.places[id.index()] = collector.place(tree.parent(id).unwrap_or(NodeId::ROOT));
        }
        match tree.node(id) {
            Node::Expr(expr) => collector.expr(id, expr),
            Node::Stmt(stmt) => collector.stmt(id, stmt),
            Node::Part(part) => collector.part(part),
        }
    }
    collector.found
}

pub(super) struct Collector<'t, 'm> {
    pub tree: &'t Tree<'m>,
    pub found: Collected<'m>,
    pub future_annotations: bool,
    /// The target of an annotated assignment, which its statement has dealt
    /// with.
    pub done: Option<NodeId>,
}

impl<'t, 'm> Collector<'t, 'm> {
    fn new(tree: &'t Tree<'m>) -> Self {
        let found = Collected {
            tables: Tables::new(tree.len() / 8),
            places: vec![Place::UNKNOWN; tree.len()],
            entry_of: vec![None; tree.len()],
            own: FxHashMap::default(),
            deeds: Vec::with_capacity(tree.len() / 3),
            suspicions: Suspicions::default(),
            star_import: false,
        };
        let mut collector = Self { tree, found, future_annotations: false, done: None };
        collector.open(ScopeKind::Module, NodeId::ROOT, None);
        collector.found.places[0] = Place::new(ScopeId::MODULE);
        collector
    }

    pub fn place(&self, node: NodeId) -> Place {
        self.found.places[node.index()]
    }

    pub fn scope_of(&self, node: NodeId) -> ScopeId {
        self.place(node).scope()
    }

    /// Puts a node that is still to come, and all below it, into a scope.
    pub fn put(&mut self, node: impl HasNodeIndex, scope: ScopeId) {
        self.found.places[self.tree.id(node).index()] = Place::new(scope);
    }

    /// As [`Self::put`], for an annotation.
    pub fn put_annotation(&mut self, node: &Expr, scope: ScopeId) {
        let place = Place::new(scope);
        let place = if self.future_annotations { place.unevaluated() } else { place };
        self.found.places[self.tree.id(node).index()] = place;
    }

    /// Opens a scope that mangles names as its parent does.
    pub fn open(&mut self, kind: ScopeKind, node: NodeId, parent: Option<ScopeId>) -> ScopeId {
        let id = ScopeId::from_index(self.found.tables.scopes.len());
        let outer = parent.map(|parent| self.found.tables.scope(parent));
        let scope = Scope {
            kind,
            node,
            parent,
            symbols: Vec::new(),
            class_name: outer.and_then(|outer| outer.class_name),
            mangles_parameters_only: outer.is_some_and(|outer| outer.mangles_parameters_only),
            class_cell: None,
            dynamic: false,
        };
        self.found.tables.scopes.push(scope);
        self.found.own.entry(node).or_insert(id);
        id
    }

    /// Notes that `node` mentions `name` in `scope`.
    pub fn mention(
        &mut self,
        node: NodeId,
        scope: ScopeId,
        name: &'m str,
        flags: u16,
        deed: Deed,
    ) -> EntryId {
        let name = self.found.tables.intern(scope, name);
        self.mention_number(node, scope, name, flags, deed)
    }

    pub fn mention_number(
        &mut self,
        node: NodeId,
        scope: ScopeId,
        name: NameId,
        flags: u16,
        deed: Deed,
    ) -> EntryId {
        let entry = self.found.tables.add(scope, name, flags);
        self.found.entry_of[node.index()] = Some(entry);
        self.found.deeds.push((node, entry, deed));
        entry
    }

    /// Notes a mention that CPython's tables do not have.
    pub fn mention_unseen(&mut self, node: NodeId, name: &'m str, deed: Deed) {
        let scope = self.scope_of(node);
        let name = self.found.tables.intern(scope, name);
        let entry = self.found.tables.push(scope, name, flag::UNEVALUATED);
        self.found.entry_of[node.index()] = Some(entry);
        self.found.deeds.push((node, entry, deed));
    }

    /// An identifier that binds its name in the scope in which it stands.
    pub fn bind(&mut self, name: &'m Identifier, scope: ScopeId, flags: u16) {
        self.mention(self.tree.id(name), scope, name.as_str(), flags, Deed::Bind);
    }

    fn expr(&mut self, id: NodeId, expr: &'m Expr) {
        match expr {
            Expr::Name(name) => self.name(id, name),
            Expr::Attribute(node) => Suspicions::attribute(self, id, node),
            Expr::Lambda(node) if !self.place(id).is_unevaluated() => {
                let scope = self.open(ScopeKind::Lambda, id, Some(self.scope_of(id)));
                if let Some(parameters) = node.parameters.as_deref() {
                    self.parameters(parameters, scope, self.scope_of(id));
                }
                self.put(&*node.body, scope);
            }
            Expr::ListComp(node) => {
                self.comprehension(id, ScopeKind::ListComp, &[&node.elt], &node.generators);
            }
            Expr::SetComp(node) => self.comprehension(id, ScopeKind::SetComp, &[&node.elt], &node.generators),
            Expr::Generator(node) => {
                self.comprehension(id, ScopeKind::Generator, &[&node.elt], &node.generators);
            }
            Expr::DictComp(node) => match node.key.as_deref() {
                Some(key) => {
                    self.comprehension(id, ScopeKind::DictComp, &[key, &node.value], &node.generators);
                }
                None => self.comprehension(id, ScopeKind::DictComp, &[&node.value], &node.generators),
            },
            Expr::Named(node) => {
                if let Expr::Name(target) = &*node.target {
                    self.walrus(self.scope_of(id), target);
                }
            }
            _ => {}
        }
    }

    fn name(&mut self, id: NodeId, name: &'m ExprName) {
        let place = self.place(id);
        if self.done == Some(id) {
            return;
        }
        let (flags, deed) = match name.ctx {
            ExprContext::Load | ExprContext::Invalid => (flag::USE, Deed::Use),
            ExprContext::Store => (flag::LOCAL, Deed::Bind),
            ExprContext::Del => (flag::LOCAL, Deed::Delete),
        };
        if place.is_unevaluated() {
            if deed == Deed::Use {
                self.mention_unseen(id, name.id.as_str(), deed);
            }
            return;
        }
        let scope = place.scope();
        let number = self.found.tables.intern(scope, name.id.as_str());
        let entry = self.mention_number(id, scope, number, flags, deed);
        if deed == Deed::Use && number.is_dynamic_builtin() {
            Suspicions::builtin(self, id, entry);
        }
        // `super()` without arguments finds the class through a hidden use.
        if deed == Deed::Use
            && number == NameId::SUPER
            && self.found.tables.scope(scope).kind.is_function_like()
        {
            self.found.tables.add(scope, NameId::CLASS, flag::USE);
        }
    }

    /// All but the first iterable belongs to the scope of the comprehension.
    fn comprehension(&mut self, id: NodeId, kind: ScopeKind, parts: &[&Expr], clauses: &[Comprehension]) {
        if self.place(id).is_unevaluated() {
            return;
        }
        let outer = self.scope_of(id);
        let scope = self.open(kind, id, Some(outer));
        for part in parts {
            self.put(*part, scope);
        }
        for clause in clauses {
            self.put(clause, scope);
        }
        if let Some(first) = clauses.first() {
            self.put(&first.iter, outer);
        }
    }

    /// A walrus in a comprehension binds in the scope around all of them.
    fn walrus(&mut self, scope: ScopeId, target: &'m ExprName) {
        if !self.found.tables.scope(scope).kind.is_comprehension() {
            return;
        }
        let tables = &mut self.found.tables;
        let name = tables.intern(scope, target.id.as_str());
        let owner = std::iter::successors(Some(scope), |id| tables.scope(*id).parent)
            .find(|id| !tables.scope(*id).kind.is_comprehension())
            .unwrap_or(ScopeId::MODULE);
        let declared =
            tables.get(owner, name).is_some_and(|entry| tables.entry(entry).flags & flag::GLOBAL != 0);
        let (here, there) = match tables.scope(owner).kind {
            ScopeKind::Module => (flag::GLOBAL, flag::GLOBAL),
            ScopeKind::Function | ScopeKind::Lambda if declared => (flag::GLOBAL, flag::LOCAL),
            ScopeKind::Function | ScopeKind::Lambda => (flag::NONLOCAL, flag::LOCAL),
            // Elsewhere it is a syntax error.
            _ => return,
        };
        tables.add(scope, name, here);
        tables.add(owner, name, there);
    }

    /// Parameters belong to the scope of the function, their defaults and
    /// annotations to `outer`.
    pub fn parameters(&mut self, parameters: &'m Parameters, scope: ScopeId, outer: ScopeId) {
        self.put(parameters, scope);
        for parameter in parameters {
            if let Some(default) = parameter.default() {
                self.put(default, outer);
            }
        }
    }

    fn part(&mut self, part: AnyNodeRef<'m>) {
        match part {
            AnyNodeRef::Parameter(node) => {
                let place = self.place(self.tree.id(node));
                if !place.is_unevaluated() {
                    self.bind(&node.name, place.scope(), flag::PARAMETER);
                }
            }
            AnyNodeRef::ExceptHandlerExceptHandler(node) => {
                if let Some(name) = &node.name {
                    let id = self.tree.id(name);
                    let scope = self.scope_of(self.tree.id(node));
                    let entry = self.mention(id, scope, name.as_str(), flag::LOCAL, Deed::Bind);
                    self.found.deeds.push((id, entry, Deed::Delete));
                }
            }
            AnyNodeRef::PatternMatchAs(node) => self.capture(node, node.name.as_ref()),
            AnyNodeRef::PatternMatchStar(node) => self.capture(node, node.name.as_ref()),
            AnyNodeRef::PatternMatchMapping(node) => self.capture(node, node.rest.as_ref()),
            AnyNodeRef::TypeParamTypeVar(node) => {
                self.type_parameter(node, [node.bound.as_deref(), node.default.as_deref()]);
            }
            AnyNodeRef::TypeParamTypeVarTuple(node) => {
                self.type_parameter(node, [None, node.default.as_deref()]);
            }
            AnyNodeRef::TypeParamParamSpec(node) => {
                self.type_parameter(node, [None, node.default.as_deref()]);
            }
            _ => {}
        }
    }

    fn capture(&mut self, pattern: impl HasNodeIndex, name: Option<&'m Identifier>) {
        if let Some(name) = name {
            self.bind(name, self.scope_of(self.tree.id(pattern)), flag::LOCAL);
        }
    }

    /// Bounds and defaults are evaluated when asked for, each in its own scope.
    fn type_parameter(&mut self, node: impl HasNodeIndex, lazy: [Option<&Expr>; 2]) {
        let id = self.tree.id(node);
        for expr in lazy.into_iter().flatten() {
            let scope = self.open(ScopeKind::TypeAlias, id, Some(self.scope_of(id)));
            self.put(expr, scope);
        }
    }
}
