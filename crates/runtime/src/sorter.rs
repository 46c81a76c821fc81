//! The sorter: takes records in the order of arrival, spills sorted runs when
//! the budget is reached, and hands out everything in order, or once more as it
//! came.

use std::path::PathBuf;
use std::sync::Arc;

use crate::memory::make_room;
use crate::merge::{Merge, pass};
use crate::records::{Order, Records, Shared};
use crate::room::Room;
use crate::run::{BlockReader, Run, RunKind, RunReader, parts, word_key, write_records, write_words};
use crate::spill::SpillFile;
use crate::words::{WordKind, from_float, from_int};
use crate::{Error, Record, Sorted, codec, plan};

/// The result of [`Sorter::finish`].
#[derive(Debug)]
pub enum Finished {
    Sorted(Sorted),
    /// Keys of different types would have been compared; the records can be had
    /// as they came.
    Incomparable(Box<Sorter>),
}

/// Collects, sorts and spills.
#[derive(Debug)]
pub struct Sorter {
    budget: usize,
    /// So many bytes are a full batch, whatever it counts for.
    batch: usize,
    directory: PathBuf,
    reverse: bool,
    /// Ints or floats that are their own keys, as long as nothing else came.
    words: Room<u64>,
    words_are: Option<WordKind>,
    words_allowed: bool,
    records: Records,
    shared: Shared,
    /// What the current batch counts for against the budget.
    cost: usize,
    count: usize,
    largest: usize,
    mixed: bool,
    file: Option<Arc<SpillFile>>,
    runs: Vec<Run>,
}

impl Sorter {
    /// `words_allowed`: whether records may be their own keys, so that ints and
    /// floats need no more than a machine word.
    pub fn new(budget: usize, directory: PathBuf, reverse: bool, words_allowed: bool) -> Self {
        Self {
            budget,
            batch: plan::batch(budget),
            directory,
            reverse,
            words: Room::default(),
            words_are: None,
            words_allowed,
            records: Records::default(),
            shared: Shared::default(),
            cost: 0,
            count: 0,
            largest: 0,
            mixed: false,
            file: None,
            runs: Vec::new(),
        }
    }

    /// How many records have come.
    pub fn count(&self) -> usize {
        self.count
    }

    pub fn has_spilled(&self) -> bool {
        !self.runs.is_empty()
    }

    /// Whether the budget is reached and [`Sorter::spill`] is due.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.cost >= self.budget || self.records.taken() >= self.batch || self.records.is_full()
    }

    /// Some place in the keys holds values of different types, so the order has
    /// to be checked in the end.
    pub fn set_mixed(&mut self) {
        self.mixed = true;
    }

    /// Takes an int that is its own key. `cost` is what it takes as an object.
    #[inline]
    pub fn push_int(&mut self, value: i64, cost: usize) {
        self.push_word(WordKind::Int, from_int(value), cost);
    }

    /// Takes a float that is its own key; neither NaN nor `-0.0`, which needs a
    /// payload to be told from `0.0`.
    #[inline]
    pub fn push_float(&mut self, value: f64, cost: usize) {
        self.push_word(WordKind::Float, from_float(value), cost);
    }

    #[inline]
    fn push_word(&mut self, kind: WordKind, word: u64, cost: usize) {
        if self.words_are != Some(kind) {
            if self.count > 0 || !self.words_allowed {
                let mut key = Vec::with_capacity(9);
                word_key(kind, word, &mut key);
                return self.push(&key, &[], cost);
            }
            self.words_are = Some(kind);
        }
        self.words.push(word);
        self.count += 1;
        self.cost += cost.max(16);
    }

    /// Takes an encoded record. `cost` is what it takes as objects.
    #[inline]
    pub fn push(&mut self, key: &[u8], payload: &[u8], cost: usize) {
        if self.words_are.is_some() {
            self.widen();
        }
        self.shared.see(key);
        self.records.push(key, payload);
        let own = key.len() + payload.len() + 20;
        self.largest = self.largest.max(own);
        self.count += 1;
        // Index and unused room included, a record takes at most so much here.
        self.cost += cost.max(own + 3 * own / 8 + 16);
    }

    /// Makes records of the words at hand, because something else has come.
    #[cold]
    fn widen(&mut self) {
        let Some(kind) = self.words_are.take() else {
            return;
        };
        self.shared.forget();
        let mut key = Vec::with_capacity(9);
        for &word in &*std::mem::take(&mut self.words) {
            key.clear();
            word_key(kind, word, &mut key);
            self.records.push(&key, &[]);
            // What a record takes beyond the word that was counted.
            self.cost += 40;
        }
        self.largest = self.largest.max(32);
    }

    /// Sorts the batch and writes it out as a run.
    pub fn spill(&mut self) -> Result<(), Error> {
        let file = match &mut self.file {
            Some(file) => file,
            empty => empty.insert(Arc::new(SpillFile::create(&self.directory)?)),
        };
        // Nobody else holds the file before the merge.
        let Some(file) = Arc::get_mut(file) else {
            return Ok(());
        };
        let block = plan::write_block(self.budget);
        make_room(&mut self.runs, 1);
        self.runs.push(match self.words_are {
            Some(kind) => write_words(&mut self.words, kind, self.reverse, file, block)?,
            None => {
                self.records.sort(self.shared.order(self.reverse));
                write_records(&self.records, file, block)?
            }
        });
        self.words.clear();
        self.records.clear();
        self.cost = 0;
        Ok(())
    }

    fn order(&self) -> Order {
        self.shared.order(self.reverse)
    }

    /// Ends the intake.
    pub fn finish(mut self) -> Result<Finished, Error> {
        if self.runs.is_empty() {
            return Ok(self.finish_in_memory());
        }
        if !self.words.is_empty() || !self.records.is_empty() {
            self.spill()?;
        }
        // The blocks of the merge take the place of the batch.
        self.words = Room::default();
        self.records = Records::default();
        self.merge()
    }

    fn finish_in_memory(mut self) -> Finished {
        if let Some(kind) = self.words_are {
            crate::words::sort(&mut self.words, self.reverse);
            return Finished::Sorted(Sorted::words(self.words, kind));
        }
        self.records.sort(self.order());
        if self.mixed {
            let key = |entry| self.records.record(entry).0;
            let index = self.records.index();
            if !index.windows(2).all(|pair| codec::comparable(key(&pair[0]), key(&pair[1]))) {
                return Finished::Incomparable(Box::new(self));
            }
        }
        Finished::Sorted(Sorted::records(self.records))
    }

    fn merge(mut self) -> Result<Finished, Error> {
        let Some(mut file) = self.file.clone() else {
            return Ok(self.finish_in_memory());
        };
        let mut runs = if self.mixed {
            self.runs.clone()
        } else {
            self.file = None;
            std::mem::take(&mut self.runs)
        };
        self.narrow(&mut file, &mut runs)?;
        let block = plan::read_block(self.budget, runs.len());
        if self.mixed && !in_order(Merge::new(Arc::clone(&file), &runs, self.order(), block)?)? {
            return Ok(Finished::Incomparable(Box::new(self)));
        }
        let merge = Merge::new(file, &runs, self.order(), block)?;
        Ok(Finished::Sorted(Sorted::merge(merge, self.count)))
    }

    /// Merges runs until there are few enough to be merged in one go.
    fn narrow(&self, file: &mut Arc<SpillFile>, runs: &mut Vec<Run>) -> Result<(), Error> {
        let fan_in = plan::fan_in(self.budget, self.largest);
        while runs.len() > fan_in {
            let (next, merged) = pass(file, runs, self.order(), self.budget, fan_in, &self.directory)?;
            (*file, *runs) = (Arc::new(next), merged);
        }
        Ok(())
    }

    /// Hands out everything in order, as often as one likes: nothing may come any more.
    /// Keys must be of one type.
    pub fn walk(&mut self) -> Result<Sorted, Error> {
        if !self.words.is_empty() || !self.records.is_empty() {
            self.spill()?;
        }
        // What was left of the room of the batch is for the merge.
        self.records = Records::default();
        let Some(mut file) = self.file.clone() else {
            return Ok(Sorted::records(Records::default()));
        };
        let mut runs = self.runs.clone();
        self.narrow(&mut file, &mut runs)?;
        let block = plan::read_block(self.budget, runs.len());
        Ok(Sorted::merge(Merge::new(file, &runs, self.order(), block)?, self.count))
    }

    /// Hands out every record with its place in the order of arrival. Those of a
    /// run do not come in that order.
    pub fn replay<E: From<Error>>(
        &self,
        mut each: impl FnMut(usize, Record<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut start = 0;
        for run in &self.runs {
            if let Some(file) = &self.file {
                replay_run(file, run, plan::write_block(self.budget), |place, record| {
                    each(start + place, record)
                })?;
            }
            start += run.count;
        }
        if let Some(kind) = self.words_are {
            for (place, &word) in self.words.iter().enumerate() {
                each(start + place, kind.record(word))?;
            }
        }
        for (place, (key, payload)) in self.records.arrivals().enumerate() {
            each(start + place, Record::Bytes { key, payload })?;
        }
        Ok(())
    }
}

/// Whether no two neighbours are of different types where they are compared.
/// Values of different types with the same things before them stand next to each
/// other somewhere, so looking at neighbours is enough.
fn in_order(mut merge: Merge) -> Result<bool, Error> {
    let (mut last, mut space) = (Vec::new(), Vec::new());
    while let Some(record) = merge.next()? {
        let (key, _) = parts(record, &mut space);
        if !codec::comparable(&last, key) {
            return Ok(false);
        }
        last.clear();
        last.extend_from_slice(key);
    }
    Ok(true)
}

fn replay_run<E: From<Error>>(
    file: &SpillFile,
    run: &Run,
    block: usize,
    mut each: impl FnMut(usize, Record<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut arrival = BlockReader::new(run.arrival.clone(), block);
    if let RunKind::Words(kind) = run.kind {
        for place in 0..run.count {
            let bytes = arrival.peek(file, 8)?.first_chunk::<8>();
            let word = u64::from_le_bytes(*bytes.ok_or_else(|| file.damaged())?);
            arrival.skip(8);
            each(place, kind.record(word))?;
        }
        return Ok(());
    }
    let mut sorted = RunReader::new(run, block);
    while sorted.advance(file)? {
        let bytes = arrival.peek(file, 4)?.first_chunk::<4>();
        let place = u32::from_le_bytes(*bytes.ok_or_else(|| file.damaged())?);
        arrival.skip(4);
        each(place as usize, sorted.record())?;
    }
    Ok(())
}
