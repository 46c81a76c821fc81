//! Searches of whole files that may as well be done line by line.

use spacetime_rule::Context;
use spacetime_semantic::scope::SymbolId;
use spacetime_semantic::{Body, Effects};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::Ranged;

use crate::across::{Walks, check_value};
use crate::consumer::Consumer;
use crate::matches::{is_in_text, search, uncased};
use crate::reliances::Reliances;
use crate::whole_file::{Reading, lines_of};

/// `pattern.findall(file.read())`
pub struct ByLines<'m> {
    /// What reads the text, and how its lines are walked instead.
    pub read: &'m ExprCall,
    pub reading: Reading<'m>,
    /// Where the matches are walked, if the file may be read meanwhile: no list of them is needed.
    pub walks: Option<Walks<'m>>,
    pub relies: Reliances,
}

impl<'m> ByLines<'m> {
    /// What a call searches, if searching it line by line finds the same and takes no more memory.
    pub fn of(cx: &Context<'_, 'm>, body: &Body, call: &'m ExprCall) -> Option<Self> {
        let search = search(cx, call).filter(|search| search.by_line)?;
        let Expr::Call(read) = uncased(search.searched) else { return None };
        // The pattern is looked up for each line.
        let is_named = matches!(&*call.func, Expr::Attribute(method) if method.value.is_name_expr());
        let reading = lines_of(cx, body, read)?;
        let node = cx.tree.id(call);
        if !is_named
            || reading.is_text != search.is_text
            || is_in_class(cx, node)
            || is_in_text(cx, node)
            || names_something(cx, reading.file)
            || is_told(cx, reading.file)
            || !are_bound_before(cx, call, read, node)
        {
            return None;
        }
        let walked = |making: &Effects| {
            let mut relies = Reliances::default();
            let keeps_all = matches!(Consumer::of(cx, node), Ok(consumer) if consumer.keeps_all(cx));
            let walks = check_value(cx, body, node, making, &mut relies).ok();
            walks.filter(|walks| walks.frees && !keeps_all).map(|walks| (walks, relies))
        };
        match walked(&reading.effects(cx, body)) {
            Some((walks, relies)) => Some(Self { read, reading, walks: Some(walks), relies }),
            // With the whole text in memory there need be no list, which takes more.
            None if walked(&Effects::default()).is_some() && search.can_be_lazy(cx) => None,
            None => Some(Self { read, reading, walks: None, relies: Reliances::default() }),
        }
    }
}

/// Whether it binds a name by the way, as what a comprehension walks may not.
fn names_something(cx: &Context<'_, '_>, file: &Expr) -> bool {
    cx.tree.subtree(cx.tree.id(file)).any(|id| matches!(cx.tree.node(id), Node::Expr(Expr::Named(_))))
}

/// Whether somebody asks where a file is: while lines are walked the answer is an error.
fn is_told(cx: &Context<'_, '_>, file: &Expr) -> bool {
    let symbol = cx.model.scopes.resolve(cx.tree.id(file)).symbol();
    let uses = symbol.map_or(&[][..], |symbol| &cx.model.scopes.symbol(symbol).uses);
    uses.iter().any(|used| {
        let outer = cx.tree.parent(*used).and_then(|outer| cx.tree.expr(outer));
        matches!(outer, Some(Expr::Attribute(method)) if method.attr.as_str() == "tell")
    })
}

/// Whether all names in a call but for those in `text` are surely bound when `there` is evaluated, and
/// mean the same: to what is imported or assigned once, by a statement that stands by itself before.
pub fn are_bound_before(cx: &Context<'_, '_>, call: &ExprCall, text: impl Ranged, there: NodeId) -> bool {
    let scope = cx.model.scopes.scope_of(there);
    let within = text.range();
    cx.tree.subtree(cx.tree.id(call)).all(|id| match cx.tree.expr(id) {
        Some(Expr::Name(name)) if !within.contains_range(name.range()) => {
            let resolved = cx.model.scopes.resolve(id);
            let same = cx.model.scopes.lookup(scope, &name.id).symbol() == resolved.symbol();
            same && resolved.symbol().is_some_and(|symbol| is_bound_before(cx, symbol, there))
        }
        _ => true,
    })
}

/// Whether a variable is surely bound when `there` is evaluated, and to nothing else ever: by a statement
/// that stands by itself before.
pub fn is_bound_before(cx: &Context<'_, '_>, symbol: SymbolId, there: NodeId) -> bool {
    let data = cx.model.scopes.symbol(symbol);
    let [binding] = data.bindings[..] else { return false };
    let Some(stmt) = cx.tree.statement(binding) else { return false };
    let sure = match cx.tree.node(stmt) {
        Node::Stmt(Stmt::Import(_) | Stmt::ImportFrom(_)) => true,
        Node::Stmt(Stmt::Assign(assign)) => assign.targets.len() == 1 && assign.targets[0].is_name_expr(),
        _ => false,
    };
    if !sure || !data.deletes.is_empty() || data.rebound_elsewhere {
        return false;
    }
    // In the module or a function itself, not in a branch.
    let Some(home) = cx.tree.parent(stmt) else { return false };
    if home != NodeId::ROOT && !matches!(cx.tree.node(home), Node::Stmt(Stmt::FunctionDef(_))) {
        return false;
    }
    let around = std::iter::once(there).chain(cx.tree.ancestors(there));
    let first = around.take_while(|outer| *outer != home).last();
    cx.tree.contains(home, there)
        && first.is_some_and(|first| cx.tree.node(stmt).range().end() <= cx.tree.node(first).range().start())
}

/// Whether the innermost body around is that of a class, whose names a comprehension does not see.
pub fn is_in_class(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let body = cx.tree.ancestors(node).find_map(|outer| match cx.tree.node(outer) {
        Node::Stmt(Stmt::ClassDef(_)) => Some(true),
        Node::Stmt(Stmt::FunctionDef(_)) => Some(false),
        _ => None,
    });
    body.unwrap_or(false)
}
