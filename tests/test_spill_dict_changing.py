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


def test_sorted_entries_are_those_of_the_beginning() -> None:
    def run(table: Table, sort: Any) -> list[Any]:
        for n in range(3000):
            table[n] = {"n": n}
        walk = iter(sort(table.items(), reverse=True))
        seen: list[Any] = [next(walk)]
        table[5]["n"] = 1
        table[6] = {"other": 1}
        del table[7]
        table[8] = {"other": 2}
        del table[8]
        table[8] = {"other": 3}
        table[3001] = {"new": 1}
        seen += [repr(entry) for _, entry in zip(range(1000), walk, strict=False)]
        second = iter(sort(table.values(), key=lambda record: -record.get("n", -1)))
        seen.append(next(second))
        table.clear()
        table[1] = {"after": 1}
        seen += [repr(entry) for entry in walk]
        seen += [repr(entry) for entry in second]
        return seen

    assert run(SpillDict(changing=True), runtime.external_sort) == run({}, sorted)
    many: SpillDict[int, Any] = SpillDict({n: {"n": n} for n in range(3000)}, changing=True)
    with pytest.raises(TypeError, match="'<' not supported"):
        runtime.external_sort(many.values())


def test_many_are_set_in_a_row() -> None:
    def run(table: Table) -> list[Any]:
        seen: list[Any] = []
        for n in range(3000):
            table[n] = {"n": n}
        for n in range(2500, 5000):
            table[n] = {"m": n}
        for n in range(1000):
            table[n]["n"] += 1
        for n in range(4900, 5300):
            table[n] = {"o": n}
            if n % 50 == 0:
                seen += [table[n - 3000], len(table)]
        seen.append(len(table))
        return [*seen, list(table.items())]

    assert run(SpillDict(changing=True)) == run({})


def test_sets_are_what_they_were() -> None:
    def run(table: Table) -> list[Any]:
        seen: list[Any] = []
        for n in range(2000):
            table[n] = {"seen": {n * 8, n * 16, n * 32 + 1, str(n)}, "n": 0}
            table[n]["seen"].discard(n * 16)
        for turn in range(4):
            for n in range(0, 2000, 3):
                record = table[n]
                record["n"] += 1
                record["seen"].add(n * 16 + turn * 64)
                if turn % 2:
                    seen.append(record["seen"].pop())
        return [*seen, [list(record["seen"]) for record in table.values()]]

    assert run(SpillDict(changing=True)) == run({})


class Noted:
    """Says when it goes."""

    def __init__(self, log: list[int], number: int) -> None:
        self.log, self.number = log, number

    def __del__(self) -> None:
        self.log.append(self.number)


@pytest.mark.parametrize("clear", [False, True])
def test_what_ends_ends_in_order(clear: bool) -> None:
    log: list[int] = []
    table: SpillDict[int, Any] = SpillDict(changing=True)
    for n in range(3000):
        table[n] = {"note": Noted(log, n) if n % 100 == 7 else None, "text": "x" * 50}
    for n in range(0, 3000, 3):
        table[n]["text"] += "y"
    if clear:
        table.clear()
    del table
    assert log == list(range(7, 3000, 100))


class Host:
    """A plain class: equal to nothing but itself."""

    def __init__(self, name: str) -> None:
        self.name, self.count = name, 0


def test_objects_that_equal_nothing_but_themselves_go_to_disk() -> None:
    table: SpillDict[int, Host] = SpillDict({n: Host(str(n)) for n in range(3000)}, changing=True)
    before = runtime.stats()["bytes"]
    for n in range(3000, 20000):
        table[n] = Host(str(n))
    assert runtime.stats()["bytes"] > before
    one = table[5]
    for n in range(20000):
        table[n].count += 1
    assert one is table[5]
    assert one == table[5]
    assert one != table[6]
    assert {host.count for host in table.values()} == {1}


def test_large_values_that_are_changed_once_go_to_disk_again() -> None:
    def run(table: Table) -> list[Any]:
        for n in range(300):
            table[n] = {"text": f"{n}" * 1500, "seen": 0}
        for _ in range(20):
            for n in range(0, 300, 7):
                table[n]["seen"] += 1
                table[n]["text"] += "more"
        return [repr(record) for record in table.values()]

    assert run(SpillDict(changing=True)) == run({})
