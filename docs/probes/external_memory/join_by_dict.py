"""A dict of one file's rows, to look up those of another.

By hand: sort both on disk and merge, then restore the order of the second.
"""


def write_joined(left: str, right: str, target: str) -> None:
    names = {}
    with open(left, encoding="utf-8") as file:
        for line in file:
            key, name = line.split()
            names[key] = name
    with open(right, encoding="utf-8") as file, open(target, "w", encoding="utf-8") as out:
        for line in file:
            key, amount = line.split()
            if key in names:
                out.write(f"{names[key]} {amount}\n")
