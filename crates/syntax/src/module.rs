//! A parsed file: its text, tokens, comments and tree, which never change.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ModModule, PySourceType, PythonVersion};
use ruff_python_parser::{ParseOptions, Parsed, parse};
use spacetime_text::{Lines, Ranged, Span};

/// Which flavour of Python a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceKind {
    #[default]
    Python,
    Stub,
}

/// Why a text is no Python, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct SyntaxProblem {
    pub message: String,
    pub span: Span,
    pub line: usize,
    pub column: usize,
}

/// One file, parsed. Immutable: a changed text is parsed anew.
#[derive(Debug)]
pub struct Module {
    text: String,
    lines: Lines,
    parsed: Parsed<ModModule>,
}

impl Module {
    /// Parses `text`; the problem names the first place that is no Python.
    pub fn parse(text: impl Into<String>, kind: SourceKind) -> Result<Self, SyntaxProblem> {
        let text = text.into();
        let lines = Lines::new(&text);
        let source_type = match kind {
            SourceKind::Python => PySourceType::Python,
            SourceKind::Stub => PySourceType::Stub,
        };
        let options = ParseOptions::from(source_type).with_target_version(PythonVersion::latest());
        let parsed = parse(&text, options).map_err(|error| {
            let at = lines.position(error.location.start(), &text);
            SyntaxProblem {
                message: error.error.to_string(),
                span: error.location,
                line: at.line,
                column: at.column,
            }
        })?;
        match parsed.try_into_module() {
            Some(parsed) => Ok(Self { text, lines, parsed }),
            None => Err(SyntaxProblem {
                message: "not a module".to_owned(),
                span: Span::default(),
                line: 1,
                column: 1,
            }),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    pub fn root(&self) -> &ModModule {
        self.parsed.syntax()
    }

    pub fn tokens(&self) -> &Tokens {
        self.parsed.tokens()
    }

    /// The text of a node or span.
    pub fn slice(&self, place: impl Ranged) -> &str {
        &self.text[place.range()]
    }

    /// Spans of the comments, `#` included, in source order.
    pub fn comments(&self) -> impl Iterator<Item = Span> + '_ {
        self.tokens().iter().filter(|token| token.kind() == TokenKind::Comment).map(Ranged::range)
    }

    /// Whether some comment lies within `span`.
    pub fn has_comment_in(&self, span: Span) -> bool {
        self.tokens().in_range(span).iter().any(|token| token.kind() == TokenKind::Comment)
    }
}
