"""Asks lib2to3's patterns about every node of a file, as its fixers would.

A job is `{path, mine}`: a source file, and a file with what our matcher found, or
`{patterns: true}`, which is answered with the patterns of all fixers. A line stands for
a match: the fixer, the number of the node (parents first, from 0), and for each name the
numbers of the nodes it is bound to. The answer is `{difference, matches, nodes}`.
"""

from __future__ import annotations

import io
import sys
import warnings
from functools import cache
from typing import Any

from observe import serve
from upgrade_parity import difference, read

warnings.simplefilter("ignore")

from lib2to3 import pygram, pytree, refactor  # noqa: E402
from lib2to3.patcomp import PatternCompiler  # noqa: E402
from lib2to3.pgen2 import driver  # noqa: E402
from lib2to3.refactor import _detect_future_features  # noqa: E402

# The matcher recurses over the children that a repeat takes.
RECURSION = 20_000


@cache
def patterns() -> dict[str, tuple[str, pytree.BasePattern]]:
    """Text and compiled pattern of every fixer that has one, by name."""
    names = refactor.get_fixers_from_package("lib2to3.fixes")
    tool = refactor.RefactoringTool(names, {}, explicit=names)
    fixers = [*tool.post_order, *tool.pre_order]
    compiler = PatternCompiler()
    return {
        type(fixer).__module__.rpartition("fix_")[2]: (fixer.PATTERN, compiler.compile_pattern(fixer.PATTERN))
        for fixer in fixers
        if fixer.PATTERN is not None
    }


def tree_of(path: str) -> pytree.Base | None:
    """The tree of a file, or nothing if lib2to3 cannot read it."""
    try:
        data = read(path)
        grammar = pygram.python_grammar
        if "print_function" in _detect_future_features(data):
            grammar = pygram.python_grammar_no_print_statement
        root: pytree.Base = driver.Driver(grammar, convert=pytree.convert).parse_string(data)
    except Exception:  # noqa: BLE001 - whatever it is, there is no tree
        return None
    return root


def found(root: pytree.Base) -> tuple[list[str], int]:
    """A line for each match, and how many nodes there are."""
    nodes = list(root.pre_order())
    numbers = {id(node): number for number, node in enumerate(nodes)}
    lines = []
    for number, node in enumerate(nodes):
        for name, (_, pattern) in sorted(patterns().items()):
            results: dict[str, Any] = {}
            if not pattern.match(node, results):
                continue
            bound = []
            for key, value in sorted(results.items()):
                many = isinstance(value, list)
                members = ",".join(str(numbers[id(one)]) for one in (value if many else [value]))
                bound.append(f" {key}={'[' + members + ']' if many else members}")
            lines.append(f"{name} {number}{''.join(bound)}")
    return lines, len(nodes)


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """Compares one file, or gives the patterns."""
    if job.get("patterns"):
        return {"patterns": {name: text for name, (text, _) in patterns().items()}}
    root = tree_of(job["path"])
    if root is None:
        return {"difference": "", "matches": 0, "nodes": 0}
    with io.open(job["mine"], encoding="utf-8") as file:
        mine = file.read()
    lines, nodes = found(root)
    theirs = "".join(f"{line}\n" for line in lines)
    told = "" if mine == theirs else difference(mine, theirs)
    return {"difference": told, "matches": len(lines), "nodes": nodes}


if __name__ == "__main__":
    sys.setrecursionlimit(RECURSION)
    serve(answer)
