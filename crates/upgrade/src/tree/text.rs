//! Texts of nodes: prefixes, values, lines.

use super::node::flag;
use super::{NodeId, Tree};

impl Tree {
    /// The text of a token, without its prefix; empty for other nodes.
    pub fn value(&self, leaf: NodeId) -> &str {
        let [start, end] = self[leaf].value();
        self.between(start, end)
    }

    /// Blanks and comments before a node: the prefix of its first leaf. A node
    /// without children has none.
    pub fn prefix(&self, node: NodeId) -> &str {
        self.look_into(node);
        self.first_leaf(node).map_or("", |leaf| {
            let [start, end, _] = self.spans(leaf);
            self.between(start, end)
        })
    }

    /// Gives the first leaf of a node another prefix, and marks that leaf and
    /// what is above as changed, even if it is the same. A node without
    /// children stays as it is.
    pub fn set_prefix(&mut self, node: NodeId, prefix: &str) {
        self.look_into(node);
        let Some(leaf) = self.first_leaf(node) else { return };
        self.mark_changed(leaf);
        self.write_prefix(leaf, prefix);
    }

    /// Gives a token another text. Marks nothing as changed, as assigning to
    /// `leaf.value` did not: call `mark_changed` where a fixer did so.
    pub fn set_value(&mut self, leaf: NodeId, value: &str) {
        if self.is_leaf(leaf) && self.value(leaf) != value {
            self.touch(leaf);
            let prefix = self.prefix(leaf).to_owned();
            self.write_text_of(leaf, &prefix, value);
        }
    }

    /// The prefix of the next sibling; empty if there is none.
    pub fn suffix(&self, node: NodeId) -> &str {
        self.next_sibling(node).map_or("", |next| self.prefix(next))
    }

    /// The line of the first leaf in the source, from 1; 0 for a leaf that a
    /// fixer made. Nothing for a node without children.
    pub fn lineno(&self, node: NodeId) -> Option<u32> {
        self.look_into(node);
        let leaf = self.first_leaf(node)?;
        let data = &self[leaf];
        if data.has(flag::MADE) {
            return Some(0);
        }
        if data.has(flag::MOVED) {
            return self.lines.get(&leaf).copied();
        }
        Some(self.line_of(data.value()[0]))
    }

    /// What the node stands for in the file: the prefixes and values of its leaves.
    pub fn text(&self, node: NodeId) -> String {
        self.look_into(node);
        let mut text = String::new();
        self.write_text(node, &mut text);
        text
    }

    /// Whether the text of the file is surely still its source. Blanks at the end get lost on
    /// the way into the tree, as with lib2to3.
    pub(crate) fn is_still_its_source(&self) -> bool {
        let end = self.source().trim_end_matches(['\n', '\r']);
        self.is_as_parsed()
            && self.added.is_empty()
            && !end.is_empty()
            && !end.ends_with([' ', '\t', '\x0c', '\\'])
    }

    /// Appends the text of the node.
    pub fn write_text(&self, node: NodeId, text: &mut String) {
        // Leaves that nobody has touched follow each other in the source, and
        // are copied in one go; but never across its end.
        let (mut start, mut end) = (0, 0);
        for leaf in self.leaves_below(node) {
            let [prefix, _, after] = self.spans(leaf);
            if prefix == after {
                continue;
            }
            if prefix != end || prefix as usize == self.source.len() {
                text.push_str(self.between(start, end));
                start = prefix;
            }
            end = after;
        }
        text.push_str(self.between(start, end));
    }

    /// The first leaf at or below a node; nothing if it has none on its left edge.
    pub(super) fn first_leaf(&self, mut node: NodeId) -> Option<NodeId> {
        while !self.is_leaf(node) {
            node = self[node].first()?;
        }
        Some(node)
    }

    pub(super) fn write_prefix(&mut self, leaf: NodeId, prefix: &str) {
        if self.prefix(leaf) == prefix {
            return;
        }
        let [start, end] = self[leaf].value();
        if prefix.is_empty() {
            self.touch(leaf);
            self.set_spans(leaf, [start, start, end]);
        } else {
            let value = self.value(leaf).to_owned();
            self.write_text_of(leaf, prefix, &value);
        }
    }

    fn write_text_of(&mut self, leaf: NodeId, prefix: &str, value: &str) {
        if !self[leaf].has(flag::MADE | flag::MOVED) {
            let line = self.line_of(self[leaf].value()[0]);
            self.lines.insert(leaf, line);
            self[leaf].flags |= flag::MOVED;
        }
        let spans = self.add(prefix, value);
        self.set_spans(leaf, spans);
    }

    /// Where the prefix starts, the value starts, and the value ends; of a leaf.
    #[inline]
    pub(super) fn spans(&self, leaf: NodeId) -> [u32; 3] {
        let data = &self[leaf];
        let [start, end] = data.value();
        match data.prefix_len() {
            Some(len) => [start - len, start, end],
            None => [self.long_prefixes.get(&leaf).copied().unwrap_or(start), start, end],
        }
    }

    #[inline]
    pub(super) fn set_spans(&mut self, leaf: NodeId, spans: [u32; 3]) {
        if self[leaf].set_spans(spans) {
            self.long_prefixes.insert(leaf, spans[0]);
        }
    }

    /// Keeps a text that is not in the source.
    pub(super) fn add(&mut self, prefix: &str, value: &str) -> [u32; 3] {
        let start = self.source.len() + self.added.len();
        self.added.push_str(prefix);
        self.added.push_str(value);
        [start, start + prefix.len(), start + prefix.len() + value.len()].map(|at| at as u32)
    }

    /// The texts are the source and, behind it, what was added. No span crosses
    /// from one to the other: an empty one at the border may be in either.
    fn between(&self, start: u32, end: u32) -> &str {
        let (start, end, border) = (start as usize, end as usize, self.source.len());
        if end <= border { &self.source[start..end] } else { &self.added[start - border..end - border] }
    }

    /// The line, from 1, of a place in the source.
    fn line_of(&self, at: u32) -> u32 {
        let ends = self
            .line_ends
            .get_or_init(|| memchr::memchr_iter(b'\n', self.source.as_bytes()).map(|at| at as u32).collect());
        self.lines_before() + ends.partition_point(|end| *end < at) as u32 + 1
    }
}
