//! A list of items as a small program over siblings.
//!
//! A step either takes one node and goes on, or goes on without taking one.
//! Which steps lead to the end of the siblings can be computed from right to
//! left, for all steps at once: [`Program::evaluate`] does it for one place.
//! That direction makes looking ahead (`not x`) as cheap as everything else,
//! and it lets the walk that binds names go from left to right without ever
//! having to turn back.

use std::ops::Range;

use crate::Role;

/// The number of a test in the automaton: what one node can be.
pub(crate) type TestId = u32;
/// The number of a step in its program.
pub(crate) type Pc = u32;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Takes one node.
    Take {
        test: TestId,
        role: Option<Role>,
        next: Pc,
    },
    /// The first of these that leads on.
    Choose(Box<[Pc]>),
    /// Only where what starts at `body` does not lead to [`Step::Found`].
    Not {
        body: Pc,
        next: Pc,
    },
    /// Where a group that bears a name begins, and where it ends.
    Open {
        next: Pc,
    },
    Close {
        next: Pc,
    },
    /// All siblings have to be taken here.
    End,
    /// The end of what is looked for ahead; more may follow.
    Found,
    Fail,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Program {
    pub steps: Box<[Step]>,
    pub start: Pc,
    /// What is looked for ahead, the inner before the outer, then everything.
    pub regions: Box<[Range<Pc>]>,
    pub loops: bool,
    /// There is one way only.
    pub straight: bool,
}

impl Program {
    /// Whether a step has to be remembered from one sibling to the next:
    /// it comes after one that takes a node, or all begins with it.
    pub fn kept(&self) -> Vec<bool> {
        let mut kept = vec![false; self.steps.len()];
        kept[self.start as usize] = true;
        for step in &self.steps {
            if let Step::Take { next, .. } = step {
                kept[*next as usize] = true;
            }
        }
        kept
    }

    /// Whether a step takes a node for which these tests hold, whatever its role.
    pub fn takes(&self, pc: usize, tests: &[TestId]) -> bool {
        matches!(&self.steps[pc], Step::Take { test, .. } if tests.binary_search(test).is_ok())
    }

    pub fn looks_ahead(&self) -> bool {
        self.regions.len() > 1
    }

    /// Which steps lead to the end from here. `after` says which do from the
    /// next sibling on; it is `None` behind the last one. `holds` says whether
    /// the node that is here is what the step at this place takes. `now` has
    /// a place for each step.
    pub fn evaluate(&self, after: Option<&[bool]>, holds: impl Fn(usize) -> bool, now: &mut [bool]) {
        // What takes a node, or ends, asks only about what comes after.
        for (pc, step) in self.steps.iter().enumerate() {
            now[pc] = match step {
                Step::Take { next, .. } => after.is_some_and(|after| after[*next as usize]) && holds(pc),
                Step::End => after.is_none(),
                Step::Found => true,
                _ => false,
            };
        }
        for region in &self.regions {
            loop {
                let mut changed = false;
                for pc in region.start as usize..region.end as usize {
                    if !now[pc] && self.leads_on(pc, now) {
                        now[pc] = true;
                        changed = true;
                    }
                }
                // Without loops a step is stated after all that it leads to.
                if !changed || !self.loops {
                    break;
                }
            }
        }
    }

    /// Whether a step leads on that takes nothing.
    fn leads_on(&self, pc: usize, now: &[bool]) -> bool {
        match &self.steps[pc] {
            Step::Choose(targets) => targets.iter().any(|target| now[*target as usize]),
            Step::Not { body, next } => !now[*body as usize] && now[*next as usize],
            Step::Open { next } | Step::Close { next } => now[*next as usize],
            Step::Take { .. } | Step::End | Step::Found | Step::Fail => false,
        }
    }
}
