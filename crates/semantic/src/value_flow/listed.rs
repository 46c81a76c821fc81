//! Of which class the items of a list are: what is walked, or taken out by an index, is then known as
//! well as what a constructor gives.
//!
//! A list is followed from where it is made; all that is ever put into it has to be of one class. What
//! is asked again while it is being worked out is not known then, so that nothing rests on itself.

use std::cell::{Cell, RefCell};

use rustc_hash::FxHashMap;
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use super::classes::{Instance, STEPS};
use crate::Model;
use crate::scope::SymbolId;

/// So many steps are taken from one list to another.
const MOST: u8 = 12;

/// What has been found out, and how deep the question is that is being answered.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    known: RefCell<FxHashMap<NodeId, Option<Instance>>>,
    depth: Cell<u8>,
}

/// Which of the items of a tuple.
type Part = Option<usize>;

impl<'m> Model<'m> {
    /// What a variable is bound to that a loop or a comprehension binds: `for peak in peaks`,
    /// `for at, peak in enumerate(peaks)`. `None` if it is something else, or not known.
    pub(super) fn instance_of_target(&self, binding: NodeId) -> Option<Instance> {
        let parent = self.tree.parent(binding)?;
        let (outer, part) = match self.tree.node(parent) {
            Node::Expr(Expr::Tuple(tuple)) if !tuple.elts.iter().any(Expr::is_starred_expr) => {
                let at = tuple.elts.iter().position(|target| self.tree.id(target) == binding)?;
                (self.tree.parent(parent)?, Some(at))
            }
            _ => (parent, None),
        };
        let iter = match self.tree.node(outer) {
            Node::Stmt(Stmt::For(stmt)) if !stmt.is_async => &*stmt.iter,
            Node::Part(AnyNodeRef::Comprehension(clause)) if !clause.is_async => &clause.iter,
            _ => return None,
        };
        self.instance_walked(self.tupled(iter, part)?)
    }

    /// What is walked to make that part of the tuples that an iterable gives.
    fn tupled<'e>(&self, iter: &'e Expr, part: Part) -> Option<&'e Expr> {
        let Some(part) = part else { return Some(iter) };
        let Expr::Call(call) = iter else { return None };
        let arguments = &call.arguments;
        if arguments.args.iter().any(Expr::is_starred_expr) {
            return None;
        }
        match self.target_of(call) {
            Target::Builtin(name) if name == "enumerate" && part == 1 => arguments.args.first(),
            Target::Builtin(name) if name == "zip" => arguments.args.get(part),
            Target::Library(name) if name == "itertools.pairwise" && part < 2 => arguments.args.first(),
            _ => None,
        }
    }

    /// What walking an expression gives, and what an index takes out of it, if all of that is of
    /// one class.
    pub(super) fn instance_walked(&self, iter: &Expr) -> Option<Instance> {
        let node = self.tree.id(iter);
        if let Some(known) = self.listed.known.borrow().get(&node) {
            return *known;
        }
        let depth = self.listed.depth.get();
        if depth >= MOST || !self.is_program() {
            return None;
        }
        self.listed.known.borrow_mut().insert(node, None);
        self.listed.depth.set(depth + 1);
        let found = self.tree.expr(node).and_then(|iter| self.items_of(iter));
        self.listed.depth.set(depth);
        self.listed.known.borrow_mut().insert(node, found);
        found
    }

    fn items_of(&self, iter: &'m Expr) -> Option<Instance> {
        match iter {
            Expr::Name(_) => self.items_in(self.scopes.resolve(self.tree.id(iter)).symbol()?),
            Expr::Subscript(subscript) if subscript.slice.is_slice_expr() => {
                self.instance_walked(&subscript.value)
            }
            Expr::Generator(made) => self.instance(&made.elt, STEPS),
            Expr::ListComp(made) => self.made_of(iter, [Some(self.instance(&made.elt, STEPS))]),
            Expr::List(list) if !list.elts.iter().any(Expr::is_starred_expr) => {
                self.made_of(iter, list.elts.iter().map(|item| Some(self.instance(item, STEPS))))
            }
            Expr::Call(call) => self.items_given(iter, call),
            _ => None,
        }
    }

    /// What is in the list that a variable holds, whichever it is.
    fn items_in(&self, symbol: SymbolId) -> Option<Instance> {
        let data = self.scopes.symbol(symbol);
        if data.rebound_elsewhere || self.is_starred_over(symbol) {
            return None;
        }
        Self::one_class(data.bindings.iter().flat_map(|binding| {
            let Some(parent) = self.tree.parent(*binding) else { return vec![None] };
            match self.tree.node(parent) {
                Node::Stmt(Stmt::Assign(assign)) => vec![self.instance_walked(&assign.value)],
                Node::Stmt(Stmt::AnnAssign(assign)) => {
                    vec![assign.value.as_deref().and_then(|value| self.instance_walked(value))]
                }
                Node::Part(AnyNodeRef::Parameter(_)) => self.items_passed(symbol, parent),
                _ => vec![None],
            }
        }))
    }

    /// What is in the lists that all callers pass.
    fn items_passed(&self, parameter: SymbolId, node: NodeId) -> Vec<Option<Instance>> {
        let Some(def) = self.function_around(node) else { return vec![None] };
        let Some(function) = self.function(def) else { return vec![None] };
        let is_plain = !self.is_method(def)
            && function
                .parameters
                .iter_non_variadic_params()
                .any(|one| self.tree.id(&one.parameter) == node && one.default.is_none());
        match self.callers(def) {
            Ok(calls) if is_plain => calls
                .iter()
                .map(|call| self.instance_walked(self.argument_for(call, def, parameter)?))
                .collect(),
            _ => vec![None],
        }
    }

    /// What the list or the iterator gives that a call makes.
    fn items_given(&self, iter: &'m Expr, call: &'m ExprCall) -> Option<Instance> {
        let arguments = &call.arguments;
        let first = arguments.args.first().filter(|first| !first.is_starred_expr());
        match self.target_of(call) {
            Target::Builtin(name) => match name.as_str() {
                "iter" | "reversed" if arguments.args.len() == 1 => self.instance_walked(first?),
                "sorted" | "list" if arguments.args.len() == 1 => {
                    self.made_of(iter, [Some(self.instance_walked(first?))])
                }
                _ => None,
            },
            Target::Library(name) => match name.as_str() {
                "spacetime_compiler.runtime.SpillList" => {
                    self.made_of(iter, [first.map(|first| self.instance_walked(first))])
                }
                "spacetime_compiler.runtime.updating"
                | "spacetime_compiler.runtime.candidates"
                | "spacetime_compiler.runtime.external_sort" => self.instance_walked(first?),
                _ => None,
            },
            Target::Function(def) => self.items_returned(def),
            _ => None,
        }
    }

    fn items_returned(&self, def: NodeId) -> Option<Instance> {
        if !self.function(def)?.decorator_list.is_empty() {
            return None;
        }
        let body = self.body_of_def(def).filter(|body| !body.is_async)?;
        Self::one_class(body.nodes.iter().filter_map(|node| match self.tree.node(*node) {
            // Walking what is no list is an error.
            Node::Stmt(Stmt::Return(stmt)) if !body.is_generator => match stmt.value.as_deref() {
                None | Some(Expr::NoneLiteral(_)) => None,
                Some(value) => Some(self.instance_walked(value)),
            },
            Node::Expr(Expr::Yield(given)) => {
                Some(given.value.as_deref().and_then(|value| self.instance(value, STEPS)))
            }
            Node::Expr(Expr::YieldFrom(given)) => Some(self.instance_walked(&given.value)),
            _ => None,
        }))
    }

    /// What is in the list that is made there, of these and of all that is put into it later.
    fn made_of(
        &self,
        list: &Expr,
        first: impl IntoIterator<Item = Option<Option<Instance>>>,
    ) -> Option<Instance> {
        let first: Vec<_> = first.into_iter().flatten().collect();
        if first.contains(&None) {
            return None;
        }
        let journey = self.journey(self.tree.id(list)).ok().filter(|found| !found.trusts_method_names)?;
        let added = journey.added.iter().map(|node| self.instance(self.tree.expr(*node)?, STEPS));
        let extended = journey.extended.iter().map(|node| self.instance_walked(self.tree.expr(*node)?));
        Self::one_class(first.into_iter().chain(added).chain(extended))
    }
}
