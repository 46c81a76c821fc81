//! Cuts what a file holds when it is read, where it is only read to be cut.
//!
//! Between `text = file.read()` and `text.splitlines()` the whole text is in memory, and
//! behind it beside its lines.
//!
//! ```py before
//! def longest(path):
//!     with open(path) as file:
//!         text = file.read()
//!     size = 0
//!     for line in text.split("\n"):
//!         size = max(size, len(line))
//!     return size
//!
//! print(longest("notes.txt"))
//! ```
//! ```py after
//! def longest(path):
//!     with open(path) as file:
//!         text = file.read().split("\n")
//!     size = 0
//!     for line in text:
//!         size = max(size, len(line))
//!     return size
//!
//! print(longest("notes.txt"))
//! ```
//!
//! Other rules then see what is made of the file, and keep it on disk or walk it.
//!
//! So it is with a text that is searched for what stays within a line:
//!
//! ```py before
//! import re
//! from pathlib import Path
//!
//! WORD = re.compile(r"[a-z]+")
//!
//! def _words(text):
//!     return WORD.findall(text.lower())
//!
//! def main():
//!     with open("notes.txt") as file:
//!         text = file.read().lower()
//!     numbers = re.findall(r"\d+", text)
//!     print(len(numbers), len(_words(Path("notes.txt").read_text())))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! import re
//! from pathlib import Path
//!
//! WORD = re.compile(r"[a-z]+")
//!
//! def _words(text):
//!     return text
//!
//! def main():
//!     with open("notes.txt") as file:
//!         text = re.findall(r"\d+", file.read().lower())
//!     numbers = text
//!     print(len(numbers), len(_words(WORD.findall(Path("notes.txt").read_text().lower()))))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! So it is where a function gets the text to cut it, and all who call it read it for that:
//!
//! ```py before
//! from pathlib import Path
//!
//! def _longest(text: str, least):
//!     size = least
//!     for line in text.splitlines():
//!         size = max(size, len(line))
//!     return size
//!
//! def main():
//!     print(_longest(Path("notes.txt").read_text(), 0))
//!     with open("visits.txt") as file:
//!         print(_longest(least=3, text=file.read().strip()))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from pathlib import Path
//!
//! def _longest(text: list[str], least):
//!     size = least
//!     for line in text:
//!         size = max(size, len(line))
//!     return size
//!
//! def main():
//!     print(_longest(Path("notes.txt").read_text().splitlines(), 0))
//!     with open("visits.txt") as file:
//!         print(_longest(least=3, text=file.read().strip().splitlines()))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! The text may go through a variable, and come out of a function that is called for it only:
//!
//! ```py before
//! def _read(path) -> str:
//!     with open(path, encoding="utf-8") as file:
//!         return file.read()
//!
//! def _longest(text: str):
//!     return max(text.splitlines(), key=len)
//!
//! def main():
//!     text = _read("notes.txt")
//!     print("reading")
//!     print(_longest(text))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! def _read(path) -> list[str]:
//!     with open(path, encoding="utf-8") as file:
//!         return file.read().splitlines()
//!
//! def _longest(text: list[str]):
//!     return max(text, key=len)
//!
//! def main():
//!     text = _read("notes.txt")
//!     print("reading")
//!     print(_longest(text))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! The text is used elsewhere, or another one in its place, or it is cut again and again
//! (each time into a new list), or perhaps never:
//!
//! ```py kept
//! def count(path, twice):
//!     with open(path) as file:
//!         text = file.read()
//!     lines = text.split("\n")
//!     with open(path) as file:
//!         other = file.read()
//!     if twice:
//!         other = "a b"
//!     with open(path) as file:
//!         again = file.read()
//!     for _ in range(2):
//!         lines += again.split()
//!     with open(path) as file:
//!         late = file.read()
//!     if twice:
//!         lines += late.splitlines()
//!     return len(text), len(lines), len(other.split())
//!
//! print(count("notes.txt", False))
//! ```
//!
//! Functions that are called later use what the variable holds then:
//!
//! ```py kept
//! def lines_of(path):
//!     with open(path) as file:
//!         text = file.read()
//!     return lambda: text.splitlines()
//!
//! print(lines_of("notes.txt")())
//! ```
//!
//! How it is cut depends on what is known only later:
//!
//! ```py kept
//! def fields(path):
//!     with open(path) as file:
//!         text = file.read()
//!     separator = "," if len(path) > 3 else ";"
//!     return text.split(separator)
//!
//! print(fields("notes.txt"))
//! ```
//!
//! A function may get another text, too, or uses it otherwise, later, or again and again; or somebody else
//! may call it:
//!
//! ```py kept
//! from pathlib import Path
//!
//! def _lines(text):
//!     return text.splitlines()
//!
//! def _size(text):
//!     return len(text.splitlines()) + len(text)
//!
//! def _later(text):
//!     return lambda: text.splitlines()
//!
//! def _twice(text):
//!     return [text.splitlines().pop() for _ in range(2)]
//!
//! def _perhaps(text, wanted):
//!     return text.splitlines() if wanted else []
//!
//! def _lines_of_each(text):
//!     return text.splitlines()
//!
//! def _default(text="a b"):
//!     return text.split()
//!
//! def _fields(text):
//!     return text.split("\n")
//!
//! def main():
//!     path = Path("notes.txt")
//!     print(len(_lines(path.read_text())), _lines("a"), _size(path.read_text()), _default(path.read_text()))
//!     print(_later(path.read_text())(), _twice(path.read_text()), _perhaps(path.read_text(), False))
//!     print(list(map(_lines_of_each, [path.read_text()])), _lines_of_each(path.read_text()), _default())
//!     print(len(_fields(path.read_bytes())))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from pathlib import Path
//!
//! class Plain:
//!     def cut(self, text):
//!         return text.splitlines()
//!
//! class Marked(Plain):
//!     def cut(self, text):
//!         return [text]
//!
//! def main():
//!     for kind in (Plain, Marked):
//!         print(kind().cut(Path("notes.txt").read_text()))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def lines(text):
//!     return text.splitlines()
//!
//! def count(path):
//!     with open(path) as file:
//!         return len(lines(file.read()))
//! ```
//! ```py kept
//! class Letter:
//!     def read_text(self):
//!         return ("a", "b")
//!
//! def _count(text):
//!     return len(text.splitlines())
//!
//! def main():
//!     try:
//!         print(_count(Letter().read_text()))
//!     except AttributeError as error:
//!         print(error)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! A match may go over the end of a line, or what searches is not there yet where the file is read:
//!
//! ```py kept
//! import re
//! from pathlib import Path
//!
//! def _spaced(text):
//!     return re.findall(r"\w+\s+\w+", text)
//!
//! def _words(text):
//!     word = re.compile(r"\w+")
//!     return word.findall(text)
//!
//! def main():
//!     with open("notes.txt") as file:
//!         text = file.read()
//!     number = re.compile(r"\d+")
//!     print(len(number.findall(text)), len(_spaced(Path("notes.txt").read_text())))
//!     print(len(_words(Path("notes.txt").read_text())))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! What searches gets its value only behind the function that reads, or an error may be passed over
//! there, so that there is no text:
//!
//! ```py kept
//! import re
//! from contextlib import suppress
//!
//! def _read(path):
//!     with open(path) as file:
//!         return file.read()
//!
//! def _read_if(path):
//!     with suppress(OSError):
//!         with open(path) as file:
//!             return file.read()
//!
//! text = _read("notes.txt")
//! WORD = re.compile(r"[a-z]+")
//! print(WORD.findall(text))
//! try:
//!     print(len(_read_if("missing.txt").split()))
//! except AttributeError:
//!     print("nothing")
//! ```
//!
//! Two calls get what the function returns, or it may return something else:
//!
//! ```py kept
//! def _read(path):
//!     with open(path) as file:
//!         return file.read()
//!
//! def _read_if(path):
//!     if path:
//!         with open(path) as file:
//!             return file.read()
//!
//! def main():
//!     print(len(_read("notes.txt").split()), len(_read("notes.txt").splitlines()))
//!     print(len(_read_if("notes.txt").split()))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # Relies on
//!
//! `no-frame-introspection`: the variable holds the lines. `module-is-closed`, where it is
//! a function that gets the text: nobody else calls it.
//!
//! # Saves and costs
//!
//! The text. It takes no more time.

// tidy: long because the page shows both who reads the text and who gets it.

use spacetime_rule::{Claim, Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::scope::SymbolId;
use spacetime_semantic::{Assumption, Doubt, Size};
use spacetime_syntax::ast::{self, AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::cut_text::{Cut, Source, reads_file, source};
use crate::matches::uncased;
use crate::reliances::Reliances;

pub static RULE: Rule = rule!(
    "split_at_once",
    Streaming,
    [
        "$T = $F.read()",
        "$T = $F.read().strip($$$A)",
        "$T = $F.read().rstrip($$$A)",
        "$T = $F.read_text($$$A)",
        "$T = $F.read_text($$$A).strip($$$B)",
        "$T = $F.read_text($$$A).rstrip($$$B)",
        "$T = $F.read_bytes()",
        "$T = $F.read().lower()",
        "$T = $F.read_text($$$A).lower()",
        "$R.findall($$$A)",
        "$T.splitlines()",
        "$T.split()",
        "$T.split($SEPARATOR)"
    ],
    check
);

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    if let Some(Expr::Call(call)) = cx.tree.expr(found.node) {
        return check_parameter(cx, call);
    }
    let Some(Stmt::Assign(assign)) = cx.tree.stmt(found.node) else { return Ok(None) };
    let [target @ Expr::Name(name)] = &assign.targets[..] else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let hidden = cx.model.is_program() || cx.model.enclosing_function(found.node).is_some();
    if !hidden || !reads_file(cx, &body, uncased(&assign.value)) {
        return Ok(None);
    }
    let description = format!("`{}` holds a whole file only to be cut: cut it at once", name.id);
    let refuse =
        |doubt| Box::new(Refusal { span: assign.value.range(), description: description.clone(), doubt });
    let used = match cx.model.sole_use(&body, found.node, cx.tree.id(target)) {
        Ok(used) if used.certain => used,
        Err(doubt) if is_cut(cx, target) => return Err(refuse(doubt)),
        _ => return Ok(None),
    };
    let Some(read) = cx.tree.expr(used.name) else { return Ok(None) };
    let Some(cut) = Cut::of(cx, read).filter(|cut| cut.fits(cx, &assign.value)) else { return Ok(None) };
    let Some(mut edits) = cut.moved_to(cx, &assign.value) else {
        return Err(refuse(Doubt::new("it is cut over several lines")));
    };
    edits.extend(cut.dropped(cx));
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    let mut relies = Reliances::default();
    relies.assume(Assumption::NoFrameIntrospection);
    let span = assign.value.range();
    Ok(Some(opportunity(span, &name.id, description, edits, relies)))
}

fn opportunity(span: Span, name: &str, description: String, edits: Edits, relies: Reliances) -> Opportunity {
    Opportunity {
        span,
        description,
        edits,
        imports: Vec::new(),
        relies_on: relies.into_vec(),
        claim: Claim {
            before: Size::quantity(format!("len({name})")),
            after: Size::zero(),
            overhead: 0.0,
            confidence: 0.9,
            clarity: 1.0,
        },
    }
}

/// `text.splitlines()` in a function that gets `text` to do that, and nothing else.
fn check_parameter(cx: &Context<'_, '_>, call: &ExprCall) -> Verdict {
    let Some(cut) = Cut::at(cx, call) else { return Ok(None) };
    let parameter = Parameter::of(cx, cut.text);
    let passed = match &parameter {
        Some(parameter) => parameter.read_by_callers(cx),
        // What is read in the same function is cut there, when that is looked at.
        None => source(cx, cut.text).filter(|from| !is_beside(cx, from.read, cut.text)).map(|from| vec![from]),
    };
    let Some(passed) = passed else { return Ok(None) };
    let name = cx.tree.module().slice(cut.text);
    if !passed.iter().all(|from| cut.fits(cx, from.read)) {
        return Ok(None);
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let description = format!("`{name}` is a whole file only to be cut: cut it where it is read");
    let moved: Option<Vec<Vec<Edit>>> = passed.iter().map(|from| cut.moved_to(cx, from.read)).collect();
    let Some(moved) = moved else {
        let doubt = Doubt::new("it is cut over several lines");
        return Err(Box::new(Refusal { span: call.range(), description, doubt }));
    };
    let mut edits: Vec<Edit> = moved.into_iter().flatten().chain(cut.dropped(cx)).collect();
    let own = parameter.iter().filter_map(|parameter| parameter.node.annotation.as_deref());
    let annotations = own.chain(passed.iter().flat_map(|passed| passed.annotations.iter().copied()));
    edits.extend(annotations.flat_map(|annotation| cut.retyped(cx, annotation)));
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    let mut relies = Reliances::default();
    relies.assume(Assumption::NoFrameIntrospection);
    relies.assume(Assumption::ModuleIsClosed);
    Ok(Some(opportunity(call.range(), &name, description, edits, relies)))
}

/// Whether two expressions stand in the same function.
fn is_beside(cx: &Context<'_, '_>, one: &Expr, other: &Expr) -> bool {
    let around = |expr: &Expr| cx.model.enclosing_function(cx.tree.id(expr));
    around(one) == around(other)
}

/// A parameter that is read once, to be cut.
struct Parameter<'m> {
    node: &'m ast::Parameter,
    symbol: SymbolId,
    def: NodeId,
}

impl<'m> Parameter<'m> {
    /// The parameter that is cut whenever the function gets there, and once at most.
    fn of(cx: &Context<'_, 'm>, used: &'m Expr) -> Option<Self> {
        let node = cx.tree.id(used);
        let symbol = cx.model.scopes.resolve(node).symbol()?;
        let data = cx.model.scopes.symbol(symbol);
        let ([binding], [_]) = (&data.bindings[..], &data.uses[..]) else { return None };
        let Node::Part(AnyNodeRef::Parameter(parameter)) = cx.tree.node(cx.tree.parent(*binding)?) else {
            return None;
        };
        let def = cx.model.enclosing_function(node)?;
        let Node::Stmt(Stmt::FunctionDef(function)) = cx.tree.node(def) else { return None };
        let is_named = function
            .parameters
            .iter_non_variadic_params()
            .any(|one| cx.tree.id(&one.parameter) == cx.tree.id(parameter));
        let seen = cx.model.scopes.uses_dynamic_names(data.scope) || data.rebound_elsewhere;
        let at_home = cx.model.scopes.scope_of(node) == data.scope;
        let is_sure = is_named && at_home && !seen && !function.is_async && runs_once(cx, node, def);
        is_sure.then_some(Self { node: parameter, symbol, def })
    }

    /// What all callers pass for it, if they read a file there.
    fn read_by_callers(&self, cx: &Context<'_, 'm>) -> Option<Vec<Source<'m>>> {
        let calls = cx.model.sure_callers(self.def).ok()?;
        let passed: Option<Vec<Source<'m>>> = calls.iter().map(|call| self.read_by(cx, call)).collect();
        passed.filter(|passed| !passed.is_empty())
    }

    fn read_by(&self, cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<Source<'m>> {
        let arguments = &call.arguments;
        let unpacks = arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
        let mut given = arguments.args.iter().chain(arguments.keywords.iter().map(|keyword| &keyword.value));
        let read = given.find(|value| {
            let passed = cx.model.passed_to(cx.tree.id(*value));
            passed.is_some_and(|(_, def, symbol)| def == self.def && symbol == self.symbol)
        })?;
        if unpacks { None } else { source(cx, read) }
    }
}

/// Whether no loop of the function runs it again, and no branch passes it by.
fn runs_once(cx: &Context<'_, '_>, node: NodeId, def: NodeId) -> bool {
    let mut inner = node;
    for outer in cx.tree.ancestors(node).take_while(|outer| *outer != def) {
        let once = match cx.tree.node(outer) {
            Node::Stmt(Stmt::For(stmt)) => cx.tree.id(&*stmt.iter) == inner,
            Node::Stmt(Stmt::While(_) | Stmt::If(_) | Stmt::Try(_) | Stmt::Match(_) | Stmt::ClassDef(_))
            | Node::Expr(Expr::If(_) | Expr::BoolOp(_)) => false,
            _ => true,
        };
        if !once {
            return false;
        }
        inner = outer;
    }
    true
}

/// Whether what the variable holds is cut somewhere.
fn is_cut(cx: &Context<'_, '_>, variable: &Expr) -> bool {
    let symbol = cx.model.scopes.resolve(cx.tree.id(variable)).symbol();
    symbol.is_some_and(|symbol| {
        let uses = &cx.model.scopes.symbol(symbol).uses;
        uses.iter().filter_map(|used| cx.tree.expr(*used)).any(|used| Cut::of(cx, used).is_some())
    })
}
