//! What the names of a match stand for.
//!
//! That a pattern matches at a node is known, and so are the states of all
//! nodes below. Of one list of children after the other, the steps that lead to
//! the end are computed once more, from right to left, and then walked from
//! left to right: the first way that leads on is taken, and it never has to be
//! taken back. Only names that stand twice and must be equal can refuse a way;
//! then the last choice that was left is tried.

use std::rc::Rc;

use crate::automaton::Automaton;
use crate::automaton::build::Named;
use crate::automaton::cache::Cache;
use crate::automaton::emit::Note;
use crate::automaton::program::{Pc, Step};
use crate::automaton::table::SetId;
use crate::binding::{Binding, Bound, same};
use crate::pattern::{Name, Pattern};
use crate::tree::Tree;

/// What the first match of a pattern at `node` binds; it is known that the
/// pattern matches there, but for names that have to be equal.
pub(crate) fn bind<T: Tree>(
    tree: &T,
    states: &[SetId],
    (automaton, cache): (&Automaton, &Cache),
    (number, pattern): (usize, &Pattern),
    node: T::Node,
) -> Option<Bound<T::Node>> {
    let named = &automaton.roots[number].named;
    let binder = Binder { tree, states, automaton, cache, named, equal: pattern.equal };
    let root = binder.frame(named.len() as u32 - 1, node, None, [node].into());
    binder.run(Walk { frames: vec![root], bound: vec![None; pattern.names.len()] })
}

struct Binder<'a, T: Tree> {
    tree: &'a T,
    states: &'a [SetId],
    automaton: &'a Automaton,
    cache: &'a Cache,
    named: &'a [Named],
    equal: bool,
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
    nodes: Rc<[N]>,
    /// For each place, which steps lead to the end.
    leads: Rc<[Box<[bool]>]>,
    pc: Pc,
    at: usize,
    /// Where the groups began whose end is still to come.
    open: Vec<usize>,
}

impl<T: Tree> Binder<'_, T> {
    fn frame(&self, named: u32, node: T::Node, name: Option<Name>, nodes: Rc<[T::Node]>) -> Frame<T::Node> {
        let program = &self.automaton.programs[self.named[named as usize].program as usize];
        let mut leads: Vec<Box<[bool]>> = Vec::with_capacity(nodes.len() + 1);
        let mut now = Vec::new();
        program.evaluate(None, |_| false, &mut now);
        leads.push(now.as_slice().into());
        for child in nodes.iter().rev() {
            let tests = self.cache.tests(self.states[self.tree.index(*child)]);
            let holds = |pc: usize| match &program.steps[pc] {
                Step::Take { role: Some(role), .. } if *role != self.tree.role(*child) => false,
                _ => program.takes(pc, tests),
            };
            program.evaluate(leads.last().map(AsRef::as_ref), holds, &mut now);
            leads.push(now.as_slice().into());
        }
        leads.reverse();
        Frame { named, node, name, nodes, leads: leads.into(), pc: program.start, at: 0, open: Vec::new() }
    }

    fn run(&self, mut walk: Walk<T::Node>) -> Option<Bound<T::Node>> {
        let mut choices: Vec<Walk<T::Node>> = Vec::new();
        while let Some(frame) = walk.frames.last_mut() {
            let named = &self.named[frame.named as usize];
            let note = named.notes[frame.pc as usize];
            let step = &self.automaton.programs[named.program as usize].steps[frame.pc as usize];
            // Only tables that somebody made up can lead nowhere.
            let leads = frame.leads[frame.at][frame.pc as usize];
            if !leads || !self.go(step, note, &mut walk, &mut choices) {
                walk = choices.pop()?;
            }
        }
        Some(walk.bound)
    }

    /// Takes one step, which leads on; false if a name refuses it.
    fn go(
        &self,
        step: &Step,
        note: Note,
        walk: &mut Walk<T::Node>,
        choices: &mut Vec<Walk<T::Node>>,
    ) -> bool {
        let Some(frame) = walk.frames.last_mut() else { return false };
        match step {
            Step::Take { next, .. } => {
                let child = frame.nodes[frame.at];
                (frame.at, frame.pc) = (frame.at + 1, *next);
                let Some(inside) = note.inside else {
                    return self.assign(&mut walk.bound, note.name, || Binding::One(child));
                };
                let children = self.tree.children(child).collect();
                walk.frames.push(self.frame(inside, child, note.name, children));
            }
            Step::Choose(targets) => {
                let leads = &frame.leads[frame.at];
                let mut ways = targets.iter().copied().filter(|target| leads[*target as usize]);
                let Some(first) = ways.next() else { return false };
                if self.equal {
                    let others: Vec<_> = ways.collect();
                    choices.extend(others.into_iter().rev().map(|pc| walk.turned(pc)));
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
                let taken = || Binding::Many(frame.nodes[from..frame.at].into());
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
