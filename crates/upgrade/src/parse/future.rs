//! What a file imports from `__future__`, as lib2to3 finds it before it parses.

use std::collections::BTreeSet;

use super::label;
use super::lexer::{Lexer, Token};
use crate::kind::Kind;

/// The names in `from __future__ import …` behind the docstring.
///
/// The imports end for lib2to3 where a comment or the end of a line comes
/// between two names. A file that has no tokens here has no features either:
/// the parser will say why.
pub fn future_features(text: &str) -> BTreeSet<String> {
    let mut reader = Reader { text, lexer: Lexer::new(text), waiting: None };
    let mut features = BTreeSet::new();
    reader.read(&mut features);
    features
}

struct Reader<'s> {
    text: &'s str,
    lexer: Lexer<'s>,
    waiting: Option<Token>,
}

/// A token of lib2to3's tokenizer.
enum Seen<'s> {
    /// A comment, the end of a line in brackets, or a backslash.
    Gap,
    Token(Token, &'s str),
}

impl<'s> Reader<'s> {
    fn next(&mut self) -> Option<Seen<'s>> {
        let token = match self.waiting.take() {
            Some(token) => token,
            None => {
                let token = self.lexer.token().ok().filter(|token| token.label != label::END)?;
                let prefix = &self.text[token.prefix as usize..token.start as usize];
                if prefix.contains(['\n', '#']) {
                    self.waiting = Some(token);
                    return Some(Seen::Gap);
                }
                token
            }
        };
        Some(Seen::Token(token, &self.text[token.start as usize..token.end as usize]))
    }

    fn is(seen: &Seen<'s>, label: label::Label, text: &str) -> bool {
        matches!(seen, Seen::Token(token, value) if token.label == label && *value == text)
    }

    fn read(&mut self, features: &mut BTreeSet<String>) -> Option<()> {
        let mut docstring = false;
        loop {
            match self.next()? {
                Seen::Gap => {}
                Seen::Token(token, _) if token.label == label::NEWLINE => {}
                Seen::Token(token, _) if token.label == label::STRING && !docstring => docstring = true,
                Seen::Token(token, _) if token.label == label::FROM => {
                    if !Self::is(&self.next()?, label::NAME, "__future__")
                        || !Self::is(&self.next()?, label::IMPORT, "import")
                    {
                        return None;
                    }
                    self.names(features)?;
                }
                Seen::Token(..) => return None,
            }
        }
    }

    fn names(&mut self, features: &mut BTreeSet<String>) -> Option<()> {
        const OPEN: label::Label = Kind::LPar.number() as label::Label;
        const COMMA: label::Label = Kind::Comma.number() as label::Label;
        let mut seen = self.next()?;
        if Self::is(&seen, OPEN, "(") {
            seen = self.next()?;
        }
        while let Seen::Token(token, name) = seen {
            if label::kind(token.label) != Kind::Name {
                break;
            }
            features.insert(name.to_owned());
            if !Self::is(&self.next()?, COMMA, ",") {
                break;
            }
            seen = self.next()?;
        }
        Some(())
    }
}
