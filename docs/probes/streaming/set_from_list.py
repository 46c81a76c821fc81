"""A list that is made to be a set.

By hand: a set comprehension.
"""


def names(path: str) -> set[str]:
    with open(path, encoding="utf-8") as file:
        return set([line.strip() for line in file])
