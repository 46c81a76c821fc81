//! The report in the original tool's layout, and one line per finding for
//! editors and `grep`.

use std::fmt::Write as _;

use super::{FileReport, Report, bytes, percent};
use crate::{Finding, Forecast, Summary};

const WIDTH: usize = 60;
/// So many parts of a predicted peak are listed.
const PARTS: usize = 5;

/// Title, figures, then every opportunity with what was decided about it.
pub fn text(report: &Report<'_>) -> String {
    let mut out = String::new();
    head(&mut out, report.summary());
    let several = report.files.len() + report.problems.len() > 1;
    let mut number = 0;
    for file in &report.files {
        if several && !is_quiet(file) {
            let _ = writeln!(out, "\n{}", file.path);
        }
        for finding in &file.outcome.findings {
            number += 1;
            opportunity(&mut out, number, finding);
        }
        if let Some(forecast) = &file.outcome.forecast {
            peaks(&mut out, forecast);
        }
        remarks(&mut out, file);
    }
    if number == 0 {
        out.push_str("None.\n");
    }
    for problem in &report.problems {
        let _ = writeln!(out, "\n{}:{}:{}: {}", problem.path, problem.line, problem.column, problem.message);
    }
    out
}

/// `path:line:col: rule description`, one line each.
pub fn concise(report: &Report<'_>) -> String {
    let mut out = String::new();
    for (file, finding) in report.findings() {
        let _ = write!(
            out,
            "{}:{}:{}: {} {}",
            file.path, finding.line, finding.column, finding.rule, finding.description
        );
        if !finding.applied {
            let _ = write!(out, " (not applied: {})", reason(finding));
        }
        out.push('\n');
    }
    out
}

fn head(out: &mut String, summary: Summary) {
    let _ = writeln!(out, "SpaceTime Compiler Optimization Report\n{}\n", "=".repeat(WIDTH));
    let _ = writeln!(out, "Opportunities found: {}", summary.found);
    let _ = writeln!(out, "Optimizations applied: {}", summary.applied);
    let _ = writeln!(out, "Estimated memory reduction: {}", percent(summary.memory_reduction));
    if summary.held_back > 0 {
        let _ = writeln!(out, "Left as it is, though it may grow with the data: {}", summary.held_back);
    }
    let _ = writeln!(out, "Estimated time overhead: {}\n", percent(summary.time_overhead));
    let _ = writeln!(out, "Optimization Opportunities Found:\n{}", "-".repeat(WIDTH));
}

fn opportunity(out: &mut String, number: usize, finding: &Finding) {
    let mark = if finding.applied { '✓' } else { '✗' };
    if number > 1 {
        out.push('\n');
    }
    let _ = write!(out, "{number}. [{mark}] Line {}: {} ({}", finding.line, finding.kind, finding.rule);
    if !finding.function.is_empty() {
        let _ = write!(out, " in {}", finding.function);
    }
    let _ = writeln!(out, ")\n   {}", finding.description);
    // What was held back before it was worked out has no figures.
    if !finding.memory_before.is_empty() {
        let _ = writeln!(out, "   Memory savings: {}{}", percent(finding.memory_savings), sizes(finding));
        let faster = if finding.time_overhead < 0.0 { "  (Performance improvement!)" } else { "" };
        let _ = writeln!(out, "   Time overhead: {}{faster}", percent(finding.time_overhead));
        let _ = writeln!(out, "   Confidence: {:.2}", finding.confidence);
    }
    if !finding.applied {
        let _ = writeln!(out, "   Not applied: {}", reason(finding));
    }
    if !finding.relies_on.is_empty() {
        let _ = writeln!(out, "   Relies on: {}", finding.relies_on.join("; "));
    } else if finding.applied {
        out.push_str("   Relies on: nothing, it is proved\n");
    }
    if let Some(remedy) = finding.remedy.as_ref().filter(|_| !finding.applied) {
        let _ = writeln!(out, "   To allow it: {remedy}");
    }
}

/// The formulas, and the numbers where they are known.
fn sizes(finding: &Finding) -> String {
    if finding.memory_before.is_empty() {
        return String::new();
    }
    let formula = format!("{} -> {} bytes", finding.memory_before, finding.memory_after);
    match (finding.bytes_before, finding.bytes_after) {
        (Some(before), Some(after)) => format!("  ({formula}; {} -> {})", bytes(before), bytes(after)),
        _ => format!("  ({formula})"),
    }
}

/// What the whole program takes, if it is run as one.
fn peaks(out: &mut String, forecast: &Forecast) {
    for (name, peak) in [("as it stands", &forecast.before), ("optimized", &forecast.after)] {
        let number = peak.bytes.map_or(String::new(), |number| format!(": {}", bytes(number)));
        let within = if peak.function.is_empty() { "the module" } else { &peak.function };
        let _ = writeln!(
            out,
            "\nPredicted peak {name}{number} (line {}, in {within}), beyond the interpreter and its imports\n   {} bytes",
            peak.line, peak.memory
        );
        for part in peak.parts.iter().take(PARTS) {
            let number = part.bytes.map_or(String::new(), |number| format!("; {}", bytes(number)));
            let _ = writeln!(out, "   - {} (line {}): {}{number}", part.what, part.line, part.memory);
        }
    }
}

fn reason(finding: &Finding) -> &str {
    finding.why_not.as_deref().unwrap_or("no reason was given")
}

fn is_quiet(file: &FileReport<'_>) -> bool {
    let outcome = file.outcome;
    outcome.findings.is_empty() && outcome.faults.is_empty() && outcome.unused_suppressions.is_empty()
}

/// What is not about an opportunity: comments that suppress nothing, our own faults.
fn remarks(out: &mut String, file: &FileReport<'_>) {
    for (line, comment) in &file.outcome.unused_suppressions {
        let _ = writeln!(out, "\n   Line {line}: `{comment}` suppresses nothing");
    }
    for fault in &file.outcome.faults {
        let _ = writeln!(out, "\n   Internal fault, undone: {fault}");
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn text_keeps_the_original_layout() {
        let outcome = sample::outcome();
        insta::assert_snapshot!(text(&sample::report(&outcome)), @r##"
        SpaceTime Compiler Optimization Report
        ============================================================

        Opportunities found: 2
        Optimizations applied: 1
        Estimated memory reduction: 99.0%
        Left as it is, though it may grow with the data: 1
        Estimated time overhead: -5.0%

        Optimization Opportunities Found:
        ------------------------------------------------------------
        1. [✓] Line 2: streaming (stream_sum)
           list inside `sum` <becomes> a generator
           Memory savings: 99.0%  (38·len(xs) + 56 -> 200 bytes; 38.0 MB -> 200 B)
           Time overhead: -5.0%  (Performance improvement!)
           Confidence: 0.90
           Relies on: assumed: operators-are-pure

        2. [✗] Line 3: external_memory (spill_sort in Class.method)
           sort in memory
           Memory savings: 93.0%  (8·len(ys) -> 16777216 bytes)
           Time overhead: 45.0%
           Confidence: 0.40
           Not applied: `ys` is used again on line 9
           To allow it: say `--allow early-effects`

           Line 7: `# spacetime: ignore` suppresses nothing
        "##);
    }

    #[test]
    fn several_files_are_named() {
        let outcome = sample::outcome();
        let mut report = sample::report(&outcome);
        report.problems.push(sample::problem());
        let all = text(&report);
        assert!(all.contains("\napp/my file.py\n1. [✓] Line 2"), "{all}");
        assert!(all.ends_with("\nbad.py:4:2: no Python\n"), "{all}");
        assert!(text(&Report::default()).ends_with("None.\n"));
    }

    #[test]
    fn concise_is_one_line_each() {
        let outcome = sample::outcome();
        insta::assert_snapshot!(concise(&sample::report(&outcome)), @r##"
        app/my file.py:2:12: stream_sum list inside `sum` <becomes> a generator
        app/my file.py:3:6: spill_sort sort in memory (not applied: `ys` is used again on line 9)
        "##);
    }
}
