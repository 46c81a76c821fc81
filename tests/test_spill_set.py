"""``SpillSet`` beside ``set``."""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable, MutableSet
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillSet

pytestmark = pytest.mark.usefixtures("little_memory")


class Text(str):
    """Equal to the text that it is."""


MAKE: dict[str, Callable[[random.Random], Any]] = {
    "int": lambda r: r.randrange(-3000, 3000),
    "str": lambda r: r.choice(["", "é", "\ud800", "a\0"]) * r.randrange(3) + str(r.randrange(900)),
    "name": lambda r: r.choice(
        ["user{:07}", "é-{}.0.{}", "a_{:x}", "{}", "{:02}:{:02}", "{2}"]
    ).format(r.randrange(900), r.randrange(9), "x" * r.randrange(60) + str(r.randrange(50))),
    "equal to words": lambda r: r.choice(
        [int, str, "id{}".format, Text, Decimal, float, bool, Fraction]
    )(r.randrange(300)),
    "tuple": lambda r: (r.randrange(20), f"n{r.randrange(40)}", r.choice([None, (), (1.5,), True])),
    "number": lambda r: r.choice(
        [True, 1.0, 10**30, 1e30, 0.0, -0.0, float("inf"), r.randrange(900), r.randrange(900) / 2]
    ),
    "equal to others": lambda r: r.choice(
        [Text, Decimal, Fraction, int, float, lambda n: (n, True), lambda n: (float(n), 1), str]
    )(r.randrange(500)),
    "odd": lambda r: r.choice(
        [frozenset([r.randrange(90)]), b"%d" % r.randrange(900), None, range(3)]
    ),
}


def plain(value: Any) -> Any:
    if isinstance(value, SpillSet | set | frozenset):
        # Of equal elements the first stays, with its type.
        return {(type(element), repr(element)) for element in value}
    return value


def outcome(work: Callable[[Any], Any], subject: Any) -> Any:
    try:
        return plain(work(subject))
    except Exception as error:
        text = str(error).replace("spacetime_compiler.runtime.SpillSet", "set")
        return type(error), text


def operation(chance: random.Random, kind: str) -> Callable[[Any], Any]:
    make = MAKE[kind]
    one = make(chance)
    many = [make(chance) for _ in range(chance.randrange(300))]
    some = set(many[:20])

    def in_and_add(s: Any) -> list[Any]:
        new = []
        for x in many:
            if x not in s:
                s.add(x)
                new.append(x)
        return new

    def discard_many(s: Any) -> None:
        for x in many[::2]:
            s.discard(x)

    def grow_while_walking(s: Any) -> None:
        for n, _ in enumerate(s):
            s.add((n, "new"))

    def in_place(s: Any, other: Any, name: str) -> bool:
        return getattr(s, name)(other) is s

    return chance.choice(
        [
            in_and_add,
            in_and_add,
            in_and_add,
            in_and_add,
            discard_many,
            grow_while_walking if chance.random() < 0.1 else discard_many,
            lambda s: s.add(one),
            lambda s: one in s,
            lambda s: [x in s for x in many],
            lambda s: s.discard(one),
            lambda s: s.remove(one),
            lambda s: (len(s), bool(s)),
            lambda s: s.update(many, some),
            lambda s: s.add([]),
            lambda s: [] in s,
            lambda s: {1, 2} in s,
            lambda s: s.discard({3}),
            lambda s: s == some,
            lambda s: s == set(s),
            lambda s: set(s) == s,
            lambda s: s <= some,
            lambda s: some < s,
            lambda s: s == many,
            lambda s: s | some,
            lambda s: some & s,
            lambda s: s - some,
            lambda s: some ^ s,
            lambda s: s | 5,
            lambda s: s.union(many),
            lambda s: s.isdisjoint(some),
            lambda s: s.copy(),
            lambda s: copy.copy(s),
            lambda s: pickle.loads(pickle.dumps(s)),
            lambda s: in_place(s, some, "__ior__"),
            lambda s: in_place(s, some, "__isub__"),
            lambda s: sorted(map(repr, s)),
            lambda s: hash(s),
            lambda s: s.clear() if chance.random() < 0.1 else None,
            lambda s: s.intersection_update(many) if len(many) > 250 else None,
        ]
    )


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("seed", range(10))
def test_does_what_a_set_does(kind: str, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    ours, theirs = SpillSet[Any](lookups=seed % 2 == 0), set[Any]()
    for step in range(120):
        twice = chance.random()
        expected = outcome(operation(random.Random(twice), kind), theirs)
        assert outcome(operation(random.Random(twice), kind), ours) == expected, step
        assert len(ours) == len(theirs)
        if step % 10 == 0:
            assert plain(ours) == plain(theirs)
    assert plain(ours) == plain(theirs)


def test_it_goes_to_disk() -> None:
    before = runtime.stats()["bytes"]
    seen = SpillSet[str]()
    for n in range(100_000):
        text = f"{n * 7 % 60_000} is in a text that is longer than what has a word"
        assert (text in seen) == (n >= 60_000)
        seen.add(text)
    assert runtime.stats()["bytes"] - before > 500_000
    assert len(seen) == 60_000
    assert sorted(seen) == sorted(
        f"{n} is in a text that is longer than what has a word" for n in range(60_000)
    )
    assert min(seen).startswith("0 is")


def test_what_has_a_word_stays_in_memory() -> None:
    before = runtime.stats()["bytes"]
    numbers, names = SpillSet[int](), SpillSet[str]()
    for n in range(100_000):
        number = n * 7 % 60_000
        assert (number in numbers) == (f"user{number:06}@example.org" in names) == (n >= 60_000)
        numbers.add(number)
        names.add(f"user{number:06}@example.org")
    assert runtime.stats()["bytes"] == before
    assert sorted(numbers) == list(range(60_000))
    assert sorted(names) == [f"user{n:06}@example.org" for n in range(60_000)]
    # A form that comes late has no word if there are many others, and then it may have.
    for n in range(40_000):
        names.add(f"{'x' * (n % 40)}{'-' * (n // 40 % 20)}{n}")
    assert len(names) == 100_000
    assert all(f"{'x' * (n % 40)}{'-' * (n // 40 % 20)}{n}" in names for n in range(40_000))


def test_words_are_found_by_what_equals_them_and_changed_while_walking() -> None:
    numbers = SpillSet(range(3000))
    for number in numbers:
        assert Decimal(number) in numbers
        assert float(number) in numbers
        assert Fraction(number, 7) in numbers or number % 7
        numbers.remove(Decimal(number))
        numbers.add(number)
    assert Decimal(3000) not in numbers
    assert Text("5") not in numbers
    numbers.discard(True)
    assert 1 not in numbers
    numbers.add(1.0)  # type: ignore[arg-type]
    assert 1 in numbers
    assert {type(number) for number in numbers} == {int, float}
    while numbers:
        numbers.pop()
    assert numbers == set()


def test_pop_takes_everything_out() -> None:
    numbers = SpillSet(range(3000))
    assert sorted(numbers.pop() for _ in range(200)) == sorted(set(range(3000)) - set(numbers))
    numbers.clear()
    with pytest.raises(KeyError, match="pop from an empty set"):
        numbers.pop()


def test_a_full_disk_keeps_everything_in_memory(tmp_path: Any) -> None:
    before = runtime.directory()
    runtime.configure(directory=tmp_path / "missing")
    try:
        seen = SpillSet(range(20_000))
    finally:
        runtime.configure(directory=before)
    assert sorted(seen) == list(range(20_000))
    assert 20_000 not in seen


def test_is_a_set_by_its_abstract_class() -> None:
    assert isinstance(SpillSet(), MutableSet)
    assert repr(SpillSet()) == "set()"
    with pytest.raises(TypeError, match="set expected at most 1 argument, got 2"):
        SpillSet([], [])  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        SpillSet([[]])


@pytest.mark.parametrize("seed", range(8))
def test_numbers_in_a_row(seed: int) -> None:
    chance = random.Random(seed)
    ours, theirs = SpillSet[Any](), set[Any]()
    ours.add("a text")
    theirs.add("a text")
    for step in range(400):
        first, count = chance.randrange(-9000, 9000), chance.randrange(300)
        stride = chance.choice([1, 1, 1, -1, 2])
        row = range(first, first + count * stride, stride)
        what = chance.randrange(12)
        for number in row:
            assert (number in ours) == (number in theirs), (step, number)
            if what == 0:
                ours.discard(number)
                theirs.discard(number)
            elif what == 1:
                assert (float(number) in ours) == (float(number) in theirs)
                assert outcome(lambda s, n=number: s.remove(float(n)), ours) == outcome(
                    lambda s, n=number: s.remove(float(n)), theirs
                )
            elif what > 2:
                ours.add(number)
                theirs.add(number)
        if what == 2:
            ours -= set(row)
            theirs -= set(row)
        assert len(ours) == len(theirs)
        if step % 40 == 39:
            assert plain(ours) == plain(theirs)
            assert ours == theirs
            assert plain(ours & set(row)) == plain(theirs & set(row))
            assert plain(ours.copy()) == plain(theirs)
            walk = iter(ours)
            next(walk)
            # What is there already may be added while walking.
            ours.add(next(iter(theirs)))
            next(walk)
            ours.add(10**6 + step)
            theirs.add(10**6 + step)
            with pytest.raises(RuntimeError, match="changed size"):
                next(walk)
    taken = {ours.pop() for _ in range(len(ours))}
    assert plain(taken) == plain(theirs)
    assert not ours
