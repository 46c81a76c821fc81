//! Offsets to lines and columns, as people and editors count them.

use crate::{Offset, Span};

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// Where the lines of a text start. `\n`, `\r\n` and a lone `\r` end a line,
/// as they do for Python.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends {
                starts.push(at as u32 + 1);
            }
        }
        Self { starts }
    }

    /// How many lines there are; a text that ends in a newline has an empty last one.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line (from 1) that holds `offset`.
    pub fn line(&self, offset: Offset) -> usize {
        self.starts.partition_point(|start| *start <= offset.to_u32())
    }

    /// The span of a line (from 1) with its newline.
    pub fn span(&self, line: usize, text: &str) -> Span {
        let start = self.starts[line - 1];
        let end = self.starts.get(line).copied().unwrap_or(text.len() as u32);
        Span::new(start.into(), end.into())
    }

    /// Where the line that holds `offset` starts.
    pub fn start(&self, offset: Offset) -> Offset {
        self.starts[self.line(offset) - 1].into()
    }

    pub fn position(&self, offset: Offset, text: &str) -> Position {
        let start = self.start(offset).to_usize();
        let before = text.get(start..offset.to_usize()).unwrap_or("");
        Position { line: self.line(offset), column: before.chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_every_newline_style() {
        let text = "a\r\nbé\rc\n";
        let lines = Lines::new(text);
        assert_eq!(lines.count(), 4);
        assert_eq!(lines.position(0.into(), text), Position { line: 1, column: 1 });
        assert_eq!(lines.position(6.into(), text), Position { line: 2, column: 3 });
        assert_eq!(lines.line(7.into()), 3);
        assert_eq!(&text[lines.span(2, text)], "bé\r");
    }
}
