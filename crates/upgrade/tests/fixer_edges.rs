//! What vectors cannot show: fixers that break down where lib2to3's did, and
//! `import`, which looks at the disk.

#![expect(clippy::unwrap_used, reason = "helpers of a test fail as a test does")]

use std::fs;

use spacetime_upgrade::{Dialect, Failure, Fixer, Refactoring, fixers};

fn only(name: &str) -> Refactoring {
    let fixer: &Fixer = fixers::ALL.iter().find(|fixer| fixer.name == name).unwrap();
    Refactoring::new(&[fixer]).unwrap()
}

#[test]
fn troubles_are_reported() {
    for (fixer, source) in [
        ("apply", "apply(f, g(x) for x in y)\n"),
        ("apply", "apply(f, a, g(x) for x in y)\n"),
        ("intern", "intern(g(x) for x in y)\n"),
        ("asserts", "self. assert_(x)\n"),
    ] {
        let result = only(fixer).refactor_text(source, "<string>", Dialect::default());
        assert!(matches!(result, Err(Failure::Fixer(_))), "{fixer} {source} {result:?}");
    }
}

#[test]
fn imports_of_neighbours_become_relative() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("dir")).unwrap();
    for name in ["spam.py", "ext.so", "old.pyc", "dir/inner.py"] {
        fs::write(at(name), "").unwrap();
    }
    let refactoring = only("import");
    let refactored = |file: &str, source: &str| {
        let name = at(file).to_str().unwrap().to_owned();
        refactoring.refactor_text(source, &name, Dialect::default()).unwrap()
    };
    // Without an `__init__.py` there is no package.
    let source = "import spam\nfrom spam import a\n";
    assert_eq!(refactored("a.py", source).text, source);
    fs::write(at("__init__.py"), "").unwrap();
    for (before, after) in [
        (source, "from . import spam\nfrom .spam import a\n"),
        (" # c\nimport  spam.a as b, ext, dir # d\n", " # c\nfrom . import  spam.a as b, ext, dir # d\n"),
        ("from old.a.b import (c, d,)\n", "from .old.a.b import (c, d,)\n"),
        (
            "import os\nfrom os import path\nfrom . import spam\n",
            "import os\nfrom os import path\nfrom . import spam\n",
        ),
        ("import inner\n", "import inner\n"),
        (
            "from __future__ import absolute_import\nimport spam\n",
            "from __future__ import absolute_import\nimport spam\n",
        ),
    ] {
        let done = refactored("a.py", before);
        assert_eq!((done.text.as_str(), done.log.len()), (after, 0));
    }
    let done = refactored("a.py", "\nimport spam, os\n");
    assert_eq!(done.text, "\nimport spam, os\n");
    assert_eq!(done.log[1..], ["Line 2: absolute and local imports together"]);
    assert_eq!(refactored("dir/b.py", source).text, source);
}

#[test]
fn all_methods_of_a_class_are_renamed_in_little_time() {
    const METHODS: usize = 20_000;
    let methods =
        |name: &str| format!("class C:\n{}", format!("    def {name}(self): pass\n").repeat(METHODS));
    let done = only("next").refactor_text(&methods("next"), "<string>", Dialect::default()).unwrap();
    assert!(done.text == methods("__next__"));
    let others =
        "class C:\n    def next(self): pass\n    def next(self, a): pass\n    @a\n    def next(self): pass\n";
    let done = only("next").refactor_text(others, "<string>", Dialect::default()).unwrap();
    assert_eq!(done.text, others.replacen("next", "__next__", 1));
}

#[test]
fn what_is_nested_deeply_is_copied_once() {
    const DEPTH: usize = 50_000;
    let nested = |call: &str, end: &str| format!("x = {}a{}\n", call.repeat(DEPTH), end.repeat(DEPTH));
    let calls = [
        ("map", "map(f, ", ")", "list(map(f, ", "))"),
        ("filter", "filter(f, ", ")", "list(filter(f, ", "))"),
        ("apply", "apply(f, ", ")", "f(*", ")"),
        ("dict", "f(", ").keys()", "list(f(", ").keys())"),
        ("next", "f(", ").next()", "next(f(", "))"),
        ("repr", "`(", ")`", "repr((", "))"),
    ];
    for (fixer, call, end, new, new_end) in calls {
        let done = only(fixer).refactor_text(&nested(call, end), "<string>", Dialect::default()).unwrap();
        assert!(done.text == nested(new, new_end), "{fixer}");
    }
}

#[test]
fn what_is_in_a_copy_is_as_new_as_a_copy() {
    let run = |fixers: &[&str], text: &str| {
        let fixers: Vec<&Fixer> =
            fixers::ALL.iter().copied().filter(|one| fixers.contains(&one.name)).collect();
        let done = Refactoring::new(&fixers).unwrap().refactor_text(text, "<string>", Dialect::default());
        done.unwrap().text
    };
    // An `xrange` is known by its node, and a copy of it is a `range`.
    let both = ["xrange", "zip"];
    assert_eq!(run(&both, "x = zip(xrange(3))\n"), "x = list(zip(list(range(3))))\n");
    // But not for the fixer that has copied it itself.
    assert_eq!(run(&both, "x = range(f(xrange(3)))\n"), "x = list(range(f(range(3))))\n");
}

#[test]
fn examples_know_no_future_and_count_lines_as_lib2to3_does() {
    let refactoring = only("print");
    let run = |text: &str| refactoring.refactor_doctests(text, "a.py", Dialect::default());
    let done = run(">>> from __future__ import print_function; print 1\n");
    assert_eq!(done.text, ">>> from __future__ import print_function; print(1)\n");
    // The tokenizer counts the lines of the block, the parser those of the file.
    let done = run("\n\n>>> (\n");
    assert_eq!(done.errors[0].line, 3);
    let message = "Can't parse docstring in a.py line 3: TokenError: ('EOF in multi-line statement', (2, 0))";
    assert_eq!(done.errors[0].message, message);
    let done = run("\n\n>>> print 1 2\n");
    assert!(done.errors[0].message.ends_with("value='2', context=(' ', (3, 8))"), "{:?}", done.errors);
}
