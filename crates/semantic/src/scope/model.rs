//! The words in which scopes are described: scope, symbol, resolution.
//!
//! Plain data, apart from the code that fills it, because everybody else in
//! this code base reads only this.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::name::Name;

use super::tables::NameId;

/// The number of a scope in its module; 0 is the module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ScopeId(u32);

impl ScopeId {
    pub const MODULE: Self = Self(0);

    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub fn from_index(index: usize) -> Self {
        Self(index as u32)
    }
}

/// The number of a symbol in its module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SymbolId(u32);

impl SymbolId {
    pub fn index(self) -> usize {
        self.0 as usize
    }

    pub fn from_index(index: usize) -> Self {
        Self(index as u32)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    ListComp,
    SetComp,
    DictComp,
    Generator,
    /// The scope around a generic `def`, `class` or `type` that holds its type
    /// parameters.
    TypeParams,
    /// The value of a `type` statement, or the bound or default of a type
    /// parameter: evaluated when asked for, in a scope of its own.
    TypeAlias,
}

impl ScopeKind {
    pub fn is_comprehension(self) -> bool {
        matches!(self, Self::ListComp | Self::SetComp | Self::DictComp | Self::Generator)
    }

    /// Scopes of type expressions, which alone see the names of a class around
    /// them.
    pub fn is_type_scope(self) -> bool {
        matches!(self, Self::TypeParams | Self::TypeAlias)
    }

    /// Whether its names live in a frame (fast locals and cells), not in a
    /// dictionary.
    pub fn is_function_like(self) -> bool {
        !matches!(self, Self::Module | Self::Class)
    }
}

#[derive(Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    /// The node that opens the scope: root, `def`, `class`, `lambda`,
    /// comprehension, type parameter list, type parameter, `type` statement.
    pub node: NodeId,
    pub parent: Option<ScopeId>,
    pub(super) symbols: Vec<SymbolId>,
    /// The class whose name mangles `__x` here.
    pub(super) class_name: Option<NameId>,
    /// In the type parameter list of a class only the parameters are mangled.
    pub(super) mangles_parameters_only: bool,
    /// In a class: the hidden variable behind `super()` and `__class__`.
    pub(super) class_cell: Option<SymbolId>,
    pub(super) dynamic: bool,
}

/// A variable of a scope, with everything that is done to it from any scope.
#[derive(Debug)]
pub struct Symbol {
    /// As the interpreter knows it: `__x` in class `C` is `_C__x`.
    pub name: Name,
    pub scope: ScopeId,
    pub is_parameter: bool,
    /// Declared by a `global` statement of this very scope. Unless the scope is
    /// the module, the variable is another symbol, and the lists here are empty.
    pub is_global: bool,
    /// Declared by a `nonlocal` statement of this scope; as for `is_global`.
    pub is_nonlocal: bool,
    pub is_imported: bool,
    pub is_annotated: bool,
    /// The `__class__` that a class gives its methods: bound by no node, and
    /// not listed among the symbols of the class.
    pub is_implicit: bool,
    /// Names in store context (also of augmented assignments) and identifiers
    /// of definitions, imports, parameters, except clauses, captures.
    pub bindings: Vec<NodeId>,
    /// Names in `del`, and the identifiers of except clauses, which Python
    /// deletes at the end of the clause.
    pub deletes: Vec<NodeId>,
    /// Names in load context that mean this symbol, from any scope.
    pub uses: Vec<NodeId>,
    /// Bare annotations (`x: int`), names in `global` and `nonlocal`.
    pub declarations: Vec<NodeId>,
    /// Some other scope reaches it through a cell.
    pub is_captured: bool,
    /// Bound or deleted from another scope: through `global`, `nonlocal`, or a
    /// walrus in a comprehension.
    pub rebound_elsewhere: bool,
}

/// What a name means where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Resolved {
    /// A symbol of this very scope (a function, class, comprehension...). A
    /// class body falls back to global or built-in while it is not bound.
    Local(SymbolId),
    /// A symbol of an enclosing function-like scope; in a type scope, also of
    /// the class around it.
    Free(SymbolId),
    /// A symbol of the module.
    Global(SymbolId),
    /// Bound nowhere in the module: a built-in or an unknown name.
    Builtin,
}

impl Resolved {
    pub fn symbol(self) -> Option<SymbolId> {
        match self {
            Self::Local(symbol) | Self::Free(symbol) | Self::Global(symbol) => Some(symbol),
            Self::Builtin => None,
        }
    }
}
