"""A file read whole, to be cut at newlines.

By hand: walk the file, and mind the last item, which `split` leaves empty.
"""


def errors(path: str) -> int:
    count = 0
    with open(path, encoding="utf-8") as file:
        for line in file.read().split("\n"):
            if line.startswith("ERROR"):
                count += 1
    return count
