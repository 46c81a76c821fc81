//! The texts that some pattern names, found by one look at a small table.

use std::hash::Hasher;

/// The number of a text among those that are named.
pub(crate) type TextId = u32;

const EMPTY: u32 = u32::MAX;

/// A table with four places for each text, so that most texts that nobody
/// names meet an empty one at once.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    texts: Vec<Box<str>>,
    places: Vec<(u32, TextId)>,
}

impl Texts {
    pub fn new<'a>(all: impl IntoIterator<Item = &'a str>) -> Self {
        let mut texts: Vec<Box<str>> = all.into_iter().map(Box::from).collect();
        texts.sort_unstable();
        texts.dedup();
        let mut table = Self { places: vec![(0, EMPTY); (texts.len() * 4).next_power_of_two()], texts };
        for number in 0..table.texts.len() {
            let hash = hash(&table.texts[number]);
            let mut at = table.home(hash);
            while table.places[at].1 != EMPTY {
                at = (at + 1) & (table.places.len() - 1);
            }
            table.places[at] = (hash, number as TextId);
        }
        table
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn find(&self, text: &str) -> Option<TextId> {
        if self.texts.is_empty() {
            return None;
        }
        let hash = hash(text);
        let mut at = self.home(hash);
        loop {
            let (known, number) = self.places[at];
            if number == EMPTY {
                return None;
            }
            if known == hash && *self.texts[number as usize] == *text {
                return Some(number);
            }
            at = (at + 1) & (self.places.len() - 1);
        }
    }

    fn home(&self, hash: u32) -> usize {
        hash as usize & (self.places.len() - 1)
    }
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
