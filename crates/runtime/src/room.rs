//! Room for many small things in a row, in pages that the system gets back as
//! soon as they are dropped.
//!
//! An allocator keeps what it has given once: the C library's takes the largest
//! block that was ever freed for a sign that such blocks come and go, and carves
//! the next ones from its heap, which shrinks at its very end only. After a sort
//! the whole batch would count as used until the process ends. Nor are pages
//! copied when they grow: the system moves them.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A growing row of plain values.
pub struct Room<T: Copy> {
    pages: Pages<T>,
    length: usize,
}

impl<T: Copy> Room<T> {
    /// Makes room for `extra` more elements.
    #[inline]
    pub fn make_room(&mut self, extra: usize) {
        if self.pages.capacity() - self.length < extra {
            self.pages.grow(self.length, extra);
        }
    }

    #[inline]
    pub fn push(&mut self, value: T) {
        self.extend(&[value]);
    }

    /// Adds values at the end.
    #[inline]
    pub fn extend(&mut self, values: &[T]) {
        self.make_room(values.len());
        // SAFETY: there is room for that many behind the length, and nobody else
        // refers to it.
        unsafe {
            let end = self.pages.start().add(self.length);
            std::ptr::copy_nonoverlapping(values.as_ptr(), end, values.len());
        }
        self.length += values.len();
    }

    /// Forgets all values, and keeps the room.
    pub fn clear(&mut self) {
        self.length = 0;
    }
}

impl<T: Copy> Default for Room<T> {
    fn default() -> Self {
        Self { pages: Pages::default(), length: 0 }
    }
}

impl<T: Copy> Deref for Room<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: so many values have been written.
        unsafe { std::slice::from_raw_parts(self.pages.start(), self.length) }
    }
}

impl<T: Copy> DerefMut for Room<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: so many values have been written, and nobody else refers to them.
        unsafe { std::slice::from_raw_parts_mut(self.pages.start(), self.length) }
    }
}

impl<T: Copy> fmt::Debug for Room<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").field("length", &self.length).finish_non_exhaustive()
    }
}

/// What all rooms of this process take, in bytes.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// What all rooms of this process take, in bytes: no allocator sees them.
pub fn held() -> usize {
    HELD.load(Ordering::Relaxed)
}

/// So much more room, at least: an eighth of what there is.
fn wanted<T>(capacity: usize, length: usize, extra: usize) -> usize {
    const LEAST: usize = 4 << 10;
    let size = size_of::<T>().max(1);
    let more = (capacity / 8).max(LEAST / size);
    length.saturating_add(extra).max(capacity.saturating_add(more))
}

#[cfg(target_os = "linux")]
use mapped::Pages;
#[cfg(not(target_os = "linux"))]
use owned::Pages;

#[cfg(target_os = "linux")]
mod mapped {
    use std::alloc::{Layout, handle_alloc_error};
    use std::marker::PhantomData;
    use std::ptr::{NonNull, null_mut};
    use std::sync::atomic::Ordering;

    /// Pages of our own.
    pub struct Pages<T> {
        start: NonNull<T>,
        bytes: usize,
        owned: PhantomData<T>,
    }

    // SAFETY: the pages are its own.
    unsafe impl<T: Send> Send for Pages<T> {}
    // SAFETY: as above.
    unsafe impl<T: Sync> Sync for Pages<T> {}

    impl<T> Default for Pages<T> {
        fn default() -> Self {
            Self { start: NonNull::dangling(), bytes: 0, owned: PhantomData }
        }
    }

    impl<T> Pages<T> {
        #[inline]
        pub fn start(&self) -> *mut T {
            self.start.as_ptr()
        }

        #[inline]
        pub fn capacity(&self) -> usize {
            self.bytes / size_of::<T>().max(1)
        }

        #[cold]
        pub fn grow(&mut self, length: usize, extra: usize) {
            const PAGE: usize = 4 << 10;
            let wanted = super::wanted::<T>(self.capacity(), length, extra);
            let layout = Layout::array::<T>(wanted).unwrap_or(Layout::new::<T>());
            let bytes = layout.size().next_multiple_of(PAGE);
            // SAFETY: new private pages without a file, or those that we have and
            // nobody refers to, which may move.
            let start = unsafe {
                if self.bytes == 0 {
                    let (access, kind) =
                        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
                    libc::mmap(null_mut(), bytes, access, kind, -1, 0)
                } else {
                    libc::mremap(self.start.as_ptr().cast(), self.bytes, bytes, libc::MREMAP_MAYMOVE)
                }
            };
            match NonNull::new(start.cast::<T>()) {
                Some(pages) if start != libc::MAP_FAILED && bytes / size_of::<T>().max(1) >= wanted => {
                    super::HELD.fetch_add(bytes - self.bytes, Ordering::Relaxed);
                    (self.start, self.bytes) = (pages, bytes);
                }
                _ => handle_alloc_error(layout),
            }
        }
    }

    impl<T> Drop for Pages<T> {
        fn drop(&mut self) {
            if self.bytes > 0 {
                super::HELD.fetch_sub(self.bytes, Ordering::Relaxed);
                // SAFETY: they are ours, and not referred to any more.
                unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod owned {
    /// What the allocator gives.
    pub struct Pages<T> {
        values: Vec<std::mem::MaybeUninit<T>>,
    }

    impl<T> Default for Pages<T> {
        fn default() -> Self {
            Self { values: Vec::new() }
        }
    }

    impl<T: Copy> Pages<T> {
        #[inline]
        pub fn start(&self) -> *mut T {
            self.values.as_ptr().cast_mut().cast()
        }

        #[inline]
        pub fn capacity(&self) -> usize {
            self.values.len()
        }

        #[cold]
        pub fn grow(&mut self, length: usize, extra: usize) {
            let wanted = super::wanted::<T>(self.values.len(), length, extra);
            self.values.reserve_exact(wanted - self.values.len());
            self.values.resize(wanted, std::mem::MaybeUninit::uninit());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_stays_while_it_grows() {
        let mut room = Room::default();
        assert!(room.is_empty());
        for number in 0..1_000_000_u64 {
            room.push(number);
        }
        room.extend(&[7, 8]);
        assert_eq!(room.len(), 1_000_002);
        assert!(room[..1_000_000].iter().copied().eq(0..1_000_000));
        assert_eq!(room[1_000_000..], [7, 8]);
        room.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(room.first(), Some(&999_999));
        room.clear();
        assert!(room.is_empty());
        room.extend(&[1, 2, 3]);
        assert_eq!(*room, [1, 2, 3]);
    }

    #[test]
    fn more_than_there_was_at_once() {
        let mut room = Room::default();
        room.push(1_u8);
        room.extend(&vec![2; 3_000_000]);
        room.make_room(1 << 20);
        assert_eq!(room.len(), 3_000_001);
        assert_eq!((room[0], room[3_000_000]), (1, 2));
    }
}
