"""``external_counter`` beside ``Counter``, ``external_distinct`` beside ``dict.fromkeys``."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import external_counter, external_distinct

pytestmark = pytest.mark.usefixtures("little_memory")


MAKE: dict[str, Callable[[random.Random], Any]] = {
    "int": lambda r: r.randrange(3000),
    "str": lambda r: f"item {int(r.paretovariate(0.3)) % 5000}",
    "bytes": lambda r: b"%d" % r.randrange(3000),
    "number": lambda r: r.choice([True, 1.0, 0.0, -0.0, r.randrange(900), r.randrange(2000) / 2]),
    "tuple": lambda r: (r.randrange(50), f"n{r.randrange(40)}"),
    "tuple with none": lambda r: (r.choice([None, 1]), r.randrange(900)),
    "mixed": lambda r: r.choice([r.randrange(900), f"x{r.randrange(900)}", None]),
    "late": lambda r: None if r.random() < 0.0002 else r.randrange(3000),
    "nan": lambda r: float("nan") if r.random() < 0.0002 else r.randrange(900) / 4,
    "decimal": lambda r: r.choice([int, Decimal])(r.randrange(900)),
    "few": lambda r: r.randrange(3),
}


def typed(pairs: Any) -> list[tuple[type, Any, int]]:
    """Of equal items the first is kept, with its type."""
    return [(type(item), repr(item), number) for item, number in pairs]


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("count", [0, 1, 40, 5000, 30_000])
def test_counts_as_counter_does(kind: str, count: int) -> None:
    chance = random.Random(kind)
    items = [MAKE[kind](chance) for _ in range(count)]
    expected = Counter(items)
    counted = external_counter(iter(items))
    assert len(counted) == len(expected)
    assert counted.total() == count
    assert typed(counted.items()) == typed(expected.items())
    assert list(map(repr, counted)) == list(map(repr, expected))
    for n in (0, 1, 7, 500, -1, None):
        assert typed(counted.most_common(n)) == typed(expected.most_common(n))
    assert typed(counted.by_count()) == typed(expected.most_common())
    for reverse in (False, True):
        try:
            ordered = [(item, expected[item]) for item in sorted(expected, reverse=reverse)]
        except TypeError:
            with pytest.raises(TypeError, match="not supported between"):
                list(counted.sorted_items(reverse=reverse))
        else:
            assert typed(counted.sorted_items(reverse=reverse)) == typed(ordered)


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("count", [0, 1, 40, 9000])
def test_distinct_as_first_seen(kind: str, count: int) -> None:
    chance = random.Random(kind)
    items = [MAKE[kind](chance) for _ in range(count)]
    assert list(map(repr, external_distinct(items))) == list(map(repr, dict.fromkeys(items)))
    firsts = {repr(item)[:3]: item for item in reversed(items)}
    found = list(external_distinct(items, key=lambda item: repr(item)[:3]))
    assert sorted(map(repr, found)) == sorted(map(repr, firsts.values()))


def test_it_spills_and_takes_a_key() -> None:
    before = runtime.stats()["bytes"]
    counted = external_counter(range(60_000), key=lambda number: number % 20_000)
    assert runtime.stats()["bytes"] - before > 100_000
    assert counted.most_common(2) == [(0, 3), (1, 3)]
    assert sum(number for _, number in counted.items()) == 60_000


def test_failures() -> None:
    def failing(error: bool) -> Iterator[Any]:
        yield from range(20_000)
        if error:
            raise ZeroDivisionError
        yield []

    with pytest.raises(ZeroDivisionError):
        external_counter(failing(True))
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        external_counter(failing(False))
    with pytest.raises(TypeError, match="object is not iterable"):
        external_counter(5)  # type: ignore[arg-type]
    distinct = external_distinct(failing(True))
    assert [next(distinct) for _ in range(20_000)] == list(range(20_000))
    with pytest.raises(ZeroDivisionError):
        next(distinct)
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        list(external_distinct(failing(False)))
