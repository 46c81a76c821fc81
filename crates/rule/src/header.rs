//! A rule's page: the `//!` lines at the top of its file.
//!
//! The first line says what the rule does. Fenced blocks marked `py before`,
//! `py after` and `py kept` are its examples, which the harness runs; the rest
//! is the text of `explain`, of the editor's hover and of the documentation. What
//! is too much for a page stands in a Markdown file beside it, the rule's cases.

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleKind {
    /// Becomes the `After` that follows it, by this rule alone.
    Before,
    After,
    /// Stays as it is.
    Kept,
}

/// A fenced block of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub kind: ExampleKind,
    pub code: String,
}

/// A parsed header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The first sentence.
    pub summary: String,
    /// All of it, as Markdown.
    pub markdown: String,
    pub examples: Vec<Example>,
}

/// What is wrong with a header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderProblem {
    #[error("no `//!` lines at the top of the file")]
    Missing,
    #[error("a `py before` block has no `py after` block behind it")]
    BeforeWithoutAfter,
    #[error("a `py after` block has no `py before` block before it")]
    AfterWithoutBefore,
    #[error("no `py kept` block: every rule has a case in which it does nothing")]
    NoKept,
    #[error("a fenced block is not closed")]
    Open,
}

impl Header {
    pub fn parse(source: &str) -> Result<Self, HeaderProblem> {
        let lines: Vec<&str> = source
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        if lines.is_empty() {
            return Err(HeaderProblem::Missing);
        }
        let summary = lines.iter().take_while(|line| !line.is_empty()).copied().collect::<Vec<_>>().join(" ");
        let header = Self { summary, markdown: lines.join("\n"), examples: examples(&lines)? };
        header.check()?;
        Ok(header)
    }

    /// The header with the examples of further cases behind its own.
    pub fn with_cases(mut self, cases: &str) -> Result<Self, HeaderProblem> {
        self.examples.extend(examples(&cases.lines().collect::<Vec<_>>())?);
        self.check()?;
        Ok(self)
    }

    /// Pairs of before and after.
    pub fn rewrites(&self) -> impl Iterator<Item = (&str, &str)> {
        self.examples.windows(2).filter_map(|pair| match pair {
            [
                Example { kind: ExampleKind::Before, code: before },
                Example { kind: ExampleKind::After, code: after },
            ] => Some((before.as_str(), after.as_str())),
            _ => None,
        })
    }

    pub fn kept(&self) -> impl Iterator<Item = &str> {
        self.examples.iter().filter(|e| e.kind == ExampleKind::Kept).map(|e| e.code.as_str())
    }

    fn check(&self) -> Result<(), HeaderProblem> {
        let mut last = None;
        for example in &self.examples {
            match (last, example.kind) {
                (Some(ExampleKind::Before), kind) if kind != ExampleKind::After => {
                    return Err(HeaderProblem::BeforeWithoutAfter);
                }
                (Some(ExampleKind::After | ExampleKind::Kept) | None, ExampleKind::After) => {
                    return Err(HeaderProblem::AfterWithoutBefore);
                }
                _ => last = Some(example.kind),
            }
        }
        match last {
            Some(ExampleKind::Before) => Err(HeaderProblem::BeforeWithoutAfter),
            _ if self.kept().next().is_none() => Err(HeaderProblem::NoKept),
            _ => Ok(()),
        }
    }
}

fn examples(lines: &[&str]) -> Result<Vec<Example>, HeaderProblem> {
    let mut all = Vec::new();
    let mut open: Option<(Option<ExampleKind>, String)> = None;
    for line in lines {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((kind(info), String::new())),
            (None, None) => {}
            (Some((_, code)), None) => {
                code.push_str(line);
                code.push('\n');
            }
            (Some((kind, code)), Some(_)) => {
                if let Some(kind) = *kind {
                    all.push(Example { kind, code: std::mem::take(code) });
                }
                open = None;
            }
        }
    }
    if open.is_some() { Err(HeaderProblem::Open) } else { Ok(all) }
}

fn kind(info: &str) -> Option<ExampleKind> {
    match info.trim() {
        "py before" => Some(ExampleKind::Before),
        "py after" => Some(ExampleKind::After),
        "py kept" => Some(ExampleKind::Kept),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_examples_and_summary() {
        let source = "//! Streams sums.\n//!\n//! ```py before\n//! sum([x])\n//! ```\n//! ```py after\n//! sum(x)\n//! ```\n//! ```py kept\n//! f()\n//! ```\nfn x() {}\n";
        let header = Header::parse(source).unwrap();
        assert_eq!(header.summary, "Streams sums.");
        assert_eq!(header.rewrites().collect::<Vec<_>>(), [("sum([x])\n", "sum(x)\n")]);
        assert_eq!(header.kept().count(), 1);
    }

    #[test]
    fn names_what_is_wrong() {
        let block = |kind: &str| format!("//! ```py {kind}\n//! x\n//! ```\n");
        let page = |blocks: &[&str]| blocks.iter().map(|kind| block(kind)).collect::<String>();
        assert_eq!(Header::parse("fn x() {}"), Err(HeaderProblem::Missing));
        assert_eq!(Header::parse(&page(&["before"])), Err(HeaderProblem::BeforeWithoutAfter));
        assert_eq!(Header::parse(&page(&["after"])), Err(HeaderProblem::AfterWithoutBefore));
        assert_eq!(Header::parse(&page(&["before", "after"])), Err(HeaderProblem::NoKept));
    }
}
