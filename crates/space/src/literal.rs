//! What literals say.

use spacetime_syntax::ast::{self, Expr, Number};

/// The value of an integer that is written out; `None` for another expression, a sign in front
/// of it included, and for integers that do not fit.
pub fn integer(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(value), .. }) => value.as_u64(),
        _ => None,
    }
}
