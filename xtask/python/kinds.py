"""Checks at run time what the analysis believes of the kinds of expressions.

Every expression of which an exact kind is claimed is wrapped in a call that looks at the value and
gives it on. So each evaluation of a program is a test of the analysis: a kind is a proof, and one
value of another type refutes it.
"""

from __future__ import annotations

import _csv
import ast
import builtins
import collections
import csv
import importlib.abc
import importlib.machinery
import importlib.util
import io
import itertools
import pathlib
import random
import re
import sys
import types
import unittest
from collections.abc import Callable, Sequence
from typing import Any

from observe import in_child, run_source, serve, time_limit

SECONDS = 2.0
TEST_SECONDS = 150.0
LOOKED_AT = 50
MOST_REPORTED = 40
CHECK = "__believed_kind__"

Fact = dict[str, Any]
Shape = dict[str, Any]
Place = tuple[int, int, int, int, str]

EXACT: dict[str, type] = {
    "none": type(None),
    "bool": bool,
    "int": int,
    "float": float,
    "complex": complex,
    "str": str,
    "bytes": bytes,
    "range": range,
    "list": list,
    "set": set,
    "frozenset": frozenset,
    "deque": collections.deque,
    "tupleof": tuple,
    "tuple": tuple,
    "dict": dict,
    "defaultdict": collections.defaultdict,
    "counter": collections.Counter,
    "pattern": re.Pattern,
    "function": types.FunctionType,
}
LOOSE: dict[str, tuple[type, ...]] = {
    "file": (io.IOBase,),
    "csvreader": (type(_csv.reader([])),),
    "csvdictreader": (csv.DictReader,),
    "path": (pathlib.PosixPath, pathlib.WindowsPath),
    "csvwriter": (type(_csv.writer(io.StringIO())), csv.DictWriter),
    "match": (re.Match, type(None)),
    "json": (dict, list, str, int, float, type(None)),
    "class": (type,),
    # Any of the builtin lazy iterators and views, and generators.
    "iterator": (collections.abc.Iterator, collections.abc.MappingView),
    "record": (object,),
    "hash": (object,),
    "unknown": (object,),
}


def refutes(value: Any, shape: Shape) -> str | None:
    """What the value is, if it is not what the shape says."""
    name = shape["name"]
    held: Any = value
    if name == "never":
        return f"evaluated, to a {type(value).__name__}"
    if name in EXACT:
        if type(value) is not EXACT[name]:
            return type(value).__name__
    elif not isinstance(value, LOOSE[name]):
        return type(value).__name__
    items: list[Shape] = shape.get("items", [])
    if name == "tuple":
        return refuted_tuple(held, items)
    # Only exact builtin containers have items in their shape, so walking runs no other code.
    walked: list[Any] = [*itertools.islice(held, LOOKED_AT)] if items else []
    for item in walked:
        other = refutes(item, items[0])
        if other is not None:
            return f"{name} with an item that is {other}"
    return None


def refuted_tuple(value: tuple[Any, ...], items: Sequence[Shape]) -> str | None:
    """The same for tuples whose length is claimed too."""
    if len(value) != len(items):
        return f"tuple of {len(value)}"
    for at, (item, claimed) in enumerate(zip(value, items, strict=True)):
        other = refutes(item, claimed)
        if other is not None:
            return f"tuple whose item {at} is {other}"
    return None


def words(shape: Shape) -> str:
    """A shape as people write it."""
    items = ", ".join(words(item) for item in shape.get("items", []))
    return f"{shape['name']}[{items}]" if items else str(shape["name"])


class Judge:
    """Counts checks, and keeps those that refute a belief."""

    def __init__(self) -> None:
        self.checks = 0
        self.wrapped = 0
        self.contradictions: dict[str, str] = {}
        self.claims: list[tuple[str, Fact]] = []

    def check(self, value: Any, number: int) -> Any:
        """What a wrapped expression calls."""
        self.checks += 1
        label, fact = self.claims[number]
        other = refutes(value, fact["kind"])
        if other is not None:
            place = f"{label}:{fact['line']}:{fact['column'] + 1} {fact['node']}"
            claim = f"{place}: {words(fact['kind'])}, but it is {other}"
            self.contradictions.setdefault(place, claim)
        return value

    def instrument(self, source: str | bytes, label: str, facts: list[Fact]) -> types.CodeType:
        """The code of a module that checks what is believed of it."""
        tree = ast.parse(source, label)
        changed = ast.fix_missing_locations(Wrapper(self, label, facts).visit(tree))
        # Not by the flags of this file.
        return compile(changed, label, "exec", dont_inherit=True)

    def answer(self) -> dict[str, Any]:
        """Plain data."""
        contradictions = list(self.contradictions.values())[:MOST_REPORTED]
        return {
            "checks": self.checks,
            "wrapped": self.wrapped,
            "contradictions": contradictions,
            "ended": "",
        }


class Wrapper(ast.NodeTransformer):
    """Puts a check around every expression with a claim."""

    def __init__(self, judge: Judge, label: str, facts: list[Fact]) -> None:
        self.judge = judge
        self.label = label
        self.claims: dict[Place, Fact] = {}
        for fact in facts:
            ends = (fact["line"], fact["column"], fact["end_line"], fact["end_column"])
            self.claims[(*ends, fact["node"])] = fact

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Children first: a place is looked up by where the expression stood."""
        super().generic_visit(node)
        if not isinstance(node, ast.expr):
            return node
        ends = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
        fact = self.claims.get((*ends, type(node).__name__))
        if fact is None or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return node
        self.judge.wrapped += 1
        self.judge.claims.append((self.label, fact))
        number = ast.Constant(len(self.judge.claims) - 1)
        call = ast.Call(ast.Name(CHECK, ast.Load()), [node, number], [])
        return ast.copy_location(call, node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Before 3.12 the places within are not those of the text."""
        return node if sys.version_info < (3, 12) else self.generic_visit(node)

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        """Patterns are no expressions, though they hold some."""
        node.guard = self.visit(node.guard) if node.guard is not None else None
        node.body = [self.visit(stmt) for stmt in node.body]
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Annotations are not believed."""
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Only the value is run."""
        node.value = self.visit(node.value) if node.value is not None else None
        return node


def run_program(judge: Judge, job: dict[str, Any]) -> dict[str, Any]:
    """One program, run as a module."""
    random.seed(0)
    code = judge.instrument(job["source"], "program.py", job["facts"])
    with time_limit(SECONDS):
        seen = run_source(code, {"__name__": "__main__"})
    return judge.answer() | {"ended": seen["error"]}


class Importer(importlib.abc.MetaPathFinder):
    """Imports instrumented modules, for the tests of a library."""

    def __init__(self, judge: Judge, sources: dict[str, list[Fact]]) -> None:
        self.judge = judge
        self.sources = sources

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """The usual place, another loader."""
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin not in self.sources:
            return None
        spec.loader = Loader(fullname, spec.origin, self)
        return spec


class Loader(importlib.machinery.SourceFileLoader):
    """Compiles with checks, and writes no cache."""

    def __init__(self, fullname: str, path: str, importer: Importer) -> None:
        super().__init__(fullname, path)
        self.importer = importer

    def get_code(self, fullname: str) -> types.CodeType:
        """From the source, always."""
        facts = self.importer.sources[self.path]
        return self.importer.judge.instrument(self.get_data(self.path), self.path, facts)


def run_tests(judge: Judge, job: dict[str, Any]) -> dict[str, Any]:
    """The tests of a module of the library, with its modules instrumented."""
    sources = {one["path"]: one["facts"] for one in job["sources"]}
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) in sources and name != "__main__":
            del sys.modules[name]
    sys.meta_path.insert(0, Importer(judge, sources))
    try:
        suite = unittest.defaultTestLoader.loadTestsFromName(job["test"])
        result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
    except BaseException as error:
        return judge.answer() | {"ended": f"{type(error).__name__}: {error}"}
    bad = len(result.errors) + len(result.failures)
    return judge.answer() | {"ended": f"{result.testsRun} tests, {bad} not passed"}


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """`{source, facts}` or `{sources: [{path, facts}], test}` to what was seen."""
    judge = Judge()
    setattr(builtins, CHECK, judge.check)
    run: Callable[[Judge, dict[str, Any]], dict[str, Any]]
    run, seconds = (run_tests, TEST_SECONDS) if "test" in job else (run_program, 3 * SECONDS)
    seen: dict[str, Any] | None = in_child(lambda: run(judge, job), seconds)
    return seen or judge.answer() | {"ended": "died or ran out of time"}


if __name__ == "__main__":
    serve(answer)
