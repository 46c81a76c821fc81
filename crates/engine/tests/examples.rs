//! Every rule's page is its test: what stands before becomes exactly what
//! stands after, and what is kept stays.

use std::fmt::Write as _;

use spacetime_engine::{Options, Outcome, Selection, SourceKind, optimize, rules};
use spacetime_rule::Header;
use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Module, Tree};
use spacetime_text::Ranged;

fn run(rule: &str, code: &str) -> Outcome {
    let selection = Selection { select: vec![rule.to_owned()], ignore: Vec::new() };
    optimize(code, SourceKind::Python, &Options { selection, ..Options::default() })
        .unwrap_or_else(|problem| panic!("{rule}: {problem}\n{code}"))
}

fn explain(outcome: &Outcome) -> String {
    let mut text = String::new();
    for f in &outcome.findings {
        let (why, remedy, relies) = (&f.why_not, &f.remedy, &f.relies_on);
        let _ =
            writeln!(text, "line {} applied {} {why:?} {remedy:?} relies on {relies:?}", f.line, f.applied);
    }
    text
}

#[test]
fn headers_hold() {
    let mut failures = Vec::new();
    for rule in rules() {
        let page = rule.page.lines().fold(String::new(), |page, line| page + "//! " + line + "\n");
        let header = Header::parse(&page).and_then(|header| header.with_cases(&rule.cases));
        let header = header.unwrap_or_else(|problem| panic!("{}: {problem}", rule.name));
        for (before, after) in header.rewrites() {
            let outcome = run(&rule.name, before);
            if outcome.text != after {
                failures.push(format!(
                    "{}: expected\n{after}\ngot\n{}\n{}",
                    rule.name,
                    outcome.text,
                    explain(&outcome)
                ));
            }
            assert!(outcome.faults.is_empty(), "{}: {:?}", rule.name, outcome.faults);
        }
        let stays = header.kept().chain(header.rewrites().map(|(_, after)| after));
        for code in stays {
            let outcome = run(&rule.name, code);
            if outcome.text != code {
                failures.push(format!("{}: must stay\n{code}\nbecame\n{}", rule.name, outcome.text));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n----\n"));
}

/// What is written behind the names that functions assign to.
const ANNOTATION: &str = ": object";

/// The same program with such annotations; nothing if there is no place for one.
fn annotated(code: &str) -> Option<String> {
    // A name that is annotated may not be one of another scope.
    if code.contains("global ") || code.contains("nonlocal ") {
        return None;
    }
    let module = Module::parse(code, SourceKind::Python).ok()?;
    let tree = Tree::new(&module);
    let is_in_function = |id| {
        let stmts = tree.ancestors(id).filter_map(|outer| tree.stmt(outer));
        let mut scopes = stmts.filter(|stmt| stmt.is_function_def_stmt() || stmt.is_class_def_stmt());
        scopes.next().is_some_and(Stmt::is_function_def_stmt)
    };
    let mut ends: Vec<usize> = Vec::new();
    for id in tree.ids() {
        if let Some(Stmt::Assign(assign)) = tree.stmt(id)
            && let [target @ Expr::Name(_)] = assign.targets.as_slice()
            && code[target.end().to_usize()..].starts_with(" = ")
            && is_in_function(id)
        {
            ends.push(target.end().to_usize());
        }
    }
    let mut text = code.to_owned();
    ends.sort_unstable();
    ends.iter().rev().for_each(|end| text.insert_str(*end, ANNOTATION));
    (!ends.is_empty()).then_some(text)
}

/// In functions an annotation means nothing, so all rules do the same with it.
#[test]
fn annotations_change_nothing() {
    let (mut failures, mut done) = (Vec::new(), 0);
    for rule in rules() {
        let page = rule.page.lines().fold(String::new(), |page, line| page + "//! " + line + "\n");
        let header = Header::parse(&page).and_then(|header| header.with_cases(&rule.cases));
        let header = header.unwrap_or_else(|problem| panic!("{}: {problem}", rule.name));
        let kept = header.kept().map(|code| (code, code));
        for (before, after) in header.rewrites().chain(kept) {
            let Some(with) = annotated(before) else { continue };
            done += 1;
            let text = run(&rule.name, &with).text;
            if text.replace(ANNOTATION, "") != after.replace(ANNOTATION, "") {
                failures.push(format!("{}: expected\n{after}\nwith annotations, got\n{text}", rule.name));
            }
        }
    }
    assert!(done > 300, "only {done} examples with places for annotations");
    assert!(failures.is_empty(), "{}", failures.join("\n----\n"));
}
