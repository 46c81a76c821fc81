//! What a rewrite is claimed to save and to cost.

use spacetime_semantic::Size;

/// Memory and time of a rewrite, before anything has run.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Bytes at the peak, of what the rewrite is about, as the program stands.
    pub before: Size,
    /// The same afterwards.
    pub after: Size,
    /// Extra time as a share of the time spent at this place: 0.15 is 15 % slower,
    /// below zero is faster.
    pub overhead: f64,
    /// How sure we are that it pays, 0 to 1.
    pub confidence: f64,
    /// How readable the result is, 0 to 1.
    pub clarity: f64,
}

impl Claim {
    /// The share of `before` that is saved, 0 to 1, where unknown quantities
    /// are answered by `given`.
    pub fn saving(&self, given: &dyn Fn(&str) -> Option<f64>) -> f64 {
        let (Some(before), Some(after)) = (self.before.evaluate(given), self.after.evaluate(given)) else {
            return 0.0;
        };
        if before <= 0.0 { 0.0 } else { ((before - after) / before).clamp(0.0, 1.0) }
    }
}
