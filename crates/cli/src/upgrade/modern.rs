//! `--modern`: what 2to3 adds out of caution goes, where the optimizer says so.
//!
//! This is the one place where the fixers and the optimizer meet: each of the
//! two knows nothing of the other.

use spacetime_engine::{Options, Selection, SourceKind, optimize};

/// The rules that drop copies which are only walked, or only asked.
const RULES: [&str; 2] = ["drop_list", "ask_directly"];

/// The text without such copies. What the optimizer cannot read stays as it is.
pub fn modern(text: String) -> String {
    let selection = Selection { select: RULES.map(str::to_owned).to_vec(), ignore: Vec::new() };
    // Whoever may import the file is not looked for.
    let options = Options { selection, is_library: true, ..Options::default() };
    match optimize(&text, SourceKind::Python, &options) {
        Ok(outcome) => outcome.text,
        Err(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_go_where_nothing_needs_them() {
        let before = "def f(xs):\n    d = {}\n    for k in list(d.keys()):\n        del d[k]\n    \
                      return sorted(list(map(str, xs)))\n";
        let after = before.replace("list(map(str, xs))", "map(str, xs)");
        assert_eq!(modern(before.to_owned()), after);
        let before = "def f(text):\n    d = {word: 1 for word in text.split()}\n    \
                      return len(list(d.keys())), 'a' in list(d.keys()), ','.join(list(d.keys()))\n";
        let after = before.replace("list(d.keys())", "d.keys()");
        assert_eq!(modern(before.to_owned()), after);
        assert_eq!(modern("print 1\n".to_owned()), "print 1\n", "no Python 3");
    }

    #[test]
    fn the_rules_are_there() {
        let known = spacetime_engine::rule_names();
        assert!(RULES.iter().all(|rule| known.contains(rule)));
    }
}
