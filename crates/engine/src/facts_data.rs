//! What the analysis believes about kinds, as data: for each expression that is
//! read, the kind of its value.
//!
//! `facts` writes the same for people. This is for `xtask kinds`, which checks
//! every belief while the program runs.

use serde::Serialize;
use spacetime_semantic::{Kind, Model};
use spacetime_syntax::ast::{Expr, ExprContext};
use spacetime_syntax::{Module, Node, NodeId, SourceKind, SyntaxProblem, Tree, with_deep_stack};
use spacetime_text::{Offset, Ranged};

use crate::Options;
use crate::optimize::settings;

/// What is believed of the value of one expression. Places are as CPython's
/// `ast` counts them: lines from 1, columns in bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindFact {
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    /// The class of the expression in CPython's `ast`.
    pub node: &'static str,
    pub kind: KindShape,
}

/// A kind with what is known of its items, or of each item of a tuple.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindShape {
    pub name: &'static str,
    /// One for all items, or nothing if nothing is known of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<KindShape>,
}

/// Every exact kind that is claimed in `text`.
pub fn facts_data(text: &str, kind: SourceKind, options: &Options) -> Result<Vec<KindFact>, SyntaxProblem> {
    with_deep_stack(|| {
        let module = Module::parse(text, kind)?;
        let tree = Tree::new(&module);
        let model = Model::new(&tree, settings(options));
        Ok(tree.ids().filter_map(|id| fact(&model, &module, id)).collect())
    })
}

fn fact(model: &Model<'_>, module: &Module, id: NodeId) -> Option<KindFact> {
    let Node::Expr(expr) = model.tree.node(id) else { return None };
    let node = class(expr)?;
    let kind = model.body_of(id)?.kind(model, expr);
    let shape = shape(&kind)?;
    let place = |offset: Offset| {
        let start = module.lines().start(offset);
        (module.lines().line(offset), offset.to_usize() - start.to_usize())
    };
    let ((line, column), (end_line, end_column)) = (place(expr.start()), place(expr.end()));
    Some(KindFact { line, column, end_line, end_column, node, kind: shape })
}

/// Expressions that are read and that could be of another kind; literals could not.
fn class(expr: &Expr) -> Option<&'static str> {
    Some(match expr {
        Expr::Name(name) if name.ctx == ExprContext::Load => "Name",
        Expr::Subscript(subscript) if subscript.ctx == ExprContext::Load => "Subscript",
        Expr::Attribute(attribute) if attribute.ctx == ExprContext::Load => "Attribute",
        Expr::Call(_) => "Call",
        Expr::BinOp(_) => "BinOp",
        Expr::BoolOp(_) => "BoolOp",
        Expr::UnaryOp(_) => "UnaryOp",
        Expr::Compare(_) => "Compare",
        Expr::If(_) => "IfExp",
        Expr::ListComp(_) => "ListComp",
        Expr::SetComp(_) => "SetComp",
        Expr::List(list) if list.ctx == ExprContext::Load => "List",
        Expr::Tuple(tuple) if tuple.ctx == ExprContext::Load => "Tuple",
        Expr::Set(_) => "Set",
        _ => return None,
    })
}

/// Nothing for kinds that claim nothing.
fn shape(kind: &Kind) -> Option<KindShape> {
    let of = |name, item: &Kind| KindShape { name, items: shape(item).into_iter().collect() };
    let plain = |name| KindShape { name, items: Vec::new() };
    Some(match kind {
        Kind::Unknown => return None,
        Kind::Never => plain("never"),
        Kind::None => plain("none"),
        Kind::Bool => plain("bool"),
        Kind::Int => plain("int"),
        Kind::Float => plain("float"),
        Kind::Complex => plain("complex"),
        Kind::Str => plain("str"),
        Kind::Bytes => plain("bytes"),
        Kind::Range => plain("range"),
        Kind::List(item) => of("list", item),
        Kind::Set(item) => of("set", item),
        Kind::FrozenSet(item) => of("frozenset", item),
        Kind::Deque(item) => of("deque", item),
        Kind::Tuples(item) => of("tupleof", item),
        Kind::Iterator(_) => plain("iterator"),
        Kind::Tuple(items) => {
            let unknown = || plain("unknown");
            let items = items.iter().map(|item| shape(item).unwrap_or_else(unknown)).collect();
            KindShape { name: "tuple", items }
        }
        Kind::Dict => plain("dict"),
        Kind::DefaultDict => plain("defaultdict"),
        Kind::Counter => plain("counter"),
        Kind::File(_) => plain("file"),
        Kind::CsvReader => plain("csvreader"),
        Kind::CsvDictReader => plain("csvdictreader"),
        Kind::CsvWriter => plain("csvwriter"),
        Kind::Hash => plain("hash"),
        Kind::Path => plain("path"),
        Kind::Pattern => plain("pattern"),
        Kind::Match => plain("match"),
        Kind::Json => plain("json"),
        Kind::Function(_) => plain("function"),
        Kind::Class(_) => plain("class"),
        Kind::Record(_) => plain("record"),
    })
}
