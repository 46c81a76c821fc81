//! Expressions that read all lines of a file: which file, how they are cut, and
//! how a walk is written that gives the same lines.

use spacetime_rule::{Context, Import};
use spacetime_semantic::{Body, Kind};
use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{Expr, ExprCall};

use crate::safety::opens_for_reading;

const CHAIN: Import = Import::new("itertools", "chain");
const SPLIT_LINES: Import = Import::new("spacetime_compiler.runtime", "split_lines");

/// How the lines are cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    Lines,
    SplitLines,
    Split,
}

/// The expression: `file`, and what is done to it.
#[derive(Clone, Copy)]
pub struct Reading<'m> {
    pub node: NodeId,
    pub file: &'m Expr,
    pub cut: Cut,
    pub is_text: bool,
}

impl Reading<'_> {
    /// What stands before and behind the file where its lines are walked:
    /// `file`, `chain.from_iterable(map(str.splitlines, file))` or `split_lines(file)`.
    pub fn walk(&self, cx: &Context<'_, '_>) -> (String, &'static str, Vec<Import>) {
        match self.cut {
            Cut::Lines => (String::new(), "", Vec::new()),
            Cut::SplitLines => {
                let kind = if self.is_text { "str" } else { "bytes" };
                let chain = CHAIN.local_name(cx.tree);
                (format!("{chain}.from_iterable(map({kind}.splitlines, "), "))", vec![CHAIN])
            }
            Cut::Split => (format!("{}(", SPLIT_LINES.local_name(cx.tree)), ")", vec![SPLIT_LINES]),
        }
    }
}

/// What is read, if it is surely a file that was opened in a way we understand.
pub fn reading<'m>(cx: &Context<'_, 'm>, body: &Body, node: NodeId) -> Option<Reading<'m>> {
    let Some(Expr::Call(call)) = cx.tree.expr(node) else { return None };
    let Expr::Attribute(method) = &*call.func else { return None };
    let (file, cut) = match &*method.value {
        file if method.attr.as_str() == "readlines" => (file, Cut::Lines),
        Expr::Call(read) => {
            let Expr::Attribute(read) = &*read.func else { return None };
            (&*read.value, if call.arguments.is_empty() { Cut::SplitLines } else { Cut::Split })
        }
        _ => return None,
    };
    let Kind::File(Some(opened)) = body.kind(cx.model, file) else { return None };
    let Some(open @ Expr::Call(opening)) = cx.tree.expr(opened) else { return None };
    let newline = newline(opening)?;
    let is_text = match cx.model.file_text(Some(opened)) {
        Kind::Str => true,
        Kind::Bytes => false,
        _ => return None,
    };
    let helper = if is_text { "str" } else { "bytes" };
    let builtin = |name| cx.model.names_builtin(node, name);
    let fits = match cut {
        Cut::Lines => true,
        Cut::SplitLines => newline != Some("\r") && builtin("map") && builtin(helper),
        Cut::Split => {
            (!is_text || matches!(newline, None | Some("\n")))
                && is_newline(call.arguments.args.first()?, is_text)
        }
    };
    (fits && opens_for_reading(open)).then_some(Reading { node, file, cut, is_text })
}

/// The `newline` of a call of `open`, `None` by default; nothing if unknown.
#[expect(clippy::option_option, reason = "not known, known to be the default, known to be something")]
fn newline(opening: &ExprCall) -> Option<Option<&str>> {
    let arguments = &opening.arguments;
    if arguments.args.iter().any(Expr::is_starred_expr)
        || arguments.keywords.iter().any(|keyword| keyword.arg.is_none())
    {
        return None;
    }
    match arguments.find_argument_value("newline", 5) {
        None | Some(Expr::NoneLiteral(_)) => Some(None),
        Some(Expr::StringLiteral(newline)) => Some(Some(newline.value.to_str())),
        Some(_) => None,
    }
}

fn is_newline(separator: &Expr, is_text: bool) -> bool {
    match separator {
        Expr::StringLiteral(text) => is_text && text.value.to_str() == "\n",
        Expr::BytesLiteral(bytes) => !is_text && bytes.value.bytes().eq(*b"\n"),
        _ => false,
    }
}
