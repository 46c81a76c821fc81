//! What names mean in the cases that people get wrong. (That the tables agree
//! with CPython's is tested over the standard library, in `tests/symtable.rs`.)

use spacetime_syntax::ast::{AnyNodeRef, Expr};
use spacetime_syntax::{Module, Node, NodeId, SourceKind, Tree};

use super::{Resolved, ScopeId, ScopeKind, Scopes, Symbol};

struct Case<'m> {
    tree: &'m Tree<'m>,
    scopes: Scopes<'m>,
}

fn with(source: &str, check: impl FnOnce(Case<'_>)) {
    let module = Module::parse(source, SourceKind::Python).unwrap();
    let tree = Tree::new(&module);
    check(Case { tree: &tree, scopes: Scopes::new(&tree) });
}

impl Case<'_> {
    /// The `at`-th mention (from 0) of `name`: a name or an identifier.
    fn node(&self, name: &str, at: usize) -> NodeId {
        let matches = |id: &NodeId| match self.tree.node(*id) {
            Node::Expr(Expr::Name(node)) => node.id.as_str() == name,
            Node::Part(AnyNodeRef::Identifier(node)) => node.as_str() == name,
            _ => false,
        };
        self.tree.ids().filter(matches).nth(at).unwrap()
    }

    fn resolve(&self, name: &str, at: usize) -> Resolved {
        self.scopes.resolve(self.node(name, at))
    }

    fn symbol(&self, name: &str, at: usize) -> &Symbol {
        self.scopes.symbol(self.resolve(name, at).symbol().unwrap())
    }

    /// The kind of the scope that owns what is mentioned; `None` for built-ins.
    fn owner(&self, name: &str, at: usize) -> Option<ScopeKind> {
        let symbol = self.resolve(name, at).symbol()?;
        Some(self.scopes.scope(self.scopes.symbol(symbol).scope).kind)
    }

    fn kind_at(&self, name: &str, at: usize) -> ScopeKind {
        self.scopes.scope(self.scopes.scope_of(self.node(name, at))).kind
    }

    fn scope(&self, kind: ScopeKind, at: usize) -> ScopeId {
        self.scopes.scopes().filter(|id| self.scopes.scope(*id).kind == kind).nth(at).unwrap()
    }

    fn dynamic(&self) -> Vec<bool> {
        self.scopes.scopes().map(|id| self.scopes.uses_dynamic_names(id)).collect()
    }
}

#[test]
fn definitions_are_evaluated_outside_and_their_bodies_inside() {
    with("@deco\ndef f(a=dflt, *b: note) -> ret:\n    body\nclass C(base):\n    inner\n", |case| {
        for outside in ["deco", "f", "dflt", "note", "ret", "C", "base"] {
            assert_eq!(case.kind_at(outside, 0), ScopeKind::Module, "{outside}");
        }
        for inside in ["a", "b", "body"] {
            assert_eq!(case.kind_at(inside, 0), ScopeKind::Function, "{inside}");
        }
        assert_eq!(case.kind_at("inner", 0), ScopeKind::Class);
        let def = case.tree.parent(case.node("f", 0)).unwrap();
        assert_eq!(case.scopes.scope_of(def), ScopeId::MODULE);
        let own = case.scopes.own_scope(def).unwrap();
        assert_eq!(case.scopes.scope(own).node, def);
        assert_eq!(case.scopes.own_scope(case.node("f", 0)), None);
    });
}

#[test]
fn only_the_first_iterable_is_evaluated_outside() {
    with("r = [x + y for x in xs if x for y in ys]\ng = {k: v for k, v in (i for i in zs)}\n", |case| {
        assert_eq!(case.kind_at("xs", 0), ScopeKind::Module);
        assert_eq!(case.kind_at("ys", 0), ScopeKind::ListComp);
        assert_eq!(case.kind_at("zs", 0), ScopeKind::Module);
        assert_eq!(case.owner("x", 0), Some(ScopeKind::ListComp));
        assert_eq!(case.owner("k", 1), Some(ScopeKind::DictComp));
        assert_eq!(case.owner("i", 0), Some(ScopeKind::Generator));
        assert_eq!(case.symbol("x", 0).uses.len(), 2);
    });
}

#[test]
fn classes_are_invisible_to_what_is_nested_in_them() {
    with("class C:\n    x = 1\n    y = x\n    z = [x for _ in x]\n    def f(self): return x\n", |case| {
        assert_eq!(case.owner("x", 1), Some(ScopeKind::Class));
        assert_eq!(case.resolve("x", 2), Resolved::Builtin, "in the element");
        assert_eq!(case.owner("x", 3), Some(ScopeKind::Class), "in the first iterable");
        assert_eq!(case.resolve("x", 4), Resolved::Builtin, "in the method");
        let (class, method) = (case.scope(ScopeKind::Class, 0), case.scope(ScopeKind::Function, 0));
        assert!(matches!(case.scopes.lookup(class, "x"), Resolved::Local(_)));
        assert_eq!(case.scopes.lookup(method, "x"), Resolved::Builtin);
        assert!(matches!(case.scopes.lookup(method, "C"), Resolved::Global(_)));
        assert!(matches!(case.scopes.lookup(method, "self"), Resolved::Local(_)));
        assert_eq!(case.scopes.lookup(method, "never"), Resolved::Builtin);
    });
}

#[test]
fn one_symbol_gathers_what_all_scopes_do_to_it() {
    with("def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return n\n", |case| {
        let symbol = case.symbol("n", 0);
        assert_eq!(symbol.bindings, [case.node("n", 0), case.node("n", 2)]);
        assert_eq!(symbol.uses, [case.node("n", 3)]);
        assert_eq!(symbol.declarations, [case.node("n", 1)]);
        assert!(symbol.is_captured && symbol.rebound_elsewhere && !symbol.is_nonlocal);
        assert!(matches!(case.resolve("n", 2), Resolved::Free(_)));
        let inner = case.scope(ScopeKind::Function, 1);
        let declared = case.scopes.symbols_of(inner).map(|id| case.scopes.symbol(id)).collect::<Vec<_>>();
        assert!(declared.len() == 1 && declared[0].is_nonlocal && declared[0].bindings.is_empty());
    });
}

#[test]
fn a_global_may_be_bound_by_functions_only() {
    with("def f():\n    global g, never\n    import g\n    del g\ndef h(): return g, never\n", |case| {
        let symbol = case.symbol("g", 2);
        assert_eq!(symbol.scope, ScopeId::MODULE);
        assert!(symbol.rebound_elsewhere && symbol.is_imported && !symbol.is_global && !symbol.is_captured);
        assert_eq!((symbol.bindings.len(), symbol.deletes.len(), symbol.uses.len()), (1, 1, 1));
        assert!(matches!(case.resolve("g", 3), Resolved::Global(_)));
        assert_eq!(case.resolve("never", 1), Resolved::Builtin);
    });
}

#[test]
fn a_global_statement_hides_outer_functions() {
    with("x = 0\ndef f():\n    x = 1\n    def g():\n        global x\n        def h(): return x\n", |case| {
        assert_eq!(case.owner("x", 3), Some(ScopeKind::Module));
        assert!(!case.symbol("x", 1).is_captured);
    });
}

#[test]
fn a_walrus_leaves_its_comprehensions() {
    with("def f(xs):\n    [[(y := x) for x in r] for r in xs]\n    return y\n", |case| {
        let symbol = case.symbol("y", 1);
        assert_eq!(symbol.bindings, [case.node("y", 0)]);
        assert!(symbol.rebound_elsewhere && symbol.is_captured);
        assert!(matches!(case.resolve("y", 0), Resolved::Free(_)));
        assert!(matches!(case.resolve("y", 1), Resolved::Local(_)));
    });
    with("[y := x for x in ()]\ny\n", |case| {
        assert!(matches!(case.resolve("y", 0), Resolved::Global(_)));
        assert_eq!(case.resolve("y", 0), case.resolve("y", 1));
        assert!(case.symbol("y", 0).rebound_elsewhere);
    });
}

#[test]
fn private_names_are_mangled_by_their_class() {
    with("class _C:\n    __x = 1\n    def f(self): return __x, __y__\n_C__x = 2\n", |case| {
        assert_eq!(case.symbol("__x", 0).name, "_C__x");
        assert_eq!(case.resolve("__x", 1), case.resolve("_C__x", 0));
        let method = case.scope(ScopeKind::Function, 0);
        assert_eq!(case.scopes.lookup(method, "__x"), case.resolve("_C__x", 0));
        assert_eq!(case.scopes.lookup(ScopeId::MODULE, "__x"), Resolved::Builtin);
    });
}

#[test]
fn methods_find_their_class_through_a_hidden_cell() {
    with("class C:\n    def f(self): return __class__\n    def g(self): return super()\n", |case| {
        let symbol = case.symbol("__class__", 0);
        assert!(symbol.is_implicit && symbol.is_captured);
        assert_eq!(case.scopes.scope(symbol.scope).kind, ScopeKind::Class);
        let super_user = case.scope(ScopeKind::Function, 1);
        assert_eq!(case.scopes.lookup(super_user, "__class__"), case.resolve("__class__", 0));
        assert_eq!(case.resolve("super", 0), Resolved::Builtin);
        let listed = case.scopes.symbols_of(case.scope(ScopeKind::Class, 0));
        assert!(listed.map(|id| case.scopes.symbol(id)).all(|symbol| !symbol.is_implicit));
    });
}

#[test]
fn clauses_and_patterns_bind_identifiers() {
    let source = "import a.b\nimport c.d as e\nfrom m import *\ntry: pass\nexcept E as x: x\n\
                  match v:\n    case [p, *q] | {'k': p, **q}: p\n    case K(w=r) as s: r\n";
    with(source, |case| {
        assert!(case.scopes.has_star_import());
        assert_eq!(case.symbol("a.b", 0).name, "a");
        assert_eq!(case.resolve("c.d", 0), Resolved::Builtin);
        assert!(case.symbol("e", 0).is_imported);
        let handler = case.symbol("x", 0);
        assert_eq!(
            (&handler.bindings, &handler.deletes),
            (&vec![case.node("x", 0)], &vec![case.node("x", 0)])
        );
        assert_eq!(case.symbol("p", 0).bindings.len(), 2);
        assert_eq!(case.symbol("q", 0).bindings.len(), 2);
        assert_eq!(case.resolve("w", 0), Resolved::Builtin);
        assert_eq!(case.symbol("s", 0).bindings, [case.node("s", 0)]);
    });
}

#[test]
fn bare_annotations_declare_without_binding() {
    with("def f():\n    x: int\n    y: int = 1\n    (z): int\n    del x\n", |case| {
        let x = case.symbol("x", 0);
        assert!(x.is_annotated && x.bindings.is_empty() && x.declarations.len() == 1 && x.deletes.len() == 1);
        assert_eq!(case.symbol("y", 0).bindings.len(), 1);
        assert_eq!(case.resolve("z", 0), Resolved::Builtin);
    });
}

#[test]
fn future_annotations_are_uses_without_scopes() {
    let source = "from __future__ import annotations\nimport t\n\
                  def f(a: t, b: lambda c: [d for d in t]) -> t: return a\n";
    with(source, |case| {
        assert_eq!(case.scopes.scopes().count(), 2);
        assert_eq!(case.symbol("t", 0).uses.len(), 3);
        assert!(case.scopes.is_unevaluated(case.node("t", 1)));
        assert!(!case.scopes.is_unevaluated(case.node("a", 1)));
        assert_eq!(case.scopes.scope_of(case.node("d", 0)), ScopeId::MODULE);
    });
}

#[test]
fn type_parameters_have_a_scope_around_the_definition() {
    with("@T\ndef f[T: (B, T)](a: T, b=T) -> T:\n    return T\nB = T\n", |case| {
        let owners = (0..8).map(|at| case.owner("T", at)).collect::<Vec<_>>();
        let list = Some(ScopeKind::TypeParams);
        // Decorator, parameter, bound, annotation, default, return, body, after.
        assert_eq!(owners, [None, list, list, list, None, list, list, None]);
        assert_eq!(case.kind_at("B", 0), ScopeKind::TypeAlias);
        assert_eq!(case.kind_at("T", 1), ScopeKind::TypeParams);
        assert!(matches!(case.resolve("T", 3), Resolved::Local(_)));
        assert!(matches!(case.resolve("T", 6), Resolved::Free(_)));
        let list = case.scope(ScopeKind::TypeParams, 0);
        assert_eq!(case.scopes.own_scope(case.scopes.scope(list).node), Some(list));
        let function = case.scopes.scope(case.scope(ScopeKind::Function, 0));
        assert_eq!(function.parent, Some(list));
    });
}

#[test]
fn type_scopes_see_the_class_around_them_and_functions_do_not() {
    let source = "class C[T]:\n    X = int\n    type A[V: X] = dict[V, X, T]\n    \
                  def m[U](self, a: X, b=X) -> U:\n        return X, T\n";
    with(source, |case| {
        let owners = (0..6).map(|at| case.owner("X", at)).collect::<Vec<_>>();
        let class = Some(ScopeKind::Class);
        // Bound, bound of V, value, annotation, default, body.
        assert_eq!(owners, [class, class, class, class, class, None]);
        assert!(!case.symbol("X", 0).is_captured);
        assert_eq!(case.symbol("X", 0).uses.len(), 4);
        assert_eq!(case.owner("T", 1), Some(ScopeKind::TypeParams));
        assert_eq!(case.owner("T", 2), Some(ScopeKind::TypeParams));
        assert_eq!(case.owner("A", 0), class);
    });
}

#[test]
fn dynamic_names_taint_their_scope_and_those_around_it() {
    with("def f():\n    def g(): return locals()\ndef h(): return 1\n", |case| {
        assert_eq!(case.dynamic(), [true, true, true, false]);
    });
    with("def dir(): pass\ndef f(): return dir(), a.stack, numpy.stack\n", |case| {
        assert_eq!(case.dynamic(), [false, false, false]);
    });
    with("import inspect as i, sys\ndef f(): i.stack()\ndef g(): sys._getframe()\ndef h(): pass\n", |case| {
        assert_eq!(case.dynamic(), [true, true, true, false]);
    });
    with("from inspect import stack as s\ndef f(): s()\ndef g(): pass\n", |case| {
        assert_eq!(case.dynamic(), [true, true, false]);
    });
    with("e = eval\ndef g(): e('x')\n", |case| assert_eq!(case.dynamic(), [true, true]));
}
