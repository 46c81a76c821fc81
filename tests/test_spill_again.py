"""What is made in a shorter way than by a call: texts, dates, decimals, and groups walked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillGroups, SpillList, SpillSet


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    before = runtime.budget()
    runtime.configure(memory="16KiB")
    yield
    runtime.configure(memory=before)


def back(values: list[Any]) -> list[Any]:
    """What comes back of values that have been on disk."""
    spilled = runtime.stats()["bytes"]
    pairs = ((value, number) for number, value in enumerate(values * 300))
    kept: Any = SpillList(pairs, frozen=True)
    assert runtime.stats()["bytes"] > spilled
    assert [number for _, number in kept] == list(range(len(values) * 300))
    return [value for value, _ in kept]


def test_dates_are_what_they_were() -> None:
    second = datetime(2024, 10, 27, 2, 30, fold=1)
    values = [
        date.min,
        date.max,
        date(2024, 2, 29),
        datetime.min,
        datetime.max,
        second,
        second.replace(fold=0),
        datetime(2024, 1, 1, 12, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, 999_999, timezone(timedelta(hours=-5))),
    ]
    for made, value in zip(back(values), values * 300, strict=True):
        assert type(made) is type(value)
        assert (repr(made), hash(made)) == (repr(value), hash(value))
        assert made == value
        assert made + timedelta(0) == value
        assert made.__reduce_ex__(4) == value.__reduce_ex__(4)


def test_decimals_are_what_they_were() -> None:
    texts = ["0", "-0", "0.0", "0.00", "1E+5", "100000", "-12.50", "Infinity", "9" * 40, "NaN"]
    values = [Decimal(text) for text in texts]
    for made, value in zip(back(values), values * 300, strict=True):
        assert type(made) is Decimal
        assert made.as_tuple() == value.as_tuple()


def test_texts_are_what_they_were() -> None:
    values = ["", "a", "é", "ab", "añb", "x" * 16, "x" * 17, "x" * 300]
    values += ["\0\0", "日本", "\ud800", "a\x7fb"]
    values += [f"t{number}" for number in range(700)]
    for made, value in zip(back(values), values * 300, strict=True):
        assert made == value
        assert type(made) is str
        assert hash(made) == hash(value)
        assert made.isascii() == value.isascii()
        assert made.encode("utf-8", "surrogatepass") == value.encode("utf-8", "surrogatepass")
    # One character is always the interpreter's own object.
    assert {id(made) for made in back(["a", "bc"])[:100] if made == "a"} == {id(chr(97))}


class Row(NamedTuple):
    user: str
    number: int


@pytest.mark.parametrize("make", [lambda n: Row(f"u{n}", n), lambda n: {"number": n}, lambda n: n])
def test_groups_walked_again(make: Any) -> None:
    groups: Any = SpillGroups(True, frozen=True)
    expected: dict[int, list[Any]] = {}
    for number in range(9000):
        groups[number % 41].append(make(number))
        expected.setdefault(number % 41, []).append(make(number))
    for _ in range(2):
        for key, group in groups.items():
            wanted = expected[key]
            assert list(group) == wanted
            assert list(group) == wanted
            first, second = iter(group), iter(group)
            pairs = list(zip(first, second, strict=True))
            assert pairs == list(zip(wanted, wanted, strict=True))
            assert [type(item) for item in group] == [type(item) for item in wanted]
    # What is added while a group is walked is seen, as in a list; what is taken away is gone.
    group, wanted = groups[7], expected[7]
    seen = 0
    for item in group:
        assert item == wanted[seen]
        seen += 1
        if seen in (1, 100):
            group.append(make(-seen))
            wanted.append(make(-seen))
    assert seen == len(wanted)
    assert list(group) == wanted
    del group[3], wanted[3]
    assert list(group) == wanted
    assert list(groups[8]) == expected[8]
    walk = iter(groups[8])
    next(walk)
    del groups[7]
    assert [*walk] == expected[8][1:]
    assert walk.__length_hint__() == 0


def test_what_a_set_wrote_first_stays_in_memory() -> None:
    runtime.configure(memory="1MiB")
    elements = [("a" * (number % 30), number) for number in range(40_000)]
    spilled: Any = SpillSet()
    expected = set()
    for element in elements + elements[::-3]:
        assert (element in spilled) == (element in expected)
        spilled.add(element)
        expected.add(element)
    assert len(spilled) == len(expected)
    assert set(spilled) == expected
    for element in elements[::2]:
        spilled.discard(element)
        expected.discard(element)
    assert all((element in spilled) == (element in expected) for element in elements)
    assert sorted(spilled) == sorted(expected)
