//! A list that a function returns, made while it is walked somewhere else.
//!
//! From each call the list is followed to where it is walked: by the caller, in
//! a function that gets it as an argument, in the caller of a function that hands
//! it on. In each of these bodies the conditions of [`crate::safety`] are asked
//! of what the call does beside what happens there.

use spacetime_rule::Context;
use spacetime_semantic::scope::SymbolId;
use spacetime_semantic::{Body, Doubt, Effects, Kind, PointId, Points, SoleUse, first_iterable};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Ranged, Span};

use crate::consumer::Consumer;
use crate::reliances::Reliances;
use crate::safety::{Walk, check_moved, check_namespace};

/// Functions that hand a list on to each other.
const LONGEST_CHAIN: usize = 8;

/// What is known of all the walks.
#[derive(Debug)]
pub struct Walks<'m> {
    /// Code that the judgement speaks of.
    pub span: Span,
    /// Somebody does more with the items than to keep them all.
    pub frees: bool,
    /// Somebody asks for the length when all items have been walked.
    pub counted: bool,
    /// The calls that gave the list.
    pub calls: Vec<&'m ExprCall>,
}

/// Follows the results of all calls of a function to where they are walked,
/// each once, and checks that the items may be made there.
///
/// # Errors
/// A doubt that says which use stands in the way.
pub fn check_results<'m>(
    cx: &Context<'_, 'm>,
    def: NodeId,
    relies: &mut Reliances,
) -> Result<Walks<'m>, Doubt> {
    let mut follow = Follow::new(cx, cx.tree.node(def).range(), relies);
    follow.results(def)?;
    follow.walks.calls = cx.model.sure_callers(def)?;
    Ok(follow.walks)
}

/// Follows the value of an expression in the same way, which `making` makes.
///
/// # Errors
/// As for [`check_results`].
pub fn check_value<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    value: NodeId,
    making: &Effects,
    relies: &mut Reliances,
) -> Result<Walks<'m>, Doubt> {
    let mut follow = Follow::new(cx, cx.tree.node(value).range(), relies);
    let mut making = making.clone();
    if let Some(first) = cx.tree.expr(value).and_then(first_iterable) {
        forget_iterator(cx, body, first, &mut making);
    }
    follow.value(body, value, &making)?;
    Ok(follow.walks)
}

struct Follow<'a, 'b, 'm> {
    cx: &'a Context<'b, 'm>,
    relies: &'a mut Reliances,
    walks: Walks<'m>,
    chain: Vec<NodeId>,
}

/// The place where something is walked, and the calls of `len` behind it.
struct Uses {
    sole: SoleUse,
    lengths: Vec<NodeId>,
}

/// What a function does with an iterable that it gets, until it has walked it.
struct Inside {
    effects: Effects,
    may_stop: bool,
    /// Handlers are in force where it is walked.
    handled: bool,
}

impl<'a, 'b, 'm> Follow<'a, 'b, 'm> {
    fn new(cx: &'a Context<'b, 'm>, span: Span, relies: &'a mut Reliances) -> Self {
        let walks = Walks { span, frees: false, counted: false, calls: Vec::new() };
        Self { cx, relies, walks, chain: Vec::new() }
    }

    /// Tells the one walk from the calls of `len`.
    fn sort_uses(
        &mut self,
        body: &Body,
        symbol: SymbolId,
        bound: PointId,
        uses: &[NodeId],
    ) -> Result<Uses, Doubt> {
        let cx = self.cx;
        let (lengths, others): (Vec<NodeId>, Vec<NodeId>) =
            uses.iter().partition(|node| is_measured(cx, **node));
        let name = &cx.model.scopes.symbol(symbol).name;
        match others.as_slice() {
            [] => Err(Doubt::new(format!("`{name}` is never walked"))),
            [one] => {
                let sole = cx.model.judge_use(body, symbol, bound, *one)?;
                Ok(Uses { sole, lengths })
            }
            [first, second, ..] => Err(Doubt::new(format!(
                "`{name}` is used more than once (lines {} and {})",
                cx.model.line(*first),
                cx.model.line(*second)
            ))),
        }
    }

    /// Whether the length is asked for only when the walk has come to its end.
    fn check_lengths(&mut self, body: &Body, uses: &Uses, walk: &Walk) -> Result<(), Doubt> {
        let cx = self.cx;
        let Some(first) = uses.lengths.first() else { return Ok(()) };
        let sole = &uses.sole;
        let handled = std::iter::once(sole.point)
            .chain(walk.points.iter())
            .any(|point| body.flow.point(point).raise.as_slice() != [PointId::RAISE]);
        if walk.may_stop || handled {
            return Err(self.doubt(*first, "its length is asked for, and the walk may end early"));
        }
        let early = body.flow.after(sole.bound, |point| point == sole.point);
        for node in &uses.lengths {
            let at = body.flow.point_of(cx.tree, *node);
            let late = |point: PointId| {
                point != sole.point && !walk.points.contains(point) && !early.contains(point)
            };
            if !at.is_some_and(late) || cx.model.is_repeated(*node) {
                return Err(self.doubt(*node, "its length is asked for before it has been walked"));
            }
            self.covers(*node);
        }
        self.walks.counted = true;
        Ok(())
    }

    fn results(&mut self, def: NodeId) -> Result<(), Doubt> {
        self.enter(def)?;
        let calls = self.cx.model.sure_callers(def)?;
        if calls.is_empty() {
            return Err(Doubt::new("nobody calls the function"));
        }
        for call in calls {
            let node = self.cx.tree.id(call);
            let Some(body) = self.cx.model.body_of(node).filter(|body| !body.is_async) else {
                return Err(self.doubt(node, "it is called in a coroutine"));
            };
            let Some(expr) = self.cx.tree.expr(node) else { continue };
            let mut making = self.cx.model.run_effects(&body, call);
            making.reads.add(&self.cx.model.item_objects(&body, expr));
            forget_iterators(self.cx, &body, call, &mut making);
            self.value(&body, node, &making)?;
        }
        self.chain.pop();
        Ok(())
    }

    fn enter(&mut self, def: NodeId) -> Result<(), Doubt> {
        if self.chain.contains(&def) || self.chain.len() > LONGEST_CHAIN {
            return Err(self.doubt(def, "functions that call each other hand the list on"));
        }
        self.chain.push(def);
        self.walks.span = self.walks.span.cover(self.cx.tree.node(def).range());
        Ok(())
    }

    fn doubt(&self, node: NodeId, what: &str) -> Doubt {
        Doubt::new(format!("{what} (line {})", self.cx.model.line(node)))
    }

    fn covers(&mut self, node: NodeId) {
        if let Some(stmt) = self.cx.tree.statement(node) {
            self.walks.span = self.walks.span.cover(self.cx.tree.node(stmt).range());
        }
    }

    /// The value of the expression at `node`, which `making` makes.
    fn value(&mut self, body: &Body, node: NodeId, making: &Effects) -> Result<(), Doubt> {
        let cx = self.cx;
        self.covers(node);
        if cx.model.is_repeated(node) {
            return Err(self.doubt(node, "it is made for each item of a comprehension"));
        }
        if let Some((stmt, target)) = bound_name(cx, node) {
            check_namespace(cx, body, stmt, self.relies);
            let (symbol, uses, bound) = cx.model.uses_of_binding(body, stmt, target)?;
            let uses = self.sort_uses(body, symbol, bound, &uses)?;
            self.covers(uses.sole.name);
            return self.used(body, making, &uses, false);
        }
        let point = body
            .flow
            .point_of(cx.tree, node)
            .ok_or_else(|| self.doubt(node, "the call is not part of the flow"))?;
        let sole = SoleUse::in_place(node, point);
        self.used(body, making, &Uses { sole, lengths: Vec::new() }, true)
    }

    /// The one place where it is used.
    fn used(&mut self, body: &Body, making: &Effects, uses: &Uses, in_place: bool) -> Result<(), Doubt> {
        let cx = self.cx;
        let sole = &uses.sole;
        if cx.tree.parent(sole.name).is_some_and(|id| matches!(cx.tree.node(id), Node::Stmt(Stmt::Return(_))))
        {
            if let Some(node) = uses.lengths.first() {
                return Err(self.doubt(*node, "its length is asked for before it has been walked"));
            }
            return self.handed_on(body, making, sole);
        }
        if let Some((call, def, parameter)) = cx.model.passed_to(sole.name) {
            return self.passed(body, making, uses, call, def, parameter);
        }
        if let Some(generator) = generator_over(cx, sole.name) {
            return self.generated(body, making, uses, generator);
        }
        let consumer = Consumer::of(cx, sole.name)?;
        self.walks.frees |= !consumer.keeps_all(cx) || is_sorted(cx, &consumer);
        let (sole, walk) = if in_place {
            if cx.model.is_conditional(sole.name) {
                return Err(self
                    .doubt(sole.name, "whether it is walked depends on a condition in the same expression"));
            }
            consumer.walk_in_place(cx, body, sole.name)?
        } else {
            (*sole, consumer.walk(cx, body, sole)?)
        };
        self.check_lengths(body, uses, &walk)?;
        check_moved(cx, body, making, &sole, &walk, self.relies)
    }

    /// `(f(row) for row in rows)`: both are walked where the generator is.
    fn generated(
        &mut self,
        body: &Body,
        making: &Effects,
        uses: &Uses,
        generator: NodeId,
    ) -> Result<(), Doubt> {
        let cx = self.cx;
        let sole = &uses.sole;
        if let Some(node) = uses.lengths.first() {
            return Err(self.doubt(*node, "its length is asked for, and a generator walks it"));
        }
        if cx.model.is_conditional(sole.name) {
            return Err(
                self.doubt(sole.name, "whether it is walked depends on a condition in the same expression")
            );
        }
        let effects = cx.model.lazy_effects(body, generator);
        let before = cx.model.beside_effects(body, sole.name);
        let points = Points::empty(&body.flow);
        let walk = Walk { effects: effects.clone(), points, may_stop: false, before };
        check_moved(cx, body, making, sole, &walk, self.relies)?;
        let mut making = making.clone();
        making.add(&effects);
        self.value(body, generator, &making)
    }

    /// `return rows`: whoever calls this function walks it.
    fn handed_on(&mut self, body: &Body, making: &Effects, sole: &SoleUse) -> Result<(), Doubt> {
        let cx = self.cx;
        let caught = |point: PointId| body.flow.point(point).raise.as_slice() != [PointId::RAISE];
        if body.is_generator || !matches!(cx.tree.node(body.owner), Node::Stmt(Stmt::FunctionDef(_))) {
            return Err(self.doubt(sole.name, "it is returned by a generator"));
        }
        // Closing a file, a lock, a handler: all of it would come before the walk.
        if caught(sole.bound) || caught(sole.point) {
            return Err(self.doubt(sole.name, "it is returned from within `try` or `with`"));
        }
        let before = cx.model.beside_effects(body, sole.name);
        let none = Points::empty(&body.flow);
        let walk = Walk { effects: Effects::default(), points: none, may_stop: false, before };
        check_moved(cx, body, making, sole, &walk, self.relies)?;
        self.results(body.owner)
    }

    /// `report(rows)`: the function walks its argument.
    fn passed(
        &mut self,
        body: &Body,
        making: &Effects,
        uses: &Uses,
        call: &'m ExprCall,
        def: NodeId,
        parameter: SymbolId,
    ) -> Result<(), Doubt> {
        let cx = self.cx;
        let sole = &uses.sole;
        if cx.model.is_conditional(sole.name) || cx.model.is_repeated(sole.name) {
            return Err(
                self.doubt(sole.name, "whether it is walked depends on a condition in the same expression")
            );
        }
        let Some(callee) = cx.model.body_of_def(def).filter(|callee| !callee.is_async) else {
            return Err(self.doubt(sole.name, "it is passed to a coroutine"));
        };
        let inside = self.inside(&callee, def, parameter)?;
        if inside.handled
            && let Some(node) = making.raises
        {
            return Err(Doubt::new(format!(
                "making an item may fail (line {}), and other handlers are in force where the items are used",
                cx.model.line(node)
            )));
        }
        let effects = cx.model.effects_for_caller(&callee, &inside.effects, body, call);
        let before = cx.model.beside_effects(body, sole.name);
        let points = Points::empty(&body.flow);
        // What fails there may be handled there, and the walk has ended then.
        let may_stop = inside.may_stop || (inside.handled && effects.raises.is_some());
        let walk = Walk { effects: effects.clone(), points, may_stop, before };
        if let Some(node) = uses.lengths.first().filter(|_| callee.is_generator) {
            return Err(self.doubt(*node, "its length is asked for, and a generator walks it"));
        }
        self.check_lengths(body, uses, &walk)?;
        check_moved(cx, body, making, sole, &walk, self.relies)?;
        if callee.is_generator {
            // Both are walked where the result of this call is.
            let mut making = making.clone();
            making.add(&effects);
            return self.value(body, cx.tree.id(call), &making);
        }
        Ok(())
    }

    /// What a function does until it has walked its parameter.
    fn inside(&mut self, body: &Body, def: NodeId, parameter: SymbolId) -> Result<Inside, Doubt> {
        let cx = self.cx;
        self.enter(def)?;
        let uses = cx.model.uses_of_parameter(body, parameter)?;
        let uses = self.sort_uses(body, parameter, PointId::ENTRY, &uses)?;
        let sole = uses.sole;
        let mut points = if sole.point == sole.bound {
            Points::empty(&body.flow)
        } else {
            body.flow.between(sole.bound, sole.point)
        };
        points.remove(sole.point);
        let mut effects = cx.model.points_effects(body, &points);
        effects.add(&cx.model.beside_effects(body, sole.name));
        let handled = body.flow.point(sole.point).raise.as_slice() != [PointId::RAISE];
        let mut inside = Inside { effects, may_stop: !sole.certain, handled };
        if let Some((call, def, parameter)) = cx.model.passed_to(sole.name) {
            let callee = cx.model.body_of_def(def).filter(|callee| !callee.is_async && !callee.is_generator);
            let Some(callee) = callee.filter(|_| !cx.model.is_conditional(sole.name)) else {
                return Err(self.doubt(sole.name, "it is handed on to a generator, or not always"));
            };
            let inner = self.inside(&callee, def, parameter)?;
            let walk = Walk {
                effects: Effects::default(),
                points: Points::empty(&body.flow),
                may_stop: inner.may_stop,
                before: Effects::default(),
            };
            self.check_lengths(body, &uses, &walk)?;
            inside.effects.add(&cx.model.effects_for_caller(&callee, &inner.effects, body, call));
            inside.may_stop |= inner.may_stop;
            inside.handled |= inner.handled;
        } else {
            let consumer = Consumer::of(cx, sole.name)?;
            self.walks.frees |= !consumer.keeps_all(cx) || is_sorted(cx, &consumer);
            let walk = consumer.walk(cx, body, &sole)?;
            self.check_lengths(body, &uses, &walk)?;
            inside.effects.add(&walk.effects);
            inside.effects.add(&walk.before);
            inside.may_stop |= walk.may_stop;
        }
        if body.is_generator {
            // Whoever walks it runs in between, and is judged where that is.
            inside.effects = cx.model.points_effects(body, &all_points(body));
            inside.effects.suspends = None;
        }
        self.chain.pop();
        Ok(inside)
    }
}

/// Iterators that are made for a call are nobody else's: that it advances them
/// cannot be seen.
fn forget_iterators<'m>(cx: &Context<'_, 'm>, body: &Body, call: &'m ExprCall, making: &mut Effects) {
    let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
    for argument in call.arguments.args.iter().chain(keywords) {
        forget_iterator(cx, body, argument, making);
    }
}

/// The same for one expression that is walked.
fn forget_iterator<'m>(cx: &Context<'_, 'm>, body: &Body, walked: &'m Expr, making: &mut Effects) {
    if !body.kind(cx.model, walked).is_one_shot() || !is_unshared(cx, body, walked) {
        return;
    }
    let Some(made) = maker(cx, walked) else { return };
    let iterator = body.made_at(cx.tree.id(made));
    making.reads.remove(&iterator);
    making.writes.remove(&iterator);
    if let Expr::Call(inner) = made {
        forget_iterators(cx, body, inner, making);
    }
}

/// Whether an expression makes its value where it stands, or is the only use of
/// a variable that is bound once.
fn is_unshared<'m>(cx: &Context<'_, 'm>, body: &Body, expr: &'m Expr) -> bool {
    match maker(cx, expr).unwrap_or(expr) {
        Expr::Generator(_) => true,
        Expr::Call(call) => match body.kind(cx.model, &call.func) {
            Kind::Function(def) => {
                cx.model.body_of_def(def).is_some_and(|callee| makes_generator(cx, &callee))
            }
            _ => false,
        },
        _ => false,
    }
}

/// The expression that makes what is walked: itself, or what the variable is
/// bound to whose only use it is.
fn maker<'m>(cx: &Context<'_, 'm>, walked: &'m Expr) -> Option<&'m Expr> {
    if !walked.is_name_expr() {
        return Some(walked);
    }
    let data = cx.model.scopes.symbol(cx.model.scopes.resolve(cx.tree.id(walked)).symbol()?);
    let ([binding], [_]) = (data.bindings.as_slice(), data.uses.as_slice()) else { return None };
    match cx.tree.stmt(cx.tree.parent(*binding)?)? {
        Stmt::Assign(assign) if assign.targets.len() == 1 => Some(&assign.value),
        _ => None,
    }
}

/// Whether what a function gives is a generator that is made for the call.
fn makes_generator(cx: &Context<'_, '_>, callee: &Body) -> bool {
    let mut returned = callee.nodes.iter().filter_map(|node| match cx.tree.stmt(*node) {
        Some(Stmt::Return(stmt)) => Some(stmt.value.as_deref()),
        _ => None,
    });
    callee.is_generator || returned.all(|value| matches!(value, Some(Expr::Generator(_))))
}

fn all_points(body: &Body) -> Points {
    let mut points = Points::empty(&body.flow);
    for point in body.flow.points() {
        points.insert(point);
    }
    points
}

/// The generator expression that walks what stands at a node.
fn generator_over(cx: &Context<'_, '_>, node: NodeId) -> Option<NodeId> {
    let generator = cx.tree.ancestors(node).nth(1)?;
    let Some(Expr::Generator(made)) = cx.tree.expr(generator) else { return None };
    let first = made.generators.first().filter(|clause| !clause.is_async)?;
    // What drains it where it stands is a consumer of its own.
    let drained = Consumer::of(cx, node).is_ok();
    (cx.tree.id(&first.iter) == node && !drained).then_some(generator)
}

/// `len(VALUE)`
fn is_measured(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let call = cx.tree.ancestors(node).nth(1).and_then(|id| cx.tree.expr(id));
    matches!(call, Some(Expr::Call(call)) if cx.model.is_builtin(&call.func, "len")
        && matches!(&call.arguments.args[..], [one] if cx.tree.id(one) == node))
}

/// `sorted(VALUE)` takes a stream as well; the rule that sorts on disk looks for it.
fn is_sorted(cx: &Context<'_, '_>, consumer: &Consumer<'_>) -> bool {
    matches!(consumer, Consumer::Drain { call } if cx.model.is_builtin(&call.func, "sorted"))
}

/// The statement that binds the value of an expression to one variable, and the variable.
fn bound_name(cx: &Context<'_, '_>, node: NodeId) -> Option<(NodeId, NodeId)> {
    let stmt = cx.tree.parent(node)?;
    let target = match cx.tree.stmt(stmt)? {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target @ Expr::Name(_)] => target,
            _ => return None,
        },
        Stmt::AnnAssign(assign) if assign.target.is_name_expr() => &assign.target,
        _ => return None,
    };
    Some((stmt, cx.tree.id(target)))
}
