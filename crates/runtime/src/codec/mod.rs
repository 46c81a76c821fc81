//! Values as bytes. One notation serves for keys and for what is stored with
//! them; written as a key, comparing the bytes compares the values, so sorting
//! never looks inside.
//!
//! - Every value opens with a tag that says its type. A tuple closes with
//!   [`tag::END`], the smallest tag, so that a shorter tuple comes first.
//! - Ints: the tag says sign and length, the bytes follow from the highest on
//!   (inverted for negatives), so longer is farther from zero.
//! - Floats: reordered bits, as in [`crate::Record`]'s words.
//! - Text: UTF-8 (with surrogates encoded like other code points), whose byte
//!   order is code point order, which is how Python compares. Inside a tuple it
//!   ends with a zero, and bytes 0 and 1 are escaped by a 1. A key that is text
//!   needs neither.
//!
//! Where two keys differ first in a tag, the values' types differ at the same
//! place, and Python might refuse to compare them: [`comparable`] tells.

mod read;
mod write;

pub use read::{Event, Reader};
pub use write::{
    begin_tuple, big_int, bool, end_tuple, escaped, float, int, none, reference, registered, rest, sized,
    sized_tuple, varint,
};

/// Text or bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Bytes,
    /// Text that stands for a day, and compares as it does.
    Day,
    /// The same for a day and a time, which Python compares with no mere day.
    Moment,
}

/// The first byte of every value.
pub(crate) mod tag {
    pub const END: u8 = 0x01;
    pub const NONE: u8 = 0x02;
    pub const FALSE: u8 = 0x03;
    pub const TRUE: u8 = 0x04;
    pub const FLOAT: u8 = 0x10;
    pub const TEXT: u8 = 0x20;
    pub const BYTES: u8 = 0x21;
    pub const TEXT_REST: u8 = 0x22;
    pub const BYTES_REST: u8 = 0x23;
    pub const TEXT_SIZED: u8 = 0x24;
    pub const BYTES_SIZED: u8 = 0x25;
    pub const MOMENT: u8 = 0x26;
    pub const MOMENT_REST: u8 = 0x27;
    pub const MOMENT_SIZED: u8 = 0x28;
    pub const DAY: u8 = 0x29;
    pub const DAY_REST: u8 = 0x2a;
    pub const DAY_SIZED: u8 = 0x2b;
    pub const TUPLE: u8 = 0x30;
    pub const TUPLE_SIZED: u8 = 0x31;
    pub const REGISTERED: u8 = 0x32;
    pub const REFERENCE: u8 = 0x33;
    /// Zero; up to eight above and below it say how many bytes follow, nine that
    /// a length follows.
    pub const INT: u8 = 0x80;
    pub const INT_LOWEST: u8 = INT - 9;
    pub const INT_HIGHEST: u8 = INT + 9;
}

/// How many bytes `left` and `right` share at their beginnings.
#[inline]
pub(crate) fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    left.iter().zip(right).take_while(|(a, b)| a == b).count()
}

/// Whether a key might equal a shorter one once both are filled up with zeros:
/// text without an end of its own, when it ends in a zero. All other keys say
/// themselves where they end.
#[inline]
pub(crate) fn ends_in_doubt(key: &[u8]) -> bool {
    matches!(key, [tag::TEXT_REST | tag::BYTES_REST | tag::MOMENT_REST | tag::DAY_REST, .., 0])
}

/// Whether Python compares these two keys without meeting values of different
/// types: whether the first byte in which they differ is not a tag, or is the
/// end of a tuple in one of them.
pub fn comparable(left: &[u8], right: &[u8]) -> bool {
    let difference = common_prefix(left, right);
    if difference == left.len() || difference == right.len() {
        return true;
    }
    let mut reader = Reader::new(left);
    // Reads on until a value starts at the difference, or beyond it.
    while reader.position() < difference {
        if reader.next().is_none() {
            return true;
        }
    }
    reader.position() > difference || same_type(left[difference], right[difference])
}

fn same_type(left: u8, right: u8) -> bool {
    let group = |byte| match byte {
        tag::FALSE | tag::TRUE => tag::TRUE,
        tag::INT_LOWEST..=tag::INT_HIGHEST => tag::INT,
        other => other,
    };
    left == tag::END || right == tag::END || group(left) == group(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    enum Value {
        None,
        Int(i64),
        Float(f64),
        Text(&'static str),
        Tuple(Vec<Value>),
    }
    use Value::{Float, Int, None, Text, Tuple};

    fn write(value: &Value, into: &mut Vec<u8>) {
        match value {
            None => none(into),
            Int(value) => int(into, *value),
            Float(value) => float(into, *value),
            Text(value) => escaped(into, Kind::Text, value.as_bytes()),
            Tuple(values) => {
                begin_tuple(into);
                for value in values {
                    write(value, into);
                }
                end_tuple(into);
            }
        }
    }

    fn bytes(value: &Value) -> Vec<u8> {
        let mut into = Vec::new();
        write(value, &mut into);
        into
    }

    #[test]
    fn ints_keep_their_order_and_come_back() {
        let mut values = vec![i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX, 0];
        for bits in 0..63 {
            for near in [-1, 0, 1] {
                values.extend([(1_i64 << bits) + near, -(1_i64 << bits) + near]);
            }
        }
        values.sort_unstable();
        values.dedup();
        let keys: Vec<_> = values.iter().map(|&value| bytes(&Int(value))).collect();
        assert!(keys.is_sorted());
        for (key, value) in keys.iter().zip(values) {
            assert_eq!(Reader::new(key).next(), Some(Event::Int(value)));
        }
    }

    #[test]
    fn big_ints_keep_their_order_and_come_back() {
        let numbers: [(bool, &[u8]); 7] = [
            (true, &[1; 300]),
            (true, &[9; 9]),
            (true, &[8; 9]),
            (false, &[0xff; 8]),
            (false, &[8; 9]),
            (false, &[9; 9]),
            (false, &[1; 300]),
        ];
        let keys = numbers.map(|(negative, magnitude)| {
            let mut key = Vec::new();
            big_int(&mut key, negative, magnitude);
            key
        });
        assert!(keys.is_sorted());
        assert!(bytes(&Int(i64::MAX)) < keys[3]);
        assert!(bytes(&Int(i64::MIN)) > keys[2]);
        for (key, (negative, magnitude)) in keys.iter().zip(numbers) {
            let Some(Event::BigInt { negative: sign, magnitude: back }) = Reader::new(key).next() else {
                panic!("no big int")
            };
            assert_eq!((sign, &*back), (negative, magnitude));
        }
    }

    #[test]
    fn tuples_compare_by_element_then_by_length() {
        let ordered = [
            Tuple(vec![]),
            Tuple(vec![Text("")]),
            Tuple(vec![Text(""), Int(3)]),
            Tuple(vec![Text("\0")]),
            Tuple(vec![Text("\0\0")]),
            Tuple(vec![Text("\u{1}")]),
            Tuple(vec![Text("\u{1}a"), Int(-1)]),
            Tuple(vec![Text("\u{2}")]),
            Tuple(vec![Text("a")]),
            Tuple(vec![Text("a"), Int(-300)]),
            Tuple(vec![Text("a"), Int(-3), Tuple(vec![Float(-1.5)])]),
            Tuple(vec![Text("a"), Int(-3), Tuple(vec![Float(2.5)])]),
            Tuple(vec![Text("ab")]),
            Tuple(vec![Text("\u{ffff}")]),
            Tuple(vec![Text("\u{10000}")]),
        ];
        let keys = ordered.clone().map(|value| bytes(&value));
        assert!(keys.is_sorted());
        assert!(keys.windows(2).all(|pair| comparable(&pair[0], &pair[1])));
    }

    #[test]
    fn types_that_differ_are_noticed_where_they_are_compared() {
        let row = |a: i64, b: Value| bytes(&Tuple(vec![Int(a), b]));
        assert!(comparable(&row(1, None), &row(2, Text("x"))));
        assert!(!comparable(&row(1, None), &row(1, Text("x"))));
        assert!(!comparable(&row(1, Int(1)), &row(1, Float(1.0))));
        assert!(comparable(&row(1, Int(-700)), &row(1, Int(5))));
        assert!(comparable(&row(1, None), &bytes(&Tuple(vec![Int(1)]))));
    }

    #[test]
    fn text_for_a_date_is_not_that_text() {
        for write in [escaped, rest, sized] {
            let content = b"2024-02-29";
            let kinds = [Kind::Day, Kind::Moment, Kind::Text, Kind::Bytes];
            let all = kinds.map(|kind| {
                let mut key = Vec::new();
                write(&mut key, kind, content);
                let back = Event::Content(kind, content.as_slice().into());
                assert_eq!(Reader::new(&key).next(), Some(back));
                key
            });
            for (at, key) in all.iter().enumerate() {
                assert!(all[..at].iter().all(|other| !comparable(key, other)));
            }
        }
    }

    #[test]
    fn damaged_bytes_are_no_panic() {
        let whole = bytes(&Tuple(vec![Text("a\0b"), Int(77_777), Float(1.0), None]));
        for cut in 0..whole.len() {
            let mut reader = Reader::new(&whole[..cut]);
            while let Some(event) = reader.next() {
                assert_ne!(event, Event::Int(0));
            }
        }
        assert_eq!(Reader::new(&[0xee, 1]).next(), Option::None);
    }
}
