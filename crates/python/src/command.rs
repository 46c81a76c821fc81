//! The command inside the interpreter's process: `python -m spacetime_compiler`
//! is the very same program as `stc`.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::prelude::*;
use spacetime_cli::Host;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(run_command, module)?)
}

/// Runs the command; the result is the exit status. Other threads go on.
#[pyfunction]
#[pyo3(signature = (argv, executable=None))]
fn run_command(py: Python<'_>, argv: Vec<OsString>, executable: Option<PathBuf>) -> i32 {
    let host = Host { python: executable };
    py.detach(|| spacetime_cli::main_with(argv, &host))
}
