//! The encodings that Python knows by name.
//!
//! Those of one byte per character are Python's own tables. Those of several
//! bytes come from `encoding_rs`, whose tables are the web's; a file that would
//! not come back as it is counts as undecodable.

use super::charmap::Charmap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Charmap(Charmap),
    Web(&'static encoding_rs::Encoding),
}

const UTF_8: [&str; 8] = ["utf_8", "u8", "utf", "utf8", "utf8_ucs2", "utf8_ucs4", "cp65001", "utf_8_sig"];

/// Python's names, normalized, of encodings with several bytes for a character.
const WEB: &[(&encoding_rs::Encoding, &[&str])] = &[
    (encoding_rs::EUC_JP, &["euc_jp", "eucjp", "ujis", "u_jis"]),
    (
        encoding_rs::SHIFT_JIS,
        &[
            "shift_jis",
            "csshiftjis",
            "shiftjis",
            "sjis",
            "s_jis",
            "cp932",
            "932",
            "ms932",
            "mskanji",
            "ms_kanji",
            "windows_31j",
        ],
    ),
    (
        encoding_rs::GBK,
        &[
            "gb2312",
            "chinese",
            "csiso58gb231280",
            "euc_cn",
            "euccn",
            "eucgb2312_cn",
            "gb2312_1980",
            "gb2312_80",
            "iso_ir_58",
            "gbk",
            "936",
            "cp936",
            "ms936",
        ],
    ),
    (encoding_rs::GB18030, &["gb18030", "gb18030_2000"]),
    (encoding_rs::BIG5, &["big5", "big5_tw", "csbig5", "cp950", "950", "ms950"]),
    (
        encoding_rs::EUC_KR,
        &[
            "euc_kr",
            "euckr",
            "korean",
            "ksc5601",
            "ks_c_5601",
            "ks_c_5601_1987",
            "ksx1001",
            "ks_x_1001",
            "cp949",
            "949",
            "ms949",
            "uhc",
        ],
    ),
];

impl Encoding {
    /// The encoding that Python knows by this name.
    pub fn named(name: &str) -> Option<Self> {
        let name = normalized(name);
        if UTF_8.contains(&name.as_str()) {
            return Some(Self::Utf8);
        }
        if let Some(charmap) = Charmap::named(&name) {
            return Some(Self::Charmap(charmap));
        }
        WEB.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(web, _)| Self::Web(web))
    }

    /// The text from `start` on, or the first byte that is none, and its place.
    pub fn decode(self, mut bytes: Vec<u8>, start: usize) -> Result<String, (u8, usize)> {
        bytes.drain(..start);
        match self {
            Self::Utf8 => String::from_utf8(bytes).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                (error.as_bytes()[at], at)
            }),
            Self::Charmap(charmap) => charmap.decode(&bytes),
            Self::Web(web) => {
                let text = web.decode_without_bom_handling_and_without_replacement(&bytes);
                text.filter(|text| *web.encode(text).0 == *bytes)
                    .map(std::borrow::Cow::into_owned)
                    .ok_or_else(|| {
                        bytes.iter().position(|byte| !byte.is_ascii()).map_or((0, 0), |at| (bytes[at], at))
                    })
            }
        }
    }

    /// The bytes of a text, or the first character that has none.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_owned()),
            Self::Charmap(charmap) => charmap.encode(text),
            Self::Web(web) => {
                let (bytes, _, replaced) = web.encode(text);
                if !replaced {
                    return Ok(bytes.into_owned());
                }
                Err(text.chars().find(|char| web.encode(char.encode_utf8(&mut [0; 4])).2).unwrap_or_default())
            }
        }
    }
}

/// As `encodings.normalize_encoding` does, in lower case: runs of what is no
/// letter, digit or dot become one underscore.
fn normalized(name: &str) -> String {
    let words = name.split(|char: char| !(char.is_ascii_alphanumeric() || char == '.'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("_").to_ascii_lowercase()
}
