//! The one place that the run-time parts read their budget and folder from:
//! what `configure` said, else the environment, else the defaults.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyInt;
use spacetime_runtime::{Error, budget, default_directory, spilled};

/// What `configure` said; `None` where it said nothing.
struct Said {
    memory: Option<usize>,
    directory: Option<PathBuf>,
}

static SAID: Mutex<Said> = Mutex::new(Said { memory: None, directory: None });

fn said() -> MutexGuard<'static, Said> {
    // Nothing can be left half-done in there.
    SAID.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The budget in bytes.
pub fn memory() -> PyResult<usize> {
    if let Some(memory) = said().memory {
        return Ok(memory);
    }
    match std::env::var_os("SPACETIME_MEMORY") {
        Some(text) if !text.is_empty() => checked(&text.to_string_lossy(), "SPACETIME_MEMORY"),
        _ => Ok(budget::DEFAULT),
    }
}

/// The folder for spill files.
pub fn directory() -> PathBuf {
    if let Some(directory) = &said().directory {
        return directory.clone();
    }
    match std::env::var_os("SPACETIME_DIRECTORY") {
        Some(path) if !path.is_empty() => path.into(),
        _ => default_directory(),
    }
}

fn checked(text: &str, name: &str) -> PyResult<usize> {
    let size = budget::parse(text)
        .ok_or_else(|| PyValueError::new_err(format!("{name}: not a size such as '16MiB': {text:?}")))?;
    if size < budget::SMALLEST {
        return Err(PyValueError::new_err(format!(
            "{name}: at least {} bytes are needed, not {size}",
            budget::SMALLEST
        )));
    }
    Ok(size)
}

/// An error of the spill file as Python's `OSError`, with the folder as its
/// `filename`.
pub fn os_error(error: &Error) -> PyErr {
    let folder = error.directory().as_os_str().to_owned();
    match error {
        Error::Io { action, source, .. } => {
            let reason = source.to_string();
            let reason = reason.split(" (os error").next().unwrap_or_default();
            let text = format!("cannot {action} a spill file: {reason}");
            PyOSError::new_err((source.raw_os_error().unwrap_or(libc::EIO), text, folder))
        }
        Error::Damaged { .. } => PyOSError::new_err((libc::EIO, "a spill file is damaged", folder)),
    }
}

/// Sets the budget (an int, or text such as `"16MiB"`) and the folder; what is
/// `None` stays.
#[pyfunction]
#[pyo3(signature = (memory=None, directory=None))]
pub fn runtime_configure(memory: Option<&Bound<'_, PyAny>>, directory: Option<PathBuf>) -> PyResult<()> {
    let memory = match memory {
        None => None,
        Some(size) if size.is_instance_of::<PyInt>() => {
            Some(checked(&size.str()?.to_string_lossy(), "memory")?)
        }
        Some(size) => match size.extract::<String>() {
            Ok(text) => Some(checked(&text, "memory")?),
            Err(_) => return Err(PyTypeError::new_err("memory: an int or a str is needed")),
        },
    };
    let mut said = said();
    said.memory = memory.or(said.memory);
    if directory.is_some() {
        said.directory = directory;
    }
    Ok(())
}

/// The budget in bytes.
#[pyfunction]
pub fn runtime_budget() -> PyResult<usize> {
    memory()
}

/// The folder for spill files.
#[pyfunction]
pub fn runtime_directory() -> OsString {
    directory().into_os_string()
}

/// Spilled bytes, runs and files of this process.
#[pyfunction]
pub fn runtime_stats() -> (u64, u64, u64) {
    let spilled = spilled();
    (spilled.bytes, spilled.runs, spilled.files)
}
