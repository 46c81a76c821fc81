//! Text without meaning: spans, lines, edits and diffs.
//!
//! A rewrite is a set of edits to the source (never a changed tree), so this
//! is the one place where text is changed. It knows nothing of Python.

mod diff;
mod difflib;
mod edit;
mod line;

pub use diff::unified_diff;
pub use difflib::{difflib_unified, python_lines, python_lines_with_ends};
pub use edit::{Edit, Edits, Overlap};
pub use line::{Lines, Position};
pub use ruff_text_size::{Ranged, TextRange as Span, TextSize as Offset};
