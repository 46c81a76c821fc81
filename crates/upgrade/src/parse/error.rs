//! Why a text is no Python, in the words of lib2to3.

use crate::unicode::repr;

/// What lib2to3 raised. `Display` gives what it printed: class, colon, message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A token that cannot stand where it is, or that is none.
    #[error(
        "ParseError: {message}: type={kind}, value={}, context=({}, ({line}, {column}))",
        repr(value),
        repr(prefix)
    )]
    Input { message: &'static str, kind: u16, value: String, prefix: String, line: usize, column: usize },
    /// The text ended within a string, in brackets, or after a backslash.
    #[error("TokenError: ('{message}', ({line}, {column}))")]
    End { message: &'static str, line: usize, column: usize },
    #[error(
        "IndentationError: unindent does not match any outer indentation level (<tokenize>, line {line})"
    )]
    Indentation { line: usize },
    /// A token of characters that are part of words, but start none.
    #[error("KeyError: {}", repr(value))]
    Word { value: String },
    /// `async` before a string of several lines: lib2to3 saw them in the wrong order.
    #[error("AssertionError: (({line}, {column}), ({async_line}, {async_column}))")]
    Order { line: usize, column: usize, async_line: usize, async_column: usize },
    /// Ours: positions are kept in 32 bits.
    #[error("the text is longer than 2 GiB")]
    Long,
}

/// Line (from 1) and column (in characters, from 0) of a place in a text.
pub fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at];
    let line = 1 + memchr::memchr_iter(b'\n', before).count();
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    (line, text[start..at].chars().count())
}

/// The number of the line that would come after the last.
pub fn line_after(text: &str) -> usize {
    let (line, column) = position(text, text.len());
    line + usize::from(column > 0)
}
