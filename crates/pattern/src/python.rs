//! Python's syntax tree as the matcher sees it.
//!
//! The tree of the parser has fields; the matcher has lists of children. What
//! the fields say beside the children (operators, `async`, which of two lists)
//! becomes labels and roles, so that equal means equal.

use std::borrow::Cow;

use spacetime_syntax::ast::{self, AnyNodeRef, CmpOp, Expr, ExprSlice, HasNodeIndex, Singleton, Stmt};
use spacetime_syntax::{Node, NodeId, Tree as Python};

use crate::tree::{Kind, Role, Tree};

impl Tree for Python<'_> {
    type Node = NodeId;

    fn kind(&self, node: NodeId) -> Kind {
        self.node(node).kind() as Kind
    }

    fn label(&self, node: NodeId) -> Option<Cow<'_, str>> {
        label(self, node)
    }

    fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        Python::children(self, node)
    }

    fn parent(&self, node: NodeId) -> Option<NodeId> {
        Python::parent(self, node)
    }

    fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeId> {
        (0..self.len()).map(NodeId::from_index)
    }

    fn index(&self, node: NodeId) -> usize {
        node.index()
    }

    fn role(&self, node: NodeId) -> Role {
        role(self, node)
    }

    fn is_whole(&self, node: NodeId) -> bool {
        match self.node(node) {
            Node::Expr(Expr::Starred(_) | Expr::Slice(_)) => false,
            Node::Expr(_) | Node::Stmt(_) => true,
            Node::Part(part) => part.is_pattern() || matches!(part, AnyNodeRef::Identifier(_)),
        }
    }
}

fn label<'t>(tree: &'t Python<'_>, id: NodeId) -> Option<Cow<'t, str>> {
    let text = match tree.node(id) {
        Node::Expr(expr) => return expr_label(tree, expr),
        Node::Stmt(stmt) => return stmt_label(stmt),
        Node::Part(part) => match part {
            AnyNodeRef::Identifier(name) => name.as_str(),
            AnyNodeRef::StringLiteral(string) => {
                // The parser cannot represent lone surrogates, so escapes are
                // compared as they are written.
                let source = tree.module().slice(string.range);
                if source.contains('\\') { source } else { string.as_str() }
            }
            AnyNodeRef::BytesLiteral(_) | AnyNodeRef::InterpolatedStringLiteralElement(_) => {
                tree.module().slice(part_range(part))
            }
            AnyNodeRef::FString(string) if string.flags.prefix().is_raw() => "raw",
            AnyNodeRef::TString(string) if string.flags.prefix().is_raw() => "raw",
            AnyNodeRef::InterpolatedElement(element) => return interpolation_label(element).map(Cow::Owned),
            AnyNodeRef::Comprehension(clause) if clause.is_async => "async",
            AnyNodeRef::ElifElseClause(clause) => ["else", "elif"][usize::from(clause.test.is_some())],
            AnyNodeRef::PatternMatchSingleton(pattern) => match pattern.value {
                Singleton::None => "None",
                Singleton::True => "True",
                Singleton::False => "False",
            },
            _ => return None,
        },
    };
    Some(Cow::Borrowed(text))
}

fn part_range(part: AnyNodeRef<'_>) -> spacetime_text::Span {
    spacetime_text::Ranged::range(&part)
}

fn interpolation_label(element: &ast::InterpolatedElement) -> Option<String> {
    let mut text = String::new();
    if let Some(debug) = &element.debug_text {
        // Whitespace and spelling are part of what `{x = }` prints.
        text = format!("={debug:?}");
    }
    if let Some(conversion) = element.conversion.to_char() {
        text.push('!');
        text.push(conversion);
    }
    if element.format_spec.is_some() {
        text.push(':');
    }
    (!text.is_empty()).then_some(text)
}

fn expr_label<'t>(tree: &'t Python<'_>, expr: &'t Expr) -> Option<Cow<'t, str>> {
    let text = match expr {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::BinOp(operation) => operation.op.as_str(),
        Expr::BoolOp(operation) => operation.op.as_str(),
        Expr::UnaryOp(operation) => operation.op.as_str(),
        Expr::Compare(compare) => match &*compare.ops {
            [op] => op.as_str(),
            ops => return Some(Cow::Owned(ops.iter().map(CmpOp::as_str).collect::<Vec<_>>().join(", "))),
        },
        Expr::NumberLiteral(number) => tree.module().slice(number.range),
        Expr::BooleanLiteral(boolean) => ["False", "True"][usize::from(boolean.value)],
        Expr::IpyEscapeCommand(command) => tree.module().slice(command.range),
        _ => return None,
    };
    Some(Cow::Borrowed(text))
}

fn stmt_label(stmt: &Stmt) -> Option<Cow<'_, str>> {
    let text = match stmt {
        Stmt::AugAssign(assign) => assign.op.as_str(),
        Stmt::FunctionDef(function) if function.is_async => "async",
        Stmt::For(statement) if statement.is_async => "async",
        Stmt::With(statement) if statement.is_async => "async",
        Stmt::Try(statement) if statement.is_star => "*",
        // `(x): int` declares no local variable, `x: int` does.
        Stmt::AnnAssign(assign) if !assign.simple => "()",
        Stmt::Import(import) if import.is_lazy => "lazy",
        Stmt::ImportFrom(import) if import.level > 0 || import.is_lazy => {
            let lazy = if import.is_lazy { "lazy " } else { "" };
            return Some(Cow::Owned(format!("{lazy}{}", ".".repeat(import.level as usize))));
        }
        _ => return None,
    };
    Some(Cow::Borrowed(text))
}

const BODY: Role = 1;
const ELSE: Role = 2;
const FINALLY: Role = 3;

fn role(tree: &Python<'_>, id: NodeId) -> Role {
    let Some(parent) = tree.parent(id) else { return 0 };
    match tree.node(parent) {
        Node::Stmt(stmt) => match stmt {
            Stmt::For(ast::StmtFor { body, orelse, .. })
            | Stmt::While(ast::StmtWhile { body, orelse, .. }) => list_role(tree, id, &[body, orelse]),
            Stmt::Try(ast::StmtTry { body, orelse, finalbody, .. }) => {
                list_role(tree, id, &[body, orelse, finalbody])
            }
            _ => statement_role(tree, id),
        },
        Node::Expr(Expr::Slice(slice)) => slice_role(tree, id, slice),
        Node::Expr(Expr::Dict(dict)) => dict_role(tree, id, dict),
        Node::Expr(_) => 0,
        Node::Part(AnyNodeRef::Parameters(parameters)) => parameter_role(tree, id, parameters),
        Node::Part(AnyNodeRef::TypeParamTypeVar(variable)) => {
            if variable.default.as_ref().is_some_and(|default| tree.id(&**default) == id) { ELSE } else { 0 }
        }
        Node::Part(_) => statement_role(tree, id),
    }
}

/// A statement is in the one body that its parent has.
fn statement_role(tree: &Python<'_>, id: NodeId) -> Role {
    Role::from(matches!(tree.node(id), Node::Stmt(_))) * BODY
}

/// The number (from 1) of the last of `lists` that starts at or before `id`.
fn list_role(tree: &Python<'_>, id: NodeId, lists: &[&[Stmt]]) -> Role {
    if !matches!(tree.node(id), Node::Stmt(_)) {
        return 0;
    }
    debug_assert!(lists.len() <= usize::from(FINALLY));
    let starts = |list: &&[Stmt]| list.first().is_some_and(|first| tree.id(first) <= id);
    lists.iter().rposition(starts).map_or(0, |at| at as Role + BODY)
}

fn slice_role(tree: &Python<'_>, id: NodeId, slice: &ExprSlice) -> Role {
    let parts = [&slice.lower, &slice.upper, &slice.step];
    let is_it = |part: &&Option<Box<Expr>>| part.as_ref().is_some_and(|part| tree.id(&**part) == id);
    parts.iter().position(is_it).map_or(0, |at| at as Role + 1)
}

/// Key, value, or the mapping of `**mapping`.
fn dict_role(tree: &Python<'_>, id: NodeId, dict: &ast::ExprDict) -> Role {
    // Numbers follow the source, so the item is found by halving.
    let at = dict.items.partition_point(|item| tree.id(&item.value) < id);
    let Some(item) = dict.items.get(at) else { return 0 };
    match &item.key {
        None => 3,
        Some(key) if tree.id(key) == id => 1,
        Some(_) => 2,
    }
}

fn parameter_role(tree: &Python<'_>, id: NodeId, parameters: &ast::Parameters) -> Role {
    let among = |list: &[ast::ParameterWithDefault]| {
        let (Some(first), Some(last)) = (list.first(), list.last()) else { return false };
        (tree.id(first)..=tree.id(last)).contains(&id)
    };
    let is_it = |parameter: &Option<Box<ast::Parameter>>| {
        parameter
            .as_ref()
            .is_some_and(|parameter| parameter.node_index().load().as_u32() == Some(id.index() as u32))
    };
    match () {
        () if among(&parameters.posonlyargs) => 1,
        () if among(&parameters.args) => 0,
        () if is_it(&parameters.vararg) => 2,
        () if among(&parameters.kwonlyargs) => 3,
        () => 4,
    }
}
