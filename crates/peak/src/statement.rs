//! Statements: branches are all taken and what they leave is joined.

use std::collections::BTreeMap;

use spacetime_syntax::ast::{self, Expr, Operator, Stmt};

use crate::heap::{Code, FREE, Shape, Value};
use crate::machine::{Machine, Put};

type Variables = BTreeMap<String, Value>;

impl<'m> Machine<'m> {
    pub fn block(&mut self, statements: &'m [Stmt]) {
        for statement in statements {
            if self.is_tired() || self.frame().ended {
                return;
            }
            self.statement(statement);
            self.spend(1);
            let line = self.line(self.tree.id(statement));
            self.look(line);
        }
    }

    // tidy: long because it has one arm for each kind of statement.
    fn statement(&mut self, statement: &'m Stmt) {
        let mark = self.held.len();
        match statement {
            Stmt::Expr(stmt) => drop(self.eval(&stmt.value)),
            Stmt::Assign(stmt) => {
                let value = self.eval(&stmt.value);
                for target in &stmt.targets {
                    self.bind(target, &value);
                }
            }
            Stmt::AnnAssign(stmt) => {
                if let Some(value) = &stmt.value {
                    let value = self.eval(value);
                    self.bind(&stmt.target, &value);
                }
            }
            Stmt::AugAssign(stmt) => self.augment(stmt),
            Stmt::For(stmt) => self.for_loop(stmt),
            Stmt::While(stmt) => {
                let node = self.tree.id(stmt);
                self.begin_loop(node, None);
                self.twice(|machine| {
                    machine.eval(&stmt.test);
                    machine.block(&stmt.body);
                });
                self.loops.pop();
                self.block(&stmt.orelse);
            }
            Stmt::If(stmt) => self.branches(stmt),
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    let value = self.eval(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.bind(target, &value);
                    }
                    self.held.push(value);
                }
                self.block(&stmt.body);
            }
            Stmt::Try(stmt) => self.try_statement(stmt),
            Stmt::Match(stmt) => {
                self.eval(&stmt.subject);
                let blocks = stmt.cases.iter().map(|case| &case.body[..]).collect();
                self.alternatives(blocks, true);
            }
            Stmt::Return(stmt) => {
                let value = stmt.value.as_deref().map_or(Value::free(), |value| self.eval(value));
                self.leave(&value);
            }
            Stmt::Raise(_) => self.frame().ended = true,
            Stmt::Delete(stmt) => {
                for target in &stmt.targets {
                    if let Expr::Name(name) = target {
                        self.frame().variables.remove(name.id.as_str());
                    }
                }
            }
            Stmt::FunctionDef(def) => {
                let node = self.tree.id(def);
                let value = self.code(node, 0, Code::Function(node));
                self.store(def.name.as_str(), value);
            }
            Stmt::ClassDef(class) => {
                let node = self.tree.id(class);
                let value = self.code(node, 0, Code::Class(node));
                self.store(class.name.as_str(), value);
            }
            Stmt::Import(stmt) => {
                for alias in &stmt.names {
                    let full = alias.name.as_str();
                    let (bound, module) = match &alias.asname {
                        Some(name) => (name.as_str(), full),
                        None => {
                            (full.split('.').next().unwrap_or(full), full.split('.').next().unwrap_or(full))
                        }
                    };
                    let node = self.tree.id(alias);
                    let value = self.code(node, 0, Code::Library(module.to_owned()));
                    self.store(bound, value);
                }
            }
            Stmt::ImportFrom(stmt) => {
                let module = stmt.module.as_ref().map_or("", |module| module.as_str());
                for alias in &stmt.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    let node = self.tree.id(alias);
                    let value = self.code(node, 0, Code::Library(format!("{module}.{}", alias.name)));
                    self.store(bound.as_str(), value);
                }
            }
            Stmt::Global(stmt) => {
                let names: Vec<String> = stmt.names.iter().map(ToString::to_string).collect();
                self.frame().globals.extend(names);
            }
            _ => {}
        }
        self.held.truncate(mark);
    }

    /// Returns a value from the function that runs.
    fn leave(&mut self, value: &Value) {
        self.changed |= self.frame().returns.join(value);
        let frame = self.frame();
        frame.ended = true;
        let (name, loops) = (format!("{}()", frame.name), frame.loops);
        if frame.function.is_some() {
            self.give_names();
            let mut todo: Vec<(usize, String)> = value
                .iter()
                .filter(|object| *object != FREE && self.heap[*object].loops.len() <= loops)
                .map(|object| (object, name.clone()))
                .collect();
            let mut budget = 64;
            while let Some((object, name)) = todo.pop() {
                budget -= 1;
                if object != FREE && budget > 0 && self.heap[object].name.is_none() {
                    self.name(object, &name, &mut todo);
                }
            }
        }
    }

    pub fn store(&mut self, name: &str, value: Value) {
        let global = self.frame().globals.contains(name);
        let frame = if global { &mut self.frames[0] } else { self.frame() };
        frame.variables.insert(name.to_owned(), value);
        self.changed = true;
    }

    fn augment(&mut self, stmt: &'m ast::StmtAugAssign) {
        let value = self.eval(&stmt.value);
        let target = self.eval(&stmt.target);
        let mut fresh = false;
        for object in target.iter() {
            let this = &self.heap[object];
            if this.is_container() && this.shape != Shape::Tuple && stmt.op == Operator::Add {
                let items = self.walk(&value, self.tree.id(&*stmt.value));
                self.put(object, Put::Grown, &items);
            } else {
                fresh = true;
            }
        }
        if fresh || target.is_empty() {
            let node = self.tree.id(stmt);
            let result = self.arithmetic(node, &target, &value, stmt.op);
            self.bind(&stmt.target, &result);
        }
    }

    fn for_loop(&mut self, stmt: &'m ast::StmtFor) {
        let iterable = self.eval(&stmt.iter);
        self.held.push(iterable.clone());
        let count = self.length(&iterable);
        let node = self.tree.id(stmt);
        self.begin_loop(node, count);
        self.twice(|machine| {
            let item = machine.walk(&iterable, machine.tree.id(&*stmt.iter));
            machine.bind(&stmt.target, &item);
            machine.block(&stmt.body);
        });
        self.loops.pop();
        self.block(&stmt.orelse);
    }

    /// Runs the body of a loop twice: what the first turn leaves, the second meets.
    fn twice(&mut self, mut body: impl FnMut(&mut Self)) {
        let before = self.frame().variables.clone();
        for _ in 0..2 {
            body(self);
            self.frame().ended = false;
        }
        self.join(&before);
    }

    fn join(&mut self, other: &Variables) {
        let frame = self.frame();
        for (name, value) in other {
            frame.variables.entry(name.clone()).or_default().join(value);
        }
    }

    fn branches(&mut self, stmt: &'m ast::StmtIf) {
        self.eval(&stmt.test);
        let mut blocks: Vec<&'m [Stmt]> = vec![&stmt.body];
        let mut open = true;
        for clause in &stmt.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.eval(test);
            } else {
                open = false;
            }
            blocks.push(&clause.body);
        }
        self.alternatives(blocks, open);
    }

    /// Runs blocks of which one is chosen; `open` means that none may be.
    fn alternatives(&mut self, blocks: Vec<&'m [Stmt]>, open: bool) {
        let before = self.frame().variables.clone();
        let mut after: Vec<Variables> = if open { vec![before.clone()] } else { Vec::new() };
        for block in blocks {
            self.frame().variables = before.clone();
            self.block(block);
            let frame = self.frame();
            if !std::mem::take(&mut frame.ended) {
                after.push(std::mem::take(&mut frame.variables));
            }
        }
        let mut after = after.into_iter();
        match after.next() {
            Some(first) => self.frame().variables = first,
            None => {
                self.frame().variables = before;
                self.frame().ended = true;
            }
        }
        for other in after {
            self.join(&other);
        }
    }

    fn try_statement(&mut self, stmt: &'m ast::StmtTry) {
        self.block(&stmt.body);
        let ended = std::mem::take(&mut self.frame().ended);
        let handlers = stmt.handlers.iter().map(|handler| {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            &handler.body[..]
        });
        if ended {
            self.alternatives(handlers.collect(), stmt.handlers.is_empty());
        } else {
            self.alternatives(handlers.collect(), true);
            self.block(&stmt.orelse);
        }
        let ended = ended && stmt.handlers.is_empty() || self.frame().ended;
        self.frame().ended = false;
        self.block(&stmt.finalbody);
        self.frame().ended |= ended;
    }

    /// Gives a value to a target.
    pub fn bind(&mut self, target: &'m Expr, value: &Value) {
        match target {
            Expr::Name(name) => self.store(name.id.as_str(), value.clone()),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                for (at, target) in elts.iter().enumerate() {
                    let node = self.tree.id(target);
                    if let Expr::Starred(starred) = target {
                        let list = self.make(node, 1, Shape::List);
                        let items = self.walk(value, node);
                        self.put(list, Put::Item, &items);
                        self.bind(&starred.value, &Value::one(list));
                    } else {
                        let part = self.element(value, at, node);
                        self.bind(target, &part);
                    }
                }
            }
            Expr::Attribute(attribute) => {
                let owner = self.eval(&attribute.value);
                for object in owner.iter().filter(|object| *object != FREE) {
                    self.put(object, Put::Field(attribute.attr.as_str()), value);
                }
            }
            Expr::Subscript(subscript) => {
                let owner = self.eval(&subscript.value);
                self.held.push(owner.clone());
                let key = self.eval(&subscript.slice);
                for object in owner.iter().filter(|object| *object != FREE) {
                    self.put_at(object, &subscript.slice, &key, value);
                }
            }
            _ => {}
        }
    }

    /// `container[key] = value`
    fn put_at(&mut self, container: usize, slice: &Expr, key: &Value, value: &Value) {
        match (&self.heap[container].shape, slice) {
            (Shape::Dict, Expr::StringLiteral(text)) if !self.heap[container].grown => {
                self.put(container, Put::Field(text.value.to_str()), value);
            }
            (Shape::Dict | Shape::Spilled { .. }, _) => {
                self.put(container, Put::Key, key);
                self.put(container, Put::Grown, value);
            }
            (Shape::Opaque, _) => {}
            _ => self.put(container, Put::Item, value),
        }
    }
}
