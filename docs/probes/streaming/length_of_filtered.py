"""A list that is made to be measured.

By hand: `sum(1 for ...)`.
"""


def long_ones(words: list[str]) -> int:
    return len([word for word in words if len(word) > 10])
