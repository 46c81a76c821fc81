//! Making nodes, and putting them in and out of the tree.
//!
//! Every operation here marks as changed what its counterpart in pytree did.

use super::node::{Node, flag};
use super::{NodeId, Tree};
use crate::kind::Kind;

impl Tree {
    /// A new token without prefix, not yet anywhere. Its line is 0.
    pub fn new_leaf(&mut self, kind: Kind, value: &str) -> NodeId {
        self.new_leaf_after(kind, value, "")
    }

    /// A new token with a prefix before it, not yet anywhere. Its line is 0.
    pub fn new_leaf_after(&mut self, kind: Kind, value: &str, prefix: &str) -> NodeId {
        let [start, middle, end] = self.add(prefix, value);
        let leaf = self.push_leaf(kind, start, middle, end);
        self[leaf].flags = flag::MADE;
        leaf
    }

    /// A new node with these children, not yet anywhere. Children are taken
    /// away from where they were (pytree wants them to hang nowhere).
    pub fn new_node(&mut self, kind: Kind, children: &[NodeId]) -> NodeId {
        let node = self.push(Node::new(kind));
        self.touch(node);
        for child in children {
            self.take_out(*child);
            self.hang(*child, node, self[node].last(), None);
        }
        node
    }

    /// A copy of a node and all below, not yet anywhere. Copies keep prefixes,
    /// lines and the marks of fixers; they are neither changed nor checked.
    pub fn clone_node(&mut self, node: NodeId) -> NodeId {
        self.clone_telling(node, |_, _| ())
    }

    /// The same; each node that has been copied is told of.
    pub(super) fn clone_telling(&mut self, node: NodeId, told: impl Fn(&mut Self, NodeId)) -> NodeId {
        self.look_into(node);
        let root = self.copy(node);
        told(self, node);
        let (mut from, mut to) = (node, root);
        while let Some((next, deeper)) = self.step(from, node) {
            let mut parent = if deeper > 0 { Some(to) } else { self[to].up };
            for _ in deeper..0 {
                parent = parent.and_then(|parent| self[parent].up);
            }
            let Some(parent) = parent else { break };
            let copy = self.copy(next);
            told(self, next);
            if deeper > 0 {
                self.touch(parent);
            }
            self.hang(copy, parent, self[parent].last(), None);
            (from, to) = (next, copy);
        }
        root
    }

    /// Puts nodes in the place of a node, which then hangs nowhere. False, and
    /// nothing done, if it has no parent.
    ///
    /// A node may be replaced by itself: it then stays in the text and among
    /// the children of its parent, but has no parent of its own. lib2to3 does
    /// this where a fixer returns the node that it was given.
    pub fn replace(&mut self, node: NodeId, new: &[NodeId]) -> bool {
        let Some(parent) = self.parent(node) else { return false };
        self.mark_changed(parent);
        if *new == [node] {
            self.make_orphan(node, parent);
            return true;
        }
        let mut stays = false;
        for one in new {
            if *one == node {
                stays = true;
            } else {
                self.take_out(*one);
            }
        }
        let after = self[node].next;
        let mut before = self[node].prev;
        self.unlink(node);
        for one in new {
            self.link(*one, parent, before, after);
            before = Some(*one);
        }
        if stays {
            self.make_orphan(node, parent);
        }
        true
    }

    /// Lets a node say that it has no parent, where it stays.
    fn make_orphan(&mut self, node: NodeId, parent: NodeId) {
        self[node].flags |= flag::ORPHAN;
        if !self.is_leaf(node) {
            self.cuts.push(parent);
        }
    }

    /// Takes a node out of the tree and says which of its parent's children it
    /// was, from 0. Nothing, and nothing done, if it has no parent.
    pub fn remove(&mut self, node: NodeId) -> Option<usize> {
        let at = self.index_in_parent(node)?;
        self.detach(node);
        Some(at)
    }

    /// As `remove`, without counting. False if it has no parent.
    pub fn detach(&mut self, node: NodeId) -> bool {
        let Some(parent) = self.parent(node) else { return false };
        self.mark_changed(parent);
        self.unlink(node);
        true
    }

    /// Puts a node in the place of the child at `at`. False if there is none.
    pub fn set_child(&mut self, parent: NodeId, at: usize, child: NodeId) -> bool {
        let Some(old) = self.child(parent, at) else { return false };
        if old == child {
            self.make_orphan(old, parent);
        } else {
            self.take_out(child);
            let (before, after) = (self[old].prev, self[old].next);
            self.unlink(old);
            self.link(child, parent, before, after);
        }
        self.mark_changed(parent);
        true
    }

    /// Puts a node before the child at `at`, or at the end if there are fewer.
    pub fn insert_child(&mut self, parent: NodeId, at: usize, child: NodeId) {
        self.look_into(parent);
        self.take_out(child);
        let after = self.child(parent, at);
        let before = after.map_or(self[parent].last(), |after| self[after].prev);
        self.link(child, parent, before, after);
        self.mark_changed(parent);
    }

    /// Puts a node behind all children.
    pub fn append_child(&mut self, parent: NodeId, child: NodeId) {
        self.look_into(parent);
        self.take_out(child);
        self.link(child, parent, self[parent].last(), None);
        self.mark_changed(parent);
    }

    /// A copy of this node alone.
    pub(super) fn copy(&mut self, node: NodeId) -> NodeId {
        let copy = self.push(Node::new(self.kind(node)));
        if self.is_leaf(node) {
            self.set_spans(copy, self.spans(node));
            self[copy].flags = self[node].flags & (flag::MADE | flag::MOVED);
        }
        if self[copy].has(flag::MOVED)
            && let Some(line) = self.lines.get(&node).copied()
        {
            self.lines.insert(copy, line);
        }
        self.copy_applied(node, copy);
        copy
    }

    /// Takes a node away from where it is, if it is anywhere, quietly.
    fn take_out(&mut self, node: NodeId) {
        if self[node].has(flag::ORPHAN) && self[node].up.is_some() {
            // It stays in the text there: pytree has it in two lists then.
            let ghost = self.clone_node(node);
            let Node { up, next, prev, .. } = self[node];
            self.unlink(node);
            if let Some(up) = up {
                self.link(ghost, up, prev, next);
                self.make_orphan(ghost, up);
            }
        } else {
            self.unlink(node);
        }
    }

    /// Closes the gap that a node leaves.
    pub(super) fn unlink(&mut self, node: NodeId) {
        let Node { up, next, prev, .. } = self[node];
        if let Some(up) = up {
            self.touch(up);
            if !self.is_leaf(node) {
                self.cuts.push(up);
            }
            match prev {
                Some(prev) => self[prev].next = next,
                None => self[up].set_first(next),
            }
            match next {
                Some(next) => self[next].prev = prev,
                None => self[up].set_last(prev),
            }
        }
        let data = &mut self[node];
        (data.up, data.next, data.prev) = (None, None, None);
        data.flags &= !flag::ORPHAN;
    }

    /// Puts a node that is nowhere between two children of `parent`.
    pub(super) fn link(
        &mut self,
        node: NodeId,
        parent: NodeId,
        before: Option<NodeId>,
        after: Option<NodeId>,
    ) {
        self.touch(parent);
        self.hang(node, parent, before, after);
    }

    /// The same; that `parent` has changed has been noted.
    fn hang(&mut self, node: NodeId, parent: NodeId, before: Option<NodeId>, after: Option<NodeId>) {
        let data = &mut self[node];
        (data.up, data.prev, data.next) = (Some(parent), before, after);
        match before {
            Some(before) => self[before].next = Some(node),
            None => self[parent].set_first(Some(node)),
        }
        match after {
            Some(after) => self[after].prev = Some(node),
            None => self[parent].set_last(Some(node)),
        }
    }
}
