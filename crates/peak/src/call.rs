//! Calls: functions and classes of the module are followed, what the library makes
//! is known by name, and anything else gives an unknown object.

use std::collections::BTreeMap;

use spacetime_semantic::Size;
use spacetime_syntax::ast::{self, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::heap::{Code, FREE, Length, Ref, Shape, Value};
use crate::machine::{Machine, Put};

/// What a call passes.
#[derive(Clone, Debug, Default)]
pub struct Passed<'m> {
    pub values: Vec<Value>,
    pub named: Vec<(String, Value)>,
    /// The expressions of `values`, as far as they are written in the call.
    pub written: Vec<&'m Expr>,
}

impl Passed<'_> {
    pub fn at(&self, at: usize) -> Value {
        self.values.get(at).cloned().unwrap_or_default()
    }

    pub fn named(&self, name: &str) -> Option<&Value> {
        self.named.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }
}

impl<'m> Machine<'m> {
    pub fn call(&mut self, call: &'m ast::ExprCall) -> Value {
        let node = self.tree.id(call);
        let callee = match &*call.func {
            Expr::Attribute(attribute) => {
                let owner = self.eval(&attribute.value);
                self.held.push(owner.clone());
                let name = attribute.attr.as_str();
                let mut callee = self.attribute(self.tree.id(attribute), &owner, name);
                let others: Vec<Ref> =
                    owner.iter().filter(|object| self.has_builtin_methods(*object)).collect();
                for object in others {
                    let method = Code::Attribute(name.to_owned(), Value::one(object));
                    self.heap.push(crate::heap::Object::new(Shape::Code(method), node, Vec::new()));
                    callee.join(&Value::one(self.heap.len() - 1));
                }
                callee
            }
            func => self.eval(func),
        };
        let mark = self.held.len();
        let mut passed = Passed::default();
        for argument in &call.arguments.args {
            let value = self.eval(argument);
            let value = if argument.is_starred_expr() { self.walk(&value, node) } else { value };
            self.held.push(value.clone());
            passed.values.push(value);
            passed.written.push(argument);
        }
        for keyword in &call.arguments.keywords {
            let value = self.eval(&keyword.value);
            self.held.push(value.clone());
            if let Some(name) = &keyword.arg {
                passed.named.push((name.to_string(), value));
            }
        }
        let result = self.call_all(node, &callee, &passed, mark);
        self.held.push(result.clone());
        let line = self.line(node);
        self.look(line);
        result
    }

    /// Whether methods of an object are known by its shape.
    fn has_builtin_methods(&self, object: Ref) -> bool {
        match &self.heap[object].shape {
            Shape::Code(Code::TupleClass(_)) => true,
            Shape::Code(_) | Shape::Record { .. } => false,
            _ => true,
        }
    }

    /// Calls everything that the callee may be. What is held beyond `mark` are the
    /// arguments, which a function of the module takes over.
    fn call_all(&mut self, node: NodeId, callee: &Value, passed: &Passed<'m>, mark: usize) -> Value {
        let mut result = Value::none();
        for object in callee.iter() {
            let Shape::Code(code) = self.heap[object].shape.clone() else { continue };
            let one = match code {
                Code::Function(def) => {
                    self.held.truncate(mark);
                    self.call_function(node, def, passed, None)
                }
                Code::Method(def, owner) => {
                    self.held.truncate(mark);
                    self.call_function(node, def, passed, Some(owner))
                }
                Code::Class(class) => self.instance(node, class, passed),
                Code::TupleClass(names) => self.named_tuple(node, &names, &passed.values, &passed.named),
                Code::Library(path) => self.library(node, &path, passed),
                Code::Attribute(name, owner) => {
                    let object = owner.iter().next().unwrap_or(FREE);
                    self.method(node, object, &name, passed)
                }
            };
            result.join(&one);
        }
        if result.is_empty() && !callee.iter().any(|object| matches!(self.heap[object].shape, Shape::Code(_)))
        {
            return self.value(node, 9, Shape::Opaque);
        }
        result
    }

    /// Calls a value with values, as `map` or a key function does.
    pub fn apply(&mut self, node: NodeId, callee: &Value, values: &[Value]) -> Value {
        let passed = Passed { values: values.to_vec(), ..Passed::default() };
        let mark = self.held.len();
        self.call_all(node, callee, &passed, mark)
    }

    fn call_function(
        &mut self,
        node: NodeId,
        def: NodeId,
        passed: &Passed<'m>,
        owner: Option<Value>,
    ) -> Value {
        let (name, parameters) = match self.tree.node(def) {
            Node::Stmt(Stmt::FunctionDef(function)) => (self.full_name(def), Some(&*function.parameters)),
            Node::Expr(Expr::Lambda(lambda)) => ("lambda".to_owned(), lambda.parameters.as_deref()),
            _ => return Value::none(),
        };
        let mut variables = BTreeMap::new();
        if let Some(parameters) = parameters {
            self.bind_parameters(node, def, parameters, passed, owner, &mut variables);
        }
        let is_generator = self.is_generator(def);
        let Some(frame) = self.enter(def, node, name, variables) else {
            return self.value(node, 9, Shape::Opaque);
        };
        if is_generator {
            let stream = self.make(node, 8, Shape::Stream);
            self.put(stream, Put::Item, &frame.yields);
            // While it is walked, it holds its variables.
            for (variable, value) in &frame.variables {
                self.put(stream, Put::Field(variable), value);
            }
            return Value::one(stream);
        }
        if frame.returns.is_empty() { Value::free() } else { frame.returns }
    }

    fn bind_parameters(
        &mut self,
        node: NodeId,
        def: NodeId,
        parameters: &'m ast::Parameters,
        passed: &Passed<'m>,
        owner: Option<Value>,
        variables: &mut BTreeMap<String, Value>,
    ) {
        let is_static = self.has_decorator(def, "staticmethod");
        let owner = owner.filter(|_| !is_static);
        let mut values = owner.into_iter().chain(passed.values.iter().cloned());
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            let name = parameter.parameter.name.as_str();
            let value = values.next().or_else(|| passed.named(name).cloned());
            let value = match (value, parameter.default.as_deref()) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(default),
                (None, None) => Value::free(),
            };
            variables.insert(name.to_owned(), value);
        }
        for parameter in &parameters.kwonlyargs {
            let name = parameter.parameter.name.as_str();
            let value = match (passed.named(name), parameter.default.as_deref()) {
                (Some(value), _) => value.clone(),
                (None, Some(default)) => self.eval(default),
                (None, None) => Value::free(),
            };
            variables.insert(name.to_owned(), value);
        }
        if let Some(rest) = &parameters.vararg {
            let rest_values: Vec<Value> = values.collect();
            let tuple = self.tuple_of(node, 6, &rest_values);
            variables.insert(rest.name.to_string(), Value::one(tuple));
        }
    }

    fn has_decorator(&self, def: NodeId, name: &str) -> bool {
        let Node::Stmt(Stmt::FunctionDef(function)) = self.tree.node(def) else { return false };
        function
            .decorator_list
            .iter()
            .any(|one| matches!(&one.expression, Expr::Name(found) if found.id == name))
    }

    /// `Class.method`, `function`.
    fn full_name(&self, def: NodeId) -> String {
        let mut names: Vec<&str> = Vec::new();
        for node in std::iter::once(def).chain(self.tree.ancestors(def)) {
            match self.tree.node(node) {
                Node::Stmt(Stmt::FunctionDef(function)) => names.push(function.name.as_str()),
                Node::Stmt(Stmt::ClassDef(class)) => names.push(class.name.as_str()),
                _ => {}
            }
        }
        names.dedup();
        names.reverse();
        names.join(".")
    }

    fn is_generator(&self, def: NodeId) -> bool {
        self.tree.subtree(def).any(|node| {
            let inner = |outer: &NodeId| {
                matches!(
                    self.tree.node(*outer),
                    Node::Stmt(Stmt::FunctionDef(_)) | Node::Expr(Expr::Lambda(_))
                )
            };
            matches!(self.tree.node(node), Node::Expr(Expr::Yield(_) | Expr::YieldFrom(_)))
                && self.tree.ancestors(node).find(inner) == Some(def)
        })
    }

    pub fn method_of(&self, class: NodeId, name: &str) -> Option<NodeId> {
        let Node::Stmt(Stmt::ClassDef(class)) = self.tree.node(class) else { return None };
        class.body.iter().find_map(|stmt| match stmt {
            Stmt::FunctionDef(def) if def.name.as_str() == name => Some(self.tree.id(def)),
            _ => None,
        })
    }

    /// An instance of a class of the module.
    fn instance(&mut self, node: NodeId, class_node: NodeId, passed: &Passed<'m>) -> Value {
        let Node::Stmt(Stmt::ClassDef(class)) = self.tree.node(class_node) else { return Value::none() };
        let fields: Vec<String> = class
            .body
            .iter()
            .filter_map(|stmt| match stmt {
                Stmt::AnnAssign(field) => field.target.as_name_expr().map(|name| name.id.to_string()),
                _ => None,
            })
            .collect();
        let bases = class.arguments.as_deref().map_or(&[][..], |arguments| &arguments.args);
        let is_tuple = bases.iter().any(|base| {
            matches!(base, Expr::Name(name) if name.id == "NamedTuple")
                || matches!(base, Expr::Attribute(path) if path.attr.as_str() == "NamedTuple")
        });
        if is_tuple {
            return self.named_tuple(node, &fields, &passed.values, &passed.named);
        }
        let text = self.tree.module();
        let has_slots =
            class.body.iter().any(|stmt| {
                matches!(stmt, Stmt::Assign(assign) if assign.targets.iter().any(|target| {
                    matches!(target, Expr::Name(name) if name.id == "__slots__")
                }))
            }) || class.decorator_list.iter().any(|one| text.slice(&one.expression).contains("slots=True"));
        let is_data =
            class.decorator_list.iter().any(|one| text.slice(&one.expression).contains("dataclass"));
        let by_identity = !is_data && self.method_of(class_node, "__eq__").is_none();
        let object = self.make(node, 0, Shape::Record { class: class_node, slots: has_slots, by_identity });
        if let Some(init) = self.method_of(class_node, "__init__") {
            self.call_function(node, init, passed, Some(Value::one(object)));
        } else {
            for (at, name) in fields.iter().enumerate() {
                let value = passed.values.get(at).or_else(|| passed.named(name)).cloned();
                self.put(object, Put::Field(name), &value.unwrap_or_else(Value::free));
            }
        }
        Value::one(object)
    }

    pub fn named_tuple(
        &mut self,
        node: NodeId,
        names: &[String],
        values: &[Value],
        named: &[(String, Value)],
    ) -> Value {
        let object = self.make(node, 0, Shape::Tuple);
        for (at, name) in names.iter().enumerate() {
            let found = named.iter().find(|(found, _)| found == name).map(|(_, value)| value);
            if let Some(value) = values.get(at).or(found) {
                self.put(object, Put::Field(&at.to_string()), value);
            }
        }
        self.heap[object].length = Length::Known(Size::number(names.len() as f64));
        self.heap[object].names = names.to_vec();
        Value::one(object)
    }
}
