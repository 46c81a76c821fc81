"""A list that is filled, to be walked from its end.

By hand: spill it, and read the pieces from the last to the first.
"""


def write_backwards(source: str, target: str) -> None:
    lines = []
    with open(source, encoding="utf-8") as file:
        for line in file:
            lines.append(line)
    with open(target, "w", encoding="utf-8") as out:
        for line in reversed(lines):
            out.write(line)
