"""All lines of a file in a list, for one pass.

By hand: walk the file.
"""


def errors(path: str) -> int:
    count = 0
    with open(path, encoding="utf-8") as file:
        lines = file.readlines()
        for line in lines:
            if line.startswith("ERROR"):
                count += 1
    return count
