//! The methods of `SpillList`, one for each of `list`.

use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::exceptions::{PyIndexError, PyOSError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyBool, PyDict, PyList, PySlice, PyTuple, PyType};

use super::SpillList;
use super::compare::same;
use super::cursor::Cursor;
use super::iterate::SpillListReverseIterator;
use crate::record::{Codec, Policy};
use crate::settings;
use crate::sort::sort_or;
use crate::walker::walk;

/// An index or a slice, as lists read them.
pub enum Place<'py> {
    Index(isize),
    Slice(Bound<'py, PySlice>),
}

pub fn place<'py>(key: &Bound<'py, PyAny>) -> PyResult<Place<'py>> {
    let py = key.py();
    if let Ok(slice) = key.cast::<PySlice>() {
        return Ok(Place::Slice(slice.clone()));
    }
    // SAFETY: the key is alive.
    unsafe {
        if ffi::PyIndex_Check(key.as_ptr()) == 0 {
            let kind = key.get_type().name()?;
            let text = format!("list indices must be integers or slices, not {kind}");
            return Err(PyTypeError::new_err(text));
        }
        let index = ffi::PyNumber_AsSsize_t(key.as_ptr(), ffi::PyExc_IndexError);
        if index == -1
            && let Some(error) = PyErr::take(py)
        {
            return Err(error);
        }
        Ok(Place::Index(index))
    }
}

fn out_of_range() -> PyErr {
    PyIndexError::new_err("list index out of range")
}

impl SpillList {
    /// An index counted from the beginning, if there is such an item.
    fn absolute(&self, index: isize) -> Option<usize> {
        let length = self.len();
        let index = if index < 0 { index + length.cast_signed() } else { index };
        usize::try_from(index).ok().filter(|index| *index < length)
    }

    /// A new list with the same promises.
    pub(super) fn like(&self, py: Python<'_>) -> Self {
        Self::empty(py, Rc::clone(&self.codec))
    }

    /// Moves the last block back to the tail.
    fn last_block_back(&self, py: Python<'_>) -> PyResult<()> {
        let Some(first) = self.stored.borrow().last().map(|stored| stored.first) else {
            return Ok(());
        };
        let items = PyList::empty(py);
        let mut cursor = Cursor::default();
        cursor.seek(first);
        while cursor.index < self.spilled.get() {
            items.append(cursor.next(py, self)?)?;
        }
        let stored = self.stored.borrow_mut().pop();
        self.tail.bind(py).set_slice(0, 0, items.as_any())?;
        self.spilled.set(first);
        self.changed();
        self.left.set(items.len().cast_signed());
        drop(stored);
        Ok(())
    }

    /// Where a slice without a step begins and ends.
    fn stretch(&self, slice: &Bound<'_, PySlice>) -> PyResult<Option<(usize, usize)>> {
        let bounds = slice.indices(self.len().cast_signed())?;
        let start = bounds.start.max(0).unsigned_abs();
        Ok((bounds.step == 1).then_some((start, start + bounds.slicelength)))
    }

    fn find(
        &self,
        py: Python<'_>,
        value: &Bound<'_, PyAny>,
        range: std::ops::Range<usize>,
    ) -> PyResult<Option<usize>> {
        let mut cursor = Cursor::default();
        cursor.seek(range.start);
        while cursor.index < range.end.min(self.len()) {
            let index = cursor.index;
            let item = cursor.next(py, self)?;
            if same(&item, value)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }
}

#[pymethods]
impl SpillList {
    #[new]
    #[pyo3(signature = (*iterable, frozen=false, compared=true), text_signature = "(iterable=(), /, *, frozen=False, compared=True)")]
    fn new(py: Python<'_>, iterable: &Bound<'_, PyTuple>, frozen: bool, compared: bool) -> PyResult<Self> {
        if iterable.len() > 1 {
            let text = format!("list expected at most 1 argument, got {}", iterable.len());
            return Err(PyTypeError::new_err(text));
        }
        let list = Self::empty(py, Codec::common(py, Policy::new(frozen, compared)));
        check_budget()?;
        if let Ok(items) = iterable.get_item(0) {
            list.take_all(&items)?;
        }
        Ok(list)
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        class.clone()
    }

    fn __len__(&self) -> usize {
        self.len()
    }

    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        walk::<SpillList>(this.as_any())
    }

    fn __reversed__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, SpillListReverseIterator>> {
        Bound::new(this.py(), SpillListReverseIterator::new(this.clone().unbind()))
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match place(key)? {
            Place::Slice(slice) => self.slice(&slice),
            Place::Index(index) => {
                let index = self.absolute(index).ok_or_else(out_of_range)?;
                self.item(key.py(), index)?.ok_or_else(out_of_range)
            }
        }
    }

    fn __setitem__(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        match place(key)? {
            Place::Slice(slice) => match self.stretch(&slice)? {
                Some((start, end)) => {
                    let items = made_first(value)?;
                    let length = self.len();
                    self.splice(py, start.min(length), end.min(length), Some(&items))
                }
                None => {
                    let items = match value.cast::<SpillList>() {
                        Ok(list) => list.get().whole(py)?.into_any(),
                        Err(_) => value.clone(),
                    };
                    self.inflate(py)?.as_any().set_item(slice, items)
                }
            },
            Place::Index(index) => {
                let text = "list assignment index out of range";
                let index = self.absolute(index).ok_or_else(|| PyIndexError::new_err(text))?;
                if index < self.spilled.get() {
                    return self.splice_in(py, index, index + 1, value);
                }
                self.tail.bind(py).set_item(index - self.spilled.get(), value)
            }
        }
    }

    fn __delitem__(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        match place(key)? {
            Place::Slice(slice) => match self.stretch(&slice)? {
                Some((start, end)) => self.splice(py, start, end, None),
                None => self.inflate(py)?.as_any().del_item(slice),
            },
            Place::Index(index) => {
                let text = "list assignment index out of range";
                let index = self.absolute(index).ok_or_else(|| PyIndexError::new_err(text))?;
                if index < self.spilled.get() {
                    return self.splice(py, index, index + 1, None);
                }
                self.changed();
                self.tail.bind(py).del_item(index - self.spilled.get())
            }
        }
    }

    fn __contains__(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.find(py, value, 0..usize::MAX)?.is_some())
    }

    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, how: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        Ok(self.compare(other, how)?.unwrap_or_else(|| py.NotImplemented().into_bound(py)))
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
        if !other.is_instance_of::<PyList>() && !other.is_instance_of::<SpillList>() {
            return Ok(py.NotImplemented().into_bound(py));
        }
        let sum = self.like(py);
        sum.take_other(py, self)?;
        sum.take_all(other)?;
        Ok(Bound::new(py, sum)?.into_any())
    }

    fn __radd__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        if !other.is_instance_of::<PyList>() {
            return Ok(py.NotImplemented().into_bound(py));
        }
        if is_in_place(py)? {
            // `list += SpillList` comes here too, and changes the list.
            other.call_method1("extend", (this,))?;
            return Ok(other.clone());
        }
        let sum = this.get().like(py);
        sum.take_all(other)?;
        sum.take_other(py, this.get())?;
        Ok(Bound::new(py, sum)?.into_any())
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

    fn __repeat__(&self, py: Python<'_>, count: isize) -> PyResult<Self> {
        let product = self.like(py);
        for _ in 0..count {
            product.take_other(py, self)?;
        }
        Ok(product)
    }

    fn __inplace_repeat__(this: Bound<'_, Self>, count: isize) -> PyResult<Bound<'_, Self>> {
        let py = this.py();
        let list = this.get();
        if count <= 0 {
            list.reset(py)?;
        }
        let length = list.len();
        (1..count).try_for_each(|_| list.repeat_once(py, length))?;
        Ok(this)
    }

    fn extend(&self, iterable: &Bound<'_, PyAny>) -> PyResult<()> {
        self.take_all(iterable)
    }

    fn insert(&self, py: Python<'_>, index: &Bound<'_, PyAny>, object: &Bound<'_, PyAny>) -> PyResult<()> {
        let at = whole_number(index)?;
        let length = self.len().cast_signed();
        let at = if at < 0 { at.saturating_add(length).max(0) } else { at.min(length) };
        if self.spilled.get() == 0 {
            self.changed();
            return self.tail.bind(py).insert(at.unsigned_abs(), object);
        }
        self.splice_in(py, at.unsigned_abs(), at.unsigned_abs(), object)
    }

    #[pyo3(signature = (*index), text_signature = "(index=-1, /)")]
    fn pop<'py>(&self, py: Python<'py>, index: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let index = index_to_pop(index)?;
        let length = self.len();
        if length == 0 {
            return Err(PyIndexError::new_err("pop from empty list"));
        }
        let text = "pop index out of range";
        let place = self.absolute(index).ok_or_else(|| PyIndexError::new_err(text))?;
        if place < self.spilled.get() {
            if place + 1 != length {
                return self.splice_out(py, place)?.ok_or_else(|| PyIndexError::new_err(text));
            }
            self.last_block_back(py)?;
        }
        self.popped();
        self.tail.bind(py).call_method1("pop", (place - self.spilled.get(),))
    }

    fn remove(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let Some(index) = self.find(py, value, 0..usize::MAX)? else {
            return Err(PyValueError::new_err("list.remove(x): x not in list"));
        };
        // Comparing may have taken something out.
        if index < self.len() { self.splice(py, index, index + 1, None) } else { Ok(()) }
    }

    fn clear(&self, py: Python<'_>) -> PyResult<()> {
        self.reset(py)
    }

    fn reverse(&self, py: Python<'_>) -> PyResult<()> {
        self.turn(py)
    }

    #[pyo3(signature = (*args, **options))]
    fn sort(
        this: &Bound<'_, Self>,
        args: &Bound<'_, PyTuple>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let py = this.py();
        let list = this.get();
        // What a list says to these is said before anything is done.
        PyList::empty(py).call_method("sort", args, options)?;
        let option = |name| options.map_or(Ok(None), |options| options.get_item(name));
        let (key, reverse) = (option("key")?, option("reverse")?);
        if list.spilled.get() == 0
            || list.resident.get()
            || reverse.as_ref().is_some_and(|it| !it.is_exact_instance_of::<PyBool>())
        {
            return list.inflate(py)?.call_method("sort", args, options).map(drop);
        }
        let key = key.unwrap_or_else(|| py.None().into_bound(py));
        let reverse = reverse.unwrap_or_else(|| PyBool::new(py, false).to_owned().into_any());
        // Who asks it while it is being sorted finds it empty, as a list.
        let aside = Bound::new(py, list.copy(py)?)?;
        list.reset(py)?;
        let sorted = list.like(py);
        sorted.large.set(true);
        let mut left = None;
        let done = sort_or(aside.try_iter()?.as_any(), &key, &reverse, list.policy(), &mut left);
        let done = done.and_then(|items| sorted.take_all(&items));
        let touched = list.len() > 0;
        list.replace(py, if done.is_ok() { &sorted } else { aside.get() })?;
        if let Some(left) = left {
            // A list is left in the order in which it was when comparing failed.
            list.reset(py)?;
            list.take_all(left.as_any())?;
        }
        match done {
            Ok(()) if touched => Err(PyValueError::new_err("list modified during sort")),
            Err(error) if is_about_the_disk(py, &error) => {
                list.inflate(py)?.call_method("sort", args, options).map(drop)
            }
            done => done,
        }
    }

    fn copy(&self, py: Python<'_>) -> PyResult<Self> {
        let copy = self.like(py);
        copy.take_other(py, self)?;
        Ok(copy)
    }

    fn __copy__(&self, py: Python<'_>) -> PyResult<Self> {
        self.copy(py)
    }

    fn __deepcopy__<'py>(this: &Bound<'py, Self>, memo: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Self>> {
        let py = this.py();
        let list = this.get();
        let copy = Bound::new(py, list.like(py))?;
        memo.set_item(this.as_ptr() as usize, &copy)?;
        let deepcopy = py.import("copy")?.getattr("deepcopy")?;
        let mut cursor = Cursor::default();
        while cursor.index < list.len() {
            copy.get().add(&deepcopy.call1((cursor.next(py, list)?, memo))?)?;
        }
        Ok(copy)
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = this.py();
        let items = this.try_iter()?;
        (py.get_type::<PyList>(), PyTuple::empty(py), py.None(), items).into_pyobject(py)
    }

    #[pyo3(signature = (value, start=None, stop=None, /))]
    fn index(
        &self,
        py: Python<'_>,
        value: &Bound<'_, PyAny>,
        start: Option<&Bound<'_, PyAny>>,
        stop: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<usize> {
        let length = self.len();
        let bound = |given: Option<&Bound<'_, PyAny>>, otherwise: usize| -> PyResult<usize> {
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
                && let Some(error) = PyErr::take(py)
            {
                return Err(error);
            }
            let from_end = index.saturating_add(length.cast_signed()).max(0);
            Ok(if index < 0 { from_end } else { index }.unsigned_abs())
        };
        let range = bound(start, 0)?..bound(stop, usize::MAX)?;
        match self.find(py, value, range)? {
            Some(index) => Ok(index),
            None => Err(PyValueError::new_err(format!("{} is not in list", value.repr()?))),
        }
    }

    fn count(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<usize> {
        let mut count = 0;
        let mut start = 0;
        while let Some(found) = self.find(py, value, start..usize::MAX)? {
            count += 1;
            start = found + 1;
        }
        Ok(count)
    }

    fn __sizeof__(&self, py: Python<'_>) -> PyResult<usize> {
        let own: usize = self.tail.bind(py).call_method0("__sizeof__")?.extract()?;
        Ok(own + size_of::<Self>() + self.stored.borrow().len() * size_of::<super::Stored>())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.traverse(&visit)
    }

    fn __clear__(&self) {
        let stored = self.stored.try_borrow_mut().map(|mut stored| {
            self.spilled.set(0);
            std::mem::take(&mut *stored)
        });
        let pages = self.pages.try_borrow_mut().map(|mut pages| std::mem::take(&mut *pages));
        // SAFETY: the tail is a list; the collector holds the lock.
        unsafe { ffi::PyList_SetSlice(self.tail.as_ptr(), 0, isize::MAX, std::ptr::null_mut()) };
        drop((stored, pages));
    }
}

/// The index that `list.pop` gets.
pub fn index_to_pop(arguments: &Bound<'_, PyTuple>) -> PyResult<isize> {
    match arguments.len() {
        0 => Ok(-1),
        1 => whole_number(&arguments.get_item(0)?),
        count => Err(PyTypeError::new_err(format!("pop expected at most 1 argument, got {count}"))),
    }
}

/// An index as `list.insert` and `list.pop` read it.
pub fn whole_number(index: &Bound<'_, PyAny>) -> PyResult<isize> {
    let py = index.py();
    // SAFETY: the object is alive; the result is a new reference, or null with an exception set.
    let number = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyNumber_Index(index.as_ptr())) }?;
    // SAFETY: the number is alive.
    let value = unsafe { ffi::PyLong_AsSsize_t(number.as_ptr()) };
    match PyErr::take(py) {
        Some(error) if value == -1 => Err(error),
        _ => Ok(value),
    }
}

/// The items of what is assigned to a slice, made before anything is changed.
fn made_first<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    if let Ok(list) = value.cast_exact::<SpillList>() {
        return Ok(Bound::new(py, list.get().copy(py)?)?.into_any());
    }
    // SAFETY: the value is alive; the result is a new reference, or null with an exception set.
    unsafe {
        let items = ffi::PySequence_Fast(value.as_ptr(), c"can only assign an iterable".as_ptr());
        Bound::from_owned_ptr_or_err(py, items)
    }
}

/// Raises what is wrong with the budget, while somebody can hear it: once, since
/// a list asks for nothing like it.
fn check_budget() -> PyResult<()> {
    static CHECKED: AtomicBool = AtomicBool::new(false);
    if !CHECKED.load(Ordering::Relaxed) {
        settings::memory()?;
        CHECKED.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// Whether an error says that the folder for spilled data is full.
pub fn is_about_the_disk(py: Python<'_>, error: &PyErr) -> bool {
    let folder = settings::directory().into_os_string();
    let named = || error.value(py).getattr("filename")?.eq(folder);
    error.is_instance_of::<PyOSError>(py) && named().unwrap_or(false)
}

/// Whether the code that is running executes `+=`.
pub fn is_in_place(py: Python<'_>) -> PyResult<bool> {
    const IN_PLACE_ADD: u8 = 13;
    let frame = py.import("sys")?.call_method1("_getframe", (0,))?;
    let at: usize = frame.getattr("f_lasti")?.extract()?;
    let code = frame.getattr("f_code")?;
    let bytes: Vec<u8> = code.getattr("co_code")?.extract()?;
    let opcode = py.import("opcode")?.getattr("opmap")?.get_item("BINARY_OP")?;
    let (Some(running), Some(argument)) = (bytes.get(at), bytes.get(at + 1)) else {
        return Ok(false);
    };
    Ok(*running == opcode.extract::<u8>()? && *argument == IN_PLACE_ADD)
}

impl SpillList {
    /// Notes that an item has been taken off the end.
    fn popped(&self) {
        self.version.set(self.version.get() + 1);
        self.left.set(self.left.get().saturating_add(1));
    }

    fn text(&self, py: Python<'_>) -> PyResult<String> {
        let mut text = String::from("[");
        let mut cursor = Cursor::default();
        while cursor.index < self.len() {
            if cursor.index > 0 {
                text.push_str(", ");
            }
            text.push_str(cursor.next(py, self)?.repr()?.to_str()?);
        }
        text.push(']');
        Ok(text)
    }
}
