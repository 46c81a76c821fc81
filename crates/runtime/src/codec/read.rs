//! Reading values, one event at a time, so that whoever makes Python objects of
//! them needs no tree in between. Bytes that nobody wrote give `None`, not a
//! panic.

use std::borrow::Cow;

use super::{Kind, tag};
use crate::words;

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// Beyond 64 bits; the highest byte comes first.
    BigInt {
        negative: bool,
        magnitude: Cow<'a, [u8]>,
    },
    Float(f64),
    Content(Kind, Cow<'a, [u8]>),
    /// Values up to [`Event::TupleEnd`] follow.
    TupleBegin,
    TupleEnd,
    /// As many values follow, and no end.
    TupleSized(usize),
    /// One value follows, from which an instance of this type is made.
    Registered(usize),
    Reference(usize),
}

/// A place in encoded bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn position(&self) -> usize {
        self.at
    }

    #[inline]
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    #[inline]
    pub fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.varint()?).ok()
    }

    /// The next event; `None` at the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "callers look at the position between events, which an iterator adapter would hide"
    )]
    #[inline]
    pub fn next(&mut self) -> Option<Event<'a>> {
        let opening = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(match opening {
            tag::NONE => Event::None,
            tag::FALSE => Event::Bool(false),
            tag::TRUE => Event::Bool(true),
            tag::FLOAT => {
                let word = u64::from_be_bytes(self.take(8)?.try_into().ok()?);
                Event::Float(words::to_float(word))
            }
            tag::TEXT => Event::Content(Kind::Text, self.escaped()?),
            tag::BYTES => Event::Content(Kind::Bytes, self.escaped()?),
            tag::TEXT_REST => Event::Content(Kind::Text, self.rest()),
            tag::BYTES_REST => Event::Content(Kind::Bytes, self.rest()),
            tag::TEXT_SIZED => Event::Content(Kind::Text, self.sized()?),
            tag::BYTES_SIZED => Event::Content(Kind::Bytes, self.sized()?),
            tag::DAY => Event::Content(Kind::Day, self.escaped()?),
            tag::DAY_REST => Event::Content(Kind::Day, self.rest()),
            tag::DAY_SIZED => Event::Content(Kind::Day, self.sized()?),
            tag::MOMENT => Event::Content(Kind::Moment, self.escaped()?),
            tag::MOMENT_REST => Event::Content(Kind::Moment, self.rest()),
            tag::MOMENT_SIZED => Event::Content(Kind::Moment, self.sized()?),
            tag::TUPLE => Event::TupleBegin,
            tag::END => Event::TupleEnd,
            tag::TUPLE_SIZED => Event::TupleSized(self.length()?),
            tag::REGISTERED => Event::Registered(self.length()?),
            tag::REFERENCE => Event::Reference(self.length()?),
            tag::INT_LOWEST..=tag::INT_HIGHEST => self.int(opening)?,
            _ => return None,
        })
    }

    #[inline]
    fn int(&mut self, opening: u8) -> Option<Event<'a>> {
        let negative = opening < tag::INT;
        let length = opening.abs_diff(tag::INT) as usize;
        if length == 9 {
            return self.big_int(negative);
        }
        let content = self.take(length)?;
        let mut bytes = [if negative { 0xff } else { 0 }; 8];
        bytes[8 - length..].copy_from_slice(content);
        let word = u64::from_be_bytes(bytes);
        let magnitude = if negative { !word } else { word };
        let value = i128::from(magnitude) * if negative { -1 } else { 1 };
        Some(match i64::try_from(value) {
            Ok(value) => Event::Int(value),
            Err(_) => Event::BigInt { negative, magnitude: Cow::Owned(magnitude.to_be_bytes().to_vec()) },
        })
    }

    fn big_int(&mut self, negative: bool) -> Option<Event<'a>> {
        let mut length = u64::from_be_bytes(self.take(8)?.try_into().ok()?);
        if negative {
            length = !length;
        }
        let content = self.take(usize::try_from(length).ok()?)?;
        let magnitude =
            if negative { content.iter().map(|byte| !byte).collect() } else { Cow::Borrowed(content) };
        Some(Event::BigInt { negative, magnitude })
    }

    fn rest(&mut self) -> Cow<'a, [u8]> {
        let content = &self.bytes[self.at..];
        self.at = self.bytes.len();
        Cow::Borrowed(content)
    }

    fn sized(&mut self) -> Option<Cow<'a, [u8]>> {
        let length = self.length()?;
        self.take(length).map(Cow::Borrowed)
    }

    #[inline]
    fn escaped(&mut self) -> Option<Cow<'a, [u8]>> {
        let rest = self.bytes.get(self.at..)?;
        let stop = rest.iter().position(|&byte| byte <= 1)?;
        if rest[stop] == 0 {
            self.at += stop + 1;
            return Some(Cow::Borrowed(&rest[..stop]));
        }
        self.unescape(stop).map(Cow::Owned)
    }

    #[cold]
    fn unescape(&mut self, clean: usize) -> Option<Vec<u8>> {
        let mut content = self.take(clean)?.to_vec();
        loop {
            match *self.take(1)?.first()? {
                0 => return Some(content),
                1 => content.push(self.take(1)?.first()?.checked_sub(1)?),
                byte => content.push(byte),
            }
        }
    }
}
