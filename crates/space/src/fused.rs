//! Loops over one list that can be one loop.
//!
//! Two loops run one after the other; as one, their bodies take turns. Nobody can tell if
//! neither touches what the other uses, and if what one has done by then cannot be seen
//! where the other fails. Statements between them go in front of the first loop or behind
//! the last, on the same conditions. Variables that each body binds anew before it reads
//! them (the targets, and what is worked out for one item) may have the same names.
// tidy: long because what is asked of the loops, of what stands between them and of their
// variables is one judgement.

use spacetime_rule::{Allowance, Context};
use spacetime_semantic::scope::SymbolId;
use spacetime_semantic::{Assumption, Body, Doubt, Effects, Kind, PointId, PointKind, Points};
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt, StmtFor};
use spacetime_syntax::{Node, NodeId};

use crate::append_loop::{fill, reading_points};
use crate::consumer::Consumer;
use crate::ending::handles;
use crate::price;
use crate::reliances::Reliances;
use crate::safety::{check_identity, check_interleaved, check_namespace, is_quiet};

/// Parameters that are handed on from function to function.
const LONGEST_CHAIN: usize = 4;

/// Loops over the same list, one behind the other in a block.
pub struct Passes<'m> {
    /// The list's name where the first loop walks it.
    pub list: &'m Expr,
    pub name: &'m str,
    symbol: SymbolId,
    pub loops: Vec<&'m StmtFor>,
    /// What stands between them, and how many loops are in front of it.
    between: Vec<(usize, &'m Stmt)>,
}

/// How several loops become one.
pub struct Fusion<'m> {
    /// Statements that go in front of the loop, and behind it.
    pub up: Vec<&'m Stmt>,
    pub down: Vec<&'m Stmt>,
    pub binding: Binding<'m>,
    /// For each loop, whether its target has to be bound where its body starts.
    rebinds: Vec<bool>,
}

/// How the loops that come later get the item.
pub enum Binding<'m> {
    /// All targets are the same.
    Same,
    /// The first target is a variable, from which the others are bound.
    From(&'m str),
    /// The item gets a name of its own, from which all targets are bound.
    Fresh(&'static str),
}

/// One of the loops: what it does, where, and which variables it binds.
struct Pass {
    effects: Effects,
    points: Points,
    head: PointId,
    targets: Vec<SymbolId>,
    /// Variables that the body binds, and not only the head.
    rebinds: Vec<SymbolId>,
}

impl<'m> Passes<'m> {
    /// All loops over a list, from `first` on, if nothing else is done with it once it is
    /// filled but to ask for its length.
    pub fn at(cx: &Context<'_, 'm>, body: &Body, first: &'m StmtFor) -> Option<Self> {
        let list @ Expr::Name(name) = walked(cx, first)? else { return None };
        let symbol = cx.model.scopes.resolve(cx.tree.id(list)).symbol()?;
        let block = block_of(cx, cx.tree.id(first))?;
        let at = block.iter().position(|stmt| cx.tree.id(stmt) == cx.tree.id(first))?;
        let is_next = |stmt: &'m Stmt| match stmt {
            Stmt::For(stmt)
                if cx.tree.module().slice(&*stmt.iter) == cx.tree.module().slice(&*first.iter) =>
            {
                walked(cx, stmt).map(|_| stmt)
            }
            _ => None,
        };
        let (mut loops, mut between, mut waiting) = (vec![first], Vec::new(), Vec::new());
        for stmt in &block[at + 1..] {
            match (is_next(stmt), stmt) {
                (Some(next), _) => {
                    between.append(&mut waiting);
                    loops.push(next);
                }
                (None, Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) | Stmt::Expr(_)) => {
                    waiting.push((loops.len(), stmt));
                }
                _ => break,
            }
        }
        let passes = Self { list, name: name.id.as_str(), symbol, loops, between };
        (passes.loops.len() > 1 && passes.are_all(cx, body)).then_some(passes)
    }

    /// Whether these loops are all that happens to the list once it is filled.
    fn are_all(&self, cx: &Context<'_, 'm>, body: &Body) -> bool {
        let (Some(first), Some(last)) = (self.loops.first(), self.loops.last()) else { return false };
        let point = |stmt: &StmtFor| body.flow.point_of(cx.tree, cx.tree.id(&*stmt.iter));
        let (Some(begin), Some(end)) = (point(first), point(last)) else { return false };
        let is_head =
            |id: NodeId| self.loops.iter().any(|stmt| cx.tree.contains(cx.tree.id(&*stmt.iter), id));
        let in_loop = |id: NodeId| self.loops.iter().any(|stmt| cx.tree.contains(cx.tree.id(*stmt), id));
        cx.model.scopes.symbol(self.symbol).uses.iter().all(|id| !in_loop(*id) || is_head(*id))
            && is_used_in(cx, body, self.symbol, (begin, end), in_loop)
    }

    /// Whether the loops may be one.
    pub fn judge(
        &self,
        cx: &Context<'_, 'm>,
        body: &Body,
        relies: &mut Reliances,
    ) -> Result<Fusion<'m>, Doubt> {
        let mut passes = Vec::new();
        for stmt in &self.loops {
            passes.push(pass(cx, body, stmt)?);
        }
        check_identity(passes.iter().map(|pass| &pass.effects))?;
        let mut region = Points::empty(&body.flow);
        for point in passes.iter().flat_map(|pass| pass.points.iter()) {
            region.insert(point);
        }
        for pass in &mut passes {
            pass.effects = cx.model.expose(body, &pass.effects, &region);
        }
        let (up, down) = self.sort_between(cx, body, &passes, &region, relies)?;
        check_raising(cx, body, &passes)?;
        let own = self.own_variables(cx, body, &passes)?;
        for (number, one) in passes.iter().enumerate() {
            for two in &passes[number + 1..] {
                let (mut one, mut two) = (one.effects.clone(), two.effects.clone());
                for symbol in &own {
                    one.forget(*symbol);
                    two.forget(*symbol);
                }
                check_turns(cx, body, (&one, &two), cx.tree.id(self.loops[0]), relies)?;
            }
        }
        let binding = self.binding(cx, &passes)?;
        self.check_list(cx, body, &passes, relies)?;
        if !own.is_empty() || matches!(binding, Binding::Fresh(_)) {
            check_namespace(cx, body, cx.tree.id(self.loops[0]), relies);
        }
        let rebinds = self.rebinds(cx, &binding, &passes);
        Ok(Fusion { up, down, binding, rebinds })
    }

    /// It has to be a list, which none of the loops changes: what gives its items once
    /// would be empty for the second.
    fn check_list(
        &self,
        cx: &Context<'_, 'm>,
        body: &Body,
        passes: &[Pass],
        relies: &mut Reliances,
    ) -> Result<(), Doubt> {
        if !is_list(cx, body, self.list, relies) {
            return Err(Doubt::new(format!("`{}` may be no list, and give its items only once", self.name)));
        }
        let list = body.objects(cx.model, self.list);
        if passes.iter().any(|pass| pass.effects.writes.overlaps(&list)) {
            return Err(Doubt::new(format!("`{}` may be changed while it is walked", self.name)));
        }
        // What one body makes for an item lives until it makes the next.
        if ["__del__", "weakref"].iter().any(|word| cx.tree.module().text().contains(word)) {
            return Err(Doubt::new("when objects die may be seen in this module"));
        }
        Ok(())
    }

    /// Which of the statements between the loops go in front of all, which behind.
    fn sort_between(
        &self,
        cx: &Context<'_, 'm>,
        body: &Body,
        passes: &[Pass],
        region: &Points,
        relies: &mut Reliances,
    ) -> Result<(Vec<&'m Stmt>, Vec<&'m Stmt>), Doubt> {
        let (mut up, mut down): (Vec<&Stmt>, Vec<(&Stmt, Effects)>) = (Vec::new(), Vec::new());
        for (before, stmt) in &self.between {
            let node = cx.tree.id(*stmt);
            let own = cx.model.expose(body, &cx.model.stmt_effects(body, node), region);
            let plain = own.raises.is_none() && own.name_reads.is_empty() && is_quiet(cx, body, &own);
            let over = passes[..*before].iter().map(|pass| &pass.effects);
            let mut relied = relies.clone();
            let mut over = over.chain(down.iter().map(|(_, effects)| effects));
            if plain && over.all(|other| check_turns(cx, body, (other, &own), node, &mut relied).is_ok()) {
                *relies = relied;
                up.push(*stmt);
                continue;
            }
            let point = body.flow.point_of(cx.tree, node);
            if own.raises.is_some() && point.is_some_and(|at| handles(cx, body, &body.flow.point(at).raise)) {
                let line = cx.model.line(node);
                return Err(Doubt::new(format!("line {line}, between the loops, may fail within `try`")));
            }
            for pass in &passes[*before..] {
                check_turns(cx, body, (&pass.effects, &own), node, relies).map_err(|doubt| {
                    let line = cx.model.line(node);
                    Doubt::new(format!("line {line} stands between the loops: {}", doubt.reason))
                })?;
            }
            down.push((*stmt, own));
        }
        Ok((up, down.into_iter().map(|(stmt, _)| stmt).collect()))
    }

    /// Variables that several loops use, and each of them for itself.
    fn own_variables(
        &self,
        cx: &Context<'_, '_>,
        body: &Body,
        passes: &[Pass],
    ) -> Result<Vec<SymbolId>, Doubt> {
        let mut own = Vec::new();
        let touches = |pass: &Pass, symbol: &SymbolId| {
            pass.effects.name_reads.contains(symbol) || pass.effects.name_writes.contains(symbol)
        };
        for symbol in passes.iter().flat_map(|pass| &pass.effects.name_writes) {
            let several = passes.iter().filter(|pass| touches(pass, symbol)).count() > 1;
            if several && !own.contains(symbol) {
                self.check_own(cx, body, passes, *symbol)?;
                own.push(*symbol);
            }
        }
        Ok(own)
    }

    /// Each loop binds the variable before it reads it, and nobody reads it afterwards.
    fn check_own(
        &self,
        cx: &Context<'_, '_>,
        body: &Body,
        passes: &[Pass],
        symbol: SymbolId,
    ) -> Result<(), Doubt> {
        let data = cx.model.scopes.symbol(symbol);
        let kills = cx.model.binding_points(body, symbol);
        let reads = reading_points(cx, body, symbol);
        cx.model.check_private(body, symbol)?;
        for pass in passes {
            let bound_by_head = pass.targets.contains(&symbol);
            let carried = reads.iter().filter(|read| pass.points.contains(*read)).find(|read| {
                body.flow.before_binding(*read, &kills, |point| point == pass.head).contains(pass.head)
            });
            if let (false, Some(read)) = (bound_by_head, carried) {
                return Err(Doubt::new(format!(
                    "`{}` is set by one loop and used by the other (line {})",
                    data.name,
                    cx.model.line(body.flow.point(read).node)
                )));
            }
        }
        let is_inside = |point: PointId| passes.iter().any(|pass| pass.points.contains(point));
        let same = self.has_one_target(cx)
            && passes.iter().all(|pass| pass.targets.contains(&symbol) && !pass.rebinds.contains(&symbol));
        for kill in kills.iter().filter(|kill| is_inside(*kill) && !same) {
            let reached = body.flow.after_binding(kill, &kills, |_| false);
            if let Some(read) = reads.iter().find(|read| !is_inside(*read) && reached.contains(*read)) {
                return Err(Doubt::new(format!(
                    "`{}` is read behind the loops (line {})",
                    data.name,
                    cx.model.line(body.flow.point(read).node)
                )));
            }
        }
        if data.deletes.is_empty() {
            return Ok(());
        }
        Err(Doubt::new(format!("`{}` is deleted", data.name)))
    }

    fn has_one_target(&self, cx: &Context<'_, '_>) -> bool {
        let text = |stmt: &StmtFor| cx.tree.module().slice(&*stmt.target);
        self.loops.iter().all(|stmt| text(stmt) == text(self.loops[0]))
    }

    /// Which targets do not hold their part of the item already.
    fn rebinds(&self, cx: &Context<'_, '_>, binding: &Binding<'_>, passes: &[Pass]) -> Vec<bool> {
        let text = |stmt: &StmtFor| cx.tree.module().slice(&*stmt.target);
        let bound = |number: usize| {
            let targets = &passes[number].targets;
            let is_bound = |from: usize| text(self.loops[from]) == text(self.loops[number]);
            let Some(from) = (0..number).rev().find(|from| is_bound(*from)) else {
                return matches!(binding, Binding::From(name) if *name == text(self.loops[number]));
            };
            let touched = |at: usize| {
                let others = if at == from { &[] } else { passes[at].targets.as_slice() };
                passes[at].rebinds.iter().chain(others).any(|symbol| targets.contains(symbol))
            };
            !(from..number).any(touched)
        };
        (0..passes.len()).map(|number| !bound(number)).collect()
    }

    fn binding(&self, cx: &Context<'_, 'm>, passes: &[Pass]) -> Result<Binding<'m>, Doubt> {
        let (last, earlier) = passes.split_last().ok_or_else(|| Doubt::new("there is no loop"))?;
        let rebound = |pass: &Pass| passes[0].targets.iter().any(|symbol| pass.rebinds.contains(symbol));
        if self.has_one_target(cx) && !earlier.iter().any(rebound) {
            return Ok(Binding::Same);
        }
        let text = |stmt: &StmtFor| cx.tree.module().slice(&*stmt.target);
        let first = self.loops[0];
        let shared = self.loops.iter().zip(passes).skip(1).any(|(stmt, pass)| {
            text(stmt) != text(first) && pass.targets.iter().any(|symbol| passes[0].targets.contains(symbol))
        });
        if let Expr::Name(name) = &*first.target
            && !shared
            && !earlier.iter().chain([last]).any(rebound)
        {
            return Ok(Binding::From(name.id.as_str()));
        }
        let text = cx.tree.module().text();
        ["item", "entry", "element", "each"]
            .into_iter()
            .find(|name| !text.contains(name))
            .map(Binding::Fresh)
            .ok_or_else(|| Doubt::new("there is no name left for the item"))
    }
}

impl<'m> Fusion<'m> {
    /// What the target of a loop has to be bound to where its body starts.
    pub fn rebinds(&self, number: usize) -> Option<&'m str> {
        let is_needed = self.rebinds.get(number).copied().unwrap_or_default();
        match self.binding {
            Binding::From(name) | Binding::Fresh(name) if is_needed => Some(name),
            _ => None,
        }
    }
}

/// Whether two pieces of code, one of which ran behind the other, may take turns.
fn check_turns(
    cx: &Context<'_, '_>,
    body: &Body,
    (one, two): (&Effects, &Effects),
    node: NodeId,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    let (one, two) = check_interleaved(cx, body, one, two, node, relies)?;
    for (failing, other) in [(&one, &two), (&two, &one)] {
        if failing.raises.is_some() && !is_quiet(cx, body, other) {
            relies.allow(Allowance::EarlyEffects);
        }
        // What is raised on purpose is often raised in a run in which the other fails, too.
        if !failing.quits.is_empty() && other.raises.is_some() {
            relies.allow(Allowance::SkippedItems);
        }
    }
    if one.raises.is_some() && two.raises.is_some() {
        relies.assume(Assumption::OneErrorAtATime);
    }
    Ok(())
}

/// An error of either loop has to leave the function: a handler might look at variables.
fn check_raising(cx: &Context<'_, '_>, body: &Body, passes: &[Pass]) -> Result<(), Doubt> {
    let Some(node) = passes.iter().find_map(|pass| pass.effects.raises) else { return Ok(()) };
    if passes.iter().any(|pass| handles(cx, body, &body.flow.point(pass.head).raise)) {
        let line = cx.model.line(node);
        return Err(Doubt::new(format!("a loop may fail (line {line}) within `try`")));
    }
    Ok(())
}

/// What one loop does, if it goes to its end.
fn pass(cx: &Context<'_, '_>, body: &Body, stmt: &StmtFor) -> Result<Pass, Doubt> {
    let node = cx.tree.id(stmt);
    let line = cx.model.line(node);
    let walked = cx.tree.id(walked(cx, stmt).unwrap_or(&stmt.iter));
    let (_, walk) = Consumer::of(cx, walked)?.walk_in_place(cx, body, walked)?;
    if !stmt.orelse.is_empty() || walk.may_stop {
        return Err(Doubt::new(format!("the loop on line {line} may end early")));
    }
    let head = body.flow.points().find(|id| {
        let point = body.flow.point(*id);
        point.node == node && point.kind == PointKind::Next
    });
    let head = head.ok_or_else(|| Doubt::new("the loop is never reached"))?;
    let mut targets = Vec::new();
    for id in cx.tree.subtree(cx.tree.id(&*stmt.target)) {
        match cx.tree.expr(id) {
            Some(Expr::Name(_)) => targets.extend(cx.model.scopes.resolve(id).symbol()),
            Some(Expr::Tuple(_) | Expr::List(_) | Expr::Starred(_)) => {}
            _ => return Err(Doubt::new(format!("the loop on line {line} binds more than variables"))),
        }
    }
    let mut inside = walk.points.clone();
    inside.remove(head);
    let rebinds = cx.model.points_effects(body, &inside).name_writes;
    let effects = walk.effects;
    for symbol in &targets {
        if !effects.name_writes.contains(symbol) {
            return Err(Doubt::new(format!("the loop on line {line} binds variables of another scope")));
        }
    }
    if let Some(node) = effects.suspends {
        return Err(Doubt::new(format!(
            "other code runs at the `yield` or `await` on line {}",
            cx.model.line(node)
        )));
    }
    Ok(Pass { effects, points: walk.points, head, targets, rebinds })
}

/// The variable that a loop walks, by itself or in `enumerate`.
fn walked<'m>(cx: &Context<'_, 'm>, stmt: &'m StmtFor) -> Option<&'m Expr> {
    let inner = match &*stmt.iter {
        Expr::Call(call)
            if cx.model.is_builtin(&call.func, "enumerate") && call.arguments.keywords.is_empty() =>
        {
            let (first, rest) = call.arguments.args.split_first()?;
            rest.iter().all(Expr::is_literal_expr).then_some(first)?
        }
        other => other,
    };
    (inner.is_name_expr() && !stmt.is_async).then_some(inner)
}

/// Whether a variable holds a list, of whoever calls the function too.
pub fn is_list(cx: &Context<'_, '_>, body: &Body, name: &Expr, relies: &mut Reliances) -> bool {
    holds(cx, body, name, relies, 0, |kind| matches!(kind, Kind::List(_)))
}

/// Whether a variable holds a value of some kinds, by whoever calls the function too.
pub fn holds(
    cx: &Context<'_, '_>,
    body: &Body,
    name: &Expr,
    relies: &mut Reliances,
    depth: usize,
    is_it: fn(&Kind) -> bool,
) -> bool {
    if is_it(&body.kind(cx.model, name)) {
        return true;
    }
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return false };
    let data = cx.model.scopes.symbol(symbol);
    let only_given = data.is_parameter && data.bindings.len() <= 1 && body.symbols.contains(&symbol);
    if depth > LONGEST_CHAIN || !only_given {
        return false;
    }
    let Ok(callers) = cx.model.callers(body.owner) else { return false };
    relies.assume(Assumption::ModuleIsClosed);
    !callers.is_empty()
        && callers.iter().all(|call| {
            let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
            let mut given = call.arguments.args.iter().chain(keywords).filter(|argument| {
                cx.model
                    .passed_to(cx.tree.id(*argument))
                    .is_some_and(|(_, def, parameter)| def == body.owner && parameter == symbol)
            });
            let (Some(one), None) = (given.next(), given.next()) else { return false };
            let Some(outer) = cx.model.body_of(cx.tree.id(one)) else { return false };
            holds(cx, &outer, one, relies, depth + 1, is_it)
        })
}

/// Whether a list is used inside of some code, from `begin` to `end`, and nowhere else: in
/// front it is filled, behind it its length is asked for.
pub fn is_used_in(
    cx: &Context<'_, '_>,
    body: &Body,
    list: SymbolId,
    (begin, end): (PointId, PointId),
    inside: impl Fn(NodeId) -> bool,
) -> bool {
    if !body.symbols.contains(&list) || cx.model.check_private(body, list).is_err() {
        return false;
    }
    let data = cx.model.scopes.symbol(list);
    let kills = cx.model.binding_points(body, list);
    let after = body.flow.after_binding(begin, &kills, |_| false);
    if !data.deletes.is_empty() || body.flow.after_binding(end, &kills, |_| false).contains(begin) {
        return false;
    }
    data.uses.iter().filter(|id| !inside(**id)).all(|id| {
        let is_later = body.flow.point_of(cx.tree, *id).is_none_or(|point| after.contains(point));
        if is_later { is_measured(cx, *id) } else { fill(cx, *id).is_some() || is_sort(cx, *id) }
    })
}

/// Whether a list depends on data, as far as can be seen.
pub fn grows(cx: &Context<'_, '_>, list: &Expr) -> bool {
    cx.model.origins(list).into_iter().any(|origin| match origin {
        Expr::List(list) => list.elts.is_empty(),
        Expr::ListComp(_) => !price::is_small_comprehension(cx, origin),
        Expr::Call(_) => !price::is_small(&price::items(cx, origin)) && !price::is_listing(cx, origin),
        _ => false,
    })
}

/// `len(NAME)`
fn is_measured(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let call = cx.tree.ancestors(node).nth(1).and_then(|id| cx.tree.expr(id));
    matches!(call, Some(Expr::Call(call)) if cx.model.is_builtin(&call.func, "len"))
}

/// `NAME.sort(...)`
fn is_sort(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let method = cx.tree.parent(node).and_then(|id| cx.tree.expr(id));
    matches!(method, Some(Expr::Attribute(method)) if method.attr.as_str() == "sort")
}

/// The statements among which one stands.
pub fn block_of<'m>(cx: &Context<'_, 'm>, stmt: NodeId) -> Option<&'m [Stmt]> {
    let blocks: Vec<&'m [Stmt]> = match cx.tree.node(cx.tree.parent(stmt)?) {
        Node::Stmt(Stmt::FunctionDef(def)) => vec![&def.body],
        Node::Stmt(Stmt::If(stmt)) => vec![&stmt.body],
        Node::Stmt(Stmt::For(stmt)) => vec![&stmt.body, &stmt.orelse],
        Node::Stmt(Stmt::While(stmt)) => vec![&stmt.body, &stmt.orelse],
        Node::Stmt(Stmt::With(stmt)) => vec![&stmt.body],
        Node::Stmt(Stmt::Try(stmt)) => vec![&stmt.body, &stmt.orelse, &stmt.finalbody],
        Node::Part(AnyNodeRef::ModModule(module)) => vec![&module.body],
        Node::Part(AnyNodeRef::ElifElseClause(clause)) => vec![&clause.body],
        Node::Part(AnyNodeRef::ExceptHandlerExceptHandler(handler)) => vec![&handler.body],
        Node::Part(AnyNodeRef::MatchCase(case)) => vec![&case.body],
        _ => Vec::new(),
    };
    blocks.into_iter().find(|block| block.iter().any(|one| cx.tree.id(one) == stmt))
}
