//! Items are arguments of builtins, of functions of libraries, and of methods that
//! no class of the module has.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprCall};

use super::depth::{Depth, ITEMS, PART, opened, put, same_elements};
use super::{Items, Step};
use crate::value_flow::uses::Slot;

impl<'m> Items<'_, 'm> {
    // tidy: long because it has one arm for each builtin.
    pub(super) fn builtin_argument(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        name: &str,
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        let result = self.model.tree.id(call);
        match name {
            "format"
                if slot == Slot::Position(0)
                    && !self.model.is_shown_by_format(call.arguments.args.get(1)) => {}
            "str" | "repr" | "print" | "format" | "ascii" => self.shown(depth),
            "len" | "int" | "float" | "bool" | "abs" | "round" | "ord" | "chr" | "isinstance" | "hex"
            | "bin" | "oct" | "callable" | "any" | "all" | "range" | "bytes" | "bytearray" | "complex"
            | "divmod" | "pow" | "open" | "input" | "issubclass" => {}
            "hasattr" => self.read_by_name(node, call.arguments.args.get(1))?,
            "type" if call.arguments.len() == 1 => {}
            "hash" => self.hashed(depth),
            "sum" => self.summed(result, slot, depth),
            "list" | "tuple" | "reversed" | "iter" => self.has(result, same_elements(depth)),
            "dict" => self.has(result, depth.within()),
            "set" | "frozenset" => self.hashed(opened(depth)),
            "sorted" => {
                self.key_function(call, depth)?;
                self.has(result, same_elements(depth));
            }
            "max" | "min" => {
                let several = call.arguments.args.len() > 1;
                let item = if several { depth } else { opened(depth) };
                self.key_function(call, if several { put(depth) } else { depth })?;
                self.has(result, item);
            }
            "next" => {
                let default = matches!(slot, Slot::Position(1));
                self.has(result, if default { depth } else { opened(depth) });
            }
            "enumerate" | "zip" => self.has(result, put(same_elements(depth))),
            "getattr" => {
                self.read_by_name(node, call.arguments.args.get(1))?;
                self.has(result, opened(depth));
            }
            "filter" => {
                if let Some(function) = call.arguments.args.first() {
                    self.calls_function(function, opened(depth))?;
                }
                self.has(result, same_elements(depth));
            }
            "map" => {
                if let Some(function) = call.arguments.args.first() {
                    self.calls_function(function, opened(depth))?;
                    let given = self.model.callables(function).unwrap_or_default();
                    if !given.iter().all(|one| matches!(one, Expr::Lambda(_) | Expr::Name(_))) {
                        self.has(result, ITEMS);
                    }
                }
            }
            _ if name.ends_with("Error") || name == "Exception" => return self.carried(depth),
            _ => return self.doubt(node, &format!("an item is passed to `{name}`")),
        }
        Ok(())
    }

    /// What is passed first gets an item that is passed besides.
    fn filled_by_call(&mut self, node: NodeId, call: &'m ExprCall, depth: Depth) -> Step {
        if !depth.is_container() {
            return self.change(node, depth, "an item may be changed");
        }
        if depth.is_filled_inside() {
            let besides = call.arguments.args.iter().skip(1);
            for one in besides {
                self.receive(one, depth.within())?;
            }
        }
        Ok(())
    }

    // tidy: long because it has one arm for each library function.
    pub(super) fn library_argument(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        name: &str,
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        let result = self.model.tree.id(call);
        let first = slot == Slot::Position(0);
        match name {
            "heapq.heappush" | "heapq.heappushpop" | "heapq.heapreplace" => {
                if first {
                    self.filled_by_call(node, call, depth)?;
                    if name != "heapq.heappush" {
                        self.has(result, opened(depth));
                    }
                    return Ok(());
                }
                self.compared(depth);
                self.has(result, depth);
                match call.arguments.args.first() {
                    Some(heap) => self.receive(heap, put(depth)),
                    None => Ok(()),
                }
            }
            "heapq.heappop" => {
                if !depth.is_container() {
                    return self.change(node, depth, "an item may be changed");
                }
                self.has(result, opened(depth));
                Ok(())
            }
            "heapq.nlargest" | "heapq.nsmallest" | "heapq.merge" => {
                self.key_function(call, depth)?;
                self.has(result, same_elements(depth));
                Ok(())
            }
            "bisect.bisect" | "bisect.bisect_left" | "bisect.bisect_right" => {
                if first {
                    self.key_function(call, depth)
                } else {
                    self.compared(depth);
                    Ok(())
                }
            }
            // Which item is where in the list is for the list to say.
            "bisect.insort" | "bisect.insort_left" | "bisect.insort_right" => {
                if first {
                    self.filled_by_call(node, call, depth)?;
                    return self.key_function(call, depth);
                }
                self.compared(depth);
                self.key_function(call, put(depth))?;
                match call.arguments.args.first() {
                    Some(list) if matches!(slot, Slot::Position(1)) => self.receive(list, put(depth)),
                    _ => self.doubt(node, "an item is passed in a way that is not understood"),
                }
            }
            "heapq.heapify" => {
                self.compared(opened(depth));
                if !depth.is_container() { self.doubt(node, "an item may be changed") } else { Ok(()) }
            }
            "itertools.groupby" => {
                let key = match call.arguments.args.get(1) {
                    Some(key) => Some(key),
                    None => call.arguments.find_keyword("key").map(|keyword| &keyword.value),
                };
                self.grouped(result, key.filter(|key| !key.is_none_literal_expr()), depth)
            }
            // Without a function of its own it adds: what comes out holds what went in.
            "itertools.accumulate" if first && call.arguments.len() == 1 => {
                self.has(result, same_elements(depth));
                Ok(())
            }
            "itertools.chain"
            | "itertools.islice"
            | "itertools.cycle"
            | "spacetime_compiler.runtime.candidates"
            | "spacetime_compiler.runtime.columns"
            | "spacetime_compiler.runtime.updating"
            | "spacetime_compiler.runtime.Counted" => {
                self.has(result, same_elements(depth));
                Ok(())
            }
            "itertools.chain.from_iterable" => {
                self.has(result, same_elements(opened(depth)));
                Ok(())
            }
            "itertools.pairwise"
            | "spacetime_compiler.runtime.windows"
            | "itertools.zip_longest"
            | "itertools.batched"
            | "itertools.combinations"
            | "itertools.product"
            | "itertools.permutations" => {
                self.has(result, put(same_elements(depth)));
                Ok(())
            }
            "collections.deque" | "collections.OrderedDict" => {
                self.has(result, same_elements(depth));
                Ok(())
            }
            "collections.Counter"
            | "spacetime_compiler.runtime.SpillCounter"
            | "spacetime_compiler.runtime.SpillSet" => {
                self.hashed(opened(depth));
                Ok(())
            }
            "spacetime_compiler.runtime.SpillList" => {
                self.has(result, same_elements(depth));
                Ok(())
            }
            "spacetime_compiler.runtime.SpillDict" => {
                self.has(result, depth.within());
                Ok(())
            }
            "spacetime_compiler.runtime.external_sort" | "spacetime_compiler.runtime.sorted_head" => {
                self.key_function(call, depth)?;
                self.has(result, same_elements(depth));
                Ok(())
            }
            "spacetime_compiler.runtime.sorted_item" => {
                self.key_function(call, depth)?;
                self.has(result, opened(depth));
                Ok(())
            }
            "statistics.mode" | "statistics.median_low" | "statistics.median_high" => {
                self.compared(opened(depth));
                self.has(result, opened(depth));
                Ok(())
            }
            "statistics.multimode"
            | "spacetime_compiler.runtime.sorted_set"
            | "spacetime_compiler.runtime.external_distinct" => {
                self.compared(opened(depth));
                self.has(result, same_elements(depth));
                Ok(())
            }
            // Lists in it are copied, too.
            "copy.deepcopy" | "dataclasses.asdict" | "dataclasses.astuple" => Ok(()),
            "copy.copy" => {
                self.has(result, same_elements(depth));
                Ok(())
            }
            "os.path.join" | "os.fspath" => Ok(()),
            "sys.stdout.write" | "sys.stderr.write" if !self.model.replaces_streams() => Ok(()),
            // It looks the names of the columns up in rows, and shows them as an attribute.
            "csv.DictWriter"
                if matches!(slot, Slot::Position(1) | Slot::Keyword("fieldnames"))
                    && self.model.attributes_named("fieldnames").is_empty() =>
            {
                self.hashed(opened(depth));
                Ok(())
            }
            "struct.pack_into" => self.doubt(node, "an item may be changed"),
            _ if name.starts_with("json.dump") => self.encoded(node, call, depth),
            _ if is_reading_library(name) => Ok(()),
            _ => self.doubt(node, &format!("an item is passed to `{name}`, of which nothing is known")),
        }
    }

    /// `json.dumps(item, default=...)`: what JSON does not know goes to a function.
    fn encoded(&mut self, node: NodeId, call: &'m ExprCall, depth: Depth) -> Step {
        if call.arguments.find_keyword("cls").is_some() {
            return self.doubt(node, "an item is passed to an encoder");
        }
        let Some(keyword) = call.arguments.find_keyword("default") else { return Ok(()) };
        if call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none()) {
            return self.doubt(node, "an item is passed in a way that is not understood");
        }
        self.calls_function(&keyword.value, PART)?;
        (0..=depth.level).try_for_each(|level| self.calls_function(&keyword.value, depth.at(level)))
    }

    /// An attribute of an item is read whose name is given as a value.
    fn read_by_name(&mut self, node: NodeId, named: Option<&'m Expr>) -> Step {
        if self.reads_data(named) {
            return Ok(());
        }
        self.doubt(node, "an attribute of an item is read by its name, and may be a property")
    }

    /// What is added up; of nothing the sum is what it begins with.
    fn summed(&mut self, result: NodeId, slot: Slot<'_>, depth: Depth) {
        if matches!(slot, Slot::Position(0)) {
            return self.has(result, same_elements(opened(depth)));
        }
        self.has(result, depth);
        self.has(result, same_elements(depth));
    }

    /// Whether no code runs where attributes of that name are read.
    pub(super) fn reads_data(&self, named: Option<&'m Expr>) -> bool {
        let is_data = |part: &str| {
            self.model.methods_named(part).is_empty() && !self.model.is_bound_without_def(part).1
        };
        match named {
            Some(Expr::StringLiteral(text)) => text.value.to_str().split('.').all(is_data),
            _ => self.model.methods().all(|(_, def)| {
                self.model.function(def).is_none_or(|function| function.decorator_list.is_empty())
            }),
        }
    }

    /// An item is an argument of a method.
    // tidy: long because it has one arm for each method.
    pub(super) fn method_argument(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        name: &str,
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        let Expr::Attribute(method) = &*call.func else { return Ok(()) };
        let result = self.model.tree.id(call);
        self.lent.trusts_method_names = true;
        // What `__getattr__` gives is called by any name.
        if !self.model.methods_named("__getattr__").is_empty() && !self.model.is_foreign(&method.value) {
            return self.doubt(node, "an item is passed to what `__getattr__` may give");
        }
        let changeable = ["list", "dict", "set", "bytearray"];
        if name != "fromkeys" && changeable.iter().any(|class| self.model.is_builtin(&method.value, class)) {
            return self.doubt(node, "an item is passed to a method of a class");
        }
        match (name, slot) {
            ("append" | "appendleft", _) | ("insert", Slot::Position(1)) => {
                self.receive(&method.value, put(depth))
            }
            ("put" | "put_nowait", _) => self.doubt(node, "an item is put into a queue"),
            ("add" | "increase", _) => {
                self.hashed(depth);
                Ok(())
            }
            // Of a `SpillCounter`: it gives back what it gets.
            ("known", Slot::Position(0)) => {
                self.hashed(depth);
                self.has(result, depth);
                Ok(())
            }
            ("discard" | "remove" | "index" | "count" | "__contains__", _) => {
                self.compared(depth);
                Ok(())
            }
            ("extend" | "extendleft", _) => self.receive(&method.value, same_elements(depth)),
            // `subtract` of a Counter takes what its `update` takes.
            ("update" | "subtract", _) => {
                self.hashed(opened(depth));
                // A dictionary takes values, a set takes items that it compares.
                self.receive(&method.value, same_elements(depth.at(depth.level.min(1))))
            }
            ("setdefault", Slot::Position(1)) => {
                self.has(result, depth);
                self.receive(&method.value, put(depth))
            }
            ("fromkeys", Slot::Position(0)) if self.model.is_builtin(&method.value, "dict") => {
                self.hashed(opened(depth));
                Ok(())
            }
            ("get" | "pop" | "setdefault", Slot::Position(0)) => {
                self.hashed(depth);
                Ok(())
            }
            ("get" | "pop", Slot::Position(1)) => {
                self.has(result, depth);
                Ok(())
            }
            (
                "write" | "writerow" | "writelines" | "writerows" | "join" | "format" | "startswith"
                | "endswith" | "strip" | "split" | "replace" | "find" | "encode" | "decode" | "execute"
                | "executemany" | "match" | "search" | "fullmatch" | "sub" | "findall" | "finditer" | "info"
                | "debug" | "warning" | "error" | "strftime" | "union" | "difference" | "intersection"
                | "issubset" | "issuperset" | "isdisjoint" | "rstrip" | "lstrip" | "rjust" | "ljust"
                | "center" | "zfill" | "insert" | "digest",
                _,
            ) => {
                if matches!(name, "union" | "difference" | "intersection") {
                    self.hashed(opened(depth));
                }
                if matches!(name, "format" | "info" | "debug" | "warning" | "error")
                    || name.starts_with("writerow")
                {
                    self.shown(depth);
                }
                Ok(())
            }
            _ => self
                .doubt(node, &format!("an item is passed to a method `{name}`, of which nothing is known")),
        }
    }
}

/// Library functions whose results hold nothing of the module.
pub(super) fn makes_new(name: &str) -> bool {
    const MODULES: [&str; 10] = [
        "csv.reader",
        "csv.DictReader",
        "json.load",
        "time.",
        "os.",
        "pathlib.",
        "random.rand",
        "uuid.",
        "sys.argv",
        "fractions.",
    ];
    is_reading_library(name) || MODULES.iter().any(|module| name.starts_with(module))
}

/// Library functions that look at their arguments and give something new.
fn is_reading_library(name: &str) -> bool {
    const MODULES: [&str; 27] = [
        "math.",
        "statistics.",
        "json.dump",
        "hashlib.",
        "re.",
        "os.path.",
        "posixpath.",
        "ntpath.",
        "datetime.",
        "struct.",
        "textwrap.",
        "html.",
        "urllib.parse.",
        "base64.",
        "binascii.",
        "zlib.",
        "decimal.",
        "string.",
        "unicodedata.",
        "cmath.",
        "time.",
        "calendar.",
        "shlex.",
        "fnmatch.",
        "ipaddress.",
        "fractions.",
        "email.utils.",
    ];
    MODULES.iter().any(|module| name.starts_with(module))
}
