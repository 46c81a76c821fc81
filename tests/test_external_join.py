"""``external_join`` beside a join by a dictionary."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import external_join

KEY = itemgetter(0)

pytestmark = pytest.mark.usefixtures("little_memory")


@dataclass
class Row:
    key: Any
    name: str

    def __getitem__(self, _: int) -> Any:
        return self.key


def by_dict(left: Iterable[Any], right: Iterable[Any], how: str) -> Iterator[Any]:
    index: dict[Any, list[Any]] = {}
    for row in right:
        index.setdefault(KEY(row), []).append(row)
    missing = [None] if how == "left" else []
    for row in left:
        for other in index.get(KEY(row), missing):
            yield row, other


KEYS: dict[str, Callable[[random.Random], Any]] = {
    "int": lambda r: r.randrange(700),
    "str": lambda r: f"key {r.randrange(700)}",
    "bytes": lambda r: b"%d" % r.randrange(700),
    "number": lambda r: (
        r.choice([r.randrange(2) == 1, 1.0, -0.0]) if r.random() < 0.02 else r.randrange(999) / 2
    ),
    "pair": lambda r: (r.randrange(30), f"n{r.randrange(20)}"),
    "pair with none": lambda r: (r.choice([None, 1]), r.randrange(400)),
    "skewed": lambda r: 0 if r.random() < 0.01 else r.randrange(2000),
    "mixed": lambda r: None if r.random() < 0.02 else r.choice([int, str])(r.randrange(600)),
    "late": lambda r: None if r.random() < 0.001 else r.randrange(500),
    "nan": lambda r: float("nan") if r.random() < 0.001 else r.randrange(900) / 4,
    "decimal": lambda r: Decimal(r.randrange(500)),
    "late decimal": lambda r: Decimal(3) if r.random() < 0.001 else r.randrange(500),
}
ROWS: dict[str, Callable[[Any, int], Any]] = {
    "tuple": lambda key, n: (key, n),
    "dict": lambda key, n: {0: key, "n": n, "list": [n]},
    "dataclass": lambda key, n: Row(key, f"row {n}"),
}


def rows(chance: random.Random, count: int, keys: str, kind: str) -> Iterator[Any]:
    for n in range(count):
        yield ROWS[kind](KEYS[keys](chance), n)


@pytest.mark.parametrize("how", ["inner", "left"])
@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("keys", KEYS)
def test_is_a_join_by_dict(keys: str, kind: str, how: str) -> None:
    for counts in [(0, 0), (0, 9), (9, 0), (1, 1), (30, 20), (2500, 3000), (100, 4000)]:
        made = [
            [
                list(rows(random.Random(side), count, keys, kind))
                for side, count in enumerate(counts)
            ]
            for _ in range(2)
        ]
        expected = list(by_dict(*made[0], how))
        left, right = (iter(copy.copy(side)) for side in made[1])
        del made
        found = external_join(
            left, right, left_key=KEY, right_key=KEY, how=how, frozen=kind != "tuple"
        )
        # NaN equals nothing, not even its copy.
        assert repr(list(found)) == repr(expected)


@pytest.mark.parametrize("left_keys", ["str", "mixed", "late", "nan", "late decimal", "decimal"])
@pytest.mark.parametrize("right_keys", ["int", "str", "number"])
@pytest.mark.parametrize("how", ["inner", "left"])
def test_keys_of_other_types(left_keys: str, right_keys: str, how: str) -> None:
    left = list(rows(random.Random(1), 3000, left_keys, "tuple"))
    right = list(rows(random.Random(2), 3000, right_keys, "tuple"))
    found = external_join(iter(left), iter(right), left_key=KEY, right_key=KEY, how=how)
    assert repr(list(found)) == repr(list(by_dict(left, right, how)))


def test_it_spills() -> None:
    before = runtime.stats()["bytes"]
    left = ((n % 5000, "left") for n in range(20_000))
    right = ((n, "right") for n in range(5000))
    joined = external_join(left, right, left_key=KEY, right_key=KEY)
    assert sum(1 for _ in joined) == 20_000
    assert runtime.stats()["bytes"] - before > 200_000


def test_one_key_with_many_rows() -> None:
    right = ((n % 2, n) for n in range(12_000))
    joined = external_join(iter([(0, "a"), (0, "b")]), right, left_key=KEY, right_key=KEY)
    assert [other[1] for _, other in joined if other] == [*range(0, 12_000, 2)] * 2


def test_left_is_walked_as_one_goes() -> None:
    taken = []

    def left() -> Iterator[tuple[int, str]]:
        for n in range(3):
            taken.append(n)
            yield n, "left"

    right = [(1, "one"), (0, "zero"), (1, "uno")]
    joined = external_join(left(), right, left_key=KEY, right_key=KEY)
    assert next(joined) == ((0, "left"), (0, "zero"))
    assert taken == [0]
    assert [other for _, other in joined] == [(1, "one"), (1, "uno")]


@pytest.mark.parametrize("count", [3, 5000])
def test_failures(count: int) -> None:
    def failing() -> Iterator[tuple[Any, int]]:
        yield from ((n, n) for n in range(count))
        raise ZeroDivisionError

    def unhashable() -> Iterator[tuple[Any, int]]:
        yield from ((n, n) for n in range(count))
        yield [], 0

    whole = [(n, n) for n in range(count)]
    with pytest.raises(ZeroDivisionError):
        external_join(iter(whole), failing(), left_key=KEY, right_key=KEY)
    with pytest.raises(ZeroDivisionError):
        list(external_join(failing(), iter(whole), left_key=KEY, right_key=KEY))
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        external_join(iter(whole), unhashable(), left_key=KEY, right_key=KEY)
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        list(external_join(unhashable(), iter(whole), left_key=KEY, right_key=KEY))
    with pytest.raises(ValueError, match="how must be 'inner' or 'left', not 'outer'"):
        external_join([], [], left_key=KEY, right_key=KEY, how="outer")
