//! What `dict.update` takes: a mapping, or pairs.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// Gives keys and values one after the other, each before the next is asked for, as `dict.update` sets them;
/// and says what is wrong with what is no pair.
pub fn each<'py>(
    other: &Bound<'py, PyAny>,
    mut set: impl FnMut(&Bound<'py, PyAny>, &Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    let pairs = if other.is_instance_of::<PyDict>() {
        other.call_method0("items")?
    } else if other.hasattr("keys")? {
        for key in other.call_method0("keys")?.try_iter()? {
            let key = key?;
            set(&key, &other.get_item(&key)?)?;
        }
        return Ok(());
    } else {
        other.clone()
    };
    for (number, pair) in pairs.try_iter()?.enumerate() {
        let pair = pair?;
        if let Ok(pair) = pair.cast_exact::<PyTuple>()
            && pair.len() == 2
        {
            set(&pair.get_item(0)?, &pair.get_item(1)?)?;
            continue;
        }
        let (key, value) = parted(&pair, number)?;
        set(&key, &value)?;
    }
    Ok(())
}

/// What is no tuple, or says itself what is wrong with it.
#[cold]
fn parted<'py>(pair: &Bound<'py, PyAny>, number: usize) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let walk = pair.try_iter().map_err(|error| {
        if !error.is_instance_of::<PyTypeError>(pair.py()) {
            return error;
        }
        let text = format!("cannot convert dictionary update sequence element #{number} to a sequence");
        PyTypeError::new_err(text)
    })?;
    let elements = walk.collect::<PyResult<Vec<_>>>()?;
    let length = elements.len();
    let Ok([key, value]) = <[_; 2]>::try_from(elements) else {
        let text = format!("dictionary update sequence element #{number} has length {length}; 2 is required");
        return Err(PyValueError::new_err(text));
    };
    Ok((key, value))
}
