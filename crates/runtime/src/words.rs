//! Ints and floats that are their own keys, as machine words whose unsigned
//! order is the order of the values: eight bytes each and nothing besides.
//! Equal words are equal values, so there is no stability to keep.

use crate::Record;

/// What a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordKind {
    Int,
    Float,
}

const SIGN: u64 = 1 << 63;

#[inline]
pub fn from_int(value: i64) -> u64 {
    value.cast_unsigned() ^ SIGN
}

#[inline]
pub fn to_int(word: u64) -> i64 {
    (word ^ SIGN).cast_signed()
}

/// The bits of a float, reordered: all bits of negatives are flipped, the sign
/// of the others. `-0.0` comes just before `0.0`; whoever needs them equal has
/// to add `0.0` first.
#[inline]
pub fn from_float(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

#[inline]
pub fn to_float(word: u64) -> f64 {
    f64::from_bits(if word & SIGN == 0 { !word } else { word ^ SIGN })
}

impl WordKind {
    #[inline]
    pub fn record(self, word: u64) -> Record<'static> {
        match self {
            Self::Int => Record::Int(to_int(word)),
            Self::Float => Record::Float(to_float(word)),
        }
    }
}

/// Sorts words upwards or downwards.
pub fn sort(words: &mut [u64], reverse: bool) {
    words.sort_unstable();
    if reverse {
        words.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_order_and_value() {
        let ints = [i64::MIN, -5, -1, 0, 1, 77, i64::MAX];
        assert!(ints.map(from_int).is_sorted());
        assert!(ints.iter().all(|&i| to_int(from_int(i)) == i));
        let floats = [f64::NEG_INFINITY, -2.5, -1e-308, -0.0, 0.0, 1e-308, 3.0, f64::INFINITY];
        assert!(floats.map(from_float).is_sorted());
        assert!(floats.iter().all(|&f| to_float(from_float(f)).to_bits() == f.to_bits()));
    }
}
