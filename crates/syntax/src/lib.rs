//! Python source to tree: the only crate that names the parser.
//!
//! Everything above works on [`Module`] (text, tokens, comments, tree) and
//! [`Tree`] (the same tree, flat, with a number and a parent for every node).
//! Names, scopes and rules are unknown here.

mod depth;
pub use depth::depth;
mod module;
mod tree;

pub use module::{Module, SourceKind, SyntaxProblem};
pub use ruff_python_ast as ast;
pub use ruff_python_ast::token::{Token, TokenKind};
pub use tree::{Node, NodeId, Tree};
