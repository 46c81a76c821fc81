//! Counts what is allocated while runs are made and while they are merged, and
//! holds it against the budget. Alone in its file, because the counting
//! allocator sees every test of a binary.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use spacetime_runtime::{Finished, Sorter, held, spilled};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let now = NOW.fetch_add(size, Ordering::Relaxed) + size - layout.size();
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What is allocated and mapped now.
fn look() -> usize {
    let now = NOW.load(Ordering::Relaxed) + held();
    PEAK.fetch_max(now, Ordering::Relaxed);
    now
}

/// Peak of what is allocated and mapped beyond what was there before.
fn peak_of<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = look();
    PEAK.store(before, Ordering::Relaxed);
    let result = work();
    (PEAK.load(Ordering::Relaxed) - before, result)
}

fn fill(sorter: &mut Sorter, count: u64, payload: &[u8]) {
    for number in 0..count {
        let key = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        sorter.push(&key, payload, 0);
        look();
        if sorter.is_full() {
            sorter.spill().unwrap();
        }
    }
}

fn drain(sorter: Sorter) -> usize {
    let Finished::Sorted(mut sorted) = sorter.finish().unwrap() else {
        panic!("incomparable");
    };
    let mut count = 0;
    while sorted.next().unwrap().is_some() {
        count += 1;
        look();
    }
    count
}

/// One pass at 256 KiB, several at 32 KiB; small and larger records.
#[test]
fn making_and_merging_runs_stay_inside_the_budget() {
    for (budget, count, payload) in
        [(256 << 10, 100_000, 10), (32 << 10, 40_000, 10), (64 << 10, 20_000, 300), (1 << 20, 200_000, 40)]
    {
        let mut sorter = Sorter::new(budget, std::env::temp_dir(), false, false);
        let payload = vec![7; payload];
        let before = spilled().runs;
        let (making, ()) = peak_of(|| fill(&mut sorter, count, &payload));
        assert!(spilled().runs - before > 4);
        assert!(making <= budget, "making runs: {making} of {budget}");
        let held = making; // an upper bound of what the sorter still holds
        let (merging, drained) = peak_of(|| drain(sorter));
        assert_eq!(drained as u64, count);
        assert!(merging <= budget, "merging: {merging} of {budget} beside {held}");
    }
}
