//! Which objects are turned into text: one of a class that has none of its own says where in
//! memory it is, as `id` does.
//!
//! As long as such objects live together, all their texts differ. Where they live one after
//! the other, they take turns at the same place. So whoever makes objects one by one has to
//! know whether it can be told. Modules in which all classes have a text pay nothing.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::collect::Collector;
use super::{Effects, World};
use crate::table::Call;
use crate::{Kind, Model};

/// Functions and methods that make texts of what they are given.
const SHOWING: [&str; 5] = ["str", "repr", "ascii", "format", "print"];
const SHOWING_METHODS: [&str; 4] = ["format", "format_map", "writerow", "writerows"];

impl Effects {
    fn show(&mut self, node: NodeId) {
        if let Err(at) = self.shows.binary_search(&node) {
            self.shows.insert(at, node);
        }
    }

    pub(super) fn add_shows(&mut self, other: &Self) {
        for node in &other.shows {
            self.show(*node);
        }
    }
}

impl Collector<'_, '_> {
    pub(super) fn shows(&mut self, expr: &Expr) {
        if !self.model.nameless().is_empty() && !self.kind(expr).is_scalar() {
            self.effects.show(self.id(expr));
        }
    }

    /// What a call that stands in the tables makes texts of.
    pub(super) fn shown_by(&mut self, entry: &Call, call: &ExprCall) {
        // Whether a class says how it is hashed does not matter: this is rarely asked.
        if entry.name == "hash"
            && self.model.classes().next().is_some()
            && !call.arguments.args.iter().all(|argument| self.kind(argument).is_scalar())
        {
            self.effects.world.add(World::IDENTITY);
        }
        let is_method = matches!(&*call.func, Expr::Attribute(method)
            if SHOWING_METHODS.contains(&method.attr.as_str()));
        if is_method || SHOWING.contains(&entry.name) || entry.name.ends_with("Error") {
            let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
            for argument in call.arguments.args.iter().chain(keywords) {
                self.shows(argument);
            }
        }
    }

    /// `map(str, ...)`
    pub(super) fn shown_by_value(&mut self, entry: &Call, func: &Expr) {
        if SHOWING.contains(&entry.name) && !self.model.nameless().is_empty() {
            self.effects.show(self.id(func));
        }
    }

    /// `"%s" % value`
    pub(super) fn shown_by_operator(&mut self, op: Operator, left: &Kind, right: &Expr) {
        if op == Operator::Mod && !left.is_number() {
            self.shows(right);
        }
    }

    /// An object is made.
    pub(super) fn makes(&mut self, class: NodeId) {
        if self.model.nameless().contains(&class) {
            let text = self.model.has_only_str(class);
            self.effects.world.add(if text { World::MAKES_TEXT } else { World::MAKES });
        }
    }
}

impl Model<'_> {
    /// The classes whose objects say where in memory they are when their text is asked for.
    pub fn nameless(&self) -> &[NodeId] {
        self.nameless.get_or_init(|| self.classes().filter(|class| !self.is_named(*class)).collect())
    }

    /// Whether an object is shown by its `__str__`, and by nothing else: not within a container,
    /// and nowhere does the module ask for a `repr`.
    pub fn has_only_str(&self, class: NodeId) -> bool {
        const WORDS: [&str; 6] = ["repr", "!r", "!a", "%r", "%a", "ascii"];
        let text = self.tree.module().text();
        !WORDS.iter().any(|word| text.contains(word))
            && self
                .classes()
                .filter(|base| self.is_derived(class, *base))
                .any(|base| self.methods_named("__str__").iter().any(|method| self.owner(*method) == base))
    }

    /// Whether what is shown is the variable of a loop.
    pub fn is_walked_item(&self, node: NodeId) -> bool {
        let Some(Expr::Name(_)) = self.tree.expr(node) else { return false };
        let Some(symbol) = self.scopes.resolve(node).symbol() else { return false };
        self.scopes.symbol(symbol).bindings.iter().all(|binding| {
            matches!(
                self.tree.parent(*binding).map(|parent| self.tree.node(parent)),
                Some(Node::Stmt(Stmt::For(_)) | Node::Part(AnyNodeRef::Comprehension(_)))
            )
        })
    }

    fn is_named(&self, class: NodeId) -> bool {
        const OBJECTS_OWN: [&str; 4] = ["object.__", "super().__repr__", "super().__str__", "repr=False"];
        let text = self.tree.module().text();
        if OBJECTS_OWN.iter().any(|word| text.contains(word)) {
            return false;
        }
        let mut bases = self.classes().filter(|base| self.is_derived(class, *base));
        let names_it = |base: NodeId| {
            let Some(def) = self.class_def(base) else { return false };
            let written = def
                .body
                .iter()
                .any(|stmt| matches!(stmt, Stmt::FunctionDef(method) if method.name.as_str() == "__repr__"));
            // Exceptions, members of enumerations and containers have texts of their own.
            let foreign = def.arguments.iter().flat_map(|arguments| &arguments.args).any(|base| {
                matches!(base, Expr::Name(name) if name.id != "object" && self.is_builtin(base, &name.id))
                    || self.qualified(base).is_some_and(|name| name.starts_with("enum."))
            });
            written || foreign
        };
        self.is_record_class(class) || bases.any(names_it)
    }

    /// Whether an expression that is shown may be an object of such a class, or hold one.
    pub fn may_be_nameless(&self, node: NodeId) -> bool {
        let (Some(expr), Some(body)) = (self.tree.expr(node), self.body_of(node)) else { return true };
        match body.kind(self, expr) {
            Kind::Unknown => self.scalar(expr).is_none(),
            Kind::Function(_) | Kind::Class(_) => true,
            kind => may_hold(&kind),
        }
    }
}

/// Whether a value of such a kind may be an object, or hold one.
fn may_hold(kind: &Kind) -> bool {
    match kind {
        Kind::List(item)
        | Kind::Set(item)
        | Kind::FrozenSet(item)
        | Kind::Deque(item)
        | Kind::Tuples(item) => may_hold(item),
        Kind::Tuple(items) => items.iter().any(may_hold),
        Kind::Unknown | Kind::Dict | Kind::DefaultDict | Kind::Counter => true,
        _ => false,
    }
}
