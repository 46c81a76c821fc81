"""A list that is walked twice, the second time with what the first found.

By hand: write it to a file between the two, or read the source again.
"""


def write_shares(source: str, target: str) -> None:
    values = []
    with open(source, encoding="utf-8") as file:
        for line in file:
            values.append(int(line))
    total = 0
    for value in values:
        total += value
    with open(target, "w", encoding="utf-8") as out:
        for value in values:
            out.write(f"{value / total}\n")
