//! Tokens of Python as it is today: words that begin a statement only where
//! they can, and are names elsewhere.
//!
//! The tables look one token ahead. What needs more is decided here, by reading
//! on to the end of the line at most, and told to the parser by a label.

use super::error::ParseError;
use super::label::{self, Label};
use super::lexer::{Lexer, Token};
use crate::kind::Kind;

/// Where tokens come from.
pub trait Tokens {
    fn token(&mut self) -> Result<Token, Box<ParseError>>;

    /// Whether the text lacks a newline at its end that tokens count on.
    fn adds_newline(&self) -> bool;
}

impl Tokens for Lexer<'_> {
    #[inline]
    fn token(&mut self) -> Result<Token, Box<ParseError>> {
        Lexer::token(self)
    }

    fn adds_newline(&self) -> bool {
        Lexer::adds_newline(self)
    }
}

pub struct Modern<'s> {
    text: &'s str,
    lexer: Lexer<'s>,
    before: Label,
    /// The last token began a line, or at least a statement.
    starts_line: bool,
    starts_statement: bool,
    /// Of each block that is open, whether it holds cases.
    blocks: Vec<bool>,
    /// The next block will hold cases.
    matching: bool,
}

const COLON: Label = Kind::Colon.number() as Label;
const COMMA: Label = Kind::Comma.number() as Label;
const SEMI: Label = Kind::Semi.number() as Label;
const AT: Label = Kind::At.number() as Label;
const DOT: Label = Kind::Dot.number() as Label;
const STAR: Label = Kind::Star.number() as Label;
const OPEN: [Label; 3] =
    [Kind::LPar.number() as Label, Kind::LSqb.number() as Label, Kind::LBrace.number() as Label];
const CLOSE: [Label; 3] =
    [Kind::RPar.number() as Label, Kind::RSqb.number() as Label, Kind::RBrace.number() as Label];

impl Tokens for Modern<'_> {
    fn token(&mut self) -> Result<Token, Box<ParseError>> {
        let mut token = self.lexer.token()?;
        let before = self.before;
        self.starts_line = matches!(before, label::NEWLINE | label::INDENT | label::DEDENT);
        self.starts_statement = self.starts_line || matches!(before, SEMI | COLON);
        token.label = match token.label {
            label::INDENT => {
                self.blocks.push(std::mem::take(&mut self.matching));
                label::INDENT
            }
            label::DEDENT => {
                self.blocks.pop();
                label::DEDENT
            }
            AT if self.starts_line && !self.is_plain_decorator() => label::DECORATE,
            // `[async for …]` gives what is called so.
            label::ASYNC if !self.starts_statement && !self.is_behind_operand() && self.follows("for") => {
                label::NAME
            }
            label::EXCEPT if self.has_several_types() => label::EXCEPT_ALL,
            label::PRINT | label::EXEC | label::NONLOCAL | label::WITH | label::AS | label::NAME => {
                self.word(token)
            }
            other => other,
        };
        self.before = token.label;
        Ok(token)
    }

    fn adds_newline(&self) -> bool {
        self.lexer.adds_newline()
    }
}

impl<'s> Modern<'s> {
    pub fn new(text: &'s str) -> Self {
        Self {
            text,
            lexer: Lexer::modern(text),
            before: label::NEWLINE,
            starts_line: true,
            starts_statement: true,
            blocks: vec![false],
            matching: false,
        }
    }

    /// What a word is that may also be a name.
    fn word(&mut self, token: Token) -> Label {
        let keeps = match token.label {
            label::PRINT => self.starts_statement && (self.operand_follows() || self.follows(">>")),
            label::EXEC => self.starts_statement && (self.operand_follows() || self.parenthesised_in()),
            label::NONLOCAL => self.starts_statement && self.operand_follows(),
            label::WITH => {
                (self.starts_statement || self.before == label::ASYNC)
                    && !["=", ".", ",", ")", ":", ";", "\n", "\r"].iter().any(|text| self.follows(text))
            }
            label::AS => self.is_behind_operand() || self.before == STAR,
            _ => return self.soft_keyword(token),
        };
        if keeps { token.label } else { label::NAME }
    }

    fn soft_keyword(&mut self, token: Token) -> Label {
        match &self.text[token.start as usize..token.end as usize] {
            "match" if self.starts_line && self.is_match() => {
                self.matching = true;
                label::MATCH
            }
            "case" if self.starts_line && self.blocks.last() == Some(&true) => label::CASE,
            "type" if self.starts_statement && self.is_alias() => label::TYPE,
            _ => label::NAME,
        }
    }

    /// The text behind the token, without blanks.
    fn rest(&self) -> &'s str {
        self.text[self.lexer.place()..].trim_start_matches([' ', '\t', '\x0c'])
    }

    fn follows(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    fn is_behind_operand(&self) -> bool {
        matches!(self.before, label::NAME | label::NUMBER | label::STRING) || CLOSE.contains(&self.before)
    }

    /// Whether something follows that can only begin an expression.
    fn operand_follows(&self) -> bool {
        begins_operand(self.rest())
    }

    /// The labels from here to the end of the line, each with its depth in brackets.
    fn line(&self) -> impl Iterator<Item = (Label, usize)> + 's {
        let mut lexer = self.lexer.clone();
        let mut depth = 0_usize;
        std::iter::from_fn(move || {
            let label = lexer.token().ok()?.label;
            depth = depth.saturating_sub(usize::from(CLOSE.contains(&label)));
            let at = depth;
            depth += usize::from(OPEN.contains(&label));
            Some((label, at))
        })
        .take_while(|(label, _)| !matches!(*label, label::NEWLINE | label::END))
    }

    /// `@name.name(anything)`, which is what decorators once had to be.
    fn is_plain_decorator(&self) -> bool {
        let mut labels = self.line().filter(|(_, depth)| *depth == 0).map(|(label, _)| label);
        if labels.next().map(label::kind) != Some(Kind::Name) {
            return false;
        }
        loop {
            match labels.next() {
                None => return true,
                Some(DOT) => {
                    if labels.next().map(label::kind) != Some(Kind::Name) {
                        return false;
                    }
                }
                Some(label) if label == OPEN[0] => {
                    return labels.next() == Some(CLOSE[0]) && labels.next().is_none();
                }
                Some(_) => return false,
            }
        }
    }

    /// `except A, B, C:`, or `except* A, B:`; `except A, b:` is Python 2.
    fn has_several_types(&self) -> bool {
        let mut labels = self.line().filter(|(_, depth)| *depth == 0).map(|(label, _)| label).peekable();
        let allowed = usize::from(labels.peek() != Some(&STAR));
        labels.take_while(|label| *label != COLON).filter(|label| *label == COMMA).count() > allowed
    }

    /// `exec (code) in names`
    fn parenthesised_in(&self) -> bool {
        let mut labels = self.line();
        labels.next() == Some((OPEN[0], 0))
            && labels.find(|(_, depth)| *depth == 0) == Some((CLOSE[0], 0))
            && label::quoted("in") == labels.next().map(|(label, _)| label)
    }

    /// A line that ends in a colon, and a block behind it that begins with `case`.
    fn is_match(&self) -> bool {
        let mut lexer = self.lexer.clone();
        let mut before = label::NAME;
        loop {
            match lexer.token() {
                Ok(token) if token.label == label::NEWLINE => break,
                Ok(token) if !matches!(token.label, label::END | SEMI) => before = token.label,
                _ => return false,
            }
        }
        let is_block = before == COLON && lexer.token().is_ok_and(|token| token.label == label::INDENT);
        let first = lexer.token().ok().filter(|_| is_block);
        first.is_some_and(|token| &self.text[token.start as usize..token.end as usize] == "case")
    }

    /// `type X = …` or `type X[T] = …`
    fn is_alias(&self) -> bool {
        let mut labels = self.line().map(|(label, _)| label);
        labels.next() == Some(label::NAME)
            && labels.next().is_some_and(|label| label == OPEN[1] || Some(label) == label::quoted("="))
    }
}

/// Whether a text begins with something that can only begin an expression, and
/// not with an operator or what may stand behind a name.
pub fn begins_operand(rest: &str) -> bool {
    const OPERATORS: [&str; 8] = ["and", "or", "in", "is", "if", "else", "for", "as"];
    let word = &rest[..super::number::word_end(rest, 0)];
    match rest.chars().next() {
        None => false,
        Some('"' | '\'' | '`' | '{' | '~') => true,
        Some('.') => rest[1..].starts_with(|char: char| char.is_ascii_digit()),
        Some(_) if word == "not" => !rest[word.len()..].trim_start().starts_with("in "),
        Some(_) => !word.is_empty() && !OPERATORS.contains(&word),
    }
}
