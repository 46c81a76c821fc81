//! What nodes of one kind can be, and the programs that read their children.
//!
//! Each kind that a pattern names is a class of its own; all others are one
//! class, where only patterns that begin with `any` are of interest. So a
//! node's price depends on what can match it and not on what else there is.

use crate::Role;
use crate::automaton::build::{NodeTest, ProgramId};
use crate::automaton::program::{Program, Step, TestId};
use crate::automaton::texts::{TextId, Texts};
use crate::pattern::Label;

/// Something that a step of the class can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Letter {
    pub test: TestId,
    pub role: Option<Role>,
}

/// A program of the class, whose steps are numbered on from `first`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub program: ProgramId,
    pub first: u32,
}

/// No letter: the step takes no node.
pub(crate) const NO_LETTER: u32 = u32::MAX;

/// The columns of labels that no test names: none at all, and any other.
pub(crate) const NO_LABEL: u32 = 0;
pub(crate) const OTHER_LABEL: u32 = 1;
/// That of the text that a test names, where there is one only.
pub(crate) const ONLY_LABEL: u32 = 2;

/// What has to be known of a class to read a node, in a few bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub reads_children: bool,
    pub asks_role: bool,
    pub asks_whole: bool,
    pub labels: Labels,
}

/// What has to be told apart of the labels of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Labels {
    Unasked,
    /// Whether there is one.
    Exists,
    /// Whether it is this letter: most operators are one.
    Byte(u8),
    Texts,
}

#[derive(Debug)]
pub(crate) struct Class {
    /// In ascending order.
    pub tests: Vec<TestId>,
    pub parts: Vec<Part>,
    /// For each program of the automaton, the first step of its part.
    pub first: rustc_hash::FxHashMap<ProgramId, u32>,
    pub letters: Vec<Letter>,
    /// For each step of all parts, its letter.
    pub letter_of: Vec<u32>,
    /// For each step of all parts, whether it is to be remembered.
    pub kept: Vec<bool>,
    /// For each class of a child, whether its kind does not say all that is of
    /// interest here.
    pub reads: Vec<bool>,
    pub look: Look,
    /// For each text that a pattern names, its column; empty if none has one.
    columns: Vec<u32>,
    /// How many columns there are, those of no and of other labels included.
    pub labels: u32,
}

impl Class {
    /// The class of the nodes that `tests` may hold for.
    pub fn new(tests: Vec<TestId>, all: &[NodeTest], programs: &[Program], texts: &Texts) -> Self {
        let mut class = Self {
            parts: Vec::new(),
            first: rustc_hash::FxHashMap::default(),
            letters: Vec::new(),
            letter_of: Vec::new(),
            kept: Vec::new(),
            reads: Vec::new(),
            look: Look {
                reads_children: false,
                asks_role: false,
                asks_whole: tests.iter().any(|test| all[*test as usize].test.whole),
                labels: labels(tests.iter().map(|test| &all[*test as usize].test.label)),
            },
            columns: Vec::new(),
            labels: 2,
            tests,
        };
        class.read_labels(all, texts);
        let inside: Vec<_> = class.tests.iter().filter_map(|test| all[*test as usize].inside).collect();
        for program in inside {
            class.add(program, &programs[program as usize]);
        }
        class.read_letters(programs);
        class.look.reads_children = !class.parts.is_empty();
        class
    }

    fn read_labels(&mut self, all: &[NodeTest], texts: &Texts) {
        for test in &self.tests {
            let Label::Is(Some(text)) = &all[*test as usize].test.label else { continue };
            let Some(text) = texts.find(text.as_bytes()) else { continue };
            self.columns.resize(texts.len(), OTHER_LABEL);
            if self.columns[text as usize] == OTHER_LABEL {
                self.columns[text as usize] = self.labels;
                self.labels += 1;
            }
        }
    }

    fn add(&mut self, number: ProgramId, program: &Program) {
        let first = self.kept.len() as u32;
        if *self.first.entry(number).or_insert(first) == first {
            self.parts.push(Part { program: number, first });
            self.kept.extend(program.kept());
        }
    }

    fn read_letters(&mut self, programs: &[Program]) {
        let letter = |step: &Step| match step {
            Step::Take { test, role, .. } => Some(Letter { test: *test, role: *role }),
            _ => None,
        };
        let steps = || self.parts.iter().flat_map(|part| &programs[part.program as usize].steps);
        let mut letters: Vec<_> = steps().filter_map(letter).collect();
        letters.sort_unstable();
        letters.dedup();
        let number = |wanted: Letter| letters.binary_search(&wanted).map_or(NO_LETTER, |at| at as u32);
        self.letter_of = steps().map(|step| letter(step).map_or(NO_LETTER, number)).collect();
        self.look.asks_role = letters.iter().any(|letter| letter.role.is_some());
        self.letters = letters;
    }

    /// The column of a label that some pattern names.
    #[inline]
    pub fn column(&self, text: TextId) -> u32 {
        self.columns.get(text as usize).copied().unwrap_or(OTHER_LABEL)
    }

    /// Whether a label in this column is what a test asks for.
    pub fn label_holds(&self, label: &Label, column: u32, texts: &Texts) -> bool {
        match label {
            Label::Any => true,
            Label::Some => column != NO_LABEL,
            Label::Is(None) => column == NO_LABEL,
            Label::Is(Some(text)) => {
                column > OTHER_LABEL
                    && texts.find(text.as_bytes()).is_some_and(|text| self.columns[text as usize] == column)
            }
        }
    }
}

/// What tests that ask for these labels ask together.
fn labels<'a>(asked: impl Iterator<Item = &'a Label>) -> Labels {
    asked.fold(Labels::Unasked, |known, label| match (known, label) {
        (_, Label::Any) => known,
        (Labels::Unasked, Label::Some | Label::Is(None)) => Labels::Exists,
        // Whether there is one is told apart wherever anything is.
        (_, Label::Some | Label::Is(None)) => known,
        (Labels::Unasked | Labels::Exists, Label::Is(Some(text))) => match text.as_bytes() {
            [byte] => Labels::Byte(*byte),
            _ => Labels::Texts,
        },
        (Labels::Byte(byte), Label::Is(Some(text))) if *text.as_bytes() == [byte] => known,
        _ => Labels::Texts,
    })
}
