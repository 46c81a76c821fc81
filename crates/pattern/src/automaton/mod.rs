//! All patterns as one automaton that reads a tree from the leaves to the root.
//!
//! - [`program`] and [`emit`]: the children of a node as a program;
//! - [`build`]: equal parts of all patterns are one;
//! - [`class`], [`texts`]: what can be of interest at a node of which kind;
//! - [`cache`], [`table`]: what has been computed so far, to be looked up;
//! - [`bind`]: what the names of a match stand for.

pub(crate) mod bind;
pub(crate) mod build;
pub(crate) mod cache;
pub(crate) mod class;
pub(crate) mod emit;
pub(crate) mod program;
pub(crate) mod table;
pub(crate) mod texts;

use crate::automaton::build::{Builder, NodeTest, Root};
use crate::automaton::class::{Class, Look};
use crate::automaton::program::{Program, TestId};
use crate::automaton::texts::Texts;
use crate::pattern::Label;
use crate::{Kind, Pattern};

/// The part that does not depend on the trees that are scanned.
#[derive(Debug)]
pub(crate) struct Automaton {
    pub tests: Vec<NodeTest>,
    pub programs: Vec<Program>,
    pub roots: Vec<Root>,
    pub texts: Texts,
    /// The first is that of the kinds that no pattern names.
    pub classes: Vec<Class>,
    /// What is needed of them for every node, close together.
    pub looks: Vec<Look>,
    class_of: Vec<u16>,
    /// The kinds of the classes, but for the first.
    kinds: Vec<Kind>,
    /// For each test, the patterns whose root can be a node for which it holds.
    pub starts: Vec<Vec<u32>>,
    /// For each class, the patterns that can match at its nodes, as bits.
    heads: Vec<Box<[u64]>>,
}

impl Automaton {
    pub fn new(patterns: &[Pattern]) -> Self {
        let parts = Builder::build(patterns);
        let labels = parts.tests.iter().filter_map(|test| match &test.test.label {
            Label::Is(Some(text)) => Some(&**text),
            _ => None,
        });
        let texts = Texts::new(labels);
        let kinds = kinds(&parts.tests);
        let mut class_of = vec![0; kinds.last().map_or(0, |last| usize::from(*last) + 1)];
        let mut classes = vec![class(None, &parts.tests, &parts.programs, &texts)];
        for kind in kinds.iter().copied() {
            class_of[usize::from(kind)] = classes.len() as u16;
            classes.push(class(Some(kind), &parts.tests, &parts.programs, &texts));
        }
        let starts = starts(&parts.roots, &parts.programs, parts.tests.len());
        let heads = classes.iter().map(|class| heads(class, &starts, parts.roots.len())).collect();
        read_children(&mut classes, &parts.tests, &class_of);
        let looks = classes.iter().map(|class| class.look).collect();
        let build::Parts { tests, programs, roots } = parts;
        Self { tests, programs, roots, texts, classes, looks, class_of, kinds, starts, heads }
    }

    /// Whether a pattern can match at a node of this kind at all.
    pub fn can_start(&self, pattern: usize, kind: Kind) -> bool {
        let heads = &self.heads[self.class(kind)];
        heads.get(pattern / 64).is_some_and(|word| word >> (pattern % 64) & 1 == 1)
    }

    /// The kind of the nodes of a class; `None` for all that no pattern names.
    pub fn kind(&self, class: usize) -> Option<Kind> {
        self.kinds.get(class.checked_sub(1)?).copied()
    }

    /// The number of the class of a kind.
    #[inline]
    pub fn class(&self, kind: Kind) -> usize {
        self.class_of.get(usize::from(kind)).map_or(0, |class| usize::from(*class))
    }
}

/// The patterns whose root can be a node of a class, as bits.
fn heads(class: &Class, starts: &[Vec<u32>], patterns: usize) -> Box<[u64]> {
    let mut bits = vec![0; patterns.div_ceil(64)];
    for pattern in class.tests.iter().flat_map(|test| &starts[*test as usize]) {
        bits[*pattern as usize / 64] |= 1 << (pattern % 64);
    }
    bits.into()
}

/// Notes of which classes of children more has to be known than their kind.
fn read_children(classes: &mut [Class], tests: &[NodeTest], class_of: &[u16]) {
    let count = classes.len();
    for class in classes {
        class.reads = vec![false; count];
        for letter in &class.letters {
            let NodeTest { test, inside } = &tests[letter.test as usize];
            if test.label == Label::Any && !test.whole && inside.is_none() {
                continue;
            }
            match test.kind {
                Some(kind) => class.reads[usize::from(class_of[usize::from(kind)])] = true,
                None => class.reads.fill(true),
            }
        }
    }
}

/// The kinds that tests name, in ascending order.
fn kinds(tests: &[NodeTest]) -> Vec<Kind> {
    let mut kinds: Vec<_> = tests.iter().filter_map(|test| test.test.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn class(kind: Option<Kind>, tests: &[NodeTest], programs: &[Program], texts: &Texts) -> Class {
    let fits = |test: &NodeTest| test.test.kind.is_none() || test.test.kind == kind;
    let own = (0..tests.len()).filter(|test| fits(&tests[*test])).map(|test| test as TestId);
    Class::new(own.collect(), tests, programs, texts)
}

fn starts(roots: &[Root], programs: &[Program], tests: usize) -> Vec<Vec<u32>> {
    let mut starts = vec![Vec::new(); tests];
    for (pattern, root) in roots.iter().enumerate() {
        for step in &programs[root.program as usize].steps {
            if let program::Step::Take { test, .. } = step {
                let list: &mut Vec<u32> = &mut starts[*test as usize];
                if list.last() != Some(&(pattern as u32)) {
                    list.push(pattern as u32);
                }
            }
        }
    }
    starts
}
