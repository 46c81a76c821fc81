//! `stc upgrade --fixer`, and `--modern`.
#![expect(clippy::unwrap_used, reason = "helpers of a test fail as a test does")]

use std::process::Command;

use crate::common::Folder;

/// The first block of this kind in the page about fixers.
fn block(kind: &str) -> String {
    let page = include_str!("../../../../docs/own-fixers.md");
    let start = page.find(&format!("```{kind}\n")).unwrap() + kind.len() + 4;
    page[start..start + page[start..].find("```").unwrap()].to_owned()
}

#[test]
fn the_page_about_fixers_is_true() {
    let folder = Folder::new(&[("house.toml", &block("toml")), ("a.py", &block("py before"))]);
    let ran = folder.stc(&["upgrade", "--fixer", "house.toml", "-wn", "--no-diffs", "a.py"]);
    assert_eq!((ran.code, folder.read("a.py")), (0, block("py after")), "{}", ran.err);
}

#[test]
fn fixers_of_ones_own_are_chosen_and_listed_as_the_others() {
    let folder = Folder::new(&[
        ("one.toml", "[[fixer]]\nname = \"old\"\npattern = \"'OLD'\"\nreplace = \"xrange(3)\"\n"),
        ("two.toml", "[[fixer]]\nname = \"off\"\npattern = \"'OFF'\"\nreplace = \"ON\"\nexplicit = true\n"),
        ("a.py", "x = OLD, OFF\nprint x\n"),
    ]);
    let new = |args: &[&str]| {
        let all = [&["upgrade", "--fixer", "one.toml", "--fixer", "two.toml", "a.py"], args].concat();
        let out = folder.stc(&all).out;
        out.lines().filter(|line| line.starts_with('+')).skip(1).collect::<Vec<_>>().join(" ")
    };
    // What it writes is looked at again: `xrange` of 2to3 has its turn.
    assert_eq!(new(&[]), "+x = range(3), OFF +print(x)");
    assert_eq!(new(&["-f", "old"]), "+x = xrange(3), OFF");
    assert_eq!(new(&["-f", "off"]), "+x = OLD, ON");
    assert_eq!(new(&["-x", "old", "-x", "print"]), "");
    let list = folder.stc(&["upgrade", "--fixer", "two.toml", "-l"]).out;
    assert!(list.contains("\nnumliterals\noff\noperator\n"), "{list}");
}

#[test]
fn what_is_bound_fits_into_the_template() {
    let fixers = "
[[fixer]]
name = 'twice'
pattern = \"power< 'twice' trailer< '(' x=any ')' > >\"
replace = '$x * 2'
[[fixer]]
name = 'attr'
pattern = \"power< 'attr' trailer< '(' x=any ')' > after=any* >\"
replace = '$x.attr$$$after'
[[fixer]]
name = 'more'
pattern = \"power< 'more' trailer< '(' [a=any] ')' > >\"
replace = 'new(1, $a)'
[[fixer]]
name = 'negate'
pattern = \"power< 'negate' trailer< '(' a=any ')' > >\"
replace = 'not $a'
message = 'negate($a)'
[[fixer]]
name = 'forget'
pattern = \"power< 'forget' trailer< '(' a=any ')' > >\"
replace = 'del $a'
[[fixer]]
name = 'line'
pattern = \"simple_stmt< power< 'line' any* > any* >\"
replace = 'x = \"$1\"'
[[fixer]]
name = 'loop'
pattern = \"for_stmt< 'for' 'never' any* >\"
replace = 'pass'
import = ['import os.path', 'from a import b']
";
    for (old, new) in [
        ("x = twice(a + b) # c\n", "x = (a + b) * 2 # c\n"),
        ("x = 1 + twice( # c\n  a)\n", "x = 1 + a * 2\n"),
        ("x = twice(lambda: 1), -twice(a)\n", "x = (lambda: 1) * 2, -(a * 2)\n"),
        ("x = attr(a + b).foo(1)[2], attr(a)\n", "x = (a + b).attr.foo(1)[2], a.attr\n"),
        ("more(); more(3, *b); more(3)\n", "new(1); new(1, 3, *b); new(1, 3)\n"),
        ("x = 1 + negate(a or b) and 2\n", "x = 1 + (not (a or b)) and 2\n"),
        ("forget(x); y = forget(x)\n", "del x; y = forget(x)\n"),
        ("# a\nline(1)  # b\nif a: line(2)\n", "# a\nx = \"$1\"  # b\nif a: x = \"$1\"\n"),
        (
            "def f():\n    for never in x:\n        g()  # c\n    # d\n    return 1\n",
            "import os.path\nfrom a import b\ndef f():\n    pass  # c\n    # d\n    return 1\n",
        ),
        ("x = twice(d.has_key(3)), d.has_key(twice(3))\n", "x = (3 in d) * 2, 3 * 2 in d\n"),
    ] {
        let folder = Folder::new(&[("own.toml", fixers), ("a.py", old)]);
        let ran = folder.stc(&["upgrade", "--fixer", "own.toml", "-wn", "--no-diffs", "a.py"]);
        assert_eq!((ran.code, folder.read("a.py").as_str()), (0, new), "{}", ran.err);
        assert_eq!(ran.err.contains("Line 1: negate(a or b)"), old.contains("negate"), "{}", ran.err);
    }
}

#[test]
fn a_file_that_is_wrong_is_told_with_its_line() {
    let good = "[[fixer]]\nname = \"good\"\npattern = \"'x'\"\nreplace = \"y\"\n";
    let folder = Folder::new(&[
        ("a.py", "print 1\n"),
        ("good.toml", good),
        ("hole.toml", "[[fixer]]\nname = \"f\"\npattern = \"n='x'\"\nreplace = \"$m\"\n"),
        ("taken.toml", "\n[[fixer]]\nname = \"print\"\npattern = \"'x'\"\nreplace = \"y\"\n"),
    ]);
    for (files, message) in [
        (&["hole.toml"][..], "hole.toml:4: `$m` is not bound by the pattern; bound are: n"),
        (&["taken.toml"], "taken.toml:3: 2to3 has a fixer `print`: give yours another name"),
        (&["good.toml", "good.toml"], "good.toml:2: there is a fixer `good` in good.toml:2 already"),
        (&["none.toml"], "none.toml: No such file or directory"),
    ] {
        let mut args = vec!["upgrade", "-wn", "a.py"];
        args.extend(files.iter().flat_map(|file| ["--fixer", file]));
        let ran = folder.stc(&args);
        assert_eq!((ran.code, ran.err), (2, format!("2to3: error: {message}\n")));
        assert_eq!(folder.read("a.py"), "print 1\n", "nothing is run");
    }
}

const PROGRAM: &str = "
def report(counts, words):
    for word in counts.keys():
        if counts[word] == 0:
            del counts[word]
    sizes = [len(word) for word in counts.keys()]
    print sorted(map(str, words)), sum(counts.values()), sizes
    print dict(zip(words, counts.values())), max(counts.keys()), counts.items()
    return list(map(len, words))

def asked(text):
    sizes = {}
    for word in text.split():
        sizes[word] = len(word)
    if 'bb' in sizes.keys() and 'c' not in sizes.keys():
        print ','.join(sizes.keys())
    return len(sizes.items()), [3] in sizes.values()

print report({'a': 1, 'bb': 0, 'ccc': 3}, ['x', 'y'])
print asked('a bb'), asked('bb c')
";

/// The keys that are deleted keep their list; what is only walked does not.
#[test]
fn what_2to3_adds_out_of_caution_goes() {
    let folder =
        Folder::new(&[("careful.py", PROGRAM), ("modern.py", PROGRAM), ("same.py", "x = sum(list(y))\n")]);
    assert_eq!(folder.stc(&["upgrade", "-wn", "--no-diffs", "careful.py"]).code, 0);
    let ran = folder.stc(&["upgrade", "--modern", "-wn", "--no-diffs", "modern.py", "same.py"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let (careful, modern) = (folder.read("careful.py"), folder.read("modern.py"));
    assert!(
        careful.contains("for word in list(counts.keys()):")
            && modern.contains("for word in list(counts.keys()):")
    );
    assert!(careful.contains("[len(word) for word in list(counts.keys())]"), "{careful}");
    assert!(modern.contains("[len(word) for word in counts.keys()]"), "{modern}");
    for (old, new) in [
        (
            "if 'bb' in list(sizes.keys()) and 'c' not in list(",
            "if 'bb' in sizes.keys() and 'c' not in sizes.keys():",
        ),
        ("','.join(list(sizes.keys()))", "','.join(sizes.keys())"),
        (
            "len(list(sizes.items())), [3] in list(sizes.values())",
            "len(sizes.items()), [3] in list(sizes.values())",
        ),
    ] {
        assert!(careful.contains(old) && modern.contains(new), "{new}: {modern}");
    }
    assert_eq!(folder.read("same.py"), "x = sum(list(y))\n", "2to3 has nothing to do there");
    let output = |name: &str| {
        let ran = Command::new("python3").arg(folder.path(name)).output().unwrap();
        (String::from_utf8(ran.stdout).unwrap(), ran.status.code())
    };
    assert_eq!(output("careful.py"), output("modern.py"));
    assert_eq!(output("modern.py").1, Some(0));
}
