//! The automaton of the fixers' patterns, as a picture.

use spacetime_pattern::{PatternSet, Titles};

use crate::fixer::Fixer;
use crate::found::parse_pattern;
use crate::kind::Kind;
use crate::parse::{Dialect, parse};

/// A little of what fixers look for, where no other sources are given.
const SAMPLE: &str = "import urllib, os\nfrom itertools import imap\nclass A:\n    __metaclass__ = M\n    \
                      def next(self): return self.n.next()\nprint raw_input(), d.has_key(k), `x`\n\
                      for k in d.iterkeys(): exec code in d\nraise E, 'v'\nx = map(f, y), u'a', 10L\n";

/// The automaton in the DOT language, as far as these sources need it. What
/// cannot be parsed is left out.
pub fn patterns_dot(fixers: &[&Fixer], sources: &[String]) -> String {
    let (mut names, mut patterns) = (Vec::new(), Vec::new());
    for fixer in fixers {
        if let Some(pattern) = fixer.pattern().and_then(|text| parse_pattern(&text).ok()) {
            names.push(fixer.name);
            patterns.push(pattern);
        }
    }
    let set = PatternSet::new(patterns);
    let sample = [SAMPLE.to_owned()];
    for text in if sources.is_empty() { &sample } else { sources } {
        if let Ok(parsed) = parse(format!("{text}\n"), Dialect::default()) {
            set.start(&parsed.tree);
        }
    }
    set.to_dot(Titles {
        pattern: &|number| names.get(number).map_or_else(String::new, |name| (*name).to_owned()),
        kind: &|kind| Kind::numbered(kind).map_or_else(|| kind.to_string(), |kind| kind.name().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixers;

    #[test]
    fn the_picture_names_symbols_and_fixers() {
        let dot = patterns_dot(fixers::ALL, &[]);
        assert!(dot.contains("label=\"power\"") && dot.contains("\\nraw_input\""), "{dot}");
        assert!(dot.contains("print_stmt"), "{dot}");
    }
}
