"""A file read whole, to be cut into lines.

By hand: walk the file, strip one newline from each line, mind the rarer line ends of
`splitlines`.
"""


def longest(path: str) -> int:
    best = 0
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            best = max(best, len(line))
    return best
