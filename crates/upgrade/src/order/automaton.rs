//! The automaton that climbs from leaves, and what it finds in which order.

use rustc_hash::FxHashMap;

use super::notation::{NotationError, parse};
use super::path::{Step, path_of};
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};

/// Names have numbers from here on, kinds have theirs below.
const FIRST_NAME: u32 = 1000;
/// What no state knows.
const UNKNOWN: u32 = u32::MAX;

type StateId = u32;
const ROOT: StateId = 0;

/// The paths of all patterns, as one tree of states.
#[derive(Debug)]
pub struct Automaton {
    names: FxHashMap<Box<str>, u32>,
    /// For each first byte the lengths of the names that begin with it, as bits.
    lengths: Vec<u64>,
    states: Vec<State>,
    /// Where each key leads from the root; the root itself if nowhere.
    first: Vec<StateId>,
}

#[derive(Debug, Default)]
struct State {
    /// Few: a list is quicker than a table.
    next: Vec<(u32, StateId)>,
    /// Whose path ends here: as many times as it has ways to here.
    done: Vec<usize>,
}

/// Which nodes have been climbed through.
#[derive(Debug, Default)]
pub struct Checked(Vec<bool>);

impl Checked {
    fn set(&mut self, node: NodeId, checked: bool) {
        let at = node.index();
        if at >= self.0.len() {
            self.0.resize(at + 1, false);
        }
        self.0[at] = checked;
    }

    fn has(&self, node: NodeId) -> bool {
        self.0.get(node.index()).copied().unwrap_or(false)
    }

    /// For as many nodes as the tree has now.
    pub fn for_tree(tree: &Tree) -> Self {
        Self(vec![false; tree.nodes_made()])
    }
}

impl Automaton {
    /// The automaton for these patterns; fixers without one are not in it.
    pub fn new<'a>(patterns: impl IntoIterator<Item = Option<&'a str>>) -> Result<Self, NotationError> {
        let mut automaton = Self {
            names: FxHashMap::default(),
            lengths: vec![0; 256],
            states: vec![State::default()],
            first: Vec::new(),
        };
        for (number, pattern) in patterns.into_iter().enumerate() {
            if let Some(path) = pattern.map(parse).transpose()?.as_ref().and_then(path_of) {
                for end in automaton.add(&path, ROOT) {
                    automaton.states[end as usize].done.push(number);
                }
            }
        }
        automaton.index();
        Ok(automaton)
    }

    /// Makes the tables that answer quickly.
    fn index(&mut self) {
        for name in self.names.keys() {
            if let Some(byte) = name.as_bytes().first() {
                self.lengths[usize::from(*byte)] |= length_bit(name);
            }
        }
        self.first = vec![ROOT; FIRST_NAME as usize + self.names.len()];
        for (key, state) in &self.states[ROOT as usize].next {
            if let Some(place) = self.first.get_mut(*key as usize) {
                *place = *state;
            }
        }
    }

    /// How many states there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.states.len()
    }

    fn add(&mut self, path: &[Step], start: StateId) -> Vec<StateId> {
        let Some((first, rest)) = path.split_first() else { return vec![start] };
        let starts = match first {
            Step::Either(ways) => ways.iter().flat_map(|way| self.add(way, start)).collect(),
            Step::Name(name) => {
                let next = FIRST_NAME + self.names.len() as u32;
                let key = *self.names.entry(name.as_str().into()).or_insert(next);
                vec![self.follow(start, key)]
            }
            Step::Kind(kind) => vec![self.follow(start, u32::from(kind.number()))],
            Step::Nothing => vec![self.follow(start, UNKNOWN)],
        };
        starts.into_iter().flat_map(|start| self.add(rest, start)).collect()
    }

    fn follow(&mut self, from: StateId, key: u32) -> StateId {
        let next = self.states.len() as StateId;
        let known = self.states[from as usize].next.iter().find(|(other, _)| *other == key);
        if let Some((_, state)) = known {
            return *state;
        }
        self.states[from as usize].next.push((key, next));
        self.states.push(State::default());
        next
    }

    /// What a node is to the automaton: a name its text, everything else its kind.
    #[inline]
    fn key(&self, tree: &Tree, node: NodeId) -> u32 {
        match tree.kind(node) {
            Kind::Name => self.name(tree.value(node)),
            kind => u32::from(kind.number()),
        }
    }

    #[inline]
    fn name(&self, name: &str) -> u32 {
        match name.as_bytes().first() {
            Some(byte) if self.lengths[usize::from(*byte)] & length_bit(name) != 0 => {
                self.names.get(name).copied().unwrap_or(UNKNOWN)
            }
            _ => UNKNOWN,
        }
    }

    #[inline]
    fn next(&self, state: StateId, key: u32) -> Option<StateId> {
        if state == ROOT {
            return self.first.get(key as usize).copied().filter(|next| *next != ROOT);
        }
        // A key that nothing is stands in some paths, but no node has it.
        let next = &self.states[state as usize].next;
        next.iter().find(|(other, _)| *other == key && key != UNKNOWN).map(|(_, next)| *next)
    }

    /// Climbs from each leaf at or below `from`, and appends to the queue of
    /// each fixer the nodes where its path ended.
    ///
    /// A climb ends where it cannot go on and somebody has been before, but
    /// the state it is in is not lost with it: the next leaf begins there.
    pub fn run(&self, tree: &Tree, from: NodeId, checked: &mut Checked, queues: &mut [Vec<NodeId>]) {
        let mut state = ROOT;
        for leaf in tree.leaves(from) {
            let mut at = Some(leaf);
            while let Some(node) = at {
                let parent = tree.parent(node);
                // Statements beside each other are looked at once for each of them.
                let again = tree.kind(node) == Kind::SimpleStmt
                    && tree.children(node).any(|child| tree.kind(child) == Kind::Semi);
                checked.set(node, !again);
                let key = self.key(tree, node);
                if let Some(next) = self.next(state, key) {
                    state = next;
                    self.report(state, node, queues);
                } else {
                    state = ROOT;
                    if parent.is_some_and(|parent| checked.has(parent)) {
                        break;
                    }
                    if let Some(next) = self.next(ROOT, key) {
                        state = next;
                        self.report(state, node, queues);
                    }
                }
                at = parent;
            }
        }
    }

    fn report(&self, state: StateId, node: NodeId, queues: &mut [Vec<NodeId>]) {
        for fixer in &self.states[state as usize].done {
            queues[*fixer].push(node);
        }
    }
}

/// The bit of a name's length; all long ones share one.
#[inline]
fn length_bit(name: &str) -> u64 {
    1 << name.len().min(63)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixers::ALL;

    #[test]
    fn it_is_as_large_as_that_of_lib2to3() {
        let patterns: Vec<Option<String>> =
            ALL.iter().map(|fixer| fixer.pattern().filter(|_| !fixer.traversal)).collect();
        let automaton = Automaton::new(patterns.iter().map(Option::as_deref)).unwrap();
        assert_eq!(automaton.len(), 526);
    }

    #[test]
    fn a_node_is_queued_once_for_each_way_to_it() {
        let patterns = ["power< ('a' | 'b' trailer< any* > | 'a' any) any* >", "STRING | 'c'"];
        let automaton = Automaton::new(patterns.map(Some)).unwrap();
        let text = "a(1)\nb(c)\n''\n".to_owned();
        let tree = crate::parse(text, crate::Dialect::default()).unwrap().tree;
        let mut queues = vec![Vec::new(); 2];
        automaton.run(&tree, tree.root(), &mut Checked::for_tree(&tree), &mut queues);
        let texts = |queue: &[NodeId]| queue.iter().map(|node| tree.text(*node)).collect::<Vec<_>>();
        assert_eq!(texts(&queues[0]), ["a(1)", "a(1)", "b(c)"]);
        assert_eq!(texts(&queues[1]), ["c", "''"]);
    }
}
