//! The symbol tables proper: interned names, and for each scope the names
//! mentioned in it with how they are mentioned.
//!
//! One map keyed by (scope, name) for the whole module, because most scopes
//! are tiny and a map for each would cost more than all look-ups together.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::model::{Resolved, Scope, ScopeId, ScopeKind, SymbolId};

/// How a name is mentioned in a scope; CPython's `DEF_*` and `USE`.
pub(super) mod flag {
    pub const USE: u16 = 1;
    pub const LOCAL: u16 = 1 << 1;
    pub const PARAMETER: u16 = 1 << 2;
    pub const IMPORT: u16 = 1 << 3;
    pub const TYPE_PARAM: u16 = 1 << 4;
    pub const ANNOTATED: u16 = 1 << 5;
    pub const GLOBAL: u16 = 1 << 6;
    pub const NONLOCAL: u16 = 1 << 7;
    /// By a `global` or `nonlocal` statement of this scope.
    pub const DECLARED: u16 = 1 << 8;
    /// In the module: bound by another scope that declares it `global`.
    pub const BOUND_ELSEWHERE: u16 = 1 << 9;
    /// Mentioned in an annotation that is never evaluated; not in the table.
    pub const UNEVALUATED: u16 = 1 << 10;
    pub const BOUND: u16 = LOCAL | PARAMETER | IMPORT | TYPE_PARAM;
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct NameId(u32);

/// Interned before all others, so that they are told by their number.
const WELL_KNOWN: [&str; 8] = ["eval", "exec", "locals", "vars", "dir", "globals", "super", "__class__"];

impl NameId {
    pub const SUPER: Self = Self(6);
    pub const CLASS: Self = Self(7);

    /// Built-ins that read or change names by their text.
    pub fn is_dynamic_builtin(self) -> bool {
        self.0 < Self::SUPER.0
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct EntryId(u32);

impl EntryId {
    pub fn from_index(index: usize) -> Self {
        Self(index as u32)
    }
}

/// A name as mentioned in a scope.
#[derive(Debug)]
pub(super) struct Entry {
    pub scope: ScopeId,
    pub name: NameId,
    pub flags: u16,
    pub resolved: Resolved,
    /// The symbol of this scope, if the name is bound or declared here.
    pub symbol: Option<SymbolId>,
}

/// Where a name that a scope does not bind is bound.
pub(super) enum Owner {
    Entry(EntryId),
    ClassCell(ScopeId),
    Module,
}

#[derive(Debug)]
pub(super) struct Tables<'m> {
    numbers: FxHashMap<Cow<'m, str>, NameId>,
    texts: Vec<Cow<'m, str>>,
    pub scopes: Vec<Scope>,
    pub entries: Vec<Entry>,
    table: FxHashMap<(ScopeId, NameId), EntryId>,
}

impl<'m> Tables<'m> {
    pub fn new(names: usize) -> Self {
        let mut tables = Self {
            numbers: FxHashMap::with_capacity_and_hasher(names / 2, rustc_hash::FxBuildHasher),
            texts: Vec::new(),
            scopes: Vec::new(),
            entries: Vec::with_capacity(names),
            table: FxHashMap::with_capacity_and_hasher(names, rustc_hash::FxBuildHasher),
        };
        for name in WELL_KNOWN {
            tables.number(Cow::Borrowed(name));
        }
        tables
    }

    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.index()]
    }

    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0 as usize]
    }

    pub fn entry_mut(&mut self, id: EntryId) -> &mut Entry {
        &mut self.entries[id.0 as usize]
    }

    pub fn text(&self, name: NameId) -> &str {
        &self.texts[name.0 as usize]
    }

    pub fn get(&self, scope: ScopeId, name: NameId) -> Option<EntryId> {
        self.table.get(&(scope, name)).copied()
    }

    /// The entry of `name` in `scope`, made if need be, with `flags` added.
    pub fn add(&mut self, scope: ScopeId, name: NameId, flags: u16) -> EntryId {
        let next = EntryId::from_index(self.entries.len());
        let id = *self.table.entry((scope, name)).or_insert(next);
        if id == next {
            self.push(scope, name, 0);
        }
        self.entry_mut(id).flags |= flags;
        id
    }

    /// An entry that no look-up finds.
    pub fn push(&mut self, scope: ScopeId, name: NameId, flags: u16) -> EntryId {
        let id = EntryId::from_index(self.entries.len());
        self.entries.push(Entry { scope, name, flags, resolved: Resolved::Builtin, symbol: None });
        id
    }

    /// The number of `name` as written in `scope`, mangled if it must be.
    pub fn intern(&mut self, scope: ScopeId, name: &'m str) -> NameId {
        match self.mangled(scope, name) {
            None => self.number(Cow::Borrowed(name)),
            Some(mangled) if self.scope(scope).mangles_parameters_only => {
                self.parameter(scope, &mangled).unwrap_or_else(|| self.number(Cow::Borrowed(name)))
            }
            Some(mangled) => self.number(Cow::Owned(mangled)),
        }
    }

    /// As [`Self::intern`], for a type parameter that `scope` is about to bind.
    pub fn intern_parameter(&mut self, scope: ScopeId, name: &'m str) -> NameId {
        let name = self.mangled(scope, name).map_or(Cow::Borrowed(name), Cow::Owned);
        self.number(name)
    }

    /// As [`Self::intern`], for a name that may be nowhere in the module.
    pub fn find_name(&self, scope: ScopeId, name: &str) -> Option<NameId> {
        match self.mangled(scope, name) {
            None => self.numbers.get(name).copied(),
            Some(mangled) if self.scope(scope).mangles_parameters_only => {
                self.parameter(scope, &mangled).or_else(|| self.numbers.get(name).copied())
            }
            Some(mangled) => self.numbers.get(mangled.as_str()).copied(),
        }
    }

    fn number(&mut self, name: Cow<'m, str>) -> NameId {
        if let Some(number) = self.numbers.get(name.as_ref()) {
            return *number;
        }
        let number = NameId(self.texts.len() as u32);
        self.texts.push(name.clone());
        self.numbers.insert(name, number);
        number
    }

    fn mangled(&self, scope: ScopeId, name: &str) -> Option<String> {
        if !name.starts_with("__") || name.ends_with("__") {
            return None;
        }
        let class = self.text(self.scope(scope).class_name?).trim_start_matches('_');
        (!class.is_empty()).then(|| format!("_{class}{name}"))
    }

    /// The type parameter of that name in the innermost list around `scope`.
    fn parameter(&self, scope: ScopeId, mangled: &str) -> Option<NameId> {
        let name = *self.numbers.get(mangled)?;
        let list = std::iter::successors(Some(scope), |id| self.scope(*id).parent)
            .find(|id| self.scope(*id).kind == ScopeKind::TypeParams)?;
        let entry = self.get(list, name)?;
        (self.entry(entry).flags & flag::TYPE_PARAM != 0).then_some(name)
    }

    /// Which scope around `from` binds `name`, as nested code sees it: classes
    /// are looked through, except by type scopes directly within them, and
    /// except for the `__class__` that they give to their methods.
    pub fn owner(&self, from: ScopeId, name: NameId) -> Owner {
        let mut sees_class = self.scope(from).kind.is_type_scope();
        let mut at = self.scope(from).parent;
        while let Some(id) = at {
            let scope = self.scope(id);
            if scope.kind == ScopeKind::Class {
                if name == NameId::CLASS {
                    return Owner::ClassCell(id);
                }
            } else {
                sees_class &= scope.kind.is_type_scope();
            }
            let seen = scope.kind.is_function_like() || (scope.kind == ScopeKind::Class && sees_class);
            if let Some(owner) = self.get(id, name).filter(|_| seen).and_then(|entry| self.binds(entry)) {
                return owner;
            }
            sees_class &= scope.kind != ScopeKind::Class;
            at = scope.parent;
        }
        Owner::Module
    }

    fn binds(&self, entry: EntryId) -> Option<Owner> {
        let flags = self.entry(entry).flags;
        if flags & flag::GLOBAL != 0 {
            Some(Owner::Module)
        } else if flags & flag::BOUND != 0 && flags & flag::NONLOCAL == 0 {
            Some(Owner::Entry(entry))
        } else {
            None
        }
    }

    /// What a module-level variable of that name is.
    pub fn global(&self, name: NameId) -> Resolved {
        self.get(ScopeId::MODULE, name)
            .and_then(|entry| self.entry(entry).symbol)
            .map_or(Resolved::Builtin, Resolved::Global)
    }

    pub fn of_owner(&self, owner: &Owner, name: NameId) -> Resolved {
        let symbol = match owner {
            Owner::Entry(entry) => self.entry(*entry).symbol,
            Owner::ClassCell(class) => self.scope(*class).class_cell,
            Owner::Module => return self.global(name),
        };
        symbol.map_or(Resolved::Builtin, Resolved::Free)
    }

    /// What `name` means in `scope`, once all entries are resolved.
    pub fn lookup(&self, scope: ScopeId, name: NameId) -> Resolved {
        match self.get(scope, name) {
            Some(entry) => self.entry(entry).resolved,
            None => self.of_owner(&self.owner(scope, name), name),
        }
    }
}
