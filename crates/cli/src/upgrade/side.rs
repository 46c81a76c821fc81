//! Several files at a time, told of one after the other.
//!
//! Each thread takes the next file as soon as it is done with one, while this one tells
//! of those that are ready; nobody waits for the end of a batch. A thread runs only so
//! far ahead of what has been told, so that memory does not grow with the number of files.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many files a thread may be ahead of what has been told.
const AHEAD: usize = 32;

#[derive(Debug)]
struct Progress<R> {
    /// The next item that nobody works on.
    next: usize,
    /// How many items have been told of.
    told: usize,
    ready: BTreeMap<usize, R>,
    /// There is nobody to tell it to any more.
    is_over: bool,
}

/// Does `work` for each item in so many threads, and `tell`s of each in this one, in
/// their order. The first error ends it.
pub fn in_order<I: Sync, R: Send, E>(
    threads: usize,
    items: &[I],
    work: impl Fn(&I) -> R + Sync,
    mut tell: impl FnMut(&I, R) -> Result<(), E>,
) -> Result<(), E> {
    let progress = Mutex::new(Progress { next: 0, told: 0, ready: BTreeMap::new(), is_over: false });
    let (told, ready) = (Condvar::new(), Condvar::new());
    let run = || {
        let mut now = lock(&progress);
        while now.next < items.len() && !now.is_over {
            if now.next >= now.told + threads * AHEAD {
                now = told.wait(now).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let at = now.next;
            now.next += 1;
            drop(now);
            let result = work(&items[at]);
            now = lock(&progress);
            now.ready.insert(at, result);
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
            drop(now);
            result = tell(item, one);
            if result.is_err() {
                break;
            }
            told.notify_all();
        }
        lock(&progress).is_over = true;
        told.notify_all();
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
        let done: Result<(), ()> = in_order(3, &items, work, |item, twice| {
            assert_eq!(twice, item * 2);
            all.push(*item);
            told.store(item + 1, Ordering::SeqCst);
            Ok(())
        });
        assert_eq!((done, all), (Ok(()), items));
        // One may have been taken before the last one was told of.
        assert!(ahead.into_inner() <= 3 * AHEAD + 1);
    }

    #[test]
    fn an_error_ends_it() {
        let items: Vec<usize> = (0..1000).collect();
        let tell = |item: &usize, _| if *item == 5 { Err("five") } else { Ok(()) };
        assert_eq!(in_order(4, &items, |item| *item, tell), Err("five"));
        assert_eq!(in_order(4, &[0; 0], |item: &usize| *item, tell), Ok(()));
    }
}
