//! Several files at a time, told of one after the other.
//!
//! Each thread takes the next file as soon as it is done with one, while this one tells
//! of those that are ready; nobody waits for the end of a batch. How much is in work at a
//! time is limited, and how much waits to be told of, so that memory does not grow with the
//! number of files, and with the number of threads only as long as files are small.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How much there may be at a time.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Of items that are in work, by their sizes; one is always taken.
    pub work: u64,
    /// Of results that have not been told of, by theirs.
    pub told: usize,
}

/// Sizes of items and of their results.
pub trait Measure<I, R>: Sync {
    fn item(&self, item: &I) -> u64;
    fn result(&self, result: &R) -> usize;
}

#[derive(Debug)]
struct Progress<R> {
    /// The next item that nobody works on.
    next: usize,
    /// How many items have been told of.
    told: usize,
    ready: BTreeMap<usize, R>,
    /// The size of what is in work.
    work: u64,
    /// The size of what is ready.
    waiting: usize,
    /// There is nobody to tell it to any more.
    is_over: bool,
}

// tidy: long because the threads' side and the teller's belong together.
/// Does `work` for each item in so many threads, and `tell`s of each in this one, in
/// their order. The first error ends it.
pub fn in_order<I: Sync, R: Send, E>(
    (threads, room): (usize, Room),
    items: &[I],
    measure: &impl Measure<I, R>,
    work: impl Fn(&I) -> R + Sync,
    mut tell: impl FnMut(&I, R) -> Result<(), E>,
) -> Result<(), E> {
    let ready = BTreeMap::new();
    let progress = Mutex::new(Progress { next: 0, told: 0, ready, work: 0, waiting: 0, is_over: false });
    let (changed, ready) = (Condvar::new(), Condvar::new());
    let run = || {
        let mut now = lock(&progress);
        while now.next < items.len() && !now.is_over {
            let (at, size) = (now.next, measure.item(&items[now.next]));
            // What is next to be told of is in work, or is this one.
            let is_early = now.waiting > room.told && at > now.told;
            if is_early || (now.work > 0 && now.work + size > room.work) {
                now = changed.wait(now).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            now.next += 1;
            now.work += size;
            drop(now);
            let result = work(&items[at]);
            now = lock(&progress);
            now.work -= size;
            now.waiting += measure.result(&result);
            now.ready.insert(at, result);
            changed.notify_all();
            if at == now.told {
                ready.notify_one();
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            scope.spawn(run);
        }
        let mut result = Ok(());
        for (at, item) in items.iter().enumerate() {
            let mut now = lock(&progress);
            let one = loop {
                if let Some(one) = now.ready.remove(&at) {
                    break one;
                }
                now = ready.wait(now).unwrap_or_else(PoisonError::into_inner);
            };
            now.told = at + 1;
            now.waiting -= measure.result(&one);
            drop(now);
            result = tell(item, one);
            if result.is_err() {
                break;
            }
            changed.notify_all();
        }
        lock(&progress).is_over = true;
        changed.notify_all();
        result
    })
}

fn lock<R>(progress: &Mutex<Progress<R>>) -> MutexGuard<'_, Progress<R>> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Each item is as large as it says, and each result takes one.
    struct AsTheySay;

    impl<R> Measure<usize, R> for AsTheySay {
        fn item(&self, item: &usize) -> u64 {
            *item as u64
        }

        fn result(&self, _: &R) -> usize {
            1
        }
    }

    const AMPLE: Room = Room { work: u64::MAX, told: 64 };

    #[test]
    fn what_is_done_in_any_order_is_told_in_theirs() {
        let items: Vec<usize> = (0..1000).collect();
        let (told, ahead) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut all = Vec::new();
        let work = |item: &usize| {
            ahead.fetch_max(item.saturating_sub(told.load(Ordering::SeqCst)), Ordering::SeqCst);
            if item.is_multiple_of(7) {
                std::thread::yield_now();
            }
            item * 2
        };
        let done: Result<(), ()> = in_order((3, AMPLE), &items, &AsTheySay, work, |item, twice| {
            assert_eq!(twice, item * 2);
            all.push(*item);
            told.store(item + 1, Ordering::SeqCst);
            Ok(())
        });
        assert_eq!((done, all), (Ok(()), items));
        // Those in work come on top, and one may have been taken before the last one was told of.
        assert!(ahead.into_inner() <= AMPLE.told + 2 * 3 + 1);
    }

    #[test]
    fn what_is_large_waits_until_there_is_room() {
        let items = [3, 40, 5, 1000, 60, 50, 7, 100, 0, 2];
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |item: &usize| {
            most.fetch_max(now.fetch_add(*item, Ordering::SeqCst) + item, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(*item, Ordering::SeqCst);
        };
        let mut all = Vec::new();
        let room = Room { work: 100, told: 0 };
        let tell = |item: &usize, ()| -> Result<(), ()> {
            all.push(*item);
            Ok(())
        };
        assert_eq!(in_order((4, room), &items, &AsTheySay, work, tell), Ok(()));
        assert_eq!(all, items);
        // Only what is larger than the room goes beyond it, and that alone.
        assert_eq!(most.into_inner(), 1000);
    }

    #[test]
    fn an_error_ends_it() {
        let items: Vec<usize> = (0..1000).collect();
        let tell = |item: &usize, _| if *item == 5 { Err("five") } else { Ok(()) };
        assert_eq!(in_order((4, AMPLE), &items, &AsTheySay, |item| *item, tell), Err("five"));
        assert_eq!(in_order((4, AMPLE), &[0; 0], &AsTheySay, |item: &usize| *item, tell), Ok(()));
    }
}
