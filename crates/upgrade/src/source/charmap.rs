//! Python's encodings of one byte per character.

use std::sync::LazyLock;

/// The names of an encoding, and its characters from 0x80 on; none where a byte
/// stands for nothing.
struct Entry {
    names: Vec<&'static str>,
    chars: Vec<Option<char>>,
}

/// Written by `xtask/python/charmaps.py`, which says how.
static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    const DIGITS: usize = 4;
    let entry = |line: &'static str| {
        let mut words = line.split(' ');
        let codes = words.next().unwrap_or_default().as_bytes().chunks(DIGITS);
        let char = |code: &[u8]| {
            let code = u32::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?;
            char::from_u32(code).filter(|char| *char != char::REPLACEMENT_CHARACTER)
        };
        Entry { chars: codes.map(char).collect(), names: words.collect() }
    };
    include_str!("charmaps.txt").lines().map(entry).collect()
});

/// One of them, by its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charmap(usize);

/// The first byte that is not ASCII.
const HIGH: u8 = 0x80;

impl Charmap {
    /// The encoding that bears this (normalized) name.
    pub fn named(name: &str) -> Option<Self> {
        let undotted = name.replace('.', "_");
        ENTRIES
            .iter()
            .position(|entry| entry.names.contains(&name) || entry.names.contains(&&*undotted))
            .map(Self)
    }

    pub fn decode(self, bytes: &[u8]) -> Result<String, (u8, usize)> {
        let chars = &ENTRIES[self.0].chars;
        let char = |(at, byte): (usize, &u8)| match byte.checked_sub(HIGH) {
            None => Ok(char::from(*byte)),
            Some(high) => chars[usize::from(high)].ok_or((*byte, at)),
        };
        bytes.iter().enumerate().map(char).collect()
    }

    pub fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        let chars = &ENTRIES[self.0].chars;
        let byte = |char: char| {
            if char.is_ascii() {
                return Ok(char as u8);
            }
            // Of several bytes for one character Python takes the last.
            let high = chars.iter().rposition(|other| *other == Some(char)).ok_or(char)?;
            Ok(HIGH + high as u8)
        };
        text.chars().map(byte).collect()
    }
}
