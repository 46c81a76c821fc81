//! `--modern`: what 2to3 adds out of caution goes, where the optimizer says so.
//!
//! This is the one place where the fixers and the optimizer meet: each of the
//! two knows nothing of the other.

use spacetime_engine::{Options, Selection, SourceKind, optimize};

/// The rule that drops copies which are only walked.
const RULE: &str = "drop_list";

/// The text without such copies. What the optimizer cannot read stays as it is.
pub fn modern(text: String) -> String {
    let selection = Selection { select: vec![RULE.to_owned()], ignore: Vec::new() };
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
        assert_eq!(modern("print 1\n".to_owned()), "print 1\n", "no Python 3");
    }

    #[test]
    fn the_rule_is_there() {
        assert!(spacetime_engine::rule_names().contains(&RULE));
    }
}
