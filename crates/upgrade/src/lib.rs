//! 2to3: a lossless tree of Python 2 and 3, and what is done to it.
//!
//! `Tree` has the shape that lib2to3's trees have, so that patterns and fixers
//! mean here what they have always meant.
//!
//! ```
//! use spacetime_upgrade::{Dialect, Kind, Source, parse};
//!
//! let (text, written) = Source::decode(b"print a\n".to_vec())?.into_parts();
//! // lib2to3 adds a newline to every file, and takes it away in the end.
//! let mut tree = parse(text + "\n", Dialect::default())?.tree;
//! let print = tree.pre_order(tree.root()).find(|node| tree.kind(*node) == Kind::PrintStmt);
//! let name = print.and_then(|print| tree.child(print, 1));
//! if let Some(name) = name {
//!     let new = tree.new_leaf_after(Kind::Name, "b", tree.prefix(name).to_owned().as_str());
//!     tree.replace(name, &[new]);
//! }
//! let changed = tree.text(tree.root());
//! assert_eq!(written.encode(&changed[..changed.len() - 1])?, b"print b\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod beyond;
mod context;
mod fixer;
pub mod fixers;
mod found;
mod graph;
mod kind;
mod matching;
mod order;
mod own;
mod parse;
mod pieces;
mod refactor;
mod shape;
mod source;
mod text;
mod told;
mod tree;
mod trouble;
mod unicode;
mod unicode_tables;
pub mod util;

pub use context::{Context, FileNotes, FixerNotes};
pub use fixer::{Fix, Fixer, Order, Outcome, Sweep, Transform, Wanted};
pub use found::{Asker, Found, parse_pattern};
pub use graph::{patterns_dot, patterns_trace};
pub use kind::Kind;
pub use own::{OwnError, OwnFixer, Part};
pub use parse::{Dialect, ParseError, Parsed, future_features, parse, used_names};
pub use refactor::{Phase, Refactoring};
pub use shape::Shape;
pub use source::{Source, SourceError, Written};
pub use text::{DoctestError, Doctests, Failure, Refactored};
pub use tree::{Children, NodeId, Tree};
pub use trouble::Trouble;
pub use unicode::repr as py_repr;
