//! The encodings that Python source may be in.
//!
//! Python's and the web's names agree on most encodings and differ where it
//! hurts: the web's `latin-1` and `ascii` are really windows-1252, and its
//! windows-1252 accepts five bytes that Python's refuses. So the single-byte
//! encodings people still meet have their own tables here, and the rest comes
//! from `encoding_rs`.

/// An encoding by which text can be read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Latin5,
    Latin9,
    Windows1252,
    Web(&'static encoding_rs::Encoding),
}

/// Where ISO 8859-15 differs from ISO 8859-1.
const LATIN9: [(u8, char); 8] =
    [(0xa4, '€'), (0xa6, 'Š'), (0xa8, 'š'), (0xb4, 'Ž'), (0xb8, 'ž'), (0xbc, 'Œ'), (0xbd, 'œ'), (0xbe, 'Ÿ')];

/// Where ISO 8859-9 does, which the web takes for windows-1254.
const LATIN5: [(u8, char); 6] =
    [(0xd0, 'Ğ'), (0xdd, 'İ'), (0xde, 'Ş'), (0xf0, 'ğ'), (0xfd, 'ı'), (0xfe, 'ş')];

/// Bytes that windows-1252 does not assign.
const UNASSIGNED_1252: [u8; 5] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

impl Encoding {
    pub(crate) const UTF_8: Self = Self::Utf8;

    /// The encoding that Python knows by this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace(['_', ' '], "-");
        Some(match name.as_str() {
            "utf-8" | "utf8" | "u8" | "utf" | "utf-8-sig" | "cp65001" | "utf8-ucs2" | "utf8-ucs4" => {
                Self::Utf8
            }
            "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" | "iso646-us" | "us" => Self::Ascii,
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819"
            | "iso-ir-100" => Self::Latin1,
            "latin-5" | "latin5" | "l5" | "iso-8859-9" | "iso8859-9" => Self::Latin5,
            "latin-9" | "latin9" | "l9" | "iso-8859-15" | "iso8859-15" => Self::Latin9,
            "cp1252" | "windows-1252" | "1252" => Self::Windows1252,
            // Python reads these only through other means, if at all.
            name if name.starts_with("utf-16") || name.starts_with("utf16") => return None,
            name if name.starts_with("utf-8-") => Self::Utf8,
            name if name.starts_with("latin-1-") || name.starts_with("iso-8859-1-") => Self::Latin1,
            "replacement" | "x-user-defined" => return None,
            name => return Self::of_the_web(name),
        })
    }

    pub(crate) fn is_utf_8_by_name(name: &str) -> bool {
        let name = name.to_ascii_lowercase().replace('_', "-");
        name == "utf-8" || name.starts_with("utf-8-")
    }

    fn of_the_web(name: &str) -> Option<Self> {
        // Python's `cp1251`, `euc_kr` and `koi8_r` are the web's `windows-1251`…
        let known = encoding_rs::Encoding::for_label(name.as_bytes())
            .or_else(|| encoding_rs::Encoding::for_label(name.replace("cp", "windows-").as_bytes()))?;
        // ISO-2022-JP has states in which bytes of ASCII mean something else,
        // and labels of others stand for more than Python means by them.
        let stands_for_more = known == encoding_rs::WINDOWS_874 && !name.contains("874");
        let plain = !stands_for_more
            && known.is_ascii_compatible()
            && known != encoding_rs::WINDOWS_1252
            && known != encoding_rs::UTF_8
            && known != encoding_rs::X_USER_DEFINED;
        plain.then_some(Self::Web(known))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Ascii => "ascii",
            Self::Latin1 => "iso-8859-1",
            Self::Latin5 => "iso-8859-9",
            Self::Latin9 => "iso-8859-15",
            Self::Windows1252 => "cp1252",
            Self::Web(encoding) => encoding.name(),
        }
    }

    /// The text, or the place of the first byte that is none.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<String, usize> {
        match self {
            Self::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(error) => Err(error.valid_up_to()),
            },
            Self::Web(encoding) => decode_web(encoding, bytes),
            _ => bytes.iter().enumerate().map(|(at, byte)| self.char_of(*byte).ok_or(at)).collect(),
        }
    }

    /// The bytes, or the place of the first character that has none.
    pub(crate) fn encode(self, text: &str) -> Result<Vec<u8>, usize> {
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_owned()),
            Self::Web(encoding) => encode_web(encoding, text),
            _ => text.char_indices().map(|(at, char)| self.byte_of(char).ok_or(at)).collect(),
        }
    }

    fn char_of(self, byte: u8) -> Option<char> {
        match self {
            _ if byte.is_ascii() => Some(char::from(byte)),
            Self::Latin1 => Some(char::from(byte)),
            Self::Latin5 => Some(patched(byte, &LATIN5)),
            Self::Latin9 => Some(patched(byte, &LATIN9)),
            Self::Windows1252 if !UNASSIGNED_1252.contains(&byte) => {
                encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next()
            }
            _ => None,
        }
    }

    fn byte_of(self, char: char) -> Option<u8> {
        // A byte is the one of a character if it is read as that character.
        let guess = u8::try_from(u32::from(char)).ok().filter(|byte| self.char_of(*byte) == Some(char));
        guess.or_else(|| (0x80..=0xff).find(|byte| self.char_of(*byte) == Some(char)))
    }
}

/// ISO 8859-1 with other characters in some places.
fn patched(byte: u8, patches: &[(u8, char)]) -> char {
    let patch = patches.iter().find(|(other, _)| *other == byte);
    patch.map_or(char::from(byte), |(_, char)| *char)
}

fn decode_web(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> Result<String, usize> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        // The web reads bytes that a code page does not assign as control
        // characters; Python refuses them.
        let unassigned =
            |c: char| encoding.name().starts_with("windows-") && ('\u{80}'..'\u{a0}').contains(&c);
        return text.chars().position(unassigned).map_or_else(|| Ok(text.into_owned()), Err);
    }
    // Slow, but only to say where: the longest start that can be read.
    let readable =
        |len: &usize| encoding.decode_without_bom_handling_and_without_replacement(&bytes[..*len]).is_some();
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end - line.len(), line.len()))
    });
    let broken = lines.into_iter().find(|(start, len)| !readable(&(start + len)));
    let (start, len) = broken.unwrap_or((0, bytes.len()));
    let good = (start..start + len).rev().find(|len| readable(len)).unwrap_or(start);
    Err(good.min(bytes.len() - 1))
}

fn encode_web(encoding: &'static encoding_rs::Encoding, text: &str) -> Result<Vec<u8>, usize> {
    let (bytes, _, replaced) = encoding.encode(text);
    if !replaced {
        return Ok(bytes.into_owned());
    }
    let broken = text.char_indices().find(|(_, char)| encoding.encode(char.encode_utf8(&mut [0; 4])).2);
    Err(broken.map_or(0, |(at, _)| at))
}
