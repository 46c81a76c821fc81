//! A set of numbers and short texts that is all in memory, in a word for each: about
//! eleven bytes with the room that is free. Numbers that come in a row take a bit each.
//!
//! What identifies things is mostly a number, or a text that is one in disguise:
//! `user0001234`, `2026-03-04T10:00:59`, `10.0.3.17`, `Ab3xY`. A word holds any whole
//! number of up to 62 bits; or up to ten letters, digits and `_`; or else the
//! number of a form (the text with a zero for each digit) and its digits. So a word
//! says all of the text, and whether it is there needs no look at the disk.
//!
//! What has no word is for others to keep. That the words of a text do not change is
//! all that is promised: a form that has been seen too rarely gets a number later, and
//! then the text may be somewhere else already.

use std::collections::HashMap;

use crate::dense::{self, Dense, Put};

/// What can have a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    Int(i64),
    Text(&'a [u8]),
}

/// A key that is found in the set by nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(u64);

const EMPTY: u64 = u64::MAX;
const REMOVED: u64 = u64::MAX - 1;
/// The two highest bits say what a word is.
const SHORT: u64 = 0b10 << 62;
const FORM: u64 = 0b11 << 62;
const KINDS: u64 = 0b11 << 62;
/// Numbers are moved, so that none is negative.
const ZERO: i64 = 1 << 61;

/// So many letters have room in a word, of so many bits.
const LETTERS: usize = 10;
const LETTER: usize = 6;
/// The letters of short texts; none at all is a zero.
const ALPHABET: &[u8; 63] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
const CODES: [u8; 256] = codes();

/// So many digits have room in so many bits; above them stands the number of the form.
const DIGITS: u32 = 15;
const NUMBER: u32 = 50;
/// Longer texts and more forms are not for us.
pub const LONGEST: usize = 48;
const FORMS: usize = (1 << (62 - NUMBER)) - 1;
/// Forms take room: one for so many keys, and a few.
const FEW: usize = 64;
const KEYS_OF_FORM: usize = 64;

const SHARDS: usize = 64;
/// So many slots at first.
const LEAST: usize = 16;

const fn codes() -> [u8; 256] {
    let mut codes = [0; 256];
    let mut index = 0;
    while index < ALPHABET.len() {
        codes[ALPHABET[index] as usize] = index as u8 + 1;
        index += 1;
    }
    codes
}

/// A part of the table, which grows by itself, so that growing takes little room.
#[derive(Debug)]
struct Shard {
    slots: Vec<u64>,
    /// Slots that are not empty.
    used: usize,
}

/// See the module.
#[derive(Debug)]
pub struct Exact {
    shards: Vec<Shard>,
    /// Numbers that came in a row.
    dense: Dense,
    count: usize,
    forms: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, usize>,
    /// The number of the form that came last.
    latest: usize,
    /// Where the last key was taken that could be any.
    taken: Cursor,
}

/// A place in a walk over all keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cursor {
    shard: usize,
    index: usize,
}

/// Whether a word is a number.
#[inline]
fn is_number(word: u64) -> bool {
    word >> 63 == 0
}

/// The shard of a word, and bits that say where in it the word is at home.
#[inline]
fn home(word: u64) -> (usize, u64) {
    let mut mixed = (word ^ (word >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^= mixed >> 29;
    mixed = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed >> 58) as usize % SHARDS, (mixed >> 20) & 0xffff_ffff)
}

impl Shard {
    #[inline]
    fn start(&self, bits: u64) -> usize {
        ((bits * self.slots.len() as u64) >> 32) as usize
    }

    #[inline]
    fn after(&self, index: usize) -> usize {
        if index + 1 == self.slots.len() { 0 } else { index + 1 }
    }

    #[inline]
    fn find(&self, bits: u64, word: u64) -> Option<usize> {
        let mut index = self.start(bits);
        loop {
            match self.slots[index] {
                found if found == word => return Some(index),
                EMPTY => return None,
                _ => index = self.after(index),
            }
        }
    }

    /// Puts a word where there is room; it must not be there.
    #[inline]
    fn put(&mut self, bits: u64, word: u64) {
        let mut index = self.start(bits);
        while self.slots[index] != EMPTY {
            index = self.after(index);
        }
        self.slots[index] = word;
        self.used += 1;
    }

    #[cold]
    fn grow(&mut self) {
        let live = self.slots.iter().filter(|slot| **slot < REMOVED).count();
        let mut slots = Vec::new();
        let size = (live * 25 / 16 + LEAST).max(live + 1);
        slots.reserve_exact(size);
        slots.resize(size, EMPTY);
        self.used = 0;
        let old = std::mem::replace(&mut self.slots, slots);
        for word in old.into_iter().filter(|slot| *slot < REMOVED) {
            self.put(home(word).1, word);
        }
    }
}

impl Default for Exact {
    fn default() -> Self {
        let shard = || Shard { slots: vec![EMPTY; LEAST], used: 0 };
        Self {
            shards: std::iter::repeat_with(shard).take(SHARDS).collect(),
            dense: Dense::default(),
            count: 0,
            forms: Vec::new(),
            numbers: HashMap::new(),
            latest: 0,
            taken: Cursor::default(),
        }
    }
}

impl Exact {
    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What the table takes in memory, in bytes.
    pub fn size(&self) -> usize {
        self.dense.size() + self.shards.iter().map(|shard| shard.slots.capacity() * 8).sum::<usize>()
    }

    /// The word of a key, if it has one by now.
    #[inline]
    pub fn word(&mut self, key: Key<'_>) -> Option<Word> {
        self.find_word(key, false)
    }

    /// The word of a key that is going to be added, if it can have one.
    #[inline]
    pub fn make_word(&mut self, key: Key<'_>) -> Option<Word> {
        self.find_word(key, true)
    }

    #[inline]
    fn find_word(&mut self, key: Key<'_>, make: bool) -> Option<Word> {
        match key {
            Key::Int(value) => {
                (-ZERO..ZERO).contains(&value).then(|| Word(value.wrapping_add(ZERO).cast_unsigned()))
            }
            Key::Text(text) => match short(text) {
                Some(word) => Some(Word(word)),
                None => self.form(text, make),
            },
        }
    }

    fn form(&mut self, text: &[u8], make: bool) -> Option<Word> {
        if text.len() > LONGEST {
            return None;
        }
        let mut form = [0; LONGEST];
        let (mut digits, mut number) = (0, 0_u64);
        for (place, byte) in form.iter_mut().zip(text) {
            let is_digit = byte.is_ascii_digit();
            *place = if is_digit { b'0' } else { *byte };
            if is_digit {
                number = number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                digits += 1;
            }
        }
        if digits > DIGITS {
            return None;
        }
        let form = &form[..text.len()];
        if self.forms.get(self.latest).is_none_or(|latest| **latest != *form) {
            self.latest = match self.numbers.get(form) {
                Some(known) => *known,
                None if make => self.new_form(form)?,
                None => return None,
            };
        }
        Some(Word(FORM | (self.latest as u64) << NUMBER | number))
    }

    #[cold]
    fn new_form(&mut self, form: &[u8]) -> Option<usize> {
        let number = self.forms.len();
        if number >= FORMS.min(FEW + self.count / KEYS_OF_FORM) {
            return None;
        }
        self.forms.push(form.into());
        self.numbers.insert(form.into(), number);
        Some(number)
    }

    #[inline]
    pub fn contains(&self, word: Word) -> bool {
        if is_number(word.0)
            && let Some(known) = self.dense.contains(word.0)
        {
            return known;
        }
        let (shard, bits) = home(word.0);
        self.shards[shard].find(bits, word.0).is_some()
    }

    /// Adds a word; says whether it is new.
    #[inline]
    pub fn insert(&mut self, word: Word) -> bool {
        if is_number(word.0) {
            match self.dense.put(word.0) {
                Put::Known => return false,
                Put::New => {
                    self.count += 1;
                    return true;
                }
                Put::Line => return self.move_line(word.0),
                Put::Elsewhere => {}
            }
        }
        let (shard, bits) = home(word.0);
        let shard = &mut self.shards[shard];
        if shard.find(bits, word.0).is_some() {
            return false;
        }
        if shard.used * 5 >= shard.slots.len() * 4 {
            shard.grow();
        }
        shard.put(bits, word.0);
        self.count += 1;
        true
    }

    /// Moves the numbers that are close to one to where this is already; says whether it is new.
    #[cold]
    fn move_line(&mut self, number: u64) -> bool {
        let mut is_new = true;
        for other in dense::line(number) {
            if self.take(other) {
                is_new &= other != number;
                self.dense.put(other);
            }
        }
        self.count += usize::from(is_new);
        is_new
    }

    /// Takes a word out of the table.
    fn take(&mut self, word: u64) -> bool {
        let (shard, bits) = home(word);
        let shard = &mut self.shards[shard];
        let Some(index) = shard.find(bits, word) else { return false };
        shard.slots[index] = REMOVED;
        true
    }

    /// Takes a word out; says whether it was there.
    pub fn remove(&mut self, word: Word) -> bool {
        let dense = if is_number(word.0) { self.dense.remove(word.0) } else { None };
        let was_there = dense.unwrap_or_else(|| self.take(word.0));
        self.count -= usize::from(was_there);
        was_there
    }

    /// Any word that is there: not far from the last one, if words are taken out.
    pub fn any(&mut self) -> Option<Word> {
        let mut start = self.taken;
        let (word, at) = self.next(&mut start).or_else(|| self.next(&mut Cursor::default()))?;
        self.taken = at;
        Some(word)
    }

    /// The next word of a walk, and where it was.
    fn next(&self, cursor: &mut Cursor) -> Option<(Word, Cursor)> {
        loop {
            let Some(shard) = self.shards.get(cursor.shard) else {
                let (number, index) = self.dense.next(cursor.index)?;
                cursor.index = index + 1;
                return Some((Word(number), Cursor { shard: cursor.shard, index }));
            };
            let rest = shard.slots.get(cursor.index..).unwrap_or_default();
            if let Some(free) = rest.iter().position(|slot| *slot < REMOVED) {
                let at = Cursor { shard: cursor.shard, index: cursor.index + free };
                cursor.index = at.index + 1;
                return Some((Word(rest[free]), at));
            }
            *cursor = Cursor { shard: cursor.shard + 1, index: 0 };
        }
    }

    /// The next word of a walk over all that are there.
    pub fn walk(&self, cursor: &mut Cursor) -> Option<Word> {
        self.next(cursor).map(|(word, _)| word)
    }

    /// The key of a word; a text is made in the space.
    pub fn key<'a>(&self, word: Word, space: &'a mut Vec<u8>) -> Key<'a> {
        space.clear();
        match word.0 & KINDS {
            SHORT => {
                let codes = (0..LETTERS).map(|place| (word.0 >> (place * LETTER)) as usize & 63);
                space.extend(codes.take_while(|code| *code > 0).map(|code| ALPHABET[code - 1]));
            }
            FORM => {
                let form = (word.0 & !KINDS) >> NUMBER;
                space.extend_from_slice(self.forms.get(form as usize).map_or(&[], |form| form));
                let mut number = word.0 & ((1 << NUMBER) - 1);
                for place in space.iter_mut().rev().filter(|byte| byte.is_ascii_digit()) {
                    *place = b'0' + (number % 10) as u8;
                    number /= 10;
                }
            }
            _ => return Key::Int(word.0.cast_signed().wrapping_sub(ZERO)),
        }
        Key::Text(space)
    }
}

/// The word of a short text of plain letters.
#[inline]
fn short(text: &[u8]) -> Option<u64> {
    if text.len() > LETTERS {
        return None;
    }
    let mut word = SHORT;
    for (place, byte) in text.iter().enumerate() {
        match CODES[usize::from(*byte)] {
            0 => return None,
            code => word |= u64::from(code) << (place * LETTER),
        }
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn texts() -> Vec<Vec<u8>> {
        let mut texts: Vec<Vec<u8>> = (0..20_000_u32)
            .flat_map(|number| {
                let spread = number.wrapping_mul(2_654_435_761);
                [
                    format!("user{number:07}"),
                    format!("{}.{}.{}.{}", spread >> 24, number % 7, spread % 256, number / 7),
                    format!("é{number}-{spread}"),
                    format!("{spread:x}"),
                    format!("{}{}", "_".repeat(number as usize % 20), number % 50),
                    format!("{spread:x}-{number:x}-{:x}", u64::from(spread) * 77),
                ]
            })
            .map(String::into_bytes)
            .collect();
        texts.extend([b"".to_vec(), b"0".to_vec(), b"00".to_vec(), b"a\0".to_vec(), vec![b'9'; 48]]);
        texts.extend([vec![b'9'; 15], vec![b'9'; 16], vec![b'a'; 10], vec![b'_'; 11], vec![b'-'; 49]]);
        texts
    }

    #[test]
    fn a_word_says_all_of_its_key() {
        let mut exact = Exact::default();
        let (mut words, mut space) = (0, Vec::new());
        for text in texts() {
            // What has no word has none before either.
            let before = exact.word(Key::Text(&text));
            let Some(word) = exact.make_word(Key::Text(&text)) else {
                assert_eq!(before, None);
                continue;
            };
            assert!(before.is_none_or(|before| before == word));
            assert_eq!(exact.key(word, &mut space), Key::Text(&text));
            let held = exact.contains(word);
            assert_eq!(exact.insert(word), !held);
            words += usize::from(!held);
        }
        assert_eq!(exact.len(), words);
        assert!(words > 60_000, "{words}");
        for number in [0, 1, -1, ZERO - 1, -ZERO, 7 << 50] {
            let word = exact.make_word(Key::Int(number)).unwrap();
            assert_eq!(exact.key(word, &mut space), Key::Int(number));
            assert!(exact.insert(word));
        }
        for number in [ZERO, -ZERO - 1, i64::MAX, i64::MIN] {
            assert_eq!(exact.make_word(Key::Int(number)), None);
        }
    }

    #[test]
    fn what_is_added_is_found_and_nothing_else() {
        let mut exact = Exact::default();
        let mut known = HashSet::new();
        let mut state = 1_u64;
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = (state >> 33).cast_signed() % 5000 - 2500;
            let word = exact.make_word(Key::Int(number)).unwrap();
            assert_eq!(exact.contains(word), known.contains(&number));
            if state >> 63 == 0 {
                assert_eq!(exact.insert(word), known.insert(number));
            } else {
                assert_eq!(exact.remove(word), known.remove(&number));
            }
            assert_eq!(exact.len(), known.len());
        }
        let (mut cursor, mut space, mut walked) = (Cursor::default(), Vec::new(), HashSet::new());
        while let Some(word) = exact.walk(&mut cursor) {
            let Key::Int(number) = exact.key(word, &mut space) else { panic!("a text") };
            assert!(walked.insert(number));
        }
        assert_eq!(walked, known);
        while let Some(word) = exact.any() {
            assert!(exact.remove(word));
        }
        assert!(exact.is_empty());
    }

    #[test]
    fn numbers_in_a_row_are_as_good_as_others() {
        for seed in 1..9_u64 {
            let mut exact = Exact::default();
            let mut known = HashSet::new();
            let mut state = seed;
            let mut chance = |most: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % most
            };
            for _ in 0..2_000 {
                let first = chance(20_000).cast_signed() - 10_000;
                let (count, step) = (chance(200).cast_signed(), [1, 1, 1, -1, 2][chance(5) as usize]);
                let what = chance(8);
                for number in (0..count).map(|n| first + n * step) {
                    let word = exact.make_word(Key::Int(number)).unwrap();
                    assert_eq!(exact.contains(word), known.contains(&number));
                    match what {
                        0 => assert_eq!(exact.remove(word), known.remove(&number)),
                        1 => {}
                        _ => assert_eq!(exact.insert(word), known.insert(number)),
                    }
                    assert_eq!(exact.len(), known.len());
                }
            }
            for number in [-ZERO, -ZERO + 1, ZERO - 1, ZERO - 2] {
                let word = exact.make_word(Key::Int(number)).unwrap();
                assert_eq!(exact.insert(word), known.insert(number));
            }
            let (mut cursor, mut space, mut walked) = (Cursor::default(), Vec::new(), HashSet::new());
            while let Some(word) = exact.walk(&mut cursor) {
                let Key::Int(number) = exact.key(word, &mut space) else { panic!("a text") };
                assert!(walked.insert(number));
            }
            assert_eq!(walked, known);
            while let Some(word) = exact.any() {
                assert!(exact.remove(word));
            }
            assert!(exact.is_empty());
        }
    }

    #[test]
    fn the_table_is_small() {
        let mut exact = Exact::default();
        for number in 0..300_000_u32 {
            let word = exact.make_word(Key::Int(number.into())).unwrap();
            exact.insert(word);
            assert!(number < 20_000 || exact.size() <= number as usize * 2, "{number}");
        }
        let mut exact = Exact::default();
        for number in 0..300_000_u32 {
            // No more than two of these come in a row.
            let word = exact.make_word(Key::Int((number ^ 1).into())).unwrap();
            exact.insert(word);
            assert!(number < 20_000 || exact.size() <= number as usize * 13, "{number}");
        }
    }
}
