"""A list that is made to be handed to a function which walks it once.

By hand: pass a generator expression; `_longest` takes any iterable.
"""

__all__ = ["longest"]


def _longest(lengths: list[int]) -> int:
    best = 0
    for length in lengths:
        if length > best:
            best = length
    return best


def longest(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        lengths = [len(line) for line in file]
    return _longest(lengths)
