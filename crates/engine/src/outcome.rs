//! What came of one source text: the new text, and every decision.

use serde::Serialize;

/// A replacement in the original text, by byte offsets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedEdit {
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// One opportunity: applied, or held back with a reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule's name, `stream_sum`.
    pub rule: String,
    /// `streaming`, `external_memory`...: the words of the original tool.
    pub kind: String,
    /// Lines and columns in the original text, from 1, in characters; the end is exclusive.
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    /// The function it is in, `Class.method`, or empty at module level.
    pub function: String,
    pub description: String,
    /// `guarded: ...`, `assumed: NAME`, `allowed: NAME`; empty means proved.
    pub relies_on: Vec<String>,
    /// Peak bytes of what the rewrite is about, before and after, as formulas.
    pub memory_before: String,
    pub memory_after: String,
    /// What the formulas speak of, sorted: the names that `--given` answers.
    pub quantities: Vec<String>,
    /// The same as numbers, where every quantity is known or given.
    pub bytes_before: Option<f64>,
    pub bytes_after: Option<f64>,
    /// Shares: 0.99 saves 99 %; an overhead of 0.15 is 15 % slower.
    pub memory_savings: f64,
    pub time_overhead: f64,
    pub confidence: f64,
    pub score: f64,
    pub applied: bool,
    /// Why it was not applied; what the user could say to allow it.
    pub why_not: Option<String>,
    pub remedy: Option<String>,
    /// The same as numbers for the choice, unknown quantities taken as a million.
    #[serde(skip)]
    pub typical_bytes: (f64, f64),
    /// In which round it was found, from 1.
    pub round: usize,
    /// The edits, in the original text; only for findings of the first round,
    /// since later ones edit what earlier ones wrote.
    pub edits: Vec<PlannedEdit>,
}

/// Figures over all findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    pub found: usize,
    pub applied: usize,
    /// Collections that may grow with the data, and stay in memory.
    pub held_back: usize,
    /// Over the places that were changed, not the whole program: the share of
    /// their bytes that is saved, where unknown quantities count as a million,
    /// and the mean of the overheads.
    pub memory_reduction: f64,
    pub time_overhead: f64,
}

/// A part of a predicted peak.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeakPart {
    /// `texts `load.rows[][0]``
    pub what: String,
    /// The line on which it is made; after optimizing, a line of the new text.
    pub line: usize,
    pub memory: String,
    pub bytes: Option<f64>,
}

/// What a program takes at its peak, beyond the interpreter and its imports: an
/// estimate, from abstractly running the module as a program.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Peak {
    pub memory: String,
    /// What the formula speaks of, sorted: the names that `--given` answers.
    pub quantities: Vec<String>,
    /// The number, where every count is known or given. Mean sizes of single objects,
    /// `bytes(...)`, are taken as 64 where they are not given.
    pub bytes: Option<f64>,
    /// Everything that decides where the peak is, sorted; the same kind of names.
    pub decided_by: Vec<String>,
    /// Where the peak is; the function, or nothing at module level.
    pub line: usize,
    pub function: String,
    /// The largest first.
    pub parts: Vec<PeakPart>,
}

/// The predicted peak of a program as it stands and as it is optimized.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    pub before: Peak,
    pub after: Peak,
}

/// What came of one source text.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// The optimized source; the original text where nothing was applied.
    #[serde(skip)]
    pub text: String,
    /// In source order, then by rule.
    pub findings: Vec<Finding>,
    /// The whole program's peak, if it was asked for and can be followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Forecast>,
    /// Rules whose edits had to be undone, or that undo each other: bugs of ours.
    pub faults: Vec<String>,
    /// Suppression comments that suppressed nothing: line and text.
    pub unused_suppressions: Vec<(usize, String)>,
}

impl Outcome {
    pub fn summary(&self) -> Summary {
        let applied = || self.findings.iter().filter(|finding| finding.applied);
        let before: f64 = applied().map(|finding| finding.typical_bytes.0).sum();
        let after: f64 = applied().map(|finding| finding.typical_bytes.1).sum();
        Summary {
            found: self.findings.len(),
            applied: applied().count(),
            held_back: self.findings.iter().filter(|f| !f.applied && f.kind == "external_memory").count(),
            memory_reduction: if before > 0.0 { ((before - after) / before).clamp(0.0, 1.0) } else { 0.0 },
            time_overhead: if applied().count() == 0 {
                0.0
            } else {
                applied().map(|f| f.time_overhead).sum::<f64>() / applied().count() as f64
            },
        }
    }
}
