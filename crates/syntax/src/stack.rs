//! Stack space for recursion over trees.
//!
//! [`Module::parse`](crate::Module::parse) bounds the depth of a tree, but the
//! depth that it permits needs more than the two megabytes that threads get,
//! in debug builds above all.

/// Enough for five thousand levels at ten kilobytes each.
const STACK: usize = 128 << 20;
/// What must be left for the caller's stack to be used.
const ENOUGH: usize = STACK / 4;
/// Trees so low, which is to say nearly all, fit on any stack.
const LOW: u32 = 300;

/// Runs `f` where there is stack enough for any recursion over a [`Module`]'s
/// tree. Put it around whatever works on a whole file; nested uses cost nothing.
///
/// [`Module`]: crate::Module
pub fn with_deep_stack<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(ENOUGH, STACK, f)
}

/// The same for the recursion over one tree of this height.
pub(crate) fn with_stack_for<R>(height: u32, f: impl FnOnce() -> R) -> R {
    if height <= LOW { f() } else { with_deep_stack(f) }
}

/// Drops a tree of this height, however high it is.
pub(crate) fn drop_tree<T>(tree: T, height: u32) {
    const LEVEL: usize = 4 << 10;
    if height <= LOW {
        drop(tree);
    } else {
        let size = (height as usize * LEVEL).max(STACK / 8);
        stacker::maybe_grow(size / 2, size, || drop(tree));
    }
}
