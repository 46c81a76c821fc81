"""A dict of lists that grows with the data and is walked by key.

By hand: sort by key on disk, walk group by group.
"""


def write_groups(source: str, target: str) -> None:
    groups: dict[str, list[str]] = {}
    with open(source, encoding="utf-8") as file:
        for line in file:
            key, value = line.split()
            groups.setdefault(key, []).append(value)
    with open(target, "w", encoding="utf-8") as out:
        for key in sorted(groups):
            out.write(f"{key}: {' '.join(groups[key])}\n")
