//! `external_sort`: takes everything from the iterable, and hands back an
//! iterator over it in order.

use pyo3::exceptions::PyException;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFrozenSet, PyList, PySet, PyTuple};

use super::blocks::{Blocks, Items};
use super::intake::{Intake, Order, Outcome, Plain};
use super::record::Policy;
use super::spill_dict::{SpillDictView, sort_view};
use super::spill_groups::{SpillGroup, SpillGroupsItems, sort_items};
use super::spill_list::SpillList;

/// Hands out keys that were computed before, in the order of the items: as the
/// key function of `list.sort`, which calls it once per item in that order.
#[pyclass(module = "spacetime_compiler._runtime")]
struct Keys {
    keys: Py<PyList>,
    next: usize,
}

#[pymethods]
impl Keys {
    fn __call__<'py>(&mut self, py: Python<'py>, _item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.next += 1;
        self.keys.bind(py).get_item(self.next - 1)
    }
}

/// Sorts as `sorted` does, and hands the result out one item at a time.
#[pyfunction]
#[pyo3(signature = (iterable, key, reverse, frozen=false, compared=true))]
pub fn external_sort<'py>(
    iterable: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    reverse: &Bound<'py, PyAny>,
    frozen: bool,
    compared: bool,
) -> PyResult<Bound<'py, PyAny>> {
    sort(iterable, key, reverse, Policy::new(frozen, compared))
}

/// The same, with the promises of the caller.
pub fn sort<'py>(
    iterable: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    reverse: &Bound<'py, PyAny>,
    policy: Policy,
) -> PyResult<Bound<'py, PyAny>> {
    sort_or(iterable, key, reverse, policy, &mut None)
}

/// The same; where comparing fails, the items are left in the order in which a list
/// would be then.
pub fn sort_or<'py>(
    iterable: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    reverse: &Bound<'py, PyAny>,
    policy: Policy,
    left: &mut Option<Bound<'py, PyList>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = iterable.py();
    // What `sorted` makes of other values differs between Python's versions.
    let Ok(direction) = reverse.cast_exact::<PyBool>() else {
        return sort_whole(iterable, key, reverse);
    };
    if is_collection(iterable) || is_small(iterable) {
        return sort_whole(iterable, key, reverse);
    }
    if let Ok(pairs) = iterable.cast_exact::<SpillGroupsItems>()
        && let Some(sorted) = sort_items(pairs.get(), key, reverse, policy)?
    {
        return Ok(sorted);
    }
    if let Ok(view) = iterable.cast_exact::<SpillDictView>()
        && let Some(sorted) = sort_view(view.get(), key, reverse, policy)?
    {
        return Ok(sorted);
    }
    let items = iterable.try_iter()?.into_any();
    ask_length(iterable)?;
    let order = Order { keyed: !key.is_none(), reverse: direction.is_true(), policy };
    let mut intake = Intake::new(py, order);
    while let Some(item) = next(&items)? {
        if key.is_none() {
            intake.push(&item, None)?;
            continue;
        }
        match call(key, &item) {
            Ok(value) => intake.push(&item, Some(&value))?,
            Err(error) => return Err(after_the_rest(&items, error)),
        }
    }
    match intake.finish()? {
        Outcome::Plain(plain) => {
            let sorted = sort_plain(&plain, reverse);
            *left = sorted.is_err().then_some(plain.items);
            sorted
        }
        Outcome::Sorted(sorted, decoder) if decoder.packed.is_some() => {
            Ok(Bound::new(py, Items::new(sorted, decoder))?.into_any())
        }
        Outcome::Sorted(sorted, decoder) => {
            let blocks = Bound::new(py, Blocks::new(sorted, decoder))?;
            py.import("itertools")?.getattr("chain")?.call_method1("from_iterable", (blocks,))
        }
    }
}

/// Collections hold their items anyway, so sorting a list of pointers to them is
/// the least that can be done.
pub fn is_collection(iterable: &Bound<'_, PyAny>) -> bool {
    iterable.is_exact_instance_of::<PyList>()
        || iterable.is_exact_instance_of::<PyTuple>()
        || iterable.is_exact_instance_of::<PySet>()
        || iterable.is_exact_instance_of::<PyFrozenSet>()
        || iterable.is_exact_instance_of::<PyDict>()
}

/// So few items of a container on disk are sorted as they are.
const SMALL: usize = 32;

/// Whether it is one of ours, and holds a few items only: a group of many.
fn is_small(iterable: &Bound<'_, PyAny>) -> bool {
    match iterable.cast_exact::<SpillGroup>() {
        Ok(group) => group.get().len() <= SMALL,
        Err(_) => iterable.cast_exact::<SpillList>().is_ok_and(|list| list.get().len() <= SMALL),
    }
}

/// Asks how many items there are, as a list does that is made of them: that might fail.
pub fn ask_length(iterable: &Bound<'_, PyAny>) -> PyResult<()> {
    static ASK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    // These have nobody's code.
    if iterable.is_exact_instance_of::<SpillGroup>() || iterable.is_exact_instance_of::<SpillList>() {
        return Ok(());
    }
    let py = iterable.py();
    let ask =
        ASK.get_or_try_init(py, || Ok::<_, PyErr>(py.import("operator")?.getattr("length_hint")?.unbind()))?;
    ask.bind(py).call1((iterable,)).map(drop)
}

/// What `sorted` itself does.
pub fn sort_whole<'py>(
    iterable: &Bound<'py, PyAny>,
    key: &Bound<'py, PyAny>,
    reverse: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = iterable.py();
    let items = py.get_type::<PyList>().call1((iterable,))?;
    let options = PyDict::new(py);
    if !key.is_none() {
        options.set_item(intern!(py, "key"), key)?;
    }
    options.set_item(intern!(py, "reverse"), reverse)?;
    items.call_method(intern!(py, "sort"), (), Some(&options))?;
    Ok(items.try_iter()?.into_any())
}

/// The same with keys that are there already.
fn sort_plain<'py>(plain: &Plain<'py>, reverse: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = reverse.py();
    let options = PyDict::new(py);
    options.set_item("reverse", reverse)?;
    if let Some(keys) = &plain.keys {
        let keys = Keys { keys: keys.clone().unbind(), next: 0 };
        options.set_item("key", Bound::new(py, keys)?)?;
    }
    plain.items.call_method("sort", (), Some(&options))?;
    Ok(plain.items.try_iter()?.into_any())
}

#[inline]
pub fn next<'py>(items: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = items.py();
    // SAFETY: the object is an iterator; the result is a new reference, or null
    // at the end or with an exception set.
    unsafe {
        let item = ffi::PyIter_Next(items.as_ptr());
        if !item.is_null() {
            return Ok(Some(Bound::from_owned_ptr(py, item)));
        }
    }
    PyErr::take(py).map_or(Ok(None), Err)
}

#[inline]
fn call<'py>(function: &Bound<'py, PyAny>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both are alive; the result is a new reference, or null with an
    // exception set.
    unsafe {
        let result = ffi::PyObject_CallFunctionObjArgs(
            function.as_ptr(),
            item.as_ptr(),
            std::ptr::null_mut::<ffi::PyObject>(),
        );
        Bound::from_owned_ptr_or_err(function.py(), result)
    }
}

/// The exception to raise when a key function has failed: `sorted` would have
/// taken all items before it called the function, so the rest of them comes
/// first, and what that raises goes before. Interrupts are not kept waiting.
fn after_the_rest(items: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    if !error.is_instance_of::<PyException>(items.py()) {
        return error;
    }
    loop {
        match next(items) {
            Ok(Some(_)) => {}
            Ok(None) => return error,
            Err(sooner) => return sooner,
        }
    }
}
