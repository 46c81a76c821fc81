//! What a rewrite relies on, collected while its conditions are checked.

use spacetime_rule::{Allowance, Reliance};
use spacetime_semantic::{Assumption, Assumptions};

/// What a rewrite relies on, collected while it is checked.
#[derive(Clone, Debug, Default)]
pub struct Reliances {
    assumptions: Assumptions,
    allowances: Vec<Allowance>,
    guards: Vec<String>,
}

impl Reliances {
    pub fn assume(&mut self, assumption: Assumption) {
        self.assumptions.insert(assumption);
    }

    pub fn assume_all(&mut self, assumptions: Assumptions) {
        self.assumptions = self.assumptions.union(assumptions);
    }

    pub fn allow(&mut self, allowance: Allowance) {
        if !self.allowances.contains(&allowance) {
            self.allowances.push(allowance);
        }
    }

    pub fn guard(&mut self, what: impl Into<String>) {
        self.guards.push(what.into());
    }

    pub fn into_vec(self) -> Vec<Reliance> {
        self.guards
            .into_iter()
            .map(Reliance::Guarded)
            .chain(self.assumptions.iter().map(Reliance::Assumed))
            .chain(self.allowances.into_iter().map(Reliance::Allowed))
            .collect()
    }
}
