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
use spacetime_semantic::{Assumption, Body, Doubt, Effects, Objects, Size, SoleUse, World};
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::consumer::Consumer;
use crate::cursor::Cursor;
use crate::ending::handles;
use crate::reliances::Reliances;
use crate::safety::{Walk, check_moved, check_namespace};

pub static RULE: Rule = rule!("stream_rows", Streaming, ["$CURSOR.fetchall()"], check);

/// A row of three fields.
const ROW_BYTES: f64 = 134.0;

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
    cursor.check_apart(cx, &body, walked.root(cx), found.node, &walk).map_err(refuse)?;
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
