"""A list that is filled, sorted, and walked once.

By hand: `external_sort` over the lines.
"""


def write_sorted(source: str, target: str) -> None:
    lines = []
    with open(source, encoding="utf-8") as file:
        for line in file:
            lines.append(line)
    lines.sort()
    with open(target, "w", encoding="utf-8") as out:
        for line in lines:
            out.write(line)
