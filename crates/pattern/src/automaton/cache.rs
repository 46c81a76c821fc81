//! What has been computed of the automaton so far.
//!
//! A node's state is the set of tests that hold for it. It is found by reading
//! its children from right to left: `columns` says what a child is to this class
//! of parents, `steps` goes from one state of reading to the next, and `results`
//! from the last one, with the node's label, to the node's own state. What is
//! not there yet is computed once and kept, until there is too much of it.
//!
//! The state of a child is asked for only where its parent can tell it by more
//! than its kind: so below a node not much has to be read.
//!
//! What is looked up for every node lies close together: a few bytes for each
//! class ([`Look`]), and the [`Tables`] without the sets that they were made of.

use crate::automaton::Automaton;
use crate::automaton::class::{Labels, Look, NO_LABEL, NO_LETTER, ONLY_LABEL, OTHER_LABEL};
use crate::automaton::table::{Grid, Near, SetId, Sets, Steps, UNKNOWN, UNKNOWN_NEAR, near};
use crate::tree::Tree;

/// Places for the roles of children, in a column for each state and role.
const ROLES: u32 = 8;

/// How much memory a cache may take before it is emptied, in bytes.
pub(crate) const LIMIT: usize = 64 << 20;

#[derive(Debug)]
pub(crate) struct Cache {
    /// The states of nodes: tests that hold.
    pub sets: Sets,
    /// For each of them, the patterns that match there.
    complete: Vec<Box<[u32]>>,
    pub classes: Vec<Tables>,
    bytes: usize,
    pub limit: usize,
    /// Whether it is to be emptied before the next node.
    is_over: bool,
    /// How often it has been emptied.
    pub flushes: usize,
    /// The list that the last scan has kept its states in, for the next one.
    pub spare: Vec<SetId>,
    scratch: Scratch,
}

/// What is known of one class of nodes.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// What the child is: by its class where that says all, behind these by its
    /// state; and by its role. The symbol of that.
    pub columns: Vec<Near>,
    pub steps: Steps,
    pub results: Grid,
    /// The state of reading behind the last child.
    pub initial: SetId,
    /// States of reading: steps of the class that lead to the end of the siblings.
    pub states: Box<Sets>,
    /// What a child can be to this class: letters.
    pub symbols: Box<Sets>,
}

impl Tables {
    fn bytes(&self) -> usize {
        let columns = self.columns.capacity() * size_of::<Near>();
        self.states.bytes() + self.symbols.bytes() + self.steps.bytes() + self.results.bytes() + columns
    }
}

#[derive(Debug, Default)]
struct Scratch {
    children: Vec<u32>,
    after: Vec<bool>,
    letters: Vec<bool>,
    now: Vec<bool>,
    set: Vec<u32>,
}

impl Cache {
    pub fn new(automaton: &Automaton) -> Self {
        let mut classes = Vec::new();
        classes.resize_with(automaton.classes.len(), Tables::default);
        let (sets, complete) = (Sets::default(), Vec::new());
        let (spare, scratch) = (Vec::new(), Scratch::default());
        let is_over = false;
        Self { sets, complete, classes, bytes: 0, limit: LIMIT, is_over, flushes: 0, spare, scratch }
    }

    /// Takes over states of nodes that were computed elsewhere, with the tables
    /// that are here already.
    pub fn adopt(&mut self, automaton: &Automaton, sets: Sets) {
        self.complete = sets.iter().map(|set| completed(automaton, set)).collect();
        self.sets = sets;
        self.bytes = self.classes.iter().map(Tables::bytes).sum();
    }

    /// What is known takes so many bytes.
    #[inline]
    pub fn memory(&self) -> usize {
        self.bytes + self.sets.bytes()
    }

    /// Before a tree: nothing refers to states of nodes any more.
    pub fn begin(&mut self) {
        if self.memory() > self.limit {
            self.flush();
            self.sets = Sets::default();
            self.complete.clear();
        }
    }

    fn flush(&mut self) {
        self.classes.iter_mut().for_each(|tables| *tables = Tables::default());
        self.bytes = 0;
        self.is_over = false;
        self.flushes += 1;
    }

    /// Notes what something new takes.
    fn grown(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.is_over = self.memory() > self.limit;
    }

    /// The tests that hold in a state, in ascending order.
    pub fn tests(&self, state: SetId) -> &[u32] {
        self.sets.get(state)
    }

    /// The patterns that match in a state, in ascending order.
    pub fn complete(&self, state: SetId) -> &[u32] {
        &self.complete[state as usize - 1]
    }

    /// The state of a node; the states of the children that it reads are known,
    /// and of all children if `ALL` says so.
    #[inline]
    pub fn node<T: Tree, const ALL: bool>(
        &mut self,
        automaton: &Automaton,
        tree: &T,
        node: T::Node,
        states: &[SetId],
    ) -> SetId {
        if self.is_over {
            self.flush();
        }
        let number = automaton.class(tree.kind(node));
        let look = automaton.looks[number];
        let mut state = self.initial(automaton, number);
        if look.reads_children {
            let classes = automaton.looks.len() as u32;
            let column = |child| {
                let column = if ALL {
                    classes + states[tree.index(child)]
                } else {
                    match automaton.class(tree.kind(child)) {
                        own if automaton.classes[number].reads[own] => classes + states[tree.index(child)],
                        own => own as u32,
                    }
                };
                if look.asks_role { column * ROLES + u32::from(tree.role(child)) } else { column }
            };
            state = match tree.children_back(node) {
                Some(children) => self.read_all(automaton, number, state, children.map(column)),
                None => {
                    let mut children = std::mem::take(&mut self.scratch.children);
                    children.clear();
                    children.extend(tree.children(node).map(column));
                    let state = self.read_all(automaton, number, state, children.iter().rev().copied());
                    self.scratch.children = children;
                    state
                }
            };
        }
        let column = label_column(automaton, number, look, tree, node);
        let whole = !look.asks_whole || tree.is_whole(node);
        self.result(automaton, number, state, column * 2 + u32::from(whole))
    }

    /// The state of reading before the first of these children; the last comes first.
    #[inline]
    fn read_all(
        &mut self,
        automaton: &Automaton,
        class: usize,
        start: SetId,
        children: impl Iterator<Item = u32>,
    ) -> SetId {
        let mut state = start;
        for child in children {
            let tables = &self.classes[class];
            // No symbol is zero, so what is not known is not known of that column either.
            let symbol = tables.columns.get(child as usize).map_or(UNKNOWN, |symbol| SetId::from(*symbol));
            state = match tables.steps.get(state, symbol) {
                UNKNOWN => self.step(automaton, class, state, child),
                next => next,
            };
        }
        state
    }

    #[inline]
    fn initial(&mut self, automaton: &Automaton, class: usize) -> SetId {
        match self.classes[class].initial {
            UNKNOWN => self.read(automaton, class, None),
            initial => initial,
        }
    }

    /// From one state of reading to the next, over a child.
    #[cold]
    fn step(&mut self, automaton: &Automaton, class: usize, state: SetId, child: u32) -> SetId {
        let tables = &self.classes[class];
        let symbol = match tables.columns.get(child as usize) {
            None | Some(&UNKNOWN_NEAR) => self.symbol(automaton, class, child),
            Some(symbol) => SetId::from(*symbol),
        };
        match self.classes[class].steps.get(state, symbol) {
            UNKNOWN => self.read(automaton, class, Some((state, symbol))),
            next => next,
        }
    }

    #[inline]
    fn result(&mut self, automaton: &Automaton, class: usize, state: SetId, column: u32) -> SetId {
        match self.classes[class].results.get(state, column) {
            UNKNOWN => self.conclude(automaton, class, state, column),
            result => result,
        }
    }

    /// What a child in this state, and of this role, is to the class.
    #[cold]
    fn symbol(&mut self, automaton: &Automaton, number: usize, child: u32) -> SetId {
        let class = &automaton.classes[number];
        let (column, role) =
            if class.look.asks_role { (child / ROLES, Some(child % ROLES)) } else { (child, None) };
        let tests = match column.checked_sub(automaton.classes.len() as u32) {
            Some(state) => self.sets.get(state),
            None => &automaton.classes[column as usize].tests,
        };
        let set = &mut self.scratch.set;
        set.clear();
        for (letter, wanted) in class.letters.iter().enumerate() {
            let in_place = wanted.role.is_none_or(|wanted| role == Some(u32::from(wanted)));
            if in_place && tests.binary_search(&wanted.test).is_ok() {
                set.push(letter as u32);
            }
        }
        let tables = &mut self.classes[number];
        let before = tables.bytes();
        let symbol = tables.symbols.number(set);
        if tables.columns.len() <= child as usize {
            tables.columns.resize(child as usize + 1, UNKNOWN_NEAR);
        }
        tables.columns[child as usize] = near(symbol);
        let more = tables.bytes() - before;
        self.grown(more);
        symbol
    }

    /// The state of reading behind the last child, or before a child that is
    /// read in some state.
    #[cold]
    fn read(&mut self, automaton: &Automaton, number: usize, from: Option<(SetId, SetId)>) -> SetId {
        let class = &automaton.classes[number];
        let tables = &mut self.classes[number];
        let before = tables.bytes();
        let Scratch { after, letters, now, set, .. } = &mut self.scratch;
        set.clear();
        if let Some((state, symbol)) = from {
            spread(after, class.kept.len(), tables.states.get(state));
            spread(letters, class.letters.len(), tables.symbols.get(symbol));
        }
        for part in &class.parts {
            let program = &automaton.programs[part.program as usize];
            let first = part.first as usize;
            let steps = first..first + program.steps.len();
            let after = from.map(|_| &after[steps.clone()]);
            // Nothing leads to the end from here on.
            if after.is_some_and(|after| !program.looks_ahead() && !after.contains(&true)) {
                continue;
            }
            let holds = |pc: usize| match class.letter_of[first + pc] {
                NO_LETTER => false,
                letter => letters[letter as usize],
            };
            spread(now, program.steps.len(), &[]);
            program.evaluate(after, holds, now);
            set.extend(steps.filter(|step| class.kept[*step] && now[*step - first]).map(|step| step as u32));
        }
        let next = tables.states.number(set);
        match from {
            Some((state, symbol)) => tables.steps.set(state, symbol, next),
            None => tables.initial = next,
        }
        let more = tables.bytes() - before;
        self.grown(more);
        next
    }

    /// The state of a node, from what its children allow and what it is itself.
    #[cold]
    fn conclude(&mut self, automaton: &Automaton, number: usize, state: SetId, column: u32) -> SetId {
        let class = &automaton.classes[number];
        let allowed = self.classes[number].states.get(state);
        let set = &mut self.scratch.set;
        set.clear();
        set.extend(class.tests.iter().filter(|test| {
            let test = &automaton.tests[**test as usize];
            let start = |program| class.first[&program] + automaton.programs[program as usize].start;
            class.label_holds(&test.test.label, column / 2, &automaton.texts)
                && (!test.test.whole || column % 2 == 1)
                && test.inside.is_none_or(|program| allowed.binary_search(&start(program)).is_ok())
        }));
        let result = self.sets.number(set);
        if self.sets.len() > self.complete.len() {
            let complete = completed(automaton, self.sets.get(result));
            self.complete.push(complete);
        }
        let tables = &mut self.classes[number];
        let before = tables.bytes();
        tables.results.set(state, column, result);
        let more = tables.bytes() - before;
        self.grown(more);
        result
    }
}

#[inline]
fn label_column<T: Tree>(automaton: &Automaton, class: usize, look: Look, tree: &T, node: T::Node) -> u32 {
    match look.labels {
        Labels::Unasked => return NO_LABEL,
        Labels::Exists => return if tree.has_label(node) { OTHER_LABEL } else { NO_LABEL },
        Labels::Byte(_) | Labels::Texts => {}
    }
    let Some(label) = tree.label(node) else { return NO_LABEL };
    match look.labels {
        Labels::Byte(only) if *label.as_bytes() == [only] => ONLY_LABEL,
        Labels::Byte(_) => OTHER_LABEL,
        _ => automaton
            .texts
            .find(label.as_bytes())
            .map_or(OTHER_LABEL, |text| automaton.classes[class].column(text)),
    }
}

/// A set as a list of yes and no.
fn spread(into: &mut Vec<bool>, len: usize, set: &[u32]) {
    into.clear();
    into.resize(len, false);
    for member in set {
        into[*member as usize] = true;
    }
}

/// The patterns whose root is a node for which these tests hold.
fn completed(automaton: &Automaton, tests: &[u32]) -> Box<[u32]> {
    let mut candidates: Vec<u32> =
        tests.iter().flat_map(|test| &automaton.starts[*test as usize]).copied().collect();
    candidates.sort_unstable();
    candidates.dedup();
    let (mut after, mut now) = (Vec::new(), Vec::new());
    candidates.retain(|pattern| {
        let root = &automaton.roots[*pattern as usize];
        let program = &automaton.programs[root.program as usize];
        spread(&mut after, program.steps.len(), &[]);
        spread(&mut now, program.steps.len(), &[]);
        program.evaluate(None, |_| false, &mut after);
        program.evaluate(Some(&after), |pc| program.takes(pc, tests), &mut now);
        now[program.start as usize]
    });
    candidates.into()
}
