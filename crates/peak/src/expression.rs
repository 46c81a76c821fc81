//! Expressions: what they make, and what they hold while they make it.

use spacetime_semantic::Size;
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{self, Expr, Number, Operator};

use crate::heap::{Code, Length, Ref, Shape, Value};
use crate::machine::{Machine, Put};
use crate::quantity;

/// A page of a list on disk, unpacked.
const PAGE: u32 = 64 << 10;

impl<'m> Machine<'m> {
    /// Evaluates an expression; what it holds meanwhile is let go, except by its value.
    pub fn eval(&mut self, expr: &'m Expr) -> Value {
        self.spend(1);
        if self.is_tired() {
            return Value::none();
        }
        let mark = self.held.len();
        let value = self.eval_held(expr);
        self.held.truncate(mark);
        value
    }

    // tidy: long because it has one arm for each kind of expression.
    fn eval_held(&mut self, expr: &'m Expr) -> Value {
        let node = self.tree.id(expr);
        match expr {
            Expr::Name(name) => {
                let found = self.look_up(name.id.as_str());
                found.unwrap_or_else(|| self.code(node, 0, Code::Library(format!("builtins.{}", name.id))))
            }
            Expr::FString(text) => {
                for part in text.value.elements() {
                    if let ast::InterpolatedStringElement::Interpolation(part) = part {
                        self.eval(&part.expression);
                    }
                }
                self.value(node, 0, Shape::Text)
            }
            Expr::BinOp(op) => {
                let left = self.eval(&op.left);
                self.held.push(left.clone());
                let right = self.eval(&op.right);
                self.arithmetic(node, &left, &right, op.op)
            }
            Expr::UnaryOp(op) => {
                let value = self.eval(&op.operand);
                let float = value.iter().any(|object| self.heap[object].shape == Shape::Float);
                match op.op {
                    ast::UnaryOp::Not => Value::free(),
                    _ if op.operand.is_literal_expr() => Value::free(),
                    _ => self.value(node, 0, if float { Shape::Float } else { Shape::Int }),
                }
            }
            Expr::BoolOp(op) => self.any_of(&op.values),
            Expr::If(choice) => {
                self.eval(&choice.test);
                let mut value = self.eval(&choice.body);
                value.join(&self.eval(&choice.orelse));
                value
            }
            Expr::Compare(compare) => {
                self.eval(&compare.left);
                for side in &compare.comparators {
                    self.eval(side);
                }
                Value::free()
            }
            Expr::Lambda(_) => self.code(node, 0, Code::Function(node)),
            Expr::Named(named) => {
                let value = self.eval(&named.value);
                self.bind(&named.target, &value);
                value
            }
            Expr::List(ast::ExprList { elts, .. }) => self.display(node, Shape::List, elts),
            Expr::Set(ast::ExprSet { elts, .. }) => self.display(node, Shape::Set, elts),
            Expr::Tuple(ast::ExprTuple { elts, .. }) => self.tuple(node, elts),
            Expr::Dict(dict) => self.dict(node, dict),
            Expr::ListComp(comp) => self.comprehension(node, Shape::List, &comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.comprehension(node, Shape::Set, &comp.generators, &[&comp.elt]),
            Expr::Generator(comp) => self.comprehension(node, Shape::Stream, &comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => {
                let key = comp.key.as_deref();
                let parts: Vec<&'m Expr> = key.into_iter().chain([&*comp.value]).collect();
                self.comprehension(node, Shape::Dict, &comp.generators, &parts)
            }
            Expr::Call(call) => self.call(call),
            Expr::Attribute(attribute) => {
                let owner = self.eval(&attribute.value);
                self.attribute(node, &owner, attribute.attr.as_str())
            }
            Expr::Subscript(subscript) => {
                let owner = self.eval(&subscript.value);
                self.held.push(owner.clone());
                let key = self.eval(&subscript.slice);
                self.subscript(node, &owner, &subscript.slice, &key)
            }
            Expr::Starred(starred) => self.eval(&starred.value),
            Expr::Await(wait) => self.eval(&wait.value),
            Expr::Yield(given) => {
                let value = given.value.as_deref().map_or(Value::free(), |value| self.eval(value));
                self.changed |= self.frame().yields.join(&value);
                Value::free()
            }
            Expr::YieldFrom(given) => {
                let source = self.eval(&given.value);
                self.held.push(source.clone());
                let items = self.walk(&source, node);
                self.changed |= self.frame().yields.join(&items);
                Value::free()
            }
            _ => Value::free(),
        }
    }

    fn any_of(&mut self, parts: &'m [Expr]) -> Value {
        let mut value = Value::none();
        for part in parts {
            let part = self.eval(part);
            value.join(&part);
        }
        value
    }

    pub fn arithmetic(&mut self, node: NodeId, left: &Value, right: &Value, op: Operator) -> Value {
        let shapes: Vec<Shape> =
            left.iter().chain(right.iter()).map(|o| self.heap[o].shape.clone()).collect();
        let has = |shape: &Shape| shapes.contains(shape);
        let sequence = [Shape::List, Shape::Tuple, Shape::Set].into_iter().find(has);
        if let Some(shape) = sequence {
            let result = self.make(node, 0, shape.clone());
            let (mut total, mut known) = (Size::zero(), op == Operator::Add);
            for side in [left, right] {
                let items = self.walk(side, node);
                self.put(result, Put::Item, &items);
                match self.length(side) {
                    Some(length) => total = total.plus(&length),
                    None => known = false,
                }
            }
            let result = Value::one(result);
            if known {
                self.set_length(&result, Some(total));
            }
            return result;
        }
        let text = has(&Shape::Text) && matches!(op, Operator::Add | Operator::Mult | Operator::Mod);
        let float = op == Operator::Div || has(&Shape::Float);
        if left.alternatives() + right.alternatives() == 0 && op != Operator::Div {
            // Numbers out of the code, as counters begin: what they become is small.
            return Value::one(self.make(node, 0, Shape::Int));
        }
        if text {
            let is_large = left.iter().chain(right.iter()).any(|side| self.heap[side].is_large);
            return self.whole_text(node, is_large);
        }
        self.value(node, 0, if float { Shape::Float } else { Shape::Int })
    }

    fn display(&mut self, node: NodeId, shape: Shape, elements: &'m [Expr]) -> Value {
        let object = self.make(node, 0, shape);
        let mut starred = false;
        for element in elements {
            let value = self.eval(element);
            let value = if element.is_starred_expr() {
                starred = true;
                self.walk(&value, self.tree.id(element))
            } else {
                value
            };
            self.put(object, Put::Item, &value);
            self.held.push(value);
        }
        if !self.heap[object].grown && !starred {
            self.heap[object].length = Length::Known(Size::number(elements.len() as f64));
        }
        Value::one(object)
    }

    fn tuple(&mut self, node: NodeId, elements: &'m [Expr]) -> Value {
        if elements.iter().all(Expr::is_literal_expr) {
            return Value::free();
        }
        if elements.iter().any(Expr::is_starred_expr) {
            return self.display(node, Shape::Tuple, elements);
        }
        let mut values = Vec::new();
        for element in elements {
            let value = self.eval(element);
            self.held.push(value.clone());
            values.push(value);
        }
        Value::one(self.tuple_of(node, 0, &values))
    }

    pub fn tuple_of(&mut self, node: NodeId, tag: u8, values: &[Value]) -> Ref {
        let object = self.make(node, tag, Shape::Tuple);
        for (at, value) in values.iter().enumerate() {
            self.put(object, Put::Field(&at.to_string()), value);
        }
        self.heap[object].length = Length::Known(Size::number(values.len() as f64));
        object
    }

    fn dict(&mut self, node: NodeId, dict: &'m ast::ExprDict) -> Value {
        let object = self.make(node, 0, Shape::Dict);
        for item in &dict.items {
            let value = self.eval(&item.value);
            match &item.key {
                Some(Expr::StringLiteral(key)) => self.put(object, Put::Field(key.value.to_str()), &value),
                Some(key) => {
                    let key = self.eval(key);
                    self.put(object, Put::Key, &key);
                    self.put(object, Put::Item, &value);
                }
                None => {
                    let items = self.walk(&value, node);
                    self.put(object, Put::Grown, &items);
                }
            }
            self.held.push(value);
        }
        if !self.heap[object].grown {
            self.heap[object].length = Length::Known(Size::number(dict.items.len() as f64));
        }
        Value::one(object)
    }

    // tidy: long because its loops are begun, run and ended in one place.
    #[expect(clippy::needless_pass_by_value, reason = "it is made for the call, and read several times")]
    fn comprehension(
        &mut self,
        node: NodeId,
        shape: Shape,
        clauses: &'m [ast::Comprehension],
        parts: &[&'m Expr],
    ) -> Value {
        let result = self.make(node, 0, shape.clone());
        let mut saved: Vec<(String, Option<Value>)> = Vec::new();
        let mut total = Some(Size::number(1.0));
        let mut begun = 0;
        let mut sources = Value::none();
        for clause in clauses {
            let iterable = self.eval(&clause.iter);
            self.held.push(iterable.clone());
            sources.join(&iterable);
            let count = self.length(&iterable);
            total = total.zip(count.clone()).map(|(total, count)| total.times(&count));
            let clause_node = self.tree.id(&clause.target);
            for name in names(&clause.target) {
                saved.push((name.to_owned(), self.frame().variables.get(name).cloned()));
            }
            self.begin_loop(clause_node, count);
            begun += 1;
            let item = self.walk(&iterable, self.tree.id(&clause.iter));
            self.bind(&clause.target, &item);
            for test in &clause.ifs {
                self.eval(test);
            }
        }
        let values: Vec<Value> = parts.iter().map(|part| self.eval(part)).collect();
        let filtered = clauses.iter().any(|clause| !clause.ifs.is_empty());
        for _ in 0..begun {
            self.loops.pop();
        }
        for (name, value) in saved.into_iter().rev() {
            match value {
                Some(value) => drop(self.frame().variables.insert(name, value)),
                None => drop(self.frame().variables.remove(&name)),
            }
        }
        match &values[..] {
            [key, value] => {
                self.put(result, Put::Key, key);
                self.put(result, Put::Item, value);
            }
            [value] => self.put(result, Put::Item, value),
            _ => {}
        }
        if shape == Shape::Stream {
            self.put(result, Put::Field("source"), &sources);
        }
        let exact = !filtered && matches!(shape, Shape::List | Shape::Stream);
        self.heap[result].filled = true;
        self.heap[result].length = match total {
            Some(total) if exact => Length::Known(total),
            bound => Length::Open(bound),
        };
        self.changed = true;
        let line = self.line(node);
        self.held.push(Value::one(result));
        self.look(line);
        Value::one(result)
    }

    pub fn attribute(&mut self, node: NodeId, owner: &Value, name: &str) -> Value {
        let mut result = Value::none();
        for object in owner.iter() {
            match self.heap[object].shape.clone() {
                Shape::Free => {
                    result.join(&Value::free());
                }
                Shape::Code(Code::Library(path)) => {
                    let value = self.code(node, 0, Code::Library(format!("{path}.{name}")));
                    result.join(&value);
                }
                Shape::Opaque => {
                    let part = self.part(object, node);
                    result.join(&part);
                }
                Shape::Code(Code::Class(class)) => {
                    if let Some(method) = self.method_of(class, name) {
                        let value = self.code(method, 0, Code::Function(method));
                        result.join(&value);
                    }
                }
                Shape::Record { class, .. } if !self.heap[object].fields.contains_key(name) => {
                    if let Some(method) = self.method_of(class, name) {
                        let value = self.code(node, 1, Code::Method(method, Value::one(object)));
                        result.join(&value);
                    }
                }
                _ => {
                    let this = &self.heap[object];
                    let place = this.names.iter().position(|known| known == name).map(|at| at.to_string());
                    if let Some(value) = this.fields.get(place.as_deref().unwrap_or(name)).cloned() {
                        result.join(&value);
                    }
                }
            }
        }
        result
    }

    /// A part of an unknown object.
    pub fn part(&mut self, object: Ref, node: NodeId) -> Value {
        let part = self.make(node, 7, Shape::Opaque);
        self.heap[part].within = Some(object);
        if !self.heap[part].owners.contains(&object) {
            self.heap[part].owners.push(object);
        }
        Value::one(part)
    }

    fn subscript(&mut self, node: NodeId, owner: &Value, slice: &'m Expr, key: &Value) -> Value {
        let mut result = Value::none();
        for object in owner.iter() {
            let shape = self.heap[object].shape.clone();
            let value = match (&shape, slice) {
                (Shape::Opaque, _) => self.part(object, node),
                (Shape::Text, Expr::Slice(_)) => self.value(node, 0, Shape::Text),
                (Shape::List | Shape::Tuple | Shape::Spilled { .. }, Expr::Slice(slice)) => {
                    self.slice(node, object, &shape, slice)
                }
                (Shape::Dict, Expr::StringLiteral(name))
                    if self.heap[object].fields.contains_key(name.value.to_str()) =>
                {
                    self.heap[object].fields[name.value.to_str()].clone()
                }
                (Shape::Tuple, _) => match constant(slice) {
                    Some(at) => self.element(&Value::one(object), at, node),
                    None => self.walk(&Value::one(object), node),
                },
                (Shape::Dict, Expr::StringLiteral(_)) if self.is_row(object) => {
                    self.position(object, 0, node)
                }
                (Shape::Dict | Shape::Spilled { .. }, _) => {
                    self.fill(object, node, key);
                    self.values_of(object)
                }
                (Shape::List | Shape::Deque, _) => match constant(slice) {
                    Some(at) => self.position(object, at, node),
                    None => self.heap[object].items.clone(),
                },
                _ => Value::free(),
            };
            result.join(&value);
        }
        result
    }

    /// What a `defaultdict` does when a key is asked for.
    pub fn fill(&mut self, object: Ref, node: NodeId, key: &Value) {
        let factory = self.heap[object].factory.clone();
        if factory.is_empty() {
            return;
        }
        self.begin_loop(node, None);
        let made = self.apply(node, &factory, &[]);
        self.loops.pop();
        self.put(object, Put::Key, key);
        self.put(object, Put::Grown, &made);
    }

    /// The values of a dict, constant keys and all; the items of anything else.
    pub fn values_of(&self, object: Ref) -> Value {
        let this = &self.heap[object];
        let mut values = this.items.clone();
        for value in this.fields.values() {
            values.join(value);
        }
        values
    }

    fn slice(&mut self, node: NodeId, object: Ref, shape: &Shape, slice: &'m ast::ExprSlice) -> Value {
        // A slice of what is on disk shares its pages.
        let shape = match shape {
            Shape::Tuple => Shape::Tuple,
            Shape::Spilled { takes, .. } => Shape::Spilled { limit: PAGE, takes: *takes },
            _ => Shape::List,
        };
        let items = self.values_of(object);
        let length = match self.span(slice) {
            Some(span) => Some(span),
            None => self.length(&Value::one(object)),
        };
        let result = self.make(node, 0, shape);
        self.put(result, Put::Item, &items);
        self.heap[result].length = Length::Open(length);
        Value::one(result)
    }

    /// How many items a slice takes at most, if its bounds tell.
    fn span(&mut self, slice: &'m ast::ExprSlice) -> Option<Size> {
        let upper = slice.upper.as_deref()?;
        let Some(lower) = slice.lower.as_deref() else { return self.number(upper) };
        let text = |expr: &Expr| self.tree.module().slice(expr);
        // `xs[i:i + 3]`, `xs[i - 3:i]`
        let width = match (lower, upper) {
            (_, Expr::BinOp(sum)) if sum.op == Operator::Add && text(&sum.left) == text(lower) => &sum.right,
            (Expr::BinOp(rest), _) if rest.op == Operator::Sub && text(&rest.left) == text(upper) => {
                &rest.right
            }
            _ => return Some(self.number(upper)?.plus(&self.number(lower)?.scaled(-1.0))),
        };
        self.number(width)
    }

    /// The item at a place, as unpacking gives it.
    pub fn element(&mut self, value: &Value, at: usize, node: NodeId) -> Value {
        let mut result = Value::none();
        for object in value.iter() {
            let found = match &self.heap[object].shape {
                Shape::Tuple => {
                    let field = self.heap[object].fields.get(&at.to_string()).cloned();
                    field.unwrap_or_else(|| self.position(object, at, node))
                }
                Shape::List => self.position(object, at, node),
                _ => self.walk(&Value::one(object), node),
            };
            result.join(&found);
        }
        result
    }

    /// Whether something is one of many collections of single values, as lines of
    /// tables are: each position of them is a thing of its own.
    fn is_row(&self, object: Ref) -> bool {
        let this = &self.heap[object];
        let single = |item: Ref| matches!(self.heap[item].shape, Shape::Text | Shape::Int | Shape::Float);
        !this.loops.is_empty() && !this.items.is_empty() && this.items.iter().all(single)
    }

    /// What is at one position of a list.
    fn position(&mut self, object: Ref, at: usize, node: NodeId) -> Value {
        let items = self.heap[object].items.clone();
        let Some(item) = items.iter().next().filter(|_| self.is_row(object)) else { return items };
        let shape = self.heap[item].shape.clone();
        let part = self.make(node, 16 + (at % 200) as u8, shape);
        self.heap[part].within = Some(item);
        Value::one(part)
    }

    /// What walking a value gives.
    pub fn walk(&mut self, value: &Value, node: NodeId) -> Value {
        let mut result = Value::none();
        for object in value.iter() {
            let found = match self.heap[object].shape.clone() {
                Shape::Dict if !self.heap[object].fields.is_empty() => {
                    let mut keys = Value::free();
                    keys.join(&self.heap[object].keys.clone());
                    keys
                }
                Shape::Dict => self.heap[object].keys.clone(),
                Shape::Spilled { .. } if !self.heap[object].keys.is_empty() => self.heap[object].keys.clone(),
                Shape::Tuple => self.values_of(object),
                Shape::File => self.value(node, 2, Shape::Text),
                Shape::Rows { dicts } => {
                    let row = self.make(node, 3, if dicts { Shape::Dict } else { Shape::List });
                    let texts = self.make_each(node, 4, Shape::Text, None);
                    self.put(row, Put::Item, &texts);
                    self.heap[row].grown = true;
                    self.heap[row].length = Length::Open(Some(Size::number(quantity::FEW)));
                    Value::one(row)
                }
                Shape::Zip => {
                    let parts: Vec<Value> = self.heap[object].fields.values().cloned().collect();
                    let parts: Vec<Value> = parts.iter().map(|part| self.walk(part, node)).collect();
                    // What it is walked for takes its items out again.
                    let tuple = self.tuple_of(node, 5, &[]);
                    for (at, part) in parts.iter().enumerate() {
                        self.heap[tuple].fields.entry(at.to_string()).or_default().join(part);
                    }
                    self.heap[tuple].length = Length::Known(Size::number(parts.len() as f64));
                    Value::one(tuple)
                }
                Shape::Opaque => self.part(object, node),
                Shape::Free | Shape::Code(_) | Shape::Text => Value::free(),
                _ => self.heap[object].items.clone(),
            };
            result.join(&found);
        }
        result
    }

    /// A number as a formula, where it is made of lengths and numbers of the program.
    pub fn number(&mut self, expr: &'m Expr) -> Option<Size> {
        match expr {
            Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(value), .. }) => {
                value.as_u64().map(|value| Size::number(value as f64))
            }
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "len") => {
                let value = self.eval(call.arguments.args.first()?);
                self.length(&value)
            }
            Expr::BinOp(op) => {
                let (left, right) = (self.number(&op.left)?, self.number(&op.right)?);
                match op.op {
                    Operator::Add => Some(left.plus(&right)),
                    Operator::Sub => Some(left.plus(&right.scaled(-1.0))),
                    Operator::Mult => Some(left.times(&right)),
                    _ => None,
                }
            }
            Expr::Attribute(attribute) => {
                let owner = self.number(&attribute.value)?;
                Some(Size::quantity(format!("{}.{}", owner.sole_quantity()?, attribute.attr)))
            }
            Expr::Name(name) => {
                let name = name.id.as_str();
                let frame = self.frames.iter().rev().find(|frame| frame.variables.contains_key(name))?;
                let value = &frame.variables[name];
                let lasting = value.iter().all(|object| self.heap[object].loops.len() <= frame.loops);
                (lasting && !value.is_empty()).then(|| Size::quantity(frame.qualified(name)))
            }
            _ => None,
        }
    }
}

/// The variables that a target binds.
fn names(target: &Expr) -> Vec<&str> {
    match target {
        Expr::Name(name) => vec![name.id.as_str()],
        Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
            elts.iter().flat_map(names).collect()
        }
        Expr::Starred(starred) => names(&starred.value),
        _ => Vec::new(),
    }
}

/// A constant index from the front.
fn constant(slice: &Expr) -> Option<usize> {
    match slice {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(value), .. }) => value.as_usize(),
        _ => None,
    }
}
