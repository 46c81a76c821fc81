//! How deep items lie in what an expression may be.
//!
//! A depth says how many containers have to be opened until an item may appear, or
//! a part of one (a field, what a field holds, what that holds). At level 0 it is an
//! item or a part itself, at level 1 a container of them, and so on; where it may be
//! several of these, each is followed. Opening an item or a part gives a part.
//!
//! Changing something of level 1 or more changes a container that came later, which
//! is nobody's business; at level 0 it changes an item, be it in a part of it. To
//! compare, order or hash *items* is another matter than to do so with parts: on
//! disk an object that equals nothing but itself stays in memory wherever it is a
//! part, but as an item it is written unless items are compared. So `max(waits)` is
//! harmless where `waits` holds a field of each item. Taking a part for an item is
//! always the safe side.
//!
//! A container of containers may hold what somebody puts something into later, having
//! taken it out: `groups[key].append(item)`. Then it is *filled inside*, and what else
//! is put into it (`groups[key] = others`) may be what is filled. Where nobody does so,
//! what is put there is followed no further than into it.

/// How deep an item may lie, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Depth {
    /// How many containers are around it.
    pub(super) level: u8,
    pub(super) is_part: bool,
    /// Something is put into containers that it holds.
    pub(super) filled_inside: bool,
    /// It is the list that is followed, not another container with items of it.
    pub(super) is_list: bool,
    /// The item is the very object that was appended last, or a part of that.
    pub(super) is_live: bool,
}

pub(super) const ITEM: Depth =
    Depth { level: 0, is_part: false, filled_inside: false, is_list: false, is_live: false };
pub(super) const PART: Depth = Depth { is_part: true, ..ITEM };
/// A container of items.
pub(super) const ITEMS: Depth = Depth { level: 1, ..ITEM };
/// The item that was appended last, where that is the object itself.
pub(super) const LATEST: Depth = Depth { is_live: true, ..ITEM };
/// Deeper is not told apart.
const DEEPEST: u8 = 4;

impl Depth {
    /// Whether it is a container that items or parts have been put into, not
    /// one of them.
    pub(super) fn is_container(self) -> bool {
        self.level > 0
    }

    /// Whether such a container holds others that do.
    pub(super) fn is_nested(self) -> bool {
        self.level > 1
    }

    /// Whether it holds containers into which something is put.
    pub(super) fn is_filled_inside(self) -> bool {
        self.filled_inside && self.is_nested()
    }

    pub(super) fn at(self, level: u8) -> Self {
        Self { level, is_list: false, ..self }
    }

    /// What a container of containers holds; others hold nothing deeper.
    pub(super) fn within(self) -> Self {
        self.at(self.level.saturating_sub(1).max(1))
    }
}

/// Containers of items as deep as is said, into which others may put something.
pub(super) fn items_at(level: u8) -> Depth {
    told_apart(Depth { filled_inside: true, ..ITEM.at(level) })
}

/// A set of depths.
#[derive(Clone, Copy, Default)]
pub(super) struct Depths(u128);

impl Depths {
    /// Whether the depth is new to it.
    pub(super) fn insert(&mut self, depth: Depth) -> bool {
        let filled = u8::from(depth.is_filled_inside());
        let own = u8::from(depth.is_list);
        let live = u8::from(depth.is_live);
        let bit = 1 << (depth.level * 16 + live * 8 + u8::from(depth.is_part) * 4 + filled * 2 + own);
        let new = self.0 & bit == 0;
        self.0 |= bit;
        new
    }

    /// Whether it has been a container of items other than the list.
    pub(super) fn has_other_container(mut self) -> bool {
        !self.insert(ITEMS)
    }
}

/// The nearest depth that is told apart: too shallow is the safe side.
pub(super) fn told_apart(depth: Depth) -> Depth {
    let level = depth.level.min(DEEPEST);
    Depth { level, filled_inside: depth.is_filled_inside(), is_list: depth.is_list && level == 1, ..depth }
}

/// One container opened.
pub(super) fn opened(depth: Depth) -> Depth {
    match depth.level {
        0 => Depth { is_live: depth.is_live, ..PART },
        level => depth.at(level - 1),
    }
}

pub(super) fn put(depth: Depth) -> Depth {
    depth.at(depth.level + 1)
}

/// What holds a container of that depth into which something is put.
pub(super) fn holder_of(depth: Depth) -> Depth {
    Depth { filled_inside: true, ..put(depth) }
}

/// A new container with the elements of the old one; those of an item are parts.
pub(super) fn same_elements(depth: Depth) -> Depth {
    put(opened(depth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stay_parts_in_whatever_they_are_put() {
        assert_eq!(opened(ITEMS), ITEM);
        assert_eq!(opened(ITEM), PART);
        assert_eq!(opened(PART), PART);
        assert_eq!(opened(put(PART)), PART);
        assert_eq!(opened(opened(put(put(PART)))), PART);
        assert_eq!(opened(put(ITEM)), ITEM);
    }

    #[test]
    fn elements_of_an_item_are_parts() {
        assert_eq!(same_elements(ITEMS), ITEMS);
        assert_eq!(same_elements(ITEM), put(PART));
        assert_eq!(same_elements(put(put(ITEM))), put(put(ITEM)));
    }

    #[test]
    fn what_holds_something_that_is_filled_knows() {
        assert!(!put(ITEMS).is_filled_inside());
        assert!(holder_of(ITEMS).is_filled_inside());
        assert!(put(holder_of(ITEMS)).is_filled_inside());
        assert!(!told_apart(opened(holder_of(ITEMS))).is_filled_inside());
        let mut seen = Depths::default();
        assert!(seen.insert(put(ITEMS)));
        assert!(seen.insert(holder_of(ITEMS)));
        assert!(!seen.insert(put(ITEMS)));
    }

    #[test]
    fn every_depth_has_a_bit_of_its_own() {
        let mut seen = Depths::default();
        for level in 0..=DEEPEST {
            assert!(seen.insert(ITEM.at(level)));
            assert!(seen.insert(PART.at(level)));
            assert!(seen.insert(Depth { is_live: true, ..PART.at(level) }));
            assert!(!seen.insert(ITEM.at(level)));
        }
        assert_eq!(told_apart(ITEM.at(DEEPEST + 1)), ITEM.at(DEEPEST));
    }
}
