"""``SpillDict`` whose values are changed by those who get them, beside ``dict``."""

from __future__ import annotations

import random
from collections.abc import MutableMapping
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillDict

pytestmark = pytest.mark.usefixtures("little_memory")

Table = MutableMapping[Any, Any]


def work(table: Table, seed: int, kept: list[Any]) -> list[Any]:
    """Do what programs do with records in a dictionary, and say what they see."""
    chance = random.Random(seed)
    seen: list[Any] = []

    def change(record: Any) -> None:
        if isinstance(record, list):
            record[0] += 1
            if chance.random() < 0.1:
                record.append(f"more {len(record)}")
        else:
            record["n"] += 1
            record["last"] = chance.choice([None, "x" * 40, chance.randrange(100), 1.5])
            if chance.random() < 0.05:
                record[f"new {chance.randrange(3)}"] = [1, [2]]

    for step in range(3000):
        key = chance.choice([chance.randrange(300), f"k{chance.randrange(200)}"])
        what = chance.random()
        if key not in table:
            record: Any = [0, key] if chance.random() < 0.3 else {"n": 0, "key": key}
            table[key] = record
        elif what < 0.6:
            change(table[key])
        elif what < 0.7:
            record = table.setdefault(key, {"n": -1})
            change(record)
            if chance.random() < 0.2:
                kept.append(record)
        elif what < 0.75 and kept:
            change(chance.choice(kept))
        elif what < 0.8 and kept:
            kept.pop(chance.randrange(len(kept)))
        elif what < 0.85:
            seen.append(repr(table.pop(key)))
        elif what < 0.9:
            other = table[key]
            seen.append(other is table[key])
            table[f"alias {chance.randrange(20)}"] = other
        elif what < 0.95:
            seen.append(repr(table.get(key)))
        elif step % 10 == 0:
            for record in table.values():
                if chance.random() < 0.3:
                    change(record)
        elif step % 10 == 1:
            for name, record in table.items():
                change(record)
                seen.append(repr((name, record))[:80])
                if chance.random() < 0.05:
                    change(table[name])
                    seen.append(repr(record))
                if chance.random() < 0.05:
                    break
        elif step % 10 == 2:
            seen.append(len(table))
            del table[next(iter(table))]
    seen.append([(name, repr(record)) for name, record in table.items()])
    seen.append([repr(record) for record in kept])
    return seen


@pytest.mark.parametrize("seed", range(30))
def test_does_what_a_dict_does(seed: int) -> None:
    expected = work({}, seed, [])
    assert work(SpillDict(changing=True), seed, []) == expected


def test_what_somebody_holds_is_the_object_that_is_asked_for() -> None:
    before = runtime.stats()["bytes"]
    table: SpillDict[int, Any] = SpillDict(changing=True)
    for n in range(5000):
        table[n] = {"n": n}
    assert runtime.stats()["bytes"] > before
    record = table[7]
    for n in range(5000):
        table[n]["n"] += 1
    assert record is table[7]
    assert record == {"n": 8}
    record["n"] = "changed"
    for n in range(4999, -1, -1):
        table[n]["m"] = 1
    assert table[7] == {"n": "changed", "m": 1}
    assert [row["n"] for row in table.values()][6:9] == [7, "changed", 9]


def test_a_copy_has_the_same_records() -> None:
    table: SpillDict[int, Any] = SpillDict({n: {"n": n} for n in range(3000)}, changing=True)
    copy = table.copy()
    copy[5]["n"] = "both"
    assert table[5] == {"n": "both"}


def test_inner_objects_are_changed() -> None:
    def run(table: Table) -> list[str]:
        for n in range(3000):
            table[n] = [n, {"inner": [n]}, []]
        inner: list[Any] = []
        for n in range(0, 3000, 7):
            inner += [table[n][1], table[n][2], table[n + 1 if n < 2999 else n][1]["inner"]]
        for part in inner:
            if isinstance(part, list):
                part.append("x")
            else:
                part["y"] = 1
        return [repr(record) for record in table.values()]

    assert run(SpillDict(changing=True)) == run({})


@pytest.mark.parametrize("reverse", [False, True])
def test_entries_are_sorted(reverse: bool) -> None:
    def run(table: Table, sort: Any) -> list[Any]:
        for n in range(3000):
            table[f"k{n * 7919 % 3001}"] = {"n": n % 97}
        seen: list[Any] = []
        for name, record in sort(table.items(), reverse=reverse):
            record["n"] += 1
            seen.append((name, record["n"]))
        for record in sort(table.values(), key=lambda record: record["n"], reverse=reverse):
            seen.append(record["n"])
            record["n"] = -record["n"]
        pairs = sort(table.items(), key=lambda pair: (pair[1]["n"], pair[0]), reverse=reverse)
        return [*seen, *((name, repr(record)) for name, record in pairs)]

    assert run(SpillDict(changing=True), runtime.external_sort) == run({}, sorted)


def test_sorted_entries_do_not_outlive_a_change() -> None:
    table: SpillDict[int, Any] = SpillDict({n: {"n": n} for n in range(3000)}, changing=True)
    walk = iter(runtime.external_sort(table.items(), reverse=True))
    assert next(walk) == (2999, {"n": 2999})
    table[5]["n"] = 1
    assert next(walk) == (2998, {"n": 2998})
    del table[7]
    with pytest.raises(RuntimeError, match="changed while its sorted entries are walked"):
        next(walk)
    with pytest.raises(TypeError, match="'<' not supported"):
        runtime.external_sort(table.values())
