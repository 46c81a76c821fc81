#!/usr/bin/env python3
"""A part of the input may be missing: one function forgets to say what it gives then."""
import sys


def names_of(path):
    names = []
    with open(path) as f:
        for line in f:
            names.append(line.split()[0])
    return names


def extras_of(path):
    try:
        with open(path) as f:
            extras = []
            for line in f:
                extras.append(line.split()[-1] + "!")
    except OSError:
        print(f"no {path.rsplit('/', 1)[-1]}")
    return extras


def main():
    path = sys.argv[1]
    print(max((len(name) for name in names_of(path)), default=0))
    print(sum(len(extra) for extra in extras_of(path)))
    count = 0
    for extra in extras_of(path + ".more"):
        count += len(extra) > 3
    print(f"{count} more")


if __name__ == "__main__":
    main()
