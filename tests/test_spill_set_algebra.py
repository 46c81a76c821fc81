"""What is made of sets on disk, beside what real sets make."""

from __future__ import annotations

import operator
import random
from collections import namedtuple
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import pytest

from spacetime_compiler.runtime import SpillDict, SpillSet, external_sort, sorted_set, stats

pytestmark = pytest.mark.usefixtures("little_memory")

Place = namedtuple("Place", "name number")


class Reading(NamedTuple):
    station: str
    value: float
    flag: bool = False


class Odd(Place):
    """Has a ``__dict__``, and a hash of its own."""

    def __hash__(self) -> int:
        return hash(self.number) + 1


MAKE: dict[str, Callable[[random.Random], Any]] = {
    "str": lambda r: f"name {r.randrange(3000)}",
    "int": lambda r: r.randrange(4000),
    "numbers": lambda r: r.choice([r.randrange(900), float(r.randrange(900)), True, -0.0, 0]),
    "tuple": lambda r: (r.randrange(50), f"n{r.randrange(60)}"),
    "named": lambda r: Place(f"p{r.randrange(60)}", r.randrange(50)),
    "typed": lambda r: Reading(f"s{r.randrange(40)}", r.randrange(90) / 2, r.random() < 0.5),
    "named and plain": lambda r: r.choice([Place, lambda *xs: xs])(f"p{r.randrange(60)}", 1),
    "own hash": lambda r: r.choice([Odd, Place])(f"p{r.randrange(60)}", r.randrange(40)),
    "mixed": lambda r: r.choice([r.randrange(900), f"x{r.randrange(900)}", None]),
    "nan": lambda r: float("nan") if r.random() < 0.001 else r.random(),
}


def shown(items: Any) -> list[tuple[str, str]]:
    return sorted((type(item).__name__, repr(item)) for item in items)


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("counts", [(0, 0), (0, 2500), (2500, 0), (2500, 2500), (40, 2500)])
def test_operations(kind: str, counts: tuple[int, int]) -> None:
    rng = random.Random(f"{kind}{counts}")
    items = [[MAKE[kind](rng) for _ in range(count)] for count in counts]
    if kind == "nan":
        items[1] += items[0][:200]
    filled = partial(SpillSet, lookups=False)
    for first, second in product((SpillSet, filled), (SpillSet, filled, set, frozenset)):
        for name in ("and_", "or_", "sub", "xor", "le", "lt", "ge", "gt", "eq", "ne"):
            work = getattr(operator, name)
            expected = work(set(items[0]), set(items[1]))
            found = work(first(items[0]), second(items[1]))
            if isinstance(expected, bool):
                assert found is expected, name
            else:
                assert len(found) == len(expected), name
                assert shown(found) == shown(expected), name
        assert first(items[0]).isdisjoint(second(items[1])) is set(items[0]).isdisjoint(items[1])
        for name in ("iand", "ior", "isub", "ixor"):
            expected, found = set(items[0]), first(items[0])
            same = found
            found = getattr(operator, name)(found, second(items[1]))
            assert found is same
            assert shown(found) == shown(getattr(operator, name)(expected, set(items[1])))


@pytest.mark.parametrize("kind", ["str", "int", "named", "typed"])
def test_a_set_and_itself(kind: str) -> None:
    rng = random.Random(kind)
    items = [MAKE[kind](rng) for _ in range(2500)]
    found = SpillSet(items)
    assert shown(found & found) == shown(found | found) == shown(set(items))
    assert not found - found
    assert not found ^ found
    assert found <= found
    assert not found < found
    other = found - SpillSet(items[:100])
    found.discard(items[200])
    assert (items[200] in other) is (items[200] not in items[:100])


def test_named_tuples_go_to_disk() -> None:
    before = stats()["bytes"]
    items = [Reading(f"station {number % 2000}", number % 2000, False) for number in range(20_000)]
    found = SpillSet(items)
    assert stats()["bytes"] > before
    assert set(found) == set(items)
    assert {type(item) for item in found} == {Reading}
    assert list(sorted_set(items)) == sorted(set(items))
    assert list(external_sort(iter(items))) == sorted(items)
    places = SpillDict({item: item.value for item in items})
    assert places["station 7", 7.0, False] == 7.0
    assert all(type(key) is Reading for key in places)
