#!/usr/bin/env python3
"""A reader that reports what it skips while it reads, before anything is written."""
import sys


def numbers(path):
    skipped = 0
    print(f"opening {path.rsplit('/', 1)[-1]}")
    with open(path) as f:
        for number, line in enumerate(f, 1):
            try:
                yield int(line)
            except ValueError:
                skipped += 1
                if skipped <= 3:
                    print(f"skipped line {number}: {line.strip()!r}")
    print(f"closing, {skipped} skipped")


def runs(values):
    """lengths of the runs that never fall"""
    result = []
    length = 0
    previous = None
    for value in values:
        if previous is not None and value < previous:
            result.append(length)
            length = 0
        length += 1
        previous = value
    result.append(length)
    return result


def main():
    values = list(numbers(sys.argv[1]))
    print("all read")
    for value in values[:3]:
        print("value", value)
    lengths = runs(values)
    for length in lengths[:3]:
        print("run of", length)
    print(f"{len(values)} values, longest run {max(lengths)}")


if __name__ == "__main__":
    main()
