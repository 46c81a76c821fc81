//! Walking those items of a list of which a part may equal a value.
//!
//! What is on disk is put into groups once, by that part, as a database makes an index
//! when it is asked for the same column again and again. A walk then reads one group,
//! and all items of the tail, which may still be changed. So it gives all items that are
//! looked for, in their order, and some others.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};

use super::SpillList;
use super::cursor::Cursor;
use crate::runtime::spill_groups::SpillGroups;

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
    /// The class whose attribute is known to be just a value.
    plain: Option<Py<PyType>>,
}

/// The items of a list on disk, by a part of them.
pub struct Index {
    part: Part,
    version: u64,
    /// So many of them are in the groups.
    items: usize,
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

    /// The part of an item, if to ask for it calls nobody and cannot fail.
    fn of<'py>(&mut self, item: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = item.py();
        if let Some(name) = &self.attribute {
            let class = item.get_type();
            if !self.plain.as_ref().is_some_and(|plain| plain.is(&class)) {
                if !is_just_a_value(&class, name.bind(py))? {
                    return Ok(None);
                }
                self.plain = Some(class.unbind());
            }
            return item.getattr_opt(name.bind(py));
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

/// Whether to ask an instance for an attribute runs no code of the class.
fn is_just_a_value(class: &Bound<'_, PyType>, name: &Bound<'_, PyString>) -> PyResult<bool> {
    let py = class.py();
    let object = py.get_type::<PyAny>();
    let mut entry = None;
    for base in class.mro().iter().filter(|base| !base.is(&object)) {
        let names = base.getattr("__dict__")?;
        if names.contains("__getattr__")? || names.contains("__getattribute__")? {
            return Ok(false);
        }
        if entry.is_none() && names.contains(name)? {
            entry = Some(names.get_item(name)?);
        }
    }
    let Some(entry) = entry else { return Ok(true) };
    let kind = entry.get_type();
    let is_field = ["member_descriptor", "_tuplegetter"]
        .iter()
        .any(|field| kind.name().is_ok_and(|name| name == *field));
    Ok(is_field || !kind.hasattr("__get__")?)
}

impl Index {
    /// Puts what has come to disk since into the groups.
    fn renew(&mut self, list: &Bound<'_, SpillList>) -> PyResult<()> {
        let (py, known) = (list.py(), list.get());
        let mut cursor = Cursor::default();
        cursor.seek(self.items);
        let Some(groups) = &self.groups else { return Ok(()) };
        let groups = groups.bind(py).get();
        while cursor.index < known.spilled.get() && known.version.get() == self.version {
            if cursor.index % PATIENCE == 0 {
                py.check_signals()?;
            }
            let item = cursor.next(py, known)?;
            let part = self.part.of(&item)?.filter(is_plain);
            let Some(part) = part.filter(|_| groups.count() <= MOST_GROUPS) else {
                self.groups = None;
                return Ok(());
            };
            if !is_nan(&part) {
                groups.add(&part, item.unbind())?;
            }
        }
        self.items = cursor.index;
        Ok(())
    }

    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.groups)?;
        visit.call(&self.part.item)?;
        visit.call(&self.part.plain)
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
                Index { part, version: self.version.get(), items: 0, groups: Some(groups) }
            }
        };
        drop(self.indices.replace(indices));
        Ok(index)
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
    if known.spilled.get() == 0 || !is_plain(value) || !known.codec.calls_nobody() {
        return Ok(items.clone());
    }
    let part =
        Part { item: item.map(Bound::unbind), attribute: attribute.map(Bound::unbind), length, plain: None };
    let mut index = known.take_index(py, part)?;
    let version = index.version;
    let done = index.renew(list);
    let groups = index.groups.as_ref().map(|groups| groups.bind(py).clone());
    let items_known = index.items;
    known.indices.borrow_mut().insert(0, index);
    done?;
    let Some(groups) =
        groups.filter(|_| version == known.version.get() && items_known == known.spilled.get())
    else {
        return Ok(items.clone());
    };
    let tail = known.tail.bind(py);
    let tail = tail.get_slice(0, tail.len()).into_any();
    let group = if is_nan(value) { None } else { groups.get().group(value)? };
    match group {
        None => Ok(tail),
        Some(group) => py.import("itertools")?.getattr("chain")?.call1((group, tail)),
    }
}
