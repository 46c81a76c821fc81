//! All patterns at once.

use std::sync::{Arc, Mutex, PoisonError};

use crate::automaton::Automaton;
use crate::automaton::cache::{Cache, LIMIT};
use crate::binding::{Bound, Match};
use crate::scan::Scan;
use crate::{Pattern, Tree};

/// Patterns that are looked for together.
#[derive(Debug)]
pub struct PatternSet {
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) automaton: Automaton,
    /// Caches that no scan has at the moment; one for each thread in the end.
    caches: Mutex<Vec<Cache>>,
    limit: usize,
}

impl PatternSet {
    pub fn new(patterns: impl IntoIterator<Item = Pattern>) -> Self {
        let patterns: Vec<_> = patterns.into_iter().collect();
        let automaton = Automaton::new(&patterns);
        Self { patterns, automaton, caches: Mutex::default(), limit: LIMIT }
    }

    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Every match of every pattern: in source order of the nodes, at one node
    /// in the order of the patterns, at most one per pattern and node.
    pub fn scan<T: Tree>(&self, tree: &T) -> Vec<Match<T::Node>> {
        let mut scan = self.start(tree);
        let mut found = Vec::new();
        for node in tree.nodes() {
            scan.matches_at(tree, node, &mut found);
        }
        found
    }

    /// A scan that can be asked about single nodes, also after changes.
    pub fn start<T: Tree>(&self, tree: &T) -> Scan<'_> {
        Scan::new(self, tree)
    }

    /// A scan that reads nodes only when it is asked about them, and below them
    /// only what matters: for trees where few nodes are asked about.
    pub fn start_unread<T: Tree>(&self, tree: &T) -> Scan<'_> {
        Scan::unread(self, tree)
    }

    /// How much memory the tables of one thread may take; they are emptied when
    /// it is passed, which costs time and changes nothing else. What one list of
    /// children needs is added to it, and what the nodes of one tree need.
    pub fn limit_memory(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    pub(crate) fn take_cache(&self) -> Cache {
        let cache = self.caches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut cache = cache.unwrap_or_else(|| Cache::new(&self.automaton));
        cache.limit = self.limit;
        cache
    }

    pub(crate) fn give_back(&self, cache: Cache) {
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).push(cache);
    }

    pub(crate) fn matched<N>(&self, pattern: usize, node: N, bindings: Bound<N>) -> Match<N> {
        Match { pattern, node, names: Arc::clone(&self.patterns[pattern].names), bindings }
    }
}

impl FromIterator<Pattern> for PatternSet {
    fn from_iter<I: IntoIterator<Item = Pattern>>(patterns: I) -> Self {
        Self::new(patterns)
    }
}
