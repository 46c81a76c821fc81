//! Whether an expression is surely a set, or a dictionary, as seen from the whole module: through
//! variables, parameters and results. One that is kept on disk counts as one.
//!
//! To show it of one expression, it has to be shown of others; if none of them fails, all
//! hold (as in `scalars`).

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::{Run, Target};
use super::uses::is_stored;
use crate::scope::SymbolId;
use crate::{Kind, Model};

const SETTLED: &str = "spacetime_compiler.runtime.settled";

/// With more than so many expressions to look at, it is not known.
const MOST: usize = 200;

struct Goals<'a, 'm> {
    model: &'a Model<'m>,
    todo: Vec<&'m Expr>,
    seen: FxHashSet<NodeId>,
    symbols: FxHashSet<SymbolId>,
    sort: Sort,
}

/// What it is to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// A `frozenset` will do.
    Set,
    ChangeableSet,
    /// One that looks up keys, and makes nothing where there is none.
    Dict,
    /// What `keys` of such a dictionary gives.
    Keys,
    /// A dictionary that is kept on disk, or will be: the one that is made there.
    Spilled(Option<NodeId>),
    SpilledKeys(Option<NodeId>),
}

impl<'m> Model<'m> {
    /// Whether the value is a `set` or a `frozenset` for certain.
    pub(crate) fn is_surely_set(&self, expr: &'m Expr) -> bool {
        self.is_surely(expr, Sort::Set)
    }

    /// Whether the value is a `set` for certain: what is made of it and another is one, too.
    pub(crate) fn is_surely_changeable_set(&self, expr: &'m Expr) -> bool {
        self.is_surely(expr, Sort::ChangeableSet)
    }

    /// Whether the value is a `dict` or a `Counter` for certain, and no `defaultdict`.
    pub(crate) fn is_surely_dict(&self, expr: &'m Expr) -> bool {
        self.is_surely(expr, Sort::Dict)
    }

    /// Whether the value is a view of the keys of a dictionary for certain.
    pub(crate) fn is_surely_keys(&self, expr: &'m Expr) -> bool {
        self.is_surely(expr, Sort::Keys)
    }

    /// The same, where the dictionary is kept on disk, or is the one that is made at `site`.
    pub(crate) fn is_keys_on_disk(&self, expr: &'m Expr, site: Option<NodeId>) -> bool {
        self.is_surely(expr, Sort::SpilledKeys(site))
    }

    fn is_surely(&self, expr: &'m Expr, sort: Sort) -> bool {
        let (seen, symbols) = (FxHashSet::default(), FxHashSet::default());
        let mut goals = Goals { model: self, todo: vec![expr], seen, symbols, sort };
        while let Some(expr) = goals.todo.pop() {
            let new = goals.seen.insert(self.tree.id(expr));
            if new && (goals.seen.len() > MOST || !goals.reach(expr)) {
                return false;
            }
        }
        true
    }
}

/// Operators that make a set of two.
pub(super) fn makes_set(operator: Operator) -> bool {
    matches!(operator, Operator::Sub | Operator::BitAnd | Operator::BitOr | Operator::BitXor)
}

impl<'m> Goals<'_, 'm> {
    /// Whether it can be a set, if everything is that is still to do.
    fn reach(&mut self, expr: &'m Expr) -> bool {
        let model = self.model;
        let node = model.tree.id(expr);
        if self.sort == Sort::Spilled(Some(node)) {
            return true;
        }
        let by_kind = matches!(self.sort, Sort::Set | Sort::ChangeableSet | Sort::Dict);
        if let Some(body) = model.body_of(node).filter(|_| by_kind) {
            match body.kind(model, expr) {
                Kind::Set(_) => return self.sort != Sort::Dict,
                Kind::FrozenSet(_) => return self.sort == Sort::Set,
                Kind::Dict | Kind::Counter => return self.sort == Sort::Dict,
                Kind::Unknown | Kind::Never => {}
                _ => return false,
            }
        }
        match expr {
            Expr::Name(_) => model.scopes.resolve(node).symbol().is_some_and(|symbol| self.variable(symbol)),
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                attribute.ctx.is_load() && model.is_own_instance(&attribute.value) && self.field(name)
            }
            Expr::BinOp(op) => {
                let sides = [&*op.left, &*op.right].into_iter().filter(|side| !model.is_surely_keys(side));
                self.operates(op.op) && self.also(sides)
            }
            Expr::BoolOp(op) => self.also(&op.values),
            Expr::If(choice) => self.also([&*choice.body, &*choice.orelse]),
            Expr::Named(named) => self.also([&*named.value]),
            Expr::Call(call) => self.call(call),
            _ => false,
        }
    }

    /// It is one if these are.
    fn also(&mut self, others: impl IntoIterator<Item = &'m Expr>) -> bool {
        self.todo.extend(others);
        true
    }

    fn call(&mut self, call: &'m ExprCall) -> bool {
        match self.model.target_of(call) {
            Target::Function(def) => self.results(def, None),
            Target::Library(name)
                if matches!(self.sort, Sort::Dict | Sort::Spilled(_)) && name == SETTLED =>
            {
                self.also(&call.arguments.args)
            }
            Target::Library(name) if matches!(self.sort, Sort::Spilled(_)) => {
                name == "spacetime_compiler.runtime.SpillDict"
            }
            Target::Method(name, own) if own.is_empty() && name == "keys" && call.arguments.is_empty() => {
                self.keys(call)
            }
            Target::Library(name) if self.sort == Sort::Dict => {
                matches!(
                    name.as_str(),
                    "collections.Counter"
                        | "spacetime_compiler.runtime.SpillCounter"
                        | "spacetime_compiler.runtime.SpillDict"
                )
            }
            Target::Library(name) => {
                matches!(self.sort, Sort::Set | Sort::ChangeableSet)
                    && name == "spacetime_compiler.runtime.SpillSet"
            }
            Target::Builtin(name) => match self.sort {
                Sort::Keys | Sort::Spilled(_) | Sort::SpilledKeys(_) => false,
                Sort::Set => matches!(name.as_str(), "set" | "frozenset"),
                Sort::ChangeableSet => name == "set",
                Sort::Dict => name == "dict",
            },
            _ => false,
        }
    }

    /// `table.keys()`
    fn keys(&self, call: &'m ExprCall) -> bool {
        let Expr::Attribute(method) = &*call.func else { return false };
        match self.sort {
            Sort::Keys => self.model.is_surely(&method.value, Sort::Dict),
            Sort::SpilledKeys(site) => self.model.is_surely(&method.value, Sort::Spilled(site)),
            _ => false,
        }
    }

    /// Whether an operator makes a set of two.
    fn operates(&self, operator: Operator) -> bool {
        matches!(self.sort, Sort::Set | Sort::ChangeableSet) && makes_set(operator)
    }

    /// What a function returns, or what stands there in the tuples that it returns.
    fn results(&mut self, def: NodeId, part: Option<usize>) -> bool {
        let model = self.model;
        let plain = model.function(def).is_some_and(|function| function.decorator_list.is_empty());
        let body = model.body_of_def(def).filter(|body| !body.is_generator && !body.is_async);
        let Some(body) = body.filter(|body| plain && !body.falls_off_the_end()) else { return false };
        body.nodes.iter().all(|node| {
            let Node::Stmt(Stmt::Return(stmt)) = model.tree.node(*node) else { return true };
            match (stmt.value.as_deref(), part) {
                (Some(value), None) => self.also([value]),
                (Some(Expr::Tuple(tuple)), Some(part)) => match tuple.elts.get(part) {
                    Some(element) if !tuple.elts.iter().any(Expr::is_starred_expr) => self.also([element]),
                    _ => false,
                },
                _ => false,
            }
        })
    }

    fn variable(&mut self, symbol: SymbolId) -> bool {
        let model = self.model;
        if !self.symbols.insert(symbol) {
            return true;
        }
        let data = model.scopes.symbol(symbol);
        model.is_bound_in_sight(symbol) && data.bindings.iter().all(|binding| self.bound(symbol, *binding))
    }

    fn bound(&mut self, symbol: SymbolId, binding: NodeId) -> bool {
        let tree = self.model.tree;
        let Some(parent) = tree.parent(binding) else { return false };
        match tree.node(parent) {
            Node::Expr(Expr::Named(named)) => self.also([&*named.value]),
            Node::Expr(Expr::Tuple(tuple)) => {
                let at = tuple.elts.iter().position(|target| tree.id(target) == binding);
                let plain = !tuple.elts.iter().any(Expr::is_starred_expr);
                at.is_some_and(|at| plain && self.unpacked(parent, at, tuple.elts.len()))
            }
            Node::Part(AnyNodeRef::Parameter(_)) => self.passed(symbol, parent),
            Node::Stmt(stmt) => self.assigned(stmt),
            _ => false,
        }
    }

    /// What an assignment gives to its target.
    fn assigned(&mut self, stmt: &'m Stmt) -> bool {
        match stmt {
            Stmt::Assign(assign) => self.also([&*assign.value]),
            Stmt::AnnAssign(assign) => self.also(assign.value.as_deref()),
            Stmt::AugAssign(assign) => self.operates(assign.op) && self.also([&*assign.value]),
            _ => false,
        }
    }

    /// `seen, count = value`
    fn unpacked(&mut self, tuple: NodeId, at: usize, length: usize) -> bool {
        let model = self.model;
        let Some(Stmt::Assign(assign)) = model.tree.parent(tuple).and_then(|outer| model.tree.stmt(outer))
        else {
            return false;
        };
        match &*assign.value {
            Expr::Tuple(values) if values.elts.len() == length => {
                !values.elts.iter().any(Expr::is_starred_expr) && self.also([&values.elts[at]])
            }
            Expr::Call(call) => match model.target_of(call) {
                Target::Function(def) => self.results(def, Some(at)),
                _ => false,
            },
            _ => false,
        }
    }

    /// What all callers pass for a parameter.
    fn passed(&mut self, parameter: SymbolId, node: NodeId) -> bool {
        let model = self.model;
        let Some((def, default)) = model.declared_at(parameter, node) else { return false };
        let Ok(runs) = model.runs(def) else { return false };
        !runs.is_empty()
            && runs.iter().all(|run| {
                let Run::Call(call) = run else { return false };
                model.given_for(call, def, parameter, default).is_some_and(|given| self.also([given]))
            })
    }

    /// All that is put into attributes of that name.
    fn field(&mut self, name: &str) -> bool {
        let model = self.model;
        let known = model.is_program()
            && model.check_attributes_named().is_ok()
            && model.methods_named(name).is_empty()
            && !model.is_class_variable(name);
        let mut stores = model.attributes_named(name).iter().filter(
            |id| matches!(model.tree.expr(**id), Some(Expr::Attribute(found)) if is_stored(found.ctx)),
        );
        known
            && stores.all(|id| {
                let parent = model.tree.parent(*id).and_then(|parent| model.tree.stmt(parent));
                parent.is_some_and(|stmt| self.assigned(stmt))
            })
    }
}
