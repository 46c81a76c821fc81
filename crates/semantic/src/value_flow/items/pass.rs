//! Items are arguments: of functions of the module, of builtins, of libraries,
//! of methods.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprCall};

use super::depth::{Depth, ITEMS, PART, opened, put, same_elements, told_apart};
use super::{Items, Step};
use crate::Kind;
use crate::value_flow::calls::Target;
use crate::value_flow::methods::{method_effect, takes_items};
use crate::value_flow::uses::{Slot, Use, use_of};

impl<'m> Items<'_, 'm> {
    /// The parameters of a function given by name or in place get an item.
    pub(super) fn calls_function(&mut self, function: &'m Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(function);
        match function {
            Expr::Lambda(lambda) => {
                let Some(parameters) = &lambda.parameters else { return Ok(()) };
                for parameter in parameters.iter_non_variadic_params() {
                    let name = self.model.tree.id(&parameter.parameter.name);
                    if let Some(symbol) = self.model.scopes.resolve(name).symbol() {
                        self.symbol(symbol, depth)?;
                    }
                }
                Ok(())
            }
            Expr::NoneLiteral(_) => Ok(()),
            Expr::Call(call) if self.makes_reader(call) => Ok(()),
            Expr::Name(name) => {
                if self.model.is_builtin(function, &name.id)
                    && matches!(
                        name.id.as_str(),
                        "int" | "float" | "str" | "len" | "repr" | "abs" | "ord" | "bool" | "round"
                    )
                {
                    if matches!(name.id.as_str(), "str" | "repr") {
                        self.shown(depth);
                    }
                    return Ok(());
                }
                let symbol = self.model.scopes.resolve(node).symbol();
                let def = symbol.and_then(|symbol| match self.model.outer_kind(symbol) {
                    Kind::Function(def) => Some(def),
                    _ => None,
                });
                let Some(def) = def else {
                    return self.doubt(node, "an item is passed to an unknown function");
                };
                match self.model.receiver_parameter(def) {
                    Some(parameter) => self.symbol(parameter, depth),
                    None => self.doubt(node, "an item is passed to an unknown function"),
                }
            }
            Expr::Attribute(attribute)
                if matches!(&*attribute.value, Expr::Name(name)
                    if matches!(name.id.as_str(), "str" | "int" | "float")) =>
            {
                Ok(())
            }
            // `key=Stamp.hours`
            Expr::Attribute(attribute) => match self.model.function_of_class(attribute) {
                Some(def) => self.receiver(def, depth),
                None => self.doubt(node, "an item is passed to an unknown function"),
            },
            _ => self.doubt(node, "an item is passed to an unknown function"),
        }
    }

    /// `itemgetter(1)`, `attrgetter("name")`, `methodcaller("strip")`: what only
    /// looks at what it is called with.
    fn makes_reader(&self, call: &'m ExprCall) -> bool {
        match (self.model.target_of(call), call.arguments.args.first()) {
            (Target::Library(name), Some(Expr::StringLiteral(method))) if name == "operator.methodcaller" => {
                let method = method.value.to_str();
                method_effect(method).is_some_and(|effect| !effect.mutates())
                    && self.model.methods_named(method).is_empty()
            }
            (Target::Library(name), _) => {
                matches!(name.as_str(), "operator.itemgetter" | "operator.attrgetter")
            }
            _ => self.model.makes_getter(&call.func),
        }
    }

    pub(super) fn key_function(&mut self, call: &'m ExprCall, depth: Depth) -> Step {
        match call.arguments.find_keyword("key") {
            Some(keyword) => self.calls_function(&keyword.value, opened(depth)),
            None => {
                self.compared(opened(depth));
                Ok(())
            }
        }
    }

    pub(super) fn argument(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        let result = self.model.tree.id(call);
        match self.model.target_of(call) {
            Target::Builtin(name) => self.builtin_argument(node, call, &name, slot, depth),
            Target::Library(name) => self.library_argument(node, call, &name, slot, depth),
            Target::Function(def) => self.pass(node, call, &[def], slot, depth),
            Target::Class(class) => {
                if let Some((_, parameter)) = self.model.constructor_parameter(class, slot) {
                    return self.symbol(parameter, depth);
                }
                if !self.model.is_record_class(class) {
                    return self.doubt(node, "an item is put into an object of a class with code of its own");
                }
                self.recorded(result, class, put(depth));
                self.fields(class, Some(slot), depth)
            }
            Target::Method(name, own) => {
                if !own.is_empty() {
                    self.pass(node, call, &own, slot, depth)?;
                }
                let of_class = matches!(&*call.func, Expr::Attribute(method)
                    if !own.is_empty() && self.model.is_own_instance(&method.value));
                if own.is_empty() || takes_items(&name) && !of_class {
                    return self.method_argument(node, call, &name, slot, depth);
                }
                Ok(())
            }
            Target::Unknown => match self.model.builtins_passed(&call.func) {
                Some(names) => names
                    .into_iter()
                    .try_for_each(|name| self.builtin_argument(node, call, name, slot, depth)),
                None => self.doubt(node, "an item is passed to an unknown function"),
            },
        }
    }

    /// A record that holds an item: what is in a dataclass is seen through its
    /// fields only, which are followed by their names. A tuple can be walked.
    pub(super) fn recorded(&mut self, result: NodeId, class: NodeId, depth: Depth) {
        if self.model.is_dataclass(class) {
            // Its own `==` and `<` ask those of what it holds.
            self.compared(depth.at(0));
        } else {
            self.has(result, depth);
        }
    }

    /// The fields of a record that a constructor's argument fills: all of them,
    /// or the one in that slot.
    pub(super) fn fields(&mut self, class: NodeId, slot: Option<Slot<'m>>, depth: Depth) -> Step {
        // `namedtuple("Point", "x y")`: reading a field opens the record.
        let Some(names) = self.model.record_fields(class) else { return Ok(()) };
        match slot {
            Some(Slot::Keyword(name)) => self.kept_in_attribute(name, depth),
            Some(Slot::Position(at)) => match names.get(at) {
                Some(name) => self.kept_in_attribute(name, depth),
                None => Ok(()),
            },
            None => names.iter().try_for_each(|name| self.kept_in_attribute(name, depth)),
        }
    }

    pub(super) fn pass(
        &mut self,
        node: NodeId,
        call: &'m ExprCall,
        defs: &[NodeId],
        slot: Slot<'m>,
        depth: Depth,
    ) -> Step {
        for def in defs {
            match self.model.parameter_of(call, *def, slot) {
                Some(parameter) => self.symbol(parameter, depth)?,
                None => return self.doubt(node, "an item is passed in a way that is not understood"),
            }
        }
        Ok(())
    }

    /// Whoever calls a lambda gets its result: as a key it is compared; `map`
    /// hands it on.
    pub(super) fn lambda_result(&mut self, lambda: NodeId, depth: Depth) -> Step {
        match use_of(self.model.tree, lambda) {
            Use::Argument(call, Slot::Keyword("key")) if self.orders(call) => self.compared(depth),
            Use::Argument(call, Slot::Position(0)) if self.model.is_builtin(&call.func, "map") => {
                self.has(self.model.tree.id(call), put(depth));
            }
            Use::Argument(call, Slot::Position(0)) if self.model.is_builtin(&call.func, "filter") => {}
            // It is written as text.
            Use::Argument(call, Slot::Keyword("default"))
                if self.model.qualified(&call.func).is_some_and(|name| name.starts_with("json.dump")) => {}
            // What it makes is a value of the dictionary.
            Use::Argument(call, Slot::Position(0))
                if self.model.qualified(&call.func).is_some_and(|name| name == "collections.defaultdict") =>
            {
                self.has(self.model.tree.id(call), put(depth));
            }
            _ => return self.doubt(lambda, "an item is returned by a lambda"),
        }
        Ok(())
    }

    /// Whether a call gives its key to nobody but to what it orders by it.
    fn orders(&self, call: &ExprCall) -> bool {
        match self.model.target_of(call) {
            Target::Builtin(_) | Target::Library(_) => true,
            Target::Method(name, own) => own.is_empty() && name == "sort",
            _ => false,
        }
    }

    /// An item is the object of a method, which may hand it to those of its bases.
    pub(super) fn receiver(&mut self, def: NodeId, depth: Depth) -> Step {
        if !self.receivers.entry(def).or_default().insert(told_apart(depth)) {
            return Ok(());
        }
        let Some(parameter) = self.model.receiver_parameter(def) else { return Ok(()) };
        self.symbol(parameter, depth)?;
        for attribute in self.model.taken_from_super(def) {
            let Some(attribute) = attribute else { return self.doubt(def, "`super()` may get an item") };
            let name = attribute.attr.as_str();
            let own = self.model.methods_named(name);
            let reads = method_effect(name).is_some_and(|effect| !effect.mutates());
            if own.is_empty() && !reads && !is_of_object(name) {
                let node = self.model.tree.id(attribute);
                return self.doubt(node, "a method of an unknown base gets an item");
            }
            own.iter().try_for_each(|base| self.receiver(*base, depth))?;
        }
        Ok(())
    }

    /// An exception carries an item in its `args`.
    fn carried(&mut self, depth: Depth) -> Step {
        self.shown(depth);
        if self.model.attributes_named("args").is_empty() {
            return Ok(());
        }
        self.kept_in_attribute("args", put(depth))
    }

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
            "str" | "repr" | "print" | "format" | "ascii" => self.shown(depth),
            "len" | "int" | "float" | "bool" | "abs" | "round" | "ord" | "chr" | "isinstance" | "hex"
            | "bin" | "oct" | "callable" | "any" | "all" | "range" | "bytes" | "bytearray" | "complex"
            | "divmod" | "pow" | "hasattr" | "open" | "type" | "input" | "issubclass" => {}
            "hash" => self.hashed(depth),
            "sum" => self.has(result, same_elements(opened(depth))),
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
            "getattr" => self.has(result, opened(depth)),
            "filter" => {
                if let Some(function) = call.arguments.args.first() {
                    self.calls_function(function, opened(depth))?;
                }
                self.has(result, same_elements(depth));
            }
            "map" => {
                if let Some(function) = call.arguments.args.first() {
                    self.calls_function(function, opened(depth))?;
                    if let Expr::Name(_) = function
                        && let Some(symbol) = self.model.scopes.resolve(self.model.tree.id(function)).symbol()
                        && let Kind::Function(def) = self.model.outer_kind(symbol)
                    {
                        return self.doubt(def, "an item may be returned by a function that `map` calls");
                    }
                    if !matches!(function, Expr::Lambda(_) | Expr::Name(_)) {
                        self.has(result, ITEMS);
                    }
                }
            }
            _ if name.ends_with("Error") || name == "Exception" => return self.carried(depth),
            _ => return self.doubt(node, &format!("an item is passed to `{name}`")),
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
                    if depth.is_nested() {
                        call.arguments
                            .args
                            .iter()
                            .skip(1)
                            .try_for_each(|one| self.receive(one, depth.within()))?;
                    }
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
            "heapq.heapify" => {
                self.compared(opened(depth));
                if !depth.is_container() { self.doubt(node, "an item may be changed") } else { Ok(()) }
            }
            "itertools.groupby" => {
                match call.arguments.args.get(1) {
                    Some(key) => self.calls_function(key, opened(depth))?,
                    None => self.key_function(call, depth)?,
                }
                // Pairs of a key and a group.
                self.has(result, put(same_elements(depth)));
                Ok(())
            }
            "itertools.chain"
            | "itertools.islice"
            | "itertools.cycle"
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
            "collections.Counter" => {
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
        match (name, slot) {
            ("append" | "appendleft", _) | ("insert", Slot::Position(1)) => {
                self.receive(&method.value, put(depth))
            }
            ("put" | "put_nowait", _) => self.doubt(node, "an item is put into a queue"),
            ("add", _) => {
                self.hashed(depth);
                Ok(())
            }
            ("discard" | "remove" | "index" | "count" | "__contains__", _) => {
                self.compared(depth);
                Ok(())
            }
            ("extend" | "extendleft", _) => self.receive(&method.value, same_elements(depth)),
            ("update", _) => {
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

/// Methods that every object has, and that only look at it.
fn is_of_object(name: &str) -> bool {
    matches!(
        name,
        "__init__"
            | "__new__"
            | "__repr__"
            | "__str__"
            | "__eq__"
            | "__ne__"
            | "__hash__"
            | "__format__"
            | "__lt__"
            | "__len__"
            | "__iter__"
            | "__contains__"
            | "__getitem__"
            | "__post_init__"
    )
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
