//! Items that hold nothing but data: numbers, texts, and what JSON gives.
//!
//! In a tuple of numbers and texts nothing can change. A record, which is a dict of them, can change itself, but
//! holds nothing that can; so `groups[key]["times"].append(record["time"])` changes no record, whatever is known of
//! where it went. For that, all that is ever stored in records is looked at, from where they are made.

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{Expr, ExprCall, ExprDict, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::value_flow::calls::Target;
use crate::value_flow::uses::{Use, is_stored, use_of};
use crate::{Kind, Model};

/// So many expressions are looked at.
const MOST: usize = 60;

/// What items hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holding {
    /// Nothing in them can change.
    Fixed,
    /// They are dicts, in which nothing can change but they themselves.
    Records,
    /// They are what JSON can stand for, and may hold others that can change.
    Data,
}

impl<'m> Model<'m> {
    /// What items hold that these expressions give, if it is known of all of them.
    pub fn holding(&self, items: &[&'m Expr]) -> Option<Holding> {
        let mut made = Made { model: self, seen: FxHashSet::default(), places: Vec::new() };
        let mut found = Holding::Fixed;
        for item in items {
            found = found.max(made.follow(item)?);
        }
        if !made.places.is_empty() {
            let (_, changes) = self.changed_at(&made.places).ok()?;
            if !changes.iter().all(|node| self.puts_data(*node, found)) {
                return None;
            }
        }
        Some(found)
    }

    /// Whether a value is a number, a text or a date, or a tuple of such values.
    fn is_datum(&self, expr: &'m Expr) -> bool {
        match expr {
            Expr::Tuple(tuple) => tuple.elts.iter().all(|item| self.is_datum(item)),
            Expr::Call(call) if self.is_fixed_tuple(call) => true,
            expr => {
                let kind = self.body_of(self.tree.id(expr)).map(|body| body.kind(self, expr));
                kind.is_some_and(|kind| kind != Kind::Never && is_fixed(&kind)) || self.scalar(expr).is_some()
            }
        }
    }

    /// `Point(x, y)`, a named tuple of such values.
    fn is_fixed_tuple(&self, call: &'m ExprCall) -> bool {
        let Target::Class(class) = self.target_of(call) else { return false };
        let arguments = &call.arguments;
        self.is_record_class(class)
            && !self.is_dataclass(class)
            && !self.nameless().contains(&class)
            && self.has_fixed_defaults(class)
            && arguments.args.iter().all(|argument| self.is_datum(argument))
            && arguments.keywords.iter().all(|one| one.arg.is_some() && self.is_datum(&one.value))
    }

    /// Whether a named tuple gets nothing else for fields that are not given.
    fn has_fixed_defaults(&self, class: NodeId) -> bool {
        let gives_none = |made: &Expr| match made {
            Expr::Call(made) => made
                .arguments
                .keywords
                .iter()
                .all(|one| one.arg.as_ref().is_some_and(|name| name.as_str() != "defaults")),
            _ => true,
        };
        let plain = match self.tree.node(class) {
            Node::Expr(made) => gives_none(made),
            Node::Stmt(Stmt::ClassDef(def)) => {
                def.arguments.as_deref().is_none_or(|bases| bases.args.iter().all(gives_none))
                    && def.body.iter().all(|stmt| match stmt {
                        Stmt::AnnAssign(field) => {
                            field.value.as_deref().is_none_or(|value| self.is_datum(value))
                        }
                        _ => true,
                    })
            }
            _ => false,
        };
        plain && !self.tree.module().text().contains("__defaults__")
    }

    /// Whether what is changed there gets nothing but data, if it is an item, or held by one.
    fn puts_data(&self, node: NodeId, holding: Holding) -> bool {
        let tree = self.tree;
        let is_no_record = |node| holding == Holding::Records && !self.may_change_record(node);
        let all_data = |call: &'m ExprCall| {
            call.arguments.args.iter().all(|argument| self.is_datum(argument))
                && call.arguments.keywords.iter().all(|one| one.arg.is_some() && self.is_datum(&one.value))
        };
        match use_of(tree, node) {
            Use::Subscripted(subscript) if is_stored(subscript.ctx) => {
                let stmt = tree.parent(tree.id(subscript)).map(|parent| tree.node(parent));
                match stmt {
                    Some(Node::Stmt(Stmt::Assign(assign))) => {
                        self.is_datum(&subscript.slice) && self.is_datum(&assign.value)
                    }
                    Some(Node::Stmt(Stmt::AugAssign(assign))) => {
                        self.is_datum(&subscript.slice) && self.is_datum(&assign.value)
                    }
                    Some(Node::Stmt(Stmt::Delete(_))) => true,
                    _ => false,
                }
            }
            Use::Augmented(Expr::Dict(more)) => self.is_data(more),
            Use::Augmented(value) => self.is_datum(value) || is_no_record(node),
            Use::Attribute(attribute) => match tree.parent(tree.id(attribute)).and_then(|it| tree.expr(it)) {
                Some(Expr::Call(call)) if tree.id(&*call.func) == tree.id(attribute) => {
                    let removes = matches!(attribute.attr.as_str(), "pop" | "popitem" | "clear");
                    let update = match &call.arguments.args[..] {
                        [Expr::Dict(more)] => self.is_data(more) && call.arguments.keywords.is_empty(),
                        _ => false,
                    };
                    removes
                        || all_data(call)
                        || attribute.attr.as_str() == "update" && update
                        || is_no_record(node)
                }
                _ => holding == Holding::Records,
            },
            _ => false,
        }
    }

    /// Whether what is done there may change a dict.
    pub(super) fn may_change_record(&self, node: NodeId) -> bool {
        let tree = self.tree;
        match use_of(tree, node) {
            // What has no method of that name fails.
            Use::Attribute(attribute) if !is_stored(attribute.ctx) => !matches!(
                attribute.attr.as_str(),
                "add"
                    | "append"
                    | "appendleft"
                    | "discard"
                    | "extend"
                    | "extendleft"
                    | "insert"
                    | "popleft"
                    | "remove"
                    | "reverse"
                    | "rotate"
                    | "sort"
                    | "subtract"
            ),
            Use::Augmented(_) => {
                let stmt = tree.parent(node).and_then(|stmt| tree.stmt(stmt));
                !matches!(stmt, Some(Stmt::AugAssign(assign)) if assign.op != Operator::BitOr)
            }
            // `heapq.heappush(lists[key], value)`
            Use::Argument(..) => false,
            _ => true,
        }
    }

    /// Whether keys and values of a dict are data.
    fn is_data(&self, dict: &'m ExprDict) -> bool {
        dict.items
            .iter()
            .all(|item| item.key.as_ref().is_some_and(|key| self.is_datum(key)) && self.is_datum(&item.value))
    }
}

/// What makes items.
struct Made<'a, 'm> {
    model: &'a Model<'m>,
    seen: FxHashSet<NodeId>,
    /// The expressions that make what can be changed.
    places: Vec<(NodeId, u8)>,
}

impl<'m> Made<'_, 'm> {
    fn follow(&mut self, expr: &'m Expr) -> Option<Holding> {
        let mut found = Holding::Fixed;
        for made in self.model.callables(expr)? {
            if self.seen.insert(self.model.tree.id(made)) {
                found = found.max(self.made(made)?);
            }
        }
        (self.seen.len() < MOST).then_some(found)
    }

    fn made(&mut self, expr: &'m Expr) -> Option<Holding> {
        let model = self.model;
        let node = model.tree.id(expr);
        if model.is_datum(expr) {
            return Some(Holding::Fixed);
        }
        match expr {
            Expr::Dict(dict) if model.is_data(dict) => {
                self.places.push((node, 0));
                Some(Holding::Records)
            }
            Expr::Call(call) => match model.target_of(call) {
                Target::Function(def) => self.returned(def),
                Target::Builtin(name) if name == "dict" && call.arguments.args.is_empty() => {
                    let named = &call.arguments.keywords;
                    let data = named.iter().all(|one| one.arg.is_some() && model.is_datum(&one.value));
                    self.places.push((node, 0));
                    data.then_some(Holding::Records)
                }
                _ => {
                    let kind = model.body_of(node)?.kind(model, expr);
                    self.places.push((node, 0));
                    (kind == Kind::Json).then_some(Holding::Data)
                }
            },
            _ => None,
        }
    }

    fn returned(&mut self, def: NodeId) -> Option<Holding> {
        let model = self.model;
        let plain = model.function(def)?.decorator_list.is_empty();
        let body = model.body_of_def(def).filter(|body| plain && !body.is_generator && !body.is_async)?;
        let mut found = Holding::Fixed;
        for node in &body.nodes {
            if let Node::Stmt(Stmt::Return(stmt)) = model.tree.node(*node)
                && let Some(value) = &stmt.value
            {
                found = found.max(self.follow(value)?);
            }
        }
        Some(found)
    }
}

/// Whether nothing in values of a kind can change.
fn is_fixed(kind: &Kind) -> bool {
    match kind {
        Kind::Tuple(items) => items.iter().all(|item| *item != Kind::Never && is_fixed(item)),
        Kind::Tuples(item) => is_fixed(item),
        kind => kind.is_scalar(),
    }
}
