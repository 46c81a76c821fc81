//! The extension module `spacetime_compiler._native`: Python's door to the
//! engine and the commands.

mod command;
mod engine;
mod upgrade;

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    command::register(module)?;
    engine::register(module)?;
    upgrade::register(module)
}
