//! Iterators that the interpreter calls without anything in between: what the
//! general machinery of calls does for each item costs as much as making the item.
//!
//! Items are made some at a time, as many as can be read by themselves, and handed
//! out one by one.

use std::ffi::{CStr, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::record::Object;

/// A collection that is walked in this way.
pub trait Walked: Sized {
    /// The name of the iterator's class, and its module.
    const NAME: &'static CStr;
    /// The builtin class that it is shown as: in messages about what neither can do, and where its
    /// name is asked for.
    const SHOWN: Option<&'static str> = None;
    /// Where that class is kept.
    fn class() -> &'static AtomicPtr<ffi::PyTypeObject>;

    /// What knows a place in the collection.
    type Cursor: Default;

    /// The collection behind an object.
    ///
    /// # Safety
    /// The object is one of this class and alive, and the interpreter's lock held.
    unsafe fn of<'a>(object: Object) -> &'a Self;

    /// What changes when items that have been made must not be handed out any more.
    fn version(&self) -> u64;

    fn length(&self) -> usize;

    /// The index of the item that comes next, and going there.
    fn index(cursor: &Self::Cursor) -> usize;
    fn seek(cursor: &mut Self::Cursor, index: usize);

    /// Makes the next few items of those that are on disk; none, if the next one is
    /// not, or if there is none.
    fn make(&self, py: Python<'_>, cursor: &mut Self::Cursor, into: &mut Made) -> PyResult<()>;

    /// The next item, if it is in memory: a new reference, or null.
    fn held(&self, cursor: &mut Self::Cursor) -> Object;
}

/// Items that have been made, and not been handed out.
#[derive(Default)]
pub struct Made {
    items: Vec<Object>,
    at: usize,
    /// They are good as long as this is the version of the collection.
    version: u64,
}

impl Made {
    /// Takes over a reference.
    #[inline]
    pub fn push(&mut self, item: Object) {
        self.items.push(item);
    }

    pub fn len(&self) -> usize {
        self.items.len() - self.at
    }

    /// Gives up all but so many.
    pub fn keep(&mut self, most: usize) {
        while self.len() > most
            && let Some(item) = self.items.pop()
        {
            // SAFETY: a reference of our own.
            unsafe { ffi::Py_DECREF(item) };
        }
    }

    /// Gives up all of them.
    fn clear(&mut self) {
        let at = std::mem::take(&mut self.at);
        for item in self.items.drain(..).skip(at) {
            // SAFETY: a reference of our own.
            unsafe { ffi::Py_DECREF(item) };
        }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        self.clear();
    }
}

struct Walker<C: Walked> {
    /// Null once the end has been met.
    collection: Object,
    made: Made,
    cursor: C::Cursor,
    /// The cursor is at work, and whoever it calls must not use it.
    busy: bool,
}

#[repr(C)]
struct Instance<C: Walked> {
    head: ffi::PyObject,
    walker: Walker<C>,
}

/// The walker in an instance.
///
/// # Safety
/// The object is an instance of the class for `C`, and nothing else uses it now.
unsafe fn walker<'a, C: Walked>(object: Object) -> &'a mut Walker<C> {
    // SAFETY: the caller's promise.
    unsafe { &mut (*object.cast::<Instance<C>>()).walker }
}

/// A walk from the beginning.
pub fn walk<'py, C: Walked>(collection: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = collection.py();
    // SAFETY: the class was made for instances of this layout, which are filled in
    // before anybody sees them. The collection's reference is our own.
    unsafe {
        let class = C::class().load(Ordering::Relaxed);
        let made = Bound::from_owned_ptr_or_err(py, ffi::PyType_GenericAlloc(class, 0))?;
        (&raw mut (*made.as_ptr().cast::<Instance<C>>()).walker).write(Walker {
            collection: collection.clone().into_ptr(),
            made: Made::default(),
            cursor: C::Cursor::default(),
            busy: false,
        });
        Ok(made)
    }
}

unsafe extern "C" fn next<C: Walked>(object: Object) -> Object {
    // SAFETY: the interpreter's lock is held, the object is one of ours, and the
    // reference to the walker ends before anything else runs. The items are
    // references of our own, which go to the caller.
    unsafe {
        let Walker { collection, made, .. } = walker::<C>(object);
        if let Some(item) = made.items.get(made.at)
            && made.version == C::of(*collection).version()
        {
            made.at += 1;
            return *item;
        }
        next_elsewhere::<C>(object)
    }
}

/// The next item where none is ready.
unsafe fn next_elsewhere<C: Walked>(object: Object) -> Object {
    // SAFETY: as above. While the cursor is at work, which may run anybody's code,
    // the collection is held by a reference of our own, and `busy` keeps others off.
    unsafe {
        let this = walker::<C>(object);
        if this.collection.is_null() {
            return null_mut();
        }
        if this.busy {
            ffi::PyErr_SetString(ffi::PyExc_RuntimeError, c"the iterator is already at work".as_ptr());
            return null_mut();
        }
        if this.made.len() > 0 {
            let index = C::index(&this.cursor) - this.made.len();
            C::seek(&mut this.cursor, index);
        }
        let collection = this.collection;
        if this.made.items.is_empty() {
            let item = C::of(collection).held(&mut this.cursor);
            if !item.is_null() {
                return item;
            }
        }
        this.busy = true;
        let (mut cursor, mut made) = (std::mem::take(&mut this.cursor), std::mem::take(&mut this.made));
        made.clear();
        let known = C::of(collection);
        made.version = known.version();
        let done =
            Python::attach(|py| known.make(py, &mut cursor, &mut made).map_err(|error| error.restore(py)));
        let mut item = made.items.first().copied().unwrap_or_else(null_mut);
        made.at = usize::from(!item.is_null());
        if item.is_null() && done.is_ok() {
            item = known.held(&mut cursor);
        }
        let this = walker::<C>(object);
        this.busy = false;
        if !item.is_null() || done.is_err() {
            (this.cursor, this.made) = (cursor, made);
            return item;
        }
        this.collection = null_mut();
        Python::attach(|_| drop(cursor));
        ffi::Py_DECREF(collection);
        null_mut()
    }
}

unsafe extern "C" fn length_hint<C: Walked>(object: Object, _: Object) -> Object {
    // SAFETY: as above.
    unsafe {
        let this = walker::<C>(object);
        let index = C::index(&this.cursor) - this.made.len();
        let length = if this.collection.is_null() { 0 } else { C::of(this.collection).length() };
        ffi::PyLong_FromSize_t(length.saturating_sub(index))
    }
}

/// `iter(collection)` and how far it has come: what `copy.copy` and `pickle` ask for.
unsafe extern "C" fn reduce<C: Walked>(object: Object, _: Object) -> Object {
    // SAFETY: as above.
    unsafe {
        let this = walker::<C>(object);
        let index = C::index(&this.cursor) - this.made.len();
        let collection = this.collection;
        Python::attach(|py| {
            let made = || -> PyResult<Bound<'_, PyAny>> {
                let iter = py.import("builtins")?.getattr("iter")?;
                if collection.is_null() {
                    return Ok((iter, (PyList::empty(py),)).into_pyobject(py)?.into_any());
                }
                let collection = Bound::from_borrowed_ptr(py, collection);
                Ok((iter, (collection,), index).into_pyobject(py)?.into_any())
            };
            match made() {
                Ok(made) => made.into_ptr(),
                Err(error) => {
                    error.restore(py);
                    null_mut()
                }
            }
        })
    }
}

unsafe extern "C" fn set_state<C: Walked>(object: Object, index: Object) -> Object {
    // SAFETY: as above.
    unsafe {
        let index = ffi::PyLong_AsSsize_t(index);
        if index == -1 && !ffi::PyErr_Occurred().is_null() {
            return null_mut();
        }
        let this = walker::<C>(object);
        if !this.collection.is_null() && !this.busy {
            this.made.clear();
            let length = C::of(this.collection).length();
            C::seek(&mut this.cursor, usize::try_from(index).unwrap_or(0).min(length));
        }
        let none = ffi::Py_None();
        ffi::Py_INCREF(none);
        none
    }
}

unsafe extern "C" fn traverse<C: Walked>(object: Object, visit: ffi::visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: the collector calls this while nothing else runs. What is ready to be
    // handed out is not shown, and so counts as held by somebody.
    unsafe {
        let class = visit(ffi::Py_TYPE(object).cast(), arg);
        let collection = walker::<C>(object).collection;
        if class != 0 || collection.is_null() { class } else { visit(collection, arg) }
    }
}

unsafe extern "C" fn clear<C: Walked>(object: Object) -> c_int {
    // SAFETY: the reference is our own, and gone from the walker when it is given up.
    unsafe {
        let this = walker::<C>(object);
        if !this.busy {
            this.made.clear();
            ffi::Py_XDECREF(std::mem::replace(&mut this.collection, null_mut()));
        }
    }
    0
}

unsafe extern "C" fn dealloc<C: Walked>(object: Object) {
    // SAFETY: nobody refers to the object any more.
    unsafe {
        ffi::PyObject_GC_UnTrack(object.cast());
        let class = ffi::Py_TYPE(object);
        let collection = walker::<C>(object).collection;
        let walker = walker::<C>(object);
        // What the interpreter lets go as its very last can only be given up.
        if ffi::Py_IsInitialized() == 0 {
            std::ptr::drop_in_place(walker);
        } else {
            Python::attach(|_| std::ptr::drop_in_place(walker));
        }
        ffi::Py_XDECREF(collection);
        ffi::PyObject_GC_Del(object.cast());
        ffi::Py_DECREF(class.cast());
    }
}

/// Makes the class of the iterators. It is made once, and lives as long as the
/// interpreter.
pub fn install<C: Walked>(py: Python<'_>) -> PyResult<()> {
    /// Names that only this module gives to instances: nobody else may make any.
    const NOT_CALLED: u64 = 1 << 7;
    let method = |name: &'static CStr, function: ffi::PyCFunction, flags: c_int| ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: function },
        ml_flags: flags,
        ml_doc: c"".as_ptr(),
    };
    let methods = Box::leak(Box::new([
        method(c"__length_hint__", length_hint::<C>, ffi::METH_NOARGS),
        method(c"__reduce__", reduce::<C>, ffi::METH_NOARGS),
        method(c"__setstate__", set_state::<C>, ffi::METH_O),
        ffi::PyMethodDef::zeroed(),
    ]));
    let slot = |slot: c_int, function: *mut c_void| ffi::PyType_Slot { slot, pfunc: function };
    let mut slots = [
        slot(ffi::Py_tp_dealloc, dealloc::<C> as unsafe extern "C" fn(Object) as *mut c_void),
        slot(ffi::Py_tp_traverse, traverse::<C> as ffi::traverseproc as *mut c_void),
        slot(ffi::Py_tp_clear, clear::<C> as ffi::inquiry as *mut c_void),
        slot(ffi::Py_tp_iter, ffi::PyObject_SelfIter as *mut c_void),
        slot(ffi::Py_tp_iternext, next::<C> as unsafe extern "C" fn(Object) -> Object as *mut c_void),
        slot(ffi::Py_tp_methods, methods.as_mut_ptr().cast()),
        slot(0, null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: C::NAME.as_ptr(),
        basicsize: c_int::try_from(size_of::<Instance<C>>()).unwrap_or(c_int::MAX),
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_HAVE_GC | NOT_CALLED) as _,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: name, slots and methods are as the interpreter wants them; the class is
    // a new reference, or null with an exception set.
    let class = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&raw mut spec))? };
    if let Some(shown) = C::SHOWN {
        show_as(&class, shown)?;
    }
    C::class().store(class.into_ptr().cast(), Ordering::Relaxed);
    Ok(())
}

/// Gives a class the name of a builtin one.
pub fn show_as(class: &Bound<'_, PyAny>, name: &str) -> PyResult<()> {
    class.setattr("__name__", name)?;
    class.setattr("__qualname__", name)?;
    class.setattr("__module__", "builtins")
}
