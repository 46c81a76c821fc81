"""Pairs that are filled, sorted by a key, and walked once.

By hand: `external_sort` with the key.
"""

from operator import itemgetter


def write_by_size(source: str, target: str) -> None:
    rows = []
    with open(source, encoding="utf-8") as file:
        for line in file:
            name, size = line.split()
            rows.append((name, int(size)))
    with open(target, "w", encoding="utf-8") as out:
        for name, size in sorted(rows, key=itemgetter(1)):
            out.write(f"{name} {size}\n")
