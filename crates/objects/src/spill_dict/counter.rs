//! `SpillCounter`: a dictionary of counts and sums, which goes to disk once it is large.
//!
//! While it is small, it is a real dict. When that takes an eighth of the budget, and
//! what it holds are exact `int`s, or exact `float`s, it is written as a run and begun
//! anew: what is added from then on need not be looked up anywhere. The order of
//! additions can be told from floats, so all of them are written. The first time that
//! somebody asks for something, the runs are merged, and a `SpillDict` is made of them,
//! which does everything from there on. Other sums become a `SpillDict` at once.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt};

use super::SpillDict;
use super::flush::OWN;
use crate::counts::{CountRuns, Summands};
use crate::record::Policy;
use crate::settings;
use crate::size::size;

/// One part in so many of the budget may be taken by what all of them have in memory.
const SHARE: usize = 8;
/// The size of one in so many new keys is looked at.
const STEP: usize = 32;
const SMALLEST: usize = 4 << 10;
static LIVE: AtomicUsize = AtomicUsize::new(0);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Everything is in the real dict.
    Memory,
    /// There are runs; the real dict holds what has been added since the last.
    Counting,
    /// There are runs, to which nothing can be added.
    Counted,
    /// A `SpillDict` has everything.
    Settled,
}

/// What it does with keys that are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Like {
    Counter,
    Dict,
    DefaultDict,
}

/// See the module. No borrow lasts while code of others runs.
#[pyclass(frozen, name = "SpillCounter", module = "spacetime_compiler.runtime")]
pub struct SpillCounter {
    pub(super) like: Like,
    /// What a sum begins with, unless it begins with what is added first.
    pub(super) start: Option<Py<PyAny>>,
    pub(super) mode: Cell<Mode>,
    pub(super) batch: RefCell<Py<PyDict>>,
    pub(super) runs: RefCell<Option<Box<CountRuns>>>,
    pub(super) dict: RefCell<Option<Py<SpillDict>>>,
    pub(super) length: Cell<Option<usize>>,
    /// Floats that have been added, whose places the real dict has while there are runs
    /// of floats.
    pub(super) summands: RefCell<Option<Vec<Summands>>>,
    left: Cell<usize>,
    total: Cell<usize>,
    limit: Cell<usize>,
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillCounter {}
// SAFETY: as above.
unsafe impl Sync for SpillCounter {}

impl Drop for SpillCounter {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// `old + number`, or what `old += number` makes.
#[inline]
fn sum<'py>(
    old: &Bound<'py, PyAny>,
    number: &Bound<'py, PyAny>,
    in_place: bool,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both are alive.
    unsafe {
        let sum = if in_place {
            ffi::PyNumber_InPlaceAdd(old.as_ptr(), number.as_ptr())
        } else {
            ffi::PyNumber_Add(old.as_ptr(), number.as_ptr())
        };
        Bound::from_owned_ptr_or_err(old.py(), sum)
    }
}

impl SpillCounter {
    pub(super) fn empty(py: Python<'_>, like: Like, start: Option<Py<PyAny>>) -> PyResult<Self> {
        settings::memory()?;
        LIVE.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            like,
            start,
            mode: Cell::new(Mode::Memory),
            batch: RefCell::new(PyDict::new(py).unbind()),
            runs: RefCell::default(),
            dict: RefCell::default(),
            length: Cell::new(None),
            summands: RefCell::default(),
            left: Cell::new(STEP),
            total: Cell::new(0),
            limit: Cell::new(usize::MAX),
        })
    }

    #[inline]
    pub(super) fn batch<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        self.batch.borrow().bind(py).clone()
    }

    /// The real dict, if it has everything.
    #[inline]
    pub(super) fn memory<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyDict>> {
        (self.mode.get() == Mode::Memory).then(|| self.batch(py))
    }

    /// Adds a number to what stands under a key.
    #[inline]
    pub(super) fn add(
        &self,
        key: &Bound<'_, PyAny>,
        number: &Bound<'_, PyAny>,
        in_place: bool,
    ) -> PyResult<()> {
        let py = key.py();
        let batch = match self.mode.get() {
            Mode::Memory => self.batch(py),
            Mode::Counting if self.has_floats() => return self.add_float(key, number, in_place),
            Mode::Counting if number.is_exact_instance_of::<PyInt>() => self.batch(py),
            _ => return self.add_on_disk(key, number, in_place),
        };
        if let Some(old) = batch.get_item(key)? {
            return batch.set_item(key, sum(&old, number, in_place)?);
        }
        let first = match self.mode.get() {
            Mode::Memory => self.first(number, in_place),
            _ => Ok(number.clone()),
        };
        batch.set_item(key, self.or_start(py, &first)?)?;
        first?;
        self.grown(key)
    }

    #[inline]
    pub(super) fn has_floats(&self) -> bool {
        self.summands.borrow().is_some()
    }

    /// Puts a float to those that have been added under a key.
    fn add_float(&self, key: &Bound<'_, PyAny>, number: &Bound<'_, PyAny>, in_place: bool) -> PyResult<()> {
        let py = key.py();
        let Some(float) = self.float_of(number)? else {
            return self.add_on_disk(key, number, in_place);
        };
        let batch = self.batch(py);
        let place = batch.get_item(key)?.map(|place| place.extract::<usize>()).transpose()?;
        let place = {
            let mut all = self.summands.borrow_mut();
            let Some(all) = all.as_mut() else { return Ok(()) };
            if let Some(found) = place.and_then(|place| all.get_mut(place)) {
                found.others.push(float);
                None
            } else {
                // A sum that begins with zero is never a negative one.
                let first = if self.start.is_some() { 0.0 + float } else { float };
                all.push(Summands { first, others: Vec::new() });
                Some(all.len() - 1)
            }
        };
        if let Some(place) = place {
            batch.set_item(key, place)?;
            return self.grown(key);
        }
        self.total.set(self.total.get() + 2 * size_of::<f64>());
        if self.total.get() < self.limit.get() { Ok(()) } else { Python::attach(|_| self.look(key)) }
    }

    /// What is added to a float.
    #[inline]
    fn float_of(&self, number: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
        if let Ok(float) = number.cast_exact::<PyFloat>() {
            return float.extract().map(Some);
        }
        let begins = |start: &Py<PyAny>| start.bind(number.py()).is_exact_instance_of::<PyFloat>();
        if number.is_exact_instance_of::<PyInt>() && self.start.as_ref().is_some_and(begins) {
            let exact = number.extract::<i32>().ok();
            return Ok(exact.map(f64::from));
        }
        Ok(None)
    }

    /// Whether sums begin with zero, or with what is added first: then what is added can
    /// be added up apart.
    fn begins_with_nothing(&self, py: Python<'_>) -> bool {
        self.start.as_ref().is_none_or(|start| {
            let start = start.bind(py);
            match start.cast_exact::<PyFloat>() {
                Ok(float) => float.extract().is_ok_and(|float: f64| float.to_bits() == 0),
                Err(_) => start.is_exact_instance_of::<PyInt>() && !start.is_truthy().unwrap_or(true),
            }
        })
    }

    /// What stands under a new key.
    fn first<'py>(&self, number: &Bound<'py, PyAny>, in_place: bool) -> PyResult<Bound<'py, PyAny>> {
        match &self.start {
            Some(start) => sum(start.bind(number.py()), number, in_place),
            None => Ok(number.clone()),
        }
    }

    /// A `defaultdict` has the new key also where nothing can be added to its value.
    fn or_start<'py>(
        &self,
        py: Python<'py>,
        first: &PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match (first, &self.start) {
            (Ok(first), _) => Ok(first.clone()),
            (Err(_), Some(start)) if self.like == Like::DefaultDict => Ok(start.bind(py).clone()),
            (Err(error), _) => Err(error.clone_ref(py)),
        }
    }

    #[cold]
    fn add_on_disk(&self, key: &Bound<'_, PyAny>, number: &Bound<'_, PyAny>, in_place: bool) -> PyResult<()> {
        let py = key.py();
        let dict = self.settled(py)?;
        if let Some(old) = dict.get().get(key)? {
            return dict.get().set(key, &sum(&old, number, in_place)?);
        }
        let first = self.first(number, in_place);
        dict.get().set(key, &self.or_start(py, &first)?)?;
        first.map(|_| ())
    }

    /// There is a new key in the real dict.
    #[inline]
    pub(super) fn grown(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let left = self.left.get() - 1;
        self.left.set(left);
        // What is let go is freed at once only if PyO3 knows where we are.
        if left == 0 { Python::attach(|_| self.look(key)) } else { Ok(()) }
    }

    /// Sees how large the real dict has grown.
    #[cold]
    fn look(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        self.left.set(STEP);
        // SAFETY: the key is alive.
        let own = OWN + 32 + size_of::<Summands>() + unsafe { size(key.as_ptr(), 0) };
        self.total.set(self.total.get() + own * STEP);
        let budget = settings::memory().unwrap_or(spacetime_runtime::budget::DEFAULT);
        let limit = (budget / SHARE / LIVE.load(Ordering::Relaxed).max(1)).max(SMALLEST);
        self.limit.set(limit);
        if self.total.get() < limit {
            return Ok(());
        }
        let batch = self.batch(py);
        // SAFETY: it is alive. One reference is ours, one that of whoever has called.
        if unsafe { ffi::Py_REFCNT(batch.as_ptr()) } > 3 {
            // Somebody walks it, or has a view.
            self.left.set(batch.len().max(STEP));
            return Ok(());
        }
        py.check_signals()?;
        if self.begins_with_nothing(py) && self.write(py)? {
            self.mode.set(Mode::Counting);
            return Ok(());
        }
        drop(batch);
        self.settled(py).map(|_| ())
    }

    /// Puts the real dict into the runs, and begins it anew; false, and nothing has
    /// happened, if that cannot be.
    fn write(&self, py: Python<'_>) -> PyResult<bool> {
        let batch = self.batch(py);
        let taken = self.runs.borrow_mut().take();
        let mut runs = match taken {
            Some(runs) => runs,
            None => Box::new(CountRuns::new()?),
        };
        let written = match self.mode.get() {
            Mode::Memory if is_float(&batch) => self.begin_floats(&batch, &mut runs),
            _ if self.has_floats() => {
                let summands = self.summands.borrow();
                runs.add_floats(py, &batch, summands.as_deref().unwrap_or_default())
            }
            _ => runs.add(py, &batch),
        };
        // What has been written before is still needed.
        if matches!(written, Ok(true)) || self.mode.get() != Mode::Memory {
            *self.runs.borrow_mut() = Some(runs);
        }
        if written? {
            self.total.set(0);
            self.batch.replace(PyDict::new(py).unbind());
            if let Some(summands) = self.summands.borrow_mut().as_mut() {
                summands.clear();
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Writes the first run of floats.
    fn begin_floats(&self, batch: &Bound<'_, PyDict>, runs: &mut CountRuns) -> PyResult<bool> {
        let py = batch.py();
        let (places, mut summands) = (PyDict::new(py), Vec::with_capacity(batch.len()));
        for (key, number) in batch.iter() {
            let Ok(float) = number.cast_exact::<PyFloat>() else { return Ok(false) };
            places.set_item(key, summands.len())?;
            summands.push(Summands { first: float.extract()?, others: Vec::new() });
        }
        let written = runs.add_floats(py, &places, &summands)?;
        if written {
            *self.summands.borrow_mut() = Some(Vec::new());
        }
        Ok(written)
    }

    /// Sees that all is in runs, from which it can be walked; false if it cannot be.
    pub(super) fn counted(&self, py: Python<'_>) -> PyResult<bool> {
        if self.mode.get() == Mode::Counting && self.write(py)? {
            self.mode.set(Mode::Counted);
        }
        Ok(self.mode.get() == Mode::Counted)
    }

    /// Makes a `SpillDict` of everything.
    pub(super) fn settled<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, SpillDict>> {
        if let Some(dict) = self.dict.borrow().as_ref() {
            return Ok(dict.bind(py).clone());
        }
        let dict = Bound::new(py, SpillDict::empty(py, Policy::new(false, true))?)?;
        let counted = self.counted(py)?;
        let taken = self.runs.borrow_mut().take();
        if let Some(mut runs) = taken {
            let filled = refill(&dict, &mut runs);
            if let Err(error) = filled {
                *self.runs.borrow_mut() = Some(runs);
                return Err(error);
            }
        }
        if !counted {
            let summands = self.summands.replace(None);
            let added = self.add_rest(py, &dict, summands.as_deref());
            if added.is_err() {
                self.summands.replace(summands);
            }
            added?;
        }
        self.summands.replace(None);
        self.mode.set(Mode::Settled);
        self.batch.replace(PyDict::new(py).unbind());
        *self.dict.borrow_mut() = Some(dict.clone().unbind());
        Ok(dict)
    }

    /// Adds what could not be written.
    fn add_rest(
        &self,
        py: Python<'_>,
        dict: &Bound<'_, SpillDict>,
        summands: Option<&[Summands]>,
    ) -> PyResult<()> {
        let in_rest = |number: &Bound<'_, PyAny>| {
            let place = number.extract::<usize>().ok()?;
            summands?.get(place)
        };
        for (key, number) in self.batch(py).iter() {
            if let Some(found) = in_rest(&number) {
                for float in std::iter::once(&found.first).chain(&found.others) {
                    let float = float.into_pyobject(py)?.into_any();
                    let value =
                        dict.get().get(&key)?.map_or(Ok(float.clone()), |old| sum(&old, &float, false))?;
                    dict.get().set(&key, &value)?;
                }
                continue;
            }
            let value = match dict.get().get(&key)? {
                Some(old) => sum(&old, &number, false)?,
                None => number,
            };
            dict.get().set(&key, &value)?;
        }
        Ok(())
    }

    pub(super) fn clear(&self, py: Python<'_>) {
        self.mode.set(Mode::Memory);
        self.left.set(STEP);
        self.total.set(0);
        self.length.set(None);
        self.summands.replace(None);
        let batch = self.batch.replace(PyDict::new(py).unbind());
        let dict = self.dict.replace(None);
        drop(self.runs.replace(None));
        // Their end may run code of others.
        batch.bind(py).clear();
        drop(dict);
    }
}

/// Whether the values are floats; one is asked for all.
fn is_float(batch: &Bound<'_, PyDict>) -> bool {
    batch.iter().next().is_some_and(|(_, number)| number.is_exact_instance_of::<PyFloat>())
}

/// Fills a dictionary from runs, in the order in which keys came first.
fn refill(dict: &Bound<'_, SpillDict>, runs: &mut CountRuns) -> PyResult<()> {
    let py = dict.py();
    let mut blocks = runs.walk(py, "place")?;
    while let Some((key, count)) = blocks.pair(py)? {
        if runs.has_floats() {
            let float = f64::from_bits(count.cast_unsigned());
            dict.get().set(&key, float.into_pyobject(py)?.as_any())?;
        } else {
            dict.get().set(&key, count.into_pyobject(py)?.as_any())?;
        }
    }
    Ok(())
}
