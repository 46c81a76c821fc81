//! All patterns in one: equal parts of different patterns become the same test
//! and the same program, whatever names they bind.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::Pattern;
use crate::automaton::emit::{Emitter, Note};
use crate::automaton::program::{Program, TestId};
use crate::pattern::{Item, One, Test};

/// The number of a program in the automaton.
pub(crate) type ProgramId = u32;

/// What one node can be: a test of itself, and a program for its children.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeTest {
    pub test: Test,
    pub inside: Option<ProgramId>,
}

/// A pattern's view of a program that others may share.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub program: ProgramId,
    pub notes: Box<[Note]>,
}

/// A pattern, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    /// The program for the list that the node alone is.
    pub program: ProgramId,
    /// Programs in which names are bound; the last one is that of the root.
    pub named: Box<[Named]>,
}

/// What has been seen before, in the order in which it was first seen.
#[derive(Debug)]
pub(crate) struct Seen<K> {
    numbers: FxHashMap<K, u32>,
    all: Vec<K>,
}

impl<K: Clone + Eq + Hash> Seen<K> {
    fn new() -> Self {
        Self { numbers: FxHashMap::default(), all: Vec::new() }
    }

    fn number(&mut self, key: K) -> u32 {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.all.push(key.clone());
        self.numbers.insert(key, number);
        number
    }
}

/// Collects tests and programs.
#[derive(Debug)]
pub(crate) struct Builder {
    tests: Seen<NodeTest>,
    programs: Seen<Program>,
    /// Of the pattern that is being compiled.
    named: Vec<Named>,
}

/// Everything that does not depend on the trees that are scanned.
pub(crate) struct Parts {
    pub tests: Vec<NodeTest>,
    pub programs: Vec<Program>,
    pub roots: Vec<Root>,
}

impl Builder {
    pub fn build(patterns: &[Pattern]) -> Parts {
        let mut builder = Self { tests: Seen::new(), programs: Seen::new(), named: Vec::new() };
        let roots = patterns.iter().map(|pattern| builder.root(pattern)).collect();
        Parts { tests: builder.tests.all, programs: builder.programs.all, roots }
    }

    fn root(&mut self, pattern: &Pattern) -> Root {
        let (program, notes) = self.program(&pattern.items);
        self.named.push(Named { program, notes: notes.into() });
        Root { program, named: std::mem::take(&mut self.named).into() }
    }

    fn program(&mut self, items: &[Item]) -> (ProgramId, Vec<Note>) {
        let (program, notes) = Emitter::program(self, items);
        (self.programs.number(program), notes)
    }

    /// The number of a test, and, when a name is bound below it, of the program
    /// of its children among those of the pattern.
    pub fn node(&mut self, one: &One) -> (TestId, Option<u32>) {
        let inside = one.children.as_ref().map(|items| self.program(items));
        let test = NodeTest { test: one.test.clone(), inside: inside.as_ref().map(|(program, _)| *program) };
        let named =
            inside.filter(|(_, notes)| notes.iter().any(|note| note.name.is_some() || note.inside.is_some()));
        let named = named.map(|(program, notes)| {
            self.named.push(Named { program, notes: notes.into() });
            self.named.len() as u32 - 1
        });
        (self.tests.number(test), named)
    }
}
