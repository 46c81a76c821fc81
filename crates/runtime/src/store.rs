//! Blocks of bytes on disk that belong to many owners.
//!
//! A program may hold thousands of collections that spill, so they share one
//! file rather than take a file descriptor each. A block's room on disk is given
//! back when its owner drops it. After a fork both sides go on reading; the
//! child writes to a file of its own.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::Error;
use crate::spill::{SpillFile, forks};

/// A file that blocks are appended to.
#[derive(Debug)]
struct Pool {
    file: Mutex<SpillFile>,
    directory: PathBuf,
    process: u32,
    forks: u64,
}

/// The files that blocks are in, one for each folder.
static POOLS: Mutex<Vec<Weak<Pool>>> = Mutex::new(Vec::new());

/// Nothing can be left half-done under our locks.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The file of this process for this folder.
fn pool(directory: &Path) -> Result<Arc<Pool>, Error> {
    let process = std::process::id();
    let mut pools = locked(&POOLS);
    let is_ours = |pool: &Arc<Pool>| pool.process == process && pool.directory == directory;
    if let Some(pool) = pools.iter().filter_map(Weak::upgrade).find(is_ours) {
        return Ok(pool);
    }
    let file = Mutex::new(SpillFile::create(directory)?);
    let pool = Arc::new(Pool { file, directory: directory.to_path_buf(), process, forks: forks() });
    pools.retain(|pool| pool.strong_count() > 0);
    pools.push(Arc::downgrade(&pool));
    Ok(pool)
}

/// A block on disk. Its room is given back when this is dropped.
#[derive(Debug)]
pub struct Block {
    pool: Arc<Pool>,
    at: u64,
    length: u32,
    /// How often this process had forked when this was written.
    forks: u64,
}

impl Block {
    /// Writes a block to the shared file in `directory`.
    pub fn write(directory: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let pool = pool(directory)?;
        let mut file = locked(&pool.file);
        let at = file.length();
        let length = u32::try_from(bytes.len()).map_err(|_| file.damaged())?;
        file.append(bytes)?;
        drop(file);
        Ok(Self { pool, at, length, forks: forks() })
    }

    /// How many bytes there are.
    #[expect(clippy::len_without_is_empty, reason = "there are no empty blocks")]
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Reads `into.len()` bytes from `start` on.
    pub fn read(&self, start: usize, into: &mut [u8]) -> Result<(), Error> {
        let file = locked(&self.pool.file);
        if start + into.len() > self.len() {
            return Err(file.damaged());
        }
        file.read(into, self.at + start as u64)
    }
}

impl Block {
    /// Writes over what is there from `start` on. Says no, and does nothing, where a
    /// fork of this process may still read that: it has to be written elsewhere then.
    pub fn rewrite(&self, start: usize, bytes: &[u8]) -> Result<bool, Error> {
        if self.forks != forks() {
            return Ok(false);
        }
        let file = locked(&self.pool.file);
        if start + bytes.len() > self.len() {
            return Err(file.damaged());
        }
        file.rewrite(bytes, self.at + start as u64)?;
        Ok(true)
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // The last owner closes the file; and what a fork shares, the other side
        // may still read.
        let pool = &self.pool;
        if Arc::strong_count(pool) > 1 && pool.process == std::process::id() && pool.forks == forks() {
            locked(&pool.file).give_back(self.at, u64::from(self.length));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_several_owners_share_a_file() {
        let folder = std::env::temp_dir().join(format!("store-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let blocks: Vec<Block> =
            (0..20_u8).map(|n| Block::write(&folder, &vec![n; 10_000 + usize::from(n)]).unwrap()).collect();
        assert!(blocks.windows(2).all(|pair| Arc::ptr_eq(&pair[0].pool, &pair[1].pool)));
        let (odd, even): (Vec<_>, Vec<_>) = blocks.into_iter().partition(|block| block.at % 2 == 1);
        drop(odd);
        for block in &even {
            let mut whole = vec![0; block.len()];
            block.read(0, &mut whole).unwrap();
            assert!(whole.iter().all(|&byte| usize::from(byte) == block.len() - 10_000));
            block.read(1, &mut whole).unwrap_err();
        }
        let pool = Arc::downgrade(&even[0].pool);
        drop(even);
        assert!(pool.upgrade().is_none());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir(&folder).unwrap();
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        Block::write(Path::new("/nonexistent/folder"), b"x").unwrap_err();
    }
}
