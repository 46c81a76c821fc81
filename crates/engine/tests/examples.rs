//! Every rule's page is its test: what stands before becomes exactly what
//! stands after, and what is kept stays.

use std::fmt::Write as _;

use spacetime_engine::{Options, Outcome, Selection, SourceKind, optimize, rules};
use spacetime_rule::Header;

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
