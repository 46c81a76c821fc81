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
    /// Those that do not go with every pattern.
    pub picky: bool,
}

/// Whether searching each line, with the newline at its end, finds what searching the whole text
/// finds: no part of the pattern can take a newline, a match takes something, and nothing asks
/// where the text begins or ends. Such a pattern is also a valid one, of which nobody is warned.
/// What this does not know is not: the answer is then no.
pub fn stays_in_line(pattern: &str, flags: LineFlags) -> bool {
    let rest = pattern.chars().peekable();
    let mut parser = Parser { rest, flags, depth: 0, is_fixed: false, names: Vec::new() };
    !flags.picky && parser.alternatives().is_some_and(|least| least > 0) && parser.rest.next().is_none()
}

/// Groups may be nested so deep.
const DEEP: u32 = 50;

/// An item may be repeated so often.
const OFTEN: u32 = 10_000;

struct Parser<'p> {
    rest: Peekable<Chars<'p>>,
    flags: LineFlags,
    depth: u32,
    /// Within what is looked for behind, all of which has one length.
    is_fixed: bool,
    names: Vec<String>,
}

/// Each gives the least that it takes, or nothing if that may be a newline.
impl Parser<'_> {
    fn alternatives(&mut self) -> Option<u32> {
        let mut least = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            if self.is_fixed {
                return None;
            }
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
                'b' => self.place(),
                escaped => escaped.is_ascii_punctuation().then_some(1),
            },
            '[' => self.class().then_some(1),
            '(' => self.group(),
            '.' => (!self.flags.dot_all).then_some(1),
            '^' | '$' if self.flags.multiline => self.place(),
            '^' | '$' | '*' | '+' | '?' | '{' | '\n' => None,
            _ => Some(1),
        }
    }

    /// What stands for a place can not be repeated.
    fn place(&mut self) -> Option<u32> {
        (!self.rest.peek().is_some_and(|next| matches!(next, '*' | '+' | '?' | '{'))).then_some(0)
    }

    fn group(&mut self) -> Option<u32> {
        self.depth += 1;
        if self.depth > DEEP {
            return None;
        }
        let (mut looks, was_fixed) = (false, self.is_fixed);
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' => {}
                '=' | '!' => looks = true,
                '<' => {
                    self.rest.next_if(|next| matches!(next, '=' | '!'))?;
                    (looks, self.is_fixed) = (true, true);
                }
                'P' => {
                    self.rest.next_if_eq(&'<')?;
                    self.name()?;
                }
                _ => return None,
            }
        }
        let least = self.alternatives()?;
        self.rest.next_if_eq(&')')?;
        self.depth -= 1;
        self.is_fixed = was_fixed;
        Some(if looks { 0 } else { least })
    }

    /// The name of a group, which no other has.
    fn name(&mut self) -> Option<()> {
        let mut name = String::new();
        while let Some(letter) = self.rest.next_if(|next| *next == '_' || next.is_ascii_alphanumeric()) {
            name.push(letter);
        }
        self.rest.next_if_eq(&'>')?;
        let is_new = !self.names.contains(&name);
        let is_name = name.starts_with(|first: char| !first.is_ascii_digit());
        self.names.push(name);
        (is_new && is_name).then_some(())
    }

    /// How often the item before is taken at least.
    fn rounds(&mut self) -> Option<u32> {
        let least = match self.rest.peek() {
            Some('*' | '?') => 0,
            Some('+') => 1,
            Some('{') => return self.counted(),
            _ => return Some(1),
        };
        if self.is_fixed {
            return None;
        }
        self.rest.next();
        self.end_of_rounds(least)
    }

    /// `{2}`, `{2,}`, `{2,3}`
    fn counted(&mut self) -> Option<u32> {
        self.rest.next();
        let least = self.number()?;
        let mut most = Some(least);
        if self.rest.next_if_eq(&',').is_some() {
            most = if self.rest.peek() == Some(&'}') { None } else { Some(self.number()?) };
        }
        // Braces that are no count stand for themselves.
        self.rest.next_if_eq(&'}')?;
        if self.is_fixed || most.is_some_and(|most| most < least) {
            return None;
        }
        self.end_of_rounds(least)
    }

    fn number(&mut self) -> Option<u32> {
        let mut digits = String::new();
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        digits.parse().ok().filter(|number| *number <= OFTEN)
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
                // Python warns of what may be a set in a set one day.
                '[' => return None,
                letter if matches!(letter, '-' | '&' | '~' | '|') && self.rest.peek() == Some(&letter) => {
                    return None;
                }
                '\\' => match self.escaped()? {
                    Escaped::One(letter) => letter,
                    Escaped::Many { newline } => {
                        if self.is_range() {
                            return None;
                        }
                        has |= newline;
                        is_first = false;
                        continue;
                    }
                },
                letter => letter,
            };
            is_first = false;
            let high = if self.is_range() {
                self.rest.next();
                match self.rest.next()? {
                    '[' | '-' => return None,
                    '\\' => match self.escaped()? {
                        Escaped::One(letter) => letter,
                        Escaped::Many { .. } => return None,
                    },
                    letter => letter,
                }
            } else {
                low
            };
            if low > high {
                return None;
            }
            has |= (low..=high).contains(&'\n');
        }
    }

    /// Whether a dash comes next, and what it goes up to.
    fn is_range(&self) -> bool {
        let mut ahead = self.rest.clone();
        ahead.next() == Some('-') && ahead.next().is_some_and(|next| next != ']')
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
            r"(\d+)-(?P<month>\d\d)-(?P<_2>x)",
            r"x*y",
            r#""([^"\n]*)""#,
            r"[^\s,;]+",
            r"[]x]",
            r"[^]\n]",
            r"[\]\-\\a]",
            r"[+-]?\d{1,3}",
            r"(?<!\w)\$\d+(?=,)",
            "a.*?b",
            "Größe",
            "[,-/]",
            "a{2,}b{1,1}",
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
            stays_in_line("^ERROR .*$", lines)
                && !stays_in_line("^*a", lines)
                && !stays_in_line("^$", lines)
                && !stays_in_line("^", lines)
        );
        let dots = LineFlags { dot_all: true, ..plain };
        assert!(!stays_in_line("a.b", dots) && stays_in_line("ab", dots));
        let picky = LineFlags { picky: true, ..plain };
        assert!(!stays_in_line("ab", picky));
        let deep = format!("{}a{}", "(".repeat(60), ")".repeat(60));
        assert!(!stays_in_line(&deep, plain));
    }
}
