//! Lists on disk whose items are changed while they are walked.
//!
//! A walk that changes its current item becomes one over `updating(list)`, which writes
//! the items again. It does not see what others hold of them: whoever took an item from the list
//! before the last change must have let go of it by then, and nobody may look at the list while
//! its items are being changed.

use spacetime_rule::{Context, Import};
use spacetime_semantic::{Doubt, Journey, Lent, Outlived, Turn, first_iterable};
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt, UnaryOp};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Ranged};

use crate::naming::holder;
use crate::order::{Order, is_put_off, leading_to};

pub const UPDATING: Import = Import::new("spacetime_compiler.runtime", "updating");

/// What is done with the items, and what it takes to let them be changed.
pub struct Updates {
    pub lent: Lent,
    /// `updating(` and `)` around the lists where they are walked.
    pub edits: Vec<Edit>,
}

/// What is done with the items of a list, which may be changed where it is walked.
///
/// # Errors
/// A doubt that says where an item is changed otherwise, or who might see that it is a copy.
pub fn updates(cx: &Context<'_, '_>, journey: &Journey) -> Result<Updates, Doubt> {
    let turns: Vec<Turn> = journey.walks.iter().filter_map(|place| turn(cx, *place)).collect();
    let changed = match cx.model.lent_in_turns(journey, &turns, false) {
        Err(doubt) => {
            if let Some(last) = only_walk(cx, journey) {
                let lent = cx.model.lent_once(journey, last)?;
                return Ok(Updates { lent, edits: Vec::new() });
            }
            if !only_grows(cx, journey) {
                return Err(doubt);
            }
            cx.model.lent_in_turns(journey, &[], true)?
        }
        Ok(changed) => changed,
    };
    if changed.places.is_empty() {
        return Ok(Updates { lent: changed.lent, edits: Vec::new() });
    }
    check_copies(cx, journey)?;
    let changes: Vec<&Turn> = turns.iter().filter(|turn| changed.places.contains(&turn.place)).collect();
    let mut paths = Vec::new();
    for turn in &changes {
        check_alone(cx, journey, turn)?;
        let path = leading_to(cx, turn.within)?;
        if path.iter().any(|node| is_put_off(cx, *node)) {
            return Err(Doubt::new("items are changed when a generator is asked"));
        }
        paths.push(path);
    }
    let order = Changes { order: Order { cx }, paths: &paths };
    let early: Vec<NodeId> =
        journey.places.iter().copied().filter(|place| order.is_early(*place, &changes)).collect();
    let all: Vec<NodeId> = paths.iter().flatten().copied().collect();
    let outlived = Outlived { early: &early, deep: changed.deep, changes: &all };
    cx.model.check_outlived(journey, &turns, &outlived)?;
    let written = changes.iter().enumerate().filter(|(at, turn)| order.is_read_later(journey, *at, turn));
    let edits = written.flat_map(|(_, turn)| around(cx, turn.place)).collect();
    Ok(Updates { lent: changed.lent, edits })
}

/// The one place where items are taken from the list, if that is done once and each comes out once: then it
/// does not matter who holds them, or changes them. (What somebody holds already when it is to be written
/// stays in memory.)
fn only_walk(cx: &Context<'_, '_>, journey: &Journey) -> Option<NodeId> {
    let [walk] = journey.walks[..] else { return None };
    let looks = [
        &journey.copies,
        &journey.windows,
        &journey.indexed,
        &journey.searched,
        &journey.emptied,
        &journey.spliced,
        &journey.multiplied,
        &journey.popped,
        &journey.sorted,
        &journey.combined,
        &journey.holders,
    ];
    let order = Order { cx };
    let is_alone = looks.into_iter().all(Vec::is_empty)
        && !journey.nested
        && !journey.gathered
        && journey.places.iter().all(|place| *place == walk || takes_nothing(cx, *place));
    (is_alone && order.runs_once(round_of(cx, walk)?, 0)).then_some(walk)
}

/// The statement or comprehension that walks what stands there.
fn round_of(cx: &Context<'_, '_>, place: NodeId) -> Option<NodeId> {
    let parent = holder(cx, place)?;
    match cx.tree.node(parent) {
        Node::Expr(Expr::Call(call))
            if cx.model.is_builtin(&call.func, "enumerate")
                && call.arguments.args.first().is_some_and(|first| cx.tree.id(first) == place) =>
        {
            round_of(cx, parent)
        }
        Node::Stmt(Stmt::For(stmt)) if cx.tree.id(&*stmt.iter) == place && !stmt.is_async => Some(parent),
        Node::Part(AnyNodeRef::Comprehension(clause)) if !clause.is_async => {
            let comprehension = cx.tree.parent(parent)?;
            let made = matches!(
                cx.tree.expr(comprehension)?,
                Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_)
            );
            let first = cx.tree.expr(comprehension).and_then(first_iterable)?;
            (made && cx.tree.id(first) == place).then_some(comprehension)
        }
        _ => None,
    }
}

/// Whether no item is taken from the list there: it is filled, measured, bound or handed on.
fn takes_nothing(cx: &Context<'_, '_>, place: NodeId) -> bool {
    is_measured(cx, place)
        || match holder(cx, place).map(|parent| cx.tree.node(parent)) {
            Some(Node::Expr(Expr::Attribute(method))) => {
                cx.tree.id(&*method.value) == place && matches!(method.attr.as_str(), "append" | "extend")
            }
            Some(Node::Expr(Expr::Tuple(tuple))) => tuple.ctx.is_load(),
            Some(Node::Expr(Expr::UnaryOp(op))) => op.op == UnaryOp::Not,
            Some(Node::Stmt(Stmt::If(_))) => true,
            _ => false,
        }
}

/// `len(list)`, or a variable that is only bound or passed to a function that is followed itself.
fn is_measured(cx: &Context<'_, '_>, place: NodeId) -> bool {
    match holder(cx, place).map(|parent| cx.tree.node(parent)) {
        Some(Node::Expr(Expr::Call(call))) => {
            cx.model.is_builtin(&call.func, "len") || cx.model.passed_to(place).is_some()
        }
        Some(Node::Stmt(Stmt::Return(_))) => true,
        Some(Node::Stmt(Stmt::Assign(assign))) => {
            assign.targets.iter().all(|target| target.is_name_expr() || target.is_attribute_expr())
        }
        _ => false,
    }
}

/// `for item in list`, `for number, item in enumerate(list)`, `for item, other in zip(list, others)`
fn turn(cx: &Context<'_, '_>, place: NodeId) -> Option<Turn> {
    let tree = cx.tree;
    if !matches!(tree.expr(place)?, Expr::Name(_) | Expr::Attribute(_)) {
        return None;
    }
    let mut node = place;
    let mut path = Vec::new();
    loop {
        let parent = holder(cx, node)?;
        match tree.node(parent) {
            Node::Expr(Expr::Call(call)) => {
                let at = call.arguments.args.iter().position(|argument| tree.id(argument) == node)?;
                if !call.arguments.keywords.is_empty()
                    || call.arguments.args.iter().any(Expr::is_starred_expr)
                {
                    return None;
                }
                if cx.model.is_builtin(&call.func, "zip") {
                    path.push(at);
                } else if cx.model.is_builtin(&call.func, "enumerate") && at == 0 {
                    path.push(1);
                } else if !is_updating(cx, &call.func) {
                    return None;
                }
                node = parent;
            }
            Node::Stmt(Stmt::For(stmt)) if tree.id(&*stmt.iter) == node && !stmt.is_async => {
                let mut target = &*stmt.target;
                while let Some(at) = path.pop() {
                    target = match target {
                        Expr::Tuple(parts) => parts.elts.get(at)?,
                        _ => return None,
                    };
                }
                let Expr::Name(_) = target else { return None };
                let variable = cx.model.scopes.resolve(tree.id(target)).symbol()?;
                return Some(Turn { place, within: parent, variable });
            }
            _ => return None,
        }
    }
}

fn is_updating(cx: &Context<'_, '_>, func: &Expr) -> bool {
    cx.model.qualified(func).is_some_and(|name| name == "spacetime_compiler.runtime.updating")
}

/// Whether nothing is done to the list but appending: the item at its end has never been on disk.
fn only_grows(cx: &Context<'_, '_>, journey: &Journey) -> bool {
    const HARMLESS: [&str; 5] = ["append", "clear", "copy", "count", "index"];
    journey.extended.is_empty()
        && journey.sorted.is_empty()
        && journey.places.iter().all(|place| match holder(cx, *place).map(|parent| cx.tree.node(parent)) {
            Some(Node::Expr(Expr::Attribute(attribute))) => {
                cx.tree.id(&*attribute.value) != *place || HARMLESS.contains(&attribute.attr.as_str())
            }
            Some(Node::Expr(Expr::Subscript(subscript))) => {
                cx.tree.id(&*subscript.value) != *place || subscript.ctx.is_load()
            }
            Some(Node::Stmt(Stmt::AugAssign(_))) => false,
            _ => true,
        })
}

/// Nothing but the walk itself looks at the list in the statement.
fn check_alone(cx: &Context<'_, '_>, journey: &Journey, turn: &Turn) -> Result<(), Doubt> {
    let home = cx.model.enclosing_function(turn.within);
    if home.is_some_and(|def| cx.model.body_of_def(def).is_none_or(|body| body.is_generator || body.is_async))
    {
        return Err(Doubt::new("a generator or a coroutine changes items"));
    }
    for place in journey.places.iter().filter(|place| **place != turn.place) {
        let line = cx.model.line(*place);
        let function = cx.model.enclosing_function(*place);
        if cx.tree.contains(turn.within, *place) {
            return Err(Doubt::new(format!("it is used while its items are changed (line {line})")));
        }
        if function.is_some_and(|def| cx.model.body_of_def(def).is_none_or(|body| body.is_generator)) {
            return Err(Doubt::new(format!(
                "it is used in a generator, and items are changed (line {line})"
            )));
        }
        if function == home || is_local(cx, *place) {
            continue;
        }
        let ways = leading_to(cx, *place)?;
        if ways.iter().any(|node| cx.tree.contains(turn.within, *node)) {
            return Err(Doubt::new(format!("it may be used while its items are changed (line {line})")));
        }
    }
    Ok(())
}

/// Slices, sums and copies go away where they are made.
fn check_copies(cx: &Context<'_, '_>, journey: &Journey) -> Result<(), Doubt> {
    let kept =
        journey.copies.iter().find(|copy| match holder(cx, **copy).map(|parent| cx.tree.node(parent)) {
            Some(Node::Stmt(Stmt::For(_)) | Node::Part(AnyNodeRef::Comprehension(_))) => false,
            Some(Node::Expr(Expr::Call(call))) => !["len", "sum", "min", "max", "sorted", "any", "all"]
                .iter()
                .any(|name| cx.model.is_builtin(&call.func, name)),
            _ => true,
        });
    match kept {
        Some(copy) => Err(Doubt::new(format!(
            "items are changed, and a copy of the list may be kept (line {})",
            cx.model.line(*copy)
        ))),
        None => Ok(()),
    }
}

/// Whether a place is a variable of the function that it stands in.
fn is_local(cx: &Context<'_, '_>, place: NodeId) -> bool {
    match cx.tree.expr(place) {
        Some(Expr::Attribute(_)) => false,
        Some(Expr::Name(_)) => cx.model.scopes.resolve(place).symbol().is_some_and(|symbol| {
            let data = cx.model.scopes.symbol(symbol);
            let home = data.bindings.first().and_then(|binding| cx.model.enclosing_function(*binding));
            !data.is_global && !data.is_nonlocal && cx.model.enclosing_function(place) == home
        }),
        _ => true,
    }
}

/// The changes of items, and what comes first.
struct Changes<'a, 'b, 'm> {
    order: Order<'a, 'b, 'm>,
    /// For each change, the calls that lead to it.
    paths: &'a [Vec<NodeId>],
}

impl Changes<'_, '_, '_> {
    /// Whether items may be taken from the list there before some other change of them.
    fn is_early(&self, place: NodeId, changes: &[&Turn]) -> bool {
        changes.iter().zip(self.paths).any(|(turn, path)| {
            let itself = turn.place == place && self.order.runs_once(turn.within, 0);
            !itself && !self.order.is_surely(place, path, true, 0)
        })
    }

    /// Whether somebody looks at the items of the list when a walk has changed them.
    fn is_read_later(&self, journey: &Journey, at: usize, turn: &Turn) -> bool {
        let Some(path) = self.paths.get(at) else { return true };
        if !self.order.runs_once(turn.within, 0) {
            return true;
        }
        journey.places.iter().any(|place| {
            *place != turn.place
                && !is_measured(self.order.cx, *place)
                && !self.order.is_surely(*place, path, false, 0)
        })
    }
}

/// `updating(` and `)`, unless they are there.
fn around(cx: &Context<'_, '_>, place: NodeId) -> Vec<Edit> {
    if let Some(Expr::Call(call)) = holder(cx, place).and_then(|parent| cx.tree.expr(parent))
        && is_updating(cx, &call.func)
    {
        return Vec::new();
    }
    let range = cx.tree.node(place).range();
    let name = UPDATING.local_name(cx.tree);
    vec![Edit::insert(range.start(), format!("{name}(")), Edit::insert(range.end(), ")")]
}
