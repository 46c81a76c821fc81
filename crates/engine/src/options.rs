//! What a user can ask of the engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use spacetime_rule::Allowance;
use spacetime_semantic::Assumptions;

/// Which rules run: names of rules or groups, `all` or `none`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    pub select: Vec<String>,
    pub ignore: Vec<String>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { select: vec!["all".to_owned()], ignore: Vec::new() }
    }
}

/// Thresholds of the choice; `--limit NAME=VALUE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// `confidence`: the least that is applied.
    pub confidence: f64,
    /// `saving`: the least share of memory saved, unless the rewrite is faster.
    pub saving: f64,
    /// `overhead`: the most extra time that is paid for it.
    pub overhead: f64,
    /// `rounds`: how often the rules run over their own results.
    pub rounds: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { confidence: 0.7, saving: 0.5, overhead: 1.0, rounds: 32 }
    }
}

/// Everything that decides what the engine does with a source text.
#[derive(Clone, Debug)]
pub struct Options {
    pub selection: Selection,
    pub assumptions: Assumptions,
    pub allowances: Vec<Allowance>,
    pub limits: Limits,
    /// `--given NAME=VALUE`: quantities of the program. The name `n` answers
    /// for every quantity that is not named.
    pub given: BTreeMap<String, f64>,
    /// Qualified names of functions that the user calls pure.
    pub pure: Vec<String>,
    /// The module belongs to a package or is imported by a file beside it, so
    /// that its functions have callers elsewhere.
    pub is_library: bool,
    /// Names of the module that other files of its project mention, with such a file.
    pub used_elsewhere: Arc<BTreeMap<String, String>>,
    /// The oldest Python 3 minor version that the result runs on.
    pub target_minor: u8,
    /// Predict the peak memory of the program, before and after.
    pub forecast: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            selection: Selection::default(),
            assumptions: Assumptions::common(),
            allowances: Vec::new(),
            limits: Limits::default(),
            given: BTreeMap::new(),
            pure: Vec::new(),
            is_library: false,
            used_elsewhere: Arc::default(),
            target_minor: 11,
            forecast: false,
        }
    }
}

impl Options {
    /// No assumption is made: only what is proved or guarded is applied.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.assumptions = Assumptions::NONE;
        self
    }
}
