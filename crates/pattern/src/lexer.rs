//! The tokens of 2to3's notation: words, texts in quotes, numbers and signs.

use crate::PatternError;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Word(&'a str),
    /// What stands in quotes, its escapes resolved.
    Text(String),
    Number(u32),
    Sign(char),
}

/// All tokens, each with the byte where it starts.
pub(crate) fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, PatternError> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (len, token) = match first {
            '#' => (rest.find('\n').unwrap_or(rest.len()), None),
            '\'' | '"' => {
                let (len, value) = quoted(rest, at)?;
                (len, Some(Token::Text(value)))
            }
            '0'..='9' => {
                let len = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                let number = rest[..len].parse();
                let number =
                    number.map_err(|_| PatternError::Expected { at, expected: "a smaller number" })?;
                (len, Some(Token::Number(number)))
            }
            '|' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | '*' | '+' | ',' | '=' => {
                (1, Some(Token::Sign(first)))
            }
            _ if first.is_whitespace() => (first.len_utf8(), None),
            _ if first.is_alphabetic() || first == '_' => {
                let len = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                (len, Some(Token::Word(&rest[..len])))
            }
            _ => return Err(PatternError::Expected { at, expected: "a word, a text or a sign" }),
        };
        all.extend(token.map(|token| (at, token)));
        at += len;
    }
    Ok(all)
}

/// The length of the literal that `rest` starts with, and its value.
fn quoted(rest: &str, at: usize) -> Result<(usize, String), PatternError> {
    let quote = &rest[..1];
    let triple = quote.repeat(3);
    let close = if rest.starts_with(&triple) { &triple } else { quote };
    let mut value = String::new();
    let mut end = close.len();
    loop {
        let left = &rest[end..];
        if left.starts_with(close) {
            return Ok((end + close.len(), value));
        }
        let Some(next) = left.chars().next() else {
            return Err(PatternError::Expected { at, expected: "a text that is closed" });
        };
        if next != '\\' {
            value.push(next);
            end += next.len_utf8();
            continue;
        }
        let (len, escaped) = escape(&left[1..])
            .ok_or(PatternError::Expected { at: at + end, expected: "an escape that Python knows" })?;
        value.push(escaped);
        end += 1 + len;
    }
}

/// What a backslash before `rest` stands for, and how much of `rest` it takes.
fn escape(rest: &str) -> Option<(usize, char)> {
    let first = rest.chars().next()?;
    let simple = match first {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' | '\'' | '"' => first,
        'x' => {
            let digits = rest.get(1..3)?;
            let value = u8::from_str_radix(digits, 16).ok()?;
            return Some((3, char::from(value)));
        }
        '0'..='7' => {
            let len = rest.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
            return Some((len, char::from_u32(u32::from_str_radix(&rest[..len], 8).ok()?)?));
        }
        _ => return None,
    };
    Some((1, simple))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_texts_numbers_and_signs() {
        let found: Vec<_> =
            tokens("a='\\n' # no\n{12}").unwrap().into_iter().map(|(_, token)| token).collect();
        let expected = [
            Token::Word("a"),
            Token::Sign('='),
            Token::Text("\n".into()),
            Token::Sign('{'),
            Token::Number(12),
            Token::Sign('}'),
        ];
        assert_eq!(found, expected);
        assert_eq!(tokens(r#""\x41\101\'" '''a'b'''"#).unwrap()[0].1, Token::Text("AA'".into()));
        assert_eq!(tokens("'''a'b'''").unwrap()[0].1, Token::Text("a'b".into()));
    }

    #[test]
    fn what_is_no_token_is_an_error() {
        for text in ["'a", "'\\q'", "99999999999", "a ; b", "'\\x4"] {
            assert!(tokens(text).is_err(), "{text}");
        }
    }
}
