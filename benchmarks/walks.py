"""Walks over records on disk: whole, in some columns, and those with one value.

Dicts and dataclasses of six fields are kept in a ``list`` and in a ``SpillList``. A walk that
looks at one field, and a walk for each of some values, take turns; CPU time for each item and
walk is printed, the best of some rounds, and its ratio to the ``list``.

    python benchmarks/walks.py --n 300000 --rounds 3
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from spacetime_compiler.runtime import SpillList, candidates, columns

KINDS = [f"kind {number}" for number in range(12)]


@dataclass
class Tree:
    id: str
    street: str
    kind: str
    girth: int
    height: float
    health: str


def trees(n: int) -> Iterator[Tree]:
    health = ("good", "fair", "poor")
    for i in range(n):
        street, kind = f"street {i * 7919 % 800}", KINDS[i * 31 % 12]
        yield Tree(f"T{i:07}", street, kind, i % 400, i / 7, health[i % 3])


def best(walk: Callable[[], int], rounds: int) -> float:
    """CPU seconds."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        walk()
        times.append(time.process_time() - begin)
    return min(times)


def ways(kind: str, n: int) -> dict[str, Callable[[], int]]:
    """Walks of each sort over a list, a list on disk, and what is quicker."""
    if kind == "dict":
        rows: list[Any] = [asdict(tree) for tree in trees(n)]
        kept = SpillList((asdict(tree) for tree in trees(n)), frozen=True)
        return {
            "one column: list": lambda: sum(row["girth"] for row in rows),
            "one column: SpillList": lambda: sum(row["girth"] for row in kept),
            "one column: columns": lambda: sum(row["girth"] for row in columns(kept, "girth")),
            "one value: list": lambda: of_each(lambda one: [r for r in rows if r["kind"] == one]),
            "one value: SpillList": lambda: of_each(
                lambda one: [r for r in kept if r["kind"] == one]
            ),
            "one value: candidates": lambda: of_each(
                lambda one: [r for r in candidates(kept, one, item="kind") if r["kind"] == one]
            ),
        }
    items = list(trees(n))
    held = SpillList(trees(n), frozen=True, compared=False)
    return {
        "one column: list": lambda: sum(item.girth for item in items),
        "one column: SpillList": lambda: sum(item.girth for item in held),
        "one column: columns": lambda: sum(i.girth for i in columns(held, attributes=("girth",))),
        "one value: list": lambda: of_each(lambda one: [i for i in items if i.kind == one]),
        "one value: SpillList": lambda: of_each(lambda one: [i for i in held if i.kind == one]),
        "one value: candidates": lambda: of_each(
            lambda one: [i for i in candidates(held, one, attribute="kind") if i.kind == one]
        ),
    }


def of_each(walk: Callable[[str], list[Any]]) -> int:
    return sum(len(walk(kind)) for kind in KINDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=300_000, help="items")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for kind in ("dict", "dataclass"):
        plain = 0.0
        for name, walk in ways(kind, options.n).items():
            walks = 1 if name.startswith("one column") else len(KINDS)
            took = best(walk, options.rounds) / walks / max(options.n, 1) * 1e9
            plain = took if name.endswith(": list") else plain
            print(f"{kind:10} {name:24} {took:6.0f} ns  {took / max(plain, 0.1):5.2f}")


if __name__ == "__main__":
    main()
