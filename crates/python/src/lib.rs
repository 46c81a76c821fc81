//! The extension module `spacetime_compiler._native`: Python's door to the
//! engine, the command and the run-time parts.

mod command;
mod engine;
mod runtime;
mod upgrade;

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    command::register(module)?;
    engine::register(module)?;
    runtime::register(module)?;
    upgrade::register(module)
}
