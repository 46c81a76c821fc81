//! Which patterns could start at a node, from a table look-up.
//!
//! The key of a pattern is the kind of its root and the first label on the way
//! down through first children: the operator, the name of the variable, the
//! name of what is called. In most programs most nodes have no entry at all.

use rustc_hash::FxHashMap;

use crate::pattern::{Label, Pattern, Shape, Step};
use crate::tree::Tree;

#[derive(Debug, Default)]
pub(crate) struct Index {
    /// By kind of the root.
    entries: Vec<Option<Box<Entry>>>,
}

#[derive(Debug, Default)]
struct Entry {
    /// By the first label on the way down; how far down is `depth`.
    labelled: FxHashMap<Box<str>, Vec<usize>>,
    depth: usize,
    /// Patterns without such a label.
    others: Vec<usize>,
}

impl Index {
    pub(crate) fn new(patterns: &[Pattern]) -> Self {
        let mut index = Self::default();
        for (at, pattern) in patterns.iter().enumerate() {
            if let Shape::Node { kind, .. } = &pattern.root {
                let kind = usize::from(*kind);
                if index.entries.len() <= kind {
                    index.entries.resize_with(kind + 1, || None);
                }
                index.entries[kind].get_or_insert_default().add(at, &pattern.root);
            }
        }
        index
    }

    /// Calls `found` with the patterns that could match at `node`, not in order.
    pub(crate) fn candidates<T: Tree>(&self, tree: &T, node: T::Node, mut found: impl FnMut(usize)) {
        let Some(Some(entry)) = self.entries.get(usize::from(tree.kind(node))) else { return };
        entry.others.iter().copied().for_each(&mut found);
        if !entry.labelled.is_empty() {
            entry.labelled_at(tree, node).iter().copied().for_each(found);
        }
    }
}

impl Entry {
    fn add(&mut self, at: usize, root: &Shape) {
        match first_label(root) {
            Some((label, depth)) => {
                self.labelled.entry(label.into()).or_default().push(at);
                self.depth = self.depth.max(depth);
            }
            None => self.others.push(at),
        }
    }

    fn labelled_at<T: Tree>(&self, tree: &T, node: T::Node) -> &[usize] {
        let mut at = Some(node);
        for _ in 0..=self.depth {
            let Some(node) = at else { break };
            if let Some(label) = tree.label(node) {
                return self.labelled.get(&*label).map_or(&[], Vec::as_slice);
            }
            at = tree.children(node).next();
        }
        &[]
    }
}

/// The first label on the way down, and how far down it is. `None` as soon as
/// a hole leaves open what label a node has, or what node is the first.
fn first_label(root: &Shape) -> Option<(&str, usize)> {
    let mut shape = root;
    for depth in 0.. {
        let Shape::Node { label, children, .. } = shape else { return None };
        match label {
            Label::Any => return None,
            Label::Is(Some(label)) => return Some((label, depth)),
            Label::Is(None) => {}
        }
        let Some(Step::One { shape: first, .. }) = children.first() else { return None };
        shape = first;
    }
    None
}
