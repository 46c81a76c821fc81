//! When a list may be made while it is walked, instead of before.
//!
//! The *making* of the list (the lazy part of a comprehension, a loop that
//! appends) is moved from where the list is bound to where it is walked, and
//! its steps are interleaved with those of the walk. Nobody can tell if
//!
//! 1. neither touches what the other uses, nor what runs in between does;
//! 2. when making an item fails, what the walk has done by then cannot be seen;
//! 3. when the walk ends early, what making the rest would have done is not missed.

// tidy: long because the three conditions of one move are checked here.

use spacetime_rule::{Allowance, Context};
use spacetime_semantic::scope::Resolved;
use spacetime_semantic::{
    Assumption, Body, Conflict, Doubt, Effects, Kind, Objects, PointId, PointKind, Points, SoleUse, World,
};
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::ending::{ends_program, handles};
use crate::files::check_files;
use crate::reliances::Reliances;

/// How a list is walked.
#[derive(Debug)]
pub struct Walk {
    /// What runs between two items.
    pub effects: Effects,
    /// Points at which that happens (none for a call that drains).
    pub points: Points,
    /// It may end before the last item.
    pub may_stop: bool,
    /// What the statement does before the walk starts.
    pub before: Effects,
}

/// Checks the three conditions for a making that moves from `sole.bound` to `walk`.
pub fn check_moved(
    cx: &Context<'_, '_>,
    body: &Body,
    making: &Effects,
    sole: &SoleUse,
    walk: &Walk,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    check_making(cx, making)?;
    let between = if sole.bound == sole.point {
        Points::empty(&body.flow) // walked where it is made
    } else {
        body.flow.between(sole.bound, sole.point)
    };
    let mut region = between.clone();
    for point in [sole.bound, sole.point].into_iter().chain(walk.points.iter()) {
        region.insert(point);
    }
    let expose = |effects: &Effects| cx.model.expose(body, effects, &region);
    let making = expose(making);
    let mut passed = expose(&cx.model.points_effects(body, &between));
    passed.add(&expose(&walk.before));
    let walked = expose(&walk.effects);

    check_identity([&making, &passed, &walked])?;
    check_shown(cx, &making, [&passed, &walked])?;
    check_threads(cx, [&making], relies)?;
    for other in [&passed, &walked] {
        if let Some(conflict) = conflict(cx, &making, other) {
            return Err(doubt_of(cx, &conflict, other));
        }
        check_walks(cx, &making, other, relies)?;
        if making.files_meet(other) {
            check_files(cx, body, [&making, other], relies)?;
            relies.assume(Assumption::FilesUnchangedWhileRead);
        }
    }
    relies.assume_all(making.assumes);
    let mut others = passed.clone();
    others.add(&walked);
    relies.assume_all(others.assumes);

    check_failing(cx, body, &making, &others, sole, relies)?;
    check_stopping(cx, body, &making, &others, sole, walk, relies)
}

/// What is read or changed at another time than before is nothing that another thread may
/// change or see meanwhile.
pub fn check_threads<'a>(
    cx: &Context<'_, '_>,
    all: impl IntoIterator<Item = &'a Effects>,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let shared = |effects: &Effects| {
        let names = effects.name_reads.iter().chain(&effects.name_writes);
        effects.reads.has_outer()
            || effects.writes.has_outer()
            || !effects.attr_reads.is_empty()
            || !effects.attr_writes.is_empty()
            || effects.walks_unknown.is_some()
            || names.into_iter().any(|symbol| cx.model.scopes.symbol(*symbol).rebound_elsewhere)
    };
    if !all.into_iter().any(shared) {
        return Ok(());
    }
    if let Some(line) = cx.model.threads() {
        return Err(Doubt::new(format!(
            "another thread may change meanwhile what is read (line {line} takes up threads)"
        )));
    }
    if let Some(line) = cx.model.last_words() {
        return Err(Doubt::new(format!("what is read may change when an object dies (line {line})")));
    }
    relies.assume(Assumption::NoOtherThreads);
    Ok(())
}

/// Where one of the two walks something unknown, that must not matter to the other.
fn check_walks(
    cx: &Context<'_, '_>,
    making: &Effects,
    other: &Effects,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    for (one, two) in [(making, other), (other, making)] {
        if let Some(node) = one.walks_unknown.filter(|_| two.is_touchable()) {
            check_independent(cx, node, relies)?;
        }
    }
    Ok(())
}

/// An iterable of unknown type is walked at another time than before.
fn check_independent(cx: &Context<'_, '_>, node: NodeId, relies: &mut Reliances) -> Result<(), Doubt> {
    relies.assume(Assumption::IterationIsIndependent);
    if cx.model.settings.assumptions.contains(Assumption::IterationIsIndependent) {
        return Ok(());
    }
    Err(Doubt::new(format!(
        "what is walked on line {} has an unknown type; walking it may change what is read meanwhile",
        cx.model.line(node)
    ))
    .remedy(format!("--assume {}", Assumption::IterationIsIndependent)))
}

/// What making must never do, wherever it is moved.
pub fn check_making(cx: &Context<'_, '_>, making: &Effects) -> Result<(), Doubt> {
    if let Some(node) = making.suspends {
        return Err(Doubt::new(format!("making the items awaits or yields (line {})", cx.model.line(node))));
    }
    if let Some(node) = making.stops {
        return Err(Doubt::new(format!(
            "making an item may raise StopIteration (line {}), which a generator turns into RuntimeError",
            cx.model.line(node)
        )));
    }
    Ok(())
}

/// A generator sees the variables of the function as free ones: one that may
/// be unbound fails otherwise there.
pub fn check_bound(cx: &Context<'_, '_>, body: &Body, making: &Effects, at: PointId) -> Result<(), Doubt> {
    if cx.model.scopes.scope(body.scope).kind == spacetime_semantic::scope::ScopeKind::Module {
        return Ok(());
    }
    for symbol in &making.name_reads {
        let data = cx.model.scopes.symbol(*symbol);
        if data.scope != body.scope || data.is_global || data.is_nonlocal {
            continue;
        }
        let kills = cx.model.binding_points(body, *symbol);
        let sources = cx.model.before_binding(body, at, &kills);
        let deleted = data.deletes.iter().filter_map(|node| body.flow.point_of(cx.tree, *node));
        let unbound = !data.is_parameter && sources.contains(PointId::ENTRY);
        if unbound || deleted.into_iter().any(|point| sources.contains(point)) {
            return Err(Doubt::new(format!("`{}` may be unbound where the items are made", data.name)));
        }
    }
    Ok(())
}

/// `id` can tell whether the items live together or one after the other.
pub fn check_identity<'a>(all: impl IntoIterator<Item = &'a Effects>) -> Result<(), Doubt> {
    if all.into_iter().any(|effects| effects.world.has(World::IDENTITY)) {
        return Err(Doubt::new(
            "`id` can tell items that live together from items that live one after the other",
        ));
    }
    Ok(())
}

/// What is made one by one takes turns at the same place in memory, which is the text of an
/// object that has no text of its own.
fn check_shown(cx: &Context<'_, '_>, making: &Effects, others: [&Effects; 2]) -> Result<(), Doubt> {
    let (any, texts) = (making.world.has(World::MAKES), making.world.has(World::MAKES_TEXT));
    if !any && !texts {
        return Ok(());
    }
    let mut shown = others.into_iter().flat_map(|effects| &effects.shows);
    let is_seen = |node: NodeId| cx.model.may_be_nameless(node) && (any || !cx.model.is_walked_item(node));
    match shown.find(|node| is_seen(**node)) {
        None => Ok(()),
        Some(node) => Err(Doubt::new(format!(
            "the text of an item may be made, and says where in memory it is (line {})",
            cx.model.line(*node)
        ))),
    }
}

/// Whether code does nothing that lasts, not even to variables that others see.
pub fn is_quiet(cx: &Context<'_, '_>, body: &Body, effects: &Effects) -> bool {
    effects.is_quiet_outside()
        && effects.name_writes.iter().all(|symbol| {
            let data = cx.model.scopes.symbol(*symbol);
            body.symbols.contains(symbol)
                && !(data.is_global || data.is_nonlocal || data.rebound_elsewhere)
                && cx.model.captures(*symbol).is_empty()
        })
}

/// Why the order of the two matters. Suspending hands over to unknown code.
fn conflict(cx: &Context<'_, '_>, making: &Effects, other: &Effects) -> Option<Conflict> {
    let mut other = other.clone();
    if let Some(node) = other.suspends.take() {
        other.unknown = other.unknown.or(Some(node));
    }
    if let Some(conflict) = making.conflict(&other) {
        return Some(conflict);
    }
    // Unknown code may bind the variables that inner functions declare global or nonlocal.
    let shared = |effects: &Effects| {
        effects
            .name_reads
            .iter()
            .chain(&effects.name_writes)
            .find(|symbol| cx.model.scopes.symbol(**symbol).rebound_elsewhere)
            .copied()
    };
    let unknown = |one: &Effects, two: &Effects| one.unknown.and_then(|_| shared(two)).map(Conflict::Name);
    unknown(&other, making).or_else(|| unknown(making, &other))
}

/// Whether a call is of a function that has a name to be called pure by:
/// one of this module, or an imported one.
fn can_be_called_pure(cx: &Context<'_, '_>, call: NodeId) -> bool {
    let Some(Expr::Call(call)) = cx.tree.expr(call) else { return false };
    let defined = |node| match cx.model.scopes.resolve(node) {
        Resolved::Global(symbol) | Resolved::Local(symbol) | Resolved::Free(symbol) => {
            cx.model.is_definition(symbol)
        }
        Resolved::Builtin => false,
    };
    cx.model.qualified(&call.func).is_some()
        || matches!(&*call.func, Expr::Name(name) if defined(cx.tree.id(name)))
}

fn doubt_of(cx: &Context<'_, '_>, conflict: &Conflict, other: &Effects) -> Doubt {
    let line = |node: &NodeId| cx.model.line(*node);
    match conflict {
        Conflict::Name(symbol) => {
            let name = &cx.model.scopes.symbol(*symbol).name;
            Doubt::new(format!(
                "`{name}` is bound again before the items are used, or is read while they are made"
            ))
        }
        Conflict::Object(_) => {
            Doubt::new("what making the items reads may be changed before they are all used")
        }
        Conflict::Attribute(name) => {
            Doubt::new(format!("attribute `{name}` is set while making the items reads or sets it"))
        }
        Conflict::World => Doubt::new("making and using the items both talk to the outside world"),
        Conflict::Files => Doubt::new("making the items reads files that may be written in between"),
        Conflict::Unknown(node) => {
            let doubt = Doubt::new(format!("the call on line {} may do anything", line(node)));
            if can_be_called_pure(cx, *node) {
                doubt.remedy(
                    "`# spacetime: pure` at its `def`, or `pure = [...]` in the settings, if it has no side effects",
                )
            } else {
                doubt
            }
        }
        Conflict::Walk(node) => Doubt::new(format!(
            "what is walked on line {} has an unknown type; it may be a generator with effects",
            line(node)
        ))
        .remedy(format!("--assume {}", Assumption::IterationIsPure)),
        Conflict::Suspends(node) => {
            let _ = other;
            Doubt::new(format!("other code runs at the `yield` or `await` on line {}", line(node)))
        }
    }
}

/// Condition 2: where making fails, nothing that ran before is seen.
fn check_failing(
    cx: &Context<'_, '_>,
    body: &Body,
    making: &Effects,
    others: &Effects,
    sole: &SoleUse,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let Some(node) = making.raises else { return Ok(()) };
    let line = cx.model.line(node);
    let (old, new) = (&body.flow.point(sole.bound).raise, &body.flow.point(sole.point).raise);
    if old != new {
        return Err(Doubt::new(format!(
            "making an item may fail (line {line}), and other handlers are in force where the items are used"
        )));
    }
    if old.as_slice() != [PointId::RAISE] && handles(cx, body, old) && has_writes(others) {
        return Err(Doubt::new(format!(
            "making an item may fail (line {line}) within `try`, after some items have been used"
        )));
    }
    if !is_quiet(cx, body, others) {
        relies.allow(Allowance::EarlyEffects);
    }
    if others.raises.is_some() {
        relies.assume(Assumption::OneErrorAtATime);
        if !making.quits.is_empty() {
            relies.allow(Allowance::EarlyEffects);
        }
    }
    Ok(())
}

fn has_writes(effects: &Effects) -> bool {
    !effects.name_writes.is_empty() || !effects.writes.is_empty() || !effects.is_quiet_outside()
}

/// Condition 3: where the walk may end early, the rest of the making is not missed.
fn check_stopping(
    cx: &Context<'_, '_>,
    body: &Body,
    making: &Effects,
    others: &Effects,
    sole: &SoleUse,
    walk: &Walk,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let quits = !others.quits.is_empty();
    let skipped = walk.may_stop || !sole.certain;
    let hands_over = others.unknown.is_some() || others.suspends.is_some();
    let fails = others.raises.is_some() || hands_over;
    if !skipped && !fails {
        return Ok(());
    }
    if (skipped || quits) && making.raises.is_some() {
        relies.allow(Allowance::SkippedItems);
    }
    // Nobody is left to look at what the rest would have put into objects.
    let stays_inside = !making.world.is_visible() && making.unknown.is_none() && making.suspends.is_none();
    if !skipped && !hands_over && stays_inside && ends_program(cx, body, sole.point) {
        relies.assume(Assumption::ModuleIsClosed);
        return Ok(());
    }
    if !making.is_quiet_outside() {
        return Err(Doubt::new(
            "the walk may end early, and making the rest of the items would have been seen",
        ));
    }
    if !is_quiet(cx, body, making) && body.scope_is_function(cx.model) {
        return Err(Doubt::new(
            "the walk may end early, and making the rest of the items sets variables that others see",
        ));
    }
    let caught = handles(cx, body, &body.flow.point(sole.point).raise);
    if skipped || caught {
        check_not_missed(cx, body, making, sole, walk)?;
    }
    Ok(())
}

/// Nothing after the walk uses what making writes (an iterator's position, a counter).
fn check_not_missed(
    cx: &Context<'_, '_>,
    body: &Body,
    making: &Effects,
    sole: &SoleUse,
    walk: &Walk,
) -> Result<(), Doubt> {
    // The next making counts as well: it would go on where the walk has stopped.
    let mut later = body.flow.after(sole.point, |point| point == sole.bound);
    for point in walk.points.iter() {
        later.remove(point);
    }
    for point in later.clone().iter().filter(|point| only_closes(cx, body, *point)) {
        later.remove(point);
    }
    let effects = cx.model.points_effects(body, &later);
    let name = making.name_writes.iter().find(|symbol| effects.name_reads.contains(symbol));
    if let Some(symbol) = name {
        let name = &cx.model.scopes.symbol(*symbol).name;
        return Err(Doubt::new(format!("the walk may end early, and `{name}` is used afterwards")));
    }
    if body.escapes(&making.writes)
        || making.writes.overlaps(&effects.reads)
        || making.writes.overlaps(&effects.writes)
    {
        return Err(Doubt::new(
            "the walk may end early, and what making the items advances is used afterwards",
        ));
    }
    Ok(())
}

/// An expression that was evaluated after the items were made, and is
/// evaluated before them now: another argument of the same call.
pub fn check_beside(
    cx: &Context<'_, '_>,
    body: &Body,
    making: &Effects,
    other: &Expr,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let effects = cx.model.expr_effects(body, other);
    let (making, beside) = check_interleaved(cx, body, making, &effects, cx.tree.id(other), relies)?;
    if making.raises.is_some() && !beside.is_quiet_outside() {
        relies.allow(Allowance::EarlyEffects);
    }
    if beside.raises.is_some() {
        if making.raises.is_some() {
            relies.assume(Assumption::OneErrorAtATime);
        }
        if !making.is_quiet_outside() || !making.writes.is_empty() {
            relies.allow(Allowance::SkippedItems);
        }
    }
    Ok(())
}

/// Condition 1 for two things that happen at `node` in another order, or at
/// once. Answers with both, as far as unknown code is involved in them there.
pub fn check_interleaved(
    cx: &Context<'_, '_>,
    body: &Body,
    making: &Effects,
    other: &Effects,
    node: NodeId,
    relies: &mut Reliances,
) -> Result<(Effects, Effects), Doubt> {
    let (making, other) = expose_at(cx, body, node, making, other);
    check_threads(cx, [&making, &other], relies)?;
    if let Some(conflict) = conflict(cx, &making, &other) {
        return Err(doubt_of(cx, &conflict, &other));
    }
    check_walks(cx, &making, &other, relies)?;
    if making.files_meet(&other) {
        check_files(cx, body, [&making, &other], relies)?;
        relies.assume(Assumption::FilesUnchangedWhileRead);
    }
    relies.assume_all(making.assumes);
    relies.assume_all(other.assumes);
    Ok((making, other))
}

/// Both effects, with what unknown code may have got hold of when `node` runs.
fn expose_at(
    cx: &Context<'_, '_>,
    body: &Body,
    node: NodeId,
    one: &Effects,
    two: &Effects,
) -> (Effects, Effects) {
    let mut region = Points::empty(&body.flow);
    if let Some(point) = body.flow.point_of(cx.tree, node) {
        region.insert(point);
    }
    (cx.model.expose(body, one, &region), cx.model.expose(body, two, &region))
}

/// Whether all that a point does is to close files that were read.
fn only_closes(cx: &Context<'_, '_>, body: &Body, point: PointId) -> bool {
    let point = body.flow.point(point);
    let reading = |expr: &Expr| match body.kind(cx.model, expr) {
        Kind::File(Some(open)) => cx.tree.expr(open).is_some_and(|open| opens_for_reading(cx, open)),
        _ => false,
    };
    match cx.tree.node(point.node) {
        Node::Stmt(Stmt::With(stmt)) => {
            point.kind == PointKind::Leave && stmt.items.iter().all(|item| reading(&item.context_expr))
        }
        Node::Stmt(Stmt::Expr(stmt)) => match &*stmt.value {
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "close" && reading(&method.value))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether a call of `open` or its like says that the file is only read.
pub fn opens_for_reading(cx: &Context<'_, '_>, open: &Expr) -> bool {
    matches!(open, Expr::Call(call) if cx.model.opens_for_reading(call))
}

/// Whether making items and some other code may change places, or be interleaved.
pub fn check_order(
    cx: &Context<'_, '_>,
    body: &Body,
    making: &Effects,
    other: &Effects,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    check_threads(cx, [making, other], relies)?;
    if let Some(conflict) = conflict(cx, making, other) {
        return Err(doubt_of(cx, &conflict, other));
    }
    relies.assume_all(other.assumes);
    if !(is_quiet(cx, body, making) && is_quiet(cx, body, other)) && making.raises.or(other.raises).is_some()
    {
        relies.allow(Allowance::EarlyEffects);
    }
    if making.raises.is_some() && other.raises.is_some() {
        relies.assume(Assumption::OneErrorAtATime);
    }
    Ok(())
}

/// A `key` function that is called between the making of items now.
pub fn check_moved_key(
    cx: &Context<'_, '_>,
    body: &Body,
    making: &Effects,
    key: &Expr,
    items: &Objects,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let mut calls = cx.model.call_effects(body, key);
    calls.reads.add(items);
    check_identity([making, &calls])?;
    let mut making = making.clone();
    if looks_at_argument_only(cx, body, &calls) {
        // Not even a generator with effects changes what such a key gives.
        making.walks_unknown = None;
    }
    check_order(cx, body, &making, &calls, relies)
}

/// Whether a call reads its argument and nothing else that can change.
fn looks_at_argument_only(cx: &Context<'_, '_>, body: &Body, calls: &Effects) -> bool {
    calls.is_quiet_outside()
        && calls.writes.is_empty()
        && calls.walks_unknown.is_none()
        && calls.name_reads.iter().all(|symbol| {
            !body.symbols.contains(symbol) && {
                let data = cx.model.scopes.symbol(*symbol);
                data.is_parameter || cx.model.is_definition(*symbol)
            }
        })
}

/// At module level a name can be read by importers: what it holds may change
/// its type only where the code runs as a program alone.
pub fn check_namespace(cx: &Context<'_, '_>, body: &Body, stmt: NodeId, relies: &mut Reliances) {
    let module = cx.model.scopes.scope(body.scope).kind == spacetime_semantic::scope::ScopeKind::Module;
    if module && !cx.model.is_main_only(stmt) {
        relies.allow(Allowance::ModuleNames);
    }
}
