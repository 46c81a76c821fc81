//! What comes out of a sorter, in order, one record at a time: from memory if
//! the budget was never reached, from the merge of the runs otherwise.

use crate::merge::Merge;
use crate::records::Records;
use crate::room::Room;
use crate::words::WordKind;
use crate::{Error, Record};

#[derive(Debug)]
enum From {
    Words { words: Room<u64>, kind: WordKind },
    Records(Records),
    Merge(Box<Merge>),
}

/// All records in order.
#[derive(Debug)]
pub struct Sorted {
    from: From,
    at: usize,
    count: usize,
}

impl Sorted {
    pub(crate) fn words(words: Room<u64>, kind: WordKind) -> Self {
        let count = words.len();
        Self { from: From::Words { words, kind }, at: 0, count }
    }

    pub(crate) fn records(records: Records) -> Self {
        let count = records.count();
        Self { from: From::Records(records), at: 0, count }
    }

    pub(crate) fn merge(merge: Merge, count: usize) -> Self {
        Self { from: From::Merge(Box::new(merge)), at: 0, count }
    }

    /// How many records are left.
    pub fn left(&self) -> usize {
        self.count - self.at
    }

    /// The next record; `None` after the last one.
    #[inline]
    #[expect(
        clippy::should_implement_trait,
        reason = "a record borrows from the buffer that the next one overwrites"
    )]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, Error> {
        if self.at == self.count {
            return Ok(None);
        }
        let at = self.at;
        self.at += 1;
        match &mut self.from {
            From::Words { words, kind } => Ok(Some(kind.record(words[at]))),
            From::Records(records) => {
                let (key, payload) = records.record(&records.index()[at]);
                Ok(Some(Record::Bytes { key, payload }))
            }
            From::Merge(merge) => merge.next(),
        }
    }
}
