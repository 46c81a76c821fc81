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

pub static FIXER: Fixer = Fixer::plain("unicode", "STRING | 'unicode' | 'unichr'", transform);

fn transform(tree: &mut Tree, node: NodeId, _found: &Found, cx: &mut Context<'_>) -> Outcome {
    let value = tree.value(node);
    let new = match tree.kind(node) {
        Kind::Name if value == "unicode" => Some("str".to_owned()),
        Kind::Name => Some("chr".to_owned()),
        _ => string_in_python_3(value, cx.has_future("unicode_literals")),
    };
    let Some(new) = new else { return Ok(Some(node)) };
    let copy = tree.clone_node(node);
    tree.set_value(copy, &new);
    Ok(Some(copy))
}

/// The string as it has to be written, if that is different.
fn string_in_python_3(string: &str, unicode_literals: bool) -> Option<String> {
    if let Some(rest) = string.strip_prefix(['u', 'U']) {
        return Some(rest.to_owned());
    }
    if unicode_literals || !string.starts_with(['\'', '"']) || !string.contains("\\u") && !string.contains("\\U") {
        return None;
    }
    let parts: Vec<String> = string
        .split(r"\\")
        .map(|part| part.replace(r"\u", r"\\u").replace(r"\U", r"\\U"))
        .collect();
    Some(parts.join(r"\\")).filter(|new| new != string)
}
