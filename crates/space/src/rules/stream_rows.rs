//! Walks a query's rows as the database finds them, instead of fetching all first.
//!
//! `cursor.fetchall()` makes a list of every row. A cursor gives one row after
//! the other by itself.
//!
//! ```py before
//! import sqlite3
//!
//! def total(path):
//!     amount = 0
//!     with sqlite3.connect(path) as database:
//!         for number, row in enumerate(database.execute("SELECT amount FROM entries").fetchall()):
//!             amount += row[0] * number
//!     return amount
//!
//! def longest(path):
//!     database = sqlite3.connect(path)
//!     cursor = database.cursor()
//!     cursor.execute("SELECT name FROM people WHERE age > ?", (18,))
//!     names = cursor.fetchall()
//!     best = max((name for name, in names), key=len, default="")
//!     database.close()
//!     return best
//! ```
//! ```py after
//! import sqlite3
//!
//! def total(path):
//!     amount = 0
//!     with sqlite3.connect(path) as database:
//!         for number, row in enumerate(database.execute("SELECT amount FROM entries")):
//!             amount += row[0] * number
//!     return amount
//!
//! def longest(path):
//!     database = sqlite3.connect(path)
//!     cursor = database.cursor()
//!     cursor.execute("SELECT name FROM people WHERE age > ?", (18,))
//!     names = cursor
//!     best = max((name for name, in names), key=len, default="")
//!     database.close()
//!     return best
//! ```
//!
//! Rows are seen at once where nothing in the query can fail half-way:
//!
//! ```py before
//! import sqlite3
//!
//! def fill(database):
//!     database.execute("CREATE TABLE IF NOT EXISTS people (name TEXT, age INT)")
//!     database.executemany("INSERT INTO people VALUES (?, ?)", [("ann", 3), ("bo", 5)])
//!
//! def show():
//!     database = sqlite3.connect(":memory:")
//!     database.execute("CREATE TABLE people (name TEXT, age INT)")
//!     database.executemany("INSERT INTO people VALUES (?, ?)", [("ann", 3), ("bo", 5)])
//!     database.commit()
//!     database.row_factory = sqlite3.Row
//!     for row in database.execute("SELECT name, count(*) AS n FROM people GROUP BY name").fetchall():
//!         if row["n"] > 5:
//!             break
//!         print(row["name"])
//!     database.close()
//!
//! show()
//! ```
//! ```py after
//! import sqlite3
//!
//! def fill(database):
//!     database.execute("CREATE TABLE IF NOT EXISTS people (name TEXT, age INT)")
//!     database.executemany("INSERT INTO people VALUES (?, ?)", [("ann", 3), ("bo", 5)])
//!
//! def show():
//!     database = sqlite3.connect(":memory:")
//!     database.execute("CREATE TABLE people (name TEXT, age INT)")
//!     database.executemany("INSERT INTO people VALUES (?, ?)", [("ann", 3), ("bo", 5)])
//!     database.commit()
//!     database.row_factory = sqlite3.Row
//!     for row in database.execute("SELECT name, count(*) AS n FROM people GROUP BY name"):
//!         if row["n"] > 5:
//!             break
//!         print(row["name"])
//!     database.close()
//!
//! show()
//! ```
//!
//! # When not
//!
//! The loop uses the same cursor, which starts anew, or the same connection,
//! or another one that would find the database locked:
//!
//! ```py kept
//! import sqlite3
//!
//! def clean():
//!     database = sqlite3.connect(":memory:")
//!     database.execute("CREATE TABLE people (name TEXT)")
//!     database.executemany("INSERT INTO people VALUES (?)", [("ann",), ("bo",), ("cy",)])
//!     cursor = database.cursor()
//!     cursor.execute("SELECT name FROM people")
//!     for name, in cursor.fetchall():
//!         cursor.execute("INSERT INTO people VALUES (?)", (name + "!",))
//!     return cursor.execute("SELECT count(*) FROM people").fetchone()
//!
//! print(clean())
//! ```
//! ```py kept
//! import sqlite3
//!
//! def grow():
//!     database = sqlite3.connect(":memory:")
//!     database.execute("CREATE TABLE numbers (n INT)")
//!     database.execute("INSERT INTO numbers VALUES (1)")
//!     for n, in database.execute("SELECT n FROM numbers").fetchall():
//!         database.execute("INSERT INTO numbers VALUES (?)", (n + 1,))
//!     return database.execute("SELECT count(*) FROM numbers").fetchone()
//!
//! print(grow())
//! ```
//! ```py kept
//! import sqlite3
//!
//! def note(path, text):
//!     with sqlite3.connect(path, timeout=0.1) as other:
//!         other.execute("INSERT INTO notes VALUES (?)", (text,))
//!
//! def copy():
//!     database = sqlite3.connect("notes.db")
//!     database.execute("CREATE TABLE IF NOT EXISTS notes (n TEXT)")
//!     database.execute("INSERT INTO notes VALUES ('a')")
//!     database.commit()
//!     for n, in database.execute("SELECT n FROM notes").fetchall():
//!         note("notes.db", n + "!")
//!     return database.execute("SELECT count(*) FROM notes").fetchone()
//!
//! print(copy())
//! ```
//!
//! The connection is closed, or the cursor used again, before the rows are walked:
//!
//! ```py kept
//! import sqlite3
//!
//! def late():
//!     database = sqlite3.connect(":memory:")
//!     rows = database.execute("SELECT 1 UNION SELECT 2").fetchall()
//!     database.close()
//!     return sum(number for number, in rows)
//!
//! print(late())
//! ```
//! ```py kept
//! import sqlite3
//!
//! def again():
//!     database = sqlite3.connect(":memory:")
//!     cursor = database.execute("SELECT 1 UNION SELECT 2")
//!     rows = cursor.fetchall()
//!     more = [cursor.execute("SELECT 5").fetchone() for row in rows]
//!     return more
//!
//! print(again())
//! ```
//!
//! A function of the query fails for a later row, or is one of the program's own:
//!
//! ```py kept
//! import sqlite3
//!
//! def show():
//!     database = sqlite3.connect(":memory:")
//!     rows = database.execute("SELECT json_extract(x, '$') FROM (SELECT '1' AS x UNION ALL SELECT 'x')").fetchall()
//!     for row in rows:
//!         print(row)
//!
//! show()
//! ```
//! ```py kept
//! import sqlite3
//!
//! def loud(number):
//!     print("loud", number)
//!     return number
//!
//! def show():
//!     database = sqlite3.connect(":memory:")
//!     database.create_function("lower", 1, loud)
//!     for row in database.execute("SELECT lower(1) UNION ALL SELECT lower(2)").fetchall():
//!         print(row)
//!
//! show()
//! ```
//! ```py kept
//! import sqlite3
//!
//! def factory(cursor, row):
//!     print("made", row)
//!     return row
//!
//! def show():
//!     database = sqlite3.connect(":memory:")
//!     database.row_factory = factory
//!     for row in database.execute("SELECT 1 UNION ALL SELECT 2").fetchall():
//!         print(row)
//!
//! show()
//! ```
//!
//! The walk stops early while the cursor lives on, or the rows are used twice:
//!
//! ```py kept
//! import sqlite3
//!
//! def first():
//!     database = sqlite3.connect(":memory:")
//!     cursor = database.execute("SELECT 1 UNION SELECT 2 UNION SELECT 3")
//!     for number, in cursor.fetchall():
//!         if number == 1:
//!             break
//!     return cursor.fetchall()
//!
//! print(first())
//! ```
//! ```py kept
//! import sqlite3
//!
//! def mean():
//!     database = sqlite3.connect(":memory:")
//!     rows = database.execute("SELECT 1 UNION SELECT 2").fetchall()
//!     return sum(number for number, in rows) / len(rows)
//!
//! print(mean())
//! ```
//!
//! The statement writes, is not known, or the connection comes from elsewhere:
//!
//! ```py kept
//! import sqlite3
//!
//! def add(text, values):
//!     database = sqlite3.connect(":memory:")
//!     return [row[0] for row in database.execute(text).fetchall()]
//! ```
//! ```py kept
//! def names(database):
//!     return [name.upper() for name, in database.execute("SELECT name FROM people").fetchall()]
//! ```
//!
//! # Relies on
//!
//! Reading rows does not fail half-way (`files-read-without-errors`), as long
//! as the query is written in the source and calls no function that may;
//! otherwise a walk must do nothing that can be seen. Nobody waits for the
//! database to be free while the rows are walked (`files-unchanged-while-read`).
//!
//! # Saves and costs
//!
//! All rows: some 130 bytes for each. It is a little faster.

// tidy: long because the page shows what a database that is still being read
// does otherwise than a list.

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::scope::SymbolId;
use spacetime_semantic::{Assumption, Body, Doubt, Effects, Objects, Size, SoleUse, World};
use spacetime_syntax::ast::{self, AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::consumer::Consumer;
use crate::reliances::Reliances;
use crate::safety::{Walk, check_moved, check_namespace};
use crate::ending::handles;

pub static RULE: Rule = rule!("stream_rows", Streaming, ["$CURSOR.fetchall()"], check);

/// A row of three fields.
const ROW_BYTES: f64 = 134.0;

/// Methods of a connection that give none of its secrets away.
const CONNECTION_CALLS: [&str; 7] =
    ["execute", "executemany", "executescript", "cursor", "commit", "rollback", "close"];

/// What is used of a cursor.
const CURSOR_USES: [&str; 10] = [
    "execute", "executemany", "executescript", "fetchall", "fetchone", "fetchmany", "close", "description", "rowcount",
    "lastrowid",
];

/// Words that stand before a parenthesis and are no functions, and functions
/// that fail for no row.
const HARMLESS: &[&str] = &[
    "", "in", "from", "exists", "and", "or", "not", "where", "on", "join", "select", "by", "having", "when", "then",
    "else", "case", "as", "distinct", "union", "all", "except", "intersect", "count", "min", "max", "avg", "total",
    "lower", "upper", "length", "coalesce", "ifnull", "nullif", "round", "trim", "ltrim", "rtrim", "substr", "cast",
    "date", "time", "datetime", "strftime", "julianday", "typeof",
];

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(expr @ Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let (Expr::Attribute(method), Some(body)) = (&*call.func, cx.model.body_of(found.node)) else { return Ok(None) };
    let Some(walked) = walked(cx, found.node) else { return Ok(None) };
    if walked.consumer.keeps_all(cx) {
        return Ok(None);
    }
    let description = "all rows are fetched to be walked once: walk the cursor".to_owned();
    let refuse = |doubt| Box::new(Refusal { span: expr.range(), description: description.clone(), doubt });
    let cursor = Cursor::of(cx, &body, &method.value).map_err(refuse)?;
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    relies.assume(Assumption::FilesUnchangedWhileRead);
    let mut making = Effects { reads: Objects::default(), world: World::DATABASE, ..Effects::default() };
    if !cx.model.settings.assumptions.contains(Assumption::FilesReadWithoutErrors)
        || cursor.may_fail(cx).map_err(refuse)?
    {
        making.raises = Some(found.node);
    } else {
        relies.assume(Assumption::FilesReadWithoutErrors);
    }
    let (sole, walk) = walked.place(cx, &body, found.node, &mut relies).map_err(refuse)?;
    cursor.check_apart(cx, &body, &walked, found.node, &walk).map_err(refuse)?;
    check_moved(cx, &body, &making, &sole, &walk, &mut relies).map_err(refuse)?;
    let kept = walked.stmt.is_some() || !cursor.is_temporary;
    check_left_open(cx, &body, kept, &sole, &walk).map_err(refuse)?;
    let dropped = Span::new(method.value.end(), call.end());
    if cx.tree.module().has_comment_in(dropped) {
        return Ok(None);
    }
    let Ok(edits) = Edits::try_from(vec![Edit::delete(dropped)]) else { return Ok(None) };
    let rows = Size::quantity(format!("rows({})", cx.model.line(found.node)));
    Ok(Some(Opportunity {
        span: walked.span(cx, expr),
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: crate::price::saves_list(&rows, ROW_BYTES, -0.05, 0.9),
    }))
}

/// How the fetched rows are walked.
struct Walked<'m> {
    /// The assignment that gives them a name first.
    stmt: Option<(NodeId, SoleUse)>,
    consumer: Consumer<'m>,
}

fn walked<'m>(cx: &Context<'_, 'm>, node: NodeId) -> Option<Walked<'m>> {
    if let Ok(consumer) = Consumer::of(cx, node) {
        return Some(Walked { stmt: None, consumer });
    }
    let id = cx.tree.parent(node)?;
    let Node::Stmt(Stmt::Assign(stmt)) = cx.tree.node(id) else { return None };
    let [target @ Expr::Name(_)] = stmt.targets.as_slice() else { return None };
    let sole = cx.model.sole_use(&*cx.model.body_of(id)?, id, cx.tree.id(target)).ok()?;
    let consumer = Consumer::of(cx, sole.name).ok()?;
    Some(Walked { stmt: Some((id, sole)), consumer })
}

impl Walked<'_> {
    fn place(
        &self,
        cx: &Context<'_, '_>,
        body: &Body,
        node: NodeId,
        relies: &mut Reliances,
    ) -> Result<(SoleUse, Walk), Doubt> {
        match &self.stmt {
            Some((stmt, sole)) => {
                check_namespace(cx, body, *stmt, relies);
                Ok((*sole, self.consumer.walk(cx, body, sole)?))
            }
            None => self.consumer.walk_in_place(cx, body, node),
        }
    }

    fn span(&self, cx: &Context<'_, '_>, fetched: &Expr) -> Span {
        let used = self.stmt.and_then(|(_, sole)| cx.tree.statement(sole.name));
        used.map_or(fetched.range(), |stmt| fetched.range().cover(cx.tree.node(stmt).range()))
    }

    /// All that runs while the rows are walked.
    fn root(&self, cx: &Context<'_, '_>) -> NodeId {
        match &self.consumer {
            Consumer::Loop { stmt, .. } => cx.tree.id(*stmt),
            Consumer::Drain { call } => cx.tree.id(*call),
            Consumer::Comprehension { node } => {
                let outer = cx.tree.ancestors(*node).nth(1).filter(|id| matches!(cx.tree.expr(*id), Some(Expr::Call(_))));
                outer.unwrap_or(*node)
            }
        }
    }
}

/// A cursor of a database that this function has opened itself.
struct Cursor<'m> {
    connection: Option<SymbolId>,
    name: Option<SymbolId>,
    /// No variable holds it.
    is_temporary: bool,
    /// The statements that it may be giving rows of.
    statements: Vec<&'m Expr>,
}

impl<'m> Cursor<'m> {
    fn of(cx: &Context<'_, 'm>, body: &Body, expr: &'m Expr) -> Result<Self, Doubt> {
        let elsewhere = || Doubt::new("the cursor is not one of a `sqlite3.connect(...)` in the same function");
        match expr {
            Expr::Call(call) => Self::of_call(cx, body, call)?.ok_or_else(elsewhere),
            Expr::Name(_) => {
                let (symbol, value) = bound_once(cx, body, expr)?.ok_or_else(elsewhere)?;
                let Expr::Call(call) = value else { return Err(elsewhere()) };
                let mut cursor = Self::of_call(cx, body, call)?.filter(|c| c.is_temporary).ok_or_else(elsewhere)?;
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
    fn may_fail(&self, cx: &Context<'_, '_>) -> Result<bool, Doubt> {
        let mut fails = false;
        for statement in &self.statements {
            let line = cx.model.line(cx.tree.id(*statement));
            let text = text_of(cx, statement);
            let start = text.as_deref().or_else(|| literal_start(statement));
            let words: Vec<String> = start.map(words).unwrap_or_default();
            if words.first().is_none_or(|word| word != "select") {
                return Err(Doubt::new(format!("whether the statement on line {line} only reads is not known")));
            }
            fails |= !text.is_some_and(|text| never_fails(&text));
        }
        Ok(fails)
    }

    /// Nobody else uses the cursor or its connection while the rows are walked.
    fn check_apart(
        &self,
        cx: &Context<'_, '_>,
        body: &Body,
        walked: &Walked<'_>,
        fetched: NodeId,
        walk: &Walk,
    ) -> Result<(), Doubt> {
        let root = walked.root(cx);
        for symbol in [self.connection, self.name].into_iter().flatten() {
            let data = cx.model.scopes.symbol(symbol);
            for node in data.uses.iter().filter(|node| !cx.tree.contains(fetched, **node)) {
                let meanwhile = body.flow.point_of(cx.tree, *node).is_some_and(|point| walk.points.contains(point));
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

/// A cursor that is not walked to its end keeps the database locked for as
/// long as it lives.
fn check_left_open(
    cx: &Context<'_, '_>,
    body: &Body,
    kept: bool,
    sole: &SoleUse,
    walk: &Walk,
) -> Result<(), Doubt> {
    let fails = walk.effects.raises.is_some() || walk.effects.unknown.is_some();
    let caught = fails && handles(cx, body, &body.flow.point(sole.point).raise);
    if kept && (walk.may_stop || !sole.certain || caught) {
        return Err(Doubt::new("the walk may end early, and the cursor would keep the database locked"));
    }
    Ok(())
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
    let harmless = ["timeout", "isolation_level", "check_same_thread", "uri", "cached_statements", "autocommit"];
    cx.model.qualified(&call.func).is_some_and(|name| name == "sqlite3.connect")
        && matches!(&call.arguments.args[..], [path] if !path.is_starred_expr())
        && call.arguments.keywords.iter().all(|k| k.arg.as_deref().is_some_and(|name| harmless.contains(&name)))
}

fn is_closing(cx: &Context<'_, '_>, call: &ExprCall) -> bool {
    cx.model.qualified(&call.func).is_some_and(|name| name == "contextlib.closing")
}

/// What a variable of this function alone is bound to, if there is one binding.
fn bound_once<'m>(cx: &Context<'_, 'm>, body: &Body, name: &Expr) -> Result<Option<(SymbolId, &'m Expr)>, Doubt> {
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(name)).symbol() else { return Ok(None) };
    let data = cx.model.scopes.symbol(symbol);
    let shared = data.rebound_elsewhere || data.is_global || data.is_nonlocal || !body.symbols.contains(&symbol);
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
fn attribute<'m>(cx: &Context<'_, 'm>, name: NodeId) -> Option<(NodeId, &'m ast::ExprAttribute, Option<&'m ExprCall>)> {
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
        Some((id, attribute, None)) if attribute.ctx.is_store() && attribute.attr.as_str() == "row_factory" => {
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
        words.first().is_some_and(|word| starts.contains(&word.as_str())) && !words.iter().any(|w| w == "returning")
    });
    Ok((attribute.attr.as_str() == "execute" && !writes).then_some(statement))
}

/// The text of a string that is written in the source, perhaps under a name.
fn text_of(cx: &Context<'_, '_>, expr: &Expr) -> Option<String> {
    match expr {
        Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
        Expr::Name(_) => {
            let data = cx.model.scopes.symbol(cx.model.scopes.resolve(cx.tree.id(expr)).symbol()?);
            let [binding] = data.bindings.as_slice() else { return None };
            match cx.tree.node(cx.tree.parent(*binding)?) {
                Node::Stmt(Stmt::Assign(stmt)) if !data.rebound_elsewhere => match &*stmt.value {
                    Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}

/// What an f-string surely starts with.
fn literal_start(expr: &Expr) -> Option<&str> {
    let Expr::FString(text) = expr else { return None };
    text.value.elements().next().and_then(|element| match element {
        ast::InterpolatedStringElement::Literal(text) => Some(&*text.value),
        ast::InterpolatedStringElement::Interpolation(_) => None,
    })
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether no row of a query fails where another does not: it calls nothing
/// but what takes any value.
fn never_fails(text: &str) -> bool {
    if ["->", "--", "/*", "\""].iter().any(|sign| text.contains(sign)) || words(text).iter().any(|word| word == "escape")
    {
        return false;
    }
    text.match_indices('(').all(|(at, _)| {
        let before = text[..at].trim_end();
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
        // `rfind` gives a byte within a longer character only if that is no letter.
        before.get(start..).is_some_and(|word| HARMLESS.contains(&word.to_lowercase().as_str()))
    })
}
