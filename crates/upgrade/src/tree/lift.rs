//! Copies that are put off until a fixer is through with a file.
//!
//! A fixer writes copies of what is in the call that it changes, and throws the
//! call away. So does the call around that, and what is innermost would be
//! copied once for each of them: in the square of the depth. What is lifted is
//! moved instead, out of what is thrown away, and copied where it has come to
//! stand once the fixer has done its last call. Nobody sees a difference: until
//! then only that fixer looks, and it does not come back to what is deeper. (Those
//! that walk look all of them, but they have been to what is deeper, too.)

use super::node::flag;
use super::{NodeId, Tree};

impl Tree {
    /// As `clone_node`, for a node of something that is thrown away as soon as
    /// the fixer returns: what is left there is no longer whole. Read its prefix
    /// and its text before.
    pub fn lift(&mut self, node: NodeId) -> NodeId {
        if self.parent(node).is_none() {
            return self.clone_node(node);
        }
        self.unlink(node);
        self[node].flags |= flag::LIFTED;
        self.lifted.push(node);
        node
    }

    /// Whether something was lifted that has not been copied yet.
    pub(crate) fn has_lifted(&self) -> bool {
        !self.lifted.is_empty()
    }

    /// Puts copies in the place of all that was lifted.
    pub(crate) fn settle(&mut self) {
        let mut lifted = std::mem::take(&mut self.lifted);
        // What was lifted last is around what was lifted before, and copied with it.
        for node in lifted.drain(..).rev() {
            let data = &self[node];
            if !data.has(flag::LIFTED) || data.up.is_none() {
                continue;
            }
            let copy = self.clone_telling(node, |tree, one| {
                let flags = &mut tree[one].flags;
                *flags = *flags & !flag::LIFTED | flag::GONE;
            });
            let (up, before, after) = (self[node].up, self[node].prev, self[node].next);
            self.unlink(node);
            if let Some(up) = up {
                self.link(copy, up, before, after);
            }
        }
        self.lifted = lifted;
    }

    /// Whether a node was lifted, or stood in what was, and has been copied since.
    pub(crate) fn is_gone(&self, node: NodeId) -> bool {
        self[node].has(flag::GONE)
    }
}
