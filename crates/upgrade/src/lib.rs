//! 2to3: a lossless tree of Python 2 and 3, and what is done to it.
//!
//! `Tree` has the shape that lib2to3's trees have, so that patterns and fixers
//! mean here what they have always meant.

mod kind;
mod matching;
mod parse;
mod source;
mod tree;
mod unicode;
mod unicode_tables;

pub use kind::Kind;
pub use parse::{Dialect, ParseError, Parsed, future_features, parse};
pub use source::{Source, SourceError, Written};
pub use tree::{Children, NodeId, Tree};
