//! Large files, piece by piece.
//!
//! A tree takes many times the memory of its text, and what fixers make of it as much again. So
//! a large file is worked on some statements at a time. What comes out is what would come out
//! of the whole: a fixer changes one statement, and nearly always knows nothing but that one.
//! Whether it does is not believed but seen. The tree notes who looks beyond its piece
//! (`crate::tree::piece`), and so do fixers that remember what they have seen; then, or if the text
//! cannot be read like this, all is thrown away, and the file worked on as a whole.
//!
//! What fixers say, and numbers behind new names, come in the order of fixers and of depth, which
//! is not that of pieces. They are put in their order here, as far as it is known: where
//! it depends on what was queued again, it is not.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::context::FileNotes;
use crate::parse::{Dialect, Pieces, used_names};
use crate::refactor::{Bench, Refactoring};
use crate::text::Refactored;
use crate::tree::Tree;
use crate::util::has_future_builtins;

/// Bytes of a piece. It fits into the nearer caches with all that is made of it.
const PIECE: usize = 32 << 10;
/// What is smaller than this is worked on as a whole.
const LARGE: usize = 4 * PIECE;

/// When something would be done in the whole file: which fixer's turn it is, and how deep the
/// node is, as long as only candidates of the first round are looked at.
type Turn = (usize, Reverse<u32>);

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
    log: usize,
    names: usize,
}

impl Said {
    #[inline]
    pub fn of(file: &FileNotes) -> Self {
        Self { log: file.log.len(), names: file.names_known() }
    }
}

/// Notes what was said and named since, by a fixer over a node so deep; nothing for either if
/// the order of the candidates was another than in the whole file.
pub(crate) fn note(tree: &Tree, file: &mut FileNotes, before: Said, turn: Option<(usize, u32)>) {
    let now = Said::of(file);
    if now == before {
        return;
    }
    let Some(told) = &mut file.told else { return };
    let Some((fixer, depth)) = turn.filter(|_| !told.is_late) else { return tree.leave_piece() };
    let turn = (fixer, Reverse(depth));
    if now.log > before.log {
        if !told.is_whole(before.log) {
            tree.leave_piece();
        }
        match told.said.last_mut() {
            Some((last, end)) if *last == turn => *end = now.log,
            _ => told.said.push((turn, now.log)),
        }
    }
    if now.names > before.names {
        if told.named.is_some_and(|last| last > turn) {
            tree.leave_piece();
        }
        told.named = Some(turn);
    }
}

impl Told {
    /// Whether all of so much was said in some turn.
    fn is_whole(&self, log: usize) -> bool {
        self.said.last().map_or(0, |(_, end)| *end) == log
    }

    /// The log as it would be of the whole file.
    fn ordered(&self, mut log: Vec<String>, filename: &str) -> Vec<String> {
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

impl Refactoring {
    /// What becomes of a large text; nothing if it has to be worked on as a whole.
    pub(crate) fn refactor_in_pieces(&self, text: &str, name: &str, dialect: Dialect) -> Option<Refactored> {
        if text.len() < LARGE { None } else { self.in_pieces_of(PIECE, text, name, dialect) }
    }

    fn in_pieces_of(&self, size: usize, text: &str, name: &str, dialect: Dialect) -> Option<Refactored> {
        if !self.splits {
            return None;
        }
        let mut bench = self.take_bench();
        let pieces = || Pieces::new(text, dialect, size);
        let done = match self.piece_by_piece(&mut bench, pieces(), (text, name), None) {
            Err(wants_names) if wants_names => {
                let names = used_names(text, false);
                self.piece_by_piece(&mut bench, pieces(), (text, name), Some(names))
            }
            done => done,
        };
        self.give_back(bench, size);
        done.ok()
    }

    /// An error says whether somebody wanted to know all names of the text.
    fn piece_by_piece(
        &self,
        bench: &mut Bench,
        (mut pieces, features): (Pieces<'_>, BTreeSet<String>),
        (text, name): (&str, &str),
        names: Option<BTreeSet<&str>>,
    ) -> Result<Refactored, bool> {
        let mut file = FileNotes::of_pieces(name, features, names);
        let mut workers = self.workers();
        // Who says something is named when all is in order.
        for worker in &mut workers {
            worker.notes.has_logged = true;
        }
        let mut new = String::with_capacity(text.len());
        let mut is_changed = false;
        loop {
            let spare = bench.tree.take().unwrap_or_else(Tree::empty);
            let Some(mut tree) = pieces.next(spare).map_err(|_| false)? else { break };
            if has_future_builtins(&tree) {
                return Err(false);
            }
            let done = self.run_with(&mut workers, bench, &mut tree, &mut file, &mut |_| ());
            let told = file.told.as_ref().ok_or(false)?;
            if done.is_err() || tree.was_left() || !told.is_whole(file.log.len()) {
                return Err(told.wants_names);
            }
            is_changed |= tree.was_changed(tree.root());
            let is_large = bench.clear_if_large();
            tree.write_text(tree.root(), &mut new);
            bench.tree = (!is_large).then_some(tree);
        }
        let FileNotes { log, features, told, .. } = file;
        let log = told.unwrap_or_default().ordered(log, name);
        Ok(Refactored { text: new, is_changed, log, features })
    }
}
