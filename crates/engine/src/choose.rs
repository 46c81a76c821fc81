//! Which opportunities are taken.
//!
//! Each is judged by itself (is what it relies on granted, does it pay), then
//! the best that do not touch each other are taken; what is left over gets
//! its chance in the next round, on the changed text.

use spacetime_rule::{Allowance, Claim, Opportunity, Reliance};
use spacetime_semantic::Size;

use crate::Options;

/// Figures of an opportunity, with the user's quantities put in.
#[derive(Clone, Copy, Debug)]
pub struct Worth {
    pub saving: f64,
    pub overhead: f64,
    pub confidence: f64,
    pub score: f64,
}

/// Where a size is unknown, savings are compared at this many items.
const TYPICAL_ITEMS: f64 = 1e6;

pub fn worth(opportunity: &Opportunity, options: &Options) -> Worth {
    let claim = &opportunity.claim;
    let saving = claim.saving(&|name| Some(given(options, name).unwrap_or(TYPICAL_ITEMS)));
    let time = (1.0 - claim.overhead).clamp(0.0, 1.0);
    let score = 0.4 * saving + 0.3 * time + 0.2 * claim.confidence + 0.1 * claim.clarity;
    Worth { saving, overhead: claim.overhead, confidence: claim.confidence, score }
}

/// Bytes before and after, unknown quantities taken as typical.
pub fn typical_bytes(claim: &Claim, options: &Options) -> (f64, f64) {
    let typical = |name: &str| Some(given(options, name).unwrap_or(TYPICAL_ITEMS));
    let bytes = |size: &Size| size.evaluate(&typical).unwrap_or(0.0);
    (bytes(&claim.before), bytes(&claim.after))
}

/// What the user says a quantity is.
pub fn given(options: &Options, name: &str) -> Option<f64> {
    options.given.get(name).or_else(|| options.given.get("n")).copied()
}

/// Why an opportunity is not taken, and what could be said to allow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub why: String,
    pub remedy: Option<String>,
}

/// Judges one opportunity by itself. `allowed_here` knows the remarks in the source.
pub fn objection(
    opportunity: &Opportunity,
    worth: Worth,
    options: &Options,
    allowed_here: impl Fn(Allowance) -> bool,
) -> Option<Objection> {
    for reliance in &opportunity.relies_on {
        match reliance {
            Reliance::Guarded(_) => {}
            Reliance::Assumed(assumption) if options.assumptions.contains(*assumption) => {}
            Reliance::Assumed(assumption) => {
                return Some(Objection {
                    why: format!(
                        "it relies on `{assumption}`, which is not assumed: {}",
                        assumption.meaning()
                    ),
                    remedy: Some(format!("--assume {assumption}")),
                });
            }
            Reliance::Allowed(allowance)
                if options.allowances.contains(allowance) || allowed_here(*allowance) => {}
            Reliance::Allowed(allowance) => {
                return Some(Objection {
                    why: format!("it would change what can be seen: {}", allowance.meaning()),
                    remedy: Some(format!(
                        "--allow {0}, or the comment `# spacetime: allow[{0}]`",
                        allowance.name()
                    )),
                });
            }
        }
    }
    let limits = &options.limits;
    if worth.confidence < limits.confidence {
        return Some(Objection {
            why: format!("confidence {:.2} is below {:.2}", worth.confidence, limits.confidence),
            remedy: Some(format!("--limit confidence={:.2}", worth.confidence)),
        });
    }
    let pays = worth.overhead < 0.0 || (worth.saving > limits.saving && worth.overhead < limits.overhead);
    (!pays).then(|| Objection {
        why: format!(
            "it saves {:.0} % of the memory for {:.0} % more time, which does not pay",
            worth.saving * 100.0,
            worth.overhead * 100.0
        ),
        remedy: Some(format!(
            "--limit saving={:.2} --limit overhead={:.2}",
            worth.saving * 0.99,
            worth.overhead + 0.01
        )),
    })
}

/// Numbers of the opportunities to take: best score first, none touching another.
pub fn compatible(opportunities: &[(&Opportunity, Worth)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..opportunities.len()).collect();
    order.sort_by(|a, b| opportunities[*b].1.score.total_cmp(&opportunities[*a].1.score).then(a.cmp(b)));
    let mut taken: Vec<usize> = Vec::new();
    for at in order {
        let region = opportunities[at].0.region();
        let free = taken.iter().all(|other| {
            let theirs = opportunities[*other].0.region();
            region.end() <= theirs.start() || theirs.end() <= region.start()
        });
        if free {
            taken.push(at);
        }
    }
    taken.sort_unstable();
    taken
}
