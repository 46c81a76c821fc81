//! Comments that say where rules have to keep out, and what they may do.
//!
//! `# spacetime: ignore`, `ignore[rule]`, `off` ... `on`, `skip-file`,
//! `allow[name]`. A comment at the end of a line speaks of that line, one on
//! a line of its own of the next.

use std::cell::Cell;

use spacetime_rule::Allowance;
use spacetime_syntax::Module;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Ignore(Vec<String>),
    Off,
    On,
    SkipFile,
    Allow(Vec<String>),
}

#[derive(Debug)]
struct Remark {
    /// The line it stands on.
    line: usize,
    /// The line it speaks of.
    about: usize,
    word: Word,
    text: String,
    used: Cell<bool>,
}

/// All such comments of a module.
#[derive(Debug, Default)]
pub struct Remarks(Vec<Remark>);

impl Remarks {
    pub fn of(module: &Module) -> Self {
        if !module.text().contains("spacetime:") {
            return Self::default();
        }
        Self(
            module
                .comments()
                .filter_map(|span| {
                    let text = &module.text()[span];
                    let word = parse(text)?;
                    let line = module.lines().line(span.start());
                    let before = &module.text()
                        [module.lines().start(span.start()).to_usize()..span.start().to_usize()];
                    let about = if before.trim().is_empty() { line + 1 } else { line };
                    Some(Remark { line, about, word, text: text.to_owned(), used: Cell::new(false) })
                })
                .collect(),
        )
    }

    pub fn skips_file(&self) -> bool {
        self.0.iter().any(|remark| {
            remark.word == Word::SkipFile && {
                remark.used.set(true);
                true
            }
        })
    }

    /// Whether `rule` has to keep out of a finding that starts on `line` and
    /// reaches to line `last`: a comment about its first line says so, or some
    /// of it lies where rules are off.
    pub fn suppresses(&self, rule: &str, line: usize, last: usize) -> bool {
        let named =
            |names: &[String]| names.is_empty() || names.iter().any(|name| name.replace('-', "_") == rule);
        let mut off: Option<&Remark> = None;
        let mut met: Option<&Remark> = None;
        for remark in &self.0 {
            match &remark.word {
                Word::Ignore(names) if (remark.about == line || remark.line == line) && named(names) => {
                    remark.used.set(true);
                    return true;
                }
                Word::Off => off = off.or(Some(remark)),
                Word::On => {
                    met = met.or(off.take().filter(|start| start.line <= last && line <= remark.line));
                }
                _ => {}
            }
        }
        met = met.or(off.filter(|start| start.line <= last));
        if let Some(remark) = met {
            remark.used.set(true);
        }
        met.is_some()
    }

    /// Whether the place allows what is otherwise not.
    pub fn allows(&self, allowance: Allowance, line: usize) -> bool {
        self.0.iter().any(|remark| match &remark.word {
            Word::Allow(names) => {
                let fits = (remark.about == line || remark.line == line)
                    && names.iter().any(|name| name == allowance.name());
                if fits {
                    remark.used.set(true);
                }
                fits
            }
            _ => false,
        })
    }

    /// `ignore` comments that kept no rule out: line and text.
    pub fn unused(&self) -> Vec<(usize, String)> {
        self.0
            .iter()
            .filter(|remark| matches!(remark.word, Word::Ignore(_) | Word::Off) && !remark.used.get())
            .map(|remark| (remark.line, remark.text.clone()))
            .collect()
    }
}

fn parse(comment: &str) -> Option<Word> {
    let rest = comment.trim_start_matches('#').trim().strip_prefix("spacetime:")?.trim();
    let (word, names) = match rest.split_once('[') {
        Some((word, names)) => {
            let names = names.split_once(']').map_or(names, |(names, _)| names);
            (word.trim(), names.split(',').map(|name| name.trim().to_owned()).collect())
        }
        None => (rest.split_whitespace().next()?, Vec::new()),
    };
    match word {
        "ignore" => Some(Word::Ignore(names)),
        "off" => Some(Word::Off),
        "on" => Some(Word::On),
        "skip-file" => Some(Word::SkipFile),
        "allow" => Some(Word::Allow(names)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spacetime_syntax::SourceKind;

    #[test]
    fn lines_ranges_and_names() {
        let text = "a = 1  # spacetime: ignore[stream-sum]\n# spacetime: ignore\nb = 1\n# spacetime: off\nc = 1\n# spacetime: on\nd = 1\n";
        let remarks = Remarks::of(&Module::parse(text, SourceKind::Python).unwrap());
        assert!(remarks.suppresses("stream_sum", 1, 1) && !remarks.suppresses("other", 1, 1));
        assert!(remarks.suppresses("other", 3, 3));
        assert!(remarks.suppresses("other", 5, 5) && !remarks.suppresses("other", 7, 7));
        // What starts before a region and reaches into it is held back as well.
        assert!(remarks.suppresses("other", 1, 4) && !remarks.suppresses("other", 1, 1));
        assert!(!remarks.skips_file() && remarks.unused().is_empty());
    }
}
