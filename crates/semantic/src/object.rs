//! Which objects a value may be: a small points-to analysis of one body.
//!
//! An object is either *outer* (a parameter, a global, a result of unknown
//! code: anything) or the one made at a *site* in this body (a display, a
//! comprehension, a call that makes something new). Contents of objects are
//! one set per site (Andersen's inclusion constraints, 1994, without fields),
//! solved by iteration. An object escapes where unknown code gets hold of it.

use rustc_hash::FxHashMap;
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, ExprLambda, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::infer::{Infer, Kinds};
use crate::model::Callee;
use crate::scope::{Resolved, SymbolId};
use crate::table::Call;
use crate::{Kind, Model};

/// A set of objects of one body. The number 0 is everything from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects(Vec<u64>);

impl Objects {
    pub fn outer() -> Self {
        Self(vec![1])
    }

    fn one(object: usize) -> Self {
        let mut set = Self::default();
        set.insert(object);
        set
    }

    fn insert(&mut self, object: usize) -> bool {
        let (word, bit) = (object / 64, 1 << (object % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }

    /// Adds all of `other`; says whether that changed anything.
    pub fn add(&mut self, other: &Self) -> bool {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let mut changed = false;
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            changed |= *b & !*a != 0;
            *a |= b;
        }
        changed
    }

    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        self.add(other);
        self
    }

    /// Takes the private objects of `other` out.
    pub fn remove(&mut self, other: &Self) {
        for (at, (a, b)) in self.0.iter_mut().zip(&other.0).enumerate() {
            *a &= !(if at == 0 { *b & !1 } else { *b });
        }
    }

    pub fn has_outer(&self) -> bool {
        self.0.first().is_some_and(|word| word & 1 != 0)
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.0.len() * 64).filter(|object| self.0[object / 64] & (1 << (object % 64)) != 0)
    }
}

/// The solved constraints of one body.
#[derive(Debug, Default)]
pub struct Heap {
    sites: Vec<NodeId>,
    number: FxHashMap<NodeId, usize>,
    of_symbol: FxHashMap<SymbolId, Objects>,
    /// The same for each place that binds the variable.
    of_binding: FxHashMap<NodeId, Objects>,
    contents: Vec<Objects>,
    /// For the object of a reader, the one that stands for all rows it makes.
    rows: FxHashMap<usize, usize>,
    /// Objects and the places where unknown code gets hold of them.
    escapes: Vec<(usize, NodeId)>,
    /// Some outer value is put where outer code finds it, or returned.
    pub leaks_outer: bool,
    pub returns_outer: bool,
}

/// With more sites than this in one body, everything is outer.
const MAX_SITES: usize = 2048;

impl Heap {
    /// The node that makes an object; `None` for the outer one.
    pub fn site(&self, object: usize) -> Option<NodeId> {
        object.checked_sub(1).map(|at| self.sites[at])
    }

    /// The object that is made at `node`.
    pub fn object_at(&self, node: NodeId) -> Option<Objects> {
        self.number.get(&node).map(|number| Objects::one(*number))
    }

    /// What the objects of `set` hold.
    pub fn contents(&self, set: &Objects) -> Objects {
        let mut all = Objects::default();
        for object in set.iter() {
            all.add(&self.contents[object]);
        }
        all
    }

    /// What walking the objects of `set` yields: what they hold, but for
    /// readers the rows that they make.
    pub fn yields(&self, set: &Objects) -> Objects {
        let mut all = Objects::default();
        for object in set.iter() {
            match self.rows.get(&object) {
                Some(row) => all.insert(*row),
                None => all.add(&self.contents[object]),
            };
        }
        all
    }

    /// The objects of `set` but for readers, which nothing keeps that drains them.
    fn without_readers(&self, set: &Objects) -> Objects {
        let mut rest = Objects::default();
        for object in set.iter().filter(|object| !self.rows.contains_key(object)) {
            rest.insert(object);
        }
        rest
    }

    /// The objects of `set`, what they hold, what that holds...
    pub fn reachable(&self, set: &Objects) -> Objects {
        let mut all = set.clone();
        while all.add(&self.contents(&all)) {}
        all
    }

    /// Where unknown code gets hold of any of the objects.
    pub fn escapes_of<'a>(&'a self, set: &'a Objects) -> impl Iterator<Item = NodeId> + 'a {
        self.escapes
            .iter()
            .filter(|(object, _)| self.reachable(&Objects::one(*object)).overlaps(set))
            .map(|(_, node)| *node)
    }

    /// The objects a variable may be bound to where it is used.
    fn of_use(&self, kinds: &Kinds, symbol: SymbolId, name: NodeId) -> Objects {
        match kinds.bindings_of_use(name) {
            Some(bindings) => bindings.iter().fold(Objects::default(), |all, binding| {
                all.union(self.of_binding.get(binding).unwrap_or(&Objects::outer()))
            }),
            None => self.of_symbol(symbol),
        }
    }

    /// The objects a variable may be bound to.
    pub fn of_symbol(&self, symbol: SymbolId) -> Objects {
        self.of_symbol.get(&symbol).cloned().unwrap_or_else(Objects::outer)
    }

    /// Adds to what a variable may be bound to at `binding`; `None` when it is
    /// no variable of this body.
    fn bind(&mut self, symbol: Option<SymbolId>, binding: NodeId, set: &Objects) -> Option<bool> {
        let known = self.of_symbol.get_mut(&symbol?)?;
        let changed = known.add(set);
        let here = self.of_binding.get_mut(&binding).is_some_and(|here| here.add(set));
        Some(changed || here)
    }
}

/// Solves the constraints of the nodes of one body.
pub fn solve(model: &Model<'_>, kinds: &Kinds, symbols: &[SymbolId], nodes: &[NodeId]) -> Heap {
    let mut heap = Heap { contents: vec![Objects::outer()], ..Heap::default() };
    for node in nodes {
        if matches!(model.tree.node(*node), Node::Expr(expr) if makes_object(expr)) {
            heap.sites.push(*node);
            heap.number.insert(*node, heap.sites.len());
            heap.contents.push(Objects::default());
        }
        if let Node::Expr(Expr::Call(call)) = model.tree.node(*node)
            && matches!((Infer { model, kinds }).of_call_kind(call), Kind::CsvReader | Kind::CsvDictReader)
        {
            heap.rows.insert(heap.sites.len(), heap.sites.len() + 1);
            heap.sites.push(model.tree.id(&call.arguments));
            heap.contents.push(Objects::default());
        }
    }
    let too_many = heap.sites.len() > MAX_SITES;
    for symbol in symbols {
        let data = model.scopes.symbol(*symbol);
        let foreign = too_many || data.rebound_elsewhere || data.is_global || data.is_nonlocal;
        let outside = foreign || data.is_parameter;
        heap.of_symbol.insert(*symbol, if outside { Objects::outer() } else { Objects::default() });
        if !foreign {
            // What binds a parameter is the call.
            let given = |binding: &NodeId| data.is_parameter && !is_bound_here(model, *binding);
            heap.of_binding.extend(data.bindings.iter().map(|binding| {
                (*binding, if given(binding) { Objects::outer() } else { Objects::default() })
            }));
        }
    }
    if !too_many {
        let mut solver = Solver { model, infer: Infer { model, kinds }, heap, changed: true };
        while std::mem::take(&mut solver.changed) {
            for node in nodes {
                solver.node(*node);
            }
            for symbol in symbols {
                solver.captured(*symbol);
            }
        }
        heap = solver.heap;
    }
    heap
}

/// Whether a statement of the body binds a name, not the list of parameters.
fn is_bound_here(model: &Model<'_>, binding: NodeId) -> bool {
    let parent = model.tree.parent(binding).map(|parent| model.tree.node(parent));
    !matches!(parent, Some(Node::Part(AnyNodeRef::Parameter(_))))
}

/// Expressions that may make a new object with contents or a position.
fn makes_object(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Set(_)
            | Expr::Dict(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_)
            | Expr::Call(_)
            | Expr::BinOp(_)
            | Expr::Subscript(_)
            | Expr::Starred(_)
    )
}

/// Looks values up in a heap.
#[derive(Clone, Copy)]
pub struct Values<'a, 'm> {
    pub model: &'a Model<'m>,
    pub infer: Infer<'a, 'm>,
    pub heap: &'a Heap,
}

impl Values<'_, '_> {
    /// The objects that `expr` may evaluate to; none for scalars.
    pub fn of(&self, expr: &Expr) -> Objects {
        if self.infer.of(expr).is_scalar() {
            return Objects::default();
        }
        let site = || self.heap.object_at(self.model.tree.id(expr)).unwrap_or_else(Objects::outer);
        match expr {
            Expr::Name(name) => match self.model.scopes.resolve(self.model.tree.id(name)) {
                Resolved::Builtin => Objects::default(),
                Resolved::Local(symbol) | Resolved::Free(symbol) | Resolved::Global(symbol) => {
                    if self.model.holds_nothing(symbol) {
                        Objects::default()
                    } else {
                        self.heap.of_use(self.infer.kinds, symbol, self.model.tree.id(name))
                    }
                }
            },
            Expr::Named(named) => self.of(&named.value),
            Expr::Starred(starred) => self.of(&starred.value),
            Expr::If(choice) => self.of(&choice.body).union(&self.of(&choice.orelse)),
            Expr::BoolOp(op) => {
                op.values.iter().fold(Objects::default(), |all, value| all.union(&self.of(value)))
            }
            Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Set(_)
            | Expr::Dict(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_) => site(),
            Expr::Lambda(_) => Objects::default(),
            Expr::Subscript(subscript) if matches!(&*subscript.slice, Expr::Slice(_)) => {
                match self.infer.of(&subscript.value) {
                    Kind::List(_) => site(),
                    _ => self.of(&subscript.value).union(&site()),
                }
            }
            Expr::Subscript(subscript) => self.heap.contents(&self.of(&subscript.value)),
            // A bound method has hold of its receiver.
            Expr::Attribute(attribute) => {
                let base = self.of(&attribute.value);
                self.heap.contents(&base).union(&base).union(&Objects::outer())
            }
            Expr::BinOp(op) => match self.infer.of(expr) {
                Kind::Unknown => self.of(&op.left).union(&self.of(&op.right)).union(&Objects::outer()),
                _ => site(),
            },
            Expr::UnaryOp(_) | Expr::Compare(_) => match self.infer.of(expr) {
                Kind::Unknown => Objects::outer(),
                _ => Objects::default(),
            },
            Expr::Call(call) => self.of_call(call, site()),
            _ => Objects::outer(),
        }
    }

    fn of_call(&self, call: &ExprCall, site: Objects) -> Objects {
        let arguments = || self.arguments(call);
        match self.model.callee(call, &|expr| self.infer.of(expr)) {
            Callee::Builtin(entry) | Callee::Module(entry) | Callee::Method { entry, .. } => {
                if entry.element {
                    let all = arguments().union(&self.receiver(call));
                    return self.heap.contents(&all).union(&all);
                }
                match self.infer.of_call_kind(call) {
                    Kind::Unknown if !entry.fresh && !entry.shares => {
                        arguments().union(&site).union(&Objects::outer())
                    }
                    _ => site,
                }
            }
            Callee::Function(def) => {
                if self.model.summary_shape(def).returns_outer {
                    self.heap.reachable(&arguments()).union(&site).union(&Objects::outer())
                } else {
                    site
                }
            }
            Callee::Class(def) if self.model.is_record(def) => site,
            Callee::Pure => site.union(&Objects::outer()),
            _ => Objects::outer(),
        }
    }

    pub fn arguments(&self, call: &ExprCall) -> Objects {
        call.arguments
            .args
            .iter()
            .chain(call.arguments.keywords.iter().map(|keyword| &keyword.value))
            .fold(Objects::default(), |all, argument| all.union(&self.of(argument)))
    }

    pub fn receiver(&self, call: &ExprCall) -> Objects {
        match &*call.func {
            // A function of a module has no receiver.
            Expr::Attribute(attribute) if self.model.qualified(&call.func).is_none() => {
                self.of(&attribute.value)
            }
            _ => Objects::default(),
        }
    }
}

struct Solver<'a, 'm> {
    model: &'a Model<'m>,
    infer: Infer<'a, 'm>,
    heap: Heap,
    changed: bool,
}

impl Solver<'_, '_> {
    fn values(&self) -> Values<'_, '_> {
        Values { model: self.model, infer: self.infer, heap: &self.heap }
    }

    fn of(&self, expr: &Expr) -> Objects {
        self.values().of(expr)
    }

    fn items(&self, expr: &Expr) -> Objects {
        self.heap.yields(&self.of(expr))
    }

    fn hold(&mut self, holder: &Objects, held: &Objects, node: NodeId) {
        for object in holder.iter() {
            if object == 0 {
                self.escape(held, node);
            } else {
                self.changed |= self.heap.contents[object].add(held);
            }
        }
    }

    /// Stores into the value of an expression. What has no objects of its own
    /// (a function, a class) is seen by everybody.
    fn store(&mut self, holder: &Expr, held: &Objects, node: NodeId) {
        let holder = self.of(holder);
        if holder.is_empty() {
            self.escape(held, node);
        }
        self.hold(&holder, held, node);
    }

    /// A result of unknown shape: whatever can be got out of it, at any depth,
    /// is itself or one of `held`.
    fn hold_deep(&mut self, site: NodeId, held: &Objects) {
        if let Some(own) = self.heap.object_at(site) {
            let held = self.heap.reachable(held).union(&own);
            self.hold(&own, &held, site);
        }
    }

    fn hold_at(&mut self, site: NodeId, held: &Objects) {
        if let Some(holder) = self.heap.object_at(site) {
            self.hold(&holder, held, site);
        }
    }

    fn escape(&mut self, set: &Objects, node: NodeId) {
        if set.has_outer() && !self.heap.leaks_outer {
            self.heap.leaks_outer = true;
        }
        for object in set.iter().filter(|object| *object != 0) {
            if !self.heap.escapes.contains(&(object, node)) {
                self.heap.escapes.push((object, node));
                // What escaped may be filled with anything from then on.
                self.heap.contents[object].add(&Objects::outer());
                self.changed = true;
            }
        }
    }

    /// Closures may run whenever unknown code runs: what they see has escaped.
    fn captured(&mut self, symbol: SymbolId) {
        for node in self.model.captures(symbol).iter().copied() {
            let set = self.heap.of_symbol(symbol);
            self.escape(&set, node);
        }
    }

    fn bind(&mut self, target: &Expr, set: &Objects) {
        let node = self.model.tree.id(target);
        match target {
            Expr::Name(name) => {
                let symbol = self.model.scopes.resolve(self.model.tree.id(name)).symbol();
                match self.heap.bind(symbol, node, set) {
                    Some(changed) => self.changed |= changed,
                    None => self.escape(set, node),
                }
            }
            Expr::Tuple(tuple) => self.bind_all(&tuple.elts, set),
            Expr::List(list) => self.bind_all(&list.elts, set),
            // A new list of the items.
            Expr::Starred(starred) => {
                self.hold_at(node, set);
                let list = self.heap.object_at(node).unwrap_or_else(Objects::outer);
                self.bind(&starred.value, &list);
            }
            Expr::Attribute(attribute) => self.store(&attribute.value, set, node),
            Expr::Subscript(subscript) => {
                // `xs[:] = VALUE` puts the items of it there.
                let mut held = self.of(&subscript.slice).union(set);
                if matches!(&*subscript.slice, Expr::Slice(_)) {
                    held.add(&self.heap.contents(set));
                }
                self.store(&subscript.value, &held, node);
            }
            _ => self.escape(set, node),
        }
    }

    fn bind_all(&mut self, targets: &[Expr], set: &Objects) {
        let items = self.heap.yields(set);
        for target in targets {
            self.bind(target, &items);
        }
    }

    fn node(&mut self, id: NodeId) {
        match self.model.tree.node(id) {
            Node::Expr(expr) => self.expr(id, expr),
            Node::Stmt(stmt) => self.stmt(id, stmt),
            Node::Part(AnyNodeRef::Comprehension(clause)) => {
                let items = if clause.is_async { Objects::outer() } else { self.items(&clause.iter) };
                self.bind(&clause.target, &items);
            }
            Node::Part(AnyNodeRef::WithItem(item)) => {
                if let Some(target) = &item.optional_vars {
                    let set = match self.infer.of(&item.context_expr) {
                        Kind::File(_) => self.of(&item.context_expr),
                        _ => self.of(&item.context_expr).union(&Objects::outer()),
                    };
                    self.bind(target, &set);
                }
            }
            // Captures of patterns and exceptions: anything.
            Node::Part(AnyNodeRef::Identifier(_)) => {
                let symbol = self.model.scopes.resolve(id).symbol();
                self.changed |= self.heap.bind(symbol, id, &Objects::outer()).unwrap_or_default();
            }
            Node::Part(AnyNodeRef::MatchCase(_)) => {
                if let Some(Node::Stmt(Stmt::Match(stmt))) =
                    self.model.tree.parent(id).map(|p| self.model.tree.node(p))
                {
                    let set = self.of(&stmt.subject);
                    let set = self.heap.reachable(&set);
                    self.escape(&set, id);
                }
            }
            Node::Part(_) => {}
        }
    }

    fn stmt(&mut self, id: NodeId, stmt: &Stmt) {
        match stmt {
            Stmt::Assign(stmt) => {
                let set = self.of(&stmt.value);
                for target in &stmt.targets {
                    self.bind(target, &set);
                }
            }
            Stmt::AnnAssign(stmt) => {
                if let Some(value) = &stmt.value {
                    let set = self.of(value);
                    self.bind(&stmt.target, &set);
                }
            }
            Stmt::AugAssign(stmt) => {
                let value = self.of(&stmt.value);
                let holder = self.of(&stmt.target);
                let held = self.heap.contents(&value).union(&value);
                self.hold(&holder, &held, id);
                let result = match self.infer.of(&stmt.target) {
                    Kind::Unknown => holder.union(&value).union(&Objects::outer()),
                    _ => holder,
                };
                self.bind(&stmt.target, &result);
            }
            Stmt::For(stmt) => {
                let items = if stmt.is_async { Objects::outer() } else { self.items(&stmt.iter) };
                self.bind(&stmt.target, &items);
            }
            Stmt::Return(stmt) => {
                if let Some(value) = &stmt.value {
                    let set = self.of(value);
                    self.heap.returns_outer |= self.heap.reachable(&set).has_outer();
                }
            }
            Stmt::Raise(stmt) => {
                for value in [&stmt.exc, &stmt.cause].into_iter().flatten() {
                    let set = self.of(value);
                    self.escape(&set, id);
                }
            }
            // What a definition is given (defaults, bases, decorators) is kept by it.
            Stmt::FunctionDef(def) => {
                for default in def.parameters.iter_non_variadic_params().filter_map(|p| p.default.as_deref())
                {
                    self.given(default, id);
                }
            }
            Stmt::ClassDef(class) => {
                if let Some(arguments) = class.arguments.as_deref() {
                    for argument in arguments.args.iter().chain(arguments.keywords.iter().map(|k| &k.value)) {
                        self.given(argument, id);
                    }
                }
            }
            _ => {}
        }
    }

    fn given_to_lambda(&mut self, lambda: &ExprLambda, id: NodeId) {
        let parameters = lambda.parameters.iter().flat_map(|p| p.iter_non_variadic_params());
        for default in parameters.filter_map(|p| p.default.as_deref()) {
            self.given(default, id);
        }
    }

    fn given(&mut self, expr: &Expr, node: NodeId) {
        let set = self.of(expr);
        self.escape(&set, node);
    }

    fn expr(&mut self, id: NodeId, expr: &Expr) {
        match expr {
            Expr::Lambda(lambda) => self.given_to_lambda(lambda, id),
            Expr::List(list) => self.display(id, &list.elts),
            Expr::Tuple(tuple) => self.display(id, &tuple.elts),
            Expr::Set(set) => self.display(id, &set.elts),
            Expr::Dict(dict) => {
                for item in &dict.items {
                    let mut held = self.of(&item.value);
                    match &item.key {
                        Some(key) => {
                            held.add(&self.of(key));
                        }
                        None => held = self.heap.contents(&held),
                    }
                    self.hold_at(id, &held);
                }
            }
            Expr::ListComp(comp) => self.display(id, std::slice::from_ref(&*comp.elt)),
            Expr::SetComp(comp) => self.display(id, std::slice::from_ref(&*comp.elt)),
            Expr::DictComp(comp) => {
                let mut held = self.of(&comp.value);
                if let Some(key) = &comp.key {
                    held.add(&self.of(key));
                }
                self.hold_at(id, &held);
            }
            Expr::Generator(comp) => {
                self.display(id, std::slice::from_ref(&*comp.elt));
                self.refers(id);
            }
            Expr::Named(named) => {
                let set = self.of(&named.value);
                self.bind(&named.target, &set);
            }
            Expr::Yield(inner) => {
                if let Some(value) = &inner.value {
                    let set = self.of(value);
                    self.escape(&set, id);
                }
            }
            Expr::YieldFrom(inner) => {
                let set = self.of(&inner.value);
                self.escape(&set, id);
            }
            Expr::Await(inner) => {
                let set = self.of(&inner.value);
                self.escape(&set, id);
            }
            Expr::BinOp(op) => {
                let operands = self.of(&op.left).union(&self.of(&op.right));
                let held = self.heap.contents(&operands);
                self.hold_at(id, &held);
            }
            Expr::Subscript(subscript) if matches!(&*subscript.slice, Expr::Slice(_)) => {
                let held = self.items(&subscript.value);
                self.hold_at(id, &held);
            }
            Expr::Call(call) => self.call(id, call),
            _ => {}
        }
    }

    fn display(&mut self, id: NodeId, elements: &[Expr]) {
        for element in elements {
            let held = match element {
                Expr::Starred(starred) => self.items(&starred.value),
                element => self.of(element),
            };
            self.hold_at(id, &held);
        }
    }

    /// A generator holds all that its body names.
    fn refers(&mut self, id: NodeId) {
        for inner in self.model.tree.subtree(id) {
            if let Node::Expr(name @ Expr::Name(_)) = self.model.tree.node(inner) {
                let held = self.of(name);
                self.hold_at(id, &held);
            }
        }
    }

    fn call(&mut self, id: NodeId, call: &ExprCall) {
        let arguments = self.values().arguments(call);
        let receiver = self.values().receiver(call);
        match self.model.callee(call, &|expr| self.infer.of(expr)) {
            Callee::Builtin(entry) | Callee::Module(entry) | Callee::Method { entry, .. } => {
                let mut stored = Objects::default();
                for (at, argument) in call.arguments.args.iter().enumerate() {
                    let covers =
                        |list: &[crate::table::Which]| list.iter().any(|which| which.covers(Some(at), None));
                    if covers(&entry.stores) {
                        stored.add(&self.of(argument));
                    }
                    if covers(&entry.extends) {
                        stored.add(&self.items(argument));
                        // `d.update(pairs)` stores what the pairs hold.
                        let items = self.items(argument);
                        stored.add(&self.heap.contents(&items));
                    }
                }
                self.hold(&receiver, &stored, id);
                let all = arguments.clone().union(&receiver);
                for (at, argument) in call.arguments.args.iter().enumerate() {
                    // `heappush(heap, item)`
                    if entry.mutates.iter().any(|which| which.covers(Some(at), None)) {
                        let changed = self.of(argument);
                        self.hold(&changed, &all, id);
                    }
                }
                if self.hands_on(entry, call) {
                    let all = self.heap.reachable(&all);
                    self.escape(&all, id);
                }
                if matches!(self.infer.of_call_kind(call), Kind::File(_)) {
                    // A file holds nothing of its path, but `gzip.open` may wrap another file.
                    let held = self.wrapped_files(call);
                    self.hold_at(id, &held);
                } else if entry.keeps_shape() {
                    let mut held = self.heap.yields(&arguments).union(&self.heap.contents(&receiver));
                    if !entry.keeps.is_empty() || entry.view {
                        held.add(&all);
                    } else if entry.shares {
                        held.add(&self.heap.without_readers(&arguments));
                        held.add(&receiver);
                    }
                    self.hold_at(id, &held);
                } else {
                    self.hold_deep(id, &all);
                }
            }
            Callee::Function(def) => {
                let shape = self.model.summary_shape(def);
                if shape.leaks_outer {
                    self.escape(&arguments, id);
                }
                self.hold_deep(id, &arguments.union(&Objects::outer()));
            }
            Callee::Class(def) if self.model.is_record(def) => self.hold_at(id, &arguments),
            Callee::Pure => self.hold_deep(id, &arguments.union(&Objects::outer())),
            _ => {
                let all = arguments.union(&receiver).union(&self.of(&call.func));
                let all = self.heap.reachable(&all);
                self.escape(&all, id);
            }
        }
    }

    fn wrapped_files(&self, call: &spacetime_syntax::ast::ExprCall) -> Objects {
        let files =
            call.arguments.args.iter().filter(|argument| matches!(self.infer.of(argument), Kind::File(_)));
        files.fold(Objects::default(), |all, file| all.union(&self.of(file)))
    }

    /// Whether a function that is handed to a library call (`map(FUNCTION, xs)`)
    /// may keep what it is called with.
    fn hands_on(&self, entry: &Call, call: &ExprCall) -> bool {
        let calls = |at, name| entry.calls.iter().any(|which| which.covers(at, name));
        let arguments = call.arguments.args.iter().enumerate();
        arguments.filter(|(at, _)| calls(Some(*at), None)).any(|(_, argument)| self.keeps(argument))
            || call.arguments.keywords.iter().any(|keyword| {
                keyword.arg.as_deref().is_some_and(|name| calls(None, Some(name)))
                    && self.keeps(&keyword.value)
            })
    }

    /// Whether calling the value of `func` may put its arguments somewhere.
    fn keeps(&self, func: &Expr) -> bool {
        let kind = |expr: &Expr| self.infer.of(expr);
        if kind(func).is_scalar() {
            return false; // `None`, or text where `re.sub` takes a function as well
        }
        match self.model.callee_of_value(func, &kind) {
            Callee::Builtin(entry) | Callee::Module(entry) | Callee::Method { entry, .. } => {
                entry.puts_away()
            }
            Callee::Function(def) => self.model.summary_shape(def).leaks_outer,
            Callee::Class(def) => !self.model.is_record(def),
            Callee::Pure => false,
            // Only calls can store anything within an expression.
            Callee::Lambda(id) => {
                self.model.tree.subtree(id).any(|inner| match self.model.tree.node(inner) {
                    Node::Expr(Expr::Call(call)) => match self.model.callee(call, &kind) {
                        Callee::Builtin(entry) | Callee::Module(entry) | Callee::Method { entry, .. } => {
                            entry.puts_away()
                        }
                        Callee::Pure => false,
                        _ => true,
                    },
                    Node::Expr(Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_)) => true,
                    _ => false,
                })
            }
            Callee::Unknown => !self.model.makes_getter(func),
        }
    }
}
