//! What the driver and the fixers note on nodes.

use super::node::{applied, flag};
use super::{NodeId, Tree};

const BITS: usize = 64;

impl Tree {
    /// Whether this node, or something below it while it hung there, was changed.
    pub fn was_changed(&self, node: NodeId) -> bool {
        self[node].has(flag::CHANGED)
    }

    /// Marks a node and all above as changed.
    pub fn mark_changed(&mut self, node: NodeId) {
        let mut at = Some(node);
        // Above a changed node all is marked: hanging a node somewhere marks that place.
        while let Some(node) = at.filter(|node| !self[*node].has(flag::CHANGED)) {
            self[node].flags |= flag::CHANGED;
            at = self.parent(node);
        }
    }

    /// Notes that a node has other children or another text.
    pub(super) fn touch(&mut self, node: NodeId) {
        self.touched.push(node);
    }

    /// The nodes that have other children or another text than before, in the
    /// order in which that came about.
    pub(crate) fn shape_changes(&self) -> &[NodeId] {
        &self.touched
    }

    /// The nodes from whose children one with children of its own was taken, in
    /// the order in which that came about.
    pub(crate) fn cuts(&self) -> &[NodeId] {
        &self.cuts
    }

    /// The matcher's mark on nodes that it has seen.
    pub fn was_checked(&self, node: NodeId) -> bool {
        self[node].has(flag::CHECKED)
    }

    pub fn set_checked(&mut self, node: NodeId, checked: bool) {
        let flags = &mut self[node].flags;
        *flags = if checked { *flags | flag::CHECKED } else { *flags & !flag::CHECKED };
    }

    /// Whether the fixer of this number made the node. Clones keep such marks.
    #[inline]
    pub fn is_applied(&self, node: NodeId, fixer: usize) -> bool {
        match self[node].applied {
            applied::NONE => false,
            applied::MANY => {
                let word = self.applied.get(&(node, (fixer / BITS) as u32));
                word.is_some_and(|word| word >> (fixer % BITS) & 1 == 1)
            }
            only => usize::from(only) == fixer + 1,
        }
    }

    /// Notes that the fixer of this number made the node.
    pub fn set_applied(&mut self, node: NodeId, fixer: usize) {
        match self[node].applied {
            applied::NONE if fixer + 1 < usize::from(applied::MANY) => {
                self[node].applied = fixer as u8 + 1;
            }
            only if usize::from(only) == fixer + 1 => {}
            before => {
                self[node].applied = applied::MANY;
                if !matches!(before, applied::NONE | applied::MANY) {
                    self.list_applied(node, usize::from(before) - 1);
                }
                self.list_applied(node, fixer);
            }
        }
    }

    fn list_applied(&mut self, node: NodeId, fixer: usize) {
        self.applied_words = self.applied_words.max((fixer / BITS) as u32 + 1);
        *self.applied.entry((node, (fixer / BITS) as u32)).or_default() |= 1 << (fixer % BITS);
    }

    pub(super) fn copy_applied(&mut self, from: NodeId, to: NodeId) {
        self[to].applied = self[from].applied;
        if self[from].applied != applied::MANY {
            return;
        }
        for word in 0..self.applied_words {
            if let Some(bits) = self.applied.get(&(from, word)).copied() {
                self.applied.insert((to, word), bits);
            }
        }
    }
}
