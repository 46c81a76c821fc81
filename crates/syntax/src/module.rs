//! A parsed file: its text, tokens, comments and tree, which never change.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ModModule, PySourceType, PythonVersion};
use ruff_python_parser::{ParseOptions, parse_unchecked};
use spacetime_text::{Lines, Ranged, Span};

use crate::nesting::{Nesting, look_before_parsing, needs_stack_to_parse};
use crate::stack::{drop_tree, with_deep_stack, with_stack_for};
use crate::unannotated::drop_annotations;

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
    tokens: Tokens,
    /// `None` only while it is dropped.
    root: Option<ModModule>,
    /// Levels of the tree, as its tokens tell.
    height: u32,
}

impl Module {
    /// Parses `text`; the problem names the first place that is no Python.
    ///
    /// Never overflows the stack. For walking the tree by recursion see
    /// [`with_deep_stack`](crate::with_deep_stack).
    pub fn parse(text: impl Into<String>, kind: SourceKind) -> Result<Self, SyntaxProblem> {
        let text = text.into();
        let lines = Lines::new(&text);
        if let Some((message, line)) = look_before_parsing(&text) {
            let span = lines.span(line.min(lines.count()), &text);
            return Err(SyntaxProblem { message: message.to_owned(), span, line, column: 1 });
        }
        let source_type = match kind {
            SourceKind::Python => PySourceType::Python,
            SourceKind::Stub => PySourceType::Stub,
        };
        let options = ParseOptions::from(source_type).with_target_version(PythonVersion::latest());
        let parse = || parse_unchecked(&text, options);
        let parsed = if needs_stack_to_parse(&text) { with_deep_stack(parse) } else { parse() };
        let Some(parsed) = parsed.try_into_module() else {
            return Err(problem("not a module".to_owned(), Span::default(), &lines, &text));
        };
        let nesting = Nesting::new(parsed.tokens());
        let error = match nesting.excess {
            Some((message, span)) => Some((message.to_owned(), span)),
            None => parsed.errors().first().map(|error| (error.error.to_string(), error.location)),
        };
        match error {
            Some((message, span)) => {
                // A parser that recovers from errors may nest what the grammar
                // does not, but never higher than there are tokens.
                let height = nesting.height.max(parsed.tokens().len() as u32);
                drop_tree(parsed, height);
                Err(problem(message, span, &lines, &text))
            }
            None => {
                let (tokens, height) = (parsed.tokens().clone(), nesting.height);
                Ok(Self { text, lines, tokens, root: Some(parsed.into_syntax()), height })
            }
        }
    }

    /// The same with plain assignments in functions for those that are annotated there: an
    /// annotation is not evaluated in a function.
    #[must_use]
    pub fn unannotated(mut self) -> Self {
        if let Some(root) = &mut self.root {
            with_stack_for(self.height, || drop_annotations(&mut root.body));
        }
        self
    }

    /// Runs `f`, which recurses over this module's tree, where there is stack
    /// enough for it: at once for nearly all modules.
    pub fn with_stack<R>(&self, f: impl FnOnce() -> R) -> R {
        with_stack_for(self.height, f)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    pub fn root(&self) -> &ModModule {
        match &self.root {
            Some(root) => root,
            None => unreachable!("taken only when dropped"),
        }
    }

    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The text of a node or span.
    pub fn slice(&self, place: impl Ranged) -> &str {
        &self.text[place.range()]
    }

    /// Spans of the comments, `#` included, in source order.
    pub fn comments(&self) -> impl Iterator<Item = Span> + '_ {
        self.tokens().iter().filter(|token| token.kind() == TokenKind::Comment).map(Ranged::range)
    }

    /// Those that lie within `span`.
    pub fn comments_in(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let tokens = self.tokens().in_range(span).iter();
        tokens.filter(|token| token.kind() == TokenKind::Comment).map(Ranged::range)
    }

    pub fn has_comment_in(&self, span: Span) -> bool {
        self.comments_in(span).next().is_some()
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        drop_tree(self.root.take(), self.height);
    }
}

fn problem(message: String, span: Span, lines: &Lines, text: &str) -> SyntaxProblem {
    let at = lines.position(span.start(), text);
    SyntaxProblem { message, span, line: at.line, column: at.column }
}
