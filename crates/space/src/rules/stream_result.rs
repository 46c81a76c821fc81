//! Makes a generator of a function whose list is walked once by everybody who calls it.
//!
//! All calls of the function have to be known: it belongs to a program, or its
//! name is private. Each result is followed to where it is walked: by the
//! caller, in a function that gets it as an argument, or further out.
//!
//! ```py before
//! def _read(path):
//!     rows = []
//!     with open(path) as file:
//!         for line in file:
//!             name, _, amount = line.partition("=")
//!             if amount:
//!                 rows.append((name, len(amount)))
//!     return rows
//!
//! def _total(rows):
//!     total = 0
//!     for name, amount in rows:
//!         total += amount
//!     return total
//!
//! def report(path):
//!     rows = _read(path)
//!     return _total(rows)
//! ```
//! ```py after
//! def _read(path):
//!     with open(path) as file:
//!         for line in file:
//!             name, _, amount = line.partition("=")
//!             if amount:
//!                 yield (name, len(amount))
//!
//! def _total(rows):
//!     total = 0
//!     for name, amount in rows:
//!         total += amount
//!     return total
//!
//! def report(path):
//!     rows = _read(path)
//!     return _total(rows)
//! ```
//!
//! A comprehension becomes a generator expression, or, where it reads a file
//! that is closed when the function returns, what the function yields:
//!
//! ```py before
//! def _words(path):
//!     with open(path) as file:
//!         return [word for line in file for word in line.split()]
//!
//! def _long(words):
//!     return [word for word in words if len(word) > 2]
//!
//! def longest(path):
//!     return sum(len(word) for word in _long(_words(path)))
//! ```
//! ```py after
//! def _words(path):
//!     with open(path) as file:
//!         yield from (word for line in file for word in line.split())
//!
//! def _long(words):
//!     return (word for word in words if len(word) > 2)
//!
//! def longest(path):
//!     return sum(len(word) for word in _long(_words(path)))
//! ```
//!
//! Where the length is asked for when all has been walked, the items are counted:
//!
//! ```py before
//! def _sizes(path):
//!     sizes = []
//!     with open(path) as file:
//!         for line in file:
//!             sizes.append(len(line))
//!     return sizes
//!
//! def _mean(sizes):
//!     total = 0
//!     for size in sizes:
//!         total += size
//!     return total / max(len(sizes), 1)
//!
//! def report(path):
//!     sizes = _sizes(path)
//!     mean = _mean(sizes)
//!     return f"{len(sizes)} lines, {mean} characters each"
//! ```
//! ```py after
//! from spacetime_compiler.runtime import Counted
//!
//! def _sizes(path):
//!     with open(path) as file:
//!         for line in file:
//!             yield len(line)
//!
//! def _mean(sizes):
//!     total = 0
//!     for size in sizes:
//!         total += size
//!     return total / max(len(sizes), 1)
//!
//! def report(path):
//!     sizes = Counted(_sizes(path))
//!     mean = _mean(sizes)
//!     return f"{len(sizes)} lines, {mean} characters each"
//! ```
//!
//! The same of a method, where it is known which one each call runs. What it
//! counts on its object is not asked for before all items have been walked:
//!
//! ```py before
//! class _Table:
//!     def __init__(self, path):
//!         self.path = path
//!         self.blank = 0
//!
//!     def rows(self):
//!         rows = []
//!         with open(self.path) as file:
//!             for line in file:
//!                 if line.strip():
//!                     rows.append(line.split("="))
//!                 else:
//!                     self.blank += 1
//!         return rows
//!
//! def main(path):
//!     table = _Table(path)
//!     total = 0
//!     for row in table.rows():
//!         total += len(row)
//!     print(total, table.blank)
//!
//! if __name__ == "__main__":
//!     main("/etc/hosts")
//! ```
//! ```py after
//! class _Table:
//!     def __init__(self, path):
//!         self.path = path
//!         self.blank = 0
//!
//!     def rows(self):
//!         with open(self.path) as file:
//!             for line in file:
//!                 if line.strip():
//!                     yield line.split("=")
//!                 else:
//!                     self.blank += 1
//!
//! def main(path):
//!     table = _Table(path)
//!     total = 0
//!     for row in table.rows():
//!         total += len(row)
//!     print(total, table.blank)
//!
//! if __name__ == "__main__":
//!     main("/etc/hosts")
//! ```
//!
//! # When not
//!
//! What a method reads or sets on its object is set or read while the list is
//! walked, be it by a property or by what prints the object:
//!
//! ```py kept
//! class _Table:
//!     def __init__(self, lines):
//!         self.lines = lines
//!         self.blank = 0
//!
//!     @property
//!     def share(self):
//!         return self.blank / len(self.lines)
//!
//!     def rows(self):
//!         rows = []
//!         for line in self.lines:
//!             if line.strip():
//!                 rows.append(line.split("="))
//!             else:
//!                 self.blank += 1
//!         return rows
//!
//! def main(lines):
//!     table = _Table(lines)
//!     for row in table.rows():
//!         print(len(row), table.share)
//!
//! if __name__ == "__main__":
//!     main(["a=1", "", "b=2"])
//! ```
//!
//! ```py kept
//! class _Table:
//!     def __init__(self, path):
//!         self.path = path
//!         self.blank = 0
//!
//!     def rows(self):
//!         rows = []
//!         with open(self.path) as file:
//!             for line in file:
//!                 if line.strip():
//!                     rows.append(len(line))
//!                 else:
//!                     self.blank += 1
//!         return rows
//!
//! def main(path):
//!     table = _Table(path)
//!     total = 0
//!     for size in table.rows():
//!         total += size * getattr(table, "blank")
//!     print(total)
//!
//! if __name__ == "__main__":
//!     main("/etc/hosts")
//! ```
//!
//! It may also be read where nothing names it: by a template, by what JSON does not know, by
//! a property that is made by a call, by what makes missing items:
//!
//! ```py kept
//! class _Table:
//!     def __init__(self, lines):
//!         self.lines = lines
//!         self.blank = 0
//!
//!     def rows(self):
//!         rows = []
//!         for line in self.lines:
//!             if line.strip():
//!                 rows.append(line.split("="))
//!             else:
//!                 self.blank += 1
//!         return rows
//!
//! def main(lines):
//!     table = _Table(lines)
//!     for row in table.rows():
//!         print("{0.blank} of {1}".format(table, len(row)))
//!     print(table.blank)
//!
//! if __name__ == "__main__":
//!     main(["a=1", "", "b=2"])
//! ```
//!
//! ```py kept
//! import json
//!
//! class _Table:
//!     def __init__(self, lines):
//!         self.lines = lines
//!         self.blank = 0
//!
//!     def rows(self):
//!         rows = []
//!         for line in self.lines:
//!             if line.strip():
//!                 rows.append(line.split("="))
//!             else:
//!                 self.blank += 1
//!         return rows
//!
//! def main(lines):
//!     table = _Table(lines)
//!     for row in table.rows():
//!         print(json.dumps([row, table], default=lambda it: it.blank))
//!     print(table.blank)
//!
//! if __name__ == "__main__":
//!     main(["a=1", "", "b=2"])
//! ```
//!
//! ```py kept
//! class _Table:
//!     def __init__(self, lines):
//!         self.lines = lines
//!         self.blank = 0
//!
//!     def rows(self):
//!         rows = []
//!         for line in self.lines:
//!             if line.strip():
//!                 rows.append(line.split("="))
//!             else:
//!                 self.blank += 1
//!         return rows
//!
//!     seen = property(lambda self: self.blank)
//!
//! def main(lines):
//!     table = _Table(lines)
//!     for row in table.rows():
//!         print(len(row), table.seen)
//!     print(table.blank)
//!
//! if __name__ == "__main__":
//!     main(["a=1", "", "b=2"])
//! ```
//!
//! ```py kept
//! from collections import defaultdict
//!
//! class _Table:
//!     def __init__(self, lines):
//!         self.lines = lines
//!         self.blank = 0
//!         self.known = defaultdict(lambda: self.blank)
//!
//!     def rows(self):
//!         rows = []
//!         for line in self.lines:
//!             if line.strip():
//!                 rows.append(line.split("="))
//!             else:
//!                 self.blank += 1
//!         return rows
//!
//! def main(lines):
//!     table = _Table(lines)
//!     for row in table.rows():
//!         print(table.known[row[0]])
//!     print(table.blank)
//!
//! if __name__ == "__main__":
//!     main(["a=1", "", "b=2"])
//! ```
//!
//! A class that is derived from it has a method of its own of that name:
//!
//! ```py kept
//! class _Table:
//!     def __init__(self, lines):
//!         self.lines = lines
//!
//!     def rows(self):
//!         rows = []
//!         for line in self.lines:
//!             rows.append(line.split("="))
//!         return rows
//!
//!     def size(self):
//!         return sum(len(row) for row in self.rows())
//!
//! class _Twice(_Table):
//!     def rows(self):
//!         return super().rows() * 2
//!
//! if __name__ == "__main__":
//!     print(_Table(["a=1"]).size(), _Twice(["b=2"]).size())
//! ```
//!
//! The walk may fail, and what the method would have counted by then is asked for:
//!
//! ```py kept
//! class _Table:
//!     def __init__(self, lines):
//!         self.lines = lines
//!         self.blank = 0
//!
//!     def rows(self):
//!         rows = []
//!         for line in self.lines:
//!             if line.strip():
//!                 rows.append(line.split("="))
//!             else:
//!                 self.blank += 1
//!         return rows
//!
//! def main(lines):
//!     table = _Table(lines)
//!     total = 0
//!     try:
//!         for row in table.rows():
//!             total += 100 // (len(row) - 1)
//!     except ZeroDivisionError:
//!         print("stopped")
//!     print(total, table.blank)
//!
//! if __name__ == "__main__":
//!     main(["a=1", "b", "", ""])
//! ```
//!
//! Nor does such a failure end the program where a generator waits, which is closed then, or
//! where a generator expression calls what fails:
//!
//! ```py kept
//! class _Table:
//!     def __init__(self, lines):
//!         self.lines = lines
//!         self.blank = 0
//!
//!     def rows(self):
//!         rows = []
//!         for line in self.lines:
//!             if line.strip():
//!                 rows.append(line.split("="))
//!             else:
//!                 self.blank += 1
//!         return rows
//!
//! def watch(table):
//!     try:
//!         yield
//!     finally:
//!         print(table.blank)
//!
//! def main(lines):
//!     table = _Table(lines)
//!     watched = watch(table)
//!     next(watched)
//!     for row in table.rows():
//!         print(100 // (len(row) - 1))
//!     print(table.blank)
//!
//! if __name__ == "__main__":
//!     main(["a=1", "b", ""])
//! ```
//!
//! ```py kept
//! class _Table:
//!     def __init__(self, lines):
//!         self.lines = lines
//!         self.blank = 0
//!
//!     def rows(self):
//!         rows = []
//!         for line in self.lines:
//!             if line.strip():
//!                 rows.append(line.split("="))
//!             else:
//!                 self.blank += 1
//!         return rows
//!
//! def _shares(table):
//!     shares = 0
//!     for row in table.rows():
//!         shares += 100 // (len(row) - 1)
//!     return shares
//!
//! def main(lines):
//!     table = _Table(lines)
//!     shares = (_shares(it) for it in [table])
//!     try:
//!         print(sum(shares))
//!     except ZeroDivisionError:
//!         print(table.blank)
//!
//! if __name__ == "__main__":
//!     main(["a=1", "b", ""])
//! ```
//!
//! Somebody does more with the list than to walk it once, or others may call
//! the function:
//!
//! ```py kept
//! def _read(path):
//!     rows = []
//!     for line in open(path):
//!         rows.append(line.split())
//!     return rows
//!
//! def report(path):
//!     rows = _read(path)
//!     return len(rows) + sum(len(row) for row in rows)
//! ```
//! ```py kept
//! def read(path):
//!     rows = []
//!     for line in open(path):
//!         rows.append(line.split())
//!     return rows
//!
//! def report(path):
//!     return sum(len(row) for row in read(path))
//! ```
//!
//! Reading may fail, and by then something would have been done that can be seen:
//!
//! ```py kept
//! def _amounts(lines):
//!     amounts = []
//!     for line in lines:
//!         amounts.append(int(line))
//!     return amounts
//!
//! def post(lines):
//!     for amount in _amounts(lines):
//!         print(amount)
//! ```
//!
//! The function may fail for want of a list, or the walk be given up on purpose, when the rest has not been read:
//!
//! ```py kept
//! def _amounts(lines):
//!     amounts = []
//!     for line in lines:
//!         amounts.append(int(line))
//!     return amounts
//!
//! def total(lines):
//!     result = 0
//!     for amount in _amounts(lines):
//!         if amount < 0:
//!             raise SystemExit(3)
//!         result += amount
//!     return result
//! ```
//! ```py kept
//! def _names(path):
//!     try:
//!         with open(path) as file:
//!             names = []
//!             for line in file:
//!                 names.append(line.strip())
//!     except OSError:
//!         print("no names")
//!     return names
//!
//! def count(path):
//!     return sum(1 for name in _names(path))
//! ```
//!
//! The file is closed before the list is walked, or what fails is handled where
//! the function is called:
//!
//! ```py kept
//! def _sizes(file):
//!     sizes = []
//!     for line in file:
//!         sizes.append(len(line))
//!     return sizes
//!
//! def total(path):
//!     with open(path) as file:
//!         sizes = _sizes(file)
//!     return sum(size for size in sizes)
//! ```
//! ```py kept
//! def _numbers(lines):
//!     numbers = []
//!     for line in lines:
//!         numbers.append(int(line))
//!     return numbers
//!
//! def total(lines):
//!     try:
//!         numbers = _numbers(lines)
//!     except ValueError:
//!         return None
//!     return sum(number for number in numbers)
//! ```
//!
//! An item is changed once it is in the list, by the function or by who walks it:
//!
//! ```py kept
//! def _groups(lines):
//!     groups = []
//!     last = None
//!     for line in lines:
//!         if line[:1] != last:
//!             last = line[:1]
//!             group = [last]
//!             groups.append(group)
//!         group.append(line)
//!     return groups
//!
//! def longest(lines):
//!     best = 0
//!     for group in _groups(lines):
//!         best = max(best, len(group))
//!     return best
//! ```
//!
//! An object without a text of its own says where in memory it is, which is the same place for
//! one after the other:
//!
//! ```py kept
//! class _Row:
//!     def __init__(self, line):
//!         self.line = line
//!
//! def _rows(path):
//!     rows = []
//!     for line in open(path):
//!         rows.append(_Row(line))
//!     return rows
//!
//! def labels(path):
//!     found = set()
//!     for row in _rows(path):
//!         found.add(f"{row}")
//!     return len(found)
//! ```
//!
//! What is given up on purpose comes before any accident:
//!
//! ```py kept
//! def _shares(lines):
//!     shares = []
//!     for line in lines:
//!         if line.startswith("-"):
//!             raise ValueError(f"a share of {line}")
//!         shares.append(line.split())
//!     return shares
//!
//! def largest(lines):
//!     best = 0.0
//!     for share in _shares(lines):
//!         best = max(best, 1 / len(share))
//!     return best
//!
//! try:
//!     print(largest(["1", "", "-2"]))
//! except (ValueError, ZeroDivisionError) as error:
//!     print(error)
//! ```
//!
//! # Relies on
//!
//! As `stream_list` does: that operators, attribute reads and the like have no
//! side effects, where types are not known. *Assumed*: `module-is-closed`.
//!
//! # Saves and costs
//!
//! The list and its items; the time is about the same, or less.

// tidy: long because its page shows functions, comprehensions, methods, and what keeps a list
// whole.

use spacetime_rule::{Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Size};
use spacetime_syntax::ast::{Expr, StmtFunctionDef};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::across::check_results;
use crate::price;
use crate::producer::Producer;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!("stream_result", Streaming, ["return $X"], check);

const COUNTED: Import = Import::new("spacetime_compiler.runtime", "Counted");
const ITERATOR: Import = Import::new("collections.abc", "Iterator");

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let span = cx.tree.node(found.node).range();
    let producer = match Producer::of(cx, &body, found.node) {
        Ok(Some(producer)) => producer,
        Err(doubt) if cx.model.is_program() => {
            let description = "the list that a function returns could be made while it is walked".to_owned();
            return Err(Box::new(Refusal { span, description, doubt }));
        }
        _ => return Ok(None),
    };
    let name = producer.function.name.as_str();
    let description = format!("the list that `{name}` returns is walked once: make its items while they are used");
    let mut relies = Reliances::default();
    let walks = match check_results(cx, producer.def, &mut relies) {
        Ok(walks) => walks,
        Err(doubt) if cx.model.is_program() || name.starts_with('_') => {
            return Err(Box::new(Refusal { span, description, doubt }));
        }
        Err(_) => return Ok(None),
    };
    let Some(mut edits) = producer.edits(cx).filter(|_| walks.frees) else { return Ok(None) };
    let mut imports = Vec::new();
    if walks.counted {
        imports.push(COUNTED);
        edits.extend(walks.calls.iter().flat_map(|call| counted(cx, call.range())));
    }
    if let Some(edit) = annotation(cx, producer.function) {
        edits.push(edit);
        imports.push(ITERATOR);
    }
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    relies.assume(Assumption::ModuleIsClosed);
    relies.assume(Assumption::NoFrameIntrospection);
    Ok(Some(Opportunity {
        span: walks.span,
        description,
        edits,
        imports,
        relies_on: relies.into_vec(),
        claim: price::saves_list(
            &Size::quantity(format!("len({name}())")),
            producer.bytes_per_item(cx, &body),
            0.05,
            0.9,
        ),
    }))
}

/// Something that is walked once, and counts its items.
fn counted(cx: &Context<'_, '_>, span: Span) -> [Edit; 2] {
    let open = format!("{}(", COUNTED.local_name(cx.tree));
    [Edit::insert(span.start(), open), Edit::insert(span.end(), ")")]
}

/// `-> list[Row]` says what is not true any more.
fn annotation(cx: &Context<'_, '_>, function: &StmtFunctionDef) -> Option<Edit> {
    let list = match function.returns.as_deref()? {
        Expr::Subscript(subscript) => &*subscript.value,
        plain => plain,
    };
    let named = cx.model.is_builtin(list, "list")
        || cx.model.qualified(list).is_some_and(|name| name == "typing.List");
    named.then(|| Edit::replace(list.range(), ITERATOR.local_name(cx.tree)))
}
