"""The tables of what known calls do, held against the running CPython.

A line of `crates/semantic/tables` is believed without proof, so each is tried: what it names
exists, its result is of the kind it says, it changes and walks what it says, and it fails only
where it says that it may.
"""

from __future__ import annotations

import builtins
import collections
import contextlib
import copy
import csv
import hashlib
import importlib
import io
import itertools
import random
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

TABLES = Path(__file__).parent.parent / "crates/semantic/tables"

# Where files and folders are made; goes when the tests end.
SCRATCH = tempfile.TemporaryDirectory(prefix="spacetime-tables-")

# Failures that depend on values; the wrong type is another matter.
VALUE_ERRORS = (ValueError, LookupError, ArithmeticError)


class Line(NamedTuple):
    """One line of a table."""

    table: str
    name: str
    result: str
    flags: tuple[str, ...]

    def has(self, flag: str) -> bool:
        """Whether the line bears the flag, with or without an argument."""
        return any(one.split("=")[0] == flag for one in self.flags)


def read(table: str) -> list[Line]:
    """The lines of a table."""
    text = (TABLES / f"{table}.txt").read_text(encoding="utf-8")
    rows = [row.split() for row in text.splitlines() if row.strip() and not row.startswith("#")]
    return [Line(table, name, result, tuple(flags)) for name, result, *flags in rows]


BUILTINS = read("builtins")
METHODS = read("methods")
MODULES = read("modules")


def named(lines: list[Line]) -> list[Any]:
    """Parameters with names."""
    return [pytest.param(line, id=line.name) for line in lines]


@pytest.mark.parametrize("table", ["builtins", "methods", "modules"])
def test_every_call_has_one_line(table: str) -> None:
    counts = collections.Counter(line.name for line in read(table))
    assert [name for name, count in counts.items() if count > 1] == []


def find(qualified: str) -> Any:
    """What a qualified name stands for."""
    parts = qualified.split(".")
    for at in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:at]))
        except ImportError:
            continue
        for part in parts[at:]:
            found = getattr(found, part)
        return found
    raise LookupError(qualified)


@pytest.mark.parametrize("line", named(BUILTINS))
def test_builtins_exist(line: Line) -> None:
    assert callable(getattr(builtins, line.name))


@pytest.mark.parametrize("line", [pytest.param(line, id=line.name) for line in MODULES])
def test_functions_exist(line: Line) -> None:
    assert callable(find(line.name))


def open_file() -> io.TextIOWrapper:
    """A text file on disk."""
    return Path(__file__).open(encoding="utf-8")


def file_path() -> Path:
    """The path of a small file that may be written to."""
    path = Path(tempfile.mkdtemp(dir=SCRATCH.name), "a.txt")
    path.write_text("a 1\nb 2\n", encoding="utf-8")
    return path


def text_file() -> io.TextIOWrapper:
    """A text file in memory."""
    return io.TextIOWrapper(io.BytesIO(b"a 1\nb 2\n"), encoding="utf-8")


# What makes receivers of each type, of several values.
RECEIVERS: dict[str, list[Callable[[], Any]]] = {
    "str": [lambda: "", lambda: "a b\tc\nd", lambda: "1", lambda: "aXbXc", lambda: "é\ud800"],
    "bytes": [lambda: b"", lambda: b"a b\nc", lambda: b"1", lambda: b"\xff"],
    "int": [lambda: 0, lambda: 5, lambda: -1, lambda: True, lambda: 1 << 80],
    "float": [lambda: 0.0, lambda: 1.5, lambda: float("nan"), lambda: float("inf")],
    "list": [lambda: [], lambda: [3, 1, 2], lambda: ["b", "a"], lambda: [1, 1]],
    "deque": [
        collections.deque,
        lambda: collections.deque([1, 2]),
        lambda: collections.deque([1], maxlen=1),
    ],
    "tuple": [lambda: (), lambda: (1, 2, 1)],
    "set": [set, lambda: {1, 2}],
    "frozenset": [frozenset, lambda: frozenset({1, 2})],
    "dict": [dict, lambda: {"a": 1, 1: "b"}],
    "counter": [collections.Counter, lambda: collections.Counter("abca")],
    "file": [text_file, open_file],
    "pattern": [lambda: re.compile("a(b)?"), lambda: re.compile("")],
    "match": [lambda: re.match("a(b)?", "ac"), lambda: re.match("(?P<n>a)(b)", "ab")],
    "hash": [hashlib.sha256],
    "csvwriter": [lambda: csv.writer(io.StringIO())],
    "json": [dict, lambda: {"a": 1}],
    "path": [file_path, lambda: Path(tempfile.mkdtemp(dir=SCRATCH.name))],
}
# Arguments worth trying; a combination of a wrong type is skipped.
ARGUMENTS: dict[str, list[Any]] = {
    "str": ["", "a", "X", 0, 3, -1, ["a", "b"], None, {97: "b"}],
    "bytes": [b"", b"a", 0, 3, -1, [b"a"], None, "ascii"],
    "int": [0, 3, "big"],
    "float": [],
    "file": [0, 3, "a", ["a"], -1],
    "pattern": ["", "ab", "b", 0],
    "match": [0, 1, 2, "n"],
    "csvwriter": [["a", 1], [["a"], ["b"]]],
    "hash": [b"a"],
    "path": ["a", ".x", b"x", "/", 0],
}
USUAL_ARGUMENTS: list[Any] = [1, "a", 0, 7, [1, 2], [], {"z": 1}, -1, None]

KINDS: dict[str, tuple[type, ...]] = {
    "none": (type(None),),
    "bool": (bool,),
    "int": (int,),
    "float": (float,),
    "complex": (complex,),
    "str": (str,),
    "bytes": (bytes,),
    "range": (range,),
    "list": (list,),
    "set": (set,),
    "frozenset": (frozenset,),
    "deque": (collections.deque,),
    "tupleof": (tuple,),
    "tuple": (tuple,),
    "dict": (dict,),
    "defaultdict": (collections.defaultdict,),
    "counter": (collections.Counter,),
    "pattern": (re.Pattern,),
    "match": (re.Match, type(None)),
}


def split_kind(result: str) -> tuple[str, list[str]]:
    """`tuple(int,list(str))` to its name and its items."""
    name, _, rest = result.partition("(")
    items, depth, item = [], 0, ""
    for sign in rest[:-1]:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            items.append(item)
            item = ""
        else:
            item += sign
    return name, [*items, item] if item else items


def is_of_kind(value: Any, result: str) -> bool:
    """Whether the value is exactly of the kind that a table gives."""
    name, items = split_kind(result)
    if name == "iterator":
        return isinstance(value, Iterator | collections.abc.MappingView)
    if name not in KINDS:
        # Any, an element, or a type that is looked at nowhere.
        return True
    if type(value) not in KINDS[name]:
        return False
    if name == "tuple":
        pairs = zip(value, items, strict=False)
        return len(value) == len(items) and all(is_of_kind(*pair) for pair in pairs)
    return not items or all(is_of_kind(item, items[0]) for item in value)


class Outcome(NamedTuple):
    """What one call of a method did."""

    call: str
    before: Any
    receiver: Any
    result: Any
    error: Exception | None


def snapshot(receiver: Any) -> Any:
    """What can be compared after the call."""
    if isinstance(receiver, io.IOBase):
        return None
    try:
        return copy.deepcopy(receiver)
    except TypeError:
        return None


def outcomes(line: Line) -> list[Outcome]:
    """Every call of a method that is no mistake of types."""
    kind, method = line.name.split(".")
    arguments = ARGUMENTS.get(kind, USUAL_ARGUMENTS)
    found = []
    for make, count in itertools.product(RECEIVERS[kind], range(4)):
        for chosen in itertools.product(arguments, repeat=count):
            if count == 3 and len(found) > 200:
                break
            receiver = make()
            before = snapshot(receiver)
            result: Any = None
            error: Exception | None = None
            text = f"{before!r}.{method}{chosen!r}"
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    result = getattr(receiver, method)(*copy.deepcopy(chosen))
            except (TypeError, AttributeError, UnicodeError, OSError, OverflowError):
                continue
            except Exception as raised:
                error = raised
            found.append(Outcome(text, before, receiver, result, error))
    return found


@pytest.mark.parametrize("line", named(METHODS))
def test_methods_exist_and_give_what_is_said(line: Line) -> None:
    kind, method = line.name.split(".")
    assert all(hasattr(make(), method) for make in RECEIVERS[kind])
    done = [one for one in outcomes(line) if one.error is None]
    assert done, "no sample could be called"
    wrong = [
        f"{one.call} is {one.result!r}" for one in done if not is_of_kind(one.result, kinds(line))
    ]
    assert wrong[:5] == []


def kinds(line: Line) -> str:
    """The result, where `filetext` stands for the text of our sample."""
    return line.result.replace("filetext", "str")


@pytest.mark.parametrize("line", named([one for one in METHODS if not one.has("mutates")]))
def test_methods_that_change_nothing_change_nothing(line: Line) -> None:
    for one in outcomes(line):
        if one.before is not None:
            same = repr(one.receiver) == repr(one.before)
            assert same or isinstance(one.receiver, re.Match), one.call


@pytest.mark.parametrize("line", named([one for one in METHODS if one.has("mutates")]))
def test_methods_that_change_something_do(line: Line) -> None:
    kind = line.name.split(".")[0]
    if kind in ("file", "hash", "csvwriter"):
        pytest.skip("changes what cannot be compared")
    assert any(repr(one.receiver) != repr(one.before) for one in outcomes(line))


SURE = [one for one in METHODS if not one.has("raises") and not one.has("separator")]


@pytest.mark.parametrize("line", named(SURE))
def test_methods_fail_only_where_it_is_said(line: Line) -> None:
    failed = {
        f"{one.call}: {type(one.error).__name__}: {one.error}"
        for one in outcomes(line)
        if isinstance(one.error, VALUE_ERRORS)
    }
    assert sorted(failed)[:3] == []


def test_telling_names_belong_to_one_type() -> None:
    unique = collections.Counter(line.name.split(".")[1] for line in METHODS if line.has("unique"))
    assert [name for name, count in unique.items() if count > 1] == []


# Samples of functions: arguments, made for each call.
SAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "abs": [(-1,), (2j,), (True,)],
    "all": [([1, 0],)],
    "any": [([1, 0],)],
    "ascii": [("é",)],
    "bin": [(3,)],
    "bytes": [([1, 2],)],
    "chr": [(97,)],
    "dict": [([(1, 2)],)],
    "enumerate": [("ab",)],
    "filter": [(None, [0, 1])],
    "float": [("1",)],
    "format": [(1.5, ".1f")],
    "frozenset": [("ab",)],
    "hash": [("a",)],
    "hex": [(3,)],
    "id": [(3,)],
    "int": [("3",), (True,)],
    "isinstance": [(1, int)],
    "iter": [([1],)],
    "len": [([1],)],
    "list": [("ab",)],
    "map": [(str, [1])],
    "oct": [(3,)],
    "ord": [("a",)],
    "range": [(3,)],
    "repr": [(3,)],
    "reversed": [([1, 2],)],
    "set": [("ab",)],
    "sorted": [("ba",)],
    "str": [(3,)],
    "tuple": [("ab",)],
    "zip": [("ab", [1, 2])],
    "base64.b64decode": [(b"YQ==",)],
    "base64.b64encode": [(b"a",)],
    "bisect.bisect": [([1, 2], 1)],
    "bisect.bisect_left": [([1, 2], 1)],
    "bisect.bisect_right": [([1, 2], 1)],
    "collections.Counter": [("ab",)],
    "collections.OrderedDict": [([(1, 2)],)],
    "collections.defaultdict": [(list,)],
    "collections.deque": [([1],)],
    "heapq.merge": [([1], [2])],
    "heapq.nlargest": [(1, [1, 2])],
    "heapq.nsmallest": [(1, [1, 2])],
    "html.escape": [("<",)],
    "html.unescape": [("&lt;",)],
    "itertools.accumulate": [([1, 2],)],
    "itertools.chain": [([1], [2])],
    "itertools.chain.from_iterable": [([[1]],)],
    "itertools.count": [(1,)],
    "itertools.cycle": [([1],)],
    "itertools.groupby": [([1, 1],)],
    "itertools.islice": [([1, 2], 1)],
    "itertools.pairwise": [([1, 2],)],
    "itertools.product": [([1], [2])],
    "itertools.repeat": [(1,)],
    "itertools.takewhile": [(bool, [1])],
    "itertools.zip_longest": [([1], [])],
    "json.dumps": [([1],)],
    "math.ceil": [(1.5,)],
    "math.cos": [(1,)],
    "math.dist": [([1], [2])],
    "math.exp": [(1,)],
    "math.fabs": [(-1,)],
    "math.floor": [(1.5,)],
    "math.fsum": [([1, 2],)],
    "math.gcd": [(4, 6)],
    "math.hypot": [(3, 4)],
    "math.isclose": [(1, 1)],
    "math.isfinite": [(1,)],
    "math.isinf": [(1,)],
    "math.isnan": [(1,)],
    "math.log": [(2,)],
    "math.log10": [(2,)],
    "math.log2": [(2,)],
    "math.pow": [(2, 3)],
    "math.radians": [(1,)],
    "math.sin": [(1,)],
    "math.sqrt": [(2,)],
    "math.tan": [(1,)],
    "math.trunc": [(1.5,)],
    "os.fspath": [("a",), (b"a",)],
    "os.getcwd": [()],
    "os.listdir": [(".",), (b".",)],
    "os.path.abspath": [("a",), (b"a",)],
    "os.path.basename": [("a",), (b"a",)],
    "os.path.dirname": [("a",), (b"a",)],
    "os.path.exists": [("a",)],
    "os.path.getsize": [(".",)],
    "os.path.isdir": [("a",)],
    "os.path.isfile": [("a",)],
    "os.path.join": [("a", "b"), (b"a", b"b")],
    "os.path.normpath": [("a",), (b"a",)],
    "os.path.relpath": [("a",), (b"a",)],
    "os.path.split": [("a",), (b"a",)],
    "os.path.splitext": [("a",), (b"a",)],
    "re.compile": [("a",), (b"a",)],
    "re.findall": [("a", "a"), (b"a", b"a")],
    "re.finditer": [("a", "a")],
    "re.fullmatch": [("a", "b")],
    "re.match": [("a", "a")],
    "re.search": [("a", "a")],
    "re.split": [("a", "bab"), (b"a", b"bab")],
    "re.sub": [("a", "b", "a"), (b"a", b"b", b"a")],
    "string.capwords": [("a b",)],
    "struct.calcsize": [("i",)],
    "struct.pack": [("i", 1)],
    "struct.unpack": [("i", b"\1\0\0\0")],
    "textwrap.dedent": [(" a",)],
    "time.monotonic": [()],
    "time.perf_counter": [()],
    "time.time": [()],
    "time.sleep": [(0,)],
    "urllib.parse.quote": [("a b",), (b"a b",)],
    "urllib.parse.unquote": [("a%20b",), (b"a%20b",)],
    "random.random": [()],
    "random.randint": [(1, 2)],
    "random.randrange": [(3,)],
    "random.uniform": [(1, 2)],
    "random.shuffle": [([1, 2],)],
    "random.sample": [([1, 2], 1)],
    "random.gauss": [()],
}
SAMPLED = [line for line in [*BUILTINS, *MODULES] if line.name in SAMPLES]


def call(line: Line, arguments: tuple[Any, ...]) -> Any:
    """One call of a function of a table."""
    function = getattr(builtins, line.name) if line.table == "builtins" else find(line.name)
    return function(*arguments)


@pytest.mark.parametrize("line", named(SAMPLED))
def test_functions_give_what_is_said(line: Line) -> None:
    result = line.result
    if "elem" in result:
        # The items of the samples are all kinds of things.
        result = result.replace("elem", "any")
    for arguments in SAMPLES[line.name]:
        value = call(line, copy.deepcopy(arguments))
        assert is_of_kind(value, result), f"{line.name}{arguments!r} is {value!r}"


@pytest.mark.parametrize("line", named([one for one in SAMPLED if not one.has("mutates")]))
def test_functions_change_no_argument(line: Line) -> None:
    for arguments in SAMPLES[line.name]:
        mine = copy.deepcopy(arguments)
        with contextlib.suppress(VALUE_ERRORS):
            call(line, mine)
        assert repr(mine) == repr(arguments)


DRAINING = [one for one in SAMPLED if "drains=0" in one.flags]


@pytest.mark.parametrize("line", named(DRAINING))
def test_drained_arguments_are_drained(line: Line) -> None:
    first, *rest = SAMPLES[line.name][0]
    walked = iter(list(first))
    value = call(line, (walked, *rest))
    if line.name in ("any", "all"):
        assert value in (True, False)
        return
    assert list(walked) == []


KEEPING = [one for one in SAMPLED if "keeps=0" in one.flags]


@pytest.mark.parametrize("line", named(KEEPING))
def test_kept_arguments_are_walked_later(line: Line) -> None:
    first, *rest = SAMPLES[line.name][0]
    if line.name in ("reversed", "itertools.repeat"):
        pytest.skip("takes no iterator, or walks none")
    walked = iter(list(first))
    kept = call(line, (walked, *rest))
    next(kept)
    random.seed(0)
    assert kept is not None
