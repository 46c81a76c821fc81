//! The methods that are called for every item, without the general machinery of
//! calls, which costs more than the rest of them.

use std::cell::UnsafeCell;
use std::ptr::null_mut;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::SpillGroups;
use super::group::SpillGroup;
use crate::runtime::record::Object;

/// The object behind a pointer.
///
/// # Safety
/// It must be an instance of the class, alive, and the interpreter's lock held.
#[inline]
pub unsafe fn this<'a, T: pyo3::PyClass<Frozen = pyo3::pyclass::boolean_struct::True> + Sync>(
    object: Object,
) -> &'a T {
    // SAFETY: the caller's promise.
    unsafe {
        let py = Python::assume_attached();
        let bound = pyo3::Borrowed::from_ptr(py, object).cast_unchecked::<T>();
        &*std::ptr::from_ref(bound.get())
    }
}

unsafe extern "C" fn append(group: Object, item: Object) -> Object {
    // SAFETY: the descriptor has checked the type; both are alive.
    unsafe {
        let py = Python::assume_attached();
        let group = this::<SpillGroup>(group);
        group.store.push(group.number.get(), Bound::from_borrowed_ptr(py, item).unbind());
        let none = ffi::Py_None();
        ffi::Py_INCREF(none);
        none
    }
}

/// A new reference, or null with the exception set.
pub fn given(py: Python<'_>, result: PyResult<Bound<'_, PyAny>>) -> Object {
    match result {
        Ok(object) => object.into_ptr(),
        Err(error) => {
            error.restore(py);
            null_mut()
        }
    }
}

/// The arguments of a call that takes one or two.
///
/// # Safety
/// They must be what the interpreter has passed.
pub unsafe fn arguments<'py>(
    py: Python<'py>,
    arguments: *mut Object,
    count: isize,
    name: &str,
) -> PyResult<(Bound<'py, PyAny>, Option<Object>)> {
    // SAFETY: there are so many, and all are alive during the call.
    unsafe {
        match count {
            1 => Ok((Bound::from_borrowed_ptr(py, *arguments), None)),
            2 => Ok((Bound::from_borrowed_ptr(py, *arguments), Some(*arguments.add(1)))),
            0 => Err(wrong(format!("{name} expected at least 1 argument, got 0"))),
            _ => Err(wrong(format!("{name} expected at most 2 arguments, got {count}"))),
        }
    }
}

fn wrong(text: String) -> PyErr {
    pyo3::exceptions::PyTypeError::new_err(text)
}

unsafe extern "C" fn setdefault(groups: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: the descriptor has checked the type; the arguments are alive.
    unsafe {
        let py = Python::assume_attached();
        let result = arguments(py, args, count, "setdefault").and_then(|(key, value)| {
            let value = value.unwrap_or_else(|| ffi::Py_None());
            this::<SpillGroups>(groups).set_default(py, &key, value)
        });
        given(py, result)
    }
}

unsafe extern "C" fn get(groups: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: the descriptor has checked the type; the arguments are alive.
    unsafe {
        let py = Python::assume_attached();
        let result = arguments(py, args, count, "get").and_then(|(key, value)| {
            let found = this::<SpillGroups>(groups).value(py, &key)?;
            let otherwise = || Bound::from_borrowed_ptr(py, value.unwrap_or_else(|| ffi::Py_None()));
            Ok(found.unwrap_or_else(otherwise))
        });
        given(py, result)
    }
}

/// A definition that Python only reads.
pub struct Definition(pub UnsafeCell<ffi::PyMethodDef>);

// SAFETY: nobody writes to it.
unsafe impl Sync for Definition {}

static APPEND: Definition = Definition(UnsafeCell::new(ffi::PyMethodDef {
    ml_name: c"append".as_ptr(),
    ml_meth: ffi::PyMethodDefPointer { PyCFunction: append },
    ml_flags: ffi::METH_O,
    ml_doc: c"append($self, object, /)\n--\n\nAppend object to the end of the list.".as_ptr(),
}));

static SETDEFAULT: Definition = Definition(UnsafeCell::new(ffi::PyMethodDef {
    ml_name: c"setdefault".as_ptr(),
    ml_meth: ffi::PyMethodDefPointer { PyCFunctionFast: setdefault },
    ml_flags: ffi::METH_FASTCALL,
    ml_doc: c"setdefault($self, key, default=None, /)\n--\n\nInsert key with a value of default if key is not in the dictionary.".as_ptr(),
}));

static GET: Definition = Definition(UnsafeCell::new(ffi::PyMethodDef {
    ml_name: c"get".as_ptr(),
    ml_meth: ffi::PyMethodDefPointer { PyCFunctionFast: get },
    ml_flags: ffi::METH_FASTCALL,
    ml_doc: c"get($self, key, default=None, /)\n--\n\nReturn the value for key if key is in the dictionary, else default.".as_ptr(),
}));

/// Gives a class a method.
pub fn install(class: &Bound<'_, PyType>, name: &str, definition: &'static Definition) -> PyResult<()> {
    let py = class.py();
    // SAFETY: class and definition live as long as the interpreter; the result is
    // a new reference, or null with an exception set.
    let method = unsafe {
        let method = ffi::PyDescr_NewMethod(class.as_type_ptr(), definition.0.get());
        Bound::from_owned_ptr_or_err(py, method)?
    };
    class.setattr(name, method)
}

/// Gives the classes their methods.
pub fn register(groups: &Bound<'_, PyType>, group: &Bound<'_, PyType>) -> PyResult<()> {
    install(group, "append", &APPEND)?;
    install(groups, "setdefault", &SETDEFAULT)?;
    install(groups, "get", &GET)
}
