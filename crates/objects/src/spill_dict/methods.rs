//! The methods of `SpillDict`, one for each of `dict`.

use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyDict, PyTuple, PyType};

use super::SpillDict;
use super::iterate::{SpillDictIterator, What};
use super::views::SpillDictView;
use crate::pairs;
use crate::record::Policy;
use crate::spill_list::same;

pub(super) fn missing(key: &Bound<'_, PyAny>) -> PyErr {
    PyKeyError::new_err((key.clone().unbind(),))
}

/// A real dict in the place of one of ours.
fn real<'py>(other: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(dict) = other.cast::<SpillDict>() {
        return Ok(Some(SpillDict::whole(dict)?.into_any()));
    }
    Ok(other.is_instance_of::<PyDict>().then(|| other.clone()))
}

impl SpillDict {
    /// A real dict of everything.
    pub fn whole<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = this.py();
        let dict = PyDict::new(py);
        for item in SpillDictIterator::new(this, What::Items)?.try_iter()? {
            let item = item?.cast_into::<PyTuple>()?;
            dict.set_item(item.get_item(0)?, item.get_item(1)?)?;
        }
        Ok(dict)
    }

    pub(super) fn fill(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        match other.cast::<SpillDict>() {
            // Of itself everything is there.
            Ok(dict) if std::ptr::eq(dict.get(), self) => Ok(()),
            Ok(dict) => {
                let items = SpillDictIterator::new(dict, What::Items)?;
                pairs::each(items.as_any(), |key, value| self.set(key, value))
            }
            Err(_) => pairs::each(other, |key, value| self.set(key, value)),
        }
    }

    fn operator<'py>(
        this: &Bound<'py, Self>,
        name: &str,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match real(other)? {
            Some(other) => Self::whole(this)?.call_method1(name, (other,)),
            None => Ok(other.py().NotImplemented().into_bound(other.py())),
        }
    }

    fn equals(this: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = this.py();
        if other.len()? != this.get().len(py)? {
            return Ok(false);
        }
        for item in SpillDictIterator::new(this, What::Items)?.try_iter()? {
            let item = item?.cast_into::<PyTuple>()?;
            let key = item.get_item(0)?;
            let found = match other.cast::<SpillDict>() {
                Ok(dict) => dict.get().get(&key)?,
                Err(_) => other.cast::<PyDict>()?.get_item(&key)?,
            };
            match found {
                Some(value) if same(&item.get_item(1)?, &value)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

#[pymethods]
impl SpillDict {
    #[new]
    #[pyo3(
        signature = (*entries, frozen = false, compared = true, changing = false),
        text_signature = "(entries=(), /, *, frozen=False, compared=True, changing=False)"
    )]
    fn new(
        py: Python<'_>,
        entries: &Bound<'_, PyTuple>,
        frozen: bool,
        compared: bool,
        changing: bool,
    ) -> PyResult<Self> {
        if entries.len() > 1 {
            let text = format!("dict expected at most 1 argument, got {}", entries.len());
            return Err(PyTypeError::new_err(text));
        }
        let policy = if changing { Policy::changing(compared) } else { Policy::new(frozen, compared) };
        let dict = Self::empty(py, policy)?;
        if let Ok(entries) = entries.get_item(0) {
            dict.fill(&entries)?;
        }
        Ok(dict)
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        class.clone()
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.len(py)
    }

    fn __contains__(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.contains(key)
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.get(key)?.ok_or_else(|| missing(key))
    }

    fn __setitem__(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.set(key, value)
    }

    fn __delitem__(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        if self.delete(key)? { Ok(()) } else { Err(missing(key)) }
    }

    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, SpillDictIterator>> {
        SpillDictIterator::new(this, What::Keys)
    }

    fn __reversed__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::whole(this)?.call_method0("__reversed__")
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        Ok(Self::whole(this)?.repr()?.to_str()?.to_owned())
    }

    fn __richcmp__<'py>(
        this: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        how: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        let known = other.is_instance_of::<PyDict>() || other.is_instance_of::<Self>();
        if !known || !matches!(how, CompareOp::Eq | CompareOp::Ne) {
            return Ok(py.NotImplemented().into_bound(py));
        }
        let equal = Self::equals(this, other)?;
        Ok((equal == matches!(how, CompareOp::Eq)).into_pyobject(py)?.to_owned().into_any())
    }

    fn keys(this: &Bound<'_, Self>) -> SpillDictView {
        SpillDictView::new(this, What::Keys)
    }

    fn values(this: &Bound<'_, Self>) -> SpillDictView {
        SpillDictView::new(this, What::Values)
    }

    fn items(this: &Bound<'_, Self>) -> SpillDictView {
        SpillDictView::new(this, What::Items)
    }

    #[pyo3(signature = (key, *default), text_signature = "($self, key, default=..., /)")]
    pub(super) fn pop<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        default: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if default.len() > 1 {
            let text = format!("pop expected at most 2 arguments, got {}", default.len() + 1);
            return Err(PyTypeError::new_err(text));
        }
        match self.get(key)? {
            Some(value) => {
                self.delete(key)?;
                Ok(value)
            }
            None => default.get_item(0).map_err(|_| missing(key)),
        }
    }

    pub fn popitem<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        this.get().be_asked(py)?;
        let latest = match this.get().disk.borrow().as_ref() {
            Some(disk) => disk.keyed.is_empty(),
            None => true,
        };
        let last = match latest {
            // A real dict says what is wrong with an empty one.
            true if this.get().recent(py).is_empty() => return PyDict::new(py).call_method0("popitem"),
            true => this.get().recent(py).call_method0("keys")?.call_method0("__reversed__")?,
            false => Self::whole(this)?.call_method0("__reversed__")?,
        };
        let key = last.call_method0("__next__")?;
        drop(last);
        let value = this.get().get(&key)?.ok_or_else(|| missing(&key))?;
        this.get().delete(&key)?;
        Ok(PyTuple::new(py, [key, value])?.into_any())
    }

    #[pyo3(name = "clear")]
    fn clear_all(this: &Bound<'_, Self>) -> PyResult<()> {
        Self::keep_all(this)?;
        this.get().clear(this.py());
        Ok(())
    }

    #[pyo3(signature = (*others, **named))]
    fn update(&self, others: &Bound<'_, PyTuple>, named: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        if others.len() > 1 {
            let text = format!("update expected at most 1 argument, got {}", others.len());
            return Err(PyTypeError::new_err(text));
        }
        if let Ok(other) = others.get_item(0) {
            self.fill(&other)?;
        }
        named.map_or(Ok(()), |named| self.fill(named.as_any()))
    }

    fn copy(this: &Bound<'_, Self>) -> PyResult<Self> {
        let copy = Self::empty(this.py(), this.get().codec.policy())?;
        copy.fill(this.as_any())?;
        Ok(copy)
    }

    fn __copy__(this: &Bound<'_, Self>) -> PyResult<Self> {
        Self::copy(this)
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = this.py();
        (py.get_type::<PyDict>(), (Self::whole(this)?,)).into_pyobject(py)
    }

    fn __or__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__or__", other)
    }

    fn __ror__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__ror__", other)
    }

    fn __ior__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.fill(other)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Ok(recent) = self.recent.try_borrow() {
            visit.call(&*recent)?;
        }
        if let Ok(sorted) = self.sorted.try_borrow() {
            sorted.iter().try_for_each(|walk| walk.traverse(&visit))?;
        }
        if let Ok(disk) = self.disk.try_borrow()
            && let Some(disk) = disk.as_ref()
        {
            visit.call(&disk.odd)?;
            disk.held.values().chain(disk.odd_keys.values()).try_for_each(|held| visit.call(held))?;
        }
        self.codec.traverse(&visit)
    }
}
