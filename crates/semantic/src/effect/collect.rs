//! Collects the effects of expressions, statements and points.

use spacetime_syntax::ast::{self, AnyNodeRef, CmpOp, Expr, ExprCall, ExprContext, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::{Effects, Names, World};
use crate::body::own_nodes;
use crate::callee::Callee;
use crate::flow::{PointId, PointKind, Points};
use crate::infer::constant_index;
use crate::object::Values;
use crate::table::Call;
use crate::{Assumption, Body, Kind, Model, Objects};

impl Model<'_> {
    /// What evaluating an expression of `body` does. Making a generator runs
    /// only its first iterable; walking it is asked by [`Model::walk_effects`].
    pub fn expr_effects(&self, body: &Body, expr: &Expr) -> Effects {
        self.collect(body, |collector| collector.expr(expr))
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

struct Collector<'a, 'm> {
    model: &'a Model<'m>,
    body: &'a Body,
    values: Values<'a, 'm>,
    effects: Effects,
    /// Lazy things whose walking is being collected, against endless recursion.
    walking: Vec<NodeId>,
}

impl Collector<'_, '_> {
    fn id(&self, node: impl ast::HasNodeIndex) -> NodeId {
        self.model.tree.id(node)
    }

    fn kind(&self, expr: &Expr) -> Kind {
        self.values.infer.of(expr)
    }

    fn rely(&mut self, assumption: Assumption) -> bool {
        self.effects.rely(assumption, self.model.settings.assumptions)
    }

    fn raises(&mut self, node: NodeId) {
        self.effects.raises = self.effects.raises.or(Some(node));
    }

    fn anything(&mut self, node: NodeId) {
        self.effects.add(&Effects::anything(node));
        if !self.rely(Assumption::NoStrayStopIteration) {
            self.effects.stops = self.effects.stops.or(Some(node));
        }
    }

    /// Reads everything that can be reached from the value of `expr`.
    fn read_deep(&mut self, expr: &Expr) {
        let reachable = self.values.heap.reachable(&self.values.of(expr));
        self.effects.reads.add(&reachable);
    }

    /// An operator of Python on values: builtin code, or assumed to be pure.
    fn operate(&mut self, operands: &[&Expr]) {
        for operand in operands {
            self.read_deep(operand);
        }
        if !operands.iter().all(|operand| self.kind(operand).is_builtin()) {
            self.operators();
        }
    }

    fn operators(&mut self) {
        if !self.rely(Assumption::OperatorsArePure) {
            self.effects.add(&Effects::anything(NodeId::ROOT));
        }
    }

    fn point(&mut self, id: PointId) {
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
                for inner in self.model.tree.subtree(self.id(&case.pattern)) {
                    if let Node::Part(AnyNodeRef::Identifier(_)) = self.model.tree.node(inner) {
                        self.bind_name(inner);
                    }
                }
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
    }

    fn enter(&mut self, stmt: &ast::StmtWith) {
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

    fn leave(&mut self, stmt: &ast::StmtWith, node: NodeId) {
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

    fn stmt(&mut self, stmt: &Stmt) {
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
            }
            Stmt::Raise(stmt) => {
                self.maybe(stmt.exc.as_deref());
                self.maybe(stmt.cause.as_deref());
                self.raises(node);
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

    fn augmented(&mut self, stmt: &ast::StmtAugAssign) {
        self.expr(&stmt.value);
        if let Expr::Name(name) = &*stmt.target
            && let Some(symbol) = self.model.scopes.resolve(self.id(name)).symbol()
        {
            self.effects.read_name(symbol);
        }
        self.operate(&[&stmt.target, &stmt.value]);
        let kind = self.kind(&stmt.target);
        self.arithmetic(stmt.op, &kind, &self.kind(&stmt.value), &stmt.value, self.id(stmt));
        if !kind.is_scalar() {
            // In place: a list grows, an array changes.
            let changed = self.values.of(&stmt.target);
            self.effects.writes.add(&changed);
            self.walk(&stmt.value);
        }
        self.target(&stmt.target, None);
    }

    fn bind_name(&mut self, node: NodeId) {
        if let Some(symbol) = self.model.scopes.resolve(node).symbol() {
            self.effects.write_name(symbol);
        }
    }

    /// Storing into a target; `value` is the kind of what is stored, for unpacking.
    fn target(&mut self, target: &Expr, value: Option<&Kind>) {
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
    fn unpack(&mut self, target: &Expr, value: &Expr) {
        let sliced = matches!(target, Expr::Subscript(subscript) if !self.kind(&subscript.slice).is_scalar());
        if sliced || matches!(target, Expr::Tuple(_) | Expr::List(_)) {
            let reachable = self.values.heap.reachable(&self.values.of(value));
            self.walk_lazy(&reachable, self.id(value));
        }
    }

    fn maybe(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn all(&mut self, exprs: &[Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        let node = self.id(expr);
        match expr {
            Expr::Name(name) => {
                if name.ctx == ExprContext::Load
                    && let Some(symbol) = self.model.scopes.resolve(node).symbol()
                {
                    self.effects.read_name(symbol);
                }
            }
            Expr::Attribute(attribute) => {
                self.expr(&attribute.value);
                self.attribute(attribute);
            }
            Expr::Subscript(subscript) => self.subscript(subscript, node),
            Expr::Slice(slice) => {
                for part in [&slice.lower, &slice.upper, &slice.step] {
                    self.maybe(part.as_deref());
                }
            }
            Expr::Named(named) => {
                self.expr(&named.value);
                self.target(&named.target, None);
            }
            Expr::BoolOp(op) => {
                self.all(&op.values);
                self.operate(&op.values.iter().collect::<Vec<_>>());
            }
            Expr::BinOp(op) => {
                self.expr(&op.left);
                self.expr(&op.right);
                self.operate(&[&op.left, &op.right]);
                let (left, right) = (self.kind(&op.left), self.kind(&op.right));
                self.arithmetic(op.op, &left, &right, &op.right, node);
            }
            Expr::UnaryOp(op) => {
                self.expr(&op.operand);
                self.operate(&[&op.operand]);
            }
            Expr::Compare(compare) => self.compare(compare),
            Expr::If(choice) => {
                self.expr(&choice.test);
                self.operate(&[&choice.test]);
                self.expr(&choice.body);
                self.expr(&choice.orelse);
            }
            Expr::Tuple(tuple) => self.display(&tuple.elts),
            Expr::List(list) => self.display(&list.elts),
            Expr::Set(set) => {
                self.display(&set.elts);
                self.operate(&set.elts.iter().collect::<Vec<_>>());
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    match &item.key {
                        Some(key) => {
                            self.expr(key);
                            self.operate(&[key]);
                        }
                        None => {
                            self.read_deep(&item.value);
                            if !matches!(
                                self.kind(&item.value),
                                Kind::Dict | Kind::Counter | Kind::DefaultDict
                            ) {
                                self.operators();
                            }
                        }
                    }
                    self.expr(&item.value);
                }
            }
            Expr::ListComp(comp) => {
                self.expr(&comp.generators[0].iter);
                self.lazy(node);
            }
            Expr::SetComp(comp) => {
                self.expr(&comp.generators[0].iter);
                self.lazy(node);
                self.operate(&[&comp.elt]);
            }
            Expr::DictComp(comp) => {
                self.expr(&comp.generators[0].iter);
                self.lazy(node);
                if let Some(key) = &comp.key {
                    self.operate(&[key]);
                }
            }
            Expr::Generator(comp) => self.expr(&comp.generators[0].iter),
            Expr::Lambda(_) => {
                for inner in own_nodes(self.model.tree, node).into_iter().skip(1) {
                    if let Some(expr @ (Expr::Name(_) | Expr::Call(_))) = self.model.tree.expr(inner) {
                        self.expr(expr);
                    }
                }
            }
            Expr::FString(fstring) => {
                for element in fstring.value.elements() {
                    self.interpolation(element);
                }
            }
            Expr::Starred(starred) => {
                self.expr(&starred.value);
                self.walk(&starred.value);
            }
            Expr::Await(inner) => {
                self.expr(&inner.value);
                self.suspends(node);
            }
            Expr::Yield(inner) => {
                self.maybe(inner.value.as_deref());
                self.suspends(node);
            }
            Expr::YieldFrom(inner) => {
                self.expr(&inner.value);
                self.walk(&inner.value);
                self.suspends(node);
            }
            Expr::Call(call) => self.call(call, node),
            Expr::TString(_) | Expr::IpyEscapeCommand(_) => self.anything(node),
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => {}
        }
    }

    fn suspends(&mut self, node: NodeId) {
        self.effects.suspends = self.effects.suspends.or(Some(node));
    }

    fn display(&mut self, elements: &[Expr]) {
        self.all(elements);
    }

    fn interpolation(&mut self, element: &ast::InterpolatedStringElement) {
        if let ast::InterpolatedStringElement::Interpolation(part) = element {
            self.expr(&part.expression);
            self.operate(&[&part.expression]);
            if let Some(spec) = &part.format_spec {
                for element in &spec.elements {
                    self.interpolation(element);
                }
            }
        }
    }

    fn attribute(&mut self, attribute: &ast::ExprAttribute) {
        if let Some(module) = self.model.qualified(&attribute.value) {
            // Of a module: it may be set as any other, but `os.path` is one itself.
            if module != "os" || attribute.attr.as_str() != "path" {
                self.effects.attr_reads.insert(&attribute.attr);
            }
            return;
        }
        self.effects.attr_reads.insert(&attribute.attr);
        let plain = self.kind(&attribute.value).table_name().is_some()
            || matches!(self.kind(&attribute.value), Kind::Record(_));
        if !plain && !self.rely(Assumption::AttributeReadsArePure) {
            self.anything(self.id(attribute));
        }
    }

    fn subscript(&mut self, subscript: &ast::ExprSubscript, node: NodeId) {
        self.expr(&subscript.value);
        self.expr(&subscript.slice);
        let base = self.values.of(&subscript.value);
        self.effects.reads.add(&base);
        let slicing = matches!(&*subscript.slice, Expr::Slice(_));
        match self.kind(&subscript.value) {
            Kind::List(_) | Kind::Str | Kind::Bytes | Kind::Tuples(_) | Kind::Tuple(_) | Kind::Range
                if slicing => {}
            Kind::Tuple(items) => {
                if constant_index(&subscript.slice, items.len()).is_none() {
                    self.raises(node);
                }
            }
            Kind::List(_) | Kind::Str | Kind::Bytes | Kind::Tuples(_) | Kind::Range | Kind::Deque(_) => {
                self.raises(node);
            }
            Kind::Dict => {
                self.raises(node);
                self.operate(&[&subscript.slice]);
            }
            Kind::Counter => self.operate(&[&subscript.slice]),
            kind => {
                if kind == Kind::DefaultDict {
                    self.effects.writes.add(&base);
                }
                self.missing_items(&base);
                self.raises(node);
                self.operators();
            }
        }
    }

    /// A `defaultdict` of this body makes the missing item by calling its factory.
    fn missing_items(&mut self, base: &Objects) {
        for object in base.iter() {
            let made = self.values.heap.site(object).and_then(|site| self.model.tree.expr(site));
            let Some(Expr::Call(call)) = made else { continue };
            let callee = self.model.callee(call, &|expr| self.values.infer.of(expr));
            if matches!(callee, Callee::Module(entry) if entry.name == "collections.defaultdict") {
                self.effects.writes.add(base);
                if let Some(factory) = call.arguments.args.first() {
                    self.call_value(factory);
                }
            }
        }
    }

    fn compare(&mut self, compare: &ast::ExprCompare) {
        self.expr(&compare.left);
        self.all(&compare.comparators);
        let mut left = &*compare.left;
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            match op {
                CmpOp::Is | CmpOp::IsNot => {}
                CmpOp::In | CmpOp::NotIn => {
                    self.operate(&[left, right]);
                    if self.kind(right).is_one_shot() {
                        self.walk(right);
                    }
                }
                _ => self.operate(&[left, right]),
            }
            left = right;
        }
    }

    /// What arithmetic may raise depending on values.
    fn arithmetic(&mut self, op: Operator, left: &Kind, right: &Kind, divisor: &Expr, node: NodeId) {
        let fails = match op {
            Operator::Div | Operator::FloorDiv | Operator::Mod => {
                let constant = matches!(divisor, Expr::NumberLiteral(literal) if !is_zero(&literal.value));
                !constant || !left.is_number()
            }
            Operator::Pow | Operator::LShift | Operator::RShift => true,
            Operator::Mult => !(left.is_number() && right.is_number()),
            _ => false,
        };
        // Unknown operands of `*` are numbers or sequences: it fails on types only.
        let known = *left != Kind::Unknown && *right != Kind::Unknown;
        if fails && (op != Operator::Mult || known) {
            self.raises(node);
        }
    }

    /// Evaluates and walks the parts of a comprehension, but does not evaluate
    /// its first iterable.
    fn lazy(&mut self, node: NodeId) {
        let Some(comp) = self.model.tree.expr(node) else { return };
        let (generators, elements): (&[ast::Comprehension], Vec<&Expr>) = match comp {
            Expr::ListComp(comp) => (&comp.generators, vec![&*comp.elt]),
            Expr::SetComp(comp) => (&comp.generators, vec![&*comp.elt]),
            Expr::Generator(comp) => (&comp.generators, vec![&*comp.elt]),
            Expr::DictComp(comp) => {
                (&comp.generators, comp.key.as_deref().into_iter().chain(Some(&*comp.value)).collect())
            }
            _ => return,
        };
        for (at, clause) in generators.iter().enumerate() {
            if clause.is_async {
                self.suspends(node);
            }
            if at > 0 {
                self.expr(&clause.iter);
            }
            self.walk(&clause.iter);
            self.target(&clause.target, Some(&self.values.infer.item(&clause.iter)));
            self.unpack(&clause.target, &clause.iter);
            for test in &clause.ifs {
                self.expr(test);
                self.operate(&[test]);
            }
        }
        for element in elements {
            self.expr(element);
        }
    }

    /// What walking the value of `expr` does.
    fn walk(&mut self, expr: &Expr) {
        let node = self.id(expr);
        let kind = self.kind(expr);
        let set = self.values.of(expr);
        if kind.walks_builtin() {
            self.effects.reads.add(&set);
            return;
        }
        let reachable = self.values.heap.reachable(&set);
        self.effects.reads.add(&reachable);
        match kind {
            Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader => {
                self.effects.writes.add(&reachable);
                self.effects.world.add(World::READS_FILES);
                if !self.rely(Assumption::FilesReadWithoutErrors) || !matches!(kind, Kind::File(_)) {
                    self.raises(node);
                }
            }
            Kind::Iterator(_) => {}
            _ => {
                if let Some(symbol) = self.model.scopes.resolve(node).symbol().filter(|_| expr.is_name_expr())
                {
                    self.effects.walk_name(symbol);
                }
                self.walk_unknown(node);
            }
        }
        self.walk_lazy(&reachable, node);
    }

    /// Runs what generators, `map`, `filter`, readers... do when they are walked.
    fn walk_lazy(&mut self, reachable: &Objects, node: NodeId) {
        for object in reachable.iter() {
            let Some(site) = self.values.heap.site(object) else { continue };
            let Some(expr) = self.model.tree.expr(site) else { continue };
            if self.walking.contains(&site) {
                continue;
            }
            let kind = self.kind(expr);
            if !kind.is_one_shot() {
                continue;
            }
            let Some(own) = self.values.heap.object_at(site) else { continue };
            self.effects.writes.add(&own);
            self.walking.push(site);
            match expr {
                Expr::Generator(_) => self.lazy(site),
                Expr::Call(call) => self.walk_call(call, &kind, node),
                _ => {}
            }
            self.walking.pop();
        }
    }

    fn walk_call(&mut self, call: &ExprCall, kind: &Kind, node: NodeId) {
        match self.values.model.callee(call, &|expr| self.values.infer.of(expr)) {
            Callee::Function(def) => {
                let summary = self.model.summary(def);
                self.take(&summary, &self.values.arguments(call));
            }
            Callee::Builtin(entry) | Callee::Module(entry) | Callee::Method { entry, .. } => {
                if matches!(kind, Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader) {
                    self.effects.world.add(World::READS_FILES);
                    if !self.rely(Assumption::FilesReadWithoutErrors) || !matches!(kind, Kind::File(_)) {
                        self.raises(node);
                    }
                }
                for (at, argument) in call.arguments.args.iter().enumerate() {
                    if entry.keeps.iter().any(|which| which.covers(Some(at), None)) {
                        self.walk(argument);
                    }
                }
                if entry.name == "iter" && call.arguments.args.len() == 2 {
                    self.call_value(&call.arguments.args[0]);
                }
                self.called_arguments(entry, call);
            }
            _ => {}
        }
    }

    fn walk_unknown(&mut self, node: NodeId) {
        self.effects.reads.add(&Objects::outer());
        self.raises(node);
        if !self.rely(Assumption::IterationIsPure) {
            self.effects.walks_unknown = self.effects.walks_unknown.or(Some(node));
        }
    }

    fn call(&mut self, call: &ExprCall, node: NodeId) {
        match &*call.func {
            Expr::Attribute(attribute) => self.expr(&attribute.value),
            func => self.expr(func),
        }
        for argument in &call.arguments.args {
            self.expr(argument);
        }
        for keyword in &call.arguments.keywords {
            self.expr(&keyword.value);
        }
        match self.model.callee(call, &|expr| self.values.infer.of(expr)) {
            Callee::Builtin(entry) | Callee::Module(entry) => {
                self.rely_on_module(node);
                self.known(entry, call, node, false);
            }
            Callee::Method { entry, assumed, .. } => {
                if assumed {
                    self.rely(Assumption::KnownMethodNames);
                }
                self.known(entry, call, node, assumed);
            }
            Callee::Function(def) => {
                self.rely_on_module(node);
                let lazy = self.model.body_of_def(def).is_none_or(|body| body.is_generator);
                if !lazy {
                    let summary = self.model.summary(def);
                    self.take(&summary, &self.values.arguments(call));
                }
            }
            Callee::Class(def) if self.model.is_record(def) || self.model.is_plain_class(def) => {
                self.rely_on_module(node);
            }
            Callee::Lambda(_) => self.call_value(&call.func),
            Callee::Pure => self.raises(node),
            Callee::Class(_) | Callee::Unknown => self.anything(node),
        }
    }

    /// A name of a builtin, a library or this module means what it says.
    fn rely_on_module(&mut self, node: NodeId) {
        if !self.rely(Assumption::ModuleNotPatched) {
            self.anything(node);
        }
    }

    /// Takes over the effects of a function of this module that is called with `arguments`.
    fn take(&mut self, summary: &Effects, arguments: &Objects) {
        let mut summary = summary.clone();
        let reachable = self.values.heap.reachable(arguments);
        if summary.reads.has_outer() {
            summary.reads.add(&reachable);
        }
        if summary.writes.has_outer() {
            summary.writes.add(&reachable);
        }
        if summary.walks_unknown.is_some() || summary.wants.contains(Assumption::IterationIsPure) {
            self.walk_lazy(&reachable, NodeId::ROOT);
        }
        self.effects.add(&summary);
    }

    /// A call that stands in the tables.
    fn known(&mut self, entry: &Call, call: &ExprCall, node: NodeId, assumed: bool) {
        let receiver = self.values.receiver(call);
        let arguments = self.values.arguments(call);
        let everything = self.values.heap.reachable(&arguments.clone().union(&receiver));
        self.effects.reads.add(&everything);
        if entry.mutates_receiver {
            self.effects.writes.add(&receiver);
        }
        if entry.raises {
            self.raises(node);
        }
        if entry.reads_this_file && !self.rely(Assumption::FilesReadWithoutErrors) {
            self.raises(node);
        }
        if entry.stop && call.arguments.args.len() < 2 {
            self.effects.stops = Some(node);
        }
        self.world(entry, call, node);
        let builtin = |expr: &Expr| self.kind(expr).is_builtin();
        if !assumed
            && !call
                .arguments
                .args
                .iter()
                .chain(call.arguments.keywords.iter().map(|k| &k.value))
                .all(builtin)
        {
            self.operators();
        }
        for (at, argument) in call.arguments.args.iter().enumerate() {
            let covers = |list: &[crate::table::Which]| list.iter().any(|which| which.covers(Some(at), None));
            // `max(a, b)` compares, `max(xs)` walks.
            let walked = covers(&entry.drains)
                && (!matches!(entry.name, "min" | "max") || call.arguments.args.len() == 1);
            if walked || covers(&entry.extends) {
                self.walk(argument);
            }
            if covers(&entry.mutates) {
                let changed = self.values.of(argument);
                self.effects.writes.add(&changed);
                if entry.name == "next" {
                    self.walk(argument);
                }
            }
        }
        // What keeps its arguments calls them when it is walked.
        if entry.keeps.is_empty() {
            self.called_arguments(entry, call);
        }
    }

    fn called_arguments(&mut self, entry: &Call, call: &ExprCall) {
        for (at, argument) in call.arguments.args.iter().enumerate() {
            if entry.calls.iter().any(|which| which.covers(Some(at), None))
                && !self.kind(argument).is_scalar()
            {
                self.call_value(argument);
            }
        }
        for keyword in &call.arguments.keywords {
            let name = keyword.arg.as_deref();
            if entry.calls.iter().any(|which| which.covers(None, name)) {
                self.call_value(&keyword.value);
            }
        }
    }

    fn world(&mut self, entry: &Call, call: &ExprCall, node: NodeId) {
        let mut world = World::NOTHING;
        if entry.output {
            world.add(World::OUTPUT);
            if entry.name == "print" && call.arguments.find_keyword("file").is_some() {
                world = World::EVERYTHING;
                self.effects.writes.add(&self.values.arguments(call));
            }
        }
        if entry.input {
            world.add(World::INPUT);
        }
        if entry.world {
            world.add(World::OTHER);
        }
        if entry.identity {
            world.add(World::IDENTITY);
        }
        let opens = matches!(self.values.infer.of_call_kind(call), Kind::File(_))
            && entry.reads_files
            && !entry.reads_this_file;
        if opens {
            self.effects.opens.push(node);
            world.add(World::READS_FILES);
            if !opens_for_reading(call) {
                world.add(World::WRITES_FILES);
            }
        } else {
            if entry.reads_files || entry.reads_this_file {
                world.add(World::READS_FILES);
            }
            if entry.writes_files {
                world.add(World::WRITES_FILES);
            }
        }
        self.effects.world.add(world);
    }

    /// Calling a value with arguments from outside. What the value has hold
    /// of (the receiver of a bound method) may be read and changed.
    fn call_value(&mut self, func: &Expr) {
        self.read_deep(func);
        match self.model.callee_of_value(func, &|expr| self.values.infer.of(expr)) {
            Callee::Lambda(_) => {
                if let Expr::Lambda(lambda) = func {
                    self.expr(&lambda.body);
                }
            }
            Callee::Function(def) => {
                let summary = self.model.summary(def);
                self.effects.add(&summary);
                self.rely_on_module(self.id(func));
            }
            Callee::Builtin(entry) | Callee::Module(entry) | Callee::Method { entry, .. } => {
                if !matches!(func, Expr::Attribute(_)) {
                    self.rely_on_module(self.id(func));
                }
                let pure = !entry.mutates_receiver
                    && entry.mutates.is_empty()
                    && !(entry.output
                        || entry.input
                        || entry.world
                        || entry.reads_files
                        || entry.writes_files);
                if pure {
                    self.operators();
                    self.effects.reads.add(&Objects::outer());
                    if entry.raises {
                        self.raises(self.id(func));
                    }
                    if entry.identity {
                        self.effects.world.add(World::IDENTITY);
                    }
                } else {
                    self.call_anything(func);
                }
            }
            Callee::Class(def) if self.model.is_record(def) => self.rely_on_module(self.id(func)),
            Callee::Pure => self.raises(self.id(func)),
            _ if self.model.makes_getter(func) => {
                self.effects.reads.add(&Objects::outer());
                self.effects.attr_reads.add(&Names::everything());
                self.raises(self.id(func));
                self.operators();
                if !self.rely(Assumption::AttributeReadsArePure) {
                    self.anything(self.id(func));
                }
            }
            _ if matches!(func, Expr::NoneLiteral(_)) => {}
            _ => self.call_anything(func),
        }
    }

    fn call_anything(&mut self, func: &Expr) {
        let held = self.values.heap.reachable(&self.values.of(func));
        self.effects.writes.add(&held);
        self.walk_lazy(&held, self.id(func));
        self.anything(self.id(func));
    }
}

fn is_zero(number: &ast::Number) -> bool {
    match number {
        ast::Number::Int(value) => value.as_u64() == Some(0),
        ast::Number::Float(value) => *value == 0.0,
        ast::Number::Complex { real, imag } => *real == 0.0 && *imag == 0.0,
    }
}

/// Whether a call of `open` says that the file is only read.
fn opens_for_reading(call: &ExprCall) -> bool {
    match call.arguments.find_argument_value("mode", 1) {
        None => true,
        Some(Expr::StringLiteral(mode)) => !mode.value.to_str().contains(['w', 'a', 'x', '+']),
        Some(_) => false,
    }
}
