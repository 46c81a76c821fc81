"""Several threads use the same collection: what they put in is there, and nobody fails."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from spacetime_compiler.runtime import SpillGroups, SpillList, SpillSet

pytestmark = pytest.mark.usefixtures("little_memory")
EACH = 3000


@dataclass
class Row:
    name: str
    size: float
    tags: list[object]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


@pytest.fixture(autouse=True)
def _frequent_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(*works: Callable[[], object]) -> None:
    """Do all of it at once; what one of them raises is raised here."""
    errors: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_a_list_is_filled_while_others_walk_it() -> None:
    rows = SpillList[Row](frozen=True)

    def fill(name: str) -> None:
        for number in range(EACH):
            rows.append(Row(f"{name}{number}", number / 3, [number, "x"]))

    def walk() -> None:
        for _ in range(10):
            for at, row in enumerate(rows):
                assert row.name[0] in "ab"
                if at > 500:
                    break

    in_threads(lambda: fill("a"), lambda: fill("b"), walk)
    assert sorted(row.name for row in rows) == sorted(f"{n}{i}" for n in "ab" for i in range(EACH))


@pytest.mark.parametrize("odd", [False, True])
def test_a_set_is_filled_and_asked(odd: bool) -> None:
    made = SpillSet[object]()
    if odd:
        made.add(Row("z", 0.0, []))

    def fill(name: str) -> None:
        for number in range(EACH):
            made.add(f"{name}{number % (EACH // 2)}")
            made.add((name, number % 7))

    def ask() -> None:
        for number in range(EACH):
            assert f"c{number}" not in made
            len(made)

    in_threads(lambda: fill("a"), lambda: fill("b"), ask)
    assert len(made) == 2 * (EACH // 2 + 7) + odd
    assert len(set(made)) == len(made)


def test_groups_are_filled_while_others_look() -> None:
    groups = SpillGroups[int, tuple[str, int]](default=True)

    def fill(name: str) -> None:
        for number in range(EACH):
            groups[number % 7].append((name, number))

    def look() -> None:
        for _ in range(20):
            for key in list(groups):
                assert len(groups[key]) > 0

    groups[0].append(("c", 0))
    in_threads(lambda: fill("a"), lambda: fill("b"), look)
    assert sum(len(groups[key]) for key in groups) == 2 * EACH + 1
