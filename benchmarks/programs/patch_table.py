#!/usr/bin/env python3
"""Corrections to a table of values: slices are replaced, inserted and deleted."""
import sys


def read_table(path):
    values = []
    patches = []
    with open(path) as f:
        for line in f:
            if line.startswith("@"):
                start, stop, *new = map(int, line[1:].split())
                patches.append((start, stop, new))
            else:
                values.append(int(line))
    return values, patches


def apply(values, patches):
    original = values[:]
    for start, stop, new in patches:
        values[start:stop] = new
    values[::7] = [0] * len(values[::7])
    return original


def main():
    values, patches = read_table(sys.argv[1])
    original = apply(values, patches)
    print(f"{len(original)} values, {len(values)} after {len(patches)} patches")
    changed = [i for i, (a, b) in enumerate(zip(original, values)) if a != b]
    print(f"{len(changed)} changed, first {changed[:5]}")
    print(sum(original), sum(values), values[-3:])


if __name__ == "__main__":
    main()
