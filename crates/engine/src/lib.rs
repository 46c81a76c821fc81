//! The façade: which rules there are, which opportunities are taken, and what
//! is said about them. Plain data in and out; no files, no terminals.

mod catalogue;
mod choose;
mod examples;
mod facts_data;
mod forecast;
mod graph;
mod import;
mod optimize;
mod options;
mod outcome;
mod position;
mod reason;
pub mod report;
mod shown;
mod suppress;

pub use catalogue::{RuleInfo, UnknownRule, explain, rule_names, rules};
pub use examples::{RuleExample, examples};
pub use facts_data::{KindFact, KindShape, facts_data};
pub use graph::{patterns_dot, patterns_trace};
pub use optimize::{Failure, facts, optimize};
pub use options::{Limits, Options, Selection};
pub use outcome::{Finding, Forecast, Outcome, Peak, PeakPart, PlannedEdit, Summary};
pub use spacetime_rule::{Allowance, Group};
pub use spacetime_semantic::{Assumption, Assumptions};
pub use spacetime_syntax::{DecodeProblem, EncodeProblem, Source, SourceKind, SyntaxProblem};
