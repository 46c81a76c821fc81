//! When `async` and `await` are keywords.
//!
//! lib2to3 held an `async` back until it had seen what follows, and forgot it
//! behind some tokens; what came of that is part of how it reads broken files.

use super::super::error::{ParseError, position};
use super::super::label::{self, Label};
use super::super::modern::begins_operand;
use super::super::number::{number_end, word_end};
use super::super::quoted::{Quoted, is_prefix, string};
use super::{AsyncDef, Lexer, Token};

impl Lexer<'_> {
    /// `async` is a keyword before what it can qualify, `await` before an operand.
    pub(super) fn modern_async(&mut self, label: Label, end: usize) -> Label {
        let rest = &self.text[self.after_blanks(end)..];
        if label == label::WORD_AWAIT {
            let bracket = self.async_def.is_some() && rest.starts_with(['(', '[', '{', '-', '+']);
            return if bracket || begins_operand(rest) { label::AWAIT } else { label::NAME };
        }
        let word = &rest[..word_end(rest, 0)];
        if word == "def" && self.async_def.is_none() {
            let indent = self.indents.last().copied().unwrap_or(0);
            self.async_def = Some(AsyncDef { indent, ended: false });
        }
        if matches!(word, "def" | "for" | "with") { label::ASYNC } else { label::NAME }
    }

    /// `async` is a keyword within an `async def`, and before `def` and `for`.
    pub(super) fn async_word(&mut self, end: usize) -> Label {
        if self.async_def.is_some() {
            return label::ASYNC;
        }
        if std::mem::take(&mut self.held_async) {
            return label::NAME;
        }
        let next = self.after_blanks(end);
        match &self.bytes[next..word_end(self.text, next)] {
            b"def" => {
                let indent = self.indents.last().copied().unwrap_or(0);
                self.async_def = Some(AsyncDef { indent, ended: false });
                label::ASYNC
            }
            b"for" => label::ASYNC,
            word => {
                self.held_async = word == b"async";
                label::NAME
            }
        }
    }

    /// lib2to3 held `async` back until the next token, but forgot to let it go
    /// first if that was a number, a string of several lines, or no token.
    pub(super) fn token_before_async(
        &mut self,
        start: usize,
        end: usize,
    ) -> Result<Option<Token>, Box<ParseError>> {
        if self.async_def.is_some() || self.held_async {
            return Ok(None);
        }
        let next = self.after_blanks(end);
        match &self.bytes[next..] {
            // With these it let go.
            [b'#' | b'\n', ..] | [b'\r' | b'\\', b'\n', ..] | [b'\\', b'\r', b'\n', ..] => return Ok(None),
            _ => {
                let mut ahead = self.clone();
                (ahead.at, ahead.held_async) = (end, true);
                ahead.token()?;
            }
        }
        if self.bytes.get(next).is_some_and(u8::is_ascii_digit)
            || (self.bytes.get(next) == Some(&b'.') && self.number_follows_dot(next))
        {
            (self.disorder, self.special) = (Some(start), true);
            return Ok(Some(self.emit(label::NUMBER, next, number_end(self.text, next))));
        }
        let quote = word_end(self.text, next);
        if !matches!(self.bytes.get(quote), Some(b'\'' | b'"')) || !is_prefix(&self.bytes[next..quote]) {
            return Ok(None);
        }
        match string(self.bytes, quote) {
            Quoted::Open => Ok(None),
            Quoted::Closed(after) if !self.bytes[quote..after].contains(&b'\n') => Ok(None),
            _ => {
                (self.disorder, self.special) = (Some(start), true);
                self.quoted(next, quote, next).map(Some)
            }
        }
    }

    /// The next token while `async` is held back behind others: an error, unless
    /// it comes before `async` as well.
    pub(super) fn disordered(&mut self, held: usize) -> Result<Token, Box<ParseError>> {
        let (line, column) = position(self.text, self.last);
        self.special = self.at_line_start || self.dedents > 0 || self.ending.is_some();
        let token = self.token()?;
        if token.label == label::NUMBER {
            (self.disorder, self.special) = (Some(held), true);
            return Ok(token);
        }
        let (async_line, async_column) = position(self.text, held);
        Err(Box::new(ParseError::Order { line, column, async_line, async_column }))
    }
}
