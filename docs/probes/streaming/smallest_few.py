"""Everything sorted, to keep ten.

By hand: `heapq.nsmallest(10, values)`, which is the same list, ties included.
"""


def smallest(values: list[int]) -> list[int]:
    return sorted(values)[:10]
