//! Moving lines of code without touching what is within strings.

use spacetime_rule::Context;
use spacetime_syntax::TokenKind;
use spacetime_syntax::ast::Stmt;
use spacetime_text::{Edit, Offset, Ranged, Span};

/// The lines that a statement has for itself, and its indentation.
pub struct Lines<'m> {
    pub span: Span,
    pub indent: &'m str,
}

/// `None` when the statement shares a line with another one.
pub fn lines_of<'m>(cx: &Context<'_, 'm>, stmt: &Stmt) -> Option<Lines<'m>> {
    let module = cx.tree.module();
    Some(Lines { span: module.statement_line_span(stmt)?, indent: module.indentation(stmt)? })
}

/// The comments within statements that are replaced, as lines to stand before what
/// replaces them. `None` where the first of the statements shares its line.
pub fn comments_above(cx: &Context<'_, '_>, span: Span) -> Option<String> {
    let module = cx.tree.module();
    if !module.has_comment_in(span) {
        return Some(String::new());
    }
    let indent = module.indentation_at(span.start())?;
    let lines = module.comments_in(span).flat_map(|comment| [module.slice(comment), "\n", indent]);
    Some(lines.collect())
}

/// Edits that put `unit` in front of every line of code in `span`. Lines
/// that start within a string stay: their white space is part of its value.
pub fn indent(cx: &Context<'_, '_>, span: Span, unit: &str) -> Vec<Edit> {
    let module = cx.tree.module();
    let strings = multiline_strings(cx, span);
    let mut edits = Vec::new();
    let mut at = span.start();
    while at < span.end() {
        let line = module.lines().span(module.lines().line(at), module.text());
        let blank = module.text()[line].trim().is_empty();
        let inside = strings.iter().any(|string| string.start() < at && at <= string.end());
        if !blank && !inside {
            edits.push(Edit::insert(at, unit));
        }
        if line.end() <= at {
            break;
        }
        at = line.end();
    }
    edits
}

fn multiline_strings(cx: &Context<'_, '_>, span: Span) -> Vec<Span> {
    let mut strings = Vec::new();
    let mut open: Vec<Offset> = Vec::new();
    for token in cx.tree.module().tokens().in_range(span) {
        match token.kind() {
            TokenKind::String => strings.push(token.range()),
            TokenKind::FStringStart | TokenKind::TStringStart => open.push(token.start()),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                if let Some(start) = open.pop() {
                    strings.push(Span::new(start, token.end()));
                }
            }
            _ => {}
        }
    }
    strings
}

/// What the file indents by, seen at a compound statement: the part of the
/// body's indentation that the statement's own does not have.
pub fn unit<'m>(cx: &Context<'_, 'm>, outer: &str, body: &[Stmt]) -> &'m str {
    body.first()
        .and_then(|stmt| cx.tree.module().indentation(stmt))
        .and_then(|inner| inner.strip_prefix(outer))
        .filter(|unit| !unit.is_empty())
        .unwrap_or("    ")
}
