//! A view of one group, which does what a list does; or a group of its own.

use std::cell::Cell;
use std::rc::Rc;

use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};

use super::compare::compare;
use super::cursor::Cursor;
use super::iterate::SpillGroupReverseIterator;
use super::store::Store;
use crate::record::Policy;
use crate::sort::ask_length;
use crate::spill_list::{Place, index_to_pop, is_in_place, place, same, whole_number};
use crate::walker;

/// The number of a view of nothing.
pub const NOBODY: u32 = u32::MAX;

/// See the module.
#[pyclass(frozen, sequence, name = "SpillGroup", module = "spacetime_compiler.runtime")]
pub struct SpillGroup {
    pub store: Rc<Store>,
    pub number: Cell<u32>,
    /// It is in no dictionary: nobody else refers to the group.
    own: bool,
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillGroup {}
// SAFETY: as above.
unsafe impl Sync for SpillGroup {}

impl Drop for SpillGroup {
    fn drop(&mut self) {
        drop(self.store.let_go(self.number.get()));
    }
}

fn out_of_range() -> PyErr {
    PyIndexError::new_err("list index out of range")
}

impl SpillGroup {
    pub fn new(store: Rc<Store>, number: u32) -> Self {
        store.hold(number);
        Self { store, number: Cell::new(number), own: false }
    }

    /// Shows another group from now on.
    #[inline]
    pub fn turn(&self, number: u32) {
        self.store.hold(number);
        drop(self.store.let_go(self.number.replace(number)));
    }

    pub fn len(&self) -> usize {
        self.store.len(self.number.get())
    }

    /// An index counted from the beginning, if there is such an item.
    fn absolute(&self, index: isize) -> Option<usize> {
        let length = self.len();
        let index = if index < 0 { index + length.cast_signed() } else { index };
        usize::try_from(index).ok().filter(|index| *index < length)
    }

    fn each(&self, py: Python<'_>, mut then: impl FnMut(Bound<'_, PyAny>) -> PyResult<()>) -> PyResult<()> {
        let mut cursor = Cursor::default();
        while let Some(item) = cursor.next(py, &self.store, self.number.get())? {
            then(item)?;
        }
        Ok(())
    }

    /// A list with everything in it.
    pub fn whole<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        self.each(py, |item| list.append(item))?;
        Ok(list)
    }

    fn push(&self, item: Bound<'_, PyAny>) {
        self.store.push(self.number.get(), item.unbind());
    }

    /// Adds everything from an iterable, as `list.extend` does.
    fn take_all(&self, items: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = items.py();
        if let Ok(other) = items.cast_exact::<Self>() {
            let other = other.get();
            let mut cursor = Cursor::default();
            let length = other.len();
            while cursor.index < length {
                match cursor.next(py, &other.store, other.number.get())? {
                    Some(item) => self.push(item),
                    None => break,
                }
            }
            return Ok(());
        }
        if items.is_instance_of::<PyList>() || items.is_instance_of::<PyTuple>() {
            // What they hold now, whatever happens to them on the way.
            let items: Vec<_> = items.try_iter()?.collect::<PyResult<_>>()?;
            for item in items {
                self.push(item);
            }
            return Ok(());
        }
        let iterator = items.try_iter()?;
        ask_length(items)?;
        for item in iterator {
            self.push(item?);
        }
        Ok(())
    }

    /// Makes all items wait in memory.
    fn inflate(&self, py: Python<'_>) -> PyResult<()> {
        let (store, number) = (&self.store, self.number.get());
        loop {
            let spilled = store.spilled(number);
            if spilled == 0 {
                return Ok(());
            }
            let version = store.version.get();
            let mut items = Vec::with_capacity(spilled);
            let mut cursor = Cursor::default();
            while cursor.index < spilled {
                items.extend(cursor.next(py, store, number)?.map(Bound::unbind));
            }
            if store.version.get() != version || store.spilled(number) != spilled {
                // Making them has run somebody's code.
                continue;
            }
            store.edits.set(store.edits.get() + 1);
            let last = {
                let mut tables = store.tables.borrow_mut();
                let tables = &mut *tables;
                let waiting = tables.waiting_mut(number);
                items.append(waiting);
                *waiting = items;
                tables.touched.push(number);
                tables.groups.take(number)
            };
            store.count_in(spilled);
            drop(store.release(last));
            return Ok(());
        }
    }

    /// Changes the items, all of which wait afterwards.
    pub fn edit<R>(&self, py: Python<'_>, change: impl FnOnce(&mut Vec<Py<PyAny>>) -> R) -> PyResult<R> {
        self.inflate(py)?;
        self.store.edits.set(self.store.edits.get() + 1);
        let result = {
            let mut tables = self.store.tables.borrow_mut();
            let number = self.number.get();
            tables.touched.push(number);
            change(tables.waiting_mut(number))
        };
        Ok(result)
    }

    /// Lets a real list do what is asked for. Like a list that is sorted, this is
    /// empty meanwhile.
    fn as_list<'py, R>(
        &self,
        py: Python<'py>,
        change: impl FnOnce(&Bound<'py, PyList>) -> PyResult<R>,
    ) -> PyResult<(R, bool)> {
        let items = self.edit(py, std::mem::take)?;
        let list = PyList::new(py, items)?;
        let result = change(&list);
        let items: Vec<_> = list.iter().map(Bound::unbind).collect();
        drop(list);
        let meanwhile = self.edit(py, |pending| std::mem::replace(pending, items))?;
        self.store.settle(py);
        Ok((result?, !meanwhile.is_empty()))
    }

    fn find(&self, value: &Bound<'_, PyAny>, range: std::ops::Range<usize>) -> PyResult<Option<usize>> {
        let py = value.py();
        let mut cursor = Cursor::default();
        cursor.seek(range.start);
        while cursor.index < range.end {
            let index = cursor.index;
            let Some(item) = cursor.next(py, &self.store, self.number.get())? else {
                break;
            };
            if same(&item, value)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn text(&self, py: Python<'_>) -> PyResult<String> {
        let mut text = String::from("[");
        self.each(py, |item| {
            if text.len() > 1 {
                text.push_str(", ");
            }
            text.push_str(item.repr()?.to_str()?);
            Ok(())
        })?;
        text.push(']');
        Ok(text)
    }
}

/// A list of whatever counts as one here.
fn as_real_list<'py>(other: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyList>>> {
    if let Ok(group) = other.cast::<SpillGroup>() {
        return group.get().whole(other.py()).map(Some);
    }
    Ok(other.cast::<PyList>().ok().cloned())
}

#[pymethods]
impl SpillGroup {
    #[new]
    #[pyo3(
        signature = (*items, frozen = false, compared = true),
        text_signature = "(items=(), /, *, frozen=False, compared=True)"
    )]
    fn alone(py: Python<'_>, items: &Bound<'_, PyTuple>, frozen: bool, compared: bool) -> PyResult<Self> {
        if items.len() > 1 {
            let text = format!("list expected at most 1 argument, got {}", items.len());
            return Err(PyTypeError::new_err(text));
        }
        let store = Store::current(py, Policy::new(frozen, compared))?;
        let number = store.add_group(Vec::new())?;
        let group = Self { store, number: Cell::new(number), own: true };
        if let Ok(items) = items.get_item(0) {
            group.take_all(&items)?;
        }
        Ok(group)
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        class.clone()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if !self.own {
            return Ok(());
        }
        let Ok(tables) = self.store.tables.try_borrow() else { return Ok(()) };
        tables.waiting(self.number.get()).iter().try_for_each(|item| visit.call(item))
    }

    fn __clear__(&self) {
        if self.own {
            let items = self.store.tables.try_borrow_mut();
            let items = items.map(|mut tables| tables.take_waiting(self.number.get()));
            drop(items);
        }
    }

    fn __len__(&self) -> usize {
        self.len()
    }

    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        walker::walk::<Self>(this.as_any())
    }

    fn __reversed__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, SpillGroupReverseIterator>> {
        Bound::new(this.py(), SpillGroupReverseIterator::new(this.clone().unbind()))
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = key.py();
        match place(key)? {
            Place::Index(index) => {
                let index = self.absolute(index).ok_or_else(out_of_range)?;
                self.store.item(py, self.number.get(), index)?.ok_or_else(out_of_range)
            }
            Place::Slice(slice) => {
                let bounds = slice.indices(self.len().cast_signed())?;
                let list = PyList::empty(py);
                let mut cursor = Cursor::default();
                let mut index = bounds.start;
                for _ in 0..bounds.slicelength {
                    let item = if bounds.step == 1 {
                        cursor.seek(index.unsigned_abs());
                        cursor.next(py, &self.store, self.number.get())?
                    } else {
                        self.store.item(py, self.number.get(), index.unsigned_abs())?
                    };
                    item.map_or(Ok(()), |item| list.append(item))?;
                    index += bounds.step;
                }
                Ok(list.into_any())
            }
        }
    }

    fn __setitem__(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        match place(key)? {
            Place::Slice(slice) => {
                // What is put in is made before anything is looked at.
                let items = match as_real_list(value)? {
                    Some(list) => list.into_any(),
                    None => value.clone(),
                };
                self.as_list(py, |list| list.as_any().set_item(slice, items)).map(drop)
            }
            Place::Index(index) => {
                let wrong = || PyIndexError::new_err("list assignment index out of range");
                let index = self.absolute(index).ok_or_else(wrong)?;
                let value = value.clone().unbind();
                let old =
                    self.edit(py, |items| items.get_mut(index).map(|old| std::mem::replace(old, value)))?;
                self.store.settle(py);
                old.ok_or_else(wrong).map(drop)
            }
        }
    }

    fn __delitem__(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        match place(key)? {
            Place::Slice(slice) => self.as_list(py, |list| list.as_any().del_item(slice)).map(drop),
            Place::Index(index) => {
                let wrong = || PyIndexError::new_err("list assignment index out of range");
                let index = self.absolute(index).ok_or_else(wrong)?;
                self.take_out(py, index)?.ok_or_else(wrong).map(drop)
            }
        }
    }

    fn __contains__(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.find(value, 0..usize::MAX)?.is_some())
    }

    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, how: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        Ok(compare(self, other, how)?.unwrap_or_else(|| py.NotImplemented().into_bound(py)))
    }

    /// As a list says it, which has no formats.
    fn __format__(this: &Bound<'_, Self>, format: &str) -> PyResult<String> {
        if format.is_empty() {
            return Ok(this.str()?.to_str()?.to_owned());
        }
        Err(PyTypeError::new_err("unsupported format string passed to list.__format__"))
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        let py = this.py();
        // SAFETY: the object is alive, and left again below.
        match unsafe { ffi::Py_ReprEnter(this.as_ptr()) } {
            0 => {}
            entered if entered > 0 => return Ok("[...]".to_owned()),
            _ => return Err(PyErr::fetch(py)),
        }
        let text = this.get().text(py);
        // SAFETY: it was entered above.
        unsafe { ffi::Py_ReprLeave(this.as_ptr()) };
        text
    }

    fn __add__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        let Some(other) = as_real_list(other)? else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        let list = self.whole(py)?;
        list.call_method1("extend", (other,))?;
        Ok(list.into_any())
    }

    fn __radd__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        let Ok(list) = other.cast::<PyList>() else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        // `list += group` comes here too, and changes the list.
        let list = if is_in_place(py)? { list.clone() } else { list.get_slice(0, list.len()) };
        list.call_method1("extend", (this,))?;
        Ok(list.into_any())
    }

    #[expect(clippy::unused_self, reason = "it is a slot")]
    fn __concat__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let kind = other.get_type().name()?;
        Err(PyTypeError::new_err(format!("can only concatenate list (not \"{kind}\") to list")))
    }

    fn __iadd__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.take_all(other)
    }

    fn __inplace_concat__<'py>(
        this: Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Self>> {
        this.get().take_all(other)?;
        Ok(this)
    }

    fn __repeat__<'py>(&self, py: Python<'py>, count: isize) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.call_method1("__mul__", (count,))
    }

    fn __inplace_repeat__(this: Bound<'_, Self>, count: isize) -> PyResult<Bound<'_, Self>> {
        let py = this.py();
        this.get().as_list(py, |list| list.call_method1("__imul__", (count,)).map(drop))?;
        Ok(this)
    }

    fn extend(&self, iterable: &Bound<'_, PyAny>) -> PyResult<()> {
        self.take_all(iterable)
    }

    fn insert(&self, py: Python<'_>, index: &Bound<'_, PyAny>, object: Bound<'_, PyAny>) -> PyResult<()> {
        let index = whole_number(index)?;
        let length = self.len().cast_signed();
        let index = if index < 0 { index.saturating_add(length).max(0) } else { index.min(length) };
        self.store.count_in(1);
        self.edit(py, |items| {
            let index = index.unsigned_abs().min(items.len());
            items.insert(index, object.unbind());
        })?;
        self.store.settle(py);
        Ok(())
    }

    #[pyo3(signature = (*index), text_signature = "(index=-1, /)")]
    fn pop(&self, py: Python<'_>, index: &Bound<'_, PyTuple>) -> PyResult<Py<PyAny>> {
        let index = index_to_pop(index)?;
        if self.len() == 0 {
            return Err(PyIndexError::new_err("pop from empty list"));
        }
        let wrong = || PyIndexError::new_err("pop index out of range");
        let index = self.absolute(index).ok_or_else(wrong)?;
        self.take_out(py, index)?.ok_or_else(wrong)
    }

    fn remove(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let Some(index) = self.find(value, 0..usize::MAX)? else {
            return Err(PyValueError::new_err("list.remove(x): x not in list"));
        };
        self.take_out(py, index).map(drop)
    }

    fn clear(&self) {
        let (store, number) = (&self.store, self.number.get());
        store.edits.set(store.edits.get() + 1);
        let (items, last) = {
            let mut tables = store.tables.borrow_mut();
            (tables.take_waiting(number), tables.groups.take(number))
        };
        drop((store.release(last), items));
    }

    fn reverse(&self, py: Python<'_>) -> PyResult<()> {
        self.edit(py, |items| items.reverse())?;
        self.store.settle(py);
        Ok(())
    }

    #[pyo3(signature = (*args, **options))]
    fn sort(&self, args: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        let py = args.py();
        if self.is_large()
            && let Some(result) = self.sort_on_disk(py, args, options)?
        {
            return result;
        }
        match self.as_list(py, |list| list.call_method("sort", args, options).map(drop))? {
            ((), false) => Ok(()),
            ((), true) => Err(PyValueError::new_err("list modified during sort")),
        }
    }

    fn copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.whole(py)
    }

    fn __copy__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.whole(py)
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = this.py();
        let items = this.try_iter()?;
        (py.get_type::<PyList>(), PyTuple::empty(py), py.None(), items).into_pyobject(py)
    }

    #[pyo3(signature = (value, start=None, stop=None, /))]
    fn index(
        &self,
        value: &Bound<'_, PyAny>,
        start: Option<&Bound<'_, PyAny>>,
        stop: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<usize> {
        let length = self.len();
        let range = bound(start, 0, length)?..bound(stop, usize::MAX, length)?;
        match self.find(value, range)? {
            Some(index) => Ok(index),
            None => Err(PyValueError::new_err(format!("{} is not in list", value.repr()?))),
        }
    }

    fn count(&self, value: &Bound<'_, PyAny>) -> PyResult<usize> {
        let mut count = 0;
        self.each(value.py(), |item| {
            count += usize::from(same(&item, value)?);
            Ok(())
        })?;
        Ok(count)
    }
}

impl SpillGroup {
    fn take_out(&self, py: Python<'_>, index: usize) -> PyResult<Option<Py<PyAny>>> {
        let waits = index.checked_sub(self.store.spilled(self.number.get()));
        let index = match waits {
            Some(_) => index,
            None => {
                self.inflate(py)?;
                index
            }
        };
        let spilled = self.store.spilled(self.number.get());
        self.store.edits.set(self.store.edits.get() + 1);
        let mut tables = self.store.tables.borrow_mut();
        let items = tables.waiting_mut(self.number.get());
        let index = index - spilled;
        Ok((index < items.len()).then(|| items.remove(index)))
    }
}

/// A bound of a range of indices, as `list.index` reads it.
fn bound(given: Option<&Bound<'_, PyAny>>, otherwise: usize, length: usize) -> PyResult<usize> {
    let Some(given) = given else {
        return Ok(otherwise);
    };
    // SAFETY: the object is alive.
    if unsafe { ffi::PyIndex_Check(given.as_ptr()) } == 0 {
        let text = "slice indices must be integers or have an __index__ method";
        return Err(PyTypeError::new_err(text));
    }
    // SAFETY: as above; no exception means that it is clipped.
    let index = unsafe { ffi::PyNumber_AsSsize_t(given.as_ptr(), std::ptr::null_mut()) };
    if index == -1
        && let Some(error) = PyErr::take(given.py())
    {
        return Err(error);
    }
    let from_end = index.saturating_add(length.cast_signed()).max(0);
    Ok(if index < 0 { from_end } else { index }.unsigned_abs())
}
