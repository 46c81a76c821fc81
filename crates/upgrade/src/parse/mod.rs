//! Source to tree: what lib2to3 reads, exactly as it does; and, where it gives
//! up, what Python has learnt since.

mod error;
mod future;
mod label;
mod lexer;
mod notation;
mod number;
mod parser;
mod quoted;
mod tables;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use error::ParseError;
pub use future::future_features;

use crate::tree::Tree;
use label::Label;
use lexer::Lexer;
use parser::{Parser, bad_input};
use tables::{PYTHON, Tables};

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
}

const PRINT_FUNCTION: &str = "print_function";

/// Reads a text as lib2to3 does.
///
/// The text should end with a newline: lib2to3 adds one to every file.
pub fn parse(text: String, dialect: Dialect) -> Result<Parsed, Box<ParseError>> {
    let features = future_features(&text);
    // `print_function` in the file puts `exec` back, whatever was asked for.
    let names: &[Label] = if dialect.print_function || features.contains(PRINT_FUNCTION) {
        &[label::PRINT]
    } else if dialect.exec_function {
        &[label::EXEC]
    } else {
        &[]
    };
    Ok(Parsed { tree: grow(text, &PYTHON, names)?, features })
}

/// The longest text that leaves room for what is added to it.
const LONGEST: usize = i32::MAX as usize;

fn grow(mut text: String, tables: &Tables, names: &[Label]) -> Result<Tree, Box<ParseError>> {
    if text.len() > LONGEST {
        return Err(Box::new(ParseError::Long));
    }
    let mut lexer = Lexer::new(&text);
    let mut parser = Parser::new(tables);
    let wrong = loop {
        let mut token = lexer.token()?;
        if names.contains(&token.label) {
            token.label = label::NAME;
        }
        if !parser.take(token) {
            break Some(token);
        }
        if token.label == label::END {
            break None;
        }
    };
    if lexer.adds_newline() {
        text.push('\n');
    }
    match wrong {
        Some(token) => Err(Box::new(bad_input(&text, token))),
        None => Ok(parser.tree(text)),
    }
}
