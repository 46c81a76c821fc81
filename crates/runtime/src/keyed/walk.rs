//! Walking the entries in the order in which their keys came.

use super::settle::Late;
use super::{
    ELSEWHERE, Entry, HEAD, HELD, Head, Keyed, LEAST, LENGTH, Spot, UNIT, Value, WITHIN, kind, pointed, split,
};
use crate::Error;

/// A place in the log, from which on it is walked. It may be walked on when entries
/// have been added since it came to the end.
#[derive(Debug, Default)]
pub struct Walk {
    part: usize,
    at: usize,
    /// What has been read of this part, from `start` on, when the dictionary was of
    /// that version.
    piece: Vec<u8>,
    start: usize,
    version: Option<u64>,
    /// Where the value of the last entry stands.
    value: usize,
    spot: Spot,
    home: Vec<u8>,
    /// So many late entries have been met, and the last of them, if that was the latest entry.
    met: usize,
    late: Vec<u8>,
    is_late: bool,
}

impl Walk {
    /// Goes to the next entry.
    #[inline]
    pub fn next(&mut self, keyed: &Keyed) -> Result<Option<Entry<'_>>, Error> {
        self.is_late = false;
        loop {
            if self.version != Some(keyed.version) || self.at >= self.start + self.piece.len() {
                if self.version == Some(keyed.version) && self.part < keyed.parts.len() {
                    (self.part, self.at) = (self.part + 1, 0);
                }
                self.version = Some(keyed.version);
                self.start = self.at;
                if keyed.piece(self.part, self.at, &mut self.piece)?.is_none() {
                    // The version is asked for again when there may be more.
                    self.version = None;
                    return self.next_late(keyed);
                }
                if self.piece.is_empty() {
                    continue;
                }
            }
            let at = self.at - self.start;
            let head = Head::read(&self.piece[at..]).ok_or_else(|| keyed.damaged())?;
            if head.total < HEAD || at + head.total > self.piece.len() {
                return Err(keyed.damaged());
            }
            let place = ((self.part as u64) << WITHIN) | (self.at / UNIT) as u64;
            if keyed.late.get(self.met).is_some_and(|late| late.end <= place) {
                if let Some(place) = self.meet(keyed)? {
                    return Ok(Some(self.late_entry(place)));
                }
                continue;
            }
            self.at += head.total;
            if head.kind == kind::ENTRY {
                self.value = at + head.value();
                self.spot = Spot { place, offset: head.value(), room: head.room() };
                let key = at + HEAD..at + HEAD + head.key;
                let beside = key.end..key.end + head.beside;
                return Ok(Some(Entry { place, key: &self.piece[key], beside: &self.piece[beside] }));
            }
        }
    }

    /// What comes after all that is in its place.
    #[cold]
    fn next_late(&mut self, keyed: &Keyed) -> Result<Option<Entry<'_>>, Error> {
        while self.met < keyed.late.len() {
            if let Some(place) = self.meet(keyed)? {
                return Ok(Some(self.late_entry(place)));
            }
        }
        Ok(None)
    }

    /// Goes to the next late entry: its place, if it is still there.
    #[cold]
    fn meet(&mut self, keyed: &Keyed) -> Result<Option<u64>, Error> {
        let Some(Late { place, .. }) = keyed.late.get(self.met).copied() else { return Ok(None) };
        self.met += 1;
        let (part, at) = split(place);
        keyed.piece(part, at, &mut self.late)?;
        Ok(Head::read(&self.late).filter(|head| head.kind == kind::LATE).map(|_| place))
    }

    fn late_entry(&mut self, place: u64) -> Entry<'_> {
        self.is_late = true;
        let head = Head::read(&self.late).unwrap_or(Head { kind: 0, total: 0, key: 0, beside: 0 });
        self.value = head.value();
        self.spot =
            Spot { place, offset: head.value(), room: head.total.saturating_sub(head.value() + LENGTH) };
        let (key, beside) = (HEAD..HEAD + head.key, HEAD + head.key..head.value());
        let bytes = |range| self.late.get::<std::ops::Range<usize>>(range).unwrap_or_default();
        Entry { place, key: bytes(key), beside: bytes(beside) }
    }

    /// The value of the entry to which this has come last, if nothing has been changed
    /// since then.
    #[inline]
    pub fn value(&mut self, keyed: &mut Keyed) -> Result<Value<'_>, Error> {
        let at = self.value;
        let piece = if self.is_late { &self.late } else { &self.piece };
        let word = piece.get(at..at + LENGTH).and_then(|bytes| bytes.try_into().ok());
        let length = u32::from_le_bytes(word.ok_or_else(|| keyed.damaged())?);
        if length == HELD {
            return Ok(Value::Held);
        }
        let start = at + LENGTH;
        if length == ELSEWHERE {
            let bytes = piece.get(start..start + LEAST).and_then(|bytes| bytes.try_into().ok());
            let (place, _) = pointed(u64::from_le_bytes(bytes.ok_or_else(|| keyed.damaged())?));
            if let Value::Bytes(bytes) = keyed.value(place)? {
                self.home.clear();
                self.home.extend_from_slice(bytes);
                self.spot = keyed.spot;
            }
            return Ok(Value::Bytes(&self.home));
        }
        let bytes = piece.get(start..start + length as usize);
        bytes.map(Value::Bytes).ok_or_else(|| keyed.damaged())
    }
    /// Where that value stands.
    pub fn spot(&self) -> Spot {
        self.spot
    }
}
