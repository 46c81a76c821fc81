//! Stops splitting a text where nobody looks at the rest of the parts.
//!
//! ```py before
//! def names(path):
//!     found = []
//!     with open(path) as file:
//!         for line in file:
//!             key = line.split(",")[0]
//!             if line.split()[:2] != [key, "#"]:
//!                 found.append((key, line.rsplit("/")[-1], line.split(";")[-1], line.split("=")[1]))
//!     return found
//! ```
//! ```py after
//! def names(path):
//!     found = []
//!     with open(path) as file:
//!         for line in file:
//!             key = line.split(",", 1)[0]
//!             if line.split(None, 2)[:2] != [key, "#"]:
//!                 found.append((key, line.rsplit("/", 1)[-1], line.rsplit(";", 1)[-1], line.split("=", 2)[1]))
//!     return found
//! ```
//!
//! ```py before
//! def key(path, separator):
//!     with open(path) as file:
//!         line = file.readline()
//!     return line.split((separator or (",")),)[0]
//!
//! def main():
//!     with open("in.txt", "w") as file:
//!         file.write("a;b,c")
//!     print(key("in.txt", None), key("in.txt", ";"))
//!
//! main()
//! ```
//! ```py after
//! def key(path, separator):
//!     with open(path) as file:
//!         line = file.readline()
//!     return line.split((separator or (",")), 1)[0]
//!
//! def main():
//!     with open("in.txt", "w") as file:
//!         file.write("a;b,c")
//!     print(key("in.txt", None), key("in.txt", ";"))
//!
//! main()
//! ```
//!
//! # When not
//!
//! Other parts are looked at, or it is not known which; what is split may be something
//! else than a text:
//!
//! ```py kept
//! def parts(path, which, other):
//!     with open(path) as file:
//!         line = file.readline()
//!     fields = line.split(",")
//!     return fields[0], line.split(",")[which], line.split(",")[1:], other.split(",")[0], line.split(",", 3)[0]
//! ```
//!
//! Separators may overlap, so that from the right there are other parts:
//!
//! ```py kept
//! def last(path, separator):
//!     with open(path) as file:
//!         line = file.readline()
//!     return line.split("--")[-1], line.split(separator)[-1]
//!
//! def main():
//!     with open("in.txt", "w") as file:
//!         file.write("a---b")
//!     print(last("in.txt", "-"))
//!
//! main()
//! ```
//!
//! # Relies on
//!
//! Nothing.
//!
//! # Saves and costs
//!
//! The strings behind the last one that is looked at. Of a line with 20 fields the first
//! comes in a fifth of the time.

use spacetime_rule::{Claim, Context, Found, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Doubt, Kind, Size};
use spacetime_syntax::ast::{self, Expr, UnaryOp};
use spacetime_text::{Edit, Edits, Ranged};

use crate::literal;

pub static RULE: Rule = rule!(
    "stop_split",
    Streaming,
    ["$S.split($$$ARGS)[$K]", "$S.split($$$ARGS)[:$K]", "$S.rsplit($$$ARGS)[$K]"],
    check
);

/// More than a few parts are no saving.
const FEW: u64 = 16;

/// Which parts are looked at.
enum Wanted {
    /// So many from the end at which the text is split first.
    Near(u64),
    /// The last one from there.
    Far,
}

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Subscript(subscript)) = cx.tree.expr(found.node) else { return Ok(None) };
    let Expr::Call(call) = &*subscript.value else { return Ok(None) };
    let Expr::Attribute(method) = &*call.func else { return Ok(None) };
    let Some(body) = cx.model.body_of(found.node) else { return Ok(None) };
    let from_right = method.attr.as_str() == "rsplit";
    let separator = match &call.arguments.args[..] {
        [] => None,
        [separator] if !separator.is_starred_expr() => Some(separator),
        _ => return Ok(None),
    };
    let is_text = || matches!(body.kind(cx.model, &method.value), Kind::Str | Kind::Bytes);
    if !subscript.ctx.is_load() || !call.arguments.keywords.is_empty() || !is_text() {
        return Ok(None);
    }
    let description = "a text is split behind the last part that is looked at: stop there".to_owned();
    let (parts, turned) = match wanted(&subscript.slice, from_right) {
        Some(Wanted::Near(parts)) if parts <= FEW => (parts, false),
        Some(Wanted::Far) if separator.is_none_or(cannot_overlap) => (1, true),
        Some(Wanted::Far) => {
            let doubt = Doubt::new("the separator may overlap itself, and be found elsewhere from the other end");
            return Err(Box::new(Refusal { span: subscript.range(), description, doubt }));
        }
        _ => return Ok(None),
    };
    let mut edits = Vec::new();
    if turned {
        edits.push(Edit::replace(method.attr.range(), if from_right { "split" } else { "rsplit" }));
    }
    let arguments = call.arguments.range();
    if cx.tree.module().has_comment_in(arguments) {
        return Ok(None);
    }
    let text = cx.tree.module().slice(arguments);
    let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    let inside = separator.map_or("None", |_| inside.trim_end().trim_end_matches(','));
    edits.push(Edit::replace(arguments, format!("({inside}, {parts})")));
    let Ok(edits) = Edits::try_from(edits) else { return Ok(None) };
    Ok(Some(Opportunity {
        span: subscript.range(),
        description,
        edits,
        imports: Vec::new(),
        relies_on: Vec::new(),
        claim: Claim { before: Size::zero(), after: Size::zero(), overhead: -0.2, confidence: 0.9, clarity: 1.0 },
    }))
}

/// The parts that an index or a slice takes.
fn wanted(slice: &Expr, from_right: bool) -> Option<Wanted> {
    let count = match slice {
        Expr::Slice(ast::ExprSlice { lower: None, upper: Some(upper), step: None, .. }) if !from_right => {
            return literal::integer(upper).filter(|parts| *parts > 0).map(Wanted::Near);
        }
        Expr::UnaryOp(op) if op.op == UnaryOp::USub => {
            let back = literal::integer(&op.operand).filter(|back| *back > 0)?;
            return match (from_right, back) {
                (true, back) => Some(Wanted::Near(back)),
                (false, 1) => Some(Wanted::Far),
                _ => None,
            };
        }
        index => literal::integer(index)?,
    };
    match (from_right, count) {
        (false, count) => count.checked_add(1).map(Wanted::Near),
        (true, 0) => Some(Wanted::Far),
        _ => None,
    }
}

/// Whether a separator is found in the same places from both sides.
fn cannot_overlap(separator: &Expr) -> bool {
    match separator {
        Expr::NoneLiteral(_) => true,
        Expr::StringLiteral(text) => text.value.chars().count() == 1,
        Expr::BytesLiteral(bytes) => bytes.value.bytes().count() == 1,
        _ => false,
    }
}
