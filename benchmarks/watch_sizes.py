"""Run a script and write down how large the quantities of size formulas get.

    python watch_sizes.py NOTES QUANTITIES SCRIPT ARGS...

QUANTITIES is a JSON list of names as `stc` reports them in its forecast:
`len(load.rows)` (the variable `rows` of the function `load`), `len(rows)` (of the
module), `len(load())` (what it returns), `load.n` (a number), and behind such a
root the way into it: `[]` to the items or values, `{}` to the keys, `[0]`,
`["name"]` and `.name` to one part. `bytes(...)` is the mean size of what is there,
as CPython allocates it; what several share counts once, small ints and single
letters nothing. Whenever a function of the script ends, those that can be had
without running code of the script are looked at, over an even sample where they
are many; the largest values go to NOTES as JSON. `len(set(rows))`, of a value that
no variable holds, is noted where it is made. What cannot be had is left out.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

DICTS = (dict, defaultdict, Counter)
ROWS = (list, tuple, set, frozenset, deque)
SPILLED = ("SpillList", "SpillSet", "SpillGroups", "SpillDict")
# So many of many items are looked at; so often the ends of a function that ends often.
SAMPLE = 2000
OFTEN, SELDOM = 256, 128
NOTE = "__note_size_of"
STEP = re.compile(r'\(\)|\[\]|\{\}|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\.?(\w+)')


@dataclass
class Quantity:
    """A name, what is asked (`len`, `bytes` or the number itself), and the way there."""

    name: str
    asked: str
    steps: list[str]

    @classmethod
    def of(cls, name: str) -> Quantity | None:
        asked, path = "", name
        for function in ("len", "bytes"):
            if name.startswith(function + "(") and name.endswith(")"):
                asked, path = function, name[len(function) + 1:-1]
        steps, at = [], 0
        while at < len(path):
            found = STEP.match(path, at)
            if found is None:
                return None
            steps.append(found.group().removeprefix("."))
            at = found.end()
        return cls(name, asked, steps)


@dataclass
class Sizes:
    """Collects the largest value of every quantity."""

    quantities: list[Quantity]
    script: str
    found: dict[str, float] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)

    def __call__(self, frame: FrameType, event: str, value: Any) -> None:
        if event != "return" or frame.f_code.co_filename != self.script:
            return
        name = frame.f_code.co_qualname.replace("<locals>.", "")
        self.ends[name] += 1
        if self.ends[name] > OFTEN and self.ends[name] % SELDOM:
            return
        if frame.f_code.co_flags & inspect.CO_GENERATOR and value is not None:
            return
        prefix = [] if name == "<module>" else name.split(".")
        for quantity in self.quantities:
            rest = quantity.steps[len(prefix):]
            if quantity.steps[:len(prefix)] != prefix or not rest:
                continue
            if rest[0] == "()":
                self.note(quantity, [value], rest[1:])
            elif rest[0] in frame.f_locals:
                self.note(quantity, [frame.f_locals[rest[0]]], rest[1:])

    def note(self, quantity: Quantity, there: list[Any], steps: list[str]) -> None:
        whole = True
        for step in steps:
            there, complete = follow(there, step)
            whole = whole and complete
        size = measured(quantity.asked, there, whole)
        if size is not None:
            self.found[quantity.name] = max(size, self.found.get(quantity.name, 0))


def measured(asked: str, there: list[Any], whole: bool) -> float | None:
    """The mean of what is asked over objects, or None if it cannot be had."""
    if asked == "len":
        lengths = [len(one) for one in there if has_length(one)]
        return sum(lengths) / len(lengths) if lengths else None
    if asked == "bytes":
        if not there:
            return None
        seen: set[int] = set()
        total = sum(deep(one, seen) for one in there)
        # Few objects in a sample of many places: these few are all there are.
        shared = not whole and len({id(one) for one in there}) * 2 < len(there)
        return 0.0 if shared else total / len(there)
    numbers = [one for one in there if type(one) in (int, float)]
    return float(max(numbers)) if numbers else None


def has_length(value: object) -> bool:
    """Whether asking for its length runs no code of the script's."""
    kind = type(value)
    plain = kind.__len__ if hasattr(kind, "__len__") else None
    of_class = [base.__len__ for base in (*ROWS, dict, str, bytes, bytearray)]
    return plain in of_class or kind.__name__ in SPILLED


def sample(values: Any, count: int) -> tuple[list[Any], bool]:
    """An even sample of values, and whether it is all of them."""
    stride = max(1, -(-count // SAMPLE))
    return [value for at, value in enumerate(values) if at % stride == 0], stride == 1


def follow(there: list[Any], step: str) -> tuple[list[Any], bool]:
    """Where a step leads from each of some objects, and whether none was left out."""
    found: list[Any] = []
    whole = True
    for one in there:
        if step == "[]" and isinstance(one, DICTS):
            values, complete = sample(one.values(), len(one))
        elif step == "{}" and isinstance(one, DICTS):
            values, complete = sample(one, len(one))
        elif step == "[]" and type(one).__name__ == "SpillList":
            # Neighbours come from one page and share what is the same in it.
            values, complete = list(islice(one, SAMPLE)), len(one) <= SAMPLE
        elif step == "[]" and isinstance(one, ROWS):
            values, complete = sample(one, len(one))
        else:
            values, complete = part(one, step), True
        found += values
        whole = whole and complete
    if len(found) > SAMPLE:
        found, _ = sample(found, len(found))
        whole = False
    return found, whole


def part(one: Any, step: str) -> list[Any]:
    """One part of an object: by place, by key, or an attribute in its own `__dict__`."""
    if step.startswith('["'):
        key = json.loads(step[1:-1])
        return [one[key]] if type(one) in DICTS and key in one else []
    if step.startswith("["):
        if isinstance(one, (list, tuple)) and len(one) > int(step[1:-1]):
            return [one[int(step[1:-1])]]
        return []
    try:
        return [object.__getattribute__(one, "__dict__")[step]]
    except (AttributeError, KeyError):
        return []


def block(size: int) -> int:
    return -(-size // 16) * 16


def deep(one: Any, seen: set[int]) -> int:
    """Bytes of an object with what it holds, as far as it is builtin."""
    kind = type(one)
    if id(one) in seen or one is None or kind is bool or isinstance(one, type) or callable(one):
        return 0
    seen.add(id(one))
    if kind is int:
        return 0 if -5 <= one <= 256 else block(sys.getsizeof(one))
    if kind in (str, bytes):
        return 0 if len(one) < 2 else block(sys.getsizeof(one))
    total = block(sys.getsizeof(one))
    if isinstance(one, DICTS):
        return total + sum(deep(key, seen) + deep(value, seen) for key, value in one.items())
    if isinstance(one, ROWS):
        return total + sum(deep(item, seen) for item in one)
    try:
        return total + deep(object.__getattribute__(one, "__dict__"), seen)
    except AttributeError:
        return total


class Noting(ast.NodeTransformer):
    """Has the values of expressions noted that no variable holds: `len(set(rows))`."""

    def __init__(self, names: list[str]) -> None:
        self.wanted: dict[str, str] = {}
        for name in names:
            try:
                call = ast.parse(name, mode="eval").body
            except SyntaxError:
                continue
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args:
                self.wanted[ast.unparse(call.args[0])] = name

    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)  # a module is changed in place
        loads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if isinstance(node, ast.expr) and not isinstance(node, ast.Name) and loads:
            name = self.wanted.get(ast.unparse(node))
            if name is not None:
                noted = ast.Call(ast.Name(NOTE, ast.Load()), [ast.Constant(name), node], [])
                return ast.copy_location(ast.fix_missing_locations(noted), node)
        return node


def main() -> None:
    notes, names, script, *args = sys.argv[1:]
    quantities = [found for name in json.loads(names) if (found := Quantity.of(name))]
    sizes = Sizes(quantities, script)
    source = Path(script).read_text(encoding="utf-8")
    sys.argv = [script, *args]

    def note(name: str, value: Any) -> Any:
        if has_length(value):
            sizes.found[name] = max(len(value), sizes.found.get(name, 0))
        return value

    module = {"__name__": "__main__", "__file__": script, "__builtins__": __builtins__, NOTE: note}
    known = {quantity.name for quantity in quantities}
    noting = Noting([name for name in json.loads(names) if name not in known])
    tree = ast.parse(source)
    noting.visit(tree)
    code = compile(ast.fix_missing_locations(tree), script, "exec")
    sys.setprofile(sizes)
    try:
        exec(code, module)
    finally:
        sys.setprofile(None)
        Path(notes).write_text(json.dumps(sizes.found), encoding="utf-8")


if __name__ == "__main__":
    main()
