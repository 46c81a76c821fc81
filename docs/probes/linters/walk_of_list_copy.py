"""A copy of a list, to be walked while the list stays as it is.

Ruff: PERF101
By hand: walk the list.
"""


def size(path: str) -> int:
    words = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            words.append(line.strip())
    total = 0
    for word in list(words):
        total += len(word)
    return total
