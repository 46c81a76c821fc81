"""Holds an example's code before and after a rewrite against each other.

Both are run as modules; then each function that they define is called with a battery of
arguments. What is compared: output, value, error, the order of recorded effects, and what
the arguments are afterwards. A rewrite may rely on named assumptions; arguments that break one
of those are left out.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import inspect
import io
import itertools
import random
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from observe import (
    OutOfTime,
    Output,
    describe,
    describe_error,
    in_child,
    run_source,
    serve,
    time_limit,
    without_addresses,
)

SECONDS = 20.0
CALL_SECONDS = 0.5
MOST_CALLS = 500

PURE = "operators-are-pure"
ATTRIBUTES = "attribute-reads-are-pure"
ORDER = "total-order"
METHODS = "known-method-names"
READABLE = "files-read-without-errors"
STOP = "no-stray-stop-iteration"
ONE_ERROR = "one-error-at-a-time"

Trace = list[str]


class Input(NamedTuple):
    """An argument of the battery."""

    name: str
    breaks: frozenset[str]
    make: Callable[[Trace], Any]


class Noted:
    """A number that notes every operation that is made with it."""

    def __init__(self, value: int, trace: Trace) -> None:
        self.value = value
        self.trace = trace

    def note(self, what: str) -> None:
        self.trace.append(f"{what} {self.value}")

    def __add__(self, other: Any) -> Any:
        self.note("add")
        return getattr(other, "value", other) + self.value

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        self.note("mul")
        return getattr(other, "value", other) * self.value

    __rmul__ = __mul__

    def __lt__(self, other: Any) -> bool:
        self.note("lt")
        return bool(self.value < getattr(other, "value", other))

    def __gt__(self, other: Any) -> bool:
        self.note("gt")
        return bool(self.value > getattr(other, "value", other))

    def __eq__(self, other: object) -> bool:
        self.note("eq")
        return bool(self.value == getattr(other, "value", other))

    def __hash__(self) -> int:
        self.note("hash")
        return self.value

    def __bool__(self) -> bool:
        self.note("bool")
        return self.value % 2 == 0

    def __repr__(self) -> str:
        return f"Noted({self.value})"


class Record:
    """Has every attribute; each is a small number or a short text, by its name."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = (sum(map(ord, name)) * (self.number + 1)) % 5
        return f"{name}{value}" if name in {"user", "user_id", "name", "path", "text"} else value

    def __getitem__(self, key: Any) -> Any:
        return getattr(self, str(key))

    def __repr__(self) -> str:
        return f"Record({self.number})"


class Sink:
    """Takes what is written, appended or added, and notes it."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def write(self, text: Any) -> int:
        self._trace.append(f"write {text!r}")
        return len(str(text))

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self._trace.append(f"line {line!r}")

    append = add = send = put = write
    extend = update = writelines


def noting(items: list[Any], trace: Trace) -> Iterator[Any]:
    """Yields items and notes that it does, and that it is closed."""
    try:
        for item in items:
            trace.append(f"give {item!r}")
            yield item
        trace.append("end")
    finally:
        trace.append("closed")


def failing(items: list[Any]) -> Iterator[Any]:
    """Yields items, then fails."""
    yield from items
    raise ValueError("no more")


def text_file(text: str, name: str = "sample.txt") -> str:
    """Writes a file and gives its path."""
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return name


def opened(text: str) -> io.TextIOBase:
    """The same, open for reading."""
    return open(text_file(text), encoding="utf-8")


def noting_function(trace: Trace, fails_at: int = -1, stops_at: int = -1) -> Callable[..., Any]:
    """A function that notes its calls."""
    calls = itertools.count(1)

    def function(*args: Any) -> Any:
        call = next(calls)
        trace.append(f"call {call} {args!r}")
        if call == fails_at:
            raise KeyError(f"call {call}")
        if call == stops_at:
            raise StopIteration(call)
        return args[0] if args else call

    return function


def noting_bytes() -> io.TextIOBase:
    """A file that cannot be decoded to its end."""
    with open("broken.txt", "wb") as file:
        file.write(b"good\n" * 3 + b"\xff\xfe\n")
    return open("broken.txt", encoding="utf-8")


ODD_LINES = "a 1\nb\x0b2\r\nc\x853\rd\u20284\n\ne 5"
CSV_LINES = 'id,name,amount\n1,ann,10\n2,"bo\nb",20\n3,cy,5\n'


def plain(name: str, value: Any) -> Input:
    """An input that breaks no assumption; copied for each call."""
    return Input(name, frozenset(), lambda _trace: copy.deepcopy(value))


def special(name: str, breaks: set[str], make: Callable[[Trace], Any]) -> Input:
    """An input that is built for each call."""
    return Input(name, frozenset(breaks), make)


BATTERY = [
    plain("empty list", []),
    plain("one", [5]),
    plain("ties", [3, 1, 3, 2, 1]),
    plain("bools and ints", [True, 1, 0, False, 2]),
    plain("zero", [2, -1, 0, 4]),
    plain("floats", [1.5, -0.0, 0.0, 2.5, 1e16, 1.0]),
    plain("strings", ["b", "a", "c", "a"]),
    plain("digits", ["3", "1", "2", "10"]),
    special("bad digits", {PURE}, lambda _: ["3", "x", "2"]),
    plain("lines", ["a 1 2\n", "b 2 3\n", "a 3 4"]),
    plain("pairs", [(1, "a"), (0, "b"), (1, "c")]),
    plain("triples", [(3, "a", 1), (1, "b", 2), (3, "c", 3)]),
    plain("lists", [[1, 2], [], [3]]),
    plain("dicts", [{"a": 1, "b": 2}, {"a": 0, "b": 5}]),
    special("mixed", {PURE}, lambda _: [1, "a", 2]),
    special("unhashable", {PURE}, lambda _: [[1], [2]]),
    plain("tuple", (2, 1, 2)),
    plain("text", "hello"),
    plain("dict", {"a": 1, "b": 2}),
    plain("range", range(6)),
    plain("none", None),
    plain("three", 3),
    plain("minus one", -1),
    special("records", {ATTRIBUTES}, lambda _: [Record(n) for n in (3, 1, 3, 0)]),
    special("nan", {ORDER}, lambda _: [2.0, float("nan"), 1.0, float("nan"), 3.0]),
    special("generator", set(), lambda _: (n for n in (3, 1, 2))),
    special("generator of strings", set(), lambda _: iter(["10", "9", "8"])),
    special("noting generator", {PURE}, lambda trace: noting([3, 1, 2], trace)),
    special("failing generator", {PURE}, lambda _: failing([1, 2])),
    special("noted", {PURE}, lambda trace: [Noted(n, trace) for n in (3, 1, 3, 2)]),
    special("file", set(), lambda _: opened("a 1\nb 2\nc 3\n")),
    special("file without end", set(), lambda _: opened("3\n1\n2")),
    special("odd file", set(), lambda _: opened(ODD_LINES)),
    special("empty file", set(), lambda _: opened("")),
    special("csv file", set(), lambda _: opened(CSV_LINES)),
    special("broken file", {READABLE}, lambda _: noting_bytes()),
    special("path", set(), lambda _: text_file("4\n2\n4\n1")),
    special("odd path", set(), lambda _: text_file(ODD_LINES, "odd.txt")),
    special("csv path", set(), lambda _: text_file(CSV_LINES, "rows.csv")),
    special(
        "paths",
        set(),
        lambda _: [text_file("5 a\n1 b\n", "one.txt"), text_file("3 c\n2 a", "two.txt")],
    ),
    special("sink", {METHODS}, Sink),
    special("function", set(), noting_function),
    special("failing function", set(), lambda trace: noting_function(trace, fails_at=3)),
    special("stopping function", {STOP}, lambda trace: noting_function(trace, stops_at=3)),
]


def combinations(count: int, battery: list[Input]) -> list[tuple[Input, ...]]:
    """Arguments for `count` parameters: all of them, or a fair and fixed choice."""
    if len(battery) ** count <= MOST_CALLS:
        return list(itertools.product(battery, repeat=count))
    pick = random.Random(count)
    return [tuple(pick.choices(battery, k=count)) for _ in range(MOST_CALLS)]


def parameters(function: types.FunctionType) -> int | None:
    """How many arguments a function needs; none if they cannot be given by place."""
    needed = 0
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            return None
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            needed += parameter.default is parameter.empty
    return needed if needed <= 4 else None


def run_coroutine(coroutine: Any) -> Any:
    """Drives a coroutine that waits for nothing."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value


def call(function: types.FunctionType, chosen: tuple[Input, ...]) -> dict[str, str]:
    """One call, and everything that can be seen of it."""
    trace: Trace = []
    output = Output()
    arguments = [one.make(trace) for one in chosen]
    value, error = "", ""
    with contextlib.redirect_stdout(output):
        try:
            with time_limit(CALL_SECONDS):
                result = function(*arguments)
                if inspect.iscoroutine(result):
                    result = run_coroutine(result)
                value = describe(result)
        except OutOfTime:
            error = "OutOfTime"
        except BaseException as raised:
            error = describe_error(raised)
            raised.__traceback__ = None
        # Before the arguments are looked at, since looking leaves traces too.
        effects = list(trace)
        try:
            with time_limit(CALL_SECONDS):
                left = "; ".join(describe(argument) for argument in arguments)
        except OutOfTime:
            left = "OutOfTime"
    for argument in arguments:
        if isinstance(argument, io.IOBase):
            # `open(3)` takes file number 3 for its own, whosesoever it was.
            with contextlib.suppress(OSError):
                argument.close()
    seen = {
        "output": output.getvalue(),
        "value": value,
        "error": error,
        "effects": "; ".join(effects),
        "arguments": left,
    }
    # A program may print, note, write or put into a text any object that it was given.
    return {what: without_addresses(text) for what, text in seen.items()}


def is_program(code: str) -> bool:
    """Whether the module does its work when it is loaded."""
    body = ast.parse(code).body
    return any(isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Call) for stmt in body)


def observe(code: str, battery: list[Input]) -> dict[str, dict[str, str]]:
    """The module's own run and the calls of its functions, by label."""
    namespace: dict[str, Any] = {"__name__": "example"}
    with time_limit(SECONDS / 4):
        seen = {"the module": run_source(code, namespace)}
    del namespace["__name__"]
    own = {n: v for n, v in namespace.items() if getattr(v, "__module__", None) == "example"}
    for name, value in namespace.items():
        is_plain = name in own or not (callable(value) or isinstance(value, types.ModuleType))
        if is_plain and not name.startswith("_"):
            seen[f"the name {name}"] = {"value": describe(value)}
    for name, function in own.items():
        # Nobody else calls what is private, or belongs to a program.
        if not isinstance(function, types.FunctionType) or name.startswith("_") or is_program(code):
            continue
        count = parameters(function)
        if count is None:
            continue
        for number, chosen in enumerate(combinations(count, battery)):
            arguments = ", ".join(one.name for one in chosen)
            seen[f"{name}({arguments}) #{number}"] = call(function, chosen)
    return seen


def tolerated(before: dict[str, str], after: dict[str, str], relied: set[str]) -> bool:
    """Whether a difference is one of those that the rewrite's reliances name."""
    failed = bool(before.get("error")) and bool(after.get("error"))
    if "OutOfTime" in (before.get("error"), after.get("error")):
        return False
    if "skipped-items" in relied:
        same = ("output", "value") if not before.get("error") else ()
        return all(before.get(what) == after.get(what) for what in same)
    # With a failure, work may be done up to another place, and another error may win.
    return failed and bool(
        relied & {PURE, ATTRIBUTES, METHODS, ONE_ERROR, READABLE, "early-effects"}
    )


def differences(before: Any, after: Any, relied: set[str]) -> list[str]:
    """What differs, one line each."""
    found: list[str] = []
    for label, seen in before.items():
        other = after.get(label)
        if other == seen or (other is not None and tolerated(seen, other, relied)):
            continue
        if other is None:
            found.append(f"{label}: only before: {seen}")
            continue
        for what in seen:
            if seen[what] != other.get(what):
                found.append(f"{label}: {what}: {seen[what]!r} became {other.get(what)!r}")
    return found


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """`{before, after, relies_on}` to the differences and the number of comparisons."""
    relied = set(job["relies_on"])
    battery = [one for one in BATTERY if not one.breaks & relied]
    before = in_child(lambda: observe(job["before"], battery), SECONDS)
    after = in_child(lambda: observe(job["after"], battery), SECONDS)
    if before is None or after is None:
        which = "before" if before is None else "after"
        return {"differences": [f"the code {which} died or ran out of time"], "comparisons": 0}
    problems = differences(before, after, relied)
    ended = before["the module"]["error"]
    if ended.startswith(("NameError", "SyntaxError")):
        problems.insert(0, f"the example does not stand on its own: {ended}")
    live = sum(1 for seen in before.values() if not seen.get("error"))
    return {"differences": problems, "comparisons": len(before), "live": live}


if __name__ == "__main__":
    serve(answer)
