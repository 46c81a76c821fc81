"""`spacetime_compiler.upgrade`: what `lib2to3.refactor` does, with and without lib2to3."""

import importlib
import logging
import pickle
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from spacetime_compiler import upgrade
from spacetime_compiler.upgrade import (
    CannotParse,
    CannotRefactor,
    FixerError,
    MultiprocessRefactoringTool,
    ParseError,
    RefactoringTool,
    StdoutRefactoringTool,
    TokenError,
    Tree,
    get_all_fix_names,
    get_fixers_from_package,
    refactor_file,
    refactor_string,
)

PACKAGE = "lib2to3.fixes"
# As the product knows it; others before 3.13 have one that differs in details.
HAS_LIB2TO3 = sys.version_info[:2] == (3, 11)
OLD = "import urllib2\nprint urllib2.urlopen(u'x').read()\nfor k in d.iterkeys(): print `k`,\n"
NEW = (
    "import urllib.request, urllib.error, urllib.parse\n"
    "print(urllib.request.urlopen('x').read())\n"
    "for k in d.keys(): print(repr(k), end=' ')\n"
)
TEXTS = [
    OLD,
    "x = 1\n",
    "x = 'a'\n",
    "from __future__ import print_function, division\nprint(x, file=f)\n",
    "print 1",
    "print 1 2\n",
    "x = (1,\n",
    "x = '''a\n",
    "if x:\n    a\n  b\n",
    "²\n",
    "from urllib import *\nimport urllib2 as u\ng.throw('a')\n",
    "class A:\r\n    __metaclass__ = M\r\n    def next(self): pass\r\n",
    "raise E, 'v', t\n",
    "exec 'a' in b\n",
    "",
]


def lib2to3(name: str) -> Any:
    """A module of lib2to3; the test is skipped where there is none."""
    if not HAS_LIB2TO3:
        pytest.skip("no lib2to3 to compare with")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(f"lib2to3.{name}")


def outcome(tool: Any, text: str, name: str) -> tuple[object, ...]:
    """What a tool of either kind makes of a text."""
    tool.fixer_log.clear()
    try:
        tree = tool.refactor_string(text, name)
    except Exception as error:
        return type(error).__name__, str(error), getattr(error, "context", None)
    return str(tree), bool(tree.was_changed), frozenset(tree.future_features), list(tool.fixer_log)


def test_texts_become_what_lib2to3_makes_of_them() -> None:
    theirs = lib2to3("refactor")
    fixers = theirs.get_fixers_from_package(PACKAGE)
    assert get_fixers_from_package(PACKAGE) == fixers
    assert get_all_fix_names(PACKAGE) == theirs.get_all_fix_names(PACKAGE)
    for options in ({}, {"print_function": True}, {"exec_function": True}):
        for explicit in (None, fixers, True):
            ours_tool = RefactoringTool(fixers, options, explicit)
            their_tool = theirs.RefactoringTool(fixers, options, explicit)
            for text in TEXTS:
                expected = outcome(their_tool, text, "a.py")
                assert outcome(ours_tool, text, "a.py") == expected, text


def test_without_lib2to3() -> None:
    tool = RefactoringTool(get_fixers_from_package(PACKAGE))
    tree = tool.refactor_string(OLD, "a.py")
    assert str(tree) == NEW
    assert f"{tree}" == NEW
    assert tree == Tree(NEW, True, frozenset(), ())
    assert len(get_all_fix_names(PACKAGE)) == 52
    assert get_all_fix_names(PACKAGE, False)[0] == "fix_apply"


def test_fixers_are_chosen_by_name() -> None:
    text = "print `a`, a <> b, [x,y]\n"
    for name in ("lib2to3.fixes.fix_repr", "fix_repr", "repr"):
        assert str(RefactoringTool([name]).refactor_string(text, "")) == text.replace(
            "`a`", "repr(a)"
        )
    commas = ["lib2to3.fixes.fix_ws_comma"]
    assert str(RefactoringTool(commas).refactor_string(text, "")) == text
    assert "[x, y]" in str(RefactoringTool(commas, explicit=commas).refactor_string(text, ""))
    assert "[x, y]" in str(RefactoringTool(commas, explicit=True).refactor_string(text, ""))
    for unknown in ("libfuturize.fixes.fix_print", "lib2to3.fixes.fix_nonesuch", "nonesuch", ""):
        with pytest.raises(FixerError, match="lib2to3"):
            RefactoringTool([unknown])
    with pytest.raises(FixerError):
        get_fixers_from_package("libfuturize.fixes")


def test_what_cannot_be_parsed_is_raised_in_the_words_of_lib2to3() -> None:
    tool = RefactoringTool(["print"])
    with pytest.raises(ParseError) as caught:
        tool.refactor_string("print 1 2\n", "a.py")
    assert str(caught.value) == "bad input: type=2, value='2', context=(' ', (1, 8))"
    assert caught.value.context == (" ", (1, 8))
    assert isinstance(caught.value, CannotParse)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    with pytest.raises(TokenError) as ended:
        tool.refactor_string("x = (\n", "a.py")
    assert ended.value.args == ("EOF in multi-line statement", (2, 0))
    with pytest.raises(IndentationError, match=r"line 3") as unindented:
        tool.refactor_string("if x:\n    a\n  b\n", "a.py")
    assert type(unindented.value).__name__ == "IndentationError"
    with pytest.raises(CannotRefactor):
        RefactoringTool(["raise"]).refactor_string("raise (), x\n", "a.py")


def test_errors_go_to_the_hook() -> None:
    class Quiet(RefactoringTool):
        def log_error(self, msg: str, *args: Any, **kwds: Any) -> None:
            self.errors.append((msg, args, kwds))

    tool = Quiet(["print", "raise"])
    assert tool.refactor_string("print 1 2\n", "a.py") is None
    assert tool.refactor_string("raise (), x\n", "b.py") is None
    tool.refactor_file("no/such/file.py")
    assert tool.refactor_docstring("\n>>> (\n", "c.py") == "\n>>> (\n"
    said = [msg % args for msg, args, _ in tool.errors]
    assert said[0] == (
        "Can't parse a.py: ParseError: bad input: type=2, value='2', context=(' ', (1, 8))"
    )
    assert said[1].startswith("Can't refactor b.py: ")
    assert said[2] == (
        "Can't open no/such/file.py: [Errno 2] No such file or directory: 'no/such/file.py'"
    )
    assert said[3] == (
        "Can't parse docstring in c.py line 2: TokenError: ('EOF in multi-line statement', (2, 0))"
    )


def laid_out(folder: Path) -> None:
    """A folder with files of all kinds."""
    files = {
        "a.py": b"print 1\n",
        "clean.py": b"x = 1\n",
        "latin.py": b"# coding: latin-1\r\nprint u'\xe9'\r\n",
        "utf7.py": b"# coding: utf-7\nprint '+AOk-'\n",
        "mark.py": b"\xef\xbb\xbfprint 1",
        "bad.py": b"print 1 2\n",
        "same.py": b"x = 'a'\n",
        "sub/b.py": b"import a\nraise E, 1\n",
        "sub/__init__.py": b"",
        ".hidden/c.py": b"print 1\n",
        ".c.py": b"print 1\n",
        "d.txt": b"print 1\n",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(content)


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def run_over(tool: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> object:
    """Everything that can be seen of a run over a folder, through the hooks."""
    laid_out(folder)
    monkeypatch.chdir(folder)
    tool.refactor(["sub", "a.py", ".", "d.txt", "no.py"], True, **options)
    tool.summarize()
    return tool.seen, tool.files, tool.wrote, tool.fixer_log, contents(folder)


def watched(base: Any) -> Any:
    """A subclass that notes what its hooks are called with."""

    class Watched(base):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.seen: list[object] = []
            super().__init__(*args, **kwargs)

        def log_error(self, msg: str, *args: Any, **kwds: Any) -> None:
            self.errors.append((msg, args, kwds))
            self.seen.append(("error", msg % args))

        def log_message(self, msg: str, *args: Any) -> None:
            self.seen.append(("message", msg % args if args else msg))

        def log_debug(self, msg: str, *args: Any) -> None:
            self.seen.append(("debug", msg % args if args else msg))

        def print_output(self, *args: Any) -> None:
            self.seen.append(("output", *args))

    return Watched


@pytest.mark.parametrize("name", ["RefactoringTool", "MultiprocessRefactoringTool"])
def test_folders_are_gone_through_as_lib2to3_does(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = getattr(lib2to3("refactor"), name)
    fixers = get_fixers_from_package(PACKAGE)
    for number, options in enumerate(({}, {"write_unchanged_files": True})):
        if options:
            # lib2to3 overwrites what it cannot parse.
            monkeypatch.setattr(f"{__name__}.laid_out", laid_out_without_bad)
        expected = run_over(watched(theirs)(fixers, options), tmp_path / f"a{number}", monkeypatch)
        ours = watched(getattr(upgrade, name))(fixers, options)
        assert run_over(ours, tmp_path / f"b{number}", monkeypatch) == expected


def laid_out_without_bad(folder: Path, lay_out: Any = laid_out) -> None:
    """The same without the file that nobody can parse."""
    lay_out(folder)
    (folder / "bad.py").unlink()


def test_threads_do_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, many = (
        watched(MultiprocessRefactoringTool)(get_fixers_from_package(PACKAGE)) for _ in range(2)
    )
    expected = run_over(one, tmp_path / "one", monkeypatch)
    assert run_over(many, tmp_path / "many", monkeypatch, num_processes=3) == expected
    assert many.files[:3] == ["sub/b.py", "a.py", "./a.py"]
    assert "./utf7.py" in many.files


def test_doctests() -> None:
    text = "def f():\n    '''\n    >>> print 1\n    1\n    >>> for x in y:\n"
    text += "    ...   print x\n    '''\n"
    new = RefactoringTool(["print"]).refactor_docstring(text, "a.py")
    assert new == text.replace("print 1", "print(1)").replace("print x", "print(x)")
    # What an example imports from the future says nothing to lib2to3.
    future = ">>> from __future__ import print_function; print 1\n"
    assert RefactoringTool(["print"]).refactor_docstring(future, "") == future.replace(
        "print 1", "print(1)"
    )
    theirs = lib2to3("refactor").RefactoringTool([f"{PACKAGE}.fix_print"])
    for one in (text, future, "  >>> print 1\n  ...\n  ... print 2\n", ">>>print 1\n"):
        tool = RefactoringTool(["print"])
        assert tool.refactor_docstring(one, "") == theirs.refactor_docstring(one, "")


def test_doctests_of_files_keep_their_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"'''\n>>> print 1\n'''")
    tool = RefactoringTool(["print"])
    tool.refactor([str(path)], write=True, doctests_only=True)
    assert path.read_bytes() == b"'''\n>>> print(1)\n'''"
    assert tool.files == [str(path)]


def test_two_functions(tmp_path: Path) -> None:
    assert str(refactor_string("print 1")) == "print(1)"
    assert refactor_string(OLD).text == NEW
    commas = refactor_string(
        "print(a, file=b), [1,2]\n", print_function=True, explicit=["ws_comma"]
    )
    assert commas.text == "print(a, file=b), [1, 2]\n"
    assert refactor_string(OLD, fixers=["repr"]).text == OLD.replace("`k`", "repr(k)")
    warned = refactor_string("from urllib import *\n", "u.py").log
    assert warned[0] == "### In file u.py ###"
    with pytest.raises(CannotParse):
        refactor_string("print 1 2")
    laid_out(tmp_path)
    path = tmp_path / "latin.py"
    assert refactor_file(path).was_changed
    assert path.read_bytes() == b"# coding: latin-1\r\nprint u'\xe9'\r\n"
    refactor_file(path, write=True)
    assert path.read_bytes() == b"# coding: latin-1\r\nprint('\xe9')\r\n"
    with pytest.raises(FileNotFoundError):
        refactor_file(tmp_path / "no.py")
    path.write_bytes(b"print u'\xe9'\n")
    with pytest.raises(UnicodeDecodeError):
        refactor_file(path)
    path.write_bytes(b"# coding: nonsense\n")
    with pytest.raises(LookupError):
        refactor_file(path)


def test_what_cannot_be_encoded_is_told_and_the_file_kept(tmp_path: Path) -> None:
    laid_out(tmp_path)
    path = tmp_path / "a.py"
    tool = watched(RefactoringTool)(["print"])
    tool.processed_file("print('é')\n", str(path), "print 1\n", True, "ascii")
    assert path.read_bytes() == b"print 1\n"
    assert not tool.wrote
    assert tool.seen[-1][1].startswith(f"Can't encode {path}: 'ascii' codec can't encode character")


def test_imports_of_neighbours(tmp_path: Path) -> None:
    laid_out(tmp_path)
    (tmp_path / "sub" / "a.py").touch()
    assert "from . import a" in refactor_file(tmp_path / "sub" / "b.py").text


def test_the_tool_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    results = []
    classes = [(StdoutRefactoringTool, "ours")]
    if HAS_LIB2TO3:
        classes.append((lib2to3("main").StdoutRefactoringTool, "theirs"))
    logging.getLogger("RefactoringTool").setLevel(logging.CRITICAL + 1)
    for cls, name in classes:
        folder = tmp_path / name
        laid_out(folder)
        (folder / "utf7.py").unlink()
        monkeypatch.chdir(folder)
        fixers = get_fixers_from_package(PACKAGE)
        cls(fixers, {}, [], False, True).refactor(["a.py", "bad.py", "latin.py"], True)
        tool = cls(fixers, {}, [], True, True, "sub", "out", "3")
        tool.refactor(["sub"], True)
        with pytest.raises(ValueError, match="does not start with"):
            tool.refactor(["mark.py"], True)
        results.append((contents(folder), capfd.readouterr().out, tool.files, tool.wrote))
    assert results[0][0]["a.py.bak"] == b"print 1\n"
    assert results[0][0]["out/b.py3"] == b"import a\nraise E(1)\n"
    assert "--- a.py\t(original)\n" in results[0][1]
    assert all(result == results[0] for result in results)


def test_main(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.py"
    path.write_text("print 1\n")
    assert upgrade.main(PACKAGE, ["-w", "-n", "--no-diffs", str(path)]) == 0
    assert path.read_text() == "print(1)\n"
    assert "Files that were modified" in capfd.readouterr().err
    with pytest.raises(FixerError):
        upgrade.main("other.fixes", [])


def test_the_logger_is_that_of_lib2to3(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="RefactoringTool"):
        RefactoringTool(["print", "idioms"])
    assert caplog.messages == ["Adding transformation: print", "Skipping optional fixer: idioms"]


def test_beyond_writes_what_2to3_breaks_right() -> None:
    source = "try: f()\nexcept E, (a, b): pass\n"
    with pytest.raises(SyntaxError):
        compile(str(refactor_string(source)), "<string>", "exec")
    compile(str(refactor_string(source, beyond=True)), "<string>", "exec")
    tool = RefactoringTool(get_fixers_from_package("lib2to3.fixes"), {"beyond": True})
    compile(str(tool.refactor_string(source, "<string>")), "<string>", "exec")
