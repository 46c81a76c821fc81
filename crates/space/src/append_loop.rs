//! Lists that a loop fills by `append` and `extend`, and that are walked once.
//!
//! The loop becomes a generator function of the list's name, `append` becomes
//! `yield`. Variables of the loop become the generator's own, unless their
//! values go in or out of the loop; then they are declared `nonlocal`.

use spacetime_rule::Context;
use spacetime_semantic::scope::{Resolved, ScopeKind, SymbolId};
use spacetime_semantic::{Body, Doubt, Effects, Kind, PointId, PointKind, SoleUse};
use spacetime_syntax::ast::{AnyNodeRef, ExceptHandler, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Ranged, Span};

use crate::consumer::Consumer;
use crate::layout;
use crate::reliances::Reliances;
use crate::safety::{check_bound, check_moved};

/// A loop that fills a list.
pub struct AppendLoop<'m> {
    /// `xs = []`
    pub assign: &'m Stmt,
    pub name: &'m str,
    pub stmt: &'m Stmt,
    /// The calls `xs.append(e)` and `xs.extend(es)`.
    pub fills: Vec<&'m ExprCall>,
    /// What the loop does, but for filling the list.
    pub making: Effects,
    /// Variables to be declared `nonlocal` (or `global`).
    shared: Vec<String>,
    pub sole: SoleUse,
    pub consumer: Consumer<'m>,
}

impl<'m> AppendLoop<'m> {
    /// The loop that fills the list bound by `assign` (`xs = []`), if that is
    /// all that happens to the list before it is walked once.
    ///
    /// `sorted_at` names a use `xs.sort()` that is going to become the walk.
    pub fn of(
        cx: &Context<'_, 'm>,
        body: &Body,
        assign: &'m Stmt,
        sorted_at: Option<(NodeId, &'m ExprCall)>,
    ) -> Result<Option<Self>, Doubt> {
        let Stmt::Assign(assignment) = assign else { return Ok(None) };
        let [Expr::Name(target)] = assignment.targets.as_slice() else { return Ok(None) };
        let id = cx.tree.id(assign);
        let Some((stmt, fills, rest)) = find_loop(cx, body, id, cx.tree.id(target))? else { return Ok(None) };
        let (symbol, _, bound) = cx.model.uses_of_binding(body, id, cx.tree.id(target))?;
        let loop_id = cx.tree.id(stmt);
        let use_of_list = match (sorted_at, rest.as_slice()) {
            // What happens to the sorted list is judged by who sorts it.
            (Some((receiver, _)), uses) if uses.first() == Some(&receiver) => receiver,
            (None, [one]) => *one,
            (_, []) => return Ok(None),
            (_, [first, ..]) => {
                let (name, line) = (&target.id, cx.model.line(*first));
                let more: Vec<String> =
                    rest.iter().skip(1).map(|node| cx.model.line(*node).to_string()).collect();
                return Err(if more.is_empty() {
                    Doubt::new(format!("`{name}` is used otherwise (line {line})"))
                } else {
                    Doubt::new(format!("`{name}` is used more than once (lines {line}, {})", more.join(", ")))
                });
            }
        };
        let consumer = match sorted_at {
            Some((_, call)) => Consumer::Drain { call },
            None => Consumer::of(cx, use_of_list)?,
        };
        check_inside(cx, body, stmt, &fills)?;
        check_always_filled(cx, body, symbol, bound, loop_id, use_of_list)?;
        let sole = sole_use(cx, body, symbol, bound, loop_id, use_of_list)?;
        let mut making = cx.model.stmt_effects(body, loop_id);
        let list = body.objects(cx.model, &assignment.value);
        making.writes.remove(&list);
        making.reads.remove(&list);
        making.forget(symbol);
        let shared = variables(cx, body, loop_id, symbol, &mut making)?;
        if let Some(start) = start_of_loop(body, loop_id) {
            check_bound(cx, body, &making, start)?;
        }
        Ok(Some(Self { assign, name: &target.id, stmt, fills, making, shared, sole, consumer }))
    }

    /// Whether filling and walking may be interleaved.
    pub fn check(&self, cx: &Context<'_, '_>, body: &Body, relies: &mut Reliances) -> Result<(), Doubt> {
        let walk = self.consumer.walk(cx, body, &self.sole)?;
        check_moved(cx, body, &self.making, &self.sole, &walk, relies)
    }

    /// The edits: the assignment goes, the loop becomes a generator function,
    /// the use becomes a call of it. `None` when statements share lines.
    pub fn edits(&self, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
        let module = cx.tree.module();
        let assign = layout::lines_of(cx, self.assign)?;
        let whole = layout::lines_of(cx, self.stmt)?;
        let inner: &[Stmt] = match self.stmt {
            Stmt::For(stmt) => &stmt.body,
            Stmt::While(stmt) => &stmt.body,
            _ => return None,
        };
        let unit = layout::unit(cx, whole.indent, inner);
        if !starts_line(cx, inner.first()?) {
            return None; // `for x in y: xs.append(x)` on one line
        }
        let mut edits = vec![Edit::delete(assign.span)];
        let mut head = format!("{}def {}():\n", whole.indent, self.name);
        if !self.shared.is_empty() {
            let word = if self.sole_is_global(cx) { "global" } else { "nonlocal" };
            head = format!("{head}{}{unit}{word} {}\n", whole.indent, self.shared.join(", "));
        }
        let mut lines = layout::indent(cx, whole.span, unit);
        let first = lines.first_mut()?;
        first.text = format!("{head}{}", first.text);
        edits.extend(lines);
        for fill in &self.fills {
            edits.extend(yielded(cx, fill)?);
        }
        let name = cx.tree.node(self.sole.name).range();
        edits.push(Edit::insert(name.end(), "()"));
        // A file that ends without a newline keeps its last line apart.
        module.text().get(whole.span.start().to_usize()..)?;
        Some(edits)
    }

    fn sole_is_global(&self, cx: &Context<'_, '_>) -> bool {
        let scope = cx.model.scopes.symbol(self.sole.symbol).scope;
        cx.model.scopes.scope(scope).kind == ScopeKind::Module
    }

    /// From the assignment to the end of the walk.
    pub fn span(&self, cx: &Context<'_, '_>) -> Span {
        let walk =
            cx.tree.statement(self.sole.name).map_or(self.stmt.range(), |stmt| cx.tree.node(stmt).range());
        self.assign.range().cover(self.stmt.range()).cover(walk)
    }
}

/// The loop behind the assignment, in the same block, that holds uses of the
/// list; its fills; and the uses after it.
type Filled<'m> = (&'m Stmt, Vec<&'m ExprCall>, Vec<NodeId>);

fn find_loop<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    assign: NodeId,
    target: NodeId,
) -> Result<Option<Filled<'m>>, Doubt> {
    let Some(parent) = cx.tree.parent(assign) else { return Ok(None) };
    let (_, uses, _) = cx.model.uses_of_binding(body, assign, target)?;
    let Some(first) = uses.first() else { return Ok(None) };
    // The statement of the same block that holds the first use.
    let holder = std::iter::once(*first)
        .chain(cx.tree.ancestors(*first))
        .find(|id| cx.tree.parent(*id) == Some(parent) && cx.tree.stmt(*id).is_some());
    let Some(holder) = holder.filter(|holder| *holder > assign) else { return Ok(None) };
    let Some(stmt @ (Stmt::For(_) | Stmt::While(_))) = cx.tree.stmt(holder) else { return Ok(None) };
    if !same_block(cx, parent, assign, holder) {
        return Ok(None);
    }
    let (inside, rest): (Vec<NodeId>, Vec<NodeId>) =
        uses.iter().partition(|node| cx.tree.contains(holder, **node));
    let mut fills = Vec::new();
    for node in inside {
        match fill(cx, node) {
            Some(call) => fills.push(call),
            None => {
                return Ok(None);
            }
        }
    }
    Ok(Some((stmt, fills, rest)))
}

/// Whether two statements with the same parent stand in the same block of it.
fn same_block(cx: &Context<'_, '_>, parent: NodeId, a: NodeId, b: NodeId) -> bool {
    let holds = |block: &[Stmt]| {
        let has = |id: NodeId| block.iter().any(|stmt| cx.tree.id(stmt) == id);
        has(a) && has(b)
    };
    match cx.tree.node(parent) {
        Node::Stmt(Stmt::FunctionDef(def)) => holds(&def.body),
        Node::Stmt(Stmt::If(stmt)) => holds(&stmt.body),
        Node::Stmt(Stmt::For(stmt)) => holds(&stmt.body) || holds(&stmt.orelse),
        Node::Stmt(Stmt::While(stmt)) => holds(&stmt.body) || holds(&stmt.orelse),
        Node::Stmt(Stmt::With(stmt)) => holds(&stmt.body),
        Node::Stmt(Stmt::Try(stmt)) => holds(&stmt.body) || holds(&stmt.orelse) || holds(&stmt.finalbody),
        Node::Part(AnyNodeRef::ModModule(module)) => holds(&module.body),
        Node::Part(AnyNodeRef::ElifElseClause(clause)) => holds(&clause.body),
        Node::Part(AnyNodeRef::ExceptHandlerExceptHandler(handler)) => holds(&handler.body),
        Node::Part(AnyNodeRef::MatchCase(case)) => holds(&case.body),
        _ => false,
    }
}

/// The call `xs.append(e)` or `xs.extend(es)` that is a statement by itself
/// and whose `xs` is `node`.
pub fn fill<'m>(cx: &Context<'_, 'm>, node: NodeId) -> Option<&'m ExprCall> {
    let attribute = cx.tree.parent(node)?;
    let Some(Expr::Attribute(method)) = cx.tree.expr(attribute) else { return None };
    let call_id = cx.tree.parent(attribute)?;
    let Some(Expr::Call(call)) = cx.tree.expr(call_id) else { return None };
    let one = matches!(&call.arguments.args[..], [argument] if !argument.is_starred_expr());
    let plain = cx.tree.id(&*call.func) == attribute && one && call.arguments.keywords.is_empty();
    let alone = matches!(cx.tree.node(cx.tree.parent(call_id)?), Node::Stmt(Stmt::Expr(_)));
    (plain && alone && matches!(method.attr.as_str(), "append" | "extend")).then_some(call)
}

/// What cannot be moved into a generator.
fn check_inside(cx: &Context<'_, '_>, body: &Body, stmt: &Stmt, fills: &[&ExprCall]) -> Result<(), Doubt> {
    let holds_fill = |id: NodeId| fills.iter().any(|call| cx.tree.contains(id, cx.tree.id(*call)));
    let root = cx.tree.id(stmt);
    for id in cx.tree.subtree(root) {
        let line = || cx.model.line(id);
        let what = match cx.tree.node(id) {
            Node::Stmt(Stmt::Return(_)) => "a `return`",
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => {
                "an inner function"
            }
            Node::Stmt(Stmt::Global(_) | Stmt::Nonlocal(_)) => "a `global` or `nonlocal` statement",
            Node::Stmt(Stmt::Import(_) | Stmt::ImportFrom(_)) => "an import",
            Node::Stmt(Stmt::Delete(_)) => "a `del`",
            Node::Stmt(Stmt::Break(_) | Stmt::Continue(_)) if leaves(cx, root, id) => {
                "a `break` or `continue` of an outer loop"
            }
            Node::Stmt(Stmt::Raise(raise)) if raise.exc.is_none() && !is_handled(cx, root, id) => {
                "a `raise` of what is being handled outside"
            }
            Node::Stmt(Stmt::Try(try_)) if holds_fill(id) && !try_.finalbody.is_empty() => {
                "a `finally` that would run when the walk ends early"
            }
            Node::Expr(Expr::Name(name)) if name.id == "super" || name.id == "__class__" => "`super`",
            Node::Expr(Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_)) => "a `yield` or `await`",
            Node::Stmt(Stmt::With(with)) if holds_fill(id) => {
                let files = with
                    .items
                    .iter()
                    .all(|item| matches!(body.kind(cx.model, &item.context_expr), Kind::File(_)));
                if files && !with.is_async {
                    continue;
                }
                "a `with` whose context the walk would run in"
            }
            Node::Stmt(Stmt::Try(try_)) if holds_fill(id) && try_.handlers.iter().any(catches_exit) => {
                "a handler that would catch the closing of a generator"
            }
            _ => continue,
        };
        return Err(Doubt::new(format!("the loop that fills the list holds {what} (line {})", line())));
    }
    Ok(())
}

/// Whether a `break` or `continue` below `root` means a loop around `root`.
fn leaves(cx: &Context<'_, '_>, root: NodeId, jump: NodeId) -> bool {
    let mut inner = jump;
    for outer in cx.tree.ancestors(jump) {
        let in_body = |body: &[Stmt]| body.iter().any(|stmt| cx.tree.id(stmt) == inner);
        let caught = match cx.tree.node(outer) {
            Node::Stmt(Stmt::For(stmt)) => in_body(&stmt.body),
            Node::Stmt(Stmt::While(stmt)) => in_body(&stmt.body),
            _ => false,
        };
        if caught || outer == root {
            return !caught;
        }
        inner = outer;
    }
    true
}

/// Whether a node lies in an `except` clause below `root`.
fn is_handled(cx: &Context<'_, '_>, root: NodeId, node: NodeId) -> bool {
    cx.tree
        .ancestors(node)
        .take_while(|outer| *outer != root)
        .any(|outer| matches!(cx.tree.node(outer), Node::Part(AnyNodeRef::ExceptHandlerExceptHandler(_))))
}

/// Every way from the assignment to the walk has to run through the whole
/// loop: what took another way would find no generator, or an old one.
fn check_always_filled(
    cx: &Context<'_, '_>,
    body: &Body,
    symbol: SymbolId,
    assigned: PointId,
    loop_id: NodeId,
    name: NodeId,
) -> Result<(), Doubt> {
    let leaving = end_of_loop(body, loop_id);
    let kills = cx.model.binding_points(body, symbol);
    let around = body.flow.after_binding(assigned, &kills, |point| Some(point) == leaving);
    let walk = body.flow.point_of(cx.tree, name);
    if walk.is_none_or(|walk| around.contains(walk)) {
        let text = &cx.model.scopes.symbol(symbol).name;
        return Err(Doubt::new(format!(
            "`{text}` may be walked without the loop that fills it having ended"
        )));
    }
    Ok(())
}

fn start_of_loop(body: &Body, loop_id: NodeId) -> Option<PointId> {
    body.flow.points().find(|point| {
        let data = body.flow.point(*point);
        data.node == loop_id && matches!(data.kind, PointKind::Iter | PointKind::Test)
    })
}

fn end_of_loop(body: &Body, loop_id: NodeId) -> Option<PointId> {
    let ends = |point: &PointId| {
        let data = body.flow.point(*point);
        data.node == loop_id && data.kind == PointKind::Join
    };
    body.flow.points().filter(ends).last()
}

pub fn catches_exit(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let narrow = |expr: &Expr| match expr {
        Expr::Name(name) => name.id.ends_with("Error") || name.id == "Exception",
        _ => false,
    };
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Tuple(kinds)) => !kinds.elts.iter().all(narrow),
        Some(kind) => !narrow(kind),
    }
}

/// The use of the list, judged from the loop on: the loop is what moves.
fn sole_use(
    cx: &Context<'_, '_>,
    body: &Body,
    symbol: SymbolId,
    assigned: PointId,
    loop_id: NodeId,
    name: NodeId,
) -> Result<SoleUse, Doubt> {
    let text = &cx.model.scopes.symbol(symbol).name;
    let lost = || Doubt::new("the loop is not part of the flow");
    let point = body.flow.point_of(cx.tree, name).ok_or_else(lost)?;
    let kills = cx.model.binding_points(body, symbol);
    let sources = cx.model.before_binding(body, point, &kills);
    if let Some(other) = kills.iter().find(|kill| *kill != assigned && sources.contains(*kill)) {
        return Err(Doubt::new(format!(
            "`{text}` may also come from line {}",
            cx.model.line(body.flow.point(other).node)
        )));
    }
    if body.flow.after(point, |other| other == assigned).contains(point) || cx.model.is_repeated(name) {
        return Err(Doubt::new(format!(
            "`{text}` may be walked more than once (line {})",
            cx.model.line(name)
        )));
    }
    // From the last thing the loop does on, the list is complete.
    let head = start_of_loop(body, loop_id).ok_or_else(lost)?;
    let leaving = end_of_loop(body, loop_id).ok_or_else(lost)?;
    let certain = body.flow.always_passes(leaving, point);
    let raise_as = body.flow.point(head).raise.clone();
    if raise_as != body.flow.point(point).raise && cx.model.stmt_effects(body, loop_id).raises.is_some() {
        return Err(Doubt::new(
            "filling the list may fail, and other handlers are in force where it is walked",
        ));
    }
    Ok(SoleUse { symbol, bound: leaving, name, point, certain })
}

/// Sorts the variables that the loop binds: those that are its own are taken
/// out of `making`; the names of the others are returned.
fn variables(
    cx: &Context<'_, '_>,
    body: &Body,
    loop_id: NodeId,
    list: SymbolId,
    making: &mut Effects,
) -> Result<Vec<String>, Doubt> {
    let mut shared = Vec::new();
    for symbol in making.name_writes.clone() {
        let data = cx.model.scopes.symbol(symbol);
        if symbol == list || cx.model.scopes.scope(data.scope).kind.is_comprehension() {
            making.forget(symbol);
            continue;
        }
        if data.scope != body.scope {
            // Declared `global` or `nonlocal` in this function: the generator
            // would have to declare it too, and others may look at it.
            return Err(Doubt::new(format!(
                "the loop binds `{}`, which belongs to an outer scope",
                data.name
            )));
        }
        if let Some(node) = cx.model.captures(symbol).first() {
            return Err(Doubt::new(format!(
                "the loop binds `{}`, which an inner function sees (line {})",
                data.name,
                cx.model.line(*node)
            )));
        }
        let global = cx.model.scopes.scope(data.scope).kind == ScopeKind::Module;
        let is_outside = |node: &&NodeId| !cx.tree.contains(loop_id, **node);
        let outside = data.is_parameter || data.bindings.iter().any(|node| is_outside(&node));
        if !global && !flows_through(cx, body, loop_id, symbol) {
            if let Some(read) = data.uses.iter().chain(&data.deletes).find(is_outside).filter(|_| !outside) {
                return Err(Doubt::new(format!(
                    "without the loop `{}` would be no variable of the function (line {})",
                    data.name,
                    cx.model.line(*read)
                )));
            }
            making.forget(symbol);
            continue;
        }
        if !outside && !global {
            return Err(Doubt::new(format!("`{}` keeps its value from one loop to the next", data.name)));
        }
        if data.is_annotated {
            return Err(Doubt::new(format!(
                "`{}` is annotated, so that no inner function can declare it",
                data.name
            )));
        }
        shared.push(data.name.to_string());
    }
    shared.sort_unstable();
    Ok(shared)
}

/// Whether the loop reads a value of the variable from before it, or a value
/// it leaves there is read after it.
fn flows_through(cx: &Context<'_, '_>, body: &Body, loop_id: NodeId, symbol: SymbolId) -> bool {
    let data = cx.model.scopes.symbol(symbol);
    let kills = cx.model.binding_points(body, symbol);
    let inside = cx.model.points_within(body, loop_id);
    let reads = reading_points(cx, body, symbol);
    // In: a read that a way from the loop's start reaches without a binding.
    let start = inside.iter().find(|point| {
        let data = body.flow.point(*point);
        data.node == loop_id && data.kind != PointKind::Join
    });
    let into = start.is_some_and(|start| {
        let reached = body.flow.after_binding(start, &kills, |_| false);
        let own = reads.contains(start) && !data.bindings.is_empty();
        own || reads.iter().any(|read| inside.contains(read) && reached.contains(read))
    });
    // Out: a read outside that a binding inside reaches.
    let out = kills.iter().filter(|kill| inside.contains(*kill)).any(|kill| {
        let reached = body.flow.after_binding(kill, &kills, |_| false);
        reads.iter().any(|read| !inside.contains(read) && reached.contains(read))
    });
    into || out
}

pub fn reading_points(cx: &Context<'_, '_>, body: &Body, symbol: SymbolId) -> spacetime_semantic::Points {
    let data = cx.model.scopes.symbol(symbol);
    let mut points = spacetime_semantic::Points::empty(&body.flow);
    let augmented = data.bindings.iter().filter(|node| {
        cx.tree
            .parent(**node)
            .is_some_and(|parent| matches!(cx.tree.node(parent), Node::Stmt(Stmt::AugAssign(_))))
    });
    for node in data.uses.iter().chain(&data.deletes).chain(augmented) {
        debug_assert!(cx.model.scopes.resolve(*node) != Resolved::Builtin);
        if let Some(point) = body.flow.point_of(cx.tree, *node) {
            points.insert(point);
        }
    }
    points
}

/// `xs.append(e)` → `yield e`, `xs.extend(es)` → `yield from es`.
pub fn yielded(cx: &Context<'_, '_>, call: &ExprCall) -> Option<Vec<Edit>> {
    let Expr::Attribute(method) = &*call.func else { return None };
    let [argument] = &call.arguments.args[..] else { return None };
    let word = if method.attr.as_str() == "append" { "yield" } else { "yield from" };
    let module = cx.tree.module();
    let value = module.parenthesized_span(cx.tree.id(argument), cx.tree);
    let around = call.arguments.range();
    let comments = cx.tree.module().has_comment_in(Span::new(around.start(), value.start()))
        || cx.tree.module().has_comment_in(Span::new(value.end(), around.end()));
    let several_lines = module.text()[call.range()].contains(['\n', '\r']);
    let needs = spacetime_syntax::needs_parentheses(argument)
        || matches!(argument, Expr::Generator(generator) if !generator.parenthesized)
        || several_lines;
    if comments {
        return None;
    }
    let (open, close) = if needs { ("(", ")") } else { ("", "") };
    let before = Span::new(call.start(), value.start());
    let after = Span::new(value.end(), call.end());
    // Keep the line breaks: only names and punctuation go.
    let lead: String = module.text()[Span::new(around.start(), value.start())].chars().skip(1).collect();
    let trail: String = {
        let text = &module.text()[after];
        text[..text.len() - 1].trim_start_matches([',', ' ']).to_owned()
    };
    let (lead, trail) = if needs { (lead, trail) } else { (String::new(), String::new()) };
    Some(vec![
        Edit::replace(before, format!("{word} {open}{lead}")),
        Edit::replace(after, format!("{trail}{close}")),
    ])
}

pub fn starts_line(cx: &Context<'_, '_>, stmt: &Stmt) -> bool {
    cx.tree.module().indentation(stmt).is_some()
}
