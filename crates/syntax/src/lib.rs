//! Python source to tree: the only crate that names the parser.
//!
//! Everything above works on [`Module`] (text, tokens, comments, tree) and
//! [`Tree`] (the same tree, flat, with a number and a parent for every node).
//! Names, scopes and rules are unknown here.

mod encoding;
mod layout;
mod module;
mod nesting;
mod source;
mod stack;
mod tree;
mod unannotated;

pub use layout::{needs_parentheses, needs_parentheses_as_operand};
pub use module::{Module, SourceKind, SyntaxProblem};
pub use ruff_python_ast as ast;
pub use ruff_python_ast::token::{Token, TokenKind};
pub use source::{DecodeProblem, EncodeProblem, Source};
pub use stack::with_deep_stack;
pub use tree::{Node, NodeId, Tree};
