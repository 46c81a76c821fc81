"""A list made from a list comprehension.

Ruff: C411
By hand: drop the call.
"""


def lengths(words: list[str]) -> list[int]:
    return list([len(word) for word in words])
