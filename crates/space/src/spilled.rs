//! What the rules that keep collections on disk share: what is said of the
//! items, whether reading them back pays, what all that relies on.

use spacetime_rule::Context;
use spacetime_semantic::scope::SymbolId;
use spacetime_semantic::{Assumption, Doubt, Holding, Journey, Kind, Lent};
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Offset, Ranged, Span};

use crate::naming::assignment;
use crate::reliances::Reliances;
use crate::repeated::{Few, function_repeats, loop_around, many_around, receives_again};
use crate::rounds::gets_each_group;

/// The kind of an expression, in whatever body it stands.
pub fn kind_of(cx: &Context<'_, '_>, node: NodeId) -> Kind {
    match (cx.model.body_of(node), cx.tree.expr(node)) {
        (Some(body), Some(expr)) => body.kind(cx.model, expr),
        _ => Kind::Unknown,
    }
}

/// The kind of what walking an expression yields.
pub fn item_kind_of(cx: &Context<'_, '_>, node: NodeId) -> Kind {
    match (cx.model.body_of(node), cx.tree.expr(node)) {
        (Some(body), Some(expr)) => body.item_kind(cx.model, expr),
        _ => Kind::Unknown,
    }
}

/// The kind of everything that is put into the lists of a journey.
pub fn added_kind(cx: &Context<'_, '_>, journey: &Journey) -> Kind {
    let added = journey.added.iter().map(|node| kind_of(cx, *node)).fold(Kind::Never, Kind::join);
    journey.extended.iter().map(|node| item_kind_of(cx, *node)).fold(added, Kind::join)
}

/// Whether an expression is a file, or reads one. Good enough to say what pays.
pub fn is_read(cx: &Context<'_, '_>, node: NodeId) -> bool {
    if matches!(kind_of(cx, node), Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader) {
        return true;
    }
    match cx.tree.expr(node) {
        Some(Expr::Call(call)) => {
            is_opening(&call.func)
                || call.arguments.args.iter().any(|argument| is_read(cx, cx.tree.id(argument)))
        }
        Some(name @ Expr::Name(_)) => {
            let symbol = cx.model.scopes.resolve(cx.tree.id(name)).symbol();
            symbol.is_some_and(|symbol| {
                let bindings = &cx.model.scopes.symbol(symbol).bindings;
                bindings.iter().any(|binding| {
                    match cx.tree.parent(*binding).map(|parent| cx.tree.node(parent)) {
                        Some(Node::Part(AnyNodeRef::WithItem(item))) => opens(&item.context_expr),
                        Some(Node::Stmt(Stmt::Assign(assign))) => opens(&assign.value),
                        Some(Node::Expr(Expr::Starred(rest))) => takes_rest_of_file(cx, cx.tree.id(rest)),
                        _ => false,
                    }
                })
            })
        }
        _ => false,
    }
}

/// `header, *rows = csv.reader(file)`
fn takes_rest_of_file(cx: &Context<'_, '_>, rest: NodeId) -> bool {
    let assigned = cx.tree.parent(rest).and_then(|targets| cx.tree.parent(targets));
    match assigned.map(|stmt| cx.tree.node(stmt)) {
        Some(Node::Stmt(Stmt::Assign(assign))) => {
            let kind = kind_of(cx, cx.tree.id(&*assign.value));
            opens(&assign.value) || matches!(kind, Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader)
        }
        _ => false,
    }
}

/// `path.open()`, `gzip.open(path)`, `opener(path)`
fn is_opening(func: &Expr) -> bool {
    match func {
        Expr::Attribute(method) => method.attr.as_str() == "open",
        Expr::Name(name) => name.id.as_str().contains("open"),
        _ => false,
    }
}

/// A call of that sort, or one that gets its result: `io.TextIOWrapper(gzip.open(path))`.
fn opens(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    is_opening(&call.func) || call.arguments.args.iter().any(opens)
}

/// Whether the lists of a journey are filled while a file is walked.
pub fn is_filled_from_file(cx: &Context<'_, '_>, journey: &Journey) -> bool {
    journey.extended.iter().any(|node| is_read(cx, *node))
        || journey.added.iter().any(|node| {
            cx.tree.ancestors(*node).any(|outer| match cx.tree.node(outer) {
                Node::Stmt(Stmt::For(stmt)) => is_read(cx, cx.tree.id(&*stmt.iter)),
                Node::Stmt(Stmt::While(_)) => cx.tree.subtree(outer).any(|id| {
                    matches!(cx.tree.expr(id), Some(Expr::Attribute(method)) if method.attr.as_str() == "readline")
                }),
                _ => false,
            })
        })
}

/// Lists that are indexed in a loop other than from one end to the other would
/// have the same blocks read again and again.
/// `renewed` says that a function that is called again gets another list.
pub fn check_indexed(
    cx: &Context<'_, '_>,
    journey: &Journey,
    site: NodeId,
    renewed: bool,
) -> Result<(), Doubt> {
    // In the body that makes the list, each run has a list of its own.
    let home = cx.model.enclosing_function(site);
    let often = renewed || function_repeats(cx, site);
    let once = |node: NodeId, list: NodeId| {
        many_around(cx, node, Few::Heads).is_none()
            && (cx.model.enclosing_function(node) == home
                || !receives_again(cx, list, &journey.places, &[site]))
    };
    for node in &journey.indexed {
        let Some(Expr::Subscript(subscript)) = cx.tree.expr(*node) else { continue };
        let index = &*subscript.slice;
        if is_fixed(index)
            || once(*node, cx.tree.id(&*subscript.value))
            || is_sequential(cx, *node, &subscript.value, index, often)
        {
            continue;
        }
        return Err(Doubt::new(format!("it is indexed at random (line {})", cx.model.line(*node))));
    }
    for node in &journey.windows {
        let Some(Expr::Subscript(subscript)) = cx.tree.expr(*node) else { continue };
        let Expr::Slice(slice) = &*subscript.slice else { continue };
        let moves = |bound: &Option<Box<Expr>>| {
            bound.as_deref().is_some_and(|bound| is_sequential(cx, *node, &subscript.value, bound, often))
        };
        if many_around(cx, *node, Few::Heads).is_some() && !moves(&slice.lower) && !moves(&slice.upper) {
            return Err(Doubt::new(format!(
                "slices of it are taken at random (line {})",
                cx.model.line(*node)
            )));
        }
    }
    Ok(())
}

fn is_fixed(index: &Expr) -> bool {
    match index {
        Expr::NumberLiteral(_) => true,
        Expr::UnaryOp(op) => op.operand.is_number_literal_expr(),
        _ => false,
    }
}

/// `xs[i]`, `xs[i - 1]`, `xs[i + LAG]` with `i` counted by the innermost loop, which is
/// not itself repeated; or only where another list is there as well, which `often` says of the function.
fn is_sequential(cx: &Context<'_, '_>, node: NodeId, list: &Expr, index: &Expr, often: bool) -> bool {
    let Some(around) = loop_around(cx, node) else { return false };
    let Some(Expr::Name(name)) = counter_of(cx, index, around) else { return false };
    let symbol = cx.model.scopes.resolve(cx.tree.id(name)).symbol();
    let Some(symbol) = symbol else { return false };
    if !often && function_repeats(cx, node) {
        return false;
    }
    if only_advances(cx, symbol, around) {
        return true;
    }
    let repeats = |around: NodeId| {
        loop_around(cx, around).is_some_and(|outer| {
            loop_around(cx, outer).is_some() || !gets_each_group(cx, outer, cx.tree.id(list))
        })
    };
    if let Some(slides) = slides_in(cx, symbol, around) {
        return !repeats(slides);
    }
    if repeats(around) {
        return false;
    }
    let is_it = |target: &Expr| {
        matches!(target, Expr::Name(found)
            if cx.model.scopes.resolve(cx.tree.id(found)).symbol() == Some(symbol))
    };
    let counted = |target: &Expr, iter: &Expr| match (iter, target) {
        (Expr::Call(call), Expr::Tuple(pair)) => {
            cx.model.is_builtin(&call.func, "enumerate") && pair.elts.first().is_some_and(is_it)
        }
        (Expr::Call(call), target) => cx.model.is_builtin(&call.func, "range") && is_it(target),
        _ => false,
    };
    match cx.tree.node(around) {
        Node::Stmt(Stmt::For(stmt)) => counted(&stmt.target, &stmt.iter),
        Node::Expr(Expr::ListComp(comp)) => comp.generators.iter().any(|c| counted(&c.target, &c.iter)),
        Node::Expr(Expr::Generator(comp)) => comp.generators.iter().any(|c| counted(&c.target, &c.iter)),
        // `i = 0; while ...: ... i += 1`
        Node::Stmt(Stmt::While(_)) => {
            cx.model.scopes.symbol(symbol).bindings.iter().all(|binding| {
                match cx.tree.parent(*binding).map(|parent| cx.tree.node(parent)) {
                    Some(Node::Stmt(Stmt::AugAssign(stmt))) => stmt.value.is_number_literal_expr(),
                    Some(Node::Stmt(Stmt::Assign(stmt))) => !cx.tree.contains(around, cx.tree.id(stmt)),
                    _ => false,
                }
            })
        }
        _ => false,
    }
}

/// The outermost loop in which a variable is only ever counted up:
/// `for now in times: while now - times[first] > 60: first += 1`.
fn slides_in(cx: &Context<'_, '_>, symbol: SymbolId, around: NodeId) -> Option<NodeId> {
    let counts_up = |around: NodeId| {
        let bindings = &cx.model.scopes.symbol(symbol).bindings;
        let mut within = bindings.iter().filter(|binding| cx.tree.contains(around, **binding)).peekable();
        within.peek().is_some()
            && within.all(|binding| {
                let stmt = cx.tree.parent(*binding).and_then(|stmt| cx.tree.stmt(stmt));
                matches!(stmt, Some(Stmt::AugAssign(stmt))
                    if stmt.op == Operator::Add && stmt.value.is_number_literal_expr())
            })
    };
    let mut slides = Some(around).filter(|around| counts_up(*around))?;
    while let Some(outer) = loop_around(cx, slides).filter(|outer| counts_up(*outer)) {
        slides = outer;
    }
    Some(slides)
}

/// Whether nested `while` loops count a variable up, or give it to another that runs ahead and back:
/// `while i < n: j = i; while j < n and ...: j += 1; ...; i = j`.
fn only_advances(cx: &Context<'_, '_>, symbol: SymbolId, around: NodeId) -> bool {
    let mut outermost = around;
    while let Some(outer) = loop_around(cx, outermost) {
        outermost = outer;
    }
    // What a binding takes up: nothing, if it counts up.
    let taken = |binding: &NodeId| {
        let stmt = cx.tree.stmt(cx.tree.parent(*binding)?)?;
        if let Stmt::AugAssign(stmt) = stmt {
            return (stmt.op == Operator::Add && stmt.value.is_number_literal_expr()).then_some(None);
        }
        let counter = counter_of(cx, assignment(stmt)?.1, outermost)?;
        cx.model.scopes.resolve(cx.tree.id(counter)).symbol().map(Some)
    };
    let taken_by = |symbol: SymbolId| -> Option<Vec<Option<SymbolId>>> {
        let bindings = cx.model.scopes.symbol(symbol).bindings.iter();
        bindings.filter(|binding| cx.tree.contains(outermost, **binding)).map(taken).collect()
    };
    let Some(own) = taken_by(symbol) else { return false };
    let is_while = |node: NodeId| matches!(cx.tree.node(node), Node::Stmt(Stmt::While(_)));
    if !is_while(outermost) || !is_while(around) || own.is_empty() {
        return false;
    }
    let Some(other) = own.iter().find_map(|taken| *taken) else { return true };
    let Some(others) = taken_by(other) else { return false };
    // One of them only ever goes where the other has come to.
    let follows =
        |one: &[Option<SymbolId>], from| !one.is_empty() && one.iter().all(|taken| *taken == Some(from));
    let only = |one: &[Option<SymbolId>], from| one.iter().all(|taken| taken.is_none_or(|it| it == from));
    other != symbol
        && only(&own, other)
        && only(&others, symbol)
        && (follows(&own, other) || follows(&others, symbol))
}

/// The counter in `i`, `i - 1`, `i + half + 1`, `max(0, i - half)`.
fn counter_of<'e>(cx: &Context<'_, '_>, index: &'e Expr, around: NodeId) -> Option<&'e Expr> {
    match index {
        Expr::Name(_) => Some(index),
        Expr::BinOp(op)
            if matches!(op.op, Operator::Add | Operator::Sub)
                && (op.right.is_number_literal_expr() || stays(cx, &op.right, around)) =>
        {
            counter_of(cx, &op.left, around)
        }
        Expr::Call(call) if ["max", "min"].iter().any(|name| cx.model.is_builtin(&call.func, name)) => {
            match &call.arguments.args[..] {
                [Expr::NumberLiteral(_), counter] | [counter, Expr::NumberLiteral(_)] => {
                    counter_of(cx, counter, around)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a variable is not bound anew in a loop.
fn stays(cx: &Context<'_, '_>, expr: &Expr, around: NodeId) -> bool {
    let Expr::Name(name) = expr else { return false };
    let symbol = cx.model.scopes.resolve(cx.tree.id(name)).symbol();
    symbol.is_some_and(|symbol| {
        let bindings = &cx.model.scopes.symbol(symbol).bindings;
        bindings.iter().all(|binding| !cx.tree.contains(around, *binding))
    })
}

/// Whether nothing in such a value can change.
pub fn is_immutable(kind: &Kind) -> bool {
    match kind {
        Kind::Never | Kind::Unknown => false,
        Kind::Tuple(items) => items.iter().all(is_immutable),
        Kind::Tuples(item) => is_immutable(item),
        kind => kind.is_scalar(),
    }
}

/// What is done with items of that kind in lists that begin empty.
///
/// # Errors
/// A doubt that says where an item is changed or told from a copy.
pub fn lent_items(cx: &Context<'_, '_>, journey: &Journey, kind: &Kind) -> Result<Lent, Doubt> {
    lent_if_fixed(cx, journey, kind).unwrap_or_else(|| {
        cx.model.lent_on(journey).or_else(|doubt| {
            let data = || {
                let items = known_items(cx, journey);
                let fixed = || cx.model.lent_fixed(journey).map(as_data);
                lent_data(cx, journey, &items, |journey| cx.model.lent_on(journey), fixed)
            };
            lent_if_each_fixed(cx, journey).or_else(data).unwrap_or(Err(doubt))
        })
    })
}

/// Data may be compared: that is not looked at. What gives it was taken for what its name says.
pub fn as_data(lent: Lent) -> Lent {
    Lent { compared: true, trusts_method_names: true, ..lent }
}

/// What is done with items in which nothing can change; `None` for others. Sums may hold others beside
/// them.
pub fn lent_if_fixed(cx: &Context<'_, '_>, journey: &Journey, kind: &Kind) -> Option<Result<Lent, Doubt>> {
    (!holds_sums(cx, journey) && is_immutable(kind)).then(|| cx.model.lent_fixed(journey))
}

/// What is done with items of several kinds, in none of which anything can change, where all of them are
/// put into a list that begins empty: `(time, "new", price)` and `(time, "gone")`.
pub fn lent_if_each_fixed(cx: &Context<'_, '_>, journey: &Journey) -> Option<Result<Lent, Doubt>> {
    let added = journey.added.iter().map(|node| kind_of(cx, *node));
    let mut kinds = added.chain(journey.extended.iter().map(|node| item_kind_of(cx, *node)));
    let fixed = !holds_sums(cx, journey) && kinds.all(|kind| is_immutable(&kind));
    // They may be compared: that is not looked at.
    fixed.then(|| cx.model.lent_fixed(journey).map(|lent| Lent { compared: true, ..lent }))
}

/// What the items are that these expressions give, if all of them are known and hold nothing but data.
pub fn holding(cx: &Context<'_, '_>, journey: &Journey, items: &[Option<&Expr>]) -> Option<Holding> {
    let known = items.iter().map(|item| item.and_then(|item| cx.tree.expr(cx.tree.id(item))));
    let known: Vec<_> = known.collect::<Option<_>>()?;
    if known.is_empty() || holds_sums(cx, journey) { None } else { cx.model.holding(&known) }
}

/// What is done with items that are dicts of numbers and texts, as the rules say that follow such a journey,
/// or with items in which nothing can change; `None` for others.
pub fn lent_data<T>(
    cx: &Context<'_, '_>,
    journey: &Journey,
    items: &[Option<&Expr>],
    records: impl FnOnce(&Journey) -> Result<T, Doubt>,
    fixed: impl FnOnce() -> Result<T, Doubt>,
) -> Option<Result<T, Doubt>> {
    match holding(cx, journey, items)? {
        Holding::Fixed => Some(fixed()),
        Holding::Records => Some(records(&Journey { records: true, ..journey.clone() })),
        Holding::Data => None,
    }
}

fn holds_sums(cx: &Context<'_, '_>, journey: &Journey) -> bool {
    journey.copies.iter().any(|copy| cx.tree.expr(*copy).is_some_and(Expr::is_bin_op_expr))
}

/// Whether an item is made again as fast as it is found in memory, or nearly so.
pub fn is_cheap(kind: &Kind) -> bool {
    match kind {
        Kind::Never => false,
        Kind::Tuple(items) => items.iter().all(Kind::is_scalar),
        Kind::Tuples(item) | Kind::List(item) => item.is_scalar(),
        kind => kind.is_scalar(),
    }
}

/// The keyword arguments of `SpillList`.
pub fn options(kind: &Kind, lent: Lent) -> &'static str {
    if is_immutable(kind) {
        ""
    } else if lent.compared || !matches!(kind, Kind::Unknown | Kind::Json | Kind::Record(_)) {
        // Containers are compared by what they hold.
        "frozen=True"
    } else {
        "frozen=True, compared=False"
    }
}

/// Where texts are made of items, those without a text of their own say where in memory they
/// are: what surely is such an object is refused, what may be one stays in memory.
pub fn check_shown(cx: &Context<'_, '_>, items: &[Option<&Expr>], lent: &mut Lent) -> Result<(), Doubt> {
    if !lent.shown {
        return Ok(());
    }
    let texts: Vec<Option<bool>> =
        items.iter().map(|item| cx.model.has_text((*item)?, lent.shown_inside)).collect();
    if texts.contains(&Some(false)) {
        return Err(says_where(cx, *lent));
    }
    lent.compared |= texts.contains(&None) && cx.model.has_class_without_text(lent.shown_inside);
    Ok(())
}

/// An item is shown, and has no text of its own.
pub fn says_where(cx: &Context<'_, '_>, lent: Lent) -> Doubt {
    let line = lent.shown_at.map(|node| format!(" (line {})", cx.model.line(node)));
    let line = line.unwrap_or_default();
    Doubt::new(format!("the text of an item may be made, and says where in memory it is{line}"))
}

/// The expressions that are put into a list, `None` for what is not known.
pub fn known_items<'m>(cx: &Context<'_, 'm>, journey: &Journey) -> Vec<Option<&'m Expr>> {
    let unknown = journey.extended.first().map(|_| None);
    journey.added.iter().map(|node| cx.tree.expr(*node)).chain(unknown).collect()
}

/// Where there are threads, a collection on disk belongs to one of them: other functions do not
/// reach it but as an argument or a result.
pub fn check_unshared(cx: &Context<'_, '_>, journey: &Journey) -> Result<(), Doubt> {
    let Some(line) = cx.model.threads() else { return Ok(()) };
    let is_shared = |place: NodeId| match cx.tree.expr(place) {
        Some(Expr::Attribute(_)) => true,
        Some(Expr::Name(_)) => cx.model.scopes.resolve(place).symbol().is_some_and(|symbol| {
            let data = cx.model.scopes.symbol(symbol);
            let home = data.bindings.first().and_then(|binding| cx.model.enclosing_function(*binding));
            data.is_global || data.is_nonlocal || cx.model.enclosing_function(place) != home
        }),
        _ => false,
    };
    match journey.places.iter().find(|place| is_shared(**place)) {
        Some(place) => Err(Doubt::new(format!(
            "several threads may use it at once (lines {line} and {})",
            cx.model.line(*place)
        ))),
        None => Ok(()),
    }
}

pub fn rely(journey: &Journey, lent: Lent, relies: &mut Reliances) {
    relies.guard("what others hold, or what a copy could be told from, stays in memory");
    relies.assume(Assumption::ModuleNotPatched);
    relies.assume(Assumption::NoFrameIntrospection);
    if journey.trusts_callers || journey.travels {
        relies.assume(Assumption::ModuleIsClosed);
    }
    if journey.trusts_method_names || lent.trusts_method_names {
        relies.assume(Assumption::KnownMethodNames);
    }
    if lent.trusts_operators {
        relies.assume(Assumption::OperatorsArePure);
    }
}

/// Whether such items go to disk without a promise that they are not changed.
pub fn is_written(item: &Kind) -> bool {
    match item {
        Kind::Unknown | Kind::Json => true,
        Kind::Tuple(items) => items.iter().all(|item| item.is_scalar() || *item == Kind::Unknown),
        Kind::Tuples(item) => item.is_scalar() || **item == Kind::Unknown,
        kind => kind.is_scalar(),
    }
}

/// Puts keyword arguments behind those that a call has.
pub fn with_options(cx: &Context<'_, '_>, call: &ExprCall, options: &str) -> Vec<Edit> {
    if options.is_empty() {
        return Vec::new();
    }
    let mut edits = Vec::new();
    // A generator that is the only argument needs parentheses beside another.
    if let [argument @ Expr::Generator(generator)] = &call.arguments.args[..]
        && !generator.parenthesized
    {
        edits.push(Edit::insert(argument.start(), "("));
        edits.push(Edit::insert(argument.end(), ")"));
    }
    let close = Span::new(call.end() - Offset::new(1), call.end());
    let ends = call.arguments.args.iter().map(Ranged::end);
    let last = ends.chain(call.arguments.keywords.iter().map(Ranged::end)).max().unwrap_or(close.start());
    let trailing = cx.tree.module().text()[last.to_usize()..close.start().to_usize()].contains(',');
    let comma = if trailing { " " } else { ", " };
    edits.push(Edit::replace(close, format!("{comma}{options})")));
    edits
}
