"""Holds the fixers beside lib2to3: the same text and the same messages for every file.

Run by ``cargo xtask upgrade-fixers`` in a CPython that still has lib2to3 (3.12 and older), with
the command that serves ours, the folder for what differs, and files and folders. Each file is
parsed once by lib2to3; every fixer gets a copy of the tree, as far as ``--alone`` is given.
"""

import argparse
import contextlib
import gzip
import hashlib
import importlib
import json
import logging
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from old_projects import fetched
from upgrade_serve import Ours, Result

warnings.simplefilter("ignore")
sys.setrecursionlimit(20_000)

# What is known of their types is not enough for what is done here.
pygram: Any = importlib.import_module("lib2to3.pygram")
refactor: Any = importlib.import_module("lib2to3.refactor")
tokenize: Any = importlib.import_module("lib2to3.pgen2.tokenize")

PACKAGE = "lib2to3.fixes"


def tool(names: list[str]) -> Any:
    """A tool with these fixers; explicit ones count as named."""
    modules = [f"{PACKAGE}.fix_{name}" for name in sorted(names)]
    return refactor.RefactoringTool(modules, {}, explicit=modules)


class Oracle:
    """lib2to3 with some choices of fixers; what it has said once is kept in a folder."""

    def __init__(self, choices: list[list[str]], folder: Path) -> None:
        self.choices = choices
        self.folder = folder
        self.tools: dict[int, Any] = {}

    def refactor(self, text: str, name: str) -> list[Result]:
        """What lib2to3 makes of a text with each choice."""
        told = hashlib.sha256(f"{name}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
        path = self.folder / told[:2] / f"{told[2:]}.json.gz"
        known: dict[str, Any] = {}
        with contextlib.suppress(OSError, EOFError, ValueError):
            known = json.loads(gzip.decompress(path.read_bytes()))
        keys = [",".join(choice) for choice in self.choices]
        missing = [at for at, key in enumerate(keys) if key not in known]
        if missing:
            for at in missing:
                self.tools.setdefault(at, tool(self.choices[at]))
            made = theirs([self.tools[at] for at in missing], text, name)
            for at, result in zip(missing, made, strict=True):
                new = None if result.text == text else result.text
                known[keys[at]] = [new, result.changed, result.log, result.error]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(json.dumps(known).encode(), 3))
        found = [known[key] for key in keys]
        return [Result(text if new is None else new, *rest) for new, *rest in found]


def theirs(tools: list[Any], text: str, name: str) -> list[Result]:
    """What lib2to3 makes of a text with each of the tools."""
    first = tools[0]
    try:
        features = refactor._detect_future_features(text)
        if "print_function" in features:
            first.driver.grammar = pygram.python_grammar_no_print_statement
        try:
            tree = first.driver.parse_string(text)
        finally:
            first.driver.grammar = first.grammar
    except Exception as error:
        return [Result(text, False, [], f"{type(error).__name__}: {error}") for _ in tools]
    results = []
    for number, one in enumerate(tools):
        copy = tree.clone() if number + 1 < len(tools) else tree
        copy.used_names = set(tree.used_names)
        copy.future_features = features
        one.fixer_log.clear()
        try:
            one.refactor_tree(copy, name)
        except Exception as error:
            results.append(Result(text, False, [], f"crash {type(error).__name__}: {error}"))
        else:
            results.append(Result(str(copy), copy.was_changed, list(one.fixer_log)))
    return results


def read(path: Path) -> str | None:
    """The text of a file as lib2to3 reads it, or nothing if it cannot."""
    try:
        with path.open("rb") as file:
            encoding = tokenize.detect_encoding(file.readline)[0]
        with path.open(encoding=encoding, newline="") as file:
            return file.read() + "\n"
    except (UnicodeDecodeError, LookupError, SyntaxError, OSError):
        return None


def files(roots: list[Path]) -> Iterator[Path]:
    """All Python files, in order."""
    for root in roots:
        if root.is_dir():
            for path in sorted(root.rglob("*.py")):
                if "site-packages" not in path.relative_to(root).parts:
                    yield path
        else:
            yield root


def same(ours: Result, other: Result) -> bool:
    """Whether two results are the same; of what lib2to3 cannot do ours may say what it likes."""
    if other.error is not None:
        is_crash = other.error.startswith("crash")
        return is_crash or ours.error is None or ours.error == other.error
    return ours == other


def keep(folder: Path, label: str, ours: Result, other: Result) -> None:
    """Writes both results into the folder, to be compared."""
    folder.mkdir(parents=True, exist_ok=True)
    for side, result in (("ours", ours), ("lib2to3", other)):
        notes = "".join(f"# {line}\n" for line in [f"changed: {result.changed}", *result.log])
        text = f"{result.error}\n" if result.error is not None else result.text + notes
        (folder / f"{label}.{side}").write_text(text, encoding="utf-8", errors="surrogateescape")


def main() -> int:
    """Compares all files, and says how many are the same. The status is 1 if one is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", required=True, help="the program that serves ours")
    parser.add_argument("--keep", type=Path, required=True, help="the folder for what differs")
    parser.add_argument("--cache", type=Path, required=True, help="the folder for its results")
    parser.add_argument("--alone", action="store_true", help="also each fixer alone")
    parser.add_argument("--fixers", default="", help="these fixers only, by commas")
    parser.add_argument("--step", type=int, default=1, help="every so manieth file")
    parser.add_argument("--fetch", type=Path, help="also old projects, kept in this folder")
    parser.add_argument("roots", type=Path, nargs="+")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    roots = args.roots + (fetched(args.fetch) if args.fetch else [])
    names = refactor.get_all_fix_names(PACKAGE)
    if args.fixers:
        names = args.fixers.split(",")
    explicit = {"buffer", "idioms", "set_literal", "ws_comma"}
    default = [name for name in names if name not in explicit]
    choices = [default] if len(names) == 1 else [default, names]
    if args.alone:
        choices += [[name] for name in names]
    labels = ["default", "all"][: len(choices)] + (names if args.alone else [])
    labels = labels[-len(choices) :] if len(names) == 1 else labels
    oracle = Oracle(choices, args.cache)
    ours = Ours([args.serve])
    count = unreadable = unparsed = read_by_us = crashed = 0
    different: dict[str, int] = {}
    started = time.monotonic()
    different_files = 0
    for number, path in enumerate(files(roots)):
        if number % args.step:
            continue
        text = read(path)
        if text is None:
            unreadable += 1
            continue
        count += 1
        expected = oracle.refactor(text, str(path))
        got = ours.refactor(text, str(path), choices)
        crashed += any((other.error or "").startswith("crash") for other in expected)
        if expected[0].error is not None and not expected[0].error.startswith("crash"):
            unparsed += 1
            read_by_us += got[0].error is None
        wrong = [at for at in range(len(choices)) if not same(got[at], expected[at])]
        different_files += bool(wrong)
        for at in wrong:
            label = labels[at]
            if different.get(label, 0) < 20:
                print(f"{path}: {label}: {got[at].error or 'differs'}", flush=True)
                keep(args.keep, f"{path.stem}-{number}-{label}", got[at], expected[at])
            different[label] = different.get(label, 0) + 1
    ours.close()
    print(
        f"{count} files with {len(choices)} choices of fixers: "
        f"{count - different_files} identical, "
        f"{different_files} different; {unparsed} that lib2to3 cannot parse (ours can read "
        f"{read_by_us} of them), {crashed} over which it crashes, {unreadable} it cannot decode; "
        f"{time.monotonic() - started:.0f} s"
    )
    for label, times in sorted(different.items(), key=lambda item: -item[1]):
        print(f"    {label}: {times}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
