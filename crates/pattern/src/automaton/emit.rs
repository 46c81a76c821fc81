//! From items to programs, written from the end to the beginning, so that every
//! step knows where it leads.
//!
//! Repeats with bounds are written out. In a repeat without an upper bound a
//! round that takes nothing would lead back to where it started, so its body is
//! written twice: as it is while nothing is taken yet, and as it is afterwards.

use crate::automaton::build::Builder;
use crate::automaton::program::{Pc, Program, Step};
use crate::pattern::{Group, Item, Items, Name};

/// What a step means to the pattern that it comes from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Note {
    pub name: Option<Name>,
    /// The program of the node's children among those of the pattern, when a
    /// name is bound in it.
    pub inside: Option<u32>,
}

/// Where to go on: with something taken, and, if that matters, without.
#[derive(Clone, Copy)]
struct Next {
    taken: Pc,
    fresh: Option<Pc>,
}

/// Writes one program; its notes go to the pattern.
pub(crate) struct Emitter<'b> {
    pub builder: &'b mut Builder,
    steps: Vec<Step>,
    notes: Vec<Note>,
    regions: Vec<std::ops::Range<Pc>>,
    loops: bool,
}

impl<'b> Emitter<'b> {
    /// The program for `items`, and what its steps mean to the pattern.
    pub fn program(builder: &'b mut Builder, items: &[Item]) -> (Program, Vec<Note>) {
        let (steps, notes, regions) = (Vec::new(), Vec::new(), Vec::new());
        let mut emitter = Self { builder, steps, notes, regions, loops: false };
        let end = emitter.push(Step::End, None);
        let start = emitter.items(items, Next { taken: end, fresh: None }).taken;
        let Self { steps, notes, mut regions, loops, .. } = emitter;
        regions.push(0..steps.len() as Pc);
        let straight = !steps.iter().any(|step| matches!(step, Step::Choose(_) | Step::Not { .. }));
        (Program { steps: steps.into(), start, regions: regions.into(), loops, straight }, notes)
    }

    fn push(&mut self, step: Step, name: Option<Name>) -> Pc {
        self.steps.push(step);
        self.notes.push(Note { name, inside: None });
        self.steps.len() as Pc - 1
    }

    /// The same step before both ways to go on.
    fn before(&mut self, next: Next, name: Option<Name>, step: impl Fn(Pc) -> Step) -> Next {
        let taken = self.push(step(next.taken), name);
        Next { taken, fresh: next.fresh.map(|fresh| self.push(step(fresh), name)) }
    }

    fn items(&mut self, items: &[Item], next: Next) -> Next {
        items.iter().rev().fold(next, |next, item| self.item(item, next))
    }

    fn item(&mut self, item: &Item, next: Next) -> Next {
        match item {
            Item::One(one) => {
                let (test, inside) = self.builder.node(one);
                let taken = self.push(Step::Take { test, role: one.role, next: next.taken }, one.name);
                self.notes[taken as usize].inside = inside;
                Next { taken, fresh: next.fresh.map(|_| taken) }
            }
            Item::Not(inner) => {
                let first = self.steps.len() as Pc;
                let found = self.push(Step::Found, None);
                let body = self.item(inner, Next { taken: found, fresh: None }).taken;
                self.regions.push(first..self.steps.len() as Pc);
                self.before(next, None, |next| Step::Not { body, next })
            }
            Item::Group(group) => self.group(group, next),
        }
    }

    fn group(&mut self, group: &Group, next: Next) -> Next {
        if group.name.is_none() {
            return self.repeat(group, next);
        }
        let close = self.before(next, group.name, |next| Step::Close { next });
        let inner = self.repeat(group, close);
        self.before(inner, None, |next| Step::Open { next })
    }

    fn repeat(&mut self, group: &Group, end: Next) -> Next {
        let mut next = end;
        match group.most {
            None => next = self.forever(group, end),
            Some(most) => {
                for _ in group.least..most {
                    next = self.round(group, next, Some(end));
                }
            }
        }
        for _ in 0..group.least {
            next = self.round(group, next, None);
        }
        next
    }

    /// One of the alternatives, or `end` first where that will do.
    fn round(&mut self, group: &Group, next: Next, end: Option<Next>) -> Next {
        let all: Vec<_> = group.alternatives.iter().map(|items| self.items(items, next)).collect();
        let taken = end.iter().chain(&all).map(|next| next.taken);
        let taken = self.choose(taken.collect());
        let fresh: Option<Vec<_>> = end.iter().chain(&all).map(|next| next.fresh).collect();
        Next { taken, fresh: fresh.map(|fresh| self.choose(fresh)) }
    }

    fn choose(&mut self, targets: Vec<Pc>) -> Pc {
        match targets.as_slice() {
            [only] => *only,
            _ => self.push(Step::Choose(targets.into()), None),
        }
    }

    fn forever(&mut self, group: &Group, end: Next) -> Next {
        self.loops = true;
        let again = self.push(Step::Fail, None);
        let fail = nullable(&group.alternatives).then(|| self.push(Step::Fail, None));
        let round = Next { taken: again, fresh: fail };
        let rounds: Vec<_> = group
            .alternatives
            .iter()
            .map(|items| {
                let start = self.items(items, round);
                start.fresh.unwrap_or(start.taken)
            })
            .collect();
        let either = |end: Pc| Step::Choose(std::iter::once(end).chain(rounds.iter().copied()).collect());
        self.steps[again as usize] = either(end.taken);
        let fresh = end.fresh.map(|end| self.push(either(end), None));
        Next { taken: again, fresh }
    }
}

/// Whether one of the alternatives can match without taking a node.
pub(crate) fn nullable(alternatives: &[Items]) -> bool {
    alternatives.iter().any(|items| items.iter().all(takes_nothing))
}

fn takes_nothing(item: &Item) -> bool {
    match item {
        Item::One(_) => false,
        Item::Not(_) => true,
        Item::Group(group) => group.least == 0 || nullable(&group.alternatives),
    }
}
