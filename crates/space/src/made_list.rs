//! Expressions that make a list that is kept: what they are, what it is called,
//! whether it can be large.

use spacetime_rule::Context;
use spacetime_semantic::{Journey, Kind, first_iterable};
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, ExprSubscript, Operator, Stmt, StmtFor};
use spacetime_syntax::{Node, NodeId};

use crate::literal;
use crate::matches::{Search, search};
use crate::naming::Naming;
use crate::price;
use crate::repeated::{function_repeats, loop_around};
use crate::sorted_set::SortedSet;
use crate::spilled::kind_of;
use crate::whole_file::{Reading, reading, reading_of_input, standard_input};

/// What makes the list.
#[derive(Clone, Copy)]
pub enum Maker<'m> {
    Empty,
    /// `[head, line]`, with more to come
    Begun,
    Comprehension,
    /// `list(X)`
    Copy(&'m ExprCall),
    Sorted(&'m ExprCall),
    /// `file.readlines()`
    Lines(&'m Expr),
    /// `file.read().splitlines()`, `file.read().split("\n")`
    Cut(Reading<'m>),
    /// `cursor.fetchall()`
    Rows(&'m Expr),
    /// `pattern.findall(text)`
    Matches(Search<'m>),
    /// `json.load(file)`, `json.loads(file.read())`, which may give no list: the file
    Json(&'m Expr),
}

fn maker<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<Maker<'m>> {
    match expr {
        Expr::List(list) if list.elts.is_empty() && list.ctx.is_load() => Some(Maker::Empty),
        Expr::List(list) if list.ctx.is_load() && is_begun(cx, expr) => Some(Maker::Begun),
        Expr::ListComp(_) => Some(Maker::Comprehension),
        Expr::Call(call) => {
            let plain = call.arguments.args.len() == 1 && !call.arguments.args[0].is_starred_expr();
            if cx.model.is_builtin(&call.func, "list") && plain && call.arguments.keywords.is_empty() {
                let argument = &call.arguments.args[0];
                let makes = makes_items(cx, argument) || distinct_of(cx, argument).is_some();
                return makes.then_some(Maker::Copy(call));
            }
            if cx.model.is_builtin(&call.func, "sorted") && plain {
                let known = |name: Option<&str>| matches!(name, Some("key" | "reverse"));
                let held = match SortedSet::of(cx, call) {
                    Some(set) => !set.is_large(cx, &*cx.model.body_of(cx.tree.id(call))?),
                    None => is_held(cx, &call.arguments.args[0]),
                };
                if held {
                    return None;
                }
                return call
                    .arguments
                    .keywords
                    .iter()
                    .all(|keyword| known(keyword.arg.as_deref()))
                    .then_some(Maker::Sorted(call));
            }
            if let Some(file) = json_file(cx, call) {
                return Some(Maker::Json(file));
            }
            of_method(cx, call)
        }
        _ => None,
    }
}

/// What a method makes that gives a list.
fn of_method<'m>(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<Maker<'m>> {
    let body = cx.model.body_of(cx.tree.id(call))?;
    match &*call.func {
        Expr::Attribute(method) if method.attr.as_str() == "findall" => {
            search(cx, call).filter(|search| search.can_be_lazy(cx)).map(Maker::Matches)
        }
        Expr::Attribute(method) if matches!(method.attr.as_str(), "split" | "splitlines") => {
            let node = cx.tree.id(call);
            reading(cx, &body, node).or_else(|| reading_of_input(cx, node)).map(Maker::Cut)
        }
        Expr::Attribute(method)
            if method.attr.as_str() == "fetchall"
                && call.arguments.is_empty()
                && cx.model.is_sqlite_cursor(&method.value) =>
        {
            Some(Maker::Rows(&method.value))
        }
        Expr::Attribute(method)
            if method.attr.as_str() == "readlines"
                && call.arguments.is_empty()
                && (matches!(body.kind(cx.model, &method.value), Kind::File(_))
                    || standard_input(cx, &method.value).is_some()) =>
        {
            Some(Maker::Lines(&method.value))
        }
        _ => None,
    }
}

/// Whether a list with some items gets a name, and more items in a loop.
fn is_begun(cx: &Context<'_, '_>, list: &Expr) -> bool {
    let site = cx.tree.id(list);
    filled_in_loop(cx, site)
}

/// The file in `json.load(file)` and `json.loads(file.read())`.
fn json_file<'m>(cx: &Context<'_, '_>, call: &'m ExprCall) -> Option<&'m Expr> {
    let [only] = &call.arguments.args[..] else { return None };
    if !call.arguments.keywords.is_empty() || only.is_starred_expr() {
        return None;
    }
    let name = cx.model.qualified(&call.func).filter(|name| !cx.model.is_replaced(name))?;
    match name.as_str() {
        "json.load" => Some(only),
        "json.loads" => match only {
            Expr::Call(read) if read.arguments.is_empty() => match &*read.func {
                Expr::Attribute(method) if method.attr.as_str() == "read" => Some(&*method.value),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// `dict.fromkeys(X)`, and X in it: different items in the order in which they come first.
pub fn distinct_of<'m>(cx: &Context<'_, '_>, argument: &'m Expr) -> Option<(&'m ExprCall, &'m Expr)> {
    let Expr::Call(call) = argument else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    let [only] = &call.arguments.args[..] else { return None };
    let known = method.attr.as_str() == "fromkeys" && cx.model.is_builtin(&method.value, "dict");
    (known && call.arguments.keywords.is_empty() && !only.is_starred_expr()).then_some((call, only))
}

/// Whether an iterable makes its items when it is walked. What a collection
/// holds anyway takes no room in a copy.
fn makes_items(cx: &Context<'_, '_>, argument: &Expr) -> bool {
    match kind_of(cx, cx.tree.id(argument)) {
        Kind::Iterator(_) | Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader => true,
        Kind::Unknown if argument.is_call_expr() => !is_held(cx, argument),
        Kind::Unknown if argument.is_name_expr() => is_given_iterators(cx, argument),
        _ => false,
    }
}

/// Whether callers pass what makes its items when it is walked, wherever one is known:
/// `Track(read(path))`.
fn is_given_iterators(cx: &Context<'_, '_>, argument: &Expr) -> bool {
    let Some(name) = cx.tree.expr(cx.tree.id(argument)) else { return false };
    let origins = cx.model.origins(name);
    let makes = |origin: &&Expr| {
        let kind = kind_of(cx, cx.tree.id(*origin));
        matches!(kind, Kind::Iterator(_) | Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader)
    };
    !origins.is_empty() && origins.iter().all(makes)
}

/// Whether a value is likely to be a list that is kept on disk, or one that is walked with others.
pub fn is_on_disk(cx: &Context<'_, '_>, value: &Expr) -> bool {
    if let Expr::Call(call) = value
        && ["zip", "enumerate", "reversed"].iter().any(|name| cx.model.is_builtin(&call.func, name))
    {
        return call.arguments.args.iter().any(|argument| is_on_disk(cx, argument));
    }
    comes_from(cx, value, "spacetime_compiler.runtime.SpillList")
}

/// Whether a value is likely to be a dictionary that is kept on disk.
pub fn is_dict_on_disk(cx: &Context<'_, '_>, value: &Expr) -> bool {
    comes_from(cx, value, "spacetime_compiler.runtime.SpillDict")
}

/// The same as `is_on_disk`, or items that are made from such a list.
pub fn is_made_from_disk(cx: &Context<'_, '_>, value: &Expr) -> bool {
    let Some(expr) = cx.tree.expr(cx.tree.id(value)) else { return false };
    is_on_disk(cx, value)
        || cx.model.origins(expr).into_iter().any(|origin| {
            matches!(origin, Expr::Generator(_) | Expr::ListComp(_))
                && first_iterable(origin).is_some_and(|first| is_on_disk(cx, first))
        })
}

const GROUPS: &str = "spacetime_compiler.runtime.SpillGroups";
const GROUP: &str = "spacetime_compiler.runtime.SpillGroup";

/// Whether a value is likely to be one of the lists of a dictionary that keeps them on disk.
pub fn is_group_on_disk(cx: &Context<'_, '_>, value: &Expr) -> bool {
    let Some(expr) = cx.tree.expr(cx.tree.id(value)) else { return false };
    cx.model.origins(expr).into_iter().any(|origin| match origin {
        Expr::Name(_) => group_walked(cx, origin).is_some_and(|groups| comes_from(cx, groups, GROUPS)),
        Expr::Subscript(subscript) => comes_from(cx, &subscript.value, GROUPS),
        _ => false,
    })
}

/// Whether what is walked is such a list, or items that are made from one: a group may hold most of what
/// there is.
pub fn is_made_from_group(cx: &Context<'_, '_>, walked: &Expr) -> bool {
    let walked = first_iterable(walked).unwrap_or(walked);
    match walked {
        Expr::Call(call)
            if ["zip", "enumerate", "reversed", "sorted"]
                .iter()
                .any(|name| cx.model.is_builtin(&call.func, name)) =>
        {
            call.arguments.args.iter().any(|argument| is_made_from_group(cx, argument))
        }
        _ => is_group_on_disk(cx, walked) || comes_from(cx, walked, GROUP),
    }
}

/// Whether a loop over such a list adds the items of another.
pub fn is_filled_from_group(cx: &Context<'_, '_>, journey: &Journey) -> bool {
    let walks = |outer: NodeId| matches!(cx.tree.node(outer), Node::Stmt(Stmt::For(stmt)) if is_made_from_group(cx, &stmt.iter));
    journey.added.iter().any(|node| cx.tree.ancestors(*node).any(walks))
}

/// `groups` in `for key, group in groups.items()` and `for group in groups.values()`, for the
/// name of a group.
fn group_walked<'m>(cx: &Context<'_, 'm>, group: &Expr) -> Option<&'m Expr> {
    let symbol = cx.model.scopes.resolve(cx.tree.id(group)).symbol()?;
    cx.model.scopes.symbol(symbol).bindings.iter().find_map(|binding| {
        let parent = cx.tree.parent(*binding)?;
        let (outer, method) = match cx.tree.node(parent) {
            Node::Expr(Expr::Tuple(_)) => (cx.tree.parent(parent)?, "items"),
            _ => (parent, "values"),
        };
        let iter = match cx.tree.node(outer) {
            Node::Stmt(Stmt::For(stmt)) => &*stmt.iter,
            Node::Part(AnyNodeRef::Comprehension(clause)) => &clause.iter,
            _ => return None,
        };
        let walked = match iter {
            // `sorted(groups.items())`
            Expr::Call(call) if cx.model.is_builtin(&call.func, "sorted") => call.arguments.args.first()?,
            _ => iter,
        };
        let Expr::Call(call) = walked else { return None };
        match &*call.func {
            Expr::Attribute(found) if found.attr.as_str() == method => Some(&*found.value),
            _ => None,
        }
    })
}

/// Whether a value is likely to be what a class of that name makes.
fn comes_from(cx: &Context<'_, '_>, value: &Expr, class: &str) -> bool {
    let Some(expr) = cx.tree.expr(cx.tree.id(value)) else { return false };
    cx.model.origins(expr).into_iter().any(|origin| {
        matches!(origin, Expr::Call(call) if cx.model.qualified(&call.func)
            .is_some_and(|name| name == class))
    })
}

/// Whether an expression is likely to be a view of a dictionary on disk, which makes its
/// items when it is walked.
fn is_view_on_disk(cx: &Context<'_, '_>, value: &Expr) -> bool {
    let Expr::Call(call) = value else { return false };
    matches!(&*call.func, Expr::Attribute(method)
    if matches!(method.attr.as_str(), "items" | "keys" | "values")
        && ["SpillDict", "SpillCounter"].iter().any(|class| {
            comes_from(cx, &method.value, &format!("spacetime_compiler.runtime.{class}"))
        }))
}

/// Whether items are likely to be held by a list in memory.
pub fn is_in_memory(cx: &Context<'_, '_>, value: &Expr) -> bool {
    let Some(expr) = cx.tree.expr(cx.tree.id(value)) else { return false };
    let origins = cx.model.origins(expr);
    !origins.is_empty()
        && origins.into_iter().all(|origin| match origin {
            Expr::List(_) | Expr::ListComp(_) | Expr::Dict(_) | Expr::Set(_) => true,
            Expr::Call(call) => {
                ["list", "sorted", "dict", "set"].iter().any(|name| cx.model.is_builtin(&call.func, name))
                    || cx.model.qualified(&call.func).is_some_and(|name| {
                        name == "collections.defaultdict" || name == "spacetime_compiler.runtime.SpillGroups"
                    })
            }
            _ => false,
        })
}

/// Whether an item is the variable of a loop over a list or dictionary in memory, which holds it.
pub fn is_held_elsewhere(cx: &Context<'_, '_>, item: &Expr) -> bool {
    let Expr::Name(name) = item else { return false };
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return false };
    let bindings = &cx.model.scopes.symbol(symbol).bindings;
    let is_first = |target: NodeId, binding: NodeId| {
        matches!(cx.tree.expr(target), Some(Expr::Tuple(tuple))
            if tuple.elts.first().is_some_and(|first| cx.tree.id(first) == binding))
    };
    let of_groups = |func: &Expr| {
        matches!(func, Expr::Attribute(method) if method.attr.as_str() == "items"
            && comes_from(cx, &method.value, GROUPS))
    };
    let over = |binding: &NodeId| {
        let parent = cx.tree.parent(*binding)?;
        let (outer, method) = match cx.tree.node(parent) {
            Node::Expr(Expr::Tuple(_)) => (cx.tree.parent(parent)?, Some("items")),
            _ => (parent, None),
        };
        let iter = match cx.tree.node(outer) {
            Node::Stmt(Stmt::For(stmt)) => &*stmt.iter,
            Node::Part(AnyNodeRef::Comprehension(clause)) => &clause.iter,
            _ => return None,
        };
        match (iter, method) {
            // The keys of groups on disk are there, too.
            (iter, None) if comes_from(cx, iter, GROUPS) => None,
            (Expr::Call(call), Some("items")) if is_first(parent, *binding) && of_groups(&call.func) => None,
            // `for key, value in table.items()`
            (Expr::Call(call), Some(method)) => match &*call.func {
                Expr::Attribute(found) if found.attr.as_str() == method => Some(&*found.value),
                _ => None,
            },
            (iter, None) => Some(iter),
            _ => None,
        }
    };
    !bindings.is_empty()
        && bindings.iter().all(|binding| over(binding).is_some_and(|held| is_in_memory(cx, held)))
}

/// Whether the items are held by a dictionary or set anyway.
fn is_held(cx: &Context<'_, '_>, argument: &Expr) -> bool {
    let Some(body) = cx.model.body_of(cx.tree.id(argument)) else { return true };
    match argument {
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Attribute(method)
                if matches!(method.attr.as_str(), "items" | "keys" | "values"))
                && !is_view_on_disk(cx, argument)
        }
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
        // `[...] + [...]`
        Node::Expr(Expr::BinOp(op)) if op.op == Operator::Add => is_kept(cx, parent),
        // `file.readlines()[1:]`
        Node::Expr(Expr::Subscript(found)) => {
            (rest_of(cx, node).is_some() || is_rest(found) && found.value.is_list_comp_expr())
                && is_kept(cx, parent)
        }
        Node::Expr(Expr::Dict(_) | Expr::DictComp(_)) => {
            columns_around(cx, node).is_some() && is_kept(cx, parent)
        }
        Node::Part(AnyNodeRef::Arguments(_)) => {
            let call = cx.tree.parent(parent).and_then(|call| cx.tree.expr(call));
            let Some(Expr::Call(call)) = call else { return false };
            let Expr::Name(name) = &*call.func else { return false };
            cx.model.scopes.resolve(cx.tree.id(name)).symbol().is_some_and(|symbol| {
                cx.model.is_definition(symbol) && !cx.model.scopes.symbol(symbol).is_imported
            })
        }
        _ => false,
    }
}

/// The slice that takes all but the first few items of what the call at `site` makes, and where
/// it begins.
pub fn rest_of<'m>(cx: &Context<'_, 'm>, site: NodeId) -> Option<(&'m Expr, u64)> {
    let outer = cx.tree.expr(cx.tree.parent(site)?)?;
    let Expr::Subscript(subscript) = outer else { return None };
    let Expr::Slice(slice) = &*subscript.slice else { return None };
    let start = literal::integer(slice.lower.as_deref()?)?;
    let is_it = is_rest(subscript) && cx.tree.id(&*subscript.value) == site;
    (is_it && matches!(&*subscript.value, Expr::Call(_))).then_some((outer, start))
}

/// `rows[1:]`
fn is_rest(subscript: &ExprSubscript) -> bool {
    matches!(&*subscript.slice, Expr::Slice(slice)
        if slice.upper.is_none() && slice.step.is_none()
            && slice.lower.as_deref().and_then(literal::integer).is_some())
}

/// The dictionary that is written with a new list under each key, as a table by its columns,
/// if the list at `site` is one of them.
pub fn columns_around<'m>(cx: &Context<'_, 'm>, site: NodeId) -> Option<&'m Expr> {
    let is_new = |value: &Expr| matches!(value, Expr::List(list) if list.elts.is_empty());
    let outer = cx.tree.expr(cx.tree.parent(site)?)?;
    let is_table = match outer {
        Expr::Dict(dict) => dict.items.iter().all(|item| item.key.is_some() && is_new(&item.value)),
        Expr::DictComp(comp) => is_new(&comp.value),
        _ => false,
    };
    let within_value = matches!(cx.tree.expr(site), Some(list) if is_new(list));
    (is_table && within_value).then_some(outer)
}

/// All lists of such a table.
pub fn columns_of(table: &Expr) -> Vec<&Expr> {
    match table {
        Expr::Dict(dict) => dict.items.iter().map(|item| &item.value).collect(),
        Expr::DictComp(comp) => vec![&comp.value],
        _ => Vec::new(),
    }
}

/// How a list is made that is kept for a while.
pub fn kept_maker<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<Maker<'m>> {
    let site = cx.tree.id(expr);
    maker(cx, expr).filter(|maker| is_kept(cx, site) || is_walked_at_once(cx, site, *maker))
}

/// Whether a loop walks it at once: it is kept until the loop ends, where making it meanwhile
/// could be seen. (What is sorted there is in memory anyway.)
fn is_walked_at_once(cx: &Context<'_, '_>, node: NodeId, maker: Maker<'_>) -> bool {
    let Some(Node::Stmt(Stmt::For(stmt))) = cx.tree.parent(node).map(|parent| cx.tree.node(parent)) else {
        return false;
    };
    if stmt.is_async || cx.tree.id(&*stmt.iter) != node {
        return false;
    }
    match maker {
        Maker::Comprehension | Maker::Rows(_) | Maker::Matches(_) | Maker::Json(_) => true,
        Maker::Lines(file) | Maker::Cut(Reading { file, .. }) => !is_used_in(cx, file, stmt),
        Maker::Empty | Maker::Begun | Maker::Copy(_) | Maker::Sorted(_) => false,
    }
}

/// Whether the body of a loop does something with a file, too.
fn is_used_in(cx: &Context<'_, '_>, file: &Expr, stmt: &StmtFor) -> bool {
    let symbol = cx.model.scopes.resolve(cx.tree.id(file)).symbol();
    let uses = symbol.map_or(&[][..], |symbol| &cx.model.scopes.symbol(symbol).uses);
    stmt.body.iter().any(|stmt| uses.iter().any(|used| cx.tree.contains(cx.tree.id(stmt), *used)))
}

/// How the report calls the list: by the variable or attribute it is bound to,
/// or by the function that returns it.
pub fn name_of(cx: &Context<'_, '_>, site: NodeId) -> Option<String> {
    let stmt = cx.tree.statement(site)?;
    match Naming::of(cx, site).map(|naming| naming.target) {
        Some(Expr::Name(name)) => return Some(name.id.to_string()),
        Some(Expr::Attribute(attribute)) => return Some(attribute.attr.to_string()),
        _ => {}
    }
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
pub fn is_annotation(cx: &Context<'_, '_>, site: NodeId) -> bool {
    cx.model.scopes.is_unevaluated(site)
        || cx.tree.ancestors(site).any(|outer| {
            matches!(
                cx.tree.node(outer),
                Node::Part(
                    AnyNodeRef::Parameter(_) | AnyNodeRef::ParameterWithDefault(_) | AnyNodeRef::Decorator(_)
                ) | Node::Expr(Expr::Await(_))
            )
        })
}

pub fn is_small(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>) -> bool {
    match maker {
        Maker::Comprehension => price::is_small_comprehension(cx, expr),
        Maker::Copy(call) | Maker::Sorted(call) => {
            let argument = &call.arguments.args[0];
            let is_known = price::is_small(&price::items(cx, argument)) || price::is_listing(cx, argument);
            is_known && !is_view_on_disk(cx, first_iterable(argument).unwrap_or(argument))
        }
        Maker::Empty
        | Maker::Begun
        | Maker::Lines(_)
        | Maker::Cut(_)
        | Maker::Rows(_)
        | Maker::Matches(_)
        | Maker::Json(_) => false,
    }
}

/// Whether a refusal is worth being told: the list is bound to a name and
/// filled in a loop, or made of something that is read.
pub fn is_likely(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>) -> bool {
    if !cx.model.is_program() || loop_around(cx, site).is_some() || function_repeats(cx, site) {
        return false;
    }
    match maker {
        Maker::Empty | Maker::Begun => filled_in_loop(cx, site),
        _ => true,
    }
}

fn filled_in_loop(cx: &Context<'_, '_>, site: NodeId) -> bool {
    let name = match Naming::of(cx, site).map(|naming| naming.target) {
        Some(Expr::Name(name)) => name,
        Some(Expr::Attribute(_)) => return true,
        _ => return false,
    };
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return false };
    cx.model.scopes.symbol(symbol).uses.iter().any(|used| {
        let fills = cx.tree.parent(*used).and_then(|parent| cx.tree.expr(parent));
        matches!(fills, Some(Expr::Attribute(method)) if matches!(method.attr.as_str(), "append" | "extend"))
            && loop_around(cx, *used).is_some()
    })
}
