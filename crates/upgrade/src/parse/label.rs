//! Labels: what the tables of the grammar tell tokens apart by.
//!
//! A kind of token is a label of the same number; each keyword has its own.

use crate::kind::Kind;

/// What the parser sees of a token.
pub type Label = u8;

/// Labels are below this.
pub const LABELS: usize = 128;

/// Keywords have labels from here on.
const FIRST_KEYWORD: usize = 64;

/// In the order of their labels.
const KEYWORDS: [&str; 32] = [
    "and", "as", "assert", "break", "class", "continue", "def", "del", "elif", "else", "except", "exec",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
    "pass", "print", "raise", "return", "try", "while", "with", "yield",
];

/// Words that are names for lib2to3, but that the lexer has to look at.
const WATCHED: [&str; 2] = ["async", "await"];

/// Tokens that only the modern grammar tells from others of their kind.
const MODERN: [&str; 5] = ["MATCH", "CASE", "TYPE", "DECORATE", "EXCEPT_ALL"];

const FIRST_WATCHED: usize = FIRST_KEYWORD + KEYWORDS.len();
const FIRST_MODERN: usize = FIRST_WATCHED + WATCHED.len();

pub const NAME: Label = Kind::Name.number() as Label;
pub const NUMBER: Label = Kind::Number.number() as Label;
pub const STRING: Label = Kind::String.number() as Label;
pub const NEWLINE: Label = Kind::Newline.number() as Label;
pub const INDENT: Label = Kind::Indent.number() as Label;
pub const DEDENT: Label = Kind::Dedent.number() as Label;
pub const END: Label = Kind::EndMarker.number() as Label;
pub const ASYNC: Label = Kind::Async.number() as Label;
pub const AWAIT: Label = Kind::Await.number() as Label;

pub const AS: Label = keyword_label("as");
pub const EXCEPT: Label = keyword_label("except");
pub const EXEC: Label = keyword_label("exec");
pub const FROM: Label = keyword_label("from");
pub const IMPORT: Label = keyword_label("import");
pub const NONLOCAL: Label = keyword_label("nonlocal");
pub const PRINT: Label = keyword_label("print");
pub const WITH: Label = keyword_label("with");

pub const WORD_ASYNC: Label = FIRST_WATCHED as Label;
pub const WORD_AWAIT: Label = WORD_ASYNC + 1;

pub const MATCH: Label = FIRST_MODERN as Label;
pub const CASE: Label = MATCH + 1;
pub const TYPE: Label = MATCH + 2;
pub const DECORATE: Label = MATCH + 3;
pub const EXCEPT_ALL: Label = MATCH + 4;

/// The kind of the leaf that a token becomes.
pub fn kind(label: Label) -> Kind {
    match label {
        DECORATE => Kind::At,
        _ if usize::from(label) >= FIRST_KEYWORD => Kind::Name,
        _ => Kind::numbered(u16::from(label)).unwrap_or(Kind::Name),
    }
}

/// The label of a token that the notation of the grammar names.
pub fn named(name: &str) -> Option<Label> {
    let modern = MODERN.iter().position(|one| *one == name).map(|at| (FIRST_MODERN + at) as Label);
    modern.or_else(|| Kind::named(name).filter(|kind| kind.is_token()).map(|kind| kind.number() as Label))
}

/// The label of a token that the notation of the grammar quotes.
pub fn quoted(text: &str) -> Option<Label> {
    let keyword = KEYWORDS.iter().position(|one| *one == text).map(|at| (FIRST_KEYWORD + at) as Label);
    keyword.or_else(|| Kind::of_operator(text).map(|kind| kind.number() as Label))
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

const fn keyword_label(text: &str) -> Label {
    let mut at = 0;
    while !same(KEYWORDS[at].as_bytes(), text.as_bytes()) {
        at += 1;
    }
    (FIRST_KEYWORD + at) as Label
}

const SLOTS: usize = 128;

/// Where a word stands in the table of words: no two keywords in one place.
const fn slot(word: &[u8]) -> usize {
    let (first, second, last) = (word[0] as usize, word[1] as usize, word[word.len() - 1] as usize);
    (first * 49 + second * 27 + last * 80 + word.len() * 20) % SLOTS
}

/// One more than the place of each word among keywords and watched words.
const TABLE: [u8; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut at = 0;
    while at < KEYWORDS.len() + WATCHED.len() {
        let place = slot(word(at).as_bytes());
        assert!(table[place] == 0, "two words in one place");
        table[place] = at as u8 + 1;
        at += 1;
    }
    table
};

const fn word(at: usize) -> &'static str {
    if at < KEYWORDS.len() { KEYWORDS[at] } else { WATCHED[at - KEYWORDS.len()] }
}

const LONGEST: usize = 8;

/// The label of a word: of a keyword, of a watched word, or `NAME`.
#[inline]
pub fn of_word(text: &[u8]) -> Label {
    if text.len() < 2 || text.len() > LONGEST {
        return NAME;
    }
    let at = TABLE[slot(text)];
    if at != 0 && word(usize::from(at) - 1).as_bytes() == text {
        return FIRST_KEYWORD as Label + at - 1;
    }
    NAME
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found() {
        for (at, text) in KEYWORDS.iter().chain(&WATCHED).enumerate() {
            assert_eq!(usize::from(of_word(text.as_bytes())), FIRST_KEYWORD + at, "{text}");
        }
        for text in ["a", "an", "prin", "prints", "continues", "None", "as_"] {
            assert_eq!(of_word(text.as_bytes()), NAME);
        }
        assert_eq!(quoted("yield"), Some(of_word(b"yield")));
        assert_eq!((kind(PRINT), kind(NUMBER), kind(DECORATE)), (Kind::Name, Kind::Number, Kind::At));
    }
}
