//! The extension module `spacetime_compiler._native`: Python's door to the
//! engine, the command and the run-time parts.

use pyo3::prelude::*;

mod runtime;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    runtime::register(module)
}
