//! Source to tree: what lib2to3 reads, exactly as it does; and, where it gives
//! up, what Python has learnt since.

mod error;
mod fstring;
mod future;
mod label;
mod lexer;
mod modern;
mod notation;
mod number;
mod parser;
mod pieces;
mod quoted;
mod tables;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use error::ParseError;
pub use future::future_features;
pub(crate) use pieces::Pieces;

use crate::kind::Kind;
use crate::tree::Tree;
use label::Label;
use lexer::Lexer;
use modern::{Modern, Tokens};
use parser::{Parser, bad_input};
use tables::{MODERN, PYTHON, Tables};

/// Which words are names although they once began statements.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialect {
    /// `print` is a function (`-p`). It also is in files that say so themselves.
    pub print_function: bool,
    /// `exec` is a function (`-e`); without effect beside `print_function`, as ever.
    pub exec_function: bool,
}

/// A text as a tree, and what it imports from `__future__`.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub tree: Tree,
    pub features: BTreeSet<String>,
    /// It holds syntax that lib2to3 could not read; this is what it said.
    pub beyond: Option<Box<ParseError>>,
}

const PRINT_FUNCTION: &str = "print_function";

/// Reads a text as lib2to3 does; if that cannot, then as Python does today. The
/// error is lib2to3's in any case.
///
/// The text should end with a newline: lib2to3 adds one to every file.
pub fn parse(text: String, dialect: Dialect) -> Result<Parsed, Box<ParseError>> {
    parse_in(Tree::empty(), text, dialect)
}

/// As `parse`, in the memory of a tree that is no longer needed.
pub(crate) fn parse_in(spare: Tree, text: String, dialect: Dialect) -> Result<Parsed, Box<ParseError>> {
    let features = future_features(&text);
    parse_as(spare, text, dialect, features)
}

/// Reads an example in a docstring, in which `from __future__` says nothing to lib2to3.
pub fn parse_example(text: String, dialect: Dialect) -> Result<Parsed, Box<ParseError>> {
    parse_as(Tree::empty(), text, dialect, BTreeSet::new())
}

fn parse_as(
    spare: Tree,
    mut text: String,
    dialect: Dialect,
    features: BTreeSet<String>,
) -> Result<Parsed, Box<ParseError>> {
    if text.len() > LONGEST {
        return Err(Box::new(ParseError::Long));
    }
    let names = words_that_are_names(dialect, &features);
    let (grown, beyond) = match grow(spare, &text, Lexer::new(&text), &PYTHON, names) {
        Ok(grown) => (grown, None),
        Err(error) => match grow(Tree::empty(), &text, Modern::new(&text), &MODERN, names) {
            Ok(grown) => (grown, Some(error)),
            Err(_) => return Err(error),
        },
    };
    if grown.adds_newline {
        text.push('\n');
    }
    Ok(Parsed { tree: grown.parser.tree(text), features, beyond })
}

fn words_that_are_names(dialect: Dialect, features: &BTreeSet<String>) -> &'static [Label] {
    // `print_function` in the file puts `exec` back, whatever was asked for.
    if dialect.print_function || features.contains(PRINT_FUNCTION) {
        &[label::PRINT]
    } else if dialect.exec_function {
        &[label::EXEC]
    } else {
        &[]
    }
}

/// All names and keywords of a text, as lib2to3 gathers them to make new names
/// that are not among them. Read again when asked for: few fixers want to know.
///
/// `beyond` says whether the text has syntax that lib2to3 could not read.
pub fn used_names(text: &str, beyond: bool) -> BTreeSet<&str> {
    let mut lexer = if beyond { Lexer::modern(text) } else { Lexer::new(text) };
    let mut names = BTreeSet::new();
    while let Ok(token) = lexer.token() {
        if label::kind(token.label) == Kind::Name {
            names.insert(&text[token.start as usize..token.end as usize]);
        }
        if token.label == label::END {
            break;
        }
    }
    names
}

/// The longest text that leaves room for what is added to it.
pub const LONGEST: usize = i32::MAX as usize;

/// All of a text has been read.
struct Grown {
    parser: Parser<'static>,
    adds_newline: bool,
}

fn grow(
    spare: Tree,
    text: &str,
    mut tokens: impl Tokens,
    tables: &'static Tables,
    names: &[Label],
) -> Result<Grown, Box<ParseError>> {
    let mut parser = Parser::new(tables, spare, text.len());
    loop {
        let mut token = tokens.token()?;
        if names.contains(&token.label) {
            token.label = label::NAME;
        }
        let taken = parser.take(token);
        if taken && token.label != label::END {
            continue;
        }
        let adds_newline = tokens.adds_newline();
        if taken {
            return Ok(Grown { parser, adds_newline });
        }
        let text = if adds_newline { format!("{text}\n") } else { text.to_owned() };
        return Err(Box::new(bad_input(&text, token)));
    }
}
