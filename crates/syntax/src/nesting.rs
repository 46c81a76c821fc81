//! How deep a tree is, told from its tokens.
//!
//! A tree is walked, compared and dropped by recursion, so a file of a hundred
//! thousand parentheses would overflow the stack of whoever touches its tree.
//! Tokens tell the height without touching it: every level of a tree is there
//! because of a token, and lists (of arguments, elements, statements) are flat.
//! The height that comes out is never less than the true one divided by four
//! (a call within an argument is a `Call`, `Arguments` and a `Keyword`), and
//! a little more than it for most code.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{Mode, lexer};
use spacetime_text::{Ranged, Span};

/// CPython's own limits, in every version.
const MOST_BRACKETS: usize = 200;
const MOST_INDENTS: usize = 100;
/// A sum of this many terms is this high. CPython 3.11 gives up at about 3,000.
const MOST_LEVELS: u32 = 5_000;

/// The parser needs about two kilobytes of memory for a nested bracket, one
/// for a nested operator. Above these sizes it is worth looking first.
const MANY_BRACKETS: usize = 20_000;
const MANY_BYTES: usize = 1 << 20;
const MANY_LAMBDAS: usize = 50;
/// A line of so few tokens is no higher than that, and needs no closer look.
const SHORT: usize = 150;

/// What the tokens say about the tree.
#[derive(Debug, Default)]
pub(crate) struct Nesting {
    /// Levels of the highest statement.
    pub(crate) height: u32,
    /// The first place where a limit was passed, and which.
    pub(crate) excess: Option<(&'static str, Span)>,
}

impl Nesting {
    pub(crate) fn new(tokens: &[Token]) -> Self {
        let mut meter = Meter::default();
        let mut start = 0;
        for (at, token) in tokens.iter().enumerate() {
            match token.kind() {
                TokenKind::Newline | TokenKind::EndOfFile => {
                    meter.line(&tokens[start..=at]);
                    start = at + 1;
                }
                // Counted here, so that most lines need not be looked at.
                kind @ (TokenKind::Indent | TokenKind::Dedent) => meter.token(kind, token.range()),
                _ => {}
            }
        }
        meter.line(&tokens[start..]);
        meter.nesting
    }
}

/// For texts that could bring the parser itself into trouble: the line where
/// they pass a limit. All others can be parsed first and measured then.
pub(crate) fn look_before_parsing(text: &str) -> Option<(&'static str, usize)> {
    let brackets = || text.as_bytes().chunks(usize::from(u8::MAX)).map(brackets_in).sum::<usize>();
    let suspicious = text.len() > MANY_BYTES || (text.len() > MANY_BRACKETS && brackets() > MANY_BRACKETS);
    if !suspicious {
        return None;
    }
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut meter = Meter::default();
    // This lexer does not tell places, but it tells line ends.
    let mut line = 1;
    while meter.nesting.excess.is_none() {
        let kind = lexer.next_token();
        meter.token(kind, Span::empty(line.into()));
        match kind {
            TokenKind::Newline | TokenKind::NonLogicalNewline => line += 1,
            TokenKind::EndOfFile => break,
            _ => {}
        }
    }
    let (what, line) = meter.nesting.excess?;
    Some((what, line.start().to_usize()))
}

/// In a slice so short that a byte can count them, which is fast.
fn brackets_in(bytes: &[u8]) -> usize {
    usize::from(bytes.iter().map(|byte| u8::from(matches!(byte, b'(' | b'[' | b'{'))).sum::<u8>())
}

/// Whether parsing needs a deep stack: the parser takes care of its own, but
/// recurses into the defaults of lambdas unguarded.
pub(crate) fn needs_stack_to_parse(text: &str) -> bool {
    text.match_indices("lambda").nth(MANY_LAMBDAS).is_some()
}

/// An open bracket, or the statement itself.
#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    /// The highest of what stands between commas, up to the last comma.
    highest: u32,
    /// The highest bracket since the last comma.
    inner: u32,
    /// Operators since the last comma: each makes a tree of what is beside it.
    operators: u32,
    /// `.a`, `(…)` and `[…]` since the last operator, and the most of them.
    postfixes: u32,
    most_postfixes: u32,
    /// Lambdas whose colon is still to come: their commas separate parameters.
    lambdas: u32,
    /// The literal part of an f-string, whose elements are a list.
    text: bool,
}

impl Frame {
    fn height(&self) -> u32 {
        self.highest.max(self.inner + self.operators + self.postfixes.max(self.most_postfixes))
    }

    fn operator(&mut self) {
        self.operators += 1;
        self.most_postfixes = self.most_postfixes.max(self.postfixes);
        self.postfixes = 0;
    }

    fn comma(&mut self) {
        if self.lambdas == 0 {
            *self = Self { highest: self.height(), text: self.text, ..Self::default() };
        }
    }
}

#[derive(Default)]
struct Meter {
    /// The open bracket, or the statement, and what is around it.
    frame: Frame,
    around: Vec<Frame>,
    indents: usize,
    nesting: Nesting,
}

impl Meter {
    /// A logical line, whose indents have been counted.
    fn line(&mut self, tokens: &[Token]) {
        if tokens.len() <= SHORT {
            self.nesting.height = self.nesting.height.max((tokens.len() + self.indents) as u32);
            return;
        }
        for token in tokens {
            if !matches!(token.kind(), TokenKind::Indent | TokenKind::Dedent) {
                self.token(token.kind(), token.range());
            }
        }
    }

    fn token(&mut self, kind: TokenKind, span: Span) {
        match kind {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => self.open(false, span),
            TokenKind::FStringStart | TokenKind::TStringStart => self.open(true, span),
            TokenKind::Rpar | TokenKind::Rsqb => self.close(1, span),
            TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => self.close(0, span),
            TokenKind::Newline | TokenKind::EndOfFile => self.end_statement(span),
            TokenKind::Semi if self.around.is_empty() => self.end_statement(span),
            TokenKind::Indent => {
                self.indents += 1;
                if self.indents > MOST_INDENTS {
                    self.report("too many levels of indentation", span);
                }
            }
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            _ => self.within(kind),
        }
    }

    fn within(&mut self, kind: TokenKind) {
        let frame = &mut self.frame;
        match kind {
            TokenKind::Comma => frame.comma(),
            TokenKind::Dot => frame.postfixes += 1,
            TokenKind::Lambda => {
                frame.lambdas += 1;
                frame.operator();
            }
            TokenKind::Colon => frame.lambdas = frame.lambdas.saturating_sub(1),
            kind if is_operator(kind) => frame.operator(),
            _ => {}
        }
    }

    fn open(&mut self, text: bool, span: Span) {
        if self.frame.text {
            self.frame.comma();
        }
        self.around.push(std::mem::replace(&mut self.frame, Frame { text, ..Frame::default() }));
        if self.around.len() > MOST_BRACKETS {
            self.report("nested too deeply: too many open brackets", span);
        }
    }

    /// Folds a closed bracket into what it stands in; a call or a subscript is
    /// a level above what is called.
    fn close(&mut self, postfixes: u32, span: Span) {
        let Some(around) = self.around.pop() else { return };
        let height = std::mem::replace(&mut self.frame, around).height();
        self.frame.inner = self.frame.inner.max(height + 1);
        self.frame.postfixes += postfixes;
        self.limit(height, span);
    }

    fn end_statement(&mut self, span: Span) {
        while !self.around.is_empty() {
            self.close(0, span);
        }
        let height = std::mem::take(&mut self.frame).height() + self.indents as u32;
        self.nesting.height = self.nesting.height.max(height);
        self.limit(height, span);
    }

    fn limit(&mut self, height: u32, span: Span) {
        if height > MOST_LEVELS {
            self.report("nested too deeply: too many operators in one expression", span);
        }
    }

    fn report(&mut self, what: &'static str, span: Span) {
        self.nesting.excess.get_or_insert((what, span));
    }
}

/// Whether a chain of such tokens is a chain of nodes. `and`, `or` and
/// comparisons are not: they have any number of operands.
fn is_operator(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::DoubleSlash
            | TokenKind::Percent
            | TokenKind::At
            | TokenKind::Amper
            | TokenKind::Vbar
            | TokenKind::CircumFlex
            | TokenKind::LeftShift
            | TokenKind::RightShift
            | TokenKind::Tilde
            | TokenKind::DoubleStar
            | TokenKind::ColonEqual
            | TokenKind::Not
            | TokenKind::If
            | TokenKind::Await
            | TokenKind::Yield
            // `1 for …` and `a :b` make one node each; an error in the text may
            // repeat any of these.
            | TokenKind::For
    )
}
