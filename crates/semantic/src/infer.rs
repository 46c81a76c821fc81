//! Which kind an expression has.
//!
//! Kinds of variables are solved per body: every variable starts as
//! [`Kind::Never`] and grows with each binding until nothing changes. What is
//! outside (parameters, results of unknown calls) is [`Kind::Unknown`].

use rustc_hash::FxHashMap;
use spacetime_syntax::ast::{self, AnyNodeRef, Expr, Operator, Stmt, UnaryOp};
use spacetime_syntax::{Node, NodeId};

use crate::flow::{Flow, PointId};
use crate::model::Callee;
use crate::scope::{Resolved, ScopeId, Scopes, SymbolId};
use crate::{Kind, Model};

/// Kinds of the variables of one body, comprehensions included: one for each
/// place that binds a variable, and which of those places a use may see.
#[derive(Debug, Default)]
pub struct Kinds {
    of_binding: FxHashMap<NodeId, Kind>,
    of_symbol: FxHashMap<SymbolId, Vec<NodeId>>,
    /// Only for variables that are bound several times and that nobody else
    /// sees; every other use may see every binding.
    reaching: FxHashMap<NodeId, Vec<NodeId>>,
}

impl Kinds {
    /// The kind of a variable wherever it is bound; `None` for variables of
    /// other bodies.
    pub fn of_symbol(&self, symbol: SymbolId) -> Option<Kind> {
        Some(self.join(self.of_symbol.get(&symbol)?))
    }

    /// The bindings that a use may see, where not all may be seen.
    pub fn bindings_of_use(&self, name: NodeId) -> Option<&[NodeId]> {
        self.reaching.get(&name).map(Vec::as_slice)
    }

    fn of_use(&self, symbol: SymbolId, name: NodeId) -> Option<Kind> {
        match self.reaching.get(&name) {
            Some(bindings) => Some(self.join(bindings)),
            None => self.of_symbol(symbol),
        }
    }

    fn join(&self, bindings: &[NodeId]) -> Kind {
        bindings
            .iter()
            .map(|binding| self.of_binding.get(binding).cloned().unwrap_or(Kind::Unknown))
            .fold(Kind::Never, Kind::join)
    }
}

/// More rounds than the lattice is high: what still moves then is not worth knowing.
const MAX_ROUNDS: usize = 12;

/// Solves the kinds of all variables of a body.
pub fn solve(model: &Model<'_>, symbols: &[SymbolId], flow: &Flow) -> Kinds {
    let mut kinds = Kinds::default();
    let mut bindings: Vec<(NodeId, bool)> = Vec::new();
    for symbol in symbols {
        let data = model.scopes.symbol(*symbol);
        if data.rebound_elsewhere || data.is_global || data.is_nonlocal || model.is_starred_over(*symbol) {
            // Bound by somebody else as well: a place that is never solved.
            kinds.of_symbol.insert(*symbol, vec![NodeId::ROOT]);
            continue;
        }
        let only_read = model.is_only_read(*symbol);
        bindings.extend(data.bindings.iter().map(|binding| (*binding, only_read)));
        kinds.of_symbol.insert(*symbol, data.bindings.clone());
        if data.bindings.len() > 1 && model.captures(*symbol).is_empty() {
            reaching(model, flow, *symbol, &mut kinds.reaching);
        }
    }
    kinds.of_binding = bindings.iter().map(|(binding, _)| (*binding, Kind::Never)).collect();
    for round in 0..=MAX_ROUNDS + 1 {
        let mut moved = false;
        for (binding, only_read) in &bindings {
            let kind = Infer { model, kinds: &kinds }.of_binding(*binding);
            let kind = if *only_read { kind } else { kind.opened() };
            if kinds.of_binding.get(binding) != Some(&kind) {
                let kind = if round < MAX_ROUNDS { kind } else { Kind::Unknown };
                kinds.of_binding.insert(*binding, kind);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    kinds
}

/// Which bindings of a variable each of its uses may see.
fn reaching(model: &Model<'_>, flow: &Flow, symbol: SymbolId, found: &mut FxHashMap<NodeId, Vec<NodeId>>) {
    let data = model.scopes.symbol(symbol);
    let at = |node: &NodeId| flow.point_of(model.tree, *node);
    let bindings = model.bindings_in(flow, symbol);
    let reads: Vec<(NodeId, PointId)> =
        data.uses.iter().chain(&data.bindings).filter_map(|node| Some((*node, at(node)?))).collect();
    for (name, _) in &reads {
        found.insert(*name, Vec::new());
    }
    for binding in &data.bindings {
        // What is bound nowhere in the body is a parameter.
        let from = at(binding).unwrap_or(PointId::ENTRY);
        let reached = flow.after_binding(from, &bindings, |_| false);
        // Where something is bound and read at one point, it is read first,
        // but for `:=`.
        let early = model
            .tree
            .parent(*binding)
            .is_some_and(|id| matches!(model.tree.node(id), Node::Expr(Expr::Named(_))));
        for (name, point) in &reads {
            if (reached.contains(*point) || (early && *point == from))
                && let Some(seen) = found.get_mut(name)
            {
                seen.push(*binding);
            }
        }
    }
}

/// Kinds of expressions, given those of the variables.
#[derive(Clone, Copy)]
pub struct Infer<'a, 'm> {
    pub model: &'a Model<'m>,
    pub kinds: &'a Kinds,
}

impl Infer<'_, '_> {
    /// The kind of the value that a binding name receives.
    pub fn of_binding(&self, name: NodeId) -> Kind {
        let tree = self.model.tree;
        let Some(parent) = tree.parent(name) else { return Kind::Unknown };
        match tree.node(parent) {
            Node::Stmt(stmt) => self.of_statement_target(name, parent, stmt),
            Node::Expr(Expr::Named(named)) => self.of(&named.value),
            Node::Expr(target @ (Expr::Tuple(_) | Expr::List(_))) => self.of_unpacked(name, parent, target),
            Node::Part(AnyNodeRef::Comprehension(clause)) if !clause.is_async => self.item(&clause.iter),
            Node::Part(AnyNodeRef::WithItem(item)) => match self.of(&item.context_expr) {
                file @ Kind::File(_) => file,
                _ => Kind::Unknown,
            },
            Node::Part(AnyNodeRef::Parameter(_)) if self.model.is_path_parameter(name) => Kind::Path,
            _ => Kind::Unknown,
        }
    }

    fn of_statement_target(&self, name: NodeId, parent: NodeId, stmt: &Stmt) -> Kind {
        match stmt {
            Stmt::Assign(stmt) => self.of(&stmt.value),
            Stmt::AnnAssign(stmt) => stmt.value.as_deref().map_or(Kind::Never, |value| self.of(value)),
            Stmt::AugAssign(stmt) => binary(stmt.op, &self.of(&stmt.target), &self.of(&stmt.value)),
            Stmt::For(stmt)
                if !stmt.is_async && self.model.tree.contains(self.model.tree.id(&*stmt.target), name) =>
            {
                self.item(&stmt.iter)
            }
            Stmt::FunctionDef(def) if def.decorator_list.is_empty() => Kind::Function(parent),
            Stmt::ClassDef(_) => Kind::Class(parent),
            _ => Kind::Unknown,
        }
    }

    /// One name of a tuple of targets: the item of what the whole tuple receives.
    fn of_unpacked(&self, name: NodeId, target_id: NodeId, target: &Expr) -> Kind {
        let elements = match target {
            Expr::Tuple(tuple) => &tuple.elts,
            Expr::List(list) => &list.elts,
            _ => return Kind::Unknown,
        };
        if elements.iter().any(|element| matches!(element, Expr::Starred(_))) {
            return Kind::Unknown;
        }
        let whole = self.of_binding(target_id);
        let position = elements.iter().position(|element| self.model.tree.id(element) == name);
        match (whole, position) {
            (Kind::Tuple(items), Some(at)) if items.len() == elements.len() => items[at].clone(),
            (whole, _) => whole.item(),
        }
    }

    /// The kind of what iterating `expr` yields.
    pub fn item(&self, expr: &Expr) -> Kind {
        match self.of(expr) {
            Kind::File(call) => self.model.file_text(call),
            kind => kind.item(),
        }
    }

    pub fn of(&self, expr: &Expr) -> Kind {
        match expr {
            Expr::NumberLiteral(literal) => match literal.value {
                ast::Number::Int(_) => Kind::Int,
                ast::Number::Float(_) => Kind::Float,
                ast::Number::Complex { .. } => Kind::Complex,
            },
            Expr::StringLiteral(_) | Expr::FString(_) => Kind::Str,
            Expr::BytesLiteral(_) => Kind::Bytes,
            Expr::BooleanLiteral(_) => Kind::Bool,
            Expr::NoneLiteral(_) => Kind::None,
            Expr::Name(name) => self.of_name(self.model.tree.id(name)),
            Expr::Named(named) => self.of(&named.value),
            Expr::Tuple(tuple) if !tuple.elts.iter().any(Expr::is_starred_expr) => {
                Kind::tuple(tuple.elts.iter().map(|element| self.of(element)))
            }
            Expr::Tuple(_) => Kind::Tuples(Box::new(Kind::Unknown)),
            Expr::List(list) => Kind::list(self.of_elements(&list.elts)),
            Expr::Set(set) => Kind::Set(Box::new(self.of_elements(&set.elts))),
            Expr::Dict(_) | Expr::DictComp(_) => Kind::Dict,
            Expr::ListComp(comp) => Kind::list(self.of(&comp.elt)),
            Expr::SetComp(comp) => Kind::Set(Box::new(self.of(&comp.elt))),
            Expr::Generator(comp) if !comp.generators.iter().any(|clause| clause.is_async) => {
                Kind::iterator(self.of(&comp.elt))
            }
            Expr::If(choice) => self.of(&choice.body).join(self.of(&choice.orelse)),
            Expr::BoolOp(op) => op.values.iter().map(|value| self.of(value)).fold(Kind::Never, Kind::join),
            Expr::UnaryOp(op) => self.of_unary(op),
            Expr::BinOp(op) => binary(op.op, &self.of(&op.left), &self.of(&op.right)),
            Expr::Compare(compare) => self.of_compare(compare),
            Expr::Subscript(subscript) => self.of_subscript(subscript),
            Expr::Call(call) => self.of_call_kind(call),
            Expr::Attribute(attribute) => self.of_attribute(attribute),
            _ => Kind::Unknown,
        }
    }

    /// What a path is made of, and options of the command line that are paths.
    fn of_attribute(&self, attribute: &ast::ExprAttribute) -> Kind {
        if self.model.is_path_option(attribute) || self.model.is_path_field(attribute) {
            return Kind::Path;
        }
        match (attribute.attr.as_str(), self.of(&attribute.value)) {
            ("name" | "stem" | "suffix", Kind::Path) => Kind::Str,
            ("parent", Kind::Path) => Kind::Path,
            _ => Kind::Unknown,
        }
    }

    fn of_elements(&self, elements: &[Expr]) -> Kind {
        elements
            .iter()
            .map(|element| match element {
                Expr::Starred(starred) => self.item(&starred.value),
                element => self.of(element),
            })
            .fold(Kind::Never, Kind::join)
    }

    fn of_name(&self, name: NodeId) -> Kind {
        match self.model.scopes.resolve(name) {
            Resolved::Local(symbol) | Resolved::Free(symbol) | Resolved::Global(symbol) => {
                self.kinds.of_use(symbol, name).unwrap_or_else(|| self.model.outer_kind(symbol))
            }
            Resolved::Builtin => Kind::Unknown,
        }
    }

    fn of_unary(&self, op: &ast::ExprUnaryOp) -> Kind {
        match (op.op, self.of(&op.operand)) {
            (UnaryOp::Not, _) => Kind::Bool,
            (_, Kind::Bool | Kind::Int) => Kind::Int,
            (UnaryOp::UAdd | UnaryOp::USub, kind @ (Kind::Float | Kind::Complex)) => kind,
            _ => Kind::Unknown,
        }
    }

    /// `in`, `is` and `not` always give a bool; rich comparison may give anything.
    fn of_compare(&self, compare: &ast::ExprCompare) -> Kind {
        let always_bool = |op: &ast::CmpOp| {
            matches!(op, ast::CmpOp::In | ast::CmpOp::NotIn | ast::CmpOp::Is | ast::CmpOp::IsNot)
        };
        let builtin = || {
            std::iter::once(&*compare.left).chain(&compare.comparators).all(|side| self.of(side).is_builtin())
        };
        if compare.ops.iter().all(always_bool) || builtin() { Kind::Bool } else { Kind::Unknown }
    }

    fn of_subscript(&self, subscript: &ast::ExprSubscript) -> Kind {
        let base = self.of(&subscript.value);
        if matches!(&*subscript.slice, Expr::Slice(_)) {
            return match base {
                kind @ (Kind::Str | Kind::Bytes | Kind::List(_) | Kind::Range) => kind,
                kind @ (Kind::Tuple(_) | Kind::Tuples(_)) => Kind::Tuples(Box::new(kind.item())),
                _ => Kind::Unknown,
            };
        }
        match base {
            Kind::Tuple(items) => match constant_index(&subscript.slice, items.len()) {
                Some(at) => items[at].clone(),
                None => Kind::Tuple(items).item(),
            },
            kind @ (Kind::Str
            | Kind::Bytes
            | Kind::List(_)
            | Kind::Tuples(_)
            | Kind::Range
            | Kind::Deque(_)) => kind.item(),
            _ => Kind::Unknown,
        }
    }

    pub fn of_call_kind(&self, call: &ast::ExprCall) -> Kind {
        let first = || call.arguments.args.first().map_or(Kind::Never, |argument| self.item(argument));
        match self.model.callee(call, &|expr| self.of(expr)) {
            Callee::Builtin(entry) => self.of_builtin(entry.name, call).unwrap_or_else(|| match entry.name {
                "open" => Kind::File(Some(self.model.tree.id(call))),
                _ => entry.result(&first(), &Kind::Unknown),
            }),
            Callee::Module(entry) if entry.name == "collections.namedtuple" => {
                Kind::Class(self.model.tree.id(call))
            }
            Callee::Module(entry) if entry.name == "itertools.chain.from_iterable" => {
                Kind::iterator(first().item())
            }
            Callee::Module(entry)
                if entry.name == "collections.defaultdict"
                    && !call.arguments.args.first().is_none_or(|factory| self.makes_fresh(factory)) =>
            {
                Kind::Unknown // the factory may be any code, and give anything
            }
            Callee::Module(entry) => match entry.result(&first(), &Kind::Unknown) {
                Kind::File(_) => Kind::File(Some(self.model.tree.id(call))),
                // With a hook, or another decoder, it may be anything.
                Kind::Json if !takes_only_one(call) => Kind::Unknown,
                kind => kind,
            },
            // `path.open()`
            Callee::Method { receiver: Kind::Path, entry, .. } if entry.name == "path.open" => {
                Kind::File(Some(self.model.tree.id(call)))
            }
            Callee::Method { entry, receiver, assumed: false } => {
                let text = match receiver {
                    Kind::File(call) => self.model.file_text(call),
                    _ => Kind::Unknown,
                };
                entry.result(&receiver.item(), &text)
            }
            Callee::Function(def) | Callee::OwnMethod(def) => self.model.return_kind(def),
            Callee::Class(def) if self.model.is_record(def) => Kind::Record(def),
            _ => Kind::Unknown,
        }
    }

    /// Whether calling a factory does nothing but make a new value: a builtin
    /// type, or a `lambda` of literals.
    fn makes_fresh(&self, factory: &Expr) -> bool {
        let tree = self.model.tree;
        match factory {
            Expr::NoneLiteral(_) => true,
            Expr::Name(name) => ["list", "dict", "set", "int", "float", "str", "bool", "tuple"]
                .iter()
                .any(|builtin| name.id == *builtin && self.model.is_builtin(factory, builtin)),
            Expr::Lambda(lambda) => !tree.subtree(tree.id(&*lambda.body)).any(|id| {
                matches!(
                    tree.expr(id),
                    Some(Expr::Name(_) | Expr::Call(_) | Expr::Attribute(_) | Expr::Yield(_))
                )
            }),
            _ => false,
        }
    }

    /// Builtins whose result depends on their arguments in ways a table line cannot say.
    fn of_builtin(&self, name: &str, call: &ast::ExprCall) -> Option<Kind> {
        let arguments = &call.arguments.args;
        let kinds = || arguments.iter().map(|argument| self.of(argument));
        match (name, arguments.len()) {
            ("abs", 1) => match kinds().next()? {
                Kind::Complex => Some(Kind::Float),
                Kind::Bool => Some(Kind::Int),
                kind => Some(kind).filter(Kind::is_number),
            },
            ("round", 2) => match kinds().next()? {
                Kind::Bool | Kind::Int => Some(Kind::Int),
                Kind::Float => Some(Kind::Float),
                _ => None,
            },
            ("round", 1) => {
                matches!(kinds().next()?, Kind::Bool | Kind::Int | Kind::Float).then_some(Kind::Int)
            }
            ("min" | "max", 2..) => Some(kinds().fold(Kind::Never, Kind::join)),
            ("min" | "max", 1) if call.arguments.keywords.iter().all(|k| k.arg.as_deref() == Some("key")) => {
                Some(self.item(&arguments[0]))
            }
            ("sum", 1) if self.item(&arguments[0]) == Kind::Int => Some(Kind::Int),
            ("zip", _) if !arguments.iter().any(Expr::is_starred_expr) => {
                Some(Kind::iterator(Kind::Tuple(arguments.iter().map(|a| self.item(a)).collect())))
            }
            ("map", 2) => match self.model.callee_of_value(&arguments[0], &|expr| self.of(expr)) {
                Callee::Builtin(entry) | Callee::Method { entry, assumed: false, .. } => {
                    Some(Kind::iterator(entry.result(&Kind::Unknown, &Kind::Unknown)))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// A constant index into a tuple of `len` items.
pub fn constant_index(slice: &Expr, len: usize) -> Option<usize> {
    let number = |expr: &Expr| match expr {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(value), .. }) => {
            value.as_usize()
        }
        _ => None,
    };
    let at = match slice {
        Expr::UnaryOp(op) if op.op == UnaryOp::USub => len.checked_sub(number(&op.operand)?)?,
        slice => number(slice)?,
    };
    (at < len).then_some(at)
}

/// The kind of `left op right`; both must be builtin for it to be known.
fn binary(op: Operator, left: &Kind, right: &Kind) -> Kind {
    use Kind::{Bool, Bytes, Float, Int, List, Never, Path, Set, Str, Tuple, Tuples, Unknown};
    match (left, right) {
        (Never, _) | (_, Never) => Never,
        (Bool | Int, Bool | Int) => match op {
            Operator::Div => Float,
            Operator::Pow | Operator::MatMult => Unknown,
            Operator::BitAnd | Operator::BitOr | Operator::BitXor if left == right => left.clone(),
            _ => Int,
        },
        (Float, Bool | Int | Float) | (Bool | Int, Float) => match op {
            Operator::Add
            | Operator::Sub
            | Operator::Mult
            | Operator::Div
            | Operator::FloorDiv
            | Operator::Mod => Float,
            _ => Unknown,
        },
        (Str, Str) if op == Operator::Add => Str,
        (Str, _) if op == Operator::Mod => Str,
        (Bytes, Bytes) if op == Operator::Add => Bytes,
        (Path, Path | Str) | (Str, Path) if op == Operator::Div => Path,
        (Str, Int | Bool) | (Int | Bool, Str) if op == Operator::Mult => Str,
        (List(a), List(b)) if op == Operator::Add => Kind::list((**a).clone().join((**b).clone())),
        (List(a), Int | Bool) if op == Operator::Mult => List(a.clone()),
        (Tuple(a), Tuple(b)) if op == Operator::Add => Tuple(a.iter().chain(b).cloned().collect()),
        (Tuple(_) | Tuples(_), Tuple(_) | Tuples(_)) if op == Operator::Add => {
            Tuples(Box::new(left.item().join(right.item())))
        }
        (Set(a), Set(b))
            if matches!(op, Operator::BitOr | Operator::BitAnd | Operator::Sub | Operator::BitXor) =>
        {
            Set(Box::new((**a).clone().join((**b).clone())))
        }
        _ => Unknown,
    }
}

/// The variables of the body of `scope`: its own and those of comprehensions
/// in it, which run in place.
pub fn symbols_of_body(scopes: &Scopes<'_>, children: &[Vec<ScopeId>], scope: ScopeId) -> Vec<SymbolId> {
    let mut symbols: Vec<SymbolId> = scopes.symbols_of(scope).collect();
    for child in &children[scope.index()] {
        if scopes.scope(*child).kind.is_comprehension() {
            symbols.extend(symbols_of_body(scopes, children, *child));
        }
    }
    symbols
}

/// Whether a call has one argument, and that by its place.
fn takes_only_one(call: &ast::ExprCall) -> bool {
    matches!(&*call.arguments.args, [only] if !only.is_starred_expr()) && call.arguments.keywords.is_empty()
}
