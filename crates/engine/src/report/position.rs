//! Byte offsets of edits as the lines and columns that formats ask for.

use spacetime_text::{Lines, Offset, Position};

/// Turns offsets of one text into positions; a line table is made once.
pub(super) struct Places<'a> {
    text: &'a str,
    lines: Lines,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, lines: Lines::new(text) }
    }

    /// Line and column from 1, in characters; offsets past the end are the end.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        self.lines.position(Offset::from(offset as u32), self.text)
    }

    /// The text of a line without its newline; empty where there is none.
    pub(super) fn line(&self, line: usize) -> &'a str {
        if line == 0 || line > self.lines.count() {
            return "";
        }
        self.text[self.lines.span(line, self.text)].trim_end_matches(['\r', '\n'])
    }
}
