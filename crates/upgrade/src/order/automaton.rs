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
    states: Vec<State>,
}

#[derive(Debug, Default)]
struct State {
    next: FxHashMap<u32, StateId>,
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
        let mut automaton = Self { names: FxHashMap::default(), states: vec![State::default()] };
        for (number, pattern) in patterns.into_iter().enumerate() {
            if let Some(path) = pattern.map(parse).transpose()?.as_ref().and_then(path_of) {
                for end in automaton.add(&path, ROOT) {
                    automaton.states[end as usize].done.push(number);
                }
            }
        }
        Ok(automaton)
    }

    /// How many states there are.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    pub fn is_empty(&self) -> bool {
        self.states.len() == 1
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
        let state = *self.states[from as usize].next.entry(key).or_insert(next);
        if state == next {
            self.states.push(State::default());
        }
        state
    }

    /// What a node is to the automaton: a name its text, everything else its kind.
    fn key(&self, tree: &Tree, node: NodeId) -> Option<u32> {
        match tree.kind(node) {
            Kind::Name => self.names.get(tree.value(node)).copied(),
            kind => Some(u32::from(kind.number())),
        }
    }

    fn next(&self, state: StateId, key: Option<u32>) -> Option<StateId> {
        self.states[state as usize].next.get(&key?).copied()
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
