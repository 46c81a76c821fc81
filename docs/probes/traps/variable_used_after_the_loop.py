"""A loop that adds to a set, and whose variable is used behind it.

Ruff: FURB142
Trap: `seen.update(words)` binds no `word`: a NameError.
"""


def last_and_distinct(words: list[str]) -> tuple[str, int]:
    seen = set()
    for word in words:
        seen.add(word)
    return word, len(seen)
