"""``SpillDict`` beside ``dict``."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import random
import weakref
from collections.abc import Callable, MutableMapping
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillDict, SpillList, SpillSet
from spilling import spilled_by

pytestmark = pytest.mark.usefixtures("little_memory")

NAN = float("nan")


class Text(str):
    """Equal to the text that it is."""


class Point:
    """Equal to nothing but itself."""

    def __init__(self, x: int) -> None:
        self.x = x


EQUAL: list[Callable[[int], Any]] = [
    Text,
    Decimal,
    Fraction,
    int,
    float,
    lambda n: (n, True),
    lambda n: (float(n), 1),
    str,
]
KEYS: dict[str, Callable[[random.Random], Any]] = {
    "int": lambda r: r.randrange(-3000, 3000),
    "str": lambda r: r.choice(["", "é", "\ud800", "a\0"]) * r.randrange(3) + str(r.randrange(900)),
    "tuple": lambda r: (r.randrange(20), f"n{r.randrange(40)}", r.choice([None, (), (1.5,), True])),
    "number": lambda r: r.choice(
        [True, 1.0, 10**30, 1e30, 0.0, -0.0, float("inf"), r.randrange(900), r.randrange(900) / 2]
    ),
    "equal to others": lambda r: r.choice(EQUAL)(r.randrange(500)),
    "odd": lambda r: r.choice(
        [frozenset([r.randrange(90)]), b"%d" % r.randrange(900), None, range(3), NAN, (NAN, 1)]
    ),
}
VALUES: list[Callable[[random.Random], Any]] = [
    lambda r: r.randrange(10**6),
    lambda r: "v" * r.randrange(300),
    lambda r: (r.random(), str(r.randrange(99)), None),
    lambda r: [r.randrange(9)],
    lambda r: {"name": f"n{r.randrange(9)}", "size": r.randrange(9)},
    lambda r: NAN,
]


def shown(value: Any) -> Any:
    return type(value), repr(value)


def entries(subject: Any) -> list[Any]:
    return [(shown(key), shown(value)) for key, value in subject.items()]


def outcome(work: Callable[[Any], Any], subject: Any) -> Any:
    try:
        return shown(work(subject))
    except Exception as error:
        return type(error), str(error)


def operation(chance: random.Random, kind: str) -> Callable[[Any], Any]:
    key = KEYS[kind](chance)
    value = chance.choice(VALUES)(chance)
    many = {KEYS[kind](chance): index for index in range(chance.randrange(40))}

    def drop(subject: Any) -> None:
        del subject[key]

    return chance.choice(
        [
            *[lambda d: d.__setitem__(key, copy.copy(value))] * 12,
            *[lambda d: d.get(key)] * 3,
            lambda d: d[key],
            lambda d: d.get(key, "nothing"),
            lambda d: key in d,
            lambda d: d.setdefault(key, copy.copy(value)),
            drop,
            lambda d: d.pop(key),
            lambda d: d.pop(key, None),
            lambda d: d.update(many),
            lambda d: d.update(list(many.items())),
            lambda d: len(d),
            lambda d: bool(d),
        ]
    )


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("frozen", [False, True])
def test_it_does_what_a_dict_does(kind: str, seed: int, frozen: bool) -> None:
    ours: SpillDict[Any, Any] = SpillDict(frozen=frozen)
    real: dict[Any, Any] = {}
    chance = random.Random(f"{kind} {seed}")
    for step in range(3000):
        work = operation(chance, kind)
        assert outcome(work, ours) == outcome(work, real)
        if step % 600 == 599:
            assert entries(ours) == entries(real)
            assert list(map(shown, ours)) == list(map(shown, real))
            assert list(map(shown, ours.values())) == list(map(shown, real.values()))
            assert list(map(shown, reversed(ours))) == list(map(shown, reversed(real)))
            assert len(ours) == len(real)


def test_much_goes_to_disk_and_comes_back() -> None:
    ours: SpillDict[str, tuple[int, str]] = SpillDict()

    def fill() -> None:
        for number in range(20_000):
            ours[f"key {number}"] = (number, str(number))

    assert spilled_by(fill) > 200_000
    assert len(ours) == 20_000
    assert all(ours[f"key {number}"] == (number, str(number)) for number in range(0, 20_000, 7))
    assert list(ours) == [f"key {number}" for number in range(20_000)]
    for number in range(0, 20_000, 2):
        ours[f"key {number}"] = (-number, "x" * (number % 70))
    assert list(ours.values()) == [
        (number, str(number)) if number % 2 else (-number, "x" * (number % 70))
        for number in range(20_000)
    ]


def test_little_stays_a_dict() -> None:
    def fill() -> None:
        small: SpillDict[int, int] = SpillDict((number, number) for number in range(20))
        assert small == {number: number for number in range(20)}

    assert spilled_by(fill) == 0


def large() -> SpillDict[str, int]:
    return SpillDict((f"k{number}", number) for number in range(3000))


def test_equal_keys_keep_the_first_and_the_place() -> None:
    ours: SpillDict[Any, Any] = large()
    ours[1] = "int"
    for number in range(3000):
        ours[f"more {number}"] = number
    ours[True] = "bool"
    ours[1.0] = "float"
    ours[Text("k7")] = "text"
    for number in range(3000):
        ours[f"even more {number}"] = number
    keys = list(ours)
    assert shown(keys[3000]) == shown(1)
    assert ours[1] == "float"
    assert type(keys[7]) is str
    assert ours["k7"] == "text"
    del ours["k5"]
    ours["k5"] = 5
    assert list(ours)[-1] == "k5"
    assert list(ours)[5] == "k6"


def test_nan_is_found_by_its_identity() -> None:
    ours: SpillDict[Any, Any] = large()
    other = float("nan")
    ours[NAN], ours[(other,)] = 1, 2
    for number in range(3000):
        ours[f"more {number}"] = number
    assert ours[NAN] == 1
    assert other not in ours
    assert next(key for key in ours if key != key) is NAN


def test_changing_the_size_while_walking() -> None:
    for size in (3, 3000):
        for grows in (True, False):
            ours: Any = SpillDict((f"k{number}", number) for number in range(size))
            for walk in (iter(ours), iter(ours.items()), iter(ours.values())):
                next(walk)
            if grows:
                ours["new"] = 1
            else:
                del ours["k1"]
            with pytest.raises(RuntimeError, match="dictionary changed size during iteration"):
                next(walk)
            with pytest.raises(RuntimeError):
                next(walk)


def test_other_keys_while_walking() -> None:
    for size in (30, 3000):
        ours: Any = SpillDict((f"k{number}", number) for number in range(size))
        real = dict(ours)
        given = []
        for subject in (ours, real):
            walk = iter(subject)
            for key in islice(walk, size):
                del subject[key]
                subject[key + "+"] = 1
            with pytest.raises(RuntimeError, match="dictionary keys changed during iteration"):
                next(walk)
            given.append(len(subject))
        assert given == [size, size]


def test_values_may_be_set_while_walking() -> None:
    ours = large()
    real = dict(ours)
    for subject in (ours, real):
        for key, value in subject.items():
            subject[key] = value * 2
            if value > 10:
                subject[f"k{value - 10}"] += 1
    assert list(ours.items()) == list(real.items())


def test_a_walk_that_began_when_it_was_small_goes_on() -> None:
    ours: SpillDict[Any, Any] = SpillDict((number, 0) for number in range(30))
    walk = iter(ours.items())
    seen = [next(walk) for _ in range(10)]
    for number in range(30):
        # No new keys, but much larger values.
        ours[number] = "x" * 5000
    seen += walk
    assert [key for key, _ in seen] == list(range(30))


def test_what_others_hold_stays_the_object_that_it_is() -> None:
    ours: SpillDict[int, Any] = SpillDict(frozen=True)
    kept: list[list[Any]] = [[number] for number in range(500)]
    for number in range(3000):
        ours[number] = kept[number] if number < 500 else [number]
    assert all(ours[number] is kept[number] for number in range(500))
    kept[3].append("more")
    assert ours[3] == [3, "more"]
    assert ours[2999] == [2999]


def test_without_a_promise_what_can_change_stays() -> None:
    ours: SpillDict[int, Any] = SpillDict()
    for number in range(3000):
        ours[number] = (number, "much of it") if number % 4 else [number]
    ours[4].append(1)
    assert ours[4] == [4, 1]
    # Where most would stay, all do.
    assert spilled_by(lambda: SpillDict((number, []) for number in range(3000))) == 0


def test_objects_that_go_away_go_at_once() -> None:
    ours: SpillDict[int, Any] = SpillDict()
    points = [Point(number) for number in range(400)]
    for number in range(3000):
        ours[number] = points[number] if number < 400 else number
    gone = [weakref.ref(point) for point in points]
    points.clear()
    assert ours[0].x == 0
    ours[0] = None
    del ours[1]
    ours.pop(2)
    assert [ref() for ref in gone[:3]] == [None, None, None]
    ours.clear()
    assert not any(ref() for ref in gone)
    assert len(ours) == 0
    assert list(ours) == []


def test_objects_are_made_again() -> None:
    ours: SpillDict[int, Point] = SpillDict(frozen=True, compared=False)

    def fill() -> None:
        for number in range(3000):
            ours[number] = Point(number)

    assert spilled_by(fill) > 10_000
    assert [point.x for point in ours.values()] == list(range(3000))
    assert ours[77].x == 77


def test_odd_keys_run_their_code() -> None:
    class Odd:
        def __init__(self, value: int) -> None:
            self.value = value

        def __hash__(self) -> int:
            if self.value == 13:
                raise ValueError("unlucky")
            return hash(f"k{self.value}")

        def __eq__(self, other: object) -> bool:
            if isinstance(other, str):
                return other == f"k{self.value}"
            return isinstance(other, Odd) and other.value == self.value

    ours: SpillDict[Any, Any] = large()
    assert ours[Odd(7)] == 7
    ours[Odd(7)] = "seven"
    ours[Odd(5000)] = "new"
    for number in range(3000):
        ours[f"more {number}"] = number
    assert ours["k7"] == "seven"
    assert ours["k5000"] == "new"
    assert ours[Odd(5000)] == "new"
    with pytest.raises(ValueError, match="unlucky"):
        ours[Odd(13)] = 1
    assert len(ours) == 6001
    assert list(ours)[7] == "k7"
    del ours[Odd(7)], ours["k5000"]
    assert "k7" not in ours
    assert Odd(5000) not in ours
    assert len(ours) == 5999


def test_errors_are_those_of_a_dict() -> None:
    for size in (0, 3000):
        ours: Any = SpillDict((f"k{number}", number) for number in range(size))
        real = dict(ours)
        for work in (
            lambda d: d["none"],
            lambda d: d.pop("none"),
            lambda d: d.__delitem__("none"),
            lambda d: d.__getitem__([]),
            lambda d: d.get([]),
            lambda d: d.__setitem__([], 1),
            lambda d: [] in d,
            lambda d: d.pop(),
            lambda d: d.get(),
            lambda d: d.get(1, 2, 3),
            lambda d: d.update([1]),
            lambda d: d.update([(1, 2, 3)]),
            lambda d: d.update(5),
            lambda d: hash(d),
            lambda d: d < {},
        ):
            kind, text = outcome(work, ours)
            assert kind == outcome(work, real)[0]
            if kind is KeyError:
                assert text == "'none'"


def test_an_error_half_way_leaves_what_came_before() -> None:
    def source() -> Any:
        for number in range(2500):
            yield number, number
        raise KeyError("half-way")

    ours: SpillDict[int, int] = SpillDict()
    with pytest.raises(KeyError):
        ours.update(source())
    assert list(ours.items()) == [(number, number) for number in range(2500)]


def test_views() -> None:
    ours, real = large(), dict(large())
    keys, values, items = ours.keys(), ours.values(), ours.items()
    assert len(keys) == len(values) == len(items) == 3000
    assert "k7" in keys
    assert 7 in values
    assert ("k7", 7) in items
    assert ("k7", 8) not in items
    ours["later"] = real["later"] = 1
    assert list(keys) == list(real.keys())
    assert list(values) == list(real.values())
    assert keys - {"k7"} == real.keys() - {"k7"}
    assert keys & ["k1"] == {"k1"}
    assert items == real.items()
    assert keys == real.keys()
    assert keys ^ large().keys() == {"later"}
    assert keys.isdisjoint(["no"])
    assert repr(items) == repr(real.items())
    assert sorted(ours, key=ours.__getitem__) == sorted(real, key=real.__getitem__)


def test_copies_and_conversions() -> None:
    ours, real = large(), dict(large())
    for other in (
        copy.copy(ours),
        ours.copy(),
        copy.deepcopy(ours),
        pickle.loads(pickle.dumps(ours)),
    ):
        assert other == real
        assert other is not ours
    assert type(ours.copy()) is SpillDict
    assert type(pickle.loads(pickle.dumps(ours))) is dict
    assert dict(ours) == real
    assert repr(ours) == repr(real)
    assert {**ours} == real
    assert ours | {"x": 1} == real | {"x": 1}
    assert {"x": 1} | ours == {"x": 1} | real
    ours |= {"x": 1}
    assert ours != real
    assert ours == real | {"x": 1}
    assert type(ours) is SpillDict
    assert isinstance(ours, MutableMapping)
    assert ours.popitem() == ("x", 1)
    assert ours.popitem() == ("k2999", 2999)
    assert list(reversed(ours))[:2] == ["k2998", "k2997"]


def test_a_cycle_is_collected() -> None:
    ours: SpillDict[Any, Any] = large()
    point = Point(1)
    point.x = ours  # type: ignore[assignment]
    ours["self"] = point
    gone = weakref.ref(point)
    del ours, point
    gc.collect()
    assert gone() is None


def test_a_full_disk_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACETIME_DIRECTORY", "/nonexistent/folder")
    ours = large()
    ours["k7"] = -1
    assert ours["k7"] == -1
    assert len(ours) == 3000
    assert list(ours)[:2] == ["k0", "k1"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_after_a_fork_each_side_has_its_own() -> None:
    ours = SpillDict((number, number) for number in range(20_000))
    child = os.fork()
    if child == 0:
        for number in range(0, 20_000, 3):
            ours[number] = -number
        fine = all(ours[number] == (number if number % 3 else -number) for number in range(20_000))
        os._exit(0 if fine else 1)
    for number in range(0, 20_000, 3):
        ours[number] = number * 2
    _, status = os.waitpid(child, 0)
    assert status == 0
    assert all(ours[number] == (number if number % 3 else number * 2) for number in range(20_000))


def test_values_that_others_put_elsewhere_do_not_stay_in_memory() -> None:
    def join() -> SpillList[Any]:
        table = SpillDict(frozen=True)
        for number in range(4000):
            table[number] = [number, "name " * 10]
        found = SpillList(frozen=True)
        for number in range(4000):
            found.append((number, table.get(number)))
        return found

    def made() -> SpillList[Any]:
        return SpillList(((number, [number, "name " * 10]) for number in range(4000)), frozen=True)

    assert spilled_by(join) > 1.5 * spilled_by(made)
    assert list(join()) == list(made())


VIEW = type({}.keys())


def pair(sizes: tuple[int, int], kind: type) -> list[dict[Any, int]]:
    """Two dictionaries with equal keys that can be told apart, and some of their own."""
    few, many = sizes
    return [{n: n for n in range(many)}, {kind(n + 7): n for n in range(few)}]


def texts_of(found: Any) -> list[str]:
    return sorted(map(repr, found))


@pytest.mark.parametrize("sizes", [(3, 3), (0, 2000), (2000, 2000), (500, 2000), (2000, 500)])
@pytest.mark.parametrize("kind", [int, float, Decimal, Fraction])
def test_keys_beside_keys(sizes: tuple[int, int], kind: type) -> None:
    for left, right in (pair(sizes, kind), pair(sizes, kind)[::-1]):
        ours, others = SpillDict(left), SpillDict(right)
        beside: list[tuple[Any, Any]] = [
            (others.keys(), right.keys()),
            (others, right),
            (right, right),
            (right.keys(), right.keys()),
            (set(right), set(right)),
            (frozenset(right), frozenset(right)),
            (SpillSet(right), set(right)),
            (SpillSet(right, lookups=False), set(right)),
        ]
        for other, real in beside:
            view, keys = ours.keys(), left.keys()
            assert texts_of(view & other) == texts_of(keys & real)
            assert texts_of(view | other) == texts_of(keys | real)
            assert texts_of(view - other) == texts_of(keys - real)
            assert texts_of(view ^ other) == texts_of(keys ^ real)
            assert view.isdisjoint(other) == keys.isdisjoint(real)
            if isinstance(real, dict):
                continue
            assert (view == other, view <= other, view > other) == (
                keys == real,
                keys <= real,
                keys > real,
            )
            assert texts_of(other - view) == texts_of(real - keys)
            assert texts_of(other ^ view) == texts_of(real ^ keys)
            assert texts_of(other | view) == texts_of(real | keys)
            # A real view does not know that the other is one.
            if not isinstance(other, VIEW):
                assert texts_of(other & view) == texts_of(real & keys)


def test_what_is_made_of_keys_is_a_set_of_its_own() -> None:
    old, new = SpillDict((n, n) for n in range(3000)), SpillDict((n, n) for n in range(1500, 4500))
    both = old.keys() & new.keys()
    assert isinstance(both, SpillSet)
    old.clear()
    both.discard(1500)
    assert len(both) == 1499
    assert 1500 in new
    assert 1501 in both
    with pytest.raises(TypeError):
        old.keys() - 3  # type: ignore[operator]


def test_what_two_dictionaries_have_in_common_is_on_disk() -> None:
    def compare() -> None:
        old, new = (
            SpillDict((f"k{n}", n) for n in range(9000)),
            SpillDict((f"k{n}", n) for n in range(50, 9000)),
        )
        assert len(old.keys() & new.keys()) == 8950
        assert sorted(old.keys() - new.keys()) == sorted(f"k{n}" for n in range(50))

    assert spilled_by(compare) > 0
