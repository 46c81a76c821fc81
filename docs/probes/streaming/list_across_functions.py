"""A list that one function returns and another walks once.

By hand: `_read` becomes a generator; `with` then ends when the walk ends.
"""

__all__ = ["total"]


def _read(path: str) -> list[int]:
    values = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            values.append(int(line))
    return values


def total(path: str) -> int:
    result = 0
    for value in _read(path):
        result += value
    return result
