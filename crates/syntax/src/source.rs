//! Bytes to text and back, as Python reads source files (PEP 263).
//!
//! A tool that writes files back must not change what it did not mean to: the
//! encoding, the byte-order mark and the newlines of a file are remembered and
//! restored. What cannot be read exactly is an error, never a guess.

use std::ops::Range;

use crate::encoding::Encoding;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The text of a file, and how it was written down.
#[derive(Clone, Debug)]
pub struct Source {
    text: String,
    encoding: Encoding,
    bom: bool,
    newline: &'static str,
}

/// Why bytes are no Python source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeProblem {
    #[error(
        "line {line}: byte 0x{byte:02x} is no {encoding} ({advice})",
        advice = if encoding == "utf-8" {
            "declare the encoding in the first line, `# -*- coding: … -*-`, or save the file as UTF-8"
        } else {
            "the declared encoding is not the one that the file is written in"
        }
    )]
    Undecodable { encoding: String, line: usize, byte: u8, at: usize },
    #[error("line {line}: unknown encoding `{encoding}`: convert the file to UTF-8 and drop the declaration")]
    UnknownEncoding { encoding: String, line: usize },
    #[error("line {line}: the file starts with a UTF-8 byte-order mark, but declares `{encoding}`: drop one")]
    BomAgainst { encoding: String, line: usize },
    #[error("line {line}: source code cannot contain null bytes: is this a text file?")]
    Nul { line: usize, at: usize },
}

/// Why a new text cannot be written in the file's encoding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: `{character}` cannot be written in {encoding}, the encoding that the file declares")]
pub struct EncodeProblem {
    pub character: char,
    pub encoding: String,
    pub line: usize,
}

impl Source {
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeProblem> {
        let bom = bytes.starts_with(BOM);
        let bytes = if bom { &bytes[BOM.len()..] } else { bytes };
        if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
            return Err(DecodeProblem::Nul { line: line_of(bytes, at), at });
        }
        let encoding = match declared(bytes) {
            None => Encoding::UTF_8,
            Some((line, name)) => {
                let name = String::from_utf8_lossy(&bytes[name]).into_owned();
                match Encoding::named(&name) {
                    None => return Err(DecodeProblem::UnknownEncoding { encoding: name, line }),
                    // CPython wants this very spelling: not even `utf8` will do.
                    Some(_) if bom && !Encoding::is_utf_8_by_name(&name) => {
                        return Err(DecodeProblem::BomAgainst { encoding: name, line });
                    }
                    Some(encoding) => encoding,
                }
            }
        };
        let text = encoding.decode(bytes).map_err(|at| DecodeProblem::Undecodable {
            encoding: encoding.name().to_owned(),
            line: line_of(bytes, at),
            byte: bytes[at],
            at: at + if bom { BOM.len() } else { 0 },
        })?;
        let newline = dominant_newline(&text);
        Ok(Self { text, encoding, bom, newline })
    }

    /// The text without byte-order mark, its newlines as they are in the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn into_text(self) -> String {
        self.text
    }

    /// The name of the encoding.
    pub fn encoding(&self) -> &str {
        self.encoding.name()
    }

    /// How most lines of the file end: what new lines should end with.
    pub fn newline(&self) -> &'static str {
        self.newline
    }

    /// `text` as bytes: in the encoding of this file, with a byte-order mark
    /// if it had one. Newlines are written as they are in `text`.
    pub fn encode(&self, text: &str) -> Result<Vec<u8>, EncodeProblem> {
        let encoded = self.encoding.encode(text).map_err(|at| EncodeProblem {
            character: text[at..].chars().next().unwrap_or_default(),
            encoding: self.encoding.name().to_owned(),
            line: line_of(text.as_bytes(), at),
        })?;
        Ok(if self.bom { [BOM, &encoded].concat() } else { encoded })
    }
}

/// The line (from 1) of a byte, whatever the encoding.
fn line_of(bytes: &[u8], at: usize) -> usize {
    let before = &bytes[..at];
    let feeds = before.split(|byte| *byte == b'\n').count() - 1;
    let lone = before.windows(2).filter(|pair| pair[0] == b'\r' && pair[1] != b'\n').count();
    1 + feeds + lone
}

fn dominant_newline(text: &str) -> &'static str {
    let crlf = text.matches("\r\n").count();
    let lf = text.matches('\n').count() - crlf;
    let cr = text.matches('\r').count() - crlf;
    // On a tie the more common style of the two.
    if lf >= crlf && lf >= cr {
        "\n"
    } else if crlf >= cr {
        "\r\n"
    } else {
        "\r"
    }
}

/// The line and the place of the name in `coding: name`, PEP 263's
/// `^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)` in the first two lines, where the
/// second counts only if the first is blank or a comment.
fn declared(bytes: &[u8]) -> Option<(usize, Range<usize>)> {
    let mut start = 0;
    for line in 1..=2 {
        let end = bytes[start..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let end = end.map_or(bytes.len(), |len| start + len);
        let indent =
            bytes[start..end].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c')).count();
        match bytes[start + indent..end].first() {
            Some(b'#') => {
                if let Some(name) = cookie(&bytes[start..end]) {
                    return Some((line, start + name.start..start + name.end));
                }
            }
            Some(_) => return None,
            None => {}
        }
        let crlf = bytes[end..].starts_with(b"\r\n");
        start = (end + 1 + usize::from(crlf)).min(bytes.len());
    }
    None
}

fn cookie(comment: &[u8]) -> Option<Range<usize>> {
    const WORD: &[u8] = b"coding";
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    for at in 0..comment.len().saturating_sub(WORD.len()) {
        let after = at + WORD.len();
        if &comment[at..after] == WORD && matches!(comment[after], b':' | b'=') {
            let blank = comment[after + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let start = after + 1 + blank;
            let len = comment[start..].iter().take_while(|byte| is_name(byte)).count();
            if len > 0 {
                return Some(start..start + len);
            }
        }
    }
    None
}
