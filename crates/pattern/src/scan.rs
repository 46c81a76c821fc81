//! A tree with what is known of it: which patterns match where, kept true
//! while the tree changes.

use crate::automaton::bind::bind;
use crate::automaton::cache::Cache;
use crate::automaton::table::{SetId, UNKNOWN};
use crate::binding::Match;
use crate::{PatternSet, Tree};

/// For so many nodes the list of states is kept from one tree to the next.
const SPARE: usize = 1 << 15;

/// Answers which patterns match at a node, and what they bind.
///
/// All questions have to be about the tree that the scan was started with. The
/// tree may be changed in between: the scan sees it in [`Tree::changes`], and
/// only what was changed and what is above it is looked at again.
#[derive(Debug)]
pub struct Scan<'s> {
    set: &'s PatternSet,
    /// `None` only while it is given back.
    cache: Option<Cache>,
    /// By index of the node. What is known of a node is known of those of its
    /// children that its class reads.
    states: Vec<SetId>,
    /// How many of the tree's changes these states know of.
    changes: usize,
    /// How many nodes have been read so far, again and again included.
    reads: usize,
}

impl<'s> Scan<'s> {
    pub(crate) fn new<T: Tree>(set: &'s PatternSet, tree: &T) -> Self {
        let mut scan = Self::unread(set, tree);
        let Some(cache) = &mut scan.cache else { return scan };
        let nodes = tree.bottom_up();
        scan.states.resize(nodes.size_hint().0, UNKNOWN);
        for node in nodes {
            let state = cache.node::<T, true>(&set.automaton, tree, node, &scan.states);
            put(&mut scan.states, tree.index(node), state);
        }
        scan.reads = scan.states.len();
        scan
    }

    /// A scan that knows nothing yet, and reads what it is asked about.
    pub(crate) fn unread<T: Tree>(set: &'s PatternSet, tree: &T) -> Self {
        let mut cache = set.take_cache();
        cache.begin();
        let mut states = std::mem::take(&mut cache.spare);
        states.clear();
        Self { set, cache: Some(cache), states, changes: tree.changes().len(), reads: 0 }
    }

    /// The patterns that match at `node`, in their order.
    pub fn matching<T: Tree>(&mut self, tree: &T, node: T::Node) -> Vec<usize> {
        let state = self.state(tree, node);
        let Some(cache) = &self.cache else { return Vec::new() };
        let complete = cache.complete(state).iter().map(|pattern| *pattern as usize);
        complete.filter(|pattern| self.holds(tree, *pattern, node)).collect()
    }

    /// Whether this pattern matches at this node.
    pub fn matches<T: Tree>(&mut self, tree: &T, pattern: usize, node: T::Node) -> bool {
        self.is_complete(tree, pattern, node) && self.holds(tree, pattern, node)
    }

    /// What a pattern binds at a node where it matches.
    pub fn bind<T: Tree>(&mut self, tree: &T, pattern: usize, node: T::Node) -> Option<Match<T::Node>> {
        if self.is_complete(tree, pattern, node) { self.bound(tree, pattern, node) } else { None }
    }

    /// How many nodes have been read so far, each as often as it was.
    pub fn reads(&self) -> usize {
        self.reads
    }

    /// What the tables of this scan take, in bytes.
    pub fn memory(&self) -> usize {
        self.cache.as_ref().map_or(0, Cache::memory)
    }

    /// The way of the scan through the tree: leaf by leaf from left to right,
    /// and behind each leaf the nodes that end with it, from the inner to the
    /// outer.
    pub fn trace<T: Tree>(&mut self, tree: &T, top: T::Node) -> Vec<Traced<T::Node>> {
        let mut open = vec![(top, false)];
        let mut way = Vec::new();
        while let Some((node, is_read)) = open.pop() {
            if is_read {
                let state = self.state(tree, node) as usize;
                way.push(Traced { node, state, complete: self.matching(tree, node) });
            } else {
                open.push((node, true));
                let first = open.len();
                open.extend(tree.children(node).map(|child| (child, false)));
                open[first..].reverse();
            }
        }
        way
    }

    pub(crate) fn matches_at<T: Tree>(&mut self, tree: &T, node: T::Node, found: &mut Vec<Match<T::Node>>) {
        let state = self.state(tree, node);
        let Some(cache) = &self.cache else { return };
        let complete = cache.complete(state).iter();
        found.extend(complete.filter_map(|pattern| self.bound(tree, *pattern as usize, node)));
    }

    fn is_complete<T: Tree>(&mut self, tree: &T, pattern: usize, node: T::Node) -> bool {
        // Reading what has changed since can be much: not where it cannot matter.
        if !self.set.automaton.can_start(pattern, tree.kind(node)) {
            return false;
        }
        let state = self.state(tree, node);
        self.cache
            .as_ref()
            .is_some_and(|cache| cache.complete(state).binary_search(&(pattern as u32)).is_ok())
    }

    /// Whether a pattern whose shape matches also has equal things where they
    /// have to be equal.
    fn holds<T: Tree>(&self, tree: &T, pattern: usize, node: T::Node) -> bool {
        !self.set.patterns[pattern].equal || self.bound(tree, pattern, node).is_some()
    }

    fn bound<T: Tree>(&self, tree: &T, pattern: usize, node: T::Node) -> Option<Match<T::Node>> {
        let automaton = (&self.set.automaton, self.cache.as_ref()?);
        let bound = bind(tree, &self.states, automaton, (pattern, &self.set.patterns[pattern]), node)?;
        Some(self.set.matched(pattern, node, bound))
    }

    fn known<T: Tree>(&self, tree: &T, node: T::Node) -> SetId {
        self.states.get(tree.index(node)).copied().unwrap_or(UNKNOWN)
    }

    /// Forgets what is no longer known: of the node, and of all that it is in.
    fn forget<T: Tree>(&mut self, tree: &T, node: T::Node) {
        put(&mut self.states, tree.index(node), UNKNOWN);
        let mut parent = tree.parent(node);
        while let Some(node) = parent {
            match self.states.get_mut(tree.index(node)) {
                Some(state) if *state != UNKNOWN => *state = UNKNOWN,
                // Nothing is known of what is above it either.
                _ => break,
            }
            parent = tree.parent(node);
        }
    }

    #[cold]
    fn forget_changes<T: Tree>(&mut self, tree: &T) {
        for node in &tree.changes()[self.changes..] {
            self.forget(tree, *node);
        }
        self.changes = tree.changes().len();
    }

    /// The state of a node, computed anew where it or what is below it changed.
    fn state<T: Tree>(&mut self, tree: &T, node: T::Node) -> SetId {
        if tree.changes().len() > self.changes {
            self.forget_changes(tree);
        }
        match self.known(tree, node) {
            UNKNOWN => self.renew(tree, node),
            state => state,
        }
    }

    #[cold]
    fn renew<T: Tree>(&mut self, tree: &T, top: T::Node) -> SetId {
        let automaton = &self.set.automaton;
        if automaton.classes[automaton.class(tree.kind(top))].parts.is_empty() {
            // Nobody asks what is below.
            let Some(cache) = &mut self.cache else { return UNKNOWN };
            let state = cache.node::<T, false>(automaton, tree, top, &self.states);
            self.reads += 1;
            put(&mut self.states, tree.index(top), state);
            return state;
        }
        let mut open = vec![(top, false)];
        let mut state = UNKNOWN;
        while let Some((node, below_is_known)) = open.pop() {
            if !below_is_known {
                open.push((node, true));
                let class = &automaton.classes[automaton.class(tree.kind(node))];
                let unknown = |child: &T::Node| {
                    class.reads[automaton.class(tree.kind(*child))] && self.known(tree, *child) == UNKNOWN
                };
                open.extend(tree.children(node).filter(unknown).map(|child| (child, false)));
                continue;
            }
            let Some(cache) = &mut self.cache else { break };
            state = cache.node::<T, false>(&self.set.automaton, tree, node, &self.states);
            self.reads += 1;
            put(&mut self.states, tree.index(node), state);
        }
        state
    }
}

/// One node on the way of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced<N> {
    pub node: N,
    /// The number of its state, as in the picture of the automaton.
    pub state: usize,
    /// The patterns that match here.
    pub complete: Vec<usize>,
}

impl Drop for Scan<'_> {
    fn drop(&mut self) {
        if let Some(mut cache) = self.cache.take() {
            if self.states.capacity() <= SPARE {
                cache.spare = std::mem::take(&mut self.states);
            }
            self.set.give_back(cache);
        }
    }
}

#[inline]
fn put(states: &mut Vec<SetId>, index: usize, state: SetId) {
    match states.get_mut(index) {
        Some(place) => *place = state,
        None => put_behind(states, index, state),
    }
}

#[cold]
fn put_behind(states: &mut Vec<SetId>, index: usize, state: SetId) {
    states.resize(index, UNKNOWN);
    states.push(state);
}
