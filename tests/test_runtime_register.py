"""Types that the user names as spillable."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import external_sort, register


@pytest.fixture(autouse=True)
def _small_budget() -> Iterator[None]:
    before = runtime.budget()
    runtime.configure(memory="64KiB")
    yield
    runtime.configure(memory=before)


@register
class Entry(NamedTuple):
    when: int
    user: str
    note: str | None = None


@register
@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: float


@register
@dataclass
class Loose:
    name: str
    size: int = 0
    derived: int = field(init=False, default=7)


def spills(items: list[Any], **options: Any) -> None:
    """Sorted as ever, and what was spilled says that it was."""
    before = runtime.stats()["bytes"]
    got = list(external_sort(iter(items), **options))
    assert runtime.stats()["bytes"] > before
    expected = sorted(items, **options)
    assert got == expected
    assert list(map(type, got)) == list(map(type, expected))


def test_named_tuples() -> None:
    entries = [Entry(n * 7919 % 1009, f"user{n % 7}") for n in range(8000)]
    spills(entries)
    spills(entries, reverse=True)
    spills(entries, key=lambda entry: entry.user)
    plain = namedtuple("plain", "a b")
    register(plain)
    spills([plain(n % 10, n) for n in range(8000)])


def test_named_tuples_that_compare_in_their_own_way() -> None:
    @register
    class Backwards(NamedTuple):
        n: int

        def __lt__(self, other: Any) -> bool:
            return bool(self.n > other.n)

    items = [Backwards(n * 7919 % 1009) for n in range(4000)]
    assert list(external_sort(iter(items))) == sorted(items)


def test_named_tuples_and_others() -> None:
    items: list[Any] = [Entry(n % 5, "u") for n in range(4000)]
    items[3000] = (2, "u")
    assert list(map(type, external_sort(iter(items)))) == list(map(type, sorted(items)))
    items[3000] = 5
    with pytest.raises(TypeError) as ours:
        external_sort(iter(items))
    with pytest.raises(TypeError) as theirs:
        sorted(items)
    assert str(ours.value) == str(theirs.value)


def test_dataclasses() -> None:
    spills([Point(n * 7919 % 1009, -0.0) for n in range(8000)], key=lambda p: p.x)
    loose = [Loose(str(n), n % 9) for n in range(8000)]
    spills(loose, key=lambda item: item.size)
    assert next(external_sort(iter(loose), key=lambda item: item.size)).derived == 7


class Entrance:
    def __init__(self, door: int, who: str) -> None:
        self.door, self.who = door, who


def test_fields_by_name() -> None:
    register(Entrance, fields=["door", "who"])
    items = [Entrance(n * 7919 % 1009, f"user{n}") for n in range(8000)]
    before = runtime.stats()["bytes"]
    got = list(external_sort(iter(items), key=lambda item: item.door))
    assert runtime.stats()["bytes"] > before
    assert list(map(vars, got)) == list(map(vars, sorted(items, key=lambda item: item.door)))


def test_instances_that_are_not_like_the_others_stay_themselves() -> None:
    register(Entrance, fields=["door", "who"])
    items = [Entrance(n % 7, "u") for n in range(4000)]
    del items[1000].who
    items[3000].who = []  # type: ignore[assignment]
    got = list(external_sort(iter(items), key=lambda item: item.door))
    assert sum(a is b for a, b in zip(got, sorted(items, key=lambda i: i.door), strict=True)) == 2


def test_types_with_functions_of_their_own() -> None:
    start = datetime(2024, 1, 1)
    register(datetime, pack=datetime.isoformat, unpack=datetime.fromisoformat)
    times = [start + timedelta(seconds=n * 7919 % 10007) for n in range(8000)]
    spills([(moment, "x") for moment in times], key=lambda pair: pair[0].timestamp())


def test_instances_nobody_registered_stay_themselves() -> None:
    class Number(NamedTuple):
        n: int

    class Other(Number):
        """Has a ``__dict__``."""

    items = [Other(n % 10) for n in range(3000)]
    got = list(external_sort(iter(items), key=lambda item: item.n))
    assert all(a is b for a, b in zip(got, sorted(items), strict=True))


def test_wrong_registrations() -> None:
    for wrong in (5, int, str, object):
        with pytest.raises(TypeError):
            register(wrong)  # type: ignore[type-var]
    with pytest.raises(TypeError, match="pack and unpack"):
        register(dict, fields=["x"])
    with pytest.raises(TypeError, match="together"):
        register(datetime, pack=str)


def test_errors_of_pack_and_unpack_pass() -> None:
    class Broken:
        pass

    def fail(_: object) -> Any:
        raise LookupError("pack")

    register(Broken, pack=fail, unpack=fail)
    with pytest.raises(LookupError, match="pack"):
        external_sort((Broken() for _ in range(1000)), key=lambda _: 1)
