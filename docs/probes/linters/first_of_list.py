"""A list made to take its first item.

Ruff: RUF015
By hand: `next(iter(...))`, and an IndexError if there is none.
"""


def first(counts: dict[str, int]) -> str:
    return list(counts)[0]
