//! A cursor of a database that a function has opened itself: what it executes, who uses it or its
//! connection, whether a later row may fail.

use spacetime_rule::Context;
use spacetime_semantic::scope::SymbolId;
use spacetime_semantic::{Body, Doubt};
use spacetime_syntax::ast::{self, AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::consumer::Consumer;
use crate::query::{literal_start, never_fails, text_of, words};
use crate::safety::Walk;

/// Methods of a connection that give none of its secrets away.
const CONNECTION_CALLS: [&str; 7] =
    ["execute", "executemany", "executescript", "cursor", "commit", "rollback", "close"];

/// What is used of a cursor.
const CURSOR_USES: [&str; 10] = [
    "execute",
    "executemany",
    "executescript",
    "fetchall",
    "fetchone",
    "fetchmany",
    "close",
    "description",
    "rowcount",
    "lastrowid",
];

/// A cursor of a database that this function has opened itself.
pub struct Cursor<'m> {
    connection: Option<SymbolId>,
    name: Option<SymbolId>,
    /// No variable holds it.
    pub is_temporary: bool,
    /// The statements that it may be giving rows of.
    statements: Vec<&'m Expr>,
}

impl<'m> Cursor<'m> {
    pub fn of(cx: &Context<'_, 'm>, body: &Body, expr: &'m Expr) -> Result<Self, Doubt> {
        let elsewhere =
            || Doubt::new("the cursor is not one of a `sqlite3.connect(...)` in the same function");
        match expr {
            Expr::Call(call) => Self::of_call(cx, body, call)?.ok_or_else(elsewhere),
            Expr::Name(_) => {
                let (symbol, value) = bound_once(cx, body, expr)?.ok_or_else(elsewhere)?;
                let Expr::Call(call) = value else { return Err(elsewhere()) };
                let mut cursor =
                    Self::of_call(cx, body, call)?.filter(|c| c.is_temporary).ok_or_else(elsewhere)?;
                for node in &cx.model.scopes.symbol(symbol).uses {
                    check_cursor_use(cx, *node)?;
                    cursor.statements.extend(executed(cx, *node)?);
                }
                Ok(Self { name: Some(symbol), is_temporary: false, ..cursor })
            }
            _ => Err(elsewhere()),
        }
    }

    /// `connection.cursor()`, `connection.execute(...)`, `cursor.execute(...)`.
    fn of_call(cx: &Context<'_, 'm>, body: &Body, call: &'m ExprCall) -> Result<Option<Self>, Doubt> {
        let Expr::Attribute(method) = &*call.func else { return Ok(None) };
        let statement = match method.attr.as_str() {
            "cursor" if call.arguments.is_empty() => None,
            "execute" => match call.arguments.args.first() {
                Some(first) if !first.is_starred_expr() => Some(first),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        if let Some(connection) = connection(cx, body, &method.value)? {
            let statements = statement.into_iter().collect();
            return Ok(Some(Self { connection, name: None, is_temporary: true, statements }));
        }
        let Some(statement) = statement else { return Ok(None) };
        let mut cursor = match &*method.value {
            inner @ Expr::Name(_) => Self::of(cx, body, inner)?,
            Expr::Call(inner) => match Self::of_call(cx, body, inner)? {
                Some(cursor) => cursor,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        cursor.statements = vec![statement];
        Ok(Some(cursor))
    }

    /// Whether a later row may fail, which `fetchall` would have found out before.
    pub fn may_fail(&self, cx: &Context<'_, '_>) -> Result<bool, Doubt> {
        let mut fails = false;
        for statement in &self.statements {
            let line = cx.model.line(cx.tree.id(*statement));
            let text = text_of(cx, statement);
            let start = text.as_deref().or_else(|| literal_start(statement));
            let words: Vec<String> = start.map(words).unwrap_or_default();
            if words.first().is_none_or(|word| word != "select") {
                return Err(Doubt::new(format!(
                    "whether the statement on line {line} only reads is not known"
                )));
            }
            fails |= !text.is_some_and(|text| never_fails(&text));
        }
        Ok(fails)
    }

    /// Nobody else uses the cursor or its connection while the rows are walked, which `root` does.
    pub fn check_apart(
        &self,
        cx: &Context<'_, '_>,
        body: &Body,
        root: NodeId,
        fetched: NodeId,
        walk: &Walk,
    ) -> Result<(), Doubt> {
        for symbol in [self.connection, self.name].into_iter().flatten() {
            let data = cx.model.scopes.symbol(symbol);
            for node in data.uses.iter().filter(|node| !cx.tree.contains(fetched, **node)) {
                let meanwhile =
                    body.flow.point_of(cx.tree, *node).is_some_and(|point| walk.points.contains(point));
                if meanwhile || cx.tree.contains(root, *node) {
                    return Err(Doubt::new(format!(
                        "`{}` is used on line {}, while its rows are walked",
                        data.name,
                        cx.model.line(*node)
                    )));
                }
            }
        }
        Ok(())
    }
}

/// The variable of a connection, if it is one (`None` within: it has none).
#[expect(clippy::option_option, reason = "no connection, one without a name, one with a name")]
fn connection(cx: &Context<'_, '_>, body: &Body, expr: &Expr) -> Result<Option<Option<SymbolId>>, Doubt> {
    match expr {
        Expr::Call(call) => Ok(connects(cx, call).then_some(None)),
        Expr::Name(_) => {
            let Some((symbol, value)) = bound_once(cx, body, expr)? else { return Ok(None) };
            let opened = match value {
                Expr::Call(call) if connects(cx, call) => true,
                Expr::Call(call) if is_closing(cx, call) => {
                    matches!(&call.arguments.args[..], [Expr::Call(inner)] if connects(cx, inner))
                }
                _ => false,
            };
            if !opened {
                return Ok(None);
            }
            for node in &cx.model.scopes.symbol(symbol).uses {
                check_connection_use(cx, *node)?;
            }
            Ok(Some(Some(symbol)))
        }
        _ => Ok(None),
    }
}

/// `sqlite3.connect(path)`, with no class or converters of the program's own.
fn connects(cx: &Context<'_, '_>, call: &ExprCall) -> bool {
    let harmless =
        ["timeout", "isolation_level", "check_same_thread", "uri", "cached_statements", "autocommit"];
    cx.model.qualified(&call.func).is_some_and(|name| name == "sqlite3.connect")
        && matches!(&call.arguments.args[..], [path] if !path.is_starred_expr())
        && call
            .arguments
            .keywords
            .iter()
            .all(|k| k.arg.as_deref().is_some_and(|name| harmless.contains(&name)))
}

fn is_closing(cx: &Context<'_, '_>, call: &ExprCall) -> bool {
    cx.model.qualified(&call.func).is_some_and(|name| name == "contextlib.closing")
}

/// What a variable of this function alone is bound to, if there is one binding.
fn bound_once<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    name: &Expr,
) -> Result<Option<(SymbolId, &'m Expr)>, Doubt> {
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return Ok(None) };
    let data = cx.model.scopes.symbol(symbol);
    let shared =
        data.rebound_elsewhere || data.is_global || data.is_nonlocal || !body.symbols.contains(&symbol);
    let ([binding], false) = (data.bindings.as_slice(), shared || data.is_parameter) else { return Ok(None) };
    if let Some(node) = cx.model.captures(symbol).first() {
        let line = cx.model.line(*node);
        return Err(Doubt::new(format!("`{}` is seen by an inner function (line {line})", data.name)));
    }
    if cx.model.scopes.uses_dynamic_names(body.scope) {
        return Err(Doubt::new(format!("`locals()`, `eval` or the like may read `{}`", data.name)));
    }
    let value = match cx.tree.parent(*binding).map(|id| cx.tree.node(id)) {
        Some(Node::Stmt(Stmt::Assign(stmt))) => Some(&*stmt.value),
        Some(Node::Part(AnyNodeRef::WithItem(item))) => Some(&item.context_expr),
        _ => None,
    };
    Ok(value.map(|value| (symbol, value)))
}

/// The attribute that is read of a name, and whether it is called.
fn attribute<'m>(
    cx: &Context<'_, 'm>,
    name: NodeId,
) -> Option<(NodeId, &'m ast::ExprAttribute, Option<&'m ExprCall>)> {
    let id = cx.tree.parent(name)?;
    let Some(Expr::Attribute(attribute)) = cx.tree.expr(id) else { return None };
    let call = cx.tree.parent(id).and_then(|outer| match cx.tree.expr(outer) {
        Some(Expr::Call(call)) if cx.tree.id(&*call.func) == id => Some(call),
        _ => None,
    });
    Some((id, attribute, call))
}

/// Nothing tells the connection to run code of the program's own.
fn check_connection_use(cx: &Context<'_, '_>, name: NodeId) -> Result<(), Doubt> {
    let known = match attribute(cx, name) {
        Some((_, attribute, Some(call))) => match attribute.attr.as_str() {
            "cursor" => call.arguments.is_empty(),
            other => CONNECTION_CALLS.contains(&other),
        },
        Some((id, attribute, None))
            if attribute.ctx.is_store() && attribute.attr.as_str() == "row_factory" =>
        {
            matches!(cx.tree.parent(id).map(|id| cx.tree.node(id)), Some(Node::Stmt(Stmt::Assign(stmt)))
                if cx.model.qualified(&stmt.value).is_some_and(|name| name == "sqlite3.Row"))
        }
        Some((_, attribute, None)) => {
            attribute.ctx.is_load() && ["total_changes", "in_transaction"].contains(&attribute.attr.as_str())
        }
        None => match cx.tree.parent(name).map(|id| (id, cx.tree.node(id))) {
            Some((_, Node::Part(AnyNodeRef::WithItem(item)))) => item.optional_vars.is_none(),
            Some((id, Node::Part(AnyNodeRef::Arguments(_)))) => {
                let call = cx.tree.parent(id).and_then(|id| cx.tree.expr(id));
                matches!(call, Some(Expr::Call(call)) if is_closing(cx, call)) && is_with_item_alone(cx, id)
            }
            _ => false,
        },
    };
    known_or_doubt(cx, name, known)
}

/// `with closing(connection):`
fn is_with_item_alone(cx: &Context<'_, '_>, arguments: NodeId) -> bool {
    let item = cx.tree.ancestors(arguments).nth(1).map(|id| cx.tree.node(id));
    matches!(item, Some(Node::Part(AnyNodeRef::WithItem(item))) if item.optional_vars.is_none())
}

fn check_cursor_use(cx: &Context<'_, '_>, name: NodeId) -> Result<(), Doubt> {
    let known = match attribute(cx, name) {
        Some((_, attribute, _)) => attribute.ctx.is_load() && CURSOR_USES.contains(&attribute.attr.as_str()),
        None => Consumer::of(cx, name).is_ok(),
    };
    known_or_doubt(cx, name, known)
}

fn known_or_doubt(cx: &Context<'_, '_>, name: NodeId, known: bool) -> Result<(), Doubt> {
    if known {
        return Ok(());
    }
    let (text, line) = (cx.tree.module().slice(cx.tree.node(name)), cx.model.line(name));
    Err(Doubt::new(format!("what is done to `{text}` on line {line} may make reading rows run other code")))
}

/// The statement that a use of a cursor executes.
fn executed<'m>(cx: &Context<'_, 'm>, name: NodeId) -> Result<Option<&'m Expr>, Doubt> {
    let Some((_, attribute, call)) = attribute(cx, name) else { return Ok(None) };
    let Some(call) = call.filter(|_| attribute.attr.starts_with("execute")) else { return Ok(None) };
    let statement = call.arguments.args.first().filter(|first| !first.is_starred_expr());
    let Some(statement) = statement else {
        return Err(Doubt::new(format!("the statement on line {} is not known", cx.model.line(name))));
    };
    // What writes gives no rows.
    let writes = text_of(cx, statement).is_some_and(|text| {
        let words = words(&text);
        let starts = ["insert", "update", "delete", "create", "drop", "replace", "alter", "begin", "commit"];
        words.first().is_some_and(|word| starts.contains(&word.as_str()))
            && !words.iter().any(|w| w == "returning")
    });
    Ok((attribute.attr.as_str() == "execute" && !writes).then_some(statement))
}
