//! Bytes to text and back, as lib2to3 reads and writes files.
//!
//! Which encoding a file is in is found as Python finds it (PEP 263), newlines
//! stay as they are, and a byte-order mark comes back. Where lib2to3 ended with
//! a traceback, there is an error here, and the file is left alone.

mod charmap;
mod encoding;
mod seven_bits;

#[cfg(test)]
mod tests;

use memchr::memchr;

use encoding::{Encoding, is_known_elsewhere};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The text of a file, and how it was written down.
#[derive(Clone, Debug)]
pub struct Source {
    text: String,
    written: Written,
}

/// How a text is written down: to be kept while its text is changed.
#[derive(Clone, Debug)]
pub struct Written {
    name: String,
    encoding: Encoding,
    bom: bool,
}

/// Why bytes are no source, or why a text cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("unknown encoding: {0}")]
    Unknown(String),
    #[error("Python knows the encoding {0}, but it is not built in here")]
    Elsewhere(String),
    #[error("the byte-order mark says UTF-8, but the declared encoding is {0}")]
    BomAgainst(String),
    #[error("'{encoding}' codec can't decode byte 0x{byte:02x} in position {at}")]
    Undecodable { encoding: String, byte: u8, at: usize },
    #[error("'{encoding}' codec can't encode character {}", crate::unicode::repr(&char.to_string()))]
    Unencodable { encoding: String, char: char },
}

impl Source {
    pub fn decode(bytes: Vec<u8>) -> Result<Self, SourceError> {
        let bom = bytes.starts_with(BOM);
        let start = if bom { BOM.len() } else { 0 };
        let (name, encoding) = match declared(&bytes[start..]) {
            None => ("utf-8".to_owned(), Encoding::Utf8),
            Some(name) => match Encoding::named(&name) {
                None if is_known_elsewhere(&name) => return Err(SourceError::Elsewhere(name)),
                None => return Err(SourceError::Unknown(name)),
                Some(encoding) if bom && encoding != Encoding::Utf8 => {
                    return Err(SourceError::BomAgainst(name));
                }
                Some(encoding) => (name, encoding),
            },
        };
        let undecodable = |(byte, at)| SourceError::Undecodable { encoding: name.clone(), byte, at };
        let text = encoding.decode(bytes, start).map_err(undecodable)?;
        Ok(Self { text, written: Written { name, encoding, bom } })
    }

    /// The encoding that the first bytes of a file declare, as lib2to3 names it;
    /// two lines are enough. Whether there is such a one is not looked at.
    pub fn encoding_of(start: &[u8]) -> String {
        let bom = start.starts_with(BOM);
        let declared = declared(&start[if bom { BOM.len() } else { 0 }..]);
        match declared {
            _ if bom => "utf-8-sig".to_owned(),
            Some(name) => name,
            None => "utf-8".to_owned(),
        }
    }

    /// The text without byte-order mark, its newlines as they are in the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, and what is needed to write another one in its place.
    pub fn into_parts(self) -> (String, Written) {
        (self.text, self.written)
    }
}

impl Written {
    /// The name of the encoding, as the file declares it.
    pub fn encoding(&self) -> &str {
        &self.name
    }

    /// The bytes of a text, with a byte-order mark if the file had one.
    pub fn encode(&self, text: &str) -> Result<Vec<u8>, SourceError> {
        let unencodable = |char| SourceError::Unencodable { encoding: self.name.clone(), char };
        let encoded = self.encoding.encode(text).map_err(unencodable)?;
        Ok(if self.bom { [BOM, &encoded].concat() } else { encoded })
    }
}

/// The encoding that the first line declares, or the second if the first is
/// empty or a comment. Lines end at line feeds only.
fn declared(bytes: &[u8]) -> Option<String> {
    let end = |bytes: &[u8]| memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
    let (first, rest) = bytes.split_at(end(bytes));
    if let Some(name) = cookie(first) {
        return Some(name);
    }
    let blank = first.iter().take_while(|byte| is_blank(**byte)).count();
    let is_empty = matches!(first.get(blank), None | Some(b'#' | b'\r' | b'\n'));
    if is_empty { cookie(&rest[..end(rest)]) } else { None }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0c')
}

/// The name in `# … coding: name`; only in a line of ASCII.
fn cookie(line: &[u8]) -> Option<String> {
    const WORD: &str = "coding";
    let line = std::str::from_utf8(line).ok().filter(|line| line.is_ascii())?;
    let comment = line.trim_start_matches([' ', '\t', '\x0c']).strip_prefix('#')?;
    // The expression of PEP 263 does not look across a line end.
    let comment = comment.split('\n').next().unwrap_or_default();
    let named = comment.match_indices(WORD).find_map(|(at, _)| {
        let after = comment[at + WORD.len()..].strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
        let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
        let len = after.find(|char| !is_name(char)).unwrap_or(after.len());
        (len > 0).then(|| &after[..len])
    })?;
    Some(normal(named))
}

/// What the tokenizer makes of some common names with endings, as in `utf-8-unix`.
fn normal(name: &str) -> String {
    const COUNTS: usize = 12;
    let start: String = name.chars().take(COUNTS).collect::<String>().to_ascii_lowercase().replace('_', "-");
    let is =
        |known: &str| start == known || start.strip_prefix(known).is_some_and(|end| end.starts_with('-'));
    if is("utf-8") {
        "utf-8".to_owned()
    } else if ["latin-1", "iso-8859-1", "iso-latin-1"].into_iter().any(is) {
        "iso-8859-1".to_owned()
    } else {
        name.to_owned()
    }
}
