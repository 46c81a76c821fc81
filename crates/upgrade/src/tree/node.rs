//! One node in the arena: 24 bytes, whatever it is.

use std::num::NonZeroU32;

use crate::kind::Kind;

/// Names a node of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(NonZeroU32);

impl NodeId {
    pub(crate) const FIRST: Self = Self(NonZeroU32::MIN);

    /// The last of so many nodes.
    #[inline]
    pub(crate) fn of_len(len: usize) -> Self {
        Self(NonZeroU32::new(len as u32).unwrap_or(NonZeroU32::MAX))
    }

    /// A number from 0 on, below `Tree::nodes_made`: for tables beside the tree.
    #[inline]
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    fn raw(id: Option<Self>) -> u32 {
        id.map_or(0, |id| id.0.get())
    }

    fn of_raw(raw: u32) -> Option<Self> {
        NonZeroU32::new(raw).map(Self)
    }
}

/// What a node is like beside its kind, as bits.
pub(super) mod flag {
    /// Something at or below it was changed.
    pub const CHANGED: u8 = 1;
    /// The driver's mark.
    pub const CHECKED: u8 = 2;
    /// It stands among its parent's children, but says that it has no parent.
    pub const ORPHAN: u8 = 4;
    /// It was made by a fixer, and has no line.
    pub const MADE: u8 = 8;
    /// Its text is no longer where its line could be told from.
    pub const MOVED: u8 = 16;
    /// It stands where a copy of it will.
    pub const LIFTED: u8 = 32;
    /// It was copied, and is no longer there.
    pub const GONE: u8 = 64;
}

/// The prefix of a leaf is as long as this or longer: the tree knows where it starts.
const LONG: u8 = u8::MAX;

/// Which fixers have made a node, where that is none, or the one with the number
/// below this; more of them are in a table of the tree.
pub(super) mod applied {
    pub const NONE: u8 = 0;
    pub const MANY: u8 = u8::MAX;
}

#[derive(Clone, Debug)]
pub struct Node {
    /// The parent in whose list it stands.
    pub(super) up: Option<NodeId>,
    pub(super) next: Option<NodeId>,
    pub(super) prev: Option<NodeId>,
    /// Of a node: first and last child. Of a leaf: where its value starts and ends in the
    /// texts of the tree.
    words: [u32; 2],
    pub(super) kind: Kind,
    pub(super) flags: u8,
    /// The number of the only fixer that made it, from 1 on; or see `applied`.
    pub(super) applied: u8,
    /// Of a leaf: how many bytes before the value are its prefix.
    prefix: u8,
}

const _: () = assert!(size_of::<Node>() == 24, "there are as many nodes as a file has tokens, and more");

impl Node {
    /// A node without children, or a leaf without text.
    #[inline]
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            up: None,
            next: None,
            prev: None,
            words: [0, 0],
            kind,
            flags: 0,
            applied: applied::NONE,
            prefix: 0,
        }
    }

    #[inline]
    pub(super) fn is_leaf(&self) -> bool {
        self.kind.is_token()
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn parent(&self) -> Option<NodeId> {
        if self.has(flag::ORPHAN) { None } else { self.up }
    }

    #[inline]
    pub(super) fn first(&self) -> Option<NodeId> {
        if self.is_leaf() { None } else { NodeId::of_raw(self.words[0]) }
    }

    #[inline]
    pub(super) fn last(&self) -> Option<NodeId> {
        if self.is_leaf() { None } else { NodeId::of_raw(self.words[1]) }
    }

    pub(super) fn set_first(&mut self, first: Option<NodeId>) {
        self.words[0] = NodeId::raw(first);
    }

    pub(super) fn set_last(&mut self, last: Option<NodeId>) {
        self.words[1] = NodeId::raw(last);
    }

    /// Where the value starts and ends; of a leaf.
    #[inline]
    pub(super) fn value(&self) -> [u32; 2] {
        if self.is_leaf() { self.words } else { [0; 2] }
    }

    /// How long the prefix is; nothing if it is long.
    #[inline]
    pub(super) fn prefix_len(&self) -> Option<u32> {
        (self.prefix != LONG).then_some(u32::from(self.prefix))
    }

    /// Sets where a leaf's prefix and value start, and where it ends; whether it is too long.
    #[inline]
    pub(super) fn set_spans(&mut self, [prefix, value, end]: [u32; 3]) -> bool {
        self.words = [value, end];
        self.prefix = u8::try_from(value - prefix).unwrap_or(LONG);
        self.prefix == LONG
    }
}
