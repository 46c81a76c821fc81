//! Texts that are read only to be cut: where they are read, and what cuts them.

use spacetime_rule::Context;
use spacetime_semantic::{Body, Kind};
use spacetime_syntax::Node;
use spacetime_syntax::ast::{Expr, ExprCall, Stmt, StmtFunctionDef, WithItem};
use spacetime_text::{Edit, Ranged, Span};

use crate::by_lines::are_bound_before;
use crate::matches::{Search, is_case, is_in_text, search, uncased};
use crate::spilled::kind_of;
use crate::whole_file::{is_newline_alone, standard_input};

/// Names and calls are followed no further.
const STEPS: u8 = 4;

/// Where the text is read that a value is: the value itself, or what is assigned to the variable
/// for this use only, or what a function returns that is called only here.
pub fn source<'m>(cx: &Context<'_, 'm>, value: &'m Expr) -> Option<Source<'m>> {
    let mut annotations = Vec::new();
    let read = source_in(cx, value, STEPS, &mut annotations)?;
    Some(Source { read, annotations })
}

/// Where a text is read, and what functions say on its way of what they return.
pub struct Source<'m> {
    pub read: &'m Expr,
    pub annotations: Vec<&'m Expr>,
}

fn source_in<'m>(
    cx: &Context<'_, 'm>,
    value: &'m Expr,
    steps: u8,
    annotations: &mut Vec<&'m Expr>,
) -> Option<&'m Expr> {
    let steps = steps.checked_sub(1)?;
    let node = cx.tree.id(value);
    let body = cx.model.body_of(node)?;
    let text = uncased(value);
    if reads_file(cx, &body, text) || reads_input(cx, text) {
        return Some(value);
    }
    let from = match value {
        Expr::Name(_) => {
            let symbol = cx.model.scopes.resolve(node).symbol()?;
            let hidden = cx.model.is_program() || cx.model.enclosing_function(node).is_some();
            let bindings = &cx.model.scopes.symbol(symbol).bindings;
            bindings.iter().filter(|_| hidden).find_map(|binding| {
                let stmt = cx.tree.parent(*binding)?;
                let Node::Stmt(Stmt::Assign(assign)) = cx.tree.node(stmt) else { return None };
                let [target @ Expr::Name(_)] = &assign.targets[..] else { return None };
                let used = cx.model.sole_use(&body, stmt, cx.tree.id(target)).ok()?;
                (used.certain && used.name == node).then_some(&*assign.value)
            })?
        }
        Expr::Call(call) => {
            let (function, value) = only_result(cx, call)?;
            annotations.extend(function.returns.as_deref());
            value
        }
        _ => return None,
    };
    source_in(cx, from, steps, annotations)
}

/// What a function returns that is called only by this call, and surely ends with that.
fn only_result<'m>(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<(&'m StmtFunctionDef, &'m Expr)> {
    let Expr::Name(_) = &*call.func else { return None };
    let symbol = cx.model.scopes.resolve(cx.tree.id(&*call.func)).symbol()?;
    let [binding] = cx.model.scopes.symbol(symbol).bindings[..] else { return None };
    let def = cx.tree.parent(binding)?;
    let Node::Stmt(Stmt::FunctionDef(function)) = cx.tree.node(def) else { return None };
    let only =
        matches!(&cx.model.sure_callers(def).ok()?[..], [only] if cx.tree.id(*only) == cx.tree.id(call));
    let mut last = function.body.last()?;
    while let Stmt::With(with) = last {
        // Others might go on behind an error, without a result.
        let is_file = |item: &WithItem| matches!(kind_of(cx, cx.tree.id(&item.context_expr)), Kind::File(_));
        if !with.items.iter().all(is_file) {
            return None;
        }
        last = with.body.last()?;
    }
    let Stmt::Return(end) = last else { return None };
    let returns = cx.tree.subtree(def).filter(|id| matches!(cx.tree.node(*id), Node::Stmt(Stmt::Return(_))));
    let plain = !function.is_async
        && function.decorator_list.is_empty()
        && !cx.model.body_of(cx.tree.id(end))?.is_generator
        && returns.count() == 1;
    if only && plain { Some((function, end.value.as_deref()?)) } else { None }
}

/// `sys.stdin.read()`
fn reads_input(cx: &Context<'_, '_>, value: &Expr) -> bool {
    let Expr::Call(call) = value else { return false };
    let Expr::Attribute(method) = &*call.func else { return false };
    method.attr.as_str() == "read" && call.arguments.is_empty() && standard_input(cx, &method.value).is_some()
}

/// Whether an expression gives the text or the bytes of a file that is known to be one.
pub fn reads_file(cx: &Context<'_, '_>, body: &Body, value: &Expr) -> bool {
    let Expr::Call(call) = value else { return false };
    let Expr::Attribute(method) = &*call.func else { return false };
    match method.attr.as_str() {
        "strip" | "rstrip" => reads_file(cx, body, &method.value),
        _ => {
            matches!(body.kind(cx.model, &method.value), Kind::File(Some(_)) | Kind::Path)
                && matches!(body.kind(cx.model, value), Kind::Str | Kind::Bytes)
        }
    }
}

/// A call that cuts a text.
pub struct Cut<'m> {
    pub text: &'m Expr,
    call: &'m ExprCall,
    /// What is searched for does not go over the end of a line.
    pub search: Option<Search<'m>>,
}

impl<'m> Cut<'m> {
    /// What cuts the text in a variable: `text.split()`, `text.splitlines()`,
    /// `pattern.findall(text.lower())`.
    pub fn of(cx: &Context<'_, 'm>, text: &Expr) -> Option<Self> {
        let mut around = cx.tree.ancestors(cx.tree.id(text)).filter_map(|outer| cx.tree.expr(outer));
        let call = around.find_map(|outer| match outer {
            Expr::Call(call) if !matches!(&*call.func, Expr::Attribute(case) if is_case(case.attr.as_str())) => {
                Some(call)
            }
            _ => None,
        })?;
        Self::at(cx, call).filter(|cut| cx.tree.id(cut.text) == cx.tree.id(text))
    }

    pub fn at(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<Self> {
        let Expr::Attribute(method) = &*call.func else { return None };
        let (text, search) = match method.attr.as_str() {
            "split" => (&*method.value, None),
            "splitlines" if call.arguments.is_empty() => (&*method.value, None),
            "findall" => {
                let search = search(cx, call).filter(|search| search.by_line)?;
                (uncased(search.searched), Some(search))
            }
            _ => return None,
        };
        matches!(text, Expr::Name(_) | Expr::Call(_)).then_some(Self { text, call, search })
    }

    /// Whether what is read there can be cut as this does.
    pub fn fits(&self, cx: &Context<'_, '_>, read: &Expr) -> bool {
        let is_text = kind_of(cx, cx.tree.id(read)) == Kind::Str;
        match &self.search {
            Some(search) => {
                let there = cx.tree.id(read);
                search.is_text == is_text
                    && !is_in_text(cx, there)
                    && !is_in_text(cx, cx.tree.id(self.call))
                    && are_bound_before(cx, self.call, self.text, there)
            }
            None => {
                let is_whole = cx.tree.id(uncased(read)) == cx.tree.id(read);
                let separator = &self.call.arguments;
                is_whole && (separator.is_empty() || is_text && is_newline_alone(self.call, true))
                    || is_whole && !is_text && is_newline_alone(self.call, false)
            }
        }
    }

    /// The call around what is read; nothing if it is written over several lines.
    pub fn moved_to(&self, cx: &Context<'_, '_>, read: &Expr) -> Option<Vec<Edit>> {
        let module = cx.tree.module();
        let [before, behind] = self.around();
        let (before, behind) = (module.slice(before), module.slice(behind));
        let is_plain = self.search.is_some() || behind.starts_with('.');
        let is_one_line = !before.contains(['\n', '\r']) && !behind.contains(['\n', '\r']);
        (is_plain && is_one_line).then(|| {
            let mut edits = vec![Edit::insert(read.end(), behind.to_owned())];
            if !before.is_empty() {
                edits.push(Edit::insert(read.start(), before.to_owned()));
            }
            edits
        })
    }

    /// An annotation that says `str` or `bytes` says then what comes of the cut.
    pub fn retyped(&self, cx: &Context<'_, '_>, annotation: &Expr) -> Vec<Edit> {
        let is_plain = ["str", "bytes"].iter().any(|kind| cx.model.is_builtin(annotation, kind));
        if !is_plain || !cx.model.names_builtin(cx.tree.id(annotation), "list") {
            return Vec::new();
        }
        if self.search.is_some_and(|search| !search.gives_texts()) {
            return vec![Edit::replace(annotation.range(), "list")];
        }
        vec![Edit::insert(annotation.start(), "list["), Edit::insert(annotation.end(), "]")]
    }

    pub fn dropped(&self, cx: &Context<'_, '_>) -> impl Iterator<Item = Edit> {
        let behind = &cx.tree.module().text()[self.call.end().to_usize()..];
        // `text.split()in known`
        let glues = behind.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        let end = self.text.end();
        let edit = move |span: Span| Edit::replace(span, if glues && span.start() == end { " " } else { "" });
        self.around().into_iter().filter(|span| span.start() < span.end()).map(edit)
    }

    /// What stands before and behind the text in the call.
    fn around(&self) -> [Span; 2] {
        [Span::new(self.call.start(), self.text.start()), Span::new(self.text.end(), self.call.end())]
    }
}
