"""A list whose length is asked for after it has been walked.

By hand: count while walking.
"""


def mean(path: str) -> float:
    with open(path, encoding="utf-8") as file:
        values = [float(line) for line in file]
    total = 0.0
    for value in values:
        total += value
    return total / len(values)
