//! Where one collection is, and nothing else ever is: the variable that it is made in, an
//! attribute of the objects of one class, parameters that are given nothing else.
//!
//! What is done to a collection may be written in other words only where it is surely the
//! one that was made at a place, not merely one that may come from there.

use spacetime_rule::Context;
use spacetime_semantic::Journey;
use spacetime_semantic::scope::{ScopeKind, SymbolId};
use spacetime_syntax::ast::{Expr, ExprAttribute, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::naming::assignment;

/// Words by which attributes are reached that nobody names.
const UNNAMED: [&str; 7] =
    ["setattr", "delattr", "__dict__", "__class__", "__getattr", "__setstate__", "vars"];

/// Names under which one collection is known, and nothing else.
#[derive(Debug, Default)]
pub struct Holder {
    symbols: Vec<SymbolId>,
    /// The name of the attribute, and the class.
    attribute: Option<(String, NodeId)>,
    /// It is reached from more than the body where it is made.
    pub travels: bool,
}

impl Holder {
    /// Of what is assigned to `target`, and goes where the journey says.
    pub fn of(cx: &Context<'_, '_>, target: &Expr, journey: &Journey) -> Self {
        let mut holder = Self::default();
        match target {
            Expr::Name(_) => holder.symbols.extend(only(cx, target)),
            Expr::Attribute(attribute) => {
                holder.attribute = kept_in(cx, attribute).map(|class| (attribute.attr.to_string(), class));
                holder.travels = holder.attribute.is_some();
            }
            _ => {}
        }
        while holder.follow(cx, journey) {}
        holder
    }

    /// The same, and what a function's only caller calls the collection that it always returns.
    pub fn and_results(mut self, cx: &Context<'_, '_>, journey: &Journey) -> Self {
        while self.follow_result(cx, journey) || self.follow(cx, journey) {}
        self
    }

    /// Takes up a variable that gets this collection from the function that returns it.
    fn follow_result(&mut self, cx: &Context<'_, '_>, journey: &Journey) -> bool {
        let own = journey.places.iter().copied().filter(|place| self.is(cx, *place));
        let found = own.filter_map(|place| self.received(cx, place)).find_map(|target| match target {
            Expr::Name(_) => {
                let symbol = only(cx, target).filter(|symbol| !self.symbols.contains(symbol))?;
                Some((Some(symbol), None))
            }
            Expr::Attribute(attribute) if self.attribute.is_none() => {
                Some((None, Some((attribute.attr.to_string(), kept_in(cx, attribute)?))))
            }
            _ => None,
        });
        let Some((symbol, attribute)) = found else { return false };
        self.symbols.extend(symbol);
        self.attribute = self.attribute.take().or(attribute);
        self.travels = true;
        true
    }

    /// What the result is assigned to at the only call of a function that returns this collection at
    /// `place`, and nothing else anywhere.
    fn received<'m>(&self, cx: &Context<'_, 'm>, place: NodeId) -> Option<&'m Expr> {
        let (at, _) = returned(cx, place)?;
        let def = cx.model.enclosing_function(place)?;
        let body = cx.model.body_of_def(def).filter(|body| !body.is_generator && !body.is_async)?;
        let alone = body.nodes.iter().all(|node| match cx.tree.node(*node) {
            Node::Stmt(Stmt::Return(stmt)) => stmt.value.as_deref().is_some_and(|value| match (at, value) {
                (None, value) => self.is(cx, cx.tree.id(value)),
                (Some(at), Expr::Tuple(parts)) => {
                    let part = parts.elts.get(at).filter(|_| !parts.elts.iter().any(Expr::is_starred_expr));
                    part.is_some_and(|part| self.is(cx, cx.tree.id(part)))
                }
                _ => false,
            }),
            _ => true,
        });
        let callers = cx.model.callers(def).ok()?;
        let [call] = callers.as_slice() else { return None };
        let parent = cx.tree.parent(cx.tree.id(*call)).filter(|_| alone)?;
        let (target, value) = assignment(cx.tree.stmt(parent)?)?;
        let whole = cx.tree.id(value) == cx.tree.id(*call);
        match (at, target) {
            _ if !whole => None,
            (None, target) => Some(target),
            (Some(at), Expr::Tuple(parts)) if !parts.elts.iter().any(Expr::is_starred_expr) => {
                parts.elts.get(at)
            }
            _ => None,
        }
    }

    /// Takes up a parameter that every caller gives this collection.
    fn follow(&mut self, cx: &Context<'_, '_>, journey: &Journey) -> bool {
        let own = || journey.places.iter().filter(|place| self.is(cx, **place));
        let passed: Vec<(NodeId, NodeId, SymbolId)> = own()
            .filter_map(|place| cx.model.passed_to(*place))
            .map(|(call, def, symbol)| (cx.tree.id(call), def, symbol))
            .collect();
        let found = passed.iter().find(|(_, def, symbol)| {
            !self.symbols.contains(symbol)
                && is_bound_once(cx, *symbol)
                && cx.model.callers(*def).is_ok_and(|calls| {
                    calls.iter().all(|call| {
                        let call = cx.tree.id(*call);
                        passed.iter().any(|(at, _, to)| *at == call && to == symbol)
                    })
                })
        });
        let Some((_, _, symbol)) = found else { return false };
        self.symbols.push(*symbol);
        self.travels = true;
        true
    }

    /// Whether a place gives it to a function, and asks it nothing.
    pub fn is_handed_on(&self, cx: &Context<'_, '_>, node: NodeId) -> bool {
        cx.model.passed_to(node).is_some_and(|(_, _, to)| self.symbols.contains(&to))
    }

    /// Whether an expression is surely this collection.
    pub fn is(&self, cx: &Context<'_, '_>, node: NodeId) -> bool {
        match (cx.tree.expr(node), &self.attribute) {
            (Some(name @ Expr::Name(_)), _) => {
                symbol_of(cx, name).is_some_and(|symbol| self.symbols.contains(&symbol))
            }
            (Some(Expr::Attribute(found)), Some((name, class))) => {
                found.attr.as_str() == name && class_of_receiver(cx, &found.value) == Some(*class)
            }
            _ => false,
        }
    }
}

/// Where a `return` gives back what is at a place: the whole result, or which part of a tuple.
pub fn returned(cx: &Context<'_, '_>, place: NodeId) -> Option<(Option<usize>, NodeId)> {
    let parent = cx.tree.parent(place)?;
    match cx.tree.node(parent) {
        Node::Stmt(Stmt::Return(_)) => Some((None, parent)),
        Node::Expr(Expr::Tuple(parts)) => match returned(cx, parent)? {
            (None, stmt) => Some((Some(parts.elts.iter().position(|part| cx.tree.id(part) == place)?), stmt)),
            _ => None,
        },
        _ => None,
    }
}

pub fn symbol_of(cx: &Context<'_, '_>, name: &Expr) -> Option<SymbolId> {
    let Expr::Name(_) = name else { return None };
    cx.model.scopes.resolve(cx.tree.id(name)).symbol()
}

/// The variable, if it is never bound to anything else.
pub fn only(cx: &Context<'_, '_>, target: &Expr) -> Option<SymbolId> {
    symbol_of(cx, target).filter(|symbol| is_bound_once(cx, *symbol))
}

fn is_bound_once(cx: &Context<'_, '_>, symbol: SymbolId) -> bool {
    let data = cx.model.scopes.symbol(symbol);
    data.bindings.len() == 1 && data.deletes.is_empty() && !data.rebound_elsewhere
}

/// The class whose objects have an attribute that is assigned here, and nowhere else.
fn kept_in(cx: &Context<'_, '_>, target: &ExprAttribute) -> Option<NodeId> {
    let class = class_of_receiver(cx, &target.value)?;
    let Node::Stmt(Stmt::ClassDef(def)) = cx.tree.node(class) else { return None };
    let plain = def.decorator_list.is_empty() && def.arguments.is_none();
    let name = target.attr.as_str();
    let text = cx.tree.module().text();
    let hidden = UNNAMED.iter().any(|word| text.contains(word));
    let elsewhere = |id: NodeId| match cx.tree.node(id) {
        Node::Expr(Expr::Attribute(found)) => {
            found.attr.as_str() == name && !found.ctx.is_load() && !std::ptr::eq(found, target)
        }
        Node::Expr(Expr::Name(found)) => {
            found.id.as_str() == name && !found.ctx.is_load() && is_in_class(cx, id)
        }
        Node::Stmt(Stmt::FunctionDef(found)) => found.name.as_str() == name && is_in_class(cx, id),
        Node::Stmt(Stmt::ClassDef(found)) => found.name.as_str() == name && is_in_class(cx, id),
        _ => false,
    };
    (plain && !hidden && !cx.tree.ids().any(elsewhere)).then_some(class)
}

fn is_in_class(cx: &Context<'_, '_>, node: NodeId) -> bool {
    cx.model.scopes.scope(cx.model.scopes.scope_of(node)).kind == ScopeKind::Class
}

/// The class of which a variable is the receiver: `self` in its methods.
fn class_of_receiver(cx: &Context<'_, '_>, receiver: &Expr) -> Option<NodeId> {
    let symbol = only(cx, receiver)?;
    let data = cx.model.scopes.symbol(symbol);
    let method = cx.model.scopes.scope(data.scope).node;
    let Node::Stmt(Stmt::FunctionDef(def)) = cx.tree.node(method) else { return None };
    let first = def.parameters.posonlyargs.iter().chain(&def.parameters.args).next()?;
    let is_first = cx.model.scopes.resolve(cx.tree.id(&first.parameter.name)).symbol() == Some(symbol);
    let class = cx.tree.parent(method)?;
    let plain = def.decorator_list.is_empty() && is_first;
    (plain && matches!(cx.tree.node(class), Node::Stmt(Stmt::ClassDef(_)))).then_some(class)
}

/// A node and the calls that make it run, but for those that make the function `home` run.
pub fn runs_of(cx: &Context<'_, '_>, node: NodeId, home: Option<NodeId>) -> Vec<NodeId> {
    let mut all = vec![node];
    let mut at = 0;
    while let Some(node) = all.get(at).copied() {
        at += 1;
        let Some(def) = cx.model.enclosing_function(node).filter(|def| Some(*def) != home) else { continue };
        for call in cx.model.known_calls(def) {
            if !all.contains(&call) {
                all.push(call);
            }
        }
    }
    all
}
