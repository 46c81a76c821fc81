//! `sorted(set(X))` and its like: what it takes the items from, and its text as
//! `sorted_set(X)`; and sorts of what is on disk.

use spacetime_rule::{Context, Import};
use spacetime_semantic::{Body, Doubt, Kind, Size, first_iterable};
use spacetime_syntax::ast::{Expr, ExprCall, Keyword, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Ranged, Span};

use crate::comprehension::{check_generator, is_only_argument, rebracket};
use crate::price;
use crate::reliances::Reliances;
use crate::safety::{check_identity, check_threads};
use crate::spilled::{is_read, is_written};
use crate::walked::walked_once;

pub const SORTED_SET: Import = Import::new("spacetime_compiler.runtime", "sorted_set");
pub const EXTERNAL_SORT: Import = Import::new("spacetime_compiler.runtime", "external_sort");
const CHAIN: Import = Import::new("itertools", "chain");

/// `sorted(set(X))`, `sorted({e for ...})`, `sorted(list(set(X)), reverse=True)`.
#[derive(Clone, Copy)]
pub struct SortedSet<'m> {
    pub call: &'m ExprCall,
    /// What stands for `set(X)`.
    argument: &'m Expr,
    /// `X`, or the set comprehension.
    pub source: &'m Expr,
    /// `Y` in `sorted(set(X) | set(Y))`; both are variables.
    also: Option<&'m Expr>,
}

impl<'m> SortedSet<'m> {
    pub fn of(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<Self> {
        let [argument] = &call.arguments.args[..] else { return None };
        // The set would be made before anything else is evaluated.
        let constant = |keyword: &Keyword| {
            keyword.arg.as_deref() == Some("reverse") && keyword.value.is_boolean_literal_expr()
        };
        if !cx.model.is_builtin(&call.func, "sorted") || !call.arguments.keywords.iter().all(constant) {
            return None;
        }
        if let Some([source, also]) = united(cx, argument) {
            return Some(Self { call, argument, source, also: Some(also) });
        }
        let mut inner = argument;
        while let Expr::Call(wrapper) = inner {
            let [only] = &wrapper.arguments.args[..] else { return None };
            let is = |names: &[&str]| names.iter().any(|name| cx.model.is_builtin(&wrapper.func, name));
            if only.is_starred_expr() || !wrapper.arguments.keywords.is_empty() {
                return None;
            }
            if is(&["set", "frozenset"]) {
                let left = only.is_list_comp_expr() || only.is_yield_expr() || only.is_yield_from_expr();
                return (!left && is_bare(cx, argument, only)).then_some(Self {
                    call,
                    argument,
                    source: only,
                    also: None,
                });
            }
            if !is(&["list", "tuple"]) {
                return None;
            }
            inner = only;
        }
        let found = inner.is_set_comp_expr() && is_bare(cx, argument, inner);
        found.then_some(Self { call, argument, source: inner, also: None })
    }

    /// The kind of the items.
    pub fn item(&self, cx: &Context<'_, '_>, body: &Body) -> Kind {
        body.item_kind(cx.model, self.argument)
    }

    pub fn items(&self, cx: &Context<'_, '_>) -> Size {
        price::items(cx, self.source)
    }

    /// Whether a set of these items can be large, and goes to disk.
    pub fn is_large(&self, cx: &Context<'_, '_>, body: &Body) -> bool {
        if price::is_listing(cx, self.first())
            || price::is_small(&self.items(cx))
            || !is_written(&self.item(cx, body))
        {
            return false;
        }
        let large = |source: &Expr| {
            let kind = body.kind(cx.model, source);
            matches!(
                kind,
                Kind::Unknown | Kind::List(_) | Kind::Tuples(_) | Kind::Iterator(_) | Kind::File(_)
            )
        };
        self.source.is_set_comp_expr() || large(self.source) && self.also.is_none_or(large)
    }

    /// Whether the items come from a file.
    pub fn is_fed(&self, cx: &Context<'_, '_>) -> bool {
        is_read(cx, cx.tree.id(self.first()))
    }

    fn first(&self) -> &'m Expr {
        first_iterable(self.source).unwrap_or(self.source)
    }

    /// A generator cannot take the place of every set comprehension.
    /// Otherwise nothing moves: all items are taken where they were.
    pub fn check(&self, cx: &Context<'_, '_>, body: &Body, relies: &mut Reliances) -> Result<(), Doubt> {
        if self.source.is_set_comp_expr() {
            return check_generator(cx, body, cx.tree.id(self.source), relies);
        }
        for source in std::iter::once(self.source).chain(self.also) {
            let making = cx.model.walk_effects(body, source);
            check_threads(cx, [&making], relies)?;
            check_identity([&making])?;
            // What is walked then is evaluated before the first walk.
            let asking = self.also.map(|also| cx.model.expr_effects(body, also));
            if asking.is_some_and(|asking| making.conflict(&asking).is_some()) {
                return Err(Doubt::new("walking the one may change what the other is"));
            }
        }
        Ok(())
    }

    /// What the new call needs.
    pub fn imports(&self) -> impl Iterator<Item = Import> {
        std::iter::once(SORTED_SET).chain(self.also.map(|_| CHAIN))
    }

    /// Edits that put `function(X, ...)` in the place of the call.
    pub fn edits(&self, cx: &Context<'_, '_>, function: &str) -> Vec<Edit> {
        let mut edits = vec![Edit::replace(self.call.func.range(), function)];
        if let Some(also) = self.also {
            let text = |expr: &Expr| cx.tree.module().slice(expr.range());
            let both = format!("{}({}, {})", CHAIN.local_name(cx.tree), text(self.source), text(also));
            edits.push(Edit::replace(self.argument.range(), both));
            return edits;
        }
        let (outer, inner) = (self.argument.range(), self.source.range());
        let bare = is_only_argument(cx, self.call, outer);
        if self.source.is_set_comp_expr() {
            let (open, close) = if bare { ("", "") } else { ("(", ")") };
            edits.extend(rebracket(cx, inner, outer, open, close));
            return edits;
        }
        let open = matches!(self.source, Expr::Generator(made) if !made.parenthesized && !bare);
        let (open, close) = if open { ("(", ")") } else { ("", "") };
        edits.push(Edit::replace(Span::new(outer.start(), inner.start()), open));
        edits.push(Edit::replace(Span::new(inner.end(), outer.end()), close));
        edits
    }
}

/// Whether a call is one of `sorted` that gets nothing but one iterable, and perhaps keywords.
pub fn is_plain_sort(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let Some(Expr::Call(call)) = cx.tree.expr(node) else { return false };
    let whole = matches!(&call.arguments.args[..], [only] if !only.is_starred_expr());
    let plain = call.arguments.keywords.iter().all(|keyword| keyword.arg.is_some());
    whole && plain && cx.model.is_builtin(&call.func, "sorted")
}

/// Whether a sort gets no key function, or one that looks at nothing but what it gets, and what the
/// dictionary has under that key: one that asks for a missing key, or takes one out, does so while they
/// are walked. So may a method of the module, but for one that only works something out.
pub fn has_own_key(cx: &Context<'_, '_>, sort: NodeId) -> bool {
    let Some(Expr::Call(sort)) = cx.tree.expr(sort) else { return false };
    let Some(keyword) = sort.arguments.find_keyword("key") else { return true };
    let Expr::Lambda(lambda) = &keyword.value else { return false };
    let body = cx.tree.id(&*lambda.body);
    let is_own = |symbol| {
        let data = cx.model.scopes.symbol(symbol);
        data.bindings.iter().all(|binding| cx.tree.contains(cx.tree.id(&keyword.value), *binding))
    };
    // `sorted(groups, key=lambda name: groups[name][0])`; also of an attribute, `self.groups`.
    let asks_for_key = |name: NodeId| {
        let dictionary = sort.arguments.args.first().map(|walked| cx.tree.module().slice(walked));
        let outer = cx.tree.ancestors(name).find_map(|outer| match cx.tree.expr(outer) {
            Some(Expr::Attribute(_)) => None,
            found => Some(found),
        });
        let Some(Some(Expr::Subscript(subscript))) = outer else { return false };
        let key = cx.model.scopes.resolve(cx.tree.id(&*subscript.slice)).symbol();
        let is_parameter = |symbol| {
            let data = cx.model.scopes.symbol(symbol);
            let is_the_lambdas = cx.model.scopes.scope(data.scope).node == cx.tree.id(lambda);
            data.is_parameter && data.bindings.len() == 1 && is_the_lambdas
        };
        dictionary.is_some_and(|dictionary| dictionary == cx.tree.module().slice(&*subscript.value))
            && subscript.slice.is_name_expr()
            && key.is_some_and(is_parameter)
    };
    cx.tree.subtree(body).chain(std::iter::once(body)).all(|id| match cx.tree.expr(id) {
        Some(expr @ Expr::Name(name)) => match cx.model.scopes.resolve(id).symbol() {
            Some(symbol) => is_own(symbol) || asks_for_key(id),
            None => cx.model.is_builtin(expr, &name.id),
        },
        Some(Expr::Attribute(attribute)) => {
            cx.model.methods_named(&attribute.attr).iter().all(|method| works_out(cx, *method))
        }
        _ => true,
    })
}

/// Whether a function calls nothing but builtins, and changes nothing but attributes and variables of its own.
fn works_out(cx: &Context<'_, '_>, function: NodeId) -> bool {
    cx.tree.subtree(function).all(|id| match cx.tree.node(id) {
        Node::Expr(Expr::Call(call)) => match &*call.func {
            Expr::Name(name) => cx.model.is_builtin(&call.func, &name.id),
            _ => false,
        },
        // Another property may do anything.
        Node::Expr(Expr::Attribute(attribute)) => cx.model.methods_named(&attribute.attr).is_empty(),
        Node::Expr(Expr::Subscript(subscript)) => subscript.ctx.is_load(),
        Node::Stmt(Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::AugAssign(_) | Stmt::Delete(_)) => false,
        _ => true,
    })
}

/// Of these calls of `sorted` over what is on disk, those whose results are walked once sort
/// it there.
pub fn sorts_on_disk(cx: &Context<'_, '_>, calls: &[NodeId], relies: &mut Reliances) -> Vec<Edit> {
    let walked = |node: &NodeId| {
        let body = cx.model.body_of(*node)?;
        let Some(Expr::Call(call)) = cx.tree.expr(*node) else { return None };
        walked_once(cx, &body, *node, relies)?;
        Some(Edit::replace(call.func.range(), EXTERNAL_SORT.local_name(cx.tree)))
    };
    calls.iter().filter_map(walked).collect()
}

/// The variables in `set(X) | set(Y)` and `set(X).union(Y)`. Of equal elements the first one
/// stays, as in what walks one after the other.
fn united<'m>(cx: &Context<'_, 'm>, argument: &'m Expr) -> Option<[&'m Expr; 2]> {
    let whole = |expr: &'m Expr| match expr {
        Expr::Call(call) if cx.model.is_builtin(&call.func, "set") && call.arguments.keywords.is_empty() => {
            match &call.arguments.args[..] {
                [only] => only.is_name_expr().then_some(only),
                _ => None,
            }
        }
        _ => None,
    };
    let text = cx.tree.module().slice(argument.range());
    if text.contains(['#', '\n']) {
        return None;
    }
    match argument {
        Expr::BinOp(op) if op.op == Operator::BitOr => Some([whole(&op.left)?, whole(&op.right)?]),
        Expr::Call(call) if call.arguments.keywords.is_empty() => {
            let Expr::Attribute(method) = &*call.func else { return None };
            let [other] = &call.arguments.args[..] else { return None };
            let named = method.attr.as_str() == "union" && other.is_name_expr();
            Some([whole(&method.value).filter(|_| named)?, other])
        }
        _ => None,
    }
}

/// Whether nothing is written between an expression and one within it but names
/// and parentheses.
fn is_bare(cx: &Context<'_, '_>, outer: &Expr, inner: &Expr) -> bool {
    let text = cx.tree.module().text();
    let before = &text[outer.start().to_usize()..inner.start().to_usize()];
    let after = &text[inner.end().to_usize()..outer.end().to_usize()];
    before.chars().all(|char| char.is_ascii_alphanumeric() || char == '(' || char.is_whitespace())
        && after.chars().all(|char| char == ')' || char.is_whitespace())
}
