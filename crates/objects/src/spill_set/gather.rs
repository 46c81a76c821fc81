//! What is gathered of a set that is only filled and walked, and what becomes of it when
//! the set is asked nonetheless.

use pyo3::prelude::*;
use pyo3::types::PyList;
use spacetime_runtime::codec::varint;
use spacetime_runtime::exact::Cursor;
use spacetime_runtime::gathered::{Gathered, Steps};
use spacetime_runtime::seen::{Seen, Walk, record};

use super::words::Words;
use super::{Disk, SpillSet, Way};
use crate::canonical::{self, Written};
use crate::record::Codec;
use crate::settings::{self, os_error};

/// So often it may be counted when a little has been added to much.
const OFTEN: usize = 4;

impl Disk {
    /// How many have something in memory.
    pub(super) fn held(&self) -> usize {
        self.seen.len() + self.words.len()
    }

    /// Whether what comes now is gathered.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.gathered.is_some() || self.held() >= self.most
    }

    /// Adds an element that has nothing in memory; says whether gathering does not pay.
    #[inline]
    pub(super) fn gather(&mut self, hash: u64, key: &[u8], beside: &[u8]) -> PyResult<bool> {
        let room = self.room;
        let gathered = self.gathered.get_or_insert_with(|| Gathered::new(settings::directory(), room));
        gathered.push(hash, key, beside).map_err(|error| os_error(&error))?;
        Ok(gathered.repeats())
    }

    /// Puts what is gathered where it can be asked for.
    fn open(&mut self) -> PyResult<()> {
        let Some(gathered) = &mut self.gathered else { return Ok(()) };
        gathered.settle().map_err(|error| os_error(&error))?;
        let (mut steps, mut bytes) = (gathered.steps(), Vec::new());
        while steps.advance().map_err(|error| os_error(&error))? {
            let (key, beside) = steps.found();
            bytes.clear();
            record(&mut bytes, key, beside);
            self.put(steps.hash(), &bytes, key, beside);
        }
        self.gathered = None;
        Ok(())
    }

    /// Gathers what has something in memory, too.
    fn dissolve(&mut self, py: Python<'_>, codec: &Codec) -> PyResult<()> {
        let mut cursor = Cursor::default();
        while let Some(word) = self.words.walk(&mut cursor) {
            let element = self.words.made(py, word)?;
            let mut key = Vec::new();
            let hash = key_of(&element, &mut key, codec)?.unwrap_or_default();
            self.gather(hash, &key, &[])?;
        }
        let (mut walk, mut bytes) = (Walk::default(), Vec::new());
        while let Some((hash, (key, beside))) =
            walk.next_hashed(&self.seen).map_err(|error| os_error(&error))?
        {
            bytes.clear();
            bytes.extend_from_slice(key);
            let beside = beside.to_vec();
            self.gather(hash, &bytes, &beside)?;
        }
        self.words = Words::default();
        self.seen = Seen::new(settings::directory(), self.room);
        match &mut self.gathered {
            Some(gathered) => gathered.settle().map_err(|error| os_error(&error)),
            None => Ok(()),
        }
    }
}

/// The hash of an element and its canonical bytes; `None` if it has none.
fn key_of(element: &Bound<'_, PyAny>, key: &mut Vec<u8>, codec: &Codec) -> PyResult<Option<u64>> {
    let hash = element.hash()?;
    key.clear();
    // SAFETY: the element is alive. Only builtins are looked at, whose code is nobody else's.
    let written = unsafe { canonical::write(element.py(), element.as_ptr(), key, 0, codec) };
    Ok((written != Written::Odd).then_some(hash.cast_unsigned() as u64))
}

impl SpillSet {
    pub(super) fn is_gathered(&self) -> bool {
        self.disk.borrow().as_ref().is_some_and(|disk| disk.gathered.is_some())
    }

    /// Somebody asks which elements there are.
    #[inline]
    pub(super) fn be_asked(&self) -> PyResult<()> {
        if self.asked.get() { Ok(()) } else { self.begin_to_be_asked() }
    }

    #[cold]
    fn begin_to_be_asked(&self) -> PyResult<()> {
        if let Some(disk) = self.disk.borrow_mut().as_mut() {
            disk.open()?;
            disk.most = usize::MAX;
        }
        self.asked.set(true);
        Ok(())
    }

    /// How many are gathered.
    pub(super) fn gathered_len(&self) -> PyResult<usize> {
        let mut disk = self.disk.borrow_mut();
        let Some(whole) = disk.as_mut() else { return Ok(0) };
        let Some(gathered) = &mut whole.gathered else { return Ok(0) };
        if !gathered.is_settled() {
            let few = gathered.waiting() < gathered.len() / 2;
            if few && whole.recounts == OFTEN {
                drop(disk);
                return self.be_asked().map(|()| 0);
            }
            whole.recounts += usize::from(few);
            gathered.settle().map_err(|error| os_error(&error))?;
        }
        Ok(gathered.len())
    }

    /// Gathers everything, so that it stands in the order of the hashes; says no, and does
    /// nothing, where that cannot be.
    pub(super) fn dissolve(&self, py: Python<'_>) -> PyResult<bool> {
        if self.asked.get() || self.walks.get() > 0 || self.small.bind(py).len() > 0 {
            return Ok(false);
        }
        match self.disk.borrow_mut().as_mut() {
            Some(disk) => disk.dissolve(py, &self.codec).map(|()| true),
            None => Ok(false),
        }
    }

    /// The beginning of a walk over what is not in the real set.
    pub(super) fn way(&self, py: Python<'_>) -> PyResult<Way> {
        if self.is_gathered() && !self.dissolve(py)? {
            self.be_asked()?;
        }
        Ok(Way { steps: self.steps(), ..Way::default() })
    }

    pub(super) fn steps(&self) -> Option<Steps> {
        let disk = self.disk.borrow();
        disk.as_ref().and_then(|disk| disk.gathered.as_ref()).map(Gathered::steps)
    }

    /// The next element that is gathered.
    pub(super) fn next_step<'py>(
        &self,
        py: Python<'py>,
        steps: &mut Steps,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        while steps.advance().map_err(|error| os_error(&error))? {
            let (key, beside) = steps.found();
            let element = self.made(py, key, beside)?;
            // The set may have been asked meanwhile, and have given this away.
            if self.is_gathered() || self.holds(&element)? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Which of some elements are there, if all of this is gathered and that can be said.
    pub(super) fn which(&self, elements: &Bound<'_, PyList>) -> PyResult<Option<Vec<bool>>> {
        if !self.is_gathered() || !self.dissolve(elements.py())? {
            return Ok(None);
        }
        let Some(mut steps) = self.steps() else { return Ok(None) };
        let (mut wanted, mut key) = (Vec::new(), Vec::new());
        for (place, element) in elements.iter().enumerate() {
            let Some(hash) = key_of(&element, &mut key, &self.codec)? else { return Ok(None) };
            let mut head = Vec::with_capacity(key.len() + 2);
            varint(&mut head, key.len() as u64);
            head.extend_from_slice(&key);
            wanted.push((hash, head, place));
        }
        wanted.sort_unstable();
        let mut found = vec![false; wanted.len()];
        for (hash, head, place) in wanted {
            found[place] = steps.seek(hash, &head).map_err(|error| os_error(&error))?;
        }
        Ok(Some(found))
    }
}
