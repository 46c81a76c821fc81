#!/usr/bin/env python3
"""A walk is copied to look ahead in it, and goes on where it was."""
import copy
import sys


def read_rows(path):
    rows = []
    with open(path) as f:
        for line in f:
            name, points = line.split()
            rows.append((name, int(points)))
    return rows


def next_above(walk, limit):
    for ahead, (name, points) in enumerate(copy.copy(walk), 1):
        if points > limit:
            return f"{name} in {ahead}"
    return "none"


def main():
    rows = read_rows(sys.argv[1])
    walk = iter(rows)
    total = 0
    for number, (name, points) in enumerate(walk):
        total += points
        if number % 250 == 3:
            print(name, points, "next above 1900:", next_above(walk, 1900))
    print(len(rows), total, next_above(walk, 0))


if __name__ == "__main__":
    main()
