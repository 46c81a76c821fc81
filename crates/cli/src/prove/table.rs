//! What both versions took, side by side.

use std::fmt::Write as _;

use serde_json::{Value, json};
use spacetime_engine::report::bytes;

use super::run::Figures;

/// A quantity: before, after, and how it is written.
struct Row {
    name: &'static str,
    key: &'static str,
    before: f64,
    after: f64,
    show: fn(f64) -> String,
}

/// Medians over the runs; of spilled bytes the most.
fn rows(before: &[Figures], after: &[Figures]) -> [Row; 4] {
    let row = |name, key, show, of: fn(&Figures) -> f64| Row {
        name,
        key,
        before: median(before, of),
        after: median(after, of),
        show,
    };
    let mut spilled = row("spilled to disk", "spilled_bytes", bytes, |run| run.spilled as f64);
    let most = |runs: &[Figures]| runs.iter().map(|run| run.spilled).max().unwrap_or(0) as f64;
    (spilled.before, spilled.after) = (most(before), most(after));
    [
        row("peak memory", "peak_memory_bytes", bytes, |run| run.peak as f64),
        row("CPU time", "cpu_seconds", seconds, |run| run.cpu),
        row("wall time", "wall_seconds", seconds, |run| run.wall),
        spilled,
    ]
}

pub fn text(before: &[Figures], after: &[Figures]) -> String {
    let mut out = format!("{:<16} {:>12} {:>12} {:>8}\n", "", "before", "after", "ratio");
    for row in rows(before, after) {
        let ratio = row.ratio().map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
        let (before, after) = ((row.show)(row.before), (row.show)(row.after));
        let _ = writeln!(out, "{:<16} {before:>12} {after:>12} {ratio:>8}", row.name);
    }
    out
}

pub fn json(before: &[Figures], after: &[Figures]) -> Value {
    let mut out = json!({});
    for row in rows(before, after) {
        out[row.key] = json!({ "before": row.before, "after": row.after, "ratio": row.ratio() });
    }
    out
}

impl Row {
    /// After over before; there is none where nothing was before.
    fn ratio(&self) -> Option<f64> {
        (self.before > 0.0).then(|| self.after / self.before)
    }
}

fn seconds(value: f64) -> String {
    format!("{value:.3} s")
}

fn median(runs: &[Figures], of: fn(&Figures) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::run::Exit;
    use super::*;

    #[test]
    fn columns_line_up() {
        let run = |peak, spilled| Figures { exit: Exit::Code(0), peak, cpu: 1.0, wall: 2.0, spilled };
        let table = text(&[run(120_000_000, 0), run(100_000_000, 0)], &[run(11_000_000, 5_000_000)]);
        insta::assert_snapshot!(table, @r#"
                               before        after    ratio
        peak memory          110.0 MB      11.0 MB     0.10
        CPU time              1.000 s      1.000 s     1.00
        wall time             2.000 s      2.000 s     1.00
        spilled to disk           0 B       5.0 MB        -
        "#);
    }
}
