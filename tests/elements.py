"""Elements of sets, of every kind that a set on disk tells apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple


class Place(NamedTuple):
    name: str
    number: int


class Text(str):
    """A text of another class."""


class Same:
    """Equal to a number, and not known to be."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __hash__(self) -> int:
        return hash(self.number)

    def __eq__(self, other: object) -> bool:
        return other == self.number

    def __repr__(self) -> str:
        return f"Same({self.number})"


MAKE: dict[str, Callable[[random.Random], Any]] = {
    "str": lambda r: f"user {r.randrange(900)}",
    "int": lambda r: r.randrange(2000),
    "numbers": lambda r: r.choice([int, float, bool])(r.randrange(500)),
    "named and plain": lambda r: r.choice([Place, lambda *xs: xs])(f"p{r.randrange(200)}", 1),
    "rarely odd": lambda r: r.randrange(900) if r.random() < 0.999 else Decimal(r.randrange(900)),
    "odd": lambda r: r.choice([int, Decimal, Same])(r.randrange(300)),
    "texts": lambda r: r.choice([str, Text])(r.randrange(300)),
}


def shown(items: Any) -> list[tuple[str, str]]:
    """The same for all sets of these elements, whatever their order."""
    return sorted((type(item).__name__, repr(item)) for item in items)


class Node:
    """Something that may be in a circle with the dictionary that has it."""

    def __init__(self, index: Any) -> None:
        self.index = index
