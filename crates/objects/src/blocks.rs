//! The result of a sort, a list of a few hundred items at a time: making them in
//! one go and leaving the walking to a list iterator costs a fraction of one
//! call per item. Objects that were packed whole come one by one: they take longer
//! to make anyway, and whoever gets one is the only one who holds it.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyList;
use spacetime_runtime::{Record, Sorted};

use super::decode::Decoder;
use super::settings::os_error;

/// A block ends at so many items or encoded bytes.
const ITEMS: usize = 256;
const BYTES: usize = 32 << 10;

/// An iterator over lists of items.
#[pyclass(module = "spacetime_compiler._runtime")]
pub struct Blocks {
    /// Taken away at the end, which closes the spill file.
    sorted: Option<Sorted>,
    decoder: Decoder,
    /// What came last, where of equal values only the first is wanted.
    last: Option<Last>,
}

/// What a value is compared by.
#[derive(Default)]
struct Last {
    word: Option<Record<'static>>,
    key: Option<Vec<u8>>,
}

impl Last {
    /// Whether this is another value than the one before.
    #[inline]
    fn differs(&mut self, record: Record<'_>) -> bool {
        match record {
            Record::Int(value) => self.word.replace(Record::Int(value)) != self.word,
            Record::Float(value) => self.word.replace(Record::Float(value)) != self.word,
            Record::Bytes { key, .. } => match &mut self.key {
                Some(last) if last == key => false,
                Some(last) => {
                    last.clear();
                    last.extend_from_slice(key);
                    true
                }
                none => {
                    *none = Some(key.to_vec());
                    true
                }
            },
        }
    }
}

impl Blocks {
    pub fn new(sorted: Sorted, decoder: Decoder) -> Self {
        Self { sorted: Some(sorted), decoder, last: None }
    }

    /// Leaves out what equals the value before it.
    pub fn distinct(sorted: Sorted, decoder: Decoder) -> Self {
        Self { last: Some(Last::default()), ..Self::new(sorted, decoder) }
    }
}

#[pymethods]
impl Blocks {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
        let Some(sorted) = &mut self.sorted else {
            return Ok(None);
        };
        let mut items = Vec::with_capacity(ITEMS.min(sorted.left()));
        let mut bytes = 0;
        while items.len() < ITEMS && bytes < BYTES {
            let Some(record) = sorted.next().map_err(|error| os_error(&error))? else {
                break;
            };
            if self.last.as_mut().is_some_and(|last| !last.differs(record)) {
                continue;
            }
            if let Record::Bytes { key, payload } = record {
                bytes += key.len() + payload.len();
            }
            items.push(self.decoder.value(py, record)?);
        }
        if sorted.left() == 0 {
            self.sorted = None;
        }
        if items.is_empty() {
            return Ok(None);
        }
        Ok(Some(PyList::new(py, items)?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.decoder.kept.iter().try_for_each(|kept| visit.call(kept))
    }

    fn __clear__(&mut self) {
        self.sorted = None;
        self.decoder.kept.clear();
    }
}

/// An iterator over items.
#[pyclass(module = "spacetime_compiler._runtime")]
pub struct Items {
    /// Taken away at the end, which closes the spill file.
    sorted: Option<Sorted>,
    decoder: Decoder,
}

impl Items {
    pub fn new(sorted: Sorted, decoder: Decoder) -> Self {
        Self { sorted: Some(sorted), decoder }
    }
}

#[pymethods]
impl Items {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[inline]
    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(sorted) = &mut self.sorted else {
            return Ok(None);
        };
        let item = match sorted.next().map_err(|error| os_error(&error))? {
            Some(record) => Some(self.decoder.value(py, record)?),
            None => None,
        };
        if sorted.left() == 0 {
            self.sorted = None;
            self.decoder.packed = None;
        }
        Ok(item)
    }

    fn __length_hint__(&self) -> usize {
        self.sorted.as_ref().map_or(0, Sorted::left)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.decoder.packed.as_ref().map_or(Ok(()), |packed| packed.traverse(&visit))
    }

    fn __clear__(&mut self) {
        self.sorted = None;
        self.decoder.packed = None;
    }
}
