//! 2to3: a lossless tree of Python 2 and 3, and what is done to it.
//!
//! `Tree` has the shape that lib2to3's trees have, so that patterns and fixers
//! mean here what they have always meant.

mod context;
mod fixer;
pub mod fixers;
mod found;
mod kind;
mod matching;
mod order;
mod parse;
mod refactor;
mod shape;
mod source;
mod text;
mod tree;
mod trouble;
mod unicode;
mod unicode_tables;
pub mod util;

pub use context::{Context, FileNotes, FixerNotes};
pub use fixer::{Fix, Fixer, Order, Outcome, Transform, Wanted};
pub use found::{Asker, Found, parse_pattern};
pub use kind::Kind;
pub use parse::{Dialect, ParseError, Parsed, future_features, parse};
pub use refactor::Refactoring;
pub use shape::Shape;
pub use source::{Source, SourceError, Written};
pub use text::{DoctestError, Doctests, Failure, Refactored};
pub use tree::{Children, NodeId, Tree};
pub use trouble::Trouble;
pub use unicode::repr as py_repr;
