//! Writing values. Each function appends one value, or the opening or closing of
//! one, to a buffer that the caller keeps between records.

use super::{Kind, tag};
use crate::words;

/// An unsigned number, seven bits a byte, the lowest first (LEB128).
#[inline]
pub fn varint(into: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

pub fn none(into: &mut Vec<u8>) {
    into.push(tag::NONE);
}

pub fn bool(into: &mut Vec<u8>, value: bool) {
    into.push(if value { tag::TRUE } else { tag::FALSE });
}

#[inline]
pub fn int(into: &mut Vec<u8>, value: i64) {
    let magnitude = value.unsigned_abs();
    let length = (71 - magnitude.leading_zeros()) as usize / 8;
    let shift = 64 - 8 * length as u32;
    // For zero there is nothing to shift, and 64 would be out of range.
    let mut head = magnitude.checked_shl(shift).unwrap_or(0);
    let mut opening = tag::INT + length as u8;
    if value < 0 {
        head = !head;
        opening = tag::INT - length as u8;
    }
    let mut bytes = [opening; 9];
    bytes[1..].copy_from_slice(&head.to_be_bytes());
    into.extend_from_slice(&bytes[..=length]);
}

/// An int beyond 64 bits; `magnitude` has its highest byte first, not zero.
pub fn big_int(into: &mut Vec<u8>, negative: bool, magnitude: &[u8]) {
    let flip = if negative { 0xff } else { 0 };
    let steps = magnitude.len().min(9) as u8;
    into.push(if negative { tag::INT - steps } else { tag::INT + steps });
    if steps == 9 {
        let length = (magnitude.len() as u64).to_be_bytes();
        into.extend(length.iter().map(|byte| byte ^ flip));
    }
    into.extend(magnitude.iter().map(|byte| byte ^ flip));
}

#[inline]
pub fn float(into: &mut Vec<u8>, value: f64) {
    into.push(tag::FLOAT);
    into.extend_from_slice(&words::from_float(value).to_be_bytes());
}

/// Text or bytes inside a key that goes on behind it.
#[inline]
pub fn escaped(into: &mut Vec<u8>, kind: Kind, content: &[u8]) {
    into.push(match kind {
        Kind::Text => tag::TEXT,
        Kind::Bytes => tag::BYTES,
        Kind::Day => tag::DAY,
        Kind::Moment => tag::MOMENT,
    });
    if content.iter().any(|&byte| byte <= 1) {
        escape(into, content);
    } else {
        into.extend_from_slice(content);
    }
    into.push(0);
}

#[cold]
fn escape(into: &mut Vec<u8>, content: &[u8]) {
    for &byte in content {
        if byte <= 1 {
            into.extend_from_slice(&[1, byte + 1]);
        } else {
            into.push(byte);
        }
    }
}

/// Text or bytes that are the whole key.
#[inline]
pub fn rest(into: &mut Vec<u8>, kind: Kind, content: &[u8]) {
    into.push(match kind {
        Kind::Text => tag::TEXT_REST,
        Kind::Bytes => tag::BYTES_REST,
        Kind::Day => tag::DAY_REST,
        Kind::Moment => tag::MOMENT_REST,
    });
    into.extend_from_slice(content);
}

/// Text or bytes that nobody compares.
#[inline]
pub fn sized(into: &mut Vec<u8>, kind: Kind, content: &[u8]) {
    into.push(match kind {
        Kind::Text => tag::TEXT_SIZED,
        Kind::Bytes => tag::BYTES_SIZED,
        Kind::Day => tag::DAY_SIZED,
        Kind::Moment => tag::MOMENT_SIZED,
    });
    varint(into, content.len() as u64);
    into.extend_from_slice(content);
}

pub fn begin_tuple(into: &mut Vec<u8>) {
    into.push(tag::TUPLE);
}

pub fn end_tuple(into: &mut Vec<u8>) {
    into.push(tag::END);
}

/// Opens a tuple that nobody compares; `length` values follow, and no end.
pub fn sized_tuple(into: &mut Vec<u8>, length: usize) {
    into.push(tag::TUPLE_SIZED);
    varint(into, length as u64);
}

/// Opens a value of a registered type; one value follows.
pub fn registered(into: &mut Vec<u8>, number: usize) {
    into.push(tag::REGISTERED);
    varint(into, number as u64);
}

/// A value that its owner keeps in memory under this number.
pub fn reference(into: &mut Vec<u8>, number: usize) {
    into.push(tag::REFERENCE);
    varint(into, number as u64);
}
