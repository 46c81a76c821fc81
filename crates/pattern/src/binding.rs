//! What a match says: which pattern, which node, and what its names stand for.

use std::fmt;
use std::sync::Arc;

use crate::tree::{Tree, equal};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding<N> {
    One(N),
    Many(Box<[N]>),
}

/// What is bound, by name.
pub(crate) type Bound<N> = Vec<Option<Binding<N>>>;

/// A place where a pattern matches, and what its names stand for.
#[derive(Clone, PartialEq, Eq)]
pub struct Match<N> {
    /// The number of the pattern in its set.
    pub pattern: usize,
    pub node: N,
    pub(crate) names: Arc<[Box<str>]>,
    pub(crate) bindings: Bound<N>,
}

impl<N: Copy> Match<N> {
    /// What `$NAME` or `name=node` stands for.
    pub fn one(&self, name: &str) -> Option<N> {
        match self.get(name)? {
            Binding::One(node) => Some(*node),
            Binding::Many(_) => None,
        }
    }

    /// What `$$$NAME` or `name=(group)` stands for; nothing when there is no
    /// such name.
    pub fn many(&self, name: &str) -> &[N] {
        match self.get(name) {
            Some(Binding::Many(nodes)) => nodes,
            _ => &[],
        }
    }

    /// `None` when there is no such name, or the match went another way.
    pub fn get(&self, name: &str) -> Option<&Binding<N>> {
        let at = self.names.iter().position(|known| **known == *name)?;
        self.bindings.get(at)?.as_ref()
    }

    /// Every name that is bound, in the order of the pattern's names.
    pub fn bindings(&self) -> impl Iterator<Item = (&str, &Binding<N>)> {
        let all = self.names.iter().zip(&self.bindings);
        all.filter_map(|(name, binding)| Some((&**name, binding.as_ref()?)))
    }
}

impl<N: fmt::Debug> fmt::Debug for Match<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:?} ", self.pattern, self.node)?;
        let bound = self.names.iter().zip(&self.bindings);
        f.debug_map().entries(bound.filter_map(|(name, binding)| Some((name, binding.as_ref()?)))).finish()
    }
}

pub(crate) fn same<T: Tree>(tree: &T, a: &Binding<T::Node>, b: &Binding<T::Node>) -> bool {
    match (a, b) {
        (Binding::One(a), Binding::One(b)) => equal(tree, *a, *b),
        (Binding::Many(a), Binding::Many(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(tree, *a, *b))
        }
        _ => false,
    }
}
