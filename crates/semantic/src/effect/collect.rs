//! Collects the effects of expressions, statements and points.

use spacetime_syntax::ast::{self, AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::unnamed::Unnamed;
use super::{Effects, Names};
use crate::body::own_nodes;
use crate::flow::{PointId, PointKind, Points};
use crate::object::Values;
use crate::{Assumption, Body, Kind, Model, Objects};

impl Model<'_> {
    /// What evaluating an expression of `body` does. Making a generator runs
    /// only its first iterable; walking it is asked by [`Model::walk_effects`].
    pub fn expr_effects(&self, body: &Body, expr: &Expr) -> Effects {
        self.collect(body, |collector| collector.expr(expr))
    }

    /// What a call does when its function and its arguments have been evaluated.
    pub fn run_effects(&self, body: &Body, call: &ast::ExprCall) -> Effects {
        self.collect(body, |collector| collector.run(call, self.tree.id(call)))
    }

    /// What walking the value of an expression to its end does, beyond evaluating it.
    pub fn walk_effects(&self, body: &Body, expr: &Expr) -> Effects {
        self.collect(body, |collector| collector.walk(expr))
    }

    /// What a comprehension does for its items, apart from evaluating its
    /// first iterable: the part that a generator does later.
    pub fn lazy_effects(&self, body: &Body, comprehension: NodeId) -> Effects {
        self.collect(body, |collector| collector.lazy(comprehension))
    }

    /// What a statement does, with all that is within it.
    pub fn stmt_effects(&self, body: &Body, stmt: NodeId) -> Effects {
        let mut effects = Effects::default();
        for point in self.points_within(body, stmt).iter() {
            effects.add(&self.point_effects(body, point));
        }
        effects
    }

    /// The points of a statement and of the statements in it.
    pub fn points_within(&self, body: &Body, stmt: NodeId) -> Points {
        let mut points = Points::empty(&body.flow);
        for point in body.flow.points().skip(3) {
            if self.tree.contains(stmt, body.flow.point(point).node) {
                points.insert(point);
            }
        }
        points
    }

    /// What the given points do.
    pub fn points_effects(&self, body: &Body, points: &Points) -> Effects {
        let mut effects = Effects::default();
        for point in points.iter() {
            effects.add(&self.point_effects(body, point));
        }
        effects
    }

    /// What one point does.
    pub fn point_effects(&self, body: &Body, point: PointId) -> Effects {
        self.collect(body, |collector| collector.point(point))
    }

    /// What comparing, adding, hashing or testing values of a kind does.
    pub fn operator_effects(&self, body: &Body, kind: &Kind) -> Effects {
        self.collect(body, |collector| {
            if !kind.is_builtin() {
                collector.operators();
            }
        })
    }

    /// What it means that the name of a builtin or of a library means what it says.
    pub fn trusted_name_effects(&self, body: &Body, node: NodeId) -> Effects {
        self.collect(body, |collector| collector.rely_on_module(node))
    }

    /// The objects that the items of a value may be, with all that they hold.
    pub fn item_objects(&self, body: &Body, expr: &Expr) -> Objects {
        body.heap.reachable(&body.heap.contents(&body.objects(self, expr)))
    }

    /// [`Model::item_objects`] without iterators: operators do not advance them.
    pub fn compared_objects(&self, body: &Body, expr: &Expr) -> Objects {
        let mut objects = self.item_objects(body, expr);
        for object in objects.clone().iter() {
            let site = body.heap.site(object).and_then(|site| Some((site, self.tree.expr(site)?)));
            if let Some((site, _)) = site.filter(|(_, made)| body.kind(self, made).is_one_shot())
                && let Some(iterator) = body.heap.object_at(site)
            {
                objects.remove(&iterator);
            }
        }
        objects
    }

    /// What storing into a target does.
    pub fn target_effects(&self, body: &Body, target: &Expr, stored: &Kind) -> Effects {
        self.collect(body, |collector| collector.target(target, Some(stored)))
    }

    /// What calling the value of `func` does (a `key` function, say).
    pub fn call_effects(&self, body: &Body, func: &Expr) -> Effects {
        self.collect(body, |collector| collector.call_value(func))
    }

    fn collect(&self, body: &Body, run: impl FnOnce(&mut Collector<'_, '_>)) -> Effects {
        let mut collector = Collector {
            model: self,
            body,
            values: body.values(self),
            effects: Effects::default(),
            walking: Vec::new(),
        };
        run(&mut collector);
        collector.effects
    }
}

pub(super) struct Collector<'a, 'm> {
    pub(super) model: &'a Model<'m>,
    pub(super) body: &'a Body,
    pub(super) values: Values<'a, 'm>,
    pub(super) effects: Effects,
    /// Lazy things whose walking is being collected, against endless recursion.
    pub(super) walking: Vec<NodeId>,
}

impl Collector<'_, '_> {
    pub(super) fn id(&self, node: impl ast::HasNodeIndex) -> NodeId {
        self.model.tree.id(node)
    }

    pub(super) fn kind(&self, expr: &Expr) -> Kind {
        self.values.infer.of(expr)
    }

    pub(super) fn rely(&mut self, assumption: Assumption) -> bool {
        self.effects.rely(assumption, self.model.settings.assumptions)
    }

    pub(super) fn raises(&mut self, node: NodeId) {
        self.effects.raises = self.effects.raises.or(Some(node));
    }

    pub(super) fn anything(&mut self, node: NodeId) {
        self.effects.add(&Effects::anything(node));
        if !self.rely(Assumption::NoStrayStopIteration) {
            self.effects.stops = self.effects.stops.or(Some(node));
        }
    }

    /// Reads everything that can be reached from the value of `expr`.
    pub(super) fn read_deep(&mut self, expr: &Expr) {
        let reachable = self.values.heap.reachable(&self.values.of(expr));
        self.effects.reads.add(&reachable);
    }

    /// An operator of Python on values: builtin code, or assumed to be pure.
    pub(super) fn operate(&mut self, operands: &[&Expr]) {
        for operand in operands {
            self.read_deep(operand);
        }
        if !operands.iter().all(|operand| self.kind(operand).is_builtin()) {
            self.operators();
        }
    }

    pub(super) fn operators(&mut self) {
        let reads = self.model.read_by_operators();
        self.read_unnamed(reads.as_deref());
        if !self.rely(Assumption::OperatorsArePure) {
            self.effects.add(&Effects::anything(NodeId::ROOT));
        }
    }

    /// What is read behind an operator or an attribute.
    pub(super) fn read_unnamed(&mut self, reads: Option<&Unnamed>) {
        if let Some(reads) = reads {
            self.effects.attr_reads.add(&reads.attributes);
            reads.variables.iter().for_each(|symbol| self.effects.read_name(*symbol));
            if let Some(def) = reads.changes {
                self.anything(def);
            }
        }
    }

    pub(super) fn point(&mut self, id: PointId) {
        let point = self.body.flow.point(id);
        let node = self.model.tree.node(point.node);
        match (point.kind, node) {
            (PointKind::Next, Node::Stmt(Stmt::For(stmt))) => {
                if stmt.is_async {
                    self.effects.suspends = Some(point.node);
                }
                self.walk(&stmt.iter);
                self.target(&stmt.target, Some(&self.values.infer.item(&stmt.iter)));
                self.unpack(&stmt.target, &stmt.iter);
            }
            (PointKind::Enter, Node::Stmt(Stmt::With(stmt))) => self.enter(stmt),
            (PointKind::Leave, Node::Stmt(Stmt::With(stmt))) => self.leave(stmt, point.node),
            (PointKind::Handler, Node::Part(AnyNodeRef::ExceptHandlerExceptHandler(handler))) => {
                if let Some(kind) = &handler.type_ {
                    self.expr(kind);
                }
                if let Some(name) = &handler.name {
                    self.bind_name(self.id(name));
                }
            }
            (PointKind::Leave, Node::Part(AnyNodeRef::ExceptHandlerExceptHandler(handler))) => {
                if let Some(name) = &handler.name {
                    self.bind_name(self.id(name));
                }
            }
            (PointKind::Test, Node::Part(AnyNodeRef::MatchCase(case))) => {
                self.operators();
                self.effects.reads.add(&Objects::outer());
                self.match_pattern(self.id(&case.pattern));
                if let Some(guard) = &case.guard {
                    self.expr(guard);
                }
            }
            (PointKind::Test, _) => {
                for piece in &point.pieces {
                    if let Some(expr) = self.model.tree.expr(*piece) {
                        self.expr(expr);
                        self.operate(&[expr]);
                    }
                }
            }
            _ => {
                for piece in &point.pieces {
                    match self.model.tree.node(*piece) {
                        Node::Expr(expr) => self.expr(expr),
                        Node::Stmt(stmt) => self.stmt(stmt),
                        Node::Part(_) => {}
                    }
                }
            }
        }
        self.forget_caught(id);
    }

    /// What a pattern binds and reads.
    fn match_pattern(&mut self, pattern: NodeId) {
        for inner in self.model.tree.subtree(pattern) {
            match self.model.tree.node(inner) {
                Node::Part(AnyNodeRef::Identifier(_)) => self.bind_name(inner),
                // `case Point(x=0)` reads an attribute; by place it may be any.
                Node::Part(AnyNodeRef::PatternMatchClass(_)) => {
                    self.effects.attr_reads = Names::everything();
                }
                _ => {}
            }
        }
    }

    pub(super) fn enter(&mut self, stmt: &ast::StmtWith) {
        for item in &stmt.items {
            self.expr(&item.context_expr);
            let file = matches!(self.kind(&item.context_expr), Kind::File(_));
            if !file {
                self.anything(self.id(&item.context_expr));
            }
            if stmt.is_async {
                self.effects.suspends = Some(self.id(&item.context_expr));
            }
            if let Some(target) = &item.optional_vars {
                self.target(target, None);
            }
        }
    }

    pub(super) fn leave(&mut self, stmt: &ast::StmtWith, node: NodeId) {
        for item in &stmt.items {
            if matches!(self.kind(&item.context_expr), Kind::File(_)) {
                let file = self.values.of(&item.context_expr);
                self.effects.writes.add(&file);
            } else {
                self.anything(node);
            }
            if stmt.is_async {
                self.effects.suspends = Some(node);
            }
        }
    }

    // tidy: long because it has one arm for each kind of node.
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        let node = self.id(stmt);
        match stmt {
            Stmt::Expr(stmt) => self.expr(&stmt.value),
            Stmt::Return(stmt) => {
                // Whoever gets it reads it.
                if let Some(value) = &stmt.value {
                    self.expr(value);
                    self.read_deep(value);
                }
            }
            Stmt::Assign(stmt) => {
                self.expr(&stmt.value);
                let kind = self.kind(&stmt.value);
                for target in &stmt.targets {
                    self.target(target, Some(&kind));
                    self.unpack(target, &stmt.value);
                }
            }
            Stmt::AnnAssign(stmt) => {
                if let Some(value) = &stmt.value {
                    self.expr(value);
                    self.target(&stmt.target, None);
                }
            }
            Stmt::AugAssign(stmt) => self.augmented(stmt),
            Stmt::Delete(stmt) => {
                for target in &stmt.targets {
                    self.target(target, None);
                    self.raises(node);
                }
            }
            Stmt::Assert(stmt) => {
                self.expr(&stmt.test);
                self.operate(&[&stmt.test]);
                self.maybe(stmt.msg.as_deref());
                self.raises(node);
                self.effects.quit(node);
            }
            Stmt::Raise(stmt) => {
                self.maybe(stmt.exc.as_deref());
                self.maybe(stmt.cause.as_deref());
                self.raises(node);
                self.effects.quit(node);
                let raised = match stmt.exc.as_deref() {
                    Some(Expr::Call(call)) => Some(&*call.func),
                    other => other,
                };
                if raised
                    .is_none_or(|raised| matches!(raised, Expr::Name(name) if name.id == "StopIteration"))
                {
                    self.effects.stops = Some(node);
                }
            }
            Stmt::FunctionDef(def) => {
                for inner in own_nodes(self.model.tree, node).into_iter().skip(1) {
                    if self.model.tree.parent(inner) != Some(node)
                        && let Some(expr) = self.model.tree.expr(inner)
                        && !self
                            .model
                            .tree
                            .ancestors(inner)
                            .take_while(|id| *id != node)
                            .any(|id| self.model.tree.expr(id).is_some())
                    {
                        self.expr(expr);
                    }
                }
                for decorator in &def.decorator_list {
                    self.call_value(&decorator.expression);
                }
                self.bind_name(self.id(&def.name));
            }
            Stmt::ClassDef(class) => {
                self.anything(node);
                self.bind_name(self.id(&class.name));
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                self.anything(node);
                for inner in self.model.tree.subtree(node) {
                    self.bind_name(inner);
                }
            }
            Stmt::TypeAlias(_) | Stmt::IpyEscapeCommand(_) => self.anything(node),
            _ => {}
        }
    }

    pub(super) fn augmented(&mut self, stmt: &ast::StmtAugAssign) {
        self.expr(&stmt.value);
        if let Expr::Name(name) = &*stmt.target
            && let Some(symbol) = self.model.scopes.resolve(self.id(name)).symbol()
        {
            self.effects.read_name(symbol);
        }
        self.operate(&[&stmt.target, &stmt.value]);
        let kind = self.kind(&stmt.target);
        self.arithmetic(stmt.op, &kind, &self.kind(&stmt.value), &stmt.value, self.id(stmt));
        if !kind.is_scalar() && !self.model.accumulates(self.body, &stmt.target) {
            // In place: a list grows, an array changes.
            let changed = self.values.of(&stmt.target);
            self.effects.writes.add(&changed);
            self.walk(&stmt.value);
        }
        self.target(&stmt.target, None);
    }

    pub(super) fn bind_name(&mut self, node: NodeId) {
        if let Some(symbol) = self.model.scopes.resolve(node).symbol() {
            self.effects.write_name(symbol);
        }
    }

    /// Storing into a target; `value` is the kind of what is stored, for unpacking.
    pub(super) fn target(&mut self, target: &Expr, value: Option<&Kind>) {
        let node = self.id(target);
        match target {
            Expr::Name(_) => self.bind_name(node),
            Expr::Starred(starred) => self.target(&starred.value, None),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let fits = matches!(value, Some(Kind::Tuple(items)) if items.len() == elts.len());
                if !fits {
                    self.raises(node);
                    if value.is_none_or(|kind| !kind.walks_builtin()) {
                        self.operators();
                    }
                }
                for (at, element) in elts.iter().enumerate() {
                    let item = match value {
                        Some(Kind::Tuple(items)) if fits => Some(&items[at]),
                        _ => None,
                    };
                    self.target(element, item);
                }
            }
            Expr::Attribute(attribute) => {
                self.expr(&attribute.value);
                self.effects.attr_writes.insert(&attribute.attr);
                if !self.rely(Assumption::AttributeReadsArePure) {
                    self.anything(node);
                }
            }
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value);
                self.expr(&subscript.slice);
                let holder = self.values.of(&subscript.value);
                self.effects.writes.add(&holder);
                match self.kind(&subscript.value) {
                    Kind::Dict | Kind::DefaultDict | Kind::Counter => self.operate(&[&subscript.slice]),
                    Kind::List(_) => self.raises(node),
                    _ => {
                        self.raises(node);
                        self.operators();
                    }
                }
            }
            _ => {}
        }
    }

    /// `a, *b = VALUE` and `xs[:] = VALUE` walk it, or what it holds.
    pub(super) fn unpack(&mut self, target: &Expr, value: &Expr) {
        let sliced = matches!(target, Expr::Subscript(subscript) if !self.kind(&subscript.slice).is_scalar());
        if sliced || matches!(target, Expr::Tuple(_) | Expr::List(_)) {
            let reachable = self.values.heap.reachable(&self.values.of(value));
            self.walk_lazy(&reachable, self.id(value));
        }
    }

    pub(super) fn maybe(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    pub(super) fn all(&mut self, exprs: &[Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }
}
