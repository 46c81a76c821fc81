"""A copy of a list, to pair each item with the next.

By hand: `itertools.pairwise`.
"""


def rises(values: list[int]) -> int:
    count = 0
    for before, after in zip(values, values[1:]):
        if after > before:
            count += 1
    return count
