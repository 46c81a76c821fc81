//! Who walks a value, and what happens meanwhile.

use spacetime_rule::Context;
use spacetime_semantic::{Body, Doubt, Effects, Kind, PointKind, Points, SoleUse, first_iterable};
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Stmt, StmtFor};
use spacetime_syntax::{Node, NodeId};

use crate::safety::Walk;

/// The construct that walks a value.
#[derive(Clone, Copy, Debug)]
pub enum Consumer<'m> {
    /// `for x in VALUE:`, perhaps through `enumerate` or `zip`.
    Loop { stmt: &'m StmtFor, zipped: bool },
    /// A builtin that takes everything before anything else happens.
    Drain { call: &'m ExprCall },
    /// The first clause of a comprehension that is made at once.
    Comprehension { node: NodeId },
}

/// Builtin calls that walk their only positional argument to its end and keep
/// nothing of it, so that they take any iterable. `str.join` makes a list of
/// its own and gains nothing.
const DRAINS: [&str; 11] =
    ["sum", "min", "max", "set", "frozenset", "dict", "sorted", "list", "tuple", "any", "all"];

/// Library calls of that sort.
const LIBRARY_DRAINS: [&str; 8] = [
    "collections.Counter",
    "collections.deque",
    "math.fsum",
    "statistics.mean",
    "spacetime_compiler.runtime.external_sort",
    "spacetime_compiler.runtime.sorted_head",
    "spacetime_compiler.runtime.sorted_item",
    "spacetime_compiler.runtime.sorted_set",
];

/// Library calls that give what they walk, in another form, and nothing before it is asked for.
const NEIGHBOURS: [&str; 2] = ["itertools.pairwise", "spacetime_compiler.runtime.windows"];

impl<'m> Consumer<'m> {
    /// What consumes the value of the expression `value` where it stands.
    pub fn of(cx: &Context<'_, 'm>, value: NodeId) -> Result<Self, Doubt> {
        let tree = cx.tree;
        let line = cx.model.line(value);
        let other = || Doubt::new(format!("it is used otherwise than by walking it (line {line})"));
        let parent = tree.parent(value).ok_or_else(other)?;
        match tree.node(parent) {
            Node::Stmt(Stmt::For(stmt)) if !stmt.is_async && tree.id(&*stmt.iter) == value => {
                Ok(Self::Loop { stmt, zipped: false })
            }
            Node::Part(AnyNodeRef::Comprehension(_)) => {
                let node = tree.parent(parent).ok_or_else(other)?;
                Self::of_comprehension(cx, value, node).ok_or_else(other)
            }
            Node::Part(AnyNodeRef::Arguments(_)) => {
                let node = tree.parent(parent).ok_or_else(other)?;
                Self::of_argument(cx, value, node).ok_or_else(other)
            }
            _ => Err(other()),
        }
    }

    fn of_comprehension(cx: &Context<'_, 'm>, value: NodeId, node: NodeId) -> Option<Self> {
        let expr = cx.tree.expr(node)?;
        if first_iterable(expr).map(|first| cx.tree.id(first)) != Some(value) {
            return None;
        }
        // A generator is walked by whoever gets it, which has to be at once.
        let drained = || matches!(Self::of(cx, node), Ok(Self::Drain { .. }));
        (!matches!(expr, Expr::Generator(_)) || drained()).then_some(Self::Comprehension { node })
    }

    fn of_argument(cx: &Context<'_, 'm>, value: NodeId, node: NodeId) -> Option<Self> {
        let expr = cx.tree.expr(node)?;
        let Expr::Call(call) = expr else { return None };
        let position = call.arguments.args.iter().position(|argument| cx.tree.id(argument) == value)?;
        let builtin = |name: &str| cx.model.is_builtin(&call.func, name);
        let library = || cx.model.qualified(&call.func);
        let only = call.arguments.args.len() == 1;
        let bounded = call.arguments.find_keyword("maxlen").is_some();
        if position == 0 && DRAINS.iter().any(|name| builtin(name)) && (only || builtin("sum")) {
            return Some(Self::Drain { call });
        }
        if position == 0 && !bounded && library().is_some_and(|name| LIBRARY_DRAINS.contains(&name.as_str()))
        {
            return Some(Self::Drain { call });
        }
        // Lazy wrappers that a loop walks directly.
        let zipped = builtin("zip") && !only;
        let to_the_end = || matches!(&call.arguments.args[..], [_, start, Expr::NoneLiteral(_)] if start.is_number_literal_expr());
        let neighbours = || {
            position == 0
                && library().is_some_and(|name| {
                    NEIGHBOURS.contains(&name.as_str()) || name == "itertools.islice" && to_the_end()
                })
        };
        let wraps = (builtin("enumerate") && position == 0)
            || builtin("zip")
            || (builtin("iter") && only)
            || neighbours();
        match Self::of(cx, node) {
            Ok(Self::Comprehension { node }) if neighbours() => Some(Self::Comprehension { node }),
            Ok(Self::Loop { stmt, zipped: inner }) if wraps => {
                Some(Self::Loop { stmt, zipped: zipped || inner })
            }
            _ => None,
        }
    }

    /// Whether the consumer ends up holding every item anyway, so that walking
    /// lazily saves one array of pointers at most.
    pub fn keeps_all(&self, cx: &Context<'_, '_>) -> bool {
        match self {
            Self::Drain { call } => {
                ["sorted", "list", "tuple"].iter().any(|name| cx.model.is_builtin(&call.func, name))
            }
            _ => false,
        }
    }

    /// What happens while the value of `value`, used as `sole` says, is walked.
    pub fn walk(&self, cx: &Context<'_, '_>, body: &Body, sole: &SoleUse) -> Result<Walk, Doubt> {
        let none = Points::empty(&body.flow);
        match self {
            Self::Loop { stmt, zipped } => {
                let mut walk = loop_walk(cx, body, stmt, *zipped)?;
                walk.effects.add(&wrapper_effects(cx, body, stmt, sole.name));
                walk.before = cx.model.beside_effects(body, sole.name);
                Ok(walk)
            }
            Self::Drain { call } => {
                let node = cx.tree.id(*call);
                if cx.model.is_conditional(sole.name) {
                    return Err(Doubt::new(
                        "whether it is walked depends on a condition in the same expression",
                    ));
                }
                // Adding, comparing, hashing the items, of which little is known here.
                let mut effects = cx.model.operator_effects(body, &Kind::Unknown);
                effects.add(&cx.model.trusted_name_effects(body, node));
                if let Some(list) = cx.tree.expr(sole.name) {
                    effects.reads.add(&cx.model.compared_objects(body, list));
                }
                let mut may_stop = false;
                for keyword in call.arguments.keywords.iter().filter(|k| k.arg.as_deref() == Some("key")) {
                    effects.add(&cx.model.call_effects(body, &keyword.value));
                }
                for name in ["any", "all"] {
                    may_stop |= cx.model.is_builtin(&call.func, name);
                }
                let before = cx.model.beside_effects(body, sole.name);
                Ok(Walk { effects, points: none, may_stop, before })
            }
            Self::Comprehension { node } => {
                if cx.model.is_conditional(sole.name) {
                    return Err(Doubt::new(
                        "whether it is walked depends on a condition in the same expression",
                    ));
                }
                let effects = cx.model.lazy_effects(body, *node);
                let may_stop = drained_by_any(cx, *node);
                let before = cx.model.beside_effects(body, *node);
                Ok(Walk { effects, points: none, may_stop, before })
            }
        }
    }
}

impl Consumer<'_> {
    /// What happens while the value of `value` is walked right where it is
    /// made, and the place of that as a use.
    pub fn walk_in_place(
        &self,
        cx: &Context<'_, '_>,
        body: &Body,
        value: NodeId,
    ) -> Result<(SoleUse, Walk), Doubt> {
        let point = body
            .flow
            .point_of(cx.tree, value)
            .ok_or_else(|| Doubt::new("the walk is not part of the flow"))?;
        let sole = SoleUse::in_place(value, point);
        let mut walk = match self {
            Self::Loop { stmt, zipped } => loop_walk(cx, body, stmt, *zipped)?,
            Self::Drain { .. } | Self::Comprehension { .. } => {
                let (points, before) = (Points::empty(&body.flow), Effects::default());
                Walk { effects: Effects::default(), points, may_stop: false, before }
            }
        };
        let root = match self {
            Self::Loop { stmt, .. } => cx.tree.id(&*stmt.iter),
            Self::Drain { call } => cx.tree.id(*call),
            Self::Comprehension { node } => {
                walk.effects = cx.model.lazy_effects(body, *node);
                let drained = cx.tree.ancestors(*node).nth(1).filter(|_| is_generator(cx, *node));
                drained.unwrap_or(*node)
            }
        };
        add_arguments(cx, body, root, value, &mut walk);
        Ok((sole, walk))
    }
}

/// Other arguments of the calls between `root` and the walked `value` are
/// evaluated, and perhaps walked, beside it.
fn add_arguments(cx: &Context<'_, '_>, body: &Body, root: NodeId, value: NodeId, walk: &mut Walk) {
    for outer in cx.tree.ancestors(value).take_while(|id| cx.tree.contains(root, *id)) {
        let Some(Expr::Call(call)) = cx.tree.expr(outer) else { continue };
        walk.may_stop |= ["any", "all"].iter().any(|name| cx.model.is_builtin(&call.func, name));
        let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        for argument in call.arguments.args.iter().chain(keywords) {
            if !cx.tree.contains(cx.tree.id(argument), value) {
                walk.effects.add(&cx.model.expr_effects(body, argument));
                if cx.model.is_builtin(&call.func, "zip") {
                    walk.effects.add(&cx.model.walk_effects(body, argument));
                }
            }
        }
        for keyword in call.arguments.keywords.iter().filter(|k| k.arg.as_deref() == Some("key")) {
            walk.effects.add(&cx.model.call_effects(body, &keyword.value));
        }
    }
}

fn is_generator(cx: &Context<'_, '_>, node: NodeId) -> bool {
    matches!(cx.tree.expr(node), Some(Expr::Generator(_)))
}

/// `any(f(x) for x in VALUE)` stops at the first hit.
fn drained_by_any(cx: &Context<'_, '_>, generator: NodeId) -> bool {
    matches!(Consumer::of(cx, generator), Ok(Consumer::Drain { call })
        if ["any", "all"].iter().any(|name| cx.model.is_builtin(&call.func, name)))
}

fn loop_walk(cx: &Context<'_, '_>, body: &Body, stmt: &StmtFor, zipped: bool) -> Result<Walk, Doubt> {
    let node = cx.tree.id(stmt);
    let flow = &body.flow;
    let own =
        |kind| flow.points().find(|point| flow.point(*point).node == node && flow.point(*point).kind == kind);
    let head = own(PointKind::Next).ok_or_else(|| Doubt::new("the loop is never reached"))?;
    let mut points = Points::empty(flow);
    for part in &stmt.body {
        for point in cx.model.points_within(body, cx.tree.id(part)).iter() {
            points.insert(point);
        }
    }
    let mut effects = cx.model.points_effects(body, &points);
    effects.add(&cx.model.target_effects(body, &stmt.target, &body.item_kind(cx.model, &stmt.iter)));
    let leaves = points
        .iter()
        .flat_map(|point| flow.point(point).next.iter())
        .any(|next| *next != head && !points.contains(*next));
    points.insert(head);
    Ok(Walk { effects, points, may_stop: leaves || zipped, before: Effects::default() })
}

/// What `zip`, `enumerate` and the like do between two items: they walk their
/// other arguments.
fn wrapper_effects(cx: &Context<'_, '_>, body: &Body, stmt: &StmtFor, value: NodeId) -> Effects {
    let mut effects = Effects::default();
    let mut inner = value;
    for outer in cx.tree.ancestors(value).take_while(|id| *id != cx.tree.id(stmt)) {
        if let Some(Expr::Call(call)) = cx.tree.expr(outer) {
            effects.add(&cx.model.trusted_name_effects(body, outer));
            let others =
                call.arguments.args.iter().filter(|argument| !cx.tree.contains(cx.tree.id(*argument), inner));
            for other in others {
                effects.add(&cx.model.walk_effects(body, other));
            }
            inner = outer;
        }
    }
    effects
}
