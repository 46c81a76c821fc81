//! What a sort does with its items as they come.
//!
//! The first few hundred are kept as they are, so that small inputs are sorted by
//! Python itself and nothing is gained or lost. Then everything is encoded. As
//! soon as a key comes that cannot be, all are made objects again, in the order
//! they came, and Python sorts them in the end: it compares what `sorted` would
//! have compared, in the same order, and raises what that raises.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use spacetime_runtime::{Finished, Sorter, codec};

use super::decode::Decoder;
use super::encode::{Encoder, Shape, Word, Written, as_word, sequence};
use super::packed::{LAST, Packer};
use super::record::Policy;
use super::settings::os_error;
use super::size::size;

/// So many items are kept as they are.
const FEW: usize = 512;
/// Unless one is longer than this: a few hundred long texts are no small input.
const LONG: isize = 256;

/// Of whole objects every so many-th is looked at, and these are not many any more
/// when they take so much.
const LOOKED_AT: usize = 16;
const MUCH: usize = 512 << 10;

/// Items kept as objects, and their keys if there is a key function.
pub struct Plain<'py> {
    pub items: Bound<'py, PyList>,
    pub keys: Option<Bound<'py, PyList>>,
}

/// Items kept as bytes.
pub struct Encoded<'py> {
    pub sorter: Sorter,
    pub encoder: Encoder<'py>,
    shape: Shape,
    key: Vec<u8>,
    payload: Vec<u8>,
    /// Items that could not be encoded, though their keys could.
    pub kept: Vec<Option<Py<PyAny>>>,
    /// Packs whole objects, if the caller allows that.
    packer: Option<Packer>,
}

enum State<'py> {
    /// The beginning, while few have come.
    Few(Plain<'py>),
    Encoded(Box<Encoded<'py>>),
    /// To the end.
    Plain(Plain<'py>),
}

/// What is to be done.
#[derive(Clone, Copy)]
pub struct Order {
    /// There is a key function.
    pub keyed: bool,
    pub reverse: bool,
    /// What the caller promises of the items.
    pub policy: Policy,
}

/// All items so far.
pub struct Intake<'py> {
    py: Python<'py>,
    order: Order,
    state: State<'py>,
}

/// All items, ready to be sorted by Python, or sorted.
pub enum Outcome<'py> {
    Plain(Plain<'py>),
    Sorted(spacetime_runtime::Sorted, Decoder),
}

impl<'py> Plain<'py> {
    fn empty(py: Python<'py>, keyed: bool) -> Self {
        Self { items: PyList::empty(py), keys: keyed.then(|| PyList::empty(py)) }
    }

    fn push(&self, item: &Bound<'py, PyAny>, key: Option<&Bound<'py, PyAny>>) -> PyResult<()> {
        self.items.append(item)?;
        match (&self.keys, key) {
            (Some(keys), Some(key)) => keys.append(key),
            _ => Ok(()),
        }
    }
}

/// Whether an object, or an element of a tuple, is so long that few of them are
/// much. Others than builtins count as short: they will not be encoded anyway.
fn is_long(item: &Bound<'_, PyAny>) -> bool {
    match item.cast_exact::<PyTuple>() {
        Ok(tuple) => tuple.len() > 32 || tuple.iter().any(|element| length(&element) > LONG),
        Err(_) => length(item) > LONG,
    }
}

/// Whether a whole object is looked at, and shows that they are much already.
fn is_much(item: &Bound<'_, PyAny>, count: usize) -> bool {
    // SAFETY: the item is alive.
    count.is_multiple_of(LOOKED_AT) && unsafe { size(item.as_ptr(), 0) } * count > MUCH
}

/// The length of a `str` or `bytes`, zero for everything else.
fn length(item: &Bound<'_, PyAny>) -> isize {
    let object = item.as_ptr();
    // SAFETY: each length is asked only of an instance of that type.
    unsafe {
        if ffi::PyUnicode_CheckExact(object) != 0 {
            ffi::PyUnicode_GetLength(object)
        } else if ffi::PyBytes_CheckExact(object) != 0 {
            ffi::PyBytes_Size(object)
        } else {
            0
        }
    }
}

impl<'py> Intake<'py> {
    pub fn new(py: Python<'py>, order: Order) -> Self {
        Self { py, order, state: State::Few(Plain::empty(py, order.keyed)) }
    }

    /// Takes the next item.
    #[inline]
    pub fn push(&mut self, item: &Bound<'py, PyAny>, key: Option<&Bound<'py, PyAny>>) -> PyResult<()> {
        match &mut self.state {
            State::Encoded(encoded) => {
                if encoded.push(item, key)? {
                    return if encoded.settle(self.py, LAST)? { self.give_up() } else { Ok(()) };
                }
                self.give_up()?;
                self.push(item, key)
            }
            State::Plain(plain) => plain.push(item, key),
            State::Few(plain) => {
                plain.push(item, key)?;
                let count = plain.items.len();
                if count >= FEW || is_long(item) || self.order.policy.frozen && is_much(item, count) {
                    self.begin_encoding()?;
                }
                Ok(())
            }
        }
    }

    /// Encodes the few, or, if that cannot be done, goes on with plain objects.
    fn begin_encoding(&mut self) -> PyResult<()> {
        let State::Few(plain) = &self.state else {
            return Ok(());
        };
        let mut encoded = Encoded::new(self.py, self.order)?;
        let mut all = true;
        for (index, item) in plain.items.iter().enumerate() {
            let key = plain.keys.as_ref().map(|keys| keys.get_item(index)).transpose()?;
            all = encoded.push(&item, key.as_ref())?;
            if !all {
                break;
            }
        }
        if !all || encoded.kept.len() * 2 > plain.items.len() {
            self.state = State::Plain(Plain { items: plain.items.clone(), keys: plain.keys.clone() });
            return Ok(());
        }
        // From here on, nobody holds the items but those who did before.
        self.state = State::Encoded(Box::new(encoded));
        let State::Encoded(encoded) = &mut self.state else {
            return Ok(());
        };
        if encoded.settle(self.py, LAST)? || encoded.mostly_kept() { self.give_up() } else { Ok(()) }
    }

    /// Makes objects of everything again.
    fn give_up(&mut self) -> PyResult<()> {
        let plain = Plain::empty(self.py, self.order.keyed);
        if let State::Encoded(mut encoded) = std::mem::replace(&mut self.state, State::Plain(plain)) {
            encoded.pack_all(self.py);
            let (sorter, decoder) = encoded.parts(self.py)?;
            self.state = State::Plain(load(self.py, &sorter, decoder, self.order.keyed)?);
        }
        Ok(())
    }

    /// Ends the intake.
    pub fn finish(self) -> PyResult<Outcome<'py>> {
        let (py, keyed) = (self.py, self.order.keyed);
        match self.state {
            State::Few(plain) | State::Plain(plain) => Ok(Outcome::Plain(plain)),
            State::Encoded(mut encoded) => {
                encoded.pack_all(py);
                let (sorter, decoder) = encoded.parts(py)?;
                match py.detach(|| sorter.finish()).map_err(|error| os_error(&error))? {
                    Finished::Sorted(sorted) => Ok(Outcome::Sorted(sorted, decoder)),
                    Finished::Incomparable(sorter) => load(py, &sorter, decoder, keyed).map(Outcome::Plain),
                }
            }
        }
    }
}

impl<'py> Encoded<'py> {
    pub fn new(py: Python<'py>, order: Order) -> PyResult<Self> {
        let (memory, directory) = (super::settings::memory()?, super::settings::directory());
        Ok(Self {
            sorter: Sorter::new(memory, directory, order.reverse, !order.keyed),
            encoder: Encoder::new(py, order.policy.frozen),
            shape: Shape::default(),
            key: Vec::new(),
            payload: Vec::new(),
            kept: Vec::new(),
            packer: order.policy.frozen.then(|| Packer::new(py, order.policy)),
        })
    }

    /// What is needed to make objects of everything.
    fn parts(self: Box<Self>, py: Python<'py>) -> PyResult<(Sorter, Decoder)> {
        let Encoded { sorter, encoder, kept, packer, .. } = *self;
        let packed = packer.map_or(Ok(None), |packer| packer.unpacker(py))?;
        Ok((sorter, Decoder { types: encoder.types, kept, packed }))
    }

    /// Takes an item; false, and nothing has happened, if its key cannot be
    /// compared as bytes.
    #[inline]
    pub fn push(&mut self, item: &Bound<'_, PyAny>, key: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
        self.encoder.cost = 8;
        if key.is_none()
            && self.shape.stays_word(item.as_ptr())
            && let Some(word) = as_word(item.as_ptr())
        {
            self.pack_all(item.py());
            match word {
                Word::Int(value) => self.sorter.push_int(value, 40),
                Word::Float(value) => self.sorter.push_float(value, 40),
            }
            return Ok(true);
        }
        self.key.clear();
        self.payload.clear();
        let written = match key {
            None => self.own_key(item)?,
            Some(key) => self.foreign_key(key)?,
        };
        if written == Written::Odd || self.encoder.clash {
            return Ok(false);
        }
        if self.encoder.mixed {
            self.sorter.set_mixed();
        }
        if key.is_some() || written == Written::Order {
            if let Some(packer) = &mut self.packer {
                packer.wait(item, &self.key, self.encoder.cost);
                return Ok(true);
            }
            self.write_payload(item)?;
        }
        // What came before it has to arrive before it.
        self.pack_all(item.py());
        self.sorter.push(&self.key, &self.payload, self.encoder.cost);
        Ok(true)
    }

    /// The item is its own key.
    fn own_key(&mut self, item: &Bound<'_, PyAny>) -> PyResult<Written> {
        let object = item.as_ptr();
        let encoder = &mut self.encoder;
        if encoder.is_ordered_as_tuple(object) {
            return encoder.named_tuple_key(object, &mut self.shape, &mut self.key);
        }
        if self.packer.is_some()
            && let Some(order) = sequence(object)
        {
            return encoder.sequence_key(object, order, &mut self.shape, &mut self.key);
        }
        encoder.key(object, &mut self.shape, &mut self.key, 0)
    }

    fn foreign_key(&mut self, key: &Bound<'_, PyAny>) -> PyResult<Written> {
        self.encoder.foreign = true;
        let written = self.encoder.key(key.as_ptr(), &mut self.shape, &mut self.key, 0)?;
        // A key that somebody else holds is no memory that a list of keys takes.
        // SAFETY: the key is alive.
        if unsafe { ffi::Py_REFCNT(key.as_ptr()) } > 1 {
            self.encoder.cost = 16;
        }
        Ok(written)
    }

    fn write_payload(&mut self, item: &Bound<'_, PyAny>) -> PyResult<()> {
        if !self.encoder.value(item.as_ptr(), &mut self.payload, 0)? {
            self.payload.clear();
            codec::reference(&mut self.payload, self.kept.len());
            self.kept.push(Some(item.clone().unbind()));
        }
        Ok(())
    }

    fn mostly_kept(&self) -> bool {
        let pinned = self.packer.as_ref().map_or(0, Packer::pinned);
        (self.kept.len() + pinned) * 2 > self.sorter.count()
    }

    /// Packs all that wait.
    #[inline]
    fn pack_all(&mut self, py: Python<'_>) {
        if let Some(packer) = &mut self.packer {
            while packer.waiting() > 0 {
                packer.pack_first(py, &mut self.sorter);
            }
        }
    }

    /// Packs all but the last `rest` of those that wait, and spills full batches;
    /// true if it would not help, because most items stay in memory.
    #[inline]
    fn settle(&mut self, py: Python<'py>, rest: usize) -> PyResult<bool> {
        while let Some(packer) = &mut self.packer
            && packer.waiting() > rest
        {
            packer.pack_first(py, &mut self.sorter);
            if self.spill_if_full(py)? {
                return Ok(true);
            }
        }
        self.spill_if_full(py)
    }

    #[inline]
    fn spill_if_full(&mut self, py: Python<'py>) -> PyResult<bool> {
        if !self.sorter.is_full() {
            return Ok(false);
        }
        if self.mostly_kept() {
            return Ok(true);
        }
        let sorter = &mut self.sorter;
        py.detach(|| sorter.spill()).map_err(|error| os_error(&error))?;
        py.check_signals()?;
        Ok(false)
    }
}

/// Everything as objects, in the order it came.
pub fn load<'py>(
    py: Python<'py>,
    sorter: &Sorter,
    mut decoder: Decoder,
    keyed: bool,
) -> PyResult<Plain<'py>> {
    let count = sorter.count();
    let none = || (0..count).map(|_| py.None());
    let items = PyList::new(py, none())?;
    let keys = if keyed { Some(PyList::new(py, none())?) } else { None };
    let each = |place, record: spacetime_runtime::Record<'_>| -> Result<(), Failure> {
        if let Some(keys) = &keys {
            keys.set_item(place, decoder.key(py, record)?)?;
        }
        Ok(items.set_item(place, decoder.value(py, record)?)?)
    };
    sorter.replay(each)?;
    Ok(Plain { items, keys })
}

/// What may go wrong while loading: on disk, or in Python.
struct Failure(PyErr);

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self(error)
    }
}

impl From<spacetime_runtime::Error> for Failure {
    fn from(error: spacetime_runtime::Error) -> Self {
        Self(os_error(&error))
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}
