//! Bytes to text and back as 2to3 reads and writes files.
//!
//! It looks for the encoding as Python's `tokenize` does, which is not quite
//! what the interpreter does: a declaration in a line that is not ASCII does
//! not count, and what else is in the file does not matter. The byte order mark
//! and the ends of lines stay as they are.

use spacetime_syntax::Encoding;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// How a file was encoded.
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    encoding: Encoding,
    has_mark: bool,
}

/// The text of a file, and how it was encoded; or why it has none.
pub fn decode(bytes: &[u8]) -> Result<(String, Encoded), String> {
    let has_mark = bytes.starts_with(MARK);
    let rest = if has_mark { &bytes[MARK.len()..] } else { bytes };
    let declared = declared(rest);
    let encoding = match &declared {
        None => Encoding::UTF_8,
        Some(name) => Encoding::named(name).ok_or_else(|| format!("unknown encoding: {name}"))?,
    };
    if has_mark && encoding != Encoding::UTF_8 {
        return Err("encoding problem: utf-8".to_owned());
    }
    let text = encoding.decode(rest).map_err(|at| {
        let byte = rest.get(at).copied().unwrap_or_default();
        let at = at + bytes.len() - rest.len();
        format!("byte 0x{byte:02x} in position {at} is no {}", encoding.name())
    })?;
    Ok((text, Encoded { encoding, has_mark }))
}

impl Encoded {
    /// The bytes of a text in the encoding of the file that it came from.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, String> {
        let encoded = self.encoding.encode(text).map_err(|at| {
            let character = text[at..].chars().next().unwrap_or_default();
            format!("{character:?} in position {at} cannot be written in {}", self.encoding.name())
        })?;
        Ok(if self.has_mark { [MARK, &encoded].concat() } else { encoded })
    }
}

/// The name of the encoding that the first line declares, or the second one
/// where the first is blank or a comment.
fn declared(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let first = lines.next()?;
    in_line(first).or_else(|| {
        let start = first.iter().find(|byte| !b" \t\x0c".contains(byte));
        let is_blank = matches!(start, None | Some(b'#' | b'\r' | b'\n'));
        lines.next().filter(|_| is_blank).and_then(in_line)
    })
}

/// The name in `# … coding: name`.
fn in_line(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line).ok().filter(|line| line.is_ascii())?;
    let comment = line.trim_start_matches([' ', '\t', '\x0c']).strip_prefix('#')?;
    for (at, word) in comment.match_indices("coding") {
        let rest = &comment[at + word.len()..];
        let Some(rest) = rest.strip_prefix([':', '=']) else { continue };
        let rest = rest.trim_start_matches([' ', '\t']);
        let is_part = |c: char| c == '-' || c == '.' || c == '_' || c.is_alphanumeric();
        let name: String = rest.chars().take_while(|c| is_part(*c)).collect();
        if !name.is_empty() {
            return Some(name);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_counts_in_the_first_two_lines() {
        assert_eq!(declared(b"# -*- coding: latin-1 -*-\n"), Some("latin-1".to_owned()));
        assert_eq!(declared(b"#!/usr/bin/python\n# vim: fileencoding=koi8-r\n"), Some("koi8-r".to_owned()));
        assert_eq!(declared(b"x = 1\n# coding: latin-1\n"), None);
        assert_eq!(declared(b"\n\n# coding: latin-1\n"), None);
        assert_eq!(declared(b"# \xe9 coding: latin-1\n"), None);
        assert_eq!(declared(b"# \xe9\n# coding: latin-1\n"), Some("latin-1".to_owned()));
        assert_eq!(declared(b"# encoding coding = utf-8"), Some("utf-8".to_owned()));
    }

    #[test]
    fn bytes_come_back() {
        for bytes in [&b"\xef\xbb\xbfx = 1\r\n"[..], b"# coding: latin-1\nx = '\xe9'\n", b"x = '\xc3\xa9'\0\n"] {
            let (text, encoded) = decode(bytes).unwrap();
            assert_eq!(encoded.encode(&text).unwrap(), bytes);
        }
        assert!(decode(b"x = '\xe9'\n").unwrap_err().contains("0xe9 in position 5"));
        assert!(decode(b"# coding: nonesuch\n").is_err());
        assert!(decode(b"\xef\xbb\xbf# coding: latin-1\n").is_err());
        let (_, latin) = decode(b"# coding: latin-1\n").unwrap();
        assert!(latin.encode("\u{20ac}").is_err());
    }
}
