"""A dict made from a list comprehension of pairs.

Ruff: C404
By hand: `{word: index for index, word in enumerate(words)}`.
"""


def positions(words: list[str]) -> dict[str, int]:
    return dict([(word, index) for index, word in enumerate(words)])
