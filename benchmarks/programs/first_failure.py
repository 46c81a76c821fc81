#!/usr/bin/env python3
"""Lines that are refused on purpose, and lines that fail by accident: which is heard of first."""
import sys


class Refused(Exception):
    pass


def rates(path):
    found = []
    with open(path) as lines:
        for number, line in enumerate(lines, 1):
            if number == 40:
                raise Refused(f"line {number}: {line.strip()}")
            found.append(len(line) % 2)
    return found


def inverse(path):
    total = 0.0
    for rate in rates(path):
        total += 1 / rate
    return total


def both(path):
    rows = [line.split() for line in open(path)]
    letters = 0
    for row in rows:
        assert letters < 700, row[0]
        letters += len(row[0])
    shares = 0.0
    for row in rows:
        shares += 60 / (len(row[1]) - 4)
    return letters, shares


def known(path, places):
    wanted = [line.partition(" ")[0] for line in open(path)]
    count = 0
    for name in wanted:
        if len(name) > 6:
            raise Refused(f"{name} is too long")
        count += 1
    found = 0
    for name in wanted:
        found += places[name]
    return count, found


def main():
    path = sys.argv[1]
    try:
        print(inverse(path))
    except (Refused, ZeroDivisionError) as failure:
        print(type(failure).__name__, failure)
    try:
        print(both(path))
    except (AssertionError, ZeroDivisionError) as failure:
        print(type(failure).__name__, failure)
    print(known(path, {"name0": 1, "name1": 2, "name2": 3}))


if __name__ == "__main__":
    main()
