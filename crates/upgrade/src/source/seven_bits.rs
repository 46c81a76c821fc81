//! UTF-7 and HZ, which write everything in seven bits, as Python reads and writes them.
//!
//! The same text may be written in several ways there. As with 2to3, a file that
//! is changed is written anew as a whole, in the way that Python chooses.

use encoding_rs::GBK;

/// The sixty-four digits, whose place is what they stand for.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BITS_OF_DIGIT: u32 = 6;
const BITS_OF_UNIT: u32 = 16;

/// Bits on their way from one width to another.
#[derive(Default)]
struct Bits {
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, width: u32) {
        self.held = (self.held << width) | value;
        self.count += width;
    }

    /// The first so many bits, if there are as many.
    fn take(&mut self, width: u32) -> Option<u32> {
        self.count = self.count.checked_sub(width)?;
        let first = self.held >> self.count;
        self.held &= (1 << self.count) - 1;
        Some(first)
    }

    /// Whether what is left is only what fills the last digit.
    fn is_filling(&self) -> bool {
        self.count < BITS_OF_DIGIT && self.held == 0
    }
}

/// The text in UTF-7, or the first byte that is none, and its place.
pub fn from_utf7(bytes: &[u8]) -> Result<String, (u8, usize)> {
    let mut text = String::new();
    let mut rest = bytes.iter().copied().enumerate().peekable();
    while let Some((at, byte)) = rest.next() {
        let here = (byte, at);
        if byte != b'+' {
            text.push(if byte.is_ascii() { char::from(byte) } else { return Err(here) });
            continue;
        }
        match rest.peek() {
            Some((_, b'-')) => text.push('+'),
            Some((_, next)) if digit(*next).is_none() => return Err(here),
            _ => {}
        }
        let (mut bits, mut units) = (Bits::default(), Vec::new());
        while let Some(value) = rest.peek().and_then(|(_, next)| digit(*next)) {
            bits.push(value, BITS_OF_DIGIT);
            units.extend(bits.take(BITS_OF_UNIT).map(|unit| unit as u16));
            rest.next();
        }
        if !bits.is_filling() {
            return Err(here);
        }
        // Half of a surrogate pair is a character to Python, but cannot be written as UTF-8.
        text.push_str(&String::from_utf16(&units).map_err(|_| here)?);
        rest.next_if(|(_, next)| *next == b'-');
    }
    Ok(text)
}

/// The bytes of a text in UTF-7; there are some for every text.
pub fn to_utf7(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '+' {
            bytes.extend(b"+-");
            continue;
        }
        if is_direct(char) {
            bytes.push(char as u8);
            continue;
        }
        bytes.push(b'+');
        let mut bits = Bits::default();
        let mut next = Some(char);
        while let Some(char) = next {
            for unit in char.encode_utf16(&mut [0; 2]) {
                bits.push(u32::from(*unit), BITS_OF_UNIT);
                while let Some(value) = bits.take(BITS_OF_DIGIT) {
                    bytes.push(DIGITS[value as usize]);
                }
            }
            next = chars.next_if(|char| !is_direct(*char));
        }
        if bits.count > 0 {
            bits.push(0, BITS_OF_DIGIT - bits.count);
            bytes.push(DIGITS[bits.held as usize]);
        }
        // Whatever is no digit ends this, too.
        let needs_end = |char: &char| *char == '-' || digit(*char as u8).is_some();
        if chars.peek().is_none_or(needs_end) {
            bytes.push(b'-');
        }
    }
    bytes
}

fn digit(byte: u8) -> Option<u32> {
    DIGITS.iter().position(|digit| *digit == byte).map(|value| value as u32)
}

/// Whether a character stands for itself.
fn is_direct(char: char) -> bool {
    matches!(char, ' '..='}' | '\t' | '\n' | '\r') && !matches!(char, '+' | '\\')
}

/// Where a byte of GB 2312 is in EUC-CN.
const HIGH: u8 = 0x80;
/// What the web's table has for two signs, and Python's.
const OTHERWISE: [(char, char); 2] = [('\u{b7}', '\u{30fb}'), ('\u{2014}', '\u{2015}')];

/// The text in HZ, or the first byte that is none, and its place.
pub fn from_hz(bytes: &[u8]) -> Result<String, (u8, usize)> {
    let mut text = String::new();
    let (mut at, mut is_chinese) = (0, false);
    while let Some(byte) = bytes.get(at).copied() {
        let next = bytes.get(at + 1).copied();
        let mut step = 2;
        match (byte, next, is_chinese) {
            (b'~', Some(b'~'), false) => text.push('~'),
            (b'~', Some(b'{'), false) => is_chinese = true,
            (b'~', Some(b'}'), true) => is_chinese = false,
            (b'~', Some(b'\n'), false) => {}
            (b'~' | HIGH.., ..) => return Err((byte, at)),
            (_, _, false) => {
                text.push(char::from(byte));
                step = 1;
            }
            (_, second, true) => {
                text.push(second.and_then(|second| chinese(byte, second)).ok_or((byte, at))?);
            }
        }
        at += step;
    }
    Ok(text)
}

/// The character of two bytes.
fn chinese(first: u8, second: u8) -> Option<char> {
    if [first, second].iter().any(|byte| !(0x21..=0x7e).contains(byte)) {
        return None;
    }
    let bytes = [first | HIGH, second | HIGH];
    let char = GBK.decode_without_bom_handling_and_without_replacement(&bytes)?.chars().next()?;
    Some(OTHERWISE.iter().find(|(web, _)| *web == char).map_or(char, |(_, ours)| *ours))
}

/// The bytes of a text in HZ, or the first character that has none.
pub fn to_hz(text: &str) -> Result<Vec<u8>, char> {
    let mut bytes = Vec::new();
    let mut is_chinese = false;
    for char in text.chars() {
        if char.is_ascii() {
            if is_chinese {
                bytes.extend(b"~}");
            }
            is_chinese = false;
            bytes.push(char as u8);
            if char == '~' {
                bytes.push(b'~');
            }
            continue;
        }
        let known = OTHERWISE.iter().find(|(_, ours)| *ours == char).map_or(char, |(web, _)| *web);
        let mut buffer = [0; 4];
        let (pair, _, is_lost) = GBK.encode(known.encode_utf8(&mut buffer));
        let [first, second] = pair[..] else { return Err(char) };
        let pair = [first & !HIGH, second & !HIGH];
        if is_lost || first & second & HIGH == 0 || chinese(pair[0], pair[1]) != Some(char) {
            return Err(char);
        }
        if !is_chinese {
            bytes.extend(b"~{");
        }
        is_chinese = true;
        bytes.extend(pair);
    }
    if is_chinese {
        bytes.extend(b"~}");
    }
    Ok(bytes)
}
