"""``external_sort`` and ``SpillList.sort`` by dates and times against ``sorted``."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillList, configure, external_sort


@pytest.fixture(autouse=True)
def tiny_budget() -> Any:
    """What is tested has to go to disk."""
    configure(memory=16384)
    yield
    configure(memory=16 << 20)


def days(rng: random.Random) -> dt.date:
    return dt.date.fromordinal(rng.randrange(1, 3_652_060))


def times(rng: random.Random) -> dt.datetime:
    micro = rng.choice((0, 0, 1, 999_999, rng.randrange(1_000_000)))
    return dt.datetime(
        rng.randrange(1, 10_000),
        rng.randrange(1, 13),
        rng.randrange(1, 29),
        rng.randrange(24),
        rng.randrange(60),
        rng.randrange(3),
        micro,
        fold=rng.randrange(2),
    )


def near(rng: random.Random) -> dt.datetime:
    return dt.datetime(2024, 1, 1, 0, 0, rng.randrange(2), rng.randrange(2))


def aware(rng: random.Random) -> dt.datetime:
    zone = dt.timezone(dt.timedelta(minutes=rng.randrange(-600, 600), seconds=rng.randrange(2)))
    return times(rng).replace(year=2000, tzinfo=zone)


@pytest.mark.parametrize("make", [days, times, near, aware])
@pytest.mark.parametrize("reverse", [False, True])
def test_keys(make: Any, reverse: bool) -> None:
    rng = random.Random(7)
    rows = [(make(rng), number, "x" * 20) for number in range(4000)]
    keys = (lambda row: row[0], lambda row: (row[1] % 7, row[0]), lambda row: (row[0], -row[1]))
    for key in keys:
        expected = sorted(rows, key=key, reverse=reverse)
        assert list(external_sort(iter(rows), key=key, reverse=reverse)) == expected
        kept = SpillList(rows, frozen=True)
        kept.sort(key=key, reverse=reverse)
        assert list(kept) == expected


@pytest.mark.parametrize("make", [days, times, aware])
def test_items(make: Any) -> None:
    rng = random.Random(8)
    rows = [make(rng) for _ in range(4000)]
    got = list(external_sort(iter(rows), frozen=True))
    expected = sorted(rows)
    assert got == expected
    assert list(map(repr, got)) == list(map(repr, expected))


class Backwards(dt.date):
    """A date that compares otherwise."""

    def __lt__(self, other: object) -> bool:
        assert isinstance(other, dt.date)
        return self.toordinal() > other.toordinal()


def test_derived_classes_are_asked() -> None:
    rng = random.Random(9)
    rows = [(Backwards.fromordinal(days(rng).toordinal()), number) for number in range(3000)]
    expected = sorted(rows, key=lambda row: row[0])
    assert list(external_sort(iter(rows), key=lambda row: row[0])) == expected


@pytest.mark.parametrize(("one", "other"), [(days, times), (times, aware), (days, str)])
def test_mixtures_fail_as_before(one: Any, other: Any) -> None:
    rng = random.Random(10)
    rows = [(one(rng), 0) for _ in range(2000)] + [(other(rng), 1)]
    for key in (lambda row: row[0], lambda row: (1, row[0])):
        with pytest.raises(TypeError) as expected:
            sorted(rows, key=key)
        with pytest.raises(TypeError) as got:
            list(external_sort(iter(rows), key=key))
        assert str(got.value) == str(expected.value)


@pytest.mark.parametrize("key", [lambda row: (row[0], -row[1]), tuple, None])
def test_days_and_times_that_differ_early_are_not_compared(key: Any) -> None:
    """Their texts would be in order; the values are in none."""
    rows: list[Any] = [
        (dt.datetime(2020, 1, 1) if number % 2 else dt.date(2021, 1, 1), number)
        for number in range(3000)
    ]
    with pytest.raises(TypeError) as expected:
        sorted(rows, key=key)
    with pytest.raises(TypeError) as got:
        list(external_sort(iter(rows), key=key, frozen=True))
    kept = SpillList(rows, frozen=True)
    with pytest.raises(TypeError) as sorted_in_place:
        kept.sort(key=key)
    assert str(got.value) == str(expected.value) == str(sorted_in_place.value)


def row_kept(when: Any, number: int) -> Any:
    """A row that stays an object, since it holds what cannot be written."""
    return when, range(number)


def row_written(when: Any, number: int) -> Any:
    return when, number


@pytest.mark.parametrize("make", [days, times, near])
@pytest.mark.parametrize("kept_from", [0, 700, 2500])
def test_keys_of_rows_that_cannot_be_written(make: Any, kept_from: int) -> None:
    """When it turns out that most rows stay in memory, their keys are dates again."""
    rng = random.Random(9)
    makers = [row_written] * kept_from + [row_kept] * (4000 - kept_from)
    rows = [maker(make(rng), number) for number, maker in enumerate(makers)]
    for key in (lambda row: row[0], lambda row: ("a", row[0])):
        expected = sorted(rows, key=key)
        assert list(external_sort(iter(rows), key=key)) == expected
        kept = SpillList(rows, frozen=True)
        kept.sort(key=key)
        assert list(kept) == expected


@pytest.mark.parametrize("nested", [False, True])
def test_dates_and_their_texts_are_not_compared(nested: bool) -> None:
    """What compares as a text is not a text."""
    whens: list[Any] = [dt.date.fromordinal(700_000 + number) for number in range(3000)]
    whens[2900] = whens[2900].isoformat()
    rows = [((1, when) if nested else when, number) for number, when in enumerate(whens)]
    random.Random(3).shuffle(rows)
    with pytest.raises(TypeError) as expected:
        sorted(rows, key=lambda row: row[0])
    for sort in (
        lambda: list(external_sort(iter(rows), key=lambda row: row[0])),
        lambda: SpillList(rows, frozen=True).sort(key=lambda row: row[0]),
    ):
        with pytest.raises(TypeError) as got:
            sort()
        assert str(got.value) == str(expected.value)
