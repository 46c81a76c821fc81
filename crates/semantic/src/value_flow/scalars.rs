//! Whether an expression is surely a number, a string or the like, as seen from
//! the whole module: through parameters, results, and fields of records.
//!
//! To show it of one expression, it has to be shown of others: of what all
//! callers pass, of what is put into a field. If none of them fails, all hold
//! (the greatest fixed point: an expression may depend on itself, as a total does).

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprAttribute, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::{Run, Target};
use super::foreign::gives_value;
use super::uses::{Slot, Use, is_stored, use_of};
use crate::scope::SymbolId;
use crate::{Kind, Model};

/// With more than so many expressions to look at, it is not known.
const MOST: usize = 400;

struct Goals<'a, 'm> {
    model: &'a Model<'m>,
    /// Expressions, and whether they are the one in question or an operand of it.
    todo: Vec<(&'m Expr, bool)>,
    seen: FxHashSet<NodeId>,
    symbols: FxHashSet<SymbolId>,
    /// Variables of which the items are looked at.
    holders: FxHashSet<SymbolId>,
    attributes: FxHashSet<String>,
    trusts_names: bool,
}

impl<'m> Model<'m> {
    /// Whether the value is a scalar; if so, whether an attribute was taken for
    /// the field of that name of a class of this module.
    pub(crate) fn scalar(&self, expr: &'m Expr) -> Option<bool> {
        let mut goals = Goals::new(self);
        goals.todo.push((expr, true));
        goals.hold().then_some(goals.trusts_names)
    }

    /// Whether all that is ever put into attributes of that name is a scalar, and
    /// the one in question belongs to an object of this module: adding to it in
    /// place changes nothing that anybody else has.
    pub(crate) fn keeps_scalars(&self, attribute: &ExprAttribute) -> bool {
        let name = attribute.attr.as_str();
        let mut goals = Goals::new(self);
        self.methods_named(name).is_empty()
            && self.is_own_instance(&attribute.value)
            && goals.field(name)
            && goals.hold()
    }

    /// Whether there is an `x.name = ...`.
    pub(crate) fn is_assigned(&self, name: &str) -> bool {
        let stored =
            |id: &NodeId| matches!(self.tree.expr(*id), Some(Expr::Attribute(found)) if is_stored(found.ctx));
        self.attributes_named(name).iter().any(stored)
    }

    /// Whether attributes of that name are set to something that might be called.
    pub(crate) fn may_hold_function(&self, name: &str) -> bool {
        if let Some(known) = self.functions_held.borrow().get(name) {
            return *known;
        }
        // Asked again while it is being worked out, it is not known.
        self.functions_held.borrow_mut().insert(name.to_owned(), true);
        let mut goals = Goals::new(self);
        let found = goals.is_bound(name) && !(goals.field(name) && goals.hold());
        self.functions_held.borrow_mut().insert(name.to_owned(), found);
        found
    }
}

impl<'a, 'm> Goals<'a, 'm> {
    fn new(model: &'a Model<'m>) -> Self {
        Self {
            model,
            todo: Vec::new(),
            seen: FxHashSet::default(),
            symbols: FxHashSet::default(),
            holders: FxHashSet::default(),
            attributes: FxHashSet::default(),
            trusts_names: false,
        }
    }

    /// Whether all that is to do holds.
    fn hold(&mut self) -> bool {
        while let Some((expr, near)) = self.todo.pop() {
            let new = self.seen.insert(self.model.tree.id(expr));
            if new && (self.seen.len() > MOST || !self.reach(expr, near)) {
                return false;
            }
        }
        true
    }

    /// Whether it can be a scalar, if everything is that is still to do.
    fn reach(&mut self, expr: &'m Expr, near: bool) -> bool {
        let model = self.model;
        let node = model.tree.id(expr);
        if let Some(body) = model.body_of(node) {
            let kind = body.kind(model, expr);
            if kind.is_scalar() && kind != Kind::Never {
                return true;
            }
            if !matches!(kind, Kind::Unknown | Kind::Never) {
                return false;
            }
        }
        match expr {
            // In the body of a class, the defaults of its fields.
            expr if expr.is_literal_expr() && !expr.is_ellipsis_literal_expr() => true,
            Expr::Name(_) => match model.scopes.resolve(node).symbol() {
                Some(symbol) => self.variable(symbol),
                None => false,
            },
            // Elsewhere it might be the attribute of an object from outside that
            // fills the field of that name.
            Expr::Attribute(attribute) => {
                attribute.ctx.is_load()
                    && (near || model.is_own_instance(&attribute.value))
                    && self.attribute(attribute)
            }
            Expr::BinOp(op) => self.also([&*op.left, &*op.right], near),
            Expr::UnaryOp(op) => self.also([&*op.operand], near),
            Expr::BoolOp(op) => self.also(&op.values, near),
            Expr::If(choice) => self.also([&*choice.body, &*choice.orelse], near),
            Expr::Compare(compare) => {
                self.also([&*compare.left], near) && self.also(&compare.comparators, near)
            }
            Expr::Named(named) => self.also([&*named.value], near),
            Expr::Call(call) => self.call(call, near),
            // Of a string, or of what a string was cut into.
            Expr::Subscript(subscript) if !is_stored(subscript.ctx) => {
                if subscript.slice.is_slice_expr() {
                    self.also([&*subscript.value], false)
                } else {
                    self.yields_scalars(&subscript.value)
                }
            }
            _ => false,
        }
    }

    /// It is one if these are.
    fn also(&mut self, others: impl IntoIterator<Item = &'m Expr>, near: bool) -> bool {
        self.todo.extend(others.into_iter().map(|other| (other, near)));
        true
    }

    fn call(&mut self, call: &'m ExprCall, near: bool) -> bool {
        let arguments = &call.arguments;
        let plain = !arguments.args.iter().any(Expr::is_starred_expr) && arguments.keywords.is_empty();
        match self.model.target_of(call) {
            Target::Function(def) => self.results(def),
            Target::Builtin(name) if plain => match name.as_str() {
                "max" | "min" => arguments.args.len() > 1 && self.also(&arguments.args, near),
                "abs" | "round" => self.also(&arguments.args, near),
                _ => false,
            },
            Target::Library(name) => gives_value(&name),
            Target::Method(name, own) if own.is_empty() && gives_text(&name) => match &*call.func {
                Expr::Attribute(method) => self.also([&*method.value], false),
                _ => false,
            },
            _ => false,
        }
    }

    /// A field, or what properties of that name give.
    fn attribute(&mut self, attribute: &'m ExprAttribute) -> bool {
        let name = attribute.attr.as_str();
        let own = self.model.methods_of(attribute);
        let mut properties = own.iter().copied();
        if !properties.all(|def| self.model.property_name(def).is_some() && self.results(def)) {
            return false;
        }
        let is_field = own.is_empty() || self.is_bound(name);
        !is_field || self.field(name)
    }

    fn results(&mut self, def: NodeId) -> bool {
        let model = self.model;
        let plain = model.function(def).is_some_and(|function| function.decorator_list.is_empty());
        if !plain && model.property_name(def).is_none() {
            return false;
        }
        let Some(body) = model.body_of_def(def).filter(|body| !body.is_generator && !body.is_async) else {
            return false;
        };
        for node in &body.nodes {
            if let Node::Stmt(Stmt::Return(stmt)) = model.tree.node(*node)
                && let Some(value) = &stmt.value
            {
                self.todo.push((value, false));
            }
        }
        true
    }

    fn variable(&mut self, symbol: SymbolId) -> bool {
        let model = self.model;
        if !self.symbols.insert(symbol) {
            return true;
        }
        let data = model.scopes.symbol(symbol);
        if !model.is_bound_in_sight(symbol) {
            return false;
        }
        data.bindings.iter().all(|binding| self.bound(symbol, *binding))
    }

    fn bound(&mut self, symbol: SymbolId, binding: NodeId) -> bool {
        let tree = self.model.tree;
        let Some(parent) = tree.parent(binding) else { return false };
        match tree.node(parent) {
            Node::Stmt(Stmt::Assign(assign)) => self.also([&*assign.value], false),
            Node::Stmt(Stmt::AnnAssign(assign)) => self.also(assign.value.as_deref(), false),
            Node::Stmt(Stmt::AugAssign(assign)) => self.also([&*assign.value], false),
            Node::Expr(Expr::Named(named)) => self.also([&*named.value], false),
            Node::Stmt(Stmt::For(stmt)) => self.yields_scalars(&stmt.iter),
            Node::Part(AnyNodeRef::Comprehension(clause)) => self.yields_scalars(&clause.iter),
            Node::Expr(Expr::Tuple(tuple)) => self.unpacked(binding, parent, &tuple.elts),
            Node::Part(AnyNodeRef::Parameter(_)) => self.passed(symbol, parent),
            _ => false,
        }
    }

    /// Whether walking or indexing a value gives scalars: a string that was cut
    /// up, for example.
    fn yields_scalars(&mut self, iter: &'m Expr) -> bool {
        let model = self.model;
        let node = model.tree.id(iter);
        if model.body_of(node).is_some_and(|body| is_certain(&body.item_kind(model, iter))) {
            return true;
        }
        match iter {
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) => {
                    is_cutting(method.attr.as_str())
                        && model.methods_of(method).is_empty()
                        && self.also([&*method.value], false)
                }
                _ => false,
            },
            Expr::Subscript(subscript) => {
                subscript.slice.is_slice_expr() && self.yields_scalars(&subscript.value)
            }
            Expr::ListComp(comp) => self.also([&*comp.elt], false),
            Expr::Generator(comp) => self.also([&*comp.elt], false),
            Expr::Name(_) => match model.scopes.resolve(node).symbol() {
                Some(symbol) => self.holds_scalars(symbol),
                None => false,
            },
            _ => false,
        }
    }

    /// A variable with such a value, which nobody adds to.
    fn holds_scalars(&mut self, symbol: SymbolId) -> bool {
        let model = self.model;
        if !self.holders.insert(symbol) {
            return true;
        }
        let data = model.scopes.symbol(symbol);
        if !model.is_bound_in_sight(symbol) {
            return false;
        }
        let reads = |id: &NodeId| match use_of(model.tree, *id) {
            Use::Subscripted(subscript) => !is_stored(subscript.ctx),
            Use::Walked(_) | Use::Read | Use::Compared { .. } | Use::Discarded => true,
            // Unpacked, not given another name.
            Use::BoundAll(targets) => targets.iter().all(Expr::is_tuple_expr),
            Use::Argument(call, _) => matches!(model.target_of(call), Target::Builtin(name)
                if matches!(name.as_str(), "len" | "map" | "enumerate" | "zip" | "sum" | "print")),
            _ => false,
        };
        data.uses.iter().all(reads)
            && data.bindings.iter().all(|binding| {
                match model.tree.parent(*binding).map(|parent| model.tree.node(parent)) {
                    Some(Node::Stmt(Stmt::Assign(assign))) => self.yields_scalars(&assign.value),
                    _ => false,
                }
            })
    }

    /// `a, b = value`, `for a, b in values`
    fn unpacked(&mut self, binding: NodeId, tuple: NodeId, targets: &'m [Expr]) -> bool {
        let model = self.model;
        let tree = model.tree;
        let at = targets.iter().position(|target| tree.id(target) == binding);
        let Some(at) = at else { return false };
        let Some(body) = model.body_of(binding) else { return false };
        // Where another target takes the rest, it may be any of the parts.
        let each = !targets.iter().any(Expr::is_starred_expr);
        let part_of = |kind: Kind| match kind {
            Kind::Tuple(parts) if each && parts.len() == targets.len() => is_certain(&parts[at]),
            kind => is_certain(&kind.item()),
        };
        let Some(outer) = tree.parent(tuple) else { return false };
        match tree.node(outer) {
            Node::Stmt(Stmt::Assign(assign)) => match &*assign.value {
                Expr::Tuple(values) if each && values.elts.len() == targets.len() => {
                    self.todo.push((&values.elts[at], false));
                    !values.elts.iter().any(Expr::is_starred_expr)
                }
                value => part_of(body.kind(model, value)) || self.yields_scalars(value),
            },
            Node::Stmt(Stmt::For(stmt)) => {
                part_of(body.item_kind(model, &stmt.iter))
                    || model.gives_plain_rows(&stmt.iter)
                    || self.finds_texts(&stmt.iter)
            }
            Node::Part(AnyNodeRef::Comprehension(clause)) => {
                part_of(body.item_kind(model, &clause.iter))
                    || model.gives_plain_rows(&clause.iter)
                    || self.finds_texts(&clause.iter)
            }
            _ => false,
        }
    }

    /// `PATTERN.findall(line)`: texts, or tuples of texts.
    fn finds_texts(&self, iter: &'m Expr) -> bool {
        let Expr::Call(call) = iter else { return false };
        match (self.model.target_of(call), &*call.func) {
            (Target::Library(name), _) => name == "re.findall",
            (Target::Method(name, _), Expr::Attribute(method)) if name == "findall" => {
                let body = self.model.body_of(self.model.tree.id(iter));
                body.is_some_and(|body| body.kind(self.model, &method.value) == Kind::Pattern)
            }
            _ => false,
        }
    }

    /// What all callers pass for a parameter.
    fn passed(&mut self, parameter: SymbolId, node: NodeId) -> bool {
        let model = self.model;
        let Some((def, default)) = model.declared_at(parameter, node) else { return false };
        let Ok(runs) = model.runs(def) else { return false };
        for run in runs {
            let call = match run {
                Run::Call(call) => call,
                Run::Named(named) if self.is_mapped(def, parameter, named) => continue,
                Run::Named(_) => return false,
            };
            match model.given_for(call, def, parameter, default) {
                Some(given) => self.todo.push((given, false)),
                None => return false,
            }
        }
        true
    }

    /// `map(parse, lines)`, where all lines are scalars.
    fn is_mapped(&mut self, def: NodeId, parameter: SymbolId, named: NodeId) -> bool {
        let model = self.model;
        let Use::Argument(call, Slot::Position(0)) = use_of(model.tree, named) else { return false };
        let [_, items] = &call.arguments.args[..] else { return false };
        let first =
            model.function(def).and_then(|function| function.parameters.iter_non_variadic_params().next());
        let first =
            first.and_then(|first| model.scopes.resolve(model.tree.id(&first.parameter.name)).symbol());
        model.is_builtin(&call.func, "map")
            && call.arguments.keywords.is_empty()
            && !items.is_starred_expr()
            && first == Some(parameter)
            && self.yields_scalars(items)
    }

    /// All that is ever put into fields and attributes of a name.
    fn field(&mut self, name: &str) -> bool {
        if !self.attributes.insert(name.to_owned()) {
            return true;
        }
        self.trusts_names = true;
        let model = self.model;
        model.is_program()
            && model.check_attributes_named().is_ok()
            && !self.is_filled_from_outside(name)
            && model.classes().all(|class| self.class_variable(class, name))
            && model.attributes_named(name).iter().all(|id| self.stored(*id))
            && (!model.attributes_named(name).is_empty())
            && self.is_bound(name)
    }

    /// Whether something in this module is put into attributes of that name.
    fn is_bound(&self, name: &str) -> bool {
        self.model.is_class_variable(name) || self.model.is_assigned(name)
    }

    /// Options of the command line, and objects made of keywords, get their
    /// attributes otherwise.
    fn is_filled_from_outside(&mut self, name: &str) -> bool {
        let model = self.model;
        model.calls_that_fill().iter().any(|(id, function)| {
            let Some(Expr::Call(call)) = model.tree.expr(*id) else { return false };
            match function.as_str() {
                ".add_argument" | ".add_option" => {
                    let is_it = |text: &Expr| match text {
                        Expr::StringLiteral(text) => {
                            text.value.to_str().trim_start_matches('-').replace('-', "_") == name
                        }
                        _ => true,
                    };
                    call.arguments.args.iter().any(is_it)
                        || call.arguments.find_keyword("dest").is_some_and(|dest| is_it(&dest.value))
                }
                "dataclasses.replace" | "._replace" => self.replaces(call, name),
                "types.SimpleNamespace" | "argparse.Namespace" | "._make" => true,
                _ => model.may_name(call, name),
            }
        })
    }

    /// `replace(item, name=value)`
    fn replaces(&mut self, call: &'m ExprCall, name: &str) -> bool {
        for keyword in &call.arguments.keywords {
            match &keyword.arg {
                Some(arg) if arg.as_str() == name => self.todo.push((&keyword.value, false)),
                Some(_) => {}
                None => return true,
            }
        }
        false
    }

    fn class_variable(&mut self, class: NodeId, name: &str) -> bool {
        let Some(def) = self.model.class_def(class) else { return false };
        def.body.iter().all(|stmt| {
            let (target, value) = match stmt {
                Stmt::AnnAssign(field) => (&*field.target, field.value.as_deref()),
                Stmt::Assign(assign) => match assign.targets.as_slice() {
                    [target] => (target, Some(&*assign.value)),
                    _ => return false,
                },
                Stmt::FunctionDef(_) | Stmt::Expr(_) | Stmt::Pass(_) => return true,
                _ => return false,
            };
            !matches!(target, Expr::Name(found) if found.id == name) || self.filled_field(class, name, value)
        })
    }

    /// `x.name = value`, `x.name, y = values`
    fn stored(&mut self, id: NodeId) -> bool {
        let tree = self.model.tree;
        let Some(Expr::Attribute(attribute)) = tree.expr(id) else { return false };
        if !is_stored(attribute.ctx) {
            return true;
        }
        let Some(parent) = tree.parent(id) else { return false };
        match tree.node(parent) {
            Node::Stmt(Stmt::Assign(assign)) => self.also([&*assign.value], false),
            Node::Stmt(Stmt::AnnAssign(assign)) => self.also(assign.value.as_deref(), false),
            Node::Stmt(Stmt::AugAssign(assign)) => self.also([&*assign.value], false),
            Node::Expr(Expr::Tuple(tuple)) => self.unpacked(id, parent, &tuple.elts),
            _ => false,
        }
    }

    /// What constructors put into the field of a record, and its default.
    fn filled_field(&mut self, class: NodeId, name: &str, default: Option<&'m Expr>) -> bool {
        let model = self.model;
        match default {
            Some(Expr::Call(call)) => {
                // `field(default=0)`
                let known = model.qualified(&call.func).is_some_and(|name| name == "dataclasses.field");
                let value = call.arguments.find_keyword("default");
                if !known || call.arguments.find_keyword("default_factory").is_some() {
                    return false;
                }
                self.todo.extend(value.map(|keyword| (&keyword.value, false)));
            }
            Some(value) => self.todo.push((value, false)),
            None => {}
        }
        let Some(fields) = model.record_fields(class) else {
            // A constant of a class without magic.
            return default.is_some()
                && model
                    .class_def(class)
                    .is_some_and(|def| def.decorator_list.is_empty() && def.arguments.is_none());
        };
        let Some(at) = fields.iter().position(|field| field == name) else { return false };
        let mut calls = Vec::new();
        if model.derived(class).iter().any(|other| model.calls_of_class(*other, &mut calls).is_err()) {
            return false;
        }
        calls.into_iter().all(|call| self.constructed(call, name, at, default.is_some()))
    }

    fn constructed(&mut self, call: &'m ExprCall, name: &str, at: usize, has_default: bool) -> bool {
        let arguments = &call.arguments;
        if arguments.keywords.iter().any(|keyword| keyword.arg.is_none()) {
            return false;
        }
        let starred = arguments.args.iter().position(Expr::is_starred_expr);
        if let Some(first) = starred.filter(|first| *first <= at) {
            // `Point(*map(float, parts))`
            let body = self.model.body_of(self.model.tree.id(call));
            return arguments.args[first..].iter().all(|argument| match argument {
                Expr::Starred(starred) => {
                    body.as_ref().is_some_and(|body| is_certain(&body.item_kind(self.model, &starred.value)))
                }
                argument => {
                    self.todo.push((argument, false));
                    true
                }
            });
        }
        let keyword = arguments
            .keywords
            .iter()
            .find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name));
        match (arguments.args.get(at), keyword) {
            (Some(argument), _) => self.todo.push((argument, false)),
            (None, Some(keyword)) => self.todo.push((&keyword.value, false)),
            (None, None) => return has_default,
        }
        true
    }
}

/// Methods of strings that give a list or tuple of strings.
fn is_cutting(name: &str) -> bool {
    matches!(name, "split" | "rsplit" | "splitlines" | "partition" | "rpartition")
}

/// Methods of strings that give a string or a number.
fn gives_text(name: &str) -> bool {
    matches!(
        name,
        "strip"
            | "lstrip"
            | "rstrip"
            | "lower"
            | "upper"
            | "title"
            | "capitalize"
            | "casefold"
            | "replace"
            | "removeprefix"
            | "removesuffix"
            | "zfill"
            | "ljust"
            | "rjust"
            | "center"
            | "startswith"
            | "endswith"
            | "find"
            | "rfind"
            | "isdigit"
            | "isalpha"
            | "isalnum"
            | "isspace"
            | "isupper"
            | "islower"
            | "format"
            | "encode"
            | "decode"
            | "translate"
    )
}

fn is_certain(kind: &Kind) -> bool {
    kind.is_scalar() && *kind != Kind::Never
}
