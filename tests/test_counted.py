"""``Counted``: a walk whose items are counted."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from spacetime_compiler.runtime import Counted, _plain

KINDS = [Counted, _plain.Counted]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("items", [[], [None], [1, "a", 2.5], list(range(1000))])
def test_walks_and_counts(kind: type, items: list[object]) -> None:
    counted = kind(item for item in items)
    assert len(counted) == 0
    assert list(counted) == items
    assert len(counted) == len(items)
    assert list(counted) == []
    assert len(counted) == len(items)


@pytest.mark.parametrize("kind", KINDS)
def test_counts_as_it_goes_and_fails_where_the_iterable_fails(kind: type) -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("third")

    counted = kind(items())
    seen: list[tuple[int, int]] = []

    def walk() -> None:
        for item in counted:
            seen.append((item, len(counted)))

    with pytest.raises(ValueError, match="third"):
        walk()
    assert seen == [(1, 1), (2, 2)]
    with pytest.raises(TypeError, match="not iterable"):
        kind(3)


def test_the_length_may_be_asked_while_an_item_is_made() -> None:
    lengths: list[int] = []

    def items() -> Iterator[int]:
        for item in range(3):
            lengths.append(len(counted))
            yield item

    counted = Counted(items())
    assert sum(counted) == 3
    assert lengths == [0, 1, 2]


def test_lets_go_of_the_iterable_at_its_end_and_in_a_cycle() -> None:
    class Source:
        def __iter__(self) -> Iterator[int]:
            yield 1

    source = Source()
    dies = weakref.ref(source)
    counted = Counted(map(abs, source))
    del source
    assert list(counted) == [1]
    assert dies() is None

    class Cycle:
        counted: Counted

        def __iter__(self) -> Cycle:
            return self

        def __next__(self) -> int:
            return 1

    cycle = Cycle()
    cycle.counted = Counted(cycle)
    gone = weakref.ref(cycle)
    del cycle
    gc.collect()
    assert gone() is None
