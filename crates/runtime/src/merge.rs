//! Merging runs. Each run has one block in memory; a tournament over the first
//! eight bytes of each run's head says which comes next.

use std::sync::Arc;

use crate::records::Order;
use crate::run::{Run, RunKind, RunReader, RunWriter, parts};
use crate::spill::{SpillFile, count_run};
use crate::tournament::Tournament;
use crate::words::WordKind;
use crate::{Error, Record, plan, records};

/// The head of a run, as far as most comparisons look.
#[derive(Clone, Copy, Debug)]
struct Head {
    prefix: u64,
    done: bool,
}

/// Runs on their way to becoming one.
#[derive(Debug)]
pub struct Merge {
    file: Arc<SpillFile>,
    readers: Vec<RunReader>,
    heads: Vec<Head>,
    tournament: Tournament,
    order: Order,
    words: Option<WordKind>,
    started: bool,
}

/// The kind of word that all runs consist of, if they do.
fn only_words(runs: &[Run]) -> Option<WordKind> {
    let RunKind::Words(kind) = runs.first()?.kind else {
        return None;
    };
    runs.iter().all(|run| run.kind == RunKind::Words(kind)).then_some(kind)
}

impl Merge {
    /// Opens all runs, which must be in the order of arrival.
    pub fn new(file: Arc<SpillFile>, runs: &[Run], order: Order, block: usize) -> Result<Self, Error> {
        let mut merge = Self {
            file,
            readers: runs.iter().map(|run| RunReader::new(run, block)).collect(),
            heads: vec![Head { prefix: 0, done: false }; runs.len()],
            tournament: Tournament::new(0, |_, _| false),
            order,
            words: only_words(runs),
            started: false,
        };
        for number in 0..runs.len() {
            merge.advance(number)?;
        }
        merge.tournament = Tournament::new(runs.len(), |a, b| {
            before(&merge.readers, &merge.heads, merge.words.is_some(), order, a, b)
        });
        Ok(merge)
    }

    #[inline]
    fn advance(&mut self, number: usize) -> Result<(), Error> {
        let reader = &mut self.readers[number];
        self.heads[number] = if !reader.advance(&self.file)? {
            Head { prefix: u64::MAX, done: true }
        } else if self.words.is_some() {
            let word = reader.word();
            let prefix = if self.order.reverse { !word } else { word };
            Head { prefix, done: false }
        } else {
            reader.write_word_key();
            let prefix = records::prefix(reader.key(), self.order.skip, self.order.reverse);
            Head { prefix, done: false }
        };
        Ok(())
    }

    /// The next record in order.
    #[inline]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, Error> {
        if self.started {
            self.advance(self.tournament.winner())?;
            let (readers, heads, order) = (&self.readers, &self.heads, self.order);
            let words = self.words.is_some();
            self.tournament.replay(|a, b| before(readers, heads, words, order, a, b));
        }
        self.started = true;
        let winner = self.tournament.winner();
        if self.heads.get(winner).is_none_or(|head| head.done) {
            return Ok(None);
        }
        Ok(Some(self.readers[winner].record()))
    }
}

/// Whether the head of run `a` comes before the head of run `b`. Of equal keys
/// the one from the earlier run arrived earlier.
#[inline]
fn before(readers: &[RunReader], heads: &[Head], words: bool, order: Order, a: usize, b: usize) -> bool {
    let (left, right) = (heads[a], heads[b]);
    if left.prefix != right.prefix {
        return left.prefix < right.prefix;
    }
    if left.done || right.done {
        return right.done && (!left.done || a < b);
    }
    if words || order.by_prefix {
        return a < b;
    }
    let by_key = order.of_rest(readers[a].key(), readers[b].key());
    by_key.then(a.cmp(&b)).is_lt()
}

/// Merges neighbouring runs, `fan_in` at a time, into fewer runs of a new file.
pub fn pass(
    file: &Arc<SpillFile>,
    runs: &[Run],
    order: Order,
    budget: usize,
    fan_in: usize,
    directory: &std::path::Path,
) -> Result<(SpillFile, Vec<Run>), Error> {
    let mut target = SpillFile::create(directory)?;
    let mut merged = Vec::new();
    for group in runs.chunks(fan_in) {
        let block = plan::read_block(budget, group.len());
        let merge = Merge::new(Arc::clone(file), group, order, block)?;
        let count = group.iter().map(|run| run.count).sum();
        merged.push(write_merged(merge, count, &mut target, plan::write_block(budget))?);
    }
    Ok((target, merged))
}

fn write_merged(mut merge: Merge, count: usize, target: &mut SpillFile, block: usize) -> Result<Run, Error> {
    let kind = merge.words.map_or(RunKind::Records, RunKind::Words);
    let mut space = Vec::new();
    let mut writer = RunWriter::new(target, block);
    while let Some(record) = merge.next()? {
        if kind == RunKind::Records {
            let (key, payload) = parts(record, &mut space);
            writer.put_record(key, payload)?;
        } else {
            writer.put(&record_word(record).to_le_bytes())?;
        }
    }
    let sorted = writer.section()?;
    count_run();
    Ok(Run { kind, count, arrival: sorted.end..sorted.end, sorted })
}

fn record_word(record: Record<'_>) -> u64 {
    match record {
        Record::Int(value) => crate::words::from_int(value),
        Record::Float(value) => crate::words::from_float(value),
        Record::Bytes { .. } => 0,
    }
}
