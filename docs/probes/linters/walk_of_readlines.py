"""All lines of a file in a list, to be walked.

Ruff: FURB129
By hand: walk the file.
"""


def size(path: str) -> int:
    total = 0
    with open(path, encoding="utf-8") as file:
        for line in file.readlines():
            total += len(line)
    return total
