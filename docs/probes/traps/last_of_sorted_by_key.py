"""The last of the rows, sorted by a key that may be equal.

Ruff: FURB192
Trap: of rows with equal keys `max` takes the first and `sorted(...)[-1]` the last.
Right: what it calls keeps of equal rows the one that `sorted` puts there.
"""


def longest(rows: list[str]) -> str:
    return sorted(rows, key=len)[-1]
