//! One report that the renderers' tests share: an applied finding, one that
//! was held back, and a file that does not parse.

use super::{FileReport, Problem, Report};
use crate::{Finding, Outcome, PlannedEdit, RuleInfo};

pub(super) const TEXT: &str = "# café\nprint(\"é\", sum([x * x for x in xs]))\nys = sorted(ys)\n";

pub(super) fn outcome() -> Outcome {
    let (start, end) = (TEXT.find('[').unwrap_or(0), TEXT.find(']').unwrap_or(0));
    let applied = Finding {
        rule: "stream_sum".to_owned(),
        kind: "streaming".to_owned(),
        line: 2,
        column: 12,
        end_line: 2,
        end_column: 36,
        function: String::new(),
        description: "list inside `sum` <becomes> a generator".to_owned(),
        relies_on: vec!["assumed: operators-are-pure".to_owned()],
        memory_before: "38·len(xs) + 56".to_owned(),
        memory_after: "200".to_owned(),
        quantities: vec!["len(xs)".to_owned()],
        bytes_before: Some(38e6),
        bytes_after: Some(200.0),
        memory_savings: 0.99,
        time_overhead: -0.05,
        confidence: 0.9,
        score: 0.8,
        applied: true,
        why_not: None,
        remedy: None,
        round: 1,
        typical_bytes: (100.0, 1.0),
        edits: vec![edit(start, start + 1, ""), edit(end, end + 1, "")],
    };
    let held = Finding {
        rule: "spill_sort".to_owned(),
        kind: "external_memory".to_owned(),
        line: 3,
        column: 6,
        end_line: 3,
        end_column: 16,
        function: "Class.method".to_owned(),
        description: "sort in memory".to_owned(),
        relies_on: vec![],
        memory_before: "8·len(ys)".to_owned(),
        memory_after: "16777216".to_owned(),
        quantities: vec!["len(ys)".to_owned()],
        bytes_before: None,
        bytes_after: None,
        memory_savings: 0.93,
        time_overhead: 0.45,
        confidence: 0.4,
        applied: false,
        why_not: Some("`ys` is used again on line 9".to_owned()),
        remedy: Some("say `--allow early-effects`".to_owned()),
        typical_bytes: (0.0, 0.0),
        edits: vec![],
        ..applied.clone()
    };
    Outcome {
        text: TEXT.replace(['[', ']'], ""),
        findings: vec![applied, held],
        unused_suppressions: vec![(7, "# spacetime: ignore".to_owned())],
        ..Outcome::default()
    }
}

pub(super) fn report(outcome: &Outcome) -> Report<'_> {
    Report {
        files: vec![FileReport { path: "app/my file.py", text: TEXT, outcome }],
        problems: vec![],
        rules: vec![RuleInfo {
            name: "stream_sum".to_owned(),
            group: "streaming".to_owned(),
            summary: "Streams what `sum` adds up.".to_owned(),
            page: "Streams what `sum` adds up.\n\nMore.".to_owned(),
            cases: String::new(),
        }],
        root: Some("/home/me/project".to_owned()),
    }
}

pub(super) fn problem() -> Problem {
    Problem { path: "bad.py".to_owned(), line: 4, column: 2, message: "no Python".to_owned() }
}

fn edit(start: usize, end: usize, text: &str) -> PlannedEdit {
    PlannedEdit { start, end, text: text.to_owned() }
}
