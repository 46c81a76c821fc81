"""Records on disk that have lists with items on disk, beside dicts of records with lists."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillDict, SpillGroup
from spilling import spilled_by

pytestmark = pytest.mark.usefixtures("little_memory")

Table = MutableMapping[Any, Any]


class Host:
    """A record that is an object."""

    def __init__(self, sizes: Any) -> None:
        self.count = 0
        self.sizes = sizes


def work(table: Table, make: Callable[[], Any], seed: int, steps: int = 4000) -> list[Any]:
    """Do what programs do with such records, and say what they see."""
    chance = random.Random(seed)
    seen: list[Any] = []
    kept: list[Any] = []
    for step in range(steps):
        key = f"host {chance.randrange(300)}"
        what = chance.random()
        if key not in table:
            table[key] = {"count": 0, "sizes": make(), "text": key * 3}
        record = table[key]
        if what < 0.8:
            record["count"] += 1
            record["sizes"].append((step, f"item {step}"))
        elif what < 0.84:
            record["sizes"].extend((step, n) for n in range(chance.randrange(30)))
        elif what < 0.88:
            seen.append((len(record["sizes"]), list(record["sizes"])[-3:], record["count"]))
        elif what < 0.90:
            record["sizes"] = make()
        elif what < 0.92:
            record["sizes"].sort(reverse=True, key=repr)
        elif what < 0.94:
            kept.append(record["sizes"])
        elif what < 0.96 and kept:
            # A list that somebody holds is the one in the record.
            kept[chance.randrange(len(kept))].append("by another hand")
        elif what < 0.97:
            shared = {"sizes": record["sizes"], "count": 1, "text": ""}
            table[f"other {chance.randrange(20)}"] = shared
        elif what < 0.98:
            seen.append(list(table.pop(key)["sizes"]))
        elif what < 0.983:
            kept.clear()
            gc.collect()
        elif what < 0.985:
            seen.append([len(record["sizes"]) for record in table.values()])
    seen.append([(key, record["count"], list(record["sizes"])) for key, record in table.items()])
    return seen


@pytest.mark.parametrize("seed", range(12))
def test_lists_in_records_are_lists(seed: int) -> None:
    make = SpillGroup if seed % 2 else lambda: SpillGroup(frozen=True)
    assert work(SpillDict(changing=True), make, seed) == work({}, list, seed)


def test_records_and_items_go_to_disk() -> None:
    table: Any = SpillDict(changing=True)

    def fill() -> None:
        for n in range(30_000):
            key = n % 3000
            if key not in table:
                table[key] = Host(SpillGroup())
            table[key].sizes.append(n)
            table[key].count += 1

    assert spilled_by(fill) > 100_000
    assert all(list(host.sizes) == list(range(key, 30_000, 3000)) for key, host in table.items())
    assert {host.count for host in table.values()} == {10}


def test_lists_are_given_back() -> None:
    """What a dictionary refers to goes with it, or when it is cleared, and not before."""
    held = SpillGroup(["one"])
    for clear in (True, False):
        table: Any = SpillDict(changing=True)
        for n in range(3000):
            table[n] = {"sizes": SpillGroup([f"item {n}"]), "n": n}
        table["held"] = {"sizes": held, "n": 0}
        taken = table[7]["sizes"]
        if clear:
            table.clear()
        else:
            del table
        assert list(taken) == ["item 7"]
        assert list(held) == ["one"]
        taken.append("more")
        assert list(taken) == ["item 7", "more"]


def test_settled_records_have_their_lists() -> None:
    table: Any = SpillDict(changing=True)
    for n in range(2000):
        table.setdefault(n % 400, {"sizes": SpillGroup(), "n": 0})["sizes"].append(n)
    runtime.settled(table)
    expected = [list(range(n, 2000, 400)) for n in range(400)]
    records = list(table.values())
    again = list(table.values())
    assert [list(record["sizes"]) for record in records] == expected
    assert [list(record["sizes"]) for record in again] == expected
