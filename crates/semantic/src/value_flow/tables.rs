//! Tables of functions: `{"BUY": self.buy, "SELL": self.sell}[side](trade)`, `for check in CHECKS: check(row)`.
//!
//! What comes out of such a display is one of those that stand in it, if nobody puts another there: it has one
//! name, which is only asked, walked and measured.

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use super::uses::{Slot, Use, is_stored, use_of};
use crate::Model;
use crate::scope::{ScopeKind, SymbolId};

impl<'m> Model<'m> {
    /// The expressions that make what is taken out of a table: `table[key]`, `table.get(key)`,
    /// `table.get(key, other)`. `None` where something else may be in it.
    pub(super) fn taken_from_table(&self, expr: &'m Expr) -> Option<Vec<&'m Expr>> {
        match expr {
            Expr::Subscript(subscript) if !is_stored(subscript.ctx) && !subscript.slice.is_slice_expr() => {
                self.in_table(&subscript.value)
            }
            Expr::Call(call) => {
                let Expr::Attribute(method) = &*call.func else { return None };
                let arguments = &call.arguments;
                if !is_asking(method.attr.as_str(), call) || !self.methods_named("get").is_empty() {
                    return None;
                }
                let Expr::Dict(_) = self.table(&method.value)? else { return None };
                let mut all = self.in_table(&method.value)?;
                all.extend(arguments.args.get(1));
                Some(all)
            }
            _ => None,
        }
    }

    /// What a loop takes out of a table: `for check in CHECKS`, `for name, check in CHECKS.items()`,
    /// `for name, check in (("size", size), ("age", age))`.
    pub(super) fn walked_in_table(&self, binding: NodeId) -> Option<Vec<&'m Expr>> {
        let parent = self.tree.parent(binding)?;
        let (outer, part) = match self.tree.node(parent) {
            Node::Expr(Expr::Tuple(tuple)) if !tuple.elts.iter().any(Expr::is_starred_expr) => {
                let at = tuple.elts.iter().position(|target| self.tree.id(target) == binding)?;
                (self.tree.parent(parent)?, Some((at, tuple.elts.len())))
            }
            _ => (parent, None),
        };
        let iter = match self.tree.node(outer) {
            Node::Stmt(Stmt::For(stmt)) if !stmt.is_async => &*stmt.iter,
            Node::Part(AnyNodeRef::Comprehension(clause)) if !clause.is_async => &clause.iter,
            _ => return None,
        };
        if let Expr::Call(call) = iter {
            let Expr::Attribute(method) = &*call.func else { return None };
            let name = method.attr.as_str();
            let Expr::Dict(_) = self.table(&method.value)? else { return None };
            let is_it = matches!((name, part), ("items", Some((1, 2))) | ("values", None));
            return (is_it && call.arguments.is_empty()).then(|| self.in_table(&method.value))?;
        }
        if let Expr::Dict(_) = self.table(iter)? {
            return None;
        }
        let rows = self.in_table(iter)?;
        let Some((at, count)) = part else { return Some(rows) };
        let part_of = |row: &'m Expr| match row {
            Expr::Tuple(tuple)
                if tuple.elts.len() == count && !tuple.elts.iter().any(Expr::is_starred_expr) =>
            {
                Some(&tuple.elts[at])
            }
            _ => None,
        };
        rows.into_iter().map(part_of).collect()
    }

    /// What stands in a table.
    fn in_table(&self, table: &'m Expr) -> Option<Vec<&'m Expr>> {
        match self.table(table)? {
            Expr::Dict(dict) => {
                dict.items.iter().map(|item| item.key.as_ref().map(|_| &item.value)).collect()
            }
            Expr::List(list) => all_of(&list.elts),
            Expr::Tuple(tuple) => all_of(&tuple.elts),
            _ => None,
        }
    }

    /// The display that an expression is, or the variable or attribute that always is it.
    fn table(&self, expr: &'m Expr) -> Option<&'m Expr> {
        match expr {
            Expr::Dict(_) | Expr::List(_) | Expr::Tuple(_) => Some(expr),
            Expr::Name(_) => self.table_of(self.scopes.resolve(self.tree.id(expr)).symbol()?),
            Expr::Attribute(attribute) => self.table_kept(attribute.attr.as_str()),
            _ => None,
        }
    }

    fn table_of(&self, symbol: SymbolId) -> Option<&'m Expr> {
        let data = self.scopes.symbol(symbol);
        let [binding] = data.bindings.as_slice() else { return None };
        let is_known = self.scopes.scope(data.scope).kind != ScopeKind::Class
            && self.is_bound_in_sight(symbol)
            && !self.scopes.uses_dynamic_names(data.scope)
            && data.uses.iter().all(|node| self.is_only_asked(*node));
        if is_known { self.display_bound(*binding) } else { None }
    }

    /// What attributes of that name always are.
    fn table_kept(&self, name: &str) -> Option<&'m Expr> {
        if !self.is_program()
            || self.check_attributes_named().is_err()
            || self.check_attribute_named(name).is_err()
            || !self.methods_named(name).is_empty()
            || self.is_class_variable(name)
            || self.may_be_named_in_a_text(name)
            || !self.is_kept_by_own(name)
        {
            return None;
        }
        let mut display = None;
        for id in self.attributes_named(name) {
            let Some(Expr::Attribute(found)) = self.tree.expr(*id) else { return None };
            if !is_stored(found.ctx) {
                if !self.is_only_asked(*id) {
                    return None;
                }
                continue;
            }
            if display.replace(self.display_bound(*id)?).is_some() {
                return None;
            }
        }
        display
    }

    /// The display that is assigned to a target.
    fn display_bound(&self, target: NodeId) -> Option<&'m Expr> {
        let value = match self.tree.node(self.tree.parent(target)?) {
            Node::Stmt(Stmt::Assign(assign)) if assign.targets.len() == 1 => &*assign.value,
            Node::Stmt(Stmt::AnnAssign(assign)) => assign.value.as_deref()?,
            _ => return None,
        };
        matches!(value, Expr::Dict(_) | Expr::List(_) | Expr::Tuple(_)).then_some(value)
    }

    /// Whether nobody gets a table there, but what is in it.
    fn is_only_asked(&self, node: NodeId) -> bool {
        match use_of(self.tree, node) {
            Use::Subscripted(subscript) => {
                !is_stored(subscript.ctx)
                    && !subscript.slice.is_slice_expr()
                    && !matches!(use_of(self.tree, self.tree.id(subscript)), Use::Augmented(_))
            }
            Use::Walked(_) | Use::Read | Use::Compared { .. } | Use::Discarded => true,
            Use::Argument(call, Slot::Position(0)) => match self.target_of(call) {
                Target::Builtin(name) => matches!(name.as_str(), "len" | "bool" | "print" | "sorted"),
                _ => false,
            },
            Use::Attribute(attribute) => {
                let id = self.tree.id(attribute);
                match self.tree.parent(id).and_then(|parent| self.tree.expr(parent)) {
                    Some(Expr::Call(call)) if self.tree.id(&*call.func) == id => {
                        let name = attribute.attr.as_str();
                        is_asking(name, call)
                            || matches!(name, "keys" | "values" | "items" | "index" | "count")
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

/// The calls of what is taken out of a table, if nothing else is done with it.
struct Calls<'a, 'm> {
    model: &'a Model<'m>,
    symbols: FxHashSet<SymbolId>,
    found: Vec<&'m ExprCall>,
}

impl<'m> Model<'m> {
    /// The parameter behind the receiver that an argument of a bound method becomes.
    pub(crate) fn parameter_after(&self, def: NodeId, slot: Slot<'_>) -> Option<SymbolId> {
        self.parameter_behind(def, slot, 1)
    }

    /// What a call gives for a parameter, where it runs the function or bound method without naming it.
    pub(crate) fn argument_behind(
        &self,
        call: &'m ExprCall,
        def: NodeId,
        parameter: SymbolId,
    ) -> Option<&'m Expr> {
        let skipped = usize::from(self.is_method(def));
        let becomes = |slot| self.parameter_behind(def, slot, skipped) == Some(parameter);
        let mut positions = call.arguments.args.iter().enumerate();
        let by_position = positions.find(|(at, _)| becomes(Slot::Position(*at)));
        by_position.map(|(_, argument)| argument).or_else(|| {
            let mut named = call.arguments.keywords.iter();
            let found = named.find(|one| one.arg.as_ref().is_some_and(|name| becomes(Slot::Keyword(name))));
            found.map(|one| &one.value)
        })
    }

    /// All calls of a function that stands in a table there, and is handed on nowhere.
    pub(super) fn calls_by_table(&self, node: NodeId) -> Option<Vec<&'m ExprCall>> {
        let mut calls = Calls { model: self, symbols: FxHashSet::default(), found: Vec::new() };
        // `table.get(key, other)`
        if let Use::Argument(asked, Slot::Position(1)) = use_of(self.tree, node) {
            let asked = self.tree.id(asked);
            self.taken_from_table(self.tree.expr(asked)?)?;
            calls.taken(asked)?;
            return Some(calls.found);
        }
        let display = self.display_around(node)?;
        let (display, part) = match self.tree.expr(display)? {
            Expr::Tuple(row) => match self.display_around(display) {
                Some(outer) => (outer, row.elts.iter().position(|item| self.tree.id(item) == node)),
                None => (display, None),
            },
            _ => (display, None),
        };
        for place in self.places_of_table(display)? {
            calls.table(place, part)?;
        }
        Some(calls.found)
    }

    /// The display in which an expression is an element or a value.
    fn display_around(&self, node: NodeId) -> Option<NodeId> {
        let parent = self.tree.parent(node)?;
        match self.tree.expr(parent)? {
            Expr::List(_) | Expr::Tuple(_) => Some(parent),
            Expr::Dict(dict) => {
                dict.items.iter().any(|item| self.tree.id(&item.value) == node).then_some(parent)
            }
            _ => None,
        }
    }

    /// Where a display is read, be it by a name.
    fn places_of_table(&self, display: NodeId) -> Option<Vec<NodeId>> {
        let (Use::BoundAll([target]) | Use::Bound(target)) = use_of(self.tree, display) else {
            return Some(vec![display]);
        };
        let table = self.table(target)?;
        if self.tree.id(table) != display {
            return None;
        }
        match target {
            Expr::Name(_) => {
                Some(self.scopes.symbol(self.scopes.resolve(self.tree.id(target)).symbol()?).uses.clone())
            }
            Expr::Attribute(kept) => {
                let is_read = |id: &NodeId| matches!(self.tree.expr(*id), Some(Expr::Attribute(it)) if !is_stored(it.ctx));
                Some(self.attributes_named(kept.attr.as_str()).iter().copied().filter(is_read).collect())
            }
            _ => None,
        }
    }
}

impl Calls<'_, '_> {
    /// What is done with a table there; its rows have the function as that part.
    fn table(&mut self, node: NodeId, part: Option<usize>) -> Option<()> {
        let model = self.model;
        let used = use_of(model.tree, node);
        match used {
            Use::Subscripted(subscript) if part.is_none() && !subscript.slice.is_slice_expr() => {
                self.taken(model.tree.id(subscript))
            }
            Use::Walked(target) => match (target, part) {
                (Expr::Tuple(row), Some(at)) => self.bound(row.elts.get(at)?),
                (target, None) => self.bound(target),
                _ => None,
            },
            Use::Read if !model.is_formatted(node) => Some(()),
            Use::Compared { searched: true } => Some(()),
            Use::Argument(call, _) if model.is_builtin(&call.func, "len") => Some(()),
            Use::Attribute(attribute) if part.is_none() => {
                let Some(Expr::Call(call)) =
                    model.tree.parent(model.tree.id(attribute)).and_then(|parent| model.tree.expr(parent))
                else {
                    return None;
                };
                let result = model.tree.id(call);
                let name = attribute.attr.as_str();
                match (name, use_of(model.tree, result)) {
                    ("get", _) if is_asking(name, call) => self.taken(result),
                    ("items", Use::Walked(Expr::Tuple(pair))) => self.bound(pair.elts.get(1)?),
                    ("values", Use::Walked(target)) => self.bound(target),
                    ("keys", _) => Some(()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The function comes out there: it is called, or gets a name by which it is called.
    fn taken(&mut self, node: NodeId) -> Option<()> {
        let model = self.model;
        match use_of(model.tree, node) {
            Use::Discarded | Use::Identity { constant: true } => Some(()),
            Use::Read if !model.is_formatted(node) => Some(()),
            Use::Flows(parent) => self.taken(parent),
            Use::Bound(target) | Use::BoundAll([target]) => self.bound(target),
            Use::Named(target, parent) => {
                self.bound(target)?;
                self.taken(parent)
            }
            _ => match model.tree.parent(node).and_then(|parent| model.tree.expr(parent))? {
                Expr::Call(call) if model.tree.id(&*call.func) == node => {
                    self.found.push(call);
                    Some(())
                }
                _ => None,
            },
        }
    }

    fn bound(&mut self, target: &Expr) -> Option<()> {
        let model = self.model;
        let Expr::Name(_) = target else { return None };
        let symbol = model.scopes.resolve(model.tree.id(target)).symbol()?;
        if !self.symbols.insert(symbol) {
            return Some(());
        }
        let data = model.scopes.symbol(symbol);
        if !model.is_bound_in_sight(symbol)
            || model.scopes.uses_dynamic_names(data.scope)
            || model.scopes.scope(data.scope).kind == ScopeKind::Class
        {
            return None;
        }
        data.uses.iter().try_for_each(|node| self.taken(*node))
    }
}

/// `get(key)`, `get(key, other)`
fn is_asking(name: &str, call: &ExprCall) -> bool {
    let arguments = &call.arguments;
    name == "get"
        && arguments.keywords.is_empty()
        && matches!(arguments.args.len(), 1 | 2)
        && !arguments.args.iter().any(Expr::is_starred_expr)
}

fn all_of(items: &[Expr]) -> Option<Vec<&Expr>> {
    items.iter().map(|item| (!item.is_starred_expr()).then_some(item)).collect()
}
