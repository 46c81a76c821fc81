//! Collects the constraints of one body, statement by statement, until
//! nothing changes.

use super::{Heap, MAX_SITES, Objects, Values};
use crate::infer::{Infer, Kinds};
use crate::model::Callee;
use crate::scope::SymbolId;
use crate::table::Call;
use crate::{Assumption, Kind, Model};
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, ExprLambda, Stmt};
use spacetime_syntax::{Node, NodeId};

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
                self.operated(id, &[&stmt.target, &stmt.value]);
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

    // tidy: long because it has one arm for each kind of node.
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
                // The items are handed out, and not what yields them.
                let set = match (&*inner.value, self.infer.of(&inner.value)) {
                    (_, Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader) => self.items(&inner.value),
                    (value, _) => self.of(value),
                };
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
                self.operated(id, &[&op.left, &op.right]);
            }
            Expr::Compare(compare) => {
                let sides: Vec<&Expr> = std::iter::once(&*compare.left).chain(&compare.comparators).collect();
                self.operated(id, &sides);
            }
            Expr::Subscript(subscript) if matches!(&*subscript.slice, Expr::Slice(_)) => {
                let held = self.items(&subscript.value);
                self.hold_at(id, &held);
            }
            Expr::Call(call) => self.call(id, call),
            _ => {}
        }
    }

    /// Operators of unknown types are calls, unless they are taken to be pure.
    fn operated(&mut self, id: NodeId, operands: &[&Expr]) {
        let assumed = self.model.settings.assumptions.contains(Assumption::OperatorsArePure);
        if assumed || operands.iter().all(|operand| self.infer.of(operand).is_builtin()) {
            return;
        }
        for operand in operands {
            let set = self.of(operand);
            let set = self.heap.reachable(&set);
            self.escape(&set, id);
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

    // tidy: long because it has one arm for each kind of callee.
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
            Callee::Function(def) | Callee::OwnMethod(def) => {
                let shape = self.model.summary_shape(def);
                let given = arguments.union(&receiver);
                if shape.leaks_outer {
                    self.escape(&given, id);
                }
                self.hold_deep(id, &given.union(&Objects::outer()));
            }
            Callee::Class(def) if self.model.is_record(def) => self.hold_at(id, &arguments),
            Callee::Pure => self.hold_deep(id, &arguments.union(&Objects::outer())),
            _ => {
                let all = arguments.union(&receiver).union(&self.of(&call.func));
                let all = self.heap.reachable(&all);
                self.escape(&all, id);
                // What is unknown while the module is being worked out may be a known call later.
                self.hold_deep(id, &all.union(&Objects::outer()));
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
            Callee::Function(def) | Callee::OwnMethod(def) => self.model.summary_shape(def).leaks_outer,
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
