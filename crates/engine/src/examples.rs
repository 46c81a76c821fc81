//! The examples of the rules' headers, for those who run them.
//!
//! The harness holds them against the engine, `xtask equivalence` against every
//! installed CPython.

use spacetime_rule::{Header, HeaderProblem};

use crate::catalogue;

/// A fenced block of a rule's page that shows what the rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleExample {
    /// `before` becomes `after`.
    Rewritten { before: String, after: String },
    /// The rule leaves it alone.
    Kept(String),
}

/// Every example of every rule, in the order of the rules and of their pages.
pub fn examples() -> Result<Vec<(&'static str, RuleExample)>, (&'static str, HeaderProblem)> {
    let mut all = Vec::new();
    for rule in catalogue::all() {
        let header = Header::parse(rule.source).and_then(|header| header.with_cases(rule.cases));
        let header = header.map_err(|problem| (rule.name, problem))?;
        for (before, after) in header.rewrites() {
            let (before, after) = (before.to_owned(), after.to_owned());
            all.push((rule.name, RuleExample::Rewritten { before, after }));
        }
        all.extend(header.kept().map(|code| (rule.name, RuleExample::Kept(code.to_owned()))));
    }
    Ok(all)
}
