//! How far numbers and names reach: what lib2to3's expressions for them match.

use crate::unicode;

/// The character at a place beyond ASCII; nothing at the end.
pub fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// The end of the `\w+` that starts (or could start) at `at`.
pub fn word_end(text: &str, mut at: usize) -> usize {
    while let Some(char) = char_at(text, at).filter(|char| unicode::is_word(*char)) {
        at += char.len_utf8();
    }
    at
}

/// The end of the number at `at`; `at` if there is none.
pub fn number_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let get = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let imaginary = |at: usize| at + usize::from(matches!(get(at), b'j' | b'J'));
    if get(at) == b'.' {
        let digits = digits(text, at + 1);
        return if digits > at + 1 { imaginary(exponent(text, digits)) } else { at };
    }
    let whole = digits(text, at);
    if whole == at {
        return at;
    }
    match get(whole) {
        b'j' | b'J' => return whole + 1,
        b'.' => return imaginary(exponent(text, digits(text, whole + 1))),
        b'e' | b'E' => {
            let end = exponent(text, whole);
            if end > whole {
                return imaginary(end);
            }
        }
        _ => {}
    }
    let long = |at: usize| at + usize::from(matches!(get(at), b'l' | b'L'));
    match get(at) {
        b'0' => match zero(bytes, at) {
            Some((end, true)) => long(end),
            Some((end, false)) => end,
            None => long(at + 1),
        },
        b'1'..=b'9' => long(whole),
        // Other digits than those of ASCII make no integer.
        _ => at,
    }
}

/// The end of a number that starts with `0` and a base, and whether `L` may follow.
fn zero(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let octal = |byte: u8| matches!(byte, b'0'..=b'7');
    match bytes.get(at + 1)? {
        b'b' | b'B' => grouped(bytes, at + 2, |byte| matches!(byte, b'0' | b'1')).map(|end| (end, false)),
        b'x' | b'X' => grouped(bytes, at + 2, |byte| byte.is_ascii_hexdigit()).map(|end| (end, true)),
        b'o' | b'O' => grouped(bytes, at + 2, octal).map(|end| (end, true)),
        _ => grouped(bytes, at + 1, octal).map(|end| (end, true)),
    }
}

/// Digits, with single underscores between them and perhaps one before.
fn grouped(bytes: &[u8], at: usize, is_digit: impl Fn(u8) -> bool) -> Option<usize> {
    let run = |from: usize| from + bytes[from..].iter().take_while(|byte| is_digit(**byte)).count();
    let start = at + usize::from(bytes.get(at) == Some(&b'_'));
    let mut end = run(start);
    if end == start {
        return None;
    }
    while bytes.get(end) == Some(&b'_') && run(end + 1) > end + 1 {
        end = run(end + 1);
    }
    Some(end)
}

/// Decimal digits of any script, with single underscores between them.
fn digits(text: &str, at: usize) -> usize {
    let mut end = digit_run(text, at);
    if end > at {
        while text.as_bytes().get(end) == Some(&b'_') {
            let next = digit_run(text, end + 1);
            if next == end + 1 {
                break;
            }
            end = next;
        }
    }
    end
}

fn digit_run(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            Some(byte) if byte.is_ascii_digit() => at += 1,
            Some(byte) if !byte.is_ascii() => match char_at(text, at) {
                Some(char) if unicode::is_digit(char) => at += char.len_utf8(),
                _ => return at,
            },
            _ => return at,
        }
    }
}

/// The end of an exponent at `at`; `at` if there is none.
fn exponent(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    if !matches!(bytes.get(at), Some(b'e' | b'E')) {
        return at;
    }
    let start = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
    let end = digits(text, start);
    if end > start { end } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_those_of_lib2to3_do() {
        let cases = [
            ("0", 1),
            ("00", 2),
            ("08", 1),
            ("08.5", 4),
            ("08j", 3),
            ("0777L", 5),
            ("0l", 2),
            ("0xFFl", 5),
            ("0xfor", 3),
            ("0x", 1),
            ("0x_f_", 4),
            ("0b102", 4),
            ("0b1L", 3),
            ("0b", 1),
            ("0o17", 4),
            ("0_7", 3),
            ("0_8", 1),
            ("0_8.", 4),
            ("1_000_", 5),
            ("1__0", 1),
            ("1.e5", 4),
            ("1.e", 2),
            ("1e5j", 4),
            ("1e+", 1),
            ("1e+5", 4),
            ("1if", 1),
            ("1..", 2),
            ("1.5e-3_0J", 9),
            (".5", 2),
            ("..", 0),
            ("12L", 3),
            ("12LL", 3),
            ("1.L", 2),
            ("1٣", 3),
            ("٣", 0),
            ("٣.", 3),
            (".٣e1", 5),
        ];
        for (text, end) in cases {
            assert_eq!(number_end(text, 0), end, "{text}");
        }
    }
}
