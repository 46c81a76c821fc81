"""Holds the fixers beside lib2to3: the same text and the same messages for every file.

Run by ``cargo xtask upgrade-fixers`` in a CPython that still has lib2to3 (3.12 and older), with
the command that serves ours, the folder for what differs, and files and folders. Where it is
stopped it goes on the next time: what lib2to3 says of a file is kept.
"""

import argparse
import importlib
import logging
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from old_projects import fetched
from upgrade_oracle import PACKAGE, Oracle, plain
from upgrade_serve import Ours, Result

warnings.simplefilter("ignore")
sys.setrecursionlimit(20_000)

# What is known of their types is not enough for what is done here.
refactor: Any = importlib.import_module("lib2to3.refactor")
tokenize: Any = importlib.import_module("lib2to3.pgen2.tokenize")


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


def keep(folder: Path, label: str, ours: Result, other: Result) -> None:
    """Writes both results into the folder, to be compared."""
    folder.mkdir(parents=True, exist_ok=True)
    for side, result in (("ours", ours), ("lib2to3", other)):
        notes = "".join(f"# {line}\n" for line in [f"changed: {result.changed}", *result.log])
        text = f"{result.error}\n" if result.error is not None else result.text + notes
        (folder / f"{label}.{side}").write_text(text, encoding="utf-8", errors="surrogateescape")


@dataclass
class Tally:
    """What has come out so far; pairs are a file and a choice of fixers."""

    keep: Path
    labels: list[str]
    strict: bool = False
    files: int = 0
    different_files: int = 0
    pairs: int = 0
    transformed: int = 0
    unreadable: int = 0
    unparsed: int = 0
    read_by_us: int = 0
    crashed: int = 0
    different: dict[str, int] = field(default_factory=dict)

    def same(self, ours: Result, other: Result) -> bool:
        """Whether two are the same; of what lib2to3 cannot do ours may say what it likes."""
        if other.error is not None and not self.strict:
            is_crash = other.error.startswith("crash")
            return is_crash or ours.error is None or ours.error == other.error
        return ours == other

    def add(self, number: int, path: Path, got: list[Result], expected: list[Result]) -> None:
        """Counts a file; what differs is printed and kept, the first twenty of each choice."""
        self.files += 1
        self.pairs += len(expected)
        self.transformed += sum(other.changed for other in expected)
        self.crashed += any((other.error or "").startswith("crash") for other in expected)
        if expected[0].error is not None and not expected[0].error.startswith("crash"):
            self.unparsed += 1
            self.read_by_us += got[0].error is None
        wrong = [at for at in range(len(expected)) if not self.same(got[at], expected[at])]
        self.different_files += bool(wrong)
        for at in wrong:
            label = self.labels[at]
            if self.different.get(label, 0) < 20:
                print(f"{path}: {label}: {got[at].error or 'differs'}", flush=True)
                keep(self.keep, f"{path.stem}-{number}-{label}", got[at], expected[at])
            self.different[label] = self.different.get(label, 0) + 1

    def tell(self, seconds: float) -> None:
        """Prints the figures."""
        print(
            f"{self.files} files with {len(self.labels)} choices of fixers: "
            f"{self.files - self.different_files} identical, {self.different_files} different; "
            f"{self.pairs} pairs, {self.transformed} of them changed, "
            f"{sum(self.different.values())} different; "
            f"{self.unparsed} files that lib2to3 cannot parse (ours can read {self.read_by_us} of "
            f"them), {self.crashed} over which it crashes, {self.unreadable} it cannot decode; "
            f"{seconds:.0f} s"
        )
        for label, times in sorted(self.different.items(), key=lambda item: -item[1]):
            print(f"    {label}: {times}")


def choices_of(fixers: str, alone: bool) -> tuple[list[list[str]], list[str]]:
    """The choices of fixers to try, and what they are called."""
    names = fixers.split(",") if fixers else refactor.get_all_fix_names(PACKAGE)
    explicit = {"buffer", "idioms", "set_literal", "ws_comma"}
    default = [name for name in names if name not in explicit]
    choices = {"default": default, "all": names} if len(names) > 1 else {}
    if alone or len(names) == 1:
        choices |= {name: [name] for name in names}
    return list(choices.values()), list(choices)


def main() -> int:
    """Compares all files, and says how many are the same. The status is 1 if one is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", required=True, help="the program that serves ours")
    parser.add_argument("--keep", type=Path, required=True, help="the folder for what differs")
    parser.add_argument("--cache", type=Path, required=True, help="the folder for its results")
    parser.add_argument("--alone", action="store_true", help="also each fixer alone")
    parser.add_argument("--fixers", default="", help="these fixers only, by commas")
    parser.add_argument("--step", type=int, default=1, help="every so manieth file")
    parser.add_argument("--offset", type=int, default=0, help="the first of these")
    parser.add_argument(
        "--plain", action="store_true", help="compare what is told of lib2to3 with lib2to3 itself"
    )
    parser.add_argument("--fetch", type=Path, help="also old projects, kept in this folder")
    parser.add_argument("roots", type=Path, nargs="+")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    roots = args.roots + (fetched(args.fetch) if args.fetch else [])
    choices, labels = choices_of(args.fixers, args.alone)
    oracle = Oracle(choices, None if args.plain else args.cache)
    ours = Ours([args.serve])
    tally = Tally(args.keep, labels, strict=args.plain)
    started = time.monotonic()
    for number, path in enumerate(files(roots)):
        if number % args.step != args.offset % args.step:
            continue
        text = read(path)
        if text is None:
            tally.unreadable += 1
            continue
        expected = oracle.refactor(text, str(path))
        if args.plain:
            got = [plain(choice, text, str(path)) for choice in choices]
        else:
            got = ours.refactor(text, str(path), choices)
        tally.add(number, path, got, expected)
    ours.close()
    tally.tell(time.monotonic() - started)
    return 1 if tally.different else 0


if __name__ == "__main__":
    sys.exit(main())
