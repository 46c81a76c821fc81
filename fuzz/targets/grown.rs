//! Programs grown from the shapes that the fixers look for, by the choices that
//! the bytes make; what bytes alone hardly ever hit upon.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod check;
#[path = "../../crates/upgrade/tests/support/grown.rs"]
mod grown;

use grown::{Choices, statement};

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Bytes(bytes);
    let mut text = String::new();
    while !choices.0.is_empty() && text.len() < LONGEST {
        text += &statement(&mut choices, DEEPEST);
        text.push('\n');
    }
    check::bytes(text.as_bytes());
});

const LONGEST: usize = 2_000;
const DEEPEST: usize = 4;

/// Each byte is a choice; when there are no more, the first thing is taken.
struct Bytes<'b>(&'b [u8]);

impl Choices for Bytes<'_> {
    fn below(&mut self, count: usize) -> usize {
        let mut number = 0;
        // One byte is not enough for the longer lists.
        for _ in 0..count.div_ceil(256).min(2) {
            let Some((first, rest)) = self.0.split_first() else { break };
            number = number * 256 + usize::from(*first);
            self.0 = rest;
        }
        number % count.max(1)
    }
}
