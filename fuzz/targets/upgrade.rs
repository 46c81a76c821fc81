//! Any bytes through `stc upgrade`: decoding, the tree, all fixers, `--beyond`.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod check;

fuzz_target!(|bytes: &[u8]| check::bytes(bytes));
