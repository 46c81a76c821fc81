//! How the value of an expression is used where the expression stands.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprAttribute, ExprCall, ExprContext, ExprSubscript, Stmt};
use spacetime_syntax::{Node, NodeId, Tree};

/// Which argument of a call an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot<'m> {
    Position(usize),
    Keyword(&'m str),
}

/// What happens to a value next.
#[derive(Clone, Copy, Debug)]
pub enum Use<'m> {
    /// Nothing: an expression statement.
    Discarded,
    /// Its truth is asked, or it is formatted.
    Read,
    /// Bound to a target by an assignment, an annotated one or `:=`.
    Bound(&'m Expr),
    /// Bound to several targets, one after the other.
    BoundAll(&'m [Expr]),
    /// The value of the parent may be this very value.
    Flows(NodeId),
    /// Both of the above: `:=`.
    Named(&'m Expr, NodeId),
    /// An element of a display, or the element of a comprehension.
    Element(NodeId),
    /// The nth element of a tuple display.
    Part(NodeId, usize),
    /// A key of a dictionary or an element of a set.
    Key,
    /// Walked by `for TARGET in VALUE`.
    Walked(&'m Expr),
    Argument(&'m ExprCall, Slot<'m>),
    /// `*value` in a call or a display, which is the node.
    Unpacked(NodeId),
    /// `f(*others, value)`: which parameter gets it is not known.
    BehindUnpacked(&'m ExprCall),
    /// `value.attr`; the node is the attribute expression.
    Attribute(&'m ExprAttribute),
    /// `value[index]`
    Subscripted(&'m ExprSubscript),
    /// `other[value]`, or a bound of a slice.
    Index,
    /// An operand of an arithmetic operator.
    Operand(NodeId),
    /// `is`, `is not`; whether the other side is a constant such as `None`.
    Identity {
        constant: bool,
    },
    /// `==`, `<`, `in` (as either operand).
    Compared {
        searched: bool,
    },
    /// `target += value`
    Augments(&'m Expr),
    /// `value += ...`, the value being that of a name.
    Augmented(&'m Expr),
    Returned,
    Yielded,
    YieldedFrom,
    LambdaBody(NodeId),
    Raised,
    /// The message of an assertion, which goes into an exception.
    Message,
    Deleted,
    /// Something else, of which nothing is known.
    Other,
}

/// Classifies the place where `id` stands.
pub fn use_of<'m>(tree: &Tree<'m>, id: NodeId) -> Use<'m> {
    let Some(parent) = tree.parent(id) else { return Use::Other };
    match tree.node(parent) {
        Node::Stmt(stmt) => in_statement(tree, id, stmt),
        Node::Expr(expr) => in_expression(tree, id, parent, expr),
        Node::Part(part) => in_part(tree, id, parent, part),
    }
}

fn in_statement<'m>(tree: &Tree<'m>, id: NodeId, stmt: &'m Stmt) -> Use<'m> {
    let is = |expr: &Expr| tree.id(expr) == id;
    match stmt {
        Stmt::Expr(_) => Use::Discarded,
        Stmt::Assign(assign) if is(&assign.value) => Use::BoundAll(&assign.targets),
        Stmt::AnnAssign(assign) if assign.value.as_deref().is_some_and(is) => Use::Bound(&assign.target),
        Stmt::AugAssign(assign) if is(&assign.value) => Use::Augments(&assign.target),
        Stmt::AugAssign(assign) if is(&assign.target) => Use::Augmented(&assign.value),
        Stmt::For(stmt) if is(&stmt.iter) && !stmt.is_async => Use::Walked(&stmt.target),
        Stmt::Return(_) => Use::Returned,
        Stmt::If(_) | Stmt::While(_) => Use::Read,
        Stmt::Assert(stmt) if is(&stmt.test) => Use::Read,
        Stmt::Assert(_) => Use::Message,
        Stmt::Raise(_) => Use::Raised,
        Stmt::Delete(_) => Use::Deleted,
        _ => Use::Other,
    }
}

fn in_expression<'m>(tree: &Tree<'m>, id: NodeId, parent: NodeId, expr: &'m Expr) -> Use<'m> {
    let is = |expr: &Expr| tree.id(expr) == id;
    match expr {
        Expr::Named(named) if is(&named.value) => Use::Named(&named.target, parent),
        Expr::If(choice) => {
            if is(&choice.test) {
                Use::Read
            } else {
                Use::Flows(parent)
            }
        }
        Expr::BoolOp(_) => Use::Flows(parent),
        Expr::UnaryOp(op) if op.op == spacetime_syntax::ast::UnaryOp::Not => Use::Read,
        Expr::UnaryOp(_) | Expr::BinOp(_) => Use::Operand(parent),
        Expr::Compare(compare) => comparison(tree, id, compare),
        Expr::Tuple(tuple) if tuple.ctx.is_load() => tuple
            .elts
            .iter()
            .position(is)
            .filter(|_| !tuple.elts.iter().any(Expr::is_starred_expr))
            .map_or(Use::Element(parent), |at| Use::Part(parent, at)),
        Expr::List(list) if list.ctx.is_load() => Use::Element(parent),
        Expr::Set(_) => Use::Key,
        Expr::Dict(dict) => {
            let item = dict.items.iter().find(|item| is(&item.value) || item.key.as_ref().is_some_and(is));
            match item {
                Some(item) if is(&item.value) && item.key.is_none() => Use::Unpacked(parent),
                Some(item) if is(&item.value) => Use::Element(parent),
                _ => Use::Key,
            }
        }
        Expr::ListComp(comp) if is(&comp.elt) => Use::Element(parent),
        Expr::Generator(comp) if is(&comp.elt) => Use::Element(parent),
        Expr::SetComp(comp) if is(&comp.elt) => Use::Key,
        Expr::DictComp(comp) if is(&comp.value) => Use::Element(parent),
        Expr::DictComp(_) => Use::Key,
        Expr::Starred(starred) if starred.ctx.is_load() => match tree.parent(parent) {
            Some(outer) => match tree.node(outer) {
                Node::Part(AnyNodeRef::Arguments(_)) => tree.parent(outer).map_or(Use::Other, Use::Unpacked),
                _ => Use::Unpacked(outer),
            },
            None => Use::Other,
        },
        Expr::Attribute(attribute) => Use::Attribute(attribute),
        Expr::Subscript(subscript) if is(&subscript.value) => Use::Subscripted(subscript),
        Expr::Subscript(_) | Expr::Slice(_) => Use::Index,
        Expr::Yield(_) => Use::Yielded,
        Expr::YieldFrom(_) => Use::YieldedFrom,
        Expr::Lambda(_) => Use::LambdaBody(parent),
        // The function that is called is looked at by who resolves the call.
        _ => Use::Other,
    }
}

fn comparison<'m>(tree: &Tree<'m>, id: NodeId, compare: &'m spacetime_syntax::ast::ExprCompare) -> Use<'m> {
    use spacetime_syntax::ast::CmpOp;
    let operands: Vec<&Expr> = std::iter::once(&*compare.left).chain(compare.comparators.iter()).collect();
    let Some(at) = operands.iter().position(|operand| tree.id(*operand) == id) else { return Use::Other };
    let mut result = Use::Compared { searched: false };
    // The comparisons on both sides of it.
    for (left, op) in compare.ops.iter().enumerate().filter(|(left, _)| *left == at || left + 1 == at) {
        match op {
            CmpOp::Is | CmpOp::IsNot => {
                let other = operands[if left == at { at + 1 } else { left }];
                let constant = other.is_none_literal_expr()
                    || other.is_boolean_literal_expr()
                    || other.is_ellipsis_literal_expr();
                if !constant {
                    return Use::Identity { constant };
                }
                if compare.ops.len() == 1 {
                    result = Use::Identity { constant };
                }
            }
            CmpOp::In | CmpOp::NotIn if left + 1 == at => result = Use::Compared { searched: true },
            _ => {}
        }
    }
    result
}

fn in_part<'m>(tree: &Tree<'m>, id: NodeId, parent: NodeId, part: AnyNodeRef<'m>) -> Use<'m> {
    let is = |expr: &Expr| tree.id(expr) == id;
    match part {
        AnyNodeRef::Arguments(arguments) => {
            let Some(Expr::Call(call)) = tree.parent(parent).and_then(|id| tree.expr(id)) else {
                return Use::Other;
            };
            match arguments.args.iter().position(is) {
                Some(at) if !arguments.args[..at].iter().any(Expr::is_starred_expr) => {
                    Use::Argument(call, Slot::Position(at))
                }
                Some(_) => Use::BehindUnpacked(call),
                None => Use::Other,
            }
        }
        AnyNodeRef::Keyword(keyword) => {
            let call = tree.ancestors(parent).nth(1).and_then(|id| tree.expr(id));
            match (call, &keyword.arg) {
                (Some(Expr::Call(call)), Some(name)) => Use::Argument(call, Slot::Keyword(name.as_str())),
                (Some(Expr::Call(_)), None) => {
                    tree.ancestors(parent).nth(1).map_or(Use::Other, Use::Unpacked)
                }
                _ => Use::Other,
            }
        }
        AnyNodeRef::Comprehension(clause) => {
            if is(&clause.iter) && !clause.is_async {
                Use::Walked(&clause.target)
            } else if clause.ifs.iter().any(is) {
                Use::Read
            } else {
                Use::Other
            }
        }
        // A template string keeps the value itself.
        AnyNodeRef::InterpolatedElement(_)
            if tree.ancestors(parent).any(|outer| matches!(tree.expr(outer), Some(Expr::TString(_)))) =>
        {
            Use::Other
        }
        AnyNodeRef::InterpolatedElement(_) | AnyNodeRef::ElifElseClause(_) => Use::Read,
        _ => Use::Other,
    }
}

/// Whether an expression stands where it is stored to or deleted, not read.
pub fn is_stored(context: ExprContext) -> bool {
    !matches!(context, ExprContext::Load)
}
