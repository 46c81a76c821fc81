"""``SpillGroupSet`` as the values of a dictionary, beside ``set``."""

from __future__ import annotations

import copy
import gc
import pickle
import random
from collections import defaultdict
from collections.abc import Callable, MutableSet
from typing import Any

import pytest

from elements import MAKE, shown
from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillGroupSet
from spilling import outcome

pytestmark = pytest.mark.usefixtures("little_memory")


def described(index: Any) -> Any:
    return [(key, len(members), shown(members)) for key, members in index.items()]


def grow_while_walking(members: Any) -> None:
    for _ in members:
        members.add(("new", len(members)))


def add_again_while_walking(members: Any) -> Any:
    walked = []
    for member in members:
        members.add(member)
        walked.append(member)
    return shown(walked)


def in_place(members: Any, other: Any, name: str) -> bool:
    return getattr(members, name)(other) is members


ASKED: list[Callable[[Any, Any, Any], Any]] = [
    lambda m, _o, _x: (len(m), bool(m), shown(m)),
    lambda m, _o, x: x in m,
    lambda m, o, _x: shown(m & o),
    lambda m, o, _x: shown(m | o),
    lambda m, o, _x: shown(m - o),
    lambda m, o, _x: shown(m ^ o),
    lambda m, _o, _x: shown(m & {1, 2, "user 3"}),
    lambda m, _o, _x: shown({1, 2, "user 3"} | m),
    lambda m, o, _x: (m == o, m <= o, m < o, m >= o, m.isdisjoint(o), m == m.copy(), m != 5),
    lambda m, _o, x: (m.union([x]) >= m, shown(m.intersection([x], [x, 1]))),
    lambda m, _o, _x: m | 5,
    lambda m, _o, _x: shown(copy.copy(m)),
    lambda m, _o, _x: shown(copy.deepcopy(m)),
    lambda m, _o, _x: shown(pickle.loads(pickle.dumps(m))),
    lambda m, _o, _x: hash(m),
    lambda m, _o, _x: m.add([]),
    lambda m, _o, _x: [] in m,
    lambda m, _o, _x: m.update(5),
    lambda m, _o, x: m.discard(x),
    lambda m, _o, x: m.remove(x),
    lambda m, o, _x: in_place(m, o, "__ior__"),
    lambda m, _o, _x: in_place(m, {1, 2}, "__isub__"),
    lambda m, o, _x: m.difference_update(o),
    lambda m, _o, _x: grow_while_walking(m),
    lambda m, _o, _x: add_again_while_walking(m),
    lambda m, o, _x: m.update(o, m),
    lambda m, _o, _x: m.clear(),
]


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("seed", range(12))
def test_does_what_sets_do(kind: str, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    # With few questions, most stay on disk.
    often = [0.0, 0.0005, 0.02][seed % 3]
    ours: Any = defaultdict(SpillGroupSet)
    theirs: Any = defaultdict(set)
    for step in range(12_000):
        key, other, element = chance.randrange(40), chance.randrange(40), MAKE[kind](chance)
        ours[key].add(element)
        theirs[key].add(element)
        if chance.random() < often:
            ask = chance.choice(ASKED)
            expected = outcome(ask, theirs[key], theirs[other], element)
            found = outcome(ask, ours[key], ours[other], element)
            assert found == expected, step
        if chance.random() < 0.0005:
            del ours[key], theirs[key]
            gc.collect()
    assert described(ours) == described(theirs)
    for key in theirs:
        assert ours[key] == theirs[key]
        assert (7 in ours[key]) is (7 in theirs[key])
    assert described(ours) == described(theirs)


@pytest.mark.parametrize("ask", range(len(ASKED)))
def test_each_question_of_sets_on_disk(ask: int) -> None:
    ours = [SpillGroupSet[Any]() for _ in range(5)]
    theirs = [set[Any]() for _ in range(5)]
    for number in range(9000):
        for sets in (ours, theirs):
            sets[number % 4].add(number if number % 3 else f"user {number}")
    for one in range(5):
        for other in range(5):
            expected = outcome(ASKED[ask], theirs[one], theirs[other], 10)
            assert outcome(ASKED[ask], ours[one], ours[other], 10) == expected
    assert [shown(members) for members in ours] == [shown(members) for members in theirs]


def test_it_goes_to_disk_and_is_read_in_order() -> None:
    before = runtime.stats()["bytes"]
    visitors: dict[str, SpillGroupSet[str]] = {}
    for number in range(60_000):
        page = f"page {number * 31 % 700}"
        visitors.setdefault(page, SpillGroupSet()).add(f"user {number * 7919 % 5003}")
        visitors.setdefault(page, SpillGroupSet()).add(f"user {number * 7919 % 5003}")
    assert runtime.stats()["bytes"] - before > 500_000
    assert sum(len(users) for users in visitors.values()) == 60_000
    assert [page for page, users in visitors.items() if "user 7" in users] == [
        f"page {page}"
        for page in dict.fromkeys(number * 31 % 700 for number in range(60_000))
        if any(number * 31 % 700 == page and number * 7919 % 5003 == 7 for number in range(60_000))
    ]


def test_of_equal_elements_the_first_stays() -> None:
    index: Any = defaultdict(SpillGroupSet)
    for number in range(20_000):
        index[number % 7].add(float(number) if number % 3 else number)
    for number in range(20_000):
        index[number % 7].add(number)
    assert [len(members) for members in index.values()] == [
        len(range(first, 20_000, 7)) for first in range(7)
    ]
    for members in index.values():
        assert all(isinstance(number, float) == bool(number % 3) for number in members)


def test_one_that_is_walked_is_not_written() -> None:
    index = [SpillGroupSet(range(50)) for _ in range(3)]
    walk = iter(index[0])
    next(walk)
    index[1].update(range(20_000))
    index[0].add(-1)
    with pytest.raises(RuntimeError, match="Set changed size during iteration"):
        next(walk)
    assert sorted(index[0]) == list(range(-1, 50))


def test_asking_while_filling_is_no_catastrophe() -> None:
    index: Any = defaultdict(SpillGroupSet)
    for number in range(30_000):
        if number not in index[number % 7]:
            index[number % 7].add(number)
    assert sum(map(len, index.values())) == 30_000


def test_large_sets_are_walked() -> None:
    large = SpillGroupSet(f"user {number}" for number in range(30_000))
    small = SpillGroupSet(["a"])
    walks = [iter(large), iter(large)]
    assert next(walks[0]) == next(walks[1])
    assert sorted(large) == sorted(f"user {number}" for number in range(30_000))
    assert sum(1 for _ in walks[0]) == 29_999
    assert list(small) == ["a"]
    assert sum(1 for _ in walks[1]) == 29_999


def test_a_full_disk_keeps_everything_in_memory(tmp_path: Any) -> None:
    before = runtime.directory()
    runtime.configure(directory=tmp_path / "missing")
    try:
        index = [SpillGroupSet(range(first, 20_000, 3)) for first in range(3)]
        assert [sorted(members) for members in index] == [
            list(range(first, 20_000, 3)) for first in range(3)
        ]
    finally:
        runtime.configure(directory=before)


def test_is_a_set_by_its_abstract_class() -> None:
    assert isinstance(SpillGroupSet(), MutableSet)
    assert repr(SpillGroupSet()) == "set()"
    with pytest.raises(TypeError, match="set expected at most 1 argument, got 2"):
        SpillGroupSet([], [])  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        SpillGroupSet([[]])


def test_a_walk_that_was_begun_before_others_were_added() -> None:
    groups = {number: SpillGroupSet() for number in range(4)}
    plain: dict[int, set[int]] = {number: set() for number in range(4)}
    for number in range(4000):
        groups[number % 4].add(number)
        plain[number % 4].add(number)
    walk = iter(groups[0])
    first = next(walk)
    for number in range(500):
        groups[1].add(-number - 1)
        plain[1].add(-number - 1)
    assert len(groups[1]) == len(plain[1])
    assert {first, *walk} == plain[0]
    for _ in range(2):
        assert (len(groups[1]), min(groups[1]), sorted(groups[1])) == (
            len(plain[1]),
            min(plain[1]),
            sorted(plain[1]),
        )
