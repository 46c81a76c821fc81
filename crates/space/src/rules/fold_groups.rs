//! Keeps the sum, count, highest and lowest of each group instead of its values.
//!
//! A dict of lists whose lists are only counted, added up or searched for the
//! highest or lowest value holds every value to the end. A `Running` keeps what
//! will be asked for, and gives what the builtin would have given, to the last
//! bit.
//!
//! ```py before
//! def means(rows):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(float(value))
//!     for name, values in sorted(groups.items()):
//!         print(name, sum(values) / len(values), max(values))
//! ```
//! ```py after
//! from collections import defaultdict
//! from spacetime_compiler.runtime import Running
//!
//! def means(rows):
//!     groups = defaultdict(lambda: Running("sum", "max"))
//!     for name, value in rows:
//!         groups[name].append(float(value))
//!     for name, values in sorted(groups.items()):
//!         print(name, values.sum() / len(values), values.max())
//! ```
//! ```py before
//! from collections import defaultdict
//!
//! def spans(rows):
//!     times = defaultdict(list)
//!     sizes: dict[str, list[int]] = {}
//!     for name, time in rows:
//!         times[name].append(time)
//!         if name not in sizes:
//!             sizes[name] = []
//!         sizes[name].append(len(name))
//!     longest = {name: max(seen) - min(seen) for name, seen in times.items()}
//!     for name in sorted(sizes):
//!         seen = sizes[name]
//!         print(name, len(seen), sum(sizes[name]))
//!     return longest, len(times)
//! ```
//! ```py after
//! from collections import defaultdict
//! from spacetime_compiler.runtime import Running
//!
//! def spans(rows):
//!     times = defaultdict(lambda: Running("max", "min"))
//!     sizes: dict[str, list[int]] = {}
//!     for name, time in rows:
//!         times[name].append(time)
//!         if name not in sizes:
//!             sizes[name] = Running("sum")
//!         sizes[name].append(len(name))
//!     longest = {name: seen.max() - seen.min() for name, seen in times.items()}
//!     for name in sorted(sizes):
//!         seen = sizes[name]
//!         print(name, len(seen), sizes[name].sum())
//!     return longest, len(times)
//! ```
//!
//! # When not
//!
//! A list is used in another way, or somebody else sees it, or the dict:
//!
//! ```py kept
//! def medians(rows):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(value)
//!     return {name: sorted(values)[len(values) // 2] for name, values in groups.items()}
//! ```
//! ```py kept
//! def totals(rows):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(value)
//!     for name, values in groups.items():
//!         print(name, sum(values))
//!     return groups
//! ```
//! ```py kept
//! def totals(rows):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(value)
//!     def total(name):
//!         return sum(groups[name])
//!     return [total(name) for name in groups]
//! ```
//! ```py kept
//! def totals(rows):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(value)
//!     for name, values in groups.items():
//!         values.sort()
//!         print(name, sum(values))
//!     for name, (first, *others) in groups.items():
//!         print(first)
//! ```
//! ```py kept
//! def totals(rows):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(value)
//!     values = [1, 2]
//!     for name, values in groups.items():
//!         print(sum(values))
//!     print(sum(values), values)
//! ```
//! ```py kept
//! def longest(rows):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(value)
//!     return [max(values, key=abs) + sum(values, 5) for values in groups.values()]
//! ```
//!
//! The order in which the lists are compared matters, or a key may be missing:
//!
//! ```py kept
//! def ordered(rows):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(value)
//!     return [sum(values) for values in sorted(groups.values())]
//! ```
//! ```py kept
//! def asked(rows, name):
//!     groups = {}
//!     for key, value in rows:
//!         groups.setdefault(key, []).append(value)
//!     return sum(groups[name])
//! ```
//! ```py kept
//! def careless(rows):
//!     groups = {}
//!     for name, value in rows:
//!         if value:
//!             groups.setdefault(name, []).append(value)
//!         else:
//!             groups[name].append(value)
//!     return {name: sum(values) for name, values in groups.items()}
//! ```
//! ```py kept
//! def dropped(rows):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(value)
//!     groups.pop("a", None)
//!     return {name: sum(values) for name, values in groups.items()}
//! ```
//! ```py kept
//! def shared(rows):
//!     groups = {}
//!     both = []
//!     for name, value in rows:
//!         groups[name] = both
//!         groups[name].append(value)
//!     return {name: sum(values) for name, values in groups.items()}
//! ```
//! ```py kept
//! def own(rows, sum):
//!     groups = {}
//!     for name, value in rows:
//!         groups.setdefault(name, []).append(value)
//!     return {name: sum(values) for name, values in groups.items()}
//! ```
//!
//! # Relies on
//!
//! Nothing about the values: those that are no plain numbers or texts are kept,
//! and handed to the builtin at the end. Keys are hashed and compared
//! (`operators-are-pure`).
//!
//! # Saves and costs
//!
//! 9 bytes of pointer and up to 32 bytes of number for each value. The time is
//! about the same.

// tidy: long because a dict of lists is filled and read in so many ways, and
// the page shows each that looks like them and is not.

use std::collections::BTreeSet;

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::scope::{ScopeKind, SymbolId};
use spacetime_semantic::{Assumption, Body, Doubt, Size};
use spacetime_syntax::ast::{AnyNodeRef, CmpOp, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::naming::assignment;
use crate::price;
use crate::reliances::Reliances;
use crate::safety::check_namespace;

pub static RULE: Rule = rule!(
    "fold_groups",
    Streaming,
    ["$X = {}", "$X = dict()", "$X = $F(list)", "$X: $T = {}", "$X: $T = dict()", "$X: $T = $F(list)"],
    check
);

const RUNNING: Import = Import::new("spacetime_compiler.runtime", "Running");
const DEFAULTDICT: Import = Import::new("collections", "defaultdict");

/// Builtins that a `Running` has as methods.
const FOLDS: [&str; 3] = ["sum", "max", "min"];

/// How a dict of lists is filled and read.
#[derive(Default)]
struct Groups<'m> {
    /// `groups.setdefault(KEY, []).append(VALUE)`: the key, and the call of `setdefault`.
    defaults: Vec<(&'m Expr, &'m ExprCall)>,
    /// `groups[KEY].append(VALUE)`
    appends: usize,
    /// The `[]` of `groups[KEY] = []`.
    fresh: Vec<Span>,
    /// What is appended, and the call.
    values: Vec<(&'m Expr, NodeId)>,
    /// Names that are bound to one of the lists, and to one of the keys.
    lists: BTreeSet<NodeId>,
    keys: BTreeSet<NodeId>,
    /// `groups[KEY]` where it is read: the key and the whole.
    reads: Vec<(&'m Expr, NodeId)>,
    /// Calls that reduce a list, by name.
    folds: Vec<(&'static str, &'m ExprCall)>,
    counted: bool,
}

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(stmt) = cx.tree.stmt(found.node) else { return Ok(None) };
    let Some((target, value)) = assignment(stmt) else { return Ok(None) };
    let (Expr::Name(name), Some(body)) = (target, cx.model.body_of(found.node)) else { return Ok(None) };
    let Some(factory) = made(cx, value) else { return Ok(None) };
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(target)).symbol() else { return Ok(None) };
    if !fills(cx, symbol) {
        return Ok(None);
    }
    let description = format!("the lists in `{}` are only reduced: keep running results instead", name.id);
    let refuse = |doubt| Box::new(Refusal { span: stmt.range(), description: description.clone(), doubt });
    let groups = read(cx, &body, found.node, cx.tree.id(target), symbol).map_err(refuse)?;
    if groups.values.is_empty() || (!groups.counted && groups.folds.is_empty()) {
        return Ok(None);
    }
    check_keys(cx, &groups, factory.is_some()).map_err(refuse)?;
    let mut relies = Reliances::default();
    if groups.defaults.iter().any(|(key, _)| !body.kind(cx.model, key).is_scalar()) {
        relies.assume(Assumption::OperatorsArePure); // keys are hashed and compared more often
    }
    relies.assume(Assumption::ModuleNotPatched);
    check_namespace(cx, &body, found.node, &mut relies);
    let items = groups.items(cx);
    if price::is_small(&items) {
        return Ok(None);
    }
    let Some((edits, imports)) = rewrite(cx, &groups, value, factory) else { return Ok(None) };
    let bytes = groups.values.iter().map(|(value, _)| price::bytes_per_item(cx, &body, value)).fold(0.0, f64::max);
    let span = edits.span().map_or(stmt.range(), |edited| stmt.range().cover(edited));
    Ok(Some(Opportunity {
        span,
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim: price::saves_list(&items, bytes, 0.05, 0.85),
    }))
}

/// Whether a value is a new dict; within, the `list` of a `defaultdict(list)`.
#[expect(clippy::option_option, reason = "no dict, a plain one, one with a factory")]
fn made(cx: &Context<'_, '_>, value: &Expr) -> Option<Option<Span>> {
    match value {
        Expr::Dict(dict) if dict.items.is_empty() => Some(None),
        Expr::Call(call) if call.arguments.is_empty() && cx.model.is_builtin(&call.func, "dict") => Some(None),
        Expr::Call(call) => match &call.arguments.args[..] {
            [factory]
                if call.arguments.keywords.is_empty()
                    && cx.model.is_builtin(factory, "list")
                    && cx.model.qualified(&call.func).is_some_and(|name| name == "collections.defaultdict") =>
            {
                Some(Some(factory.range()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether anything looks like a dict of lists at all.
fn fills(cx: &Context<'_, '_>, symbol: SymbolId) -> bool {
    cx.model.scopes.symbol(symbol).uses.iter().any(|node| {
        let outer: Vec<NodeId> = cx.tree.ancestors(*node).take(3).collect();
        outer.iter().any(
            |id| matches!(cx.tree.expr(*id), Some(Expr::Attribute(method)) if method.attr.as_str() == "append"),
        )
    })
}

/// All that is done to the dict and its lists.
fn read<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    stmt: NodeId,
    target: NodeId,
    symbol: SymbolId,
) -> Result<Groups<'m>, Doubt> {
    cx.model.uses_of_binding(body, stmt, target)?;
    let data = cx.model.scopes.symbol(symbol);
    if data.bindings.len() > 1 || !data.deletes.is_empty() {
        return Err(Doubt::new(format!("`{}` is bound or deleted elsewhere too", data.name)));
    }
    let mut groups = Groups::default();
    for node in &data.uses {
        groups.take(cx, *node).ok_or_else(|| used_otherwise(cx, *node))?;
    }
    groups.follow(cx, body)?;
    Ok(groups)
}

fn used_otherwise(cx: &Context<'_, '_>, node: NodeId) -> Doubt {
    let (text, line) = (cx.tree.module().slice(cx.tree.node(node)), cx.model.line(node));
    Doubt::new(format!("`{text}` is used otherwise than by counting or reducing its lists (line {line})"))
}

/// The call of a method of the value at `node`.
fn method_call<'m>(cx: &Context<'_, 'm>, node: NodeId) -> Option<(&'m str, &'m ExprCall, NodeId)> {
    let id = cx.tree.parent(node)?;
    let Some(Expr::Attribute(attribute)) = cx.tree.expr(id) else { return None };
    let outer = cx.tree.parent(id)?;
    match cx.tree.expr(outer) {
        Some(Expr::Call(call)) if cx.tree.id(&*call.func) == id && call.arguments.keywords.is_empty() => {
            Some((attribute.attr.as_str(), call, outer))
        }
        _ => None,
    }
}

/// The call that has the value at `node` as its only argument.
fn call_around<'m>(cx: &Context<'_, 'm>, node: NodeId) -> Option<(&'m ExprCall, NodeId)> {
    let outer = cx.tree.ancestors(node).nth(1)?;
    match cx.tree.expr(outer) {
        Some(Expr::Call(call)) if matches!(&call.arguments.args[..], [one] if cx.tree.id(one) == node) => {
            Some((call, outer))
        }
        _ => None,
    }
}

impl<'m> Groups<'m> {
    /// Takes one use of the dict; `None` if it is none of those that are known.
    fn take(&mut self, cx: &Context<'_, 'm>, node: NodeId) -> Option<()> {
        if let Some((name, call, outer)) = method_call(cx, node) {
            return match (name, &call.arguments.args[..]) {
                ("setdefault", [key, Expr::List(list)]) if list.elts.is_empty() && !key.is_starred_expr() => {
                    self.defaults.push((key, call));
                    self.append(cx, outer)
                }
                ("items" | "values" | "keys", []) => self.walk(cx, outer, name),
                _ => None,
            };
        }
        match cx.tree.node(cx.tree.parent(node)?) {
            Node::Expr(Expr::Subscript(subscript)) if cx.tree.id(&*subscript.value) == node => {
                self.subscript(cx, cx.tree.parent(node)?, &subscript.slice, subscript.ctx.is_store())
            }
            Node::Expr(Expr::Compare(compare)) => {
                let known = matches!(&compare.ops[..], [CmpOp::In | CmpOp::NotIn])
                    && compare.comparators.first().is_some_and(|side| cx.tree.id(side) == node);
                known.then_some(())
            }
            _ => self.walk(cx, node, "keys"),
        }
    }

    /// `LIST.append(VALUE)` as a statement.
    fn append(&mut self, cx: &Context<'_, 'm>, list: NodeId) -> Option<()> {
        let (name, call, outer) = method_call(cx, list)?;
        let [value] = &call.arguments.args[..] else { return None };
        let alone = matches!(cx.tree.node(cx.tree.parent(outer)?), Node::Stmt(Stmt::Expr(_)));
        if name != "append" || !alone || value.is_starred_expr() {
            return None;
        }
        self.values.push((value, outer));
        Some(())
    }

    /// `groups[KEY]`
    fn subscript(&mut self, cx: &Context<'_, 'm>, node: NodeId, key: &'m Expr, stored: bool) -> Option<()> {
        if stored {
            let Node::Stmt(Stmt::Assign(stmt)) = cx.tree.node(cx.tree.parent(node)?) else { return None };
            return match (&stmt.targets[..], &*stmt.value) {
                ([_], Expr::List(list)) if list.elts.is_empty() => {
                    self.fresh.push(list.range());
                    Some(())
                }
                _ => None,
            };
        }
        if self.append(cx, node).is_some() {
            self.appends += 1;
            return Some(());
        }
        self.reads.push((key, node));
        match cx.tree.node(cx.tree.parent(node)?) {
            Node::Stmt(Stmt::Assign(stmt)) if cx.tree.id(&*stmt.value) == node => match &stmt.targets[..] {
                [target @ Expr::Name(_)] => {
                    self.lists.insert(cx.tree.id(target));
                    Some(())
                }
                _ => None,
            },
            _ => self.reduce(cx, node),
        }
    }

    /// `len(LIST)`, `sum(LIST)`, `max(LIST)`, `min(LIST)`
    fn reduce(&mut self, cx: &Context<'_, 'm>, list: NodeId) -> Option<()> {
        let (call, _) = call_around(cx, list)?;
        if !call.arguments.keywords.is_empty() {
            return None;
        }
        if cx.model.is_builtin(&call.func, "len") {
            self.counted = true;
            return Some(());
        }
        let name = FOLDS.into_iter().find(|name| cx.model.is_builtin(&call.func, name))?;
        self.folds.push((name, call));
        Some(())
    }

    /// A walk over the dict, or a question to all of its keys.
    fn walk(&mut self, cx: &Context<'_, 'm>, node: NodeId, view: &str) -> Option<()> {
        let (mut node, mut copied) = (node, false);
        if let Some((call, outer)) = call_around(cx, node) {
            let builtin = |names: &[&str]| names.iter().any(|name| cx.model.is_builtin(&call.func, name));
            let bare = call.arguments.keywords.iter().all(|k| k.arg.as_deref() == Some("reverse"));
            // Keys differ, so that sorting never comes to compare two lists.
            let same = builtin(&["list", "tuple"]) || (builtin(&["sorted"]) && view != "values");
            if bare && builtin(&["len", "set", "max", "min"]) && (view == "keys" || builtin(&["len"])) {
                return Some(());
            }
            if !(bare && same) {
                return None;
            }
            (node, copied) = (outer, true);
        }
        let target = match cx.tree.node(cx.tree.parent(node)?) {
            Node::Stmt(Stmt::For(stmt)) if cx.tree.id(&*stmt.iter) == node => &*stmt.target,
            Node::Part(AnyNodeRef::Comprehension(clause)) if cx.tree.id(&clause.iter) == node => &clause.target,
            _ if view == "keys" && copied => return Some(()),
            _ => return None,
        };
        match (view, target) {
            ("keys", target) => self.keys.extend(target.is_name_expr().then(|| cx.tree.id(target))),
            ("values", Expr::Name(_)) => drop(self.lists.insert(cx.tree.id(target))),
            ("items", Expr::Tuple(tuple)) => match &tuple.elts[..] {
                [key, list @ Expr::Name(_)] if !key.is_starred_expr() => {
                    self.lists.insert(cx.tree.id(list));
                    self.keys.extend(key.is_name_expr().then(|| cx.tree.id(key)));
                }
                _ => return None,
            },
            _ => return None,
        }
        Some(())
    }

    /// The names that hold one of the lists are used to reduce it, and hold nothing else.
    fn follow(&mut self, cx: &Context<'_, 'm>, body: &Body) -> Result<(), Doubt> {
        for name in self.lists.clone() {
            let Some(symbol) = cx.model.scopes.resolve(name).symbol() else { return Err(used_otherwise(cx, name)) };
            let data = cx.model.scopes.symbol(symbol);
            let own = cx.model.scopes.scope(data.scope).kind;
            let known = own.is_comprehension() || (body.symbols.contains(&symbol) && !shared(cx, symbol));
            let bindings = data.bindings.iter().all(|binding| self.lists.contains(binding));
            if !known || !bindings || !cx.model.captures(symbol).is_empty() || !data.deletes.is_empty() {
                return Err(Doubt::new(format!("`{}` may hold something else, or be seen elsewhere", data.name)));
            }
            for node in &data.uses {
                self.reduce(cx, *node).ok_or_else(|| used_otherwise(cx, *node))?;
            }
        }
        // Names that are bound in several places have been followed several times.
        let mut seen = BTreeSet::new();
        self.folds.retain(|(_, call)| seen.insert(cx.tree.id(*call)));
        Ok(())
    }

    /// How many values there are: what the innermost loop around an `append` walks.
    fn items(&self, cx: &Context<'_, '_>) -> Size {
        let around = self.values.iter().find_map(|(_, node)| {
            cx.tree.ancestors(*node).find_map(|id| match cx.tree.node(id) {
                Node::Stmt(Stmt::For(stmt)) => Some(&*stmt.iter),
                _ => None,
            })
        });
        around.map_or_else(|| Size::quantity("values"), |iter| price::items(cx, iter))
    }
}

fn shared(cx: &Context<'_, '_>, symbol: SymbolId) -> bool {
    let data = cx.model.scopes.symbol(symbol);
    let module = cx.model.scopes.scope(data.scope).kind == ScopeKind::Module;
    data.is_global || data.is_nonlocal || data.rebound_elsewhere || (module && data.is_captured)
}

/// A `defaultdict` in place of a dict would make what is not there.
fn check_keys(cx: &Context<'_, '_>, groups: &Groups<'_>, default: bool) -> Result<(), Doubt> {
    if default || groups.defaults.is_empty() {
        return Ok(());
    }
    if groups.appends > 0 {
        return Err(Doubt::new("a key that is missing fails in one place and is added in another"));
    }
    for (key, node) in &groups.reads {
        let symbol = cx.model.scopes.resolve(cx.tree.id(*key)).symbol().filter(|_| key.is_name_expr());
        let walked = symbol.is_some_and(|symbol| {
            let data = cx.model.scopes.symbol(symbol);
            !data.is_parameter && data.bindings.iter().all(|binding| groups.keys.contains(binding))
        });
        if !walked {
            let line = cx.model.line(*node);
            return Err(Doubt::new(format!("the key that is looked up on line {line} may be missing")));
        }
    }
    Ok(())
}

fn rewrite(
    cx: &Context<'_, '_>,
    groups: &Groups<'_>,
    value: &Expr,
    factory: Option<Span>,
) -> Option<(Edits, Vec<Import>)> {
    let module = cx.tree.module();
    let running = RUNNING.local_name(cx.tree);
    let kept: Vec<String> = FOLDS
        .into_iter()
        .filter(|name| groups.folds.iter().any(|(fold, _)| fold == name))
        .map(|name| format!("\"{name}\""))
        .collect();
    let new = format!("{running}({})", kept.join(", "));
    let maker = if kept.is_empty() { running } else { format!("lambda: {new}") };
    let mut imports = vec![RUNNING];
    let mut edits: Vec<Edit> = groups.fresh.iter().map(|span| Edit::replace(*span, new.clone())).collect();
    if let Some(span) = factory {
        edits.push(Edit::replace(span, maker));
    } else if !groups.defaults.is_empty() {
        edits.push(Edit::replace(value.range(), format!("{}({maker})", DEFAULTDICT.local_name(cx.tree))));
        imports.push(DEFAULTDICT);
    }
    for (key, call) in &groups.defaults {
        let Expr::Attribute(method) = &*call.func else { return None };
        if module.has_comment_in(call.range()) {
            return None;
        }
        let before = Span::new(method.value.end(), key.start());
        edits.push(Edit::replace(before, "["));
        edits.push(Edit::replace(Span::new(key.end(), call.end()), "]"));
    }
    for (name, call) in &groups.folds {
        let inside = Span::new(call.func.end() + Offset::new(1), call.end() - Offset::new(1));
        if module.has_comment_in(call.range()) {
            return None;
        }
        let list = call.arguments.args.first()?;
        edits.push(Edit::delete(Span::new(call.start(), list.start())));
        edits.push(Edit::replace(Span::new(list.end(), inside.end() + Offset::new(1)), format!(".{name}()")));
    }
    Some((Edits::try_from(edits).ok()?, imports))
}
