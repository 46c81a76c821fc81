//! What is known about one module: the door to everything else in here.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, ExprContext, Stmt};
use spacetime_syntax::{Node, NodeId, Tree};

pub(crate) use crate::callee::Callee;
use crate::effect::{Summaries, UnnamedReads};
use crate::infer::symbols_of_body;
use crate::scope::{Resolved, ScopeId, ScopeKind, Scopes, SymbolId};
use crate::value_flow::{Aliases, Confined, Index, Listed, NamedCalls};
use crate::{Assumptions, Body, Doubt, Kind};

/// What the user lets us take for granted.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub assumptions: Assumptions,
    /// Qualified names of functions without effects (they may raise).
    pub pure: Vec<String>,
    /// The module is imported by others, whatever it looks like.
    pub is_library: bool,
    /// Names of the module that other files of its project mention, with such a file.
    pub used_elsewhere: Arc<BTreeMap<String, String>>,
}

/// Answers questions about a module. Facts about a body are worked out when
/// they are first asked for, and kept.
#[derive(Debug)]
pub struct Model<'m> {
    pub tree: &'m Tree<'m>,
    pub scopes: Scopes<'m>,
    pub settings: Settings,
    pub(crate) summaries: Summaries,
    pub(crate) unnamed: UnnamedReads,
    /// Scopes directly within each scope.
    children: Vec<Vec<ScopeId>>,
    bodies: RefCell<FxHashMap<ScopeId, Option<Rc<Body>>>>,
    returns: RefCell<FxHashMap<NodeId, Kind>>,
    captures: RefCell<FxHashMap<SymbolId, Rc<[NodeId]>>>,
    replaces_names: bool,
    replaces_streams: OnceCell<bool>,
    pub(crate) index: OnceCell<Index>,
    /// Calls that fill attributes which nobody names.
    pub(crate) calls_that_fill: RefCell<Option<NamedCalls>>,
    /// Whether attributes of a name may be functions.
    pub(crate) functions_held: RefCell<FxHashMap<String, bool>>,
    pub(crate) confined: RefCell<FxHashMap<NodeId, Option<Rc<Confined>>>>,
    pub(crate) foreign: RefCell<FxHashMap<NodeId, bool>>,
    /// The methods that calls run, by the attributes that are called.
    pub(crate) dispatched: RefCell<FxHashMap<NodeId, Option<NodeId>>>,
    pub(crate) program: OnceCell<bool>,
    /// Code that may look at attributes without naming them.
    pub(crate) reflection: OnceCell<Option<Doubt>>,
    /// Where the module takes up threads, as of `Model::threads`.
    pub(crate) threads: OnceCell<Option<usize>>,
    pub(crate) last_words: OnceCell<Option<usize>>,
    /// Classes without a text of their own.
    pub(crate) nameless: OnceCell<Vec<NodeId>>,
    /// Whether queries give rows of numbers and texts.
    pub(crate) plain_rows: OnceCell<bool>,
    /// Where the module looks at itself, as of `Model::looks_at_modules`.
    pub(crate) looks: OnceCell<Option<usize>>,
    /// Names under which attributes are set unseen; `None` if any may be.
    pub(crate) patched: OnceCell<Option<Vec<String>>>,
    pub(crate) aliases: OnceCell<Aliases>,
    /// Of which classes the items of lists are.
    pub(crate) listed: Listed,
}

/// What other functions need to know of a function's objects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub leaks_outer: bool,
    pub returns_outer: bool,
}

impl<'m> Model<'m> {
    pub fn new(tree: &'m Tree<'m>, settings: Settings) -> Self {
        let scopes = Scopes::new(tree);
        let mut children = vec![Vec::new(); scopes.scopes().count()];
        for scope in scopes.scopes() {
            if let Some(parent) = scopes.scope(scope).parent {
                children[parent.index()].push(scope);
            }
        }
        let replaces_names = replaces_names(tree, &scopes);
        Self {
            replaces_names,
            replaces_streams: OnceCell::new(),
            index: OnceCell::new(),
            calls_that_fill: RefCell::default(),
            functions_held: RefCell::default(),
            confined: RefCell::default(),
            foreign: RefCell::default(),
            dispatched: RefCell::default(),
            program: OnceCell::new(),
            reflection: OnceCell::new(),
            threads: OnceCell::new(),
            last_words: OnceCell::new(),
            nameless: OnceCell::new(),
            plain_rows: OnceCell::new(),
            looks: OnceCell::new(),
            patched: OnceCell::new(),
            aliases: OnceCell::new(),
            listed: Listed::default(),
            tree,
            scopes,
            settings,
            summaries: Summaries::default(),
            unnamed: UnnamedReads::default(),
            children,
            bodies: RefCell::default(),
            returns: RefCell::default(),
            captures: RefCell::default(),
        }
    }

    /// The body that a node runs in: of the nearest function, or the module's.
    /// `None` in class bodies and type scopes, about which little is known.
    pub fn body_of(&self, node: NodeId) -> Option<Rc<Body>> {
        let mut scope = self.scopes.scope_of(node);
        while self.scopes.scope(scope).kind.is_comprehension() {
            scope = self.scopes.scope(scope).parent?;
        }
        match self.scopes.scope(scope).kind {
            ScopeKind::Function | ScopeKind::Module => self.body(scope),
            _ => None,
        }
    }

    /// The body of a function or module scope; `None` while it is being worked out.
    pub fn body(&self, scope: ScopeId) -> Option<Rc<Body>> {
        if let Some(known) = self.bodies.borrow().get(&scope) {
            return known.clone();
        }
        self.bodies.borrow_mut().insert(scope, None);
        let body = Rc::new(Body::new(self, scope));
        self.bodies.borrow_mut().insert(scope, Some(body.clone()));
        Some(body)
    }

    /// The body of a `def`.
    pub fn body_of_def(&self, def: NodeId) -> Option<Rc<Body>> {
        let scope = self.scopes.own_scope(def)?;
        (self.scopes.scope(scope).kind == ScopeKind::Function).then(|| self.body(scope))?
    }

    pub(crate) fn symbols_of_body(&self, scope: ScopeId) -> Vec<SymbolId> {
        symbols_of_body(&self.scopes, &self.children, scope)
    }

    /// The kind of a variable of another body, as seen from within a function.
    pub(crate) fn outer_kind(&self, symbol: SymbolId) -> Kind {
        let data = self.scopes.symbol(symbol);
        if data.is_parameter
            || data.rebound_elsewhere
            || data.bindings.len() != 1
            || self.is_starred_over(symbol)
        {
            return Kind::Unknown;
        }
        let scope = data.scope;
        if !matches!(self.scopes.scope(scope).kind, ScopeKind::Function | ScopeKind::Module) {
            return Kind::Unknown;
        }
        let quick = data.bindings.first().and_then(|binding| self.definition_kind(*binding));
        quick.unwrap_or_else(|| {
            self.body(scope).map_or(Kind::Unknown, |body| body.kind_of_symbol(symbol).opened())
        })
    }

    /// The kind of a name that `def` or `class` binds, without solving a body.
    fn definition_kind(&self, binding: NodeId) -> Option<Kind> {
        let parent = self.tree.parent(binding)?;
        match self.tree.node(parent) {
            Node::Stmt(Stmt::FunctionDef(def)) if def.decorator_list.is_empty() => {
                Some(Kind::Function(parent))
            }
            Node::Stmt(Stmt::FunctionDef(_)) | Node::Part(AnyNodeRef::Alias(_)) => Some(Kind::Unknown),
            Node::Stmt(Stmt::ClassDef(_)) => Some(Kind::Class(parent)),
            _ => None,
        }
    }

    /// The kind of what calling a function of this module gives.
    pub(crate) fn return_kind(&self, def: NodeId) -> Kind {
        if let Some(known) = self.returns.borrow().get(&def) {
            return known.clone();
        }
        self.returns.borrow_mut().insert(def, Kind::Unknown);
        let kind = self.body_of_def(def).map_or(Kind::Unknown, |body| self.returned(&body).opened());
        self.returns.borrow_mut().insert(def, kind.clone());
        kind
    }

    fn returned(&self, body: &Body) -> Kind {
        if body.is_async {
            return Kind::Unknown;
        }
        let mut yielded = Kind::Never;
        let mut returned = Kind::Never;
        for node in &body.nodes {
            match self.tree.node(*node) {
                Node::Stmt(Stmt::Return(stmt)) => {
                    let kind = stmt.value.as_deref().map_or(Kind::None, |value| body.kind(self, value));
                    returned = returned.join(kind);
                }
                Node::Expr(Expr::Yield(value)) => {
                    let kind = value.value.as_deref().map_or(Kind::None, |value| body.kind(self, value));
                    yielded = yielded.join(kind);
                }
                Node::Expr(Expr::YieldFrom(value)) => {
                    yielded = yielded.join(body.item_kind(self, &value.value));
                }
                _ => {}
            }
        }
        if body.is_generator {
            return Kind::iterator(yielded);
        }
        if body.falls_off_the_end() { returned.join(Kind::None) } else { returned }
    }

    pub(crate) fn summary_shape(&self, def: NodeId) -> Shape {
        match self.body_of_def(def) {
            Some(body) if !body.is_async => Shape {
                leaks_outer: body.heap.leaks_outer || body.is_generator,
                returns_outer: body.heap.returns_outer,
            },
            _ => Shape { leaks_outer: true, returns_outer: true },
        }
    }

    /// Functions, lambdas and classes that see a variable of an outer body.
    pub fn captures(&self, symbol: SymbolId) -> Rc<[NodeId]> {
        if let Some(known) = self.captures.borrow().get(&symbol) {
            return known.clone();
        }
        let data = self.scopes.symbol(symbol);
        let mut nodes: Vec<NodeId> = data
            .uses
            .iter()
            .chain(&data.bindings)
            .chain(&data.deletes)
            .filter_map(|node| self.capturing_node(*node, data.scope))
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        let nodes: Rc<[NodeId]> = nodes.into();
        self.captures.borrow_mut().insert(symbol, nodes.clone());
        nodes
    }

    /// The outermost scope between `node` and `home` that runs at a time of its own.
    fn capturing_node(&self, node: NodeId, home: ScopeId) -> Option<NodeId> {
        let mut found = None;
        let mut scope = self.scopes.scope_of(node);
        while scope != home {
            let data = self.scopes.scope(scope);
            if !data.kind.is_comprehension() {
                found = Some(data.node);
            }
            scope = data.parent?;
        }
        found
    }

    /// Whether a name is the builtin that it says: bound nowhere, no star import.
    pub fn is_builtin(&self, expr: &Expr, name: &str) -> bool {
        matches!(expr, Expr::Name(found) if found.id == name && self.scopes.resolve(self.tree.id(found)) == Resolved::Builtin)
            && !self.scopes.has_star_import()
            && !self.replaces_names
    }

    /// Whether the module itself may give its functions or builtins another
    /// meaning behind the back of the scopes.
    pub(crate) fn replaces_names(&self) -> bool {
        self.replaces_names
    }

    /// Whether the module may put something else in the place of `sys.stdout` or `sys.stderr`.
    pub(crate) fn replaces_streams(&self) -> bool {
        const DOORS: [&str; 4] = ["redirect_std", "setattr", "patch", "__dict__"];
        let stored = |node: NodeId| match self.tree.expr(node) {
            Some(Expr::Attribute(stream)) => {
                matches!(stream.attr.as_str(), "stdout" | "stderr") && !stream.ctx.is_load()
            }
            _ => false,
        };
        *self.replaces_streams.get_or_init(|| {
            let text = self.tree.module().text();
            DOORS.iter().any(|door| text.contains(door)) || self.tree.ids().any(stored)
        })
    }

    /// Whether `name`, written at `node`, would mean the builtin.
    pub fn names_builtin(&self, node: NodeId, name: &str) -> bool {
        self.scopes.lookup(self.scopes.scope_of(node), name) == Resolved::Builtin
            && !self.scopes.has_star_import()
    }

    /// Whether a function bears the comment `# spacetime: pure` on its `def` line
    /// or the line above.
    pub(crate) fn is_marked_pure(&self, def: NodeId) -> bool {
        let module = self.tree.module();
        let Node::Stmt(Stmt::FunctionDef(function)) = self.tree.node(def) else { return false };
        if self.settings.pure.iter().any(|name| name == function.name.as_str()) {
            return true;
        }
        let line = module.lines().line(spacetime_text::Ranged::start(function));
        let marked = |line: usize| {
            line >= 1
                && module.text()[module.lines().span(line, module.text())]
                    .split_once('#')
                    .is_some_and(|(_, comment)| comment.trim() == "spacetime: pure")
        };
        marked(line) || (line > 1 && marked(line - 1))
    }

    /// An argument of a call that opens a file, by its place among those of `open`:
    /// `path.open("w")` has no `file`.
    pub fn opening_argument<'c>(&self, call: &'c ExprCall, name: &str, at: usize) -> Option<&'c Expr> {
        let of_path = matches!(&*call.func, Expr::Attribute(_)) && self.qualified(&call.func).is_none();
        call.arguments.find_argument_value(name, at.checked_sub(usize::from(of_path))?)
    }

    /// The name of a method of a path that reads or writes a whole file: `path.read_text()`.
    pub fn whole_file_method<'c>(&self, call: &'c ExprCall) -> Option<&'c str> {
        const METHODS: [&str; 4] = ["read_text", "read_bytes", "write_text", "write_bytes"];
        let Expr::Attribute(method) = &*call.func else { return None };
        let name = method.attr.as_str();
        let body = METHODS.contains(&name).then(|| self.body_of(self.tree.id(call)))??;
        (body.kind(self, &method.value) == Kind::Path).then_some(name)
    }

    /// Whether a call of `open` or its like says that the file is only read.
    pub fn opens_for_reading(&self, call: &ExprCall) -> bool {
        match self.opening_argument(call, "mode", 1) {
            None => true,
            Some(Expr::StringLiteral(mode)) => !mode.value.to_str().contains(['w', 'a', 'x', '+']),
            Some(_) => false,
        }
    }

    /// What a file yields that the given call opened: text, bytes or unknown.
    pub fn file_text(&self, call: Option<NodeId>) -> Kind {
        let Some(Expr::Call(call)) = call.and_then(|id| self.tree.expr(id)) else { return Kind::Unknown };
        let mode = self.opening_argument(call, "mode", 1);
        let compressed = self.qualified(&call.func).is_some_and(|name| name != "io.open");
        match mode {
            None if compressed => Kind::Bytes,
            None => Kind::Str,
            Some(Expr::StringLiteral(mode)) => {
                let mode = mode.value.to_str();
                let text = if compressed { mode.contains('t') } else { !mode.contains('b') };
                if text { Kind::Str } else { Kind::Bytes }
            }
            Some(_) => Kind::Unknown,
        }
    }

    /// Whether no bytes that such a file may hold fail to be decoded.
    pub fn decodes_anything(&self, opened: Option<NodeId>) -> bool {
        if self.file_text(opened) == Kind::Bytes {
            return true;
        }
        let Some(Expr::Call(call)) = opened.and_then(|id| self.tree.expr(id)) else { return false };
        is_lenient(self.opening_argument(call, "encoding", 3), self.opening_argument(call, "errors", 4))
    }

    /// Whether a variable's container is never handed on or changed: its uses
    /// are subscripts that are read, loops, comparisons, and known calls.
    pub(crate) fn is_only_read(&self, symbol: SymbolId) -> bool {
        let data = self.scopes.symbol(symbol);
        // `a = b = []` and `f(a := [])` give the container to somebody else as well.
        let alone = data.bindings.iter().all(|name| {
            self.tree.parent(*name).is_some_and(|parent| match self.tree.node(parent) {
                Node::Stmt(Stmt::Assign(stmt)) => stmt.targets.len() == 1,
                Node::Expr(Expr::Named(_)) => false,
                _ => true,
            })
        });
        alone
            && data.uses.iter().all(|name| {
                let Some(parent) = self.tree.parent(*name) else { return false };
                match self.tree.node(parent) {
                    Node::Expr(Expr::Subscript(subscript)) => {
                        subscript.ctx == ExprContext::Load && self.tree.id(&*subscript.value) == *name
                    }
                    Node::Expr(Expr::Compare(_)) | Node::Stmt(Stmt::For(_)) => true,
                    Node::Part(AnyNodeRef::Comprehension(clause)) => self.tree.id(&clause.iter) == *name,
                    Node::Stmt(Stmt::Assign(stmt)) => {
                        stmt.targets.iter().all(|target| matches!(target, Expr::Tuple(_) | Expr::List(_)))
                    }
                    Node::Part(AnyNodeRef::Arguments(_)) => self.is_reading_call(parent),
                    _ => false,
                }
            })
    }

    fn is_reading_call(&self, arguments: NodeId) -> bool {
        let call = self.tree.parent(arguments).and_then(|id| self.tree.expr(id));
        matches!(call, Some(Expr::Call(call)) if ["len", "sum", "min", "max", "any", "all", "enumerate", "zip", "print"]
            .iter()
            .any(|name| self.is_builtin(&call.func, name)))
    }
}

/// `globals()["f"] = g`, `exec`, `builtins.len = f`, `f.__code__ = ...`.
fn replaces_names(tree: &Tree<'_>, scopes: &Scopes<'_>) -> bool {
    const DOORS: [&str; 3] = ["globals", "exec", "__builtins__"];
    const PARTS: [&str; 5] = ["__code__", "__defaults__", "__kwdefaults__", "__class__", "__bases__"];
    let text = tree.module().text();
    if !text.contains("builtins") && !DOORS.iter().chain(&PARTS).any(|door| text.contains(door)) {
        return false;
    }
    let is_builtins = |name: NodeId| {
        scopes.resolve(name).symbol().is_some_and(|symbol| {
            scopes.symbol(symbol).bindings.iter().any(|binding| {
                let alias = tree.parent(*binding).map(|parent| tree.node(parent));
                matches!(alias, Some(Node::Part(AnyNodeRef::Alias(alias))) if alias.name.as_str() == "builtins")
            })
        })
    };
    tree.ids().any(|id| match tree.node(id) {
        Node::Expr(Expr::Name(name)) if DOORS.contains(&name.id.as_str()) => {
            scopes.resolve(id) == Resolved::Builtin
        }
        Node::Expr(Expr::Attribute(attribute)) => {
            !attribute.ctx.is_load() && PARTS.contains(&attribute.attr.as_str())
        }
        // Anything but reading an attribute of it.
        Node::Expr(Expr::Name(name)) if name.ctx.is_load() && is_builtins(id) => {
            let parent = tree.parent(id).and_then(|parent| tree.expr(parent));
            !matches!(parent, Some(Expr::Attribute(attribute)) if attribute.ctx.is_load())
        }
        _ => false,
    })
}

/// Whether an encoding and a way to treat errors, as given to `open`, decode any bytes.
pub fn is_lenient(encoding: Option<&Expr>, errors: Option<&Expr>) -> bool {
    let says = |expr: Option<&Expr>, known: &[&str]| {
        matches!(expr, Some(Expr::StringLiteral(text))
            if known.contains(&text.value.to_str().to_lowercase().replace('_', "-").as_str()))
    };
    says(encoding, &["latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1", "cp437"])
        || says(errors, &["ignore", "replace", "surrogateescape", "backslashreplace"])
}
