"""``Running`` beside a list: the same count, sum, highest and lowest, to the last bit."""

from __future__ import annotations

import math
import random
import struct
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from spacetime_compiler.runtime import Running

SPECIAL = [0.0, -0.0, 1e16, -1e16, 1e308, -1e308, float("inf"), float("-inf"), float("nan"), 5e-324]
LONGS = [2**31, 2**62, 2**63 - 1, -(2**63), 2**63, 2**70, -(2**70), 10**400]
ODD: list[Any] = [Decimal("0.1"), Fraction(1, 3), "text", b"bytes", None, 1j, [1], (2,)]


class Whole(int):
    """An int of a class of its own."""


def bits(value: object) -> object:
    """A value as something that is equal only if every bit is.

    But for the sign of a NaN, which no program gets at by arithmetic, and which depends on how
    the interpreter was compiled.
    """
    if type(value) is float and not math.isnan(value):
        return struct.pack("<d", value)
    return type(value), repr(value)


def outcome(function: Any, *args: Any) -> object:
    """What a call gives, or how it fails."""
    try:
        return bits(function(*args))
    except Exception as error:
        return type(error), str(error)


def values(pick: random.Random) -> list[Any]:
    """A list of the sorts of values that programs add up, more or less mixed."""
    sorts: list[Any] = [
        lambda: pick.randint(-5, 5),
        lambda: pick.uniform(-1, 1) * 10.0 ** pick.randint(-20, 20),
        lambda: pick.choice(SPECIAL),
        lambda: pick.choice(LONGS),
        lambda: pick.random() < 0.5,
        lambda: Whole(pick.randint(-9, 9)),
        lambda: pick.choice("abc"),
        lambda: pick.choice(ODD),
    ]
    chosen = pick.sample(sorts, pick.choice([1, 1, 2, 3]))
    return [pick.choice(chosen)() for _ in range(pick.choice([0, 1, 2, 5, 40]))]


def test_gives_what_the_builtins_give() -> None:
    pick = random.Random(7)
    for _ in range(20_000):
        items = values(pick)
        running = Running("sum", "max", "min")
        for item in items:
            running.append(item)
        assert len(running) == len(items)
        assert outcome(running.sum) == outcome(sum, items), items
        assert outcome(running.max) == outcome(max, items), items
        assert outcome(running.min) == outcome(min, items), items


def test_may_be_asked_again_and_go_on() -> None:
    pick = random.Random(8)
    for _ in range(500):
        items = values(pick)
        running = Running("sum", "max")
        for number, item in enumerate(items):
            running.append(item)
            assert outcome(running.sum) == outcome(sum, items[: number + 1])
            assert outcome(running.max) == outcome(max, items[: number + 1])


def test_keeps_what_is_asked_for_only() -> None:
    running = Running()
    running.append(object())
    assert len(running) == 1
    with pytest.raises(ValueError, match="does not keep"):
        running.sum()
    with pytest.raises(ValueError, match="not 'mean'"):
        Running("mean")


def test_gives_the_very_object() -> None:
    values = [float(number) for number in (3, 7, 5)]
    running = Running("max", "min")
    for value in values:
        running.append(value)
    assert running.max() is values[1]
    assert running.min() is values[0]
