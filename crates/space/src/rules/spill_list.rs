//! Keeps a list that grows with the data on disk, and everything else as it is.
//!
//! A `SpillList` is filled, walked, measured and indexed as a list is; beyond a
//! small buffer its items lie in a file without a name. Nothing is moved: items
//! are made, errors raised and files closed when they were before. So this is
//! what is left to do for lists that cannot be streams: because they are walked
//! twice, or measured, or because what makes them could fail too late.
//!
//! ```py before
//! def _read(lines):
//!     rows = []
//!     for line in lines:
//!         name, _, amount = line.partition("=")
//!         rows.append((name, len(amount)))
//!     return rows
//!
//! def shares(lines):
//!     rows = _read(lines)
//!     total = sum(amount for _, amount in rows)
//!     return [f"{name} {amount / (total + len(rows))}" for name, amount in rows]
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _read(lines):
//!     rows = SpillList(frozen=True)
//!     for line in lines:
//!         name, _, amount = line.partition("=")
//!         rows.append((name, len(amount)))
//!     return rows
//!
//! def shares(lines):
//!     rows = _read(lines)
//!     total = sum(amount for _, amount in rows)
//!     return [f"{name} {amount / (total + len(rows))}" for name, amount in rows]
//! ```
//!
//! # When not
//!
//! An item is changed after it was put into the list, through the list:
//!
//! ```py kept
//! def table(lines):
//!     rows = []
//!     for line in lines:
//!         rows.append({"text": line, "place": 0})
//!     for place, row in enumerate(rows):
//!         row["place"] = place
//!     return sum(row["place"] for row in rows)
//! ```
//!
//! Items are told apart by their identity, or the list is asked for its type:
//!
//! ```py kept
//! def firsts(lines):
//!     rows = [[line] for line in lines]
//!     return sum(row is rows[0] for row in rows)
//! ```
//! ```py kept
//! def flat(lines):
//!     rows = [line.split() for line in lines]
//!     return len(rows) if isinstance(rows, list) else 0
//! ```
//!
//! The list is indexed at random, or walked again and again, which would read
//! the file again and again; others may get hold of it:
//!
//! ```py kept
//! def hops(lines):
//!     jumps = [len(line) for line in lines]
//!     at = count = 0
//!     while 0 <= at < len(jumps):
//!         at, count = at + jumps[at] + 1, count + 1
//!     return count
//! ```
//! ```py kept
//! def words(lines):
//!     result = [line.strip() for line in lines]
//!     result.append("end")
//!     return result
//! ```
//!
//! # Relies on
//!
//! *Guarded*: what cannot be written to disk without anybody seeing it stays in
//! memory: an object that somebody else holds, a value of a type of which a
//! copy could be told from it. *Assumed*: `module-is-closed`, where the list
//! goes from function to function.
//!
//! # Saves and costs
//!
//! All of the list but a buffer, for a fraction of a microsecond for each item
//! that is written, and for each that is read.

use spacetime_rule::{Claim, Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Doubt, Journey, Kind, Size, first_iterable};
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::comprehension::{Listed, rebracket};
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around, repeats_beside};
use crate::spilled::{added_kind, check_indexed, item_kind_of, kind_of, options, rely};

pub static RULE: Rule = rule!(
    late "spill_list",
    ExternalMemory,
    ["[]", "[$E for $$$CLAUSES]", "list($X)", "sorted($$$ARGS)", "$F.readlines()"],
    check
);

const SPILL_LIST: Import = Import::new("spacetime_compiler.runtime", "SpillList");
const EXTERNAL_SORT: Import = Import::new("spacetime_compiler.runtime", "external_sort");

/// What stays in memory of a list that has been written to disk.
const BUFFER: f64 = 1024.0 * 1024.0;

/// What makes the list.
#[derive(Clone, Copy)]
enum Maker<'m> {
    Empty,
    Comprehension,
    /// `list(X)`
    Copy(&'m ExprCall),
    Sorted(&'m ExprCall),
    /// `file.readlines()`
    Lines(&'m Expr),
}

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let site = found.node;
    let Some(expr) = cx.tree.expr(site) else { return Ok(None) };
    let Some(maker) = maker(cx, expr).filter(|_| is_kept(cx, site)) else { return Ok(None) };
    if !cx.model.is_program() && cx.model.enclosing_function(site).is_none() {
        return Ok(None);
    }
    let Some(name) = name_of(cx, site) else { return Ok(None) };
    if is_small(cx, expr, maker) || is_annotation(cx, site) {
        return Ok(None);
    }
    let description = format!("`{name}` grows with the data: keep it on disk");
    let statement = cx.tree.statement(site).map_or(expr.range(), |stmt| cx.tree.node(stmt).range());
    let refuse = |doubt| Box::new(Refusal { span: expr.range(), description: description.clone(), doubt });
    let journey = match cx.model.journey(site) {
        Ok(journey) => journey,
        Err(doubt) if is_likely(cx, site, maker) => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    if !grows(cx, &journey, maker) || runs_often(cx, site, maker, &journey) {
        return Ok(None);
    }
    check_pays(cx, &journey, site).map_err(refuse)?;
    let lent = cx.model.lent(&journey.places).map_err(refuse)?;
    let kind = item_kind(cx, site, maker, &journey);
    let mut relies = Reliances::default();
    let Some(edits) = edits(cx, site, maker, options(&kind, lent), &mut relies).map_err(refuse)? else {
        return Ok(None);
    };
    rely(&journey, lent, &mut relies);
    let mut imports = vec![SPILL_LIST];
    if matches!(maker, Maker::Sorted(_)) {
        imports.push(EXTERNAL_SORT);
    }
    Ok(Some(Opportunity {
        span: statement,
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim: claim(cx, expr, maker, &name, &kind),
    }))
}

fn maker<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<Maker<'m>> {
    match expr {
        Expr::List(list) if list.elts.is_empty() && list.ctx.is_load() => Some(Maker::Empty),
        Expr::ListComp(_) => Some(Maker::Comprehension),
        Expr::Call(call) => {
            let plain = call.arguments.args.len() == 1 && !call.arguments.args[0].is_starred_expr();
            if cx.model.is_builtin(&call.func, "list") && plain && call.arguments.keywords.is_empty() {
                return makes_items(cx, &call.arguments.args[0]).then_some(Maker::Copy(call));
            }
            if cx.model.is_builtin(&call.func, "sorted") && plain {
                let known = |name: Option<&str>| matches!(name, Some("key" | "reverse"));
                if is_held(cx, &call.arguments.args[0]) {
                    return None;
                }
                return call
                    .arguments
                    .keywords
                    .iter()
                    .all(|keyword| known(keyword.arg.as_deref()))
                    .then_some(Maker::Sorted(call));
            }
            let body = cx.model.body_of(cx.tree.id(call))?;
            match &*call.func {
                Expr::Attribute(method)
                    if method.attr.as_str() == "readlines"
                        && call.arguments.is_empty()
                        && matches!(body.kind(cx.model, &method.value), Kind::File(_)) =>
                {
                    Some(Maker::Lines(&method.value))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether an iterable makes its items when it is walked. What a collection
/// holds anyway takes no room in a copy.
fn makes_items(cx: &Context<'_, '_>, argument: &Expr) -> bool {
    match kind_of(cx, cx.tree.id(argument)) {
        Kind::Iterator(_) | Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader => true,
        Kind::Unknown => matches!(argument, Expr::Call(_)) && !is_held(cx, argument),
        _ => false,
    }
}

/// Whether the items are held by a dictionary or set anyway.
fn is_held(cx: &Context<'_, '_>, argument: &Expr) -> bool {
    let Some(body) = cx.model.body_of(cx.tree.id(argument)) else { return true };
    match argument {
        Expr::Call(call) => matches!(&*call.func, Expr::Attribute(method)
            if matches!(method.attr.as_str(), "items" | "keys" | "values")),
        argument => matches!(
            body.kind(cx.model, argument),
            Kind::Dict | Kind::DefaultDict | Kind::Counter | Kind::Set(_) | Kind::FrozenSet(_)
        ),
    }
}

/// Whether the value of an expression gets a name, is returned, or is passed to
/// a function of this module; what is used up on the spot needs no list.
fn is_kept(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let Some(parent) = cx.tree.parent(node) else { return false };
    match cx.tree.node(parent) {
        Node::Stmt(Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Return(_)) => true,
        Node::Expr(Expr::Tuple(_) | Expr::If(_) | Expr::Named(_)) => is_kept(cx, parent),
        Node::Part(AnyNodeRef::Arguments(_)) => {
            let call = cx.tree.parent(parent).and_then(|call| cx.tree.expr(call));
            let Some(Expr::Call(call)) = call else { return false };
            let Expr::Name(name) = &*call.func else { return false };
            cx.model
                .scopes
                .resolve(cx.tree.id(name))
                .symbol()
                .is_some_and(|symbol| cx.model.is_definition(symbol) && !cx.model.scopes.symbol(symbol).is_imported)
        }
        _ => false,
    }
}

/// How the report calls the list: by the variable or attribute it is bound to,
/// or by the function that returns it.
fn name_of(cx: &Context<'_, '_>, site: NodeId) -> Option<String> {
    let stmt = cx.tree.statement(site)?;
    match cx.tree.stmt(stmt)? {
        Stmt::Assign(assign) => match assign.targets.first()? {
            Expr::Name(name) => Some(name.id.to_string()),
            Expr::Attribute(attribute) => Some(attribute.attr.to_string()),
            _ => Some("the list".to_owned()),
        },
        Stmt::AnnAssign(assign) => match &*assign.target {
            Expr::Name(name) => Some(name.id.to_string()),
            Expr::Attribute(attribute) => Some(attribute.attr.to_string()),
            _ => None,
        },
        Stmt::Return(_) => cx.tree.ancestors(site).find_map(|outer| match cx.tree.node(outer) {
            Node::Stmt(Stmt::FunctionDef(def)) => Some(def.name.to_string()),
            _ => None,
        }),
        _ => Some("the list".to_owned()),
    }
}

/// A default of a parameter, a decorator and the like run elsewhere.
fn is_annotation(cx: &Context<'_, '_>, site: NodeId) -> bool {
    cx.model.scopes.is_unevaluated(site)
        || cx.tree.ancestors(site).any(|outer| {
            matches!(
                cx.tree.node(outer),
                Node::Part(AnyNodeRef::Parameter(_) | AnyNodeRef::ParameterWithDefault(_) | AnyNodeRef::Decorator(_))
                    | Node::Expr(Expr::Await(_))
            )
        })
}

fn is_small(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>) -> bool {
    match maker {
        Maker::Comprehension => price::is_small_comprehension(cx, expr),
        Maker::Copy(call) | Maker::Sorted(call) => {
            let argument = &call.arguments.args[0];
            price::is_small(&price::items(cx, argument)) || is_listing(cx, argument)
        }
        Maker::Empty | Maker::Lines(_) => false,
    }
}

/// Names of files in a folder, arguments of the program: never many.
fn is_listing(cx: &Context<'_, '_>, expr: &Expr) -> bool {
    let inner = match expr {
        Expr::Generator(comp) if comp.generators.len() == 1 => &comp.generators[0].iter,
        expr => expr,
    };
    match inner {
        Expr::Call(call) => match cx.model.qualified(&call.func) {
            Some(name) => matches!(name.as_str(), "os.listdir" | "os.scandir" | "glob.glob" | "glob.iglob"),
            None => matches!(&*call.func, Expr::Attribute(method)
                if matches!(method.attr.as_str(), "glob" | "rglob" | "iterdir" | "items" | "keys" | "values")),
        },
        Expr::Subscript(subscript) => {
            cx.model.qualified(&subscript.value).is_some_and(|name| name == "sys.argv")
        }
        _ => false,
    }
}

/// Whether a refusal is worth being told: the list is bound to a name and
/// filled in a loop, or made of something that is read.
fn is_likely(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>) -> bool {
    if !cx.model.is_program() || loop_around(cx, site).is_some() || function_repeats(cx, site) {
        return false;
    }
    match maker {
        Maker::Empty => filled_in_loop(cx, site),
        Maker::Comprehension => true,
        Maker::Copy(_) | Maker::Sorted(_) | Maker::Lines(_) => true,
    }
}

fn filled_in_loop(cx: &Context<'_, '_>, site: NodeId) -> bool {
    let Some(Node::Stmt(Stmt::Assign(assign))) = cx.tree.parent(site).map(|parent| cx.tree.node(parent)) else {
        return false;
    };
    let [Expr::Name(name)] = assign.targets.as_slice() else { return false };
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return false };
    cx.model.scopes.symbol(symbol).uses.iter().any(|used| {
        let fills = cx.tree.parent(*used).and_then(|parent| cx.tree.expr(parent));
        matches!(fills, Some(Expr::Attribute(method)) if matches!(method.attr.as_str(), "append" | "extend"))
            && loop_around(cx, *used).is_some()
    })
}

/// Whether the number of items depends on data.
fn grows(cx: &Context<'_, '_>, journey: &Journey, maker: Maker<'_>) -> bool {
    match maker {
        Maker::Empty => {
            let again = |node: &NodeId| loop_around(cx, *node).is_some() || function_repeats(cx, *node);
            journey.added.iter().any(again) || !journey.extended.is_empty()
        }
        _ => true,
    }
}

/// Whether many such lists are made, each of which is small: a list made in a
/// loop, unless it is filled from a file.
fn runs_often(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>, journey: &Journey) -> bool {
    if loop_around(cx, site).is_none() && !function_repeats(cx, site) {
        return false;
    }
    let reads = |node: NodeId| {
        let (Some(body), Some(expr)) = (cx.model.body_of(node), cx.tree.expr(node)) else { return false };
        matches!(body.kind(cx.model, expr), Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader)
    };
    match maker {
        Maker::Lines(_) => false,
        Maker::Copy(call) => !reads(cx.tree.id(&call.arguments.args[0])),
        Maker::Comprehension => {
            let first = cx.tree.expr(site).and_then(first_iterable).map(|first| cx.tree.id(first));
            !first.is_some_and(reads)
        }
        Maker::Empty => !journey.added.iter().any(|node| {
            cx.tree.ancestors(*node).any(|outer| match cx.tree.node(outer) {
                Node::Stmt(Stmt::For(stmt)) => reads(cx.tree.id(&*stmt.iter)),
                _ => false,
            })
        }),
        Maker::Sorted(_) => true,
    }
}

/// Reading from disk again and again would cost more than it saves.
fn check_pays(cx: &Context<'_, '_>, journey: &Journey, site: NodeId) -> Result<(), Doubt> {
    // Where a call gives the list, it is a new one in each round.
    let makers: Vec<NodeId> = std::iter::once(site)
        .chain(journey.places.iter().copied().filter(|place| {
            matches!(cx.tree.expr(*place), Some(Expr::Call(_)))
        }))
        .collect();
    let often = function_repeats(cx, site);
    for node in &journey.searched {
        if repeats_beside(cx, *node, &makers) || function_repeats(cx, *node) {
            return Err(Doubt::new(format!("items are searched in it again and again (line {})", cx.model.line(*node))));
        }
    }
    for node in &journey.walks {
        if repeats_beside(cx, *node, &makers) || (!often && function_repeats(cx, *node)) {
            return Err(Doubt::new(format!("it is walked again and again (line {})", cx.model.line(*node))));
        }
    }
    check_indexed(cx, journey)
}

fn item_kind(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>, journey: &Journey) -> Kind {
    let items_of = |node| item_kind_of(cx, node);
    let own = match maker {
        Maker::Empty => Kind::Never,
        Maker::Comprehension => match cx.tree.expr(site) {
            Some(Expr::ListComp(comp)) => kind_of(cx, cx.tree.id(&*comp.elt)),
            _ => Kind::Unknown,
        },
        Maker::Copy(call) | Maker::Sorted(call) => items_of(cx.tree.id(&call.arguments.args[0])),
        Maker::Lines(file) => items_of(cx.tree.id(file)),
    };
    own.join(added_kind(cx, journey))
}

fn edits(
    cx: &Context<'_, '_>,
    site: NodeId,
    maker: Maker<'_>,
    options: &str,
    relies: &mut Reliances,
) -> Result<Option<Edits>, Doubt> {
    let Some(expr) = cx.tree.expr(site) else { return Ok(None) };
    let name = SPILL_LIST.local_name(cx.tree);
    let comma = if options.is_empty() { String::new() } else { format!(", {options}") };
    let edits = match maker {
        Maker::Empty => vec![Edit::replace(expr.range(), format!("{name}({options})"))],
        Maker::Comprehension => {
            let Some(body) = cx.model.body_of(site) else { return Ok(None) };
            let Some(listed) = Listed::at(cx, &body, site)? else { return Ok(None) };
            listed.rely(relies);
            let (open, close) =
                if options.is_empty() { ("(".to_owned(), ")".to_owned()) } else { ("((".to_owned(), format!("){comma})")) };
            rebracket(cx, expr.range(), expr.range(), &format!("{name}{open}"), &close)
        }
        Maker::Copy(call) => {
            let argument = &call.arguments.args[0];
            let mut edits = vec![Edit::replace(call.func.range(), name)];
            // A generator that is the only argument needs parentheses beside another.
            if matches!(argument, Expr::Generator(generator) if !generator.parenthesized) && !options.is_empty() {
                edits.push(Edit::insert(argument.start(), "("));
                edits.push(Edit::insert(argument.end(), ")"));
            }
            let close = Span::new(call.end() - Offset::new(1), call.end());
            let trailing = cx.tree.module().text()[argument.end().to_usize()..close.start().to_usize()].contains(',');
            let comma = if trailing { options.to_owned() } else { comma };
            edits.push(Edit::replace(close, format!("{comma})")));
            edits
        }
        Maker::Sorted(call) => vec![
            Edit::replace(call.func.range(), format!("{name}({}", EXTERNAL_SORT.local_name(cx.tree))),
            Edit::insert(call.end(), format!("{comma})")),
        ],
        Maker::Lines(file) => {
            let text = cx.tree.module().slice(file);
            vec![Edit::replace(expr.range(), format!("{name}({text}{comma})"))]
        }
    };
    Ok(Edits::try_from(edits).ok())
}

fn claim(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>, name: &str, kind: &Kind) -> Claim {
    let items = match maker {
        Maker::Comprehension => price::comprehension_items(cx, expr),
        Maker::Copy(call) | Maker::Sorted(call) => price::items(cx, &call.arguments.args[0]),
        Maker::Empty => Size::quantity(format!("len({name})")),
        Maker::Lines(_) => price::items(cx, expr),
    };
    let mut claim = price::saves_list(&items, price::bytes_of_kind(kind), 0.1, 0.8);
    claim.after = Size::number(BUFFER);
    claim.clarity = 0.9;
    claim
}
