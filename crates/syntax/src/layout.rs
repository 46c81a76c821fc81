//! Where a statement or an expression stands in its text: lines, indentation,
//! parentheses. A rule that moves, drops or splices code asks here, so that
//! layout is understood in one place.

use ruff_python_ast::token::{TokenKind, parentheses_iterator};
use ruff_python_ast::{AnyNodeRef, Expr, ExprRef, Stmt};
use spacetime_text::{Offset, Ranged, Span};

use crate::{Module, NodeId, Tree};

impl Module {
    /// The white space before a statement; `None` when it is not the first on
    /// its line (`a; b`, `if x: b`).
    pub fn indentation(&self, stmt: &Stmt) -> Option<&str> {
        self.indentation_at(stmt.start())
    }

    /// The same, for the statement that begins there.
    pub fn indentation_at(&self, offset: Offset) -> Option<&str> {
        let start = self.lines().start(offset);
        let before = self.slice(Span::new(start, offset));
        before.chars().all(|c| matches!(c, ' ' | '\t' | '\x0c')).then_some(())?;
        // After a backslash the statement goes on, or is not the first.
        (!self.continues(start)).then_some(before)
    }

    /// From the start of a statement's first line to the end of its last,
    /// comment and newline included; `None` when it shares a line with another
    /// statement. Deleting this span deletes the statement and nothing else.
    pub fn statement_line_span(&self, stmt: &Stmt) -> Option<Span> {
        self.indentation(stmt)?;
        let start = self.lines().start(stmt.start());
        let after = self.tokens().after(stmt.end());
        // `a;` has the line for itself, `a; b` has not.
        let rest = after.iter().find(|token| !matches!(token.kind(), TokenKind::Semi | TokenKind::Comment));
        match rest.map(|token| (token.kind(), token.range())) {
            Some((TokenKind::Newline, newline)) => Some(Span::new(start, newline.end())),
            // After the last statement without a newline at the end of the file.
            None | Some((TokenKind::EndOfFile | TokenKind::Dedent, _)) => {
                Some(Span::new(start, Offset::of(self.text())))
            }
            Some(_) => None,
        }
    }

    /// An expression with all parentheses that are its own: `((a))`, but not
    /// those of a call, of a class's bases or of `with (a, b)`.
    pub fn parenthesized_span(&self, expr: NodeId, tree: &Tree<'_>) -> Span {
        let node = tree.node(expr);
        let parent = tree.parent(expr).map(|parent| tree.node(parent).any());
        let Some(expr) = tree.expr(expr) else { return node.range() };
        let own = parentheses_iterator(ExprRef::from(expr), parent, self.tokens());
        let own = own.filter(|span| parent.is_none_or(|parent| !brings_them(parent, *span)));
        own.last().unwrap_or_else(|| expr.range())
    }

    /// The text of `span` with its lines indented by `to` instead of `from`.
    ///
    /// The first line is shifted too when the span starts at its start. Lines
    /// within strings that go over several lines stay, since their white space
    /// is part of the value; blank lines stay blank; lines that are indented
    /// less than `from` (comments, continued lines) keep what they have.
    pub fn reindent(&self, span: Span, from: &str, to: &str) -> String {
        let mut out = String::with_capacity(span.len().to_usize() * 2);
        let first = self.lines().line(span.start());
        let last = self.lines().line(span.end());
        let strings = self.strings_in(span);
        let in_string = |at: Offset| strings.iter().any(|string| string.start() < at && at < string.end());
        for number in first..=last {
            let line = self.lines().span(number, self.text());
            let Some(part) = line.intersect(span) else { continue };
            let text = self.slice(part);
            let whole = part.start() == line.start();
            let blank = text.trim().is_empty();
            match text.strip_prefix(from) {
                Some(rest) if whole && !blank && !in_string(line.start()) => {
                    out.push_str(to);
                    out.push_str(rest);
                }
                _ => out.push_str(text),
            }
        }
        out
    }

    /// The string literals that touch `span`, f-strings with all that is in them.
    fn strings_in(&self, span: Span) -> Vec<Span> {
        let mut strings = Vec::new();
        let mut open: Vec<Offset> = Vec::new();
        let tokens = self.tokens();
        for token in tokens.iter().take_while(|token| token.start() < span.end()) {
            match token.kind() {
                TokenKind::String => strings.push(token.range()),
                TokenKind::FStringStart | TokenKind::TStringStart => open.push(token.start()),
                TokenKind::FStringEnd | TokenKind::TStringEnd => {
                    strings.extend(open.pop().map(|start| Span::new(start, token.end())));
                }
                _ => {}
            }
        }
        strings.extend(open.into_iter().map(|start| Span::new(start, span.end())));
        strings.retain(|string| string.end() > span.start());
        strings
    }

    /// Whether the line that starts at `start` continues the one before it.
    fn continues(&self, start: Offset) -> bool {
        let before = &self.text()[..start.to_usize()];
        let before = before.strip_suffix('\n').unwrap_or(before);
        let before = before.strip_suffix('\r').unwrap_or(before);
        // A comment may end in a backslash.
        before.ends_with('\\') && !self.comments().any(|comment| comment.end().to_usize() == before.len())
    }
}

/// Whether the parentheses belong to the parent's own syntax.
fn brings_them(parent: AnyNodeRef<'_>, span: Span) -> bool {
    parent.is_arguments() && parent.range() == span
}

/// Whether an expression needs parentheses when its text is put where an
/// argument, an element, an iterable or an assigned value stands.
///
/// A starred expression cannot be put there even with parentheses. For operands
/// of operators see [`needs_parentheses_as_operand`].
pub fn needs_parentheses(expr: &Expr) -> bool {
    match expr {
        Expr::Named(_)
        | Expr::Lambda(_)
        | Expr::If(_)
        | Expr::Yield(_)
        | Expr::YieldFrom(_)
        | Expr::Starred(_) => true,
        // Without its parentheses it is only an argument of a call.
        Expr::Generator(generator) => !generator.parenthesized,
        Expr::Tuple(tuple) => !tuple.parenthesized,
        _ => false,
    }
}

/// The same for an operand of an operator, and for what stands before a
/// `.name`, a call or a subscript: everything that is no atom or postfix.
pub fn needs_parentheses_as_operand(expr: &Expr) -> bool {
    needs_parentheses(expr)
        || matches!(
            expr,
            Expr::BinOp(_)
                | Expr::BoolOp(_)
                | Expr::UnaryOp(_)
                | Expr::Compare(_)
                | Expr::Await(_)
                // `1.real` is no Python, `(1).real` is.
                | Expr::NumberLiteral(_)
                // "a" "b" joins with a neighbour.
                | Expr::StringLiteral(_)
                | Expr::BytesLiteral(_)
                | Expr::FString(_)
                | Expr::TString(_)
        )
}
