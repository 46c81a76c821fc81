//! What a fixer learns about a match.

use spacetime_pattern::{Binding, Match, Pattern, PatternError, Scan, Symbols};

use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::trouble::Trouble;

/// A match: the node, and what the names of the pattern stand for.
#[derive(Clone, Debug)]
pub struct Found {
    pub node: NodeId,
    bound: Bound,
}

#[derive(Clone, Debug)]
enum Bound {
    Nothing,
    Match(Match<NodeId>),
    Listed(Vec<(Box<str>, Binding<NodeId>)>),
}

impl Found {
    /// A match without a pattern.
    pub fn bare(node: NodeId) -> Self {
        Self { node, bound: Bound::Nothing }
    }

    /// A match with these names.
    pub(crate) fn listed(node: NodeId, names: Vec<(Box<str>, Binding<NodeId>)>) -> Self {
        Self { node, bound: Bound::Listed(names) }
    }

    /// Whether the name is bound, to whatever it be: `"name" in results`.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// What is bound to the name: a node, or the first of a list
    /// (`name=('a' | 'b')` binds a list of one).
    pub fn one(&self, name: &str) -> Option<NodeId> {
        self.many(name).first().copied()
    }

    /// As [`Found::one`], where the pattern cannot have matched without it.
    pub fn need(&self, name: &str) -> Result<NodeId, Trouble> {
        self.one(name).ok_or_else(|| Trouble::new(format!("the match has no `{name}`")))
    }

    /// The nodes that are bound to the name; none if it is not bound.
    pub fn many(&self, name: &str) -> &[NodeId] {
        match self.get(name) {
            Some(Binding::Many(nodes)) => nodes,
            Some(Binding::One(node)) => std::slice::from_ref(node),
            None => &[],
        }
    }

    fn get(&self, name: &str) -> Option<&Binding<NodeId>> {
        match &self.bound {
            Bound::Nothing => None,
            Bound::Match(found) => found.get(name),
            Bound::Listed(all) => all.iter().find(|(known, _)| **known == *name).map(|(_, binding)| binding),
        }
    }
}

/// Asks about the pattern of one fixer, in the tree as it is now.
#[derive(Debug)]
pub struct Asker<'m, 's> {
    pub(crate) scan: &'m mut Scan<'s>,
    /// The number of the pattern in the set; nothing for a fixer that goes by kind.
    pub(crate) pattern: Option<usize>,
}

impl Asker<'_, '_> {
    /// The match at a node. A fixer without a pattern matches everything.
    pub fn ask(&mut self, tree: &Tree, node: NodeId) -> Option<Found> {
        match self.pattern {
            None => Some(Found::bare(node)),
            Some(pattern) => {
                let bound = self.scan.bind(tree, pattern, node)?;
                Some(Found { node, bound: Bound::Match(bound) })
            }
        }
    }

    /// Whether the pattern matches at a node.
    pub fn is_match(&mut self, tree: &Tree, node: NodeId) -> bool {
        self.pattern.is_none_or(|pattern| self.scan.matches(tree, pattern, node))
    }
}

/// `Name` for a text that begins with `_`, which lib2to3 takes for the text of any token. No
/// other has such a text; but who does not know that looks at the text of every token.
fn name(text: &str) -> Option<Kind> {
    let is_word = |char: char| char == '_' || char.is_ascii_alphanumeric();
    (text.starts_with('_') && text.chars().all(is_word)).then_some(Kind::Name)
}

/// Reads a pattern in the notation of 2to3.
pub fn parse_pattern(text: &str) -> Result<Pattern, PatternError> {
    let symbols = Symbols {
        named: &|name| Kind::named(name).map(Kind::ordinal),
        operator: &|text| Kind::of_operator(text).or_else(|| name(text)).map(Kind::ordinal),
    };
    Pattern::parse_2to3(text, &symbols)
}
