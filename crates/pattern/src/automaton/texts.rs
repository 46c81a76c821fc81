//! The texts that some pattern names, found by one look at a small table.

use std::hash::Hasher;

/// The number of a text among those that are named.
pub(crate) type TextId = u32;

const EMPTY: u32 = u32::MAX;

/// A table with four places for each text. Most texts that nobody names are
/// turned away before, by their first byte and their length.
#[derive(Debug)]
pub(crate) struct Texts {
    all: Vec<Box<str>>,
    /// By first byte, the lengths of the texts that begin so, as bits.
    lengths: Box<[u64; 256]>,
    places: Vec<(u32, TextId)>,
}

impl Texts {
    pub fn new<'a>(all: impl IntoIterator<Item = &'a str>) -> Self {
        let mut texts: Vec<Box<str>> = all.into_iter().map(Box::from).collect();
        texts.sort_unstable();
        texts.dedup();
        let mut lengths = Box::new([0; 256]);
        for text in &texts {
            lengths[first(text)] |= length(text);
        }
        let places = vec![(0, EMPTY); (texts.len() * 4).next_power_of_two()];
        let mut table = Self { all: texts, lengths, places };
        for number in 0..table.all.len() {
            let hash = hash(&table.all[number]);
            let mut at = table.home(hash);
            while table.places[at].1 != EMPTY {
                at = (at + 1) & (table.places.len() - 1);
            }
            table.places[at] = (hash, number as TextId);
        }
        table
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    #[inline]
    pub fn find(&self, text: &str) -> Option<TextId> {
        if self.lengths[first(text)] & length(text) == 0 {
            return None;
        }
        let hash = hash(text);
        let mut at = self.home(hash);
        loop {
            let (known, number) = self.places[at];
            if number == EMPTY {
                return None;
            }
            if known == hash && *self.all[number as usize] == *text {
                return Some(number);
            }
            at = (at + 1) & (self.places.len() - 1);
        }
    }

    fn home(&self, hash: u32) -> usize {
        hash as usize & (self.places.len() - 1)
    }
}

#[inline]
fn first(text: &str) -> usize {
    text.bytes().next().map_or(0, usize::from)
}

/// Lengths from 63 on share a bit.
#[inline]
fn length(text: &str) -> u64 {
    1 << text.len().min(63)
}

fn hash(text: &str) -> u32 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(text.as_bytes());
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_named_and_nothing_else() {
        let words: Vec<String> = (0..500).map(|number| format!("word{number}")).collect();
        let texts = Texts::new(words.iter().map(String::as_str).chain(["word1", ""]));
        assert_eq!(texts.len(), 501);
        let mut found: Vec<_> = words.iter().map(|word| texts.find(word).expect("it is named")).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), 500);
        assert!(texts.find("").is_some());
        assert_eq!(texts.find("word500"), None);
        assert_eq!(Texts::new([]).find("a"), None);
    }
}
