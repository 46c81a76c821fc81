//! The texts that some pattern names, found by one look at a small table.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// The number of a text among those that are named.
pub(crate) type TextId = u32;

const EMPTY: u32 = u32::MAX;

/// A table with at least two places for each text. Nearly all texts that nobody names
/// are turned away before, by their length and three of their bytes, however
/// many there are that somebody names: there are that many bits.
#[derive(Debug)]
pub(crate) struct Texts {
    all: Vec<Box<str>>,
    /// A bit for each outline that a text has.
    outlines: Vec<u64>,
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    key: u64,
    len: u32,
    text: TextId,
}

/// What is no longer than this is its own key.
const SHORT: usize = 8;

/// Bits for each text among the outlines.
const BITS: usize = 32;

impl Texts {
    pub fn new<'a>(all: impl IntoIterator<Item = &'a str>) -> Self {
        let mut texts: Vec<Box<str>> = all.into_iter().map(Box::from).collect();
        texts.sort_unstable();
        texts.dedup();
        let outlines = vec![0; (texts.len() * BITS / 64).next_power_of_two()];
        let empty = Place { key: 0, len: 0, text: EMPTY };
        let places = vec![empty; (texts.len() * 2 + 1).next_power_of_two()];
        let mut table = Self { all: texts, outlines, places };
        for number in 0..table.all.len() {
            let (word, bit) = table.outline(table.all[number].as_bytes());
            table.outlines[word] |= bit;
            let key = key(table.all[number].as_bytes());
            let mut at = table.home(key);
            while table.places[at].text != EMPTY {
                at = (at + 1) & (table.places.len() - 1);
            }
            table.places[at] = Place { key, len: table.all[number].len() as u32, text: number as TextId };
        }
        table
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    #[inline]
    pub fn find(&self, text: &[u8]) -> Option<TextId> {
        let (word, bit) = self.outline(text);
        if self.outlines[word] & bit == 0 { None } else { self.look_up(text) }
    }

    fn look_up(&self, text: &[u8]) -> Option<TextId> {
        let key = key(text);
        let mut at = self.home(key);
        loop {
            let place = self.places[at];
            if place.text == EMPTY {
                return None;
            }
            if place.key == key
                && place.len as usize == text.len()
                && (text.len() <= SHORT || self.all[place.text as usize].as_bytes() == text)
            {
                return Some(place.text);
            }
            at = (at + 1) & (self.places.len() - 1);
        }
    }

    /// The place of the bit that texts share which look alike from afar.
    #[inline]
    fn outline(&self, text: &[u8]) -> (usize, u64) {
        let at = |at: usize| text.get(at).copied().unwrap_or(0);
        let bytes = [at(0), at(text.len() / 2), at(text.len().wrapping_sub(1)), text.len() as u8];
        let mixed = u64::from(u32::from_le_bytes(bytes)).wrapping_mul(MIX);
        ((mixed >> 38) as usize & (self.outlines.len() - 1), 1 << (mixed >> 32 & 63))
    }

    fn home(&self, key: u64) -> usize {
        (key.wrapping_mul(MIX) >> 32) as usize & (self.places.len() - 1)
    }
}

/// Its product's upper bits depend on all bits of what it is multiplied with.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// A number that no other short text of the same length has. Longer ones may share theirs.
fn key(text: &[u8]) -> u64 {
    let [head, tail] = match text {
        [] => [0, 0],
        [only] => [u32::from(*only), 0],
        // The ends overlap, so that no byte has to be looked at by itself.
        [a, b] | [a, b, _] => {
            let last = text[text.len() - 1];
            [u32::from(u16::from_le_bytes([*a, *b])), u32::from(last)]
        }
        _ if text.len() <= SHORT => {
            let word = |bytes: Option<&[u8; 4]>| bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes));
            [word(text.first_chunk()), word(text.last_chunk())]
        }
        _ => {
            let mut hasher = FxHasher::default();
            hasher.write(text);
            return hasher.finish();
        }
    };
    u64::from(head) | u64::from(tail) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_named_and_nothing_else() {
        let words: Vec<String> = (0..500).map(|number| format!("word{number}")).collect();
        let texts = Texts::new(words.iter().map(String::as_str).chain(["word1", ""]));
        assert_eq!(texts.len(), 501);
        let mut found: Vec<_> =
            words.iter().map(|word| texts.find(word.as_bytes()).expect("it is named")).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), 500);
        assert!(texts.find(b"").is_some());
        assert_eq!(texts.find(b"word500"), None);
        let alike =
            ["a", "aa", "aaa", "aaaa", "aaaaa", "aaaaaaaa", "aaaaaaaaa", "a\0", "\0", "aaaa\0\0\0a", "aba"];
        let texts = Texts::new(alike);
        let mut found: Vec<_> =
            alike.iter().map(|word| texts.find(word.as_bytes()).expect("it is named")).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), alike.len());
        let others = ["aaaaaa", "aaaaaaa", "a\0\0", "\0\0", "aba\0", "abaa", "aaaaaaaaaa", "b"];
        assert!(others.iter().all(|word| texts.find(word.as_bytes()).is_none()));
        assert_eq!(Texts::new([]).find(b"a"), None);
    }
}
