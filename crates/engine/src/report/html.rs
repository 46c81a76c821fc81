//! The report as one self-contained page: no scripts, nothing loaded.

use std::fmt::Write as _;

use super::{FileReport, Report, bytes, percent};
use crate::Finding;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
article{border-left:4px solid #bbb;padding:.2rem 1rem;margin:1rem 0}article.applied{border-color:#2a7}\
code,h2{font-family:ui-monospace,monospace}dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1rem}\
dd{margin:0}@media(prefers-color-scheme:dark){body{background:#161616;color:#ddd}}";

/// The whole report as an HTML document.
pub fn html(report: &Report<'_>) -> String {
    let summary = report.summary();
    let mut out = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    let _ = writeln!(out, "<title>SpaceTime report</title><style>{STYLE}</style></head><body>");
    out.push_str("<h1>SpaceTime Compiler Optimization Report</h1>\n<dl>");
    term(&mut out, "Opportunities found", &summary.found.to_string());
    term(&mut out, "Optimizations applied", &summary.applied.to_string());
    term(&mut out, "Estimated memory reduction", &percent(summary.memory_reduction));
    if summary.held_back > 0 {
        term(&mut out, "Left as it is, though it may grow with the data", &summary.held_back.to_string());
    }
    term(&mut out, "Estimated time overhead", &percent(summary.time_overhead));
    out.push_str("</dl>\n");
    for file in &report.files {
        section(&mut out, file);
    }
    for problem in &report.problems {
        let place = format!("{}:{}:{}: {}", problem.path, problem.line, problem.column, problem.message);
        let _ = writeln!(out, "<p><strong>Error</strong> <code>{}</code></p>", escape(&place));
    }
    out.push_str("</body></html>\n");
    out
}

fn section(out: &mut String, file: &FileReport<'_>) {
    if file.outcome.findings.is_empty() {
        return;
    }
    let _ = writeln!(out, "<h2>{}</h2>", escape(file.path));
    for finding in &file.outcome.findings {
        article(out, finding);
    }
}

fn article(out: &mut String, finding: &Finding) {
    let (class, mark) = if finding.applied { ("applied", '✓') } else { ("held", '✗') };
    let _ = write!(
        out,
        "<article class=\"{class}\"><h3>{mark} Line {}: {} <code>{}</code></h3><p>{}</p><dl>",
        finding.line,
        escape(&finding.kind),
        escape(&finding.rule),
        escape(&finding.description)
    );
    term(out, "Memory savings", &percent(finding.memory_savings));
    term(out, "Memory before", &size(&finding.memory_before, finding.bytes_before));
    term(out, "Memory after", &size(&finding.memory_after, finding.bytes_after));
    term(out, "Time overhead", &percent(finding.time_overhead));
    term(out, "Confidence", &format!("{:.2}", finding.confidence));
    let proved = finding.relies_on.is_empty();
    term(out, "Relies on", &if proved { "proved".to_owned() } else { finding.relies_on.join("; ") });
    if let Some(reason) = &finding.why_not {
        term(out, "Not applied", reason);
    }
    if let Some(remedy) = &finding.remedy {
        term(out, "To allow it", remedy);
    }
    out.push_str("</dl></article>\n");
}

fn size(formula: &str, known: Option<f64>) -> String {
    match known {
        Some(value) => format!("{formula} = {}", bytes(value)),
        None => formula.to_owned(),
    }
}

fn term(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, "<dt>{name}</dt><dd>{}</dd>", escape(value));
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn is_escaped_and_self_contained() {
        let mut outcome = sample::outcome();
        outcome.findings[0].description = "<script>alert(\"&\")</script>".to_owned();
        let page = html(&sample::report(&outcome));
        assert!(page.contains("&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;"), "{page}");
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("href="), "{page}");
        assert!(page.contains("38·len(xs) + 56 = 38.0 MB"), "{page}");
    }
}
