"""A list of pairs that is made to be a dict.

By hand: a dict comprehension.
"""


def lengths(words: list[str]) -> dict[str, int]:
    return dict([(word, len(word)) for word in words])
