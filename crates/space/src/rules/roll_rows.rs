//! Keeps the two last rows of a table of which no others are read.
//!
//! Dynamic programming fills a table row by row, each from the one above. Where only the
//! last row is asked for in the end, the others need not be kept:
//!
//! ```py before
//! def distance(left, right):
//!     table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
//!     for j in range(len(right) + 1):
//!         table[0][j] = j
//!     for i in range(1, len(left) + 1):
//!         table[i][0] = i
//!         for j in range(1, len(right) + 1):
//!             same = 0 if left[i - 1] == right[j - 1] else 1
//!             table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + same)
//!     return table[len(left)][len(right)]
//!
//! print(distance("kitten", "sitting"), distance("", "abc"), distance("abc", ""))
//! ```
//! ```py after
//! def distance(left, right):
//!     table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)[:1]]
//!     for j in range(len(right) + 1):
//!         table[0][j] = j
//!     for i in range(1, len(left) + 1):
//!         table = [table[-1], [0] * (len(right) + 1)]
//!         table[1][0] = i
//!         for j in range(1, len(right) + 1):
//!             same = 0 if left[i - 1] == right[j - 1] else 1
//!             table[1][j] = min(table[0][j] + 1, table[1][j - 1] + 1, table[0][j - 1] + same)
//!     return table[-1][len(right)]
//!
//! print(distance("kitten", "sitting"), distance("", "abc"), distance("abc", ""))
//! ```
//!
//! What is put into the first column beforehand is put there when the row is made:
//!
//! ```py before
//! def score(left, right, gap):
//!     n = len(left)
//!     m = len(right)
//!     rows = [[0] * (m + 1) for i in range(n + 1)]
//!     for i in range(n + 1):
//!         rows[i][0] = -gap * i
//!     for j in range(1, m + 1):
//!         rows[0][j] = -gap * j
//!     for i in range(n):
//!         for j in range(m):
//!             match = rows[i][j] + (left[i] == right[j])
//!             rows[i + 1][j + 1] = max(match, rows[i][j + 1] - gap, rows[i + 1][j] - gap)
//!     return rows[n][m], rows[-1]
//!
//! print(score("gattaca", "tacagat", 2), score("", "", 1), score("a", "", 1))
//! ```
//! ```py after
//! def score(left, right, gap):
//!     n = len(left)
//!     m = len(right)
//!     rows = [[0] * (m + 1) for i in range(n + 1)[:1]]
//!     for i in range(n + 1)[:1]:
//!         rows[i][0] = -gap * i
//!     for j in range(1, m + 1):
//!         rows[0][j] = -gap * j
//!     for i in range(n):
//!         rows = [rows[-1], [0] * (m + 1)]
//!         rows[1][0] = -gap * (i + 1)
//!         for j in range(m):
//!             match = rows[0][j] + (left[i] == right[j])
//!             rows[1][j + 1] = max(match, rows[0][j + 1] - gap, rows[1][j] - gap)
//!     return rows[-1][m], rows[-1]
//!
//! print(score("gattaca", "tacagat", 2), score("", "", 1), score("a", "", 1))
//! ```
//!
//! # When not
//!
//! Another row is read, then or later, or the whole table:
//!
//! ```py kept
//! def steps(n, m):
//!     table = [[1] * m for _ in range(n)]
//!     for i in range(1, n):
//!         for j in range(1, m):
//!             table[i][j] = table[i - 1][j] + table[0][j - 1]
//!     return table[-1]
//!
//! print(steps(4, 5))
//! ```
//! ```py kept
//! def path(n, m):
//!     table = [[1] * m for _ in range(n)]
//!     for i in range(1, n):
//!         for j in range(1, m):
//!             table[i][j] = table[i - 1][j] + table[i][j - 1]
//!     back = []
//!     for i in range(n - 1, 0, -1):
//!         back.append(table[i - 1][-1])
//!     return back
//!
//! print(path(4, 5))
//! ```
//! ```py kept
//! def grid(n, m):
//!     table = [[1] * m for _ in range(n)]
//!     for i in range(1, n):
//!         for j in range(1, m):
//!             table[i][j] = table[i - 1][j] + table[i][j - 1]
//!     return table
//!
//! print(grid(4, 5))
//! ```
//!
//! The loop may end early, and leave rows as they were made; or it begins at the first
//! row, above which is the last:
//!
//! ```py kept
//! def some(n, m):
//!     table = [[0] * m for _ in range(n)]
//!     for i in range(1, n):
//!         if i > 3:
//!             break
//!         for j in range(m):
//!             table[i][j] = table[i - 1][j] + j
//!     return table[-1]
//!
//! print(some(3, 4), some(6, 4))
//! ```
//! ```py kept
//! def round(n, m):
//!     table = [[1] * m for _ in range(n)]
//!     for i in range(n):
//!         for j in range(m):
//!             table[i][j] = table[i - 1][j] + j
//!     return table[-1]
//!
//! print(round(3, 4))
//! ```
//!
//! The loop over the first column cannot be taken apart: its variable is read later, or
//! something is said before the rows are filled:
//!
//! ```py kept
//! def late(n, m):
//!     table = [[0] * m for _ in range(n)]
//!     for i in range(1, n):
//!         table[i][0] = i
//!     number = lambda: i
//!     last = number()
//!     for i in range(1, n):
//!         for j in range(1, m):
//!             table[i][j] = table[i - 1][j] + table[i][j - 1]
//!     return table[-1], last
//!
//! print(late(4, 3))
//! ```
//! ```py kept
//! def told(n, m):
//!     table = [[0] * m for _ in range(n)]
//!     for i in range(1, n):
//!         table[i][0] = i
//!     print("filling", n, "rows")
//!     for i in range(1, n):
//!         for j in range(1, m):
//!             table[i][j] = table[i - 1][j] + table[i][j - 1]
//!     return table[-1]
//!
//! print(told(4, 3))
//! print(told(4, 0))
//! ```
//!
//! The rows may be of other lengths by then:
//!
//! ```py kept
//! def widening(n, words):
//!     table = [[0] * (len(words) + 1) for _ in range(n)]
//!     for i in range(1, n):
//!         words.append("x")
//!         table[i][0] = table[i - 1][0] + len(words)
//!     return table[-1]
//!
//! print(widening(4, ["a"]))
//! ```
//!
//! # Relies on
//!
//! `operators-are-pure`, where the first column is computed from values of unknown type.
//!
//! # Saves and costs
//!
//! All rows but two. Reading and writing them takes no longer than before.

use spacetime_rule::{Claim, Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::Assumption;
use spacetime_syntax::ast::Stmt;
use spacetime_text::{Edits, Ranged};

use crate::price;
use crate::reliances::Reliances;
use crate::rolling::Table;

pub static RULE: Rule = rule!("roll_rows", Streaming, ["$T = [$ROW for $V in range($N)]"], check);

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(stmt @ Stmt::Assign(assign)) = cx.tree.stmt(found.node) else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let Some(table) = Table::at(cx, &body, assign) else { return Ok(None) };
    let description = format!("of `{}` only the last two rows are read: keep no others", table.name);
    let refuse = |doubt| Box::new(Refusal { span: stmt.range(), description: description.clone(), doubt });
    let rolled = table.judge(cx, &body).map_err(refuse)?;
    let Ok(edits) = Edits::try_from(rolled.edits) else { return Ok(None) };
    let mut relies = Reliances::default();
    relies.assume(Assumption::ModuleNotPatched);
    if rolled.computes_unknown {
        relies.assume(Assumption::OperatorsArePure);
    }
    let rows = price::comprehension_items(cx, &assign.value);
    Ok(Some(Opportunity {
        span: stmt.range(),
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: Claim {
            before: rows.times(&rolled.row),
            after: rolled.row.scaled(2.0),
            overhead: -0.02,
            confidence: 0.9,
            clarity: 0.9,
        },
    }))
}
