//! A set of byte strings on disk of which nothing is kept in memory: it can be filled,
//! counted, and walked in the order of the hashes, but not asked.
//!
//! What comes waits in a batch. A full batch is sorted by hash, and written as a run in which
//! no key stands twice; runs are merged, and of equal keys the one that came first stays.
//! Two such sets that are walked side by side show what they have in common.

use std::path::PathBuf;
use std::rc::Rc;

use crate::codec::{Reader, varint};
use crate::memory::make_room;
use crate::seen::{Batch, Found, parse};
use crate::tournament::Tournament;
use crate::{Block, Error};

/// Runs are written in parts that end when they have reached this size.
const PART: usize = 64 << 10;
/// So many runs of one level become one of the next.
const FAN: usize = 64;
/// So much of a run is read at a time when many are merged, and when one is walked.
const NARROW: usize = 8 << 10;
const WIDE: usize = 64 << 10;
/// So much is read at first by a walk that begins somewhere: it may end soon.
const LITTLE: usize = 1 << 10;
/// All runs become one when they hold so many times what was there when that was done last.
const GROWTH: usize = 4;
const HASH: usize = 8;
/// So many of those that came last are known, so that what comes often waits only once.
const RECENT: usize = 4096;
const ENTRY: usize = size_of::<(u64, u32)>();

#[derive(Debug)]
enum Part {
    Disk(Block),
    /// What could not be written.
    Memory(Vec<u8>),
}

impl Part {
    fn len(&self) -> usize {
        match self {
            Self::Disk(block) => block.len(),
            Self::Memory(bytes) => bytes.len(),
        }
    }

    /// Reads at most so many bytes from a byte on.
    fn read(&self, start: usize, most: usize, into: &mut Vec<u8>) -> Result<(), Error> {
        let length = self.len().saturating_sub(start).min(most);
        into.clear();
        match self {
            Self::Disk(block) => {
                into.reserve_exact(length);
                into.resize(length, 0);
                block.read(start, into)
            }
            Self::Memory(bytes) => {
                into.extend_from_slice(bytes.get(start..start + length).unwrap_or_default());
                Ok(())
            }
        }
    }
}

/// Records in the order of their hashes, and of their keys where these are the same.
#[derive(Debug, Default)]
struct Run {
    parts: Vec<Part>,
    count: usize,
    level: u8,
    /// The hash and the head of the last one.
    last: (u64, Vec<u8>),
}

/// Where the parts of a record end: `[hash][length, key][length, what is beside the key]`.
/// The head is the key with its length: that says all of the key.
#[derive(Clone, Copy, Debug, Default)]
struct Shape {
    hash: u64,
    head: usize,
    end: usize,
}

fn shape(bytes: &[u8]) -> Option<Shape> {
    let hash = u64::from_le_bytes(*bytes.first_chunk::<HASH>()?);
    let skip = |from: usize| -> Option<usize> {
        let mut reader = Reader::new(bytes.get(from..)?);
        let length = usize::try_from(reader.varint()?).ok()?;
        let end = (from + reader.position()).checked_add(length)?;
        (end <= bytes.len()).then_some(end)
    };
    let head = skip(HASH)?;
    Some(Shape { hash, head, end: skip(head)? })
}

/// See the module.
#[derive(Debug)]
pub struct Gathered {
    directory: PathBuf,
    /// What a batch may take.
    room: usize,
    bytes: Vec<u8>,
    /// The hashes of what is in the batch, and where.
    entries: Vec<(u64, u32)>,
    /// Where in the batch some of it begins, by hashes.
    recent: Vec<u32>,
    runs: Vec<Rc<Run>>,
    /// So many there were when all runs became one.
    floor: usize,
    /// Most of what came was there already.
    repeats: bool,
    failed: bool,
}

/// Writes a run.
struct Writer<'a> {
    directory: &'a PathBuf,
    failed: &'a mut bool,
    run: Run,
    buffer: Vec<u8>,
}

impl Writer<'_> {
    /// Adds a record that comes behind the last one; another with the same key is left out.
    #[inline]
    fn put(&mut self, hash: u64, head: &[u8], record: &[u8]) {
        if self.run.last.0 == hash && self.run.count > 0 && self.run.last.1 == head {
            return;
        }
        self.run.last.0 = hash;
        self.run.last.1.clear();
        self.run.last.1.extend_from_slice(head);
        self.run.count += 1;
        if self.buffer.capacity() == 0 {
            self.buffer.reserve_exact(PART + PART / 16);
        }
        self.buffer.extend_from_slice(record);
        if self.buffer.len() >= PART {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.buffer.is_empty() {
            return;
        }
        let written = if *self.failed { None } else { Block::write(self.directory, &self.buffer).ok() };
        *self.failed |= written.is_none();
        self.run.parts.push(match written {
            Some(block) => Part::Disk(block),
            None => Part::Memory(self.buffer.as_slice().to_vec()),
        });
        self.buffer.clear();
    }

    fn finish(mut self) -> Run {
        self.flush();
        self.run
    }
}

impl Gathered {
    /// `room` is what may wait in memory, in bytes.
    pub fn new(directory: PathBuf, room: usize) -> Self {
        Self {
            directory,
            room,
            bytes: Vec::new(),
            entries: Vec::new(),
            recent: Vec::new(),
            runs: Vec::new(),
            floor: 0,
            repeats: false,
            failed: false,
        }
    }

    /// Adds a key, unless it is there, and what belongs to it.
    #[inline]
    pub fn push(&mut self, hash: u64, key: &[u8], beside: &[u8]) -> Result<(), Error> {
        let start = self.bytes.len();
        make_room(&mut self.bytes, HASH + key.len() + beside.len() + 20);
        self.bytes.extend_from_slice(&hash.to_le_bytes());
        varint(&mut self.bytes, key.len() as u64);
        self.bytes.extend_from_slice(key);
        let head = self.bytes.len();
        if self.is_recent(hash, start, head) {
            self.bytes.truncate(start);
            return Ok(());
        }
        varint(&mut self.bytes, beside.len() as u64);
        self.bytes.extend_from_slice(beside);
        make_room(&mut self.entries, 1);
        self.entries.push((hash, start as u32));
        let taken = self.bytes.len() + self.entries.len() * ENTRY;
        if taken >= self.room.min(u32::MAX as usize / 2) { self.spill() } else { Ok(()) }
    }

    /// Whether what has been begun at the end of the batch is in it already; else it is known
    /// from now on.
    #[inline]
    fn is_recent(&mut self, hash: u64, start: usize, head: usize) -> bool {
        if self.recent.is_empty() {
            self.recent.resize(RECENT, u32::MAX);
        }
        let place = (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize % RECENT;
        let known = self.recent[place] as usize;
        let length = head - start;
        if self.bytes.get(known..known + length).is_some_and(|known| *known == self.bytes[start..head]) {
            return true;
        }
        self.recent[place] = start as u32;
        false
    }

    /// Whether nothing has come since the last time that all became one run.
    pub fn is_settled(&self) -> bool {
        self.entries.is_empty() && self.runs.len() <= 1
    }

    /// How many came since then, or fewer.
    pub fn waiting(&self) -> usize {
        self.entries.len() + self.runs.iter().skip(1).map(|run| run.count).sum::<usize>()
    }

    /// How many there are, once they are settled.
    pub fn len(&self) -> usize {
        self.runs.first().map_or(0, |run| run.count)
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.runs.is_empty()
    }

    /// Whether a table would do better, since most of what comes is there already.
    pub fn repeats(&self) -> bool {
        self.repeats
    }

    /// Sorts the batch and writes it.
    fn spill(&mut self) -> Result<(), Error> {
        let mut entries = std::mem::take(&mut self.entries);
        let bytes = std::mem::take(&mut self.bytes);
        let at = |start: u32| &bytes[start as usize..];
        let key = |start: u32| shape(at(start)).map(|shape| &at(start)[HASH..shape.head]);
        // Of equal ones the first comes first.
        entries.sort_unstable_by(|one, other| {
            one.0.cmp(&other.0).then_with(|| key(one.1).cmp(&key(other.1)).then(one.1.cmp(&other.1)))
        });
        let run = self.continued(entries.first().map(|first| (first.0, key(first.1).unwrap_or_default())));
        let mut writer =
            Writer { directory: &self.directory, failed: &mut self.failed, run, buffer: Vec::new() };
        for (hash, start) in &entries {
            let record = at(*start);
            if let Some(shape) = shape(record) {
                writer.put(*hash, &record[HASH..shape.head], &record[..shape.end]);
            }
        }
        let run = writer.finish();
        self.runs.push(Rc::new(run));
        self.recent.clear();
        (self.bytes, self.entries) = (bytes, entries);
        self.bytes.clear();
        self.entries.clear();
        self.merge_some()
    }

    /// The last run, if all that comes now belongs behind it, else a new one.
    fn continued(&mut self, first: Option<(u64, &[u8])>) -> Run {
        let behind = |run: &Run| first.is_some_and(|first| (run.last.0, &run.last.1[..]) < first);
        match self.runs.pop().map(Rc::try_unwrap) {
            Some(Ok(run)) if behind(&run) => return run,
            Some(Ok(run)) => self.runs.push(Rc::new(run)),
            Some(Err(shared)) => self.runs.push(shared),
            None => {}
        }
        Run::default()
    }

    /// Merges the last runs if there are many.
    fn merge_some(&mut self) -> Result<(), Error> {
        let level = self.runs.last().map_or(0, |run| run.level);
        let alike = self.runs.iter().rev().take_while(|run| run.level == level).count();
        if alike < FAN {
            return Ok(());
        }
        let total: usize = self.runs.iter().map(|run| run.count).sum();
        if total <= GROWTH * self.floor {
            return self.merge(self.runs.len() - alike, level + 1);
        }
        self.merge(0, level + 1)?;
        self.floor = self.len();
        self.repeats = total > 2 * self.floor;
        Ok(())
    }

    /// Makes one run of all from that one on.
    fn merge(&mut self, from: usize, level: u8) -> Result<(), Error> {
        let mut readers: Vec<Steps> =
            self.runs.iter().skip(from).map(|run| Steps::new(Rc::clone(run), NARROW)).collect();
        for reader in &mut readers {
            reader.advance()?;
        }
        let run = Run { level, ..Run::default() };
        let mut writer =
            Writer { directory: &self.directory, failed: &mut self.failed, run, buffer: Vec::new() };
        let mut tournament = Tournament::new(readers.len(), |one, other| before(&readers, one, other));
        loop {
            let winner = tournament.winner();
            let Some(reader) = readers.get_mut(winner).filter(|reader| reader.live) else { break };
            writer.put(reader.shape.hash, reader.head(), reader.record());
            reader.advance()?;
            tournament.replay(|one, other| before(&readers, one, other));
        }
        let run = writer.finish();
        self.runs.truncate(from);
        self.runs.push(Rc::new(run));
        Ok(())
    }

    /// Makes one run of all that is there.
    pub fn settle(&mut self) -> Result<(), Error> {
        if !self.entries.is_empty() {
            self.spill()?;
        }
        (self.bytes, self.entries, self.recent) = (Vec::new(), Vec::new(), Vec::new());
        if self.runs.len() > 1 {
            self.merge(0, self.runs.iter().map(|run| run.level).max().unwrap_or(0))?;
        }
        Ok(())
    }

    /// A walk over all that is settled, which sees nothing of what comes later.
    pub fn steps(&self) -> Steps {
        Steps::new(self.runs.first().map(Rc::clone).unwrap_or_default(), WIDE)
    }

    /// The same from a record on, of which a walk has told the place.
    pub fn steps_from(&self, place: Place) -> Steps {
        let (part, start) = (place.0 as usize, place.1 as usize);
        Steps { part, start, window: LITTLE, ..self.steps() }
    }
}

/// Whether the head of one run comes before that of another. Of equal ones the one of the
/// earlier run came first.
#[inline]
fn before(readers: &[Steps], one: usize, other: usize) -> bool {
    let (left, right) = (&readers[one], &readers[other]);
    match (left.live, right.live) {
        (true, true) if left.shape.hash != right.shape.hash => left.shape.hash < right.shape.hash,
        (true, true) => left.head().cmp(right.head()).then(one.cmp(&other)).is_lt(),
        (false, false) => one < other,
        (live, _) => live,
    }
}

/// Where in a run a record is: the number of its part, and where in that it begins.
pub type Place = (u32, u32);

/// A walk over one run.
#[derive(Debug, Default)]
pub struct Steps {
    run: Rc<Run>,
    part: usize,
    /// What has been read of the part, and where in it that begins.
    piece: Vec<u8>,
    start: usize,
    /// Where in the piece the record is to which this has come.
    at: usize,
    shape: Shape,
    /// There is one.
    live: bool,
    /// So much is read at a time: twice as much each time, up to a limit.
    window: usize,
    widest: usize,
}

impl Steps {
    /// Whether it walks what is there now, and is all that is there.
    pub fn is_over(&self, gathered: &Gathered) -> bool {
        matches!(&gathered.runs[..], [only] if Rc::ptr_eq(only, &self.run))
    }

    fn new(run: Rc<Run>, window: usize) -> Self {
        Self { run, window, widest: window, ..Self::default() }
    }

    /// Goes to the next record; says whether there is one.
    #[inline]
    pub fn advance(&mut self) -> Result<bool, Error> {
        self.at += self.shape.end;
        self.shape.end = 0;
        loop {
            if let Some(shape) = self.piece.get(self.at..).and_then(shape) {
                (self.shape, self.live) = (shape, true);
                return Ok(true);
            }
            if !self.read_on()? {
                self.live = false;
                return Ok(false);
            }
        }
    }

    /// Reads what comes behind the piece, or more of it.
    #[cold]
    fn read_on(&mut self) -> Result<bool, Error> {
        let Some(part) = self.run.parts.get(self.part) else { return Ok(false) };
        let rest = self.piece.len().saturating_sub(self.at);
        self.start += self.at;
        self.at = 0;
        if self.start >= part.len() || rest > 0 && self.start + rest >= part.len() {
            (self.part, self.start) = (self.part + 1, 0);
            self.piece.clear();
            return Ok(true);
        }
        part.read(self.start, self.window.max(2 * rest), &mut self.piece)?;
        self.window = (2 * self.window).min(self.widest);
        Ok(true)
    }

    pub fn hash(&self) -> u64 {
        self.shape.hash
    }

    /// Where the record is to which this has come; `None` at the beginning and the end.
    pub fn place(&self) -> Option<Place> {
        self.live.then_some((self.part as u32, (self.start + self.at) as u32))
    }

    fn head(&self) -> &[u8] {
        &self.piece[self.at + HASH..self.at + self.shape.head]
    }

    /// The record with its hash before it.
    fn record(&self) -> &[u8] {
        &self.piece[self.at..self.at + self.shape.end]
    }

    /// The key of the record to which this has come, and what belongs to it.
    pub fn found(&self) -> Found<'_> {
        parse(&self.record()[HASH..]).map(|(key, beside, _)| (key, beside)).unwrap_or_default()
    }

    /// Goes on to the first record that does not come before this one; says whether it has
    /// the same key. What is looked for has to come in order.
    pub fn seek(&mut self, hash: u64, head: &[u8]) -> Result<bool, Error> {
        if !self.live && self.part == 0 && self.piece.is_empty() {
            self.advance()?;
        }
        while self.live && (self.shape.hash < hash || self.shape.hash == hash && self.head() < head) {
            self.advance()?;
        }
        Ok(self.live && self.shape.hash == hash && self.head() == head)
    }

    /// Finds out which keys of a batch are here, which come in order, one batch after the other.
    pub fn find_all(&mut self, batch: &mut Batch) -> Result<(), Error> {
        batch.see_heads(|hash, head| self.seek(hash, head))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn key(number: u64) -> Vec<u8> {
        format!("{number:0width$}", width = 1 + number as usize % 90).into_bytes()
    }

    fn head(number: u64) -> Vec<u8> {
        let mut head = Vec::new();
        varint(&mut head, key(number).len() as u64);
        head.extend(key(number));
        head
    }

    fn spread(number: u64) -> u64 {
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// The hash has few bits, so that many keys have the same.
    fn check(directory: PathBuf, few: u64, room: usize, all: u64, different: u64) {
        let mut gathered = Gathered::new(directory, room);
        let mut known: BTreeMap<(u64, Vec<u8>), u8> = BTreeMap::new();
        for round in 0..all {
            let number = spread(round) % different;
            let beside = vec![round as u8; usize::from(round % 3 == 0)];
            gathered.push(spread(number) % few, &key(number), &beside).unwrap();
            let mark = if round % 3 == 0 { round as u8 } else { u8::MAX };
            known.entry((spread(number) % few, head(number))).or_insert(mark);
            if round % 7777 == 5 {
                gathered.settle().unwrap();
                assert_eq!(gathered.len(), known.len());
            }
        }
        gathered.settle().unwrap();
        assert!(gathered.is_settled());
        let mut steps = gathered.steps();
        for ((hash, wanted), mark) in &known {
            assert!(steps.advance().unwrap());
            assert_eq!((steps.hash(), steps.head()), (*hash, &wanted[..]));
            let (_, beside) = steps.found();
            assert_eq!(beside.first().copied().unwrap_or(u8::MAX), *mark);
        }
        assert!(!steps.advance().unwrap());
        assert!(!steps.advance().unwrap());
        let mut asked: Vec<(u64, Vec<u8>)> =
            (0..different + 50).map(|number| (spread(number) % few, head(number))).collect();
        asked.sort();
        let mut steps = gathered.steps();
        for entry in asked {
            assert_eq!(steps.seek(entry.0, &entry.1).unwrap(), known.contains_key(&entry));
        }
    }

    #[test]
    fn it_is_a_set_in_order() {
        check(std::env::temp_dir(), u64::MAX, 1 << 20, 30_000, 20_000);
        check(std::env::temp_dir(), u64::MAX, 1 << 10, 30_000, 20_000);
        check(std::env::temp_dir(), 50, 1 << 12, 20_000, 3_000);
        check(std::env::temp_dir(), 1, 1 << 14, 3_000, 500);
        check(std::env::temp_dir(), u64::MAX, 1 << 9, 100_000, 90_000);
    }

    #[test]
    fn a_full_disk_changes_nothing() {
        check(PathBuf::from("/nonexistent/folder"), u64::MAX, 1 << 12, 30_000, 20_000);
    }

    #[test]
    fn long_keys_are_read_whole() {
        let mut gathered = Gathered::new(std::env::temp_dir(), 1 << 16);
        for length in (0..400_000).step_by(29_989) {
            gathered.push(length, &vec![1; length as usize], &[]).unwrap();
        }
        gathered.settle().unwrap();
        let mut steps = gathered.steps();
        for length in (0..400_000).step_by(29_989) {
            assert!(steps.advance().unwrap());
            assert_eq!(steps.found().0.len(), length);
        }
        assert!(!steps.advance().unwrap());
    }

    #[test]
    fn a_walk_sees_what_was_there() {
        let mut gathered = Gathered::new(std::env::temp_dir(), 1 << 12);
        (0..3000).for_each(|number| gathered.push(spread(number), &key(number), &[]).unwrap());
        gathered.settle().unwrap();
        let mut steps = gathered.steps();
        assert!(steps.advance().unwrap());
        (0..6000).for_each(|number| gathered.push(spread(number), &key(number), &[]).unwrap());
        gathered.settle().unwrap();
        let mut count = 1;
        while steps.advance().unwrap() {
            count += 1;
        }
        assert_eq!((count, gathered.len()), (3000, 6000));
    }

    #[test]
    fn a_walk_begins_anywhere() {
        let mut gathered = Gathered::new(std::env::temp_dir(), 1 << 14);
        (0..9000).for_each(|number| gathered.push(spread(number), &key(number), &[]).unwrap());
        gathered.settle().unwrap();
        let mut steps = gathered.steps();
        assert_eq!(steps.place(), None);
        while steps.advance().unwrap() {
            let mut other = gathered.steps_from(steps.place().unwrap());
            assert!(other.advance().unwrap());
            assert_eq!((other.hash(), other.found()), (steps.hash(), steps.found()));
            assert_eq!(other.place(), steps.place());
        }
        assert_eq!(steps.place(), None);
    }

    #[test]
    fn what_comes_in_order_is_one_run() {
        let mut gathered = Gathered::new(std::env::temp_dir(), 1 << 12);
        (0..30_000).for_each(|number| gathered.push(number, &key(number), &[]).unwrap());
        assert_eq!(gathered.runs.len(), 1);
    }

    #[test]
    fn what_comes_again_and_again_is_told() {
        let mut gathered = Gathered::new(std::env::temp_dir(), 1 << 12);
        for round in 0..30_000 {
            let number = spread(round) >> 20;
            gathered.push(spread(number % 2000), &key(number % 2000), &[]).unwrap();
        }
        assert!(gathered.repeats());
    }
}
