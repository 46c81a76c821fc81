"""Records that have a ``SpillGroup``, in lists on disk and in sorts."""

from __future__ import annotations

import copy
import gc
import random
from collections.abc import Iterator
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillGroup, SpillList, external_sort

pytestmark = pytest.mark.usefixtures("little_memory")


class Parcel:
    """Known by its number, with the payments for it."""

    def __init__(self, number: int, paid: Any) -> None:
        self.number = number
        self.paid = paid


def parcels(many: int) -> Iterator[Parcel]:
    return (Parcel(number, SpillGroup(range(number % 4))) for number in range(many))


def records_in_memory() -> int:
    gc.collect()
    return sum(type(one) is Parcel for one in gc.get_objects())


def test_they_go_to_disk_with_the_numbers_of_their_groups() -> None:
    rows = SpillList(parcels(20_000), frozen=True, compared=False)
    assert records_in_memory() < 2_000
    expected = [(number, list(range(number % 4))) for number in range(20_000)]
    assert [(row.number, list(row.paid)) for row in rows] == expected
    del rows
    assert records_in_memory() == 0


def test_a_group_is_the_same_wherever_its_record_is() -> None:
    rows = SpillList(parcels(5_000), frozen=True, compared=False)
    others = copy.copy(rows)
    some = rows[1_000:4_000]
    rows[1_500].paid.append("late")
    assert list(others[1_500].paid) == list(some[500].paid) == [*range(1_500 % 4), "late"]
    held = rows[2_001].paid
    del rows, others
    assert list(some[500].paid)[-1] == "late"
    del some
    gc.collect()
    assert list(held) == list(range(2_001 % 4))
    held.append("still there")
    assert list(held)[-1] == "still there"


def test_groups_go_with_what_holds_them() -> None:
    chance = random.Random("groups")
    rows = SpillList[Any](frozen=True, compared=False)
    kept: list[Any] = []
    for number in range(9_000):
        row = Parcel(number, SpillGroup([number, str(number)]))
        if number % 50 == 0:
            kept.append(row)
        rows.append(row)
        del row
        if chance.random() < 0.01:
            place = chance.randrange(len(rows))
            assert list(rows[place].paid)[1] == str(rows[place].number)
    del rows[100:8_000]
    assert [row.paid[0] for row in rows] == [*range(100), *range(8_000, 9_000)]
    assert [row.paid[0] for row in kept] == list(range(0, 9_000, 50))
    rows.clear()
    gc.collect()
    assert [row.paid[0] for row in kept] == list(range(0, 9_000, 50))


@pytest.mark.parametrize("compared", [False, True])
@pytest.mark.parametrize("many", [10, 20_000])
def test_they_are_sorted_on_disk(many: int, compared: bool) -> None:
    made = parcels(many)
    ordered = external_sort(
        made, key=lambda row: (-len(row.paid), -row.number), frozen=True, compared=compared
    )
    found = [(len(row.paid), row.number) for row in ordered]
    assert found == sorted(((n % 4, n) for n in range(many)), reverse=True)


def test_whoever_compares_finds_the_same_group() -> None:
    rows = SpillList(parcels(4_000), frozen=True)
    first = rows[7]
    assert first.paid == rows[7].paid == [0, 1, 2]
    assert rows[8].paid == [] != rows[7].paid
    assert rows.index(first) == 7
