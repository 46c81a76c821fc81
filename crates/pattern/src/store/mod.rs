//! A pattern set as bytes: the patterns, and what has been computed of their
//! automaton, so that the next process starts where this one was.
//!
//! The format is our own: a mark, a version, numbers of seven bits a byte, and a
//! checksum. Everything that is read is held against what it refers to, so that
//! a file that is broken, or made to break us, is an error and never a panic.

mod bytes;
mod form;
mod tables;

use crate::PatternSet;
use crate::store::bytes::{Reader, Writer, checksum};

const MARK: &[u8; 4] = b"STPM";
const VERSION: u64 = 3;
const CHECKSUM: usize = 8;

/// Why bytes are no pattern set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("this is no stored pattern set")]
    NoPatternSet,
    #[error("the pattern set was stored by another version")]
    OtherVersion,
    #[error("the stored pattern set is damaged")]
    Damaged,
}

impl PatternSet {
    /// The set, and what one of its scans has computed, as bytes for
    /// [`PatternSet::load`].
    pub fn save(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.bytes.extend(MARK);
        writer.number(VERSION);
        form::write(&mut writer, &self.patterns);
        let cache = self.take_cache();
        tables::write(&mut writer, &cache);
        self.give_back(cache);
        let sum = checksum(&writer.bytes);
        writer.bytes.extend(sum.to_le_bytes());
        writer.bytes
    }

    /// The set that [`PatternSet::save`] has made these bytes of.
    pub fn load(bytes: &[u8]) -> Result<Self, StoreError> {
        let Some(content) = bytes.strip_prefix(MARK) else { return Err(StoreError::NoPatternSet) };
        let mut reader = Reader { bytes: content };
        if reader.number()? != VERSION {
            return Err(StoreError::OtherVersion);
        }
        let end = reader.bytes.len().checked_sub(CHECKSUM).ok_or(StoreError::Damaged)?;
        let (content, sum) = reader.bytes.split_at(end);
        if checksum(&bytes[..bytes.len() - CHECKSUM]).to_le_bytes() != sum {
            return Err(StoreError::Damaged);
        }
        let mut reader = Reader { bytes: content };
        let set = Self::new(form::read(&mut reader)?);
        let cache = tables::read(&mut reader, &set.automaton)?;
        if !reader.bytes.is_empty() {
            return Err(StoreError::Damaged);
        }
        set.give_back(cache);
        Ok(set)
    }
}
