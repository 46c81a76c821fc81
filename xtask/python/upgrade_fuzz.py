"""Looks for texts of which ``stc upgrade`` makes something else than lib2to3 does.

Run by ``cargo xtask upgrade-fuzz`` in a CPython that has lib2to3 (3.11), with the program that
serves ours. Texts are made by chance (``fuzz_texts.py``); both run the same fixers over them, and
text, messages, refusals and whether it counts as changed have to be the same. What differs is made
smaller until nothing can be left out, printed, and kept as a file.
"""

import argparse
import importlib
import logging
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

warnings.simplefilter("ignore")

from fuzz_texts import Maker  # noqa: E402
from upgrade_serve import Ours, Result  # noqa: E402

refactor: Any = importlib.import_module("lib2to3.refactor")

PACKAGE = "lib2to3.fixes"
EXPLICIT = {"buffer", "idioms", "set_literal", "ws_comma"}
FIXERS: list[str] = refactor.get_all_fix_names(PACKAGE)
DEFAULT = tuple(name for name in FIXERS if name not in EXPLICIT)

# Seconds that lib2to3 may take for a text; its matcher is slow on some.
PATIENCE = 10
# Seconds that ours may take for a text of a few kilobytes.
BUDGET = 5.0

sys.setrecursionlimit(20_000)


class Slow(Exception):
    """lib2to3 has taken too long."""


@dataclass(frozen=True)
class Choice:
    """What is to be done with a text."""

    fixers: tuple[str, ...]
    print_function: bool = False
    exec_function: bool = False
    doctests: bool = False

    def __str__(self) -> str:
        names = {DEFAULT: "default", tuple(FIXERS): "all"}.get(self.fixers, ",".join(self.fixers))
        flags = [
            flag for flag in ("print_function", "exec_function", "doctests") if getattr(self, flag)
        ]
        return " ".join([names, *flags])


class Theirs:
    """lib2to3, one tool for each choice."""

    def __init__(self) -> None:
        self.tools: dict[Choice, Any] = {}

    def refactor(self, text: str, name: str, choice: Choice) -> Result:
        """What lib2to3 makes of a text. Raises ``Slow``."""
        tool = self.tools.get(choice)
        if tool is None:
            modules = [f"{PACKAGE}.fix_{name}" for name in choice.fixers]
            options = {
                "print_function": choice.print_function,
                "exec_function": choice.exec_function,
            }
            tool = self.tools[choice] = Tool(modules, options, explicit=modules)
        tool.fixer_log.clear()
        tool.said.clear()
        signal.alarm(PATIENCE)
        try:
            if choice.doctests:
                new = tool.refactor_docstring(text, name)
                return Result(new, new != text, tool.fixer_log + tool.said)
            try:
                tree = tool.refactor_string(text, name)
            except Slow:
                raise
            except Exception as error:
                return Result(text, False, [], f"crash {type(error).__name__}: {error}")
            if tree is None:
                return Result(text, False, [], tool.said[0].split(": ", 1)[1])
            return Result(str(tree), tree.was_changed, list(tool.fixer_log))
        except Slow:
            raise
        except Exception as error:
            return Result(text, False, [], f"crash {type(error).__name__}: {error}")
        finally:
            signal.alarm(0)


class Tool(refactor.RefactoringTool):  # type: ignore[misc]
    """Keeps what it has to say about texts that it cannot parse."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.said: list[str] = []
        super().__init__(*args, **options)

    def log_error(self, msg: str, *args: object, **options: object) -> None:
        if isinstance(sys.exc_info()[1], Slow):
            raise
        self.said.append(msg % args)


class Pair:
    """Both of them."""

    def __init__(self, serve: str) -> None:
        self.command = [serve]
        self.ours = Ours(self.command)
        self.theirs = Theirs()
        self.name = "fuzz.py"
        self.refused = self.crashed = self.changed = 0

    def differ(self, text: str, choice: Choice) -> str:
        """How the two differ; empty if they do not. Raises ``Slow``."""
        began = time.monotonic()
        try:
            (ours,) = self.ours.refactor(
                text,
                self.name,
                [choice.fixers],
                print_function=choice.print_function,
                exec_function=choice.exec_function,
                doctests=choice.doctests,
            )
        except RuntimeError:
            self.ours = Ours(self.command)
            return "ours died"
        if time.monotonic() - began > BUDGET:
            return f"ours took {time.monotonic() - began:.1f} s"
        theirs = self.theirs.refactor(text, self.name, choice)
        if theirs.error is not None:
            self.crashed += theirs.error.startswith("crash")
            self.refused += not theirs.error.startswith("crash")
        self.changed += theirs.changed
        return how(ours, theirs, text)


def how(ours: Result, theirs: Result, text: str) -> str:
    """How two results differ; where lib2to3 gives up ours may go on."""
    if theirs.error is not None and theirs.error.startswith("crash"):
        return ""
    if theirs.error is not None:
        is_refused = ours.error is not None and re.match(r"\w+Error: ", ours.error)
        if not is_refused or ours.error == theirs.error:
            return ""
        return f"  ours:    {ours.error}\n  lib2to3: {theirs.error}"
    if ours == theirs or reads_more(ours, theirs):
        return ""
    lines = []
    for side, result in (("ours:    ", ours), ("lib2to3: ", theirs)):
        lines.append(f"  {side}{result.error or repr(result.text)} {result.changed} {result.log}")
    return "\n".join(lines)


def reads_more(ours: Result, theirs: Result) -> bool:
    """Whether ours parses an example that lib2to3 refuses, and the others refuse alike."""
    pattern = re.compile(r"(Can't parse docstring in .* line \d+): (\w+Error: .*)", re.DOTALL)
    matches = [map(pattern.fullmatch, result.log) for result in (ours, theirs)]
    errors = [{match[1]: match[2] for match in found if match} for found in matches]
    alike = all(errors[1].get(place) == message for place, message in errors[0].items())
    return alike and len(errors[1]) > len(errors[0])


def smaller(text: str, is_bad: Callable[[str], str]) -> str:
    """The text without what can be left out of it: lines first, then words, then characters."""
    deadline = time.monotonic() + 60
    for split in (
        lambda t: t.splitlines(keepends=True),
        lambda t: re.findall(r"\w+|\s+|[^\w\s]", t),
        list,
    ):
        parts = split(text)
        size = max(1, len(parts) // 2)
        while size and time.monotonic() < deadline:
            at, shrunk = 0, False
            while at < len(parts) and time.monotonic() < deadline:
                rest = parts[:at] + parts[at + size :]
                if is_bad("".join(rest)):
                    parts, shrunk = rest, True
                else:
                    at += size
            if not shrunk or size > 1:
                size //= 2
        text = "".join(parts)
    return text


def pieces() -> list[str]:
    """What lib2to3's own tests of its fixers begin with, if they are installed."""
    try:
        support: Any = importlib.import_module("lib2to3.tests.support")
        tests: Any = importlib.import_module("lib2to3.tests.test_fixers")
    except ImportError:
        return []
    import unittest

    found: dict[str, None] = {}

    def check(self: Any, before: str, after: str) -> Any:
        for text in (before, after):
            found.setdefault(support.reformat(text).rstrip("\n") + "\n")
        return type("Answered", (), {"was_changed": True})()

    kept = tests.FixerTestCase._check
    tests.FixerTestCase._check = check
    suite = unittest.TestLoader().loadTestsFromModule(tests)
    suite.run(unittest.TestResult())
    tests.FixerTestCase._check = kept
    return sorted(found)


def files(roots: Sequence[Path]) -> list[Path]:
    """All Python files, in order."""
    found = []
    for root in roots:
        found += [root] if root.is_file() else sorted(root.rglob("*.py"))
    return [path for path in found if "site-packages" not in path.parts]


def choices(maker: Maker) -> list[Choice]:
    """Fixers and options for the next text: those that are on, and something else."""
    random = maker.random
    other = random.random()
    if other < 0.3:
        second = Choice(tuple(FIXERS))
    elif other < 0.6:
        second = Choice((random.choice(FIXERS),))
    elif other < 0.75:
        second = Choice(tuple(FIXERS), print_function=True)
    elif other < 0.85:
        second = Choice(tuple(FIXERS), exec_function=True)
    else:
        second = Choice(DEFAULT, doctests=True)
    return [Choice(DEFAULT), second]


def prompted(maker: Maker, text: str) -> str:
    """The text as examples in a docstring, by chance with something wrong about them."""
    random = maker.random
    indent = random.choice(("", "", "    ", "\t"))
    lines, first = [], True
    for line in text.split("\n"):
        head = ">>> " if first or (line[:1].strip() and random.random() < 0.7) else "... "
        if random.random() < 0.04:
            head = random.choice(
                (">>>", "...", ">>> ", "... ", "", ">>>  ", "....", indent + "... ")
            )
        made = indent + head + line
        lines.append(made.rstrip() if not line and random.random() < 0.5 else made)
        first = False
        if random.random() < 0.1:
            lines.append(indent + random.choice(("1", "", "Traceback", "x >>> y")))
            first = True
    return "\n".join(lines) + random.choice(("\n", "\n", ""))


def main() -> int:
    """Makes and compares texts; the status is 1 if something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", required=True, help="the program that serves ours")
    parser.add_argument("--keep", type=Path, required=True, help="the folder for what differs")
    parser.add_argument("--count", type=int, default=1000, help="how many texts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=int, default=20, help="after so many it ends")
    parser.add_argument("roots", type=Path, nargs="*", help="files to take from, and folders")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)

    def ring(number: int, frame: FrameType | None) -> None:
        raise Slow

    signal.signal(signal.SIGALRM, ring)
    pair = Pair(args.serve)
    found = pieces()
    known = files(args.roots)
    different = slow = bytes_ = runs = done = 0
    began = time.monotonic()
    for number in range(args.count):
        maker = Maker(args.seed * 1_000_003 + number, found, known)
        text = maker.text()
        for choice in choices(maker):
            given = prompted(maker, text) if choice.doctests else text
            bytes_ += len(given)
            runs += 1
            try:
                difference = pair.differ(given, choice)
                if not difference:
                    continue
                small = given
                if not difference.startswith("ours"):
                    small = smaller(given, partial(pair.differ, choice=choice))
                difference = pair.differ(small, choice) or difference
            except Slow:
                slow += 1
                continue
            different += 1
            args.keep.mkdir(parents=True, exist_ok=True)
            (args.keep / f"fuzz-{args.seed}-{number}.py").write_text(
                small, encoding="utf-8", newline=""
            )
            print(f"{number}: {choice}: {small!r}\n{difference}", flush=True)
        done = number + 1
        if different >= args.shown:
            break
    pair.ours.close()
    print(
        f"upgrade-fuzz: {done} texts, {runs} runs over {bytes_ / 1e6:.1f} MB, "
        f"{different} different; "
        f"lib2to3 changed {pair.changed}, refused {pair.refused}, crashed over {pair.crashed}, "
        f"took too long over {slow}; {time.monotonic() - began:.0f} s"
    )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
