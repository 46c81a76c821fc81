//! Brings the [chunks](crate::chunks) of each group together on disk.
//!
//! Each run has a chunk of a group, so that whoever asks for groups in another order than
//! that of their numbers reads here and there: once for each chunk. Behind one another, they
//! are read at once. The last chunk comes first, since it is what the table knows.

use std::path::Path;

use crate::Error;
use crate::chunks::{self, Chunk, Chunks, Place};
use crate::group_table::{self, GroupTable};

/// The chunks of a group that has more bytes stay where they are.
const LARGE: usize = 16 << 10;

/// Groups that have been moved into the next block.
#[derive(Default)]
struct Moved {
    bytes: Vec<u8>,
    /// Where each begins, and how many items it has.
    groups: Vec<(u32, Place, usize)>,
    /// Where their chunks were.
    old: Vec<Place>,
}

/// Brings all chunks of each group together. Those that have been moved when something
/// goes wrong are; the others stay where they are.
pub fn gather<T: Default>(
    chunks: &mut Chunks<T>,
    table: &mut GroupTable,
    directory: &Path,
) -> Result<(), Error> {
    chunks.begin_run();
    let mut moved = Moved::default();
    let mut space = Vec::new();
    for number in 0..table.count() as u32 {
        let last = table.last(number);
        if last == Place::NONE {
            continue;
        }
        let chain = chunks.chain(last, &[])?;
        let length: usize = chain.iter().map(|chunk| chunk.length).sum();
        let items = table.items(number);
        // What is damaged is said when it is read.
        if length > LARGE || chain.iter().map(|chunk| chunk.items).sum::<usize>() != items {
            continue;
        }
        let place = Place { block: chunks.next(), offset: moved.bytes.len() as u32 };
        if !GroupTable::fits(place) {
            break;
        }
        put(chunks, &chain, place, &mut moved.bytes, &mut space)?;
        moved.groups.push((number, place, items));
        moved.old.extend(chain.iter().map(|chunk| chunk.place));
        if moved.bytes.len() >= group_table::BLOCK {
            write(chunks, table, directory, &mut moved)?;
        }
    }
    write(chunks, table, directory, &mut moved)
}

/// Copies the chunks of a group, the last one first.
fn put<T>(
    chunks: &mut Chunks<T>,
    chain: &[Chunk],
    place: Place,
    bytes: &mut Vec<u8>,
    space: &mut Vec<u8>,
) -> Result<(), Error> {
    for (at, chunk) in chain.iter().enumerate().rev() {
        chunks.load(chunk, space)?;
        let end = bytes.len() + chunks::HEAD + space.len();
        let before = if at == 0 { Place::NONE } else { Place { offset: end as u32, ..place } };
        let at = chunks::open(bytes, before);
        bytes.extend_from_slice(space);
        chunks::close(bytes, at, chunk.items);
    }
    Ok(())
}

fn write<T: Default>(
    chunks: &mut Chunks<T>,
    table: &mut GroupTable,
    directory: &Path,
    moved: &mut Moved,
) -> Result<(), Error> {
    if moved.groups.is_empty() {
        return Ok(());
    }
    chunks.write(directory, &moved.bytes, moved.old.len(), T::default())?;
    for (number, place, items) in moved.groups.drain(..) {
        table.set(number, place, items);
    }
    for place in moved.old.drain(..) {
        chunks.let_go(place);
    }
    moved.bytes.clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes items (numbers of one byte) of groups in runs, and moves the chunks now and then.
    fn check(runs: usize, groups: u32, size: usize) {
        let directory = std::env::temp_dir();
        let mut chunks = Chunks::<()>::new(1 << 20);
        let mut table = GroupTable::default();
        let mut wanted = vec![Vec::new(); groups as usize];
        for _ in 0..groups {
            table.add().unwrap();
        }
        for run in 0..runs {
            chunks.begin_run();
            let (mut bytes, mut count) = (Vec::new(), 0);
            for group in (0..groups).filter(|group| !(*group as usize + run).is_multiple_of(3)) {
                let place = Place { block: chunks.next(), offset: bytes.len() as u32 };
                let at = chunks::open(&mut bytes, table.last(group));
                let new = (0..size).map(|item| (run * 7 + item + group as usize) as u8);
                bytes.extend(new.clone());
                wanted[group as usize].extend(new);
                chunks::close(&mut bytes, at, size);
                table.set(group, place, table.items(group) + size);
                count += 1;
                if bytes.len() >= group_table::BLOCK {
                    chunks.write(&directory, &bytes, count, ()).unwrap();
                    (count, bytes) = (0, Vec::new());
                }
            }
            if count > 0 {
                chunks.write(&directory, &bytes, count, ()).unwrap();
            }
            if run % 4 == 3 {
                gather(&mut chunks, &mut table, &directory).unwrap();
            }
        }
        for group in (0..groups).rev() {
            let (mut all, mut bytes) = (Vec::new(), Vec::new());
            for chunk in &chunks.chain(table.last(group), &[]).unwrap() {
                assert_eq!(chunk.first, all.len());
                chunks.load(chunk, &mut bytes).unwrap();
                all.extend_from_slice(&bytes);
            }
            assert_eq!(all, wanted[group as usize]);
            chunks.release(table.take(group));
        }
        assert!(chunks.is_empty());
    }

    #[test]
    fn groups_stay_what_they_are() {
        check(4, 1, 1);
        check(8, 300, 3);
        check(9, 2_000, 60);
        check(40, 20, 400);
        check(4, 9, 20_000);
    }

    #[test]
    fn a_missing_folder_changes_nothing() {
        let mut chunks = Chunks::<()>::new(1 << 20);
        let mut table = GroupTable::default();
        table.add().unwrap();
        let mut bytes = Vec::new();
        let at = chunks::open(&mut bytes, Place::NONE);
        bytes.push(7);
        chunks::close(&mut bytes, at, 1);
        chunks.begin_run();
        chunks.write(&std::env::temp_dir(), &bytes, 1, ()).unwrap();
        table.set(0, Place { block: 0, offset: 0 }, 1);
        gather(&mut chunks, &mut table, Path::new("/nonexistent/folder")).unwrap_err();
        assert_eq!((table.last(0), table.items(0)), (Place { block: 0, offset: 0 }, 1));
    }
}
