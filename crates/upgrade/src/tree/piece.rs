//! A tree that is a piece of a file: some of its statements, one behind the other.
//!
//! Large files are worked on piece by piece (`crate::pieces`), which is only right as long as
//! nobody looks beyond a piece: what its first statement stands behind, how many there are,
//! what is at the top of the file. Whoever asks such a thing is answered, and the tree
//! remembers that it was asked: then the file is worked on as a whole instead.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{NodeId, Tree};

/// What a tree knows of itself as a piece.
#[derive(Debug, Default)]
pub(super) struct Piece {
    /// Its root, if it is one.
    root: Option<NodeId>,
    /// How many lines of the file are before it.
    lines_before: u32,
    /// Somebody has looked beyond it. Atomic only since a tree may be shared.
    was_left: AtomicBool,
}

impl Clone for Piece {
    fn clone(&self) -> Self {
        let was_left = AtomicBool::new(self.was_left.load(Ordering::Relaxed));
        Self { root: self.root, lines_before: self.lines_before, was_left }
    }
}

impl Tree {
    /// Makes the tree a piece of a file behind so many lines.
    pub(crate) fn make_piece(&mut self, lines_before: u32) {
        self.piece = Piece { root: Some(self.root), lines_before, was_left: AtomicBool::new(false) };
    }

    pub(crate) fn is_piece(&self) -> bool {
        self.piece.root.is_some()
    }

    /// Whether somebody wanted to know what a piece cannot tell.
    pub(crate) fn was_left(&self) -> bool {
        self.piece.was_left.load(Ordering::Relaxed)
    }

    /// Notes that what is to be known or done depends on the rest of the file.
    #[cold]
    pub(crate) fn leave_piece(&self) {
        self.piece.was_left.store(true, Ordering::Relaxed);
    }

    /// Asks a question of this piece alone that is asked of each piece of a file before it is
    /// changed: where one answers it, the file is worked on as a whole.
    pub(crate) fn of_each_piece<T>(&self, question: impl FnOnce(&Self) -> Option<T>) -> Option<T> {
        let was_left = self.was_left();
        let answer = question(self);
        self.piece.was_left.store(was_left || answer.is_some(), Ordering::Relaxed);
        answer
    }

    /// Before a look at all children of a node.
    #[inline]
    pub(super) fn look_into(&self, node: NodeId) {
        if self.piece.root == Some(node) {
            self.leave_piece();
        }
    }

    /// Before a look at what comes behind or before a node that is the last or first child.
    #[inline]
    pub(super) fn look_beyond(&self, node: NodeId) {
        if self.piece.root.is_some() && self[node].up == self.piece.root {
            self.leave_piece();
        }
    }

    pub(super) fn lines_before(&self) -> u32 {
        self.piece.lines_before
    }
}
