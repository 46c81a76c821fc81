//! Assignments in functions, without the annotations that nobody evaluates.
//!
//! Within a function `x: int = f()` does what `x = f()` does: the annotation is
//! neither evaluated nor kept. So rules are given a tree that holds the latter, and
//! need not know that there are two ways to write it. Elsewhere an annotation is code.
//!
//! Source: the language reference, "Annotated assignment statements".

use spacetime_text::Ranged;

use crate::ast::{AtomicNodeIndex, ExceptHandler, Expr, Stmt, StmtAssign, StmtFunctionDef, StmtPass};

/// Takes the annotations from assignments in all functions below these statements.
pub(crate) fn drop_annotations(body: &mut [Stmt]) {
    walk(body, false);
}

fn walk(body: &mut [Stmt], in_function: bool) {
    for stmt in body {
        if in_function {
            plain(stmt);
        }
        match stmt {
            Stmt::FunctionDef(StmtFunctionDef { body, .. }) => walk(body, true),
            Stmt::ClassDef(stmt) => walk(&mut stmt.body, false),
            Stmt::For(stmt) => {
                walk(&mut stmt.body, in_function);
                walk(&mut stmt.orelse, in_function);
            }
            Stmt::While(stmt) => {
                walk(&mut stmt.body, in_function);
                walk(&mut stmt.orelse, in_function);
            }
            Stmt::If(stmt) => {
                walk(&mut stmt.body, in_function);
                for clause in &mut stmt.elif_else_clauses {
                    walk(&mut clause.body, in_function);
                }
            }
            Stmt::With(stmt) => walk(&mut stmt.body, in_function),
            Stmt::Match(stmt) => {
                for case in &mut stmt.cases {
                    walk(&mut case.body, in_function);
                }
            }
            Stmt::Try(stmt) => {
                for handler in &mut stmt.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    walk(&mut handler.body, in_function);
                }
                for body in [&mut stmt.body, &mut stmt.orelse, &mut stmt.finalbody] {
                    walk(body, in_function);
                }
            }
            _ => {}
        }
    }
}

/// Makes an annotated assignment one without.
fn plain(stmt: &mut Stmt) {
    let is_plain =
        matches!(&*stmt, Stmt::AnnAssign(assign) if assign.value.is_some() && is_type(&assign.annotation));
    if !is_plain {
        return;
    }
    let nothing = StmtPass { node_index: AtomicNodeIndex::NONE, range: stmt.range() };
    let Stmt::AnnAssign(assign) = std::mem::replace(stmt, Stmt::Pass(nothing)) else { return };
    let Some(value) = assign.value else { return };
    *stmt = Stmt::Assign(StmtAssign {
        node_index: assign.node_index,
        range: assign.range,
        targets: vec![*assign.target],
        value,
    });
}

/// What types are written with: nothing in there means anything to the function around it,
/// as `yield` would, which makes it a generator.
fn is_type(annotation: &Expr) -> bool {
    match annotation {
        Expr::Name(_)
        | Expr::StringLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::EllipsisLiteral(_) => true,
        Expr::Attribute(expr) => is_type(&expr.value),
        Expr::Subscript(expr) => is_type(&expr.value) && is_type(&expr.slice),
        Expr::BinOp(expr) => is_type(&expr.left) && is_type(&expr.right),
        Expr::Starred(expr) => is_type(&expr.value),
        Expr::Tuple(expr) => expr.elts.iter().all(is_type),
        Expr::List(expr) => expr.elts.iter().all(is_type),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::ast::Stmt;
    use crate::{Module, SourceKind};

    /// How many assignments there are without and with annotations at all levels.
    fn counts(text: &str) -> [usize; 2] {
        fn count(body: &[Stmt], into: &mut [usize; 2]) {
            for stmt in body {
                match stmt {
                    Stmt::Assign(_) => into[0] += 1,
                    Stmt::AnnAssign(_) => into[1] += 1,
                    Stmt::FunctionDef(def) => count(&def.body, into),
                    Stmt::ClassDef(class) => count(&class.body, into),
                    Stmt::If(stmt) => {
                        count(&stmt.body, into);
                        stmt.elif_else_clauses.iter().for_each(|clause| count(&clause.body, into));
                    }
                    Stmt::Try(stmt) => {
                        count(&stmt.body, into);
                        count(&stmt.finalbody, into);
                    }
                    _ => {}
                }
            }
        }
        let module = Module::parse(text, SourceKind::Python).expect("it is Python").unannotated();
        let mut found = [0, 0];
        count(&module.root().body, &mut found);
        found
    }

    #[test]
    fn annotations_in_functions_are_no_code() {
        assert_eq!(counts("def f():\n    x: int = 1\n    self.rows: dict[str, 'T'] | None = {}\n"), [2, 0]);
        assert_eq!(
            counts("def f():\n    if a:\n        x: int = 1\n    else:\n        x: a.b = 1\n    x: int\n"),
            [2, 1]
        );
        assert_eq!(
            counts("async def f():\n    try:\n        x: int = 1\n    finally:\n        (y): int = 1\n"),
            [2, 0]
        );
        assert_eq!(counts("class C:\n    def f(self):\n        x: int = 1\n"), [1, 0]);
    }

    #[test]
    fn elsewhere_they_are() {
        assert_eq!(counts("x: int = 1\nif x:\n    y: int = 1\n"), [0, 2]);
        assert_eq!(counts("def f():\n    class C:\n        x: int = 1\n"), [0, 1]);
        assert_eq!(counts("def f():\n    x: (yield) = 1\n    y: (z := int) = 1\n"), [0, 2]);
        assert_eq!(counts("def f():\n    x: g() = 1\n"), [0, 1]);
    }

    #[test]
    fn places_stay_as_they_are() {
        let text = "def f():\n    rows: list[int] = [1]  # all\n    return rows\n";
        let module = Module::parse(text, SourceKind::Python).expect("it is Python").unannotated();
        let Stmt::FunctionDef(def) = &module.root().body[0] else { panic!("a function") };
        let Stmt::Assign(assign) = &def.body[0] else { panic!("an assignment") };
        assert_eq!(module.slice(assign), "rows: list[int] = [1]");
        assert_eq!(module.slice(&assign.targets[0]), "rows");
        assert_eq!(module.slice(&*assign.value), "[1]");
    }
}
