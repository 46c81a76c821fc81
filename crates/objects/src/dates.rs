//! Dates and times as texts that compare as they do.
//!
//! Records are sorted by when things happened more than by anything else. What
//! `isoformat` gives has fixed widths: `2024-02-29`, `2024-02-29T12:00:00`, with
//! microseconds behind it where there are some.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use super::encode::Class;

/// The width of a date.
const DATE: usize = "2024-02-29".len();
/// The widths of a time without a zone, which would stand behind it.
const PLAIN: [usize; 2] = ["2024-02-29T12:00:00".len(), "2024-02-29T12:00:00.000001".len()];

/// What such a text was made of, or something that compares as it did.
pub fn of_text<'py>(text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let class = if text.len()? == DATE { "date" } else { "datetime" };
    text.py().import("_datetime")?.getattr(class)?.call_method1("fromisoformat", (text,))
}

/// The types of the interpreter's own `datetime`, which nobody can change.
pub struct Dates<'py> {
    date: Bound<'py, PyType>,
    datetime: Bound<'py, PyType>,
    isoformat: Bound<'py, PyString>,
}

impl<'py> Dates<'py> {
    /// If the program has imported them.
    pub fn now(py: Python<'py>) -> Option<Self> {
        let modules = py.import("sys").ok()?.getattr("modules").ok()?;
        let module = modules.get_item("_datetime").ok()?;
        let builtin = |name: &str| {
            let class = module.getattr(name).ok()?.cast_into::<PyType>().ok()?;
            // SAFETY: the type is alive.
            let flags = unsafe { ffi::PyType_GetFlags(class.as_type_ptr()) };
            (flags & ffi::Py_TPFLAGS_HEAPTYPE == 0).then_some(class)
        };
        Some(Self {
            date: builtin("date")?,
            datetime: builtin("datetime")?,
            isoformat: PyString::intern(py, "isoformat"),
        })
    }

    /// The text of a date, or of a time without a zone.
    #[inline]
    pub fn text(&self, object: *mut ffi::PyObject) -> Option<(Class, Bound<'py, PyAny>)> {
        // SAFETY: the object is alive.
        let class = unsafe { ffi::Py_TYPE(object) };
        let is_date = class == self.date.as_type_ptr();
        if !is_date && class != self.datetime.as_type_ptr() {
            return None;
        }
        // SAFETY: as above; the type is known, and its method cannot be another.
        let object = unsafe { Bound::from_borrowed_ptr(self.isoformat.py(), object) };
        let text = object.call_method0(&self.isoformat).ok()?;
        if is_date {
            return Some((Class::Date, text));
        }
        PLAIN.contains(&text.len().ok()?).then_some((Class::DateTime, text))
    }
}
