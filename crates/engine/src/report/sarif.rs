//! SARIF 2.1.0, with fixes, as code scanning services read it.
//!
//! GitHub rejects or hides results without a location, with absolute paths,
//! or without fingerprints, so all three are always there. Columns count
//! characters (`unicodeCodePoints`), as everywhere else in our reports.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::position::Places;
use super::{FileReport, Problem, Report};
use crate::{Finding, PlannedEdit, RuleInfo};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const ROOT: &str = "SRCROOT";

/// The whole report as a SARIF log with one run.
pub fn sarif(report: &Report<'_>) -> String {
    let mut seen = BTreeMap::new();
    let mut results = Vec::new();
    for file in &report.files {
        let places = Places::new(file.text);
        for finding in &file.outcome.findings {
            results.push(result(report, file, &places, finding, &mut seen));
        }
    }
    let mut run = json!({
        "tool": { "driver": {
            "name": "SpaceTime",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": report.rules.iter().map(rule).collect::<Vec<_>>(),
        }},
        "columnKind": "unicodeCodePoints",
        "invocations": [{
            "executionSuccessful": report.problems.is_empty(),
            "toolExecutionNotifications": report.problems.iter().map(notification).collect::<Vec<_>>(),
        }],
        "results": results,
    });
    if let Some(root) = &report.root {
        let uri = format!("file://{}/", encode(root.trim_end_matches('/')));
        run["originalUriBaseIds"] = json!({ ROOT: { "uri": uri } });
    }
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    format!("{log:#}\n")
}

fn rule(info: &RuleInfo) -> Value {
    json!({
        "id": info.name,
        "shortDescription": { "text": info.summary },
        "fullDescription": { "text": info.summary },
        "help": { "text": info.page, "markdown": info.page },
        "defaultConfiguration": { "level": "warning" },
        "properties": { "tags": [info.group, "performance"] },
    })
}

fn result(
    report: &Report<'_>,
    file: &FileReport<'_>,
    places: &Places<'_>,
    finding: &Finding,
    seen: &mut BTreeMap<u64, usize>,
) -> Value {
    let artifact = artifact(file.path);
    let mut result = json!({
        "ruleId": finding.rule,
        "level": if finding.applied { "warning" } else { "note" },
        "message": { "text": message(finding) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": artifact,
            "region": region((finding.line, finding.column), (finding.end_line, finding.end_column)),
        }}],
        "partialFingerprints": { "primaryLocationLineHash": fingerprint(file, places, finding, seen) },
        "properties": {
            "kind": finding.kind,
            "applied": finding.applied,
            "memorySavings": finding.memory_savings,
            "timeOverhead": finding.time_overhead,
            "confidence": finding.confidence,
            "reliesOn": finding.relies_on,
        },
    });
    if let Some(index) = report.rules.iter().position(|rule| rule.name == finding.rule) {
        result["ruleIndex"] = json!(index);
    }
    if !finding.edits.is_empty() {
        let replacements: Vec<Value> = finding.edits.iter().map(|edit| replacement(places, edit)).collect();
        result["fixes"] = json!([{
            "description": { "text": finding.description },
            "artifactChanges": [{ "artifactLocation": artifact, "replacements": replacements }],
        }]);
    }
    result
}

fn message(finding: &Finding) -> String {
    match &finding.why_not {
        Some(reason) if !finding.applied => format!("{} (not applied: {reason})", finding.description),
        _ => finding.description.clone(),
    }
}

/// A path below the root is relative to it; any other is a URI of its own.
fn artifact(path: &str) -> Value {
    if path.starts_with('/') {
        json!({ "uri": format!("file://{}", encode(path)) })
    } else {
        json!({ "uri": encode(path.trim_start_matches("./")), "uriBaseId": ROOT })
    }
}

fn region(start: (usize, usize), end: (usize, usize)) -> Value {
    json!({
        "startLine": start.0.max(1),
        "startColumn": start.1.max(1),
        "endLine": end.0.max(start.0).max(1),
        "endColumn": end.1.max(1),
    })
}

fn replacement(places: &Places<'_>, edit: &PlannedEdit) -> Value {
    let (start, end) = (places.position(edit.start), places.position(edit.end));
    json!({
        "deletedRegion": region((start.line, start.column), (end.line, end.column)),
        "insertedContent": { "text": edit.text },
    })
}

/// The rule and the text of the line, so that it survives moved lines; equal
/// ones are numbered in source order.
fn fingerprint(
    file: &FileReport<'_>,
    places: &Places<'_>,
    finding: &Finding,
    seen: &mut BTreeMap<u64, usize>,
) -> String {
    let hash = fnv(&[file.path, &finding.rule, places.line(finding.line).trim()]);
    let count = seen.entry(hash).or_insert(0);
    *count += 1;
    format!("{hash:016x}:{count}")
}

/// FNV-1a: fixed for all time, unlike the standard library's hashes.
fn fnv(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

fn notification(problem: &Problem) -> Value {
    json!({
        "level": "error",
        "message": { "text": problem.message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": artifact(&problem.path),
            "region": { "startLine": problem.line.max(1), "startColumn": problem.column.max(1) },
        }}],
    })
}

/// Percent-encodes all but what a path in a URI may hold as it is.
fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn log() -> Value {
        let outcome = sample::outcome();
        let mut report = sample::report(&outcome);
        report.problems.push(sample::problem());
        serde_json::from_str(&sarif(&report)).unwrap()
    }

    #[test]
    fn every_result_has_what_code_scanning_asks_for() {
        let log = log();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(run["originalUriBaseIds"][ROOT]["uri"], "file:///home/me/project/");
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 2);
        let mut fingerprints = std::collections::BTreeSet::new();
        for result in results {
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "app/my%20file.py");
            assert_eq!(place["artifactLocation"]["uriBaseId"], ROOT);
            assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            assert!(["note", "warning"].contains(&result["level"].as_str().unwrap()));
            let print = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
            assert!(fingerprints.insert(print.to_owned()));
        }
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], results[0]["ruleId"]);
        assert_eq!(results[0]["ruleIndex"], 0);
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    }

    #[test]
    fn fixes_count_characters() {
        let log = log();
        let change = &log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
        // `print("é", sum([`: the bracket is the 16th character, the 17th byte.
        let region = &change["replacements"][0]["deletedRegion"];
        assert_eq!(region["startLine"], 2);
        assert_eq!(region["startColumn"], 16);
        assert_eq!(region["endColumn"], 17);
        assert_eq!(change["replacements"][0]["insertedContent"]["text"], "");
        assert!(log["runs"][0]["results"][1].get("fixes").is_none());
    }

    #[test]
    fn equal_lines_are_numbered() {
        let mut outcome = sample::outcome();
        outcome.findings.push(outcome.findings[0].clone());
        let log: Value = serde_json::from_str(&sarif(&sample::report(&outcome))).unwrap();
        let print = |i: usize| {
            let print = &log["runs"][0]["results"][i]["partialFingerprints"]["primaryLocationLineHash"];
            print.as_str().unwrap().to_owned()
        };
        assert_eq!(print(0).replace(":1", ":2"), print(2));
    }
}
