"""``columns``: walking records on disk of which only some parts are looked at."""

from __future__ import annotations

import gc
from collections import defaultdict, namedtuple
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from spacetime_compiler.runtime import SpillList, columns

pytestmark = pytest.mark.usefixtures("little_memory")

COUNT = 4000

Pair = namedtuple("Pair", "name number")


@dataclass
class Item:
    name: Any
    number: int
    text: str = ""
    parts: list[Any] = field(default_factory=list)


@dataclass
class Slotted:
    __slots__ = ("name", "number", "text")
    name: Any
    number: int
    text: str


class Sized:
    kind = "none"

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        if number % 3 == 0:
            self.kind = "three"

    @property
    def twice(self) -> int:
        return self.number * 2

    def __getitem__(self, key: str) -> str:
        return f"{self.number} {key}"


class Guessed:
    def __init__(self, number: int) -> None:
        self.number = number

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return f"{self.number} {name}"


def on_disk(items: list[Any]) -> SpillList[Any]:
    """A list of new objects, most of which are on disk."""
    spilled = SpillList[Any](frozen=True, compared=False)
    while items:
        spilled.append(items.pop(0))
    return spilled


def values(at: int) -> list[Any]:
    """Values of all kinds, many of which come again."""
    return [
        f"text {at % 7}",
        f"another text, longer than what is remembered {at}",
        "\udc80 odd" if at % 5 == 0 else "é",
        at,
        -(2**70) - at,
        at / 7,
        None,
        at % 2 == 0,
        b"bytes %d" % at,
        (f"pair {at % 3}", at, ("deep", f"text {at % 7}")),
        [f"text {at % 7}", {"key": f"text {at % 11}"}],
        {f"text {at % 7}": [at], "set": {at, 1}, "frozen": frozenset({at})},
        date(2020, 1, 1 + at % 28),
        datetime(2020, 1, 1, at % 24, tzinfo=UTC),
        Decimal(at % 50) / 4,
        Pair(f"text {at % 7}", [at]),
        Item(f"text {at % 7}", at, parts=[f"text {at % 3}"]),
    ]


COLUMNS = [f"c{at}" for at in range(len(values(0)))]


@pytest.mark.parametrize(
    "wanted", [*((name,) for name in COLUMNS), COLUMNS[::2], COLUMNS[:3] + COLUMNS[-2:], COLUMNS]
)
def test_what_is_passed_over_changes_nothing(wanted: tuple[str, ...]) -> None:
    rows = [dict(zip(COLUMNS, values(at), strict=True)) for at in range(COUNT // 4)]
    spilled = on_disk([dict(zip(COLUMNS, values(at), strict=True)) for at in range(COUNT // 4)])
    found = [{name: row[name] for name in wanted} for row in columns(spilled, *wanted)]
    assert found == [{name: row[name] for name in wanted} for row in rows]


@pytest.mark.parametrize("make", [Item, Slotted])
@pytest.mark.parametrize("wanted", [("name",), ("text", "number"), ("name", "number", "text")])
def test_attributes(make: Any, wanted: tuple[str, ...]) -> None:
    spilled = on_disk([make(f"n{at % 9}", at, f"text {at}") for at in range(COUNT)])
    for at, item in enumerate(columns(spilled, attributes=wanted)):
        whole = make(f"n{at % 9}", at, f"text {at}")
        assert type(item) is make
        assert [getattr(item, name) for name in wanted] == [getattr(whole, name) for name in wanted]


class Row(NamedTuple):
    name: str
    number: int
    text: str = ""

    @property
    def size(self) -> int:
        return self.number + len(self.text)


class Louder(Row):
    @property
    def name(self) -> str:  # type: ignore[override]
        return f"{self[0]} {self.text}"


class Invents(Row):
    def __getattribute__(self, name: str) -> Any:
        if name == "number":
            return len(tuple.__getitem__(self, 2))
        return super().__getattribute__(name)


@pytest.mark.parametrize("make", [Row, Louder, Invents])
@pytest.mark.parametrize(
    "wanted",
    [
        ("name",),
        ("text", "number"),
        ("name", "number", "text"),
        ("size",),
        ("size", "name"),
        ("count",),
    ],
)
def test_named_tuples(make: type[Row], wanted: tuple[str, ...]) -> None:
    spilled = on_disk([make(f"n{at % 9}", at, f"text {at}") for at in range(COUNT)])
    for at, item in enumerate(columns(spilled, attributes=wanted)):
        whole = make(f"n{at % 9}", at, f"text {at}")
        assert type(item) is make
        if wanted != ("count",):
            found = [getattr(item, name) for name in wanted]
            assert found == [getattr(whole, name) for name in wanted]
    assert list(columns(spilled, "name")) == list(spilled)


def test_only_those_places_are_made() -> None:
    spilled = on_disk([Row(f"n{at}", at, "x" * 50) for at in range(COUNT)])
    narrow = [tuple(item)[2] for item in columns(spilled, attributes=("number",))]
    assert narrow.count(None) > COUNT // 2


def test_only_those_are_made() -> None:
    spilled = on_disk([{"name": f"n{at}", "number": at, "text": "x" * 50} for at in range(COUNT)])
    narrow = [len(row) for row in columns(spilled, "number")]
    assert narrow.count(1) > COUNT // 2
    assert set(narrow) == {1, 3}
    objects = on_disk([Item(f"n{at}", at, "x" * 50) for at in range(COUNT)])
    narrow = [len(vars(item)) for item in columns(objects, attributes=("number",))]
    assert narrow.count(1) > COUNT // 2


def test_what_an_instance_does_not_hold_itself_is_asked_of_a_whole_one() -> None:
    spilled = on_disk([Sized(f"n{at}", at) for at in range(COUNT)])
    for names in (("twice",), ("kind",), ("kind", "number"), ("name", "twice")):
        for at, item in enumerate(columns(spilled, attributes=names)):
            whole = Sized(f"n{at}", at)
            assert [getattr(item, name) for name in names] == [
                getattr(whole, name) for name in names
            ]
    assert [item["name"] for item in columns(spilled, "name")] == [
        f"{at} name" for at in range(COUNT)
    ]
    guessed = on_disk([Guessed(at) for at in range(COUNT)])
    assert [item.text for item in columns(guessed, attributes=("text",))] == [
        f"{at} text" for at in range(COUNT)
    ]


def test_what_is_missing_is_missing() -> None:
    spilled = on_disk([{"name": at} if at % 3 else {"number": at} for at in range(COUNT)])
    for row in columns(spilled, "name"):
        assert ("name" in row) == ("number" not in row) or "name" not in row
    with pytest.raises(KeyError, match="'name'"):
        [row["name"] for row in columns(spilled, "name")]
    objects = on_disk([Item(at, at) for at in range(COUNT)])
    with pytest.raises(AttributeError, match="'Item' object has no attribute 'nothing'"):
        [item.nothing for item in columns(objects, attributes=("nothing",))]
    with pytest.raises(TypeError, match="'Item' object is not subscriptable"):
        [item["name"] for item in columns(objects, "name")]
    with pytest.raises(AttributeError, match="'dict' object has no attribute 'name'"):
        [row.name for row in columns(spilled, attributes=("name",))]


def test_other_items_are_given_as_they_are() -> None:
    mixed = [(at, "a") if at % 2 else f"text {at}" for at in range(COUNT)]
    assert list(columns(on_disk(mixed[:]), "name")) == mixed
    counted = [defaultdict(list, name=at) for at in range(COUNT)]
    assert [row["name"] for row in columns(on_disk(counted[:]), "name")] == list(range(COUNT))
    rows = [{"name": 1}]
    assert columns(rows, "name") is rows


def test_the_list_may_grow_and_change_on_the_way() -> None:
    spilled = on_disk([{"name": f"n{at}", "number": at} for at in range(COUNT)])
    seen = []
    for row in columns(spilled, "number"):
        seen.append(row["number"])
        if row["number"] == 10:
            spilled.extend({"name": "new", "number": -at} for at in range(1, COUNT))
    assert seen == [*range(COUNT), *range(-1, -COUNT, -1)]
    walk = iter(columns(spilled, "number"))
    assert next(walk)["number"] == 0
    spilled[1] = {"name": "one", "number": "one"}
    assert next(walk)["number"] == "one"
    spilled.clear()
    assert list(walk) == []


def test_it_can_be_walked_again_and_is_collected() -> None:
    spilled = on_disk([{"name": f"n{at % 5}", "number": at} for at in range(COUNT)])
    view = columns(spilled, "number")
    assert sum(row["number"] for row in view) == sum(row["number"] for row in view)
    del view, spilled
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(5):
        spilled = on_disk([{"name": f"n{at % 5}", "number": at} for at in range(COUNT)])
        next(iter(columns(spilled, "number")))
        spilled.append({"name": spilled, "number": 0})
        del spilled
    gc.collect()
    assert len(gc.get_objects()) - before < 500
