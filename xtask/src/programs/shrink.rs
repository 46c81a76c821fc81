//! Makes a failing program small: blocks of lines are left out as long as it
//! still fails.
//!
//! A difference in a program of sixty lines takes a morning; in one of twelve it
//! is plain to see.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Changed, Job, Program, Request, apply, difference, observe};

const CHUNK: usize = 8;
/// For one program; those that never end are slow to make small.
const MOST_TIME: Duration = Duration::from_secs(30);

/// The smallest program found that fails too, and how it does.
pub fn shrink(request: &Request, program: &Program, scratch: &Path) -> Result<Option<(Changed, String)>> {
    let mut smallest = None;
    let mut current = program.clone();
    let started = Instant::now();
    while started.elapsed() < MOST_TIME {
        let Some(found) = step(request, &current, scratch)? else { break };
        current = found.0.program.clone();
        smallest = Some(found);
    }
    Ok(smallest)
}

/// The first program with a block less that still fails.
fn step(request: &Request, program: &Program, scratch: &Path) -> Result<Option<(Changed, String)>> {
    // A few at a time: one of the first is likely to do.
    let all = candidates(&program.source);
    for some in all.chunks(CHUNK) {
        let found = first_failure(request, program, some, scratch)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn first_failure(
    request: &Request,
    program: &Program,
    sources: &[String],
    scratch: &Path,
) -> Result<Option<(Changed, String)>> {
    let changed: Vec<Changed> = sources
        .iter()
        .cloned()
        .map(|source| apply(Program { source, ..program.clone() }))
        .filter_map(Result::ok)
        .filter(|one| one.outcome.text != one.program.source)
        .collect();
    let jobs: Vec<_> = changed
        .iter()
        .map(|one| Job { before: &one.program.source, after: Some(&one.outcome.text) })
        .collect();
    let answers = observe(request, &jobs, scratch)?;
    for (one, answer) in changed.into_iter().zip(answers) {
        // A name that was left out would make any two programs differ.
        if let Ok(answer) = answer
            && !answer.same
            && !answer.before.mentions("NameError")
        {
            let how = difference(&answer);
            return Ok(Some((one, how)));
        }
    }
    Ok(None)
}

/// The text without one line and what is indented below it, for every line;
/// the longest pieces first.
fn candidates(source: &str) -> Vec<String> {
    let lines: Vec<&str> = source.lines().collect();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut pieces: Vec<(usize, usize)> = (0..lines.len())
        .map(|at| {
            let below = lines[at + 1..].iter().take_while(|line| depth(line) > depth(lines[at]));
            (at, at + 1 + below.count())
        })
        .collect();
    pieces.sort_by_key(|(start, end)| std::cmp::Reverse(end - start));
    let without = |(start, end): (usize, usize)| {
        let kept = lines[..start].iter().chain(&lines[end..]);
        kept.flat_map(|line| [line, "\n"]).collect()
    };
    pieces.into_iter().map(without).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_blocks_longest_first() {
        let all = candidates("if a:\n    b\n    c\nd\n");
        assert_eq!(all, ["d\n", "if a:\n    c\nd\n", "if a:\n    b\nd\n", "if a:\n    b\n    c\n"]);
    }
}
