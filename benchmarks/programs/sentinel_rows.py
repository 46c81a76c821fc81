#!/usr/bin/env python3
"""Rows that carry marks compared with `is`, sorted and grouped on the way."""
import sys

NOTHING = "".join(["n", "o", "t", "h", "i", "n", "g"])
LATER = object()
EMPTY = ()


def parse(line):
    name, value = line.split()
    value = int(value)
    if value % 5 == 0:
        return name, NOTHING, value
    if value % 7 == 0:
        return name, LATER, value
    return name, (EMPTY if value % 2 else "nothing"), value


def read(path):
    with open(path) as f:
        return [parse(line) for line in f]


def main():
    rows = read(sys.argv[1])
    ranked = sorted(rows, key=lambda row: row[2])
    marked = sum(1 for row in ranked if row[1] is NOTHING)
    later = sum(1 for row in ranked if row[1] is LATER)
    empty = sum(1 for row in ranked if row[1] is EMPTY)
    print(f"{len(rows)} rows: {marked} nothing, {later} later, {empty} empty")
    texts = sorted(row[1] for row in rows if isinstance(row[1], str))
    print(sum(1 for text in texts if text is NOTHING), len(texts))
    same = sum(1 for row in ranked if any(row is other for other in rows[:50]))
    print(same, len({id(row) for row in ranked}), ranked[0] is min(rows, key=lambda row: row[2]))


if __name__ == "__main__":
    main()
