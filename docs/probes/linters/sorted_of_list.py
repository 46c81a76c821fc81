"""A sorted list made from a list that is made for it.

Ruff: C414
By hand: drop the inner call.
"""


def ordered(words: dict[str, int]) -> list[str]:
    return sorted(list(words))
