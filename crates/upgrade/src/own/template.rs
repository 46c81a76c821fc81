//! A template: Python with holes, read by the parser that reads the sources.

use super::{OwnError, Part};
use crate::kind::Kind;
use crate::parse::{Dialect, parse};
use crate::tree::{NodeId, Tree};

const HOLE: &str = "__own_hole_";

/// What is written in the place of a match.
#[derive(Debug)]
pub(super) struct Template {
    /// The template as a file of one statement.
    pub tree: Tree,
    /// The expression or small statement in it.
    pub root: NodeId,
    /// What is written behind it: the trailers that are bound to this name.
    pub tail: Option<String>,
    /// Whether it can only stand as a statement.
    pub is_statement: bool,
}

/// The `$name`s in a text, each with the place where the name starts.
pub(super) fn names_in(text: &str) -> Vec<(usize, &str)> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices('$') {
        let rest = &text[at + 1..];
        let len = rest.find(|char: char| char != '_' && !char.is_alphanumeric()).unwrap_or(rest.len());
        if len > 0 && !rest.starts_with(|first: char| first.is_ascii_digit()) {
            names.push((at + 1, &rest[..len]));
        }
    }
    names
}

/// The name that a leaf of a template stands for.
pub(super) fn hole(value: &str) -> Option<&str> {
    value.strip_prefix(HOLE)
}

impl Template {
    pub fn read(text: &str) -> Result<Self, OwnError> {
        let wrong = |message: String| OwnError::new(Part::Replace, 0, message);
        let (text, tail) = without_tail(text.trim());
        let mut python = String::new();
        let mut end = 0;
        for (at, name) in names_in(text) {
            let before = text[end..at].trim_end_matches('$');
            python.push_str(before);
            python.push_str(HOLE);
            python.push_str(name);
            end = at + name.len();
        }
        python.push_str(&text[end..]);
        let has_dollar = python.contains('$');
        python.push('\n');
        let dialect = Dialect { print_function: true, exec_function: true };
        let parsed = parse(python, dialect).map_err(|error| {
            if has_dollar {
                return wrong(
                    "`$` without a name: write `$name`, with a name that the pattern binds".to_owned(),
                );
            }
            wrong(format!("the template is no Python 3: {error} (`$name` was read as a name)"))
        })?;
        let mut tree = parsed.tree;
        give_strings_back(&mut tree);
        let statements: Vec<NodeId> = tree.children(tree.root()).collect();
        let one = "a template is one expression or one simple statement";
        let [statement, _] = statements[..] else { return Err(wrong(one.to_owned())) };
        let parts: Vec<NodeId> = tree.children(statement).collect();
        let [root, _] = parts[..] else { return Err(wrong(one.to_owned())) };
        if tree.kind(statement) != Kind::SimpleStmt {
            return Err(wrong(one.to_owned()));
        }
        let is_statement = !is_expression(&tree, root);
        if is_statement && tail.is_some() {
            return Err(wrong("nothing can be written behind a statement".to_owned()));
        }
        Ok(Self { tree, root, tail: tail.map(str::to_owned), is_statement })
    }

    /// The names that it needs; those in strings are none.
    pub fn names(&self) -> Vec<&str> {
        let holes = self.tree.leaves(self.root).filter_map(|leaf| hole(self.tree.value(leaf)));
        holes.chain(self.tail.as_deref()).collect()
    }
}

/// A name that is written right behind something, `f($x)$rest`, is what follows
/// that: it is taken off.
fn without_tail(text: &str) -> (&str, Option<&str>) {
    let Some((at, name)) = names_in(text).last().copied() else { return (text, None) };
    let start = text[..at].trim_end_matches('$');
    let follows =
        start.ends_with(|char: char| char == '_' || char.is_alphanumeric() || ")]}'\"".contains(char));
    if at + name.len() == text.len() && follows { (start, Some(name)) } else { (text, None) }
}

/// `$` in a string is a dollar.
fn give_strings_back(tree: &mut Tree) {
    let strings: Vec<NodeId> =
        tree.leaves(tree.root()).filter(|leaf| tree.kind(*leaf) == Kind::String).collect();
    for string in strings {
        let value = tree.value(string).replace(HOLE, "$");
        tree.set_value(string, &value);
    }
}

fn is_expression(tree: &Tree, root: NodeId) -> bool {
    let words = ["pass", "break", "continue", "return", "raise"];
    match tree.kind(root) {
        Kind::Name => !words.contains(&tree.value(root)),
        Kind::ExprStmt
        | Kind::DelStmt
        | Kind::GlobalStmt
        | Kind::ImportName
        | Kind::ImportFrom
        | Kind::AssertStmt
        | Kind::RaiseStmt
        | Kind::ReturnStmt
        | Kind::YieldExpr
        | Kind::TypeStmt => false,
        _ => true,
    }
}
