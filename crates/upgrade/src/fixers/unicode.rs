//! `unicode` becomes `str`, `unichr` becomes `chr`, `u"…"` becomes `"…"`.
//!
//! `\u` in strings without prefix meant nothing in Python 2, so `"\u1234"`
//! becomes `"\\u1234"`, unless the file imports `unicode_literals`.
//!
//! As in 2to3 attributes and keywords are renamed too (`x.unicode`), and a
//! string that stays as it is counts as a change of the file.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};

pub static FIXER: Fixer = Fixer { builtin: true, ..Fixer::plain("unicode", "STRING | 'unicode' | 'unichr'", transform) };

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, cx: &mut Context<'_>) -> Outcome {
    let value = tree.value(node);
    let new = match tree.kind(node) {
        Kind::Name if value == "unicode" => Some("str".to_owned()),
        Kind::Name => Some("chr".to_owned()),
        _ => string_in_python_3(value, cx.has_future("unicode_literals"), cx.corrects()),
    };
    let Some(new) = new else { return Ok(Some(node)) };
    let copy = tree.clone_node(node);
    tree.set_value(copy, &new);
    Ok(Some(copy))
}

/// The string as it has to be written, if that is different.
fn string_in_python_3(string: &str, unicode_literals: bool, corrects: bool) -> Option<String> {
    if let Some(rest) = string.strip_prefix(['u', 'U']) {
        if corrects && let Some(raw) = rest.strip_prefix(['r', 'R']) {
            return Some(raw_unicode(raw).unwrap_or_else(|| rest.to_owned()));
        }
        return Some(rest.to_owned());
    }
    if unicode_literals || !string.starts_with(['\'', '"']) || !(string.contains("\\u") || string.contains("\\U") || corrects && string.contains("\\N")) {
        return None;
    }
    let parts: Vec<String> = string
        .split(r"\\")
        .map(|part| {
            let part = part.replace(r"\u", r"\\u").replace(r"\U", r"\\U");
            if corrects { part.replace(r"\N", r"\\N") } else { part }
        })
        .collect();
    Some(parts.join(r"\\")).filter(|new| new != string)
}

/// `ur"\u1234"` meant that character; a raw string of Python 3 does not. The
/// string as it is written without the `r`, if it has such a character.
fn raw_unicode(string: &str) -> Option<String> {
    let quote = string.chars().next()?;
    let (mut new, mut run, mut found) = (String::new(), 0, false);
    for char in string.chars() {
        if char == '\\' {
            run += 1;
            continue;
        }
        let is_odd = run % 2 == 1;
        if matches!(char, 'u' | 'U') && is_odd {
            new.push_str(&"\\".repeat(2 * (run - 1) + 1));
            found = true;
        } else {
            new.push_str(&"\\".repeat(2 * run));
            if run > 0 && char == '\n' {
                return None;
            }
            if is_odd && char == quote {
                new.push('\\');
            }
        }
        new.push(char);
        run = 0;
    }
    found.then_some(new)
}
