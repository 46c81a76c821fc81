//! What a rule may look at: the tree, what is known about it, the target.

use spacetime_pattern::Match;
use spacetime_semantic::Model;
use spacetime_syntax::{NodeId, Tree};

/// A place where one of the rule's patterns matched.
pub type Found = Match<NodeId>;

/// Everything a rule may ask. Immutable, and ignorant of who runs the rule.
#[derive(Clone, Copy)]
pub struct Context<'a, 'm> {
    pub tree: &'a Tree<'m>,
    pub model: &'a Model<'m>,
    /// The oldest Python 3 minor version that the result has to run on.
    pub target_minor: u8,
}
