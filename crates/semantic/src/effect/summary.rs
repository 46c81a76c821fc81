//! Effects of the module's functions, to a fixpoint over its call graph.
//!
//! A summary starts as "no effects" and grows until calling the function with
//! the summaries as they are adds nothing. Recursive functions are iterated;
//! what depends on an unfinished summary is not kept.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::ExprCall;

use super::Effects;
use crate::{Body, Model, Objects};

/// Summaries that are finished, and those being worked out.
#[derive(Debug, Default)]
pub struct Summaries {
    done: RefCell<FxHashMap<NodeId, Rc<Effects>>>,
    open: RefCell<Vec<Open>>,
}

#[derive(Debug)]
struct Open {
    def: NodeId,
    so_far: Rc<Effects>,
    asked_again: bool,
    /// The outermost unfinished function that this one has asked.
    lowest: usize,
}

/// Mutual recursion deeper than this is answered with "anything".
const MAX_DEPTH: usize = 64;

impl Model<'_> {
    /// What calling a function of this module does, seen from outside: its own
    /// variables and private objects are left out. For generators: what walking does.
    pub fn summary(&self, def: NodeId) -> Rc<Effects> {
        if let Some(known) = self.summaries.done.borrow().get(&def) {
            return known.clone();
        }
        let depth = {
            let mut open = self.summaries.open.borrow_mut();
            if let Some(at) = open.iter().position(|entry| entry.def == def) {
                open[at].asked_again = true;
                if let Some(asking) = open.last_mut() {
                    asking.lowest = asking.lowest.min(at);
                }
                return open[at].so_far.clone();
            }
            if open.len() >= MAX_DEPTH {
                return Rc::new(Effects::anything(def));
            }
            let depth = open.len();
            open.push(Open { def, so_far: Rc::default(), asked_again: false, lowest: depth });
            depth
        };
        let result = loop {
            let result = Rc::new(self.effects_of_function(def));
            let mut open = self.summaries.open.borrow_mut();
            let entry = &mut open[depth];
            if !entry.asked_again || *entry.so_far == *result {
                break result;
            }
            entry.so_far = result;
        };
        let lowest = self.summaries.open.borrow_mut().pop().map_or(depth, |entry| entry.lowest);
        if lowest >= depth {
            self.summaries.done.borrow_mut().insert(def, result.clone());
        } else if let Some(outer) = self.summaries.open.borrow_mut().last_mut() {
            outer.lowest = outer.lowest.min(lowest);
        }
        result
    }

    /// What effects of the body of a function of this module are to the body
    /// that calls it: those on its own variables and private objects are left out.
    pub fn effects_for_caller(
        &self,
        callee: &Body,
        effects: &Effects,
        caller: &Body,
        call: &ExprCall,
    ) -> Effects {
        let mut outside = effects.clone().seen_from_outside(&callee.symbols);
        let reachable = caller.heap.reachable(&caller.values(self).given(call));
        if outside.reads.has_outer() {
            outside.reads.add(&reachable);
        }
        if outside.writes.has_outer() {
            outside.writes.add(&reachable);
        }
        outside
    }

    fn effects_of_function(&self, def: NodeId) -> Effects {
        let Some(body) = self.body_of_def(def) else { return Effects::anything(def) };
        if body.is_async {
            return Effects::anything(def);
        }
        let mut effects = Effects::default();
        for point in body.flow.points() {
            effects.add(&self.point_effects(&body, point));
        }
        if body.is_generator {
            // What suspends it is known: the caller walks it.
            effects.suspends = None;
        }
        effects.seen_from_outside(&body.symbols)
    }
}

impl Effects {
    /// A call that may do anything.
    pub fn anything(node: NodeId) -> Self {
        Self {
            reads: Objects::outer(),
            writes: Objects::outer(),
            attr_reads: super::Names::everything(),
            attr_writes: super::Names::everything(),
            world: super::World::EVERYTHING,
            raises: Some(node),
            unknown: Some(node),
            ..Self::default()
        }
    }

    fn seen_from_outside(mut self, own: &[crate::scope::SymbolId]) -> Self {
        self.name_reads.retain(|symbol| !own.contains(symbol));
        self.name_writes.retain(|symbol| !own.contains(symbol));
        self.walked_names.retain(|symbol| !own.contains(symbol));
        let outer = |set: &Objects| if set.has_outer() { Objects::outer() } else { Objects::default() };
        self.reads = outer(&self.reads);
        self.writes = outer(&self.writes);
        self
    }
}
