#!/usr/bin/env python3
"""Records of two lines each: iterators are shared, stopped and taken up again."""
import itertools
import sys


def lines_of(path):
    with open(path) as f:
        return [line.rstrip("\n") for line in f]


def pairs(lines):
    walk = iter(lines)
    return list(zip(walk, walk))


def first_bad(walk):
    for name, value in walk:
        if not value.isdigit():
            return name
    return None


def main():
    lines = lines_of(sys.argv[1])
    records = pairs(lines)
    walk = iter(records)
    print("bad:", first_bad(walk), first_bad(walk))
    rest = list(walk)
    print(f"{len(records)} records, {len(rest)} after the second bad one")
    groups = [(key, list(group))
              for key, group in itertools.groupby(records, key=lambda r: r[0][:1])]
    kept = list(itertools.groupby(records, key=lambda r: r[0][:1]))
    print(f"{len(groups)} groups, {sum(len(list(group)) for _, group in kept)} left in kept ones")
    good = filter(lambda record: record[1].isdigit(), records)
    print(sum(int(value) for _, value in good), list(good))


if __name__ == "__main__":
    main()
