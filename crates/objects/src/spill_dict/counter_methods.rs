//! The methods of `SpillCounter`: those of `dict`, and what `Counter` adds.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyTuple, PyType};

use super::SpillDict;
use super::counter::{Like, Mode, SpillCounter};
use super::methods::missing;
use crate::method::{self, Definition, arguments, given, this};
use crate::record::Object;

impl SpillCounter {
    /// What stands under a key.
    #[inline]
    fn find<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.memory(key.py()) {
            Some(batch) => batch.get_item(key),
            None => self.settled(key.py())?.get().get(key),
        }
    }

    fn set(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let Some(batch) = self.memory(key.py()) else {
            return self.settled(key.py())?.get().set(key, value);
        };
        let length = batch.len();
        batch.set_item(key, value)?;
        if batch.len() > length { self.grown(key) } else { Ok(()) }
    }

    fn contains(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        match self.memory(key.py()) {
            Some(batch) => batch.contains(key),
            None => self.settled(key.py())?.get().contains(key),
        }
    }

    /// A method of the dictionary that has everything.
    fn ask<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        arguments: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self.memory(py) {
            Some(batch) => batch.call_method1(name, arguments),
            None => self.settled(py)?.call_method1(name, arguments),
        }
    }

    /// A real dict, `Counter` or `defaultdict` of everything.
    fn real<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let all = match self.memory(py) {
            Some(batch) => batch.copy()?,
            None => SpillDict::whole(&self.settled(py)?)?,
        };
        let collections = py.import("collections")?;
        match (self.like, &self.start) {
            (Like::Counter, _) => collections.getattr("Counter")?.call1((all,)),
            (Like::DefaultDict, Some(start)) => {
                collections.getattr("defaultdict")?.call1((start.bind(py).get_type(), all))
            }
            _ => Ok(all.into_any()),
        }
    }

    /// Counts the items of an iterable, or adds the counts of a mapping.
    fn count(&self, items: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = items.py();
        if let Ok(other) = items.cast::<Self>() {
            return self.count(&other.get().real(py)?);
        }
        let abstract_mapping = py.import("collections.abc")?.getattr("Mapping")?;
        if items.is_instance(&abstract_mapping)? {
            let was_empty = !self.is_there(py)?;
            for pair in items.call_method0("items")?.try_iter()? {
                let (key, number): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
                match self.find(&key)?.filter(|_| !was_empty) {
                    Some(old) => self.set(&key, &number.add(old)?)?,
                    None if was_empty => self.set(&key, &number)?,
                    None => self.set(&key, &number.add(0)?)?,
                }
            }
            return Ok(());
        }
        let one = 1_i64.into_pyobject(py)?.into_any();
        for item in items.try_iter()? {
            self.add(&item?, &one, false)?;
        }
        Ok(())
    }

    fn is_there(&self, py: Python<'_>) -> PyResult<bool> {
        match self.mode.get() {
            Mode::Memory => Ok(!self.batch(py).is_empty()),
            Mode::Settled => Ok(self.settled(py)?.len()? > 0),
            Mode::Counting | Mode::Counted => Ok(true),
        }
    }

    /// The most frequent items, from runs.
    fn most_common_of_runs<'py>(&self, py: Python<'py>, limit: usize) -> PyResult<Bound<'py, PyList>> {
        let found = PyList::empty(py);
        let taken = self.runs.borrow_mut().take();
        let Some(mut runs) = taken else { return Ok(found) };
        let blocks = runs.walk(py, "count");
        *self.runs.borrow_mut() = Some(runs);
        let mut blocks = blocks?;
        while found.len() < limit
            && let Some((item, count)) = blocks.pair(py)?
        {
            found.append((item, count))?;
        }
        Ok(found)
    }
}

#[pymethods]
impl SpillCounter {
    #[new]
    #[pyo3(
        signature = (items = None, /, *, like = "Counter", start = None),
        text_signature = "(items=None, /, *, like='Counter', start=None)"
    )]
    fn new(
        py: Python<'_>,
        items: Option<&Bound<'_, PyAny>>,
        like: &str,
        start: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let like = match like {
            "Counter" => Like::Counter,
            "dict" => Like::Dict,
            "defaultdict" => Like::DefaultDict,
            _ => return Err(PyValueError::new_err("like 'Counter', 'dict' or 'defaultdict'")),
        };
        let zero = || 0_i64.into_pyobject(py).map(|zero| zero.into_any().unbind());
        let start = match start {
            None if like != Like::Dict => Some(zero()?),
            start => start,
        };
        let counter = Self::empty(py, like, start)?;
        match items {
            Some(items) if like == Like::Counter => counter.count(items)?,
            Some(_) => return Err(PyTypeError::new_err("only what is like a Counter counts items")),
            None => {}
        }
        Ok(counter)
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        class.clone()
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        if let Some(batch) = self.memory(py) {
            return Ok(batch.len());
        }
        if !self.counted(py)? {
            return self.settled(py)?.len();
        }
        if let Some(length) = self.length.get() {
            return Ok(length);
        }
        let taken = self.runs.borrow_mut().take();
        let Some(mut runs) = taken else { return self.settled(py)?.len() };
        let length = runs.__len__(py);
        *self.runs.borrow_mut() = Some(runs);
        self.length.set(length.as_ref().ok().copied());
        length
    }

    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        self.is_there(py)
    }

    fn __contains__(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.contains(key)
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = self.find(key)? {
            return Ok(value);
        }
        let py = key.py();
        match (self.like, &self.start) {
            (Like::Counter, Some(start)) => Ok(start.bind(py).clone()),
            (Like::DefaultDict, Some(start)) => {
                self.set(key, start.bind(py))?;
                Ok(start.bind(py).clone())
            }
            _ => Err(missing(key)),
        }
    }

    fn __setitem__(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.set(key, value)
    }

    fn __delitem__(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        if self.like == Like::Counter && !self.contains(key)? {
            return Ok(());
        }
        match self.memory(py) {
            Some(batch) => batch.del_item(key),
            None => self.settled(py)?.del_item(key),
        }
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "__iter__", &PyTuple::empty(py))
    }

    fn __reversed__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "__reversed__", &PyTuple::empty(py))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.real(py)?.repr()?.to_str()?.to_owned())
    }

    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, how: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        match other.cast::<Self>() {
            Ok(other) => self.real(py)?.rich_compare(other.get().real(py)?, how),
            Err(_) => self.real(py)?.rich_compare(other, how),
        }
    }

    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "keys", &PyTuple::empty(py))
    }

    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "values", &PyTuple::empty(py))
    }

    fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "items", &PyTuple::empty(py))
    }

    /// Makes a key known before something is added under it, and gives it back.
    fn known<'py>(&self, key: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = key.py();
        let Some(start) = &self.start else { return Ok(key) };
        match self.mode.get() {
            Mode::Memory | Mode::Counting if !self.has_floats() => {
                let batch = self.batch(py);
                if !batch.contains(&key)? {
                    let nothing = 0_i64.into_pyobject(py)?.into_any();
                    let first = if self.mode.get() == Mode::Memory { start.bind(py) } else { &nothing };
                    batch.set_item(&key, first)?;
                    self.grown(&key)?;
                }
            }
            // A float tells nothing from zero, and a zero is what it begins with.
            Mode::Counting if start.bind(py).is_exact_instance_of::<PyFloat>() => {
                self.add(&key, start.bind(py), false)?;
            }
            _ => {
                if !self.contains(&key)? {
                    self.set(&key, start.bind(py))?;
                }
            }
        }
        Ok(key)
    }

    #[pyo3(signature = (key, *default), text_signature = "($self, key, default=..., /)")]
    fn pop<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        default: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = key.py();
        match self.memory(py) {
            Some(batch) => {
                let arguments: Vec<_> = std::iter::once(key.clone()).chain(default.iter()).collect();
                batch.call_method1("pop", PyTuple::new(py, arguments)?)
            }
            None => self.settled(py)?.get().pop(key, default),
        }
    }

    fn popitem<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.memory(py) {
            Some(batch) => batch.call_method0("popitem"),
            None => SpillDict::popitem(&self.settled(py)?),
        }
    }

    #[pyo3(signature = (key, default = None, /))]
    fn setdefault<'py>(
        &self,
        py: Python<'py>,
        key: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = self.find(key)? {
            return Ok(value);
        }
        let value = default.unwrap_or_else(|| py.None().into_bound(py));
        self.set(key, &value)?;
        Ok(value)
    }

    #[pyo3(name = "clear")]
    fn clear_all(&self, py: Python<'_>) {
        self.clear(py);
    }

    /// Counts the items, or adds the counts of a mapping; what is like another dict
    /// takes the entries.
    #[pyo3(signature = (items = None, /))]
    fn update(&self, py: Python<'_>, items: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let Some(items) = items else { return Ok(()) };
        if self.like == Like::Counter {
            return self.count(items);
        }
        match (self.memory(py), items.cast::<Self>()) {
            (Some(batch), Err(_)) => batch.call_method1("update", (items,)).map(|_| ()),
            (_, Ok(other)) => self.settled(py)?.get().fill(&other.get().real(py)?),
            (None, Err(_)) => self.settled(py)?.get().fill(items),
        }
    }

    #[pyo3(signature = (n = None))]
    fn most_common<'py>(
        &self,
        py: Python<'py>,
        n: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let limit = match n {
            None => Some(usize::MAX),
            Some(n) if n.is_exact_instance_of::<PyInt>() => {
                n.extract::<i64>().ok().map(|n| usize::try_from(n).unwrap_or(0))
            }
            Some(_) => None,
        };
        if let Some(limit) = limit
            && self.mode.get() != Mode::Memory
            && !self.has_floats()
            && self.counted(py)?
        {
            return Ok(self.most_common_of_runs(py, limit)?.into_any());
        }
        let items = self.items(py)?;
        let by = PyDict::new(py);
        by.set_item("key", py.import("operator")?.getattr("itemgetter")?.call1((1,))?)?;
        match n {
            None => {
                by.set_item("reverse", true)?;
                py.import("builtins")?.getattr("sorted")?.call((items,), Some(&by))
            }
            Some(n) => py.import("heapq")?.getattr("nlargest")?.call((n, items), Some(&by)),
        }
    }

    fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if self.mode.get() != Mode::Memory && !self.has_floats() && self.counted(py)? {
            let total = self.runs.borrow().as_ref().map_or(0, |runs| runs.total());
            return Ok(total.into_pyobject(py)?.into_any());
        }
        py.import("builtins")?.getattr("sum")?.call1((self.values(py)?,))
    }

    /// A real dict, `Counter` or `defaultdict`.
    fn copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.real(py)
    }

    fn __copy__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.real(py)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.real(py)?.call_method0("__reduce__")
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Ok(batch) = self.batch.try_borrow() {
            visit.call(&*batch)?;
        }
        if let Ok(dict) = self.dict.try_borrow()
            && let Some(dict) = dict.as_ref()
        {
            visit.call(dict)?;
        }
        self.start.iter().try_for_each(|start| visit.call(start))
    }
}

/// `add` and `increase`.
unsafe fn added(counter: Object, args: *mut Object, count: isize, in_place: bool) -> Object {
    // SAFETY: the descriptor has checked the type; the arguments are alive.
    unsafe {
        let py = Python::assume_attached();
        let counter = this::<SpillCounter>(counter);
        let result = || {
            if count != 2 {
                let text = format!("expected a key and a number, got {count} arguments");
                return Err(PyTypeError::new_err(text));
            }
            let key = Bound::from_borrowed_ptr(py, *args);
            let number = Bound::from_borrowed_ptr(py, *args.add(1));
            counter.add(&key, &number, in_place)
        };
        // What is let go is freed at once only if PyO3 knows where we are.
        let done = match counter.mode.get() {
            Mode::Memory | Mode::Counting => result(),
            Mode::Counted | Mode::Settled => Python::attach(|_| result()),
        };
        given(py, done.map(|()| py.None().into_bound(py)))
    }
}

unsafe extern "C" fn add(counter: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: as above.
    unsafe { added(counter, args, count, false) }
}

unsafe extern "C" fn increase(counter: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: as above.
    unsafe { added(counter, args, count, true) }
}

unsafe extern "C" fn get(counter: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: as above.
    unsafe {
        let py = Python::assume_attached();
        let counter = this::<SpillCounter>(counter);
        let found = || {
            arguments(py, args, count, "get").and_then(|(key, value)| {
                let otherwise = || Bound::from_borrowed_ptr(py, value.unwrap_or_else(|| ffi::Py_None()));
                Ok(counter.find(&key)?.unwrap_or_else(otherwise))
            })
        };
        let in_memory = counter.mode.get() == Mode::Memory;
        given(py, if in_memory { found() } else { Python::attach(|_| found()) })
    }
}

static ADD: Definition = Definition::some(
    c"add",
    add,
    c"add($self, key, number, /)\n--\n\nSet self[key] to self.get(key, start) + number.",
);

static INCREASE: Definition = Definition::some(
    c"increase",
    increase,
    c"increase($self, key, number, /)\n--\n\nDo self[key] += number, from start on for a new key.",
);

static GET: Definition = Definition::some(c"get", get, method::GET);

/// Gives the class its methods.
pub fn register(class: &Bound<'_, PyType>) -> PyResult<()> {
    ADD.install(class)?;
    INCREASE.install(class)?;
    GET.install(class)
}
