//! The tables that the parser runs on, made from the rules once.
//!
//! A rule with fifteen levels of precedence around one name must not cost
//! fifteen steps. So what a symbol does on its way down to a token is worked out
//! here: the *frames* that wait for one child, from the outside in, are a path in
//! a tree of paths, and the parser keeps only its end. On the next token the
//! table `jump` says which of the waiting frames has a use for it; those inside
//! of that frame have one child, and therefore vanish from the tree of the file.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::label::{self, LABELS, Label};
use super::notation::{Rule, Step, rules};
use crate::kind::Kind;

/// A state of a rule, over all rules.
pub type StateId = u16;

/// A path of frames that wait for their first child; 0 is the empty path.
pub type PathId = u16;

/// What to do on a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// The state of the frame that took the token, itself or through frames
    /// within, or one of the two below.
    pub state: StateId,
    /// The frames below it down to the token.
    pub path: PathId,
}

impl Action {
    /// The token cannot stand here.
    pub const ERROR: Self = Self { state: StateId::MAX, path: 0 };
    /// The frame is complete, and the token is for one outside of it.
    pub const DONE: Self = Self { state: StateId::MAX - 1, path: 0 };
}

type Row<T> = [T; LABELS];

pub struct Tables {
    actions: Vec<Row<Action>>,
    symbols: Vec<Kind>,
    jumps: Vec<Row<PathId>>,
    /// Of each path, the path without its innermost frame, and that frame.
    paths: Vec<(PathId, StateId)>,
    kinds: Row<Kind>,
    pub start: StateId,
}

/// What lib2to3 reads.
pub static PYTHON: LazyLock<Tables> =
    LazyLock::new(|| Tables::new(&rules(&[include_str!("python.grammar")])));

/// That, and what came later.
pub static MODERN: LazyLock<Tables> =
    LazyLock::new(|| Tables::new(&rules(&[include_str!("python.grammar"), include_str!("modern.grammar")])));

impl Tables {
    #[inline]
    pub fn action(&self, state: StateId, label: Label) -> Action {
        self.actions[usize::from(state)][usize::from(label)]
    }

    /// The innermost frame of a path that has a use for the token: the path up
    /// to it. 0 if none has.
    #[inline]
    pub fn jump(&self, path: PathId, label: Label) -> PathId {
        self.jumps[usize::from(path)][usize::from(label)]
    }

    /// The path without its innermost frame, and that frame.
    #[inline]
    pub fn split(&self, path: PathId) -> (PathId, StateId) {
        self.paths[usize::from(path)]
    }

    /// The kind of the leaf that a token becomes.
    #[inline]
    pub fn kind(&self, label: Label) -> Kind {
        self.kinds[usize::from(label)]
    }

    /// The symbol whose rule has this state.
    #[inline]
    pub fn symbol(&self, state: StateId) -> Kind {
        self.symbols[usize::from(state)]
    }

    fn new(rules: &[Rule]) -> Self {
        let mut maker = Maker::new(rules);
        let mut actions = Vec::with_capacity(rules.iter().map(|rule| rule.states.len()).sum());
        for rule in rules {
            for at in 0..rule.states.len() {
                actions.push(maker.row(rule, at));
            }
        }
        // `row` has made every path; parents come before their children.
        let mut jumps = Vec::with_capacity(maker.paths.len());
        jumps.push([0; LABELS]);
        for path in 1..maker.paths.len() {
            let (outer, state) = maker.paths[path];
            let (outer, row): (Row<PathId>, &Row<Action>) =
                (jumps[usize::from(outer)], &actions[usize::from(state)]);
            let choose = |label| if row[label] == Action::DONE { outer[label] } else { path as PathId };
            jumps.push(std::array::from_fn(choose));
        }
        let symbols = rules.iter().flat_map(|rule| rule.states.iter().map(|_| rule.symbol)).collect();
        let kinds = std::array::from_fn(|label| label::kind(label as Label));
        Self { actions, symbols, jumps, paths: maker.paths, kinds, start: 0 }
    }
}

/// What is needed while the tables are made.
struct Maker<'r> {
    rules: FxHashMap<Kind, &'r Rule>,
    /// The number of the first state of each rule.
    offsets: FxHashMap<Kind, usize>,
    firsts: FxHashMap<Kind, Vec<Label>>,
    paths: Vec<(PathId, StateId)>,
    known: FxHashMap<(PathId, StateId), PathId>,
}

impl<'r> Maker<'r> {
    fn new(rules: &'r [Rule]) -> Self {
        let mut offsets = FxHashMap::default();
        let mut offset = 0;
        for rule in rules {
            offsets.insert(rule.symbol, offset);
            offset += rule.states.len();
        }
        let mut maker = Self {
            rules: rules.iter().map(|rule| (rule.symbol, rule)).collect(),
            offsets,
            firsts: FxHashMap::default(),
            paths: vec![(0, 0)],
            known: FxHashMap::default(),
        };
        for rule in rules {
            maker.first(rule.symbol);
        }
        maker
    }

    /// The labels that a symbol may begin with.
    fn first(&mut self, symbol: Kind) -> Vec<Label> {
        if let Some(known) = self.firsts.get(&symbol) {
            return known.clone();
        }
        let mut labels = Vec::new();
        for (step, _) in &self.rules[&symbol].states[0].arcs {
            match step {
                Step::Token(label) => labels.push(*label),
                Step::Symbol(symbol) => labels.extend(self.first(*symbol)),
            }
        }
        self.firsts.insert(symbol, labels.clone());
        labels
    }

    fn id(&self, symbol: Kind, state: usize) -> StateId {
        (self.offsets[&symbol] + state) as StateId
    }

    fn row(&mut self, rule: &Rule, at: usize) -> Row<Action> {
        let state = &rule.states[at];
        let rest = if state.accepts { Action::DONE } else { Action::ERROR };
        let mut row = [rest; LABELS];
        for (step, to) in &state.arcs {
            let next = self.id(rule.symbol, *to);
            match step {
                Step::Token(label) => put(&mut row, *label, Action { state: next, path: 0 }),
                Step::Symbol(symbol) => {
                    for label in self.firsts[symbol].clone() {
                        let path = self.path(0, *symbol, label);
                        put(&mut row, label, Action { state: next, path });
                    }
                }
            }
        }
        row
    }

    /// The frames from `symbol` down to the token.
    fn path(&mut self, outer: PathId, symbol: Kind, label: Label) -> PathId {
        let rule = self.rules[&symbol];
        let takes = |step: &Step| match step {
            Step::Token(other) => *other == label,
            Step::Symbol(symbol) => self.firsts[symbol].contains(&label),
        };
        let Some((step, to)) = rule.states[0].arcs.iter().find(|(step, _)| takes(step)) else { return outer };
        // A frame that wants nothing more will have one child: it is no frame.
        let complete = rule.states[*to].accepts && rule.states[*to].arcs.is_empty();
        let path = if complete { outer } else { self.extended(outer, self.id(symbol, *to)) };
        match step {
            Step::Token(_) => path,
            Step::Symbol(symbol) => self.path(path, *symbol, label),
        }
    }

    fn extended(&mut self, outer: PathId, state: StateId) -> PathId {
        let paths = &mut self.paths;
        *self.known.entry((outer, state)).or_insert_with(|| {
            paths.push((outer, state));
            (paths.len() - 1) as PathId
        })
    }
}

fn put(row: &mut Row<Action>, label: Label, action: Action) {
    let place = &mut row[usize::from(label)];
    assert!(*place == Action::ERROR || *place == Action::DONE, "the grammar is ambiguous at label {label}");
    *place = action;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammars_can_be_read_one_token_ahead() {
        for tables in [&*PYTHON, &*MODERN] {
            assert_eq!(tables.symbol(tables.start), Kind::FileInput);
            // Small enough to stay in a processor's cache.
            assert!(tables.jumps.len() < 1000 && tables.actions.len() < 600);
        }
    }
}
