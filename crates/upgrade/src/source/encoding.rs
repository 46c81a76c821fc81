//! The encodings that Python knows by name.
//!
//! Those of one byte per character are Python's own tables. Those of several
//! bytes come from `encoding_rs`, whose tables are the web's; a file that would
//! not come back as it is counts as undecodable.

use super::charmap::Charmap;
use super::seven_bits::{from_hz, from_utf7, to_hz, to_utf7};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Charmap(Charmap),
    Utf7,
    Hz,
    Web(&'static encoding_rs::Encoding),
}

const UTF_8: [&str; 8] = ["utf_8", "u8", "utf", "utf8", "utf8_ucs2", "utf8_ucs4", "cp65001", "utf_8_sig"];

const UTF_7: [&str; 4] = ["utf_7", "u7", "utf7", "unicode_1_1_utf_7"];
const HZ: [&str; 4] = ["hz", "hzgb", "hz_gb", "hz_gb_2312"];

/// Encodings that Python knows and we do not, normalized; hardly a source file was ever in one.
const ELSEWHERE: &str = " utf_16 u16 utf16 utf_16_be unicodebigunmarked utf_16be utf_16_le \
    unicodelittleunmarked utf_16le utf_32 u32 utf32 utf_32_be utf_32be utf_32_le utf_32le \
    johab cp1361 ms1361 euc_jis_2004 jisx0213 eucjis2004 euc_jisx0213 eucjisx0213 shift_jis_2004 shiftjis2004 \
    sjis_2004 s_jis_2004 shift_jisx0213 shiftjisx0213 sjisx0213 s_jisx0213 iso2022_jp_1 iso2022jp_1 iso_2022_jp_1 \
    iso2022_jp_2 iso2022jp_2 iso_2022_jp_2 iso2022_jp_2004 iso2022jp_2004 iso_2022_jp_2004 iso2022_jp_3 iso2022jp_3 \
    iso_2022_jp_3 iso2022_jp_ext iso2022jp_ext iso_2022_jp_ext iso2022_kr csiso2022kr iso2022kr iso_2022_kr \
    cp037 037 csibm037 ebcdic_cp_ca ebcdic_cp_nl ebcdic_cp_us ebcdic_cp_wt ibm037 ibm039 cp1026 1026 csibm1026 \
    ibm1026 cp1140 1140 ibm1140 cp273 273 ibm273 csibm273 cp424 424 csibm424 ebcdic_cp_he ibm424 cp500 500 csibm500 \
    ebcdic_cp_be ebcdic_cp_ch ibm500 cp864 864 csibm864 ibm864 cp875 idna punycode undefined charmap unicode_escape \
    raw_unicode_escape mac_arabic ";

/// Whether Python knows an encoding of this name, although [`Encoding::named`] does not.
pub fn is_known_elsewhere(name: &str) -> bool {
    ELSEWHERE.contains(&format!(" {} ", normalized(name)))
}

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
            "x_mac_japanese",
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
            "x_mac_simp_chinese",
        ],
    ),
    (encoding_rs::ISO_2022_JP, &["iso2022_jp", "csiso2022jp", "iso2022jp", "iso_2022_jp"]),
    (encoding_rs::GB18030, &["gb18030", "gb18030_2000"]),
    (
        encoding_rs::BIG5,
        &[
            "big5",
            "big5_tw",
            "csbig5",
            "cp950",
            "950",
            "ms950",
            "big5hkscs",
            "big5_hkscs",
            "hkscs",
            "x_mac_trad_chinese",
        ],
    ),
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
            "x_mac_korean",
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
        if UTF_7.contains(&name.as_str()) {
            return Some(Self::Utf7);
        }
        if HZ.contains(&name.as_str()) {
            return Some(Self::Hz);
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
            Self::Utf7 => from_utf7(&bytes),
            Self::Hz => from_hz(&bytes),
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
            Self::Utf7 => Ok(to_utf7(text)),
            Self::Hz => to_hz(text),
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
