//! The fixers over whatever may come: no panic, no hang, and work in proportion
//! to the size, counted in the bytes that are asked for (of the time, `benches/growth.rs`
//! tells). Texts are made by chance from fixed seeds; `cargo xtask
//! upgrade-fuzz` compares the like of them with lib2to3.
#![expect(clippy::unwrap_used, reason = "a set of fixers that does not compile fails the test")]

use std::sync::LazyLock;

#[path = "support/counting.rs"]
mod counting;
#[path = "support/fixing.rs"]
mod fixing;
#[path = "support/grown.rs"]
mod grown;

use counting::counted;
use fixing::{FIXING, NESTED};
use grown::{Choices, SHAPES, statement};
use spacetime_upgrade::{Dialect, Refactoring, fixers};

static ALL: LazyLock<Refactoring> = LazyLock::new(|| Refactoring::new(fixers::ALL).unwrap());

fn run(text: &str) {
    // What cannot be read, and a fixer that gives up, are told of; nothing else may happen.
    let _ = ALL.refactor_text(text, "chaos.py", Dialect::default());
}

/// What a text may ask for, in bytes.
const BUDGET: usize = 30 << 20;

/// Eight times the text may ask for a little more than eight times as much.
#[test]
fn work_grows_with_the_size() {
    const SMALL: usize = 500;
    const TIMES: usize = 8;
    for (name, make) in FIXING {
        // A new one each time: it keeps what it has, and needs less for the next text.
        let asked = |size| {
            let (all, text) = (Refactoring::new(fixers::ALL).unwrap(), make(size));
            let work = || drop(all.refactor_text(&text, "chaos.py", Dialect::default()));
            counted(work).1
        };
        let (small, large) = (asked(SMALL), asked(SMALL * TIMES));
        assert!(large < small * 10, "{name}: {small} bytes asked for, then {large}");
    }
}

#[test]
fn as_deep_as_python_goes() {
    for (name, make) in NESTED {
        let text = make(100);
        let (_, asked) = counted(|| run(&text));
        assert!(asked < BUDGET, "{name}: {asked} bytes asked for");
    }
}

/// SplitMix64.
struct Chance(u64);

impl Choices for Chance {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % count.max(1) as u64) as usize
    }
}

const SNIPPETS: &[&str] = &[
    "\r\n", "\\\n", "\t", "\x0c", "#", "'''", "(", ")", "`", "\0", "\u{e9}", "\u{b2}", "\n  ", ";", "\\", ",",
];

/// The text with something taken out, doubled or put in.
fn broken(chance: &mut Chance, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=chance.below(3) {
        let at = chance.below(chars.len() + 1);
        let end = (at + chance.below(12)).min(chars.len());
        let new: Vec<char> = match chance.below(4) {
            0 => Vec::new(),
            1 => [&chars[at..end], &chars[at..end]].concat(),
            2 if chance.below(3) == 0 => {
                chars.truncate(at);
                continue;
            }
            _ => chance.pick(SNIPPETS).chars().chain(chars[at..end].iter().copied()).collect(),
        };
        chars.splice(at..end, new);
    }
    chars.into_iter().collect()
}

#[test]
fn whatever_comes_is_refactored_or_refused() {
    for seed in 0..1_500 {
        let mut chance = Chance(seed);
        let mut text = String::new();
        for _ in 0..=chance.below(6) {
            let depth = chance.below(4);
            text += &statement(&mut chance, depth);
            text.push('\n');
        }
        if chance.below(2) == 0 {
            text = broken(&mut chance, &text);
        }
        let prompted: String = text.lines().flat_map(|line| ["    >>> ", line, "\n"]).collect();
        let (_, asked) = counted(|| {
            run(&text);
            ALL.refactor_doctests(&prompted, "chaos.py", Dialect::default());
        });
        assert!(asked < BUDGET, "{seed}: {asked} bytes asked for: {text}");
    }
}

#[test]
fn words_in_any_order_are_refactored_or_refused() {
    for seed in 0..1_500 {
        let mut chance = Chance(seed + 1_000_000);
        let mut text = String::new();
        for _ in 0..=chance.below(60) {
            let section = chance.pick(&["names", "keywords", "operators", "operators", "numbers"]);
            text += chance.pick(&SHAPES[section]);
            text += chance.pick(&[" ", " ", "", "\n", "\n    "]);
        }
        run(&text);
    }
}
