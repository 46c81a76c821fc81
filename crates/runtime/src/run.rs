//! Sorted runs in a spill file: writing one through a buffer, reading it back
//! block by block.

use std::ops::Range;

use crate::codec;
use crate::memory::make_room;
use crate::records;
use crate::spill::{SpillFile, count_run};
use crate::words::{WordKind, to_float, to_int};
use crate::{Error, Record};

/// How the values of a run are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    Words(WordKind),
    Records,
}

/// Where a run is.
#[derive(Clone, Debug)]
pub struct Run {
    pub kind: RunKind,
    pub count: usize,
    /// The values in order.
    pub sorted: Range<u64>,
    /// What gives the order of arrival back: the number of each sorted record in
    /// that order, or the words once more as they came. Empty after merging.
    pub arrival: Range<u64>,
}

/// Writes a run at the end of a file.
pub struct RunWriter<'a> {
    file: &'a mut SpillFile,
    buffer: Vec<u8>,
    block: usize,
    start: u64,
}

impl<'a> RunWriter<'a> {
    pub fn new(file: &'a mut SpillFile, block: usize) -> Self {
        let start = file.length();
        Self { file, buffer: Vec::new(), block, start }
    }

    #[inline]
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.buffer.len() + bytes.len() > self.block {
            self.flush()?;
            if bytes.len() >= self.block {
                return self.file.append(bytes);
            }
            make_room(&mut self.buffer, self.block);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// A record whose parts are not stored together.
    pub fn put_record(&mut self, key: &[u8], payload: &[u8]) -> Result<(), Error> {
        let mut head = Vec::with_capacity(20);
        codec::varint(&mut head, key.len() as u64);
        codec::varint(&mut head, payload.len() as u64);
        self.put(&head)?;
        self.put(key)?;
        self.put(payload)
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.file.append(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Ends a section and says where it is; the next one starts behind it.
    pub fn section(&mut self) -> Result<Range<u64>, Error> {
        self.flush()?;
        let section = self.start..self.file.length();
        self.start = section.end;
        Ok(section)
    }
}

/// Reads bytes of a section through a buffer of one block.
#[derive(Debug)]
pub struct BlockReader {
    buffer: Vec<u8>,
    /// What of the buffer is there and not used yet.
    ready: Range<usize>,
    block: usize,
    /// What of the section has not been read yet.
    rest: Range<u64>,
}

impl BlockReader {
    pub fn new(section: Range<u64>, block: usize) -> Self {
        Self { buffer: Vec::new(), ready: 0..0, block, rest: section }
    }

    /// What is there, at least `need` bytes of it unless the section ends.
    #[inline]
    pub fn peek(&mut self, file: &SpillFile, need: usize) -> Result<&[u8], Error> {
        if self.ready.len() < need && !self.rest.is_empty() {
            self.fill(file, need)?;
        }
        Ok(&self.buffer[self.ready.clone()])
    }

    #[inline]
    pub fn skip(&mut self, count: usize) {
        self.ready.start += count;
    }

    #[cold]
    fn fill(&mut self, file: &SpillFile, need: usize) -> Result<(), Error> {
        let size = self.block.max(need);
        self.buffer.copy_within(self.ready.clone(), 0);
        self.ready = 0..self.ready.len();
        if self.buffer.len() != size {
            // One record was, or is no longer, larger than a block.
            self.buffer.truncate(size);
            self.buffer.shrink_to(size);
            self.buffer.reserve_exact(size - self.buffer.len());
            self.buffer.resize(size, 0);
        }
        let left = usize::try_from(self.rest.end - self.rest.start).unwrap_or(usize::MAX);
        let count = left.min(size - self.ready.end);
        let end = self.ready.end + count;
        file.read(&mut self.buffer[self.ready.end..end], self.rest.start)?;
        self.ready.end = end;
        self.rest.start += count as u64;
        Ok(())
    }
}

/// Walks the sorted records of a run.
#[derive(Debug)]
pub struct RunReader {
    kind: RunKind,
    blocks: BlockReader,
    /// Length of the current record, and where key and payload are in it.
    length: usize,
    key: Range<usize>,
    payload: Range<usize>,
    /// The current word, and how it looks as a key.
    word: u64,
    word_key: Vec<u8>,
    left: usize,
}

/// The two lengths before a record take at most this.
const HEAD: usize = 20;

impl RunReader {
    pub fn new(run: &Run, block: usize) -> Self {
        Self {
            kind: run.kind,
            blocks: BlockReader::new(run.sorted.clone(), block),
            length: 0,
            key: 0..0,
            payload: 0..0,
            word: 0,
            word_key: Vec::new(),
            left: run.count,
        }
    }

    /// Goes to the next record; false if there is none.
    #[inline]
    pub fn advance(&mut self, file: &SpillFile) -> Result<bool, Error> {
        self.blocks.skip(self.length);
        self.length = 0;
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        match self.kind {
            RunKind::Records => self.next_record(file)?,
            RunKind::Words(_) => self.next_word(file)?,
        }
        Ok(true)
    }

    #[inline]
    fn next_record(&mut self, file: &SpillFile) -> Result<(), Error> {
        let bytes = self.blocks.peek(file, HEAD)?;
        let mut head = codec::Reader::new(bytes);
        let lengths = head.varint().zip(head.varint());
        let (key, payload) = lengths.ok_or_else(|| file.damaged())?;
        let start = head.position();
        let middle = start + key as usize;
        let end = middle + payload as usize;
        if bytes.len() < end && self.blocks.peek(file, end)?.len() < end {
            return Err(file.damaged());
        }
        self.key = start..middle;
        self.payload = middle..end;
        self.length = end;
        Ok(())
    }

    #[inline]
    fn next_word(&mut self, file: &SpillFile) -> Result<(), Error> {
        let bytes = self.blocks.peek(file, 8)?;
        let word = bytes.first_chunk::<8>().ok_or_else(|| file.damaged())?;
        self.word = u64::from_le_bytes(*word);
        self.length = 8;
        Ok(())
    }

    /// The current word of a run of words.
    #[inline]
    pub fn word(&self) -> u64 {
        self.word
    }

    /// Makes [`RunReader::key`] work for a run of words.
    #[inline]
    pub fn write_word_key(&mut self) {
        if let RunKind::Words(kind) = self.kind {
            self.word_key.clear();
            word_key(kind, self.word, &mut self.word_key);
        }
    }

    #[inline]
    fn current(&self) -> &[u8] {
        &self.blocks.buffer[self.blocks.ready.start..]
    }

    #[inline]
    pub fn key(&self) -> &[u8] {
        match self.kind {
            RunKind::Records => &self.current()[self.key.clone()],
            RunKind::Words(_) => &self.word_key,
        }
    }

    #[inline]
    pub fn record(&self) -> Record<'_> {
        match self.kind {
            RunKind::Words(kind) => kind.record(self.word),
            RunKind::Records => {
                let bytes = self.current();
                Record::Bytes { key: &bytes[self.key.clone()], payload: &bytes[self.payload.clone()] }
            }
        }
    }
}

/// A word as the key that it would be among records.
pub fn word_key(kind: WordKind, word: u64, into: &mut Vec<u8>) {
    match kind {
        WordKind::Int => codec::int(into, to_int(word)),
        WordKind::Float => codec::float(into, to_float(word)),
    }
}

/// Key and payload of any record; `space` is room for the key of a word.
pub fn parts<'a>(record: Record<'a>, space: &'a mut Vec<u8>) -> (&'a [u8], &'a [u8]) {
    match record {
        Record::Bytes { key, payload } => return (key, payload),
        Record::Int(value) => {
            space.clear();
            codec::int(space, value);
        }
        Record::Float(value) => {
            space.clear();
            codec::float(space, value);
        }
    }
    (space, &[])
}

/// Writes the records of a batch in order, then the order they came in.
pub fn write_records(batch: &records::Records, file: &mut SpillFile, block: usize) -> Result<Run, Error> {
    let mut writer = RunWriter::new(file, block);
    for entry in batch.index() {
        writer.put(batch.stored(entry))?;
    }
    let sorted = writer.section()?;
    for entry in batch.index() {
        writer.put(&entry.arrival.to_le_bytes())?;
    }
    let arrival = writer.section()?;
    count_run();
    Ok(Run { kind: RunKind::Records, count: batch.count(), sorted, arrival })
}

/// Writes words as they came, sorts them, and writes them in order.
pub fn write_words(
    words: &mut [u64],
    kind: WordKind,
    reverse: bool,
    file: &mut SpillFile,
    block: usize,
) -> Result<Run, Error> {
    let mut writer = RunWriter::new(file, block);
    put_words(&mut writer, words)?;
    let arrival = writer.section()?;
    crate::words::sort(words, reverse);
    put_words(&mut writer, words)?;
    let sorted = writer.section()?;
    count_run();
    Ok(Run { kind: RunKind::Words(kind), count: words.len(), sorted, arrival })
}

fn put_words(writer: &mut RunWriter<'_>, words: &[u64]) -> Result<(), Error> {
    words.iter().try_for_each(|word| writer.put(&word.to_le_bytes()))
}
