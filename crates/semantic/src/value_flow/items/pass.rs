//! Items are arguments: of functions of the module, of readers, of constructors.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall, Parameters};

use super::depth::{Depth, opened, put, same_elements, told_apart};
use super::{Items, Step};
use crate::value_flow::calls::Target;
use crate::value_flow::methods::{method_effect, takes_items};
use crate::value_flow::uses::Slot;

impl<'m> Items<'_, 'm> {
    /// `Session(*begun, when)`: as if it were in what is unpacked.
    pub(super) fn behind_unpacked(&mut self, node: NodeId, call: &'m ExprCall, depth: Depth) -> Step {
        match self.model.target_of(call) {
            Target::Class(_) | Target::Function(_) => {
                self.unpacked(node, self.model.tree.id(call), put(depth))
            }
            _ => self.doubt(node, "an item is passed in a way that is not understood"),
        }
    }

    pub(super) fn unpacked(&mut self, node: NodeId, outer: NodeId, depth: Depth) -> Step {
        match self.model.tree.expr(outer) {
            Some(Expr::Call(call)) => match self.model.target_of(call) {
                Target::Builtin(name) if name == "print" => {
                    self.shown(depth);
                    Ok(())
                }
                Target::Builtin(name) | Target::Library(name)
                    if matches!(name.as_str(), "zip" | "itertools.zip_longest") =>
                {
                    // Each tuple has an element of each of what is unpacked.
                    let tuples = if depth.is_nested() { depth } else { put(same_elements(depth)) };
                    self.has(outer, tuples);
                    Ok(())
                }
                Target::Library(name) if matches!(name.as_str(), "heapq.merge" | "itertools.chain") => {
                    if name == "heapq.merge" {
                        self.compared(opened(opened(depth)));
                    }
                    self.has(outer, same_elements(opened(depth)));
                    call.arguments
                        .find_keyword("key")
                        .map_or(Ok(()), |_| self.key_function(call, opened(depth)))
                }
                Target::Builtin(name) if matches!(name.as_str(), "max" | "min") => {
                    self.compared(opened(depth));
                    self.has(outer, opened(depth));
                    Ok(())
                }
                Target::Builtin(name) if name == "dict" => {
                    self.has(outer, same_elements(depth));
                    Ok(())
                }
                Target::Class(class) => {
                    if self.model.is_record_class(class) {
                        self.recorded(outer, class, put(opened(depth)));
                        return self.fields(class, None, opened(depth));
                    }
                    match self.model.constructor_parameter(class, Slot::Position(0)) {
                        Some((init, _)) => self.unpacked_into(node, init, 1, opened(depth)),
                        None => self.doubt(node, "an item is unpacked into arguments"),
                    }
                }
                Target::Function(def) => self.unpacked_into(node, def, 0, opened(depth)),
                Target::Method(name, own) if own.is_empty() && name == "format" => {
                    self.shown(depth);
                    Ok(())
                }
                _ => self.doubt(node, "an item is unpacked into arguments"),
            },
            Some(_) => {
                self.has(outer, same_elements(depth));
                Ok(())
            }
            None => self.doubt(node, "an item is unpacked in a way that is not understood"),
        }
    }

    /// The parameters of a function given by name or in place get an item.
    pub(super) fn calls_function(&mut self, function: &'m Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(function);
        match self.model.callables(function) {
            Some(all) => all.into_iter().try_for_each(|one| self.calls_one(one, depth)),
            None => self.doubt(node, "an item is passed to an unknown function"),
        }
    }

    fn calls_one(&mut self, function: &'m Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(function);
        match function {
            Expr::Lambda(lambda) => {
                let Some(parameters) = &lambda.parameters else { return Ok(()) };
                self.parameters_get(node, parameters, depth)
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
                let Some(def) = self.function_named(function) else {
                    return self.doubt(node, "an item is passed to an unknown function");
                };
                let Some(function) = self.model.function(def) else { return Ok(()) };
                self.parameters_get(node, &function.parameters, depth)
            }
            Expr::Attribute(attribute)
                if matches!(&*attribute.value, Expr::Name(name)
                    if matches!(name.id.as_str(), "str" | "int" | "float")) =>
            {
                Ok(())
            }
            // `key=totals.get`: it is looked up in a dictionary, as by `totals.get(...)`.
            Expr::Attribute(attribute) if self.is_lookup(function, attribute) => {
                self.lent.trusts_method_names = true;
                self.hashed(depth);
                Ok(())
            }
            Expr::Attribute(attribute) if self.named_tuple_of(attribute).is_some() => {
                self.parts_become_fields(attribute, depth)
            }
            // `key=Stamp.hours`, `key=store.balance`
            Expr::Attribute(attribute) => match self.model.function_of_class(attribute) {
                Some(def) => self.receiver(def, depth),
                None => match self.model.bound_method(attribute) {
                    Some(def) => self.bound_method_gets(node, def, depth),
                    None => self.doubt(node, "an item is passed to an unknown function"),
                },
            },
            _ => self.doubt(node, "an item is passed to an unknown function"),
        }
    }

    /// `map(add, numbers, items)`: any of them may get it.
    fn parameters_get(&mut self, node: NodeId, parameters: &'m Parameters, depth: Depth) -> Step {
        if parameters.vararg.is_some() || parameters.kwarg.is_some() {
            return self.doubt(node, "an item is passed in a way that is not understood");
        }
        self.each_gets(parameters, 0, depth)
    }

    fn each_gets(&mut self, parameters: &'m Parameters, skipped: usize, depth: Depth) -> Step {
        for parameter in parameters.iter_non_variadic_params().skip(skipped) {
            let name = self.model.tree.id(&parameter.parameter.name);
            if let Some(symbol) = self.model.scopes.resolve(name).symbol() {
                self.symbol(symbol, depth)?;
            }
        }
        Ok(())
    }

    /// What comes behind the receiver may get it.
    fn bound_method_gets(&mut self, node: NodeId, def: NodeId, depth: Depth) -> Step {
        match self.model.function(def).map(|function| &function.parameters) {
            Some(parameters) if parameters.vararg.is_none() && parameters.kwarg.is_none() => {
                self.each_gets(parameters, 1, depth)
            }
            _ => self.doubt(node, "an item is passed in a way that is not understood"),
        }
    }

    /// `Ticket(*row)`: any parameter behind the first few may get any of it.
    pub(super) fn unpacked_into(&mut self, node: NodeId, def: NodeId, skipped: usize, depth: Depth) -> Step {
        let plain = self.model.function(def).filter(|it| it.decorator_list.is_empty() && !it.is_async);
        let Some(function) = plain else {
            return self.doubt(node, "an item is unpacked into arguments");
        };
        let parameters = &function.parameters;
        if parameters.vararg.is_some() || parameters.kwarg.is_some() {
            return self.doubt(node, "an item is unpacked into arguments");
        }
        for parameter in parameters.iter_non_variadic_params().skip(skipped) {
            let name = self.model.tree.id(&parameter.parameter.name);
            match self.model.scopes.resolve(name).symbol() {
                Some(symbol) => self.symbol(symbol, depth)?,
                None => return self.doubt(node, "an item is unpacked into arguments"),
            }
        }
        Ok(())
    }

    /// The class in `Point._make`, whose objects are named tuples.
    fn named_tuple_of(&self, attribute: &ExprAttribute) -> Option<NodeId> {
        let model = self.model;
        if attribute.attr.as_str() != "_make"
            || !model.methods_named("_make").is_empty()
            || model.is_assigned("_make")
        {
            return None;
        }
        let symbol = model.scopes.resolve(model.tree.id(&*attribute.value)).symbol()?;
        match model.definition(symbol) {
            Target::Class(class) if model.is_record_class(class) && !model.is_dataclass(class) => Some(class),
            _ => None,
        }
    }

    /// `Point._make(row)`
    fn parts_become_fields(&mut self, attribute: &ExprAttribute, depth: Depth) -> Step {
        match self.named_tuple_of(attribute) {
            Some(class) => self.fields(class, None, opened(depth)),
            None => Ok(()),
        }
    }

    /// The method `get` or `__getitem__` of what is neither of this module nor a library.
    fn is_lookup(&self, function: &Expr, attribute: &ExprAttribute) -> bool {
        let name = attribute.attr.as_str();
        matches!(name, "get" | "__getitem__")
            && self.model.methods_named(name).is_empty()
            && self.model.qualified(function).is_none()
            && !self.model.is_assigned(name)
    }

    /// `itemgetter(1)`, `attrgetter("name")`, `methodcaller("strip")`: what only
    /// looks at what it is called with.
    pub(super) fn makes_reader(&self, call: &'m ExprCall) -> bool {
        match (self.model.target_of(call), call.arguments.args.first()) {
            (Target::Library(name), Some(Expr::StringLiteral(method))) if name == "operator.methodcaller" => {
                let method = method.value.to_str();
                method_effect(method).is_some_and(|effect| !effect.mutates())
                    && self.model.methods_named(method).is_empty()
            }
            (Target::Library(name), _) if name == "operator.itemgetter" => true,
            (Target::Library(name), _) if name == "operator.attrgetter" => {
                call.arguments.args.iter().all(|named| self.reads_data(Some(named)))
            }
            // `itemgetter(1)(row)`
            _ => match &*call.func {
                Expr::Call(made) => self.model.makes_getter(&call.func) && self.makes_reader(made),
                _ => false,
            },
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
            Target::Builtin(name) | Target::Library(name)
                if depth.is_container() && self.gives_keys(node, call, &name, slot) =>
            {
                Ok(())
            }
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
            Target::Method(..) if matches!(&*call.func, Expr::Attribute(method) if self.named_tuple_of(method).is_some()) =>
            {
                self.has(result, same_elements(depth));
                match &*call.func {
                    Expr::Attribute(method) => self.parts_become_fields(method, depth),
                    _ => Ok(()),
                }
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
            Target::Unknown => self.passed_to_variable(node, call, slot, depth),
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
    pub(super) fn carried(&mut self, depth: Depth) -> Step {
        self.shown(depth);
        self.check_kept(depth)?;
        if self.model.attributes_named("args").is_empty() {
            return Ok(());
        }
        self.kept_in_attribute("args", put(depth))
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
