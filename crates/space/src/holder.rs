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
