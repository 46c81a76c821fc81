//! How far an f-string reaches since Python 3.12: expressions in it may hold
//! quotes, comments and line ends of their own (PEP 701).

use memchr::memchr;

use super::quoted::{Quoted, is_prefix, string};

/// A literal or a replacement field that has been entered.
#[derive(Clone, Copy)]
enum Within {
    Text {
        quote: u8,
        triple: bool,
        raw: bool,
    },
    /// An expression, so many brackets deep.
    Field {
        depth: u32,
    },
    /// What stands behind the colon in a field.
    Format,
}

/// Whether the word is the prefix of an f-string or t-string.
pub fn is_formatted(prefix: &[u8]) -> bool {
    match prefix {
        [one] => matches!(one, b'f' | b'F' | b't' | b'T'),
        [one, other] => {
            let raw = |byte: &u8| matches!(byte, b'r' | b'R');
            (raw(one) && is_formatted(&[*other])) || (raw(other) && is_formatted(&[*one]))
        }
        _ => false,
    }
}

/// The f-string whose prefix starts at `start` and whose quotes open at `at`.
pub fn formatted(bytes: &[u8], start: usize, at: usize) -> Quoted {
    let mut within = Vec::new();
    let mut at = enter(bytes, start, at, &mut within);
    while let Some(innermost) = within.last().copied() {
        let Some(byte) = bytes.get(at).copied() else { return Quoted::Open };
        at = match innermost {
            Within::Field { depth } => match in_field(bytes, at, depth, &mut within) {
                Some(at) => at,
                None => return Quoted::Open,
            },
            Within::Format => match byte {
                b'{' => {
                    within.push(Within::Field { depth: 0 });
                    at + 1
                }
                b'}' => {
                    within.pop();
                    at + 1
                }
                _ => at + 1,
            },
            Within::Text { quote, triple, raw } => {
                if byte == b'\n' && !triple {
                    return Quoted::Open;
                }
                in_text(bytes, at, (quote, triple, raw), &mut within)
            }
        };
    }
    Quoted::Closed(at)
}

fn enter(bytes: &[u8], start: usize, at: usize, within: &mut Vec<Within>) -> usize {
    let quote = bytes[at];
    let triple = bytes[at..].starts_with(&[quote; 3]);
    let raw = bytes[start..at].iter().any(|byte| matches!(byte, b'r' | b'R'));
    within.push(Within::Text { quote, triple, raw });
    at + if triple { 3 } else { 1 }
}

fn in_text(
    bytes: &[u8],
    at: usize,
    (quote, triple, raw): (u8, bool, bool),
    within: &mut Vec<Within>,
) -> usize {
    let rest = &bytes[at..];
    let closing = if triple { 3 } else { 1 };
    match rest {
        [b'\\', b'N', b'{', ..] if !raw => at + memchr(b'}', rest).unwrap_or(2) + 1,
        [b'\\', b'{' | b'}', ..] => at + 1,
        [b'\\', ..] => at + 2,
        [b'{', b'{', ..] => at + 2,
        [b'{', ..] => {
            within.push(Within::Field { depth: 0 });
            at + 1
        }
        _ if rest.starts_with(&[quote; 3][..closing]) => {
            within.pop();
            at + closing
        }
        _ => at + 1,
    }
}

/// The place behind what stands at `at` in an expression.
fn in_field(bytes: &[u8], at: usize, depth: u32, within: &mut Vec<Within>) -> Option<usize> {
    let mut set = |field: Within| {
        if let Some(last) = within.last_mut() {
            *last = field;
        }
    };
    match bytes[at] {
        b'(' | b'[' | b'{' => set(Within::Field { depth: depth + 1 }),
        b')' | b']' => set(Within::Field { depth: depth.checked_sub(1)? }),
        b'}' if depth > 0 => set(Within::Field { depth: depth - 1 }),
        b'}' => {
            within.pop();
        }
        b':' if depth == 0 => set(Within::Format),
        b'#' => return memchr(b'\n', &bytes[at..]).map(|len| at + len),
        b'\'' | b'"' => return closed(string(bytes, at)),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | 0x80.. => {
            let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | 0x80..);
            let end = at + bytes[at..].iter().take_while(is_word).count();
            let word = &bytes[at..end];
            if !matches!(bytes.get(end), Some(b'\'' | b'"')) {
                return Some(end);
            }
            if is_formatted(word) {
                return Some(enter(bytes, at, end, within));
            }
            return if is_prefix(word) { closed(string(bytes, end)) } else { Some(end) };
        }
        _ => {}
    }
    Some(at + 1)
}

fn closed(literal: Quoted) -> Option<usize> {
    match literal {
        Quoted::Closed(end) => Some(end),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_may_hold_anything() {
        let closed = [
            r#"f"{d["a"]}""#,
            "f'{\n1 # '\n}'",
            r#"f"{f"{f"{1}"}"}""#,
            "f'{x:{w}.{p}}'",
            "f'{{'",
            "f'{x!r:>{10}}'",
            "rf'\\{x}'",
            "f'\\N{DASH}{x}'",
            "f'{ {1: 2}[1] }'",
            "f'''{\n'''a'''}\n'''",
            "t'{x}'",
            "f'{x:%H:%M}'",
            "f'{\"\\n\".join(a)}'",
            "f'}}'",
            "Rb''",
            "f'{lambda x: 1}'",
        ];
        for text in closed {
            let quote = text.find(['\'', '"']).unwrap();
            assert_eq!(formatted(text.as_bytes(), 0, quote), Quoted::Closed(text.len()), "{text}");
        }
        for text in ["f'{x'", "f'\n'", "f'{x)}'", "f'''{", "f'{'a}'"] {
            assert_eq!(formatted(text.as_bytes(), 0, 1), Quoted::Open, "{text}");
        }
    }
}
