//! Effects of calls: by the tables, by summaries, or anything.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprCall};

use super::collect::Collector;
use super::{Effects, Names, World};
use crate::callee::Callee;
use crate::table::Call;
use crate::{Assumption, Kind, Objects};

impl Collector<'_, '_> {
    pub(super) fn call(&mut self, call: &ExprCall, node: NodeId) {
        match &*call.func {
            Expr::Attribute(attribute) => self.expr(&attribute.value),
            func => self.expr(func),
        }
        for argument in &call.arguments.args {
            self.expr(argument);
        }
        for keyword in &call.arguments.keywords {
            self.expr(&keyword.value);
        }
        self.run(call, node);
    }

    /// What a call does when all that stands in it has been evaluated.
    pub(super) fn run(&mut self, call: &ExprCall, node: NodeId) {
        match self.model.callee(call, &|expr| self.values.infer.of(expr)) {
            Callee::Builtin(entry) | Callee::Module(entry) => {
                self.rely_on_module(node);
                self.known(entry, call, node, false);
            }
            Callee::Method { entry, assumed, .. } => {
                if assumed {
                    self.rely(Assumption::KnownMethodNames);
                }
                self.known(entry, call, node, assumed);
            }
            Callee::Function(def) | Callee::OwnMethod(def) => {
                self.rely_on_module(node);
                let lazy = self.model.body_of_def(def).is_none_or(|body| body.is_generator);
                if !lazy {
                    let summary = self.model.summary(def);
                    self.take(&summary, &self.values.given(call));
                }
            }
            Callee::Class(def) if self.model.is_record(def) || self.model.is_plain_class(def) => {
                self.makes(def);
                self.rely_on_module(node);
            }
            Callee::Lambda(_) => self.call_value(&call.func),
            Callee::Pure => self.raises(node),
            Callee::Class(def) => match self.model.constructor_code(def) {
                Some(init) => {
                    self.makes(def);
                    self.rely_on_module(node);
                    if let Some(init) = init {
                        let summary = self.model.summary(init);
                        self.take(&summary, &self.values.arguments(call));
                    }
                }
                None => self.anything(node),
            },
            Callee::Unknown => self.anything(node),
        }
    }

    /// A name of a builtin, a library or this module means what it says.
    pub(super) fn rely_on_module(&mut self, node: NodeId) {
        if !self.rely(Assumption::ModuleNotPatched) {
            self.anything(node);
        }
    }

    /// Takes over the effects of a function of this module that is called with `arguments`.
    pub(super) fn take(&mut self, summary: &Effects, arguments: &Objects) {
        let mut summary = summary.clone();
        let reachable = self.values.heap.reachable(arguments);
        if summary.reads.has_outer() {
            summary.reads.add(&reachable);
        }
        if summary.writes.has_outer() {
            summary.writes.add(&reachable);
        }
        if summary.walks_unknown.is_some() || summary.wants.contains(Assumption::IterationIsPure) {
            self.walk_lazy(&reachable, NodeId::ROOT);
        }
        self.effects.add(&summary);
    }

    /// A call that stands in the tables.
    pub(super) fn known(&mut self, entry: &Call, call: &ExprCall, node: NodeId, assumed: bool) {
        let receiver = self.values.receiver(call);
        let arguments = self.values.arguments(call);
        let everything = self.values.heap.reachable(&arguments.clone().union(&receiver));
        self.effects.reads.add(&everything);
        if entry.mutates_receiver {
            self.effects.writes.add(&receiver);
        }
        if entry.raises || (entry.separator && may_be_empty(call)) {
            self.raises(node);
        }
        if entry.reads_this_file {
            let kind = match &*call.func {
                Expr::Attribute(method) => self.kind(&method.value),
                _ => Kind::File(None),
            };
            let kind = if matches!(kind, Kind::File(_)) { kind } else { Kind::File(None) };
            if !self.reads_safely(&kind) {
                self.raises(node);
            }
        }
        if entry.stop && call.arguments.args.len() < 2 {
            self.effects.stops = Some(node);
        }
        self.world(entry, call, node);
        self.read_attributes(entry, call);
        self.read_by_template(call);
        self.shown_by(entry, call);
        let builtin = |expr: &Expr| self.kind(expr).is_builtin();
        if !assumed
            && !call
                .arguments
                .args
                .iter()
                .chain(call.arguments.keywords.iter().map(|k| &k.value))
                .all(builtin)
        {
            self.operators();
        }
        for (at, argument) in call.arguments.args.iter().enumerate() {
            let covers = |list: &[crate::table::Which]| list.iter().any(|which| which.covers(Some(at), None));
            // `max(a, b)` compares, `max(xs)` walks.
            let walked = covers(&entry.drains)
                && (!matches!(entry.name, "min" | "max") || call.arguments.args.len() == 1);
            if walked || covers(&entry.extends) {
                self.walk(argument);
            }
            if covers(&entry.mutates) {
                let changed = self.values.of(argument);
                self.effects.writes.add(&changed);
                if entry.name == "next" {
                    self.walk(argument);
                }
            }
        }
        // What keeps its arguments calls them when it is walked.
        if entry.keeps.is_empty() {
            self.called_arguments(entry, call);
        }
    }

    /// Attributes that a call reads without naming them as such.
    fn read_attributes(&mut self, entry: &Call, call: &ExprCall) {
        const WHOLE: [&str; 8] = [
            "vars",
            "dir",
            "copy.copy",
            "copy.deepcopy",
            "dataclasses.asdict",
            "dataclasses.astuple",
            "dataclasses.replace",
            "operator.attrgetter",
        ];
        match (entry.name, call.arguments.args.get(1)) {
            ("getattr" | "hasattr", Some(Expr::StringLiteral(name))) => {
                self.read_attribute(name.value.to_str());
            }
            ("getattr" | "hasattr", _) => self.effects.attr_reads = Names::everything(),
            (name, _) if WHOLE.contains(&name) => self.effects.attr_reads = Names::everything(),
            _ => {}
        }
    }

    pub(super) fn called_arguments(&mut self, entry: &Call, call: &ExprCall) {
        for (at, argument) in call.arguments.args.iter().enumerate() {
            if entry.calls.iter().any(|which| which.covers(Some(at), None))
                && !self.kind(argument).is_scalar()
            {
                self.call_value(argument);
            }
        }
        for keyword in &call.arguments.keywords {
            let name = keyword.arg.as_deref();
            if entry.calls.iter().any(|which| which.covers(None, name)) {
                self.call_value(&keyword.value);
            }
        }
    }

    pub(super) fn world(&mut self, entry: &Call, call: &ExprCall, node: NodeId) {
        let mut world = World::NOTHING;
        if entry.output {
            world.add(World::OUTPUT);
            if entry.name == "print" && call.arguments.find_keyword("file").is_some() {
                world = World::EVERYTHING;
                self.effects.writes.add(&self.values.arguments(call));
            }
        }
        if entry.input {
            world.add(World::INPUT);
        }
        if entry.world {
            world.add(World::OTHER);
        }
        if entry.identity {
            world.add(World::IDENTITY);
        }
        let opens = matches!(self.values.infer.of_call_kind(call), Kind::File(_))
            && entry.reads_files
            && !entry.reads_this_file;
        if opens {
            self.effects.opens.push(node);
            world.add(World::READS_FILES);
            if !self.model.opens_for_reading(call) {
                world.add(World::WRITES_FILES);
            }
        } else {
            if matches!(entry.name, "path.write_text" | "path.write_bytes") {
                self.effects.opens.push(node);
            }
            if entry.reads_files || entry.reads_this_file {
                world.add(World::READS_FILES);
            }
            if entry.writes_files {
                world.add(World::WRITES_FILES);
            }
        }
        self.effects.world.add(world);
    }

    /// Calling a value with arguments from outside. What the value has hold
    /// of (the receiver of a bound method) may be read and changed.
    pub(super) fn call_value(&mut self, func: &Expr) {
        self.read_deep(func);
        match self.model.callee_of_value(func, &|expr| self.values.infer.of(expr)) {
            Callee::Lambda(_) => {
                if let Expr::Lambda(lambda) = func {
                    self.expr(&lambda.body);
                }
            }
            Callee::Function(def) => {
                let summary = self.model.summary(def);
                self.effects.add(&summary);
                self.rely_on_module(self.id(func));
            }
            Callee::Builtin(entry) | Callee::Module(entry) | Callee::Method { entry, .. } => {
                if !matches!(func, Expr::Attribute(_)) {
                    self.rely_on_module(self.id(func));
                }
                let pure = !entry.mutates_receiver
                    && entry.mutates.is_empty()
                    && !(entry.output
                        || entry.input
                        || entry.world
                        || entry.reads_files
                        || entry.writes_files);
                if pure {
                    self.shown_by_value(entry, func);
                    self.operators();
                    self.effects.reads.add(&Objects::outer());
                    if entry.raises {
                        self.raises(self.id(func));
                    }
                    if entry.identity {
                        self.effects.world.add(World::IDENTITY);
                    }
                } else {
                    self.call_anything(func);
                }
            }
            Callee::Class(def) if self.model.is_record(def) => self.rely_on_module(self.id(func)),
            Callee::Pure => self.raises(self.id(func)),
            _ if self.model.makes_getter(func) => {
                self.effects.reads.add(&Objects::outer());
                self.effects.attr_reads.add(&Names::everything());
                self.raises(self.id(func));
                self.operators();
                if !self.rely(Assumption::AttributeReadsArePure) {
                    self.anything(self.id(func));
                }
            }
            _ if matches!(func, Expr::NoneLiteral(_)) => {}
            _ => self.call_anything(func),
        }
    }

    pub(super) fn call_anything(&mut self, func: &Expr) {
        let held = self.values.heap.reachable(&self.values.of(func));
        self.effects.writes.add(&held);
        self.walk_lazy(&held, self.id(func));
        self.anything(self.id(func));
    }
}

/// Whether the separator that a call gives may be empty.
fn may_be_empty(call: &ExprCall) -> bool {
    match call.arguments.find_argument_value("sep", 0) {
        None => call.arguments.args.iter().any(Expr::is_starred_expr),
        Some(Expr::NoneLiteral(_)) => false,
        Some(Expr::StringLiteral(text)) => text.value.is_empty(),
        Some(Expr::BytesLiteral(text)) => text.value.is_empty(),
        Some(_) => true,
    }
}
