"""A list that is made to be asked whether any item is true.

Ruff: C419
By hand: a generator expression.
"""


def has_long(words: list[str]) -> bool:
    return any([len(word) > 20 for word in words])
