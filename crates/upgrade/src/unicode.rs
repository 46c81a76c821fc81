//! Characters beyond ASCII, as Python 3.11 sees them.

use crate::unicode_tables::{DIGIT, HIDDEN, PART, Ranges, START, WORD};

fn within(ranges: Ranges, char: char) -> bool {
    let code = u32::from(char);
    let at = ranges.partition_point(|(_, last)| *last < code);
    ranges.get(at).is_some_and(|(first, _)| *first <= code)
}

/// `\w` of Python's `re`.
pub fn is_word(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_alphanumeric() || char == '_' } else { within(WORD, char) }
}

/// `\d` of Python's `re`.
pub fn is_digit(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_digit() } else { within(DIGIT, char) }
}

/// Whether `str.isidentifier` holds for this character alone.
pub fn is_start(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_alphabetic() || char == '_' } else { within(START, char) }
}

/// Whether it may stand in an identifier behind the first character.
pub fn is_part(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_alphanumeric() || char == '_' } else { within(PART, char) }
}

/// `repr` of a string, as Python 3.11 writes it.
pub fn repr(text: &str) -> String {
    use std::fmt::Write;
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for char in text.chars() {
        let code = u32::from(char);
        // Writing to a string cannot fail.
        let _ = match char {
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            '\\' => write!(out, "\\\\"),
            _ if char == quote => write!(out, "\\{char}"),
            ' '..='~' => write!(out, "{char}"),
            _ if char.is_ascii() || within(HIDDEN, char) => match code {
                0..=0xff => write!(out, "\\x{code:02x}"),
                0x100..=0xffff => write!(out, "\\u{code:04x}"),
                _ => write!(out, "\\U{code:08x}"),
            },
            _ => write!(out, "{char}"),
        };
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_python() {
        assert!(is_word('²') && !is_start('²') && is_digit('٣') && !is_digit('²'));
        assert!(!is_word('·') && is_part('·') && is_start('℘') && !is_word('℘') && is_word('é'));
    }

    #[test]
    fn repr_is_that_of_python() {
        assert_eq!(repr("it's"), r#""it's""#);
        assert_eq!(repr("'\""), r#"'\'"'"#);
        assert_eq!(repr("\u{a0}\u{1a}é\n\u{200b}\u{e0001}\\"), r"'\xa0\x1aé\n\u200b\U000e0001\\'");
    }
}
