//! `1L` becomes `1`, `0755` becomes `0o755`.
//!
//! As in 2to3 only one of the two is done: `0777L` becomes `0777`. A number of
//! one digit only (`00`, `0`) is written anew as it was. With `--beyond` `0777L`
//! becomes `0o777`.

use crate::context::Context;
use crate::fixer::{Fix, Fixer, Outcome, Wanted};
use crate::found::{Asker, Found};
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer {
    traversal: true,
    ..Fixer::with_state("numliterals", Wanted::Kind(Kind::Number), || Box::new(NumLiterals))
};

struct NumLiterals;

impl Fix for NumLiterals {
    fn matches(&mut self, tree: &Tree, node: NodeId, _asker: &mut Asker<'_, '_>) -> Option<Found> {
        let value = tree.value(node);
        (value.starts_with('0') || value.ends_with(['L', 'l'])).then(|| Found::bare(node))
    }

    fn transform(&mut self, tree: &mut Tree, node: NodeId, _found: &Found, cx: &mut Context<'_>) -> Outcome {
        let (number, prefix) = (modern(tree.value(node), cx.corrects()), tree.prefix(node).to_owned());
        let number = util::number(tree, &number);
        Ok(Some(util::with_prefix(tree, number, &prefix)))
    }
}

fn modern(number: &str, corrects: bool) -> String {
    if let Some(short) = number.strip_suffix(['L', 'l']) {
        return if corrects { modern(short, false) } else { short.to_owned() };
    }
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    match number.strip_prefix('0') {
        Some(rest) if digits && rest.bytes().any(|byte| byte != b'0') => format!("0o{rest}"),
        _ => number.to_owned(),
    }
}
