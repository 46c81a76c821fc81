//! The notation of patterns, read as it is written: brackets that mean nothing
//! to a matcher matter for the choice of a path.

use crate::kind::Kind;

/// A pattern that cannot be read here either; the matcher says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pattern cannot be read at byte {0}")]
pub struct NotationError(pub usize);

pub(super) type Alternatives = Vec<Vec<Unit>>;

/// One thing in a pattern.
#[derive(Clone, Debug)]
pub(super) enum Unit {
    Not,
    /// `[ … ]`
    Optional,
    /// `( … )`, perhaps with a name before it, perhaps repeated.
    Group {
        named: bool,
        perhaps: bool,
        inside: Alternatives,
    },
    /// A word or a text in quotes, perhaps with children.
    Node {
        head: Head,
        perhaps: bool,
        children: Option<Alternatives>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    Any,
    Kind(Kind),
    /// The text in quotes of what is no operator.
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Text(&'a str),
    Sign(u8),
}

pub(super) fn parse(pattern: &str) -> Result<Alternatives, NotationError> {
    let mut parser = Parser { tokens: tokens(pattern)?, at: 0 };
    let alternatives = parser.alternatives()?;
    if parser.at == parser.tokens.len() { Ok(alternatives) } else { Err(parser.error()) }
}

/// The kinds of nodes that a pattern can match; nothing if it can match any.
pub fn heads(pattern: &str) -> Result<Option<Vec<Kind>>, NotationError> {
    let mut kinds = Vec::new();
    let all_known = heads_of(&parse(pattern)?, &mut kinds);
    Ok(all_known.then_some(kinds))
}

/// Words one of which stands somewhere in whatever a pattern matches, and how
/// many levels below the match they are at most; nothing if there are none.
pub fn words(pattern: &str) -> Result<Option<(Vec<String>, usize)>, NotationError> {
    Ok(words_of(&parse(pattern)?))
}

fn words_of(alternatives: &Alternatives) -> Option<(Vec<String>, usize)> {
    let (mut all, mut deepest) = (Vec::new(), 0);
    for units in alternatives {
        let (words, levels) = units.iter().find_map(words_of_unit)?;
        all.extend(words);
        deepest = deepest.max(levels);
    }
    Some((all, deepest))
}

fn words_of_unit(unit: &Unit) -> Option<(Vec<String>, usize)> {
    match unit {
        Unit::Group { inside, perhaps: false, .. } => words_of(inside),
        Unit::Node { head: Head::Text(text), perhaps: false, .. } => {
            text.starts_with(char::is_alphabetic).then(|| (vec![text.clone()], 0))
        }
        Unit::Node { children: Some(children), perhaps: false, .. } => {
            let (words, levels) = words_of(children)?;
            Some((words, levels + 1))
        }
        Unit::Group { .. } | Unit::Node { .. } | Unit::Not | Unit::Optional => None,
    }
}

fn heads_of(alternatives: &Alternatives, kinds: &mut Vec<Kind>) -> bool {
    alternatives.iter().flatten().all(|unit| match unit {
        Unit::Node { head: Head::Kind(kind), .. } => {
            kinds.push(*kind);
            true
        }
        Unit::Node { head: Head::Text(_), .. } => {
            kinds.push(Kind::Name);
            true
        }
        Unit::Group { inside, .. } => heads_of(inside, kinds),
        Unit::Node { head: Head::Any, .. } | Unit::Not | Unit::Optional => false,
    })
}

fn tokens(pattern: &str) -> Result<Vec<(usize, Token<'_>)>, NotationError> {
    let bytes = pattern.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = bytes.get(at).copied() {
        let rest = &pattern[at..];
        let length = match first {
            b'#' => rest.find('\n').unwrap_or(rest.len()),
            b'\'' | b'"' => {
                let inside = rest[1..].find(first as char).ok_or(NotationError(at))?;
                tokens.push((at, Token::Text(&rest[1..=inside])));
                inside + 2
            }
            _ if first.is_ascii_alphanumeric() || first == b'_' => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                tokens.push((at, Token::Word(&rest[..end])));
                end
            }
            _ if first.is_ascii_whitespace() || first == b'\\' => 1,
            _ if first.is_ascii() => {
                tokens.push((at, Token::Sign(first)));
                1
            }
            _ => return Err(NotationError(at)),
        };
        at += length;
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: Vec<(usize, Token<'a>)>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn error(&self) -> NotationError {
        let token = self.tokens.get(self.at).or(self.tokens.last());
        NotationError(token.map_or(0, |(at, _)| *at))
    }

    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn take(&mut self, sign: u8) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: u8) -> Result<(), NotationError> {
        if self.take(sign) { Ok(()) } else { Err(self.error()) }
    }

    fn alternatives(&mut self) -> Result<Alternatives, NotationError> {
        let mut all = vec![self.alternative()?];
        while self.take(b'|') {
            all.push(self.alternative()?);
        }
        Ok(all)
    }

    fn alternative(&mut self) -> Result<Vec<Unit>, NotationError> {
        let mut units = Vec::new();
        while !matches!(self.peek(), None | Some(Token::Sign(b'|' | b')' | b']' | b'>'))) {
            units.push(self.unit()?);
        }
        if units.is_empty() { Err(self.error()) } else { Ok(units) }
    }

    fn unit(&mut self) -> Result<Unit, NotationError> {
        if self.peek() == Some(&Token::Word("not")) {
            self.at += 1;
            self.basic(false)?;
            return Ok(Unit::Not);
        }
        let named = self.tokens.get(self.at + 1).is_some_and(|(_, token)| *token == Token::Sign(b'='));
        if named {
            self.at += 2;
        }
        self.basic(named)
    }

    fn basic(&mut self, named: bool) -> Result<Unit, NotationError> {
        match self.peek().cloned() {
            Some(Token::Sign(b'(')) => {
                self.at += 1;
                let inside = self.alternatives()?;
                self.expect(b')')?;
                Ok(Unit::Group { named, perhaps: self.repeat()?, inside })
            }
            Some(Token::Sign(b'[')) => {
                self.at += 1;
                self.alternatives()?;
                self.expect(b']')?;
                Ok(Unit::Optional)
            }
            Some(Token::Text(text)) => {
                self.at += 1;
                let head = Kind::of_operator(text).map_or_else(|| Head::Text(text.to_owned()), Head::Kind);
                Ok(Unit::Node { head, perhaps: self.repeat()?, children: None })
            }
            Some(Token::Word(word)) => {
                let head = match word {
                    "any" | "TOKEN" => Head::Any,
                    _ => Head::Kind(Kind::named(word).ok_or_else(|| self.error())?),
                };
                self.at += 1;
                let mut children = None;
                if self.take(b'<') {
                    children = Some(self.alternatives()?);
                    self.expect(b'>')?;
                }
                Ok(Unit::Node { head, perhaps: self.repeat()?, children })
            }
            _ => Err(self.error()),
        }
    }

    /// Whether what stands before may be missing altogether.
    fn repeat(&mut self) -> Result<bool, NotationError> {
        if self.take(b'*') {
            return Ok(true);
        }
        if self.take(b'+') || !self.take(b'{') {
            return Ok(false);
        }
        let Some(Token::Word(least)) = self.peek().cloned() else { return Err(self.error()) };
        self.at += 1;
        if self.take(b',') {
            self.at += 1;
        }
        self.expect(b'}')?;
        Ok(least == "0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_cannot_be_missing() {
        let words = |pattern| words(pattern).unwrap();
        let found = |all: &[&str], levels| Some((all.iter().map(|one| (*one).to_owned()).collect(), levels));
        assert_eq!(words("power< any+ trailer< '.' meth=('a' | 'b') > any* >"), found(&["a", "b"], 2));
        assert_eq!(words("STRING | 'a'"), None);
        assert_eq!(words("power< ['a'] 'b'* ('c')* not 'd' any >"), None);
        assert_eq!(words("'a' | power< '(' trailer< 'b' > >"), found(&["a", "b"], 2));
    }
}
