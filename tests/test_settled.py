"""``settled``: dictionaries on disk whose values nobody changes any more, beside ``dict``."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillDict, SpillList, external_sort, settled, stats

pytestmark = pytest.mark.usefixtures("little_memory")


@dataclass
class Host:
    name: str
    count: int
    sizes: list[int]


def fill(table: Any, how: str, number: int = 3000) -> Any:
    """Make records, and change them in no order."""
    chance = random.Random(7)
    for at in range(number):
        name = f"host {at}"
        table[name] = (
            {"name": name, "count": 0, "sizes": []}
            if how == "dict"
            else Host(name, 0, [])
            if how == "object"
            else [name, 0, []]
        )
    for _ in range(2 * number):
        record = table[f"host {chance.randrange(number)}"]
        if how == "dict":
            record["count"] += 1
            record["sizes"].append(chance.randrange(1000))
        elif how == "object":
            record.count += 1
            record.sizes.append(chance.randrange(1000))
        else:
            record[1] += 1
            record[2].append(chance.randrange(1000))
    return table


HOWS = ("dict", "object", "list")


@pytest.mark.parametrize("how", HOWS)
def test_all_is_as_it_was_left(how: str) -> None:
    plain, table = fill({}, how), fill(SpillDict(changing=True), how)
    assert settled(table) is table
    assert len(table) == len(plain)
    assert list(table) == list(plain)
    assert [repr(value) for value in table.values()] == [repr(value) for value in plain.values()]
    assert list(table.items()) == list(plain.items())
    for name in ("host 0", "host 1500", "host 2999", "nobody"):
        assert table.get(name) == plain.get(name)
    assert settled(table) is table


@pytest.mark.parametrize("how", HOWS)
def test_a_list_of_the_values_goes_to_disk(how: str) -> None:
    plain, table = fill({}, how), settled(fill(SpillDict(changing=True), how))
    before = stats()["bytes"]
    rows = SpillList(table.values(), frozen=True)
    assert stats()["bytes"] - before > 20_000
    assert list(rows) == list(plain.values())
    assert rows[100] == plain["host 100"]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("reverse", [False, True])
def test_sorted_values(how: str, reverse: bool) -> None:
    def count(record: Any) -> Any:
        if how == "object":
            return record.count
        return record["count"] if how == "dict" else record[1]

    plain, table = fill({}, how), settled(fill(SpillDict(changing=True), how))
    expected = sorted(plain.values(), key=count, reverse=reverse)
    assert list(external_sort(table.values(), key=count, reverse=reverse)) == expected

    def of_pair(pair: Any) -> Any:
        return count(pair[1])

    pairs = sorted(plain.items(), key=of_pair, reverse=reverse)
    assert list(external_sort(table.items(), key=of_pair, reverse=reverse)) == pairs
    pairs = sorted(plain.items(), reverse=reverse)
    assert list(external_sort(table.items(), reverse=reverse)) == pairs


def test_what_somebody_holds_stays_the_object() -> None:
    table = fill(SpillDict(changing=True), "dict")
    held = table["host 5"]
    held["count"] = 77
    settled(table)
    assert table["host 5"] is held
    assert next(value for value in table.values() if value["name"] == "host 5") is held


def test_entries_may_come_and_go_afterwards() -> None:
    plain, table = fill({}, "dict"), settled(fill(SpillDict(changing=True), "dict"))
    for each in (plain, table):
        for at in range(0, 3000, 3):
            del each[f"host {at}"]
        for at in range(5000, 8000):
            each[f"host {at}"] = {"name": at}
        each["host 1"] = {"name": "another"}
    assert list(table.items()) == list(plain.items())


def test_a_small_one_and_others_are_given_as_they_are() -> None:
    small = SpillDict(changing=True)
    small["a"] = {"n": 1}
    record = small["a"]
    assert settled(small)["a"] is record
    plain: dict[str, int] = {}
    assert settled(plain) is plain
    frozen = SpillDict(frozen=True)
    assert settled(frozen) is frozen
    assert settled(SpillDict(changing=True)) == {}


def test_in_the_middle_of_a_walk() -> None:
    plain, table = fill({}, "dict"), fill(SpillDict(changing=True), "dict")
    seen = []
    for at, value in enumerate(table.values()):
        if at == 1000:
            settled(table)
        seen.append(value["count"])
    assert seen == [value["count"] for value in plain.values()]
