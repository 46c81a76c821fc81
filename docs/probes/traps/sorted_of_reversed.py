"""The rows reversed, then sorted by a key that may be equal.

Ruff: C414
Trap: rows with equal keys stand in reversed order, which `sorted(rows)` would not do.
"""


def newest_first(rows: list[str]) -> list[str]:
    return sorted(reversed(rows), key=len)
