//! What the 2to3 notation has to be told about the tree that it describes.

use crate::Kind;

/// The grammar behind the names and literals of 2to3's notation.
#[derive(Clone, Copy)]
pub struct Symbols<'a> {
    /// The kind that is called so: `power`, `NAME`, `STRING`, `NUMBER`.
    pub named: &'a dyn Fn(&str) -> Option<Kind>,
    /// The kind of an operator or of punctuation, by its text: `(`, `**=`.
    pub operator: &'a dyn Fn(&str) -> Option<Kind>,
}

impl std::fmt::Debug for Symbols<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Symbols")
    }
}
