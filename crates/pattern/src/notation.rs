//! From `$NAME` to names that the parser accepts, and back.
//!
//! Patterns are read by the parser that reads the programs, so that they can
//! never disagree about Python. `$` is no Python, so holes become names that
//! nobody writes.

use crate::PatternError;

const ONE: &str = "__hole_one_";
const MANY: &str = "__hole_many_";

/// A hole as it appears in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hole<'a> {
    One(Option<&'a str>),
    Many(Option<&'a str>),
}

/// The hole that an identifier stands for.
pub(crate) fn hole(identifier: &str) -> Option<Hole<'_>> {
    let named = |name| (name != "_").then_some(name);
    let one = identifier.strip_prefix(ONE).map(|name| Hole::One(named(name)));
    one.or_else(|| identifier.strip_prefix(MANY).map(|name| Hole::Many(named(name))))
}

/// Writes the holes of `text` as identifiers.
pub(crate) fn to_python(text: &str) -> Result<String, PatternError> {
    let mut writer =
        Writer { text, at: 0, out: String::with_capacity(text.len() * 2), after_keyword: vec![] };
    while let Some(next) = writer.rest().chars().next() {
        writer.step(next)?;
    }
    Ok(writer.out)
}

struct Writer<'a> {
    text: &'a str,
    at: usize,
    out: String,
    /// For each open bracket, whether a `key=value` has been seen in it.
    after_keyword: Vec<bool>,
}

impl<'a> Writer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn copy(&mut self, len: usize) {
        self.out.push_str(&self.rest()[..len]);
        self.at += len;
    }

    fn step(&mut self, next: char) -> Result<(), PatternError> {
        match next {
            '$' => return self.write_hole(),
            '"' | '\'' => self.copy(string_len(self.rest())),
            '(' | '[' | '{' => {
                self.after_keyword.push(false);
                self.copy(1);
            }
            ')' | ']' | '}' => {
                self.after_keyword.pop();
                self.copy(1);
            }
            '=' => {
                let compares = self.rest().starts_with("==") || self.out.ends_with(['=', '!', '<', '>', ':']);
                if let (false, Some(seen)) = (compares, self.after_keyword.last_mut()) {
                    *seen = true;
                }
                self.copy(1);
            }
            _ => self.copy(next.len_utf8()),
        }
        Ok(())
    }

    fn write_hole(&mut self) -> Result<(), PatternError> {
        let many = self.rest().starts_with("$$$");
        let after = &self.rest()[if many { 3 } else { 1 }..];
        let len = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
        let name = match &after[..len] {
            "" if many => "_",
            "" => return Err(PatternError::NoName { at: self.at }),
            name => name,
        };
        if many {
            self.write_many(name, after[len..].trim_start());
        } else {
            self.out.push_str(ONE);
            self.out.push_str(name);
        }
        self.at = self.text.len() - after.len() + len;
        Ok(())
    }

    fn write_many(&mut self, name: &str, next: &str) {
        // A positional argument must not follow a keyword, but `*x` may.
        if self.after_keyword.last() == Some(&true) {
            self.out.push('*');
        }
        let follows_for = self.out.split_whitespace().next_back() == Some("for");
        self.out.push_str(MANY);
        self.out.push_str(name);
        // `for $$$CLAUSES` in a comprehension is no clause without an `in`.
        if follows_for && !next.starts_with("in ") {
            self.out.push_str(" in ");
            self.out.push_str(MANY);
            self.out.push_str(name);
        }
    }
}

/// The length of the string literal that `text` starts with, quotes included.
fn string_len(text: &str) -> usize {
    let quote = &text[..1];
    let triple = quote.repeat(3);
    let close = if text.starts_with(&triple) { &triple } else { quote };
    let mut at = close.len();
    while at < text.len() && !text[at..].starts_with(close) {
        let escaped = text[at..].starts_with('\\');
        at += text[at..].chars().take(1 + usize::from(escaped)).map(char::len_utf8).sum::<usize>();
    }
    (at + close.len()).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_become_names_outside_strings_only() {
        let python = to_python(r#"$F("$X\"", '''$Y''', $$$, k=$_, $$$REST)"#).unwrap();
        assert_eq!(
            python,
            r#"__hole_one_F("$X\"", '''$Y''', __hole_many__, k=__hole_one__, *__hole_many_REST)"#
        );
        assert_eq!(hole("__hole_one_F"), Some(Hole::One(Some("F"))));
        assert_eq!(hole("__hole_many__"), Some(Hole::Many(None)));
        assert_eq!(hole("F"), None);
    }

    #[test]
    fn clauses_get_an_in() {
        assert_eq!(to_python("[x for $$$C]").unwrap(), "[x for __hole_many_C in __hole_many_C]");
        assert_eq!(to_python("for $$$C in y: pass").unwrap(), "for __hole_many_C in y: pass");
    }

    #[test]
    fn a_dollar_needs_a_name() {
        assert_eq!(to_python("a + $"), Err(PatternError::NoName { at: 4 }));
        assert!(to_python("$$X").is_err());
    }
}
