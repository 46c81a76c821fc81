"""``updating``: walking a list on disk whose items are changed on the way."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillGroups, SpillList, stats, updating

pytestmark = pytest.mark.usefixtures("little_memory")

COUNT = 5000


@dataclass
class Item:
    number: int
    words: list[str] = field(default_factory=list)
    rank: int = 0


def rows_of(count: int) -> list[dict[str, Any]]:
    return [{"number": number, "tags": [number % 3]} for number in range(count)]


def on_disk(items: list[Any]) -> SpillList[Any]:
    """A list of new objects, most of which are on disk."""
    spilled = SpillList[Any](frozen=True, compared=False)
    while items:
        spilled.append(items.pop(0))
    return spilled


@pytest.mark.parametrize("count", [0, 1, 2, 9, 300, COUNT])
def test_what_is_changed_stays_changed(count: int) -> None:
    plain, spilled = rows_of(count), on_disk(rows_of(count))
    for rows in (plain, updating(spilled)):
        for row in rows:
            row["rank"] = row["number"] * 2
            row["tags"].append("seen")
            if row["number"] % 7 == 0:
                del row["number"]
    assert list(spilled) == plain
    assert len(spilled) == count


def test_most_of_it_is_on_disk_again() -> None:
    spilled = on_disk([Item(number) for number in range(COUNT)])
    before = stats()["bytes"]
    for item in updating(spilled):
        item.rank = item.number
    assert stats()["bytes"] - before > COUNT * 4
    gc.collect()
    assert sum(isinstance(found, Item) for found in gc.get_objects()) < COUNT // 4
    assert [item.rank for item in spilled] == list(range(COUNT))


def test_twice_and_in_part() -> None:
    spilled = on_disk(rows_of(COUNT))
    for row in updating(spilled):
        row["number"] += 1
    for number, row in enumerate(updating(spilled)):
        row["number"] *= 2
        if number == 100:
            break
    assert [row["number"] for row in spilled] == [
        (number + 1) * (2 if number <= 100 else 1) for number in range(COUNT)
    ]


def test_an_exception_half_way_keeps_what_was_changed() -> None:
    def change() -> None:
        for row in updating(spilled):
            if row["number"] == 2500:
                raise ValueError("half")
            row["number"] = -1

    spilled = on_disk(rows_of(COUNT))
    with pytest.raises(ValueError, match="half"):
        change()
    assert [row["number"] for row in spilled] == [-1] * 2500 + list(range(2500, COUNT))


def test_others_that_end_first() -> None:
    spilled = on_disk(rows_of(COUNT))
    for row, other in zip(updating(spilled), range(10), strict=False):
        row["number"] = -other
    assert [row["number"] for row in spilled][:12] == [-n for n in range(10)] + [10, 11]
    assert len(spilled) == COUNT


def test_what_somebody_holds_is_the_item() -> None:
    spilled = on_disk(rows_of(COUNT))
    held = []
    previous: dict[str, Any] | None = None
    for row in updating(spilled):
        if previous is not None:
            previous["next"] = row["number"]
        if row["number"] % 500 == 0:
            held.append(row)
        previous = row
    for row in held:
        row["held"] = True
    assert sum("held" in row for row in spilled) == len(held) == 10
    assert [row.get("next") for row in spilled] == [*range(1, COUNT), None]


def test_the_list_is_as_it_was_until_the_walk_is_over() -> None:
    spilled = on_disk(rows_of(COUNT))
    walk = updating(spilled)
    next(walk)["number"] = 77
    assert spilled[0]["number"] == 0
    del walk
    assert spilled[0]["number"] == 77


def test_a_list_that_is_changed_meanwhile() -> None:
    def change() -> None:
        for row in updating(spilled):
            if row["number"] == 3:
                spilled.sort(key=lambda row: -row["number"])

    spilled = on_disk(rows_of(COUNT))
    with pytest.raises(RuntimeError, match="while its items were updated"):
        change()


def test_other_iterables() -> None:
    assert list(updating([1, 2])) == [1, 2]
    assert list(updating(iter("ab"))) == ["a", "b"]
    with pytest.raises(TypeError):
        updating(5)  # type: ignore[arg-type]
    groups = SpillGroups[str, int](default=True)
    groups["a"].append(1)
    with pytest.raises(TypeError, match="SpillGroup"):
        updating(groups["a"])
