//! Adds imports once, where a person would put them: behind the docstring,
//! `from __future__` and the imports at the head of the module.

use spacetime_rule::Import;
use spacetime_syntax::Tree;
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_text::{Edit, Offset, Ranged};

/// The edit that adds the imports that are not there yet.
pub fn add_imports(tree: &Tree<'_>, imports: &[Import]) -> Option<Edit> {
    let mut wanted = imports.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let lines: Vec<String> = wanted
        .into_iter()
        .filter_map(|import| {
            let local = import.local_name(tree);
            if import.is_imported(tree, &local) {
                return None;
            }
            let alias = if local == import.name { String::new() } else { format!(" as {local}") };
            Some(format!("from {} import {}{alias}", import.module, import.name))
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    let module = tree.module();
    let body = &module.root().body;
    let head = body.iter().enumerate().take_while(|(at, stmt)| belongs_to_head(*at, stmt)).count();
    let first = body.get(head)?.start();
    let line_start = module.lines().start(first);
    let alone = module.text()[line_start.to_usize()..first.to_usize()].trim().is_empty();
    if !alone {
        // `"""Docs."""; x = 1`: the new statement goes into the same line.
        return Some(Edit::insert(first, lines.join("; ") + "; "));
    }
    let at = if head == 0 { line_start } else { end_of_line(module.text(), body[head - 1].end()) };
    let mut text = lines.join("\n") + "\n";
    if head == 0 {
        text.push('\n');
    } else if !matches!(body[head - 1], Stmt::Import(_) | Stmt::ImportFrom(_)) {
        text.insert(0, '\n');
    }
    Some(Edit::insert(at, text))
}

/// The docstring, and imports.
fn belongs_to_head(at: usize, stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Import(_) | Stmt::ImportFrom(_) => true,
        Stmt::Expr(stmt) => at == 0 && matches!(*stmt.value, Expr::StringLiteral(_)),
        _ => false,
    }
}

fn end_of_line(text: &str, offset: Offset) -> Offset {
    let rest = &text[offset.to_usize()..];
    let end = rest
        .find(['\n', '\r'])
        .map_or(rest.len(), |at| at + if rest[at..].starts_with("\r\n") { 2 } else { 1 });
    offset + Offset::new(end as u32)
}
