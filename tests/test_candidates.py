"""``candidates``: walking the items of a list on disk of which a part may equal a value."""

from __future__ import annotations

import contextlib
import gc
import random
import signal
from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillList, candidates, stats

pytestmark = pytest.mark.usefixtures("little_memory")

COUNT = 5000

Pair = namedtuple("Pair", "name number")


@dataclass
class Item:
    name: Any
    number: int


@dataclass
class Slotted:
    __slots__ = ("name", "number")
    name: Any
    number: int


def names(count: int = COUNT) -> list[str]:
    chance = random.Random(7)
    return [f"n{chance.randrange(40)}" for _ in range(count)]


def on_disk(items: list[Any]) -> SpillList[Any]:
    """A list of new objects, most of which are on disk."""
    spilled = SpillList[Any](frozen=True, compared=False)
    while items:
        spilled.append(items.pop(0))
    return spilled


MAKERS = {
    "dict": (lambda name, at: {"name": name, "number": at}, {"item": "name"}),
    "tuple": (lambda name, at: (at, name, at), {"item": 1}),
    "from the end": (lambda name, at: (at, name, at), {"item": -2}),
    "unpacked": (lambda name, at: (at, name, at), {"item": 1, "length": 3}),
    "list": (lambda name, at: [name, at], {"item": 0, "length": 2}),
    "dataclass": (Item, {"attribute": "name"}),
    "slots": (Slotted, {"attribute": "name"}),
    "named tuple": (Pair, {"attribute": "name"}),
}


def part_of(item: Any, options: dict[str, Any]) -> Any:
    return getattr(item, options["attribute"]) if "attribute" in options else item[options["item"]]


@pytest.mark.parametrize("kind", MAKERS)
def test_all_that_is_looked_for_is_given_in_order(kind: str) -> None:
    make, options = MAKERS[kind]
    spilled = on_disk([make(name, at) for at, name in enumerate(names())])
    for name in ("n3", "n39", "missing", "n3"):
        found = [
            item for item in candidates(spilled, name, **options) if part_of(item, options) == name
        ]
        assert found == [item for item in spilled if part_of(item, options) == name]
        assert len(found) > 50 or name == "missing"


@pytest.mark.parametrize("kind", set(MAKERS) - {"named tuple"})
def test_most_of_the_others_are_left_out(kind: str) -> None:
    make, options = MAKERS[kind]
    spilled = on_disk([make(name, at) for at, name in enumerate(names())])
    given = sum(1 for _ in candidates(spilled, "n3", **options))
    assert given < COUNT // 2


def test_the_groups_are_on_disk_and_made_once() -> None:
    spilled = on_disk([{"name": name, "text": name * 9} for name in names()])
    before = stats()["bytes"]
    assert sum(1 for _ in candidates(spilled, "n3", item="name")) < COUNT // 2
    made = stats()["bytes"] - before
    assert made > COUNT * 20
    for at in range(40):
        assert any(row["name"] == f"n{at}" for row in candidates(spilled, f"n{at}", item="name"))
    assert stats()["bytes"] - before == made
    gc.collect()
    assert sum(type(found) is dict and "text" in found for found in gc.get_objects()) < COUNT // 4


def test_it_sees_what_was_appended_and_what_was_changed() -> None:
    spilled = on_disk([{"name": name, "number": at} for at, name in enumerate(names())])

    def numbers(name: str) -> list[int]:
        return [
            row["number"] for row in candidates(spilled, name, item="name") if row["name"] == name
        ]

    def all_numbers(name: str) -> list[int]:
        return [row["number"] for row in spilled if row["name"] == name]

    assert numbers("n1") == all_numbers("n1")
    for at in range(COUNT):
        spilled.append({"name": "n1" if at % 3 else "new", "number": -at})
        if at % 1000 == 0:
            assert numbers("n1") == all_numbers("n1")
            assert numbers("new") == all_numbers("new")
    spilled[-1]["name"] = "n1"
    assert numbers("n1") == all_numbers("n1")
    spilled[10] = {"name": "n1", "number": 10_000}
    assert numbers("n1") == all_numbers("n1")
    spilled.clear()
    assert numbers("n1") == []


def test_what_equals_each_other_is_found() -> None:
    values = [1, True, 1.0, 0, False, -0.0, None, "1", b"1", float("nan"), 2**80, float(2**80)]
    spilled = on_disk([(value, at) for at, value in enumerate(values * 400)])
    for wanted in values:
        found = [row for row in candidates(spilled, wanted, item=0) if row[0] == wanted]
        assert found == [row for row in spilled if row[0] == wanted]


class Strange:
    """Equals every text."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    def __hash__(self) -> int:
        return 0


class Loud(dict[str, Any]):
    def __getitem__(self, key: str) -> Any:
        return "n3"


@dataclass
class Asked:
    number: int

    @property
    def name(self) -> str:
        return f"n{self.number % 40}"


@dataclass
class Invented:
    number: int

    def __getattr__(self, name: str) -> Any:
        if name == "name":
            return "n3"
        raise AttributeError(name)


@pytest.mark.parametrize(
    ("items", "value", "options"),
    [
        ([{"name": name} for name in names()], Strange(), {"item": "name"}),
        ([{"name": Decimal(at)} for at in range(COUNT)], 3, {"item": "name"}),
        ([{"name": (name,)} for name in names()], ("n3",), {"item": "name"}),
        (
            [{"name": name} if at % 9 else {} for at, name in enumerate(names())],
            "n3",
            {"item": "name"},
        ),
        ([(name, name)[: at % 2 + 1] for at, name in enumerate(names())], "n3", {"item": 1}),
        (
            [(name, name)[: at % 2 + 1] for at, name in enumerate(names())],
            "n3",
            {"item": 0, "length": 2},
        ),
        ([{0: name, 1: name} for name in names()], "n3", {"item": 0, "length": 2}),
        ([name + "x" for name in names()], "n", {"item": 0}),
        ([Asked(at) for at in range(COUNT)], "n3", {"attribute": "name"}),
        ([Invented(at) for at in range(COUNT)], "n3", {"attribute": "name"}),
        ([(at, 0) for at in range(40_000)], 3, {"item": 0}),
    ],
)
def test_where_it_does_not_know_all_are_given(
    items: list[Any], value: Any, options: dict[str, Any]
) -> None:
    count = len(items)
    spilled = on_disk(items)
    assert sum(1 for _ in candidates(spilled, value, **options)) == count


def test_other_things_are_given_as_they_are() -> None:
    rows = [{"name": "a"}, {"name": "b"}]
    assert candidates(rows, "a", item="name") is rows
    assert candidates(SpillList(rows), "a", item="name") is not rows
    assert list(candidates(SpillList(rows), "a", item="name")) == rows
    spilled = on_disk([{"name": name} for name in names()])
    assert candidates(spilled, None, item="name", every=True) is spilled


def test_a_class_that_was_changed_is_asked() -> None:
    spilled = on_disk([Item(name, at) for at, name in enumerate(names())])
    assert sum(1 for _ in candidates(spilled, "n3", attribute="name")) < COUNT // 2
    Item.__getattribute__ = lambda item, name: "n3"  # type: ignore[method-assign, assignment]
    try:
        assert sum(1 for _ in candidates(spilled, "n3", attribute="name")) == COUNT
    finally:
        del Item.__getattribute__


def test_an_index_that_was_interrupted_is_made_anew() -> None:
    spilled = on_disk([(name, at) for at, name in enumerate(names(20_000))])

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    for microseconds in (50, 200, 500, 1000, 2000):
        with contextlib.suppress(KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, microseconds / 1e6)
            for _ in range(20):
                spilled.extend(("n1", -at) for at in range(300))
                candidates(spilled, "n3", item=0)
            signal.setitimer(signal.ITIMER_REAL, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
    found = [row for row in candidates(spilled, "n3", item=0) if row[0] == "n3"]
    assert found == [row for row in spilled if row[0] == "n3"]


def test_walks_may_be_left_and_nested() -> None:
    spilled = on_disk([(name, at) for at, name in enumerate(names())])
    first = next(row for row in candidates(spilled, "n5", item=0) if row[0] == "n5")
    assert first == next(row for row in spilled if row[0] == "n5")
    pairs = [
        (one[1], other[1])
        for one in candidates(spilled, "n5", item=0)
        if one[0] == "n5" and one[1] < 600
        for other in candidates(spilled, one[1] + 1, item=1)
        if other[1] == one[1] + 1
    ]
    assert pairs == [(at, at + 1) for name, at in spilled if name == "n5" and at < 600]


def test_it_is_collected_with_its_list() -> None:
    before = len(gc.get_objects())
    for _ in range(5):
        spilled = on_disk([{"name": name} for name in names()])
        assert any(True for _ in candidates(spilled, "n1", item="name"))
        del spilled
    gc.collect()
    assert len(gc.get_objects()) - before < 1000
