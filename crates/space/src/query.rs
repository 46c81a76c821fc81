//! Queries as they are written in the source: their text, their words, whether a row may fail.

use spacetime_rule::Context;
use spacetime_syntax::Node;
use spacetime_syntax::ast::{self, Expr, Stmt};

/// Words that stand before a parenthesis and are no functions, and functions
/// that fail for no row.
const HARMLESS: &[&str] = &[
    "",
    "in",
    "from",
    "exists",
    "and",
    "or",
    "not",
    "where",
    "on",
    "join",
    "select",
    "by",
    "having",
    "when",
    "then",
    "else",
    "case",
    "as",
    "distinct",
    "union",
    "all",
    "except",
    "intersect",
    "count",
    "min",
    "max",
    "avg",
    "total",
    "lower",
    "upper",
    "length",
    "coalesce",
    "ifnull",
    "nullif",
    "round",
    "trim",
    "ltrim",
    "rtrim",
    "substr",
    "cast",
    "date",
    "time",
    "datetime",
    "strftime",
    "julianday",
    "typeof",
];

/// The text of a string that is written in the source, perhaps under a name.
pub fn text_of(cx: &Context<'_, '_>, expr: &Expr) -> Option<String> {
    match expr {
        Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
        Expr::Name(_) => {
            let data = cx.model.scopes.symbol(cx.model.scopes.resolve(cx.tree.id(expr)).symbol()?);
            let [binding] = data.bindings.as_slice() else { return None };
            match cx.tree.node(cx.tree.parent(*binding)?) {
                Node::Stmt(Stmt::Assign(stmt)) if !data.rebound_elsewhere => match &*stmt.value {
                    Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}

/// What an f-string surely starts with.
pub fn literal_start(expr: &Expr) -> Option<&str> {
    let Expr::FString(text) = expr else { return None };
    text.value.elements().next().and_then(|element| match element {
        ast::InterpolatedStringElement::Literal(text) => Some(&*text.value),
        ast::InterpolatedStringElement::Interpolation(_) => None,
    })
}

pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether no row of a query fails where another does not: it calls nothing
/// but what takes any value.
pub fn never_fails(text: &str) -> bool {
    if ["->", "--", "/*", "\""].iter().any(|sign| text.contains(sign))
        || words(text).iter().any(|word| word == "escape")
    {
        return false;
    }
    text.match_indices('(').all(|(at, _)| {
        let before = text[..at].trim_end();
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
        // `rfind` gives a byte within a longer character only if that is no letter.
        before.get(start..).is_some_and(|word| HARMLESS.contains(&word.to_lowercase().as_str()))
    })
}
