//! Walking those items of a list of which a part may equal a value.
//!
//! What is on disk is put into groups once, by that part, as a database makes an index
//! when it is asked for the same column again and again. A walk then reads one group,
//! and all items that came later, those of the tail among them, which may still be changed.
//! So it gives all items that are looked for, in their order, and some others.
//!
//! If the list is changed on the way, otherwise than at its end, the walk goes on as one of the
//! list does: at the index behind that of the item that was given last.

use std::ffi::CStr;
use std::ptr::null_mut;
use std::rc::Rc;
use std::sync::atomic::AtomicPtr;

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};

use super::cursor::Cursor;
use super::{SpillList, Stored};
use crate::method::this;
use crate::record::{Object, Origin, origin};
use crate::spill_groups::{self as group, SpillGroup, SpillGroups};
use crate::walker::{self, Made, Walked};

/// A list with more different values is walked as it is: the index would take more memory than
/// the list's share of it.
const MOST_GROUPS: usize = 1 << 14;
/// So many indices of one list are kept.
const MOST_INDICES: usize = 4;
/// After so many items it is asked whether somebody wants to interrupt.
const PATIENCE: usize = 1 << 12;

/// What of an item is compared.
struct Part {
    item: Option<Py<PyAny>>,
    attribute: Option<Py<PyString>>,
    /// Items have so many parts.
    length: Option<usize>,
    /// The classes of instances, and where they have the attribute from.
    classes: Vec<(Py<PyType>, Origin)>,
}

/// The items of a list on disk, by a part of them.
pub struct Index {
    part: Part,
    version: u64,
    /// So many of them are in the groups: those that are in these blocks.
    items: usize,
    stored: Rc<Vec<Stored>>,
    /// Nothing, if that part of some item is no plain value.
    groups: Option<Py<SpillGroups>>,
}

/// Whether values of that type equal each other if, and only if, a dictionary takes them for the
/// same key; but for NaN.
fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyFloat>()
        || value.is_exact_instance_of::<PyBool>()
        || value.is_exact_instance_of::<PyBytes>()
        || value.is_none()
}

fn is_nan(value: &Bound<'_, PyAny>) -> bool {
    value.cast_exact::<PyFloat>().is_ok_and(|value| value.value().is_nan())
}

impl Part {
    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.item)?;
        self.classes.iter().try_for_each(|(class, _)| visit.call(class))
    }

    fn copy(&self, py: Python<'_>) -> Self {
        let attribute = self.attribute.as_ref().map(|name| name.clone_ref(py));
        Self {
            item: self.item.as_ref().map(|item| item.clone_ref(py)),
            attribute,
            length: self.length,
            classes: Vec::new(),
        }
    }

    fn is_same(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        let same = |one: Option<&Bound<'_, PyAny>>, other: Option<&Bound<'_, PyAny>>| match (one, other) {
            (Some(one), Some(other)) => Ok(one.get_type().is(other.get_type()) && one.eq(other)?),
            (None, None) => Ok(true),
            _ => PyResult::Ok(false),
        };
        let name = |part: &Self| part.attribute.as_ref().map(|name| name.bind(py).as_any().clone());
        Ok(self.length == other.length
            && same(
                self.item.as_ref().map(|item| item.bind(py)),
                other.item.as_ref().map(|item| item.bind(py)),
            )?
            && same(name(self).as_ref(), name(other).as_ref())?)
    }

    /// Whether no class has been changed so that it is asked for the attribute now.
    fn is_still_plain(&self, py: Python<'_>) -> PyResult<bool> {
        let Some(name) = &self.attribute else { return Ok(true) };
        for (class, _) in &self.classes {
            if origin(class.bind(py), name.bind(py))? == Origin::Asked {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The part of an item, if to ask for it calls nobody and cannot fail.
    fn of<'py>(&mut self, item: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = item.py();
        if let Some(name) = &self.attribute {
            let class = item.get_type();
            let known = self.classes.iter().find(|(known, _)| known.is(&class)).map(|(_, origin)| *origin);
            let from = match known {
                Some(from) => from,
                None => {
                    let from = origin(&class, name.bind(py))?;
                    self.classes.push((class.unbind(), from));
                    from
                }
            };
            return match from {
                Origin::Asked => Ok(None),
                Origin::Both if !item.getattr("__dict__")?.contains(name.bind(py))? => Ok(None),
                Origin::Both | Origin::Own => item.getattr_opt(name.bind(py)),
            };
        }
        let Some(key) = &self.item else { return Ok(None) };
        let key = key.bind(py);
        if let (Ok(dict), None) = (item.cast_exact::<PyDict>(), self.length) {
            return dict.get_item(key);
        }
        let Ok(index) = key.extract::<isize>() else { return Ok(None) };
        let fits = |length: usize| self.length.is_none_or(|wanted| wanted == length);
        let place = |length: usize| {
            let index = if index < 0 { index + length.cast_signed() } else { index };
            usize::try_from(index).ok().filter(|index| *index < length && fits(length))
        };
        if let Ok(tuple) = item.cast_exact::<PyTuple>() {
            return place(tuple.len()).map(|index| tuple.get_item(index)).transpose();
        }
        if let Ok(list) = item.cast_exact::<PyList>() {
            return place(list.len()).map(|index| list.get_item(index)).transpose();
        }
        Ok(None)
    }
}

impl Index {
    /// Puts what has come to disk since into the groups.
    fn renew(&mut self, list: &Bound<'_, SpillList>) -> PyResult<()> {
        let (py, known) = (list.py(), list.get());
        let mut cursor = Cursor::default();
        cursor.seek(self.items);
        let Some(groups) = &self.groups else { return Ok(()) };
        let groups = groups.bind(py).get();
        if self.items < known.spilled.get() {
            self.stored = Rc::new(known.stored.borrow().clone());
        }
        // What stays in memory because others hold it may be changed by them.
        if self.stored.iter().any(|stored| !stored.pins.is_empty()) || !self.part.is_still_plain(py)? {
            self.groups = None;
            return Ok(());
        }
        while cursor.index < known.spilled.get() && known.version.get() == self.version {
            if cursor.index % PATIENCE == 0 {
                py.check_signals()?;
            }
            let item = cursor.next(py, known)?;
            let part = self.part.of(&item)?.filter(is_plain);
            let Some(part) = part.filter(|_| groups.count(py).is_ok_and(|count| count <= MOST_GROUPS)) else {
                self.groups = None;
                return Ok(());
            };
            if !is_nan(&part) {
                groups.add(&part, item)?;
            }
        }
        self.items = cursor.index;
        Ok(())
    }

    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.groups)?;
        self.part.traverse(visit)
    }
}

impl SpillList {
    /// The index by a part, as it was left: whoever has taken it puts it back.
    fn take_index(&self, py: Python<'_>, part: Part) -> PyResult<Index> {
        let mut indices = self.indices.take();
        let mut found = None;
        for (at, index) in indices.iter().enumerate() {
            if index.version == self.version.get() && index.part.is_same(py, &part)? {
                found = Some(at);
            }
        }
        let index = match found {
            Some(at) => indices.swap_remove(at),
            None => {
                indices.truncate(MOST_INDICES - 1);
                let groups = Bound::new(py, SpillGroups::like(py, self.policy())?)?.unbind();
                Index {
                    part,
                    version: self.version.get(),
                    items: 0,
                    stored: Rc::default(),
                    groups: Some(groups),
                }
            }
        };
        drop(self.indices.replace(indices));
        Ok(index)
    }
}

/// A walk for one value.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillListCandidates {
    list: Py<SpillList>,
    /// What is looked for, and where.
    value: Py<PyAny>,
    part: Part,
    /// The items that were in the groups, in these blocks, when the list had this version.
    items: usize,
    stored: Rc<Vec<Stored>>,
    version: u64,
    /// The group, if there is one, and how many items it had.
    group: Option<Py<SpillGroup>>,
    count: usize,
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillListCandidates {}
// SAFETY: as above.
unsafe impl Sync for SpillListCandidates {}

/// A place in the group, or in the list once that has been left.
#[derive(Default)]
pub struct Step {
    given: usize,
    group: group::Cursor,
    list: Option<Cursor>,
}

/// The index of a step in the list is its index there and this.
const LIST: usize = 1 << (usize::BITS - 2);

impl SpillListCandidates {
    /// The index behind that of the last of so many items of the group.
    fn behind(&self, py: Python<'_>, given: usize) -> PyResult<usize> {
        if given == 0 {
            return Ok(0);
        }
        let known = self.list.get().of_blocks(py, &self.stored, self.items);
        let mut part = self.part.copy(py);
        let mut cursor = Cursor::default();
        let mut left = given;
        while left > 0 && cursor.index < self.items {
            let item = cursor.next(py, &known)?;
            let found = part.of(&item)?;
            left -= usize::from(found.map_or(Ok(false), |found| found.eq(self.value.bind(py)))?);
        }
        Ok(cursor.index)
    }

    /// Whether the walk is still in the group.
    fn is_in_group(&self, step: &Step) -> bool {
        step.list.is_none() && step.given < self.count && self.list.get().version.get() == self.version
    }
}

impl Walked for SpillListCandidates {
    const NAME: &'static CStr = c"spacetime_compiler.runtime.SpillListCandidatesIterator";

    fn class() -> &'static AtomicPtr<ffi::PyTypeObject> {
        static CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(null_mut());
        &CLASS
    }

    type Cursor = Step;

    #[inline]
    unsafe fn of<'a>(object: Object) -> &'a Self {
        // SAFETY: the caller's promise.
        unsafe { this(object) }
    }

    #[inline]
    fn version(&self) -> u64 {
        self.list.get().version.get()
    }

    fn length(&self) -> usize {
        self.count + self.list.get().len() - self.items.min(self.list.get().len())
    }

    fn index(step: &Step) -> usize {
        step.list.as_ref().map_or(step.given, |cursor| LIST + cursor.index)
    }

    fn seek(step: &mut Step, index: usize) {
        match index.checked_sub(LIST) {
            Some(index) => step.list.get_or_insert_default().seek(index),
            None => {
                step.given = index;
                step.group.seek(index);
            }
        }
    }

    fn make(&self, py: Python<'_>, step: &mut Step, into: &mut Made) -> PyResult<()> {
        if self.is_in_group(step)
            && let Some(group) = &self.group
        {
            let group = group.get();
            step.group.make_some(py, &group.store, group.number.get(), into)?;
            if into.len() > 0 {
                into.keep(self.count - step.given);
                step.given += into.len();
                return Ok(());
            }
            return Ok(());
        }
        if step.list.is_none() {
            let is_changed = self.list.get().version.get() != self.version;
            let next = if is_changed { self.behind(py, step.given)? } else { self.items };
            step.list.get_or_insert_default().seek(next);
        }
        match &mut step.list {
            Some(cursor) => cursor.make_page(py, self.list.get(), None, into),
            None => Ok(()),
        }
    }

    fn held(&self, step: &mut Step) -> Object {
        if self.is_in_group(step)
            && let Some(group) = &self.group
        {
            let group = group.get();
            let item = group.held(&mut step.group);
            step.given += usize::from(!item.is_null());
            return item;
        }
        match &mut step.list {
            Some(cursor) => self.list.get().held(cursor),
            None => null_mut(),
        }
    }
}

#[pymethods]
impl SpillListCandidates {
    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        walker::walk::<Self>(this.as_any())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.list)?;
        visit.call(&self.group)?;
        self.part.traverse(&visit)
    }
}

/// See `spacetime_compiler.runtime.candidates`.
#[pyfunction]
#[pyo3(signature = (items, value, item=None, attribute=None, length=None))]
pub fn candidates<'py>(
    items: &Bound<'py, PyAny>,
    value: &Bound<'py, PyAny>,
    item: Option<Bound<'py, PyAny>>,
    attribute: Option<Bound<'py, PyString>>,
    length: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = items.py();
    let Ok(list) = items.cast_exact::<SpillList>() else { return Ok(items.clone()) };
    let known = list.get();
    if known.spilled.get() == 0 || !is_plain(value) {
        return Ok(items.clone());
    }
    let part = Part {
        item: item.map(Bound::unbind),
        attribute: attribute.map(Bound::unbind),
        length,
        classes: Vec::new(),
    };
    let mut index = known.take_index(py, part)?;
    let done = index.renew(list);
    let mut found = None;
    if let (Ok(()), Some(groups)) = (&done, &index.groups)
        && index.version == known.version.get()
    {
        let group = if is_nan(value) { None } else { groups.get().group(value)? };
        let group = group.map(Bound::cast_into::<SpillGroup>).transpose()?;
        found = Some(SpillListCandidates {
            list: list.clone().unbind(),
            value: value.clone().unbind(),
            part: index.part.copy(py),
            items: index.items,
            stored: Rc::clone(&index.stored),
            version: index.version,
            count: group.as_ref().map_or(0, |group| group.get().len()),
            group: group.map(Bound::unbind),
        });
    }
    // Where it was interrupted, nobody knows what is in the groups.
    done?;
    known.indices.borrow_mut().insert(0, index);
    match found {
        Some(found) => Ok(Bound::new(py, found)?.into_any()),
        None => Ok(items.clone()),
    }
}

/// Makes the class of the iterator.
pub fn register(py: Python<'_>) -> PyResult<()> {
    walker::install::<SpillListCandidates>(py)
}
