//! Methods of builtin types: what they make of the object and of what they are given.

use spacetime_semantic::Size;
use spacetime_syntax::NodeId;

use crate::call::Passed;
use crate::heap::{Code, FREE, Length, Ref, Shape, Value};
use crate::layout;
use crate::machine::{Machine, Put};

impl<'m> Machine<'m> {
    /// Calls a method of an object by the object's shape.
    pub fn method(&mut self, node: NodeId, object: Ref, name: &str, passed: &Passed<'m>) -> Value {
        match self.heap[object].shape.clone() {
            Shape::Code(Code::TupleClass(names)) if name == "_make" => {
                let items = self.walk(&passed.at(0), node);
                let values: Vec<Value> = (0..names.len())
                    .map(|at| {
                        let item = self.element(&passed.at(0), at, node);
                        if item.is_empty() { items.clone() } else { item }
                    })
                    .collect();
                self.named_tuple(node, &names, &values, &[])
            }
            Shape::Text | Shape::Free => self.text_method(node, object, name, passed),
            Shape::List | Shape::Deque | Shape::Set => self.list_method(node, object, name, passed),
            Shape::Spilled { .. } => {
                let dict = !self.heap[object].keys.is_empty()
                    || matches!(name, "setdefault" | "items" | "keys" | "values" | "get");
                if dict {
                    self.dict_method(node, object, name, passed)
                } else {
                    self.list_method(node, object, name, passed)
                }
            }
            Shape::Dict => self.dict_method(node, object, name, passed),
            Shape::File => self.file_method(node, name),
            Shape::Opaque | Shape::Rows { .. } => self.unknown_method(node, object, name),
            Shape::Record { .. } | Shape::Tuple => Value::free(),
            _ => match name {
                "sum" | "mean" => self.value(node, 0, Shape::Float),
                _ => Value::free(),
            },
        }
    }

    fn text_method(&mut self, node: NodeId, object: Ref, name: &str, passed: &Passed<'m>) -> Value {
        match name {
            "split" | "rsplit" => {
                let list = self.make(node, 0, Shape::List);
                self.heap[list].room = layout::SPLIT_ROOM;
                self.texts_into(node, list);
                Value::one(list)
            }
            "splitlines" => {
                let list = self.make(node, 0, Shape::List);
                self.heap[list].grown = true;
                self.texts_into(node, list);
                Value::one(list)
            }
            "partition" | "rpartition" => {
                let texts: Vec<Value> = (1..4).map(|tag| self.value(node, tag, Shape::Text)).collect();
                Value::one(self.tuple_of(node, 0, &texts))
            }
            "join" => {
                if let Some(source) = passed.values.first() {
                    self.drain_into_list(node, source);
                }
                self.whole_text(node, true)
            }
            "startswith" | "endswith" | "isdigit" | "isalpha" | "find" | "index" | "count" | "rfind" => {
                Value::free()
            }
            // These give back the text itself where there is nothing to do.
            "strip" | "lstrip" | "rstrip" if self.heap[object].shape == Shape::Free => Value::free(),
            _ => {
                let large = self.heap[object].is_large;
                self.whole_text(node, large)
            }
        }
    }

    pub fn whole_text(&mut self, node: NodeId, is_large: bool) -> Value {
        let text = self.make(node, 0, Shape::Text);
        self.heap[text].is_large = is_large;
        Value::one(text)
    }

    /// Fills a list with texts that are made for it.
    pub fn texts_into(&mut self, node: NodeId, list: Ref) {
        let texts = self.make_each(node, 1, Shape::Text, None);
        self.put(list, Put::Item, &texts);
    }

    /// A list of all of a stream, for as long as something is done with it.
    pub fn drain_into_list(&mut self, node: NodeId, source: &Value) {
        let lazy = source.iter().any(|object| matches!(self.heap[object].shape, Shape::Stream | Shape::Zip));
        if lazy {
            let list = self.list_from(node, 6, Shape::List, source);
            self.held.push(Value::one(list));
        }
    }

    /// A container made of what walking `source` gives.
    #[expect(clippy::needless_pass_by_value, reason = "it is made for the call, and read several times")]
    pub fn list_from(&mut self, node: NodeId, tag: u8, shape: Shape, source: &Value) -> Ref {
        let length = self.length(source);
        let object = self.make(node, tag, shape.clone());
        self.begin_loop(node, length.clone());
        let items = self.walk(source, node);
        self.loops.pop();
        self.put(object, Put::Item, &items);
        let exact = matches!(shape, Shape::List | Shape::Tuple | Shape::Deque | Shape::Spilled { .. });
        if !self.heap[object].grown {
            self.heap[object].length = match length {
                Some(length) if exact => Length::Known(length),
                bound => Length::Open(bound),
            };
        }
        object
    }

    fn list_method(&mut self, node: NodeId, object: Ref, name: &str, passed: &Passed<'m>) -> Value {
        match name {
            "append" | "add" | "appendleft" => {
                self.put(object, Put::Grown, &passed.at(0));
                Value::free()
            }
            "insert" => {
                self.put(object, Put::Grown, &passed.at(1));
                Value::free()
            }
            "extend" | "update" => {
                for value in &passed.values {
                    let items = self.walk(value, node);
                    self.put(object, Put::Grown, &items);
                }
                Value::free()
            }
            "pop" | "popleft" => self.heap[object].items.clone(),
            "sort" if matches!(self.heap[object].shape, Shape::Spilled { .. }) => {
                let sorter = self.sorter(node, &Value::one(object));
                self.held.push(Value::one(sorter));
                Value::free()
            }
            "sort" => {
                self.sort_scratch(node, &Value::one(object), passed);
                Value::free()
            }
            "copy" | "union" | "intersection" | "difference" => {
                let shape = self.heap[object].shape.clone();
                Value::one(self.list_from(node, 0, shape, &Value::one(object)))
            }
            _ => Value::free(),
        }
    }

    /// What sorting holds beside the list: keys, and half the pointers while merging
    /// (`listobject.c`: `MergeState`).
    pub fn sort_scratch(&mut self, node: NodeId, sorted: &Value, passed: &Passed<'m>) {
        let length = self.length(sorted);
        let scratch = self.make(node, 2, Shape::Scratch(4));
        self.heap[scratch].length = Length::Open(length.clone());
        self.held.push(Value::one(scratch));
        if let Some(function) = passed.named("key").cloned() {
            let keys = self.make(node, 3, Shape::List);
            self.begin_loop(node, length.clone());
            let item = self.walk(sorted, node);
            let key = self.apply(node, &function, &[item]);
            self.loops.pop();
            self.put(keys, Put::Item, &key);
            self.heap[keys].length = Length::Open(length);
            self.held.push(Value::one(keys));
        }
        let line = self.line(node);
        self.look(line);
    }

    // tidy: long because it has one arm for each method.
    fn dict_method(&mut self, node: NodeId, object: Ref, name: &str, passed: &Passed<'m>) -> Value {
        let view = |machine: &mut Self, fields: &[Value]| {
            let length = machine.length(&Value::one(object));
            let zip = machine.make(node, 0, if fields.len() > 1 { Shape::Zip } else { Shape::Stream });
            if let [one] = fields {
                machine.put(zip, Put::Item, one);
            } else {
                for (at, value) in fields.iter().enumerate() {
                    let part = machine.make(node, 1 + at as u8, Shape::Stream);
                    machine.put(part, Put::Item, value);
                    machine.put(zip, Put::Field(&at.to_string()), &Value::one(part));
                }
            }
            machine.put(zip, Put::Field("source"), &Value::one(object));
            machine.heap[zip].fields.retain(|name, _| name != "source" || fields.len() == 1);
            machine.set_length(&Value::one(zip), length);
            Value::one(zip)
        };
        match name {
            "get" | "pop" => {
                let mut values = self.values_of(object);
                values.join(&passed.at(1));
                if passed.values.len() < 2 {
                    values.join(&Value::free());
                }
                values
            }
            "setdefault" => {
                self.put(object, Put::Key, &passed.at(0));
                self.put(object, Put::Grown, &passed.at(1));
                self.values_of(object)
            }
            "append" => Value::free(),
            "items" => {
                let keys = self.walk(&Value::one(object), node);
                let values = self.values_of(object);
                view(self, &[keys, values])
            }
            "keys" => {
                let keys = self.walk(&Value::one(object), node);
                view(self, &[keys])
            }
            "values" => {
                let values = self.values_of(object);
                view(self, &[values])
            }
            "update" => {
                let source = passed.at(0);
                let keys = self.walk(&source, node);
                self.put(object, Put::Key, &keys);
                let values: Vec<Value> = source.iter().map(|one| self.values_of(one)).collect();
                for value in values {
                    self.put(object, Put::Grown, &value);
                }
                Value::free()
            }
            "most_common" => {
                let keys = self.walk(&Value::one(object), node);
                let values = self.values_of(object);
                let pair = self.tuple_of(node, 1, &[keys, values]);
                let list = self.make(node, 0, Shape::List);
                self.put(list, Put::Item, &Value::one(pair));
                let few = !passed.values.is_empty();
                self.heap[list].length = Length::Open(if few {
                    Some(Size::number(10.0))
                } else {
                    self.length(&Value::one(object))
                });
                Value::one(list)
            }
            "copy" => Value::one(self.dict_from(node, &Value::one(object))),
            _ => Value::free(),
        }
    }

    /// `dict(source)`
    pub fn dict_from(&mut self, node: NodeId, source: &Value) -> Ref {
        let length = self.length(source);
        let object = self.make(node, 0, Shape::Dict);
        let is_dict = source.iter().any(|one| self.heap[one].shape == Shape::Dict);
        self.begin_loop(node, length.clone());
        let item = self.walk(source, node);
        let (key, value) = if is_dict {
            let mut values = Value::none();
            for one in source.iter() {
                values.join(&self.values_of(one));
            }
            (item, values)
        } else {
            (self.element(&item, 0, node), self.element(&item, 1, node))
        };
        self.loops.pop();
        self.put(object, Put::Key, &key);
        self.put(object, Put::Item, &value);
        self.heap[object].length = Length::Open(length);
        object
    }

    fn file_method(&mut self, node: NodeId, name: &str) -> Value {
        match name {
            "read" => self.whole_text(node, true),
            "readline" => self.value(node, 0, Shape::Text),
            "readlines" => {
                let list = self.make(node, 0, Shape::List);
                self.heap[list].grown = true;
                self.texts_into(node, list);
                Value::one(list)
            }
            "__enter__" => self.value(node, 0, Shape::File),
            _ => Value::free(),
        }
    }

    /// Methods whose names tell what they give, whatever has them.
    fn unknown_method(&mut self, node: NodeId, object: Ref, name: &str) -> Value {
        match name {
            "read_text" | "read_bytes" | "read" => self.whole_text(node, true),
            "group" | "strip" | "lower" | "upper" | "isoformat" | "strftime" => {
                self.value(node, 0, Shape::Text)
            }
            "open" => self.value(node, 0, Shape::File),
            "groups" => {
                let tuple = self.make(node, 0, Shape::Tuple);
                self.texts_into(node, tuple);
                self.heap[tuple].length = Length::Open(None);
                Value::one(tuple)
            }
            "findall" | "split" => {
                let list = self.make(node, 0, Shape::List);
                self.heap[list].grown = true;
                self.texts_into(node, list);
                Value::one(list)
            }
            "unpack" | "unpack_from" => {
                let tuple = self.make(node, 0, Shape::Tuple);
                let numbers = self.make_each(node, 1, Shape::Int, None);
                self.put(tuple, Put::Item, &numbers);
                Value::one(tuple)
            }
            "fetchall" | "fetchmany" => {
                let list = self.make(node, 0, Shape::List);
                let rows = self.make_each(node, 1, Shape::Opaque, None);
                self.put(list, Put::Item, &rows);
                self.heap[list].grown = true;
                Value::one(list)
            }
            "execute" | "cursor" => self.value(node, 0, Shape::Rows { dicts: false }),
            "random" | "uniform" | "gauss" => self.value(node, 0, Shape::Float),
            "choice" => Value::free(),
            "get" => self.part(object, node),
            "parse_args" | "add_argument" | "close" | "commit" | "match" | "search" | "writerow"
            | "write" => {
                if matches!(name, "parse_args" | "match" | "search") {
                    self.value(node, 0, Shape::Opaque)
                } else {
                    Value::free()
                }
            }
            _ if object == FREE => Value::free(),
            _ => self.value(node, 0, Shape::Opaque),
        }
    }
}
