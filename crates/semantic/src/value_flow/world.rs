//! Who else may call the functions of a module and see its variables: nobody,
//! if it is a program, or if the name says that it is private.

use spacetime_syntax::ast::{AnyNodeRef, CmpOp, Expr, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::Ranged;

use super::uses::is_stored;
use crate::scope::{ScopeKind, SymbolId};
use crate::{Doubt, Model};

/// Builtins and library functions through which objects are looked at as a
/// whole, so that attributes are seen that nobody names.
const REFLECTION: [&str; 8] = [
    "__dict__",
    "asdict",
    "astuple",
    "__getattr__",
    "__getattribute__",
    "__setattr__",
    "__reduce__",
    "__slots__",
];

/// Functions that read attributes whose names are given as texts.
const GETTERS: [&str; 3] = ["getattr", "attrgetter", "methodcaller"];

/// Modules that write down whole objects.
const DUMPING: [&str; 6] = ["pickle", "shelve", "copyreg", "dill", "cloudpickle", "joblib"];

/// What a module says about what it is imported for.
enum Declared {
    Nothing,
    /// There is an `__all__`, and it cannot be read.
    Unreadable,
    Names(Vec<String>),
}

/// Names of what sees the end of objects, where they are, how large they are, and what they share.
const REMAKING: [&str; 21] = [
    "__del__",
    "__sizeof__",
    "cPickle",
    "cloudpickle",
    "copyreg",
    "ctypes",
    "dill",
    "finalize",
    "get_objects",
    "get_referents",
    "get_referrers",
    "getrefcount",
    "getsizeof",
    "is_",
    "is_not",
    "joblib",
    "marshal",
    "pickle",
    "shelve",
    "tracemalloc",
    "weakref",
];

impl Model<'_> {
    /// Whether the module is run, not imported: it says so by `if __name__ ==
    /// "__main__"`, or calls one of its functions when it is loaded; and it
    /// declares nothing to be imported.
    pub fn is_program(&self) -> bool {
        *self.program.get_or_init(|| self.looks_like_a_program())
    }

    fn looks_like_a_program(&self) -> bool {
        if self.settings.is_library {
            return false;
        }
        let body = &self.tree.module().root().body;
        let declares = |stmt: &Stmt| match stmt {
            Stmt::ImportFrom(import) => import.level > 0,
            _ => false,
        };
        if body.iter().any(declares) || !matches!(self.declared(), Declared::Nothing) {
            return false;
        }
        body.iter().any(|stmt| self.does_work(stmt))
    }

    /// Whether a statement at module level does what no module does that is
    /// meant to be imported: asks whether it is the main one, calls a function
    /// of its own for its effects, prints, reads the command line.
    fn does_work(&self, stmt: &Stmt) -> bool {
        if matches!(stmt, Stmt::If(branch) if is_main_test(&branch.test)) {
            return true;
        }
        let node = self.tree.id(stmt);
        crate::body::own_nodes(self.tree, node).into_iter().any(|id| match self.tree.node(id) {
            Node::Stmt(Stmt::Expr(stmt)) => match &*stmt.value {
                Expr::Call(call) => self.is_builtin(&call.func, "print") || self.calls_own_function(call),
                _ => false,
            },
            Node::Expr(expr @ Expr::Attribute(_)) => {
                self.qualified(expr).is_some_and(|name| name == "sys.argv")
            }
            _ => false,
        })
    }

    fn calls_own_function(&self, call: &spacetime_syntax::ast::ExprCall) -> bool {
        let Expr::Name(name) = &*call.func else { return false };
        self.scopes
            .resolve(self.tree.id(name))
            .symbol()
            .is_some_and(|symbol| self.is_definition(symbol) && !self.scopes.symbol(symbol).is_imported)
    }

    /// What `__all__` says.
    fn declared(&self) -> Declared {
        let mut symbols = self.scopes.symbols_of(crate::scope::ScopeId::MODULE);
        let Some(symbol) = symbols.find(|symbol| self.scopes.symbol(*symbol).name.as_str() == "__all__")
        else {
            return Declared::Nothing;
        };
        let data = self.scopes.symbol(symbol);
        let [binding] = data.bindings.as_slice() else { return Declared::Unreadable };
        if !data.uses.is_empty() {
            return Declared::Unreadable;
        }
        let Some(Node::Stmt(Stmt::Assign(assign))) = self.tree.parent(*binding).map(|id| self.tree.node(id))
        else {
            return Declared::Unreadable;
        };
        let elements = match &*assign.value {
            Expr::List(list) => &list.elts,
            Expr::Tuple(tuple) => &tuple.elts,
            _ => return Declared::Unreadable,
        };
        let names: Option<Vec<_>> = elements
            .iter()
            .map(|element| match element {
                Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
                _ => None,
            })
            .collect();
        names.map_or(Declared::Unreadable, Declared::Names)
    }

    /// Why code outside this module might see a variable of it; `Ok` if it is
    /// local, private, or if the module is a program.
    pub(crate) fn check_hidden(&self, symbol: SymbolId) -> Result<(), Doubt> {
        let data = self.scopes.symbol(symbol);
        match self.scopes.scope(data.scope).kind {
            ScopeKind::Module => {}
            ScopeKind::Class => return self.check_class_hidden(data.scope),
            _ => return Ok(()),
        }
        if let Some(line) = self.looks_at_modules() {
            return Err(Doubt::new(format!("the module may be looked at as an object (line {line})")));
        }
        if self.is_program() {
            return Ok(());
        }
        let name = data.name.as_str();
        let private = match self.declared() {
            Declared::Nothing => name.starts_with('_') && !name.starts_with("__"),
            Declared::Names(names) => !names.iter().any(|declared| declared == name),
            Declared::Unreadable => false,
        };
        if private {
            return match self.settings.used_elsewhere.get(name) {
                Some(file) => Err(Doubt::new(format!("`{name}` is mentioned in {file}"))),
                None => Ok(()),
            };
        }
        Err(Doubt::new(format!("`{name}` may be used by other modules")).remedy(
            "a name that begins with `_`, or `if __name__ == \"__main__\":` if the file is a program",
        ))
    }

    pub(crate) fn check_class_is_hidden(&self, class: NodeId) -> Result<(), Doubt> {
        match self.scopes.own_scope(class) {
            Some(scope) => self.check_class_hidden(scope),
            None => Err(Doubt::new("a class of unknown origin")),
        }
    }

    fn check_class_hidden(&self, scope: crate::scope::ScopeId) -> Result<(), Doubt> {
        let node = self.scopes.scope(scope).node;
        let Node::Stmt(Stmt::ClassDef(class)) = self.tree.node(node) else {
            return Err(Doubt::new("it belongs to a class of unknown origin"));
        };
        match self.scopes.resolve(self.tree.id(&class.name)).symbol() {
            Some(symbol) => self.check_hidden(symbol),
            None => Err(Doubt::new(format!("class `{}` may be used by other modules", class.name))),
        }
    }

    /// Whether the module has a class whose instances can be keys by what they
    /// hold, and can be changed.
    pub(crate) fn has_keys_of_its_own(&self) -> bool {
        !self.methods_named("__hash__").is_empty()
            || self.tree.module().text().contains("unsafe_hash")
            || self.has_fields_that_are_not_compared()
    }

    /// `roads: list = field(compare=False)`: a frozen instance can be a key in spite of it.
    fn has_fields_that_are_not_compared(&self) -> bool {
        self.tree.ids().any(|id| {
            let Some(Expr::Call(call)) = self.tree.expr(id) else { return false };
            let named = match &*call.func {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => return false,
            };
            let told = ["compare", "hash", "eq"];
            matches!(named, "field" | "ib" | "attrib" | "attr")
                && call
                    .arguments
                    .keywords
                    .iter()
                    .any(|keyword| keyword.arg.as_ref().is_none_or(|name| told.contains(&name.as_str())))
        })
    }

    /// Whether objects are told apart somewhere by which they are: `a is b`, `id(a)`.
    pub fn tells_objects_apart(&self) -> bool {
        let nameless = |expr: &Expr| {
            expr.is_none_literal_expr()
                || expr.is_boolean_literal_expr()
                || expr.is_ellipsis_literal_expr()
                || matches!(expr, Expr::Call(call) if self.is_builtin(&call.func, "type"))
        };
        self.tree.ids().any(|id| match self.tree.expr(id) {
            Some(expr @ Expr::Name(_)) => self.is_builtin(expr, "id"),
            Some(Expr::Compare(compare)) => {
                let lefts = std::iter::once(&*compare.left).chain(&compare.comparators);
                lefts.zip(&compare.ops).zip(&compare.comparators).any(|((left, op), right)| {
                    matches!(op, CmpOp::Is | CmpOp::IsNot) && !nameless(left) && !nameless(right)
                })
            }
            _ => false,
        })
    }

    /// What might tell that an object that nobody held was put away and made again: its end, where it
    /// is in memory, how large it is, what it shares with others.
    pub fn sees_remaking(&self) -> Option<Doubt> {
        self.tree.ids().find_map(|id| {
            let node = self.tree.node(id);
            let named = |word: &str| REMAKING.contains(&word);
            let found = match node {
                Node::Expr(expr @ Expr::Name(name)) if name.id == "hash" => self.is_builtin(expr, "hash"),
                Node::Expr(Expr::Name(name)) => named(name.id.as_str()),
                Node::Expr(Expr::Attribute(attribute)) => {
                    named(attribute.attr.as_str())
                        || matches!(attribute.attr.as_str(), "__repr__" | "__hash__")
                }
                Node::Stmt(Stmt::FunctionDef(def)) => named(def.name.as_str()),
                Node::Stmt(Stmt::Import(_) | Stmt::ImportFrom(_)) => {
                    let text = self.tree.module().slice(node.range());
                    text.split(|char: char| !char.is_alphanumeric() && char != '_').any(named)
                }
                _ => false,
            };
            let doubt = || {
                let line = self.line(id);
                Doubt::new(format!(
                    "line {line} may tell objects apart that are made again when nobody holds them"
                ))
            };
            found.then(doubt)
        })
    }

    /// Whether attributes may be read by code that does not name them.
    pub(crate) fn check_attributes_named(&self) -> Result<(), Doubt> {
        self.reflection.get_or_init(|| self.find_reflection()).clone().map_or(Ok(()), Err)
    }

    fn find_reflection(&self) -> Option<Doubt> {
        let text = self.tree.module().text();
        if !REFLECTION.iter().any(|word| text.contains(word))
            && !["getattr", "setattr", "vars", "pickle", "copy"].iter().any(|word| text.contains(word))
        {
            return None;
        }
        for id in self.tree.ids() {
            let word = match self.tree.node(id) {
                // `__slots__ = ("x", "y")` in a class only names its fields.
                Node::Expr(Expr::Name(name)) if name.id == "__slots__" && is_stored(name.ctx) => continue,
                Node::Expr(Expr::Name(name)) => name.id.as_str(),
                Node::Expr(Expr::Attribute(attribute)) => attribute.attr.as_str(),
                Node::Stmt(Stmt::FunctionDef(def)) => def.name.as_str(),
                _ => continue,
            };
            if REFLECTION.contains(&word) || ["vars", "setattr", "pickle", "deepcopy"].contains(&word) {
                return Some(Doubt::new(format!(
                    "`{word}` on line {} may look at attributes",
                    self.line(id)
                )));
            }
            if word == "getattr" && !self.is_plain_getattr(id) {
                return Some(Doubt::new(format!(
                    "`getattr` on line {} may read any attribute",
                    self.line(id)
                )));
            }
        }
        None
    }

    fn is_plain_getattr(&self, name: NodeId) -> bool {
        let call = self.tree.parent(name).and_then(|id| self.tree.expr(id));
        matches!(call, Some(Expr::Call(call))
            if matches!(call.arguments.args.get(1), Some(Expr::StringLiteral(_))))
    }

    /// Whether attributes of that name may be read or set by code that does not
    /// write `x.name`.
    pub(crate) fn check_attribute_named(&self, name: &str) -> Result<(), Doubt> {
        self.check_is_kept(name)?;
        let text = self.tree.module().text();
        let words = REFLECTION
            .iter()
            .chain(&GETTERS)
            .chain(&["vars", "setattr", "pickle", "copy", "match", "pprint", "shelve", "dill", "joblib"]);
        if !words.into_iter().any(|word| text.contains(word)) {
            return Ok(());
        }
        for id in self.tree.ids() {
            if let Some(what) = self.reads_unnamed(id, name) {
                return Err(Doubt::new(format!("{what} on line {} may look at `{name}`", self.line(id))));
            }
        }
        Ok(())
    }

    /// Whether attributes of that name are read where the name is written, and
    /// nowhere else: they are no fields, which a record compares and prints.
    pub fn is_read_by_name(&self, name: &str) -> bool {
        self.check_attribute_named(name).is_ok()
            && !self.is_class_variable(name)
            && !self.may_be_named_in_a_text(name)
    }

    /// What stands at `id` that may read or set the attribute.
    fn reads_unnamed(&self, id: NodeId, name: &str) -> Option<String> {
        let qualified = self.tree.expr(id).and_then(|expr| self.qualified(expr));
        let last = qualified.as_deref().and_then(|name| name.rsplit('.').next());
        let word = match self.tree.node(id) {
            // `__slots__ = ("x", "y")` in a class only names its fields.
            Node::Expr(Expr::Name(name)) if name.id == "__slots__" && is_stored(name.ctx) => return None,
            Node::Expr(Expr::Name(name)) => last.unwrap_or(name.id.as_str()),
            Node::Expr(Expr::Attribute(attribute)) => last.unwrap_or(attribute.attr.as_str()),
            Node::Stmt(Stmt::FunctionDef(def)) => def.name.as_str(),
            Node::Part(AnyNodeRef::PatternMatchClass(pattern)) => {
                let by_name = pattern.arguments.keywords.iter().any(|keyword| keyword.attr.as_str() == name);
                let by_place = !pattern.arguments.patterns.is_empty()
                    && !matches!(&*pattern.cls, Expr::Name(name) if self.is_builtin(&pattern.cls, &name.id));
                return (by_name || by_place).then(|| "a pattern".to_owned());
            }
            _ => return None,
        };
        let module = qualified.as_deref().and_then(|name| name.split('.').next());
        let opens = REFLECTION.contains(&word)
            || module.is_some_and(|module| DUMPING.contains(&module))
            || (module == Some("pprint") && self.is_class_variable(name))
            || ["vars", "setattr", "pickle", "deepcopy"].contains(&word)
            || (GETTERS.contains(&word) && !self.gets_others(id, word, name));
        opens.then(|| format!("`{word}`"))
    }

    /// Whether a call of `getattr` and the like says which attributes it gets,
    /// and none of them has that name.
    fn gets_others(&self, id: NodeId, word: &str, name: &str) -> bool {
        let Some(Expr::Call(call)) = self.tree.parent(id).and_then(|id| self.tree.expr(id)) else {
            return false;
        };
        if self.tree.id(&*call.func) != id {
            return false;
        }
        let named = match (word, &call.arguments.args[..]) {
            ("getattr", [_, named, ..]) | ("methodcaller", [named, ..]) => std::slice::from_ref(named),
            ("attrgetter", named) => named,
            _ => return false,
        };
        named.iter().all(|named| {
            matches!(named, Expr::StringLiteral(text) if text.value.to_str().split('.').all(|part| part != name))
        })
    }
}

/// `__name__ == "__main__"`, on either side.
fn is_main_test(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let is_name = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id == "__name__");
    let is_main =
        |expr: &Expr| matches!(expr, Expr::StringLiteral(text) if text.value.to_str() == "__main__");
    let [other] = &compare.comparators[..] else { return false };
    compare.ops[..] == [CmpOp::Eq]
        && ((is_name(&compare.left) && is_main(other)) || (is_main(&compare.left) && is_name(other)))
}
