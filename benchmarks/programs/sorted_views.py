#!/usr/bin/env python3
"""Sorted and grouped views of the same mutable rows: a change through one shows in all."""
import sys


def read(path):
    rows = []
    with open(path) as f:
        for line in f:
            name, value = line.split()
            rows.append([name, int(value), 0])
    return rows


def rank(rows):
    for place, row in enumerate(sorted(rows, key=lambda row: (-row[1], row[0])), 1):
        row[2] = place
    return rows


def by_letter(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row[0][-1], []).append(row)
    return groups


def main():
    rows = read(sys.argv[1])
    groups = by_letter(rows)
    rank(rows)
    best = {letter: min(row[2] for row in members) for letter, members in groups.items()}
    print(best)
    for letter in list(groups):
        if groups[letter][0][1] % 2:
            members = groups.pop(letter)
            members.sort(key=lambda row: row[1])
            members[0][1] = 0
    print(list(groups), sum(row[1] for row in rows), sum(row[2] for row in rows[:100]))
    rows.sort()
    print(rows[:1], rows[-1:])


if __name__ == "__main__":
    main()
