//! Whatever comes in: no panic, no stack overflow, nothing lost, and memory in
//! proportion to the size. Of the time, `benches/growth.rs` tells.

#[path = "support/counting.rs"]
mod counting;
#[path = "support/reading.rs"]
mod reading;

use counting::counted;
use proptest::prelude::*;
use reading::READING;
use spacetime_upgrade::{Dialect, Source, parse};

/// The most memory that parsing takes, and all that it asks for, for each byte of source.
fn memory(text: &str) -> (f64, f64) {
    let bytes = text.len();
    let (most, asked) = counted(|| drop(parse(text.to_owned(), Dialect::default())));
    (most as f64 / bytes as f64, asked as f64 / bytes as f64)
}

#[test]
fn nesting_is_no_danger() {
    // A thread's stack is no deeper for that.
    let work = || {
        for (name, make) in READING {
            let text = make(100_000);
            if let Ok(parsed) = parse(text.clone(), Dialect::default()) {
                assert!(parsed.tree.text(parsed.tree.root()).starts_with(&text), "{name}");
            }
        }
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(work).unwrap().join().unwrap();
}

#[test]
fn nested_blocks() {
    let lines: Vec<String> = (0..2_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    let text = format!("{}{}pass\n", lines.concat(), " ".repeat(2_000));
    let parsed = parse(text.clone(), Dialect::default()).unwrap();
    assert_eq!(parsed.tree.text(parsed.tree.root()), text);
}

#[test]
fn memory_grows_with_the_size() {
    for (name, make) in READING {
        let ((small, asked), (large, asked_later)) = (memory(&make(20_000)), memory(&make(160_000)));
        assert!(large < small * 1.6 + 4.0, "{name}: {small} bytes for each, then {large}");
        assert!(asked_later < asked * 1.6 + 4.0, "{name}: {asked} bytes asked for, then {asked_later}");
    }
}

#[test]
fn memory_stays_below_what_was_promised() {
    // As people write: calls, blanks, names of several letters.
    let function = "def resolve(self, name, default=None):\n    \"\"\"What a name means.\"\"\"\n    for scope in \
                    self.scopes:\n        if name in scope.names:  # the innermost first\n            return \
                    scope.names[name].value + 1\n    return default\n\n";
    for times in [10, 1_000, 20_000] {
        let (needed, _) = memory(&function.repeat(times));
        assert!(needed < 20.0, "{needed} bytes for each byte");
    }
}

fn reads(text: &str) {
    if let Ok(parsed) = parse(text.to_owned(), Dialect::default()) {
        let read = parsed.tree.text(parsed.tree.root());
        // Blanks on a last line without newline are lost, and the newline is added.
        let kept = text.trim_end_matches([' ', '\t', '\x0c']);
        assert!(read == text || read == format!("{text}\n") || read == kept, "{text:?} became {read:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(source) = Source::decode(bytes.clone()) {
            let (text, written) = source.into_parts();
            prop_assert_eq!(written.encode(&text), Ok(bytes));
            reads(&text);
        }
    }

    #[test]
    fn tokens_in_any_order_are_read_or_refused(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..60),
    ) {
        reads(&words.concat());
    }

    #[test]
    fn programs_cut_off_are_read_or_refused(at in 0..PROGRAM.len()) {
        if PROGRAM.is_char_boundary(at) {
            reads(&PROGRAM[..at]);
            reads(&PROGRAM[at..]);
        }
    }
}

const WORDS: &[&str] = &[
    " ",
    " ",
    "\n",
    "\n",
    "\n    ",
    "\n  ",
    "\t",
    "\\\n",
    "\r\n",
    "\r",
    "\x0c",
    "#",
    "# c\n",
    "a",
    "b ",
    "1",
    "1.",
    ".5e3j",
    "0x",
    "'",
    "'a'",
    "\"",
    "'''",
    "\"\"\"",
    "f'{",
    "}'",
    "f'",
    "t\"",
    "u'a'",
    "rb",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ";",
    ",",
    ".",
    "=",
    "==",
    ":=",
    "->",
    "*",
    "**",
    "@",
    "`",
    "<>",
    "!=",
    "!",
    "?",
    "~",
    "print ",
    "exec ",
    "if ",
    "else ",
    "for ",
    "in ",
    "match ",
    "case ",
    "type ",
    "async ",
    "await ",
    "def ",
    "class ",
    "lambda ",
    "with ",
    "as ",
    "except ",
    "try",
    "nonlocal ",
    "from ",
    "import ",
    "not ",
    "is ",
    "yield ",
    "return ",
    "\u{e9}",
    "\u{b2}",
    "\u{b7}",
    "\u{2118}",
    "\0",
    "from __future__ import print_function\n",
    "match x:\n case 1: pass\n",
    "async def f():\n  await x\n",
];

const PROGRAM: &str = "#!/usr/bin/env python\n\"\"\"Doc.\"\"\"\nfrom __future__ import with_statement\nimport os, sys\n\n\
    @decorated(1)\nclass A(B, object):\n    x = {1: 'a', **b}; y = [z for z in 1, 2 if z]\n\n    def f((a, b), *c, **d):\n\
    \tprint >>sys.stderr, u'\u{e9}%s' % `a`,\n\n        # c\n\n    async def g(self) -> int:\n        async with a as b: \
    await c\n        return (yield)\n\ntry:\n    exec 'a' in b\nexcept E, (a, b):\n    raise X, 'y' \\\n        if a <> b else \
    c\nmatch x:\n    case [1, *_] if y: pass\n    case P(a=0) as z: pass\nx = f'{d['a']:>{w}}' if (y := 0777L) else lambda: 1\n";
