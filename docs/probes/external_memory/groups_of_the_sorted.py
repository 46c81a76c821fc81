"""Everything sorted, to be walked group by group.

By hand: `groupby` over `external_sort`.
"""

from itertools import groupby


def write_counts(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as file, open(target, "w", encoding="utf-8") as out:
        for word, same in groupby(sorted(file)):
            out.write(f"{word.strip()} {sum(1 for _ in same)}\n")
