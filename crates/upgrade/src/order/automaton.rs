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
    /// What each kind is marked with, and each name.
    kinds: Vec<u8>,
    marks: Vec<u8>,
}

#[derive(Debug, Default)]
struct State {
    /// Few: a list is quicker than a table.
    next: Vec<(u32, StateId)>,
    /// Whose path ends here: as many times as it has ways to here.
    done: Vec<usize>,
}

/// What is known of the nodes of a tree, a byte for each: whether it has been
/// climbed through, and what about it is of interest.
#[derive(Debug, Default)]
pub struct Seen {
    marks: Vec<u8>,
    /// How many of the tree's changes are in there.
    changes: usize,
    /// The nodes of the tree as it was parsed that somebody watches for, in order.
    pub watched: Vec<NodeId>,
}

/// It has been climbed through.
const CHECKED: u8 = 1;
/// A path begins with it.
const BEGINS: u8 = 2;
/// It is a line of several statements.
const SEVERAL: u8 = 4;
/// Somebody watches for it.
const WATCHED: u8 = 8;

impl Seen {
    /// Of how many nodes something is known.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// What there is before anything is known of a tree.
    pub fn clear(&mut self) {
        self.marks.clear();
        self.watched.clear();
        self.changes = 0;
    }

    /// Looks at nodes that are new, and at those that have changed.
    pub fn update(&mut self, automaton: &Automaton, tree: &Tree) {
        let (known, all) = (self.marks.len(), tree.nodes_made());
        self.marks.resize(all, 0);
        for node in tree.made_since(known) {
            let kind = tree.kind(node);
            let mut mark = automaton.kinds[kind.ordinal() as usize];
            if kind == Kind::Name {
                mark = automaton.mark_of_name(tree.value(node));
            } else if kind == Kind::Semi {
                self.note_semicolon(tree, node);
            }
            if mark & WATCHED != 0 && known == 0 {
                self.watched.push(node);
            }
            self.marks[node.index()] |= mark;
        }
        let changes = tree.shape_changes();
        for node in &changes[self.changes..] {
            self.renew(automaton, tree, *node);
        }
        self.changes = changes.len();
    }

    fn note_semicolon(&mut self, tree: &Tree, node: NodeId) {
        if let Some(line) = tree.place(node).filter(|line| tree.kind(*line) == Kind::SimpleStmt) {
            self.marks[line.index()] |= SEVERAL;
        }
    }

    fn renew(&mut self, automaton: &Automaton, tree: &Tree, node: NodeId) {
        let mark = match tree.kind(node) {
            Kind::Name => automaton.mark_of_name(tree.value(node)),
            Kind::SimpleStmt => {
                let is_several = tree.children(node).any(|child| tree.kind(child) == Kind::Semi);
                automaton.kinds[usize::from(Kind::SimpleStmt.ordinal())]
                    | if is_several { SEVERAL } else { 0 }
            }
            _ => return,
        };
        let place = &mut self.marks[node.index()];
        *place = *place & CHECKED | mark;
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
            kinds: Vec::new(),
            marks: Vec::new(),
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
        let begins = |state: &StateId| if *state == ROOT { 0 } else { BEGINS };
        let (kinds, names) = self.first.split_at(FIRST_NAME as usize);
        self.kinds = kinds.iter().map(begins).collect();
        self.marks = names.iter().map(begins).collect();
    }

    /// Lets nodes of these kinds, and names, be noted when they are first seen.
    pub fn watch(&mut self, kinds: &[Kind], words: &[String]) {
        for word in words {
            let next = FIRST_NAME + self.names.len() as u32;
            self.names.entry(word.as_str().into()).or_insert(next);
        }
        self.index();
        for kind in kinds {
            self.kinds[usize::from(kind.ordinal())] |= WATCHED;
        }
        for word in words {
            let place = self.names[word.as_str()] - FIRST_NAME;
            self.marks[place as usize] |= WATCHED;
        }
    }

    #[inline]
    fn mark_of_name(&self, name: &str) -> u8 {
        let key = self.name(name);
        if key == UNKNOWN { 0 } else { self.marks[(key - FIRST_NAME) as usize] }
    }

    /// Whether a path leads over nodes of this kind.
    pub fn knows(&self, kind: Kind) -> bool {
        let key = u32::from(kind.ordinal());
        self.states.iter().any(|state| state.next.iter().any(|(other, _)| *other == key))
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
            Step::Kind(kind) => vec![self.follow(start, u32::from(kind.ordinal()))],
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
            kind => u32::from(kind.ordinal()),
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
    pub fn run(&self, tree: &Tree, from: NodeId, seen: &mut Seen, queues: &mut [Vec<NodeId>]) {
        seen.update(self, tree);
        let mut climb = Climb { automaton: self, tree, marks: &mut seen.marks, queues, state: ROOT };
        if from == tree.root() && tree.is_as_parsed() {
            tree.as_parsed().filter(|node| tree.is_leaf(*node)).for_each(|leaf| climb.from(leaf));
        } else {
            tree.leaves_below(from).for_each(|leaf| climb.from(leaf));
        }
    }
}

/// On the way from leaf to leaf.
struct Climb<'a> {
    automaton: &'a Automaton,
    tree: &'a Tree,
    marks: &'a mut [u8],
    queues: &'a mut [Vec<NodeId>],
    state: StateId,
}

impl Climb<'_> {
    #[inline]
    fn from(&mut self, leaf: NodeId) {
        let mut at = Some(leaf);
        while let Some(node) = at {
            let parent = self.tree.parent(node);
            let mark = self.marks[node.index()];
            // Statements beside each other are looked at once for each of them.
            self.marks[node.index()] = if mark & SEVERAL == 0 { mark | CHECKED } else { mark & !CHECKED };
            let begins = mark & BEGINS != 0;
            if (self.state == ROOT && !begins) || !self.follow(node) {
                let was_at_root = std::mem::replace(&mut self.state, ROOT) == ROOT;
                if parent.is_some_and(|parent| self.marks[parent.index()] & CHECKED != 0) {
                    return;
                }
                if begins && !was_at_root {
                    self.follow(node);
                }
            }
            at = parent;
        }
    }

    /// Goes on over a node; false, and nothing done, if no path does.
    fn follow(&mut self, node: NodeId) -> bool {
        let key = self.automaton.key(self.tree, node);
        let Some(next) = self.automaton.next(self.state, key) else { return false };
        self.state = next;
        for fixer in &self.automaton.states[next as usize].done {
            self.queues[*fixer].push(node);
        }
        true
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
    fn no_path_goes_on_from_one_call_into_the_next() {
        // Candidates are looked for only once in calls of one fixer that are nested in
        // each other. That is all, if no path leads from the inner one over the outer.
        let patterns: Vec<Option<String>> =
            ALL.iter().map(|fixer| fixer.pattern().filter(|_| !fixer.traversal)).collect();
        let automaton = Automaton::new(patterns.iter().map(Option::as_deref)).unwrap();
        let made = [Kind::Power, Kind::Atom, Kind::Comparison, Kind::Dictsetmaker, Kind::TryStmt];
        for state in &automaton.states {
            for (_, behind) in
                state.next.iter().filter(|(key, _)| made.iter().any(|kind| u32::from(kind.ordinal()) == *key))
            {
                for (_, above) in &automaton.states[*behind as usize].next {
                    assert!(automaton.states[*above as usize].next.is_empty());
                }
            }
        }
    }

    #[test]
    fn a_node_is_queued_once_for_each_way_to_it() {
        let patterns = ["power< ('a' | 'b' trailer< any* > | 'a' any) any* >", "STRING | 'c'"];
        let automaton = Automaton::new(patterns.map(Some)).unwrap();
        let text = "a(1)\nb(c)\n''\n".to_owned();
        let tree = crate::parse(text, crate::Dialect::default()).unwrap().tree;
        let mut queues = vec![Vec::new(); 2];
        automaton.run(&tree, tree.root(), &mut Seen::default(), &mut queues);
        let texts = |queue: &[NodeId]| queue.iter().map(|node| tree.text(*node)).collect::<Vec<_>>();
        assert_eq!(texts(&queues[0]), ["a(1)", "a(1)", "b(c)"]);
        assert_eq!(texts(&queues[1]), ["c", "''"]);
    }
}
