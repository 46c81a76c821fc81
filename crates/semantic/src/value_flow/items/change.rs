//! Items that are changed while the list is walked, and what was taken from it before.
//!
//! On disk an item is a copy. One that is changed while it is the current item of a walk
//! can be written again; but who has got the same item from an earlier walk has another
//! copy, and would not see the change. So it has to have let go of it.
//!
//! The item at the end is no copy, in a list that only grows there: it has never been on disk,
//! and will not be while anybody holds it.

use rustc_hash::FxHashSet;
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprSubscript, Operator, Stmt, UnaryOp};
use spacetime_syntax::{Node, NodeId};

use super::depth::{Depth, same_elements};
use super::{Items, Lent, Step};
use crate::scope::{ScopeKind, SymbolId};
use crate::value_flow::calls::Target;
use crate::value_flow::list::Journey;
use crate::value_flow::uses::{Use, use_of};
use crate::{Doubt, Kind, Model};

/// What walks an iterable to its end and keeps nothing of it but its items.
const DRAINING: [&str; 17] = [
    "sum",
    "max",
    "min",
    "any",
    "all",
    "sorted",
    "list",
    "set",
    "dict",
    "tuple",
    "collections.Counter",
    "math.fsum",
    "statistics.fmean",
    "statistics.mean",
    "statistics.median",
    "spacetime_compiler.runtime.SpillCounter",
    "spacetime_compiler.runtime.SpillList",
];

/// A `for` statement that walks a list, one item at a time.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The list, where it is walked.
    pub place: NodeId,
    /// The statement.
    pub within: NodeId,
    /// The variable that is the current item.
    pub variable: SymbolId,
}

/// What is done with the items of a list that may be changed in turns.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    pub lent: Lent,
    /// The places of the turns that change them.
    pub places: Vec<NodeId>,
    /// Not only the items themselves are changed, but what they hold.
    pub deep: bool,
}

/// What has to have let go of the items.
pub struct Outlived<'a> {
    /// Where the list is, before the last change.
    pub early: &'a [NodeId],
    /// What is changed: the items, or what they hold as well.
    pub deep: bool,
    /// Statements that change items, and the calls that lead to them.
    pub changes: &'a [NodeId],
}

/// What the analysis of items knows of changes.
#[derive(Default)]
pub(super) struct Changing<'a> {
    /// Whoever holds an item holds the object itself: anybody may change it.
    shared: bool,
    /// Where it is changed, as far as it is shared.
    places: Vec<NodeId>,
    turns: &'a [Turn],
    /// The list only grows at its end.
    only_grows: bool,
    /// Places that are slices, sums and copies of the list.
    copies: &'a [NodeId],
    found: FxHashSet<NodeId>,
    deep: bool,
    /// Items that may be changed later are keys.
    hashed: bool,
    /// Nothing in an item can change.
    fixed: bool,
    /// Items are dicts, which hold nothing that can change.
    records: bool,
    outlived: Option<Watch<'a>>,
    /// The places are all there are.
    pub(super) knows_places: bool,
    /// Each of them is followed for itself.
    apart: bool,
}

struct Watch<'a> {
    outlived: &'a Outlived<'a>,
    /// Functions from which items are changed; nothing stands for the module.
    functions: FxHashSet<Option<NodeId>>,
}

impl Changing<'_> {
    /// What is changed is no item, whatever it is.
    pub(super) fn of_fixed() -> Self {
        Self { fixed: true, ..Self::default() }
    }

    /// What is changed is an item only if that is done as to a dict.
    pub(super) fn of_records(records: bool) -> Self {
        Self { records, ..Self::default() }
    }

    /// The places are those of a list, wherever it goes.
    pub(super) fn of_journey(journey: &Journey) -> Self {
        Self { knows_places: true, ..Self::of_records(journey.records) }
    }

    /// Whether it is asked who holds items; each place of the list is followed for itself, then.
    pub(super) fn watches(&self) -> bool {
        self.outlived.is_some() || self.apart
    }
}

impl Model<'_> {
    /// As [`Self::lent_at`], where items may be changed by whoever holds them.
    ///
    /// # Errors
    /// A doubt that says where an item gets out of sight.
    pub fn lent_themselves_at(&self, places: &[(NodeId, u8)]) -> Result<Lent, Doubt> {
        self.changed_at(places).map(|(lent, _)| lent)
    }

    /// The same, with the places where they are changed.
    ///
    /// # Errors
    /// As for [`Self::lent_themselves_at`].
    pub fn changed_at(&self, places: &[(NodeId, u8)]) -> Result<(Lent, Vec<NodeId>), Doubt> {
        let (lent, changing) = self.followed(places, Changing { shared: true, ..Changing::default() })?;
        Ok((lent, changing.places))
    }

    /// As [`Self::lent_on`], where the current items of turns may be changed, and the last
    /// item of a list that only grows at its end.
    ///
    /// # Errors
    /// As for [`Self::lent`].
    pub fn lent_in_turns(
        &self,
        journey: &Journey,
        turns: &[Turn],
        only_grows: bool,
    ) -> Result<Changed, Doubt> {
        let changing =
            Changing { turns, copies: &journey.copies, only_grows, ..Changing::of_journey(journey) };
        let (lent, changing) = self.followed(&journey.depths(), changing)?;
        let places = turns.iter().map(|turn| turn.place).filter(|place| changing.found.contains(place));
        Ok(Changed { lent, places: places.collect(), deep: changing.deep })
    }

    /// What is done with the items of a list, where `last` alone takes them from it, once: each is the object
    /// itself from then on, for whoever gets it.
    ///
    /// # Errors
    /// A doubt that says what else is done with them, or where one gets out of sight whose text might be made.
    pub fn lent_once(&self, journey: &Journey, last: NodeId) -> Result<Lent, Doubt> {
        let places: Vec<_> =
            journey.places.iter().filter(|place| **place != last).map(|place| (*place, 1)).collect();
        let changing = Changing { copies: &journey.copies, apart: true, ..Changing::of_journey(journey) };
        let (before, _) = self.followed(&places, changing)?;
        let then = self.lent_themselves_at(&[(last, 1)])?;
        Ok(Lent {
            compared: before.compared || then.compared,
            shown: before.shown || then.shown,
            shown_inside: before.shown_inside || then.shown_inside,
            shown_at: then.shown_at.or(before.shown_at),
            trusts_method_names: true,
            trusts_operators: before.trusts_operators || then.trusts_operators,
        })
    }

    /// Whether nobody holds an item from an earlier walk when items are changed.
    ///
    /// # Errors
    /// A doubt that says who may.
    pub fn check_outlived(
        &self,
        journey: &Journey,
        turns: &[Turn],
        outlived: &Outlived<'_>,
    ) -> Result<(), Doubt> {
        let watch = Watch {
            outlived,
            functions: outlived.changes.iter().map(|node| self.function_around(*node)).collect(),
        };
        let changing = Changing {
            turns,
            copies: &journey.copies,
            outlived: Some(watch),
            ..Changing::of_journey(journey)
        };
        let lists = outlived.early.iter().map(|place| (*place, 1));
        let early: Vec<_> = lists.chain(journey.holders.iter().map(|holder| (*holder, 2))).collect();
        self.followed(&early, changing).map(drop)
    }
}

impl<'m> Items<'_, 'm> {
    /// `target += value`: what it holds goes there.
    pub(super) fn augments(&mut self, target: &'m Expr, depth: Depth) -> Step {
        self.receive(target, same_elements(depth))
    }

    /// `item += value` changes a list in place; numbers are bound anew.
    pub(super) fn augmented(&mut self, node: NodeId, value: &'m Expr, depth: Depth) -> Step {
        if depth.is_filled_inside() {
            return self.receive(value, depth);
        }
        if depth.is_container() {
            return Ok(());
        }
        let kind = self.model.body_of(node).map(|body| body.kind(self.model, value));
        // A list times a number is longer than before.
        let repeats = || {
            let stmt = self.model.tree.parent(node).and_then(|stmt| self.model.tree.stmt(stmt));
            matches!(stmt, Some(Stmt::AugAssign(assign)) if assign.op == Operator::Mult)
        };
        let number = kind.is_some_and(|kind| kind == Kind::Float || kind.is_number() && !repeats());
        if number { Ok(()) } else { self.change(node, depth, "an item may be changed in place") }
    }

    /// Something is changed at `node`: the current item of a turn, or an item of any other sort.
    pub(super) fn change(&mut self, node: NodeId, depth: Depth, what: &str) -> Step {
        if self.changing.shared {
            self.changing.places.push(node);
            return Ok(());
        }
        if depth.is_live
            || self.changing.fixed
            || self.changing.records && !self.model.may_change_record(node)
        {
            return Ok(());
        }
        let root = self.root(node);
        if root.is_some_and(|root| self.is_current(root, &mut Vec::new())) {
            self.changing.deep |= root != Some(node);
            return Ok(());
        }
        self.doubt(node, what)
    }

    /// `list[-1]`, where that is the object that was appended.
    pub(super) fn is_latest(&self, subscript: &ExprSubscript, depth: Depth) -> bool {
        self.changing.only_grows
            && depth.is_list
            && matches!(&*subscript.slice, Expr::UnaryOp(index) if index.op == UnaryOp::USub
                && matches!(&*index.operand, Expr::NumberLiteral(number)
                    if number.value.as_int().is_some_and(|one| one.as_u8() == Some(1))))
    }

    /// The variable in `item`, `item.field`, `item["key"].field`.
    fn root(&self, mut node: NodeId) -> Option<NodeId> {
        loop {
            node = match self.model.tree.expr(node)? {
                Expr::Name(_) => return Some(node),
                Expr::Attribute(attribute) => self.model.tree.id(&*attribute.value),
                Expr::Subscript(subscript) if !subscript.slice.is_slice_expr() => {
                    self.model.tree.id(&*subscript.value)
                }
                _ => return None,
            };
        }
    }

    /// Whether a variable is the current item of a turn there, or a parameter that always is.
    fn is_current(&mut self, name: NodeId, path: &mut Vec<SymbolId>) -> bool {
        let model = self.model;
        let Some(symbol) = model.scopes.resolve(name).symbol() else { return false };
        if let Some(place) = self.turn_of(name, symbol) {
            self.changing.found.insert(place);
            return true;
        }
        if self.changing.turns.is_empty() || path.contains(&symbol) {
            return false;
        }
        let [binding] = model.scopes.symbol(symbol).bindings.as_slice() else { return false };
        let Some(def) =
            self.parameter_owner(*binding).filter(|def| model.function_around(name) == Some(*def))
        else {
            return false;
        };
        let Ok(calls) = model.callers(def) else { return false };
        path.push(symbol);
        let received = model.is_method(def) && model.receiver_parameter(def) == Some(symbol);
        let always = !calls.is_empty()
            && calls.iter().all(|call| {
                let argument = match &*call.func {
                    Expr::Attribute(method) if received => Some(&*method.value),
                    _ if received => None,
                    _ => model.argument_for(call, def, symbol),
                };
                argument.is_some_and(|it| it.is_name_expr() && self.is_current(model.tree.id(it), path))
            });
        path.pop();
        always
    }

    /// The function of which a binding is a plain parameter without a default; its body runs when it is
    /// called.
    fn parameter_owner(&self, binding: NodeId) -> Option<NodeId> {
        let model = self.model;
        let parent = model.tree.parent(binding)?;
        let Node::Part(AnyNodeRef::Parameter(_)) = model.tree.node(parent) else { return None };
        let def = model.function_around(parent)?;
        let mut plain = model.function(def)?.parameters.iter_non_variadic_params();
        let named = plain.find(|one| model.tree.id(&one.parameter) == parent)?;
        let body = model.body_of_def(def)?;
        (named.default().is_none() && !body.is_generator && !body.is_async).then_some(def)
    }

    /// The place of the turn whose current item a variable is, where it stands.
    fn turn_of(&self, name: NodeId, symbol: SymbolId) -> Option<NodeId> {
        let tree = self.model.tree;
        let turn = self
            .changing
            .turns
            .iter()
            .find(|turn| turn.variable == symbol && tree.contains(turn.within, name))?;
        let mut ancestors = tree.ancestors(name).take_while(|outer| *outer != turn.within);
        let later = ancestors.any(|outer| {
            matches!(
                tree.node(outer),
                Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_))
                    | Node::Expr(Expr::Lambda(_) | Expr::Generator(_))
            )
        });
        // Bound by nothing else in there.
        let others = self.model.scopes.symbol(symbol).bindings.iter();
        let once = others.filter(|binding| tree.contains(turn.within, **binding)).count() == 1;
        (!later && once && !self.model.scopes.symbol(symbol).rebound_elsewhere).then_some(turn.place)
    }

    /// A variable gets items, which may be changed while it has them.
    pub(super) fn check_variable(&self, symbol: SymbolId, depth: Depth) -> Step {
        let Some(watch) = &self.changing.outlived else { return Ok(()) };
        if depth.is_list || depth.is_part && !watch.outlived.deep || self.lets_go(watch, symbol) {
            return Ok(());
        }
        let name = &self.model.scopes.symbol(symbol).name;
        Err(Doubt::new(format!("`{name}` may hold items while others are changed")))
    }

    /// An item that has been taken waits until the rest of the statement is done: as an operand, an
    /// argument, the value to be returned, what a loop walks.
    pub(super) fn check_waiting(&self, node: NodeId, depth: Depth) -> Step {
        let Some(watch) = &self.changing.outlived else { return Ok(()) };
        if depth.is_list || depth.is_part && !watch.outlived.deep {
            return Ok(());
        }
        let tree = self.model.tree;
        let mut around = tree.ancestors(node);
        let mut whole = node;
        let stmt = around.find_map(|outer| match tree.node(outer) {
            Node::Stmt(stmt) => Some((outer, stmt)),
            Node::Expr(_) => {
                whole = outer;
                None
            }
            Node::Part(_) => None,
        });
        let Some((place, stmt)) = stmt else { return Ok(()) };
        // Tests are done with before what they decide about.
        let held = if matches!(stmt, Stmt::If(_) | Stmt::While(_)) { whole } else { place };
        let finals = |outer: NodeId| match tree.node(outer) {
            Node::Stmt(Stmt::Try(it)) if stmt.is_return_stmt() => &it.finalbody[..],
            _ => &[],
        };
        let ends: Vec<NodeId> = around.flat_map(finals).map(|last| tree.id(last)).collect();
        let waits = watch.outlived.changes.iter().any(|change| {
            let within = |outer: NodeId| outer == *change || tree.contains(outer, *change);
            *change != node
                && !tree.contains(*change, node)
                && (within(held) || ends.iter().any(|end| within(*end)))
        });
        if waits { self.doubt(node, "an item waits while others are changed") } else { Ok(()) }
    }

    fn lets_go(&self, watch: &Watch<'_>, symbol: SymbolId) -> bool {
        let tree = self.model.tree;
        let data = self.model.scopes.symbol(symbol);
        let scope = self.model.scopes.scope(data.scope);
        let home = self.model.function_around(*data.uses.first().unwrap_or(&scope.node));
        if data.uses.iter().any(|node| self.model.function_around(*node) != home)
            || data.is_global
            || data.is_nonlocal
        {
            return false;
        }
        if let Some(def) = home
            && self.model.body_of_def(def).is_none_or(|body| body.is_generator || body.is_async)
            && self.model.function(def).is_some()
        {
            return false;
        }
        match scope.kind {
            ScopeKind::Function if !watch.functions.contains(&home) => return true,
            ScopeKind::Class => return false,
            _ => {}
        }
        if self.is_rebound_by_loops(watch, symbol) {
            return true;
        }
        let apart = |outer: NodeId| {
            let changes = &watch.outlived.changes;
            !changes.iter().any(|change| tree.contains(outer, *change) || tree.contains(*change, outer))
        };
        let Some(first) = data.uses.first() else { return true };
        tree.ancestors(*first).any(|outer| {
            let round = match tree.node(outer) {
                Node::Expr(Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_)) => true,
                Node::Stmt(_) => self.is_loop(outer),
                Node::Expr(Expr::Generator(_)) => self.is_used_up(outer),
                _ => false,
            };
            // Nor does it see what an earlier run has bound.
            let between = |around: NodeId| self.is_loop(around) && !apart(around);
            round
                && apart(outer)
                && data.uses.iter().chain(&data.bindings).all(|node| tree.contains(outer, *node))
                && !tree.ancestors(outer).take_while(|around| Some(*around) != home).any(between)
        })
    }

    fn is_loop(&self, node: NodeId) -> bool {
        matches!(self.model.tree.node(node), Node::Stmt(Stmt::For(_) | Stmt::While(_)))
    }

    /// Whether a variable is bound by `for` statements only, and read only in those that bind it, while
    /// none but they themselves change items.
    fn is_rebound_by_loops(&self, watch: &Watch<'_>, symbol: SymbolId) -> bool {
        let tree = self.model.tree;
        let data = self.model.scopes.symbol(symbol);
        let loop_of = |binding: &NodeId| {
            let mut outer = tree.ancestors(*binding);
            let stmt = outer.find(|outer| matches!(tree.node(*outer), Node::Stmt(_)))?;
            match tree.node(stmt) {
                Node::Stmt(Stmt::For(it)) if tree.contains(tree.id(&*it.target), *binding) => Some(stmt),
                _ => None,
            }
        };
        let Some(loops) = data.bindings.iter().map(loop_of).collect::<Option<Vec<_>>>() else { return false };
        let changes = watch.outlived.changes;
        let is_good = |around: &NodeId, used: NodeId| {
            let Node::Stmt(Stmt::For(it)) = tree.node(*around) else { return false };
            it.body.iter().any(|stmt| tree.id(stmt) == used || tree.contains(tree.id(stmt), used))
                && changes.iter().all(|change| {
                    change == around || !tree.contains(*around, *change) && !tree.contains(*change, *around)
                })
        };
        !data.rebound_elsewhere
            && data.uses.iter().all(|used| loops.iter().any(|around| is_good(around, *used)))
    }

    /// Whether a generator is walked to its end where it stands.
    fn is_used_up(&self, generator: NodeId) -> bool {
        match use_of(self.model.tree, generator) {
            Use::Argument(call, _) => match self.model.target_of(call) {
                Target::Builtin(name) => DRAINING.contains(&name.as_str()),
                Target::Library(name) => DRAINING.contains(&name.as_str()),
                _ => matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "join"),
            },
            _ => false,
        }
    }

    /// Whether a place is the list itself, not a copy of it.
    pub(super) fn is_list(&self, place: NodeId, level: u8) -> bool {
        level == 1 && !self.changing.copies.contains(&place)
    }

    pub(super) fn note_hashed(&mut self, depth: Depth) {
        let watched = self.changing.outlived.as_ref();
        self.changing.hashed |=
            watched.is_some_and(|watch| !depth.is_part || watch.outlived.deep && depth.is_container());
    }

    pub(super) fn check_changes(&self) -> Step {
        if self.changing.hashed {
            return Err(Doubt::new("items are keys while others are changed"));
        }
        let others =
            |place: &&NodeId| self.depths.get(*place).is_some_and(|depths| depths.has_other_container());
        match self.changing.found.iter().find(others) {
            Some(place) => self.doubt(*place, "items are changed through another list"),
            None => Ok(()),
        }
    }

    /// Items are kept, or handed on, in a way of which it is not known how long.
    pub(super) fn check_kept(&self, depth: Depth) -> Step {
        let Some(watch) = &self.changing.outlived else { return Ok(()) };
        if depth.is_list || depth.is_part && !watch.outlived.deep {
            return Ok(());
        }
        Err(Doubt::new("an item may be held somewhere while others are changed"))
    }
}
