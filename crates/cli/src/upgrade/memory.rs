//! What the process has and does not need, while a large file takes most of its memory.
//!
//! Left to itself, glibc takes the largest block that was ever given back for one that
//! will be wanted again: from then on blocks of that size come from the heap, which only
//! shrinks from its end. A single large file then costs its memory until the end.
//!
//! Linux puts 16 pages of a program in reach where one is needed, and leaves them there:
//! half of `stc` counts as memory in use once the arguments have been read.

/// Blocks from this size on are asked of the system and given back to it, and so much may
/// stay free at the end of the heap, in bytes. Less would save no memory, but cost time.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: i32 = 256 << 10;

/// A file of more bytes than this takes more memory than the program.
pub const LARGE_FILE: usize = 128 << 10;

/// Lets large blocks go back to the system as soon as nobody needs them.
pub fn give_back_what_is_large() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    for parameter in [libc::M_MMAP_THRESHOLD, libc::M_TRIM_THRESHOLD] {
        #[expect(unsafe_code, reason = "there is no safe way to talk to the allocator")]
        // SAFETY: it takes two numbers, may be called at any time, and refuses what it does not know.
        unsafe {
            libc::mallopt(parameter, LARGE);
        }
    }
}

/// Lets the pages of the program go which nobody has changed: those that are needed come
/// back from the cache of the file, without being read again.
///
/// Only this program, and the library that this code is in where that is another (Python
/// and the extension module): what others have loaded is theirs.
pub fn let_the_program_go() {
    #[cfg(target_os = "linux")]
    #[expect(unsafe_code, reason = "there is no safe way to ask what is loaded where")]
    // SAFETY: the callback is called before this returns, with what is loaded by then.
    unsafe {
        libc::dl_iterate_phdr(Some(let_object_go), std::ptr::null_mut());
    }
}

/// Lets the pages of a loaded object go, if it is ours; what is not 0 would end the walk.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the loader hands out a pointer")]
unsafe extern "C" fn let_object_go(
    object: *mut libc::dl_phdr_info,
    _: libc::size_t,
    _: *mut libc::c_void,
) -> libc::c_int {
    // SAFETY: the loader's own description, good until this returns.
    let object = unsafe { &*object };
    // SAFETY: so many headers lie there.
    let headers = unsafe { std::slice::from_raw_parts(object.dlpi_phdr, usize::from(object.dlpi_phnum)) };
    let loaded = headers.iter().filter(|header| header.p_type == libc::PT_LOAD);
    let spans = loaded.map(|header| {
        let start = (object.dlpi_addr + header.p_vaddr) as usize;
        (start, start + header.p_memsz as usize, header.p_flags & libc::PF_W != 0)
    });
    let here = let_the_program_go as *const () as usize;
    // SAFETY: the loader gives every object a name that ends in a zero.
    let is_main = unsafe { object.dlpi_name.is_null() || *object.dlpi_name == 0 };
    if !is_main && !spans.clone().any(|(start, end, _)| (start..end).contains(&here)) {
        return 0;
    }
    // SAFETY: it answers with a number.
    let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
    for (start, end, _) in spans.filter(|(_, _, is_writable)| !is_writable) {
        let (start, end) = (start.next_multiple_of(page), end / page * page);
        if start < end {
            // SAFETY: these pages are mapped from a file and were never written to, so that what
            // they are read as next is what they were.
            unsafe { libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_DONTNEED) };
        }
    }
    0
}
