//! The methods of `SpillGroupDict`: what a real one would do.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyDict, PyTuple, PyType};

use super::iterate::SpillGroupDictIterator;
use super::views::SpillGroupDictView;
use super::{Kind, SpillGroupDict};
use crate::pairs;
use crate::sort::next;
use crate::spill_dict::What;

/// The real dict in the place of one of ours, and anything else as it is.
fn real<'py>(other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match other.cast_exact::<SpillGroupDict>() {
        Ok(dict) => Ok(dict.get().whole(other.py())?.into_any()),
        Err(_) => Ok(other.clone()),
    }
}

/// What an operator of Python gives, by its name in `operator`.
pub fn operator<'py>(
    name: &str,
    left: &Bound<'py, PyAny>,
    right: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    left.py().import("operator")?.getattr(name)?.call1((left, right))
}

/// What only reads, of what a class has besides.
const READING: [&str; 3] = ["most_common", "elements", "total"];

impl SpillGroupDict {
    /// What an operator gives that has this on its left.
    fn with<'py>(&self, name: &str, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operator(name, self.whole(other.py())?.as_any(), &real(other)?)
    }

    /// The same on its right.
    fn after<'py>(&self, name: &str, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operator(name, other, self.whole(other.py())?.as_any())
    }

    /// `dict += other` and the like, which changes the real one.
    fn change_by(&self, name: &str, other: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, other) = (other.py(), real(other)?);
        let own = self.reside(py)?;
        let before = own.len();
        let result = operator(name, own.as_any(), &other);
        self.store.count_entries(py, own.len().saturating_sub(before))?;
        result.map(drop)
    }

    /// What a method does that may change the real one.
    fn change<'py>(
        &self,
        name: &str,
        args: &Bound<'py, PyTuple>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = args.py();
        let own = self.reside(py)?;
        let before = own.len();
        let result = own.call_method(name, args, named);
        self.store.count_entries(py, own.len().saturating_sub(before))?;
        result
    }

    /// Whether it is on disk and has no such key: then an empty one knows what to say.
    fn lacks<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let py = key.py();
        self.store.settle_latest(py)?;
        // An empty one asks for no hash.
        let lacks = self.store.is_on_disk(self.number.get()) && (self.len(py) == 0 || !self.contains(key)?);
        lacks.then(|| self.store.kind.make(py)).transpose()
    }

    /// Sets entries one after the other, as `dict.update` does.
    fn fill(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        pairs::each(other, |key, value| self.set(key, value))
    }

    /// Adds counts, as `Counter.update` does.
    fn count(this: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = this.py();
        let mapping = py.import("_collections_abc")?.getattr("Mapping")?;
        if !other.is_instance(&mapping)? {
            py.import("collections")?.getattr("_count_elements")?.call1((this, other))?;
            return Ok(());
        }
        if this.get().len(py) == 0 {
            return this.get().fill(other);
        }
        let pairs = other.call_method0("items")?.try_iter()?.into_any();
        while let Some(pair) = next(&pairs)? {
            let (key, count): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
            let before = match this.get().find(&key)? {
                Some(before) => before,
                None => 0_i64.into_pyobject(py)?.into_any(),
            };
            this.get().set(&key, &count.add(before)?)?;
        }
        Ok(())
    }
}

#[pymethods]
impl SpillGroupDict {
    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        class.clone()
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.len(py)
    }

    fn __contains__(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.contains(key)
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.get(key)
    }

    fn __setitem__(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.set(key, value)
    }

    fn __delitem__(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let own = match self.lacks(key)? {
            Some(empty) => empty,
            None => self.reside(key.py())?,
        };
        own.as_any().del_item(key)
    }

    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        SpillGroupDictIterator::over(this, What::Keys)
    }

    fn __reversed__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.call_method0("__reversed__")
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.whole(py)?.repr()?.to_str()?.to_owned())
    }

    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, how: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        if !matches!(how, CompareOp::Eq | CompareOp::Ne) && !self.store.kind.is_counter() {
            return Ok(py.NotImplemented().into_bound(py));
        }
        self.whole(py)?.rich_compare(real(other)?, how)
    }

    fn keys<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        SpillGroupDictView::of(this, What::Keys)
    }

    fn values<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        SpillGroupDictView::of(this, What::Values)
    }

    fn items<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        SpillGroupDictView::of(this, What::Items)
    }

    #[pyo3(signature = (*args, **named))]
    fn pop<'py>(
        &self,
        args: &Bound<'py, PyTuple>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(key) = args.get_item(0)
            && let Some(empty) = self.lacks(&key)?
        {
            return empty.call_method("pop", args, named);
        }
        self.change("pop", args, named)
    }

    fn popitem<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.reside(py)?.call_method0("popitem")
    }

    fn clear(&self, py: Python<'_>) -> PyResult<()> {
        self.reside(py)?.call_method0("clear").map(drop)
    }

    #[pyo3(signature = (*args, **named))]
    fn update(
        this: &Bound<'_, Self>,
        args: &Bound<'_, PyTuple>,
        named: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let (py, own) = (this.py(), this.get());
        own.store.settle_latest(py)?;
        let is_counter = own.store.kind.is_counter();
        if args.len() > usize::from(is_counter || args.len() == 1) {
            return own.store.kind.make(py)?.call_method("update", args, named).map(drop);
        }
        for other in args {
            match is_counter {
                // Of itself everything is there.
                false if other.is(this) => {}
                false => own.fill(&other)?,
                true if other.is_none() => {}
                true => Self::count(this, &real(&other)?)?,
            }
        }
        match named {
            None => Ok(()),
            Some(named) if is_counter => Self::count(this, named.as_any()),
            Some(named) => own.fill(named.as_any()),
        }
    }

    fn copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.call_method0("copy")
    }

    fn __copy__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.copy(py)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let whole = self.whole(py)?;
        if !matches!(self.store.kind, Kind::Plain) {
            return whole.call_method0("__reduce__");
        }
        let (none, items) = (py.None(), whole.call_method0("items")?.try_iter()?);
        let made = (py.get_type::<PyDict>(), PyTuple::empty(py), none.clone_ref(py), none, items);
        Ok(made.into_pyobject(py)?.into_any())
    }

    /// What only some have.
    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let found = self.store.kind.make(py)?.getattr(name)?;
        if READING.contains(&name) {
            return self.whole(py)?.getattr(name);
        }
        if name == "default_factory" {
            return Ok(found);
        }
        self.reside(py)?.getattr(name)
    }

    fn __or__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.with("or_", other)
    }

    fn __ror__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.after("or_", other)
    }

    fn __and__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.with("and_", other)
    }

    fn __rand__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.after("and_", other)
    }

    fn __add__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.with("add", other)
    }

    fn __radd__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.after("add", other)
    }

    fn __sub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.with("sub", other)
    }

    fn __rsub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.after("sub", other)
    }

    fn __pos__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.pos()
    }

    fn __neg__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.neg()
    }

    fn __ior__(this: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<()> {
        let own = this.get();
        if own.store.kind.is_counter() {
            return own.change_by("ior", other);
        }
        if other.is(this) { Ok(()) } else { own.fill(other) }
    }

    fn __iand__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.in_place("iand", other)
    }

    fn __iadd__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.in_place("iadd", other)
    }

    fn __isub__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.in_place("isub", other)
    }
}

impl SpillGroupDict {
    /// An operator that only some have; the others know what is wrong.
    fn in_place(&self, name: &str, other: &Bound<'_, PyAny>) -> PyResult<()> {
        if self.store.kind.is_counter() {
            return self.change_by(name, other);
        }
        let py = other.py();
        let text = "operators of dictionaries in place give them";
        let empty = self.store.kind.make(py)?;
        operator(name, empty.as_any(), &real(other)?)?;
        Err(PyTypeError::new_err(text))
    }
}
