//! Functions that make a list and return it, and what they are as generators.

use spacetime_rule::Context;
use spacetime_semantic::scope::SymbolId;
use spacetime_semantic::{Body, Doubt, Kind, PointId};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt, StmtFunctionDef, StmtReturn};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Ranged, Span};

use crate::append_loop::{catches_exit, fill, starts_line, yielded};
use crate::comprehension::{Listed, rebracket};
use crate::layout;
use crate::price;
use crate::repeated::loop_around;
use crate::spilled::is_immutable;

/// A function whose result is one list that it fills, or a comprehension.
pub struct Producer<'m> {
    pub def: NodeId,
    pub function: &'m StmtFunctionDef,
    made: Made<'m>,
    /// `return []` before the end.
    empty: Vec<&'m StmtReturn>,
}

enum Made<'m> {
    /// `xs = []`, `xs.append(...)`, `return xs`
    Filled { assign: &'m Stmt, fills: Vec<&'m ExprCall>, last: &'m Stmt },
    /// `return [...]`; whether that stands within a `with` that it would outlive.
    Comprehension { listed: &'m Expr, within: bool },
    /// `xs = list(...)` or `xs = [...]` and `return xs`, or `return list(...)`:
    /// the statement and the value, and what returns it, if that is another one.
    Whole { stmt: &'m Stmt, value: &'m Expr, last: Option<&'m Stmt> },
}

impl<'m> Producer<'m> {
    /// The function around a `return` statement, if that is how it is.
    pub fn of(cx: &Context<'_, 'm>, body: &Body, last: NodeId) -> Result<Option<Self>, Doubt> {
        let Node::Stmt(Stmt::FunctionDef(function)) = cx.tree.node(body.owner) else { return Ok(None) };
        let plain = !function.is_async && cx.model.is_plainly_called(body.owner) && !body.is_generator;
        let Some(stmt @ Stmt::Return(returned)) = cx.tree.stmt(last) else { return Ok(None) };
        if !plain || cx.model.scopes.uses_dynamic_names(body.scope) {
            return Ok(None);
        }
        let Some(within) = ends_with(cx, body, &function.body, stmt) else { return Ok(None) };
        let made = match returned.value.as_deref() {
            Some(listed @ Expr::ListComp(_)) => {
                if price::is_small_comprehension(cx, listed) {
                    return Ok(None);
                }
                let Some(_) = Listed::at(cx, body, cx.tree.id(listed))? else { return Ok(None) };
                Made::Comprehension { listed, within }
            }
            Some(value @ Expr::Call(_)) if within && copied(cx, body, value).is_some() => {
                Made::Whole { stmt, value, last: None }
            }
            Some(Expr::Name(name)) => {
                let made = match filled(cx, body, cx.tree.id(name), stmt)? {
                    Some(made) => Some(made),
                    None => whole(cx, body, cx.tree.id(name), stmt)?,
                };
                match made {
                    Some(made) => made,
                    None => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        let Some(empty) = empty_returns(cx, body, last) else { return Ok(None) };
        if !empty.is_empty() && matches!(made, Made::Comprehension { within: false, .. }) {
            return Ok(None);
        }
        let made = Self { def: body.owner, function, made, empty };
        made.check(cx, body)?;
        Ok(Some(made))
    }

    /// Bytes per item, by the fill that takes most.
    pub fn bytes_per_item(&self, cx: &Context<'_, '_>, body: &Body) -> f64 {
        match &self.made {
            Made::Comprehension { listed: Expr::ListComp(comp), .. } => {
                price::bytes_per_item(cx, body, &comp.elt)
            }
            Made::Comprehension { .. } => 0.0,
            Made::Whole { value: Expr::ListComp(comp), .. } => price::bytes_per_item(cx, body, &comp.elt),
            Made::Whole { value, .. } => price::bytes_of_kind(&body.item_kind(cx.model, value)),
            Made::Filled { fills, .. } => fills
                .iter()
                .filter_map(|call| call.arguments.args.first())
                .map(|item| price::bytes_per_item(cx, body, item))
                .fold(0.0, f64::max),
        }
    }

    /// What stands in the way inside the function.
    fn check(&self, cx: &Context<'_, '_>, body: &Body) -> Result<(), Doubt> {
        match &self.made {
            Made::Comprehension { .. } => Ok(()),
            Made::Whole { value, .. } => check_around(cx, body, cx.tree.id(*value)),
            Made::Filled { fills, .. } => {
                for call in fills {
                    check_around(cx, body, cx.tree.id(*call))?;
                    check_unchanged(cx, body, call)?;
                }
                Ok(())
            }
        }
    }

    /// The edits that make it a generator. `None` where statements share lines
    /// or a comment would be lost.
    pub fn edits(&self, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        match &self.made {
            Made::Comprehension { listed, within } => {
                let open = if *within { "yield from (" } else { "(" };
                if *within {
                    let stmt = cx.tree.parent(cx.tree.id(*listed))?;
                    let head = Span::new(cx.tree.node(stmt).range().start(), listed.start());
                    if cx.tree.module().has_comment_in(head) {
                        return None;
                    }
                    let outer = head.cover(listed.range());
                    edits.extend(rebracket(cx, listed.range(), outer, open, ")"));
                } else {
                    edits.extend(rebracket(cx, listed.range(), listed.range(), open, ")"));
                }
            }
            Made::Whole { stmt, value, last } => {
                edits.extend(yielded_from(cx, stmt, value)?);
                if let Some(last) = last {
                    edits.push(Edit::delete(layout::lines_of(cx, last)?.span));
                }
            }
            Made::Filled { assign, fills, last } => {
                edits.push(Edit::delete(layout::lines_of(cx, assign)?.span));
                for call in fills {
                    edits.extend(yielded(cx, call)?);
                }
                edits.push(Edit::delete(layout::lines_of(cx, last)?.span));
                if !starts_line(cx, last) {
                    return None;
                }
            }
        }
        for early in &self.empty {
            edits.push(Edit::replace(early.range(), "return"));
        }
        Some(edits)
    }
}

/// `yield from ...` in place of a statement that returns or binds all items at once.
fn yielded_from(cx: &Context<'_, '_>, stmt: &Stmt, value: &Expr) -> Option<Vec<Edit>> {
    let module = cx.tree.module();
    let head = Span::new(stmt.start(), value.start());
    let tail = Span::new(value.end(), stmt.end());
    if module.has_comment_in(head) || !module.text()[tail].trim().is_empty() {
        return None;
    }
    match value {
        Expr::ListComp(comp) => {
            Some(rebracket(cx, comp.range(), head.cover(comp.range()), "yield from (", ")"))
        }
        Expr::Call(call) => {
            let [argument] = &call.arguments.args[..] else { return None };
            let inner = module.parenthesized_span(cx.tree.id(argument), cx.tree);
            if module.has_comment_in(value.range()) {
                return None;
            }
            let bare = matches!(argument, Expr::Generator(made) if !made.parenthesized);
            let several = module.text()[inner].contains(['\n', '\r']);
            let (open, close) = if bare || several { ("(", ")") } else { ("", "") };
            Some(vec![
                Edit::replace(Span::new(stmt.start(), inner.start()), format!("yield from {open}")),
                Edit::replace(Span::new(inner.end(), value.end()), close),
            ])
        }
        _ => None,
    }
}

/// Whether the statements end with `last`, perhaps within `with open(...)`
/// blocks; and if so, whether it is in one.
fn ends_with(cx: &Context<'_, '_>, body: &Body, statements: &[Stmt], last: &Stmt) -> Option<bool> {
    let end = statements.last()?;
    if std::ptr::eq(end, last) {
        return Some(false);
    }
    match end {
        Stmt::With(with) if !with.is_async => {
            let files = with
                .items
                .iter()
                .all(|item| matches!(body.kind(cx.model, &item.context_expr), Kind::File(_)));
            let inside = ends_with(cx, body, &with.body, last).is_some();
            (files && inside).then_some(true)
        }
        _ => None,
    }
}

/// The other `return` statements, if they all return an empty list.
fn empty_returns<'m>(cx: &Context<'_, 'm>, body: &Body, last: NodeId) -> Option<Vec<&'m StmtReturn>> {
    let mut found = Vec::new();
    for node in &body.nodes {
        let Some(Stmt::Return(stmt)) = cx.tree.stmt(*node).filter(|_| *node != last) else { continue };
        match stmt.value.as_deref() {
            Some(Expr::List(list)) if list.elts.is_empty() => found.push(stmt),
            _ => return None,
        }
    }
    Some(found)
}

/// `xs = []` that is filled, and returned by `last`.
fn filled<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    name: NodeId,
    last: &'m Stmt,
) -> Result<Option<Made<'m>>, Doubt> {
    let Some(symbol) = cx.model.scopes.resolve(name).symbol() else { return Ok(None) };
    let Some(assign) = empty_list(cx, body, symbol) else { return Ok(None) };
    cx.model.check_private(body, symbol)?;
    let mut fills = Vec::new();
    for used in &cx.model.scopes.symbol(symbol).uses {
        if *used == name {
            continue;
        }
        match fill(cx, *used) {
            Some(call) => fills.push(call),
            None => {
                return Err(Doubt::new(format!(
                    "the function uses the list otherwise than by filling it (line {})",
                    cx.model.line(*used)
                )));
            }
        }
    }
    let repeats = |call: &&ExprCall| loop_around(cx, cx.tree.id(*call)).is_some();
    if !fills.iter().any(repeats) {
        return Ok(None);
    }
    // Made anew in each round, it would lose what it holds.
    let once = loop_around(cx, cx.tree.id(assign)).is_none();
    Ok(once.then_some(Made::Filled { assign, fills, last }))
}

/// What `list(...)` copies, if that is an iterator which only this call sees:
/// one of a kind that makes its items anew.
fn copied<'m>(cx: &Context<'_, 'm>, body: &Body, value: &'m Expr) -> Option<&'m Expr> {
    let Expr::Call(call) = value else { return None };
    let [argument] = &call.arguments.args[..] else { return None };
    let plain = call.arguments.keywords.is_empty() && !argument.is_starred_expr();
    let reads = matches!(
        body.kind(cx.model, argument),
        Kind::Iterator(_) | Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader
    );
    (plain && reads && cx.model.is_builtin(&call.func, "list")).then_some(argument)
}

/// `xs = list(...)` or `xs = [...]` that is returned by `last`, and nothing else.
fn whole<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    name: NodeId,
    last: &'m Stmt,
) -> Result<Option<Made<'m>>, Doubt> {
    let Some(symbol) = cx.model.scopes.resolve(name).symbol() else { return Ok(None) };
    let data = cx.model.scopes.symbol(symbol);
    let ([binding], [_], []) = (data.bindings.as_slice(), data.uses.as_slice(), data.deletes.as_slice())
    else {
        return Ok(None);
    };
    if data.is_parameter || !body.symbols.contains(&symbol) {
        return Ok(None);
    }
    cx.model.check_private(body, symbol)?;
    let Some(parent) = cx.tree.parent(*binding) else { return Ok(None) };
    let Some(stmt @ Stmt::Assign(assign)) = cx.tree.stmt(parent) else { return Ok(None) };
    if assign.targets.len() != 1 || !always_runs(cx, body, parent) {
        return Ok(None);
    }
    let fits = match &*assign.value {
        Expr::ListComp(_) => Listed::at(cx, body, cx.tree.id(&*assign.value))?.is_some(),
        value => copied(cx, body, value).is_some(),
    };
    Ok(fits.then_some(Made::Whole { stmt, value: &assign.value, last: Some(last) }))
}

/// The only statement that binds a variable, if it binds it to an empty list,
/// on every way through the function.
fn empty_list<'m>(cx: &Context<'_, 'm>, body: &Body, symbol: SymbolId) -> Option<&'m Stmt> {
    let data = cx.model.scopes.symbol(symbol);
    let ([binding], []) = (data.bindings.as_slice(), data.deletes.as_slice()) else { return None };
    if data.is_parameter || !body.symbols.contains(&symbol) {
        return None;
    }
    let stmt = cx.tree.stmt(cx.tree.parent(*binding)?)?;
    let value = match stmt {
        Stmt::Assign(assign) if assign.targets.len() == 1 => &*assign.value,
        Stmt::AnnAssign(assign) => assign.value.as_deref()?,
        _ => return None,
    };
    let empty = match value {
        Expr::List(list) => list.elts.is_empty(),
        Expr::Call(call) => call.arguments.is_empty() && cx.model.is_builtin(&call.func, "list"),
        _ => false,
    };
    // What comes before it would fail.
    let first = data.uses.iter().all(|used| cx.tree.node(*used).range().start() > stmt.start());
    (empty && first && always_runs(cx, body, cx.tree.id(stmt))).then_some(stmt)
}

/// Whether a statement stands at the top of the function, or of a `with open(...)`
/// there: what comes behind it has been preceded by it, whatever happens.
fn always_runs(cx: &Context<'_, '_>, body: &Body, stmt: NodeId) -> bool {
    cx.tree.ancestors(stmt).take_while(|outer| *outer != body.owner).all(|outer| match cx.tree.node(outer) {
        Node::Stmt(Stmt::With(with)) => {
            with.items.iter().all(|item| matches!(body.kind(cx.model, &item.context_expr), Kind::File(_)))
        }
        _ => false,
    })
}

/// Where a fill stands so that a generator could not wait there.
fn check_around(cx: &Context<'_, '_>, body: &Body, fill: NodeId) -> Result<(), Doubt> {
    for outer in cx.tree.ancestors(fill).take_while(|outer| *outer != body.owner) {
        let what = match cx.tree.node(outer) {
            Node::Stmt(Stmt::Try(stmt)) if !stmt.finalbody.is_empty() => {
                "a `finally` that would run when the walk ends early"
            }
            Node::Stmt(Stmt::Try(stmt)) if stmt.handlers.iter().any(catches_exit) => {
                "a handler that would catch the closing of a generator"
            }
            Node::Stmt(Stmt::With(with)) => {
                let files = with
                    .items
                    .iter()
                    .all(|item| matches!(body.kind(cx.model, &item.context_expr), Kind::File(_)));
                if files && !with.is_async {
                    continue;
                }
                "a `with` whose context the walk would run in"
            }
            _ => continue,
        };
        return Err(Doubt::new(format!("the list is filled within {what} (line {})", cx.model.line(outer))));
    }
    Ok(())
}

/// What has been put into the list stays as it is: the function changes it no more.
fn check_unchanged(cx: &Context<'_, '_>, body: &Body, call: &ExprCall) -> Result<(), Doubt> {
    let [item] = &call.arguments.args[..] else { return Ok(()) };
    if is_immutable(&body.kind(cx.model, item)) {
        return Ok(());
    }
    let mut held = body.objects(cx.model, item);
    held.add(&cx.model.item_objects(body, item));
    let Some(point) = body.flow.point_of(cx.tree, cx.tree.id(call)) else { return Ok(()) };
    for at in body.flow.after(point, |_| false).iter() {
        let effects = cx.model.point_effects(body, at);
        // What is read by name only is seen by who walks the list, and judged there.
        let mut attributes = effects.attr_writes.named();
        let sets = attributes.as_mut().is_none_or(|names| names.any(|name| !cx.model.is_read_by_name(name)));
        let writes = effects.writes.overlaps(&held) || sets;
        let changes = effects.unknown.is_some() || (writes && !is_fill(cx, body, at, call));
        if changes && (effects.unknown.is_some() || !is_new_each_time(cx, body, item, point, at)) {
            return Err(Doubt::new(format!(
                "an item may be changed after it was put into the list (line {})",
                cx.model.line(body.flow.point(at).node)
            )));
        }
    }
    Ok(())
}

/// Whether a point is the statement that puts the item into the list.
fn is_fill(cx: &Context<'_, '_>, body: &Body, at: PointId, call: &ExprCall) -> bool {
    cx.tree.contains(body.flow.point(at).node, cx.tree.id(call)) && body.flow.point(at).pieces.len() <= 1
}

/// Whether an item is a variable that gets a new object, which nothing else
/// holds, on every way from the fill to a point that writes to it.
fn is_new_each_time(cx: &Context<'_, '_>, body: &Body, item: &Expr, fill: PointId, write: PointId) -> bool {
    let Expr::Name(name) = item else { return false };
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return false };
    let kills = cx.model.binding_points(body, symbol);
    if body.flow.after_binding(fill, &kills, |_| false).contains(write) {
        return false;
    }
    let held = body.objects(cx.model, item);
    if held.has_outer() {
        return false;
    }
    if !cx.model.captures(symbol).is_empty() {
        return false;
    }
    // Nothing else gives it: no other variable, no element of a container.
    body.nodes.iter().all(|node| {
        let Some(expr) = cx.tree.expr(*node) else { return true };
        let own = match expr {
            Expr::Name(other) if !other.ctx.is_load() => true,
            Expr::Name(_) => cx.model.scopes.resolve(*node).symbol() == Some(symbol),
            _ => binds(cx, *node, symbol),
        };
        own || !body.objects(cx.model, expr).overlaps(&held)
    })
}

/// Whether the value of an expression is what a variable is bound to.
fn binds(cx: &Context<'_, '_>, value: NodeId, symbol: SymbolId) -> bool {
    let target = match cx.tree.parent(value).and_then(|parent| cx.tree.stmt(parent)) {
        Some(Stmt::Assign(assign)) => assign.targets.first().filter(|_| assign.targets.len() == 1),
        Some(Stmt::AnnAssign(assign)) => Some(&*assign.target),
        _ => None,
    };
    matches!(target, Some(name @ Expr::Name(_))
        if cx.model.scopes.resolve(cx.tree.id(name)).symbol() == Some(symbol))
}
