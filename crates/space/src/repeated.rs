//! How often code runs: once, or again and again in a loop.

use spacetime_rule::Context;
use spacetime_semantic::first_iterable;
use spacetime_semantic::scope::SymbolId;
use spacetime_syntax::ast::{Comprehension, Expr, Stmt, UnaryOp};
use spacetime_syntax::{Node, NodeId};

use crate::literal;
use crate::naming::Naming;

/// Which loops do not count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Few {
    /// Those with a few rounds, as written.
    Passes,
    /// Those over the first so many of something, too.
    Heads,
}

/// More rounds than that are many.
const FEW: usize = 5;

/// Names are followed no further.
const STEPS: u8 = 8;

impl Few {
    fn all_rounds(self, cx: &Context<'_, '_>, expr: &Expr) -> bool {
        let Some(clauses) = clauses_of(expr) else { return false };
        clauses.iter().all(|clause| self.rounds(cx, &clause.iter, STEPS))
    }

    /// Whether walking `iter` takes few rounds. What names stand for is followed so many
    /// steps: they may go in circles.
    fn rounds(self, cx: &Context<'_, '_>, iter: &Expr, steps: u8) -> bool {
        let Some(steps) = steps.checked_sub(1) else { return false };
        match iter {
            Expr::List(list) => list.elts.len() <= FEW && !list.elts.iter().any(Expr::is_starred_expr),
            Expr::Tuple(tuple) => tuple.elts.len() <= FEW && !tuple.elts.iter().any(Expr::is_starred_expr),
            Expr::Dict(dict) => dict.items.len() <= FEW && dict.items.iter().all(|item| item.key.is_some()),
            Expr::Set(set) => set.elts.len() <= FEW && !set.elts.iter().any(Expr::is_starred_expr),
            Expr::StringLiteral(text) => text.value.chars().take(FEW + 1).count() <= FEW,
            Expr::Subscript(subscript) => match &*subscript.slice {
                Expr::Slice(slice) => {
                    if self.rounds(cx, &subscript.value, steps) {
                        return true;
                    }
                    let from_start = slice.lower.is_none() && slice.step.is_none();
                    let to_end = slice.upper.is_none() && slice.step.is_none();
                    from_start && slice.upper.as_deref().is_some_and(|upper| self.is_few(upper))
                        || to_end
                            && matches!(slice.lower.as_deref(), Some(Expr::UnaryOp(last))
                                if last.op == UnaryOp::USub && self.is_few(&last.operand))
                }
                _ => false,
            },
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) if method.attr.as_str() == "most_common" => {
                    call.arguments.args.first().is_some_and(|count| self.is_few(count))
                }
                Expr::Attribute(method) if matches!(method.attr.as_str(), "items" | "keys" | "values") => {
                    self.rounds(cx, &method.value, steps)
                }
                Expr::Name(name)
                    if matches!(name.id.as_str(), "enumerate" | "zip" | "reversed" | "sorted") =>
                {
                    cx.model.is_builtin(&call.func, &name.id)
                        && call.arguments.args.first().is_some_and(|first| self.rounds(cx, first, steps))
                }
                func => match cx.model.qualified(func).as_deref() {
                    Some("spacetime_compiler.runtime.sorted_head" | "itertools.islice") => {
                        call.arguments.args.len() == 2 && self.is_few(&call.arguments.args[1])
                    }
                    Some("heapq.nlargest" | "heapq.nsmallest") => {
                        call.arguments.args.first().is_some_and(|first| self.is_few(first))
                    }
                    _ if cx.model.is_builtin(func, "range") => self.few_numbers(&call.arguments.args),
                    _ => false,
                },
            },
            Expr::Name(name) => {
                let symbol = cx.model.scopes.resolve(cx.tree.id(name)).symbol();
                symbol
                    .and_then(|symbol| bound_once(cx, symbol))
                    .is_some_and(|value| !value.is_name_expr() && self.rounds(cx, value, steps))
            }
            _ => false,
        }
    }

    /// Whether `range` of these gives few numbers.
    fn few_numbers(self, arguments: &[Expr]) -> bool {
        let bounds: Option<Vec<u64>> = arguments.iter().map(literal::integer).collect();
        match bounds.as_deref() {
            Some([end]) => *end <= self.most(),
            Some([start, end]) => end.saturating_sub(*start) <= self.most(),
            _ => false,
        }
    }

    fn is_few(self, count: &Expr) -> bool {
        match count {
            Expr::NumberLiteral(_) => literal::integer(count).is_some_and(|count| count <= self.most()),
            Expr::Name(_) | Expr::Attribute(_) => self == Self::Heads,
            _ => false,
        }
    }

    fn most(self) -> u64 {
        match self {
            Self::Passes => FEW as u64,
            Self::Heads => 100,
        }
    }
}

/// The `for` clauses of a comprehension.
fn clauses_of(expr: &Expr) -> Option<&[Comprehension]> {
    match expr {
        Expr::ListComp(comp) => Some(&comp.generators),
        Expr::SetComp(comp) => Some(&comp.generators),
        Expr::DictComp(comp) => Some(&comp.generators),
        Expr::Generator(comp) => Some(&comp.generators),
        _ => None,
    }
}

/// The only value that a variable is ever bound to, which nobody makes longer.
fn bound_once<'m>(cx: &Context<'_, 'm>, symbol: SymbolId) -> Option<&'m Expr> {
    let data = cx.model.scopes.symbol(symbol);
    let [binding] = data.bindings.as_slice() else { return None };
    if data.rebound_elsewhere {
        return None;
    }
    let Node::Stmt(Stmt::Assign(assign)) = cx.tree.node(cx.tree.parent(*binding)?) else { return None };
    let grows =
        data.uses.iter().any(|used| match cx.tree.parent(*used).and_then(|parent| cx.tree.expr(parent)) {
            Some(Expr::Attribute(method)) => {
                matches!(method.attr.as_str(), "append" | "extend" | "insert" | "update" | "setdefault")
            }
            Some(Expr::Subscript(subscript)) => subscript.ctx.is_store(),
            _ => false,
        });
    (!grows && matches!(assign.targets.as_slice(), [Expr::Name(_)])).then_some(&*assign.value)
}

/// The innermost loop or comprehension of the same function that runs `node`
/// once for each of its many rounds.
pub fn loop_around(cx: &Context<'_, '_>, node: NodeId) -> Option<NodeId> {
    many_around(cx, node, Few::Passes)
}

/// The same, where some loops do not count.
pub fn many_around(cx: &Context<'_, '_>, node: NodeId, few: Few) -> Option<NodeId> {
    let mut inner = node;
    for outer in cx.tree.ancestors(node) {
        match cx.tree.node(outer) {
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) | Node::Expr(Expr::Lambda(_)) => {
                return None;
            }
            Node::Stmt(Stmt::For(stmt))
                if cx.tree.id(&*stmt.iter) != inner
                    && !within_else(cx, &stmt.orelse, inner)
                    && !few.rounds(cx, &stmt.iter, STEPS) =>
            {
                return Some(outer);
            }
            Node::Stmt(Stmt::While(stmt)) if !within_else(cx, &stmt.orelse, inner) => return Some(outer),
            Node::Expr(expr) => {
                let once = first_iterable(expr).is_none_or(|first| cx.tree.contains(cx.tree.id(first), node));
                if !once && !few.all_rounds(cx, expr) {
                    return Some(outer);
                }
            }
            _ => {}
        }
        inner = outer;
    }
    None
}

fn within_else(cx: &Context<'_, '_>, orelse: &[Stmt], inner: NodeId) -> bool {
    orelse.iter().any(|stmt| cx.tree.id(stmt) == inner)
}

/// Whether `node` runs again and again while one thing lives: in a loop that
/// holds none of the places where such things are made.
pub fn repeats_beside(cx: &Context<'_, '_>, node: NodeId, makers: &[NodeId]) -> bool {
    let mut at = node;
    while let Some(around) = loop_around(cx, at) {
        if !makers.iter().any(|maker| cx.tree.contains(around, *maker)) && !is_rebound(cx, node, around) {
            return true;
        }
        at = around;
    }
    false
}

/// Whether every round of a loop that goes to its end, or the loop itself, binds the variable at `node`
/// anew: the next round walks something else.
fn is_rebound(cx: &Context<'_, '_>, node: NodeId, around: NodeId) -> bool {
    let Some(symbol) = cx.model.scopes.resolve(node).symbol() else { return false };
    let bindings = &cx.model.scopes.symbol(symbol).bindings;
    let bound_by =
        |target: &Expr| bindings.iter().any(|binding| cx.tree.contains(cx.tree.id(target), *binding));
    let body = match cx.tree.node(around) {
        Node::Stmt(Stmt::For(stmt)) if bound_by(&stmt.target) => return true,
        Node::Stmt(Stmt::For(stmt)) => &stmt.body,
        Node::Stmt(Stmt::While(stmt)) => &stmt.body,
        Node::Expr(expr) => {
            return clauses_of(expr).is_some_and(|all| all.iter().any(|clause| bound_by(&clause.target)));
        }
        _ => return false,
    };
    body.iter().any(|stmt| match stmt {
        Stmt::Assign(assign) => assign.targets.iter().any(bound_by),
        _ => false,
    })
}

/// Whether the loop that walks what stands at `node` calls a function of the module for each item: beside
/// that it hardly matters where the items come from.
pub fn works_on_each(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let Some(around) = cx.tree.ancestors(node).find(|outer| match cx.tree.node(*outer) {
        Node::Stmt(Stmt::For(stmt)) => cx.tree.contains(cx.tree.id(&*stmt.iter), node),
        Node::Expr(expr) => clauses_of(expr).is_some(),
        _ => false,
    }) else {
        return false;
    };
    let is_own = |func: &Expr| match func {
        Expr::Name(_) => {
            cx.model.scopes.resolve(cx.tree.id(func)).symbol().is_some() && cx.model.qualified(func).is_none()
        }
        Expr::Attribute(method) => matches!(&*method.value, Expr::Name(own) if own.id.as_str() == "self"),
        _ => false,
    };
    cx.tree.subtree(around).any(|id| match cx.tree.node(id) {
        Node::Expr(Expr::Call(call)) => !cx.tree.contains(id, node) && is_own(&call.func),
        _ => false,
    })
}

/// Whether the function around `node` is called in a loop, or by itself, or
/// by a function that is.
pub fn function_repeats(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let Some(def) = cx.model.enclosing_function(node) else { return false };
    calls_repeat(cx, def, &mut Vec::new(), &mut Vec::new())
}

/// Whether the function around `node` gets one list again and again. `places` are expressions
/// that may be the list: a call that passes another one does not count. Nor do loops
/// in which one of `makers` makes it anew.
pub fn receives_again(cx: &Context<'_, '_>, node: NodeId, places: &[NodeId], makers: &[NodeId]) -> bool {
    receives_again_on(cx, node, places, makers, &mut Vec::new())
}

fn receives_again_on(
    cx: &Context<'_, '_>,
    node: NodeId,
    places: &[NodeId],
    makers: &[NodeId],
    path: &mut Vec<SymbolId>,
) -> bool {
    let Some(symbol) = cx.model.scopes.resolve(node).symbol() else { return function_repeats(cx, node) };
    if path.contains(&symbol) {
        return true;
    }
    let passes = |place: &&NodeId| cx.model.passed_to(**place).is_some_and(|(_, _, to)| to == symbol);
    let given: Vec<NodeId> = places.iter().filter(passes).copied().collect();
    if given.is_empty() {
        return !is_made_here(cx, symbol, makers) && function_repeats(cx, node);
    }
    path.push(symbol);
    let again = |place: &NodeId| {
        repeats_beside(cx, *place, makers) || receives_again_on(cx, *place, places, makers, path)
    };
    let repeats = given.iter().any(again);
    path.pop();
    repeats
}

/// Whether a variable is only ever bound to what is made in its own function: each run has another.
fn is_made_here(cx: &Context<'_, '_>, symbol: SymbolId, makers: &[NodeId]) -> bool {
    let data = cx.model.scopes.symbol(symbol);
    let is_made = |binding: &NodeId| {
        makers
            .iter()
            .any(|maker| Naming::of(cx, *maker).is_some_and(|naming| cx.tree.id(naming.target) == *binding))
    };
    !data.rebound_elsewhere && !data.bindings.is_empty() && data.bindings.iter().all(is_made)
}

/// Whether one of a function's callers calls it in a loop, or is among those that it calls,
/// which are on the `path`. Two callers that have a caller in common are no circle.
fn calls_repeat(cx: &Context<'_, '_>, def: NodeId, path: &mut Vec<NodeId>, seen: &mut Vec<NodeId>) -> bool {
    if path.contains(&def) {
        return true;
    }
    if seen.contains(&def) {
        return false;
    }
    seen.push(def);
    path.push(def);
    let repeats = cx.model.known_calls(def).into_iter().any(|call| {
        loop_around(cx, call).is_some()
            || cx.model.enclosing_function(call).is_some_and(|caller| calls_repeat(cx, caller, path, seen))
    });
    path.pop();
    repeats
}
