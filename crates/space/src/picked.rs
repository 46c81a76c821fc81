//! Walks that look for the items of which a part equals a value: one for each of many values.
//!
//! `for row in rows` becomes `for row in candidates(rows, name, item="name")`, and the
//! condition stays: what is left out does not meet it, and to find that out for each item
//! would have been seen by nobody.

use spacetime_rule::{Context, Import};
use spacetime_semantic::scope::SymbolId;
use spacetime_syntax::ast::{AnyNodeRef, BoolOp, CmpOp, Expr, ExprCompare, Stmt, StmtFor, UnaryOp};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Ranged};

use crate::by_lines::{is_bound_before, is_in_class};
use crate::consumer::Consumer;
use crate::naming::holder;

pub const CANDIDATES: Import = Import::new("spacetime_compiler.runtime", "candidates");

/// A walk, and what leaves out items that it does not look for.
pub struct Pick {
    pub place: NodeId,
    pub edits: Vec<Edit>,
}

/// The walk over the list at `place`, if it looks for items with a certain part only.
pub fn pick(cx: &Context<'_, '_>, place: NodeId) -> Option<Pick> {
    if is_picked(cx, place) {
        return Some(Pick { place, edits: Vec::new() });
    }
    let list = cx.tree.expr(place)?;
    if !matches!(list, Expr::Name(_) | Expr::Attribute(_)) {
        return None;
    }
    let walk = Walk::at(cx, place)?;
    let wanted = walk.wanted(cx)?;
    let scope = cx.model.scopes.scope_of(place);
    let is_safe = !is_in_class(cx, place)
        && !cx.model.scopes.uses_dynamic_names(scope)
        && is_forgotten(cx, walk.node, walk.target)
        && walk.keeps_value(cx, place, wanted.value);
    if !is_safe {
        return None;
    }
    let text = |expr: &Expr| cx.tree.module().slice(expr).to_owned();
    let value = text(wanted.value);
    let every = if wanted.or_all { format!(", every={value} is None") } else { String::new() };
    let part = match wanted.part {
        Part::Item(key) => format!("item={}", text(key)),
        Part::Attribute(name) => format!("attribute=\"{name}\""),
        Part::Place(at, length) => format!("item={at}, length={length}"),
    };
    let name = CANDIDATES.local_name(cx.tree);
    let (start, end) = (list.start(), list.end());
    let edits = vec![
        Edit::insert(start, format!("{name}(")),
        Edit::insert(end, format!(", {value}, {part}{every})")),
    ];
    Some(Pick { place, edits })
}

/// Whether it is walked through `candidates` already.
fn is_picked(cx: &Context<'_, '_>, place: NodeId) -> bool {
    matches!(holder(cx, place).and_then(|parent| cx.tree.expr(parent)), Some(Expr::Call(call))
        if call.arguments.args.first().is_some_and(|first| cx.tree.id(first) == place)
            && cx.model.qualified(&call.func).is_some_and(|name| name == "spacetime_compiler.runtime.candidates"))
}

/// A loop over items, or a clause of a comprehension, that begins with a condition.
struct Walk<'m> {
    /// The loop, or the comprehension.
    node: NodeId,
    target: &'m Expr,
    test: &'m Expr,
    /// The condition says when an item is left out.
    skips: bool,
}

/// What of an item is compared.
enum Part<'m> {
    Item(&'m Expr),
    Attribute(&'m str),
    /// The part with that number, of so many.
    Place(usize, usize),
}

struct Wanted<'m> {
    part: Part<'m>,
    value: &'m Expr,
    /// `None` stands for any.
    or_all: bool,
}

impl<'m> Walk<'m> {
    fn at(cx: &Context<'_, 'm>, place: NodeId) -> Option<Self> {
        let node = cx.tree.parent(place)?;
        match cx.tree.node(node) {
            Node::Stmt(Stmt::For(stmt)) if !stmt.is_async && cx.tree.id(&*stmt.iter) == place => {
                let (test, skips) = first_test(stmt)?;
                Some(Self { node, target: &stmt.target, test, skips })
            }
            Node::Part(AnyNodeRef::Comprehension(clause))
                if !clause.is_async && cx.tree.id(&clause.iter) == place =>
            {
                let node = cx.tree.parent(node)?;
                let at_once = match cx.tree.expr(node)? {
                    Expr::Generator(_) => is_taken_at_once(cx, node),
                    _ => true,
                };
                at_once.then_some(())?;
                Some(Self { node, target: &clause.target, test: clause.ifs.first()?, skips: false })
            }
            _ => None,
        }
    }

    fn wanted(&self, cx: &Context<'_, 'm>) -> Option<Wanted<'m>> {
        let test = match self.test {
            Expr::BoolOp(all) if all.op == BoolOp::And && !self.skips => all.values.first()?,
            test => test,
        };
        match test {
            Expr::BoolOp(any) if any.op == BoolOp::Or && !self.skips => {
                let [Expr::Compare(first), Expr::Compare(second)] = &any.values[..] else { return None };
                let (left, right) = sides(first, CmpOp::Is)?;
                let (part, value) = self.compared(cx, second)?;
                let same =
                    matches!((left, value), (Expr::Name(left), Expr::Name(value)) if left.id == value.id);
                (same && right.is_none_literal_expr()).then_some(Wanted { part, value, or_all: true })
            }
            Expr::Compare(compare) => {
                let (part, value) = self.compared(cx, compare)?;
                Some(Wanted { part, value, or_all: false })
            }
            _ => None,
        }
    }

    /// The part and the value of `row[part] == value`.
    fn compared(&self, cx: &Context<'_, 'm>, compare: &'m ExprCompare) -> Option<(Part<'m>, &'m Expr)> {
        let (left, right) = sides(compare, if self.skips { CmpOp::NotEq } else { CmpOp::Eq })?;
        let found = self.part(left).map(|part| (part, right)).or_else(|| Some((self.part(right)?, left)));
        found.filter(|(_, value)| {
            matches!(value, Expr::Name(_) | Expr::StringLiteral(_) | Expr::NumberLiteral(_))
                && !self
                    .targets(cx)
                    .iter()
                    .any(|name| matches!(value, Expr::Name(value) if value.id == *name))
        })
    }

    fn part(&self, expr: &'m Expr) -> Option<Part<'m>> {
        let is_item = |expr: &Expr| matches!((self.target, expr), (Expr::Name(item), Expr::Name(name)) if item.id == name.id);
        match (self.target, expr) {
            (_, Expr::Subscript(subscript)) if is_item(&subscript.value) => {
                is_plain_key(&subscript.slice).then_some(Part::Item(&subscript.slice))
            }
            (_, Expr::Attribute(attribute)) if is_item(&attribute.value) => {
                Some(Part::Attribute(attribute.attr.as_str()))
            }
            (Expr::Tuple(targets), Expr::Name(name)) => {
                let is_it = |target: &Expr| matches!(target, Expr::Name(target) if target.id == name.id);
                let mut places = targets.elts.iter().enumerate().filter(|(_, target)| is_it(target));
                let (at, _) = places.next()?;
                let simple = targets.elts.iter().all(Expr::is_name_expr) && places.next().is_none();
                simple.then_some(Part::Place(at, targets.elts.len()))
            }
            _ => None,
        }
    }

    /// The names that an item is given.
    fn targets(&self, cx: &Context<'_, 'm>) -> Vec<&'m str> {
        let below = cx.tree.subtree(cx.tree.id(self.target));
        below.filter_map(|id| cx.tree.expr(id)?.as_name_expr().map(|name| name.id.as_str())).collect()
    }

    /// Whether what is looked for is surely there when the walk begins, and the same until it ends.
    fn keeps_value(&self, cx: &Context<'_, 'm>, place: NodeId, value: &Expr) -> bool {
        let Expr::Name(name) = value else { return true };
        let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return false };
        let scope = cx.model.scopes.scope_of(place);
        if cx.model.scopes.lookup(scope, &name.id).symbol() != Some(symbol) {
            return false;
        }
        let data = cx.model.scopes.symbol(symbol);
        if data.rebound_elsewhere || data.is_global || data.is_nonlocal || !data.deletes.is_empty() {
            return false;
        }
        // In another function it could be bound again while this one waits in a generator.
        let home = data.bindings.first().map(|binding| cx.model.enclosing_function(*binding));
        let is_own = home.is_none_or(|home| home == cx.model.enclosing_function(place));
        let is_given = data.is_parameter && (is_own || data.bindings.len() <= 1)
            || is_own
                && cx.tree.ancestors(place).any(|outer| {
                    outer != self.node && binds_in_body(cx, outer, place, symbol)
                        || binds_before(cx, outer, place, symbol)
                })
            || is_bound_before(cx, symbol, place);
        let within = data.bindings.iter().filter(|binding| cx.tree.contains(self.node, **binding));
        is_given
            && (within.count() == 0 || binds_before(cx, self.node, place, symbol) && data.bindings.len() == 1)
    }
}

/// The condition with which the body of a loop begins, and whether it leaves items out.
fn first_test(stmt: &StmtFor) -> Option<(&Expr, bool)> {
    let Stmt::If(first) = stmt.body.first()? else { return None };
    if !first.elif_else_clauses.is_empty() {
        return None;
    }
    let is_continue = matches!(first.body[..], [Stmt::Continue(_)]);
    match (is_continue, stmt.body.len()) {
        (true, _) => Some((&*first.test, true)),
        (false, 1) => Some((&*first.test, false)),
        _ => None,
    }
}

fn sides(compare: &ExprCompare, op: CmpOp) -> Option<(&Expr, &Expr)> {
    match (&compare.ops[..], &compare.comparators[..]) {
        ([found], [right]) if *found == op => Some((&compare.left, right)),
        _ => None,
    }
}

/// A text, or a number with or without a sign.
fn is_plain_key(key: &Expr) -> bool {
    match key {
        Expr::StringLiteral(_) => true,
        Expr::NumberLiteral(number) => number.value.is_int(),
        Expr::UnaryOp(minus) => {
            minus.op == UnaryOp::USub
                && is_plain_key(&minus.operand)
                && minus.operand.is_number_literal_expr()
        }
        _ => false,
    }
}

/// Whether a generator is walked by who gets it, before anything else happens.
fn is_taken_at_once(cx: &Context<'_, '_>, generator: NodeId) -> bool {
    if matches!(Consumer::of(cx, generator), Ok(Consumer::Drain { .. })) {
        return true;
    }
    matches!(holder(cx, generator).and_then(|parent| cx.tree.expr(parent)), Some(Expr::Call(call))
        if call.arguments.args.first().is_some_and(|first| cx.tree.id(first) == generator)
            && (cx.model.is_builtin(&call.func, "next")
                || cx.model.qualified(&call.func).is_some_and(|name| name.starts_with("statistics."))))
}

/// Whether nobody asks for the last item when a walk is over; `walk` is the loop or comprehension.
pub fn is_forgotten(cx: &Context<'_, '_>, walk: NodeId, target: &Expr) -> bool {
    if cx.tree.stmt(walk).is_none() {
        return true;
    }
    let below = cx.tree.subtree(cx.tree.id(target));
    let mut names = below.filter(|id| cx.tree.expr(*id).is_some_and(Expr::is_name_expr));
    names.all(|name| {
        let Some(symbol) = cx.model.scopes.resolve(name).symbol() else { return false };
        let data = cx.model.scopes.symbol(symbol);
        let is_of_another = |used: NodeId| {
            let mut around = cx.tree.ancestors(used);
            let is_other =
                |outer: &NodeId| !cx.tree.contains(*outer, walk) && binds_in_body(cx, *outer, used, symbol);
            around.find(|outer| is_other(outer) || waits(cx, *outer)).is_some_and(|outer| is_other(&outer))
        };
        !data.rebound_elsewhere
            && !data.is_global
            && !data.is_nonlocal
            && data.uses.iter().all(|used| cx.tree.contains(walk, *used) || is_of_another(*used))
    })
}

/// Whether what stands in there may be run later.
fn waits(cx: &Context<'_, '_>, outer: NodeId) -> bool {
    matches!(
        cx.tree.node(outer),
        Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_))
            | Node::Expr(Expr::Lambda(_) | Expr::Generator(_))
    )
}

/// Whether `outer` is a loop that binds a variable for its body, in which `inner` is.
fn binds_in_body(cx: &Context<'_, '_>, outer: NodeId, inner: NodeId, symbol: SymbolId) -> bool {
    let Node::Stmt(Stmt::For(stmt)) = cx.tree.node(outer) else { return false };
    binds(cx, &stmt.target, symbol) && stmt.body.iter().any(|stmt| cx.tree.contains(cx.tree.id(stmt), inner))
}

/// Whether `outer` is a comprehension of which a clause before the one with `inner` binds a variable.
fn binds_before(cx: &Context<'_, '_>, outer: NodeId, inner: NodeId, symbol: SymbolId) -> bool {
    let clauses = match cx.tree.expr(outer) {
        Some(Expr::ListComp(comp)) => &comp.generators,
        Some(Expr::SetComp(comp)) => &comp.generators,
        Some(Expr::DictComp(comp)) => &comp.generators,
        Some(Expr::Generator(comp)) => &comp.generators,
        _ => return false,
    };
    let within = clauses
        .iter()
        .position(|clause| cx.tree.contains(cx.tree.id(clause), inner))
        .unwrap_or(clauses.len());
    clauses[..within].iter().any(|clause| binds(cx, &clause.target, symbol))
}

fn binds(cx: &Context<'_, '_>, target: &Expr, symbol: SymbolId) -> bool {
    let bindings = &cx.model.scopes.symbol(symbol).bindings;
    bindings.iter().any(|binding| cx.tree.contains(cx.tree.id(target), *binding))
}
