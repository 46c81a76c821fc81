//! The notation of 2to3: `power< 'print' trailer< '(' args=any* ')' > >`.
//!
//! A recursive descent over the few tokens of the notation. Two of its habits
//! are kept because fixers rely on them: parentheses around one thing are not
//! there (`name=(x)` binds the node, `name=(x | y)` a list of one), and a name
//! given to what has one already replaces it.

use crate::lexer::{Token, tokens};
use crate::pattern::{Group, Item, Items, Label, MOST_PLACES, MOST_REPEATS, Name, One, Pattern, Test};
use crate::{PatternError, Symbols};

/// Parentheses in parentheses; each is a call of a function.
const DEEPEST: u32 = 200;

pub(crate) fn parse(text: &str, symbols: &Symbols<'_>) -> Result<Pattern, PatternError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, next: 0, end: text.len(), symbols, names: Vec::new(), depth: 0 };
    let items = parser.alternatives()?;
    if parser.peek().is_some() {
        return parser.expect("the end of the pattern");
    }
    let pattern = Pattern { items, names: parser.names.into(), equal: false };
    if pattern.places() > MOST_PLACES { Err(PatternError::TooLarge(MOST_PLACES)) } else { Ok(pattern) }
}

struct Parser<'a> {
    tokens: Vec<(usize, Token<'a>)>,
    next: usize,
    end: usize,
    symbols: &'a Symbols<'a>,
    names: Vec<Box<str>>,
    depth: u32,
}

impl<'a> Parser<'a> {
    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn is(&self, sign: char) -> bool {
        matches!(self.peek(), Some(Token::Sign(found)) if *found == sign)
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.is(sign);
        self.next += usize::from(found);
        found
    }

    fn expect<R>(&mut self, expected: &'static str) -> Result<R, PatternError> {
        Err(PatternError::Expected { at: self.at(), expected })
    }

    fn close(&mut self, sign: char, expected: &'static str) -> Result<(), PatternError> {
        if self.take(sign) { Ok(()) } else { self.expect(expected) }
    }

    /// One alternative is itself, several are a group.
    fn alternatives(&mut self) -> Result<Items, PatternError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.expect("fewer brackets in brackets");
        }
        let mut all = vec![self.alternative()?];
        while self.take('|') {
            all.push(self.alternative()?);
        }
        self.depth -= 1;
        match <[Items; 1]>::try_from(all) {
            Ok([only]) => Ok(only),
            Err(all) => Ok([Item::Group(Group::once(all))].into()),
        }
    }

    fn alternative(&mut self) -> Result<Items, PatternError> {
        let mut items = Vec::new();
        loop {
            match self.peek() {
                None | Some(Token::Sign('|' | ')' | ']' | '>')) => break,
                _ => items.push(self.unit()?),
            }
        }
        if items.is_empty() { self.expect("a pattern") } else { Ok(items.into()) }
    }

    fn unit(&mut self) -> Result<Item, PatternError> {
        if matches!(self.peek(), Some(Token::Word("not"))) {
            self.next += 1;
            return Ok(Item::Not(Box::new(self.basic(false)?)));
        }
        let name = self.name().map(|name| self.number(name));
        let (optional, at) = (self.is('['), self.at());
        let mut item = self.basic(true)?;
        let repeat = if optional { None } else { self.repeat(at)? };
        if let Some((least, most)) = repeat.filter(|repeat| *repeat != (1, Some(1))) {
            let alternatives = Box::new([[item].into()]);
            item = Item::Group(Group { alternatives, least, most, name: None });
        }
        if name.is_some() {
            match &mut item {
                Item::One(one) => one.name = name,
                Item::Group(group) => group.name = name,
                Item::Not(_) => {}
            }
        }
        Ok(item)
    }

    /// `name =`, when that is what comes.
    fn name(&mut self) -> Option<&'a str> {
        match self.tokens[self.next..] {
            [(_, Token::Word(word)), (_, Token::Sign('=')), ..] => {
                self.next += 2;
                Some(word)
            }
            _ => None,
        }
    }

    fn number(&mut self, name: &str) -> Name {
        let known = self.names.iter().position(|known| **known == *name);
        known.unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        }) as Name
    }

    fn basic(&mut self, optional: bool) -> Result<Item, PatternError> {
        let at = self.at();
        match self.peek().cloned() {
            Some(Token::Text(text)) => {
                self.next += 1;
                self.text(at, &text)
            }
            Some(Token::Word(word)) if word != "not" => {
                self.next += 1;
                self.word(at, word)
            }
            Some(Token::Sign('(')) => {
                self.next += 1;
                let items = self.alternatives()?;
                self.close(')', "`)`")?;
                Ok(single(items))
            }
            Some(Token::Sign('[')) if optional => {
                self.next += 1;
                let items = self.alternatives()?;
                self.close(']', "`]`")?;
                let alternatives = Box::new([items]);
                Ok(Item::Group(Group { alternatives, least: 0, most: Some(1), name: None }))
            }
            _ => self.expect("a text, a name or `(`"),
        }
    }

    /// A leaf; its kind is clear from the text where it is a word or an operator.
    fn text(&mut self, at: usize, text: &str) -> Result<Item, PatternError> {
        let kind = match text.chars().next() {
            None => return Err(PatternError::Expected { at, expected: "a text that is not empty" }),
            Some(first) if first.is_alphabetic() => Some(self.symbol(at, "NAME")?),
            Some(_) => (self.symbols.operator)(text),
        };
        Ok(node(Test { kind, label: Label::Is(Some(text.into())), whole: false }, None))
    }

    fn word(&mut self, at: usize, word: &str) -> Result<Item, PatternError> {
        let is_token = word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase);
        if is_token {
            let test = match word {
                "TOKEN" => Test { label: Label::Some, ..Test::ANY },
                _ => Test { kind: Some(self.symbol(at, word)?), ..Test::ANY },
            };
            return if self.is('<') {
                Err(PatternError::TokenWithChildren { at })
            } else {
                Ok(node(test, None))
            };
        }
        let kind = if word == "any" { None } else { Some(self.symbol(at, word)?) };
        let mut children = None;
        if self.take('<') {
            children = Some(self.alternatives()?);
            self.close('>', "`>`")?;
        }
        Ok(node(Test { kind, ..Test::ANY }, children))
    }

    fn symbol(&self, at: usize, name: &str) -> Result<u16, PatternError> {
        (self.symbols.named)(name).ok_or_else(|| PatternError::UnknownSymbol { at, name: name.to_owned() })
    }

    fn repeat(&mut self, at: usize) -> Result<Option<(u32, Option<u32>)>, PatternError> {
        if self.take('*') {
            return Ok(Some((0, None)));
        }
        if self.take('+') {
            return Ok(Some((1, None)));
        }
        if !self.take('{') {
            return Ok(None);
        }
        let least = self.count()?;
        let most = if self.take(',') { self.count()? } else { least };
        self.close('}', "`}`")?;
        if least > most || most > MOST_REPEATS {
            return Err(PatternError::NoRepeat { at, least, most });
        }
        Ok(Some((least, Some(most))))
    }

    fn count(&mut self) -> Result<u32, PatternError> {
        match self.peek() {
            Some(Token::Number(number)) => {
                let number = *number;
                self.next += 1;
                Ok(number)
            }
            _ => self.expect("a number"),
        }
    }
}

fn node(test: Test, children: Option<Items>) -> Item {
    Item::One(One { test, role: None, children, name: None })
}

/// One item is itself, several are a group.
fn single(items: Items) -> Item {
    match <Box<[Item; 1]>>::try_from(items) {
        Ok(only) => {
            let [only] = *only;
            only
        }
        Err(items) => Item::Group(Group::once(vec![items])),
    }
}
