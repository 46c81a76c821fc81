"""``sorted_set`` beside ``sorted(set(...))``."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import sorted_set

pytestmark = pytest.mark.usefixtures("little_memory")


MAKE: dict[str, Callable[[random.Random], Any]] = {
    "int": lambda r: r.randrange(-2000, 2000),
    "large int": lambda r: r.randrange(-5, 5) * 10 ** r.randrange(60),
    "float": lambda r: r.choice([0.0, -0.0, r.random(), r.randrange(900) / 8, float("inf")]),
    "str": lambda r: r.choice(["", "é", "\ud800", "a\0", "a"]) + str(r.randrange(1500)),
    "bytes": lambda r: b"%d\0" % r.randrange(3000),
    "tuple": lambda r: (r.randrange(40), f"n{r.randrange(40)}"),
    "tuple of both": lambda r: (r.choice([True, 1, 1.0, 2]), r.randrange(900)),
    "bool": lambda r: r.random() < 0.5,
    "numbers": lambda r: r.choice([1, 1.0, True, 0.5, r.randrange(900), Fraction(1, 2)]),
    "none in tuples": lambda r: (r.choice([None, 1]), r.randrange(600)),
    "mixed": lambda r: r.choice([r.randrange(900), f"x{r.randrange(900)}"]),
    "late": lambda r: "late" if r.random() < 0.0005 else r.randrange(4000),
    "late list": lambda r: [] if r.random() < 0.0005 else r.randrange(4000),
    "nan": lambda r: float("nan") if r.random() < 0.001 else r.random(),
    "sets": lambda r: frozenset(r.sample(range(5), 2)),
    "few": lambda r: f"value {r.randrange(5)}",
    "none": lambda r: None,
}


def outcome(
    work: Callable[[Iterable[Any]], Iterable[Any]],
    items: list[Any],
    given: Callable[[list[Any]], Iterable[Any]] = iter,
) -> list[str] | str:
    try:
        return [f"{type(item)} {item!r}" for item in work(given(items))]
    except Exception as error:
        return f"{type(error)} {error}"


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("count", [0, 1, 50, 700, 9000])
@pytest.mark.parametrize("kind", MAKE)
def test_is_sorted_set(kind: str, count: int, reverse: bool) -> None:
    for seed in range(3):
        chance = random.Random(f"{kind} {seed}")
        items = [MAKE[kind](chance) for _ in range(count)]
        expected = outcome(lambda xs: sorted(set(xs), reverse=reverse), items)
        for given in (iter, list, tuple):
            assert outcome(lambda xs: sorted_set(xs, reverse=reverse), items, given) == expected


def test_it_spills_what_repeats_once() -> None:
    before = runtime.stats()["bytes"]
    assert list(sorted_set(n % 5000 for n in range(100_000))) == list(range(5000))
    assert runtime.stats()["bytes"] > before
    spilled = runtime.stats()["bytes"]
    assert list(sorted_set(n % 20 for n in range(100_000))) == list(range(20))
    assert runtime.stats()["bytes"] == spilled
    assert list(sorted_set([n % 5000 for n in range(9000)])) == list(range(5000))
    assert runtime.stats()["bytes"] > spilled


def test_collections_and_failures() -> None:
    assert list(sorted_set([3, 1, 3])) == [1, 3]
    assert list(sorted_set({3, 1}, reverse=True)) == [3, 1]
    with pytest.raises(TypeError, match="object is not iterable"):
        sorted_set(5)  # type: ignore[arg-type]

    def failing() -> Iterator[int]:
        yield from range(5000)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sorted_set(failing())
