"""A set made from a list comprehension.

Ruff: C403
By hand: `{len(word) for word in words}`.
"""


def lengths(words: list[str]) -> set[int]:
    return set([len(word) for word in words])
