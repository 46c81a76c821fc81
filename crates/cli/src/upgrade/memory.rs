//! What the allocator keeps of what was given back to it.
//!
//! Left to itself, glibc takes the largest block that was ever given back for one that
//! will be wanted again: from then on blocks of that size come from the heap, which only
//! shrinks from its end. A single large file then costs its memory until the end.

/// Blocks from this size on are asked of the system and given back to it, and so much may
/// stay free at the end of the heap, in bytes. Less would save no memory, but cost time.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: i32 = 512 << 10;

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
