//! Tokens, as lib2to3 saw them.
//!
//! What is between two tokens is the prefix of the second; so comments, empty
//! lines and backslashes are no tokens here. `async` and `await` are keywords
//! where lib2to3 took them for such.
// tidy: long because it is one automaton over one state

mod held;

use memchr::{memchr, memchr2};

use super::error::{ParseError, line_after, position};
use super::fstring::{formatted, is_formatted};
use super::label::{self, Label};
use super::number::{char_at, number_end, word_end};
use super::quoted::{Quoted, is_prefix, string};
use crate::kind::Kind;
use crate::unicode;

/// A token: its label, where its prefix and itself start, and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub label: Label,
    pub prefix: u32,
    pub start: u32,
    pub end: u32,
}

/// What the next byte may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Digit,
    Quote,
    Operator,
    Dot,
    Blank,
    Newline,
    Return,
    Comment,
    Backslash,
    Wide,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut at = 0;
    while at < 256 {
        classes[at] = match at as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Word,
            b'0'..=b'9' => Class::Digit,
            b'\'' | b'"' => Class::Quote,
            b'.' => Class::Dot,
            b' ' | b'\t' | b'\x0c' => Class::Blank,
            b'\n' => Class::Newline,
            b'\r' => Class::Return,
            b'#' => Class::Comment,
            b'\\' => Class::Backslash,
            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b':' | b',' | b';' | b'+' | b'-' | b'*' | b'/'
            | b'|' | b'&' | b'<' | b'>' | b'=' | b'%' | b'`' | b'@' | b'!' | b'~' | b'^' => Class::Operator,
            0x80.. => Class::Wide,
            _ => Class::Other,
        };
        at += 1;
    }
    classes
};

const TAB: u32 = 8;

/// An `async def` that the lexer is in.
#[derive(Clone, Copy)]
struct AsyncDef {
    /// The column of the line that it stands on.
    indent: u32,
    /// Whether that line has ended.
    ended: bool,
}

#[derive(Clone)]
pub struct Lexer<'s> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    /// Where the last token ended.
    last: usize,
    depth: u32,
    indents: Vec<u32>,
    /// How many more `DEDENT`s are to come before the next token.
    dedents: usize,
    at_line_start: bool,
    /// Any of `dedents`, `at_line_start`, `ending`, `disorder` has to be looked at.
    special: bool,
    /// Where the text ends, for tokens, once that has been reached.
    ending: Option<usize>,
    async_def: Option<AsyncDef>,
    /// The last word was an `async` that lib2to3 held back: a second one is a name.
    held_async: bool,
    /// An `async` that lib2to3 put behind the last token.
    disorder: Option<usize>,
    /// Reads what has come since.
    modern: bool,
}

impl<'s> Lexer<'s> {
    pub fn new(text: &'s str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            last: 0,
            depth: 0,
            indents: vec![0],
            dedents: 0,
            at_line_start: true,
            special: true,
            ending: None,
            async_def: None,
            held_async: false,
            disorder: None,
            modern: false,
        }
    }

    /// For Python as it is today: identifiers and f-strings of any kind.
    pub fn modern(text: &'s str) -> Self {
        Self { modern: true, ..Self::new(text) }
    }

    /// The place behind the last token.
    pub fn place(&self) -> usize {
        self.at.min(self.bytes.len())
    }

    /// Whether the last line lacks its newline, and lib2to3 added one to the
    /// prefix of what follows. Tokens at the end then count on it.
    pub fn adds_newline(&self) -> bool {
        self.ending.is_some_and(|ending| ending > self.bytes.len())
    }

    /// The next token; after `ENDMARKER` there is none to be asked for.
    #[inline]
    pub fn token(&mut self) -> Result<Token, Box<ParseError>> {
        if self.special
            && let Some(token) = self.before_line()?
        {
            return Ok(token);
        }
        loop {
            let blank = self.at;
            while let Some(b' ' | b'\t' | b'\x0c') = self.bytes.get(self.at) {
                self.at += 1;
            }
            let start = self.at;
            let Some(byte) = self.bytes.get(start).copied() else {
                if let Some(token) = self.text_ends(blank)? {
                    return Ok(token);
                }
                continue;
            };
            match CLASSES[usize::from(byte)] {
                Class::Word => return self.word(start),
                Class::Operator => {
                    let (label, len) = operator(&self.bytes[start..]);
                    if len == 0 {
                        return Err(Box::new(self.bad(blank)));
                    }
                    match byte {
                        b'(' | b'[' | b'{' => self.depth += 1,
                        b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                        _ => {}
                    }
                    return Ok(self.emit(label, start, start + len));
                }
                Class::Dot if !self.number_follows_dot(start) => {
                    return Ok(self.emit(Kind::Dot.number() as Label, start, start + 1));
                }
                Class::Dot | Class::Digit => {
                    return Ok(self.emit(label::NUMBER, start, number_end(self.text, start)));
                }
                Class::Newline | Class::Return => {
                    self.at = match self.bytes[start..] {
                        [b'\n', ..] => start + 1,
                        [b'\r', b'\n', ..] => start + 2,
                        _ => return Err(Box::new(self.bad(blank))),
                    };
                    if self.depth == 0 {
                        return Ok(self.newline(start));
                    }
                }
                Class::Quote => return self.quoted(start, start, blank),
                Class::Comment => {
                    let rest = &self.bytes[start..];
                    self.at = start + memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                }
                Class::Backslash => self.backslash(start, blank)?,
                Class::Wide => return self.wide(start, blank),
                Class::Blank | Class::Other => return Err(Box::new(self.bad(blank))),
            }
        }
    }

    #[inline]
    fn emit(&mut self, label: Label, start: usize, end: usize) -> Token {
        let token = Token { label, prefix: self.last as u32, start: start as u32, end: end as u32 };
        self.last = end;
        self.at = end;
        token
    }

    fn newline(&mut self, start: usize) -> Token {
        (self.at_line_start, self.special) = (true, true);
        if let Some(def) = &mut self.async_def {
            def.ended = true;
        }
        self.emit(label::NEWLINE, start, self.at)
    }

    fn dedent(&mut self) -> Token {
        self.dedents -= 1;
        self.emit(label::DEDENT, self.at, self.at)
    }

    fn end(&mut self) -> Token {
        self.emit(label::END, self.at, self.at)
    }

    /// What comes before the first token of a line, and at the end.
    fn before_line(&mut self) -> Result<Option<Token>, Box<ParseError>> {
        if let Some(at) = self.disorder.take() {
            return self.disordered(at).map(Some);
        }
        if self.at_line_start && self.ending.is_none() {
            let indent = self.line_start()?;
            if indent.is_some() {
                return Ok(indent);
            }
        }
        if self.dedents > 0 {
            return Ok(Some(self.dedent()));
        }
        if self.ending.is_some() {
            return Ok(Some(self.end()));
        }
        self.special = false;
        Ok(None)
    }

    /// Skips empty lines and comments, and compares the indentation.
    fn line_start(&mut self) -> Result<Option<Token>, Box<ParseError>> {
        loop {
            let start = self.at;
            let mut column = 0;
            while let Some(byte) = self.bytes.get(self.at) {
                match byte {
                    b' ' => column += 1,
                    b'\t' => column = (column / TAB + 1) * TAB,
                    b'\x0c' => column = 0,
                    _ => break,
                }
                self.at += 1;
            }
            match self.bytes.get(self.at) {
                // Blanks on a last line without newline are lost.
                None => {
                    self.at = start;
                    return Ok(self.finish());
                }
                // With a `\r` the rest of the line counts as empty, too.
                Some(b'#' | b'\r' | b'\n') => {
                    let rest = &self.bytes[self.at..];
                    match memchr(b'\n', rest) {
                        Some(len) => self.at += len + 1,
                        None => {
                            self.at = self.bytes.len();
                            return Ok(self.finish());
                        }
                    }
                }
                Some(_) => {
                    self.at_line_start = false;
                    return self.indentation(start, column);
                }
            }
        }
    }

    fn indentation(&mut self, start: usize, column: u32) -> Result<Option<Token>, Box<ParseError>> {
        let current = self.indents.last().copied().unwrap_or(0);
        let mut token = None;
        if column > current {
            self.indents.push(column);
            token = Some(self.emit(label::INDENT, start, self.at));
        } else if column < current {
            if !self.indents.contains(&column) {
                return Err(Box::new(ParseError::Indentation { line: position(self.text, self.at).0 }));
            }
            while self.indents.last().is_some_and(|one| *one > column) {
                self.indents.pop();
                self.dedents += 1;
                let indent = self.indents.last().copied().unwrap_or(0);
                self.async_def = self.async_def.filter(|def| def.indent < indent);
            }
        }
        let indent = self.indents.last().copied().unwrap_or(0);
        self.async_def = self.async_def.filter(|def| !def.ended || def.indent < indent);
        Ok(token)
    }

    /// No more lines: the blocks end, then the text does.
    fn finish(&mut self) -> Option<Token> {
        let len = self.bytes.len();
        if self.at == len && len > 0 && self.bytes[len - 1] != b'\n' {
            self.at = len + 1;
        }
        self.ending = Some(self.at);
        self.special = true;
        self.dedents = self.indents.len() - 1;
        self.indents.truncate(1);
        None
    }

    /// The text ends within a line, or within brackets.
    fn text_ends(&mut self, blank: usize) -> Result<Option<Token>, Box<ParseError>> {
        if blank < self.at {
            return Err(Box::new(self.bad(blank)));
        }
        if self.depth > 0 {
            return Err(Box::new(self.unfinished()));
        }
        self.finish();
        Ok(Some(if self.dedents > 0 { self.dedent() } else { self.end() }))
    }

    fn unfinished(&self) -> ParseError {
        let line = line_after(self.text);
        ParseError::End { message: "EOF in multi-line statement", line, column: 0 }
    }

    /// A character that begins no token. Blanks before it are what is reported.
    #[cold]
    fn bad(&self, at: usize) -> ParseError {
        let end = at + char_at(self.text, at).map_or(0, char::len_utf8);
        self.bad_token(at, end)
    }

    fn bad_token(&self, start: usize, end: usize) -> ParseError {
        let (line, column) = position(self.text, start);
        ParseError::Input {
            message: "bad token",
            kind: ERROR_TOKEN,
            value: self.text[start..end].to_owned(),
            prefix: self.text[self.last..start].to_owned(),
            line,
            column,
        }
    }

    fn backslash(&mut self, start: usize, blank: usize) -> Result<(), Box<ParseError>> {
        self.at = match self.bytes[start + 1..] {
            [b'\n', ..] => start + 2,
            [b'\r', b'\n', ..] => start + 3,
            _ => return Err(Box::new(self.bad(blank))),
        };
        if self.at == self.bytes.len() { Err(Box::new(self.unfinished())) } else { Ok(()) }
    }

    fn number_follows_dot(&self, at: usize) -> bool {
        match self.bytes.get(at + 1) {
            Some(byte) if byte.is_ascii() => byte.is_ascii_digit(),
            _ => char_at(self.text, at + 1).is_some_and(unicode::is_digit),
        }
    }

    /// A string literal from `start` whose quotes are at `quote`.
    fn quoted(&mut self, start: usize, quote: usize, blank: usize) -> Result<Token, Box<ParseError>> {
        let literal = if self.modern && is_formatted(&self.bytes[start..quote]) {
            formatted(self.bytes, start, quote)
        } else {
            string(self.bytes, quote)
        };
        match literal {
            Quoted::Closed(end) => Ok(self.emit(label::STRING, start, end)),
            // What looked like a prefix is a name.
            Quoted::Open if quote > start => Ok(self.emit(label::NAME, start, quote)),
            Quoted::Open => Err(Box::new(self.bad(blank))),
            Quoted::Broken(end) => Err(Box::new(self.bad_token(start, end))),
            Quoted::Unended => {
                let (line, column) = position(self.text, start);
                Err(Box::new(ParseError::End { message: "EOF in multi-line string", line, column }))
            }
        }
    }

    #[inline]
    fn word(&mut self, start: usize) -> Result<Token, Box<ParseError>> {
        let mut end = start + 1;
        while let Some(Class::Word | Class::Digit) =
            self.bytes.get(end).map(|byte| CLASSES[usize::from(*byte)])
        {
            end += 1;
        }
        match self.bytes.get(end) {
            Some(b'\'' | b'"') if self.is_prefix(start, end) => return self.quoted(start, end, start),
            Some(0x80..) => end = self.word_end(end),
            _ => {}
        }
        let label = label::of_word(&self.bytes[start..end]);
        if label < label::WORD_ASYNC {
            self.held_async = false;
            return Ok(self.emit(label, start, end));
        }
        let label = match label {
            label::WORD_ASYNC | label::WORD_AWAIT if self.modern => self.modern_async(label, end),
            label::WORD_ASYNC => {
                if let Some(token) = self.token_before_async(start, end)? {
                    return Ok(token);
                }
                self.async_word(end)
            }
            label::WORD_AWAIT if self.async_def.is_some() => label::AWAIT,
            _ => label::NAME,
        };
        Ok(self.emit(label, start, end))
    }

    fn is_prefix(&self, start: usize, end: usize) -> bool {
        let word = &self.bytes[start..end];
        is_prefix(word) || (self.modern && is_formatted(word))
    }

    fn word_end(&self, at: usize) -> usize {
        let mut end = word_end(self.text, at);
        if self.modern {
            while let Some(char) = char_at(self.text, end).filter(|char| unicode::is_part(*char)) {
                end += char.len_utf8();
            }
        }
        end
    }

    fn after_blanks(&self, at: usize) -> usize {
        at + self.bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c')).count()
    }

    /// A word beyond ASCII. Digits of other scripts are matched as numbers or
    /// words, but then found to be neither.
    fn wide(&mut self, start: usize, blank: usize) -> Result<Token, Box<ParseError>> {
        let first = char_at(self.text, start);
        if self.modern && first.is_some_and(unicode::is_start) {
            return Ok(self.emit(label::NAME, start, self.word_end(start)));
        }
        let Some(first) = first.filter(|char| unicode::is_word(*char)) else {
            return Err(Box::new(self.bad(blank)));
        };
        let number = number_end(self.text, start);
        let end = if number > start { number } else { word_end(self.text, start) };
        if number == start && unicode::is_start(first) {
            return Ok(self.emit(label::NAME, start, end));
        }
        Err(Box::new(ParseError::Word { value: self.text[start..end].to_owned() }))
    }
}

/// The number of lib2to3's token for what is none.
const ERROR_TOKEN: u16 = 58;

/// The operator or bracket that bytes begin with, and its length; 0 for `!` alone.
#[inline]
fn operator(bytes: &[u8]) -> (Label, usize) {
    let next = bytes.get(1).copied().unwrap_or(0);
    let equal = next == b'=';
    let with = |plain: Kind, assigned: Kind| if equal { (assigned, 2) } else { (plain, 1) };
    let doubled = |plain: (Kind, usize), double: Kind, assigned: Kind| {
        if next != bytes[0] {
            plain
        } else if bytes.get(2) == Some(&b'=') {
            (assigned, 3)
        } else {
            (double, 2)
        }
    };
    let (kind, len) = match bytes[0] {
        b'(' => (Kind::LPar, 1),
        b')' => (Kind::RPar, 1),
        b'[' => (Kind::LSqb, 1),
        b']' => (Kind::RSqb, 1),
        b'{' => (Kind::LBrace, 1),
        b'}' => (Kind::RBrace, 1),
        b',' => (Kind::Comma, 1),
        b';' => (Kind::Semi, 1),
        b'`' => (Kind::BackQuote, 1),
        b'~' => (Kind::Tilde, 1),
        b':' => with(Kind::Colon, Kind::ColonEqual),
        b'=' => with(Kind::Equal, Kind::EqEqual),
        b'+' => with(Kind::Plus, Kind::PlusEqual),
        b'-' if next == b'>' => (Kind::RArrow, 2),
        b'-' => with(Kind::Minus, Kind::MinEqual),
        b'%' => with(Kind::Percent, Kind::PercentEqual),
        b'&' => with(Kind::Amper, Kind::AmperEqual),
        b'|' => with(Kind::VBar, Kind::VBarEqual),
        b'^' => with(Kind::Circumflex, Kind::CircumflexEqual),
        b'@' => with(Kind::At, Kind::AtEqual),
        b'!' if equal => (Kind::NotEqual, 2),
        b'!' => (Kind::NotEqual, 0),
        b'*' => doubled(with(Kind::Star, Kind::StarEqual), Kind::DoubleStar, Kind::DoubleStarEqual),
        b'/' => doubled(with(Kind::Slash, Kind::SlashEqual), Kind::DoubleSlash, Kind::DoubleSlashEqual),
        b'<' if next == b'>' => (Kind::NotEqual, 2),
        b'<' => doubled(with(Kind::Less, Kind::LessEqual), Kind::LeftShift, Kind::LeftShiftEqual),
        _ => doubled(with(Kind::Greater, Kind::GreaterEqual), Kind::RightShift, Kind::RightShiftEqual),
    };
    (kind.number() as Label, len)
}
