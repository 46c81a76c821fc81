//! Where formatting an object makes a text that may say where in memory it is.
//!
//! `object.__format__` takes no specification: `f"{thing:10}"` raises TypeError where the class does not say
//! otherwise, and numbers, texts and dates show what they are. Nor does `"%d" % thing` show more than a number.

use spacetime_syntax::ast::{AnyNodeRef, Expr, InterpolatedElement, InterpolatedStringElement, StmtClassDef};
use spacetime_syntax::{Node, NodeId};

use crate::Model;

/// Modules whose classes show no address by a specification.
const KNOWN: [&str; 14] = [
    "abc",
    "argparse",
    "collections",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "io",
    "json",
    "threading",
    "typing",
];

impl Model<'_> {
    /// Whether an expression stands in an f-string.
    pub(super) fn is_formatted(&self, id: NodeId) -> bool {
        self.interpolation(id).is_some()
    }

    /// Whether an expression stands in an f-string that may show it as `str` or `repr` does.
    pub(super) fn is_shown(&self, id: NodeId) -> bool {
        self.interpolation(id).is_some_and(|element| !is_specified(element) || self.may_format_themselves())
    }

    fn interpolation(&self, id: NodeId) -> Option<&InterpolatedElement> {
        match self.tree.node(self.tree.parent(id)?) {
            Node::Part(AnyNodeRef::InterpolatedElement(element)) => Some(element),
            _ => None,
        }
    }

    /// Whether `format(value, spec)` may show a value as `str` does.
    pub(super) fn is_shown_by_format(&self, spec: Option<&Expr>) -> bool {
        let specified = matches!(spec, Some(Expr::StringLiteral(text)) if !text.value.is_empty());
        !specified || self.may_format_themselves()
    }

    /// Whether there may be a class that says how its objects are formatted.
    fn may_format_themselves(&self) -> bool {
        self.tree.module().text().contains("__format__")
            || self
                .classes()
                .any(|class| self.class_def(class).is_some_and(|def| !self.is_formatted_plainly(def)))
    }

    /// Whether nobody else has written anything of a class.
    fn is_formatted_plainly(&self, class: &StmtClassDef) -> bool {
        let is_known = |expr: &Expr| match expr {
            Expr::Name(name) if self.is_builtin(expr, &name.id) || self.named_class(expr).is_some() => true,
            expr => self
                .qualified(expr)
                .is_some_and(|name| KNOWN.contains(&name.split('.').next().unwrap_or_default())),
        };
        let is_made = |expr: &Expr| match expr {
            Expr::Call(call) => is_known(&call.func),
            Expr::Subscript(generic) => is_known(&generic.value),
            expr => is_known(expr),
        };
        class.decorator_list.iter().all(|one| is_made(&one.expression))
            && class.arguments.as_deref().is_none_or(|arguments| {
                arguments.args.iter().all(is_made) && arguments.keywords.iter().all(|one| is_made(&one.value))
            })
    }
}

/// `{value:.2f}`, `{value:{width}.2f}`: with a specification that is not empty, of the value itself.
fn is_specified(element: &InterpolatedElement) -> bool {
    element.conversion.is_none()
        && element.format_spec.as_deref().is_some_and(|spec| {
            spec.elements
                .iter()
                .any(|part| matches!(part, InterpolatedStringElement::Literal(text) if !text.is_empty()))
        })
}

/// Whether `"%d %s" % values` may show them as `str` or `repr` does.
pub(super) fn is_shown_by_template(template: &Expr) -> bool {
    match template {
        Expr::StringLiteral(text) => !is_of_numbers(text.value.to_str()),
        _ => true,
    }
}

/// Whether all that a template asks for are numbers.
fn is_of_numbers(template: &str) -> bool {
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        if rest.starts_with('(') {
            let Some(close) = rest.find(')') else { return false };
            rest = &rest[close + 1..];
        }
        rest = rest.trim_start_matches(|char: char| "#0- +*.hlL".contains(char) || char.is_ascii_digit());
        let mut chars = rest.chars();
        if !chars.next().is_some_and(|char| "diouxXeEfFgG%".contains(char)) {
            return false;
        }
        rest = chars.as_str();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_of_numbers;

    #[test]
    fn only_numbers_are_shown() {
        for template in ["", "none", "%d", "%5.2f of %(all)08.3f%%", "%-*d %+i", "100 %% %x"] {
            assert!(is_of_numbers(template), "{template}");
        }
        for template in ["%s", "%d %r", "%", "%(name", "%(a)s", "%-10a", "%y", "%d %c"] {
            assert!(!is_of_numbers(template), "{template}");
        }
    }
}
