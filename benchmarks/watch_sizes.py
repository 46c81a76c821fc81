"""Run a script and write down how large the quantities of size formulas get.

    python watch_sizes.py NOTES QUANTITIES SCRIPT ARGS...

QUANTITIES is a JSON list of names as `stc` reports them, such as `len(rows)`,
`len(self.rows)`, `len(read(path))` or `n`. Whenever a function of the script
ends, those that can be had without running code of the script are looked at; the
largest values go to NOTES as JSON. What a generator yields is counted. Quantities
that cannot be had (`lines(f)`, the length of an iterator) are left out.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Sized
from pathlib import Path
from types import FrameType
from typing import Any

EXACT = (list, tuple, dict, set, frozenset, str, bytes)


class Sizes:
    """Collects the largest value of every quantity."""

    def __init__(self, quantities: list[str], script: str) -> None:
        self.script = script
        self.found: dict[str, float] = {}
        self.plain: list[tuple[str, ast.expr, bool]] = []
        self.results: dict[str, list[str]] = {}
        for quantity in quantities:
            try:
                expr = ast.parse(quantity, mode="eval").body
            except SyntaxError:
                continue
            inner = measured(expr)
            if inner is None:
                self.plain.append((quantity, expr, False))
            elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name | ast.Attribute):
                name = inner.func.id if isinstance(inner.func, ast.Name) else inner.func.attr
                self.results.setdefault(name, []).append(quantity)
            else:
                self.plain.append((quantity, inner, True))
        self.yields: dict[int, int] = {}

    def __call__(self, frame: FrameType, event: str, value: Any) -> None:
        if event != "return" or frame.f_code.co_filename != self.script:
            return
        names = self.results.get(frame.f_code.co_name)
        if names:
            self.result(frame, names, value)
        if frame.f_code.co_flags & inspect.CO_GENERATOR and value is not None:
            return
        for quantity, expr, is_length in self.plain:
            there = look_up(expr, frame.f_locals)
            if is_length and isinstance(there, Sized) and safe(there):
                self.note(quantity, len(there))
            elif not is_length and type(there) in (int, float):
                self.note(quantity, there)

    def result(self, frame: FrameType, names: list[str], value: Any) -> None:
        if frame.f_code.co_flags & inspect.CO_GENERATOR:
            self.yields[id(frame)] = self.yields.get(id(frame), 0) + (value is not None)
            size = self.yields[id(frame)]
        elif safe(value):
            size = len(value)
        else:
            return
        for quantity in names:
            self.note(quantity, size)

    def note(self, quantity: str, value: float) -> None:
        self.found[quantity] = max(value, self.found.get(quantity, 0))


def measured(expr: ast.expr) -> ast.expr | None:
    """What `len(...)` is asked of, if that is what the expression is."""
    if isinstance(expr, ast.Call) and isinstance(expr.func, ast.Name) and expr.func.id == "len":
        return expr.args[0] if len(expr.args) == 1 else None
    return None


def safe(value: object) -> bool:
    """Whether asking for its length runs no code of the script's."""
    return isinstance(value, EXACT) and type(value).__len__ in [kind.__len__ for kind in EXACT]


def look_up(expr: ast.expr, names: dict[str, Any]) -> Any:
    """The value of a name, or of an attribute that lies in an object's own `__dict__`."""
    if isinstance(expr, ast.Name):
        return names.get(expr.id)
    if isinstance(expr, ast.Attribute):
        owner = look_up(expr.value, names)
        try:
            return object.__getattribute__(owner, "__dict__").get(expr.attr)
        except AttributeError:
            return None
    return None


def main() -> None:
    notes, quantities, script, *args = sys.argv[1:]
    sizes = Sizes(json.loads(quantities), script)
    source = Path(script).read_text(encoding="utf-8")
    sys.argv = [script, *args]
    module = {"__name__": "__main__", "__file__": script, "__builtins__": __builtins__}
    code = compile(source, script, "exec")
    sys.setprofile(sizes)
    try:
        exec(code, module)
    finally:
        sys.setprofile(None)
        Path(notes).write_text(json.dumps(sizes.found), encoding="utf-8")


if __name__ == "__main__":
    main()
