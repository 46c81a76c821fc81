"""A dict of counts that grows with the data and is then walked.

By hand: count runs of equal keys in an external sort.
"""


def write_counts(source: str, target: str) -> None:
    counts: dict[str, int] = {}
    with open(source, encoding="utf-8") as file:
        for line in file:
            counts[line] = counts.get(line, 0) + 1
    with open(target, "w", encoding="utf-8") as out:
        for line in sorted(counts):
            out.write(f"{counts[line]} {line}")
