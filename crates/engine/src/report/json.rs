//! JSON for programs: every field of every finding, in a fixed key order.

use serde::Serialize;

use super::{Problem, Report};
use crate::{Finding, Summary};

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    summary: Summary,
    files: Vec<File<'a>>,
    errors: &'a [Problem],
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    changed: bool,
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    forecast: Option<&'a crate::Forecast>,
    opportunities: Vec<Opportunity<'a>>,
    unused_suppressions: Vec<Comment<'a>>,
    faults: &'a [String],
}

/// A finding, with the names that the original tool's users know.
#[derive(Serialize)]
struct Opportunity<'a> {
    path: &'a str,
    r#type: &'a str,
    line_number: usize,
    #[serde(flatten)]
    finding: &'a Finding,
}

#[derive(Serialize)]
struct Comment<'a> {
    line: usize,
    text: &'a str,
}

/// The whole report as one JSON document.
pub fn json(report: &Report<'_>) -> String {
    let document = Document {
        version: env!("CARGO_PKG_VERSION"),
        summary: report.summary(),
        files: report.files.iter().map(file).collect(),
        errors: &report.problems,
    };
    // Strings, numbers and lists cannot fail to serialise.
    let mut out = serde_json::to_string_pretty(&document).unwrap_or_else(|_| "{}".to_owned());
    out.push('\n');
    out
}

fn file<'a>(file: &super::FileReport<'a>) -> File<'a> {
    let outcome = file.outcome;
    File {
        path: file.path,
        changed: outcome.text != file.text,
        summary: outcome.summary(),
        forecast: outcome.forecast.as_ref(),
        opportunities: outcome.findings.iter().map(|finding| opportunity(file.path, finding)).collect(),
        unused_suppressions: outcome
            .unused_suppressions
            .iter()
            .map(|(line, text)| Comment { line: *line, text })
            .collect(),
        faults: &outcome.faults,
    }
}

fn opportunity<'a>(path: &'a str, finding: &'a Finding) -> Opportunity<'a> {
    Opportunity { path, r#type: &finding.kind, line_number: finding.line, finding }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn has_every_field_in_a_fixed_order() {
        let outcome = sample::outcome();
        let mut report = sample::report(&outcome);
        report.problems.push(sample::problem());
        insta::assert_snapshot!(json(&report), @r##"
        {
          "version": "0.1.0",
          "summary": {
            "found": 2,
            "applied": 1,
            "held_back": 1,
            "memory_reduction": 0.99,
            "time_overhead": -0.05
          },
          "files": [
            {
              "path": "app/my file.py",
              "changed": true,
              "summary": {
                "found": 2,
                "applied": 1,
                "held_back": 1,
                "memory_reduction": 0.99,
                "time_overhead": -0.05
              },
              "opportunities": [
                {
                  "path": "app/my file.py",
                  "type": "streaming",
                  "line_number": 2,
                  "rule": "stream_sum",
                  "kind": "streaming",
                  "line": 2,
                  "column": 12,
                  "end_line": 2,
                  "end_column": 36,
                  "function": "",
                  "description": "list inside `sum` <becomes> a generator",
                  "relies_on": [
                    "assumed: operators-are-pure"
                  ],
                  "memory_before": "38·len(xs) + 56",
                  "memory_after": "200",
                  "quantities": [
                    "len(xs)"
                  ],
                  "bytes_before": 38000000.0,
                  "bytes_after": 200.0,
                  "memory_savings": 0.99,
                  "time_overhead": -0.05,
                  "confidence": 0.9,
                  "score": 0.8,
                  "applied": true,
                  "why_not": null,
                  "remedy": null,
                  "round": 1,
                  "edits": [
                    {
                      "start": 24,
                      "end": 25,
                      "text": ""
                    },
                    {
                      "start": 42,
                      "end": 43,
                      "text": ""
                    }
                  ]
                },
                {
                  "path": "app/my file.py",
                  "type": "external_memory",
                  "line_number": 3,
                  "rule": "spill_sort",
                  "kind": "external_memory",
                  "line": 3,
                  "column": 6,
                  "end_line": 3,
                  "end_column": 16,
                  "function": "Class.method",
                  "description": "sort in memory",
                  "relies_on": [],
                  "memory_before": "8·len(ys)",
                  "memory_after": "16777216",
                  "quantities": [
                    "len(ys)"
                  ],
                  "bytes_before": null,
                  "bytes_after": null,
                  "memory_savings": 0.93,
                  "time_overhead": 0.45,
                  "confidence": 0.4,
                  "score": 0.8,
                  "applied": false,
                  "why_not": "`ys` is used again on line 9",
                  "remedy": "say `--allow early-effects`",
                  "round": 1,
                  "edits": []
                }
              ],
              "unused_suppressions": [
                {
                  "line": 7,
                  "text": "# spacetime: ignore"
                }
              ],
              "faults": []
            }
          ],
          "errors": [
            {
              "path": "bad.py",
              "line": 4,
              "column": 2,
              "message": "no Python"
            }
          ]
        }
        "##);
    }
}
