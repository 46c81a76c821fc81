"""A list that is walked twice by loops that do not depend on each other.

By hand: one loop with two accumulators.
"""


def least_and_most(path: str) -> tuple[int, int]:
    with open(path, encoding="utf-8") as file:
        values = [int(line) for line in file]
    least = 10**9
    for value in values:
        if value < least:
            least = value
    most = 0
    for value in values:
        if value > most:
            most = value
    return least, most
