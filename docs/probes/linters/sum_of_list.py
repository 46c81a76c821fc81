"""A list that is made to be added up.

Ruff: C419
By hand: a generator expression.
"""


def size(words: list[str]) -> int:
    return sum([len(word) for word in words])
