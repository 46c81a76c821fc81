//! What is made again by calling its class.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use spacetime_runtime::pack::{self, tag};

use super::classes::Class;
use super::encode::{DEEPEST, Place};
use super::rows::Rows;
use super::{Codec, Object, Output, numerals};

impl Codec {
    /// An object that says by which call it is made again.
    pub(super) fn reduced(
        &self,
        py: Python<'_>,
        object: Object,
        class: &Class,
        out: &mut Output,
    ) -> PyResult<bool> {
        // SAFETY: the object is alive; a reference of our own is taken.
        let value = unsafe { Bound::from_borrowed_ptr(py, object) };
        let reduced: Bound<'_, PyTuple> = value.call_method1("__reduce_ex__", (4,))?.extract()?;
        let arguments: Bound<'_, PyTuple> = reduced.get_item(1)?.extract()?;
        if !reduced.get_item(0)?.is(&class.object) || reduced.len() != 2 {
            return Ok(false);
        }
        pack::numbered(&mut out.bytes, tag::CALL, class.number);
        // A time zone becomes a pin, and so stays the object that it is.
        let place = Place { held: 1, shared: true, lasting: false, depth: DEEPEST - 1 };
        self.value(py, arguments.as_ptr(), place, out);
        Ok(true)
    }

    pub(super) fn row(
        &self,
        py: Python<'_>,
        object: Object,
        number: usize,
        rows: &Rows,
        out: &mut Output,
    ) -> PyResult<bool> {
        // SAFETY: the object is alive; a reference of our own is taken.
        let Some(parts) = rows.parts(&unsafe { Bound::from_borrowed_ptr(py, object) })? else {
            return Ok(false);
        };
        pack::numbered(&mut out.bytes, tag::CALL, number);
        let place = Place { held: 1, shared: true, lasting: false, depth: 1 };
        self.value(py, parts.as_ptr(), place, out);
        Ok(true)
    }

    pub(super) fn decimal(
        &self,
        py: Python<'_>,
        object: Object,
        class: &Class,
        place: Place,
        out: &mut Output,
    ) -> PyResult<bool> {
        // SAFETY: the object is alive; a reference of our own is taken.
        let value = unsafe { Bound::from_borrowed_ptr(py, object) };
        let written = value.str()?;
        if self.is_compared(place) && numerals::is_nan(written.to_str()?) {
            return Ok(false);
        }
        pack::numbered(&mut out.bytes, tag::CALL, class.number);
        pack::tuple(&mut out.bytes, 1);
        out.recent.text(&mut out.bytes, written.to_str()?.as_bytes());
        Ok(true)
    }
}
