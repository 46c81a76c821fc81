//! The fixers over whatever may come: no panic, no hang, and time in proportion
//! to the size. Texts are made by chance from fixed seeds; `cargo xtask
//! upgrade-fuzz` compares the like of them with lib2to3.
#![expect(clippy::unwrap_used, reason = "a set of fixers that does not compile fails the test")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use spacetime_upgrade::{Dialect, Refactoring, fixers};

static ALL: LazyLock<Refactoring> = LazyLock::new(|| Refactoring::new(fixers::ALL).unwrap());

/// The time that this thread has had a processor, where the system says so.
fn spent() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = counted.and_then(|text| text.split(' ').next()?.parse().ok()).filter(|time| *time > 0);
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

fn run(text: &str) {
    // What cannot be read, and a fixer that gives up, are told of; nothing else may happen.
    let _ = ALL.refactor_text(text, "chaos.py", Dialect::default());
}

fn time(text: &str) -> Duration {
    let once = || {
        let start = spent();
        run(text);
        spent().saturating_sub(start)
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

type Make = fn(usize) -> String;

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}\n", open.repeat(depth), close.repeat(depth))
}

/// What fixers look for, more and more of it.
const SHAPES: &[(&str, Make)] = &[
    ("unicode literals", |n| format!("x = [{}]\n", "u'a', ".repeat(n))),
    ("long numbers", |n| format!("x = [{}]\n", "1L,".repeat(n))),
    ("strings", |n| format!("x = {{{}}}\n", "'a': 0777,\n".repeat(n))),
    ("prints", |n| "print 1, 2\n".repeat(n)),
    ("prints on a line", |n| format!("{}\n", "print 1,;".repeat(n))),
    ("one print", |n| format!("print {}\n", "a, ".repeat(n))),
    ("raises", |n| "raise E, 'v', t\n".repeat(n)),
    ("excepts", |n| "try: a\nexcept E, e: b\n".repeat(n)),
    ("excepts of one try", |n| format!("try: a\n{}", "except E, (a, b):\n  pass\n".repeat(n))),
    ("execs", |n| "exec a in b, c\n".repeat(n)),
    ("not equal", |n| format!("x = {}1\n", "1 <> ".repeat(n))),
    ("has_key", |n| format!("x = {}1\n", "not a.has_key(b) and ".repeat(n))),
    ("types", |n| format!("x = [{}]\n", "types.StringType, ".repeat(n))),
    ("classes", |n| "class A:\n  __metaclass__ = M\n  x = 1\n".repeat(n)),
    ("imports", |n| "import urllib, StringIO\n".repeat(n)),
    ("imports from", |n| "from urllib import quote\n".repeat(n)),
    ("one import", |n| format!("import urllib{}\n", ", urllib".repeat(n))),
    ("one import from", |n| format!("from urllib import quote{}\n", ", quote".repeat(n))),
    ("itertools", |n| format!("from itertools import izip{}\n", ", imap".repeat(n))),
    ("used modules", |n| format!("import urllib, urlparse\n{}", "urllib.quote(urlparse.x)\n".repeat(n))),
    ("tuple parameters", |n| "def f((a, b)):\n  pass\n".repeat(n)),
    ("many tuple parameters", |n| format!("def f({}):\n  pass\n", "(a, b), ".repeat(n))),
    ("a wide tuple parameter", |n| format!("def f(({})):\n  pass\n", "a, ".repeat(n))),
    ("lambdas", |n| format!("x = [{}]\n", "lambda (a, b): a, ".repeat(n))),
    ("calls", |n| "x = map(f, zip(a, b)); y = filter(f, xrange(3))\n".repeat(n)),
    ("dictionaries", |n| "x = d.keys() + list(d.iteritems()); d.next()\n".repeat(n)),
    ("reduces", |n| "x = reduce(f, a); intern(b); reload(c)\n".repeat(n)),
    ("asserts", |n| "self.assertEquals(a, b)\n".repeat(n)),
    ("isinstance", |n| format!("isinstance(x, ({}))\n", "int, long, ".repeat(n))),
    ("sets", |n| format!("x = set([{}])\n", "1, ".repeat(n))),
    ("commas", |n| format!("x = [{}]\n", "1 ,2, ".repeat(n))),
    ("idioms", |n| "v = list(t)\nv.sort()\nwhile 1: f(type(a) == B)\n".repeat(n)),
    ("comprehensions", |n| "x = [a for a in 1, 2]\n".repeat(n)),
    ("sys", |n| "sys.exc_type, sys.maxint, os.getcwdu()\n".repeat(n)),
    ("exit functions", |n| format!("import sys\n{}", "sys.exitfunc = f\n".repeat(n))),
    ("xreadlines", |n| "for x in f.xreadlines(): pass\n".repeat(n)),
    ("futures", |n| "from __future__ import x\n".repeat(n)),
    ("throws", |n| "g.throw(E, (a, b), t)\n".repeat(n)),
    ("operators", |n| "operator.isCallable(x); operator.isSequenceType(y)\n".repeat(n)),
    ("a long chain", |n| format!("x = a{}\n", ".keys().b".repeat(n))),
    ("a long chain of calls", |n| format!("x = a{}\n", ".next()".repeat(n))),
    ("backquotes", |n| format!("x = {}1\n", "`a` + ".repeat(n))),
    ("warnings", |n| "import urllib2 as u\nmap(None, x)\n".repeat(n)),
    ("suites", |n| "if a:\n    print b\nelse:\n    print c\n".repeat(n)),
    ("carriage returns", |n| "print 1\r\n".repeat(n)),
    ("comments", |n| "# c\nprint 1 # d\n".repeat(n)),
    ("changed names", |n| format!("xxx_todo_changeme = 1\n{}", "def f((a)): pass\n".repeat(n))),
];

/// What fixers look for, in itself. lib2to3 copies what is inside at each level,
/// and looks at the copies, so that time grows with more than the depth; Python
/// itself nests brackets no deeper than 200.
const NESTED: &[(&str, Make)] = &[
    ("nested maps", |n| nested("map(f, ", "x", ")", n)),
    ("nested lists of maps", |n| nested("list(map(f, ", "x", "))", n)),
    ("nested lambdas", |n| nested("map(lambda (a, b): ", "x", ", c)", n)),
    ("nested filters", |n| nested("filter(lambda x: ", "x", ", c)", n)),
    ("nested ranges", |n| nested("xrange(", "x", ")", n)),
    ("nested applies", |n| nested("apply(f, ", "x", ")", n)),
    ("nested keys", |n| nested("f(d.keys(), ", "x", ")", n)),
    ("nested has_key", |n| nested("d.has_key(", "x", ")", n)),
    ("nested nots", |n| nested("not d.has_key(", "x", ")", n)),
    ("nested nexts", |n| nested("a(", "x", ").next()", n)),
    ("nested inputs", |n| nested("input(", "x", ")", n)),
    ("nested interns", |n| nested("intern(", "x", ")", n)),
    ("nested reduces", |n| nested("reduce(f, ", "x", ")", n)),
    ("nested sets", |n| nested("set([", "x", "])", n)),
    ("nested reprs", |n| nested("`(", "x", ")`", n)),
    ("nested zips", |n| nested("zip(", "x", ")", n)),
    ("nested prints", |n| format!("print {}", nested("(", "a, b", ")", n))),
    ("nested lists", |n| nested("[u'a', ", "x", "]", n)),
    ("nested comprehensions", |n| nested("[x for x in ", "y", ", z]", n)),
    ("nested tuple parameters", |n| format!("def f({}x{}):\n  pass\n", "(a, ".repeat(n), ")".repeat(n))),
    ("nested parentheses", |n| format!("def f({}x{}):\n  pass\n", "(".repeat(n), ")".repeat(n))),
];

/// What a text may take: an unoptimized build, beside others that are busy, is slow.
const BUDGET: Duration = Duration::from_secs(10);

/// Eight times the text may take 24 times as long; if it were quadratic, 64 times.
#[test]
fn time_grows_with_the_size() {
    const SMALL: usize = 500;
    const TIMES: usize = 8;
    const ALLOWED: u32 = 24;
    const LEAST: Duration = Duration::from_millis(8);
    let mut slow = String::new();
    for (name, make) in SHAPES {
        let (small, large) = (time(&make(SMALL)), time(&make(SMALL * TIMES)));
        if large > small.max(LEAST) * ALLOWED {
            let _ = writeln!(slow, "{name}: {small:?}, then {large:?}");
        }
    }
    assert!(slow.is_empty(), "{slow}");
}

#[test]
fn as_deep_as_python_goes() {
    for (name, make) in NESTED {
        let took = time(&make(100));
        assert!(took < BUDGET, "{name}: {took:?}");
    }
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % count.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }
}

/// The shapes that `upgrade-fuzz` uses, by the head that they stand under.
static SECTIONS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    const HEADS: [&str; 6] = ["names", "keywords", "operators", "numbers", "expressions", "statements"];
    let mut found: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut name = "";
    for line in include_str!("../../../xtask/python/fuzz_shapes.txt").lines() {
        let head = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match head.filter(|head| HEADS.contains(head)) {
            Some(head) => name = head,
            None if ["expressions", "statements"].contains(&name) => {
                found.entry(name).or_default().push(line);
            }
            None => found.entry(name).or_default().extend(line.split_whitespace()),
        }
    }
    found
});

/// A shape with its holes filled.
fn filled(chance: &mut Chance, shape: &str, depth: usize) -> String {
    let shape = shape.replace("\\n", "\n");
    let mut parts = shape.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (hole, rest) = part.split_at(part.len().min(1));
        match hole {
            "E" if depth > 0 => {
                let shape = chance.pick(&SECTIONS["expressions"]);
                text += &filled(chance, shape, depth - 1);
            }
            "B" | "C" if depth > 0 => {
                let indent = chance.pick(&["    ", "\t", " "]);
                for line in statement(chance, depth - 1).lines() {
                    let _ = writeln!(text, "{indent}{line}");
                }
                text += indent;
                text += "pass";
            }
            "B" | "C" => text += "    pass",
            "S" => text += chance.pick(&["u'a'", "''", "ur'x'", "\"\"\"d\n\"\"\""]),
            "D" => text += chance.pick(&SECTIONS["numbers"]),
            "Z" => text += "print x, y",
            _ => text += chance.pick(&SECTIONS["names"]),
        }
        text += rest;
    }
    text
}

fn statement(chance: &mut Chance, depth: usize) -> String {
    let shape = chance.pick(&SECTIONS["statements"]);
    filled(chance, shape, depth)
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
        let start = spent();
        run(&text);
        let prompted: String = text.lines().flat_map(|line| ["    >>> ", line, "\n"]).collect();
        ALL.refactor_doctests(&prompted, "chaos.py", Dialect::default());
        let took = spent().saturating_sub(start);
        assert!(took < BUDGET, "{seed}: {took:?}: {text}");
    }
}

#[test]
fn words_in_any_order_are_refactored_or_refused() {
    for seed in 0..1_500 {
        let mut chance = Chance(seed + 1_000_000);
        let mut text = String::new();
        for _ in 0..=chance.below(60) {
            let section = chance.pick(&["names", "keywords", "operators", "operators", "numbers"]);
            text += chance.pick(&SECTIONS[section]);
            text += chance.pick(&[" ", " ", "", "\n", "\n    "]);
        }
        run(&text);
    }
}
