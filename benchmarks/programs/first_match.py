#!/usr/bin/env python3
"""The first entry over a limit is looked for; bad lines behind it are errors all the same."""
import sys


def parse(path):
    entries = []
    with open(path) as f:
        for line in f:
            name, value = line.strip().split("=")
            entries.append((name, int(value)))
    return entries


def first_over(entries, limit):
    for name, value in entries:
        if value > limit:
            return name
    return None


def values_of(path):
    with open(path) as f:
        return [int(line.split("=")[1]) for line in f]


def main():
    path = sys.argv[1]
    print("looking")
    try:
        print("first", first_over(parse(path), 300))
    except ValueError as problem:
        print("file is bad:", problem)
    print("any", any(value > 300 for value in values_of(path)))
    head = values_of(path)[:3]
    print("head", head)


if __name__ == "__main__":
    main()
