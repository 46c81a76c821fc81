//! Growing vectors by an eighth instead of doubling them, so that a batch never
//! holds much more than it needs. Large blocks are moved by remapping pages on
//! the systems we run on, so the more frequent growing costs next to nothing.

/// Makes room for `extra` more elements.
#[inline]
pub fn make_room<T>(vector: &mut Vec<T>, extra: usize) {
    if vector.capacity() - vector.len() < extra {
        grow(vector, extra);
    }
}

#[cold]
fn grow<T>(vector: &mut Vec<T>, extra: usize) {
    let least = 1024 / size_of::<T>().max(1);
    vector.reserve_exact(extra.max(vector.capacity() / 8).max(least));
}
