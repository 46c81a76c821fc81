#!/usr/bin/env python3
"""Rows in a list of a class of its own, and rows that print with their default repr."""
import re
import sys


class Rows(list):
    def __init__(self, *args):
        super().__init__(*args)
        self.rejected = 0

    def append(self, row):
        if row[1] == "-":
            self.rejected += 1
        else:
            super().append(row)

    def __iter__(self):
        for row in super().__iter__():
            yield tuple(row)


class Point:
    def __init__(self, name, value):
        self.name = name
        self.value = value


class Named(Point):
    def __eq__(self, other):
        return self.name == other.name

    def __hash__(self):
        return hash(self.name)


def read(path):
    rows = Rows()
    with open(path) as f:
        for line in f:
            rows.append(line.split())
    return rows


def points(rows):
    return [Point(name, int(value)) for name, value in rows]


def named(rows):
    return [Named(name, int(value)) for name, value in rows]


def main():
    rows = read(sys.argv[1])
    print(len(rows), rows.rejected, sum(1 for row in rows if isinstance(row, tuple)))
    made = points(rows)
    texts = {str(p) for p in made}
    print(len(texts) == len(made), all(re.match(r"<__main__.Point object at 0x\w+>$", t) for t in texts))
    total = sum(p.value for p in made)
    again = {str(p) for p in made}
    print(total, texts == again)
    kept = named(rows)
    unique = set(kept)
    print(len(kept), len(unique), sum(p.value for p in kept), sum(p.value for p in unique) <= total)
    print(len(set(made)) == len(made))


if __name__ == "__main__":
    main()
