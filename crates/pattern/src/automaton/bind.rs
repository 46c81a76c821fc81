//! What the names of a match stand for.
//!
//! That a pattern matches at a node is known, and so are the states of all
//! nodes below. Of one list of children after the other, the steps that lead to
//! the end are computed once more, from right to left, and then walked from
//! left to right: the first way that leads on is taken, and it never has to be
//! taken back. Only names that stand twice and must be equal can refuse a way;
//! then the last choice that was left is tried.

use std::ops::Range;

use crate::automaton::Automaton;
use crate::automaton::build::Named;
use crate::automaton::cache::Cache;
use crate::automaton::emit::Note;
use crate::automaton::program::{Pc, Step, TestId};
use crate::automaton::table::{SetId, UNKNOWN};
use crate::binding::{Binding, Bound, same};
use crate::pattern::{Name, Pattern};
use crate::tree::Tree;

/// Room for what most matches need.
const NODES: usize = 32;
const LEADS: usize = 256;

/// What the first match of a pattern at `node` binds; it is known that the
/// pattern matches there, but for names that have to be equal.
pub(crate) fn bind<T: Tree>(
    tree: &T,
    states: &[SetId],
    (automaton, cache): (&Automaton, &Cache),
    (number, pattern): (usize, &Pattern),
    node: T::Node,
) -> Option<Bound<T::Node>> {
    if pattern.names.is_empty() {
        return Some(Vec::new());
    }
    let named = &automaton.roots[number].named;
    let (nodes, leads) = (Vec::with_capacity(NODES), Vec::with_capacity(LEADS));
    let mut binder = Binder { tree, states, automaton, cache, named, equal: pattern.equal, nodes, leads };
    let root = binder.frame(named.len() as u32 - 1, node, None, std::iter::once(node));
    binder.run(Walk { frames: vec![root], bound: vec![None; pattern.names.len()] })
}

struct Binder<'a, T: Tree> {
    tree: &'a T,
    states: &'a [SetId],
    automaton: &'a Automaton,
    cache: &'a Cache,
    named: &'a [Named],
    equal: bool,
    /// The lists of all frames, one behind the other.
    nodes: Vec<T::Node>,
    /// For each place of each list, which steps lead to the end.
    leads: Vec<bool>,
}

/// A way that was left, and how much there was of the lists.
struct Choice<N> {
    walk: Walk<N>,
    nodes: usize,
    leads: usize,
}

#[derive(Clone)]
struct Walk<N> {
    frames: Vec<Frame<N>>,
    bound: Bound<N>,
}

/// A list of children on the way.
#[derive(Clone)]
struct Frame<N> {
    named: u32,
    /// Whose children these are, and the name that it gets at the end.
    node: N,
    name: Option<Name>,
    /// Where they stand, and where the row of the first one is.
    nodes: Range<usize>,
    leads: usize,
    /// The step that is next, and the node that it is for.
    pc: Pc,
    at: usize,
    /// Where the groups began whose end is still to come.
    open: Vec<usize>,
}

impl<T: Tree> Binder<'_, T> {
    fn frame(
        &mut self,
        named: u32,
        node: T::Node,
        name: Option<Name>,
        nodes: impl Iterator<Item = T::Node>,
    ) -> Frame<T::Node> {
        let program = &self.automaton.programs[self.named[named as usize].program as usize];
        let (start, leads, width) = (self.nodes.len(), self.leads.len(), program.steps.len());
        self.nodes.extend(nodes);
        let nodes = start..self.nodes.len();
        // It is known that there is a way: where there is but one, it is that one.
        self.leads.resize(leads + (nodes.len() + 1) * width, program.straight);
        if program.straight {
            return Frame { named, node, name, at: start, nodes, leads, pc: program.start, open: Vec::new() };
        }
        let mut all = std::mem::take(&mut self.leads);
        let rows = &mut all[leads..];
        program.evaluate(None, |_| false, &mut rows[nodes.len() * width..]);
        for at in (0..nodes.len()).rev() {
            let child = self.nodes[start + at];
            let (now, after) = rows[at * width..(at + 2) * width].split_at_mut(width);
            let tests = self.tests(child);
            let holds = |pc: usize| match &program.steps[pc] {
                Step::Take { role: Some(role), .. } if *role != self.tree.role(child) => false,
                _ => program.takes(pc, tests),
            };
            program.evaluate(Some(after), holds, now);
        }
        self.leads = all;
        Frame { named, node, name, at: start, nodes, leads, pc: program.start, open: Vec::new() }
    }

    /// The tests that hold for a node, as far as anybody here asks.
    fn tests(&self, node: T::Node) -> &[TestId] {
        match self.states.get(self.tree.index(node)).copied().unwrap_or(UNKNOWN) {
            // Whoever asks looks at its kind only, or else it would have been read.
            UNKNOWN => &self.automaton.classes[self.automaton.class(self.tree.kind(node))].tests,
            state => self.cache.tests(state),
        }
    }

    fn run(mut self, mut walk: Walk<T::Node>) -> Option<Bound<T::Node>> {
        let mut choices: Vec<Choice<T::Node>> = Vec::new();
        while let Some(frame) = walk.frames.last_mut() {
            let named = &self.named[frame.named as usize];
            let note = named.notes[frame.pc as usize];
            let step = &self.automaton.programs[named.program as usize].steps[frame.pc as usize];
            // Only tables that somebody made up can lead nowhere.
            if !self.leads_on(frame, frame.pc) || !self.go(step, note, &mut walk, &mut choices) {
                let choice = choices.pop()?;
                self.nodes.truncate(choice.nodes);
                self.leads.truncate(choice.leads);
                walk = choice.walk;
            }
        }
        Some(walk.bound)
    }

    /// Whether a step leads to the end from where a frame is.
    fn leads_on(&self, frame: &Frame<T::Node>, pc: Pc) -> bool {
        let program = self.named[frame.named as usize].program;
        let width = self.automaton.programs[program as usize].steps.len();
        self.leads[frame.leads + (frame.at - frame.nodes.start) * width + pc as usize]
    }

    /// Takes one step, which leads on; false if a name refuses it.
    fn go(
        &mut self,
        step: &Step,
        note: Note,
        walk: &mut Walk<T::Node>,
        choices: &mut Vec<Choice<T::Node>>,
    ) -> bool {
        let Some(frame) = walk.frames.last_mut() else { return false };
        match step {
            Step::Take { next, .. } => {
                if frame.at == frame.nodes.end {
                    return false;
                }
                let child = self.nodes[frame.at];
                (frame.at, frame.pc) = (frame.at + 1, *next);
                let Some(inside) = note.inside else {
                    return self.assign(&mut walk.bound, note.name, || Binding::One(child));
                };
                let children = self.tree.children(child);
                walk.frames.push(self.frame(inside, child, note.name, children));
            }
            Step::Choose(targets) => {
                let mut ways = targets.iter().copied().filter(|target| self.leads_on(frame, *target));
                let Some(first) = ways.next() else { return false };
                if self.equal {
                    let others: Vec<_> = ways.collect();
                    let (nodes, leads) = (self.nodes.len(), self.leads.len());
                    let left = |pc| Choice { walk: walk.turned(pc), nodes, leads };
                    choices.extend(others.into_iter().rev().map(left));
                }
                walk.turn(first);
            }
            Step::Not { next, .. } => frame.pc = *next,
            Step::Open { next } => {
                frame.open.push(frame.at);
                frame.pc = *next;
            }
            Step::Close { next } => {
                frame.pc = *next;
                let from = frame.open.pop().unwrap_or(frame.at);
                let taken = || Binding::Many(self.nodes[from..frame.at].into());
                return self.assign(&mut walk.bound, note.name, taken);
            }
            Step::End => {
                let (name, node) = (frame.name, frame.node);
                walk.frames.pop();
                return self.assign(&mut walk.bound, name, || Binding::One(node));
            }
            Step::Found | Step::Fail => return false,
        }
        true
    }

    /// Whether the name may stand for this.
    fn assign(
        &self,
        bound: &mut Bound<T::Node>,
        name: Option<Name>,
        binding: impl FnOnce() -> Binding<T::Node>,
    ) -> bool {
        let Some(name) = name.map(usize::from) else { return true };
        match &bound[name] {
            Some(first) if self.equal => same(self.tree, first, &binding()),
            _ => {
                bound[name] = Some(binding());
                true
            }
        }
    }
}

impl<N: Clone> Walk<N> {
    fn turn(&mut self, pc: Pc) {
        if let Some(frame) = self.frames.last_mut() {
            frame.pc = pc;
        }
    }

    fn turned(&self, pc: Pc) -> Self {
        let mut other = self.clone();
        other.turn(pc);
        other
    }
}
