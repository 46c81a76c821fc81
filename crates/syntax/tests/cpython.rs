//! What is accepted and rejected, against CPython's own `compile`.
//!
//! The parser reads the newest Python, so it accepts what an older interpreter
//! rejects (`NEWER`). Errors that CPython finds after parsing, in its symbol
//! table or compiler (`return` outside a function, two parameters of one name),
//! are none for us: the file cannot run anyway, and no rule depends on them.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use spacetime_syntax::{Module, Source, SourceKind, Tree};

/// Both have to agree on these, accepted or not.
const AGREED: &[&str] = &[
    // Files as a whole.
    "",
    "\n",
    "# only a comment",
    "x = 1",
    "x = 1\n\n\n",
    "   \n\t\n# c\n   # d\n",
    "'''doc'''\n",
    "\\\n",
    "\x0c\n",
    // Newlines.
    "a = 1\r\nb = 2\r\n",
    "a = 1\rb = 2\r",
    "a = 1\nb = 2\r\nc = 3\r",
    "if a:\r    b\r    c\r",
    "x = '''a\r\nb\rc'''\r\n",
    "# c\rx = (1,\r\n  2)\n",
    // Indentation.
    "if a:\n\tb\n\tc\n",
    "if a:\n        b\n\tc\n",
    "if a:\n\tb\n        c\n",
    "if a:\n    b\n  c\n",
    "if a:\nb\n",
    "  a\n",
    "if a:\n    b\n     c\n",
    "if a:\n\x0c    b\n    c\n",
    "if a:\n    b\n\x0c\nelse:\n    c\n",
    "\x0ca = 1\n",
    "if a:\n  \t b\n  \t c\n",
    // Continued lines.
    "x = 1 + \\\n    2\n",
    "x = 1 + \\ \n    2\n",
    "x = (1 +\n# c\n2)\n",
    "if a and \\\n   b:\n  pass\n",
    "x = 'a\\\nb'\n",
    "x = 'a\nb'\n",
    "assert x, \\\n",
    // Names.
    "naïve = 変数 = 1\n",
    "ﬁ = 1\nprint(fi)\n",
    "x² = 1\n",
    "a·b = 1\n",
    "€ = 1\n",
    "µ = µ\n",
    "𝐱 = 1\n",
    // Type comments and annotations.
    "x = []  # type: List[int]\ndef f(a):\n    # type: (int) -> str\n    pass\n",
    "x: int\nx: int = 1\n(x): int = 1\na.b: int\n",
    "x, y: int\n",
    // Python 2.
    "print 'x'\n",
    "print 'x' % y, z\n",
    "exec 'x'\n",
    "raise E, 'x'\n",
    "x = 0777\n",
    "x = 1L\n",
    "x = ur'a'\n",
    "x <> y\n",
    "x = `a`\n",
    "print >>f, x\n",
    // Soft keywords.
    "match = case = type = _ = 1\nmatch(case)\nmatch[type]\nmatch * a\n",
    "match x:\n    case [1, *_] | {'a': b, **c} if d: pass\n    case A(b=1) as e: pass\n",
    "match x:\n    pass\n",
    "match -x:\n    case -1+2j: pass\n",
    "match x, y:\n    case 1, 2: pass\n",
    "match (x)\n",
    // Expressions.
    "if (n := 10) > 5: pass\n",
    "n := 10\n",
    "f(a := 1, b=2)\n",
    "f(a=1, 2)\n",
    "f(**a, *b)\n",
    "f(*a, b)\n",
    "f(x for x in y, 1)\n",
    "f(x for x in y)\n",
    "[*a, *b]\n",
    "x = *a, b\n",
    "x = *a\n",
    "{**a, 'b': 1}\n",
    "lambda *, a: 1\n",
    "lambda *: 1\n",
    "def f(a, /, b, *, c): pass\n",
    "def f(a=1, b): pass\n",
    "async def f():\n    async with a as b, c: pass\n    return [x async for x in await y]\n",
    "with (open(a) as b, open(c) as d,): pass\n",
    "try: a\nexcept* E: b\n",
    "try: a\nexcept* E: b\nexcept F: c\n",
    "1 = x\nf() = 1\n",
    "a + 1 = 2\n",
    "a.b, *c[0] = d\n",
    "del a, b[0], (c.d)\n",
    "del f()\n",
    "for x in *a, b: pass\n",
    "x = 1_000 + 0xFF_FF + 0b1 + 1e10 + 1j\n",
    "x = 1__0\n",
    "1if 1else 2\n",
    "x = b'é'\n",
    "x = '\\N{DASH}'\n",
    "x = 'a' b'b'\n",
    "f'{x!r:>{y}}' f'{{}}' f'{x = }'\n",
    "f'{}'\n",
    "f'{x'\n",
    "f'{x!z}'\n",
    "@a.b[c](d)\ndef f(): pass\n",
    "x = yield\n(",
    ")",
    "x = [1, 2\n",
    "'''abc",
    "a b\n",
    "a = $\n",
    "if x:\n",
    "else: pass\n",
    "import a.b as c, d\nfrom . import e\nfrom ...f import (g as h,)\n",
    "from a import b,\n",
    "from a import (b, c\n",
    "global x, y\n",
    "pass; pass;\n",
    "pass;;\n",
];

/// Accepted here and by a newer CPython than 3.11.
const NEWER: &[&str] = &[
    "f'{x['a']}'\n",
    "f'{'\\n'.join(a)}'\n",
    "f'{f'{f'{1}'}'}'\n",
    "type X = int\n",
    "def f[T](a: T) -> T: pass\nclass C[T: int, *Ts, **P]: pass\n",
    "class C[T = int]: pass\n",
    "t'{x}'\n",
    // Python 2 meant another thing by this, and 3.14 accepts it again.
    "try: a\nexcept A, B: c\n",
];

/// For each source, whether `python3` compiles it.
fn cpython(sources: &[&str]) -> Option<Vec<bool>> {
    const PROGRAM: &str = "
import sys, json, warnings, ast
warnings.simplefilter('ignore')
if sys.version_info < (3, 11): sys.exit(3)
def accepted(source):
    try: ast.parse(source.encode()); return True
    except (SyntaxError, ValueError): return False
print(''.join('01'[accepted(s)] for s in json.load(sys.stdin)))
";
    let mut python = Command::new("python3")
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let quoted: Vec<_> = sources.iter().map(|source| quote(source)).collect();
    python.stdin.take()?.write_all(format!("[{}]", quoted.join(",")).as_bytes()).ok()?;
    let output = python.wait_with_output().ok()?;
    let answers = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| answers.trim().chars().map(|answer| answer == '1').collect())
}

/// The files below CPython's library folder that it accepts itself.
#[test]
#[ignore = "reads the whole standard library and site-packages; run in release"]
fn accepts_every_file_of_the_library() {
    const PROGRAM: &str = "
import ast, sys, sysconfig, pathlib, warnings
warnings.simplefilter('ignore')
for path in sorted(pathlib.Path(sysconfig.get_path('stdlib')).rglob('*.py')):
    try: ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError): print('0', path)
    else: print('1', path)
";
    let output = Command::new("python3").args(["-c", PROGRAM]).output().expect("python3");
    let (mut files, mut bytes, mut spent) = (0, 0, Duration::ZERO);
    let mut differing = Vec::new();
    for (answer, path) in
        String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.split_once(' '))
    {
        let source = std::fs::read(path).expect("a readable file");
        files += 1;
        bytes += source.len();
        let decoded = Source::decode(&source);
        let again = decoded.as_ref().map(|decoded| decoded.encode(decoded.text()).ok());
        assert!(again.is_err() || again == Ok(Some(source)), "{path}: encoded otherwise");
        let start = Instant::now();
        let result = decoded.map_err(|problem| problem.to_string()).and_then(|source| {
            Module::parse(source.into_text(), SourceKind::Python).map_err(|problem| problem.to_string())
        });
        spent += start.elapsed();
        if result.is_ok() != (answer == "1") {
            differing.push((path.to_owned(), result.err()));
        }
    }
    println!(
        "{files} files, {:.1} MB/s, {differing:#?}",
        f64::from(bytes as u32) / 1e6 / spent.as_secs_f64()
    );
    // Tests of newer syntax may be accepted, but nothing may be refused.
    differing.retain(|(_, problem)| problem.is_some());
    assert!(differing.is_empty());
}

/// As a JSON string.
fn quote(text: &str) -> String {
    let escaped: Vec<_> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{}\"", escaped.concat())
}

fn accepted(source: &str) -> bool {
    let text = Source::decode(source.as_bytes()).map(Source::into_text);
    text.is_ok_and(|text| match Module::parse(text, SourceKind::Python) {
        Ok(module) => !Tree::new(&module).is_empty(),
        Err(problem) => {
            assert!(problem.line >= 1 && problem.column >= 1 && !problem.message.is_empty());
            false
        }
    })
}

#[test]
fn agrees_with_cpython() {
    let Some(answers) = cpython(AGREED) else {
        return eprintln!("skipped: no python3 of 3.11 or later");
    };
    let differing: Vec<_> = AGREED
        .iter()
        .zip(answers)
        .filter(|(source, answer)| accepted(source) != *answer)
        .map(|(source, answer)| format!("{source:?}: CPython {answer}"))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn accepts_newer_python() {
    for source in NEWER {
        assert!(accepted(source), "{source}");
    }
}

#[test]
fn says_where_and_what() {
    let problem = |text: &str| Module::parse(text, SourceKind::Python).unwrap_err().to_string();
    assert_eq!(
        problem("a\n\nprint 'x'\n"),
        "3:7: Simple statements must be separated by newlines or semicolons"
    );
    assert_eq!(problem("x = (1,\n"), "2:1: unexpected EOF while parsing");
    assert_eq!(
        problem("if a:\r  é é\r"),
        "2:5: Simple statements must be separated by newlines or semicolons"
    );
}

#[test]
fn stubs_are_read_too() {
    let stub = "def f(a: int = ...) -> str: ...\nclass C:\n    x: int\n    @overload\n    def g(self): ...\n";
    assert!(Module::parse(stub, SourceKind::Stub).is_ok());
}
