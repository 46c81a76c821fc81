"""The distinct lines of a file, in order.

By hand: `external_sort`, passing over what is equal to the one before.
"""


def write_distinct(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as file, open(target, "w", encoding="utf-8") as out:
        for line in sorted(set(file)):
            out.write(line)
