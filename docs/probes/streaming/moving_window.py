"""A list of which a window is looked at that moves along.

By hand: a `deque` as long as the window.
"""


def largest_sum(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        values = [int(line) for line in file]
    best = 0
    for start in range(len(values) - 4):
        best = max(best, sum(values[start : start + 5]))
    return best
