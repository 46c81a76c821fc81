"""A list made from a sorted list.

Ruff: C413
By hand: drop the call.
"""


def ordered(words: list[str]) -> list[str]:
    return list(sorted(words))
