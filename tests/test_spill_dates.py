"""Dates in lists on disk come back as they were: with zones, folds, and at the extremes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillList

pytestmark = pytest.mark.usefixtures("little_memory")


class Day(date):
    """A date of a class of its own."""


def values() -> list[Any]:
    """One of each sort, made anew each time."""
    return [
        date.min, date.max, date(2024, 2, 29),
        datetime.min, datetime.max, datetime(2024, 2, 29, 23, 59, 58, 987654),
        datetime(2024, 10, 27, 2, 30, fold=1), datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=timezone(timedelta(hours=2))),
        time(1, 2, 3, 4), time(1, 2, fold=1), time(5, tzinfo=UTC),
        timedelta(days=-3, microseconds=7), Day(2024, 5, 6), Decimal("1.50"), Decimal("-0"),
    ]  # fmt: skip


def alone(value: Any) -> Any:
    return value


def paired(value: Any) -> Any:
    return value, str(value)


def named(value: Any) -> Any:
    return {"when": value}


@pytest.mark.parametrize("wrap", [alone, paired, named])
def test_dates_come_back_as_they_were(wrap: Callable[[Any], Any]) -> None:
    kept = [wrap(value) for _ in range(300) for value in values()]
    listed = SpillList((wrap(value) for _ in range(300) for value in values()), frozen=True)
    for _ in range(2):
        assert [repr(item) for item in listed] == [repr(item) for item in kept]
        assert list(listed) == kept


def test_dates_made_anew_are_plain() -> None:
    start = datetime(2024, 1, 1)
    listed = SpillList(
        (
            (str(number), date.fromordinal(1 + number * 730), start + timedelta(seconds=number))
            for number in range(5000)
        ),
        frozen=True,
    )
    for number, (text, day, moment) in enumerate(listed):
        assert (text, day) == (str(number), date.fromordinal(1 + number * 730))
        assert moment == start + timedelta(seconds=number)
        assert (type(day), type(moment)) == (date, datetime)
        assert (moment.tzinfo, moment.fold) == (None, 0)
