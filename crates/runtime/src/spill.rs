//! Files that are nobody's but ours: they have no name from the moment they can
//! hold data, so that nothing is left behind however the process ends, and are
//! read and written by position, so that a fork may go on reading them.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;

static BYTES: AtomicU64 = AtomicU64::new(0);
static RUNS: AtomicU64 = AtomicU64::new(0);
static FILES: AtomicU64 = AtomicU64::new(0);

static FORKS: AtomicU64 = AtomicU64::new(0);

/// How often this process (or one that it comes from) has forked since this was
/// first asked: files that are older than a fork have another reader.
pub fn forks() -> u64 {
    #[cfg(unix)]
    {
        static WATCH: std::sync::Once = std::sync::Once::new();
        extern "C" fn forking() {
            FORKS.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY: the function only counts, which is allowed there.
        WATCH.call_once(|| unsafe {
            libc::pthread_atfork(Some(forking), None, None);
        });
    }
    FORKS.load(Ordering::Relaxed)
}

/// What this process has spilled so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spilled {
    pub bytes: u64,
    pub runs: u64,
    pub files: u64,
}

/// The totals of this process.
pub fn spilled() -> Spilled {
    Spilled {
        bytes: BYTES.load(Ordering::Relaxed),
        runs: RUNS.load(Ordering::Relaxed),
        files: FILES.load(Ordering::Relaxed),
    }
}

pub(crate) fn count_run() {
    RUNS.fetch_add(1, Ordering::Relaxed);
}

/// An unnamed file that grows at its end.
#[derive(Debug)]
pub struct SpillFile {
    file: File,
    directory: PathBuf,
    length: u64,
}

impl SpillFile {
    /// Makes one in `directory`.
    pub fn create(directory: &Path) -> Result<Self, Error> {
        let file = unnamed(directory).map_err(|source| Error::io("create", directory, source))?;
        FILES.fetch_add(1, Ordering::Relaxed);
        Ok(Self { file, directory: directory.to_path_buf(), length: 0 })
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        write_at(&self.file, bytes, self.length)
            .map_err(|source| Error::io("write", &self.directory, source))?;
        self.length += bytes.len() as u64;
        BYTES.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Writes over what has been appended.
    pub fn rewrite(&self, bytes: &[u8], at: u64) -> Result<(), Error> {
        write_at(&self.file, bytes, at).map_err(|source| Error::io("write", &self.directory, source))
    }

    pub fn read(&self, into: &mut [u8], at: u64) -> Result<(), Error> {
        read_at(&self.file, into, at).map_err(|source| Error::io("read", &self.directory, source))
    }

    /// Frees the room on disk of bytes that nobody will read again, where the
    /// system can; elsewhere it is free when the file is closed.
    #[cfg(target_os = "linux")]
    pub fn give_back(&mut self, at: u64, length: u64) {
        use std::os::fd::AsRawFd;

        let (Ok(at), Ok(length)) = (libc::off_t::try_from(at), libc::off_t::try_from(length)) else {
            return;
        };
        let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        // SAFETY: the descriptor is open. A file system that cannot do it says so,
        // and nothing depends on it.
        unsafe { libc::fallocate(self.file.as_raw_fd(), mode, at, length) };
    }

    #[cfg(not(target_os = "linux"))]
    pub fn give_back(&mut self, _at: u64, _length: u64) {}

    pub fn damaged(&self) -> Error {
        Error::Damaged { directory: self.directory.clone() }
    }
}

impl Drop for SpillFile {
    /// Tells whoever watches the process from outside what it has spilled.
    fn drop(&mut self) {
        if let Some(folder) = std::env::var_os("SPACETIME_STATS") {
            let Spilled { bytes, runs, files } = spilled();
            let path = Path::new(&folder).join(std::process::id().to_string());
            // Nobody can be told here that it failed, and nothing depends on it.
            drop(std::fs::write(path, format!("{bytes} {runs} {files}\n")));
        }
    }
}

/// Linux can make a file that never had a name.
#[cfg(target_os = "linux")]
fn unnamed(directory: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    let attempt =
        OpenOptions::new().read(true).write(true).custom_flags(libc::O_TMPFILE).mode(0o600).open(directory);
    match attempt {
        // What file systems and kernels without it answer.
        Err(error)
            if matches!(error.raw_os_error(), Some(libc::EOPNOTSUPP | libc::EISDIR | libc::EINVAL)) =>
        {
            named_then_removed(directory)
        }
        other => other,
    }
}

#[cfg(not(target_os = "linux"))]
fn unnamed(directory: &Path) -> io::Result<File> {
    named_then_removed(directory)
}

fn named_then_removed(directory: &Path) -> io::Result<File> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = directory.join(format!("spacetime-{}-{number}", std::process::id()));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        private(&mut options);
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => {
                #[cfg(unix)]
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
        }
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

/// Windows removes the file when its last handle is closed.
#[cfg(windows)]
fn private(options: &mut OpenOptions) {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
    options.custom_flags(FILE_FLAG_DELETE_ON_CLOSE);
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        bytes = bytes.get(count..).unwrap_or_default();
        at += count as u64;
    }
    Ok(())
}

#[cfg(windows)]
fn read_at(file: &File, mut into: &mut [u8], mut at: u64) -> io::Result<()> {
    while !into.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, into, at)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        into = &mut into[count..];
        at += count as u64;
    }
    Ok(())
}

/// Where spill files go when nobody says otherwise: `TMPDIR`, else `/tmp`, else
/// (when `/tmp` is memory rather than disk) `/var/tmp`.
pub fn default_directory() -> PathBuf {
    let usual = std::env::temp_dir();
    let lasting = Path::new("/var/tmp");
    if std::env::var_os("TMPDIR").is_none()
        && is_memory(&usual)
        && !is_memory(lasting)
        && unnamed(lasting).is_ok()
    {
        return lasting.to_path_buf();
    }
    usual
}

/// Whether a folder's files live in memory, where spilling would save nothing.
#[cfg(target_os = "linux")]
fn is_memory(directory: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;

    let Ok(path) = std::ffi::CString::new(directory.as_os_str().as_bytes()) else {
        return false;
    };
    let mut answer = std::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: the path ends in NUL, and the answer is read only after success.
    unsafe {
        libc::statfs(path.as_ptr(), answer.as_mut_ptr()) == 0
            && answer.assume_init().f_type == libc::TMPFS_MAGIC
    }
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_directory: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_is_read_and_no_name_is_left() {
        let folder = std::env::temp_dir().join(format!("spill-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for make in [unnamed, named_then_removed] {
            let file = make(&folder).unwrap();
            write_at(&file, b"hello", 3).unwrap();
            let mut back = [0; 5];
            read_at(&file, &mut back, 3).unwrap();
            assert_eq!(&back, b"hello");
            assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        }
        std::fs::remove_dir(&folder).unwrap();
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = SpillFile::create(Path::new("/nonexistent/folder")).unwrap_err();
        assert_eq!(error.directory(), Path::new("/nonexistent/folder"));
        assert!(error.to_string().contains("/nonexistent/folder"));
    }
}
