//! How much memory a piece of work takes, counted: the same on every machine.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts what the current thread holds, the most that it has held, and all that it asked for.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // The counters are gone while a thread ends.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
    let _ = ASKED.try_with(|asked| asked.set(asked.get() + bytes.max(0).cast_unsigned()));
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as promised to us.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as promised to us.
        unsafe { System.dealloc(block, layout) }
    }

    // The system moves the pages of large blocks, and keeps no two copies.
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.cast_signed() - layout.size().cast_signed());
        // SAFETY: as promised to us.
        unsafe { System.realloc(block, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The bytes that `work` held at most, beyond what was held before, and those that it
/// asked for in all: who copies what is already there, again and again, asks for the
/// square of it.
pub fn counted(work: impl FnOnce()) -> (usize, usize) {
    let (before, asked) = (HELD.get(), ASKED.get());
    MOST.set(before);
    work();
    ((MOST.get() - before).cast_unsigned(), ASKED.get() - asked)
}
