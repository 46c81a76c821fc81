//! What is known about one module.

use spacetime_syntax::Tree;

/// Answers questions about a module; facts about a function are worked out
/// when they are first asked for.
#[derive(Debug)]
pub struct Model<'m> {
    pub tree: &'m Tree<'m>,
}
