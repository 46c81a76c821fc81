//! Regular expressions whose matches stay within a line.

use std::iter::Peekable;
use std::str::Chars;

/// What flags change about newlines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineFlags {
    /// `^` and `$` also stand at the ends of lines.
    pub multiline: bool,
    /// The dot stands for a newline, too.
    pub dot_all: bool,
}

/// Whether searching each line, with the newline at its end, finds what searching the whole text
/// finds: no part of the pattern can take a newline, a match takes something, and nothing asks
/// where the text begins or ends. What this does not know is not: the answer is then no.
pub fn stays_in_line(pattern: &str, flags: LineFlags) -> bool {
    let mut parser = Parser { rest: pattern.chars().peekable(), flags, depth: 0 };
    parser.alternatives().is_some_and(|least| least > 0) && parser.rest.next().is_none()
}

/// Groups may be nested so deep.
const DEEP: u32 = 50;

struct Parser<'p> {
    rest: Peekable<Chars<'p>>,
    flags: LineFlags,
    depth: u32,
}

/// Each gives the least that it takes, or nothing if that may be a newline.
impl Parser<'_> {
    fn alternatives(&mut self) -> Option<u32> {
        let mut least = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            least = least.min(self.sequence()?);
        }
        Some(least)
    }

    fn sequence(&mut self) -> Option<u32> {
        let mut least: u32 = 0;
        while self.rest.peek().is_some_and(|next| !matches!(next, '|' | ')')) {
            let one = self.item()?;
            least = least.saturating_add(one.saturating_mul(self.rounds()?));
        }
        Some(least)
    }

    fn item(&mut self) -> Option<u32> {
        match self.rest.next()? {
            '\\' => match self.rest.next()? {
                'd' | 'w' | 'S' | 't' => Some(1),
                'b' => Some(0),
                // One digit is what a group took, several may be a letter's number.
                '1'..='9' => (!self.rest.peek().is_some_and(char::is_ascii_digit)).then_some(0),
                escaped => escaped.is_ascii_punctuation().then_some(1),
            },
            '[' => self.class().then_some(1),
            '(' => self.group(),
            '.' => (!self.flags.dot_all).then_some(1),
            '^' | '$' => self.flags.multiline.then_some(0),
            '*' | '+' | '?' | '\n' => None,
            _ => Some(1),
        }
    }

    fn group(&mut self) -> Option<u32> {
        self.depth += 1;
        if self.depth > DEEP {
            return None;
        }
        let mut looks = false;
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' => {}
                '=' | '!' => looks = true,
                '<' => {
                    self.rest.next_if(|next| matches!(next, '=' | '!'))?;
                    looks = true;
                }
                'P' => match self.rest.next()? {
                    '<' => self.name('>')?,
                    '=' => {
                        self.depth -= 1;
                        return self.name(')').map(|()| 0);
                    }
                    _ => return None,
                },
                _ => return None,
            }
        }
        let least = self.alternatives()?;
        self.rest.next_if_eq(&')')?;
        self.depth -= 1;
        Some(if looks { 0 } else { least })
    }

    fn name(&mut self, end: char) -> Option<()> {
        while self.rest.next()? != end {}
        Some(())
    }

    /// How often the item before is taken at least.
    fn rounds(&mut self) -> Option<u32> {
        let least = match self.rest.peek() {
            Some('*' | '?') => 0,
            Some('+') => 1,
            Some('{') => return self.counted(),
            _ => return Some(1),
        };
        self.rest.next();
        self.end_of_rounds(least)
    }

    /// `{2}`, `{2,}`, `{2,3}`
    fn counted(&mut self) -> Option<u32> {
        self.rest.next();
        let mut least = String::new();
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            least.push(digit);
        }
        if self.rest.next_if_eq(&',').is_some() {
            while self.rest.next_if(char::is_ascii_digit).is_some() {}
        }
        // Braces that are no count stand for themselves.
        self.rest.next_if_eq(&'}')?;
        self.end_of_rounds(least.parse().ok()?)
    }

    fn end_of_rounds(&mut self, least: u32) -> Option<u32> {
        self.rest.next_if_eq(&'?');
        let ends = !self.rest.peek().is_some_and(|next| matches!(next, '*' | '+' | '?' | '{'));
        ends.then_some(least)
    }

    /// Whether what stands in brackets cannot be a newline.
    fn class(&mut self) -> bool {
        let negated = self.rest.next_if_eq(&'^').is_some();
        self.has_newline() == Some(negated)
    }

    fn has_newline(&mut self) -> Option<bool> {
        let mut has = false;
        let mut is_first = true;
        loop {
            let low = match self.rest.next()? {
                ']' if !is_first => return Some(has),
                '\\' => match self.escaped()? {
                    Escaped::One(letter) => letter,
                    Escaped::Many { newline } => {
                        has |= newline;
                        is_first = false;
                        continue;
                    }
                },
                letter => letter,
            };
            is_first = false;
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.next().is_some_and(|next| next != ']');
            let high = if is_range {
                self.rest.next();
                match self.rest.next()? {
                    '\\' => match self.escaped()? {
                        Escaped::One(letter) => letter,
                        Escaped::Many { .. } => return None,
                    },
                    letter => letter,
                }
            } else {
                low
            };
            has |= (low..=high).contains(&'\n');
        }
    }

    /// What a backslash stands before in brackets.
    fn escaped(&mut self) -> Option<Escaped> {
        Some(match self.rest.next()? {
            'd' | 'w' | 'S' => Escaped::Many { newline: false },
            'D' | 'W' | 's' => Escaped::Many { newline: true },
            'n' => Escaped::One('\n'),
            't' => Escaped::One('\t'),
            'r' => Escaped::One('\r'),
            letter if letter.is_ascii_punctuation() => Escaped::One(letter),
            _ => return None,
        })
    }
}

enum Escaped {
    One(char),
    Many { newline: bool },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_in_a_line() {
        let plain = LineFlags::default();
        for pattern in [
            r"\w+",
            r"[a-z]+(?:'[a-z]+)?",
            r"\b[A-Z][a-z]{2,}\b",
            r"(\d+)-(?P<month>\d\d)-(?P=month)",
            r"x*y",
            r#""([^"\n]*)""#,
            r"[^\s,;]+",
            r"[]x]",
            r"[^]\n]",
            r"[\]\-\\a]",
            r"[+-]?\d{1,3}",
            r"(?<!\w)\$\d+(?=,)",
            "a.*?b",
            r"(a)\1",
            "Größe",
            "[--/]",
        ] {
            assert!(stays_in_line(pattern, plain), "{pattern}");
        }
        for pattern in [
            "",
            "a*",
            "a|",
            "(a?)",
            "a{0,3}",
            r"\s+",
            r"\W",
            r"\D+",
            "a\n",
            r"a\n",
            r"[^a]+",
            r"[^\S]",
            r"[\s,]",
            "[\t-\r]",
            r"[\t-\x20]",
            r"\x0a",
            r"\012",
            r"\11",
            r"\Aab",
            r"ab\Z",
            r"\Bab",
            "^a",
            "a$",
            "(?i)a",
            "(?>a)",
            "a++",
            "a{2}{3}",
            "a**",
            "(?#x)a",
            "(a)(?(1)b|c)",
            "(a",
            "a)",
            "[a",
            "\\",
            r"\N{DIGIT ONE}",
            "a{,3}",
            "x{a}",
            "[!-\u{ff}\n]",
            r"[^\d]",
        ] {
            assert!(!stays_in_line(pattern, plain), "{pattern}");
        }
        let lines = LineFlags { multiline: true, ..plain };
        assert!(
            stays_in_line("^ERROR .*$", lines) && !stays_in_line("^$", lines) && !stays_in_line("^", lines)
        );
        let dots = LineFlags { dot_all: true, ..plain };
        assert!(!stays_in_line("a.b", dots) && stays_in_line("ab", dots));
        let deep = format!("{}a{}", "(".repeat(60), ")".repeat(60));
        assert!(!stays_in_line(&deep, plain));
    }
}
