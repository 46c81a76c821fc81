"""``SpillList`` beside ``list``."""

from __future__ import annotations

import bisect
import copy
import datetime as dt
import decimal
import enum
import gc
import math
import os
import pickle
import random
import sqlite3
import subprocess
import sys
import threading
import uuid
import weakref
from collections import Counter, OrderedDict, deque, namedtuple
from collections.abc import Callable, Iterator, MutableSequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillList

pytestmark = pytest.mark.usefixtures("little_memory")


def spilled(make: Callable[[], Any]) -> tuple[Any, int]:
    """What a function gives, and how many bytes it has spilled."""
    before = runtime.stats()["bytes"]
    result = make()
    return result, runtime.stats()["bytes"] - before


MAKE: dict[str, Callable[[int], Any]] = {
    "int": lambda n: n * 1001 - 5000,
    "str": lambda n: f"item {n % 97}" * (n % 5),
    "row": lambda n: (n, f"é{n}", None, n / 3, n % 2 == 0, b"\0\1" * (n % 7)),
    "dict": lambda n: {"id": n, "tags": ["a", n]} | ({"name": f"n{n % 10}"} if n % 3 else {}),
}


def outcome(work: Callable[[Any], Any], subject: Any) -> Any:
    """What an operation gives or raises, with lists of both kinds alike."""
    try:
        result = work(subject)
    except Exception as error:
        return type(error), str(error)
    if isinstance(result, SpillList):
        return ["list", *result]
    if type(result) is list:
        return ["list", *result]
    return result


def operation(chance: random.Random, kind: str) -> Callable[[Any], Any]:
    """One thing to do to a list, chosen at random."""
    make = MAKE[kind]

    def item() -> Any:
        return make(chance.randrange(1000))

    def items(most: int = 12) -> list[Any]:
        return [item() for _ in range(chance.randrange(most))]

    def index() -> int:
        return chance.choice([chance.randrange(-10, 10), chance.randrange(-900, 900)])

    def cut() -> slice:
        return slice(
            chance.choice([None, index()]),
            chance.choice([None, index()]),
            chance.choice([None, 1, -1, 2, -3, 0]),
        )

    def set_item(xs: Any, place: Any, value: Any) -> None:
        xs[place] = value

    def delete(xs: Any, place: Any) -> None:
        del xs[place]

    def walk_and_grow(xs: Any, added: list[Any]) -> list[Any]:
        left, seen = list(added), []
        for x in xs:
            seen.append(x)
            if left:
                xs.append(left.pop())
        return seen

    def add_in_place(xs: Any, other: Any) -> bool:
        old = xs
        xs += other
        return xs is old

    one, many, some, at, where = item(), items(400), items(), index(), cut()
    other = index()
    common: list[Callable[[Any], Any]] = [
        lambda xs: xs.append(one),
        lambda xs: xs.extend(many),
        lambda xs: xs.extend(iter(many)),
        lambda xs: xs.extend(x for x in many),
        lambda xs: add_in_place(xs, some),
        lambda xs: xs[at],
        lambda xs: xs[-1],
        lambda xs: xs[where],
        lambda xs: list(xs),
        lambda xs: list(reversed(xs)),
        lambda xs: len(xs),
        lambda xs: bool(xs),
        lambda xs: one in xs,
        lambda xs: xs.count(one),
        lambda xs: xs.index(one),
        lambda xs: xs.index(one, at),
        lambda xs: xs.index(one, at, other),
        lambda xs: [xs[i] for i in range(min(len(xs), 200))],
        lambda xs: [xs[i] for i in range(len(xs) - 1, 0, -1)],
        lambda xs: xs.pop(),
        lambda xs: [xs.pop() for _ in range(len(xs) // 3)],
        lambda xs: walk_and_grow(xs, some),
        lambda xs: repr(xs),
        lambda xs: xs == list(xs),
        lambda xs: list(xs) == xs,
        lambda xs: xs != many,
        lambda xs: xs < many,
        lambda xs: many <= xs if kind != "dict" else None,
        lambda xs: xs > list(xs),
        lambda xs: xs + some,
        lambda xs: some + xs,
        lambda xs: xs * 2,
        lambda xs: xs.copy(),
        lambda xs: set_item(xs, -1, one),
        lambda xs: [x for pair in zip(xs, xs, strict=True) for x in pair],
        lambda xs: xs.extend(xs) if len(xs) < 500 else None,
        lambda xs: pickle.loads(pickle.dumps(xs)),
    ]
    rare: list[Callable[[Any], Any]] = [
        lambda xs: xs.insert(at, one),
        lambda xs: xs.pop(at),
        lambda xs: xs.remove(one),
        lambda xs: xs.clear(),
        lambda xs: xs.reverse(),
        lambda xs: xs.sort(key=repr, reverse=at > 0),
        lambda xs: xs.sort(),
        lambda xs: set_item(xs, at, one),
        lambda xs: set_item(xs, where, some),
        lambda xs: set_item(xs, where, 5),
        lambda xs: delete(xs, at),
        lambda xs: delete(xs, where),
        lambda xs: xs.__imul__(at % 3),
        lambda xs: copy.deepcopy(xs),
    ]
    return chance.choice(rare if chance.random() < 0.06 else common)


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("seed", range(25))
def test_every_operation_is_a_lists(kind: str, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    make = MAKE[kind]
    start = [make(n) for n in range(chance.randrange(1500))]
    expected = list(start)
    xs: Any = SpillList(start, frozen=chance.random() < 0.8)
    del start
    for _ in range(60):
        work = operation(chance, kind)
        # Deep copies, so that nobody else holds what is put in.
        assert outcome(copy.deepcopy(work), xs) == outcome(work, expected)
        assert len(xs) == len(expected)
    assert list(xs) == expected


def change_before_the_end(chance: random.Random, xs: list[Any]) -> Callable[[Any], Any]:
    """Something that puts items in, replaces them or takes them out."""
    at = chance.randrange(-len(xs), len(xs))
    until = at + chance.randrange(3)
    item = (chance.random(), "new")
    some, known = [item] * chance.randrange(4), xs[at]
    changes: list[Callable[[Any], Any]] = [
        lambda it: it.insert(at, item),
        lambda it: it.pop(at),
        lambda it: it.__delitem__(at),
        lambda it: it.__delitem__(slice(at, until)),
        lambda it: it.__setitem__(at, item),
        lambda it: it.__setitem__(slice(at, until), some),
        lambda it: it.__setitem__(slice(until, at), (one for one in some)),
        lambda it: it.__setitem__(slice(at, None), 5),
        lambda it: it.remove(known),
        lambda it: it.remove("nothing"),
        lambda it: it.reverse(),
        lambda it: it.insert("nowhere", item),
        lambda it: it.pop(10**30),
        lambda it: it.pop(None),
        lambda it: it.pop(1, 2),
        lambda it: it.insert(-(2**64), item),
    ]
    return chance.choice(changes)


@pytest.mark.parametrize("seed", range(20))
def test_changes_before_the_end(seed: int) -> None:
    """As a list does them, and what was on disk stays there until it is done often."""
    chance = random.Random(seed)
    expected = [(n, f"item {n}") for n in range(chance.randrange(3000, 6000))]
    xs: Any = SpillList(expected, frozen=True)
    walk, other = iter(xs), iter(expected)
    for step in range(24):
        change = change_before_the_end(chance, expected)
        assert outcome(change, xs) == outcome(change, expected)
        assert next(walk) == next(other)
        if step < 10:
            assert len(tail(xs)) < len(expected)
    assert list(xs) == expected
    assert list(walk) == list(other)


def test_a_list_is_put_into_itself() -> None:
    expected = [(n, f"item {n}") for n in range(4000)]
    xs: Any = SpillList(expected, frozen=True)
    for it in (xs, expected):
        it[5:5] = it
        it[-3:] = it[:2]
        del it[1:3]
    assert list(xs) == expected
    assert len(tail(xs)) < 4000


def test_it_spills_and_is_small() -> None:
    for name, make in MAKE.items():
        items = map(make, range(5000))
        xs, written = spilled(lambda items=items: SpillList(items, frozen=True))
        assert written > 5000, name
        assert [type(x) for x in xs] == [type(make(n)) for n in range(5000)]
        assert xs == [make(n) for n in range(5000)]
        assert len(tail(xs)) < 500


def test_identity_of_a_list() -> None:
    xs: Any = SpillList()
    assert isinstance(xs, MutableSequence)
    assert not isinstance(xs, list)
    with pytest.raises(TypeError, match="unhashable type"):
        hash(xs)
    match SpillList([1, 2]):
        case [1, second]:
            assert second == 2
        case _:
            raise AssertionError
    xs.append(xs)
    assert repr(xs) == "[[...]]"
    assert type([1] + SpillList([2])) is SpillList  # noqa: RUF005
    plain = alias = [1]
    plain += SpillList([2])
    assert alias is plain
    assert alias == [1, 2]


def tail(xs: Any) -> list[Any]:
    """The part of a list that is in memory."""
    return next(held for held in gc.get_referents(xs) if type(held) is list)


class Plain:
    def __init__(self, number: int) -> None:
        self.number = number
        self.name = f"n{number}"


class Comparable(Plain):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Comparable) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return self.number


@dataclass
class Data:
    number: int
    name: str = "x"
    more: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Slotted:
    number: int
    name: str


class HalfSlotted:
    __slots__ = ("__private", "maybe", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.__private = -number
        if number % 2:
            self.maybe = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HalfSlotted) and self.state() == other.state()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.state())

    def state(self) -> Any:
        return self.number, self.__private, getattr(self, "maybe", None)


@dataclass(slots=True, weakref_slot=True)
class Base:
    number: int


@dataclass(slots=True, weakref_slot=True)
class Derived(Base):
    name: str
    more: list[int]


class SlotsAndDict:
    __slots__ = ("__dict__", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.name = f"x{number}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SlotsAndDict) and self.state() == other.state()

    __hash__ = None  # type: ignore[assignment]

    def state(self) -> Any:
        return getattr(self, "number", None), vars(self)


def hidden(number: int) -> SlotsAndDict:
    """An attribute that its slot hides, which is full or empty."""
    made = SlotsAndDict(number)
    vars(made)["number"] = -number
    if number % 2:
        del made.number
    return made


class Point(NamedTuple):
    x: int
    y: float


class NamedWithDict(namedtuple("Base", "a b")):
    pass


class Shadowing(Plain):
    """A property where instances have an attribute of the same name."""

    @property
    def number(self) -> int:  # type: ignore[override]
        return self.__dict__["number"] * 2

    @number.setter
    def number(self, value: int) -> None:
        self.__dict__["number"] = value

    __eq__ = Comparable.__eq__
    __hash__ = Comparable.__hash__


class Text(str):
    __slots__ = ()


class Number(int):
    pass


class Color(enum.IntEnum):
    RED = 1
    BLUE = 2


class Key(enum.StrEnum):
    NAME = "name"


class Deleted(Comparable):
    def __del__(self) -> None:
        pass


WRITTEN: dict[str, Callable[[int], Any]] = {
    "none": lambda n: (None, True, False, n),
    "ints": lambda n: [n << shift for shift in (0, 8, 40, 62, 63, 64, 200)] + [-n, ~n << 63],
    "floats": lambda n: [n / 7, -0.0, 0.0, float("inf"), -float("inf"), 5e-324],
    "texts": lambda n: [
        "",
        "a",
        "ä",
        "ab",
        "äb",
        "€uro",
        "\0",
        "\U0001d518nicode",
        f"{n}" * 40,
        "é" * 100,
    ],
    "surrogates": lambda n: ["\ud800", f"{n}\udfff{n}", "ab\udc80"],
    "bytes": lambda n: [b"", bytes([n % 256]) * (n % 99)],
    "tuples": lambda n: ((), (n,), (n, (n, ("x",))), tuple(range(20))),
    "dicts": lambda n: {"b": n, "a": {n: "int", (n, "t"): None, None: 1}, "c": {}, str(n): []},
    "sets": lambda n: [{n, n + 1, "x"}, frozenset((n, None, (1, n))), set(), frozenset()],
    "datetimes": lambda n: [
        dt.datetime(2020, 2, 29, 1, 2, 3, n),
        dt.datetime(2020, 2, 29, 1, 2, 3, n, fold=1),
        dt.datetime(2020, 2, 29, tzinfo=dt.UTC),
        dt.date(1 + n % 9999, 1, 1),
        dt.time(1, 2, 3, n, fold=1),
        dt.timedelta(-n, n, n),
    ],
    "decimals": lambda n: [decimal.Decimal(text) for text in (f"{n}.700", "-0.00", "inf")],
    "uuid": lambda n: uuid.UUID(int=n * 10**20),
    "dataclass": lambda n: Data(n, more=[n]),
    "slots": lambda n: Slotted(n, f"x{n}"),
    "half slots": HalfSlotted,
    "inherited slots": lambda n: Derived(n, f"x{n}", [n]),
    "slots and a dict": SlotsAndDict,
    "named tuple": lambda n: Point(n, n / 3),
    "comparable": Comparable,
    "named with dict": lambda n: NamedWithDict(n, [n]),
}


def kinds(value: Any) -> Any:
    """The types in a value, the order of its parts, and signs of zeros."""
    if isinstance(value, dict):
        return [dict, [(kinds(key), kinds(each)) for key, each in value.items()]]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [type(value), *map(kinds, value)]
    if isinstance(value, float):
        return float.hex(value)
    if isinstance(value, (dt.datetime, dt.time)):
        return type(value), value.tzinfo, value.fold
    if hasattr(value, "__dict__"):
        return type(value), kinds(vars(value))
    return type(value), repr(value)


def test_what_hides_behind_a_slot_stays_there() -> None:
    xs, _ = spilled(lambda: SpillList((hidden(n) for n in range(2000)), frozen=True))
    assert all(x == hidden(n) for n, x in enumerate(xs))


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_comes_back_equal(name: str) -> None:
    make = WRITTEN[name]
    xs, written = spilled(lambda: SpillList((make(n) for n in range(2000)), frozen=True))
    assert written > 2000
    assert len(tail(xs)) < 500
    for n, x in enumerate(xs):
        expected = make(n)
        assert x == expected
        assert kinds(x) == kinds(expected)
    assert xs[1234] == make(1234)
    assert list(reversed(xs)) == [make(n) for n in reversed(range(2000))]


PINNED: dict[str, Callable[[int], Any]] = {
    "str subclass": lambda n: Text(f"n{n}"),
    "int subclass": Number,
    "enum": lambda n: Color(n % 2 + 1),
    "identity": Plain,
    "property": Shadowing,
    "nan": lambda n: float("nan"),
    "decimal nan": lambda n: decimal.Decimal("nan"),
    "destructor": Deleted,
    "exception": lambda n: ValueError(n),
    "function": lambda n: lambda: n,
    "object": lambda n: object(),
    "bytearray": lambda n: bytearray(b"x"),
    "ordered": lambda n: OrderedDict(a=n),
    "enum key": lambda n: {Key.NAME: n},
    "counter": lambda n: Counter("ab"),
    "date subclass": lambda n: type("Day", (dt.date,), {})(2020, 1, 1),
}


@pytest.mark.parametrize("name", PINNED)
def test_what_cannot_be_written_stays_the_object_that_it_is(name: str) -> None:
    items = [PINNED[name](n) for n in range(1000)]
    xs: Any = SpillList(iter(items), frozen=True)
    assert all(x is item for x, item in zip(xs, items, strict=True))
    # So it does inside of something that is written.
    del xs
    xs = SpillList(({"id": n, "odd": item} for n, item in enumerate(items)), frozen=True)
    assert len(tail(xs)) < 500
    assert all(x["odd"] is item for x, item in zip(xs, items, strict=True))
    assert xs[500]["odd"] is items[500]


def test_keys_that_only_look_like_others() -> None:
    xs: Any = SpillList(({("name", Key.NAME)[n % 2]: n} for n in range(2000)), frozen=True)
    assert [type(next(iter(x))) for x in xs] == [str, Key] * 1000


def test_without_frozen_only_values_are_written() -> None:
    for make in (WRITTEN["dicts"], WRITTEN["dataclass"], WRITTEN["datetimes"]):
        items = [make(n) for n in range(500)]
        kept = list(map(id, items))
        xs: Any = SpillList(iter(items))
        del items
        assert list(map(id, xs)) == kept
    rows: Any = SpillList((n, str(n), [n]) for n in range(2000))
    inner = [row[2] for row in rows]
    assert all(row[2] is mine for row, mine in zip(rows, inner, strict=True))
    assert len(tail(rows)) < 500


def test_uncompared_items_may_be_equal_by_identity_only() -> None:
    xs: Any = SpillList(map(Plain, range(2000)), frozen=True, compared=False)
    assert len(tail(xs)) < 500
    assert [vars(x) for x in xs] == [vars(Plain(n)) for n in range(2000)]
    ys: Any = SpillList((float("nan") for _ in range(2000)), frozen=True, compared=False)
    assert len(tail(ys)) < 500
    assert all(y != y for y in ys)


def test_what_items_hold_may_be_compared() -> None:
    rows: Any = SpillList(
        ({"a": Plain(n), "b": Comparable(n), "c": float("nan")} for n in range(2000)),
        frozen=True,
        compared=False,
    )
    assert len(tail(rows)) < 500
    for _ in range(2):
        first = [(id(row["a"]), id(row["b"]), id(row["c"])) for row in rows]
        assert first == [(id(row["a"]), id(row["b"]), id(row["c"])) for row in rows]
    seen = {value for row in rows for value in row.values()}
    assert all(value in seen for row in rows for value in row.values())


@pytest.mark.parametrize(
    "shared",
    ["x" * 100_000, b"x" * 100_000, tuple(range(9000)), frozenset(range(9000)), 3**200_000],
    ids=lambda shared: type(shared).__name__,
)
def test_what_is_large_and_shared_is_not_written_each_time(shared: object) -> None:
    xs, written = spilled(
        lambda: SpillList(((n, str(n), shared) for n in range(5000)), frozen=True)
    )
    assert 0 < written < 1_000_000
    assert len(tail(xs)) < 1000
    assert all(x[2] is shared for x in xs)
    ys, written = spilled(lambda: SpillList((n, str(n), shared) for n in range(5000)))
    assert 0 < written < 1_000_000
    assert list(ys) == list(xs)


def test_what_was_registered_is_written() -> None:
    class Named(Plain):
        pass

    runtime.register(Named, fields=["number", "name"])
    xs: Any = SpillList(map(Named, range(2000)))
    assert len(tail(xs)) < 500
    assert [vars(x) for x in xs] == [vars(Plain(n)) for n in range(2000)]


def test_alias_guard_an_item_that_is_still_being_filled() -> None:
    xs: Any = SpillList(frozen=True)
    for n in range(5000):
        row: dict[str, Any] = {}
        xs.append(row)
        row["n"] = n
        row["list"] = inner = []
        inner.append(n)
    assert xs == [{"n": n, "list": [n]} for n in range(5000)]
    assert len(tail(xs)) < 500


@pytest.mark.parametrize("delay", [3, 20, 200])
def test_alias_guard_a_window_of_items_is_changed_late(delay: int) -> None:
    xs: Any = SpillList(frozen=True)
    window: deque[Data] = deque()
    for n in range(6000):
        item = Data(n)
        xs.append(item)
        window.append(item)
        if len(window) > delay:
            window.popleft().more.append(n)
    del item
    assert len(tail(xs)) < 4 * delay + 500
    late = list(window)
    for item in late:
        item.more.append(-1)
    assert [x.more for x in xs] == [[n + delay] for n in range(6000 - delay)] + [[-1]] * delay


def test_alias_guard_at_any_depth() -> None:
    held = {
        "list": [1],
        "in a tuple": ([1],),
        "dict": {"a": [1]},
        "set": {1},
        "instance": Data(1),
    }
    kept = [copy.deepcopy(held) for _ in range(300)]
    xs: Any = SpillList(
        ([{"n": n, "x": {"y": each["list"]}}, *each.values()] for n, each in enumerate(kept)),
        frozen=True,
    )
    for each in kept:
        each["list"].append(2)  # type: ignore[attr-defined]
        each["in a tuple"][0].append(3)  # type: ignore[index]
        each["dict"]["a"].append(4)  # type: ignore[index]
        each["set"].add(5)  # type: ignore[attr-defined]
        each["instance"].more.append(6)  # type: ignore[attr-defined]
    for n, (x, each) in enumerate(zip(xs, kept, strict=True)):
        assert x == [{"n": n, "x": {"y": [1, 2]}}, *each.values()]


def test_alias_guard_knows_views_of_an_instance() -> None:
    attributes = []

    def make() -> Iterator[Data]:
        for n in range(2000):
            item = Data(n)
            if n % 3 == 0:
                attributes.append(vars(item))
            yield item

    xs: Any = SpillList(make(), frozen=True)
    for each in attributes:
        each["name"] = "changed"
    assert [x.name for x in xs] == ["x" if n % 3 else "changed" for n in range(2000)]


def test_alias_guard_knows_weak_references() -> None:
    references = []

    def make() -> Iterator[Data]:
        for n in range(2000):
            item = Data(n)
            if n % 3 == 0:
                references.append(weakref.ref(item))
            yield item

    xs: Any = SpillList(make(), frozen=True)
    assert [reference() for reference in references] == [Data(n) for n in range(0, 2000, 3)]
    references[5]().name = "changed"  # type: ignore[union-attr]
    assert xs[15].name == "changed"


def test_cycles_and_depth() -> None:
    def deep(n: int) -> Any:
        value: Any = [n]
        for _ in range(80):
            value = [value] if n % 2 else {"a": value}
        return value

    xs: Any = SpillList((deep(n) for n in range(300)), frozen=True)
    assert xs == [deep(n) for n in range(300)]
    ring: Any = [1]
    ring.append(ring)
    ys: Any = SpillList(([n, [n], ring] for n in range(1000)), frozen=True)
    assert len(tail(ys)) < 500
    assert all(y[2] is ring for y in ys)


def test_items_that_are_let_go_are_written_later() -> None:
    latest: dict[int, Any] = {}
    xs: Any = SpillList(frozen=True)
    for n in range(30_000):
        row = {"n": n, "list": [n]}
        xs.append(row)
        latest[n % 40 if n % 7 == 0 else -1] = row
    latest.clear()
    for n in range(10_000):
        xs.append({"n": n, "list": [n]})
    in_memory = sum(type(held) is dict for held in gc.get_referents(xs))
    assert in_memory < 300, in_memory
    assert [x["n"] for x in xs] == [*range(30_000), *range(10_000)]


def test_many_held_items_stay_the_same_objects() -> None:
    rows = [{"n": n} for n in range(100_000)]
    xs: Any = SpillList(frozen=True)
    for row in rows:
        xs.append(row)
    assert all(x is row for x, row in zip(xs, rows, strict=True))


def test_the_iterator_lets_go_of_what_it_hands_out() -> None:
    xs: Any = SpillList(({"n": n} for n in range(5000)), frozen=True)
    ys: Any = SpillList((x for x in xs), frozen=True)
    assert len(tail(ys)) < 500
    for walk in (iter(xs), reversed(xs)):
        for _ in range(1000):
            item = next(walk)
        assert sys.getrefcount(item) == 2
    zs: Any = SpillList(frozen=True)
    for index in range(len(xs)):
        zs.append(xs[index])
    assert zs == xs
    assert len(tail(zs)) < 1000


def test_iterators_have_the_names_of_those_of_lists() -> None:
    xs: Any = SpillList(range(1000))
    for ours, lists in ((iter(xs), iter([1])), (reversed(xs), reversed([1]))):
        assert type(ours).__name__ == type(lists).__name__
        assert repr(type(ours)) == repr(type(lists))
        assert repr(ours).split(" at ")[0] == repr(lists).split(" at ")[0]
        messages = []
        for walk in (ours, lists):
            with pytest.raises(TypeError) as raised:
                walk[0]
            messages.append(str(raised.value))
        assert messages[0] == messages[1]


def test_walking_while_growing_and_shrinking() -> None:
    xs: Any = SpillList(range(1000))
    expected = list(range(1000))
    for subject in (xs, expected):
        seen = []
        for x in subject:
            seen.append(x)
            if len(subject) < 5000:
                subject.append(-x)
        assert len(seen) == 5000
        walk = iter(subject)
        for _ in range(4000):
            next(walk)
        del subject[10:]
        assert list(walk) == []
        subject.extend(range(10_000))
        assert list(walk) == []
        back = reversed(subject)
        assert [next(back) for _ in range(5)] == [9999, 9998, 9997, 9996, 9995]
        del subject[100:]
        assert list(back) == []
    assert xs == expected


def test_an_iterable_that_fails_leaves_what_came_before() -> None:
    def failing(count: int) -> Iterator[int]:
        yield from range(count)
        raise KeyError("no more")

    for count in (0, 5, 5000):
        for subject in ([], SpillList()):
            with pytest.raises(KeyError, match="no more"):
                subject.extend(failing(count))
            with pytest.raises(KeyError, match="no more"):
                subject += failing(count)
            assert subject == [*range(count), *range(count)]
    with pytest.raises(KeyError):
        SpillList(failing(5000))


def test_an_iterable_that_touches_the_list() -> None:
    for subject in ([], SpillList()):

        def touching(subject: Any = subject) -> Iterator[int]:
            for n in range(3000):
                subject.append(-n)
                if n == 1500:
                    subject.pop(0)
                yield len(subject)

        subject.extend(touching())
        if isinstance(subject, list):
            expected = subject
    assert list(subject) == expected


@pytest.mark.parametrize("wrong", [None, 5, object()])
def test_errors_of_making(wrong: Any) -> None:
    with pytest.raises(TypeError) as expected:
        list(wrong)
    with pytest.raises(TypeError) as raised:
        SpillList(wrong)
    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize(
    "work",
    [
        lambda xs: xs[10**6],
        lambda xs: xs[-(10**6)],
        lambda xs: xs["a"],
        lambda xs: xs[1.5],
        lambda xs: xs[10**30],
        lambda xs: xs[::0],
        lambda xs: xs.pop(10**6),
        lambda xs: type(xs)().pop(),
        lambda xs: xs.remove("x"),
        lambda xs: xs.index("x"),
        lambda xs: xs.index(1, "x"),
        lambda xs: xs.index(1, -5, 10**30),
        lambda xs: xs.__setitem__(10**6, 1),
        lambda xs: xs.__delitem__(-(10**6)),
        lambda xs: xs + (1,),  # noqa: RUF005
        lambda xs: xs + None,
        lambda xs: xs * 1.5,
        lambda xs: xs * "a",
        lambda xs: xs.extend(5),
        lambda xs: xs.sort(5),
        lambda xs: xs.sort(wrong=5),
        lambda xs: xs.append(),
        lambda xs: xs.append(1, 2),
        lambda xs: xs < 5,
        lambda xs: xs == 5,
        lambda xs: xs == tuple(xs),
        lambda xs: xs != 5,
    ],
)
def test_errors_are_a_lists(work: Callable[[Any], Any]) -> None:
    def text(subject: Any) -> Any:
        result = outcome(work, subject)
        if isinstance(result, tuple) and isinstance(result[1], str):
            name = "spacetime_compiler.runtime.SpillList"
            return result[0], result[1].replace(name, "list").replace("SpillList", "list")
        return result

    assert text(SpillList(range(3000))) == text(list(range(3000)))


def test_sorting_on_disk() -> None:
    make = [f"{n * 7919 % 10007:05}" for n in range(20_000)]
    for options in ({}, {"key": lambda x: x[-2:]}, {"key": lambda x: x[3], "reverse": True}):
        xs: Any = SpillList(iter(make))
        expected = list(make)
        assert xs.sort(**options) is expected.sort(**options)
        assert xs == expected
        assert len(tail(xs)) < 1000
        xs.append("last")
        assert xs[-2:] == [expected[-1], "last"]


def test_a_list_is_empty_while_it_is_sorted() -> None:
    xs: Any = SpillList(range(5000, 0, -1))
    lengths: set[int] = set()
    xs.sort(key=lambda x: (lengths.add(len(xs)), x)[1])
    assert lengths == {0}
    assert list(xs) == list(range(1, 5001))
    with pytest.raises(ValueError, match="list modified during sort"):
        xs.sort(key=lambda x: (xs.append(7), -x)[1])
    assert list(xs) == list(range(5000, 0, -1))
    with pytest.raises(ZeroDivisionError):
        xs.sort(key=lambda x: x // (x - 9))
    assert list(xs) == list(range(5000, 0, -1))


def test_cycles_through_the_list_are_collected() -> None:
    class Owner:
        pass

    owner = Owner()
    owner.items = SpillList(({"n": n} for n in range(3000)), frozen=True)  # type: ignore[attr-defined]
    owner.items.append(owner)  # type: ignore[attr-defined]
    owner.items.extend({"n": n} for n in range(3000))  # type: ignore[attr-defined]
    owner.walk = iter(owner.items)  # type: ignore[attr-defined]
    next(owner.walk)  # type: ignore[attr-defined]
    reference = weakref.ref(owner)
    del owner
    gc.collect()
    assert reference() is None


def test_many_lists_share_the_budget() -> None:
    runtime.configure(memory="1MiB")
    groups: dict[int, Any] = {}
    for n in range(40_000):
        groups.setdefault(n % 100, SpillList(frozen=True)).append({"n": n, "text": f"number {n}"})
    in_memory = sum(len(tail(group)) for group in groups.values())
    assert in_memory < 10_000
    assert [x["n"] for x in groups[7]] == list(range(7, 40_000, 100))


def test_threads() -> None:
    xs: Any = SpillList()

    def work(which: int) -> None:
        for n in range(20_000):
            xs.append((which, n))

    threads = [threading.Thread(target=work, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(xs) == 80_000
    for which in range(4):
        assert [n for mine, n in xs if mine == which] == list(range(20_000))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_both_sides_of_a_fork_go_on() -> None:
    xs: Any = SpillList(map(str, range(20_000)))
    child = os.fork()
    name = "child" if child == 0 else "parent"
    try:
        xs.extend(f"{name} {n}" for n in range(20_000))
        expected = [*map(str, range(20_000)), *(f"{name} {n}" for n in range(20_000))]
        right = xs == expected
        del xs
        ys: Any = SpillList(map(str, range(20_000)))
        right &= ys == expected[:20_000]
    finally:
        if child == 0:
            os._exit(0 if right else 1)
    assert right
    assert os.waitpid(child, 0)[1] == 0


FULL = """
import resource
from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillList

runtime.configure(memory="64KiB", directory=DIRECTORY)
if DIRECTORY is None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 18, 1 << 18))
xs = SpillList()
for n in range(100_000):
    xs.append(str(n))
assert xs == [str(n) for n in range(100_000)]
xs.extend(map(str, range(1000)))
assert len(xs) == 101_000
xs.sort()
print(runtime.stats()["bytes"])
"""


@pytest.mark.parametrize("directory", ["None", "'/nonexistent/folder'"])
def test_a_full_disk_is_nobodys_problem(directory: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", FULL.replace("DIRECTORY", directory)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) <= 1 << 18


def test_code_that_the_collector_runs_may_use_the_list() -> None:
    xs: Any = SpillList(frozen=True)
    ys: Any = SpillList(frozen=True)
    seen = 0

    def touch(phase: str, _: object) -> None:
        nonlocal seen
        if phase == "stop" and len(xs) > 100 and len(ys) < 20_000:
            seen += 1
            ys.append({f"y{seen % 50}": [seen]})
            assert xs[seen % 100]["n"] == seen % 100
            assert next(iter(xs)) == {"n": 0, "set": {1}}

    threshold = gc.get_threshold()
    gc.set_threshold(2)
    gc.callbacks.append(touch)
    try:
        for n in range(20_000):
            xs.append({"n": n, "set": {1}, **({f"k{n}": [n]} if n % 50 == 49 else {})})
    finally:
        gc.callbacks.remove(touch)
        gc.set_threshold(*threshold)
    assert seen > 100
    assert [x["n"] for x in xs] == list(range(20_000))
    assert ys == [{f"y{n % 50}": [n]} for n in range(1, seen + 1)]


CUTS = [
    (1, None),
    (None, -1),
    (2, -2),
    (700, 2300),
    (701, 702),
    (None, None),
    (2999, None),
    (5, 5),
]


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize(("start", "stop"), CUTS)
def test_slices_read_the_same_blocks(kind: str, start: int | None, stop: int | None) -> None:
    items = [MAKE[kind](n) for n in range(3000)]
    whole = SpillList((MAKE[kind](n) for n in range(3000)), frozen=True)
    part, written = spilled(lambda: whole[start:stop])
    expected = items[start:stop]
    assert written < 5000
    assert type(part) is (SpillList if len(expected) > 1500 else list)
    assert (len(part), list(part), list(reversed(part))) == (
        len(expected),
        expected,
        expected[::-1],
    )
    assert [part[at] for at in range(-len(expected), len(expected))] == expected * 2
    assert list(part[1:-1]) == expected[1:-1]
    assert list(part[::-7]) == expected[::-7]


@pytest.mark.parametrize("kind", MAKE)
def test_windows_that_are_moved_along_are_those_of_a_list(kind: str) -> None:
    items = [MAKE[kind](n) for n in range(3000)]
    whole = SpillList((MAKE[kind](n) for n in range(3000)), frozen=True)
    for wide in (1, 63, 64, 65, 200, 256, 257):
        for at in range(0, 3000 - wide, 37):
            assert list(whole[at : at + wide]) == items[at : at + wide]
            assert whole[at] == items[at]
        for at in range(3000, wide, -41):
            assert list(whole[at - wide : at]) == items[at - wide : at]
        assert whole[2999 - wide // 2 : 3000 + wide] == items[2999 - wide // 2 : 3000 + wide]
        whole.append(items[0])
        items.append(items[0])


@pytest.mark.skipif(sys.platform != "linux", reason="counts what is read as Linux does")
@pytest.mark.parametrize("wide", [1, 10, 64, 200, 256])
def test_a_window_that_is_moved_along_reads_each_page_once(wide: int) -> None:
    def read() -> int:
        counts = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
        return int(counts["rchar"])

    whole, written = spilled(lambda: SpillList(n / 3 for n in range(5000)))
    begin = read()
    for at in range(wide, 5000):
        whole[at - wide : at]
        whole[at - 1 : at]
    assert written > 0
    assert read() - begin < 3 * written


def test_a_slice_and_its_list_change_apart() -> None:
    changes: list[Callable[[Any], Any]] = [
        lambda xs: xs.clear(),
        lambda xs: xs.append(-1),
        lambda xs: xs.extend(range(2000)),
        lambda xs: [xs.pop() for _ in range(len(xs) - 5)],
        lambda xs: xs.insert(700, "x"),
        lambda xs: xs.__setitem__(700, "x"),
        lambda xs: xs.__delitem__(slice(100, 900)),
        lambda xs: xs.sort(reverse=True),
        lambda xs: xs.reverse(),
    ]
    for change in changes:
        for changed in (0, 1):
            plain, held = list(range(5000)), SpillList(range(5000))
            both, ours = [plain, plain[1000:4800]], [held, held[1000:4800]]
            assert type(ours[1]) is SpillList
            change(both[changed])
            change(ours[changed])
            assert [list(it) for it in ours] == both
            del ours[0], both[0], held
            assert [list(it) for it in ours] == both


def test_a_slice_outlives_its_list_and_walks_go_on() -> None:
    held = SpillList(range(5000))
    walk = iter(held[10:])
    assert [next(walk) for _ in range(100)] == list(range(10, 110))
    del held
    assert list(walk) == list(range(110, 5000))


def test_sums_and_copies_write_only_what_is_new() -> None:
    held = SpillList(str(n) * 5 for n in range(5000))
    plain = [str(n) * 5 for n in range(5000)]
    for make in (
        lambda xs: xs.copy(),
        lambda xs: xs[:],
        lambda xs: xs + xs[:4000],
        lambda xs: xs * 3,
        lambda xs: ["a", "b"] + xs,  # noqa: RUF005
        lambda xs: type(xs)(xs),
        lambda xs: [ys := type(xs)(["new"] * 10), ys.extend(xs), ys][2],
    ):
        made, written = spilled(lambda make=make: make(held))  # type: ignore[misc]
        assert list(made) == make(plain)
        assert written < 20_000


def test_what_stays_in_memory_is_the_same_in_all_slices() -> None:
    class Token:
        pass

    tokens = [Token() for _ in range(20)]
    held = SpillList((tokens[n % 20] if n % 100 < 20 else n for n in range(5000)), frozen=True)
    part = held[50:4900]
    assert type(part) is SpillList
    gc.collect()
    assert all(part[at] is held[at + 50] for at in range(50, 4800, 100))
    del held
    gc.collect()
    assert [x for x in part if isinstance(x, Token)][:20] == tokens
    watched = [weakref.ref(token) for token in tokens]
    del tokens[:], part
    gc.collect()
    assert [ref() for ref in watched] == [None] * 20


def test_a_walk_that_is_let_go_when_the_interpreter_ends(tmp_path: Path) -> None:
    """A traceback that nobody clears holds the iterator until everything else is gone."""
    script = tmp_path / "late.py"
    script.write_text(
        "from spacetime_compiler.runtime import SpillList\n"
        "rows = SpillList(range(50_000))\n"
        "def fail(row):\n"
        "    return 1 // (row - 40_000)\n"
        "total = sum(fail(row) for row in rows)\n"
    )
    done = subprocess.run(
        [sys.executable, script],
        env={"SPACETIME_MEMORY": "64K"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError: integer division or modulo by zero\n")


def test_tuples_that_many_items_have_in_common() -> None:
    chance = random.Random(5)
    stars = [(f"star {n}", n / 7, ("deep", n, [n] if n % 9 == 0 else None)) for n in range(40)]

    class Sky(NamedTuple):
        left: Any
        right: Any

    pairs: list[Any] = [
        (stars[a], stars[b]) if a % 3 else Sky(stars[b], {"of": stars[a], "same": stars[a]})
        for a, b in ((chance.randrange(40), chance.randrange(40)) for _ in range(4000))
    ]
    held = SpillList(pairs, frozen=True)
    groups = runtime.SpillGroups(frozen=True)
    for n, pair in enumerate(pairs):
        groups.setdefault(n % 7, []).append(pair)
    expected = copy.deepcopy(pairs)
    del pairs, stars
    assert list(held) == expected
    assert [held[at] for at in range(3999, -1, -1)] == expected[::-1]
    assert list(held[33:-33]) == expected[33:-33]
    for n in range(7):
        assert list(groups[n]) == expected[n::7]


def test_what_is_packed_for_a_moment_is_no_tuple_that_comes_again() -> None:
    class Span:
        def __init__(self, begin: int) -> None:
            self.begin = begin

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Span) and self.begin == other.begin

        __hash__ = None  # type: ignore[assignment]

    def pack(span: Span) -> tuple[Any, ...]:
        inner = (span.begin, "inner")
        return inner, (inner, inner)

    def unpack(packed: tuple[Any, ...]) -> Span:
        assert packed[1] == (packed[0], packed[0])
        return Span(packed[0][0])

    runtime.register(Span, pack=pack, unpack=unpack)
    spans = [(n, Span(n), dt.timedelta(n, n, n)) for n in range(3000)]
    held, written = spilled(
        lambda: SpillList(((n, Span(n), dt.timedelta(n, n, n)) for n in range(3000)), frozen=True)
    )
    assert written > 0
    assert list(held) == spans


def test_shared_tuples_in_shared_tuples() -> None:
    # All that share a page share a small table of the latest tuples.
    keys = [(n, f"n{n}") for n in range(40)]
    for turn in range(20):
        rows = [(keys[(n * 7 + turn) % 40], n) for n in range(1500)]
        expected = [(row[0], row, (row, row[0])) for row in rows]
        for frozen in (False, True):
            some = SpillList(iter(expected), frozen=frozen)
            del some[::5]
            assert list(some) == [item for n, item in enumerate(expected) if n % 5]


def test_library_functions_take_it_for_a_sequence() -> None:
    """``bisect`` and ``sqlite3`` ask for items by C's own door, ``random.sample`` for a class."""
    items = [(n // 3, f"name {n}") for n in range(3000)]
    xs = SpillList(items)
    assert len(tail(xs)) < 3000
    for key in [(-1, ""), (500, "name 1501"), (10**6, "")]:
        assert bisect.bisect_left(xs, key) == bisect.bisect_left(items, key)
        assert bisect.bisect(xs, key[0], key=lambda x: x[0]) == bisect.bisect(
            items, key[0], key=lambda x: x[0]
        )
    assert random.Random(1).sample(xs, 5) == random.Random(1).sample(items, 5)
    assert isinstance(xs, MutableSequence)
    with pytest.raises(IndexError, match="list index out of range"):
        xs[-3001]
    database = sqlite3.connect(":memory:")
    assert database.execute("SELECT ?, ?, ?", SpillList(range(3))).fetchone() == (0, 1, 2)


@pytest.mark.parametrize("taken", [0, 1, 700, 3000])
@pytest.mark.parametrize("again", [copy.copy, lambda walk: pickle.loads(pickle.dumps(walk))])
def test_a_walk_can_be_copied(taken: int, again: Callable[[Any], Any]) -> None:
    walk = iter(SpillList(range(3000)))
    assert [next(walk) for _ in range(taken)] == [*range(taken)]
    other = again(walk)
    assert next(other, None) == next(walk, None)
    assert [*other] == [*walk]
    assert [*again(walk)] == []


class Amount:
    """Compares as people write it: an amount that is NaN does not equal itself."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Amount) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


@dataclass
class Reading:
    value: Any


@pytest.mark.parametrize("nan", [math.nan, decimal.Decimal("NaN"), complex(0, math.nan)])
@pytest.mark.parametrize("kind", [Amount, Reading])
def test_what_does_not_equal_itself_is_found_as_in_a_list(kind: Any, nan: Any) -> None:
    def make() -> list[Any]:
        return [kind(nan if n % 3 == 0 else n) for n in range(2000)]

    def outcome_of(rows: Any) -> Any:
        worst, other = rows[300], rows[301]
        return worst in rows, rows.count(worst), rows.index(other), rows.count(other)

    assert outcome_of(SpillList(make(), frozen=True)) == outcome_of(make())


class Fussy:
    """A key of which some cannot be compared."""

    left = 0

    def __init__(self, number: int) -> None:
        self.number = number

    def __lt__(self, other: Any) -> bool:
        Fussy.left -= 1
        if Fussy.left == 0:
            raise RuntimeError("enough")
        return bool(self.number < other.number)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("after", [1, 500, 20_000])
def test_a_sort_that_fails_leaves_what_a_list_leaves(after: int, reverse: bool) -> None:
    items = [n * 7919 % 10_007 for n in range(5000)]

    def mixed(n: int) -> Any:
        return "text" if n == items[after % 5000] else n

    for key in (Fussy, mixed):
        both: list[Any] = [SpillList(iter(items)), list(items)]
        said = []
        for xs in both:
            Fussy.left = after
            with pytest.raises((RuntimeError, TypeError)) as error:
                xs.sort(key=key, reverse=reverse)
            said.append(str(error.value))
        assert said[0] == said[1]
        assert list(both[0]) == both[1]
        both[0].append(7)
        assert both[0][-2:] == [both[1][-1], 7]
