"""``SpillList`` beside ``list``."""

from __future__ import annotations

import copy
import gc
import pickle
import random
from collections.abc import Callable, Iterator, MutableSequence
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillList


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    before = runtime.budget()
    runtime.configure(memory="16KiB")
    yield
    runtime.configure(memory=before)


def spilled(make: Callable[[], Any]) -> tuple[Any, int]:
    """What a function gives, and how many bytes it has spilled."""
    before = runtime.stats()["bytes"]
    result = make()
    return result, runtime.stats()["bytes"] - before


MAKE: dict[str, Callable[[int], Any]] = {
    "int": lambda n: n * 1001 - 5000,
    "str": lambda n: f"item {n % 97}" * (n % 5),
    "row": lambda n: (n, f"é{n}", None, n / 3, n % 2 == 0, b"\0\1" * (n % 7)),
    "dict": lambda n: {"id": n, "name": f"n{n % 10}", "tags": ["a", n], **({"odd": n} if n % 3 else {})},
}


def outcome(work: Callable[[Any], Any], subject: Any) -> Any:
    """What an operation gives or raises, with lists of both kinds alike."""
    try:
        result = work(subject)
    except Exception as error:
        return type(error), str(error)
    if isinstance(result, SpillList):
        return ["list", *result]
    if type(result) is list:
        return ["list", *result]
    return result


def operation(chance: random.Random, kind: str) -> Callable[[Any], Any]:
    """One thing to do to a list, chosen at random."""
    make = MAKE[kind]

    def item() -> Any:
        return make(chance.randrange(1000))

    def items(most: int = 12) -> list[Any]:
        return [item() for _ in range(chance.randrange(most))]

    def index() -> int:
        return chance.choice([chance.randrange(-10, 10), chance.randrange(-900, 900)])

    def cut() -> slice:
        return slice(
            chance.choice([None, index()]),
            chance.choice([None, index()]),
            chance.choice([None, 1, -1, 2, -3, 0]),
        )

    def set_item(xs: Any, place: Any, value: Any) -> None:
        xs[place] = value

    def delete(xs: Any, place: Any) -> None:
        del xs[place]

    def walk_and_grow(xs: Any, added: list[Any]) -> list[Any]:
        left, seen = list(added), []
        for x in xs:
            seen.append(x)
            if left:
                xs.append(left.pop())
        return seen

    def add_in_place(xs: Any, other: Any) -> bool:
        old = xs
        xs += other
        return xs is old

    one, many, some, at, where = item(), items(400), items(), index(), cut()
    other = index()
    common: list[Callable[[Any], Any]] = [
        lambda xs: xs.append(one),
        lambda xs: xs.extend(many),
        lambda xs: xs.extend(iter(many)),
        lambda xs: xs.extend(x for x in many),
        lambda xs: add_in_place(xs, some),
        lambda xs: xs[at],
        lambda xs: xs[-1],
        lambda xs: xs[where],
        lambda xs: list(xs),
        lambda xs: list(reversed(xs)),
        lambda xs: len(xs),
        lambda xs: bool(xs),
        lambda xs: one in xs,
        lambda xs: xs.count(one),
        lambda xs: xs.index(one),
        lambda xs: xs.index(one, at),
        lambda xs: xs.index(one, at, other),
        lambda xs: [xs[i] for i in range(min(len(xs), 200))],
        lambda xs: [xs[i] for i in range(len(xs) - 1, 0, -1)],
        lambda xs: xs.pop(),
        lambda xs: [xs.pop() for _ in range(len(xs) // 3)],
        lambda xs: walk_and_grow(xs, some),
        lambda xs: repr(xs),
        lambda xs: xs == list(xs),
        lambda xs: list(xs) == xs,
        lambda xs: xs != many,
        lambda xs: xs < many,
        lambda xs: many <= xs if kind != "dict" else None,
        lambda xs: xs > list(xs),
        lambda xs: xs + some,
        lambda xs: some + xs,
        lambda xs: xs * 2,
        lambda xs: xs.copy(),
        lambda xs: set_item(xs, -1, one),
        lambda xs: [x for pair in zip(xs, xs, strict=True) for x in pair],
        lambda xs: xs.extend(xs) if len(xs) < 500 else None,
        lambda xs: pickle.loads(pickle.dumps(xs)),
    ]
    rare: list[Callable[[Any], Any]] = [
        lambda xs: xs.insert(at, one),
        lambda xs: xs.pop(at),
        lambda xs: xs.remove(one),
        lambda xs: xs.clear(),
        lambda xs: xs.reverse(),
        lambda xs: xs.sort(key=repr, reverse=at > 0),
        lambda xs: xs.sort(),
        lambda xs: set_item(xs, at, one),
        lambda xs: set_item(xs, where, some),
        lambda xs: set_item(xs, where, 5),
        lambda xs: delete(xs, at),
        lambda xs: delete(xs, where),
        lambda xs: xs.__imul__(at % 3),
        lambda xs: copy.deepcopy(xs),
    ]
    return chance.choice(rare if chance.random() < 0.06 else common)


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("seed", range(25))
def test_every_operation_is_a_lists(kind: str, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    make = MAKE[kind]
    start = [make(n) for n in range(chance.randrange(1500))]
    expected = list(start)
    xs: Any = SpillList(start, frozen=chance.random() < 0.8)
    del start
    for _ in range(60):
        work = operation(chance, kind)
        # Deep copies, so that nobody else holds what is put in.
        assert outcome(copy.deepcopy(work), xs) == outcome(work, expected)
        assert len(xs) == len(expected)
    assert list(xs) == expected


def test_it_spills_and_is_small() -> None:
    for name, make in MAKE.items():
        xs, written = spilled(lambda make=make: SpillList((make(n) for n in range(5000)), frozen=True))
        assert written > 5000, name
        assert [type(x) for x in xs] == [type(make(n)) for n in range(5000)]
        assert xs == [make(n) for n in range(5000)]
        (tail,) = (held for held in gc.get_referents(xs) if type(held) is list)
        assert len(tail) < 1000


def test_identity_of_a_list() -> None:
    xs: Any = SpillList()
    assert isinstance(xs, MutableSequence)
    assert not isinstance(xs, list)
    with pytest.raises(TypeError, match="unhashable type"):
        hash(xs)
    match SpillList([1, 2]):
        case [1, second]:
            assert second == 2
        case _:
            raise AssertionError
    xs.append(xs)
    assert repr(xs) == "[[...]]"
    assert type([1] + SpillList([2])) is SpillList
    plain = alias = [1]
    plain += SpillList([2])
    assert alias is plain
    assert alias == [1, 2]
