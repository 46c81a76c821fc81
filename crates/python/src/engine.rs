//! The engine for Python: text and JSON in, JSON out.
//!
//! Strings cross the boundary instead of objects, so that the shape of a
//! finding is written down once in Rust and once, with types, in Python.

use std::thread;

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use serde::Serialize;
use spacetime_cli::config::Config;
use spacetime_engine::{Failure, Outcome, SourceKind, Summary};

/// Deep enough for any tree that the parser accepts; the caller's own stack may be small.
const STACK: usize = 256 << 20;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(optimize, module)?)?;
    module.add_function(wrap_pyfunction!(rules, module)?)
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Done {
        text: &'a str,
        summary: Summary,
        #[serde(flatten)]
        outcome: &'a Outcome,
    },
    Failed {
        problem: Problem<'a>,
    },
}

#[derive(Serialize)]
struct Problem<'a> {
    message: &'a str,
    line: usize,
    column: usize,
}

/// Optimizes a text. `options` is JSON with the keys of
/// `[tool.spacetime-compiler]`; a text that does not parse is a `problem`.
#[pyfunction]
#[pyo3(signature = (text, options="{}", *, stub=false))]
fn optimize(py: Python<'_>, text: &str, options: &str, stub: bool) -> PyResult<String> {
    let config: Config =
        serde_json::from_str(options).map_err(|error| PyValueError::new_err(error.to_string()))?;
    let options = config.options().map_err(|error| PyValueError::new_err(error.to_string()))?;
    let kind = if stub { SourceKind::Stub } else { SourceKind::Python };
    let result = py.detach(|| deep(|| spacetime_engine::optimize(text, kind, &options)))?;
    match &result {
        Ok(outcome) => to_json(&Answer::Done { text: &outcome.text, summary: outcome.summary(), outcome }),
        Err(Failure::Syntax(problem)) => to_json(&Answer::Failed {
            problem: Problem { message: &problem.message, line: problem.line, column: problem.column },
        }),
        Err(failure @ Failure::Rule(_)) => Err(PyValueError::new_err(failure.to_string())),
    }
}

/// The catalogue: name, group, summary and page of every rule.
#[pyfunction]
fn rules() -> PyResult<String> {
    to_json(&spacetime_engine::rules())
}

fn to_json(value: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}

/// Runs `work` on a thread with a deep stack; a panic there is our error.
fn deep<T: Send>(work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let failed = || PyRuntimeError::new_err("internal error, please report it with the source");
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        thread.join().map_err(|_| failed())
    })
}
