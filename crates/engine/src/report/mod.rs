//! One data structure, told in several ways: text, JSON, SARIF, HTML.
//!
//! Renderers are plain functions from a [`Report`] to a string, so that every
//! front end (command, Python package, language server) says the same.

mod html;
mod json;
mod position;
mod sarif;
mod text;

#[cfg(test)]
mod sample;

pub use html::html;
pub use json::json;
pub use sarif::sarif;
pub use text::{concise, text};

use crate::{Finding, Outcome, RuleInfo, Summary};

/// What is said about several files.
#[derive(Clone, Debug, Default)]
pub struct Report<'a> {
    /// In the order in which they are to be listed.
    pub files: Vec<FileReport<'a>>,
    /// Inputs that could not be read or parsed.
    pub problems: Vec<Problem>,
    /// The catalogue, for formats that describe rules.
    pub rules: Vec<RuleInfo>,
    /// The folder that relative paths start from, absolute; for SARIF.
    pub root: Option<String>,
}

/// One file: its name, its original text, and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct FileReport<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub outcome: &'a Outcome,
}

/// An input that nothing could be done with.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    pub path: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl<'a> Report<'a> {
    /// Every finding with its file, in order.
    fn findings(&self) -> impl Iterator<Item = (&FileReport<'a>, &'a Finding)> {
        self.files.iter().flat_map(|file| file.outcome.findings.iter().map(move |finding| (file, finding)))
    }

    /// The figures of all files together, by the same reckoning as for one.
    pub fn summary(&self) -> Summary {
        let all: Vec<Finding> = self.findings().map(|(_, finding)| finding.clone()).collect();
        Outcome { findings: all, ..Outcome::default() }.summary()
    }
}

/// `0.873` as `87.3%`; minus zero is zero.
fn percent(share: f64) -> String {
    let value = (share * 1000.0).round() / 10.0;
    format!("{:.1}%", if value == 0.0 { 0.0 } else { value })
}

/// Bytes as people say them, in powers of 1000.
pub fn bytes(value: f64) -> String {
    let mut value = value;
    for unit in ["B", "kB", "MB", "GB"] {
        if value.abs() < 1000.0 {
            return if unit == "B" { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") };
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(percent(-0.0001), "0.0%");
        assert_eq!(percent(0.8734), "87.3%");
        assert_eq!(bytes(999.0), "999 B");
        assert_eq!(bytes(38e6), "38.0 MB");
        assert_eq!(bytes(2e15), "2000.0 TB");
    }
}
