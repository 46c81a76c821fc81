//! 2to3 for Python: `spacetime_compiler.upgrade` is made of this.
//!
//! Texts go in and come out; what cannot be parsed is told with the numbers
//! that lib2to3's exceptions carry, so that Python can raise the like of them.

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use spacetime_upgrade::{Dialect, DoctestError, Failure, ParseError, Refactoring, Source, fixers};

create_exception!(
    _native,
    UpgradeRefused,
    PyException,
    "Why nothing became of a text: a `Why` for its argument."
);

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("UpgradeRefused", module.py().get_type::<UpgradeRefused>())?;
    module.add_function(wrap_pyfunction!(upgrade_fixers, module)?)?;
    module.add_function(wrap_pyfunction!(upgrade_encoding, module)?)?;
    module.add_class::<Upgrader>()
}

/// The name of the exception that lib2to3 would have raised (empty: a fixer of
/// ours has failed), its message; and for a token that cannot stand where it is
/// its type, value, prefix, line and column.
type Why = (&'static str, String, Option<(u16, String, String, usize, usize)>);

/// A new text, whether it counts as changed, messages, what it imports from the future.
type Done = (String, bool, Vec<String>, Vec<String>);

/// A new text, messages, and for each example that could not be refactored its
/// line, its lines, and why.
type DoctestsDone = (String, Vec<String>, Vec<(usize, Vec<String>, Why)>);

/// What the tokenizer says; the place comes with the exception.
const UNINDENT: &str = "unindent does not match any outer indentation level";

/// All fixers by name, and whether each is off unless it is named.
#[pyfunction]
fn upgrade_fixers() -> Vec<(&'static str, bool)> {
    fixers::ALL.iter().map(|fixer| (fixer.name, fixer.explicit)).collect()
}

/// The name of the encoding that a file is in, as lib2to3 finds it: from a
/// byte-order mark or a comment. Nobody has asked yet whether there is such a one.
#[pyfunction]
fn upgrade_encoding(start: &[u8]) -> String {
    Source::encoding_of(start)
}

/// Fixers that are run together. Other threads go on while they run.
#[pyclass(frozen)]
struct Upgrader {
    refactoring: Refactoring,
    dialect: Dialect,
}

#[pymethods]
impl Upgrader {
    /// Fixers by name, in the order in which lib2to3 would have been given them.
    #[new]
    #[pyo3(signature = (names, *, print_function=false, exec_function=false, beyond=false))]
    #[expect(clippy::needless_pass_by_value, reason = "the strings are made of Python's")]
    fn new(names: Vec<String>, print_function: bool, exec_function: bool, beyond: bool) -> PyResult<Self> {
        let named = |name: &String| {
            let found = fixers::ALL.iter().copied().find(|fixer| fixer.name == name);
            found.ok_or_else(|| PyValueError::new_err(format!("there is no fixer {name}")))
        };
        let chosen = names.iter().map(named).collect::<PyResult<Vec<_>>>()?;
        let refactoring =
            Refactoring::new(&chosen).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        let refactoring = if beyond { refactoring.beyond() } else { refactoring };
        Ok(Self { refactoring, dialect: Dialect { print_function, exec_function } })
    }

    fn refactor(&self, py: Python<'_>, text: &str, name: &str) -> PyResult<Done> {
        match py.detach(|| self.refactoring.refactor_text(text, name, self.dialect)) {
            Ok(done) => Ok((done.text, done.is_changed, done.log, done.features.into_iter().collect())),
            Err(failure) => Err(UpgradeRefused::new_err(why(&failure))),
        }
    }

    fn refactor_doctests(&self, py: Python<'_>, text: &str, name: &str) -> DoctestsDone {
        let done = py.detach(|| self.refactoring.refactor_doctests(text, name, self.dialect));
        let error = |error: DoctestError| (error.line, error.source, why(&error.why));
        (done.text, done.log, done.errors.into_iter().map(error).collect())
    }
}

/// What is known of a failure. The words are lib2to3's: a class, a colon, a message.
fn why(failure: &Failure) -> Why {
    let error = match failure {
        Failure::Parse(error) => error,
        Failure::Fixer(trouble) => return ("", trouble.to_string(), None),
    };
    let words = error.to_string();
    let message = |class: &str| words.strip_prefix(class).and_then(|rest| rest.strip_prefix(": "));
    let of = |class: &'static str| (class, message(class).unwrap_or(&words).to_owned(), None);
    match &**error {
        ParseError::Input { message, kind, value, prefix, line, column } => {
            let token = (*kind, value.clone(), prefix.clone(), *line, *column);
            ("ParseError", (*message).to_owned(), Some(token))
        }
        ParseError::End { message, line, column } => {
            ("TokenError", (*message).to_owned(), Some((0, String::new(), String::new(), *line, *column)))
        }
        ParseError::Indentation { line } => {
            let place = (0, String::new(), String::new(), *line, 0);
            ("IndentationError", UNINDENT.to_owned(), Some(place))
        }
        ParseError::Word { value } => ("KeyError", value.clone(), None),
        ParseError::Order { .. } => of("AssertionError"),
        ParseError::Long => ("", words, None),
    }
}
