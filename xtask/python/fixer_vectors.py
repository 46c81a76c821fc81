"""Writes what lib2to3 makes of the inputs in `crates/upgrade/tests/fixers/`, or checks it.

Each file there is named after the fixer that is run, and holds blocks: `-- in` and a source,
`-- out` and what becomes of it, `-- log` and what the fixer had to say (only if it said anything).
`all.txt` is for those that run by default, all together.
To add a case, write its `-- in` block and run this script with CPython 3.11, which has lib2to3.

    python3 -W ignore xtask/python/fixer_vectors.py            # renews the files
    python3 -W ignore xtask/python/fixer_vectors.py --check    # exit status 1 if one would change
"""

from __future__ import annotations

import argparse
import importlib
import logging
import pathlib
import sys
from typing import Any

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "crates" / "upgrade" / "tests" / "fixers"
MARKS = ("-- in", "-- out", "-- log")


def blocks(text: str) -> tuple[str, list[str]]:
    """Takes a file apart.

    Returns:
        What stands before the first block, and the sources of the `-- in` blocks.
    """
    head: list[str] = []
    sources: list[list[str]] = []
    into: list[str] = head
    for line in text.splitlines(keepends=True):
        mark = line.rstrip("\n")
        if mark not in MARKS:
            into.append(line)
        elif mark == "-- in":
            into = []
            sources.append(into)
        else:
            into = []
    return "".join(head), ["".join(source) for source in sources]


def refactored(fixer: str, source: str) -> tuple[str, list[str]]:
    """Runs one fixer of lib2to3.

    Args:
        fixer: The name, as after `-f`; `all` for those that run by default.
        source: A whole file.

    Returns:
        The new text, and the lines of the fixer's log.

    Raises:
        Exception: lib2to3 cannot parse the source, or the fixer breaks down.
    """
    refactor: Any = importlib.import_module("lib2to3.refactor")
    if fixer == "all":
        tool = refactor.RefactoringTool(
            sorted(refactor.get_fixers_from_package("lib2to3.fixes")), {}
        )
    else:
        module = f"lib2to3.fixes.fix_{fixer}"
        tool = refactor.RefactoringTool([module], {}, [module])
    tree = tool.refactor_string(source, "<string>")
    return str(tree), [str(line) for line in tool.fixer_log]


def renewed(fixer: str, text: str) -> str:
    """The file as it has to be.

    Args:
        fixer: The name of the fixer.
        text: The file as it is.

    Returns:
        The same inputs, with what lib2to3 makes of them.
    """
    head, sources = blocks(text)
    parts = [head]
    for source in sources:
        try:
            out, log = refactored(fixer, source)
        except Exception as error:
            raise SystemExit(f"{fixer}: {error!r} in\n{source}") from error
        if not out.endswith("\n"):
            raise SystemExit(f"{fixer}: needs one more statement behind\n{source}")
        parts.append(f"-- in\n{source}-- out\n{out}")
        if log:
            parts.append("-- log\n" + "".join(f"{line}\n" for line in log))
    return "".join(parts)


def main() -> int:
    """Renews or checks all files.

    Returns:
        The exit status: 1 if `--check` found a difference.
    """
    parser = argparse.ArgumentParser(description="Holds the vectors of the fixers against lib2to3.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail if a file would change"
    )
    check: bool = parser.parse_args().check
    logging.disable(logging.CRITICAL)
    stale = 0
    for path in sorted(FOLDER.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        new = renewed(path.stem, text)
        if new != text:
            stale += 1
            print(path.name)
            if not check:
                path.write_text(new, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
