"""Lists that are each made to be walked once.

By hand: three generator expressions in a chain.
"""


def total(values: list[int]) -> int:
    doubled = [value * 2 for value in values]
    kept = [value for value in doubled if value % 3]
    shifted = [value + 1 for value in kept]
    return sum(shifted)
