//! What fixers say and name in the pieces of a file, in the order in which they would in the whole.
//!
//! That is the order of fixers and of depth, not that of pieces (`crate::pieces`).

use std::cmp::Reverse;
use std::ops::Range;

/// When something would be done in the whole file: which fixer's turn it is, and how deep the
/// node is, as long as only candidates of the first round are looked at.
pub(crate) type Turn = (usize, Reverse<u32>);

/// What has been said and named in the pieces so far, and when that would have been.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Up to which place in the log there is what was said in a turn; one behind the other.
    said: Vec<(Turn, usize)>,
    /// The last turn in which something was named.
    named: Option<Turn>,
    /// All fixers have had a turn with this piece.
    pub is_late: bool,
    /// Somebody has asked for the names in the file, and nobody knew them.
    pub wants_names: bool,
}

/// How much had been said and named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub log: usize,
    pub names: usize,
}

impl Told {
    /// Notes what was said and named since in a turn; nothing for that if the order of the
    /// candidates was another than in the whole file. False if nobody knows when it would be.
    pub fn note(&mut self, before: Said, now: Said, turn: Option<Turn>) -> bool {
        let Some(turn) = turn.filter(|_| !self.is_late) else { return false };
        let mut is_known = true;
        if now.log > before.log {
            is_known = self.is_whole(before.log);
            match self.said.last_mut() {
                Some((last, end)) if *last == turn => *end = now.log,
                _ => self.said.push((turn, now.log)),
            }
        }
        if now.names > before.names {
            is_known &= self.named.is_none_or(|last| last <= turn);
            self.named = Some(turn);
        }
        is_known
    }

    /// Whether all of so much was said in some turn.
    pub fn is_whole(&self, log: usize) -> bool {
        self.said.last().map_or(0, |(_, end)| *end) == log
    }

    /// The log as it would be of the whole file.
    pub fn ordered(&self, mut log: Vec<String>, filename: &str) -> Vec<String> {
        let head = || format!("### In file {filename} ###");
        let starts = std::iter::once(0).chain(self.said.iter().map(|(_, end)| *end));
        let mut parts: Vec<(Turn, Range<usize>)> =
            self.said.iter().zip(starts).map(|((turn, end), start)| (*turn, start..*end)).collect();
        if let [((fixer, _), _), rest @ ..] = &*parts
            && rest.iter().all(|((other, _), _)| other == fixer)
            && parts.is_sorted_by_key(|(turn, _)| *turn)
        {
            // There may be a line for each of the file.
            log.insert(0, head());
            return log;
        }
        parts.sort_by_key(|(turn, _)| *turn);
        let (mut ordered, mut last) = (Vec::with_capacity(log.len()), None);
        for ((fixer, _), part) in parts {
            if last.replace(fixer) != Some(fixer) {
                ordered.push(head());
            }
            ordered.extend(log[part].iter_mut().map(std::mem::take));
        }
        ordered
    }
}
