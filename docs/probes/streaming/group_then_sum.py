"""Items gathered by key, only to be added up.

By hand: one running sum for each key, in the same order of additions.
"""


def totals(path: str) -> dict[str, int]:
    groups: dict[str, list[int]] = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, amount = line.split()
            groups.setdefault(name, []).append(int(amount))
    return {name: sum(amounts) for name, amounts in groups.items()}
