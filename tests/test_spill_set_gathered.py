"""A ``SpillSet`` of which nothing is kept in memory, beside ``set``."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillSet

pytestmark = pytest.mark.usefixtures("little_memory")


class Place(NamedTuple):
    name: str
    number: int


MAKE: dict[str, Callable[[random.Random], Any]] = {
    "str": lambda r: f"name {r.randrange(9000)} {r.randrange(3):x}-{'y' * r.randrange(30)}",
    "int": lambda r: r.randrange(20_000),
    "numbers": lambda r: r.choice([int, float, bool])(r.randrange(5000)),
    "named and plain": lambda r: r.choice([Place, lambda *xs: xs])(f"p{r.randrange(900)}", 1),
    "few": lambda r: f"a name that comes again {r.randrange(700)}",
    "rarely odd": lambda r: (
        r.randrange(9000) if r.random() < 0.9999 else Decimal(r.randrange(9000))
    ),
}


def shown(items: Any) -> list[tuple[str, str]]:
    return sorted((type(item).__name__, repr(item)) for item in items)


def add_many(chance: random.Random, kind: str, one: Any, _other: Any) -> None:
    for _ in range(chance.choice([1, 50, 4000])):
        one.add(MAKE[kind](chance))


def update(chance: random.Random, kind: str, one: Any, _other: Any) -> None:
    one.update([MAKE[kind](chance) for _ in range(chance.choice([1, 3000]))])


def walk_and_add_again(_chance: random.Random, _kind: str, one: Any, _other: Any) -> Any:
    walked = []
    for item in one:
        one.add(item)
        walked.append(item)
    return shown(walked)


def walk_and_grow(_chance: random.Random, _kind: str, one: Any, _other: Any) -> Any:
    try:
        for _ in one:
            one.add(("new", len(one)))
    except RuntimeError as error:
        return str(error)
    return None


def walk_and_combine(_chance: random.Random, _kind: str, one: Any, other: Any) -> Any:
    walked, sizes = [], set()
    for number, item in enumerate(one):
        if number % 700 == 0:
            sizes.add(len(other - one))
        walked.append(item)
    return shown(walked), sorted(sizes)


def walk_and_ask(_chance: random.Random, _kind: str, one: Any, _other: Any) -> Any:
    return shown(item for number, item in enumerate(one) if number % 900 or item in one)


def walk_and_take_away(_chance: random.Random, _kind: str, one: Any, _other: Any) -> Any:
    gone = next(iter(one), None)
    return len(one - type(one)([gone])), len(one)


OPERATIONS: list[Callable[[random.Random, str, Any, Any], Any]] = [
    add_many,
    add_many,
    add_many,
    add_many,
    update,
    walk_and_add_again,
    walk_and_grow,
    walk_and_combine,
    walk_and_take_away,
    lambda _r, _k, one, other: shown(one - other),
    lambda _r, _k, one, other: shown(one & other),
    lambda _r, _k, one, other: shown(one | other),
    lambda _r, _k, one, other: shown(one ^ other),
    lambda _r, _k, one, other: len(one - other),
    lambda _r, _k, one, other: (one <= other, one < other, one == other, one.isdisjoint(other)),
    lambda _r, _k, one, other: (one == one.copy(), one <= (one | other), (one & other) <= one),
    lambda _r, _k, one, other: one.update(other),
    lambda _r, _k, one, other: one.difference_update(set(sorted(other, key=repr)[:50])),
    lambda r, k, one, _o: shown(one & {MAKE[k](r) for _ in range(40)}),
    lambda r, k, one, _o: shown({MAKE[k](r) for _ in range(40)} & one),
    lambda r, k, one, _o: shown({MAKE[k](r) for _ in range(40)} - one),
    lambda _r, _k, one, _o: (len(one), shown(one)),
    lambda r, _k, one, _o: one.clear() if r.random() < 0.2 else None,
]
# What makes it a set like the others.
ASKING: list[Callable[[random.Random, str, Any, Any], Any]] = [
    walk_and_ask,
    lambda r, k, one, _o: [MAKE[k](r) in one for _ in range(30)],
    lambda r, k, one, _o: one.discard(MAKE[k](r)),
    lambda _r, _k, one, _o: len(one) > 0 and one.pop() in one,
]


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("seed", range(12))
def test_does_what_a_set_does(kind: str, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    ours = [SpillSet[Any](lookups=False) for _ in range(3)]
    theirs = [set[Any]() for _ in range(3)]
    for step in range(30):
        table = ASKING if seed % 3 == 2 and chance.random() < 0.05 else OPERATIONS
        work = chance.choice(table)
        one, other = chance.randrange(3), chance.randrange(3)
        state = chance.random()
        expected = work(random.Random(state), kind, theirs[one], theirs[other])
        found = work(random.Random(state), kind, ours[one], ours[other])
        if work in ASKING[-1:]:
            # Each takes out another element.
            ours[one].clear()
            theirs[one].clear()
        else:
            assert found == expected, (step, work)
    for mine, its in zip(ours, theirs, strict=True):
        assert len(mine) == len(its)
        assert shown(mine) == shown(its)


def test_of_equal_elements_the_first_stays() -> None:
    numbers = SpillSet[Any](lookups=False)
    for number in range(30_000):
        numbers.add(float(number) if number % 3 else number)
    for number in range(30_000):
        numbers.add(number)
    assert len(numbers) == 30_000
    assert all(isinstance(number, float) == bool(number % 3) for number in numbers)


def test_what_cannot_be_hashed_is_refused() -> None:
    numbers = SpillSet[Any](range(30_000), lookups=False)
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        numbers.add([])
    assert len(numbers) == 30_000
    assert [] not in [*numbers]


def test_it_can_be_counted_after_each_element() -> None:
    numbers = SpillSet[int](range(20_000), lookups=False)
    for number in range(15_000, 25_000):
        numbers.add(number)
        assert len(numbers) == max(20_000, number + 1)


def test_little_is_kept_in_memory() -> None:
    before = runtime.stats()["bytes"]
    names = SpillSet[str]((f"user{n * 7919 % 60_000}" for n in range(120_000)), lookups=False)
    assert runtime.stats()["bytes"] > before
    assert len(names) == 60_000
    assert sorted(names) == sorted(f"user{n}" for n in range(60_000))


def test_a_full_disk_keeps_everything_in_memory(tmp_path: Any) -> None:
    before = runtime.directory()
    runtime.configure(directory=tmp_path / "missing")
    try:
        one = SpillSet(range(20_000), lookups=False)
        other = SpillSet(range(10_000, 30_000), lookups=False)
        assert sorted(one & other) == list(range(10_000, 20_000))
        assert sorted(one) == list(range(20_000))
        assert 20_000 not in one
    finally:
        runtime.configure(directory=before)
