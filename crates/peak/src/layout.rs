//! What objects take in memory: CPython's own layout, 64 bit, as of 3.11.
//!
//! Sources: `Objects/*.c` and `Objects/obmalloc.c` of CPython. The allocator hands
//! out multiples of 16 bytes; what the garbage collector tracks has 16 bytes in
//! front. Later versions differ by a few bytes a record.

/// An `int` of up to 60 bits.
pub const INT: f64 = 32.0;
/// A `float`: 24 bytes in a block of 32.
pub const FLOAT: f64 = 32.0;
/// A short text whose length nobody knows: the head of 49 bytes and a word.
pub const SHORT_TEXT: f64 = 64.0;
/// An object of a kind that nobody knows.
pub const UNKNOWN: f64 = 64.0;
/// `str.split` makes its list with room for so many items (3.11).
pub const SPLIT_ROOM: f64 = 12.0;
/// A pointer.
pub const POINTER: f64 = 8.0;

/// Beyond this the C library maps whole pages, and what is not touched takes none.
const MAPPED: f64 = 131_072.0;

/// A block as the allocator hands it out.
pub fn block(bytes: f64) -> f64 {
    (bytes / 16.0).ceil() * 16.0
}

pub fn tuple(items: f64) -> f64 {
    block(40.0 + POINTER * items)
}

/// A list that was made with its items.
pub fn list(items: f64) -> f64 {
    block(56.0) + block(POINTER * items)
}

/// A list that grew by one item at a time (`list_resize`).
pub fn grown_list(items: f64) -> f64 {
    if items <= 0.0 {
        return block(56.0);
    }
    let whole = items.ceil();
    // The room that the last growing before this many items left.
    let mut room = 0.0_f64;
    while room < whole && room < 64.0 {
        let wanted = room + 1.0;
        room = ((wanted + (wanted / 8.0).floor() + 6.0) / 4.0).floor() * 4.0;
    }
    let room = if whole > room { whole * 1.0625 } else { room };
    let bytes = POINTER * room;
    block(56.0) + if bytes > MAPPED { POINTER * items } else { block(bytes) }
}

/// A plain instance: head, and a table of attribute values.
pub fn instance(attributes: f64) -> f64 {
    48.0 + block(24.0 + POINTER * attributes)
}

/// An instance of a class with `__slots__`.
pub fn slotted(attributes: f64) -> f64 {
    block(32.0 + POINTER * attributes)
}

/// Slots of a dict's table: it doubles when two thirds are full (`dictresize`).
fn dict_slots(items: f64) -> f64 {
    let mut slots = 8.0;
    while slots * 2.0 / 3.0 < items && slots < 1e12 {
        slots *= 2.0;
    }
    slots
}

/// A dict of so many keys, all of them texts or not (`PyDictUnicodeEntry`).
pub fn dict(items: f64, texts: bool) -> f64 {
    if items <= 0.0 {
        return 64.0;
    }
    let slots = dict_slots(items);
    let index = slots
        * match slots {
            s if s <= 256.0 => 1.0,
            s if s <= 65536.0 => 2.0,
            _ => 4.0,
        };
    let entry = if texts { 16.0 } else { 24.0 };
    let room = (slots * 2.0 / 3.0).floor() * entry;
    if index + room > MAPPED { 96.0 + index + items * entry } else { 64.0 + block(32.0 + index + room) }
}

/// A set: its table has eight places in the object, and grows fourfold when three
/// fifths are full, twofold beyond 50 000 (`set_add_entry`).
pub fn set(items: f64) -> f64 {
    let mut slots = 8.0;
    while (slots - 1.0) * 3.0 / 5.0 < items && slots < 1e12 {
        let full = ((slots - 1.0) * 3.0_f64 / 5.0).ceil();
        let wanted = full * if full > 50_000.0 { 2.0 } else { 4.0 };
        while slots <= wanted {
            slots *= 2.0;
        }
    }
    224.0 + if slots > 8.0 { slots * 16.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against what `tracemalloc` counts on CPython 3.11, rounded up to blocks.
    #[test]
    fn is_what_cpython_takes() {
        for (items, bytes) in [
            (0.0, 64.0),
            (1.0, 184.0),
            (5.0, 184.0),
            (6.0, 272.0),
            (10.0, 272.0),
            (11.0, 464.0),
            (22.0, 832.0),
            (43.0, 1584.0),
        ] {
            assert!((dict(items, true) - bytes).abs() <= 16.0, "dict of {items}: {}", dict(items, true));
        }
        for (items, bytes) in [(1.0, 216.0), (4.0, 216.0), (5.0, 728.0), (10.0, 728.0), (20.0, 2264.0)] {
            assert!((set(items) - bytes).abs() <= 16.0, "set of {items}: {}", set(items));
        }
        for (items, bytes) in [(0.0, 56.0), (1.0, 88.0), (4.0, 88.0), (5.0, 120.0), (9.0, 184.0)] {
            assert!((grown_list(items) - bytes).abs() <= 16.0, "list of {items}: {}", grown_list(items));
        }
        let whole = [tuple(2.0), list(3.0), instance(4.0), slotted(4.0)].map(|bytes| bytes as u64);
        assert_eq!(whole, [64, 96, 112, 64]);
    }
}
