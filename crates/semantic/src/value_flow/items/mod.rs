//! Whether what comes out of a list is only looked at: never changed, never
//! told from a copy of it.
//!
//! Every expression, variable, attribute and result gets *depths* (`depth.rs`).

mod change;
mod depth;
mod fixed;
mod foreign;
mod handed;
mod holding;
mod keys;
mod pairs;
mod pass;
mod receive;
mod result;

use rustc_hash::FxHashMap;
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprAttribute, ExprCall, ExprSubscript, Operator};

use change::Changing;
use depth::{Depth, Depths, ITEM, ITEMS, LATEST, items_at, opened, put, same_elements, told_apart};

use crate::scope::{ScopeKind, SymbolId};
use crate::value_flow::formatted::is_shown_by_template;
use crate::value_flow::list::Journey;
use crate::value_flow::methods::{Effect, method_effect};
use crate::value_flow::uses::{Use, is_stored, use_of};
use crate::{Doubt, Model};

pub use change::{Changed, Outlived, Turn};
pub use holding::Holding;

/// What is done with items that have been taken from a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lent {
    /// Items are compared, hashed or ordered as a whole.
    pub compared: bool,
    /// The text of items may be made, in which an object without a text of its own
    /// says where it is in memory.
    pub shown: bool,
    /// The text of what holds items may be made.
    pub shown_inside: bool,
    /// What is shown so.
    pub shown_at: Option<NodeId>,
    /// Some method was taken for what its name says.
    pub trusts_method_names: bool,
    /// What an operator gives was taken for a new object.
    pub trusts_operators: bool,
}

impl Model<'_> {
    /// Follows the items of the lists that the expressions at `places` are.
    ///
    /// # Errors
    /// A doubt that says where an item is changed, told from a copy, or gets
    /// out of sight.
    pub fn lent(&self, places: &[NodeId]) -> Result<Lent, Doubt> {
        let items: Vec<_> = places.iter().map(|place| (*place, 1)).collect();
        self.lent_at(&items)
    }

    /// Follows the items of all lists of a journey.
    ///
    /// # Errors
    /// As for [`Self::lent`].
    pub fn lent_on(&self, journey: &Journey) -> Result<Lent, Doubt> {
        self.followed(&journey.depths(), Changing::of_journey(journey)).map(|(lent, _)| lent)
    }

    /// Follows the values of the dictionary of a journey.
    ///
    /// # Errors
    /// As for [`Self::lent`].
    pub fn lent_values(&self, journey: &Journey) -> Result<Lent, Doubt> {
        self.followed(&journey.values, Changing::of_records(journey.records)).map(|(lent, _)| lent)
    }

    /// Follows items from expressions that are items, or containers of them as deep as
    /// is said.
    ///
    /// # Errors
    /// As for [`Self::lent`].
    pub fn lent_at(&self, places: &[(NodeId, u8)]) -> Result<Lent, Doubt> {
        self.followed(places, Changing::default()).map(|(lent, _)| lent)
    }

    /// The same, where something is known of changes.
    fn followed<'a>(
        &'a self,
        places: &[(NodeId, u8)],
        changing: Changing<'a>,
    ) -> Result<(Lent, Changing<'a>), Doubt> {
        let mut follow = Items {
            changing,
            model: self,
            lent: Lent::default(),
            todo: Vec::new(),
            depths: FxHashMap::default(),
            symbols: FxHashMap::default(),
            attributes: FxHashMap::default(),
            results: FxHashMap::default(),
            filled: FxHashMap::default(),
            receivers: FxHashMap::default(),
            handed: FxHashMap::default(),
            plain: FxHashMap::default(),
            tells_apart: self.tells_objects_apart(),
            hashed: false,
        };
        for (place, level) in places {
            match self.tree.expr(*place) {
                // A target that takes the list apart.
                Some(Expr::Tuple(tuple)) if tuple.ctx.is_store() => follow.bind_parts(&tuple.elts, ITEMS)?,
                Some(Expr::List(list)) if list.ctx.is_store() => follow.bind_parts(&list.elts, ITEMS)?,
                Some(expr) if follow.binds_values(expr, *level)? => {}
                _ => follow
                    .starts(*place, Depth { is_list: follow.is_list(*place, *level), ..items_at(*level) }),
            }
        }
        follow.implicit_methods()?;
        while let Some((node, depth)) = follow.todo.pop() {
            follow.step(node, depth)?;
        }
        follow.check_changes()?;
        if follow.hashed && self.has_keys_of_its_own() {
            return Err(Doubt::new("items are keys, and may be changed as such"));
        }
        Ok((follow.lent, follow.changing))
    }
}

struct Items<'a, 'm> {
    model: &'a Model<'m>,
    changing: Changing<'a>,
    lent: Lent,
    todo: Vec<(NodeId, Depth)>,
    depths: FxHashMap<NodeId, Depths>,
    symbols: FxHashMap<SymbolId, Depths>,
    attributes: FxHashMap<String, Depths>,
    /// What functions return, and what generators yield.
    results: FxHashMap<NodeId, Depths>,
    /// Expressions whose objects something has been put into.
    filled: FxHashMap<NodeId, Depths>,
    /// Methods whose objects are items.
    receivers: FxHashMap<NodeId, Depths>,
    /// What calls of a variable give.
    handed: FxHashMap<SymbolId, Depths>,
    /// Expressions of which it is known whether they are scalars.
    plain: FxHashMap<NodeId, bool>,
    /// Somewhere objects are told apart that are alike.
    tells_apart: bool,
    /// Items become keys.
    hashed: bool,
}

type Step = Result<(), Doubt>;

impl<'m> Items<'_, 'm> {
    /// The expression may evaluate to something of that depth.
    fn has(&mut self, node: NodeId, depth: Depth) {
        let depth = told_apart(depth);
        if depth.is_list && self.changing.watches() {
            return;
        }
        self.starts(node, depth);
    }

    fn starts(&mut self, node: NodeId, depth: Depth) {
        if self.depths.entry(node).or_default().insert(depth) {
            self.todo.push((node, depth));
        }
    }

    fn doubt(&self, node: NodeId, what: &str) -> Step {
        Err(Doubt::new(format!("{what} (line {})", self.model.line(node))))
    }

    /// Numbers, strings and the like: nothing can be done to them that matters.
    fn is_plain(&mut self, node: NodeId) -> bool {
        if let Some(known) = self.plain.get(&node) {
            return *known;
        }
        let found = self.model.tree.expr(node).and_then(|expr| self.model.scalar(expr));
        self.lent.trusts_method_names |= found == Some(true);
        self.plain.insert(node, found.is_some());
        found.is_some()
    }

    fn step(&mut self, node: NodeId, depth: Depth) -> Step {
        self.check_waiting(node, depth)?;
        let used = self.model.use_across(node);
        if !depth.is_container() && self.asks_which(node, used) {
            return self.doubt(node, "an item may be compared by its identity");
        }
        if !self.is_plain(node) {
            let before = self.lent.shown;
            self.used(node, used, depth)?;
            if self.lent.shown && !before {
                self.lent.shown_at = Some(node);
            }
            return Ok(());
        }
        // Only where some code tells objects apart does it matter where they go.
        if self.tells_apart {
            let Lent { compared, shown, shown_inside, shown_at, .. } = self.lent;
            drop(self.used(node, used, depth));
            self.lent = Lent { compared, shown, shown_inside, shown_at, ..self.lent };
        }
        Ok(())
    }

    /// Whether a use asks which object it is, not what it is like.
    fn asks_which(&self, node: NodeId, used: Use<'m>) -> bool {
        match used {
            Use::Identity { constant } => !constant && !self.model.is_beside_member(node),
            Use::Argument(call, _) => self.model.is_builtin(&call.func, "id"),
            _ => false,
        }
    }

    fn used(&mut self, node: NodeId, used: Use<'m>, depth: Depth) -> Step {
        match used {
            Use::Read if self.model.is_shown(node) => self.shown(depth),
            Use::Discarded | Use::Read | Use::Deleted | Use::Identity { .. } | Use::Raised => {}
            Use::Index => self.hashed(depth),
            Use::Message => self.carried(depth)?,
            Use::Bound(target) => self.bind(target, depth)?,
            Use::BoundAll(targets) => targets.iter().try_for_each(|target| self.bind(target, depth))?,
            Use::Named(target, parent) => {
                self.bind(target, depth)?;
                self.has(parent, depth);
            }
            Use::Flows(parent) => self.has(parent, depth),
            // Whoever takes the list out of the tuple is a place of its journey.
            Use::Part(..) if depth.is_list && self.changing.knows_places => {}
            Use::Part(parent, at) => match self.target_across(parent, at) {
                Some(target) => self.bind(target, depth)?,
                None => self.has(parent, put(depth)),
            },
            Use::Element(parent) => self.has(parent, put(depth)),
            Use::Key => self.hashed(depth),
            // Walking a dictionary gives its keys, which are not followed.
            Use::Walked(_) if depth.is_container() && self.is_dictionary(node) => {}
            Use::Walked(target) => self.bind(target, opened(depth))?,
            Use::Argument(call, slot) => self.argument(node, call, slot, depth)?,
            Use::Unpacked(outer) => self.unpacked(node, outer, depth)?,
            Use::BehindUnpacked(call) => self.behind_unpacked(node, call, depth)?,
            Use::Attribute(attribute) => self.attribute_of(node, attribute, depth)?,
            Use::Subscripted(subscript) => self.subscript(node, subscript, depth)?,
            Use::Operand(parent) => self.operand(node, parent, depth),
            Use::Compared { .. } => self.compared(depth.at(0)),
            Use::Augments(target) => self.augments(target, depth)?,
            Use::Augmented(value) => self.augmented(node, value, depth)?,
            Use::Returned => self.returned(node, depth)?,
            Use::Yielded => self.yielded(node, put(depth))?,
            Use::YieldedFrom => self.yielded(node, same_elements(depth))?,
            Use::LambdaBody(lambda) => self.function_result(lambda, depth)?,
            Use::Other => return self.doubt(node, "an item is used in a way that is not understood"),
        }
        Ok(())
    }

    /// The only target that gets the value at that place: `b` for 1 in `a, b = 1, set()`.
    fn target_across(&self, tuple: NodeId, at: usize) -> Option<&'m Expr> {
        let tree = self.model.tree;
        let (Some(Expr::Tuple(values)), Use::BoundAll([Expr::Tuple(targets)])) =
            (tree.expr(tuple), use_of(tree, tuple))
        else {
            return None;
        };
        let is_alike = targets.elts.len() == values.elts.len();
        (is_alike && !targets.elts.iter().any(Expr::is_starred_expr)).then(|| &targets.elts[at])
    }

    /// What comes of a list and a number or a string is no list, but for `*`.
    fn operand(&mut self, node: NodeId, parent: NodeId, depth: Depth) {
        if let Some(Expr::BinOp(op)) = self.model.tree.expr(parent)
            && op.op != Operator::Mult
        {
            let left = self.model.tree.id(&*op.left);
            if op.op == Operator::Mod && left != node && is_shown_by_template(&op.left) {
                self.shown(depth);
            }
            let other = if left == node { self.model.tree.id(&*op.right) } else { left };
            if self.is_plain(other) {
                return;
            }
        }
        self.has(parent, same_elements(depth));
    }

    fn compared(&mut self, depth: Depth) {
        self.lent.compared |= depth == ITEM;
    }

    /// Its text is made. What is a part of an item stays the object that it is.
    pub(super) fn shown(&mut self, depth: Depth) {
        self.lent.shown |= !depth.is_part;
        self.lent.shown_inside |= !depth.is_part && depth.is_container();
    }

    /// It becomes a key or an element of a set, alone or in a tuple; what finds it there is
    /// not followed.
    fn hashed(&mut self, depth: Depth) {
        self.compared(depth.at(0));
        self.hashed = true;
        self.note_hashed(depth);
    }

    fn bind(&mut self, target: &'m Expr, depth: Depth) -> Step {
        let node = self.model.tree.id(target);
        match target {
            Expr::Name(_) => match self.model.scopes.resolve(node).symbol() {
                Some(symbol) => self.symbol(symbol, depth),
                None => self.doubt(node, "an item is bound to an unknown variable"),
            },
            Expr::Tuple(tuple) => self.bind_parts(&tuple.elts, depth),
            Expr::List(list) => self.bind_parts(&list.elts, depth),
            Expr::Starred(starred) => self.bind(&starred.value, put(depth)),
            Expr::Attribute(attribute) => self.kept_in_attribute(attribute.attr.as_str(), depth),
            Expr::Subscript(subscript) if subscript.slice.is_slice_expr() => {
                self.receive(&subscript.value, same_elements(depth))
            }
            Expr::Subscript(subscript) => self.receive(&subscript.value, put(depth)),
            _ => self.doubt(node, "an item is bound in a way that is not understood"),
        }
    }

    /// Something is taken apart into several targets.
    fn bind_parts(&mut self, targets: &'m [Expr], depth: Depth) -> Step {
        targets.iter().try_for_each(|target| self.bind(target, opened(depth)))
    }

    fn symbol(&mut self, symbol: SymbolId, depth: Depth) -> Step {
        let depth = told_apart(depth);
        if !self.symbols.entry(symbol).or_default().insert(depth) {
            return Ok(());
        }
        self.check_variable(symbol, depth)?;
        let data = self.model.scopes.symbol(symbol);
        if self.model.scopes.scope(data.scope).kind == ScopeKind::Class {
            return Err(Doubt::new(format!("an item is kept in `{}` of a class", data.name)));
        }
        if self.model.scopes.uses_dynamic_names(data.scope) {
            return Err(Doubt::new(format!("`locals()`, `eval` or the like may read `{}`", data.name)));
        }
        self.model.check_hidden(symbol)?;
        for node in &data.uses {
            self.has(*node, depth);
        }
        for node in &data.bindings {
            if let Use::Augmented(_) = use_of(self.model.tree, *node) {
                self.has(*node, depth);
            }
        }
        Ok(())
    }

    /// Every attribute of that name may be it.
    fn kept_in_attribute(&mut self, name: &str, depth: Depth) -> Step {
        let depth = told_apart(depth);
        if !self.attributes.entry(name.to_owned()).or_default().insert(depth) {
            return Ok(());
        }
        self.check_kept(depth)?;
        self.model.check_attribute_named(name)?;
        if let Some(pattern) = self.model.class_pattern() {
            return self.doubt(pattern, "a pattern may read attributes without naming them");
        }
        if !self.model.is_program() {
            return Err(Doubt::new(format!(
                "an item is kept in attribute `{name}`, which other modules may see"
            )));
        }
        let of_own = self.model.is_kept_by_own(name);
        for id in self.model.attributes_named(name) {
            let id = *id;
            if let Some(Expr::Attribute(attribute)) = self.model.tree.expr(id)
                && (!is_stored(attribute.ctx) || matches!(use_of(self.model.tree, id), Use::Augmented(_)))
                && !(of_own && self.model.is_foreign(&attribute.value))
            {
                self.has(id, depth);
            }
        }
        Ok(())
    }

    /// Methods that operators, formatting and the like call on an item.
    fn implicit_methods(&mut self) -> Step {
        const OTHERS: [&str; 8] = [
            "__init__",
            "__new__",
            "__post_init__",
            "__enter__",
            "__exit__",
            "__init_subclass__",
            "__call__",
            "__del__",
        ];
        self.model.check_special_methods()?;
        for (name, id) in self.model.methods() {
            if name.starts_with("__")
                && name.ends_with("__")
                && !OTHERS.contains(&name)
                && let Some(function) = self.model.function(id)
            {
                // The other operand may be an item too, and so may a key or what is stored under it.
                let is_store = name.ends_with("item__") || name.ends_with("attr__");
                let operands = if is_store { 3 } else { 2 };
                self.receiver(id, ITEM)?;
                for operand in function.parameters.iter().take(operands) {
                    let name = self.model.tree.id(operand.name());
                    if let Some(symbol) = self.model.scopes.resolve(name).symbol() {
                        self.symbol(symbol, ITEM)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn subscript(&mut self, node: NodeId, subscript: &'m ExprSubscript, depth: Depth) -> Step {
        let id = self.model.tree.id(subscript);
        if is_stored(subscript.ctx) {
            if !depth.is_container() {
                return self.change(node, depth, "an item may be changed");
            }
            // `totals[key] += value` may change what is there in place.
            if let Use::Augmented(value) = use_of(self.model.tree, id) {
                return self.augmented(id, value, opened(depth));
            }
            return self.put_by_store(id, subscript, depth);
        }
        let slice = matches!(&*subscript.slice, Expr::Slice(_));
        let item = if self.is_latest(subscript, depth) { LATEST } else { opened(depth) };
        self.has(id, if slice { depth.at(depth.level) } else { item });
        Ok(())
    }

    fn attribute_of(&mut self, node: NodeId, attribute: &'m ExprAttribute, depth: Depth) -> Step {
        let id = self.model.tree.id(attribute);
        if is_stored(attribute.ctx) {
            if !depth.is_container() {
                return self.change(node, depth, "an item may be changed");
            }
            return Ok(());
        }
        let name = attribute.attr.as_str();
        let own = self.model.methods_of(attribute);
        let is_property = |def: &NodeId| self.model.property_name(*def).is_some();
        // The text of a method that is taken names its object; what a property gives does not.
        if !own.iter().all(is_property) && self.model.is_not_called(id, attribute)
            || name.starts_with("__") && name != "__class__"
        {
            self.shown(depth);
            self.lent.shown_inside |= !depth.is_part;
        }
        // `@cached_property` keeps what it gives in the item, however that is used.
        let decorated = |def: &&NodeId| !is_property(def) && self.model.is_decorated_unknown(**def);
        if let Some(def) = own.iter().find(decorated) {
            return self.doubt(*def, "a decorator may do anything with an item");
        }
        if !own.iter().any(is_property) && self.model.is_not_called(id, attribute) {
            // A field of that name; or a method, which is not called.
            self.has(id, opened(depth));
            return Ok(());
        }
        for def in &own {
            self.receiver(*def, depth)?;
        }
        if !own.is_empty() && self.model.may_be_in_a_field(attribute) {
            return self.doubt(node, &format!("`{name}` may be another function"));
        }
        let call = self.model.tree.parent(id).and_then(|parent| self.model.tree.expr(parent));
        match call {
            Some(Expr::Call(call)) if self.model.tree.id(&*call.func) == id => {
                self.method(node, call, name, !own.is_empty(), depth)
            }
            // The receiver's parameter and the result say all. A method that is
            // taken may be a key by which others are ordered.
            _ if !own.is_empty() => {
                if !own.iter().all(is_property) {
                    self.lent.compared = true;
                    self.shown(depth);
                    self.lent.shown_inside |= !depth.is_part;
                }
                self.has(id, opened(depth));
                Ok(())
            }
            // `add = groups.append`: what is put there is judged at its calls.
            _ if depth.is_container() && matches!(name, "append" | "add" | "extend") => {
                self.doubt(node, &format!("a method `{name}` is taken"))
            }
            _ => {
                self.has(id, opened(depth));
                Ok(())
            }
        }
    }

    /// A method of a container of items, of an item, or of a part of one.
    fn method(&mut self, node: NodeId, call: &'m ExprCall, name: &str, own: bool, depth: Depth) -> Step {
        let result = self.model.tree.id(call);
        let Some(effect) = method_effect(name) else {
            if own {
                return Ok(()); // the receiver's parameter and the results say all
            }
            return self
                .doubt(node, &format!("a method `{name}` of an item, of which nothing is known, is called"));
        };
        self.lent.trusts_method_names = true;
        if effect.mutates() && !depth.is_container() {
            return self.change(node, depth, "an item may be changed");
        }
        match effect {
            Effect::Plain => {}
            Effect::Fills => self.put_by_method(call, name, depth)?,
            Effect::Searches => self.compared(opened(depth)),
            Effect::Orders => self.key_function(call, depth)?,
            Effect::Element => self.has(result, opened(depth)),
            Effect::TakesElement => {
                self.put_by_method(call, name, depth)?;
                self.has(result, opened(depth));
            }
            Effect::Copy => self.has(result, same_elements(depth)),
            Effect::Pairs => return self.paired(result, name, depth),
            Effect::Part => self.has(result, depth),
        }
        Ok(())
    }
}
