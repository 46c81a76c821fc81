//! Rows of databases: `sqlite3.Row`, taken apart into the names of the columns and the values.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

/// See the module.
pub struct Rows {
    class: Py<PyType>,
    /// By the names of their columns, cursors of which rows are made; `None` where none is alike.
    cursors: Py<PyDict>,
}

impl Rows {
    pub fn new(class: &Bound<'_, PyType>) -> Self {
        Self { class: class.clone().unbind(), cursors: PyDict::new(class.py()).unbind() }
    }

    /// The names and the values of a row, if it can be made of these.
    pub fn parts<'py>(&self, row: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let py = row.py();
        let tuple = py.get_type::<PyTuple>();
        let names = tuple.call1((row.call_method0("keys")?,))?;
        let values = tuple.call1((row,))?;
        let cursors = self.cursors.bind(py);
        let cursor = match cursors.get_item(&names)? {
            Some(cursor) => cursor,
            None => {
                let cursor = self.like(row, &names, &values).unwrap_or_else(|_| py.None().into_bound(py));
                cursors.set_item(&names, &cursor)?;
                cursor
            }
        };
        if cursor.is_none() { Ok(None) } else { PyTuple::new(py, [names, values]).map(Some) }
    }

    /// A cursor of which the same row can be made, or `None`.
    fn like<'py>(
        &self,
        row: &Bound<'py, PyAny>,
        names: &Bound<'py, PyAny>,
        values: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = row.py();
        let columns: Vec<_> = names
            .try_iter()?
            .map(|name| Ok(format!("1 AS \"{}\"", name?.str()?.to_str()?.replace('"', "\"\""))))
            .collect::<PyResult<_>>()?;
        let connection = py.import("sqlite3")?.call_method1("connect", (":memory:",))?;
        let cursor = connection.call_method1("execute", (format!("SELECT {}", columns.join(", ")),));
        connection.call_method0("close")?;
        let cursor = cursor?;
        let made = self.class.bind(py).call1((&cursor, values))?;
        Ok(if made.eq(row)? { cursor } else { py.None().into_bound(py) })
    }

    /// The row with these names and values.
    pub fn make<'py>(&self, parts: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (names, values): (Bound<'py, PyAny>, Bound<'py, PyAny>) = parts.extract()?;
        let cursor = self.cursors.bind(parts.py()).as_any().get_item(names)?;
        self.class.bind(parts.py()).call1((cursor, values))
    }
}
