"""Runs what ``--beyond`` puts right: the sources under Python 2, what became of them under 3.

Run by ``cargo xtask upgrade-fixers --beyond`` with the folder of the vectors
(``crates/upgrade/tests/beyond``) and an interpreter of Python 2.7. Both have to print the same,
blanks at the ends of lines aside (``print a,`` remembers that a blank is due, which no function
does), and to end with the same kind of exception. Without lib2to3 nothing is asked of it; with it,
its output has to be worse: no Python 3, or something else is printed.
"""

import argparse
import importlib
import logging
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")


@dataclass
class Vector:
    """A source of Python 2, and what becomes of it."""

    source: str = ""
    out: str = ""


def vectors(path: Path) -> list[Vector]:
    """The vectors of a file: blocks that begin with ``-- in``, ``-- out`` and ``-- log``."""
    found: list[Vector] = []
    mark = ""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        word = line.strip()
        if word in ("-- in", "-- out", "-- log"):
            mark = word
            if word == "-- in":
                found.append(Vector())
        elif mark == "-- in":
            found[-1].source += line
        elif mark == "-- out":
            found[-1].out += line
    return found


def run(python: str, text: str) -> tuple[str, str]:
    """What a program prints, without blanks at the ends of lines, and how it ends."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program.py")
        program.write_text(text, encoding="utf-8")
        command = [python, "-W", "ignore", str(program)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)
    lines = [line.rstrip() for line in done.stdout.split("\n")]
    last = done.stderr.strip().splitlines()
    return "\n".join(lines), last[-1].split(":")[0] if last else ""


def original(text: str) -> str | None:
    """What lib2to3 makes of a text; nothing if there is none, or it breaks down."""
    try:
        refactor: Any = importlib.import_module("lib2to3.refactor")
    except ImportError:
        return None
    logging.disable(logging.CRITICAL)
    tool = refactor.RefactoringTool(refactor.get_fixers_from_package("lib2to3.fixes"))
    try:
        return str(tool.refactor_string(text, "<string>"))
    except Exception:
        return None


def main() -> int:
    """Runs all vectors, and prints those that are wrong. The status is 1 if one is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python2", required=True, help="an interpreter of Python 2.7")
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    count = wrong = 0
    for path in sorted(args.folder.glob("*.txt")):
        for vector in vectors(path):
            count += 1
            before, after = run(args.python2, vector.source), run(sys.executable, vector.out)
            old = original(vector.source)
            is_no_better = old is not None and run(sys.executable, old) == before
            if before != after or is_no_better:
                wrong += 1
                print(f"{path.stem}: {before} {after}{' as lib2to3' if is_no_better else ''}")
                print(vector.source)
    print(f"{count} sources that lib2to3 breaks: {count - wrong} do the same under Python 3")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
