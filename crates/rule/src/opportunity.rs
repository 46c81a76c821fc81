//! What a rule answers: an opportunity, a refusal, or nothing.

use spacetime_semantic::Doubt;
use spacetime_text::{Edits, Span};

use crate::{Claim, Import, Reliance};

/// A rewrite that can be made, with all that is needed to decide on it.
#[derive(Clone, Debug)]
pub struct Opportunity {
    /// What the report points at.
    pub span: Span,
    /// One sentence: what is there and what it becomes.
    pub description: String,
    pub edits: Edits,
    pub imports: Vec<Import>,
    /// Empty means proved for every run.
    pub relies_on: Vec<Reliance>,
    pub claim: Claim,
}

impl Opportunity {
    /// What the rewrite is about: what it points at and what it edits. Two
    /// rewrites whose regions meet are not made in the same round, since each
    /// was judged on the text as it is.
    pub fn region(&self) -> Span {
        self.edits.span().map_or(self.span, |edited| self.span.cover(edited))
    }
}

/// A rewrite that was held back, and why.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub span: Span,
    pub description: String,
    pub doubt: Doubt,
}

/// `Ok(None)`: the rule does not apply here; nobody needs to hear of it.
pub type Verdict = Result<Option<Opportunity>, Box<Refusal>>;
