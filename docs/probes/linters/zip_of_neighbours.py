"""A copy of a list, to pair each item with the next.

Ruff: RUF007
By hand: `itertools.pairwise`.
"""


def rises(values: list[int]) -> int:
    return sum(after > before for before, after in zip(values, values[1:]))
