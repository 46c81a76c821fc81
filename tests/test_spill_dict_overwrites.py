"""``SpillDict`` beside ``dict`` where values are set one after the other, unseen."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillDict
from test_spill_dict import KEYS, VALUES, Point, entries, operation, outcome, shown

pytestmark = pytest.mark.usefixtures("little_memory")

WIDE: dict[str, Callable[[random.Random], Any]] = {
    "int": lambda r: r.randrange(-20_000, 20_000),
    "str": lambda r: r.choice(["", "é", "\ud800"]) + f"document {r.randrange(9000)}",
    "tuple": lambda r: (r.randrange(90), f"n{r.randrange(90)}", r.choice([None, 1.5, True])),
    # Of each number another one has the same hash.
    "twin": lambda r: r.choice([0, 2**61 - 1, 2**62 - 2]) + r.randrange(3000),
    "number": lambda r: r.choice([r.randrange(9000), r.randrange(9000) / 2, True, 10**30]),
}
PLAIN: list[Callable[[random.Random], Any]] = [
    lambda r: r.randrange(10**6),
    lambda r: "v" * r.randrange(90),
    lambda r: (r.randrange(9), "set", "x" * r.choice([3, 30, 300])),
]


def check_all(ours: Any, real: Any) -> None:
    assert len(ours) == len(real)
    assert list(map(shown, ours)) == list(map(shown, real))
    assert entries(ours) == entries(real)


@pytest.mark.parametrize("kind", WIDE)
@pytest.mark.parametrize("seed", range(4))
def test_rows_of_overwrites(kind: str, seed: int) -> None:
    ours: SpillDict[Any, Any] = SpillDict()
    real: dict[Any, Any] = {}
    chance = random.Random(f"{kind} {seed}")
    for _ in range(12):
        for _ in range(chance.choice([50, 70, 300, 5000])):
            key, value = WIDE[kind](chance), chance.choice(PLAIN)(chance)
            ours[key] = real[key] = value
        for _ in range(chance.choice([0, 1, 3, 90])):
            key = WIDE[kind](chance)
            assert shown(ours.get(key)) == shown(real.get(key))
            assert (key in ours) == (key in real)
            assert shown(ours.pop(key, 0)) == shown(real.pop(key, 0))
        if chance.random() < 0.5:
            check_all(ours, real)
        if chance.random() < 0.5 and real:
            key = list(real)[chance.randrange(len(real))]
            assert shown(ours.pop(key)) == shown(real.pop(key))
    check_all(ours, real)
    assert entries(ours.copy()) == entries(real)


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("seed", range(3))
def test_rows_of_anything(kind: str, seed: int) -> None:
    """Keys and values that cannot be written come in between."""
    ours: SpillDict[Any, Any] = SpillDict()
    real: dict[Any, Any] = {}
    chance = random.Random(f"{kind} {seed}")
    for step in range(40):
        usual = WIDE.get(kind, WIDE["int"])
        for _ in range(chance.choice([10, 100, 1000])):
            key, value = usual(chance), chance.choice(PLAIN)(chance)
            if chance.random() < 0.01:
                key, value = KEYS[kind](chance), chance.choice(VALUES)(chance)
            ours[key] = real[key] = value
        for _ in range(chance.choice([0, 0, 5, 100])):
            work = operation(chance, kind)
            assert outcome(work, ours) == outcome(work, real)
        if step % 9 == 8:
            check_all(ours, real)
            assert list(map(shown, reversed(ours))) == list(map(shown, reversed(real)))
    check_all(ours, real)


def test_overwrites_while_walking() -> None:
    ours: Any = SpillDict((number, 0) for number in range(5000))
    real = dict.fromkeys(range(5000), 0)
    for subject in (ours, real):
        for number in range(3000):
            subject[number * 7 % 5000] = number
        seen = []
        for number, (key, value) in enumerate(subject.items()):
            seen.append((key, value))
            subject[number * 3 % 5000] = -number
        subject["seen"] = seen
    assert list(ours.items()) == list(real.items())
    walk = iter(ours)
    next(walk)
    for number in range(500):
        ours[number] = "again"
    ours["new"] = 1
    with pytest.raises(RuntimeError, match="dictionary changed size during iteration"):
        next(walk)


def test_the_length_is_known_at_any_time() -> None:
    ours: SpillDict[str, int] = SpillDict()
    for number in range(6000):
        ours[f"k{number % 2500}"] = number
        if number % 321 == 0 or 4000 < number < 4100:
            assert len(ours) == min(number + 1, 2500)
    ours.clear()
    assert (len(ours), list(ours), ours.get("k1")) == (0, [], None)
    ours["k1"] = 1
    assert list(ours.items()) == [("k1", 1)]


def test_an_object_ends_when_its_value_is_written_over() -> None:
    ended = []

    class Ending(Point):
        def __del__(self) -> None:
            ended.append(self.x)

    ours: SpillDict[int, Any] = SpillDict((number, number) for number in range(4000))
    ours[7] = Ending(1)
    for number in range(3000):
        ours[number + 500] = number
    assert ended == []
    ours[7] = 3
    gc.collect()
    assert ended == [1]
    assert ours[7] == 3


def test_what_is_changed_after_it_was_set_is_changed_there() -> None:
    ours: SpillDict[int, Any] = SpillDict((number, [number]) for number in range(3000))
    kept = []
    for number in range(3000):
        row = [number, 1]
        if number % 100 == 0:
            kept.append(row)
        ours[number * 11 % 3000] = row
    for row in kept:
        row.append(2)
    assert all(
        (ours[number * 11 % 3000] == [number, 1, 2]) == (number % 100 == 0)
        for number in range(3000)
    )


def test_keys_are_hashed_when_they_are_set() -> None:
    ours: Any = SpillDict((number, number) for number in range(4000))
    for number in range(300):
        ours[number * 3] = 1
    with pytest.raises(TypeError, match="unhashable"):
        ours[([],)] = 1
    with pytest.raises(TypeError, match="unhashable"):
        ours[[]] = 1
    assert len(ours) == 4000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes of that kind here")
def test_a_fork_has_its_own_values() -> None:
    ours: SpillDict[int, str] = SpillDict((number, "first") for number in range(5000))
    for number in range(3000):
        ours[number * 13 % 5000] = f"second {number}"
    child = os.fork()
    if child == 0:
        for number in range(5000):
            ours[number * 17 % 5000] = "third"
        os._exit(0 if set(ours.values()) == {"third"} and len(ours) == 5000 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    wanted = dict.fromkeys(range(5000), "first")
    wanted.update((number * 13 % 5000, f"second {number}") for number in range(3000))
    assert list(ours.items()) == list(wanted.items())


def test_nothing_can_be_written(tmp_path: Any) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    before = runtime.directory()
    runtime.configure(directory=folder)
    try:
        folder.rmdir()
        ours: SpillDict[int, Any] = SpillDict()
        real: dict[int, Any] = {}
        for number in range(20_000):
            ours[number * 7919 % 6007] = real[number * 7919 % 6007] = ("x" * (number % 90), number)
        assert list(ours.items()) == list(real.items())
    finally:
        runtime.configure(directory=before)
