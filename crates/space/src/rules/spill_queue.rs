//! Keeps a queue that is filled, and then emptied from its front, on disk.
//!
//! A `deque` that is filled with all there is before the first item is taken from it holds
//! all of it at once. Nobody looks at it any more when it is emptied; so it makes no
//! difference that it does not become empty, and it can be walked.
//!
//! ```py before
//! from collections import deque
//!
//! def _read(path):
//!     jobs = deque()
//!     for line in open(path):
//!         jobs.append(line.split("="))
//!     return jobs
//!
//! def main():
//!     jobs = _read("jobs.txt")
//!     print(len(jobs))
//!     longest = 0
//!     while jobs:
//!         job = jobs.popleft()
//!         longest = max(longest, len(job))
//!     print(longest)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from collections import deque
//! from spacetime_compiler.runtime import SpillList
//!
//! def _read(path):
//!     jobs = SpillList(frozen=True)
//!     for line in open(path):
//!         jobs.append(line.split("="))
//!     return jobs
//!
//! def main():
//!     jobs = _read("jobs.txt")
//!     print(len(jobs))
//!     longest = 0
//!     for job in jobs:
//!         longest = max(longest, len(job))
//!     print(longest)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! It is filled, asked or measured while it is emptied or afterwards, or it may be
//! emptied a second time:
//!
//! ```py kept
//! from collections import deque
//!
//! def _read(path):
//!     jobs = deque()
//!     for line in open(path):
//!         jobs.append(line.split("="))
//!     return jobs
//!
//! def main():
//!     jobs = _read("jobs.txt")
//!     tries = 0
//!     while jobs:
//!         job = jobs.popleft()
//!         tries += 1
//!         if len(job) > 1:
//!             jobs.append(job[:1])
//!     print(tries)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import deque
//!
//! def _read(path):
//!     jobs = deque()
//!     for line in open(path):
//!         jobs.append(line.split("="))
//!     return jobs
//!
//! def main():
//!     jobs = _read("jobs.txt")
//!     while jobs:
//!         job = jobs.popleft()
//!         if len(job) > 3:
//!             break
//!     print(len(jobs))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import deque
//!
//! def _read(path):
//!     jobs = deque()
//!     for line in open(path):
//!         jobs.append(line.split("="))
//!     return jobs
//!
//! def main():
//!     jobs = _read("jobs.txt")
//!     for most in range(3):
//!         while jobs:
//!             job = jobs.popleft()
//!             if len(job) > most:
//!                 break
//!         print(most)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Somebody else has it by then, or it may be something else:
//!
//! ```py kept
//! from collections import deque
//!
//! def _read(path):
//!     jobs = deque()
//!     for line in open(path):
//!         jobs.append(line.split("="))
//!     return jobs
//!
//! def _progress(jobs):
//!     while True:
//!         yield len(jobs)
//!
//! def main():
//!     jobs = _read("jobs.txt")
//!     left = _progress(jobs)
//!     while jobs:
//!         job = jobs.popleft()
//!         print(job[0], next(left))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import deque
//!
//! def _read(path):
//!     jobs = deque()
//!     for line in open(path):
//!         jobs.append(line.split("="))
//!     return jobs
//!
//! def _work(jobs):
//!     while jobs:
//!         job = jobs.popleft()
//!         print(job[0])
//!
//! def main():
//!     jobs = _read("jobs.txt")
//!     _work(jobs)
//!     print(len(jobs))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! from collections import deque
//!
//! def _read(path):
//!     if not path:
//!         return None
//!     jobs = deque()
//!     for line in open(path):
//!         jobs.append(line.split("="))
//!     return jobs
//!
//! def main():
//!     jobs = _read("jobs.txt")
//!     while jobs:
//!         job = jobs.popleft()
//!         print(job[0])
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # Relies on
//!
//! *Guarded*: as for `spill_list`. *Assumed*: `module-is-closed`, where the queue goes from
//! function to function.
//!
//! # Saves and costs
//!
//! All of the queue but a buffer, for a fraction of a microsecond for each item that is
//! written, and for each that is read.

// tidy: long because the page shows who may still see the queue, and the rule looks for all of them.

use std::rc::Rc;

use spacetime_rule::{Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::scope::{ScopeKind, SymbolId};
use spacetime_semantic::{Body, Doubt, Journey};
use spacetime_syntax::ast::{Expr, Stmt, StmtFunctionDef, StmtWhile};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Offset, Ranged, Span};

use crate::made_list::{Maker, is_in_memory};
use crate::naming::Naming;
use crate::reliances::Reliances;
use crate::spilled::{check_unshared, options, rely, with_options};
use crate::spilled_list::items::{Walks, item_kind, walks};
use crate::spilled_list::worth::{claim, grows, holds_what_others_hold, runs_often};
use crate::spilled_list::written::SPILL_LIST;

pub static RULE: Rule =
    rule!(late "spill_queue", ExternalMemory, ["deque($$$ITEMS)", "collections.deque($$$ITEMS)"], check)
    .with_cases(include_str!("spill_queue.md"));

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let site = found.node;
    let Some(expr @ Expr::Call(call)) = cx.tree.expr(site) else { return Ok(None) };
    let is_deque = cx.model.qualified(&call.func).is_some_and(|name| name == "collections.deque");
    let maker = match &call.arguments.args[..] {
        [] => Maker::Empty,
        // What is written there is a beginning.
        [Expr::List(_) | Expr::Tuple(_) | Expr::Starred(_)] => return Ok(None),
        [items] if !is_in_memory(cx, items) => Maker::Copy(call),
        _ => return Ok(None),
    };
    if !is_deque || !call.arguments.keywords.is_empty() || !cx.model.is_program() {
        return Ok(None);
    }
    let Some(Naming { target: Expr::Name(name), .. }) = Naming::of(cx, site) else { return Ok(None) };
    let description = format!("the queue `{}` is filled, then emptied: keep it on disk", name.id);
    let refuse = |doubt| Box::new(Refusal { span: expr.range(), description: description.clone(), doubt });
    let journey = match cx.model.journey_of_queue(site) {
        Ok(journey) => journey,
        Err(doubt) if cx.tree.ids().any(|id| Emptying::at(cx, id).is_some()) => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    let [taken] = journey.emptied[..] else { return Ok(None) };
    let Some(emptying) = Emptying::at(cx, taken) else { return Ok(None) };
    if !grows(cx, &journey, maker)
        || runs_often(cx, site, maker, &journey)
        || holds_what_others_hold(cx, expr, maker, &journey)
    {
        return Ok(None);
    }
    check_unshared(cx, &journey).map_err(refuse)?;
    emptying.check(cx, &journey, site).map_err(refuse)?;
    // Items live until the list goes.
    if ["__del__", "weakref", "gc"].iter().any(|word| cx.tree.module().text().contains(word)) {
        return Err(refuse(Doubt::new("when objects die may be seen in this module")));
    }
    let kind = item_kind(cx, site, maker, &journey);
    let Walks { lent, edits: walked, .. } =
        walks(cx, expr, maker, &journey, &kind, Vec::new()).map_err(refuse)?;
    let Some(mut edits) = emptying.edits(cx).filter(|_| walked.is_empty()) else { return Ok(None) };
    let (list, options) = (SPILL_LIST.local_name(cx.tree), options(&kind, lent));
    if call.arguments.is_empty() {
        edits.push(Edit::replace(expr.range(), format!("{list}({options})")));
    } else {
        edits.push(Edit::replace(call.func.range(), list));
        edits.extend(with_options(cx, call, options));
    }
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    let mut relies = Reliances::default();
    rely(&journey, lent, &mut relies);
    Ok(Some(Opportunity {
        span: expr.range(),
        description,
        edits,
        imports: vec![SPILL_LIST],
        relies_on: relies.into_vec(),
        claim: claim(cx, expr, maker, &name.id, &kind),
    }))
}

/// `while queue: item = queue.popleft(); ...`
struct Emptying<'m> {
    stmt: &'m StmtWhile,
    first: &'m Stmt,
    target: &'m Expr,
    /// Where the queue stands in the test, and before `.popleft`.
    test: NodeId,
    taken: NodeId,
}

impl<'m> Emptying<'m> {
    fn at(cx: &Context<'_, 'm>, call: NodeId) -> Option<Self> {
        let Some(Expr::Call(popping)) = cx.tree.expr(call) else { return None };
        let Expr::Attribute(method) = &*popping.func else { return None };
        let first = cx.tree.parent(call)?;
        let Node::Stmt(outer @ Stmt::Assign(assign)) = cx.tree.node(first) else { return None };
        let Node::Stmt(Stmt::While(stmt)) = cx.tree.node(cx.tree.parent(first)?) else { return None };
        let [target] = &assign.targets[..] else { return None };
        let begins = stmt.body.first().is_some_and(|one| cx.tree.id(one) == first);
        let (test, taken) = (cx.tree.id(&*stmt.test), cx.tree.id(&*method.value));
        let symbol = |name: NodeId| cx.model.scopes.resolve(name).symbol();
        let is_alike = stmt.test.is_name_expr() && method.value.is_name_expr() && symbol(test) == symbol(taken);
        (begins && is_alike && stmt.orelse.is_empty() && stmt.body.len() > 1 && binds_names(target))
            .then_some(Self { stmt, first: outer, target, test, taken })
    }

    /// Whether nobody can see that the queue does not become empty: who has it uses it before only.
    fn check(&self, cx: &Context<'_, '_>, journey: &Journey, site: NodeId) -> Result<(), Doubt> {
        let doubt = |node: NodeId, what: &str| Doubt::new(format!("{what} (line {})", cx.model.line(node)));
        let Some(symbol) = cx.model.scopes.resolve(self.test).symbol() else {
            return Err(doubt(self.test, "it is not known what is emptied"));
        };
        let own = cx.model.scopes.symbol(symbol).scope;
        if !is_always(cx, symbol, site) {
            return Err(doubt(self.test, "what is emptied may be something else"));
        }
        let stmt = cx.tree.id(self.stmt);
        let mut around = cx.tree.ancestors(stmt).take_while(|outer| {
            !matches!(cx.tree.node(*outer), Node::Stmt(Stmt::FunctionDef(_)))
        });
        if around.any(|outer| matches!(cx.tree.node(outer), Node::Stmt(Stmt::For(_) | Stmt::While(_)))) {
            return Err(doubt(stmt, "it is emptied in another loop"));
        }
        for place in &journey.places {
            let place = *place;
            if !is_local(cx, place) {
                return Err(doubt(place, "somebody may have it while it is emptied"));
            }
            let is_after = cx.tree.node(place).range().end() > self.stmt.start();
            if place != self.test
                && place != self.taken
                && cx.model.scopes.scope_of(place) == own
                && (is_after || is_returned(cx, place))
            {
                return Err(doubt(place, "it is used when it is emptied"));
            }
        }
        Ok(())
    }

    /// `for item in queue: ...`
    fn edits(&self, cx: &Context<'_, '_>) -> Option<Vec<Edit>> {
        let module = cx.tree.module();
        let (start, test) = (self.stmt.start(), self.stmt.test.range());
        let before = module.slice(Span::new(start, test.start()));
        let after = module.slice(Span::new(test.end(), self.first.start())).trim_start();
        let line = module.statement_line_span(self.first)?;
        let rest = module.slice(Span::new(self.first.end(), line.end()));
        let target = module.slice(self.target);
        if before.trim() != "while" || !after.starts_with(':') || target.contains(['\n', '\\']) {
            return None;
        }
        let head = format!("for {target} in {}", module.slice(test));
        let taken = match rest.find('#') {
            None if rest.trim().is_empty() => line,
            Some(_) if rest.trim_start().starts_with('#') => {
                Span::new(self.first.start(), line.end() - Offset::of(rest.trim_start()))
            }
            _ => return None,
        };
        Some(vec![Edit::replace(Span::new(start, test.end()), head), Edit::delete(taken)])
    }
}

/// Names, and tuples of them.
fn binds_names(target: &Expr) -> bool {
    match target {
        Expr::Name(_) => true,
        Expr::Tuple(tuple) => tuple.elts.iter().all(binds_names),
        _ => false,
    }
}

/// Whether a variable is only ever bound to what is made at `site`: there, or by calls of a function that
/// makes it each time and always returns it.
fn is_always(cx: &Context<'_, '_>, symbol: SymbolId, site: NodeId) -> bool {
    let Some(value) = only_value(cx, symbol) else { return false };
    if cx.tree.id(value) == site {
        return true;
    }
    let Expr::Call(call) = value else { return false };
    let Some((function, body)) = called(cx, &call.func) else { return false };
    let gives = |stmt: &Stmt| match stmt {
        Stmt::Return(back) => back.value.as_deref().is_some_and(|value| {
            let returned = cx.model.scopes.resolve(cx.tree.id(value)).symbol();
            let made = returned.filter(|_| value.is_name_expr()).and_then(|symbol| only_value(cx, symbol));
            made.is_some_and(|made| cx.tree.id(made) == site)
        }),
        _ => true,
    };
    function.decorator_list.is_empty()
        && !body.is_generator
        && !body.is_async
        && function.body.last().is_some_and(Stmt::is_return_stmt)
        && body.nodes.iter().all(|node| cx.tree.stmt(*node).is_none_or(gives))
}

/// The function of the module that a name means, and nothing else.
fn called<'m>(cx: &Context<'_, 'm>, func: &Expr) -> Option<(&'m StmtFunctionDef, Rc<Body>)> {
    let symbol = cx.model.scopes.resolve(cx.tree.id(func)).symbol().filter(|_| func.is_name_expr())?;
    let data = cx.model.scopes.symbol(symbol);
    let [binding] = data.bindings[..] else { return None };
    let def = cx.tree.ancestors(binding).next()?;
    let Node::Stmt(Stmt::FunctionDef(function)) = cx.tree.node(def) else { return None };
    let plain = data.deletes.is_empty() && !data.rebound_elsewhere && cx.model.is_definition(symbol);
    Some((function, cx.model.body_of_def(def).filter(|_| plain)?))
}

/// The only value that a variable of a function or of the module is ever bound to.
fn only_value<'m>(cx: &Context<'_, 'm>, symbol: SymbolId) -> Option<&'m Expr> {
    let data = cx.model.scopes.symbol(symbol);
    let [binding] = data.bindings[..] else { return None };
    let Node::Stmt(Stmt::Assign(assign)) = cx.tree.node(cx.tree.parent(binding)?) else { return None };
    let plain = matches!(&assign.targets[..], [Expr::Name(_)]) && data.deletes.is_empty() && !data.rebound_elsewhere;
    plain.then_some(&*assign.value)
}

/// Whether what stands at `place` is the value of a call, or of a variable that nobody sees but the
/// function to which it belongs, which is done when it returns.
fn is_local(cx: &Context<'_, '_>, place: NodeId) -> bool {
    let Some(body) = cx.model.body_of(place).filter(|body| !body.is_generator && !body.is_async) else {
        return false;
    };
    let scopes = &cx.model.scopes;
    let scope = scopes.scope_of(place);
    let is_plain = match scopes.scope(scope).kind {
        ScopeKind::Module => true,
        ScopeKind::Function => matches!(cx.tree.node(scopes.scope(scope).node), Node::Stmt(Stmt::FunctionDef(_))),
        _ => false,
    };
    is_plain
        && body.scope == scope
        && match cx.tree.expr(place) {
            Some(Expr::Call(_)) => true,
            Some(Expr::Name(_)) => scopes.resolve(place).symbol().is_some_and(|symbol| {
                let data = scopes.symbol(symbol);
                data.scope == scope && !data.is_captured && !data.rebound_elsewhere
                    && data.uses.iter().all(|used| scopes.scope_of(*used) == scope)
            }),
            _ => false,
        }
}

fn is_returned(cx: &Context<'_, '_>, place: NodeId) -> bool {
    cx.tree.parent(place).is_some_and(|outer| matches!(cx.tree.node(outer), Node::Stmt(Stmt::Return(_))))
}
