//! Counts of items on disk, for `external_counter` and `SpillCounter`: what a dictionary has counted is
//! written as a run of (item, place, count) when it has grown, and begun anew. The runs
//! are merged by item, so that the parts of one count stand together, and what comes of
//! it is sorted by place or count where that is asked for. Objects are made at the very
//! end.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyList};
use spacetime_runtime::codec::{self, Reader};
use spacetime_runtime::{Error, Finished, Record, Sorted, Sorter};

use super::decode::Decoder;
use super::encode::{Encoder, Shape, Written};
use super::settings::{self, os_error};
use super::types::Types;

/// One part in so many of the budget is for what is not written yet.
const SHARE: usize = 4;
const SMALLEST: usize = 16 << 10;
/// So many items are made at a time.
const ITEMS: usize = 256;

/// What has been counted.
#[pyclass(module = "spacetime_compiler._runtime")]
pub struct CountRuns {
    sorter: Sorter,
    shape: Shape,
    /// How many items have come, of which some are the same.
    place: u64,
    total: i128,
    /// No count can be further from zero.
    bound: i64,
    /// What comes with an item are floats that are to be added up.
    floats: bool,
    /// Something could not be written, and what there is cannot be relied on.
    broken: bool,
}

fn sorter() -> PyResult<Sorter> {
    let budget = (settings::memory()? / SHARE).max(SMALLEST);
    Ok(Sorter::new(budget, settings::directory(), false, false))
}

/// The place and the count that come with an item.
fn numbers(payload: &[u8]) -> (u64, i64) {
    let mut reader = Reader::new(payload);
    (reader.varint().unwrap_or(0), reader.varint().unwrap_or(0).cast_signed())
}

/// What has been added under one key, in order.
#[derive(Debug, Default)]
pub struct Summands {
    pub first: f64,
    pub others: Vec<f64>,
}

/// Adds up what has been written of floats, in order: the sum so far, as bits.
fn replay(sum: Option<i64>, payload: &[u8]) -> i64 {
    let mut sum = sum.map(|bits| f64::from_bits(bits.cast_unsigned()));
    let (numbers, _) = payload.as_chunks::<8>();
    for number in numbers {
        let number = f64::from_le_bytes(*number);
        sum = Some(sum.map_or(number, |sum| sum + number));
    }
    sum.unwrap_or_default().to_bits().cast_signed()
}

/// A count that is an exact `int` of moderate size.
fn exact(count: &Bound<'_, PyAny>) -> Option<i64> {
    count.cast_exact::<PyInt>().ok()?.extract().ok()
}

/// An item in bytes, the place where it came first, and how often it came.
type Counted<'a> = (&'a [u8], u64, i64);

/// The records of each item as one.
struct Merged {
    sorted: Sorted,
    /// The item that comes next, its place and its count so far.
    ahead: Option<(Vec<u8>, u64, i64)>,
    space: Vec<u8>,
    floats: bool,
}

impl Merged {
    fn new(sorted: Sorted, floats: bool) -> Self {
        Self { sorted, ahead: None, space: Vec::new(), floats }
    }

    /// The next item in order.
    fn next(&mut self) -> Result<Option<Counted<'_>>, Error> {
        let mut found = self.ahead.take();
        while let Some(record) = self.sorted.next()? {
            let Record::Bytes { key, payload } = record else {
                continue;
            };
            let (place, mut count) = numbers(payload);
            let mut rest: &[u8] = &[];
            if self.floats {
                let mut reader = Reader::new(payload);
                reader.varint().unwrap_or(0);
                rest = &payload[reader.position()..];
                count = replay(None, rest);
            }
            match &mut found {
                Some((item, _, sum)) if item == key => {
                    *sum = if self.floats { replay(Some(*sum), rest) } else { *sum + count };
                }
                _ => {
                    let mut item = std::mem::take(&mut self.space);
                    item.clear();
                    item.extend_from_slice(key);
                    let new = Some((item, place, count));
                    if found.is_none() {
                        found = new;
                    } else {
                        self.ahead = new;
                        break;
                    }
                }
            }
        }
        Ok(found.map(|(item, place, count)| {
            self.space = item;
            (self.space.as_slice(), place, count)
        }))
    }
}

/// In what order items are walked.
#[derive(Clone, Copy)]
enum By {
    Item,
    Place,
    Count,
}

/// Sorts what has been merged once more. What comes with a key is the count, and the
/// item.
fn sorted_by(by: By, mut merged: Merged, mut sorter: Sorter) -> Result<Option<Sorted>, Error> {
    let (mut key, mut payload) = (Vec::new(), Vec::new());
    while let Some((item, place, count)) = merged.next()? {
        key.clear();
        codec::begin_tuple(&mut key);
        if matches!(by, By::Count) {
            codec::int(&mut key, count.wrapping_neg());
        }
        codec::int(&mut key, place.cast_signed());
        codec::end_tuple(&mut key);
        payload.clear();
        codec::varint(&mut payload, count.cast_unsigned());
        payload.extend_from_slice(item);
        sorter.push(&key, &payload, 0);
        if sorter.is_full() {
            sorter.spill()?;
        }
    }
    match sorter.finish()? {
        Finished::Sorted(sorted) => Ok(Some(sorted)),
        // Keys are never of different types.
        Finished::Incomparable(_) => Ok(None),
    }
}

impl CountRuns {
    fn check(&self) -> PyResult<()> {
        let broken = || pyo3::exceptions::PyOSError::new_err("some counts could not be written");
        if self.broken { Err(broken()) } else { Ok(()) }
    }
}

/// Items in bytes, one behind the other, with their ends and numbers.
type Items = (Vec<u8>, Vec<(usize, i64)>);

impl CountRuns {
    /// The same for floats that are to be added up: the dict has their places. False if
    /// some item cannot be written.
    pub fn add_floats(
        &mut self,
        py: Python<'_>,
        batch: &Bound<'_, PyDict>,
        summands: &[Summands],
    ) -> PyResult<bool> {
        let Some((items, places)) = self.encoded(py, batch)? else { return Ok(false) };
        self.floats = true;
        self.write(py, &items, &places, |place, payload| {
            let Some(found) = usize::try_from(place).ok().and_then(|place| summands.get(place)) else {
                return;
            };
            payload.extend_from_slice(&found.first.to_le_bytes());
            found.others.iter().for_each(|number| payload.extend_from_slice(&number.to_le_bytes()));
        })?;
        Ok(true)
    }

    pub fn has_floats(&self) -> bool {
        self.floats
    }

    /// The items of a dict with their numbers; nothing if some cannot be written.
    fn encoded(&mut self, py: Python<'_>, batch: &Bound<'_, PyDict>) -> PyResult<Option<Items>> {
        self.check()?;
        let mut encoder = Encoder::new(py, false);
        let (mut items, mut key) = (Vec::new(), Vec::new());
        let mut counts: Vec<(usize, i64)> = Vec::with_capacity(batch.len());
        for (item, count) in batch.iter() {
            key.clear();
            let written = encoder.key(item.as_ptr(), &mut self.shape, &mut key, 0)?;
            let Some(count) = exact(&count) else {
                return Ok(None);
            };
            if written != Written::Whole || encoder.mixed || encoder.clash {
                return Ok(None);
            }
            items.extend_from_slice(&key);
            counts.push((items.len(), count));
        }
        Ok(Some((items, counts)))
    }

    fn write(
        &mut self,
        py: Python<'_>,
        items: &[u8],
        counts: &[(usize, i64)],
        number: impl Fn(i64, &mut Vec<u8>) + Sync,
    ) -> PyResult<()> {
        let (sorter, mut place) = (&mut self.sorter, self.place);
        let written: Result<(), Error> = py.detach(|| {
            let (mut start, mut payload) = (0, Vec::new());
            for &(end, count) in counts {
                payload.clear();
                codec::varint(&mut payload, place);
                number(count, &mut payload);
                sorter.push(&items[start..end], &payload, 0);
                if sorter.is_full() {
                    sorter.spill()?;
                }
                (start, place) = (end, place + 1);
            }
            Ok(())
        });
        self.broken = written.is_err();
        written.map_err(|error| os_error(&error))?;
        self.place = place;
        Ok(())
    }
}

#[pymethods]
impl CountRuns {
    #[new]
    pub fn new() -> PyResult<Self> {
        Ok(Self {
            sorter: sorter()?,
            shape: Shape::default(),
            place: 0,
            total: 0,
            bound: 0,
            floats: false,
            broken: false,
        })
    }

    /// Takes a dict of counts, in the order in which the items came; false, and
    /// nothing has happened, if some cannot be written, or if items of different types
    /// might be equal.
    pub fn add(&mut self, py: Python<'_>, batch: &Bound<'_, PyDict>) -> PyResult<bool> {
        let Some((items, counts)) = self.encoded(py, batch)? else { return Ok(false) };
        let largest = counts.iter().map(|(_, count)| count.unsigned_abs()).max().unwrap_or(0);
        // Sums of such counts are of that size, too.
        let Some(bound) = i64::try_from(largest).ok().and_then(|largest| self.bound.checked_add(largest))
        else {
            return Ok(false);
        };
        self.bound = bound;
        self.write(py, &items, &counts, |count, payload| codec::varint(payload, count.cast_unsigned()))?;
        self.total += counts.iter().map(|(_, count)| i128::from(*count)).sum::<i128>();
        Ok(true)
    }

    pub fn total(&self) -> i128 {
        self.total
    }

    /// How many different items there are.
    pub fn __len__(&mut self, py: Python<'_>) -> PyResult<usize> {
        self.check()?;
        let (sorter, floats) = (&mut self.sorter, self.floats);
        let counted = py.detach(|| {
            let mut merged = Merged::new(sorter.walk()?, floats);
            let mut count = 0;
            while merged.next()?.is_some() {
                count += 1;
            }
            Ok(count)
        });
        counted.map_err(|error: Error| os_error(&error))
    }

    /// Lists of (item, count), in the order of the items (`item`), in that in which
    /// they came first (`place`), or the most frequent first (`count`). Nothing can be
    /// added any more.
    pub fn walk(&mut self, py: Python<'_>, by: &str) -> PyResult<CountBlocks> {
        self.check()?;
        let by = match by {
            "item" => By::Item,
            "place" => By::Place,
            "count" => By::Count,
            _ => return Err(PyValueError::new_err("by item, place or count")),
        };
        let (first, second, floats) = (&mut self.sorter, sorter()?, self.floats);
        let walk = py.detach(|| {
            let merged = Merged::new(first.walk()?, floats);
            Ok(match by {
                By::Item => Walk::Items(Box::new(merged)),
                _ => sorted_by(by, merged, second)?.map_or(Walk::Done, Walk::Ordered),
            })
        });
        let walk = walk.map_err(|error: Error| os_error(&error))?;
        let types = std::sync::Arc::new(Types::default());
        Ok(CountBlocks { walk, decoder: Decoder { types, kept: Vec::new(), packed: None } })
    }
}

enum Walk {
    Items(Box<Merged>),
    Ordered(Sorted),
    /// The end has been met, and the file closed.
    Done,
}

/// An iterator over lists of pairs.
#[pyclass(module = "spacetime_compiler._runtime")]
pub struct CountBlocks {
    walk: Walk,
    decoder: Decoder,
}

impl CountBlocks {
    pub fn pair<'py>(&mut self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyAny>, i64)>> {
        let found = match &mut self.walk {
            Walk::Items(merged) => merged.next().map(|found| found.map(|(item, _, count)| (item, count))),
            Walk::Ordered(sorted) => sorted.next().map(|record| match record {
                Some(Record::Bytes { payload, .. }) => {
                    let mut reader = Reader::new(payload);
                    let count = reader.varint().unwrap_or(0).cast_signed();
                    Some((&payload[reader.position()..], count))
                }
                _ => None,
            }),
            Walk::Done => Ok(None),
        };
        match found.map_err(|error| os_error(&error))? {
            Some((key, count)) => {
                let item = self.decoder.key(py, Record::Bytes { key, payload: &[] })?;
                Ok(Some((item, count)))
            }
            None => {
                self.walk = Walk::Done;
                Ok(None)
            }
        }
    }
}

#[pymethods]
impl CountBlocks {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
        let mut pairs = Vec::new();
        while pairs.len() < ITEMS {
            let Some(pair) = self.pair(py)? else {
                break;
            };
            pairs.push(pair);
        }
        if pairs.is_empty() { Ok(None) } else { PyList::new(py, pairs).map(Some) }
    }
}
