//! How far string literals reach: what lib2to3's expressions for them match.

use memchr::{memchr, memchr2};

/// Where a string literal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoted {
    /// Behind the closing quotes.
    Closed(usize),
    /// No quotes close it on its line: the quotes are no token.
    Open,
    /// A line that was continued with a backslash ends without: a bad token up to here.
    Broken(usize),
    /// The text ends within it.
    Unended,
}

/// Whether a word before quotes is a prefix of string literals.
pub fn is_prefix(word: &[u8]) -> bool {
    let lower = |at: usize| word[at].to_ascii_lowercase();
    match word.len() {
        0 => true,
        1 => matches!(lower(0), b'u' | b'r' | b'b' | b'f'),
        2 => matches!((lower(0), lower(1)), (b'r', b'f' | b'b') | (b'f' | b'b' | b'u', b'r')),
        _ => false,
    }
}

/// The literal whose quotes open at `at`.
pub fn string(bytes: &[u8], at: usize) -> Quoted {
    let quote = bytes[at];
    if bytes[at..].starts_with(&[quote; 3]) {
        triple(bytes, at + 3, quote)
    } else {
        single(bytes, at + 1, quote)
    }
}

fn triple(bytes: &[u8], mut at: usize, quote: u8) -> Quoted {
    while let Some(len) = bytes.get(at..).and_then(|rest| memchr2(quote, b'\\', rest)) {
        at += len;
        if bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at..].starts_with(&[quote; 3]) {
            return Quoted::Closed(at + 3);
        } else {
            at += 1;
        }
    }
    Quoted::Unended
}

fn single(bytes: &[u8], mut at: usize, quote: u8) -> Quoted {
    loop {
        match bytes.get(at) {
            None | Some(b'\n') => return Quoted::Open,
            Some(b'\\') => match bytes.get(at + 1..) {
                Some([b'\n', ..]) => return continued(bytes, at + 2, quote),
                Some([b'\r', b'\n', ..]) => return continued(bytes, at + 3, quote),
                _ => at += 2,
            },
            Some(byte) if *byte == quote => return Quoted::Closed(at + 1),
            Some(_) => at += 1,
        }
    }
}

/// The rest of a literal of one quote, from the start of a line on.
fn continued(bytes: &[u8], mut at: usize, quote: u8) -> Quoted {
    while at < bytes.len() {
        let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |len| at + len + 1);
        while at < end {
            match bytes[at] {
                byte if byte == quote => return Quoted::Closed(at + 1),
                b'\\' if bytes.get(at + 1) != Some(&b'\n') => at += 2,
                _ => at += 1,
            }
        }
        // Only how the line ends counts here, not whether the backslash is
        // itself behind a backslash.
        if !(bytes[..end].ends_with(b"\\\n") || bytes[..end].ends_with(b"\\\r\n")) {
            return Quoted::Broken(end);
        }
        at = end;
    }
    Quoted::Unended
}

#[cfg(test)]
mod tests {
    use super::Quoted::*;
    use super::*;

    #[test]
    fn literals_end_where_those_of_lib2to3_do() {
        let cases = [
            ("'a'b", Closed(3)),
            ("''", Closed(2)),
            ("'a", Open),
            ("'a\nb'", Open),
            (r"'\''", Closed(4)),
            ("'\\\nb' ", Closed(5)),
            ("'\\\r\nb'", Closed(6)),
            ("'\\\nb\n", Broken(5)),
            ("'\\\n", Unended),
            ("'\\\nb\\\\\nc'", Closed(9)),
            ("'\\\nb", Broken(4)),
            ("'''a''''", Closed(7)),
            ("'''a''", Unended),
            (r"'''\''''", Closed(8)),
            ("'''\\\n'''", Closed(8)),
            ("'\\", Open),
            ("'''\\", Unended),
        ];
        for (text, end) in cases {
            assert_eq!(string(text.as_bytes(), 0), end, "{text:?}");
        }
    }
}
