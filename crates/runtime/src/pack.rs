//! Whole objects as bytes that nobody compares: small, and quick to write and to
//! read.
//!
//! Every value opens with a tag; many tags hold their whole value or its length.
//! Short texts come again and again in columns of data, so the writer remembers
//! the latest of them in a table of [`SLOTS`] places: a text that is still there
//! is written as its place, and where it stands is marked, so that the reader
//! remembers it too, and no others. The table begins anew with each page, so that
//! pages can be read by themselves.

pub use crate::codec::varint;

/// The first byte of a value. Below [`TEXT_SHORT`]: a text of so many bytes.
pub mod tag {
    pub const TEXT_SHORT: u8 = 0x40;
    /// From here, 64 ints from zero on.
    pub const INT_SMALL: u8 = 0x40;
    pub const INT_SMALL_END: u8 = 0x80;
    pub const NONE: u8 = 0x80;
    pub const FALSE: u8 = 0x81;
    pub const TRUE: u8 = 0x82;
    /// A word of 64 bits follows, the lowest first: where all are to be alike.
    pub const INT: u8 = 0x83;
    /// A length and bytes follow: two's complement, the lowest first.
    pub const INT_BIG: u8 = 0x84;
    pub const FLOAT: u8 = 0x85;
    pub const TEXT: u8 = 0x86;
    /// With lone surrogates, encoded like other code points.
    pub const TEXT_ODD: u8 = 0x87;
    pub const BYTES: u8 = 0x88;
    /// A place in the table of recent texts follows.
    pub const TEXT_AGAIN: u8 = 0x89;
    pub const TUPLE: u8 = 0x8a;
    pub const LIST: u8 = 0x8b;
    pub const SET: u8 = 0x8c;
    pub const FROZENSET: u8 = 0x8d;
    /// A length, and keys and values by turns.
    pub const DICT: u8 = 0x8e;
    /// The number of a shape, and values.
    pub const SHAPED: u8 = 0x8f;
    /// The number of a class, a length and elements.
    pub const TUPLE_CLASS: u8 = 0x90;
    /// The number of a class, and one value.
    pub const REGISTERED: u8 = 0x91;
    /// The number of a function, and the tuple of its arguments.
    pub const CALL: u8 = 0x92;
    /// The number of an object that its owner keeps in memory.
    pub const PIN: u8 = 0x93;
    /// A place in the table of recent tuples follows, and a tuple, or none if it is
    /// there.
    pub const TUPLE_KEPT: u8 = 0x94;
    pub const TUPLE_AGAIN: u8 = 0x95;
    /// The number of a store of lists on disk, and that of one of its lists.
    pub const GROUP: u8 = 0x96;
    /// From here, ints of one to eight bytes: two's complement, the lowest first.
    pub const INT_SIZED: u8 = 0xa0;
    pub const INT_SIZED_END: u8 = 0xa8;
    /// From here, texts of so many bytes that are to be remembered.
    pub const TEXT_KEPT: u8 = 0xa8;
    pub const TEXT_KEPT_END: u8 = 0xb9;
    /// From here, shapes below 32.
    pub const SHAPED_SMALL: u8 = 0xc0;
    pub const SHAPED_SMALL_END: u8 = 0xe0;
    /// From here, tuples of up to 15 elements.
    pub const TUPLE_SMALL: u8 = 0xf0;
}

/// Texts of so many bytes are remembered. (Python itself keeps shorter ones.)
const REMEMBERED: std::ops::RangeInclusive<usize> = 2..=16;
pub const SLOTS: usize = 256;

/// A text of at most 16 bytes as numbers: its length, beginning and end, which
/// overlap if it is shorter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Short {
    length: u8,
    begin: u64,
    end: u64,
}

impl Short {
    #[inline]
    fn of(text: &[u8]) -> Option<Self> {
        let length = text.len();
        let word = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
        let half = |bytes: &[u8]| bytes.try_into().map_or(0, u32::from_le_bytes);
        if !REMEMBERED.contains(&length) {
            return None;
        }
        let (begin, end) = if length >= 8 {
            (word(&text[..8]), word(&text[length - 8..]))
        } else if length >= 4 {
            (u64::from(half(&text[..4])), u64::from(half(&text[length - 4..])))
        } else {
            (u64::from(text[0]) | u64::from(text[1]) << 8, u64::from(text[length - 1]))
        };
        Some(Self { length: length as u8, begin, end })
    }

    #[inline]
    fn slot(self) -> usize {
        let mixed = (self.begin ^ self.end.rotate_left(29) ^ u64::from(self.length))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 56) as usize
    }
}

/// The place of a text in the table, if it is one that is remembered.
#[inline]
pub fn slot(text: &[u8]) -> Option<usize> {
    Short::of(text).map(Short::slot)
}

/// The table of recent texts, as the writer needs it.
#[derive(Debug)]
pub struct Recent {
    table: [Short; SLOTS],
    /// Where each of them was written.
    places: [u32; SLOTS],
    lasting: Option<Lasting>,
}

/// Texts that keep their places, for values that are read in another order than
/// they were written in.
#[derive(Debug)]
struct Lasting {
    /// The latest text for each place, which gets it when it comes again: most
    /// that come once never do.
    candidates: [Short; SLOTS],
    texts: Vec<(u8, Box<[u8]>)>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { table: [Short::default(); SLOTS], places: [0; SLOTS], lasting: None }
    }
}

impl Recent {
    /// A table in which nothing is replaced, and which the reader gets whole.
    pub fn lasting() -> Self {
        let lasting = Lasting { candidates: [Short::default(); SLOTS], texts: Vec::new() };
        Self { lasting: Some(lasting), ..Self::default() }
    }

    /// The texts that have kept a place, and their places.
    pub fn texts(&self) -> &[(u8, Box<[u8]>)] {
        self.lasting.as_ref().map_or(&[], |lasting| &lasting.texts)
    }

    pub fn clear(&mut self) {
        self.table.fill(Short::default());
    }

    /// Whether a text stands in its place, now or from now on.
    #[inline]
    fn is_known(&mut self, short: Short, slot: usize, text: &[u8]) -> bool {
        if self.table[slot] == short {
            return true;
        }
        let Some(lasting) = &mut self.lasting else {
            self.table[slot] = short;
            return false;
        };
        if self.table[slot] != Short::default() {
            return false;
        }
        if lasting.candidates[slot] != short {
            lasting.candidates[slot] = short;
            return false;
        }
        self.table[slot] = short;
        lasting.texts.push((slot as u8, text.into()));
        true
    }

    /// Writes a text (without lone surrogates).
    #[inline]
    pub fn text(&mut self, into: &mut Vec<u8>, text: &[u8]) {
        if let Some(short) = Short::of(text) {
            let slot = short.slot();
            if self.is_known(short, slot, text) {
                into.extend_from_slice(&[tag::TEXT_AGAIN, slot as u8]);
                if self.lasting.is_none()
                    && let Some(opening) = into.get_mut(self.places[slot] as usize)
                {
                    *opening = tag::TEXT_KEPT + short.length;
                }
                return;
            }
            self.places[slot] = into.len() as u32;
        }
        if text.len() < usize::from(tag::TEXT_SHORT) {
            into.push(text.len() as u8);
        } else {
            into.push(tag::TEXT);
            varint(into, text.len() as u64);
        }
        into.extend_from_slice(text);
    }
}

#[inline]
pub fn int(into: &mut Vec<u8>, value: i64) {
    if (0..64).contains(&value) {
        into.push(tag::INT_SMALL + value as u8);
    } else {
        let length = (72 - (value ^ (value >> 63)).leading_zeros()) as usize / 8;
        let mut bytes = [tag::INT_SIZED + length as u8 - 1; 9];
        bytes[1..].copy_from_slice(&value.to_le_bytes());
        into.extend_from_slice(&bytes[..=length]);
    }
}

#[inline]
pub fn float(into: &mut Vec<u8>, value: f64) {
    let mut bytes = [tag::FLOAT; 9];
    bytes[1..].copy_from_slice(&value.to_bits().to_le_bytes());
    into.extend_from_slice(&bytes);
}

/// A tag with a number behind it.
#[inline]
pub fn numbered(into: &mut Vec<u8>, tag: u8, number: usize) {
    into.push(tag);
    varint(into, number as u64);
}

/// A tag with a length and bytes behind it.
#[inline]
pub fn sized(into: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    numbered(into, tag, bytes.len());
    into.extend_from_slice(bytes);
}

/// Opens a tuple; so many values follow.
#[inline]
pub fn tuple(into: &mut Vec<u8>, length: usize) {
    if length < 16 {
        into.push(tag::TUPLE_SMALL + length as u8);
    } else {
        numbered(into, tag::TUPLE, length);
    }
}

/// Opens a value of a known shape; its values follow.
#[inline]
pub fn shaped(into: &mut Vec<u8>, shape: usize) {
    if shape < 32 {
        into.push(tag::SHAPED_SMALL + shape as u8);
    } else {
        numbered(into, tag::SHAPED, shape);
    }
}

/// A place in packed bytes. Bytes that nobody wrote give `None`, not a panic.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    #[inline]
    pub fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    #[inline]
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    #[inline]
    pub fn varint(&mut self) -> Option<u64> {
        let first = self.byte()?;
        if first < 0x80 { Some(first.into()) } else { self.varint_from(first) }
    }

    fn varint_from(&mut self, first: u8) -> Option<u64> {
        let mut value = u64::from(first & 0x7f);
        let mut shift = 7;
        while shift < 64 {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
            shift += 7;
        }
        None
    }

    #[inline]
    pub fn length(&mut self) -> Option<usize> {
        usize::try_from(self.varint()?).ok()
    }

    /// An int with this tag.
    #[inline]
    pub fn int(&mut self, opening: u8) -> Option<i64> {
        let length = usize::from(opening.wrapping_sub(tag::INT_SIZED) & 7) + 1;
        let shift = 64 - 8 * length as u32;
        let word = match self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            Some(word) => *word,
            None => {
                let mut word = [0; 8];
                word[..length].copy_from_slice(self.bytes.get(self.at..self.at + length)?);
                word
            }
        };
        self.at += length;
        Some(i64::from_le_bytes(word) << shift >> shift)
    }

    #[inline]
    pub fn float(&mut self) -> Option<f64> {
        let bytes = self.take(8)?.try_into().ok()?;
        Some(f64::from_bits(u64::from_le_bytes(bytes)))
    }

    /// The bytes that are the one argument of a call, if they are, and so many.
    #[inline]
    pub fn argument(&mut self, length: usize) -> Option<&'a [u8]> {
        let opening = [tag::TUPLE_SMALL + 1, tag::BYTES, u8::try_from(length).ok()?];
        let rest = self.bytes.get(self.at..)?.strip_prefix(&opening)?;
        let found = rest.get(..length)?;
        self.at += opening.len() + length;
        Some(found)
    }

    /// Bytes behind their length.
    #[inline]
    pub fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let near = |bit: u32| (-2..=2).map(move |by| (1_i64 << bit).wrapping_add(by));
        let ints: Vec<i64> = (0..64).flat_map(near).collect();
        for value in ints.iter().flat_map(|value| [*value, value.wrapping_neg()]) {
            let mut bytes = Vec::new();
            int(&mut bytes, value);
            let mut input = Input::new(&bytes, 0);
            let opening = input.byte().unwrap();
            let back = match opening {
                tag::INT_SIZED..tag::INT_SIZED_END => input.int(opening).unwrap(),
                _ => i64::from(opening - tag::INT_SMALL),
            };
            assert_eq!((back, input.byte()), (value, None));
            bytes.extend([0xaa; 9]);
            assert!(opening < tag::NONE || Input::new(&bytes, 1).int(opening) == Some(value));
        }
        for value in [0.0, -0.0, f64::INFINITY, 1e-310, f64::NAN] {
            let mut bytes = Vec::new();
            float(&mut bytes, value);
            assert_eq!(Input::new(&bytes, 1).float().unwrap().to_bits(), value.to_bits());
        }
    }

    #[test]
    fn texts_that_come_again_are_places() {
        let mut recent = Recent::default();
        let texts = [
            "ab",
            "ba",
            "abc",
            "acc",
            "",
            "a",
            "abcdefgh",
            "abcdefghi",
            "0123456789abcdef",
            "0123456789abcdefg",
        ];
        for text in texts {
            let mut bytes = b"before".to_vec();
            recent.text(&mut bytes, text.as_bytes());
            let first = bytes.split_off(6);
            assert_eq!(first[0] as usize, text.len());
            assert_eq!(&first[1..], text.as_bytes());
            bytes.extend_from_slice(&first);
            recent.text(&mut bytes, text.as_bytes());
            let again = bytes.split_off(6 + first.len());
            match slot(text.as_bytes()) {
                Some(slot) => {
                    assert_eq!(again, [tag::TEXT_AGAIN, slot as u8]);
                    assert_eq!(bytes[6], tag::TEXT_KEPT + text.len() as u8);
                    assert!((tag::TEXT_KEPT..tag::TEXT_KEPT_END).contains(&bytes[6]));
                }
                None => assert_eq!((again, bytes[6]), (first, text.len() as u8)),
            }
        }
        recent.clear();
        let mut bytes = Vec::new();
        recent.text(&mut bytes, b"ab");
        assert_eq!(bytes, b"\x02ab");
    }

    #[test]
    fn lasting_texts_keep_their_places() {
        let mut recent = Recent::lasting();
        let mut write = |text: &str| {
            let mut bytes = Vec::new();
            recent.text(&mut bytes, text.as_bytes());
            bytes
        };
        let place = slot(b"Oslo").unwrap() as u8;
        // Another text with the same place.
        let rival =
            (0..9999).map(|n| format!("t{n}")).find(|text| slot(text.as_bytes()) == slot(b"Oslo")).unwrap();
        assert_eq!(write("Oslo")[1..], *b"Oslo");
        assert_eq!(write("Oslo"), [tag::TEXT_AGAIN, place]);
        for _ in 0..3 {
            assert_eq!(write(&rival)[1..], *rival.as_bytes());
        }
        assert_eq!(write("Oslo"), [tag::TEXT_AGAIN, place]);
        assert_eq!(recent.texts(), [(place, b"Oslo".as_slice().into())]);
    }

    #[test]
    fn short_texts_that_differ_are_never_the_same() {
        let mut seen = std::collections::HashSet::new();
        for length in 2..6 {
            for number in 0..3_u32.pow(length) {
                let text: Vec<u8> = (0..length).map(|place| (number / 3_u32.pow(place) % 3) as u8).collect();
                let Short { length, begin, end } = Short::of(&text).unwrap();
                assert!(seen.insert((length, begin, end)), "{text:?}");
            }
        }
    }

    #[test]
    fn damaged_bytes_are_no_panic() {
        assert_eq!(Input::new(&[0xff; 12], 0).varint(), None);
        assert_eq!(Input::new(&[5, 1], 0).sized(), None);
        assert_eq!(Input::new(&[1], 3).float(), None);
    }
}
