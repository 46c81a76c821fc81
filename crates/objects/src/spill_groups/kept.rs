//! Values of a dictionary that are no groups. They have numbers below zero.

use pyo3::prelude::*;

#[derive(Default)]
pub struct Kept {
    values: Vec<Option<Py<PyAny>>>,
    free: Vec<usize>,
}

fn place(number: i64) -> Option<usize> {
    usize::try_from(-1 - number).ok()
}

impl Kept {
    /// Keeps a value. Gives its number.
    pub fn keep(&mut self, value: Py<PyAny>) -> i64 {
        let place = if let Some(place) = self.free.pop() {
            self.values[place] = Some(value);
            place
        } else {
            self.values.push(Some(value));
            self.values.len() - 1
        };
        -1 - place.cast_signed() as i64
    }

    pub fn find(&self, number: i64) -> Option<&Py<PyAny>> {
        self.values.get(place(number)?)?.as_ref()
    }

    /// A value is not needed any more.
    pub fn take(&mut self, number: i64) -> Option<Py<PyAny>> {
        let place = place(number)?;
        let value = self.values.get_mut(place)?.take();
        self.free.push(place);
        value
    }

    pub fn all(&self) -> impl Iterator<Item = &Py<PyAny>> {
        self.values.iter().flatten()
    }
}
