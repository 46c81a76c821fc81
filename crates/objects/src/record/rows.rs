//! Rows of databases: `sqlite3.Row`, taken apart into what the columns are called and the values.

use std::cell::RefCell;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

/// See the module.
pub struct Rows {
    class: Py<PyType>,
    /// By the names of their columns, the numbers of the cursors of which rows are made; `None` where
    /// none is alike.
    numbers: Py<PyDict>,
    cursors: RefCell<Vec<Py<PyAny>>>,
}

impl Rows {
    pub fn new(class: &Bound<'_, PyType>) -> Self {
        Self {
            class: class.clone().unbind(),
            numbers: PyDict::new(class.py()).unbind(),
            cursors: RefCell::default(),
        }
    }

    /// The number of a cursor and the values of a row, if it can be made of these.
    pub fn parts<'py>(&self, row: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let py = row.py();
        let tuple = py.get_type::<PyTuple>();
        let names = tuple.call1((row.call_method0("keys")?,))?;
        let values = tuple.call1((row,))?;
        let numbers = self.numbers.bind(py);
        let number = match numbers.get_item(&names)? {
            Some(number) => number,
            None => {
                let cursor = self.like(row, &names, &values).unwrap_or(None);
                let number = cursor.map(|cursor| {
                    let mut cursors = self.cursors.borrow_mut();
                    cursors.push(cursor.unbind());
                    cursors.len() - 1
                });
                let number = number.into_pyobject(py)?;
                numbers.set_item(&names, &number)?;
                number
            }
        };
        if number.is_none() { Ok(None) } else { PyTuple::new(py, [number, values]).map(Some) }
    }

    /// A cursor of which the same row can be made.
    fn like<'py>(
        &self,
        row: &Bound<'py, PyAny>,
        names: &Bound<'py, PyAny>,
        values: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
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
        Ok(made.eq(row)?.then_some(cursor))
    }

    /// The row of these parts.
    pub fn make<'py>(&self, parts: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = parts.py();
        let (number, values): (usize, Bound<'py, PyAny>) = parts.extract()?;
        let cursor = self.cursors.borrow().get(number).map(|cursor| cursor.clone_ref(py));
        self.class.bind(py).call1((cursor, values))
    }
}
