//! Searches of whole files that may as well be done line by line.

use spacetime_rule::Context;
use spacetime_semantic::{Body, Effects};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::across::{Walks, check_value};
use crate::consumer::Consumer;
use crate::matches::{search, uncased};
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
        if !is_named || reading.is_text != search.is_text || is_in_class(cx, node) {
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

/// Whether the innermost body around is that of a class, whose names a comprehension does not see.
fn is_in_class(cx: &Context<'_, '_>, node: NodeId) -> bool {
    let body = cx.tree.ancestors(node).find_map(|outer| match cx.tree.node(outer) {
        Node::Stmt(Stmt::ClassDef(_)) => Some(true),
        Node::Stmt(Stmt::FunctionDef(_)) => Some(false),
        _ => None,
    });
    body.unwrap_or(false)
}
