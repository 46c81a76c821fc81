//! `sorted_set`: what `sorted(set(iterable))` gives, one item at a time.
//!
//! A dict with half of the budget takes the part of the set: of equal values it
//! keeps the first, in the order in which they came. When it is full, its values
//! become a sorted run. What several runs have in common is left out on the way
//! out. Values that cannot be written are put into a real set, which is sorted.

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PySet, PyTuple};
use spacetime_runtime::Finished;

use super::blocks::Blocks;
use super::decode::Decoder;
use super::intake::{Encoded, Order, load};
use super::record::Policy;
use super::settings::{self, os_error};
use super::size::size;
use super::sort::{is_collection, next};

/// The size of one in so many values is looked at.
const STEP: usize = 32;
/// What a value takes in the dict besides itself.
const OWN: usize = 100;

/// All values so far.
struct Distinct<'py> {
    py: Python<'py>,
    reverse: bool,
    batch: Bound<'py, PyDict>,
    /// How many of them have been looked at, and what they take.
    looked: usize,
    total: usize,
    limit: usize,
    runs: Option<Encoded<'py>>,
    /// Takes everything, once something has come that cannot be written.
    plain: Option<Bound<'py, PySet>>,
}

/// Sorts the different values, and hands them out one at a time.
#[pyfunction]
#[pyo3(signature = (iterable, reverse))]
pub fn sorted_set<'py>(
    iterable: &Bound<'py, PyAny>,
    reverse: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = iterable.py();
    let direction = reverse.cast_exact::<PyBool>();
    let limit = settings::memory()? / 2;
    if direction.is_err() || is_collection(iterable) && !is_long(iterable, limit) {
        let set = py.get_type::<PySet>().call1((iterable,))?;
        return sort(&py.get_type::<PyList>().call1((set,))?, reverse);
    }
    let mut distinct = Distinct {
        py,
        reverse: direction.is_ok_and(pyo3::types::PyBoolMethods::is_true),
        batch: PyDict::new(py),
        looked: 0,
        total: 0,
        limit,
        runs: None,
        plain: None,
    };
    let items = iterable.try_iter()?.into_any();
    let mut count = 0_usize;
    while let Some(item) = next(&items)? {
        if let Some(plain) = &distinct.plain {
            plain.add(item)?;
            continue;
        }
        distinct.add(&item)?;
        count += 1;
        if count.is_multiple_of(STEP) {
            distinct.look(&item)?;
        }
    }
    drop(items);
    let Some(list) = distinct.finish()? else {
        return py.import("itertools")?.getattr("chain")?.call_method1("from_iterable", (distinct.merge()?,));
    };
    sort(&list, reverse)
}

/// Whether a list or tuple is so long that a set of its items would not stay in
/// memory. Of what hashes its items itself, a set is made in another order.
fn is_long(iterable: &Bound<'_, PyAny>, limit: usize) -> bool {
    let ordered = iterable.is_exact_instance_of::<PyList>() || iterable.is_exact_instance_of::<PyTuple>();
    ordered && iterable.len().is_ok_and(|length| length >= limit / OWN)
}

fn sort<'py>(list: &Bound<'py, PyAny>, reverse: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let options = PyDict::new(list.py());
    options.set_item("reverse", reverse)?;
    list.call_method("sort", (), Some(&options))?;
    Ok(list.try_iter()?.into_any())
}

impl<'py> Distinct<'py> {
    #[inline]
    fn add(&self, item: &Bound<'py, PyAny>) -> PyResult<()> {
        // SAFETY: all are alive.
        if unsafe { ffi::PyDict_SetItem(self.batch.as_ptr(), item.as_ptr(), ffi::Py_None()) } == 0 {
            return Ok(());
        }
        let error = PyErr::fetch(self.py);
        if error.is_instance_of::<PyTypeError>(self.py) {
            // A set may say it in other words.
            PySet::empty(self.py)?.add(item)?;
        }
        Err(error)
    }

    /// Sees how large the batch has grown.
    #[cold]
    fn look(&mut self, item: &Bound<'py, PyAny>) -> PyResult<()> {
        let count = self.batch.len();
        // SAFETY: the item is alive.
        let own = OWN + unsafe { size(item.as_ptr(), 0) };
        self.total += count.saturating_sub(self.looked) * own;
        self.looked = count;
        if self.total < self.limit {
            return Ok(());
        }
        self.spill()
    }

    /// Makes a run of the batch.
    fn spill(&mut self) -> PyResult<()> {
        let mut runs = match self.runs.take() {
            Some(runs) => runs,
            None => {
                let policy = Policy::new(false, true);
                Encoded::new(self.py, Order { keyed: false, reverse: self.reverse, policy })?
            }
        };
        let before = runs.sorter.count();
        for (item, _) in self.batch.iter() {
            if !runs.push(&item, None)? || !runs.kept.is_empty() {
                return self.give_up(runs, before);
            }
        }
        self.batch.clear();
        (self.looked, self.total) = (0, 0);
        let sorter = &mut runs.sorter;
        self.py.detach(|| sorter.spill()).map_err(|error| os_error(&error))?;
        self.py.check_signals()?;
        self.runs = Some(runs);
        Ok(())
    }

    /// Puts everything into a real set, in the order it came: that of the first
    /// `before` written values, and then of the batch.
    fn give_up(&mut self, runs: Encoded<'py>, before: usize) -> PyResult<()> {
        let set = PySet::empty(self.py)?;
        let Encoded { sorter, encoder, kept, .. } = runs;
        if before > 0 {
            let decoder = Decoder { types: encoder.types, kept, packed: None };
            for item in load(self.py, &sorter, decoder, false)?.items.iter().take(before) {
                set.add(item)?;
            }
        }
        for (item, _) in self.batch.iter() {
            set.add(item)?;
        }
        self.batch.clear();
        self.plain = Some(set);
        Ok(())
    }

    /// Ends the intake: with a list that is still to be sorted, unless there are
    /// runs to be merged.
    fn finish(&mut self) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.runs.is_some() && !self.batch.is_empty() {
            self.spill()?;
        }
        if self.runs.is_some() {
            return Ok(None);
        }
        let keys = self.batch.keys();
        let list = match &self.plain {
            Some(plain) => plain.clone().into_any(),
            // Their order decides nothing.
            None if is_total(&keys) => return Ok(Some(keys.into_any())),
            None => {
                let set = PySet::empty(self.py)?;
                keys.iter().try_for_each(|key| set.add(key))?;
                set.into_any()
            }
        };
        self.py.get_type::<PyList>().call1((list,)).map(Some)
    }

    /// Lists of values in order; or a list of one iterator, if they have to be
    /// sorted after all.
    fn merge(self) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        let Some(Encoded { sorter, encoder, kept, .. }) = self.runs else {
            return Ok(PyList::empty(py).into_any());
        };
        let decoder = Decoder { types: encoder.types, kept, packed: None };
        match py.detach(|| sorter.finish()).map_err(|error| os_error(&error))? {
            Finished::Sorted(sorted) => Ok(Bound::new(py, Blocks::distinct(sorted, decoder))?.into_any()),
            Finished::Incomparable(sorter) => {
                let set = PySet::empty(py)?;
                let items = load(py, &sorter, decoder, false)?.items;
                items.iter().try_for_each(|item| set.add(item))?;
                let list = py.get_type::<PyList>().call1((set,))?;
                let sorted = sort(&list, PyBool::new(py, self.reverse).as_any())?;
                Ok(PyList::new(py, [sorted])?.into_any())
            }
        }
    }
}

/// Whether different values are in one order only.
fn is_total(keys: &Bound<'_, PyList>) -> bool {
    let Ok(first) = keys.get_item(0) else {
        return true;
    };
    let class = first.get_type();
    let plain = first.is_exact_instance_of::<pyo3::types::PyString>()
        || first.is_exact_instance_of::<pyo3::types::PyInt>()
        || first.is_exact_instance_of::<PyFloat>()
        || first.is_exact_instance_of::<pyo3::types::PyBytes>();
    plain
        && keys.iter().all(|key| {
            let is_nan = || key.cast_exact::<PyFloat>().is_ok_and(|value| value.value().is_nan());
            key.get_type().is(&class) && !is_nan()
        })
}
