//! Methods that are no `def` of their class: `__radd__ = __add__`, `look = other`,
//! `Item.__len__ = count`. What they do is not where the name of the method leads to.

use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::uses::is_stored;
use crate::scope::{ScopeKind, SymbolId};
use crate::{Doubt, Model};

/// Names with two underscores that are data, and nothing runs them.
const DATA: [&str; 24] = [
    "__slots__",
    "__match_args__",
    "__doc__",
    "__module__",
    "__qualname__",
    "__name__",
    "__annotations__",
    "__version__",
    "__author__",
    "__metaclass__",
    "__test__",
    "__wrapped__",
    "__signature__",
    "__cause__",
    "__context__",
    "__traceback__",
    "__suppress_context__",
    "__notes__",
    "__dict__",
    "__class_getitem__",
    "__main__",
    "__all__",
    "__file__",
    "__class__",
];

/// Special methods that make an object, of which the last one in the class counts.
const MAKERS: [&str; 3] = ["__init__", "__new__", "__post_init__"];

/// Where classes bind names otherwise than by one `def`.
#[derive(Debug, Default)]
pub struct Aliases {
    /// Names that are bound by something else than a `def`, in the body of some class, and
    /// whether it is an assignment to that name alone.
    names: Vec<(String, bool)>,
    /// Where a special method is bound so that it is not followed.
    special: Option<NodeId>,
}

impl Model<'_> {
    /// Whether the body of some class binds that name otherwise than by `def`; and whether it does
    /// so by other means than `name = value`, so that it may be anything.
    pub(crate) fn is_bound_without_def(&self, name: &str) -> (bool, bool) {
        let found = self.aliases().names.iter().filter(|(bound, _)| bound == name);
        found.fold((false, false), |(_, odd), (_, is_plain)| (true, odd || !is_plain))
    }

    /// Whether all special methods are a `def` in the body of a class, or stand for another one.
    pub(crate) fn check_special_methods(&self) -> Result<(), Doubt> {
        match self.aliases().special {
            None => Ok(()),
            Some(at) => {
                let line = self.line(at);
                Err(Doubt::new(format!("a special method is not the only `def` of its name (line {line})")))
            }
        }
    }

    fn aliases(&self) -> &Aliases {
        self.aliases.get_or_init(|| {
            let special = self.tree.ids().find(|id| self.may_bind_special(*id));
            let mut found = Aliases { names: Vec::new(), special };
            for class in self.classes() {
                let Some(scope) = self.scopes.own_scope(class) else { continue };
                for symbol in self.scopes.symbols_of(scope) {
                    self.look_at(symbol, &mut found);
                }
            }
            if found.special.is_none() {
                found.special = self.sets_special();
            }
            found
        })
    }

    /// `Item.__len__ = f`, `{"__len__": f}`, `dict(__len__=f)`, `size = property(f)`, and in the body
    /// of a class `locals()["size"] = f`: whoever names a special method may bind it.
    fn may_bind_special(&self, id: NodeId) -> bool {
        let names = |name: &str| is_special(name) && !DATA.contains(&name);
        match self.tree.node(id) {
            Node::Expr(Expr::Attribute(attribute)) => {
                // An object of another class has other methods.
                let stores = |name: &str| names(name) || name == "__class__";
                is_stored(attribute.ctx) && stores(&attribute.attr) || self.hands_on_property(id)
            }
            Node::Expr(Expr::StringLiteral(text)) => names(text.value.to_str()),
            Node::Part(AnyNodeRef::Keyword(keyword)) => keyword.arg.as_deref().is_some_and(names),
            Node::Expr(Expr::Call(call)) => {
                let all = ["locals", "vars"].iter().any(|name| self.is_builtin(&call.func, name));
                let scope = self.scopes.scope(self.scopes.scope_of(id)).kind;
                all && call.arguments.is_empty() && scope == ScopeKind::Class
            }
            Node::Expr(Expr::Name(_)) => self.hands_on_property(id),
            _ => false,
        }
    }

    /// Whether `property` or `cached_property` is there otherwise than as a decorator.
    fn hands_on_property(&self, id: NodeId) -> bool {
        let Some(expr) = self.tree.expr(id) else { return false };
        let is_one = self.is_builtin(expr, "property")
            || self.qualified(expr).is_some_and(|name| name == "functools.cached_property");
        let parent = self.tree.parent(id).map(|parent| self.tree.node(parent));
        is_one && !matches!(parent, Some(Node::Part(AnyNodeRef::Decorator(_))))
    }

    fn look_at(&self, symbol: SymbolId, found: &mut Aliases) {
        let data = self.scopes.symbol(symbol);
        let name = data.name.to_string();
        let by_def = |binding: &NodeId| {
            let parent = self.tree.parent(*binding).map(|parent| self.tree.node(parent));
            matches!(parent, Some(Node::Stmt(Stmt::FunctionDef(_))))
        };
        let others: Vec<NodeId> = data.bindings.iter().copied().filter(|binding| !by_def(binding)).collect();
        let is_special = is_special(&name) && !DATA.contains(&name.as_str());
        if is_special && MAKERS.contains(&name.as_str()) && data.bindings.len() > 1 {
            found.special = data.bindings.last().copied();
        }
        if let Some(first) = others.first() {
            if is_special && !others.iter().all(|binding| self.is_harmless(*binding)) {
                found.special = Some(*first);
            }
            let is_plain = |binding: &NodeId| {
                let parent = self.tree.parent(*binding).map(|parent| self.tree.node(parent));
                matches!(parent, Some(Node::Stmt(Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::ClassDef(_))))
            };
            found.names.push((name, others.iter().all(is_plain)));
        }
    }

    /// `__radd__ = __add__`, `__hash__ = None`: what the other one gets is followed anyway.
    fn is_harmless(&self, binding: NodeId) -> bool {
        let Some(Node::Stmt(Stmt::Assign(assign))) = self.tree.parent(binding).map(|id| self.tree.node(id))
        else {
            return false;
        };
        let [Expr::Name(target)] = assign.targets.as_slice() else { return false };
        let Expr::Name(value) = &*assign.value else { return assign.value.is_none_literal_expr() };
        let Some(symbol) = self.scopes.resolve(self.tree.id(value)).symbol() else { return false };
        let [def] = self.scopes.symbol(symbol).bindings[..] else { return false };
        let parent = self.tree.parent(def);
        let is_method = parent.is_some_and(|def| self.function(def).is_some() && self.is_method(def));
        let plain = |name: &str| is_special(name) && !name.ends_with("item__") && !name.ends_with("attr__");
        is_method
            && plain(&target.id)
            && plain(&value.id)
            && ![&target.id, &value.id].iter().any(|name| {
                MAKERS.contains(&name.as_str())
                    || matches!(name.as_str(), "__call__" | "__enter__" | "__exit__" | "__del__")
            })
    }
}

fn is_special(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}
