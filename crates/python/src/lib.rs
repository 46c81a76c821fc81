//! The extension module `spacetime_compiler._native`: Python's door to the
//! engine, the command and the run-time parts.

use pyo3::prelude::*;

#[pymodule]
fn _native(_module: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
