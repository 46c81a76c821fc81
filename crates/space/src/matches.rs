//! What `findall` gives for a pattern that is written out.

use spacetime_rule::{Context, Import};
use spacetime_syntax::ast::{Expr, ExprCall, Operator, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::line_pattern::{LineFlags, stays_in_line};

/// Flags that do not change what a parenthesis means.
const FLAGS: [&str; 12] = [
    "re.A",
    "re.ASCII",
    "re.I",
    "re.IGNORECASE",
    "re.M",
    "re.MULTILINE",
    "re.S",
    "re.DOTALL",
    "re.U",
    "re.UNICODE",
    "re.L",
    "re.LOCALE",
];

/// What `findall` gives for each match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    Whole,
    /// The only group, which takes part in each match.
    Group,
    /// The only group, or an empty string.
    Maybe,
    Groups,
}

/// A call of `findall` with a pattern that is known.
#[derive(Clone, Copy)]
pub struct Search<'m> {
    pub call: &'m ExprCall,
    gives: Gives,
    /// What is searched.
    pub searched: &'m Expr,
    /// The pattern is a str, and so are the matches; bytes otherwise.
    pub is_text: bool,
    /// Searching each line finds the same.
    pub by_line: bool,
}

/// What a pattern that is written out tells.
struct Known {
    gives: Gives,
    is_text: bool,
    by_line: bool,
}

const ITEMGETTER: Import = Import::new("operator", "itemgetter");
const METHODCALLER: Import = Import::new("operator", "methodcaller");

impl<'m> Search<'m> {
    fn new(call: &'m ExprCall, searched: &'m Expr, known: &Known) -> Self {
        let Known { gives, is_text, by_line } = *known;
        Self { call, gives, searched, is_text, by_line }
    }

    /// What is to be imported, and what stands before and behind the call of `finditer`
    /// that gives the same items.
    pub fn around(&self, cx: &Context<'_, '_>) -> (Option<Import>, String, &'static str) {
        let empty = if self.is_text { "\"\"" } else { "b\"\"" };
        let getter = ITEMGETTER.local_name(cx.tree);
        let (import, before) = match self.gives {
            Gives::Whole => (Some(ITEMGETTER), format!("map({getter}(0), ")),
            Gives::Group => (Some(ITEMGETTER), format!("map({getter}(1), ")),
            Gives::Groups => {
                let caller = METHODCALLER.local_name(cx.tree);
                (Some(METHODCALLER), format!("map({caller}(\"groups\", {empty}), "))
            }
            Gives::Maybe => (None, format!("(match[1] or {empty} for match in ")),
        };
        (import, before, ")")
    }

    /// Each match is a text.
    pub fn gives_texts(&self) -> bool {
        self.gives != Gives::Groups
    }

    /// Whether the lazy form can be written here.
    pub fn can_be_lazy(&self, cx: &Context<'_, '_>) -> bool {
        let node = cx.tree.id(self.call);
        !is_in_text(cx, node) && (self.gives == Gives::Maybe || cx.model.names_builtin(node, "map"))
    }
}

/// Within an f-string other quotes and backslashes may be needed.
pub fn is_in_text(cx: &Context<'_, '_>, node: NodeId) -> bool {
    cx.tree
        .ancestors(node)
        .any(|outer| matches!(cx.tree.node(outer), Node::Expr(Expr::FString(_) | Expr::TString(_))))
}

/// What a call of `findall` gives, and in what it searches.
pub fn search<'m>(cx: &Context<'_, 'm>, call: &'m ExprCall) -> Option<Search<'m>> {
    let Expr::Attribute(method) = &*call.func else { return None };
    let arguments = &call.arguments.args;
    if arguments.iter().any(Expr::is_starred_expr) {
        return None;
    }
    if ["re.findall", "re.compile"].iter().any(|name| cx.model.is_replaced(name)) {
        return None;
    }
    if cx.model.qualified(&call.func).is_some_and(|name| name == "re.findall") {
        let searched = arguments.get(1)?;
        let made = match arguments.first()? {
            name @ Expr::Name(_) if arguments.len() == 2 && call.arguments.keywords.is_empty() => {
                compiled(cx, name)
            }
            _ => None,
        };
        let known = match made {
            Some(compile) => known(cx, compile, 1)?,
            None => known(cx, call, 2)?,
        };
        return Some(Search::new(call, searched, &known));
    }
    let [searched] = &arguments[..] else { return None };
    if !call.arguments.keywords.is_empty() {
        return None;
    }
    Some(Search::new(call, searched, &known(cx, compiled(cx, &method.value)?, 1)?))
}

/// Methods of texts and bytes that change each letter by itself.
pub fn is_case(method: &str) -> bool {
    matches!(method, "lower" | "upper")
}

/// What is searched, or put into small letters to be searched: `text` in `text.lower()`.
pub fn uncased(mut searched: &Expr) -> &Expr {
    while let Expr::Call(call) = searched
        && let Expr::Attribute(method) = &*call.func
        && call.arguments.is_empty()
        && is_case(&method.attr)
    {
        searched = &method.value;
    }
    searched
}

/// The call of `re.compile` that an expression stands for.
fn compiled<'m>(cx: &Context<'_, 'm>, expr: &'m Expr) -> Option<&'m ExprCall> {
    let made = match expr {
        Expr::Name(name) => {
            let symbol = cx.model.scopes.resolve(cx.tree.id(name)).symbol()?;
            let data = cx.model.scopes.symbol(symbol);
            let [bound] = data.bindings[..] else { return None };
            if data.rebound_elsewhere
                || !data.deletes.is_empty()
                || cx.model.scopes.uses_dynamic_names(data.scope)
            {
                return None;
            }
            match cx.tree.stmt(cx.tree.parent(bound)?)? {
                Stmt::Assign(assign) if assign.targets.len() == 1 => &*assign.value,
                _ => return None,
            }
        }
        made => made,
    };
    let Expr::Call(compile) = made else { return None };
    let is_compile = cx.model.qualified(&compile.func).is_some_and(|name| name == "re.compile");
    if !is_compile || compile.arguments.args.iter().any(Expr::is_starred_expr) {
        return None;
    }
    Some(compile)
}

/// What the pattern in the first argument of a call tells; its flags may stand at
/// `flags`.
fn known(cx: &Context<'_, '_>, call: &ExprCall, flags: usize) -> Option<Known> {
    let arguments = &call.arguments;
    let keywords = arguments.keywords.iter();
    if arguments.args.len() > flags + 1 || keywords.clone().any(|word| word.arg.as_deref() != Some("flags")) {
        return None;
    }
    let mut given = LineFlags::default();
    let mut harmless = |expr: &Expr| read_flags(cx, expr, &mut given);
    if !arguments.args.iter().skip(flags).chain(keywords.map(|word| &word.value)).all(&mut harmless) {
        return None;
    }
    let (bytes, is_text);
    let pattern = match arguments.args.first()? {
        Expr::StringLiteral(text) => {
            is_text = true;
            text.value.to_str()
        }
        Expr::BytesLiteral(literal) => {
            is_text = false;
            bytes = literal.value.bytes().collect::<Vec<u8>>();
            std::str::from_utf8(&bytes).ok()?
        }
        _ => return None,
    };
    Some(Known { gives: given_by(pattern)?, is_text, by_line: stays_in_line(pattern, given) })
}

/// Whether these are flags that are known; notes what they say of newlines.
fn read_flags(cx: &Context<'_, '_>, expr: &Expr, given: &mut LineFlags) -> bool {
    match expr {
        Expr::BinOp(op) => {
            op.op == Operator::BitOr && read_flags(cx, &op.left, given) && read_flags(cx, &op.right, given)
        }
        _ => cx.model.qualified(expr).is_some_and(|name| {
            given.multiline |= matches!(name.as_str(), "re.M" | "re.MULTILINE");
            given.dot_all |= matches!(name.as_str(), "re.S" | "re.DOTALL");
            given.picky |= matches!(name.as_str(), "re.U" | "re.UNICODE" | "re.L" | "re.LOCALE");
            FLAGS.contains(&name.as_str())
        }),
    }
}

/// What `findall` gives for a pattern: counts its groups. `None` if the pattern may
/// be verbose, where a comment may hold parentheses.
fn given_by(pattern: &str) -> Option<Gives> {
    let mut groups = 0;
    let mut sure = true;
    let mut in_class = false;
    let mut ends_group = false;
    let mut rest = pattern.chars().peekable();
    while let Some(symbol) = rest.next() {
        if std::mem::take(&mut ends_group) && matches!(symbol, '?' | '*' | '{') {
            sure = false;
        }
        match symbol {
            '\\' => drop(rest.next()),
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '[' => {
                in_class = true;
                rest.next_if_eq(&'^');
                rest.next_if_eq(&']');
            }
            '(' if rest.next_if_eq(&'?').is_some() => match rest.next()? {
                'P' if rest.next_if_eq(&'<').is_some() => groups += 1,
                ':' | '=' | '!' | '<' => sure = false,
                _ => return None,
            },
            '(' => groups += 1,
            ')' => ends_group = true,
            '|' => sure = false,
            _ => {}
        }
    }
    Some(match groups {
        0 => Gives::Whole,
        1 if sure => Gives::Group,
        1 => Gives::Maybe,
        _ => Gives::Groups,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_counted_as_python_counts_them() {
        let cases = [
            (r"\w+", Some(Gives::Whole)),
            (r"\(a\)[()]", Some(Gives::Whole)),
            (r"[]()]", Some(Gives::Whole)),
            (r"[^]()]", Some(Gives::Whole)),
            (r"(?:a|b)+", Some(Gives::Whole)),
            (r"(?<=a)b(?!c)", Some(Gives::Whole)),
            (r"(a)", Some(Gives::Group)),
            (r"x(a+)+y", Some(Gives::Group)),
            (r"(?P<name>a)", Some(Gives::Group)),
            (r"(a)?", Some(Gives::Maybe)),
            (r"(a){0,2}", Some(Gives::Maybe)),
            (r"(?:(a))?", Some(Gives::Maybe)),
            (r"b|(a)", Some(Gives::Maybe)),
            (r"(a)(b)", Some(Gives::Groups)),
            (r"(?x) ( # (", None),
            (r"(?i)a", None),
            (r"(a)(?(1)b|c)", None),
            (r"(?#(comment)a", None),
        ];
        for (pattern, gives) in cases {
            assert_eq!(given_by(pattern), gives, "{pattern}");
        }
    }
}
