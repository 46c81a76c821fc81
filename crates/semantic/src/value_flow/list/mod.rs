//! All expressions of the module that may be one list, or one of the lists in a
//! dictionary, from the one that makes it through variables, arguments, results,
//! attributes.
//!
//! Flow-insensitive: a variable that may hold the list counts wherever it is
//! used. So what is found is more than what happens, never less.

// tidy: long because it has one arm for each use of a list.

mod conditions;
mod dicts;
mod groups;
mod renewed;
mod set_algebra;
mod sets;

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{
    CmpOp, Expr, ExprAttribute, ExprBinOp, ExprCall, ExprSubscript, Number, Operator, Stmt, UnaryOp,
};
use spacetime_syntax::{Node, NodeId};

use crate::scope::SymbolId;
use crate::value_flow::calls::Target;
use crate::value_flow::methods::takes_items;
use crate::value_flow::uses::{Slot, Use, is_stored, use_of};
use crate::{Doubt, Model};

/// How an expression holds the lists that are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shape {
    /// It is one of them.
    List,
    /// A dictionary whose values they are.
    Groups,
    /// An iterable of pairs of a key and a list.
    Pairs,
    /// An iterable of them.
    Lists,
    /// An iterable of tuples with one of them at that place.
    Rows(u8),
    /// It is a set; nothing else is followed then.
    Set,
    /// It is a dictionary, whose values may be anything.
    Dict,
    /// What walks such a dictionary, at that depth of its values.
    View(u8),
}

/// An expression of that shape, or a tuple with such a thing at that place.
type Holder = (Shape, Option<usize>);

/// Where a list goes, if all of it is known and no more is done with it than
/// any sequence can do that is filled at its end.
#[derive(Clone, Debug, Default)]
pub struct Journey {
    /// Expressions that may be the list, or a sum or copy of it, and targets
    /// that take it apart.
    pub places: Vec<NodeId>,
    /// Those among them that are slices, sums and copies.
    pub copies: Vec<NodeId>,
    /// Items that are appended.
    pub added: Vec<NodeId>,
    /// Iterables whose items are put behind it.
    pub extended: Vec<NodeId>,
    /// Places where it is walked.
    pub walks: Vec<NodeId>,
    /// Slices with two bounds.
    pub windows: Vec<NodeId>,
    /// Subscripts that read one item.
    pub indexed: Vec<NodeId>,
    /// Places where an item is searched in it.
    pub searched: Vec<NodeId>,
    /// Calls of `sort`.
    pub sorted: Vec<NodeId>,
    /// Places where a set is walked beside another: `old - new`.
    pub combined: Vec<NodeId>,
    /// Expressions that make sets which are put into a dictionary.
    pub made: Vec<NodeId>,
    /// What evaluates to values of a dictionary, and how many containers are around
    /// them.
    pub values: Vec<(NodeId, u8)>,
    /// Expressions that hold several such lists and give their items: `zip(*columns)`.
    pub holders: Vec<NodeId>,
    /// What is added to values of a dictionary: `totals[key] += value`.
    pub augmented: Vec<NodeId>,
    /// Keys under which values are stored in a dictionary.
    pub keys: Vec<NodeId>,
    /// Keys of a dictionary are ordered by their values.
    pub ordered: bool,
    /// It leaves the body in which it is made.
    pub travels: bool,
    /// Some method was taken for what its name says.
    pub trusts_method_names: bool,
    /// Attributes are read in another order.
    pub trusts_attributes: bool,
    /// Functions of the module are taken to be called by the module alone.
    pub trusts_callers: bool,
}

/// Builtins that walk any iterable as they walk a list, and keep nothing of it.
const WALKING: [&str; 18] = [
    "sum",
    "min",
    "max",
    "any",
    "all",
    "sorted",
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "enumerate",
    "zip",
    "iter",
    "reversed",
    "map",
    "filter",
    "bytes",
];
/// Builtins that ask it something else.
const ASKING: [&str; 6] = ["len", "bool", "print", "repr", "str", "format"];
/// Library functions that take any iterable.
const LIBRARY: [&str; 53] = [
    "collections.Counter",
    "collections.deque",
    "collections.OrderedDict",
    "functools.reduce",
    "heapq.nlargest",
    "heapq.nsmallest",
    "heapq.merge",
    "itertools.accumulate",
    "itertools.batched",
    "itertools.chain",
    "itertools.chain.from_iterable",
    "itertools.compress",
    "itertools.count",
    "itertools.dropwhile",
    "itertools.filterfalse",
    "itertools.groupby",
    "itertools.islice",
    "itertools.pairwise",
    "itertools.starmap",
    "itertools.takewhile",
    "itertools.zip_longest",
    "math.fsum",
    "math.prod",
    "statistics.fmean",
    "statistics.mean",
    "statistics.median",
    "statistics.pstdev",
    "statistics.pvariance",
    "statistics.stdev",
    "statistics.variance",
    "statistics.median_low",
    "statistics.median_high",
    "statistics.quantiles",
    "statistics.harmonic_mean",
    "statistics.geometric_mean",
    "spacetime_compiler.runtime.Counted",
    "spacetime_compiler.runtime.candidates",
    "spacetime_compiler.runtime.columns",
    "spacetime_compiler.runtime.external_distinct",
    "spacetime_compiler.runtime.external_sort",
    "spacetime_compiler.runtime.sorted_head",
    "spacetime_compiler.runtime.sorted_item",
    "spacetime_compiler.runtime.sorted_set",
    "spacetime_compiler.runtime.SpillCounter",
    "spacetime_compiler.runtime.SpillDict",
    "spacetime_compiler.runtime.SpillList",
    "spacetime_compiler.runtime.SpillSet",
    "spacetime_compiler.runtime.updating",
    "spacetime_compiler.runtime.windows",
    "spacetime_compiler.runtime.print_joined",
    "spacetime_compiler.runtime.write_joined",
    "spacetime_compiler.runtime.write_text_joined",
    "array.array",
];
/// Methods that walk an argument.
const METHODS: [&str; 12] = [
    "extend",
    "update",
    "join",
    "writelines",
    "writerows",
    "executemany",
    "union",
    "difference",
    "intersection",
    "issubset",
    "issuperset",
    "isdisjoint",
];

impl Journey {
    /// The places, and how many containers are around the items there.
    pub(in crate::value_flow) fn depths(&self) -> Vec<(NodeId, u8)> {
        let lists = self.places.iter().map(|place| (*place, 1));
        lists.chain(self.holders.iter().map(|holder| (*holder, 2))).collect()
    }
}

impl Model<'_> {
    /// Follows the list that the expression at `site` makes, or that a default factory
    /// which stands there puts into a field.
    ///
    /// # Errors
    /// A doubt that says where the list gets out of sight, or what is done with
    /// it that only a list in memory can do (well).
    pub fn journey(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow(site, Shape::List)
    }

    /// Follows the lists that are the values of the dictionary that the
    /// expression at `site` makes.
    ///
    /// # Errors
    /// As for [`Self::journey`]; and when the dictionary is used otherwise than
    /// by looking up lists in it and walking it.
    pub fn journey_of_groups(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow(site, Shape::Groups)
    }

    /// The same for sets. `made` are then the expressions that make them, but for those that
    /// the dictionary makes itself; `places` are those that may be such a set.
    ///
    /// # Errors
    /// As for [`Self::journey_of_groups`] and [`Self::journey_of_set`].
    pub fn journey_of_group_sets(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow_like(site, Shape::Groups, Shape::Set, false)
    }

    /// Follows the set that the expression at `site` makes. `walks` are then places
    /// that do not tell in which order it is walked, `sorted` calls of the builtin.
    ///
    /// # Errors
    /// As for [`Self::journey`]; and when the order of the set could be seen.
    pub fn journey_of_set(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow(site, Shape::Set)
    }

    /// Follows the dictionary that the expression at `site` makes. `added` are then the
    /// values that are stored in it, `values` what they are taken out by.
    ///
    /// # Errors
    /// As for [`Self::journey`]; and when somebody could tell it from one on disk.
    pub fn journey_of_dict(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow(site, Shape::Dict)
    }

    /// The same for a `collections.Counter`, which can be asked more. `extended` are then
    /// iterables whose items are counted.
    ///
    /// # Errors
    /// As for [`Self::journey_of_dict`].
    pub fn journey_of_counter(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow_like(site, Shape::Dict, Shape::List, true)
    }

    fn follow(&self, site: NodeId, shape: Shape) -> Result<Journey, Doubt> {
        self.follow_like(site, shape, Shape::List, false)
    }

    fn follow_like(&self, site: NodeId, shape: Shape, inner: Shape, counter: bool) -> Result<Journey, Doubt> {
        let mut follow = Follow {
            counter,
            inner,
            model: self,
            journey: Journey::default(),
            todo: Vec::new(),
            seen: FxHashSet::default(),
            symbols: FxHashSet::default(),
            attributes: FxHashSet::default(),
            alone: shape == Shape::List,
        };
        match self.factory_field(site) {
            Some(field) => {
                self.made_by_factory(field)?;
                follow.kept(field.name, field.class, true, (shape, None));
            }
            None => follow.push(site, shape),
        }
        while let Some((node, holder)) = follow.todo.pop() {
            if follow.seen.insert((node, holder)) {
                follow.place(node, holder)?;
            }
        }
        Ok(follow.journey)
    }
}

struct Follow<'a, 'm> {
    model: &'a Model<'m>,
    journey: Journey,
    todo: Vec<(NodeId, Holder)>,
    seen: FxHashSet<(NodeId, Holder)>,
    symbols: FxHashSet<(SymbolId, Holder)>,
    /// Attributes by their names, of objects of that class alone if one is given.
    attributes: FxHashSet<(String, Option<NodeId>, Holder)>,
    /// One list is followed, not those in a dictionary, nor a set.
    alone: bool,
    /// The dictionary is a `Counter`.
    counter: bool,
    /// What the values of the dictionary are: lists or sets.
    inner: Shape,
}

type Step = Result<(), Doubt>;

impl<'m> Follow<'_, 'm> {
    fn place(&mut self, node: NodeId, holder: Holder) -> Step {
        let used = use_of(self.model.tree, node);
        if holder.0 == Shape::Set || self.inner == Shape::Set {
            self.check_set(node, used, holder.1)?;
        }
        if holder.0 == Shape::Dict {
            self.check_shown(node, used)?;
        }
        if self.moves(node, used, holder)? {
            if matches!(holder, (Shape::List | Shape::Dict, None)) {
                self.journey.places.push(node);
            }
            return Ok(());
        }
        match holder {
            (shape, Some(part)) => self.within_tuple(node, used, shape, part),
            (Shape::List, None) => {
                self.journey.places.push(node);
                self.list(node, used)
            }
            (Shape::Groups, None) => self.groups(node, used),
            (Shape::Pairs, None) => self.pairs(node, used),
            (Shape::Lists, None) => self.lists(node, used),
            (Shape::Rows(part), None) => self.rows(node, used, part),
            (Shape::Set, None) => {
                self.journey.places.push(node);
                self.set(node, used)
            }
            (Shape::Dict, None) => {
                self.journey.places.push(node);
                self.dict(node, used)
            }
            (Shape::View(level), None) => self.view(node, used, level),
        }
    }

    fn doubt(&self, node: NodeId, what: &str) -> Step {
        Err(Doubt::new(format!("{what} (line {})", self.model.line(node))))
    }

    /// Another list with some of the items.
    fn copied(&mut self, node: NodeId) {
        self.journey.copies.push(node);
        self.push(node, Shape::List);
    }

    fn push(&mut self, node: NodeId, shape: Shape) {
        self.todo.push((node, (shape, None)));
    }

    /// What is the same for everything that holds the list: it is bound,
    /// returned, passed on. Says whether that is the case.
    fn moves(&mut self, node: NodeId, used: Use<'m>, holder: Holder) -> Result<bool, Doubt> {
        match used {
            Use::Discarded | Use::Read | Use::Deleted | Use::Identity { constant: true } => {}
            Use::Bound(target) => self.bind(target, holder)?,
            Use::BoundAll(targets) => targets.iter().try_for_each(|target| self.bind(target, holder))?,
            Use::Named(target, parent) => {
                self.bind(target, holder)?;
                self.todo.push((parent, holder));
            }
            Use::Flows(parent) => self.todo.push((parent, holder)),
            Use::Part(tuple, at) if holder.1.is_none() => self.todo.push((tuple, (holder.0, Some(at)))),
            Use::Returned => self.returned(node, holder)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn list(&mut self, node: NodeId, used: Use<'m>) -> Step {
        match used {
            Use::Walked(_) | Use::Augments(_) | Use::YieldedFrom => self.journey.walks.push(node),
            Use::Unpacked(outer) => {
                let display = matches!(
                    self.model.tree.expr(outer),
                    Some(Expr::List(_) | Expr::Tuple(_) | Expr::Set(_))
                );
                if !display && !self.is_builtin_call(outer, &["print", "zip", "max", "min"]) {
                    return self.doubt(node, "it is unpacked into arguments");
                }
                self.journey.walks.push(node);
            }
            Use::Argument(call, slot) => self.argument(node, call, slot)?,
            Use::Attribute(attribute) => self.attribute_of(node, attribute)?,
            Use::Subscripted(subscript) => self.subscript(node, subscript)?,
            Use::Operand(parent) => match self.model.tree.expr(parent) {
                Some(Expr::BinOp(op)) if op.op == Operator::Add && !is_no_list(op) => {
                    self.journey.walks.push(node);
                    self.copied(parent);
                }
                _ => return self.doubt(node, "it is an operand"),
            },
            // What is no list cannot be ordered with one, and the error tells its class.
            Use::Compared { .. } if self.is_ordered(node) => {
                return self.doubt(node, "it is ordered with something else");
            }
            Use::Compared { searched } => {
                if searched {
                    self.journey.searched.push(node);
                } else {
                    self.journey.walks.push(node);
                }
            }
            Use::Augmented(value) => {
                let stmt = self.model.tree.parent(node).and_then(|stmt| self.model.tree.stmt(stmt));
                if !matches!(stmt, Some(Stmt::AugAssign(assign)) if matches!(assign.op, Operator::Add | Operator::Mult))
                {
                    return self.doubt(node, "it is an operand");
                }
                self.journey.extended.push(self.model.tree.id(value));
            }
            Use::Element(outer) => return self.element(node, outer),
            Use::Key => return self.doubt(node, "it is put into another container"),
            Use::Yielded => return self.doubt(node, "it is yielded"),
            Use::Identity { .. } => return self.doubt(node, "its identity is asked for"),
            _ => return self.doubt(node, "it is used in a way that is not understood"),
        }
        Ok(())
    }

    fn is_builtin_call(&self, node: NodeId, names: &[&str]) -> bool {
        matches!(self.model.tree.expr(node), Some(Expr::Call(call))
            if names.iter().any(|name| self.model.is_builtin(&call.func, name)))
    }

    fn bind(&mut self, target: &'m Expr, holder: Holder) -> Step {
        let node = self.model.tree.id(target);
        match target {
            Expr::Name(_) => match self.model.scopes.resolve(node).symbol() {
                Some(symbol) => self.variable(symbol, Some(node), holder),
                None => self.doubt(node, "it is bound to an unknown variable"),
            },
            Expr::Tuple(_) | Expr::List(_) => {
                let elements = match target {
                    Expr::Tuple(tuple) => &tuple.elts,
                    Expr::List(list) => &list.elts,
                    _ => return Ok(()),
                };
                match holder {
                    (Shape::List, None) => {
                        self.journey.walks.push(node);
                        self.journey.places.push(node);
                        Ok(())
                    }
                    (shape, Some(part)) => match elements.get(part) {
                        Some(element) if !elements.iter().any(Expr::is_starred_expr) => {
                            self.bind(element, (shape, None))
                        }
                        _ => self.doubt(node, "the tuple that holds it is unpacked otherwise"),
                    },
                    _ => self.doubt(node, "what holds it is unpacked"),
                }
            }
            Expr::Attribute(attribute) if holder.1.is_none() => self.stored(attribute, holder),
            Expr::Subscript(subscript)
                if holder == (Shape::List, None) && !subscript.slice.is_slice_expr() =>
            {
                self.put_into(node, &subscript.value, Shape::Groups)
            }
            _ => self.doubt(node, "it is put into another container"),
        }
    }

    fn symbol(&mut self, symbol: SymbolId, holder: Holder) -> Step {
        self.variable(symbol, None, holder)
    }

    /// A variable gets it, by what binds it there or by its caller.
    fn variable(&mut self, symbol: SymbolId, binding: Option<NodeId>, holder: Holder) -> Step {
        let data = self.model.scopes.symbol(symbol);
        let uses = self.model.uses_of_value(symbol, binding);
        if uses.is_none() && !self.symbols.insert((symbol, holder)) {
            return Ok(());
        }
        let name = &data.name;
        if self.model.scopes.scope(data.scope).kind == crate::scope::ScopeKind::Class {
            return Err(Doubt::new(format!("`{name}` belongs to a class")));
        }
        if self.model.scopes.uses_dynamic_names(data.scope) {
            return Err(Doubt::new(format!("`locals()`, `eval` or the like may read `{name}`")));
        }
        self.hidden(symbol)?;
        if let Some(uses) = uses {
            self.todo.extend(uses.into_iter().map(|node| (node, holder)));
            return Ok(());
        }
        self.todo.extend(data.uses.iter().map(|node| (*node, holder)));
        for binding in &data.bindings {
            if let Use::Augmented(_) = use_of(self.model.tree, *binding) {
                self.todo.push((*binding, holder));
            }
        }
        Ok(())
    }

    fn hidden(&mut self, symbol: SymbolId) -> Step {
        self.model.check_hidden(symbol)?;
        let data = self.model.scopes.symbol(symbol);
        if self.model.scopes.scope(data.scope).kind == crate::scope::ScopeKind::Module {
            self.journey.trusts_callers = true;
        }
        Ok(())
    }

    /// `self.name = list`: every attribute of that name may be it.
    fn stored(&mut self, attribute: &'m ExprAttribute, holder: Holder) -> Step {
        let node = self.model.tree.id(attribute);
        let name = attribute.attr.as_str();
        let own = self.model.function_around(node).filter(|def| {
            let receiver = self.model.receiver_parameter(*def);
            let base = self.model.scopes.resolve(self.model.tree.id(&*attribute.value)).symbol();
            self.model.is_method(*def)
                && matches!(&*attribute.value, Expr::Name(_))
                && receiver.is_some()
                && receiver == base
        });
        let Some(def) = own else {
            return self
                .doubt(node, &format!("it is kept in attribute `{name}` of an object that is not known"));
        };
        let class = self.model.scopes.scope(self.model.scopes.scope_of(def)).node;
        self.model.check_class(class)?;
        self.model.check_class_is_hidden(class)?;
        self.model.check_attribute_named(name)?;
        // `Class.method(other)` would set it on something else.
        let of_own = self.model.is_own_instance(&attribute.value);
        self.kept(name, class, of_own, holder);
        Ok(())
    }

    /// Every attribute of that name may be it, but for those of objects of other classes where
    /// it is `of_own`: kept by objects of the class alone.
    fn kept(&mut self, name: &str, class: NodeId, of_own: bool, holder: Holder) {
        self.journey.trusts_callers = true;
        self.journey.travels = true;
        if !self.attributes.insert((name.to_owned(), of_own.then_some(class), holder)) {
            return;
        }
        for id in self.model.attributes_named(name) {
            let Some(Expr::Attribute(other)) = self.model.tree.expr(*id) else { continue };
            let augmented = matches!(use_of(self.model.tree, *id), Use::Augmented(_));
            if (!is_stored(other.ctx) || augmented)
                && !(of_own && self.model.is_no_instance(&other.value, class))
            {
                self.todo.push((*id, holder));
            }
        }
    }

    /// `rows < other`
    fn is_ordered(&self, node: NodeId) -> bool {
        let compare = self.model.tree.parent(node).and_then(|parent| self.model.tree.expr(parent));
        let orders = |op: &CmpOp| matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE);
        matches!(compare, Some(Expr::Compare(compare)) if compare.ops.iter().any(orders))
    }

    fn returned(&mut self, node: NodeId, holder: Holder) -> Step {
        let Some(def) = self.model.function_around(node) else {
            return self.doubt(node, "it is returned from an unknown function");
        };
        if self.model.body_of_def(def).is_none_or(|body| body.is_generator) {
            return self.doubt(node, "a generator returns it");
        }
        let calls = self.model.callers(def)?;
        self.journey.travels = true;
        self.journey.trusts_callers |= self.model.function(def).is_some_and(|function| {
            let scope = self.model.scopes.scope_of(self.model.tree.id(&function.name));
            self.model.scopes.scope(scope).kind != crate::scope::ScopeKind::Function
        });
        self.todo.extend(calls.iter().map(|call| (self.model.tree.id(*call), holder)));
        Ok(())
    }

    fn argument(&mut self, node: NodeId, call: &'m ExprCall, slot: Slot<'m>) -> Step {
        match self.model.target_of(call) {
            Target::Builtin(name) if WALKING.contains(&name.as_str()) => {
                // Whoever gets an iterator may ask for its type.
                let given = use_of(self.model.tree, self.model.tree.id(call));
                if matches!(name.as_str(), "iter" | "reversed") && matches!(given, Use::Returned) {
                    return self.doubt(node, "an iterator over it is returned");
                }
                self.journey.walks.push(node);
            }
            Target::Builtin(name) if ASKING.contains(&name.as_str()) => {}
            Target::Library(name) if LIBRARY.contains(&name.as_str()) => self.journey.walks.push(node),
            Target::Library(name)
                if slot == Slot::Position(0)
                    && matches!(
                        name.as_str(),
                        "bisect.bisect" | "bisect.bisect_left" | "bisect.bisect_right"
                    ) =>
            {
                self.journey.searched.push(node);
            }
            Target::Method(name, own) if own.is_empty() && METHODS.contains(&name.as_str()) => {
                self.journey.trusts_method_names = true;
                self.journey.walks.push(node);
            }
            Target::Method(name, own) if own.is_empty() && name == "append" && slot == Slot::Position(0) => {
                let Expr::Attribute(method) = &*call.func else {
                    return self.doubt(node, "it is put into another container");
                };
                return self.put_into(node, &method.value, Shape::Lists);
            }
            // `dict.fromkeys(names)`
            _ if slot == Slot::Position(0)
                && matches!(&*call.func, Expr::Attribute(method)
                    if method.attr.as_str() == "fromkeys" && self.model.is_builtin(&method.value, "dict")) =>
            {
                self.journey.walks.push(node);
            }
            _ => return self.passed(node, call, slot, (Shape::List, None)),
        }
        Ok(())
    }

    /// Passed to functions of this module.
    fn passed(&mut self, node: NodeId, call: &'m ExprCall, slot: Slot<'m>, holder: Holder) -> Step {
        let defs = match self.model.target_of(call) {
            Target::Function(def) => vec![def],
            Target::Class(class) => {
                let Some((_, parameter)) = self.model.constructor_parameter(class, slot) else {
                    return self.doubt(node, "it is kept in a new object");
                };
                self.journey.travels = true;
                return self.symbol(parameter, holder);
            }
            // The name alone would not tell it from a container's own method.
            Target::Method(name, own)
                if !own.is_empty() && !METHODS.contains(&name.as_str()) && !takes_items(&name) =>
            {
                self.journey.trusts_method_names = true;
                own
            }
            _ => {
                let text = self.model.tree.module().slice(&*call.func);
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                return self.doubt(node, &format!("it is passed to `{text}`, of which nothing is known"));
            }
        };
        self.journey.travels = true;
        for def in defs {
            let Some(parameter) = self.model.parameter_of(call, def, slot) else {
                return self.doubt(node, "it is passed in a way that is not understood");
            };
            self.symbol(parameter, holder)?;
        }
        Ok(())
    }

    fn attribute_of(&mut self, node: NodeId, attribute: &'m ExprAttribute) -> Step {
        let name = attribute.attr.as_str();
        let id = self.model.tree.id(attribute);
        if is_stored(attribute.ctx) {
            return self.doubt(node, "an attribute of it is set");
        }
        match self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent)) {
            Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == id => self.method(node, call, name),
            _ if matches!(name, "append" | "extend") => self.bound_method(id, name),
            _ => self.doubt(node, &format!("its method `{name}` is taken")),
        }
    }

    /// `add = rows.append`, where `add` is only ever called.
    fn bound_method(&mut self, id: NodeId, name: &str) -> Step {
        let Use::BoundAll([Expr::Name(target)]) = use_of(self.model.tree, id) else {
            return self.doubt(id, &format!("its method `{name}` is taken"));
        };
        let symbol = self.model.scopes.resolve(self.model.tree.id(target)).symbol();
        let Some(symbol) = symbol else { return self.doubt(id, "its method is taken") };
        self.hidden(symbol)?;
        let uses = self.model.scopes.symbol(symbol).uses.clone();
        for used in uses {
            let call = self.model.tree.parent(used).and_then(|parent| self.model.tree.expr(parent));
            match call {
                Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == used => {
                    self.method(used, call, name)?;
                }
                _ => return self.doubt(used, &format!("its method `{name}` is handed on")),
            }
        }
        Ok(())
    }

    fn method(&mut self, node: NodeId, call: &'m ExprCall, name: &str) -> Step {
        let arguments = &call.arguments;
        let one = match (&arguments.args[..], arguments.keywords.is_empty()) {
            ([one], true) if !one.is_starred_expr() => Some(self.model.tree.id(one)),
            _ => None,
        };
        match (name, one) {
            ("append", Some(item)) => self.journey.added.push(item),
            ("extend", Some(items)) => self.journey.extended.push(items),
            ("clear", None) if arguments.is_empty() => {}
            ("copy", None) if arguments.is_empty() => {
                self.journey.walks.push(node);
                self.copied(self.model.tree.id(call));
            }
            ("count" | "index", Some(_)) => self.journey.searched.push(node),
            ("sort", _) if arguments.args.is_empty() => self.journey.sorted.push(self.model.tree.id(call)),
            _ => return self.doubt(node, &format!("its method `{name}` is called")),
        }
        Ok(())
    }

    /// What takes the place of the last item, which is always in memory:
    /// `rows[-1] = value`.
    fn last_replaced(&self, subscript: &'m ExprSubscript) -> Option<&'m Expr> {
        let Expr::UnaryOp(negative) = &*subscript.slice else { return None };
        let Expr::NumberLiteral(number) = &*negative.operand else { return None };
        let is_last = negative.op == UnaryOp::USub
            && matches!(&number.value, Number::Int(value) if value.as_usize() == Some(1));
        let parent = self.model.tree.parent(self.model.tree.id(subscript))?;
        match self.model.tree.node(parent) {
            Node::Stmt(Stmt::Assign(assign)) if is_last && assign.targets.len() == 1 => Some(&assign.value),
            _ => None,
        }
    }

    fn subscript(&mut self, node: NodeId, subscript: &'m ExprSubscript) -> Step {
        if is_stored(subscript.ctx) {
            return match self.last_replaced(subscript) {
                Some(value) if self.alone => {
                    self.journey.added.push(self.model.tree.id(value));
                    Ok(())
                }
                _ => self.doubt(node, "items of it are replaced or deleted"),
            };
        }
        if let Expr::Slice(slice) = &*subscript.slice {
            if slice.lower.is_some() && slice.upper.is_some() && slice.step.is_none() {
                self.journey.windows.push(self.model.tree.id(subscript));
            } else {
                self.journey.walks.push(node);
            }
            // A slice may be of the same sort as the whole.
            self.copied(self.model.tree.id(subscript));
        } else {
            self.journey.indexed.push(self.model.tree.id(subscript));
        }
        Ok(())
    }
}

/// Whether one side of a sum is surely no list, so that there is none.
fn is_no_list(sum: &ExprBinOp) -> bool {
    [&sum.left, &sum.right]
        .into_iter()
        .any(|side| side.is_literal_expr() || side.is_tuple_expr() || side.is_f_string_expr())
}
