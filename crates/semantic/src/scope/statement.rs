//! The pass over the tree, continued: statements that open scopes, import or
//! declare names.
//!
//! Apart from the expressions only so that each half can be read at a sitting.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{
    Alias, Expr, Identifier, Stmt, StmtAnnAssign, StmtClassDef, StmtFunctionDef, StmtImport, StmtImportFrom,
    StmtTypeAlias, TypeParams,
};

use super::collect::Collector;
use super::dynamic::Suspicions;
use super::found::Deed;
use super::model::{ScopeId, ScopeKind};
use super::tables::{EntryId, flag};

impl<'m> Collector<'_, 'm> {
    pub(super) fn stmt(&mut self, id: NodeId, stmt: &'m Stmt) {
        match stmt {
            Stmt::FunctionDef(node) => self.function(id, node),
            Stmt::ClassDef(node) => self.class(id, node),
            Stmt::TypeAlias(node) => self.type_alias(id, node),
            Stmt::AnnAssign(node) => self.annotated(id, node),
            Stmt::Import(node) => self.import(id, node),
            Stmt::ImportFrom(node) => self.import_from(id, node),
            Stmt::Global(node) => self.declare(id, &node.names, flag::GLOBAL),
            Stmt::Nonlocal(node) => self.declare(id, &node.names, flag::NONLOCAL),
            _ => {}
        }
    }

    fn function(&mut self, id: NodeId, node: &'m StmtFunctionDef) {
        let outer = self.scope_of(id);
        self.bind(&node.name, outer, flag::LOCAL);
        let around = self.type_params(node.type_params.as_deref(), outer);
        let scope = self.open(ScopeKind::Function, id, Some(around));
        self.parameters(&node.parameters, scope, outer);
        for parameter in &*node.parameters {
            if let Some(annotation) = parameter.annotation() {
                self.put_annotation(annotation, around);
            }
        }
        if let Some(returns) = node.returns.as_deref() {
            self.put_annotation(returns, around);
        }
        self.put_all(&node.body, scope);
    }

    fn class(&mut self, id: NodeId, node: &'m StmtClassDef) {
        let outer = self.scope_of(id);
        self.bind(&node.name, outer, flag::LOCAL);
        let name = self.found.tables.intern_parameter(ScopeId::MODULE, node.name.as_str());
        let mut around = outer;
        if let Some(list) = node.type_params.as_deref() {
            around = self.open(ScopeKind::TypeParams, self.tree.id(list), Some(outer));
            let opened = &mut self.found.tables.scopes[around.index()];
            opened.class_name = Some(name);
            opened.mangles_parameters_only = true;
            self.bind_type_params(list, around);
        }
        if let Some(arguments) = node.arguments.as_deref() {
            self.put(arguments, around);
        }
        let scope = self.open(ScopeKind::Class, id, Some(around));
        let opened = &mut self.found.tables.scopes[scope.index()];
        opened.class_name = Some(name);
        opened.mangles_parameters_only = false;
        self.put_all(&node.body, scope);
    }

    fn type_alias(&mut self, id: NodeId, node: &'m StmtTypeAlias) {
        let around = self.type_params(node.type_params.as_deref(), self.scope_of(id));
        let scope = self.open(ScopeKind::TypeAlias, id, Some(around));
        self.put(&*node.value, scope);
    }

    /// Opens the scope of a type parameter list, if there is one.
    fn type_params(&mut self, list: Option<&'m TypeParams>, outer: ScopeId) -> ScopeId {
        let Some(list) = list else { return outer };
        let scope = self.open(ScopeKind::TypeParams, self.tree.id(list), Some(outer));
        self.bind_type_params(list, scope);
        scope
    }

    /// At once, before their bounds are seen: which names are mangled depends
    /// on them.
    fn bind_type_params(&mut self, list: &'m TypeParams, scope: ScopeId) {
        self.put(list, scope);
        for parameter in &list.type_params {
            let name = parameter.name();
            let number = self.found.tables.intern_parameter(scope, name.as_str());
            let flags = flag::TYPE_PARAM | flag::LOCAL;
            self.mention_number(self.tree.id(name), scope, number, flags, Deed::Bind);
        }
    }

    fn put_all(&mut self, body: &[Stmt], scope: ScopeId) {
        for stmt in body {
            self.put(stmt, scope);
        }
    }

    /// `x: int` makes `x` a name of this scope without binding it; `(x): int`
    /// does not even that.
    fn annotated(&mut self, id: NodeId, node: &'m StmtAnnAssign) {
        let scope = self.scope_of(id);
        self.put_annotation(&node.annotation, scope);
        let Expr::Name(target) = &*node.target else { return };
        let (at, name) = (self.tree.id(target), target.id.as_str());
        self.put(target, scope);
        self.done = Some(at);
        let flags = if node.simple { flag::LOCAL | flag::ANNOTATED } else { flag::LOCAL };
        if node.value.is_some() {
            self.mention(at, scope, name, flags, Deed::Bind);
        } else if node.simple {
            self.mention(at, scope, name, flags, Deed::Declare);
        } else {
            self.mention_unseen(at, name, Deed::Declare);
        }
    }

    fn import(&mut self, id: NodeId, node: &'m StmtImport) {
        for alias in &node.names {
            // `import a.b` binds `a`.
            let written = alias.name.as_str();
            let first = written.split('.').next().unwrap_or(written);
            let entry = self.import_alias(id, alias, first);
            // `import a.b as c` binds what `a.b` is, `import a.b` what `a` is.
            let module = if alias.asname.is_some() { written } else { first };
            Suspicions::module(self, module, entry);
        }
    }

    fn import_from(&mut self, id: NodeId, node: &'m StmtImportFrom) {
        let from = if node.level == 0 { node.module.as_deref().unwrap_or_default() } else { "" };
        for alias in &node.names {
            let name = alias.name.as_str();
            if name == "*" {
                self.found.star_import = true;
                continue;
            }
            self.future_annotations |= from == "__future__" && name == "annotations";
            let entry = self.import_alias(id, alias, name);
            Suspicions::member(self, from, name, entry);
        }
    }

    fn import_alias(&mut self, id: NodeId, alias: &'m Alias, name: &'m str) -> EntryId {
        let scope = self.scope_of(id);
        let (node, name) = match &alias.asname {
            Some(asname) => (asname, asname.as_str()),
            None => (&alias.name, name),
        };
        self.mention(self.tree.id(node), scope, name, flag::IMPORT, Deed::Bind)
    }

    fn declare(&mut self, id: NodeId, names: &'m [Identifier], flags: u16) {
        let scope = self.scope_of(id);
        for name in names {
            let at = self.tree.id(name);
            let entry = self.mention(at, scope, name.as_str(), flags | flag::DECLARED, Deed::Declare);
            // CPython tells the module, which so has the name in its table.
            if flags & flag::GLOBAL != 0 {
                let number = self.found.tables.entry(entry).name;
                self.found.tables.add(ScopeId::MODULE, number, flag::GLOBAL);
            }
        }
    }
}
