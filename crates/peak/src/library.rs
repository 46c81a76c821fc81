//! Builtins and functions of the standard library, and the run-time parts that
//! optimized programs use: what they make and what they hold meanwhile.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::Expr;

use crate::call::Passed;
use crate::heap::{Code, FREE, Length, Ref, Shape, Takes, Value};
use crate::machine::{Machine, Put};

/// What a list on disk keeps in memory: its tail (`LARGEST_TAIL` of the run time).
const TAIL: u32 = 1 << 20;
/// What waits in groups, or a set before it is written: an eighth of the budget of 16 MiB.
const WAITING: u32 = 2 << 20;
/// What one of many groups takes that is in no dictionary.
const VIEW: u32 = 96;
/// A sort keeps records, with their index, up to an eighth of the budget.
const ENCODED: u32 = 2 << 20;

impl<'m> Machine<'m> {
    pub fn library(&mut self, node: NodeId, path: &str, passed: &Passed<'m>) -> Value {
        let name = path.rsplit('.').next().unwrap_or(path);
        if let Some(part) = path.strip_prefix("spacetime_compiler.runtime.") {
            return self.runtime_part(node, part, passed);
        }
        match path.strip_prefix("builtins.") {
            Some(builtin) => self.builtin(node, builtin, passed),
            None => self.standard(node, path, name, passed),
        }
    }

    // tidy: long because it has one arm for each builtin.
    fn builtin(&mut self, node: NodeId, name: &str, passed: &Passed<'m>) -> Value {
        let first = passed.at(0);
        match name {
            "list" | "tuple" | "set" | "frozenset" => {
                let shape = match name {
                    "list" => Shape::List,
                    "tuple" => Shape::Tuple,
                    _ => Shape::Set,
                };
                let object = self.list_from(node, 0, shape, &first);
                if passed.values.is_empty() {
                    self.set_length(&Value::one(object), Some(spacetime_semantic::Size::zero()));
                }
                Value::one(object)
            }
            "sorted" => {
                let result = Value::one(self.list_from(node, 0, Shape::List, &first));
                self.held.push(result.clone());
                self.sort_scratch(node, &result, passed);
                result
            }
            "dict" => Value::one(self.dict_from(node, &first)),
            "int" | "round" | "hash" | "ord" => self.value(node, 0, Shape::Int),
            "float" | "pow" => self.value(node, 0, Shape::Float),
            "bytes" | "bytearray" => self.whole_text(node, true),
            "str" | "repr" | "format" | "chr" | "hex" | "input" => self.value(node, 0, Shape::Text),
            "abs" | "divmod" => self.value(node, 0, Shape::Int),
            "sum" => {
                let items = self.walk(&first, node);
                let float = items.iter().any(|object| self.heap[object].shape == Shape::Float);
                self.value(node, 0, if float { Shape::Float } else { Shape::Int })
            }
            "min" | "max" | "next" => {
                let mut result = Value::none();
                if passed.values.len() > 1 && name != "next" {
                    for value in &passed.values {
                        result.join(value);
                    }
                } else {
                    result = self.walk(&first, node);
                    result.join(&passed.at(1));
                }
                result
            }
            "range" => self.range(node, passed),
            "open" => self.value(node, 0, Shape::File),
            "iter" | "reversed" => self.stream_of(node, &first, None),
            "filter" => {
                let source = passed.at(1);
                let item = self.walk(&source, node);
                self.apply(node, &first, &[item]);
                self.stream_of(node, &source, Some(()))
            }
            "map" => self.map(node, passed),
            "enumerate" => {
                let number = self.make_each(node, 3, Shape::Int, None);
                let numbers = self.make(node, 4, Shape::Stream);
                self.put(numbers, Put::Item, &number);
                self.zip(node, &[Value::one(numbers), first])
            }
            "zip" => {
                let values = passed.values.clone();
                self.zip(node, &values)
            }
            _ => Value::free(),
        }
    }

    fn range(&mut self, node: NodeId, passed: &Passed<'m>) -> Value {
        let numbers: Vec<_> = passed.written.iter().map(|expr| self.number(expr)).collect();
        let count = match &numbers[..] {
            [Some(stop)] => Some(stop.clone()),
            [Some(start), Some(stop)] => Some(stop.plus(&start.scaled(-1.0))),
            [Some(start), Some(stop), Some(step)] => step
                .as_number()
                .filter(|step| *step > 0.0)
                .map(|step| stop.plus(&start.scaled(-1.0)).scaled(1.0 / step)),
            _ => None,
        };
        let stream = self.make(node, 0, Shape::Stream);
        let number = self.make_each(node, 1, Shape::Int, count.clone());
        self.put(stream, Put::Item, &number);
        self.set_length(&Value::one(stream), count);
        Value::one(stream)
    }

    /// Something lazy over a source; `filtered` if not all of it may come.
    fn stream_of(&mut self, node: NodeId, source: &Value, filtered: Option<()>) -> Value {
        let length = self.length(source);
        let stream = self.make(node, 0, Shape::Stream);
        let items = self.walk(source, node);
        self.put(stream, Put::Item, &items);
        self.put(stream, Put::Field("source"), source);
        self.heap[stream].length = match length {
            Some(length) if filtered.is_none() => Length::Known(length),
            bound => Length::Open(bound),
        };
        Value::one(stream)
    }

    fn map(&mut self, node: NodeId, passed: &Passed<'m>) -> Value {
        let source = passed.at(1);
        let length = self.length(&source);
        let stream = self.make(node, 0, Shape::Stream);
        self.begin_loop(node, length.clone());
        let items: Vec<Value> = passed.values[1.min(passed.values.len())..]
            .iter()
            .map(|source| self.walk(source, node))
            .collect();
        let made = self.apply(node, &passed.at(0), &items);
        self.loops.pop();
        self.put(stream, Put::Item, &made);
        self.put(stream, Put::Field("source"), &source);
        self.set_length(&Value::one(stream), length);
        Value::one(stream)
    }

    fn zip(&mut self, node: NodeId, sources: &[Value]) -> Value {
        let length = sources.iter().find_map(|source| self.length(source));
        let zip = self.make(node, 0, Shape::Zip);
        for (at, source) in sources.iter().enumerate() {
            self.put(zip, Put::Field(&at.to_string()), source);
        }
        self.set_length(&Value::one(zip), length);
        Value::one(zip)
    }

    // tidy: long because it has one arm for each function of the library.
    fn standard(&mut self, node: NodeId, path: &str, name: &str, passed: &Passed<'m>) -> Value {
        let first = passed.at(0);
        match (path, name) {
            ("csv.reader", _) => self.value(node, 0, Shape::Rows { dicts: false }),
            ("csv.DictReader", _) => self.value(node, 0, Shape::Rows { dicts: true }),
            ("gzip.open" | "bz2.open" | "lzma.open" | "io.open" | "io.StringIO", _) => {
                self.value(node, 0, Shape::File)
            }
            ("collections.namedtuple", _) => self.tuple_class(node, passed),
            ("collections.defaultdict", _) => {
                let object = self.make(node, 0, Shape::Dict);
                self.heap[object].factory = first;
                Value::one(object)
            }
            ("collections.Counter", _) => {
                let object = self.make(node, 0, Shape::Dict);
                self.begin_loop(node, None);
                let keys = self.walk(&first, node);
                self.loops.pop();
                self.put(object, Put::Key, &keys);
                let counts = self.make_each(node, 1, Shape::Int, None);
                self.put(object, Put::Grown, &counts);
                Value::one(object)
            }
            ("collections.OrderedDict", _) => Value::one(self.dict_from(node, &first)),
            ("collections.deque", _) => Value::one(self.list_from(node, 0, Shape::Deque, &first)),
            ("itertools.islice" | "itertools.takewhile" | "itertools.dropwhile", _) => {
                let source = if name == "islice" { first } else { passed.at(1) };
                self.stream_of(node, &source, Some(()))
            }
            ("itertools.chain", _) => {
                let mut all = Value::none();
                for value in &passed.values {
                    all.join(value);
                }
                self.stream_of(node, &all, Some(()))
            }
            ("itertools.pairwise", _) => self.zip(node, &[first.clone(), first]),
            ("re.findall", _) => {
                let list = self.make(node, 0, Shape::List);
                self.heap[list].grown = true;
                self.texts_into(node, list);
                Value::one(list)
            }
            ("heapq.heappop", _) => self.walk(&first, node),
            ("heapq.heappush", _) => {
                for heap in first.iter().filter(|heap| *heap != FREE) {
                    self.put(heap, Put::Item, &passed.at(1));
                }
                Value::free()
            }
            ("heapq.nsmallest" | "heapq.nlargest", _) => {
                let items = self.walk(&passed.at(1), node);
                let list = self.make(node, 0, Shape::List);
                self.put(list, Put::Item, &items);
                self.heap[list].length = Length::Open(Some(spacetime_semantic::Size::number(10.0)));
                Value::one(list)
            }
            ("json.dumps", _) => self.value(node, 0, Shape::Text),
            _ if path.starts_with("math.") => self.value(node, 0, Shape::Float),
            _ if path.starts_with("os.path.") || path.starts_with("posixpath.") => match name {
                "splitext" | "split" => {
                    let parts = [self.value(node, 1, Shape::Text), self.value(node, 2, Shape::Text)];
                    Value::one(self.tuple_of(node, 0, &parts))
                }
                "exists" | "isfile" | "isdir" | "getsize" => Value::free(),
                _ => self.value(node, 0, Shape::Text),
            },
            ("os.listdir" | "glob.glob", _) => {
                let list = self.make(node, 0, Shape::List);
                self.heap[list].grown = true;
                self.texts_into(node, list);
                Value::one(list)
            }
            ("sys.exit" | "gc.collect", _) => Value::free(),
            _ => self.value(node, 0, Shape::Opaque),
        }
    }

    /// `namedtuple("Loan", "a b c")`, or with a list of names.
    fn tuple_class(&mut self, node: NodeId, passed: &Passed<'m>) -> Value {
        let names: Vec<String> = match passed.written.get(1) {
            Some(Expr::StringLiteral(text)) => {
                let text = text.value.to_str();
                text.split([' ', ',']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
            }
            Some(Expr::List(list)) => texts(&list.elts),
            Some(Expr::Tuple(tuple)) => texts(&tuple.elts),
            _ => Vec::new(),
        };
        self.code(node, 0, Code::TupleClass(names))
    }

    /// What a sort of the run time holds.
    pub fn sorter(&mut self, node: NodeId, source: &Value) -> Ref {
        self.list_from(node, 1, Shape::Spilled { limit: ENCODED, takes: Takes::All }, source)
    }

    fn runtime_part(&mut self, node: NodeId, name: &str, passed: &Passed<'m>) -> Value {
        let first = passed.at(0);
        match name {
            "SpillList" => {
                let shape = Shape::Spilled { limit: TAIL, takes: takes(passed) };
                let list = self.list_from(node, 0, shape, &first);
                if passed.values.is_empty() {
                    self.set_length(&Value::one(list), Some(spacetime_semantic::Size::zero()));
                }
                Value::one(list)
            }
            "SpillSet" | "SpillCounter" => {
                self.value(node, 0, Shape::Spilled { limit: WAITING, takes: Takes::All })
            }
            "SpillDict" => {
                Value::one(self.make(node, 0, Shape::Spilled { limit: WAITING, takes: takes(passed) }))
            }
            // One of many, which share what waits.
            "SpillGroup" => {
                Value::one(self.make(node, 0, Shape::Spilled { limit: VIEW, takes: takes(passed) }))
            }
            "load_json" => self.value(node, 0, Shape::Spilled { limit: TAIL, takes: Takes::All }),
            "settled" | "updating" => first,
            "SpillGroups" | "SpillGroupSet" => {
                let shape = Shape::Spilled { limit: WAITING, takes: takes(passed) };
                let groups = self.make(node, 0, shape);
                if passed.named("default").is_some() {
                    let sorts = [("sets", "builtins.set"), ("dicts", "builtins.dict")];
                    let made = sorts.iter().find(|(sort, _)| passed.named(sort).is_some());
                    let made = made.map_or("builtins.list", |(_, made)| made);
                    self.heap[groups].factory = self.code(node, 1, Code::Library(made.to_owned()));
                }
                Value::one(groups)
            }
            "Counted" | "candidates" | "columns" => self.stream_of(node, &first, None),
            "Running" => self.value(node, 0, Shape::Opaque),
            "external_sort" | "sorted_set" => {
                let sorter = self.sorter(node, &first);
                let stream = self.stream_of(node, &Value::one(sorter), Some(()));
                self.held.push(stream.clone());
                stream
            }
            "sorted_head" | "sorted_item" => {
                let items = self.walk(&first, node);
                let list = self.make(node, 0, Shape::List);
                self.put(list, Put::Item, &items);
                self.heap[list].length = Length::Open(Some(spacetime_semantic::Size::number(10.0)));
                Value::one(list)
            }
            "split_lines" | "stripped_lines" | "closed_after" => self.value(node, 0, Shape::File),
            _ => self.value(node, 0, Shape::Opaque),
        }
    }
}

/// What a collection of the run time may write to disk, by what the call promises.
fn takes(passed: &Passed<'_>) -> Takes {
    if passed.named("changing").is_some() {
        return Takes::All;
    }
    match (passed.named("frozen"), passed.named("compared")) {
        (None, _) => Takes::Plain,
        (Some(_), None) => Takes::Frozen,
        (Some(_), Some(_)) => Takes::All,
    }
}

fn texts(elements: &[Expr]) -> Vec<String> {
    elements
        .iter()
        .filter_map(|element| Some(element.as_string_literal_expr()?.value.to_str().to_owned()))
        .collect()
}
