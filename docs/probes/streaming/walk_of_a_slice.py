"""A copy of a list without its head, to be walked.

By hand: `itertools.islice`, if the list does not change meanwhile.
"""


def total_without_head(values: list[int]) -> int:
    total = 0
    for value in values[1:]:
        total += value
    return total
