//! Reading a large text piece by piece: some statements at a time, each piece a tree.

use std::collections::BTreeSet;

use super::label::{self, Label};
use super::lexer::{Lexer, Token};
use super::parser::{Between, Parser};
use super::tables::PYTHON;
use super::{Dialect, future_features, words_that_are_names};
use crate::tree::Tree;

/// A text that is being read, as lib2to3 does.
pub(crate) struct Pieces<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    names: &'static [Label],
    /// Of how many bytes a piece is, or of more if that is within a statement.
    size: usize,
    /// Where the next piece begins, and its first token; nothing before the first piece.
    next: Option<(Between, Token)>,
    lines: u32,
    is_done: bool,
}

/// It cannot be read like this.
#[derive(Debug)]
pub(crate) struct Unreadable;

impl<'t> Pieces<'t> {
    /// Also says what the text imports from `__future__`.
    pub fn new(text: &'t str, dialect: Dialect, size: usize) -> (Self, BTreeSet<String>) {
        let features = future_features(text);
        let names = words_that_are_names(dialect, &features);
        let lexer = Lexer::new(text);
        (Self { text, lexer, names, size, next: None, lines: 0, is_done: false }, features)
    }

    /// The next piece, in the memory of a tree that is no longer needed; nothing behind the last.
    pub fn next(&mut self, mut spare: Tree) -> Result<Option<Tree>, Unreadable> {
        if self.is_done {
            return Ok(None);
        }
        let mut source = spare.take_source();
        let (mut parser, start) = match self.next {
            Some((from, token)) => {
                let mut parser = Parser::from(&PYTHON, spare, self.size, from);
                if !parser.take(token) {
                    return Err(Unreadable);
                }
                (parser, from.place as usize)
            }
            None => (Parser::new(&PYTHON, spare, self.size), 0),
        };
        loop {
            let mut token = self.lexer.token().map_err(|_| Unreadable)?;
            if self.names.contains(&token.label) {
                token.label = label::NAME;
            }
            // The end goes with the last statement, as it does in a small file.
            if token.prefix as usize >= start + self.size
                && token.label != label::END
                && let Some(between) = parser.is_between(token)
            {
                source.push_str(&self.text[start..between.place as usize]);
                return Ok(Some(self.made(parser.piece(source), Some((between, token)))));
            }
            if !parser.take(token) {
                return Err(Unreadable);
            }
            if token.label == label::END {
                source.push_str(&self.text[start..]);
                if self.lexer.adds_newline() {
                    source.push('\n');
                }
                return Ok(Some(self.made(parser.tree(source), None)));
            }
        }
    }

    fn made(&mut self, mut tree: Tree, next: Option<(Between, Token)>) -> Tree {
        tree.make_piece(self.lines);
        self.lines += memchr::memchr_iter(b'\n', tree.source().as_bytes()).count() as u32;
        self.is_done = next.is_none();
        self.next = next;
        tree
    }
}
