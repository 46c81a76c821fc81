"""The distinct lines of a file, as they first come.

By hand: sort positions by line on disk, keep the first of each, sort by position.
"""


def write_distinct(source: str, target: str) -> None:
    seen = set()
    with open(source, encoding="utf-8") as file, open(target, "w", encoding="utf-8") as out:
        for line in file:
            if line not in seen:
                seen.add(line)
                out.write(line)
