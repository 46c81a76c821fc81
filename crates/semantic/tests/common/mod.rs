//! What the tests of the analysis share: small programs, and how to point into them.

#![expect(dead_code, reason = "every test uses another part")]
#![expect(clippy::unwrap_used, reason = "helpers of a test fail as a test does")]

use std::rc::Rc;
use std::sync::Arc;

use spacetime_semantic::{Assumptions, Body, Model, PointId, Settings, annotate};
use spacetime_syntax::ast::{Expr, ExprContext, Stmt};
use spacetime_syntax::{Module, Node, NodeId, SourceKind, Tree};

/// With what codemods commonly take for granted.
pub fn common() -> Settings {
    Settings {
        assumptions: Assumptions::common(),
        pure: Vec::new(),
        is_library: false,
        used_elsewhere: Arc::default(),
    }
}

/// With nothing taken for granted.
pub fn strict() -> Settings {
    Settings::default()
}

pub fn with_model<R>(source: &str, settings: Settings, ask: impl FnOnce(&Model<'_>) -> R) -> R {
    let module = Module::parse(source, SourceKind::Python).expect(source);
    let tree = Tree::new(&module);
    ask(&Model::new(&tree, settings))
}

/// The text of a node.
pub fn text<'m>(model: &Model<'m>, node: NodeId) -> &'m str {
    let module = model.tree.module();
    match model.tree.node(node) {
        Node::Stmt(stmt) => module.slice(stmt),
        Node::Expr(expr) => module.slice(expr),
        Node::Part(part) => module.slice(part),
    }
}

/// The names `name` that are read, in the order of the text.
pub fn reads(model: &Model<'_>, name: &str) -> Vec<NodeId> {
    let is_read = |id: &NodeId| matches!(model.tree.expr(*id), Some(Expr::Name(found)) if found.id == name && found.ctx == ExprContext::Load);
    model.tree.ids().filter(is_read).collect()
}

/// The first simple statement with this text, and the body it runs in.
pub fn statement(model: &Model<'_>, wanted: &str) -> (Rc<Body>, NodeId) {
    let is_wanted = |id: &NodeId| matches!(model.tree.node(*id), Node::Stmt(_)) && text(model, *id) == wanted;
    let id = model.tree.ids().find(is_wanted).unwrap_or_else(|| panic!("no statement {wanted}"));
    (model.body_of(id).unwrap(), id)
}

/// The point of the first statement with this text, in the function `f`.
pub fn point(model: &Model<'_>, wanted: &str) -> PointId {
    let (body, id) = statement(model, wanted);
    body.flow.point_of(model.tree, id).unwrap_or_else(|| panic!("no point for {wanted}"))
}

/// What is written behind the first line that holds `wanted`.
pub fn note(source: &str, settings: Settings, wanted: &str) -> String {
    let annotated = with_model(source, settings, annotate);
    let line = annotated.lines().find(|line| line.contains(wanted)).unwrap();
    line.rsplit_once("  # ").map_or("", |(_, note)| note).to_owned()
}

/// The first argument of the last `print` of a program: the expression asked about.
pub fn probe<'m>(model: &Model<'m>) -> (Rc<Body>, &'m Expr) {
    let printed = |id: NodeId| match model.tree.node(id) {
        Node::Stmt(Stmt::Expr(stmt)) => match &*stmt.value {
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "print") => {
                call.arguments.args.first()
            }
            _ => None,
        },
        _ => None,
    };
    let expr = model.tree.ids().filter_map(printed).last().expect("no print in the program");
    (model.body_of(model.tree.id(expr)).unwrap(), expr)
}
