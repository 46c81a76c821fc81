"""``windows``, ``neighbours`` and ``rest`` give what slices of a list would give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillGroup, SpillList, neighbours, rest, windows


def sliced(items: list[Any], size: Any) -> list[list[Any]]:
    return [items[at : at + size] for at in range(len(items) - size + 1)]


@pytest.mark.parametrize("count", [0, 1, 2, 5, 255, 256, 257, 1000])
@pytest.mark.parametrize("size", [-3, -1, 0, 1, 2, 3, 12, 256, 300, 2000, True, False])
def test_as_slices(count: int, size: int) -> None:
    items = list(range(count))
    assert list(windows(iter(items), size)) == sliced(items, size)


@pytest.mark.parametrize("size", [2.0, None, "2", [], 1j])
def test_what_is_no_size_fails_as_before(size: Any) -> None:
    with pytest.raises(TypeError) as before:
        sliced([1, 2, 3], size)
    with pytest.raises(TypeError) as after:
        windows([1, 2, 3], size)
    assert str(after.value) == str(before.value)


def test_each_window_is_a_list_of_its_own() -> None:
    found = list(windows("abcd", 2))
    found[0].clear()
    assert found == [[], ["b", "c"], ["c", "d"]]
    assert all(type(window) is list for window in found)


def test_items_are_the_same() -> None:
    items = [object() for _ in range(600)]
    for at, window in enumerate(windows(items, 3)):
        assert all(one is other for one, other in zip(window, items[at : at + 3], strict=True))


def test_a_list_on_disk() -> None:
    items = SpillList(str(number) for number in range(3000))
    assert list(windows(items, 4)) == sliced([str(number) for number in range(3000)], 4)


def test_only_some_items_are_held() -> None:
    alive = most = 0

    class Item:
        def __init__(self) -> None:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    assert sum(1 for _ in windows((Item() for _ in range(5000)), 10)) == 4991
    assert most < 600


def test_what_the_iterable_raises_comes_out() -> None:
    def failing() -> Iterator[int]:
        yield from range(300)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(windows(failing(), 2))


class Odd(list[Any]):
    """A list whose slices are none."""

    def __getitem__(self, key: Any) -> Any:
        return "odd"


@pytest.mark.parametrize("count", [0, 1, 2, 3, 700])
@pytest.mark.parametrize("make", [list, tuple, SpillList, SpillGroup, bytes, Odd])
def test_neighbours_and_the_rest(make: Any, count: int) -> None:
    items = make([n % 256 for n in range(count)])
    behind = items[1:]
    assert list(neighbours(items)) == list(zip(items, behind, strict=False))
    for start in (0, 1, 2, 5, 800):
        assert list(rest(items, start)) == list(items[start:])


@pytest.mark.parametrize("items", [iter([1, 2]), {1, 2}, {1: 2}, 7])
def test_what_has_no_slices_fails_as_before(items: Any) -> None:
    with pytest.raises((TypeError, KeyError)) as before:
        items[1:]
    for walk in (lambda: neighbours(items), lambda: rest(items, 1)):
        with pytest.raises(before.type) as after:
            walk()
        assert str(after.value) == str(before.value)


def test_large_groups_are_not_copied() -> None:
    group = SpillGroup(range(50_000))
    pairs = neighbours(group)
    assert type(pairs).__name__ == "pairwise"
    assert sum(right - left for left, right in pairs) == 49_999
