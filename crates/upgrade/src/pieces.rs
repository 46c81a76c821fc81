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

use std::collections::BTreeSet;

use crate::context::FileNotes;
use crate::parse::{Dialect, LONGEST, Pieces, used_names};
use crate::refactor::{Bench, Refactoring};
use crate::text::Refactored;
use crate::tree::Tree;
use crate::util::has_future_builtins;

/// Bytes of a piece. It fits into the nearer caches with all that is made of it.
const PIECE: usize = 32 << 10;
/// What is smaller than this is worked on as a whole.
const LARGE: usize = 4 * PIECE;

impl Refactoring {
    /// What becomes of a large text; nothing if it has to be worked on as a whole.
    pub(crate) fn refactor_in_pieces(&self, text: &str, name: &str, dialect: Dialect) -> Option<Refactored> {
        if text.len() < LARGE { None } else { self.in_pieces_of(PIECE, text, name, dialect) }
    }

    fn in_pieces_of(&self, size: usize, text: &str, name: &str, dialect: Dialect) -> Option<Refactored> {
        // What is too long is refused as a whole: places in it do not fit.
        if !self.splits || text.len() > LONGEST {
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
