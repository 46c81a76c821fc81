"""``external_sort(frozen=True)`` against ``sorted``: whole objects go to disk."""

from __future__ import annotations

import collections
import datetime
import decimal
import gc
import math
import random
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest

from spacetime_compiler.runtime import SpillList, external_sort
from spilling import spilled_by

MANY = 6_000

pytestmark = pytest.mark.usefixtures("small_budget")


@dataclass
class Record:
    number: int
    user: str
    amount: float
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Slotted:
    number: int
    user: str
    amount: float


@dataclass(frozen=True)
class Frozen:
    number: int
    user: str
    amount: float


class Entry(NamedTuple):
    number: int
    user: str
    amount: float


class Plain:
    def __init__(self, number: int, user: str, amount: float) -> None:
        self.number = number
        self.user = user
        self.amount = amount

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Plain({vars(self)})"


class ById:
    """Equal by identity only."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"ById({self.number})"


def fields(rng: random.Random) -> tuple[int, str, float]:
    user = f"user{rng.randrange(50)}" + "é" * (rng.random() < 0.1)
    return rng.randrange(300), user, rng.choice([0.0, -0.0, 1.5, -7.25])


def named(rng: random.Random) -> dict[str, Any]:
    return dict(zip(("number", "user", "amount"), fields(rng), strict=True))


Maker = Callable[[random.Random], Any]
MAKERS: dict[str, tuple[Maker, Callable[[Any], Any]]] = {
    "dataclasses": (lambda r: Record(*fields(r), [f"t{r.randrange(9)}"]), lambda x: x.number),
    "slots": (lambda r: Slotted(*fields(r)), lambda x: (x.user, -x.amount)),
    "frozen": (lambda r: Frozen(*fields(r)), lambda x: x.user),
    "named tuples": (lambda r: Entry(*fields(r)), lambda x: (x.amount, x.user)),
    "instances": (lambda r: Plain(*fields(r)), lambda x: (x.user, x.number)),
    "dicts": (named, lambda x: (x["user"], -x["amount"])),
    "dicts of many shapes": (
        lambda r: {**named(r), f"k{r.randrange(700)}": [1, {"a": None}]},
        lambda x: x["number"],
    ),
    "lists": (lambda r: list(fields(r)), lambda x: x[1]),
    "tuples around": (lambda r: (r.randrange(90), {"x": [r.random()]}), lambda x: x[0]),
    "sets": (lambda r: {r.randrange(9), 11, r.randrange(9)}, lambda x: sum(x)),
    "dates": (
        lambda r: {"day": datetime.date(2024, r.randrange(1, 13), 5), "n": r.randrange(5)},
        lambda x: (x["day"].toordinal(), x["n"]),
    ),
    "decimals": (lambda r: [decimal.Decimal(r.randrange(99)) / 8, "x"], lambda x: int(x[0] * 8)),
    "texts of all kinds": (
        lambda r: {"t": r.choice(["", "a\0b", "\ud800", "é" * 90, "x" * 300, "same", "😀"])},
        lambda x: x["t"],
    ),
    "pinned in part": (
        lambda r: {"n": r.randrange(9), "x": r.choice([1, 2, 3, math.nan])},
        lambda x: x["n"],
    ),
    "ordered dicts": (lambda r: collections.OrderedDict(named(r)), lambda x: x["number"]),
    "words": (lambda r: r.randrange(500), lambda x: x % 10),
    "big ints": (lambda r: r.randrange(10**30), lambda x: x % 1000),
}


def gives(items: Callable[[], Iterable[Any]], **options: Any) -> None:
    """Hold ``external_sort`` against ``sorted``, to the last bit."""
    expected = [repr(item) for item in sorted(items(), **options)]
    assert [repr(item) for item in external_sort(items(), frozen=True, **options)] == expected


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("count", [0, 1, 500, 513, MANY])
def test_is_sorted(name: str, count: int, reverse: bool) -> None:
    maker, key = MAKERS[name]

    def items() -> Iterator[Any]:
        rng = random.Random(count)
        for _ in range(count):
            item = maker(rng)
            yield item

    gives(items, key=key, reverse=reverse)
    gives(lambda: list(items()), key=key, reverse=reverse)


ON_DISK = ["dataclasses", "slots", "named tuples", "instances", "dicts", "lists", "tuples around"]


@pytest.mark.parametrize("name", [*ON_DISK, "frozen", "sets", "dates"])
def test_goes_to_disk(name: str) -> None:
    maker, key = MAKERS[name]
    rng = random.Random(5)
    items = (maker(rng) for _ in range(MANY))
    assert spilled_by(lambda: external_sort(items, key=key, frozen=True)) > 10 * MANY
    # Without the promise nothing of the kind happens, but to what cannot be changed anyway.
    items = (maker(rng) for _ in range(MANY))
    spilled = spilled_by(lambda: external_sort(items, key=key))
    assert (spilled > 0) is (name == "named tuples")


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", [list, tuple, Entry._make])
def test_sequences_are_their_own_keys(kind: Callable[[Any], Any], reverse: bool) -> None:
    def items(odd: object = None) -> Iterator[Any]:
        rng = random.Random(7)
        for n in range(MANY):
            yield kind(fields(rng) if odd is None or n != 5000 else (odd, "x", 1.5))

    gives(items, reverse=reverse)
    assert spilled_by(lambda: external_sort(items(), frozen=True, reverse=reverse)) > 10 * MANY
    gives(lambda: items(2**100), reverse=reverse)
    for trouble in ("text", [1]):
        with pytest.raises(TypeError) as ours:
            external_sort(items(trouble), frozen=True, reverse=reverse)
        with pytest.raises(TypeError) as theirs:
            sorted(items(trouble), reverse=reverse)
        assert str(ours.value) == str(theirs.value)


def test_lists_and_tuples_are_not_compared() -> None:
    def items() -> Iterator[Any]:
        for n in range(MANY):
            yield (n,) if n == 4000 else [n]

    with pytest.raises(TypeError, match="not supported between"):
        external_sort(items(), frozen=True)


def test_zeros_and_words_keep_their_order() -> None:
    rng = random.Random(9)
    values = [rng.choice([0.0, -0.0, 1.5, -1.5]) for _ in range(MANY)]
    gives(lambda: iter(values))
    gives(lambda: iter(values), reverse=True)


def test_a_class_with_a_comparison_of_its_own() -> None:
    class Backwards(Entry):
        __slots__ = ()

        def __lt__(self, other: Any) -> bool:
            return self.number > other.number

    gives(lambda: (Backwards(n * 7919 % 1009, "x", 1.0) for n in range(MANY)))


@pytest.mark.parametrize("odd", [None, "text", math.nan, (1,), [1], 2**200, 1.5])
def test_keys_that_do_not_fit(odd: object) -> None:
    """What was packed is made again, and Python sorts it as ever."""

    def items() -> Iterator[Any]:
        rng = random.Random(3)
        for n in range(MANY):
            yield Record(*fields(rng)) if n != 4000 else Record(odd, "odd", 0.0)  # type: ignore[arg-type]

    def outcome(work: Callable[[], Iterable[Any]]) -> Any:
        try:
            return list(map(repr, work()))
        except TypeError as error:
            return str(error)

    for reverse in (False, True):
        ours = outcome(
            lambda: external_sort(items(), key=lambda r: r.number, reverse=reverse, frozen=True)  # noqa: B023
        )
        assert ours == outcome(lambda: sorted(items(), key=lambda r: r.number, reverse=reverse))  # noqa: B023


def test_what_others_hold_stays_itself() -> None:
    """At any depth, and what they change later is seen."""
    held: list[Any] = []

    def items() -> Iterator[Any]:
        for n in range(MANY):
            row: dict[str, Any] = {"n": n * 7919 % 6007, "tags": [n]}
            if n % 10 == 0:
                held.append(row)
            elif n % 10 == 1:
                held.append(row["tags"])
            yield row

    result = external_sort(items(), key=lambda row: row["n"], frozen=True)
    for thing in held:
        if isinstance(thing, dict):
            thing["late"] = True
        else:
            thing.append("late")
    by_id = {id(thing) for thing in held}
    found = 0
    for row in result:
        if "late" in row:
            assert id(row) in by_id
            found += 1
        elif "late" in row["tags"]:
            assert id(row["tags"]) in by_id
            found += 1
    assert found == len(held)


def test_all_held_is_sorted_in_memory() -> None:
    items = [Record(n * 7919 % 6007, "x", 0.0) for n in range(MANY)]
    got: list[Record] = []
    work = lambda: got.extend(external_sort(iter(items), key=lambda r: r.number, frozen=True))  # noqa: E731
    assert spilled_by(work) == 0
    assert all(a is b for a, b in zip(got, sorted(items, key=lambda r: r.number), strict=True))


def test_the_same_object_twice() -> None:
    def items() -> Iterator[Any]:
        for n in range(MANY):
            row = {"n": n % 100}
            yield row
            yield row

    result = list(external_sort(items(), key=lambda row: row["n"], frozen=True))
    assert [row["n"] for row in result] == sorted(n % 100 for n in range(MANY) for _ in "ab")
    assert all(a is b for a, b in zip(result[::2], result[1::2], strict=True))


def test_weak_references_and_cycles() -> None:
    watched = []

    def items() -> Iterator[Any]:
        for n in range(MANY):
            item = Plain(n * 7919 % 6007, "x", 0.0)
            if n % 3 == 0:
                watched.append(weakref.ref(item))
            if n % 7 == 0:
                item.self = item  # type: ignore[attr-defined]
            yield item

    result = list(external_sort(items(), key=lambda item: item.number, frozen=True))
    assert [item.number for item in result] == sorted(n * 7919 % 6007 for n in range(MANY))
    assert all(ref() is not None for ref in watched)
    assert all(item.self is item for item in result if hasattr(item, "self"))
    del result
    gc.collect()
    assert not any(ref() for ref in watched)


def test_equal_by_identity_needs_a_second_promise() -> None:
    def items() -> Iterator[Any]:
        return (ById(n * 7919 % 6007) for n in range(MANY))

    def sort(**options: Any) -> Any:
        return external_sort(items(), key=lambda item: item.number, **options)

    assert spilled_by(lambda: sort(frozen=True)) == 0
    assert spilled_by(lambda: sort(compared=False)) == 0
    assert spilled_by(lambda: sort(frozen=True, compared=False)) > 0
    expected = [repr(item) for item in sorted(items(), key=lambda item: item.number)]
    for compared in (True, False):
        assert [repr(item) for item in sort(frozen=True, compared=compared)] == expected


@pytest.mark.parametrize("when", [0, 5, 600, 5000])
def test_a_key_that_fails(when: int) -> None:
    taken = []

    def items() -> Iterator[Any]:
        for n in range(MANY):
            taken.append(n)
            yield {"n": n} if n != when else {}

    with pytest.raises(KeyError, match="n"):
        external_sort(items(), key=lambda row: row["n"], frozen=True)
    assert len(taken) == MANY


@pytest.mark.parametrize("when", [0, 5, 600, 5000])
def test_an_iterable_that_fails(when: int) -> None:
    def items() -> Iterator[Any]:
        for n in range(MANY):
            if n == when:
                raise LookupError(n)
            yield {"n": n}

    with pytest.raises(LookupError, match=str(when)):
        external_sort(items(), key=lambda row: row["n"], frozen=True)


@pytest.mark.parametrize("frozen", [False, True])
def test_a_spill_list_is_streamed(frozen: bool) -> None:
    rng = random.Random(1)
    rows = SpillList((Record(*fields(rng)) for _ in range(MANY)), frozen=True)
    plain = list(rows)
    key: Callable[[Any], Any] = lambda r: (r.user, r.number)  # noqa: E731
    wrote = spilled_by(lambda: external_sort(rows, key=key, frozen=frozen))
    assert (wrote > 10 * MANY) is frozen
    assert list(external_sort(rows, key=key, frozen=frozen)) == sorted(plain, key=key)
    assert list(rows) == plain


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", ON_DISK)
def test_a_frozen_spill_list_sorts_itself(name: str, reverse: bool) -> None:
    maker, key = MAKERS[name]
    rng = random.Random(2)
    rows = SpillList((maker(rng) for _ in range(MANY)), frozen=True)
    expected = list(map(repr, sorted(rows, key=key, reverse=reverse)))
    assert spilled_by(lambda: rows.sort(key=key, reverse=reverse)) > 20 * MANY
    assert list(map(repr, rows)) == expected
    rows.append(maker(rng))
    expected = list(map(repr, sorted(rows, key=key)))
    rows.sort(key=key)
    assert list(map(repr, rows)) == expected


def test_result_is_an_iterator() -> None:
    result = external_sort(({"n": -n} for n in range(MANY)), key=lambda r: r["n"], frozen=True)
    assert iter(result) is result
    assert next(result) == {"n": 1 - MANY}
    row = next(result)
    row["n"] = "changed"
    assert sum(1 for _ in result) == MANY - 2
    assert next(result, None) is None


def test_sorting_inside_sorting() -> None:
    def inner(n: int) -> Any:
        rows = ({"n": n * m % 7 - 3} for m in range(700))
        return next(external_sort(rows, key=lambda r: r["n"], frozen=True))["n"]

    gives(lambda: ({"n": n} for n in range(1500)), key=lambda r: (inner(r["n"] % 3), -r["n"]))


def test_random_small_programs() -> None:
    rng = random.Random(11)
    for _ in range(60):
        maker, key = rng.choice(list(MAKERS.values()))
        count, seed, often = rng.randrange(1500), rng.random(), rng.choice([0, 0, 0.01, 0.4, 0.9])
        keeping: list[Any] = []

        def items() -> Iterator[Any]:
            made = random.Random(seed)  # noqa: B023
            for _ in range(count):  # noqa: B023
                item = maker(made)  # noqa: B023
                if made.random() < often:  # noqa: B023
                    keeping.append(item)  # noqa: B023
                yield item

        gives(items, key=key, reverse=rng.random() < 0.5)
