//! Loops over the places of a list that look at each item and at its neighbours.
//!
//! `for i in range(1, len(xs))` with `xs[i - 1]` and `xs[i]` looks at every two neighbours;
//! `for i in range(len(xs) - k + 1)` with `xs[i:i + k]` at every `k` of them. All such places
//! are of the form `i + a` (up to `i + b`), where the first is the first item and the last
//! the last: then the loop can walk the items instead, and the list need not be there.

use spacetime_rule::Context;
use spacetime_semantic::scope::SymbolId;
use spacetime_semantic::{Body, Doubt, Kind, first_iterable};
use spacetime_syntax::ast::{Expr, ExprCall, ExprContext, Number, Operator, Stmt, StmtFor};
use spacetime_syntax::{Node, NodeId};

use crate::consumer::Consumer;
use crate::fused::{holds, is_list, is_used_in};
use crate::reliances::Reliances;
use crate::safety::{check_moved, check_namespace};

/// A loop or comprehension over the places of a list.
pub struct Sliding<'m> {
    /// The list's name, in `len(NAME)`.
    pub list: &'m Expr,
    pub name: &'m str,
    /// What is walked, and the variable.
    pub range: &'m ExprCall,
    pub target: &'m Expr,
    pub home: Home<'m>,
    /// `xs[i]` or `xs[i:j]`, with how far behind the place it begins.
    pub looks: Vec<(&'m Expr, i64)>,
    pub is_sliced: bool,
    pub size: Size<'m>,
    /// The first place, if it is not 0.
    pub start: Option<&'m Expr>,
    index: SymbolId,
}

#[derive(Clone, Copy)]
pub enum Home<'m> {
    Loop(&'m StmtFor),
    Comprehension(NodeId),
}

/// How many items are looked at.
#[derive(Clone, Copy)]
pub enum Size<'m> {
    Number(i64),
    Variable(&'m Expr),
}

/// `index·i + length·len(xs) + size·k + number`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Linear {
    index: i64,
    length: i64,
    size: i64,
    number: i64,
}

/// What the names in such a sum stand for.
struct Names<'m> {
    list: SymbolId,
    index: SymbolId,
    size: Option<(SymbolId, &'m Expr)>,
}

impl<'m> Sliding<'m> {
    /// The loop whose head is `range`, if all that is done with the list is to look at such places.
    pub fn at(cx: &Context<'_, 'm>, body: &Body, range: &'m ExprCall) -> Option<Self> {
        let node = cx.tree.id(range);
        if !cx.model.is_builtin(&range.func, "range") || !range.arguments.keywords.is_empty() {
            return None;
        }
        let (start, stop) = match &range.arguments.args[..] {
            [stop] => (None, stop),
            [start, stop] => (Some(start), stop),
            _ => return None,
        };
        let (home, target) = home(cx, node)?;
        let list = measured(cx, stop)?;
        let Expr::Name(name) = list else { return None };
        let symbol = |expr: &Expr| cx.model.scopes.resolve(cx.tree.id(expr)).symbol();
        let index = symbol(target).filter(|_| target.is_name_expr())?;
        let mut names = Names { list: symbol(list)?, index, size: None };
        let root = home.node(cx);
        let Looked { looks, ends, is_sliced } = names.looks(cx, list, root)?;
        let (lower, upper) = if is_sliced { same(&ends)? } else { outermost(&ends)? };
        let begin = match start {
            Some(start) => names.sum(cx, start)?,
            None => Linear::default(),
        };
        let end = names.sum(cx, stop)?;
        // From the first item on, up to the last.
        let first = Linear { index: 0, size: -lower.size, number: -lower.number, ..lower };
        let last = Linear { index: 0, length: 1, size: -upper.size, number: 1 - upper.number };
        if begin != first || end != last || lower.length != 0 || upper.length != 0 {
            return None;
        }
        let size = match (upper.size - lower.size, upper.number - lower.number, names.size) {
            (0, number, None) if number > 0 => Size::Number(number),
            (1, 0, Some((_, expr))) if is_sliced => Size::Variable(expr),
            _ => return None,
        };
        let start = start.filter(|_| begin != Linear::default());
        let sliding =
            Self { list, name: &name.id, range, target, home, looks, is_sliced, size, start, index };
        sliding.is_all(cx, body, names.list).then_some(sliding)
    }

    /// Whether nothing else is done with the list once it is filled.
    fn is_all(&self, cx: &Context<'_, 'm>, body: &Body, list: SymbolId) -> bool {
        let root = self.home.node(cx);
        let point = body.flow.point_of(cx.tree, cx.tree.id(self.range));
        point.is_some_and(|point| is_used_in(cx, body, list, (point, point), |id| cx.tree.contains(root, id)))
    }

    /// Whether the loop may walk the items instead of the places.
    pub fn judge(&self, cx: &Context<'_, 'm>, body: &Body, relies: &mut Reliances) -> Result<(), Doubt> {
        if !is_list(cx, body, self.list, relies) {
            return Err(Doubt::new(format!("`{}` may be no list", self.name)));
        }
        // A size that is no number fails in `range(k, ...)` or `k - 1` with another message.
        if let Size::Variable(size) = self.size
            && (self.start.is_some() || !self.range.arguments.args.last().is_some_and(is_plain))
            && !holds(cx, body, size, relies, 0, |kind| matches!(kind, Kind::Int | Kind::Bool))
        {
            let text = cx.tree.module().slice(size);
            return Err(Doubt::new(format!("`{text}` may be no integer")));
        }
        if let Some((look, _)) = self.looks.iter().find(|(look, _)| self.may_wait(cx, cx.tree.id(*look))) {
            let line = cx.model.line(cx.tree.id(*look));
            return Err(Doubt::new(format!("the look on line {line} may happen when the place is another")));
        }
        let node = cx.tree.id(self.range);
        let consumer = match self.home {
            Home::Loop(stmt) => Consumer::Loop { stmt, zipped: false },
            Home::Comprehension(node) => Consumer::Comprehension { node },
        };
        let (sole, walk) = consumer.walk_in_place(cx, body, node)?;
        let mut reads = cx.model.walk_effects(body, self.list);
        reads.reads.add(&body.objects(cx.model, self.list));
        if let Some(range) = cx.tree.expr(node) {
            reads.add(&cx.model.expr_effects(body, range));
        }
        // A parameter is known to be a list by now.
        reads.walks_unknown = None;
        reads.raises = None;
        if let Some(node) = walk.effects.name_writes.iter().find(|symbol| **symbol == self.index)
            && matches!(self.home, Home::Loop(stmt) if rebinds(cx, stmt, *node))
        {
            return Err(Doubt::new("the loop binds its variable anew"));
        }
        let mut effects = walk;
        effects.effects.forget(self.index);
        reads.forget(self.index);
        check_moved(cx, body, &reads, &sole, &effects, relies)?;
        if let Home::Loop(stmt) = self.home {
            check_namespace(cx, body, cx.tree.id(stmt), relies);
        }
        Ok(())
    }

    /// Whether a look is in code that may run later: a function, or a generator that no call
    /// uses up at once.
    fn may_wait(&self, cx: &Context<'_, '_>, look: NodeId) -> bool {
        let root = self.home.node(cx);
        cx.tree.ancestors(look).take_while(|outer| *outer != root).any(|outer| match cx.tree.node(outer) {
            Node::Expr(Expr::Lambda(_)) | Node::Stmt(Stmt::FunctionDef(_)) => true,
            Node::Expr(Expr::Generator(_)) => !matches!(Consumer::of(cx, outer), Ok(Consumer::Drain { .. })),
            _ => false,
        })
    }

    /// Whether the place itself is used for something else, or later.
    pub fn needs_index(&self, cx: &Context<'_, '_>) -> bool {
        let data = cx.model.scopes.symbol(self.index);
        let in_looks =
            |id: NodeId| self.looks.iter().any(|(look, _)| cx.tree.contains(cx.tree.id(*look), id));
        data.bindings.len() > 1 || data.uses.iter().chain(&data.deletes).any(|id| !in_looks(*id))
    }

    /// Whether a look happens once for each place, or not at all.
    pub fn is_once(&self, cx: &Context<'_, '_>, look: &Expr) -> bool {
        let root = self.home.node(cx);
        let node = cx.tree.id(look);
        let repeats = |outer: NodeId| match cx.tree.node(outer) {
            Node::Expr(expr) => {
                expr.is_lambda_expr()
                    || first_iterable(expr)
                        .is_some_and(|first| !cx.tree.contains(cx.tree.id(first), node) && outer != root)
            }
            Node::Stmt(stmt) => (stmt.is_for_stmt() || stmt.is_while_stmt()) && outer != root,
            Node::Part(_) => false,
        };
        let around = cx.tree.ancestors(node).take_while(|outer| cx.tree.contains(root, *outer));
        self.looks.len() == 1 && !around.into_iter().any(repeats)
    }
}

impl Home<'_> {
    fn node(self, cx: &Context<'_, '_>) -> NodeId {
        match self {
            Self::Loop(stmt) => cx.tree.id(stmt),
            Self::Comprehension(node) => node,
        }
    }
}

/// Where a loop looks at the list.
struct Looked<'m> {
    looks: Vec<(&'m Expr, i64)>,
    /// From where to where each look goes.
    ends: Vec<(Linear, Linear)>,
    is_sliced: bool,
}

impl<'m> Names<'m> {
    /// All that is done with the list below `root`, but to ask for its length as `list`.
    fn looks(&mut self, cx: &Context<'_, 'm>, list: &Expr, root: NodeId) -> Option<Looked<'m>> {
        let data = cx.model.scopes.symbol(self.list);
        let (mut looks, mut ends, mut is_sliced) = (Vec::new(), Vec::new(), None);
        for id in data.uses.iter().copied() {
            if !cx.tree.contains(root, id) || id == cx.tree.id(list) {
                continue;
            }
            let look = cx.tree.expr(cx.tree.parent(id)?)?;
            let Expr::Subscript(subscript) = look else { return None };
            if cx.tree.id(&*subscript.value) != id || subscript.ctx != ExprContext::Load {
                return None;
            }
            let (lower, upper) = match &*subscript.slice {
                Expr::Slice(slice) if slice.step.is_none() => {
                    let lower = self.sum(cx, slice.lower.as_deref()?)?;
                    (lower, self.sum(cx, slice.upper.as_deref()?)?)
                }
                index => {
                    let lower = self.sum(cx, index)?;
                    (lower, Linear { number: lower.number + 1, ..lower })
                }
            };
            let slices = subscript.slice.is_slice_expr();
            if lower.index != 1 || upper.index != 1 || is_sliced.is_some_and(|known| known != slices) {
                return None;
            }
            is_sliced = Some(slices);
            looks.push((look, lower.number));
            ends.push((lower, upper));
        }
        Some(Looked { looks, ends, is_sliced: is_sliced? })
    }

    /// An expression as a sum of what is known.
    fn sum(&mut self, cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<Linear> {
        match expr {
            Expr::NumberLiteral(literal) => {
                let Number::Int(value) = &literal.value else { return None };
                Some(Linear {
                    number: i64::try_from(value.as_u64()?).ok().filter(|n| *n < 1 << 30)?,
                    ..Linear::default()
                })
            }
            Expr::Name(_) => {
                let symbol = cx.model.scopes.resolve(cx.tree.id(expr)).symbol()?;
                if symbol == self.index {
                    return Some(Linear { index: 1, ..Linear::default() });
                }
                let (known, _) = *self.size.get_or_insert((symbol, expr));
                (known == symbol && symbol != self.list).then_some(Linear { size: 1, ..Linear::default() })
            }
            Expr::Call(_) => {
                let list = measured(cx, expr)?;
                let symbol = cx.model.scopes.resolve(cx.tree.id(list)).symbol()?;
                (symbol == self.list).then_some(Linear { length: 1, ..Linear::default() })
            }
            Expr::BinOp(op) => {
                let (left, right) = (self.sum(cx, &op.left)?, self.sum(cx, &op.right)?);
                let sign = match op.op {
                    Operator::Add => 1,
                    Operator::Sub => -1,
                    _ => return None,
                };
                Some(Linear {
                    index: left.index + sign * right.index,
                    length: left.length + sign * right.length,
                    size: left.size + sign * right.size,
                    number: left.number + sign * right.number,
                })
            }
            _ => None,
        }
    }
}

/// All ends, if they are the same.
fn same(ends: &[(Linear, Linear)]) -> Option<(Linear, Linear)> {
    let first = *ends.first()?;
    ends.iter().all(|one| *one == first).then_some(first)
}

/// The first and the last of several places, which no variable moves.
fn outermost(ends: &[(Linear, Linear)]) -> Option<(Linear, Linear)> {
    if ends.iter().any(|(lower, _)| lower.size != 0 || lower.length != 0) {
        return None;
    }
    let lower = ends.iter().map(|(lower, _)| *lower).min_by_key(|lower| lower.number)?;
    let upper = ends.iter().map(|(_, upper)| *upper).max_by_key(|upper| upper.number)?;
    Some((lower, upper))
}

/// `NAME` in the one `len(NAME)` of an expression.
fn measured<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<&'m Expr> {
    match expr {
        Expr::Call(call) if cx.model.is_builtin(&call.func, "len") => match &call.arguments.args[..] {
            [list @ Expr::Name(_)] if call.arguments.keywords.is_empty() => Some(list),
            _ => None,
        },
        Expr::BinOp(op) => measured(cx, &op.left).or_else(|| measured(cx, &op.right)),
        _ => None,
    }
}

/// `len(xs) - k`, or that and something added
fn is_plain(stop: &Expr) -> bool {
    match stop {
        Expr::BinOp(op) if op.op == Operator::Sub && op.right.is_name_expr() => !mentions_name(&op.left),
        Expr::BinOp(op) if !mentions_name(&op.right) => is_plain(&op.left),
        _ => false,
    }
}

/// Whether a sum has a variable as a part.
fn mentions_name(sum: &Expr) -> bool {
    match sum {
        Expr::Name(_) => true,
        Expr::BinOp(op) => mentions_name(&op.left) || mentions_name(&op.right),
        _ => false,
    }
}

/// What walks the `range`.
fn home<'m>(cx: &Context<'_, 'm>, range: NodeId) -> Option<(Home<'m>, &'m Expr)> {
    match Consumer::of(cx, range).ok()? {
        Consumer::Loop { stmt, zipped: false } if cx.tree.id(&*stmt.iter) == range => {
            Some((Home::Loop(stmt), &*stmt.target))
        }
        Consumer::Comprehension { node } => {
            let generators = match cx.tree.expr(node)? {
                Expr::ListComp(comp) => &comp.generators,
                Expr::SetComp(comp) => &comp.generators,
                Expr::DictComp(comp) => &comp.generators,
                Expr::Generator(comp) => &comp.generators,
                _ => return None,
            };
            let first = generators.first().filter(|first| !first.is_async)?;
            Some((Home::Comprehension(node), &first.target))
        }
        _ => None,
    }
}

/// Whether the body of a loop binds a variable.
fn rebinds(cx: &Context<'_, '_>, stmt: &StmtFor, symbol: SymbolId) -> bool {
    let data = cx.model.scopes.symbol(symbol);
    let target = cx.tree.id(&*stmt.target);
    data.bindings
        .iter()
        .chain(&data.deletes)
        .any(|id| *id != target && cx.tree.contains(cx.tree.id(stmt), *id))
}
