//! Statements that add to (or take away from) what stands under a key of a dictionary, in the ways in which
//! people write that.

use spacetime_rule::Context;
use spacetime_syntax::ast::{
    AnyNodeRef, CmpOp, Expr, ExprSubscript, Operator, Stmt, StmtAssign, StmtAugAssign, StmtIf,
};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Ranged, Span};

/// What a sum begins with.
#[derive(Clone, Copy, Debug)]
pub enum Start<'m> {
    /// What the dictionary gives for keys that are not there.
    Missing,
    /// A number that is written there.
    Number(&'m Expr),
    /// What is added first.
    First,
}

/// `counts[key] += number`, and what else does the same.
#[derive(Debug)]
pub struct Addition<'m> {
    /// What is replaced.
    pub span: Span,
    pub stmt: NodeId,
    pub dict: &'m Expr,
    pub key: &'m Expr,
    pub number: &'m Expr,
    pub start: Start<'m>,
    /// It is taken away: `-=`, or `-`.
    pub less: bool,
    /// By `+=`, not by `+`.
    pub in_place: bool,
    /// The key is known before the number is evaluated.
    pub key_first: bool,
    /// The key is evaluated more than once.
    pub key_again: bool,
    /// Where the dictionary stands in it.
    pub places: Vec<NodeId>,
}

/// The addition of which the dictionary at `node` is a part.
pub fn addition_at<'m>(cx: &Context<'_, 'm>, node: NodeId) -> Option<Addition<'m>> {
    let (mut at, mut widest) = (node, None);
    // `if key not in counts: counts[key] = 0` is three statements deep at most.
    for _ in 0..3 {
        let Some(id) = cx.tree.statement(at) else { break };
        let found = addition(cx, id).or_else(|| following(cx, id).and_then(|next| with_start(cx, id, next)));
        widest = found.filter(|found| found.places.contains(&node)).or(widest);
        let Some(parent) = cx.tree.parent(id) else { break };
        at = parent;
    }
    let found = widest?;
    // What sets the start before belongs to it.
    preceding(cx, found.stmt).and_then(|before| with_start(cx, before, found.stmt)).or(Some(found))
}

fn addition<'m>(cx: &Context<'_, 'm>, id: NodeId) -> Option<Addition<'m>> {
    match cx.tree.stmt(id)? {
        Stmt::Assign(stmt) => assigned(cx, id, stmt),
        Stmt::AugAssign(stmt) => augmented(cx, id, stmt),
        Stmt::If(stmt) => branched(cx, id, stmt),
        _ => None,
    }
}

fn text<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> &'m str {
    cx.tree.module().slice(expr)
}

fn same(cx: &Context<'_, '_>, one: &Expr, two: &Expr) -> bool {
    cx.tree.module().slice(one) == cx.tree.module().slice(two)
}

fn same_place(cx: &Context<'_, '_>, one: &ExprSubscript, two: &ExprSubscript) -> bool {
    same(cx, &one.value, &two.value) && same(cx, &one.slice, &two.slice)
}

/// `counts[key] = counts.get(key, 0) + number`
fn assigned<'m>(cx: &Context<'_, 'm>, id: NodeId, stmt: &'m StmtAssign) -> Option<Addition<'m>> {
    let [Expr::Subscript(target)] = stmt.targets.as_slice() else { return None };
    let Expr::BinOp(sum) = &*stmt.value else { return None };
    let Expr::Call(call) = &*sum.left else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    let [key, start @ Expr::NumberLiteral(_)] = &*call.arguments.args else { return None };
    let known = matches!(sum.op, Operator::Add | Operator::Sub)
        && method.attr.as_str() == "get"
        && call.arguments.keywords.is_empty()
        && same(cx, &method.value, &target.value)
        && same(cx, key, &target.slice);
    known.then(|| Addition {
        span: stmt.range(),
        stmt: id,
        dict: &target.value,
        key: &target.slice,
        number: &sum.right,
        start: Start::Number(start),
        less: sum.op == Operator::Sub,
        in_place: false,
        key_first: false,
        key_again: true,
        places: vec![cx.tree.id(&*target.value), cx.tree.id(&*method.value)],
    })
}

/// `counts[key] += number`
fn augmented<'m>(cx: &Context<'_, 'm>, id: NodeId, stmt: &'m StmtAugAssign) -> Option<Addition<'m>> {
    let Expr::Subscript(target) = &*stmt.target else { return None };
    matches!(stmt.op, Operator::Add | Operator::Sub).then(|| Addition {
        span: stmt.range(),
        stmt: id,
        dict: &target.value,
        key: &target.slice,
        number: &stmt.value,
        start: Start::Missing,
        less: stmt.op == Operator::Sub,
        in_place: true,
        key_first: true,
        key_again: false,
        places: vec![cx.tree.id(&*target.value)],
    })
}

/// `counts[key] = number` alone
fn set(stmt: &Stmt) -> Option<(&ExprSubscript, &Expr)> {
    let Stmt::Assign(stmt) = stmt else { return None };
    match stmt.targets.as_slice() {
        [Expr::Subscript(target)] => Some((target, &stmt.value)),
        _ => None,
    }
}

/// `key in counts`, or `key not in counts`
fn asked(test: &Expr) -> Option<(&Expr, &Expr, bool)> {
    let Expr::Compare(compare) = test else { return None };
    match (&*compare.ops, &*compare.comparators) {
        ([CmpOp::In], [dict]) => Some((&compare.left, dict, true)),
        ([CmpOp::NotIn], [dict]) => Some((&compare.left, dict, false)),
        _ => None,
    }
}

/// `if key in counts: counts[key] += number`, `else: counts[key] = number`
fn branched<'m>(cx: &Context<'_, 'm>, id: NodeId, stmt: &'m StmtIf) -> Option<Addition<'m>> {
    let (key, dict, there) = asked(&stmt.test)?;
    let [clause] = stmt.elif_else_clauses.as_slice() else { return None };
    let ([one], [two], None) = (&*stmt.body, &*clause.body, &clause.test) else { return None };
    let (adds, sets) = if there { (one, two) } else { (two, one) };
    let Stmt::AugAssign(more) = adds else { return None };
    let mut addition = augmented(cx, id, more)?;
    let (target, first) = set(sets)?;
    let Expr::Subscript(other) = &*more.target else { return None };
    let known = !addition.less
        && same_place(cx, target, other)
        && same(cx, dict, &target.value)
        && same(cx, key, &target.slice)
        && same(cx, first, addition.number);
    addition.span = stmt.range();
    addition.start = Start::First;
    addition.key_first = false;
    addition.key_again = true;
    addition.places.extend([cx.tree.id(dict), cx.tree.id(&*target.value)]);
    known.then_some(addition)
}

/// `if key not in counts: counts[key] = 0`, or `counts.setdefault(key, 0)`, before
/// `counts[key] += number`
fn with_start<'m>(cx: &Context<'_, 'm>, before: NodeId, id: NodeId) -> Option<Addition<'m>> {
    let Stmt::AugAssign(more) = cx.tree.stmt(id)? else { return None };
    let mut addition = augmented(cx, id, more)?;
    let (dict, key, start) = match cx.tree.stmt(before)? {
        Stmt::If(stmt) => {
            let (key, dict, there) = asked(&stmt.test)?;
            let [only] = &*stmt.body else { return None };
            let (target, start) = set(only)?;
            if there
                || !stmt.elif_else_clauses.is_empty()
                || !same(cx, dict, &target.value)
                || !same(cx, key, &target.slice)
            {
                return None;
            }
            addition.places.push(cx.tree.id(&*target.value));
            (dict, key, start)
        }
        Stmt::Expr(stmt) => {
            let Expr::Call(call) = &*stmt.value else { return None };
            let Expr::Attribute(method) = &*call.func else { return None };
            let [key, start] = &*call.arguments.args else { return None };
            if method.attr.as_str() != "setdefault" || !call.arguments.keywords.is_empty() {
                return None;
            }
            (&*method.value, key, start)
        }
        _ => return None,
    };
    if !start.is_number_literal_expr()
        || !same(cx, dict, addition.dict)
        || text(cx, key) != text(cx, addition.key)
    {
        return None;
    }
    addition.places.push(cx.tree.id(dict));
    addition.span = Span::new(cx.tree.node(before).range().start(), more.end());
    addition.start = Start::Number(start);
    addition.key_again = true;
    Some(addition)
}

/// The statement behind another in the same block.
fn following(cx: &Context<'_, '_>, id: NodeId) -> Option<NodeId> {
    beside(cx, id, 1)
}

fn preceding(cx: &Context<'_, '_>, id: NodeId) -> Option<NodeId> {
    beside(cx, id, -1)
}

fn beside(cx: &Context<'_, '_>, id: NodeId, step: isize) -> Option<NodeId> {
    let blocks: Vec<&[Stmt]> = match cx.tree.node(cx.tree.parent(id)?) {
        Node::Stmt(Stmt::For(stmt)) => vec![&stmt.body, &stmt.orelse],
        Node::Stmt(Stmt::While(stmt)) => vec![&stmt.body, &stmt.orelse],
        Node::Stmt(Stmt::With(stmt)) => vec![&stmt.body],
        Node::Stmt(Stmt::FunctionDef(stmt)) => vec![&stmt.body],
        Node::Stmt(Stmt::If(stmt)) => vec![&stmt.body],
        Node::Stmt(Stmt::Try(stmt)) => vec![&stmt.body, &stmt.orelse],
        Node::Part(AnyNodeRef::ElifElseClause(clause)) => vec![&clause.body],
        _ => return None,
    };
    blocks.into_iter().find_map(|block| {
        let at = block.iter().position(|stmt| cx.tree.id(stmt) == id)?;
        Some(cx.tree.id(block.get(at.checked_add_signed(step)?)?))
    })
}
